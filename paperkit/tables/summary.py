"""Summaries: the numbers of rows and columns that are computed from the table's own cells, and their looks."""

from __future__ import annotations

import math
import statistics
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from paperkit.manifest.tables import Direction, Summary
from paperkit.tables.emphasis import score
from paperkit.tables.format import is_number
from paperkit.tables.looks import Look, Precision
from paperkit.tables.template import parse_format

LABELS: Mapping[str, str] = {
    "mean": "Mean",
    "median": "Median",
    "min": "Minimum",
    "max": "Maximum",
    "std": "Std. dev.",
    "sem": "Std. error",
    "sum": "Sum",
    "count": "Count",
    "mean_rank": "Mean rank",
}
# More is not better for these, whatever the metric.
UNDIRECTED = frozenset({"std", "sem", "count"})
# What is counted has neither the unit nor the direction of the metric.
COUNTED = frozenset({"count", "mean_rank"})
# What is no value of the data itself.
_AVERAGES = frozenset({"mean", "median", "std", "sem"})
_TWO = 2
_MOST_DIGITS = 12
# A power of two: what it divides loses no digit, unless it is too small to count beside what is that large.
_SCALE = 2.0**64


def _sem(values: Sequence[float]) -> float:
    return statistics.stdev(values) / math.sqrt(len(values))


# Each with the least number of values that it is defined for; deviations are those of samples (ddof = 1).
_STATISTICS: Mapping[str, tuple[int, Callable[[Sequence[float]], float]]] = {
    "mean": (1, statistics.fmean),
    "median": (1, statistics.median),
    "min": (1, min),
    "max": (1, max),
    "std": (_TWO, statistics.stdev),
    "sem": (_TWO, _sem),
    "sum": (1, math.fsum),
    "count": (0, len),
}


def summarise(stat: str, values: Iterable[Any]) -> float | int | None:
    """Return a statistic of the finite numbers among `values`, None where it is not defined, infinity beyond floats.

    >>> summarise("mean", [1, None, 2.0]), summarise("std", [1.0]), summarise("count", ["a", 3])
    (1.5, None, 1)
    """
    numbers = finite(values)
    least, compute = _STATISTICS[stat]
    if len(numbers) < least:
        return None
    try:
        found = compute(numbers)
    except OverflowError:
        found = math.inf
    return found if math.isfinite(found) else compute([number / _SCALE for number in numbers]) * _SCALE


def finite(values: Iterable[Any]) -> list[float]:
    """Return the finite numbers among `values`; an integer that no float reaches is none of them."""
    return [value for value in values if is_number(value) and -sys.float_info.max <= value <= sys.float_info.max]


def ranks(values: Sequence[Any], looks: Sequence[Look]) -> tuple[float | None, ...]:
    """Return the rank of each number among all, 1 for the best; ties share their mean rank, as in SciPy's `rankdata`.

    >>> ranks([3.0, None, 5.0, 3.0], [Look(direction="lower")] * 4)
    (1.5, None, 3.0, 1.5)
    """
    scores = [
        score(value, look) if is_number(value) and look.competes else None
        for value, look in zip(values, looks, strict=True)
    ]
    ordered = sorted((own for own in scores if own is not None), reverse=True)
    places: dict[float | Decimal, list[int]] = {}
    for place, own in enumerate(ordered, start=1):
        places.setdefault(own, []).append(place)
    return tuple(None if own is None else statistics.fmean(places[own]) for own in scores)


def mean_ranks(
    lines: Iterable[tuple[Sequence[Any], Sequence[Look], Sequence[str]]], count: int
) -> tuple[float | None, ...]:
    """Return, for each of `count` cells of a line, its mean rank within the lines that have a number there.

    A line is the values, looks and metrics of its cells: each is ranked among those of its metric. Give the values as
    they are printed, so that what prints the same has the same rank.
    """
    return tuple(statistics.fmean(ranked) if ranked else None for ranked in all_ranks(lines, count))


def all_ranks(lines: Iterable[tuple[Sequence[Any], Sequence[Look], Sequence[str]]], count: int) -> list[list[float]]:
    """Return, for each of `count` cells of a line, its ranks within the lines that have a number there."""
    found: list[list[float]] = [[] for _ in range(count)]
    for values, looks, metrics in lines:
        for metric in dict.fromkeys(metrics):
            alike = [place for place in range(count) if metrics[place] == metric]
            ranked = ranks([values[place] for place in alike], [looks[place] for place in alike])
            for place, rank in zip(alike, ranked, strict=True):
                if rank is not None:
                    found[place].append(rank)
    return found


def summary_look(summary: Summary, look: Look, metric: str, values: Iterable[Any]) -> Look:
    """Return the look of a summary of cells, of which one has the look `look` and the metric `metric`.

    Where nothing says how `values` are rounded, a mean has as many decimals as the most exact of them, at least one.
    """
    spec = summary.format or (_main_spec(look.format[0], metric) if look.format else "")
    precision: Precision = look.precision
    if precision is None and not spec and summary.stat in _AVERAGES:
        precision = max(1, *map(_decimals, values))
    direction: Direction | None = look.direction
    target = look.target
    if summary.stat == "mean_rank":
        direction, target = "lower", None
        spec, precision = summary.format or "", precision if isinstance(precision, int) else 1
    elif summary.stat in UNDIRECTED:
        direction, target = None, None
        spec = summary.format or ("" if summary.stat == "count" else spec)
    return replace(
        look,
        format=(spec,) if spec else (),
        precision=precision if summary.precision is None else summary.precision,
        uncertainty=None,
        stars=None,
        note="",
        direction=direction,
        target=target,
        is_shaded=summary.shade is not False,
        competes=summary.emphasis and summary.stat not in UNDIRECTED,
    )


def _decimals(value: Any) -> int:
    """Return the decimals of a number as it is printed where nothing rounds it."""
    if not finite((value,)):
        return 0
    exponent = Decimal(f"{value:.{_MOST_DIGITS}g}").normalize().as_tuple().exponent
    return min(max(-int(exponent), 0), _MOST_DIGITS)


def _main_spec(text: str, metric: str) -> str:
    """Return the Python format of the number that a template is about."""
    if "{" not in text:
        return text
    parsed = parse_format(text, metric)
    return parsed.fields[parsed.main].spec or ""
