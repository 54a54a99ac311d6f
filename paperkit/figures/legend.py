"""The legend: one for the whole figure, outside its panels or in a corner of one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from paperkit.errors import ManifestPath, Problem
from paperkit.figures.entries import Entry
from paperkit.figures.layout import Box, whole, without
from paperkit.figures.text import marked
from paperkit.manifest.model import Legend
from paperkit.style.theme import POINTS_PER_TEX_POINT

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas
    from matplotlib.legend import Legend as Drawn

    from paperkit.figures.renderer import MeasuringRenderer


# TeX points. One column of two is at most 252 pt wide, the text of one column at least 307 pt.
_WIDE = 300.0
# Ems of text: two dashes and what is between them.
_LONG_HANDLE = 2.2


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A legend, the side it stands at, the area it leaves to the panels, and what was found on the way."""

    drawn: Drawn
    side: str
    rest: Box
    notices: tuple[Problem, ...] = ()


def add_legend(
    canvas: Canvas, spec: Legend, entries: Sequence[Entry], renderer: MeasuringRenderer, *, path: ManifestPath
) -> Placed:
    """Add the legend to `canvas` with as many columns as fit, unless `ncols` says how many.

    `spec.loc` is not "none". Beside the panels it has as few columns as its height allows and is read downwards, above
    and below as many as its width allows and is read line by line.
    """
    area = whole(renderer)
    side = _side(spec, renderer)
    drawn, width, height = _fitting(canvas, spec, entries, renderer, side)
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


def _side(spec: Legend, renderer: MeasuringRenderer) -> str:
    if spec.loc is not None:
        return spec.loc.removeprefix("outside ")
    width, _ = renderer.get_canvas_width_height()
    # Beside the panels of a single column a legend takes the room that they need.
    return "right" if width >= _WIDE * POINTS_PER_TEX_POINT else "top"


def add_inside(axes: Axes, spec: Legend, entries: Sequence[Entry]) -> None:
    """Add the legend in the corner of a panel that `spec.loc` names."""
    found = _in_columns(entries, spec.ncols or 1)
    corner: Any = spec.loc
    drawn = axes.legend(loc=corner, ncols=min(spec.ncols or 1, len(entries)), **_options(spec, found))
    _align_headings(drawn, found)


def _fitting(
    canvas: Canvas, spec: Legend, entries: Sequence[Entry], renderer: MeasuringRenderer, side: str
) -> tuple[Drawn, float, float]:
    area = whole(renderer)
    has_headings = any(entry.heading for entry in entries)
    arrange = _in_columns if side == "right" or has_headings else _by_line
    count = len(_blocks(entries)) if has_headings else len(entries)
    *choices, last = _choices(spec, count, side)
    for ncols in choices:
        found = _measured(canvas, spec, arrange(entries, ncols), renderer, ncols)
        if found[2] <= area.top - area.bottom if side == "right" else found[1] <= area.right - area.left:
            return found
        found[0].remove()
    return _measured(canvas, spec, arrange(entries, last), renderer, last)


def _choices(spec: Legend, count: int, side: str) -> Sequence[int]:
    """Return the numbers of columns to try, the best first."""
    if spec.ncols is not None:
        return (min(spec.ncols, count),)
    if side == "right":
        return range(1, count + 1)
    # Nine entries in at most five columns stand in two rows of five and four, not of eight and one.
    return tuple(dict.fromkeys(math.ceil(count / rows) for rows in range(1, count + 1)))


def _by_line(entries: Sequence[Entry], ncols: int) -> tuple[Entry, ...]:
    """Return the entries in the order in which matplotlib, which fills columns, lists them line by line."""
    return tuple(entries[index] for column in range(ncols) for index in range(column, len(entries), ncols))


def _blocks(entries: Sequence[Entry]) -> tuple[tuple[Entry, ...], ...]:
    """Return the entries below their headings, those without one at the end."""
    headings = dict.fromkeys(sorted((entry.heading for entry in entries), key=lambda heading: not heading))
    return tuple(
        (*((_heading(name),) if name else ()), *(entry for entry in entries if entry.heading == name))
        for name in headings
    )


def _in_columns(entries: Sequence[Entry], ncols: int) -> tuple[Entry, ...]:
    """Return the entries to be read downwards; no column begins in the middle of what a heading stands over."""
    if not any(entry.heading for entry in entries):
        return tuple(entries)
    blocks = _blocks(entries)
    columns: list[list[Entry]] = [[] for _ in range(min(ncols, len(blocks)))]
    for number, block in enumerate(blocks):
        columns[number * len(columns) // len(blocks)].extend(block)
    height = max(map(len, columns))
    return tuple(entry for column in columns for entry in (*column, *([_heading("")] * (height - len(column)))))


def _heading(text: str) -> Entry:
    """Return an entry of a text alone."""
    from matplotlib.patches import Patch

    return Entry(text=text, handle=Patch(visible=False, gid="heading"))


def _align_headings(drawn: Drawn, entries: Sequence[Entry]) -> None:
    """Begin a heading where the handles below it begin."""
    if not any(entry.handle.get_gid() == "heading" for entry in entries):
        return
    inner: Any = drawn
    box = inner._legend_handle_box  # noqa: SLF001 - matplotlib has no other way to its rows
    rows = [row for column in box.get_children() for row in column.get_children()]
    for row, entry in zip(rows, entries, strict=True):
        if entry.handle.get_gid() == "heading":
            handle, _ = row.get_children()
            handle.set_visible(False)


def _needs_length(handle: Artist) -> bool:
    """Tell whether the handle is a line whose dashes or marker need room to show."""
    from matplotlib.lines import Line2D

    if not isinstance(handle, Line2D) or handle.get_linestyle() == "None":
        return False
    return handle.get_linestyle() != "-" or handle.get_marker() not in ("None", "none", "")


def _measured(
    canvas: Canvas, spec: Legend, entries: Sequence[Entry], renderer: MeasuringRenderer, ncols: int
) -> tuple[Drawn, float, float]:
    drawn = canvas.legend(loc="lower left", ncols=ncols, bbox_to_anchor=(0, 0), **_options(spec, entries))
    _align_headings(drawn, entries)
    extent = drawn.get_window_extent(renderer)
    return drawn, extent.width, extent.height


def _options(spec: Legend, entries: Sequence[Entry]) -> dict[str, Any]:
    return {
        "handles": [entry.handle for entry in entries],
        "labels": [entry.text for entry in entries],
        "frameon": spec.frameon,
        "title": None if spec.title is None else marked(spec.title),
        "handlelength": _LONG_HANDLE if any(_needs_length(entry.handle) for entry in entries) else None,
    }
