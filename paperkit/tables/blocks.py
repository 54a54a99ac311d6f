"""Blocks: the cells that shade and emphasis compare with each other, counted row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from paperkit.errors import ManifestPath
from paperkit.manifest.labels import Labels
from paperkit.tables.grid import Grid

Places = slice | list[int]


def axis_of(within: Sequence[str]) -> Literal[0, 1, "table"] | None:
    """Return 1 if each row is a block, 0 if each column is, `table` if there is one only, None if they are others.

    Tables of tens of thousands of cells have one of these three.
    """
    named = frozenset(within) - {"table"}
    known: Mapping[frozenset[str], Literal[0, 1, "table"]] = {
        frozenset(): "table",
        frozenset({"row"}): 1,
        frozenset({"column"}): 0,
    }
    return known.get(named)


def flat_blocks(grid: Grid, within: Sequence[str], labels: Labels, path: ManifestPath) -> list[Places]:
    """Return the cells of each block of `grid.blocks`, as indices into all cells row by row.

    Raises:
        AssetError: a label lacks the attribute that a name asks for.

    """
    height, width = len(grid.row_keys), len(grid.column_keys)
    axis = axis_of(within)
    if axis == "table":
        return [slice(None)]
    if axis == 1:
        return [slice(row * width, (row + 1) * width) for row in range(height)]
    if axis == 0:
        return [slice(column, None, width) for column in range(width)]
    return [
        [row * width + column for row in rows for column in columns]
        for rows, columns in grid.blocks(within, labels, path)
    ]
