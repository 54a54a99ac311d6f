"""Shapes that several marks draw."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from paperkit.style.palette import Rgb

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Interval = tuple[float, float, float]
"""A place, and the lower and the upper end of the interval there."""


def draw_bars(
    axes: Axes,
    intervals: Sequence[Interval],
    *,
    color: Rgb,
    linewidth: float,
    zorder: float,
    caps: float = 0.0,
    is_horizontal: bool = False,
) -> None:
    """Draw error bars as one line with gaps, with caps as wide as `caps`, in units of the axis they stand on."""
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
    axes.add_line(
        Line2D(x[:-1], y[:-1], color=color, linewidth=linewidth, zorder=zorder, marker="none", solid_capstyle="butt")
    )
