"""The layout of a figure: panels and one legend share its area, solved once from measured text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from paperkit.errors import AssetError, ManifestPath, Problem
from paperkit.manifest.model import PanelGrid

if TYPE_CHECKING:
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
class Grid:
    """Rows and columns of panels: the relative sizes of each, and matplotlib's wspace and hspace."""

    ncols: int
    nrows: int
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    wspace: float
    hspace: float


def make_grid(spec: PanelGrid, panels: int, *, path: ManifestPath) -> Grid:
    """Return the grid of `panels` panels, filled row by row; without `ncols` they stand side by side.

    Raises:
        AssetError: there are not as many ratios as columns or rows.

    """
    wrong = grid_problems(spec, panels, path=path)
    if wrong:
        raise AssetError(*wrong)
    ncols, nrows = _shape(spec, panels)
    return Grid(
        ncols=ncols,
        nrows=nrows,
        widths=spec.width_ratios or (1.0,) * ncols,
        heights=spec.height_ratios or (1.0,) * nrows,
        wspace=spec.wspace or 0.0,
        hspace=spec.hspace or 0.0,
    )


def grid_problems(spec: PanelGrid, panels: int, *, path: ManifestPath) -> tuple[Problem, ...]:
    """Return the ratios that do not match the columns and rows of `panels` panels."""
    ncols, nrows = _shape(spec, panels)
    found: list[Problem] = []
    wanted = {"width_ratios": (spec.width_ratios, ncols, "column"), "height_ratios": (spec.height_ratios, nrows, "row")}
    for key, (ratios, count, what) in wanted.items():
        if ratios is not None and len(ratios) != count:
            message = f"{len(ratios)} ratios for {count} {what}{'' if count == 1 else 's'}"
            found.append(Problem(message=message, path=(*path, key)))
    return tuple(found)


def _shape(spec: PanelGrid, panels: int) -> tuple[int, int]:
    ncols = min(spec.ncols or panels, panels)
    return ncols, math.ceil(panels / ncols)


def place_panels(
    axes: Sequence[Axes], grid: Grid, area: Box, renderer: MeasuringRenderer, *, path: ManifestPath
) -> Box:
    """Give every panel its place in `area` so that nothing hangs over its edges or into a neighbour.

    `wspace` is the gap between two panels as a fraction of their mean width, as in matplotlib's GridSpec, but never
    less than what their labels need. Return the rectangle that the panels' axes span.

    Raises:
        AssetError: the labels leave no room for the panels.

    """
    width, height = renderer.get_canvas_width_height()
    spanned = area
    for _ in range(_ROUNDS):
        over = [_overhang(panel, renderer) for panel in axes]
        columns = [over[column :: grid.ncols] for column in range(grid.ncols)]
        rows = [over[row * grid.ncols : (row + 1) * grid.ncols] for row in range(grid.nrows)]
        across = _spans(
            [(max(o.left for o in column), max(o.right for o in column)) for column in columns],
            grid.widths,
            grid.wspace,
            (area.left, area.right),
        )
        # Rows are counted from the top, heights from the bottom.
        down = _spans(
            [(max(o.top for o in row), max(o.bottom for o in row)) for row in rows],
            grid.heights,
            grid.hspace,
            (height - area.top, height - area.bottom),
        )
        _require_room(across, down, path)
        for index, panel in enumerate(axes):
            (left, right), (top, bottom) = across[index % grid.ncols], down[index // grid.ncols]
            panel.set_position(
                (left / width, (height - bottom) / height, (right - left) / width, (bottom - top) / height)
            )
        spanned = Box(left=across[0][0], right=across[-1][1], top=height - down[0][0], bottom=height - down[-1][1])
    return spanned


def _require_room(
    across: Sequence[tuple[float, float]], down: Sequence[tuple[float, float]], path: ManifestPath
) -> None:
    spans = {"width": across, "height": down}
    cramped = [key for key, found in spans.items() if min(end - start for start, end in found) < _SMALLEST_PANEL]
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
    margins: Sequence[tuple[float, float]],
    ratios: Sequence[float],
    space: float,
    within: tuple[float, float],
) -> list[tuple[float, float]]:
    """Return the start and the end of each panel along one direction; `margins` is what hangs over on each side."""
    start, end = within
    inner = (end - start) - margins[0][0] - margins[-1][1]
    needed = [after[1] + before[0] + _BETWEEN for after, before in pairwise(margins)]
    mean = inner / (len(ratios) + space * len(needed))
    for _ in needed:  # each round can only find another gap that labels need wider than wished
        cramped = [gap for gap in needed if gap > space * mean]
        mean = (inner - sum(cramped)) / (len(ratios) + space * (len(needed) - len(cramped)))
    gaps = [max(gap, space * mean) for gap in needed]
    free = inner - sum(gaps)
    spans = []
    at = start + margins[0][0]
    for ratio, gap in zip(ratios, [*gaps, 0.0], strict=True):
        size = free * ratio / sum(ratios)
        spans.append((at, at + size))
        at += size + gap
    return spans


def _overhang(panel: Axes, renderer: MeasuringRenderer) -> Box:
    """Return by how much ticks, labels and title stand out of a panel's axes on each side."""
    inner = panel.get_window_extent(renderer)
    outer = panel.get_tightbbox(renderer)
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
