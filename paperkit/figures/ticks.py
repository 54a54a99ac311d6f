"""How ticks are labelled: the numbers of a logarithmic axis, and the baseline of the labels of x.

Import this module only where a figure is drawn: it imports matplotlib.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import Formatter, FuncFormatter, LogFormatterSciNotation, NullFormatter

from paperkit.figures.renderer import TexMetrics

# Beyond these a power of ten is shorter to read.
_SMALLEST, _LARGEST = 1e-4, 1e6
_POWERS = 2


class LogNumbers(LogFormatterSciNotation):
    """Label a logarithmic axis with powers of ten, but with plain numbers (2, 3, 5) where there are not two of them."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Return the label of the tick at `x`, empty where matplotlib labels none."""
        shown: str = super().__call__(x, pos)
        axis: Any = self.axis
        low, high = sorted(axis.get_view_interval())
        powers = math.floor(math.log10(high)) - math.ceil(math.log10(low)) + 1
        return f"{x:g}" if shown and powers < _POWERS and _is_short(x) else shown


def label_logarithms(axis: Axis, places: Sequence[float] | None) -> None:
    """Label a logarithmic axis; at `places`, where the manifest gives them, every tick has a label."""
    if places is None:
        axis.set_major_formatter(LogNumbers())
        axis.set_minor_formatter(LogNumbers())
    else:
        axis.set_major_formatter(_formatter(places))
        axis.set_minor_formatter(NullFormatter())


def _formatter(places: Sequence[float]) -> Formatter:
    if all(math.log10(place).is_integer() for place in places if place > 0) or not all(map(_is_short, places)):
        return LogFormatterSciNotation(minor_thresholds=(math.inf, math.inf))
    return FuncFormatter(lambda place, _: f"{place:g}")


def _is_short(number: float) -> bool:
    return _SMALLEST <= number < _LARGEST


def share_baseline(axes: Sequence[Axes], renderer: TexMetrics) -> None:
    """Put the first lines of all tick labels of x on one baseline, below the highest accent; call it after a resize.

    matplotlib aligns the tops of the labels, so that an accented capital would push its label down.
    """
    ticks = [tick for panel in axes for tick in panel.xaxis.get_major_ticks()]
    ascents = [renderer.ascent(tick.label1) for tick in ticks]
    parameters: Any = rcParams
    for tick, ascent in zip(ticks, ascents, strict=True):
        tick.set_pad(parameters["xtick.major.pad"] + max(ascents) - ascent)
