"""Sizes: how large a point is that shows a number, and which numbers a legend shows."""

from __future__ import annotations

import math
from dataclasses import dataclass

from paperkit.figures.text import literal

_MOST = 4
_SMALLEST, _LARGEST = 1e-3, 1e5


@dataclass(frozen=True, kw_only=True, slots=True)
class SizeScale:
    """Numbers from `low` to `high` as areas between `areas`, in square points; of their logarithms if `is_log`."""

    low: float
    high: float
    areas: tuple[float, float]
    is_log: bool = False

    def diameter(self, value: float) -> float:
        """Return the diameter of a point, in points of 1/72 inch, whose area grows in step with `value`.

        >>> SizeScale(low=0, high=10, areas=(4, 16)).diameter(10)
        4.0
        """
        low, at, high = (self._shown(number) for number in (self.low, min(max(value, self.low), self.high), self.high))
        share = (at - low) / (high - low) if high > low else 0.5
        return math.sqrt(self.areas[0] + share * (self.areas[1] - self.areas[0]))

    def ticks(self) -> tuple[float, ...]:
        """Return at most four round numbers among those that are shown, the smallest first."""
        from matplotlib.ticker import LogLocator, MaxNLocator

        locator = (
            LogLocator(numticks=_MOST) if self.is_log else MaxNLocator(nbins=_MOST, steps=[1, 2, 5, 10], min_n_ticks=2)
        )
        found = [float(tick) for tick in locator.tick_values(self.low, self.high) if self.low <= tick <= self.high]
        found = found if len(found) > 1 or self.low == self.high else [self.low, self.high]
        step = math.ceil(len(found) / _MOST)
        return tuple(found[::-1][::step][::-1])

    def _shown(self, number: float) -> float:
        return math.log10(number) if self.is_log else number


def size_text(value: float) -> str:
    r"""Return a number of the legend: plain where that is short, else with a power of ten.

    >>> size_text(2.5), size_text(2e7), size_text(1e9)
    ('2.5', '$2\\times 10^{7}$', '$10^{9}$')
    """
    if value == 0 or _SMALLEST <= abs(value) < _LARGEST:
        return literal(f"{value:g}").replace("-", "\N{MINUS SIGN}")
    digits, _, power = f"{value:.6e}".partition("e")
    factor = f"{float(digits):g}"
    start = "" if factor == "1" else rf"{factor}\times "
    return rf"${start}10^{{{int(power)}}}$"
