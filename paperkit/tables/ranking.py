"""Ranking: which cells of a sheet are emphasised; summaries compete with each other, not with the body."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from paperkit.manifest.labels import Labels
from paperkit.manifest.model import TableAsset
from paperkit.manifest.tables import Emphasis
from paperkit.tables.emphasis import emphasised, has_goal
from paperkit.tables.grid import Grid, Key, column_of
from paperkit.tables.looks import Look, Looks
from paperkit.tables.model import Emphasised
from paperkit.tables.parts import Part
from paperkit.tables.printing import PrintedColumn
from paperkit.tables.sheet import Line, Sheet

Emphases = Mapping[tuple[int, int], Emphasised]
_Values = tuple[tuple[float | None, ...], ...]


class Ranking:
    """Finds the best and second best cells of one table, from the values as they are printed."""

    def __init__(self, asset: TableAsset, grid: Grid, looks: Looks, labels: Labels) -> None:
        self._spec = asset.spec.emphasis
        self._path = (*asset.path, "emphasis")
        self._grid = grid
        self._looks = looks
        self._labels = labels
        distinct = {id(line): line for line in looks}.values()
        self._is_judged = any(look.competes and has_goal(look) for line in distinct for look in line)

    def emphases(self, sheet: Sheet, lines: Sequence[Line], printed: Sequence[PrintedColumn]) -> Emphases:
        """Return line and column of the sheet → emphasis, for the cells that have one."""
        if not self._spec:
            return {}
        numbers = [column.value for column in printed]
        rows = [index for index, line in enumerate(lines) if line.row is not None]
        columns = [place for place, column in enumerate(sheet.columns) if column is not None]
        found = _placed(self._body(_values(rows, columns, numbers), self._spec), rows, columns)
        for parts in _by_summary({index: line.part for index, line in enumerate(lines) if line.part}):
            values = _values(tuple(parts), columns, numbers)
            looks = tuple(
                tuple(
                    self._fair(lines[index].looks[place], self._metrics(part, part.members[0], column))
                    for column, place in enumerate(columns)
                )
                for index, part in parts.items()
            )
            references, keys = _known(parts.values())
            own = replace(self._grid, row_references=references, row_keys=keys)
            found |= _placed(self._alone(own, values, looks, "row"), tuple(parts), columns)
        for parts in _by_summary(sheet.parts):
            values = _values(rows, tuple(parts), numbers)
            looks = tuple(
                tuple(
                    self._fair(lines[index].looks[place], self._metrics(part, row, part.members[0]))
                    for place, part in parts.items()
                )
                for row, index in enumerate(rows)
            )
            references, keys = _known(parts.values())
            own = replace(self._grid, column_references=references, column_keys=keys)
            found |= _placed(self._alone(own, values, looks, "column"), rows, tuple(parts))
        return found

    def _body(self, values: _Values, spec: Emphasis) -> tuple[tuple[Emphasised | None, ...], ...]:
        return emphasised(self._grid, self._looks, values, spec, self._labels, self._path)

    def _alone(
        self, own: Grid, values: _Values, looks: Looks, side: Literal["row", "column"]
    ) -> tuple[tuple[Emphasised | None, ...], ...]:
        """Return the emphasis of one summary, whose rows or columns are those of `own`.

        They compete as the body does; a variable that varies within each of them keeps them apart.
        """
        assert self._spec  # noqa: S101 - asked for only where there is one
        known = set(own.variables)
        varied = {name for name in self._grid.variables if self._grid.is_row_variable(name) == (side == "row")} - known
        within = tuple(side if column_of(name) in varied else name for name in self._spec.within)
        changes = {"within": within, "interval": (), "p": None, "by": None, "cells": ()}
        spec = self._spec.model_copy(update=changes)
        alone = replace(own, values=values, places=tuple((None,) * len(line) for line in values))
        return emphasised(alone, looks, values, spec, self._labels, self._path)

    def _fair(self, look: Look, metrics: Sequence[str]) -> Look:
        """Return the look of a summary that competes only where its metrics do so in the body."""
        assert self._spec  # noqa: S101 - asked for only where there is one
        named = self._spec.cells
        competes = not set(metrics).isdisjoint(named) if named else has_goal(look) or not self._is_judged
        look = look if has_goal(look) else replace(look, direction="higher")
        return replace(look, competes=look.competes and competes)

    def _metrics(self, part: Part, row: int, column: int) -> Sequence[str]:
        return part.metrics or (self._grid.metric(row, column),)


def _by_summary(parts: Mapping[int, Part]) -> list[dict[int, Part]]:
    found: dict[int, dict[int, Part]] = {}
    for place, part in parts.items():
        found.setdefault(part.index, {})[place] = part
    return list(found.values())


def _known(parts: Iterable[Part]) -> tuple[tuple[str, ...], tuple[Key, ...]]:
    """Return the levels and the keys of the rows or columns of one summary."""
    every = list(parts)
    return tuple(every[0].known), tuple(tuple(part.known.values()) for part in every)


def _values(rows: Sequence[int], columns: Sequence[int], numbers: Sequence[Sequence[float | None]]) -> _Values:
    return tuple(tuple(numbers[place][index] for place in columns) for index in rows)


def _placed(
    found: Sequence[Sequence[Emphasised | None]], rows: Sequence[int], columns: Sequence[int]
) -> dict[tuple[int, int], Emphasised]:
    return {
        (index, place): name
        for index, line in zip(rows, found, strict=True)
        for place, name in zip(columns, line, strict=True)
        if name is not None
    }
