"""The statistics that marks draw, in plain Python, and the record in which every mark says them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paperkit.figures.encoding import Group

_NONE: Mapping[str, tuple[float, ...]] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Statistics:
    """What a mark draws of one group, or of several of which `x` or `hue` is None.

    `x` and `hue` are ranks of levels, as in `Group`. `numbers` have the names of the field: `n`, `median`, `q1`,
    `mean`, `low` (the lower end of the interval), `slope`. `columns` are of one length: points, a curve, bins. `name`
    tells what is no summary of a group: `fit`, `correlation`, `pareto`; or the level of `style`.
    """

    name: str = ""
    x: int | None = None
    hue: int | None = None
    numbers: Mapping[str, float] = field(default_factory=dict, hash=False)
    columns: Mapping[str, tuple[float, ...]] = field(default_factory=dict, hash=False)

    @classmethod
    def of(
        cls, group: Group, numbers: Mapping[str, float], columns: Mapping[str, tuple[float, ...]] = _NONE
    ) -> Statistics:
        """Return the statistics of one group; `n`, the number of its values, is among them."""
        return cls(x=group.x, hue=group.hue, numbers={"n": len(group.values), **numbers}, columns=columns)


@dataclass(frozen=True, kw_only=True, slots=True)
class BoxStatistics:
    """What a box plot shows of `n` values: quartiles, the ends of the whiskers, and the values beyond them."""

    q1: float
    median: float
    q3: float
    whisker_low: float
    whisker_high: float
    fliers: tuple[float, ...]
    n: int

    @property
    def numbers(self) -> Mapping[str, float]:
        """Return the five numbers of the box, by name."""
        names = ("whisker_low", "q1", "median", "q3", "whisker_high")
        return {name: getattr(self, name) for name in names}


def quantile(ordered: Sequence[float], fraction: float) -> float:
    """Return a linear quantile of sorted values (definition 7 of Hyndman and Fan, The American Statistician 1996).

    >>> quantile((1.0, 2.0, 4.0), 0.75)
    3.0
    """
    position = fraction * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    part, step = position - below, ordered[above] - ordered[below]
    # From the nearer end, as NumPy does: the same number to the last digit.
    return ordered[above] - step * (1 - part) if part >= 0.5 else ordered[below] + step * part  # noqa: PLR2004


def box_statistics(values: Sequence[float], *, whis: float | tuple[float, float] = 1.5) -> BoxStatistics:
    """Return the statistics of finite `values`, of which there is at least one.

    Whiskers end at the most extreme values within `whis` times the interquartile range of the box (Tukey,
    Exploratory Data Analysis, 1977), or at two percentiles if `whis` is a pair.

    >>> box_statistics((1.0, 2.0, 3.0, 4.0, 20.0)).fliers
    (20.0,)
    """
    ordered = sorted(values)
    q1, median, q3 = (quantile(ordered, fraction) for fraction in (0.25, 0.5, 0.75))
    if isinstance(whis, tuple):
        low, high = (quantile(ordered, percent / 100) for percent in whis)
    else:
        low, high = q1 - whis * (q3 - q1), q3 + whis * (q3 - q1)
    # With very few values the nearest one inside the fence can lie inside the box: a whisker then has no length.
    whisker_low = min([q1, *(value for value in ordered if value >= low)])
    whisker_high = max([q3, *(value for value in ordered if value <= high)])
    fliers = tuple(value for value in ordered if value < whisker_low or value > whisker_high)
    return BoxStatistics(
        q1=q1,
        median=median,
        q3=q3,
        whisker_low=whisker_low,
        whisker_high=whisker_high,
        fliers=fliers,
        n=len(ordered),
    )
