"""The legend: one for the whole figure, outside its panels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paperkit.errors import ManifestPath, Problem
from paperkit.figures.layout import Box, whole, without
from paperkit.figures.text import marked
from paperkit.manifest.model import Legend

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure as Canvas
    from matplotlib.legend import Legend as Drawn

    from paperkit.figures.renderer import MeasuringRenderer


@dataclass(frozen=True, kw_only=True, slots=True)
class Entries:
    """What a legend lists: a handle and a text (in matplotlib's convention) for each level of hue."""

    handles: tuple[Artist, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A legend, the side it stands at, the area it leaves to the panels, and what was found on the way."""

    drawn: Drawn
    side: str
    rest: Box
    notices: tuple[Problem, ...] = ()


def add_legend(
    canvas: Canvas, spec: Legend, entries: Entries, renderer: MeasuringRenderer, *, path: ManifestPath
) -> Placed:
    """Add the legend to `canvas` with as many columns as fit, unless `ncols` says how many.

    `spec.loc` is not "none". Beside the panels it has as few columns as its height allows, above and below as many as
    its width allows.
    """
    side = spec.loc.removeprefix("outside ")
    area = whole(renderer)
    drawn, width, height = _fitting(canvas, spec, entries, renderer)
    overflow = width - (area.right - area.left) if side != "right" else height - (area.top - area.bottom)
    notices: tuple[Problem, ...] = ()
    if overflow > 0:
        what = "higher" if side == "right" else "wider"
        wide = Problem(
            message=f"the legend is {overflow:.0f} pt {what} than the figure",
            path=(*path, "legend"),
            hint="shorten the labels, or choose another 'loc'",
        )
        notices = (wide,)
    rest = without(area, side, width if side == "right" else height)
    return Placed(drawn=drawn, side=side, rest=rest, notices=notices)


def place_legend(placed: Placed, panels: Box, renderer: MeasuringRenderer) -> None:
    """Put the legend at the figure's edge, centred on the rectangle that the panels span."""
    width, height = renderer.get_canvas_width_height()
    area = whole(renderer)
    middle, center = (panels.bottom + panels.top) / 2, (panels.left + panels.right) / 2
    extent = placed.drawn.get_window_extent(renderer)
    # Centred on the panels, but never beyond the figure's edges.
    x = min(max(center - extent.width / 2, area.left), max(area.left, area.right - extent.width))
    y = min(max(middle - extent.height / 2, area.bottom), max(area.bottom, area.top - extent.height))
    corner = {
        "right": (area.right - extent.width, y),
        "top": (x, area.top - extent.height),
        "bottom": (x, area.bottom),
    }[placed.side]
    placed.drawn.set_bbox_to_anchor((corner[0] / width, corner[1] / height))


def _fitting(canvas: Canvas, spec: Legend, entries: Entries, renderer: MeasuringRenderer) -> tuple[Drawn, float, float]:
    count = len(entries.handles)
    area = whole(renderer)
    if spec.ncols is not None:
        return _measured(canvas, spec, entries, renderer, min(spec.ncols, count))
    if spec.loc == "outside right":
        choices: Sequence[int] = range(1, count + 1)
    else:
        # Nine entries in at most five columns stand in two rows of five and four, not of eight and one.
        choices = list(dict.fromkeys(math.ceil(count / rows) for rows in range(1, count + 1)))
    found = _measured(canvas, spec, entries, renderer, choices[0])
    for ncols in choices[1:]:
        fits = found[2] <= area.top - area.bottom if spec.loc == "outside right" else found[1] <= area.right - area.left
        if fits:
            break
        found[0].remove()
        found = _measured(canvas, spec, entries, renderer, ncols)
    return found


def _measured(
    canvas: Canvas, spec: Legend, entries: Entries, renderer: MeasuringRenderer, ncols: int
) -> tuple[Drawn, float, float]:
    drawn = canvas.legend(
        handles=list(entries.handles),
        labels=list(entries.texts),
        loc="lower left",
        ncols=ncols,
        frameon=spec.frameon,
        title=None if spec.title is None else marked(spec.title),
        bbox_to_anchor=(0, 0),
    )
    extent = drawn.get_window_extent(renderer)
    return drawn, extent.width, extent.height
