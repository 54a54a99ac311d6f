"""The grid of a figure: which panel stands where, which of them have an axis in common, and what is lettered."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from paperkit.errors import AssetError, ManifestPath, Problem
from paperkit.figures.layout import Cell, Grid
from paperkit.figures.panel import Panel
from paperkit.manifest.model import PanelGrid, PanelSpec

Axis = Literal["x", "y"]
AXES: tuple[Axis, ...] = ("x", "y")
_Area = tuple[tuple[int, int], tuple[int, int]]


def make_grid(spec: PanelGrid, panels: Sequence[Panel], *, path: ManifestPath) -> Grid:
    """Return the grid of a figure; the panels of `row` and `col` have one of their own inside it.

    Without `ncols` and `mosaic` the entries stand side by side; `ncols` fills rows. Insets stand in no cell.

    Raises:
        AssetError: there are not as many ratios as columns or rows, or letters of the mosaic do not fit.

    """
    entries = dict.fromkeys(panel.entry for panel in panels if panel.spec.inset is None)
    wrong = grid_problems(spec, len(entries), path=path)
    if wrong:
        raise AssetError(*wrong)
    areas, ncols, nrows = _areas(spec, len(entries))
    return Grid(
        cells=tuple(
            Cell(content=_content(panels, entry), rows=rows, cols=cols)
            for entry, (rows, cols) in zip(entries, areas, strict=True)
        ),
        widths=spec.width_ratios or (1.0,) * ncols,
        heights=spec.height_ratios or (1.0,) * nrows,
        wspace=spec.wspace or 0.0,
        hspace=spec.hspace or 0.0,
    )


def _content(panels: Sequence[Panel], entry: int) -> int | Grid:
    found = [(number, panel.facet) for number, panel in enumerate(panels) if panel.entry == entry]
    places = [(number, facet) for number, facet in found if facet is not None]
    if not places:
        return found[0][0]
    return Grid(
        cells=tuple(Cell(content=number, rows=(at.row, at.row), cols=(at.col, at.col)) for number, at in places),
        widths=(1.0,) * (1 + max(facet.col for _, facet in places)),
        heights=(1.0,) * (1 + max(facet.row for _, facet in places)),
    )


def grid_problems(spec: PanelGrid, entries: int, *, path: ManifestPath) -> tuple[Problem, ...]:
    """Return the letters, and the ratios, that do not match the cells of `entries` panels."""
    found = list(_mosaic_problems(spec, entries, (*path, "mosaic")))
    if found:
        return tuple(found)
    _, ncols, nrows = _areas(spec, entries)
    wanted = {"width_ratios": (spec.width_ratios, ncols, "column"), "height_ratios": (spec.height_ratios, nrows, "row")}
    for key, (ratios, count, what) in wanted.items():
        if ratios is not None and len(ratios) != count:
            message = f"{len(ratios)} ratios for {count} {what}{'' if count == 1 else 's'}"
            found.append(Problem(message=message, path=(*path, key)))
    return tuple(found)


def _mosaic_problems(spec: PanelGrid, entries: int, path: ManifestPath) -> Iterator[Problem]:
    if spec.mosaic is None:
        return
    if spec.ncols is not None:
        yield Problem(message="'mosaic' says already how many columns there are", path=(*path[:-1], "ncols"))
    if len({len(row) for row in spec.mosaic}) != 1 or not spec.mosaic[0]:
        yield Problem(message="the rows of the mosaic are not equally long", path=path, hint='["AAB", "CCB"]')
        return
    letters = _letters(spec.mosaic)
    wanted = [chr(ord("A") + index) for index in range(entries)]
    if sorted(letters) != wanted:
        message = f"the mosaic has {', '.join(sorted(letters)) or 'no letter'}, the {entries} panels are "
        yield Problem(message=message + ", ".join(wanted), path=path)
        return
    for letter, (rows, cols) in letters.items():
        area = {spec.mosaic[row][col] for row in range(rows[0], rows[1] + 1) for col in range(cols[0], cols[1] + 1)}
        if area != {letter}:
            yield Problem(message=f"the cells of {letter} are no rectangle", path=path)


def _letters(mosaic: Sequence[str]) -> Mapping[str, _Area]:
    """Return the first and last row and column of every letter of a mosaic."""
    places: dict[str, list[tuple[int, int]]] = {}
    for row, line in enumerate(mosaic):
        for col, letter in enumerate(line):
            if letter != ".":
                places.setdefault(letter, []).append((row, col))
    return {letter: (_ends([row for row, _ in at]), _ends([col for _, col in at])) for letter, at in places.items()}


def _ends(found: Sequence[int]) -> tuple[int, int]:
    return min(found), max(found)


def _areas(spec: PanelGrid, entries: int) -> tuple[tuple[_Area, ...], int, int]:
    """Return where each entry stands, and the numbers of columns and rows."""
    if spec.mosaic is not None:
        letters = _letters(spec.mosaic)
        return tuple(letters[letter] for letter in sorted(letters)), len(spec.mosaic[0]), len(spec.mosaic)
    ncols = min(spec.ncols or entries, entries)
    places = (divmod(index, ncols) for index in range(entries))
    return tuple(((row, row), (col, col)) for row, col in places), ncols, math.ceil(entries / ncols)


def shared(grid: Grid, spec: PanelGrid, panels: Sequence[Panel], axis: Axis) -> tuple[tuple[Cell, ...], ...]:
    """Return the cells of panels that have an axis in common, those of each grid among themselves."""
    found = list(_groups([cell for cell in grid.cells if isinstance(cell.content, int)], _how(spec, axis)))
    for cell in grid.cells:
        if isinstance(cell.content, Grid):
            first = cell.content.cells[0].content
            entry = panels[first].spec if isinstance(first, int) else None
            found += _groups(cell.content.cells, _how(entry, axis))
    return tuple(found)


def _how(spec: PanelGrid | PanelSpec | None, axis: Axis) -> bool | str:
    if spec is None:
        return False
    return spec.sharex if axis == "x" else spec.sharey


def _groups(cells: Sequence[Cell], how: bool | str) -> Iterator[tuple[Cell, ...]]:
    if how is False:
        return
    groups: dict[object, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(cell.rows if how == "row" else cell.cols if how == "col" else how, []).append(cell)
    yield from (tuple(found) for found in groups.values() if len(found) > 1)
