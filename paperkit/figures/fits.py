"""Fitted lines, with the confidence bands of their means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from paperkit.figures.channels import theme
from paperkit.figures.intervals import interval_label
from paperkit.figures.relations import Point, least_squares, mean_band, scaled, unscaled
from paperkit.style.palette import Rgb

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BAND, _LINE = 1.7, 1.9
_ALPHA = 0.15
_STEPS = 64


def draw_fit(
    axes: Axes,
    points: Sequence[Point],
    *,
    color: Rgb,
    linestyle: Literal["-", "--"],
    ci: float | None,
    is_log_x: bool,
    is_log_y: bool,
) -> None:
    """Draw the least-squares line of what the axes show of the points, if there is one, and its band at `ci` percent.

    Raises:
        DataError: a band is asked for and SciPy is not installed.

    """
    from matplotlib.lines import Line2D
    from matplotlib.patches import Polygon

    shown = scaled(points, is_log_x=is_log_x, is_log_y=is_log_y)
    line = least_squares(shown)
    if line is None:
        return
    low, high = min(shown)[0], max(shown)[0]
    ends = unscaled([(x, line[0] * x + line[1]) for x in (low, high)], is_log_x=is_log_x, is_log_y=is_log_y)
    width = theme("lines.linewidth")
    axes.add_line(Line2D(*zip(*ends, strict=True), color=color, linestyle=linestyle, linewidth=width, zorder=_LINE))
    places = [low + (high - low) * step / _STEPS for step in range(_STEPS + 1)]
    band = () if ci is None else mean_band(shown, places, ci / 100)
    if band and ci is not None:
        under = [(x, ends[0]) for x, ends in zip(places, band, strict=True)]
        over = [(x, ends[1]) for x, ends in zip(places, band, strict=True)]
        outline = unscaled([*under, *over[::-1]], is_log_x=is_log_x, is_log_y=is_log_y)
        look = {"facecolor": color, "edgecolor": "none", "linewidth": 0, "alpha": _ALPHA, "zorder": _BAND}
        axes.add_patch(Polygon(outline, closed=True, label=interval_label(("ci", ci)), **look))
