"""Compared: the difference of every cell from the row or column that an expression picks."""

from __future__ import annotations

from collections.abc import Sequence

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
    rows, has_row = _partners(grid.row_keys, picked_rows)
    columns, has_column = _partners(grid.column_keys, picked_columns)
    if not has_row and not has_column:
        raise AssetError(_ambiguous(expression, grid, picked_rows, picked_columns).under(path))
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


def _partners(keys: Sequence[Key], picked: Sequence[bool]) -> tuple[list[int | None], bool]:
    """Return for each key the index of the picked one it is compared with, and whether that is another at all."""
    chosen = [key for key, is_picked in zip(keys, picked, strict=True) if is_picked]
    levels = [level for level in range(len(chosen[0])) if len({key[level] for key in chosen}) > 1]
    known = {
        tuple(key[level] for level in levels): index
        for index, (key, is_picked) in enumerate(zip(keys, picked, strict=True))
        if is_picked
    }
    found = [known.get(tuple(key[level] for level in levels)) for key in keys]
    return found, len(levels) < len(chosen[0]) and len(chosen) < len(keys)


def _ambiguous(expression: str, grid: Grid, rows: Sequence[bool], columns: Sequence[bool]) -> Problem:
    sides = [("row", grid.row_keys, rows), ("column", grid.column_keys, columns)]
    # What is picked on purpose is not everything.
    name, keys, picked = min(sides, key=lambda side: (all(side[2]), side[0] == "column"))
    found = [" ".join(map(str, key)) for key, is_picked in zip(keys, picked, strict=True) if is_picked]
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    message = f'vcenter = "{expression}" picks several {name}s: {", ".join(found[:_SHOWN])}{more}'
    return Problem(message=message, hint=f"one {name} is needed, or one in each group")
