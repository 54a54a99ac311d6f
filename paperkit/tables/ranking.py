"""Ranking: which cells of a sheet are emphasised; summaries compete with each other, not with the body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from paperkit.manifest.labels import Labels
from paperkit.manifest.model import TableAsset
from paperkit.manifest.tables import Emphasis
from paperkit.tables.emphasis import emphasised
from paperkit.tables.grid import CELLS, Grid
from paperkit.tables.looks import Looks
from paperkit.tables.model import Emphasised
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

    def emphases(self, sheet: Sheet, lines: Sequence[Line], printed: Sequence[PrintedColumn]) -> Emphases:
        """Return line and column of the sheet → emphasis, for the cells that have one."""
        if not self._spec:
            return {}
        numbers = [column.value for column in printed]
        rows = [index for index, line in enumerate(lines) if line.row is not None]
        columns = [place for place, column in enumerate(sheet.columns) if column is not None]
        found = _placed(self._body(_values(rows, columns, numbers), self._spec), rows, columns)
        for index, line in enumerate(lines):
            if line.kind == "summary":
                values = _values((index,), columns, numbers)
                looks: Looks = (tuple(line.looks[place] for place in columns),)
                found |= _placed(self._alone(values, looks, "row"), (index,), columns)
        for place, column in enumerate(sheet.columns):
            if column is None:
                values = _values(rows, (place,), numbers)
                looks = tuple((lines[index].looks[place],) for index in rows)
                found |= _placed(self._alone(values, looks, "column"), rows, (place,))
        return found

    def _body(self, values: _Values, spec: Emphasis) -> tuple[tuple[Emphasised | None, ...], ...]:
        return emphasised(self._grid, self._looks, values, spec, self._labels, self._path)

    def _alone(
        self, values: _Values, looks: Looks, within: Literal["row", "column"]
    ) -> tuple[tuple[Emphasised | None, ...], ...]:
        assert self._spec  # noqa: S101 - asked for only where there is one
        references = self._grid.column_references if within == "row" else self._grid.row_references
        # Metrics compete with each other where they do so in the body.
        metric = () if {within, "table"} & set(self._spec.within) or CELLS not in references else (CELLS,)
        changes = {"within": (within, *metric), "interval": (), "p": None, "by": None, "cells": ()}
        spec = self._spec.model_copy(update=changes)
        count = len(values[0]) if values else 0
        alone = replace(
            self._grid,
            row_keys=self._grid.row_keys[: len(values)] if within == "column" else self._grid.row_keys[:1],
            column_keys=self._grid.column_keys[:count],
            values=values,
            places=tuple((None,) * count for _ in values),
        )
        return emphasised(alone, looks, values, spec, self._labels, self._path)


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
