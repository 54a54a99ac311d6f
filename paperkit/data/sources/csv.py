"""Read CSV and TSV files, plain or with header rows to melt; types are inferred as pandas does."""

from __future__ import annotations

import csv
import gzip
import io
import math
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from paperkit.data.columns import as_number, tidy
from paperkit.data.rows import Array, Origins, Rows, objects
from paperkit.data.sources import SourceFile
from paperkit.errors import DataError, Place, Problem
from paperkit.manifest.model import FrameSpec

SUFFIXES = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
OPTIONS = (
    "sep",
    "decimal",
    "thousands",
    "encoding",
    "comment",
    "skiprows",
    "na_values",
    "keep_default_na",
    "quotechar",
)
MELTS = True
TRUSTS = False
MOST_SHOWN = 10
_MOST_CELLS = 3
_DECIMAL_COMMA = re.compile(r"[+−-]?[0-9]+,[0-9]+")

Record = tuple[int, list[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """The records of one file, header rows and body, each with its line, and the row that names the index."""

    source: SourceFile
    header: tuple[Record, ...]
    body: tuple[Record, ...]
    index_names: Record | None = None


def read(files: tuple[SourceFile, ...], spec: FrameSpec) -> Rows:
    """Return the rows of all files, one file after the other, captures as columns.

    Raises:
        DataError: a file cannot be read as text, is ragged or empty, or is laid out unlike the first one.

    """
    sheets: list[Sheet] = []
    problems: list[Problem] = []
    for source in files:
        try:
            sheets.append(_sheet(source, spec))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(*problems)
    return _melted(sheets, spec) if spec.header else _plain(sheets, spec)


def _sheet(source: SourceFile, spec: FrameSpec) -> Sheet:
    records = tuple(_records(source, spec.options))
    levels = max(len(spec.header), 1)
    if not records:
        raise _failure(source, "the file is empty")
    if len(records) < levels:
        raise _failure(source, f"the file has {len(records)} rows, fewer than its {levels} header rows")
    header, body = records[:levels], records[levels:]
    width = len(header[0][1])
    if "sep" not in spec.options and (other := _other_separator(records)) is not None:
        raise DataError(_misread(source, records, other, spec))
    problems = [_ragged(source, record, width, header[0][0]) for record in records if len(record[1]) != width]
    if problems:
        raise DataError(*_shortened(problems))
    if levels > 1 and body and _names_index(body[0][1], header, spec):
        return Sheet(source=source, header=header, body=body[1:], index_names=body[0])
    return Sheet(source=source, header=header, body=body)


def _names_index(cells: list[str], header: tuple[Record, ...], spec: FrameSpec) -> bool:
    """Tell whether the row below several header rows is the one in which pandas writes the name of the index.

    A row of data whose values are all missing looks the same; but where pandas writes a name for the index, it
    writes those of the header rows into their first cells, unless they have none.
    """
    if not cells[0].strip() or any(cell.strip() for cell in cells[1:]):
        return False
    return cells[0] == spec.index or any(row[0].strip() for _, row in header)


def _other_separator(records: Sequence[Record]) -> str | None:
    """Return the character that separates the fields instead, where the whole header is one field."""
    (_, header), *body = records
    if len(header) > 1:
        return None
    for separator in (";", "\t"):
        count = header[0].count(separator)
        if count and all(separator in ",".join(cells) for _, cells in body):
            return separator
    return None


def _misread(source: SourceFile, records: Sequence[Record], separator: str, spec: FrameSpec) -> Problem:
    name = {";": "semicolons", "\t": "tabs"}[separator]
    shown = {";": ";", "\t": "\\t"}[separator]
    cells = [cell for _, fields in records for cell in ",".join(fields).split(separator)]
    comma = "decimal" not in spec.options and any(_DECIMAL_COMMA.fullmatch(cell.strip()) for cell in cells)
    hint = f'options = {{ sep = "{shown}"' + (', decimal = ","' if comma else "") + " }"
    place = Place(file=source.name, line=records[0][0])
    return Problem(message=f"{name} separate the fields, not commas", place=place, hint=hint)


def _failure(source: SourceFile, message: str, line: int | None = None, hint: str | None = None) -> DataError:
    return DataError(Problem(message=message, place=Place(file=source.name, line=line), hint=hint))


def _ragged(source: SourceFile, record: Record, width: int, header_line: int) -> Problem:
    line, cells = record
    fields = "1 field" if len(cells) == 1 else f"{len(cells)} fields"
    message = f"the row has {fields}, the header in line {header_line} has {width}"
    return Problem(message=message, place=Place(file=source.name, line=line))


def _shortened(problems: list[Problem]) -> list[Problem]:
    more = len(problems) - MOST_SHOWN
    return [*problems[:MOST_SHOWN], Problem(message=f"… and {more} more")] if more > 0 else problems


def _text(source: SourceFile, encoding: str) -> str:
    content = source.path.read_bytes()
    if source.name.lower().endswith(".gz"):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error):
            raise _failure(source, "the file is not a whole gzip file") from None
    try:
        text = content.decode("utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        hint = 'options = { encoding = "latin-1" }, or whatever it is'
        message = f"byte 0x{content[error.start]:02x} is not {encoding.upper()}"
        raise _failure(source, message, line, hint) from None
    except UnicodeError:
        raise _failure(source, f"the file is not {encoding.upper()}") from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise _failure(source, "the file holds a NUL character: it is not text", line)
    return text


def _records(source: SourceFile, options: Mapping[str, Any]) -> Iterator[Record]:
    """Yield line and fields of every record that is not blank; the line is where the record begins."""
    lines = _Lines(_text(source, str(options.get("encoding", "utf-8"))), options)
    tabs = source.name.lower().removesuffix(".gz").endswith(".tsv")
    separator = str(options.get("sep", "\t" if tabs else ","))
    previous = csv.field_size_limit(2**31 - 1)
    try:
        rows = csv.reader(lines, delimiter=separator, quotechar=str(options.get("quotechar", '"')), strict=True)
        while True:
            lines.begin()
            fields = next(rows, None)
            if fields is None:
                return
            if len(fields) > 1 or any(field.strip() for field in fields):
                yield lines.first, fields
    except csv.Error as error:
        message = str(error).replace("unexpected end of data", "a quoted field is never closed")
        raise _failure(source, message, lines.first) from None
    finally:
        csv.field_size_limit(previous)


class _Lines:
    """The lines of a text for the csv module: skips what `skiprows` and `comment` say, and counts."""

    def __init__(self, text: str, options: Mapping[str, Any]) -> None:
        self._lines = io.StringIO(text, newline="")
        skip = options.get("skiprows", 0)
        self._skipped = set(range(skip)) if isinstance(skip, int) else set(skip)
        self._comment = options.get("comment")
        self._quote = str(options.get("quotechar", '"'))
        self._quoted = False
        self._begins = True
        self._line = 0
        self.first = 1

    def begin(self) -> None:
        """Say that the next line begins a record."""
        self._begins = True

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        while True:
            line = next(self._lines)
            self._line += 1
            if self._line - 1 in self._skipped:
                continue
            shown = self._without_comment(line)
            if shown is None:
                continue
            if self._begins:
                self.first, self._begins = self._line, False
            return shown

    def _without_comment(self, line: str) -> str | None:
        if not self._comment:
            return line
        for position, character in enumerate(line):
            if character == self._quote:
                self._quoted = not self._quoted
            elif character == self._comment and not self._quoted:
                return line[:position] + "\n" if line[:position].strip() else None
        return line


def _inferred(columns: Mapping[str, list[str]], options: Mapping[str, Any]) -> dict[str, Array]:
    """Return the columns with the types that pandas.read_csv infers from the texts."""
    import pandas as pd

    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows(zip(*columns.values(), strict=True))
    if not text.tell():
        return {name: objects([]) for name in columns}
    text.seek(0)
    passed = {key: options[key] for key in ("decimal", "thousands", "na_values", "keep_default_na") if key in options}
    table = pd.read_csv(
        text,
        header=None,
        names=range(len(columns)),
        index_col=False,
        skip_blank_lines=False,
        low_memory=False,
        **passed,
    )
    return {
        name: _exact(tidy(table[position]), texts, options) for position, (name, texts) in enumerate(columns.items())
    }


def _exact(array: Array, texts: list[str], options: Mapping[str, Any]) -> Array:
    """Return floats as Python reads them, and whole numbers as such where some are missing.

    The last digit of pandas' own reading differs between its versions.
    """
    if array.dtype.kind != "f":
        return array
    import numpy as np

    values = array.tolist()
    for position, text in enumerate(texts):
        if math.isfinite(values[position]):
            exact = as_number(text, decimal=options.get("decimal"), thousands=options.get("thousands"))
            values[position] = values[position] if exact is None else exact
    given = [value for value in values if not math.isnan(value)]
    if given and len(given) < len(values) and all(type(value) is int for value in given):
        return objects([value if type(value) is int else None for value in values])
    return np.array(values, dtype=np.float64)


def _plain(sheets: list[Sheet], spec: FrameSpec) -> Rows:
    """Concatenate files that have one header row; their columns are matched by name."""
    names, notices = _names(sheets[0], spec)
    problems = [problem for sheet in sheets[1:] if (problem := _differs(sheet, sheets[0], names, spec)) is not None]
    if problems:
        raise DataError(*problems)
    texts: dict[str, list[str]] = {name: [] for name in names}
    for sheet in sheets:
        for position, name in enumerate(_names(sheet, spec)[0]):
            texts[name] += [cells[position] for _, cells in sheet.body]
    columns = _inferred(texts, spec.options)
    captures = _captures(sheets, [len(sheet.body) for sheet in sheets])
    _agree(sheets, texts, captures)
    same_order = all(_names(sheet, spec)[0] == names for sheet in sheets)
    fields = {name: position + 1 for position, name in enumerate(names)} if same_order else {}
    lines = [(number, line, 0) for number, sheet in enumerate(sheets) for line, _ in sheet.body]
    columns |= {name: array for name, array in captures.items() if name not in columns}
    return _rows(sheets, columns, _origins(sheets, lines, fields=fields), notices)


def _names(sheet: Sheet, spec: FrameSpec) -> tuple[list[str], list[Problem]]:
    """Return the column names, made as pandas makes them: `Unnamed: 0`, and `x.1` for the second x."""
    cells = sheet.header[0][1]
    names: list[str] = []
    for position, cell in enumerate(cells):
        name = spec.index if position == 0 and spec.index else cell or f"Unnamed: {position}"
        number = 0
        while name in names or (number and name in cells):
            number += 1
            name = f"{cell}.{number}"
        names.append(name)
    repeated = [cell for cell, count in Counter(cells).items() if count > 1 and cell]
    place = Place(file=sheet.source.name, line=sheet.header[0][0])
    return names, [
        Problem(message=f"column '{cell}' stands there {cells.count(cell)} times", place=place, hint=_renamed(cell))
        for cell in repeated
    ]


def _renamed(cell: str) -> str:
    return f"the later ones are called '{cell}.1' and so on: write col('{cell}.1')"


def _differs(sheet: Sheet, first: Sheet, names: list[str], spec: FrameSpec) -> Problem | None:
    own = _names(sheet, spec)[0]
    lacking = [f"lacks '{name}'" for name in names if name not in own]
    extra = [f"has '{name}' besides" for name in own if name not in names]
    if not lacking and not extra:
        return None
    message = f"unlike '{first.source.name}', the file {' and '.join((lacking + extra)[:3])}"
    return Problem(message=message, place=Place(file=sheet.source.name, line=sheet.header[0][0]))


def _captures(sheets: list[Sheet], lengths: list[int]) -> dict[str, Array]:
    """Return the captures as columns, each file's repeated for its rows."""
    import pandas as pd

    columns = {}
    for name in sheets[0].source.captures:
        values = [s.source.captures[name] for s, length in zip(sheets, lengths, strict=True) for _ in range(length)]
        columns[name] = tidy(pd.Series(values, dtype=object))
    return columns


def _agree(sheets: list[Sheet], texts: Mapping[str, list[str]], captures: Mapping[str, Array]) -> None:
    """Raise where a column of a file says otherwise than the capture of the same name."""
    for name in (name for name in captures if name in texts):
        rows = ((sheet, line) for sheet in sheets for line, _ in sheet.body)
        for (sheet, line), said, captured in zip(rows, texts[name], captures[name].tolist(), strict=True):
            if said != str(captured) and as_number(said) != captured:  # s_09 captures the whole number 9
                raise _failure(sheet.source, _contradiction(name, said, captured), line)


def _contradiction(name: str, said: str, captured: object) -> str:
    return f"{name} is '{said}' in the file, but '{captured}' by the file's name"


def _origins(
    sheets: list[Sheet], lines: list[tuple[int, int, int]], *, fields: Mapping[str, int], melted: str | None = None
) -> Origins:
    import numpy as np

    places = np.array(lines, dtype=np.int64).reshape(-1, 3)
    return Origins(
        files=tuple(sheet.source.name for sheet in sheets),
        file=places[:, 0],
        line=places[:, 1],
        field=places[:, 2],
        fields=fields,
        melted=melted,
    )


def _rows(sheets: list[Sheet], columns: Mapping[str, Array], origins: Origins, notices: list[Problem]) -> Rows:
    import numpy as np

    empty = [
        Problem(message="the file has no rows", place=Place(file=sheet.source.name))
        for sheet in sheets
        if not sheet.body
    ]
    ignored = frozenset(sheet.index_names[1][0] for sheet in sheets if sheet.index_names is not None)
    ids = np.arange(len(origins.line))
    return Rows(columns=columns, ids=ids, origins=origins, notices=(*notices, *empty), ignored=ignored)


def _melted(sheets: list[Sheet], spec: FrameSpec) -> Rows:
    """Turn wide files into tidy rows: one per body cell, line by line."""
    problems = [problem for sheet in sheets for problem in _header_problems(sheet, sheets[0], spec)]
    if problems:
        raise DataError(*_shortened(problems))
    index, values = spec.index or "index", spec.values or "value"  # noqa: PD011  # not pandas
    texts: dict[str, list[str]] = {index: [], values: []}
    headers: dict[str, list[str]] = {name: [] for name in spec.header}
    lines: list[tuple[int, int, int]] = []
    lengths = []
    for number, sheet in enumerate(sheets):
        fields = _filled(sheet)
        lengths.append(len(sheet.body) * len(fields))
        for line, cells in sheet.body:
            texts[index] += [cells[0]] * len(fields)
            texts[values] += [cells[field] for field in fields]
            lines += [(number, line, field + 1) for field in fields]
        for name, (_, cells) in zip(spec.header, sheet.header, strict=True):
            headers[name] += [cells[field] for field in fields] * len(sheet.body)
    columns = _inferred(texts, spec.options)
    captures = {k: v for k, v in _captures(sheets, lengths).items() if k not in headers}
    for name in captures:
        if name in texts:
            message = f"'{name}' is captured from the file's name, but it is a column of the file too"
            raise _failure(sheets[0].source, message, hint="give the capture another name")
    kept = {name: objects(list(cells)) for name, cells in headers.items()}
    ordered = {**kept, index: columns[index], **captures, values: columns[values]}
    origins = _origins(sheets, lines, fields={index: 1}, melted=values)
    return _rows(sheets, ordered, origins, _header_notices(sheets, spec))


def _header_notices(sheets: list[Sheet], spec: FrameSpec) -> list[Problem]:
    """Return a notice where the last header row looks like the first row of data: it holds numbers only.

    It is a header if its first cell is blank or the name of that row, or if a row below names the index.
    """
    doubtful = []
    for sheet in sheets if len(spec.header) > 1 else ():
        line, (corner, *cells) = sheet.header[-1]
        given = [cell for cell in cells if cell.strip()]
        is_named = not corner.strip() or corner.strip().casefold() == spec.header[-1].casefold()
        if sheet.index_names is None and not is_named and given and all(_is_number(cell, spec) for cell in given):
            doubtful.append((sheet.source.name, line, given))
    if not doubtful:
        return []
    name, line, given = doubtful[0]
    shown = ", ".join(f"'{cell}'" for cell in given[:_MOST_CELLS]) + (", …" if len(given) > _MOST_CELLS else "")
    others = f", as in {len(doubtful) - 1} more" if len(doubtful) > 1 else ""
    message = f"header row {len(spec.header)} of {name} holds only numbers ({shown}){others}: is it data?"
    hint = f"header = [{', '.join(_quoted(name) for name in spec.header[:-1])}]"
    return [Problem(message=message, place=Place(file=name, line=line), hint=hint)]


def _quoted(name: str) -> str:
    return f'"{name}"'


def _is_number(cell: str, spec: FrameSpec) -> bool:
    options = spec.options
    return as_number(cell, decimal=options.get("decimal"), thousands=options.get("thousands")) is not None


def _filled(sheet: Sheet) -> list[int]:
    """Return the fields after the first that have a header or a cell: a comma at the end of lines makes none."""
    records = [cells for _, cells in (*sheet.header, *sheet.body)]
    return [field for field in range(1, len(sheet.header[0][1])) if any(cells[field].strip() for cells in records)]


def _header_problems(sheet: Sheet, first: Sheet, spec: FrameSpec) -> Iterator[Problem]:
    for name, (line, cells), (_, first_cells) in zip(spec.header, sheet.header, first.header, strict=True):
        if cells[0] != first_cells[0]:
            message = f"unlike '{first.source.name}', the header row of '{name}' is called '{cells[0]}'"
            hint = f"there it is '{first_cells[0]}'"
            yield Problem(message=message, place=Place(file=sheet.source.name, line=line, column=1), hint=hint)
        captured = sheet.source.captures.get(name)
        for field in _filled(sheet):
            place = Place(file=sheet.source.name, line=line, column=field + 1)
            if not cells[field].strip():
                yield Problem(message=f"the header cell of '{name}' is empty", place=place)
            elif captured is not None and cells[field] != str(captured):
                yield Problem(message=_contradiction(name, cells[field], captured), place=place)
                break


def option_problem(name: str, value: Any) -> str | None:
    """Return what is wrong with the value of an option of pandas.read_csv, or None."""
    tests: Mapping[str, tuple[Callable[[Any], bool], str]] = {
        "sep": (_is_character, "one character"),
        "decimal": (_is_character, "one character"),
        "thousands": (_is_character, "one character"),
        "comment": (_is_character, "one character"),
        "quotechar": (_is_character, "one character"),
        "encoding": (_is_encoding, "the name of an encoding, such as 'latin-1'"),
        "skiprows": (_is_rows, "a number of lines or a list of line numbers that count from 0"),
        "na_values": (lambda v: isinstance(v, str) or _is_list(v, str), "a text or a list of texts"),
        "keep_default_na": (lambda v: isinstance(v, bool), "true or false"),
    }
    test, wanted = tests[name]
    return None if test(value) else f"must be {wanted}, not {value!r}"


def _is_character(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 1 and value not in "\r\n"


def _is_encoding(value: Any) -> bool:
    try:
        return isinstance(value, str) and bytes(value, "ascii").decode(value) is not None
    except (LookupError, UnicodeError):
        return isinstance(value, str) and value.lower().replace("_", "-").startswith("utf-")


def _is_rows(value: Any) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool) and value >= 0) or _is_list(value, int)


def _is_list(value: Any, kind: type) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(item, kind) for item in value)
