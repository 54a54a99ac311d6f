"""Sheets: the records of a CSV file, read with care: every line is known, every defect has a place."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from paperkit.data.settle import settled
from paperkit.data.source_file import SourceFile
from paperkit.errors import DataError, Place, Problem
from paperkit.manifest.model import FrameSpec

if TYPE_CHECKING:
    import pandas as pd

MOST_SHOWN = 10
_DECIMAL_COMMA = re.compile(r"[+−-]?[0-9]+,[0-9]+")

Record = tuple[int, list[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """The records of one file, header rows and body, each with its line, and the row that names the index."""

    source: SourceFile
    header: tuple[Record, ...]
    body: tuple[Record, ...]
    index_names: Record | None = None


def sheet(source: SourceFile, content: bytes, spec: FrameSpec) -> Sheet:
    """Return the records of one file, whose bytes are `content`.

    Raises:
        DataError: the file cannot be read as text, is ragged or empty, or another character separates its fields.

    """
    records = tuple(_records(source, content, spec.options))
    levels = max(len(spec.header), 1)
    if not records:
        raise failure(source, "the file is empty")
    if len(records) < levels:
        raise failure(source, f"the file has {len(records)} rows, fewer than its {levels} header rows")
    header, body = records[:levels], records[levels:]
    width = len(header[0][1])
    if "sep" not in spec.options and (other := _other_separator(records)) is not None:
        raise DataError(_misread(source, records, other, spec))
    conflict = next((line for line, cells in records if cells[0].startswith("<<<<<<< ")), None)
    if conflict is not None:
        raise failure(source, "a merge conflict begins here", line=conflict, hint="keep one side of it")
    problems = [_ragged(source, record, header[0]) for record in records if len(record[1]) != width]
    if problems:
        raise DataError(*shortened(problems))
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


def failure(source: SourceFile, message: str, line: int | None = None, hint: str | None = None) -> DataError:
    """Return the error of a file."""
    return DataError(Problem(message=message, place=Place(file=source.name, line=line), hint=hint))


def _ragged(source: SourceFile, record: Record, header: Record) -> Problem:
    line, cells = record
    header_line, names = header
    fields = "1 field" if len(cells) == 1 else f"{len(cells)} fields"
    message = f"the row has {fields}, the header in line {header_line} has {len(names)}"
    hint = 'if lines with # are comments: options = { comment = "#" }' if names[0].startswith("#") else None
    if hint is None and len(cells) == len(names) + 1 and not cells[-1].strip():
        hint = "the line ends with a separator, the header does not"
    return Problem(message=message, place=Place(file=source.name, line=line), hint=hint)


def shortened(problems: list[Problem]) -> list[Problem]:
    """Return the first problems, and how many more there are."""
    more = len(problems) - MOST_SHOWN
    return [*problems[:MOST_SHOWN], Problem(message=f"… and {more} more")] if more > 0 else problems


def unpacked(source: SourceFile, content: bytes) -> bytes:
    """Return the bytes of a file, unpacked where they are packed.

    Raises:
        DataError: the file is not a whole gzip file, though it is called so.

    """
    if not source.name.lower().endswith(".gz"):
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        raise failure(source, "the file is not a whole gzip file") from None


def text_of(source: SourceFile, content: bytes, encoding: str) -> str:
    """Return the text of a file without its byte order mark.

    Raises:
        DataError: the bytes are not in that encoding, or no text.

    """
    try:
        text = content.decode("utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        hint = 'options = { encoding = "latin-1" }, or whatever it is'
        message = f"byte 0x{content[error.start]:02x} is not {encoding.upper()}"
        raise failure(source, message, line, hint) from None
    except UnicodeError:
        raise failure(source, f"the file is not {encoding.upper()}") from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise failure(source, "the file holds a NUL character: it is not text", line)
    return text


def _records(source: SourceFile, content: bytes, options: Mapping[str, Any]) -> Iterator[Record]:
    """Yield line and fields of every record that is not blank; the line is where the record begins."""
    lines = Lines(text_of(source, unpacked(source, content), encoding_of(options)), options)
    previous = csv.field_size_limit(2**31 - 1)
    try:
        rows = csv.reader(lines, delimiter=separator_of(source, options), quotechar=quote_of(options), strict=True)
        while True:
            lines.begin()
            fields = next(rows, None)
            if fields is None:
                return
            if len(fields) > 1 or any(field.strip() for field in fields):
                yield lines.first, fields
    except csv.Error as error:
        message = str(error).replace("unexpected end of data", "a quoted field is never closed")
        raise failure(source, message, lines.first) from None
    finally:
        csv.field_size_limit(previous)


def encoding_of(options: Mapping[str, Any]) -> str:
    """Return the encoding that the options name."""
    return str(options.get("encoding", "utf-8"))


def separator_of(source: SourceFile, options: Mapping[str, Any]) -> str:
    """Return what separates the fields of a file."""
    tabs = source.name.lower().removesuffix(".gz").endswith(".tsv")
    return str(options.get("sep", "\t" if tabs else ","))


def quote_of(options: Mapping[str, Any]) -> str:
    """Return what stands around quoted fields."""
    return str(options.get("quotechar", '"'))


class Lines:
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

    def __iter__(self) -> Lines:
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
        if self._comment not in line:
            self._quoted ^= line.count(self._quote) % 2 == 1
            return line
        for position, character in enumerate(line):
            if character == self._quote:
                self._quoted = not self._quoted
            elif character == self._comment and not self._quoted:
                return line[:position] + "\n" if line[:position].strip() else None
        return line


def names(header: Record, source: SourceFile, spec: FrameSpec) -> tuple[list[str], list[Problem]]:
    """Return the column names, made as pandas makes them: `Unnamed: 0`, and `x.1` for the second x; and notices."""
    line, cells = header
    found: list[str] = []
    for position, cell in enumerate(cells):
        name = spec.index if position == 0 and spec.index else cell or f"Unnamed: {position}"
        number = 0
        while name in found or (number and name in cells):
            number += 1
            name = f"{cell}.{number}"
        found.append(name)
    repeated = [cell for cell, count in Counter(cells).items() if count > 1 and cell]
    place = Place(file=source.name, line=line)
    return found, [
        Problem(message=f"column '{cell}' stands there {cells.count(cell)} times", place=place, hint=_renamed(cell))
        for cell in repeated
    ]


def _renamed(cell: str) -> str:
    return f"the later ones are called '{cell}.1' and so on: write col('{cell}.1')"


def unlike(
    own: Iterable[str], known: Iterable[str], source: SourceFile, first: SourceFile, line: int
) -> Problem | None:
    """Return the problem of a file whose columns are not those of the first one."""
    columns, others = tuple(own), tuple(known)
    lacking = [f"lacks '{name}'" for name in others if name not in columns]
    extra = [f"has '{name}' besides" for name in columns if name not in others]
    if not lacking and not extra:
        return None
    message = f"unlike '{first.name}', the file {' and '.join((lacking + extra)[:3])}"
    return Problem(message=message, place=Place(file=source.name, line=line))


def captured(sources: Sequence[SourceFile], lengths: Sequence[int]) -> dict[str, pd.Series[Any]]:
    """Return the captures of some files as columns, each file's repeated for its rows."""
    import pandas as pd

    columns = {}
    for name in sources[0].captures:
        values = settled(pd.Series([source.captures[name] for source in sources], dtype=object))
        columns[name] = values.repeat(list(lengths)).reset_index(drop=True)
    return columns


def contradiction(name: str, said: str, capture: object) -> str:
    """Return the message of a file that says otherwise than its name."""
    return f"{name} is '{said}' in the file, but '{capture}' by the file's name"


def empty_notices(sheets: Iterable[Sheet]) -> tuple[Problem, ...]:
    """Return a notice for every file without rows."""
    return tuple(
        Problem(message="the file has no rows", place=Place(file=sheet.source.name))
        for sheet in sheets
        if not sheet.body
    )
