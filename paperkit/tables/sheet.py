"""The sheet: every line of the body in print order, before its values become text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, NamedTuple

from paperkit.errors import Problem
from paperkit.manifest.model import TableAsset
from paperkit.manifest.tables import Shade, Summary
from paperkit.tables.grid import CELLS, Grid, Key
from paperkit.tables.heads import Added, Heads
from paperkit.tables.looks import Look, Looks
from paperkit.tables.model import Above, ColumnLabel, Fill, RowKind
from paperkit.tables.parts import Part, parts_of
from paperkit.tables.statistic import StatisticRow
from paperkit.tables.summary import COUNTED, LABELS, UNDIRECTED, all_ranks, finite, summary_look
from paperkit.tables.summed import Summed
from paperkit.tex.text import Tex

Fills = tuple[tuple[Fill | None, ...], ...]
Shader = Callable[[Grid, Looks, tuple[Shade, ...]], Fills]
_BLANK = ColumnLabel(lines=(Tex(""),), plain="")


class Line(NamedTuple):
    """A line of the body: its labels, and per column of the sheet a value, a look and a fill.

    `row` is the row of the grid that it prints, None for panels, summaries and statistics; `group` is the key of
    its row group; `part` says what a summary is made of. A table has thousands of lines, and tuples are made several
    times as fast as other objects.
    """

    kind: RowKind
    stubs: tuple[ColumnLabel, ...]
    values: tuple[Any, ...] = ()
    looks: tuple[Look, ...] = ()
    fills: tuple[Fill | None, ...] = ()
    row: int | None = None
    part: Part | None = None
    group: Key = ()
    above: Above = "none"
    indent: int = 0


Rounder = Callable[[Sequence[Line]], Sequence[Sequence[float | None]]]
"""Returns the numbers of the lines of the body as they are printed, line by line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """All lines, and the columns: for each the column of the grid, or None for a summary.

    `added` and `parts` give the heads of each summary, and what it is made of.
    """

    lines: tuple[Line, ...]
    columns: tuple[int | None, ...]
    added: Mapping[int, Added] = field(default_factory=dict)
    parts: Mapping[int, Part] = field(default_factory=dict)
    notices: tuple[Problem, ...] = ()


