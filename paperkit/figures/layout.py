"""The layout of a figure: panels and one legend share its area, solved once from measured text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from paperkit.errors import AssetError, ManifestPath, Problem

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from paperkit.figures.renderer import MeasuringRenderer

# Ticks can change when a panel's size does, and with them what hangs over; it settles in two rounds.
_ROUNDS = 4
_EDGE = 0.5
_BETWEEN = 8.0
_SMALLEST_PANEL = 18.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A rectangle in PDF points, from the figure's lower left corner."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """Where one panel, or a grid of panels, stands in a grid: first and last row and column, counted from 0."""

    content: int | Grid
    rows: tuple[int, int]
    cols: tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """Rows and columns of cells: the relative sizes of each, and matplotlib's wspace and hspace.

    A cell holds a grid, or the number of a pair of axes.
    """

    cells: tuple[Cell, ...]
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    wspace: float = 0.0
    hspace: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Solver:
    """What placing needs: the axes, what measures their text, and the figure's path."""

    axes: Sequence[Axes]
    renderer: MeasuringRenderer
    path: ManifestPath

    def place(self, grid: Grid, area: Box) -> Box:
        """Give every panel its place in `area` so that nothing hangs over its edges or into a neighbour.

        `wspace` is the gap between two panels as a fraction of their mean width, as in matplotlib's GridSpec, but never
        less than what their labels need. Return the rectangle that the panels' axes span.

        Raises:
            AssetError: the labels leave no room for the panels.

        """
        inner = area
        # What may stand out of the axes is known before they have a place; most marks are clipped to them.
        loose = [panel.get_default_bbox_extra_artists() for panel in self.axes]
        before: dict[int, Box] = {}
        for _ in range(_ROUNDS):
            over = [_overhang(panel, found, self.renderer) for panel, found in zip(self.axes, loose, strict=True)]
            edges = _outer(grid, over)
            inner = Box(
                left=area.left + edges.left,
                bottom=area.bottom + edges.bottom,
                right=area.right - edges.right,
                top=area.top - edges.top,
            )
            places = dict(_split(grid, inner, over))
            _require_room(list(places.values()), self.path)
            if places == before:
                break
            before = places
            width, height = self.renderer.get_canvas_width_height()
            for index, box in places.items():
                self.axes[index].set_position(
                    (
                        box.left / width,
                        box.bottom / height,
                        (box.right - box.left) / width,
                        (box.top - box.bottom) / height,
                    )
                )
        return inner


def _outer(grid: Grid, over: Sequence[Box]) -> Box:
    """Return what hangs over the edges of a grid."""
    last = (len(grid.heights) - 1, len(grid.widths) - 1)
    found = [
        (cell, _outer(cell.content, over) if isinstance(cell.content, Grid) else over[cell.content])
        for cell in grid.cells
    ]
    return Box(
        left=max((box.left for cell, box in found if cell.cols[0] == 0), default=0.0),
        bottom=max((box.bottom for cell, box in found if cell.rows[1] == last[0]), default=0.0),
        right=max((box.right for cell, box in found if cell.cols[1] == last[1]), default=0.0),
        top=max((box.top for cell, box in found if cell.rows[0] == 0), default=0.0),
    )


def _split(grid: Grid, inner: Box, over: Sequence[Box]) -> Iterator[tuple[int, Box]]:
    """Yield the rectangle of every pair of axes in a grid whose outermost axes fill `inner`."""
    found = [
        (cell, _outer(cell.content, over) if isinstance(cell.content, Grid) else over[cell.content])
        for cell in grid.cells
    ]
    columns = [
        (
            max((box.left for cell, box in found if cell.cols[0] == col), default=0.0),
            max((box.right for cell, box in found if cell.cols[1] == col), default=0.0),
        )
        for col in range(len(grid.widths))
    ]
    rows = [
        (
            max((box.top for cell, box in found if cell.rows[0] == row), default=0.0),
            max((box.bottom for cell, box in found if cell.rows[1] == row), default=0.0),
        )
        for row in range(len(grid.heights))
    ]
    across = _spans(columns, grid.widths, grid.wspace, inner.right - inner.left)
    # Rows are counted from the top, heights from the bottom.
    down = _spans(rows, grid.heights, grid.hspace, inner.top - inner.bottom)
    for cell in grid.cells:
        box = Box(
            left=inner.left + across[cell.cols[0]][0],
            bottom=inner.top - down[cell.rows[1]][1],
            right=inner.left + across[cell.cols[1]][1],
            top=inner.top - down[cell.rows[0]][0],
        )
        if isinstance(cell.content, Grid):
            yield from _split(cell.content, box, over)
        else:
            yield cell.content, box


def _require_room(places: Sequence[Box], path: ManifestPath) -> None:
    sizes = {
        "width": min(box.right - box.left for box in places),
        "height": min(box.top - box.bottom for box in places),
    }
    cramped = [key for key, size in sizes.items() if size < _SMALLEST_PANEL]
    if cramped:
        problems = (
            Problem(
                message=f"labels and legend leave no {key} for the panels",
                path=(*path, key),
                hint=f"increase '{key}', or shorten the labels",
            )
            for key in cramped
        )
        raise AssetError(*problems)


def _spans(
    margins: Sequence[tuple[float, float]], ratios: Sequence[float], space: float, inner: float
) -> list[tuple[float, float]]:
    """Return the start and the end of each panel along one direction, of which `inner` points are theirs.

    `margins` is what hangs over on each side; what hangs over the first and the last one has its room outside.
    """
    needed = [after[1] + before[0] + _BETWEEN for after, before in pairwise(margins)]
    mean = inner / (len(ratios) + space * len(needed))
    for _ in needed:  # each round can only find another gap that labels need wider than wished
        cramped = [gap for gap in needed if gap > space * mean]
        mean = (inner - sum(cramped)) / (len(ratios) + space * (len(needed) - len(cramped)))
    gaps = [max(gap, space * mean) for gap in needed]
    free = inner - sum(gaps)
    spans = []
    at = 0.0
    for ratio, gap in zip(ratios, [*gaps, 0.0], strict=True):
        size = free * ratio / sum(ratios)
        spans.append((at, at + size))
        at += size + gap
    return spans


def _overhang(panel: Axes, loose: Sequence[Artist], renderer: MeasuringRenderer) -> Box:
    """Return by how much ticks, labels, title and `loose` artists stand out of a panel's axes on each side."""
    inner = panel.get_window_extent(renderer)
    outer = panel.get_tightbbox(renderer, bbox_extra_artists=loose)
    if outer is None:
        return Box(left=0, bottom=0, right=0, top=0)
    return Box(
        left=max(0.0, inner.x0 - outer.x0),
        bottom=max(0.0, inner.y0 - outer.y0),
        right=max(0.0, outer.x1 - inner.x1),
        top=max(0.0, outer.y1 - inner.y1),
    )


def whole(renderer: MeasuringRenderer) -> Box:
    """Return the figure's area, but for a hair at its edges."""
    width, height = renderer.get_canvas_width_height()
    return Box(left=_EDGE, bottom=_EDGE, right=width - _EDGE, top=height - _EDGE)


def without(area: Box, side: str, size: float) -> Box:
    """Return `area` without a strip of `size` points, and a gap, at its `right`, `top` or `bottom`."""
    strip = size + _BETWEEN
    at = {"right": area.right - strip, "top": area.top - strip, "bottom": area.bottom + strip}
    return replace(area, **{side: at[side]})
