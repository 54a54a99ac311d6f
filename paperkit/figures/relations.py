"""Relations between two columns: a fitted line, correlations and Pareto fronts, in plain Python."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Literal

Point = tuple[float, float]
Aim = Literal["max", "min"]

# What a line takes: its slope and its intercept.
_DEGREES = 2
_MOST_DIGITS = 4

CORRELATIONS: Mapping[str, str] = {"pearson": "r", "spearman": r"\rho"}
"""Correlation → its sign in a formula."""


def least_squares(points: Sequence[Point]) -> tuple[float, float] | None:
    """Return slope and intercept of the least-squares line; None if the points have not two places on x.

    >>> least_squares([(0, 1), (1, 3), (2, 5)])
    (2.0, 1.0)
    """
    if len({x for x, _ in points}) <= 1:
        return None
    (mean_x, mean_y), (xs, ys) = _centered(points)
    slope = math.fsum(x * y for x, y in zip(xs, ys, strict=True)) / math.fsum(x * x for x in xs)
    return slope, mean_y - slope * mean_x


def mean_band(points: Sequence[Point], places: Sequence[float], level: float) -> tuple[tuple[float, float], ...]:
    """Return the ends of the confidence intervals of the line's mean at some places; none with fewer than three points.

    Half their width is t * s * sqrt(1 / n + (x - mean x) ** 2 / Sxx), with t the (1 + level) / 2 quantile of Student's
    distribution with n - 2 degrees of freedom and s the residual standard deviation (Draper and Smith, "Applied
    regression analysis", 1998, section 3.1).

    Raises:
        DataError: SciPy is not installed.

    """
    line = least_squares(points)
    if line is None or len(points) <= _DEGREES:
        return ()
    from paperkit.data.statistics import scipy

    slope, intercept = line
    (mean_x, _), (xs, _) = _centered(points)
    free, spread = len(points) - _DEGREES, math.fsum(x * x for x in xs)
    residual = math.sqrt(math.fsum((y - slope * x - intercept) ** 2 for x, y in points) / free)
    factor = float(scipy("special", "a confidence band").stdtrit(free, (1 + level) / 2)) * residual
    halves = [factor * math.sqrt(1 / len(points) + (x - mean_x) ** 2 / spread) for x in places]
    return tuple(
        (slope * x + intercept - half, slope * x + intercept + half) for x, half in zip(places, halves, strict=True)
    )


def correlation_text(value: float) -> str:
    """Return a correlation with two decimals, and with more where it would read as perfect and is not.

    >>> correlation_text(-0.004), correlation_text(0.9971), correlation_text(1.0)
    ('0.00', '0.997', '1.00')
    """
    telling = (digits for digits in range(2, _MOST_DIGITS + 1) if round(abs(value), digits) < 1)
    return f"{value:z.{next(telling, 2)}f}"


def correlation(points: Sequence[Point], kind: str) -> float | None:
    """Return Pearson's r, or Spearman's rho: r of the ranks, ties sharing their mean rank; None if it has no value.

    >>> round(correlation([(1, 1), (2, 4), (3, 9)], "spearman"), 9)
    1.0
    """
    if kind == "spearman":
        points = list(zip(mid_ranks([x for x, _ in points]), mid_ranks([y for _, y in points]), strict=True))
    if len({x for x, _ in points}) <= 1 or len({y for _, y in points}) <= 1:
        return None
    _, (xs, ys) = _centered(points)
    spread = math.sqrt(math.fsum(x * x for x in xs)) * math.sqrt(math.fsum(y * y for y in ys))
    both = math.fsum(x * y for x, y in zip(xs, ys, strict=True))
    return max(-1.0, min(1.0, both / spread)) if spread else None


def pareto_front(points: Sequence[Point], aims: tuple[Aim, Aim]) -> tuple[Point, ...]:
    """Return the distinct points that no other one beats in one direction without losing in the other, by their x.

    >>> pareto_front([(1, 1), (2, 3), (3, 2), (4, 4)], ("min", "max"))
    ((1, 1), (2, 3), (4, 4))
    """
    signs = tuple(1 if aim == "min" else -1 for aim in aims)
    best = math.inf
    front: list[Point] = []
    for x, y in sorted(set(points), key=lambda point: (signs[0] * point[0], signs[1] * point[1])):
        if signs[1] * y < best:
            best = signs[1] * y
            front.append((x, y))
    return tuple(sorted(front))


def mid_ranks(values: Sequence[float]) -> list[float]:
    """Return the rank of each value, 1 being the smallest; equal values share their mean rank.

    >>> mid_ranks([5.0, 1.0, 5.0])
    [2.5, 1.0, 2.5]
    """
    found = [0.0] * len(values)
    rank = 0
    for _, tied in groupby(sorted(range(len(values)), key=values.__getitem__), key=values.__getitem__):
        places = list(tied)
        for place in places:
            found[place] = rank + (len(places) + 1) / 2
        rank += len(places)
    return found


def scaled(points: Sequence[Point], *, is_log_x: bool, is_log_y: bool) -> tuple[Point, ...]:
    """Return the points as the axes show them: logarithms where an axis is logarithmic."""
    return tuple((math.log10(x) if is_log_x else x, math.log10(y) if is_log_y else y) for x, y in points)


def unscaled(points: Sequence[Point], *, is_log_x: bool, is_log_y: bool) -> tuple[Point, ...]:
    """Return the points whose places on the axes are given."""
    return tuple((10**x if is_log_x else x, 10**y if is_log_y else y) for x, y in points)


def _centered(points: Sequence[Point]) -> tuple[Point, tuple[list[float], list[float]]]:
    means = (math.fsum(x for x, _ in points) / len(points), math.fsum(y for _, y in points) / len(points))
    return means, ([x - means[0] for x, _ in points], [y - means[1] for _, y in points])
