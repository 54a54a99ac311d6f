"""The statistics that marks draw, computed once, in plain Python."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


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


def quantile(ordered: Sequence[float], fraction: float) -> float:
    """Return a linear quantile of sorted values (definition 7 of Hyndman and Fan, The American Statistician 1996).

    >>> quantile((1.0, 2.0, 4.0), 0.75)
    3.0
    """
    position = fraction * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


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
