"""Labels of points: each beside its point, where neither another point nor another label stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from paperkit.figures.channels import theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from paperkit.figures.renderer import MeasuringRenderer

_GID = "label of a point"
_GAP = 1.0
# Right, left, above, below, then the corners; a second time a little farther off.
_SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
_FARTHER = (0.0, 4.0)
# A marker's ink hardly reaches the corners of its box.
_CORNER = 0.85

_Box = tuple[float, float, float, float]


def add_label(axes: Axes, text: str, at: tuple[float, float], *, radius: float) -> None:
    """Write `text` to the right of a point; `place_labels` finds its side once the layout is solved."""
    label = axes.annotate(
        text,
        at,
        xytext=(radius + _GAP, 0),
        textcoords="offset points",
        ha="left",
        va="center_baseline",
        fontsize=theme("xtick.labelsize"),
        annotation_clip=True,
        gid=_GID,
    )
    # Labels go where there is room: they never ask for any.
    label.set_in_layout(False)


def place_labels(axes: Axes, renderer: MeasuringRenderer) -> tuple[int, int]:
    """Move the labels of points to their best side, one after the other; return how many touch something, of how many.

    A side is good where the label covers no point and no earlier label and stays inside the axes. The first good one of
    eight is taken, else the one with the least in the way.
    """
    labels: list[Any] = [text for text in axes.texts if text.get_gid() == _GID]
    points = list(_points(axes))
    inside = axes.get_window_extent(renderer)
    edges = (inside.x0, inside.y0, inside.x1, inside.y1)
    taken: list[_Box] = []
    crowded = 0
    for label in labels:
        covered, place = min(
            ((_covered(box, [*points, *taken], edges), (rank, offset, box)) for rank, (offset, box) in
             enumerate(_choices(label, axes, renderer))),
            key=lambda found: (round(found[0], 6), found[1][0]),
        )  # fmt: skip
        _, offset, box = place
        label.set_position(offset)
        label.set_horizontalalignment("left")
        taken.append(box)
        crowded += covered > 0
    return crowded, len(labels)


def _choices(label: Any, axes: Axes, renderer: MeasuringRenderer) -> Iterator[tuple[tuple[float, float], _Box]]:
    """Yield the offset and the box of a label on each of its sides, the best first."""
    x, y = axes.transData.transform(label.xy)
    extent = label.get_window_extent(renderer)
    first = label.get_position()
    width, height = extent.width, extent.height
    radius = first[0] - _GAP
    # Where the box lies relative to the text's anchor, at its left and on its middle.
    shift = extent.y0 - (y + first[1])
    for farther in _FARTHER:
        for across, up in _SIDES:
            reach = (radius + farther) * (_CORNER if across and up else 1.0) + _GAP
            left = reach if across > 0 else -reach - width if across < 0 else -width / 2
            low = reach if up > 0 else -reach - height if up < 0 else -height / 2
            box = (x + left, y + low, x + left + width, y + low + height)
            yield (left, low - shift), box


def _points(axes: Axes) -> Iterator[_Box]:
    """Yield the box of every marker."""
    lines: list[Any] = list(axes.lines)
    for line in lines:
        if line.get_marker() in ("", " ", None, "None", "none"):
            continue
        half = _CORNER * line.get_markersize() / 2
        for x, y in axes.transData.transform(line.get_xydata()):
            yield x - half, y - half, x + half, y + half


def _covered(box: _Box, others: Sequence[_Box], edges: _Box) -> float:
    """Return how much of other boxes a box covers, and how much of it lies beyond the edges, in square points."""
    area = (box[2] - box[0]) * (box[3] - box[1])
    return area - _common(box, edges) + sum(_common(box, other) for other in others)


def _common(one: _Box, other: _Box) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return width * height if width > 0 and height > 0 else 0.0
