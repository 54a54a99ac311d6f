"""Shade: the fill and ink of cells from their values."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import cache

from paperkit.errors import AssetError, ManifestPath, PaperkitError, Problem
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Scalar, Shade
from paperkit.style.colormap import Colormap
from paperkit.style.contrast import ink
from paperkit.style.norm import normalise
from paperkit.tables.format import is_number
from paperkit.tables.grid import Grid
from paperkit.tables.model import Fill

Fills = tuple[tuple[Fill | None, ...], ...]


def shade_fills(grid: Grid, shade: Shade, labels: Labels, path: ManifestPath) -> Fills:
    """Return the fill of every cell: its value, normalised with all that it shares `within`, on its colormap.

    Missing, infinite and non-numeric cells have none. `path` is the manifest path of the table.

    Raises:
        AssetError: a colormap is unknown, or a label lacks the attribute that a reference names.

    """
    names = _by_place(grid, shade.colormap, labels, (*path, "shade", "colormap"))
    positions = _positions(grid, shade, labels, path)
    used = {str(names(row, place)) for row in range(len(grid.row_values)) for place in range(len(grid.column_keys))}
    colormaps = _colormaps(used, (*path, "shade", "colormap"))
    return tuple(
        tuple(
            None if position is None else colormaps[str(names(row, place))].fill(position)
            for place, position in enumerate(line)
        )
        for row, line in enumerate(positions)
    )


cell_ink = cache(ink)


class _Fills:
    """The fills of one colormap, one for each of its colours."""

    def __init__(self, name: str) -> None:
        self._colormap = Colormap(name)
        colors = self._colormap.colors
        self._fills = [Fill(colormap=name, level=level, rgb=rgb) for level, rgb in enumerate(colors)]

    def fill(self, position: float) -> Fill:
        return self._fills[self._colormap.level(position)]


def _colormaps(names: Iterable[str], path: ManifestPath) -> dict[str, _Fills]:
    found: dict[str, _Fills] = {}
    problems: list[Problem] = []
    for name in sorted(names):
        try:
            found[name] = _Fills(name)
        except PaperkitError as error:
            problems += [problem.under(path) for problem in error.problems]
    if problems:
        raise AssetError(*problems)
    return found


def _positions(grid: Grid, shade: Shade, labels: Labels, path: ManifestPath) -> tuple[tuple[float | None, ...], ...]:
    keys = [_block(grid, name, labels, (*path, "shade", "within", index)) for index, name in enumerate(shade.within)]
    blocks: dict[tuple[Hashable, ...], list[tuple[int, int]]] = {}
    for row in range(len(grid.row_values)):
        for column in range(len(grid.column_keys)):
            blocks.setdefault(tuple(key(row, column) for key in keys), []).append((row, column))
    positions: list[list[float | None]] = [[None] * len(grid.column_keys) for _ in grid.row_values]
    for places in blocks.values():
        values = [_number(grid.values[row][column]) for row, column in places]
        for (row, column), position in zip(places, normalise(values, shade.vmin, shade.vmax), strict=True):
            positions[row][column] = position
    return tuple(tuple(line) for line in positions)


def _number(value: object) -> float | None:
    return float(value) if is_number(value) else None  # type: ignore[arg-type]  # is_number said so


def _block(grid: Grid, name: str, labels: Labels, path: ManifestPath) -> Callable[[int, int], Hashable]:
    if name == "table":
        return lambda _row, _column: None
    if name == "row":
        return lambda row, _column: row
    if name == "column":
        return lambda _row, column: column
    return _by_place(grid, name, labels, path)


def _by_place(grid: Grid, reference: str, labels: Labels, path: ManifestPath) -> Callable[[int, int], Scalar]:
    """Return what `reference` is at a row and column; one that names no variable of the table is itself."""
    column, _, attribute = reference.partition(".")
    if column not in grid.variables:
        return lambda _row, _column: reference
    values = [_attribute(column, value, attribute, labels, path) for value in grid.values_of(column)]
    if column == grid.row_column:
        return lambda row, _column: values[row]
    return lambda _row, place: values[place]


def _attribute(column: str, value: Scalar, attribute: str, labels: Labels, path: ManifestPath) -> Scalar:
    if not attribute:
        return value
    try:
        return labels.attribute(column, value, attribute)
    except PaperkitError as error:
        hint = f"needed by {'.'.join(str(part) for part in path[2:])} = '{column}.{attribute}'"
        raise AssetError(
            *(
                Problem(message=found.message, path=found.path, place=found.place, hint=found.hint or hint)
                for found in error.problems
            )
        ) from None
