"""Wide: CSV files whose header rows become columns, one tidy row per cell of the body."""

from __future__ import annotations

from collections.abc import Iterator

from paperkit.data.columns import as_number
from paperkit.data.delimited import typed
from paperkit.data.sheets import Sheet, captured, contradiction, empty_notices, failure, shortened
from paperkit.data.table import Rows, text_dtype
from paperkit.errors import DataError, Place, Problem
from paperkit.manifest.model import FrameSpec

_MOST_CELLS = 3


def melted(sheets: list[Sheet], spec: FrameSpec) -> Rows:
    """Turn wide files into tidy rows: one per body cell, line by line.

    Raises:
        DataError: a header cell is empty or contradicts the file's name, or header rows differ between files.

    """
    import pandas as pd

    problems = [problem for sheet in sheets for problem in _header_problems(sheet, sheets[0], spec)]
    if problems:
        raise DataError(*shortened(problems))
    index, values = spec.index or "index", spec.values or "value"  # noqa: PD011  # not pandas
    texts: dict[str, list[str]] = {index: [], values: []}
    headers: dict[str, list[str]] = {name: [] for name in spec.header}
    places: list[tuple[str, int, int]] = []
    lengths = []
    for sheet in sheets:
        fields = _filled(sheet)
        lengths.append(len(sheet.body) * len(fields))
        for line, cells in sheet.body:
            texts[index] += [cells[0]] * len(fields)
            texts[values] += [cells[field] for field in fields]
            places += [(sheet.source.name, line, field + 1) for field in fields]
        for name, (_, cells) in zip(spec.header, sheet.header, strict=True):
            headers[name] += [cells[field] for field in fields] * len(sheet.body)
    captures = {k: v for k, v in captured([sheet.source for sheet in sheets], lengths).items() if k not in headers}
    for name in captures:
        if name in texts:
            message = f"'{name}' is captured from the file's name, but it is a column of the file too"
            raise failure(sheets[0].source, message, hint="give the capture another name")
    columns = typed(texts, spec)
    kept = {name: pd.Series(cells, dtype=text_dtype()) for name, cells in headers.items()}
    table = pd.DataFrame({**kept, index: columns[index], **captures, values: columns[values]})
    ignored = frozenset(sheet.index_names[1][0] for sheet in sheets if sheet.index_names is not None)
    notices = (*_header_notices(sheets, spec), *empty_notices(sheets))

    def locate(row: int, column: str | None) -> Place:
        file, line, field = places[row]
        number = field if column in (None, values) else 1 if column == index else None
        return Place(file=file, line=line, column=number)

    return Rows(table=table, locate=locate, notices=notices, ignored=ignored)


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
                advice = "repeat the label above each of its columns; in a spreadsheet, merge the cells"
                above = None if name == spec.header[-1] else advice
                yield Problem(message=f"the header cell of '{name}' is empty", place=place, hint=above)
            elif captured is not None and cells[field] != str(captured):
                yield Problem(message=contradiction(name, cells[field], captured), place=place)
                break
