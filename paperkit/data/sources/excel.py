"""Read Excel workbooks, plain or with header rows to melt; the cells' own types count."""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from paperkit.data.parts import Part, assembled, failure, missing_library, shortened
from paperkit.data.source_file import SourceFile
from paperkit.data.table import Locate, Rows
from paperkit.errors import DataError, Place, Problem, did_you_mean
from paperkit.manifest.model import FrameSpec

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

SUFFIXES = (".xlsx", ".xlsm")
OPTIONS = ("sheet_name", "skiprows", "na_values", "keep_default_na")
MELTS = True
TRUSTS = False
# What pandas.read_excel takes for a missing value, of its documentation.
_NO_VALUE = ("", "#N/A", "#N/A N/A", "#NA", "<NA>", "N/A", "NA", "NULL", "None", "n/a", "null")
_NO_NUMBER = ("-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "NaN", "nan")
_MISSING = frozenset((*_NO_VALUE, *_NO_NUMBER))
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")

Row = tuple[int, tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """The rows of one sheet that hold anything, each with its number, and the numbers of its columns, from 1."""

    source: SourceFile
    columns: tuple[int, ...]
    header: tuple[Row, ...]
    body: tuple[Row, ...]
    index_name: str | None = None
    notices: tuple[Problem, ...] = ()


def option_problem(name: str, value: Any) -> str | None:
    """Return what is wrong with the value of an option of pandas.read_excel, or None."""
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    is_texts = isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value)
    tests = {
        "sheet_name": (isinstance(value, str) or is_count, "the name of a sheet, or its number, from 0"),
        "skiprows": (is_count, "a number of rows"),
        "na_values": (isinstance(value, str) or is_texts, "a text or a list of texts"),
        "keep_default_na": (isinstance(value, bool), "true or false"),
    }
    fits, wanted = tests[name]
    return None if fits else f"must be {wanted}, not {value!r}"


def read(files: tuple[SourceFile, ...], spec: FrameSpec) -> Rows:
    """Return the rows of one sheet of all files, one file after the other, captures in front.

    Cells that are merged all hold their value; a number that is stored as text is text. Rows and columns without
    any value are left out.

    Raises:
        DataError: openpyxl is not installed, a file is no workbook, has no such sheet, or a cell holds an error or a
            formula that was never computed.

    """
    try:
        import openpyxl  # noqa: F401  # only whether it is there
    except ImportError:
        raise missing_library(files[0].name, "openpyxl", "excel") from None
    sheets: list[Sheet] = []
    problems: list[Problem] = []
    for source in files:
        try:
            sheets.append(_sheet(source, spec))
        except DataError as error:
            problems += error.problems
    problems += [problem for sheet in sheets for problem in _header_problems(sheet, sheets[0], spec)]
    if problems:
        raise DataError(*shortened(problems))
    parts, notices = [], []
    for sheet in sheets:
        part, found = _melted(sheet, spec) if spec.header else _plain(sheet, spec)
        parts.append(part)
        notices += [*sheet.notices, *found]
    ignored = frozenset(sheet.index_name for sheet in sheets if sheet.index_name is not None)
    return assembled(parts, notices=notices, ignored=ignored)


def _sheet(source: SourceFile, spec: FrameSpec) -> Sheet:
    book = _book(source, data_only=True)
    worksheet, notices = _chosen(source, book, spec.options.get("sheet_name"))
    rows = _rows(source, worksheet, spec.options.get("skiprows", 0))
    levels = max(len(spec.header), 1)
    if not rows:
        raise failure(source.name, f"the sheet '{worksheet.title}' is empty")
    if len(rows) < levels:
        raise failure(source.name, f"the sheet has {len(rows)} rows, fewer than its {levels} header rows")
    filled = [number for number in range(len(rows[0][1])) if any(cells[number] is not None for _, cells in rows)]
    kept = [(row, tuple(cells[number] for number in filled)) for row, cells in rows]
    header, body = kept[:levels], kept[levels:]
    index_name = _index_name(header, body, spec)
    return Sheet(
        source=source,
        columns=tuple(number + 1 for number in filled),
        header=tuple(header),
        body=tuple((row, _given(cells, spec)) for row, cells in body[index_name is not None :]),
        index_name=index_name,
        notices=notices,
    )


def _book(source: SourceFile, *, data_only: bool) -> Workbook:
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts of the workbook that hold no data, such as styles
            return openpyxl.load_workbook(source.path, data_only=data_only)
    except Exception as error:  # noqa: BLE001  # a damaged file raises whatever its XML raises
        first = str(error).partition("\n")[0]
        raise failure(
            source.name, f"the file is no workbook that can be read ({type(error).__name__}: {first})"
        ) from None


def _chosen(source: SourceFile, book: Workbook, wanted: str | int | None) -> tuple[Worksheet, tuple[Problem, ...]]:
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    names = list(sheets)
    shown = ", ".join(f"'{name}'" for name in names)
    if not names:
        raise failure(source.name, "the workbook has no sheet of cells")
    if isinstance(wanted, int):
        if wanted >= len(names):
            raise failure(source.name, f"there is no sheet {wanted}", hint=f"the sheets, from 0, are {shown}")
        return sheets[names[wanted]], ()
    if wanted is not None and wanted not in sheets:
        close = did_you_mean(wanted, names)
        hint = None if close else f"the sheets are {shown}"
        raise failure(source.name, f"there is no sheet '{wanted}'{close}", hint=hint)
    if wanted is not None or len(names) == 1:
        return sheets[wanted or names[0]], ()
    message = f"of the sheets {shown}, the first is read"
    hint = f'options = {{ sheet_name = "{names[0]}" }} says so'
    return sheets[names[0]], (Problem(message=message, place=Place(file=source.name), hint=hint),)


def _rows(source: SourceFile, sheet: Worksheet, skipped: int) -> list[Row]:
    """Return number and values of the rows that hold anything; every merged cell holds its value."""
    merged: dict[tuple[int, int], Any] = {}
    for block in sheet.merged_cells.ranges:
        value = sheet.cell(block.min_row, block.min_col).value
        rows = range(block.min_row, min(block.max_row, sheet.max_row) + 1)
        columns = range(block.min_col, min(block.max_col, sheet.max_column) + 1)
        merged |= {(row, column): value for row in rows for column in columns}
    found: list[Row] = []
    problems = list(_uncomputed(source, sheet, skipped)) if _has_formulas(source) else []
    for number, cells in enumerate(sheet.iter_rows(min_row=skipped + 1), skipped + 1):
        errors = [cell for cell in cells if cell.data_type == "e"]
        problems += [
            _wrong(source, cell, f"the cell {cell.coordinate} holds the error {cell.value}") for cell in errors
        ]
        values = tuple(merged.get((cell.row, cell.column), cell.value) for cell in cells)
        values = tuple(None if isinstance(value, str) and not value.strip() else value for value in values)
        if any(value is not None for value in values):
            found.append((number, values))
    if problems:
        raise DataError(*shortened(problems))
    return found


def _wrong(source: SourceFile, cell: Any, message: str, hint: str | None = None) -> Problem:
    return Problem(message=message, place=Place(file=source.name, line=cell.row, column=cell.column), hint=hint)


def _has_formulas(source: SourceFile) -> bool:
    with zipfile.ZipFile(source.path) as archive:
        names = [name for name in archive.namelist() if re.search(r"worksheets/[^/]+\.xml$", name)]
        return any(_FORMULA.search(archive.read(name)) for name in names)


def _uncomputed(source: SourceFile, sheet: Worksheet, skipped: int) -> Iterator[Problem]:
    """Yield a problem for each formula whose value no program has stored: it would read as missing."""
    formulas = _book(source, data_only=False)[sheet.title]
    for cells in formulas.iter_rows(min_row=skipped + 1):
        for cell in cells:
            if cell.data_type == "f" and sheet.cell(cell.row, cell.column).value is None:
                message = f"the cell {cell.coordinate} holds a formula without its value"
                yield _wrong(source, cell, message, "open the file in Excel or LibreOffice and save it")


def _index_name(header: Sequence[Row], body: Sequence[Row], spec: FrameSpec) -> str | None:
    """Return the name of the index where pandas wrote it, in a row of its own below several header rows.

    A row of data whose values are all missing looks the same; but where pandas writes a name for the index, it
    writes those of the header rows into their first cells, unless they have none.
    """
    if len(header) == 1 or not body:
        return None
    first, *others = body[0][1]
    if first is None or any(value is not None for value in others):
        return None
    is_named = first == spec.index or any(cells[0] is not None for _, cells in header)
    return str(first) if is_named else None


def _given(cells: tuple[Any, ...], spec: FrameSpec) -> tuple[Any, ...]:
    own = spec.options.get("na_values", ())
    missing = {own} if isinstance(own, str) else set(own)
    if spec.options.get("keep_default_na", True):
        missing |= _MISSING
    return tuple(None if isinstance(cell, str) and cell in missing else cell for cell in cells)


def _heading(value: Any) -> str:
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return "" if value is None else str(value)


def _plain(sheet: Sheet, spec: FrameSpec) -> tuple[Part, list[Problem]]:
    line, cells = sheet.header[0]
    names: list[str] = []
    notices = []
    headings = [_heading(cell) for cell in cells]
    for position, heading in enumerate(headings):
        name = spec.index if position == 0 and spec.index else heading or f"Unnamed: {position}"
        number = 0
        while name in names or (number and name in headings):
            number += 1
            name = f"{heading}.{number}"
        names.append(name)
    for heading in dict.fromkeys(heading for heading in headings if heading and headings.count(heading) > 1):
        message = f"column '{heading}' stands there {headings.count(heading)} times"
        hint = f"the later ones are called '{heading}.1' and so on: write col('{heading}.1')"
        notices.append(Problem(message=message, place=Place(file=sheet.source.name, line=line), hint=hint))
    columns = {name: [values[position] for _, values in sheet.body] for position, name in enumerate(names)}
    lines = [row for row, _ in sheet.body]
    fields = dict(zip(names, sheet.columns, strict=True))
    places = [fields] * len(lines)
    return _part(sheet, columns, lines, places), notices


def _melted(sheet: Sheet, spec: FrameSpec) -> tuple[Part, list[Problem]]:
    """Turn a wide sheet into tidy rows: one per body cell, row by row."""
    index, values = spec.index or "index", spec.values or "value"  # not pandas
    fields = range(1, len(sheet.columns))
    columns: dict[str, list[Any]] = {
        name: [_heading(cells[field]) for field in fields] * len(sheet.body)
        for name, (_, cells) in zip(spec.header, sheet.header, strict=True)
    }
    columns[index] = [cells[0] for _, cells in sheet.body for _ in fields]
    columns[values] = [cells[field] for _, cells in sheet.body for field in fields]
    lines = [row for row, _ in sheet.body for _ in fields]
    own = [{index: sheet.columns[0], values: sheet.columns[field]} for field in fields]
    return _part(sheet, columns, lines, own * len(sheet.body)), []


def _part(
    sheet: Sheet, columns: Mapping[str, list[Any]], lines: Sequence[int], fields: Sequence[Mapping[str, int]]
) -> Part:
    import pandas as pd

    table = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})
    return Part(
        name=sheet.source.name,
        captures=sheet.source.captures,
        table=table,
        locate=_locate(sheet.source.name, lines, fields),
    )


def _locate(name: str, lines: Sequence[int], fields: Sequence[Mapping[str, int]]) -> Locate:
    def locate(row: int, column: str | None) -> Place | None:
        return Place(file=name, line=lines[row], column=None if column is None else fields[row].get(column))

    return locate


def _header_problems(sheet: Sheet, first: Sheet, spec: FrameSpec) -> Iterator[Problem]:
    for name, (line, cells), (_, known) in zip(spec.header, sheet.header, first.header, strict=False):
        if cells[0] != known[0]:
            message = f"unlike '{first.source.name}', the header row of '{name}' is called '{_heading(cells[0])}'"
            place = Place(file=sheet.source.name, line=line, column=sheet.columns[0])
            yield Problem(message=message, place=place, hint=f"there it is '{_heading(known[0])}'")
        for cell, column in zip(cells[1:], sheet.columns[1:], strict=True):
            if cell is None:
                place = Place(file=sheet.source.name, line=line, column=column)
                yield Problem(message=f"the header cell of '{name}' is empty", place=place)
