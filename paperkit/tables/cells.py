"""Cells: the values of a sheet as aligned text, with their fills, inks and emphasis."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from paperkit.manifest.labels import Labels
from paperkit.manifest.model import TableAsset
from paperkit.tables.format import is_number
from paperkit.tables.grid import Grid, Matrix
from paperkit.tables.looks import Look, Looks, Precision
from paperkit.tables.model import Above, Alignment, Cell, CellColumn, ColumnLabel, Row, RowOfCells, inks
from paperkit.tables.printer import Printer
from paperkit.tables.printing import Printed, PrintedColumn, decimals_by_uncertainty, print_column
from paperkit.tables.ranking import Emphases, Ranking
from paperkit.tables.sheet import Line, Sheet
from paperkit.tables.template import CellFormat, parse_format
from paperkit.tex.text import Tex

_BLANK = ColumnLabel(lines=(Tex(""),), plain="")
_ALIGNMENTS: Sequence[Alignment] = ("l", "r", "c")


class _Run(NamedTuple):
    """Lines whose cells are printed as one column, and the different looks of them.

    `levels` are, for each, the number of the text of its format.
    """

    lines: Sequence[Line]
    levels: Sequence[int]
    looks: Sequence[tuple[Look, ...]]

    @classmethod
    def of(cls, lines: Sequence[Line], levels: Sequence[int]) -> _Run:
        """Return the run of some lines."""
        # By identity: lines that look alike share one tuple, and comparing looks would be slow.
        return cls(lines, levels, list({id(line.looks): line.looks for line in lines}.values()))

    def columns(self) -> Iterable[tuple[Any, ...]]:
        """Return the values by column."""
        return zip(*(line.values for line in self.lines), strict=True)


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
        whole = _Run.of(lines, [0] * len(lines))
        depth = max((len(look.format) for looks in whole.looks for look in looks), default=1) or 1
        printed: list[tuple[PrintedColumn, ...]]
        if depth == 1 and lines[-1].kind != "statistic":
            columns = zip(sheet.columns, whole.columns(), strict=True)
            printed = [(self._print(whole, values, place, column),) for place, (column, values) in enumerate(columns)]
        else:
            printed = [self._column(sheet, lines, place, depth) for place in range(len(sheet.columns))]
        return tuple(column[0].alignment for column in printed), self._body(sheet, lines, printed)

    def rounded(self, lines: Sequence[Line]) -> tuple[tuple[float | None, ...], ...]:
        """Return the numbers of lines of the body as they are printed, None for text and what is missing."""
        run = _Run.of(lines, [0] * len(lines))
        columns = [self._print(run, values, place, place).value for place, values in enumerate(run.columns())]
        return tuple(zip(*columns, strict=True))

    def _column(self, sheet: Sheet, lines: Sequence[Line], place: int, depth: int) -> tuple[PrintedColumn, ...]:
        """Return the printed cells of one column, for each of the texts that a cell has below each other.

        All of them line up, but those of statistics, which are numbers of another kind.
        """
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
            own = _Run.of([lines[index] for index, _ in entries], [level for _, level in entries])
            column = self._print(own, [line.values[place] for line in own.lines], place, sheet.columns[place])
            alignments.append(column.alignment)
            for (index, level), cell in zip(entries, column.cells, strict=True):
                cells[level][index] = cell
        alignment = min(alignments, key=_ALIGNMENTS.index)
        return tuple(PrintedColumn.of(alignment, level) for level in cells)

    def _print(self, run: _Run, values: Sequence[Any], place: int, column: int | None) -> PrintedColumn:
        """Return the `values` of a run in one column of the sheet, printed as one column."""
        lines, levels = run.lines, run.levels
        distinct = [looks[place] for looks in run.looks]
        looks = distinct * len(lines) if len(distinct) == 1 else [line.looks[place] for line in lines]
        formats = self._formats(run, looks, column) if any(map(_has_format, distinct)) else []
        stated = {look.precision for look in distinct}
        precision = self._precision(lines, looks, column, stated)
        if "uncertainty" in stated:
            formats = self._rounded(run, looks, formats, precision, column)
        needed = {id(found): found.columns for found in formats if found is not None}
        names = dict.fromkeys(name for columns in needed.values() for name in columns)
        stars: Sequence[str] = ()
        if any(look.stars is not None for look in distinct):
            cells = zip(lines, levels, looks, strict=True)
            stars = ["" if level else self._stars(line, look, column) for line, level, look in cells]
        marks: Sequence[str] = ()
        if any(look.note for look in distinct):
            marks = ["" if level else look.note for level, look in zip(levels, looks, strict=True)]
        return print_column(
            values,
            fields={name: self._values(name, lines, column) for name in names if name in self._grid.frame.columns},
            formats=formats,
            precision=precision,
            stars=stars,
            marks=marks,
            escape=partial(self._escape, lines, column),
            markup=self._markup,
        )

    def _values(self, name: str, lines: Sequence[Line], column: int | None) -> list[Any]:
        """Return the values of a column of the frame for the cells of one column of the sheet."""
        if name not in self._fields:
            self._fields[name] = self._grid.field(name)
        field = self._fields[name]
        return [None if line.row is None or column is None else field[line.row][column] for line in lines]

    def _formats(self, run: _Run, looks: Sequence[Look], column: int | None) -> list[CellFormat | None]:
        known: dict[tuple[int, str, int], CellFormat | None] = {}
        found = []
        for line, level, look in zip(run.lines, run.levels, looks, strict=True):
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

    def _rounded(
        self,
        run: _Run,
        looks: Sequence[Look],
        formats: Sequence[CellFormat | None],
        precision: Sequence[int | None],
        column: int | None,
    ) -> list[CellFormat | None]:
        """Return the formats with the decimals that the uncertainty asks for, of whole numbers too."""
        known: dict[tuple[int, int, str], CellFormat] = {}
        found: list[CellFormat | None] = []
        for line, look, form, decimals in zip(run.lines, looks, formats, precision, strict=False):
            if form is None or decimals is None or look.precision != "uncertainty":
                found.append(form)
                continue
            name = self._uncertainty(line, look, column)
            key = (id(form), decimals, name)
            if key not in known:
                known[key] = _with_decimals(form, decimals, name)
            found.append(known[key])
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
            key = ("statistic",) if lines[index].kind == "statistic" else ()
            return self._printer.foreign(text, (*self._asset.path, *key))
        metric = self._grid.metric(row, column)
        return self._printer.data(partial(self._printer.escape, text), metric, self._grid.key(row, column))

    def _markup(self, text: str) -> Tex:
        return self._printer.manifest(text, (*self._asset.path, "format"))

    def _body(self, sheet: Sheet, lines: Sequence[Line], printed: Sequence[Sequence[PrintedColumn]]) -> tuple[Row, ...]:
        ranking = Ranking(self._asset, self._grid, self._looks, self._labels)
        emphases = ranking.emphases(sheet, lines, [column[0] for column in printed])
        missing = [frozenset(column[0].missing) for column in printed]
        levels = [
            self._lower(lines, [column[level] for column in printed], missing)
            if level
            else self._upper(lines, [column[0] for column in printed], emphases)
            for level in range(len(printed[0]))
        ]
        depths = [1] * len(lines)
        if len(levels) > 1:
            depths = [max((len(look.format) for look in line.looks), default=1) or 1 for line in lines]
        # White between shaded rows would part their fills. Whether any are shaded now is left to the data.
        spec = self._asset.spec
        gap: Above = "none" if spec.shade or any(summary.shade for summary in spec.summary) else "gap"
        body: list[Row] = []
        number = 0
        before = 0
        for line in sheet.lines:
            if line.kind == "panel":
                body.append(Row(stubs=line.stubs, cells=(), kind="panel", above=line.above, indent=line.indent))
                before = 0
                continue
            cells = RowOfCells(levels[0], number)
            above = gap if line.above == "none" and before and max(before, depths[number]) > 1 else line.above
            body.append(Row(stubs=line.stubs, cells=cells, kind=line.kind, above=above, indent=line.indent))
            blank = (_BLANK,) * len(line.stubs)
            body += [
                Row(stubs=blank, cells=RowOfCells(levels[level], number), kind=line.kind)
                for level in range(1, depths[number])
            ]
            before = depths[number]
            number += 1
        return tuple(body)

    def _upper(
        self, lines: Sequence[Line], printed: Sequence[PrintedColumn], emphases: Emphases
    ) -> tuple[CellColumn, ...]:
        """Return the cells of every column, of the first of the texts that stand below each other."""
        plain = [None] * len(lines)
        fills = zip(*(line.fills for line in lines), strict=True)
        found = []
        for place, (column, own) in enumerate(zip(printed, fills, strict=True)):
            emphasis = [emphases.get((row, place)) for row in range(len(lines))] if emphases else plain
            cells = CellColumn(*column[1:7], fill=own, ink=inks(own), emphasis=emphasis)
            blanks = {row: self._blank(lines[row].looks[place]) for row in column.missing}
            found.append(_replaced(cells, blanks) if blanks else cells)
        return tuple(found)

    def _lower(
        self, lines: Sequence[Line], printed: Sequence[PrintedColumn], missing: Sequence[Collection[int]]
    ) -> tuple[CellColumn, ...]:
        """Return the cells below those of every column, which have the same fills, whatever of them is `missing`."""
        found = []
        for column, own, gone in zip(printed, zip(*(line.fills for line in lines), strict=True), missing, strict=True):
            fills = [None if row in gone else fill for row, fill in enumerate(own)]
            found.append(CellColumn(*column[1:7], fill=fills, ink=inks(fills), emphasis=(None,) * len(lines)))
        return tuple(found)

    def _blank(self, look: Look) -> Cell:
        mark = look.missing
        if mark not in self._missing:
            plain = _dashed(mark)
            text = self._printer.manifest(plain, (*self._printer.path, "missing"))
            self._missing[mark] = Cell(text=text, plain=plain, emphasis="missing" if mark else None)
        return self._missing[mark]


def _replaced(column: CellColumn, cells: Mapping[int, Cell]) -> CellColumn:
    parts: list[list[Any]] = [list(part) for part in column]
    for row, cell in cells.items():
        for part, value in zip(parts, cell, strict=True):
            part[row] = value
    return CellColumn(*parts)


def _dashed(mark: str) -> str:
    """Return a mark in which `--` and `---` are the dashes that they are in LaTeX; maths is left alone."""
    return mark if "$" in mark else mark.replace("---", "—").replace("--", "–")


def _has_format(look: Look) -> bool:
    return bool(look.format or look.uncertainty)


def _format(look: Look, metric: str, level: int) -> CellFormat | None:
    if level < len(look.format):
        return parse_format(look.format[level], metric) if look.format[level] else None
    if not look.format and look.uncertainty and metric:
        return parse_format(f"{{{metric}}} ± {{{look.uncertainty}}}", metric)
    return None


def _with_decimals(form: CellFormat, decimals: int, uncertainty: str) -> CellFormat:
    spec = f".{decimals}f"
    fields = tuple(
        field._replace(spec=spec)
        if field.spec is None and (index == form.main or field.column == uncertainty)
        else field
        for index, field in enumerate(form.fields)
    )
    return replace(form, fields=fields)


def uncertainty_of(look: Look, metric: str) -> str:
    """Return the column whose values decide how a cell is rounded: that of the look, or what its template adds."""
    if look.uncertainty:
        return look.uncertainty
    forms = [parse_format(text, metric) for text in look.format]
    fields = [
        (field.column, literal) for form in forms for field, literal in zip(form.fields, form.literals, strict=False)
    ]
    behind = [column for column, literal in fields if "±" in literal]
    others = [column for column, _ in fields if column != metric]
    return next(iter((*behind, *others)), "")
