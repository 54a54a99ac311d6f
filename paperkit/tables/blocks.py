"""Blocks: the cells that shade and emphasis compare with each other, counted row by row."""

from __future__ import annotations

from collections.abc import Sequence

from paperkit.errors import ManifestPath
from paperkit.manifest.labels import Labels
from paperkit.tables.grid import Grid

Places = slice | list[int]


def flat_blocks(grid: Grid, within: Sequence[str], labels: Labels, path: ManifestPath) -> list[Places]:
    """Return the cells of each block of `grid.blocks`, as indices into all cells row by row.

    Raises:
        AssetError: a label lacks the attribute that a name asks for.

    """
    height, width = len(grid.row_keys), len(grid.column_keys)
    named = set(within) - {"table"}
    # Tables of tens of thousands of cells have one of these three.
    if not named:
        return [slice(None)]
    if named == {"row"}:
        return [slice(row * width, (row + 1) * width) for row in range(height)]
    if named == {"column"}:
        return [slice(column, None, width) for column in range(width)]
    return [
        [row * width + column for row in rows for column in columns]
        for rows, columns in grid.blocks(within, labels, path)
    ]
