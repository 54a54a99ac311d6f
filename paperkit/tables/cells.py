"""Cells: the values of a sheet as aligned text, with their fills, inks and emphasis."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache, partial
from typing import Any

from paperkit.manifest.labels import Labels
from paperkit.manifest.model import TableAsset
from paperkit.style.contrast import Ink, ink
from paperkit.tables.format import is_number
from paperkit.tables.grid import Grid, Matrix
from paperkit.tables.looks import Look, Looks, Precision
from paperkit.tables.model import Alignment, Cell, CellColumn, ColumnLabel, Emphasised, Row, RowOfCells
from paperkit.tables.printer import Printer
from paperkit.tables.printing import Printed, PrintedColumn, decimals_by_uncertainty, print_column
from paperkit.tables.ranking import Ranking
from paperkit.tables.sheet import Line, Sheet
from paperkit.tables.template import CellFormat, parse_format
from paperkit.tex.text import Tex

_BLANK = ColumnLabel(lines=(Tex(""),), plain="")
_EMPTY = Cell()
_INK = cache(ink)
_ALIGNMENTS: Sequence[Alignment] = ("l", "r", "c")


class CellMaker:
    """Makes the rows of one table from its sheet."""

    def __init__(self, asset: TableAsset, grid: Grid, looks: Looks, labels: Labels, printer: Printer) -> None:
        self._asset = asset
        self._grid = grid
        self._looks = looks
        self._labels = labels
        self._printer = printer
        self._fields: dict[str, Matrix] = {}
        self._missing: dict[str, Cell] = {}

    def rows(self, sheet: Sheet) -> tuple[tuple[Alignment, ...], tuple[Row, ...]]:
        """Return the alignment of each column, and the rows; what cannot be printed is left with the printer."""
        lines = [line for line in sheet.lines if line.kind != "panel"]
        looks = {id(line.looks): line.looks for line in lines}.values()
        depth = max((len(look.format) for own in looks for look in own), default=1) or 1
        printed = [self._column(sheet, lines, place, depth) for place in range(len(sheet.columns))]
        return tuple(column[0].alignment for column in printed), self._body(sheet, lines, printed)

    def rounded(self, lines: Sequence[Line]) -> tuple[tuple[float | None, ...], ...]:
        """Return the numbers of lines of the body as they are printed, None for text and what is missing."""
        entries = [(line, 0) for line in lines]
        columns = [self._print(entries, place, place).value for place in range(len(self._grid.column_keys))]
        return tuple(zip(*columns, strict=True))

    def _column(self, sheet: Sheet, lines: Sequence[Line], place: int, depth: int) -> tuple[PrintedColumn, ...]:
        """Return the printed cells of one column, for each of the texts that a cell has below each other.

        All of them line up, but those of statistics, which are numbers of another kind.
        """
        if depth == 1 and lines[-1].kind != "statistic":
            return (self._print([(line, 0) for line in lines], place, sheet.columns[place]),)
        body = [index for index, line in enumerate(lines) if line.kind != "statistic"]
        runs = [body, *([index] for index, line in enumerate(lines) if line.kind == "statistic")]
        cells: list[list[Printed | None]] = [[None] * len(lines) for _ in range(depth)]
        alignments = []
        for run in runs:
            entries = [(index, 0) for index in run]
            entries += [
                (index, level)
                for level in range(1, depth)
                for index in run
                if level < len(lines[index].looks[place].format)
            ]
            column = self._print([(lines[index], level) for index, level in entries], place, sheet.columns[place])
            alignments.append(column.alignment)
            for (index, level), cell in zip(entries, column.cells, strict=True):
                cells[level][index] = cell
        alignment = min(alignments, key=_ALIGNMENTS.index)
        return tuple(PrintedColumn.of(alignment, level) for level in cells)

    def _print(self, entries: Sequence[tuple[Line, int]], place: int, column: int | None) -> PrintedColumn:
        """Return lines, each with the number of the text of its format, printed as one column."""
        lines = [line for line, _ in entries]
        looks = [line.looks[place] for line in lines]
        distinct = _distinct(lines, place)
        formats = self._formats(entries, looks, column) if any(map(_has_format, distinct)) else []
        needed = {id(found): found.columns for found in formats if found is not None}
        names = dict.fromkeys(name for columns in needed.values() for name in columns)
        has_stars = any(look.stars is not None for look in distinct)
        has_notes = any(look.note for look in distinct)
        return print_column(
            [line.values[place] for line in lines],
            fields={name: self._values(name, lines, column) for name in names if name in self._grid.frame.columns},
            formats=formats,
            precision=self._precision(lines, looks, column, {look.precision for look in distinct}),
            stars=[
                "" if level else self._stars(line, look, column)
                for (line, level), look in zip(entries, looks, strict=True)
            ]
            if has_stars
            else (),
            marks=["" if level else look.note for (_, level), look in zip(entries, looks, strict=True)]
            if has_notes
            else (),
            escape=partial(self._escape, lines, column),
            markup=self._markup,
        )

    def _values(self, name: str, lines: Sequence[Line], column: int | None) -> list[Any]:
        """Return the values of a column of the frame for the cells of one column of the sheet."""
        if name not in self._fields:
            self._fields[name] = self._grid.field(name)
        field = self._fields[name]
        return [None if line.row is None or column is None else field[line.row][column] for line in lines]

    def _formats(
        self, entries: Sequence[tuple[Line, int]], looks: Sequence[Look], column: int | None
    ) -> list[CellFormat | None]:
        known: dict[tuple[int, str, int], CellFormat | None] = {}
        found = []
        for (line, level), look in zip(entries, looks, strict=True):
            metric = "" if line.row is None or column is None else self._grid.metric(line.row, column)
            key = (id(look), metric, level)
            if key not in known:
                known[key] = _format(look, metric, level)
            found.append(known[key])
        return found if any(found) else []

    def _precision(
        self, lines: Sequence[Line], looks: Sequence[Look], column: int | None, stated: Collection[Precision]
    ) -> list[int | None]:
        if len(stated) == 1 and (precision := next(iter(stated))) != "uncertainty":
            return [precision] * len(looks)
        by_uncertainty: dict[str, int | None] = {}
        found: list[int | None] = []
        for line, look in zip(lines, looks, strict=True):
            if look.precision != "uncertainty":
                found.append(look.precision)
                continue
            name = self._uncertainty(line, look, column)
            if name and name not in by_uncertainty:
                by_uncertainty[name] = decimals_by_uncertainty(self._whole(name, column))
            found.append(by_uncertainty.get(name))
        return found

    def _uncertainty(self, line: Line, look: Look, column: int | None) -> str:
        """Return the column of uncertainties that rounds a cell; a summary is rounded as what it is made of."""
        row, place = line.row or 0, column or 0
        is_summary = line.row is None or column is None
        return uncertainty_of(self._looks[row][place] if is_summary else look, self._grid.metric(row, place))

    def _whole(self, name: str, column: int | None) -> list[Any]:
        """Return the values of a column of the frame in one column of the grid, or in all of it."""
        if name not in self._fields:
            self._fields[name] = self._grid.field(name)
        return [value for line in self._fields[name] for value in (line if column is None else (line[column],))]

    def _stars(self, line: Line, look: Look, column: int | None) -> str:
        if look.stars is None or line.row is None or column is None:
            return ""
        p = self._values(look.stars.by, (line,), column)[0]
        if not is_number(p):
            return ""
        count: int = sum(p < threshold for threshold in look.stars.thresholds)
        return look.stars.symbol * count

    def _escape(self, lines: Sequence[Line], column: int | None, text: str, index: int) -> Tex:
        row = lines[index].row
        if row is None or column is None:
            return self._printer.manifest(text, self._asset.path)
        metric = self._grid.metric(row, column)
        return self._printer.data(partial(self._printer.escape, text), metric, self._grid.key(row, column))

    def _markup(self, text: str) -> Tex:
        return self._printer.manifest(text, (*self._asset.path, "format"))

    def _body(self, sheet: Sheet, lines: Sequence[Line], printed: Sequence[Sequence[PrintedColumn]]) -> tuple[Row, ...]:
        ranking = Ranking(self._asset, self._grid, self._looks, self._labels)
        emphases = ranking.emphases(sheet, lines, [column[0] for column in printed])
        levels = [
            tuple(self._cells(lines, column[level], place, level, emphases) for place, column in enumerate(printed))
            for level in range(len(printed[0]))
        ]
        depths = [1] * len(lines)
        if len(levels) > 1:
            depths = [max((len(look.format) for look in line.looks), default=1) or 1 for line in lines]
        body: list[Row] = []
        number = 0
        for line in sheet.lines:
            if line.kind == "panel":
                body.append(Row(stubs=line.stubs, cells=(), kind="panel", above=line.above, indent=line.indent))
                continue
            cells = RowOfCells(levels[0], number)
            body.append(Row(stubs=line.stubs, cells=cells, kind=line.kind, above=line.above, indent=line.indent))
            blank = (_BLANK,) * len(line.stubs)
            body += [
                Row(stubs=blank, cells=RowOfCells(levels[level], number), kind=line.kind)
                for level in range(1, depths[number])
            ]
            number += 1
        return tuple(body)

    def _cells(
        self,
        lines: Sequence[Line],
        printed: PrintedColumn,
        place: int,
        level: int,
        emphases: Mapping[tuple[int, int], Emphasised],
    ) -> CellColumn:
        fills = [line.fills[place] for line in lines]
        # By identity, as thousands of cells share few fills.
        shared = dict(zip(map(id, fills), fills, strict=True))
        inks: dict[int, Ink] = {key: "black" if fill is None else _INK(fill.rgb) for key, fill in shared.items()}
        column = CellColumn(
            *printed[1:7],
            fill=fills,
            ink=[inks[id(fill)] for fill in fills],
            emphasis=[emphases.get((index, place)) if emphases and level == 0 else None for index in range(len(lines))],
        )
        if not printed.missing:
            return column
        parts: list[list[Any]] = [list(part) for part in column]
        for index in printed.missing:
            blank = self._blank(lines[index].looks[place]) if level == 0 else _EMPTY
            for part, value in zip(parts, blank, strict=True):
                part[index] = value
        return CellColumn(*parts)

    def _blank(self, look: Look) -> Cell:
        mark = look.missing
        if mark not in self._missing:
            text = self._printer.manifest(mark, (*self._printer.path, "missing"))
            self._missing[mark] = Cell(text=text, plain=mark, emphasis="missing" if mark else None)
        return self._missing[mark]


def _distinct(lines: Iterable[Line], place: int) -> Collection[Look]:
    # By identity: lines that look alike share one tuple, and comparing looks would be slow.
    return [looks[place] for looks in {id(line.looks): line.looks for line in lines}.values()]


def _has_format(look: Look) -> bool:
    return bool(look.format or look.uncertainty)


def _format(look: Look, metric: str, level: int) -> CellFormat | None:
    if level < len(look.format):
        return parse_format(look.format[level], metric) if look.format[level] else None
    if not look.format and look.uncertainty and metric:
        return parse_format(f"{{{metric}}} ± {{{look.uncertainty}}}", metric)
    return None


def uncertainty_of(look: Look, metric: str) -> str:
    """Return the column whose values decide how a cell is rounded: that of the look, or what its template adds."""
    if look.uncertainty:
        return look.uncertainty
    others = [name for text in look.format for name in parse_format(text, metric).columns if name != metric]
    return others[0] if others else ""
