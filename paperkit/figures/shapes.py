"""Shapes that several marks draw."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from paperkit.figures.channels import theme
from paperkit.figures.encoding import Group, PanelData
from paperkit.figures.estimates import ErrorBar
from paperkit.figures.intervals import interval_label
from paperkit.figures.text import literal
from paperkit.style.palette import Rgb

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LABEL_GAP = 1.5


Orient = Literal["v", "h"]

Interval = tuple[float, float, float]
"""A place, and the lower and the upper end of the interval there."""


def draw_bars(
    axes: Axes,
    intervals: Sequence[Interval],
    *,
    color: Rgb,
    linewidth: float,
    zorder: float,
    errorbar: ErrorBar,
    caps: float = 0.0,
    is_horizontal: bool = False,
) -> None:
    """Draw error bars as one line with gaps, with caps as wide as `caps`, in units of the axis they stand on.

    `errorbar` is what they show, which the line remembers.
    """
    from matplotlib.lines import Line2D

    places: list[float] = []
    values: list[float] = []
    for place, low, high in intervals:
        places += [place, place, math.nan]
        values += [low, high, math.nan]
        for end in (low, high) if caps else ():
            places += [place - caps / 2, place + caps / 2, math.nan]
            values += [end, end, math.nan]
    x, y = (values, places) if is_horizontal else (places, values)
    line = Line2D(x[:-1], y[:-1], color=color, linewidth=linewidth, zorder=zorder, marker="none", solid_capstyle="butt")
    line.set_label(interval_label(errorbar, is_horizontal=is_horizontal))
    axes.add_line(line)


def dodged(group: Group, data: PanelData, *, width: float, dodge: bool | Literal["auto"]) -> tuple[float, float]:
    """Return the centre and the width of what stands for `group`: all of a slot's `width`, or its level's share."""
    is_dodged = data.needs_dodge if dodge == "auto" else dodge
    if group.hue is None or not is_dodged:
        return data.at(group), width
    each = width / len(data.hue)
    return data.at(group) - width / 2 + each * (group.hue + 0.5), each


def in_order(data: PanelData, *, is_dodged: bool) -> tuple[int | None, ...]:
    """Return the place of each level in every slot, as in the legend, or its own slot; None where slots lack levels."""
    counts = Counter(group.x for group in data.groups)
    is_whole = is_dodged and all(count == len(data.hue) for count in counts.values())
    has_own = len(data.x) == len(data.hue) and all(group.x == group.hue for group in data.groups)
    return tuple(rank if is_whole or has_own else None for rank in range(len(data.hue)))


def turned(x: Any, y: Any, *, is_horizontal: bool) -> tuple[Any, Any]:
    """Return places and values as x and y: swapped where the slots are on the y axis."""
    return (y, x) if is_horizontal else (x, y)


def value_text(value: float, spec: str) -> str:
    """Return a number as the manifest formats it, with a real minus.

    >>> value_text(-1.25, ".1f")
    '−1.2'
    """
    return literal(format(value, spec)).replace("-", "\N{MINUS SIGN}")


def label_end(
    axes: Axes,
    text: str,
    place: float,
    value: float,
    *,
    is_horizontal: bool,
    is_low: bool,
    color: Any = "black",
    beyond: float = 0.0,
) -> None:
    """Write `text` beyond the end of something long, at `value`: above or below it, or to its right or left.

    What stands at the end reaches so many points `beyond` it.
    """
    shift = -_LABEL_GAP - beyond if is_low else _LABEL_GAP + beyond
    if is_horizontal:
        at, offset, ha, va = (value, place), (shift, 0.0), "right" if is_low else "left", "center_baseline"
    else:
        at, offset, ha, va = (place, value), (0.0, shift), "center", "top" if is_low else "bottom"
    _annotate(axes, text, at, offset, ha=ha, va=va, color=color)


def label_middle(axes: Axes, text: str, place: float, value: float, *, is_horizontal: bool, color: Any) -> None:
    """Write `text` in the middle of something long."""
    at = (value, place) if is_horizontal else (place, value)
    _annotate(axes, text, at, (0.0, 0.0), ha="center", va="center_baseline", color=color)


def _annotate(axes: Axes, text: str, at: tuple[float, float], offset: tuple[float, float], **style: Any) -> None:
    axes.annotate(
        text,
        at,
        xytext=offset,
        textcoords="offset points",
        fontsize=theme("xtick.labelsize"),
        annotation_clip=True,
        clip_on=False,
        **style,
    )
