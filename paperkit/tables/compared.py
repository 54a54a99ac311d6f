"""Compared: the difference of every cell from the row or column that an expression picks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

from paperkit.errors import AssetError, ManifestPath, Problem
from paperkit.tables.grid import Grid, Key

_SHOWN = 3
_Values = list[float | None]


def compared(grid: Grid, values: Sequence[float | None], expression: str, path: ManifestPath) -> _Values:
    """Return each of `values` (row by row) minus that of the cell it is compared with.

    A row that `expression` picks is what all rows are compared with, column by column; a column that it picks, what
    all columns are. Where it picks several rows, such as one in each row group, a row is compared with the one that
    agrees with it in what tells the picked ones apart.

    Raises:
        AssetError: `expression` picks nothing, or several that nothing tells apart.
        DataError: it does not fit the frame.

    """
    mask = grid.mask(expression, (), path)
    picked_rows = [any(line) for line in mask]
    picked_columns = [any(line) for line in zip(*mask, strict=True)]
    if not any(picked_rows):
        raise AssetError(Problem(message=f'vcenter = "{expression}" picks no row of the data', path=path))
    excludes_rows, excludes_columns = _excludes(grid, mask, picked_rows, picked_columns)
    rows = _partners(grid.row_keys, picked_rows) if excludes_rows else list(range(len(grid.row_keys)))
    columns = _partners(grid.column_keys, picked_columns) if excludes_columns else list(range(len(grid.column_keys)))
    for name, partners, keys, picked in (
        ("row", rows, grid.row_keys, picked_rows),
        ("column", columns, grid.column_keys, picked_columns),
    ):
        if partners is None:
            raise AssetError(_ambiguous(expression, name, list(compress(keys, picked))).under(path))
    if rows is None or columns is None or not (excludes_rows or excludes_columns or len(rows) == 1):
        raise AssetError(Problem(message=f'vcenter = "{expression}" picks every row of the data', path=path))
    width = len(columns)
    places = [
        None if row is None or column is None or not mask[row][column] else row * width + column
        for row in rows
        for column in columns
    ]
    return [
        None if value is None or place is None or (other := values[place]) is None else value - other
        for value, place in zip(values, places, strict=True)
    ]


def _excludes(
    grid: Grid, mask: Sequence[Sequence[bool]], rows: Sequence[bool], columns: Sequence[bool]
) -> tuple[bool, bool]:
    """Return whether an expression chooses among rows, and whether among columns.

    A row without any record in the picked columns says nothing: it may only lack the data.
    """
    refused = [
        (row, column)
        for row, (places, flags) in enumerate(zip(grid.places, mask, strict=True))
        for column, (place, flag) in enumerate(zip(places, flags, strict=True))
        if place is not None and not flag
    ]
    return (
        any(columns[column] and not rows[row] for row, column in refused),
        any(rows[row] and not columns[column] for row, column in refused),
    )


def _partners(keys: Sequence[Key], picked: Sequence[bool]) -> list[int | None] | None:
    """Return for each key the index of the picked one it is compared with; None if nothing tells which that is."""
    chosen = list(compress(keys, picked))
    levels = [level for level in range(len(chosen[0])) if len({key[level] for key in chosen}) > 1]
    if len(levels) == len(chosen[0]):
        return None
    known = {
        tuple(key[level] for level in levels): index
        for index, (key, is_picked) in enumerate(zip(keys, picked, strict=True))
        if is_picked
    }
    return [known.get(tuple(key[level] for level in levels)) for key in keys]


def _ambiguous(expression: str, name: str, picked: Sequence[Key]) -> Problem:
    found = [" ".join(map(str, key)) for key in picked]
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    message = f'vcenter = "{expression}" picks several {name}s: {", ".join(found[:_SHOWN])}{more}'
    return Problem(message=message, hint=f"one {name} is needed, or one in each group")
