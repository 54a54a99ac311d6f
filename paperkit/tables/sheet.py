"""The sheet: every line of the body in print order, before its values become text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, NamedTuple

from paperkit.manifest.model import TableAsset
from paperkit.manifest.tables import Shade, Summary
from paperkit.tables.grid import CELLS, Grid, Key
from paperkit.tables.heads import Heads
from paperkit.tables.looks import Look, Looks
from paperkit.tables.model import Above, ColumnLabel, Fill, RowKind
from paperkit.tables.summary import LABELS, StatisticRow, mean_ranks, summarise, summary_look
from paperkit.tex.text import Tex

Fills = tuple[tuple[Fill | None, ...], ...]
Shader = Callable[[Grid, Looks, tuple[Shade, ...]], Fills]
_BLANK = ColumnLabel(lines=(Tex(""),), plain="")


class Line(NamedTuple):
    """A line of the body: its labels, and per column of the sheet a value, a look and a fill.

    `row` is the row of the grid that it prints, None for panels, summaries and statistics; `group` is the key of
    its row group. A table has thousands of lines, and tuples are made several times as fast as other objects.
    """

    kind: RowKind
    stubs: tuple[ColumnLabel, ...]
    values: tuple[Any, ...] = ()
    looks: tuple[Look, ...] = ()
    fills: tuple[Fill | None, ...] = ()
    row: int | None = None
    group: Key = ()
    above: Above = "none"
    indent: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """All lines, and the columns: for each the column of the grid, or None for a summary, whose label is in `added`.

    `grouped` are the places of summaries that belong to the spanner before them.
    """

    lines: tuple[Line, ...]
    columns: tuple[int | None, ...]
    added: Mapping[int, ColumnLabel]
    grouped: frozenset[int] = frozenset()


class SheetMaker:
    """Makes the sheet of one table: columns of summaries first, so that rows of summaries cover them too."""

    def __init__(self, asset: TableAsset, heads: Heads, fills: Fills, shader: Shader) -> None:
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

    def make(self, statistics: Sequence[StatisticRow]) -> Sheet:
        """Return the sheet, with the rows of `statistics` at its end."""
        columns, added, grouped = self._with_columns()
        lines = self._grouped(self._lines, columns)
        total = [
            line
            for index, summary in self._summaries("row", "table")
            for line in self._rows(summary, index, [self._lines], columns)
        ]
        lines += _ruled(total)
        lines += _ruled([self._statistic(row, columns) for row in statistics])
        return Sheet(lines=tuple(lines), columns=tuple(columns), added=added, grouped=grouped)

    def _summaries(self, axis: str, per: str) -> list[tuple[int, Summary]]:
        entries = enumerate(self._spec.summary)
        return [(index, summary) for index, summary in entries if (summary.axis, summary.per) == (axis, per)]

    def _label(self, summary: Summary, index: int) -> ColumnLabel:
        return self._printer.label(summary.label or LABELS[summary.stat], (*self._path, "summary", index, "label"))

    def _with_columns(self) -> tuple[list[int | None], dict[int, ColumnLabel], frozenset[int]]:
        """Put the columns of summaries into the lines; return what every column is, and which end a spanner."""
        count = len(self._grid.column_keys)
        everything = list(range(count))
        runs = [
            [place for place, _ in run]
            for _, run in groupby(enumerate(self._grid.column_keys), key=lambda item: item[1][:1])
        ]
        columns: list[int | None] = []
        parts: list[tuple[int, Summary, list[int]]] = []
        for run in runs:
            columns += run
            for _, summary in self._summaries("column", "group"):
                parts.append((len(columns), summary, run))
                columns.append(None)
        for _, summary in self._summaries("column", "table"):
            parts.append((len(columns), summary, everything))
            columns.append(None)
        indexes = {id(summary): index for index, summary in enumerate(self._spec.summary)}
        added = {place: self._label(summary, indexes[id(summary)]) for place, summary, _ in parts}
        grids = list(self._lines)
        for place, summary, members in parts:
            self._insert(place, summary, members, grids)
        return columns, added, frozenset(place for place, summary, _ in parts if summary.per == "group")

    def _insert(self, place: int, summary: Summary, members: Sequence[int], grids: Sequence[Line]) -> None:
        values = self._column_values(summary, members, grids)
        # One column has as many decimals everywhere.
        everything = [line.values[member] for line in grids for member in members]
        known: dict[tuple[Look, str], Look] = {}
        looks = []
        for row, line in enumerate(grids):
            kind = (line.looks[members[0]], self._grid.metric(row, members[0]))
            if kind not in known:
                known[kind] = summary_look(summary, *kind, everything)
            looks.append(known[kind])
        fills = self._column_fills(summary, values, looks)
        self._lines = [
            line._replace(
                values=(*line.values[:place], value, *line.values[place:]),
                looks=(*line.looks[:place], look, *line.looks[place:]),
                fills=(*line.fills[:place], fill, *line.fills[place:]),
            )
            for line, value, look, fill in zip(self._lines, values, looks, fills, strict=True)
        ]

    def _column_values(self, summary: Summary, members: Sequence[int], grids: Sequence[Line]) -> Sequence[Any]:
        if summary.stat != "mean_rank":
            return [summarise(summary.stat, (line.values[member] for member in members)) for line in grids]
        rows = range(len(grids))
        turned = [
            (
                [line.values[member] for line in grids],
                [line.looks[member] for line in grids],
                [self._grid.metric(row, member) for row in rows],
            )
            for member in members
        ]
        return mean_ranks(turned, len(grids))

    def _column_fills(self, summary: Summary, values: Sequence[Any], looks: Sequence[Look]) -> tuple[Fill | None, ...]:
        shades = self._shades(summary, "row", self._grid.row_references)
        if not shades:
            return (None,) * len(values)
        alone = replace(
            self._grid,
            column_keys=(self._grid.column_keys[-1],),
            values=tuple((value,) for value in values),
            places=tuple((None,) for _ in values),
        )
        return tuple(line[0] for line in self._shader(alone, tuple((look,) for look in looks), shades))

    def _rows(
        self, summary: Summary, index: int, groups: Sequence[Sequence[Line]], columns: Sequence[int | None]
    ) -> list[Line]:
        found = []
        for group in groups:
            count = len(columns)
            if summary.stat == "mean_rank":
                values: Sequence[Any] = mean_ranks([self._only(line, columns) for line in group], count)
            else:
                values = [summarise(summary.stat, (line.values[place] for line in group)) for place in range(count)]
            looks = tuple(
                summary_look(
                    summary, look, self._metric(group[0], columns[place]), [line.values[place] for line in group]
                )
                for place, look in enumerate(group[0].looks)
            )
            found.append((tuple(values), looks, group[0].group))
        fills = self._row_fills(summary, found, columns)
        stubs = self._stubs(self._label(summary, index))
        return [
            Line(kind="summary", stubs=stubs, values=values, looks=looks, fills=filled, group=group)
            for (values, looks, group), filled in zip(found, fills, strict=True)
        ]

    def _metric(self, line: Line, column: int | None) -> str:
        return "" if column is None else self._grid.metric(line.row or 0, column)

    def _only(self, line: Line, columns: Sequence[int | None]) -> tuple[Sequence[Any], Sequence[Look], Sequence[str]]:
        """Return the values of a line, without those of summary columns, which have no rank among the cells."""
        values = [None if column is None else value for value, column in zip(line.values, columns, strict=True)]
        return values, line.looks, [self._metric(line, column) for column in columns]

    def _row_fills(
        self,
        summary: Summary,
        rows: Sequence[tuple[tuple[Any, ...], tuple[Look, ...], Key]],
        columns: Sequence[int | None],
    ) -> list[tuple[Fill | None, ...]]:
        shades = self._shades(summary, "column" if len(rows) == 1 else "", self._grid.column_references)
        if not shades:
            return [(None,) * len(columns)] * len(rows)
        kept = [place for place, column in enumerate(columns) if column is not None]
        alone = replace(
            self._grid,
            row_keys=tuple(self._grid.row_keys[0] for _ in rows),
            values=tuple(tuple(values[place] for place in kept) for values, _, _ in rows),
            places=tuple((None,) * len(kept) for _ in rows),
        )
        looks = tuple(tuple(own[place] for place in kept) for _, own, _ in rows)
        found = []
        for line in self._shader(alone, looks, shades):
            filled: list[Fill | None] = [None] * len(columns)
            for place, fill in zip(kept, line, strict=True):
                filled[place] = fill
            found.append(tuple(filled))
        return found

    def _shades(self, summary: Summary, alone: str, references: Sequence[str]) -> tuple[Shade, ...]:
        """Return the shade of a summary, without what asks for records, which a summary has none of.

        `alone` names the blocks in which a cell of the summary would be compared with itself only: they stand for
        those of its metric, which is one of the `references` if there are several.
        """
        own = self._spec.shade
        if summary.shade is False or (summary.shade is True and not own):
            return ()
        shade = summary.shade if isinstance(summary.shade, Shade) else own[0] if isinstance(own, tuple) else own
        if not isinstance(shade, Shade):
            return ()
        center = None if isinstance(shade.vcenter, str) else shade.vcenter
        changes: dict[str, Any] = {"where": None, "by": None, "cells": (), "legend": False, "vcenter": center}
        if alone in shade.within:
            metric = (CELLS,) if CELLS in references else ()
            changes["within"] = (*(name for name in shade.within if name != alone), *metric) or ("table",)
        return (shade.model_copy(update=changes),)

    def _statistic(self, row: StatisticRow, columns: Sequence[int | None]) -> Line:
        values = tuple(None if column is None else row.values[column] for column in columns)
        stubs = self._stubs(self._printer.label(row.label, (*row.path, "label")))
        look = replace(row.look, competes=False, is_shaded=False)
        count = len(columns)
        return Line(kind="statistic", stubs=stubs, values=values, looks=(look,) * count, fills=(None,) * count)

    def _stubs(self, label: ColumnLabel) -> tuple[ColumnLabel, ...]:
        return (*((_BLANK,) * (self.stub_count - 1)), label)

    @property
    def stub_count(self) -> int:
        """Return the number of columns of the stub."""
        return len(self._grid.row_references) if self._spec.row_groups.show == "column" else 1

    def _grouped(self, lines: Sequence[Line], columns: Sequence[int | None]) -> list[Line]:
        """Return the lines of the body with the labels of their groups, and the groups' own summaries."""
        groups = [list(run) for _, run in groupby(lines, key=lambda line: line.group)]
        summaries = [self._rows(summary, index, groups, columns) for index, summary in self._summaries("row", "group")]
        found: list[Line] = []
        before: Key | None = None
        for number, group in enumerate(groups):
            whole = [*self._panels(group[0].group, before), *self._labelled(group, before)]
            whole += [rows[number]._replace(indent=self._indent) for rows in summaries]
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