class SheetMaker:
    """Makes the sheet of one table: columns of summaries first, so that rows of summaries cover them too."""

    def __init__(self, asset: TableAsset, heads: Heads, fills: Fills, shader: Shader, rounder: Rounder) -> None:
        grid, looks = heads.grid, heads.looks
        self._spec = asset.spec
        self._path = asset.path
        self._grid = grid
        self._heads = heads
        self._printer = heads.printer
        self._shader = shader
        self._lines = [
            Line(kind="body", stubs=(), values=values, looks=own, fills=filled, row=row, group=key[:-1])
            for row, (key, values, own, filled) in enumerate(zip(grid.row_keys, grid.values, looks, fills, strict=True))
        ]
        self._body = tuple(self._lines)
        self._rounder = rounder
        self._rounded: Sequence[Sequence[float | None]] | None = None
        self._summed = Summed(asset, heads)

    def make(self, statistics: Sequence[StatisticRow]) -> Sheet:
        """Return the sheet, with the rows of `statistics` at its end."""
        columns, parts = self._with_columns()
        added = {place: self._added(part) for place, part in parts.items()}
        lines = self._grouped(self._lines, columns)
        total = [
            line for index, summary in self._summaries("row", "table") for line in self._rows(summary, index, columns)
        ]
        lines += _ruled(total)
        lines += _ruled([self._statistic(row, columns) for row in statistics])
        notices = (*self._summed.notices(), *(notice for row in statistics for notice in row.notices))
        return Sheet(lines=tuple(lines), columns=tuple(columns), added=added, parts=parts, notices=notices)

    def _summaries(self, axis: str, per: str) -> list[tuple[int, Summary]]:
        entries = enumerate(self._spec.summary)
        return [(index, summary) for index, summary in entries if (summary.axis, summary.per) == (axis, per)]

    def _label(self, summary: Summary, index: int) -> ColumnLabel:
        return self._printer.label(summary.label or LABELS[summary.stat], (*self._path, "summary", index, "label"))

    def _added(self, part: Part) -> Added:
        summary = self._spec.summary[part.index]
        is_counted = summary.stat in COUNTED
        return Added(
            label=self._label(summary, part.index),
            metric=self._metric_label(part) if part.is_named else None,
            unit=self._heads.unit_label(CELLS, part.metrics[0]) if part.is_named and not is_counted else _BLANK,
            run=(part.index, part.group),
            is_grouped=summary.per == "group",
        )

    def _metric_label(self, part: Part) -> ColumnLabel:
        stat = self._spec.summary[part.index].stat
        is_counted = stat in COUNTED
        has_arrow = not is_counted and stat not in UNDIRECTED
        return self._heads.metric_label(part.metrics[0], has_unit=not is_counted, has_arrow=has_arrow)

    def _with_columns(self) -> tuple[list[int | None], dict[int, Part]]:
        """Put the columns of summaries into the lines; return what every column is."""
        inner = [part for index, own in self._summaries("column", "group") for part in parts_of(self._grid, own, index)]
        outer = [part for index, own in self._summaries("column", "table") for part in parts_of(self._grid, own, index)]
        columns: list[int | None] = []
        found: dict[int, Part] = {}
        runs = groupby(range(len(self._grid.column_keys)), key=lambda place: self._grid.column_keys[place][:1])
        for number, (_, run) in enumerate(runs):
            columns += run
            for part in inner:
                if part.group == number:
                    found[len(columns)] = part
                    columns.append(None)
        for part in outer:
            found[len(columns)] = part
            columns.append(None)
        for place, part in found.items():
            self._insert(place, part)
        return columns, found

    def _insert(self, place: int, part: Part) -> None:
        summary, first = self._spec.summary[part.index], part.members[0]
        values = self._column_values(summary, part)
        # One column has as many decimals everywhere.
        everything = [line.values[member] for line in self._body for member in part.members]
        known: dict[tuple[int, str], Look] = {}
        looks = []
        for row, line in enumerate(self._body):
            kind = (id(line.looks), self._grid.metric(row, first))
            if kind not in known:
                own = self._summed.look(part, [line.looks[member] for member in part.members])
                known[kind] = summary_look(summary, own, kind[1], everything)
            looks.append(known[kind])
        fills = self._column_fills(summary, first, values, looks)
        self._lines = [
            line._replace(
                values=(*line.values[:place], value, *line.values[place:]),
                looks=(*line.looks[:place], look, *line.looks[place:]),
                fills=(*line.fills[:place], fill, *line.fills[place:]),
            )
            for line, value, look, fill in zip(self._lines, values, looks, fills, strict=True)
        ]

    def _column_values(self, summary: Summary, part: Part) -> Sequence[Any]:
        if summary.stat == "mean_rank":
            numbers = all_ranks(map(self._turned, part.members), len(self._body))
        else:
            numbers = [finite(line.values[member] for member in part.members) for line in self._body]
        first, total = part.members[0], len(part.members)
        return [
            self._summed.number(part, key, own, total) if _is_meant(summary, self._grid.metric(row, first)) else None
            for row, (key, own) in enumerate(zip(self._grid.row_keys, numbers, strict=True))
        ]

    def _turned(self, column: int) -> tuple[Sequence[Any], Sequence[Look], Sequence[str]]:
        """Return the printed values, the looks and the metrics of a column of the grid."""
        return (
            [line[column] for line in self._printed()],
            [line.looks[column] for line in self._body],
            [self._grid.metric(row, column) for row in range(len(self._body))],
        )

    def _printed(self) -> Sequence[Sequence[float | None]]:
        if self._rounded is None:
            self._rounded = self._rounder(self._body)
        return self._rounded

    def _column_fills(
        self, summary: Summary, first: int, values: Sequence[Any], looks: Sequence[Look]
    ) -> tuple[Fill | None, ...]:
        shades = self._shades(summary, "row", self._grid.row_references)
        if not shades:
            return (None,) * len(values)
        alone = replace(
            self._grid,
            column_keys=(self._grid.column_keys[first],),
            values=tuple((value,) for value in values),
            places=tuple((None,) for _ in values),
        )
        return tuple(line[0] for line in self._shader(alone, tuple((look,) for look in looks), shades))

    def _rows(self, summary: Summary, index: int, columns: Sequence[int | None]) -> list[Line]:
        """Return the lines of a summary, those of a row group beside each other."""
        found: list[Line] = []
        for part in parts_of(self._grid, summary, index):
            lines = [self._lines[member] for member in part.members]
            values = self._row_values(summary, part, lines, columns)
            looks = []
            for place, column in enumerate(columns):
                own = self._summed.look(part, [line.looks[place] for line in lines])
                metric = "" if column is None else self._grid.metric(part.members[0], column)
                looks.append(summary_look(summary, own, metric, [line.values[place] for line in lines]))
            stubs = self._summary_stubs(part, is_first=not found)
            group = lines[0].group
            found.append(Line(kind="summary", stubs=stubs, values=values, looks=tuple(looks), part=part, group=group))
        return self._filled(summary, found, columns)

    def _row_values(
        self, summary: Summary, part: Part, lines: Sequence[Line], columns: Sequence[int | None]
    ) -> tuple[Any, ...]:
        if summary.stat == "mean_rank":
            places = range(len(self._grid.column_keys))
            ranked = all_ranks(
                (
                    (self._printed()[row], self._body[row].looks, [self._grid.metric(row, place) for place in places])
                    for row in part.members
                ),
                len(places),
            )
            # Columns of summaries have no rank among the cells.
            numbers = [[] if column is None else ranked[column] for column in columns]
        else:
            numbers = [finite(line.values[place] for line in lines) for place in range(len(columns))]
        return tuple(
            self._summed.number(part, None if column is None else self._grid.column_keys[column], own, len(lines))
            if column is None or _is_meant(summary, self._grid.metric(part.members[0], column))
            else None
            for column, own in zip(columns, numbers, strict=True)
        )

    def _filled(self, summary: Summary, lines: list[Line], columns: Sequence[int | None]) -> list[Line]:
        """Return the lines of a summary with their fills, each metric's normalised apart."""
        fills: dict[int, tuple[Fill | None, ...]] = {}
        kinds: dict[tuple[str, ...], list[int]] = {}
        for number, line in enumerate(lines):
            kinds.setdefault(line.part.metrics if line.part else (), []).append(number)
        for numbers in kinds.values():
            found = self._row_fills(summary, [lines[number] for number in numbers], columns)
            fills.update(zip(numbers, found, strict=True))
        return [line._replace(fills=fills[number]) for number, line in enumerate(lines)]

    def _row_fills(
        self, summary: Summary, rows: Sequence[Line], columns: Sequence[int | None]
    ) -> list[tuple[Fill | None, ...]]:
        shades = self._shades(summary, "column" if len(rows) == 1 else "", self._grid.column_references)
        if not shades:
            return [(None,) * len(columns)] * len(rows)
        kept = [place for place, column in enumerate(columns) if column is not None]
        first = rows[0].part.members[0] if rows[0].part else 0
        alone = replace(
            self._grid,
            row_keys=tuple(self._grid.row_keys[first] for _ in rows),
            values=tuple(tuple(row.values[place] for place in kept) for row in rows),
            places=tuple((None,) * len(kept) for _ in rows),
        )
        looks = tuple(tuple(row.looks[place] for place in kept) for row in rows)
        found = []
        for line in self._shader(alone, looks, shades):
            filled: list[Fill | None] = [None] * len(columns)
            for place, fill in zip(kept, line, strict=True):
                filled[place] = fill
            found.append(tuple(filled))
        return found

    def _shades(self, summary: Summary, alone: str, references: Sequence[str]) -> tuple[Shade, ...]:
        """Return the shades of a summary, without what asks for records, which a summary has none of.

        `alone` names the blocks in which a cell of the summary would be compared with itself only: they stand for
        those of its metric, which is one of the `references` if there are several.
        """
        own = self._spec.shade
        if isinstance(summary.shade, Shade):
            given: tuple[Shade, ...] = (summary.shade,)
        elif not summary.shade or not own:
            return ()
        else:
            given = own if isinstance(own, tuple) else (own,)
            given = tuple(shade for shade in given if shade.where is None) or given[:1]
        return tuple(_adapted(shade, alone, references) for shade in given)

    def _statistic(self, row: StatisticRow, columns: Sequence[int | None]) -> Line:
        values = tuple(None if column is None else row.values[column] for column in columns)
        stubs = self._stubs(self._printer.label(row.label, (*row.path, "label")))
        look = replace(row.look, competes=False, is_shaded=False)
        count = len(columns)
        return Line(kind="statistic", stubs=stubs, values=values, looks=(look,) * count, fills=(None,) * count)

    def _summary_stubs(self, part: Part, *, is_first: bool) -> tuple[ColumnLabel, ...]:
        label = self._label(self._spec.summary[part.index], part.index)
        if not part.is_named:
            return self._stubs(label)
        metric = self._metric_label(part)
        if self.stub_count == 1:
            return self._stubs(_joined(label, metric))
        own = self._grid.row_references.index(CELLS)
        beside = self.stub_count - 1 if own < self.stub_count - 1 else own - 1
        stubs = [_BLANK] * self.stub_count
        stubs[own] = metric
        if is_first or own < beside:
            stubs[beside] = label
        return tuple(stubs)

    def _stubs(self, label: ColumnLabel) -> tuple[ColumnLabel, ...]:
        return (*((_BLANK,) * (self.stub_count - 1)), label)

    @property
    def stub_count(self) -> int:
        """Return the number of columns of the stub."""
        return len(self._grid.row_references) if self._spec.row_groups.show == "column" else 1

    def _grouped(self, lines: Sequence[Line], columns: Sequence[int | None]) -> list[Line]:
        """Return the lines of the body with the labels of their groups, and the groups' own summaries."""
        groups = [list(run) for _, run in groupby(lines, key=lambda line: line.group)]
        summaries = [line for index, own in self._summaries("row", "group") for line in self._rows(own, index, columns)]
        found: list[Line] = []
        before: Key | None = None
        for number, group in enumerate(groups):
            whole = [*self._panels(group[0].group, before), *self._labelled(group, before)]
            whole += [
                line._replace(indent=self._indent) for line in summaries if line.part and line.part.group == number
            ]
            if number:
                whole[0] = whole[0]._replace(above=self._spec.row_groups.between)
            found += whole
            before = group[0].group
        return found

    @property
    def _indent(self) -> int:
        groups = self._spec.row_groups
        return len(self._grid.row_references) - 1 if groups.show == "panel" and groups.indent else 0

    def _panels(self, key: Key, before: Key | None) -> list[Line]:
        if self._spec.row_groups.show != "panel":
            return []
        references = self._grid.row_references
        return [
            Line(
                kind="panel",
                stubs=(self._heads.label(references[level], key[level]),),
                group=key,
                indent=level if self._spec.row_groups.indent else 0,
            )
            for level in range(_first_change(key, before), len(key))
        ]

    def _labelled(self, group: Sequence[Line], before: Key | None) -> list[Line]:
        references = self._grid.row_references
        found = []
        for number, line in enumerate(group):
            key = self._grid.row_keys[line.row or 0]
            stubs = [self._heads.label(references[-1], key[-1])]
            if self._spec.row_groups.show == "column":
                first = _first_change(key[:-1], before) if number == 0 else len(key) - 1
                stubs = [
                    *(
                        self._heads.label(references[level], key[level]) if level >= first else _BLANK
                        for level in range(len(key) - 1)
                    ),
                    *stubs,
                ]
            found.append(line._replace(stubs=tuple(stubs), indent=self._indent))
        return found


def _first_change(key: Key, before: Key | None) -> int:
    """Return the outermost level in which a group differs from the one before it."""
    if before is None:
        return 0
    return next((level for level, (one, other) in enumerate(zip(key, before, strict=True)) if one != other), len(key))


def _ruled(lines: list[Line]) -> list[Line]:
    return [line._replace(above="rule") if number == 0 else line for number, line in enumerate(lines)]


def _is_meant(summary: Summary, metric: str) -> bool:
    return not summary.cells or metric in summary.cells


def _joined(label: ColumnLabel, metric: ColumnLabel) -> ColumnLabel:
    *above, last = label.lines
    first, *below = metric.lines
    return ColumnLabel(lines=(*above, Tex(f"{last} {first}"), *below), plain=f"{label.plain} {metric.plain}")


def _adapted(shade: Shade, alone: str, references: Sequence[str]) -> Shade:
    center = None if isinstance(shade.vcenter, str) else shade.vcenter
    changes: dict[str, Any] = {"where": None, "by": None, "legend": False, "vcenter": center}
    if alone in shade.within:
        metric = (CELLS,) if CELLS in references else ()
        changes["within"] = (*(name for name in shade.within if name != alone), *metric) or ("table",)
    return shade.model_copy(update=changes)
