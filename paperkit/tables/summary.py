"""Summaries: rows and columns computed from the table's own cells, and rows taken from other frames."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from paperkit.errors import AssetError, ManifestPath, PaperkitError, Problem, did_you_mean
from paperkit.manifest.model import Scalar
from paperkit.manifest.tables import Direction, Statistic, Summary
from paperkit.tables.format import is_number
from paperkit.tables.grid import CELLS, Grid, Key, Records
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
_UNDIRECTED = frozenset({"std", "sem", "count"})
# What is no value of the data itself.
_AVERAGES = frozenset({"mean", "median", "std", "sem"})
_TWO = 2
_MOST_DIGITS = 12


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
    """Return a statistic of the finite numbers among `values`, or None where it is not defined.

    >>> summarise("mean", [1, None, 2.0]), summarise("std", [1.0]), summarise("count", ["a", 3])
    (1.5, None, 1)
    """
    numbers = [value for value in values if is_number(value) and math.isfinite(value)]
    least, compute = _STATISTICS[stat]
    return compute(numbers) if len(numbers) >= least else None


def ranks(values: Sequence[Any], looks: Sequence[Look]) -> tuple[float | None, ...]:
    """Return the rank of each number among all, 1 for the best; ties share their mean rank, as in SciPy's `rankdata`.

    >>> ranks([3.0, None, 5.0, 3.0], [Look(direction="lower")] * 4)
    (1.5, None, 3.0, 1.5)
    """
    scores = [
        _score(value, look) if is_number(value) and look.competes else None
        for value, look in zip(values, looks, strict=True)
    ]
    ordered = sorted(score for score in scores if score is not None)
    places: dict[float, list[int]] = {}
    for place, score in enumerate(ordered, start=1):
        places.setdefault(score, []).append(place)
    return tuple(None if score is None else statistics.fmean(places[score]) for score in scores)


def _score(value: float, look: Look) -> float:
    if look.target is not None:
        return abs(value - look.target)
    return value if look.direction == "lower" else -value


def mean_ranks(
    lines: Iterable[tuple[Sequence[Any], Sequence[Look], Sequence[str]]], count: int
) -> tuple[float | None, ...]:
    """Return, for each of `count` cells of a line, its mean rank within the lines that have a number there.

    A line is the values, looks and metrics of its cells: each is ranked among those of its metric.
    """
    found: list[list[float]] = [[] for _ in range(count)]
    for values, looks, metrics in lines:
        for metric in dict.fromkeys(metrics):
            alike = [place for place in range(count) if metrics[place] == metric]
            ranked = ranks([values[place] for place in alike], [looks[place] for place in alike])
            for place, rank in zip(alike, ranked, strict=True):
                if rank is not None:
                    found[place].append(rank)
    return tuple(statistics.fmean(ranked) if ranked else None for ranked in found)


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
    elif summary.stat in _UNDIRECTED:
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
        competes=summary.emphasis and summary.stat not in _UNDIRECTED,
    )


def _decimals(value: Any) -> int:
    """Return the decimals of a number as it is printed where nothing rounds it."""
    if not is_number(value) or not math.isfinite(value):
        return 0
    exponent = Decimal(f"{value:.{_MOST_DIGITS}g}").normalize().as_tuple().exponent
    return min(max(-int(exponent), 0), _MOST_DIGITS)


def _main_spec(text: str, metric: str) -> str:
    """Return the Python format of the number that a template is about."""
    if "{" not in text:
        return text
    parsed = parse_format(text, metric)
    return parsed.fields[parsed.main].spec or ""


@dataclass(frozen=True, kw_only=True, slots=True)
class StatisticRow:
    """A row of `statistic`: one value for each column of the grid."""

    label: str
    values: tuple[Any, ...]
    look: Look
    path: ManifestPath


def statistic_row(
    statistic: Statistic, frame: Records, grid: Grid, path: ManifestPath, each: Mapping[str, Scalar]
) -> StatisticRow:
    """Return the row that `statistic` describes; columns that its frame says nothing about are missing.

    Raises:
        AssetError: the frame lacks a column, or has several rows for one column of the table.
        DataError: its `where` does not fit the frame.

    """
    kept = frame if statistic.where is None else frame.where(statistic.where, each=each, path=(*path, "where"))
    names = [reference.partition(".")[0] for reference in grid.column_references]
    levels = [level for level, name in enumerate(names) if name != CELLS]
    keys = [(names[level], "data") for level in levels]
    wanted = [*(name for name, _ in keys), statistic.value]
    problems = [
        Problem(
            message=f"no column '{name}' in the data '{statistic.data}'{did_you_mean(name, kept.columns)}",
            path=(*path, key),
            hint=f"columns: {', '.join(kept.columns)}",
        )
        for name, key in (*keys, (statistic.value, "value"))
        if name not in kept.columns
    ]
    if problems:
        raise AssetError(*problems)
    found: dict[Key, Any] = {}
    for *key, value in kept.rows(*wanted):
        if tuple(key) in found:
            shown = ", ".join(f"{name} {part!r}" for name, part in zip(wanted, key, strict=False)) or "the table"
            message = f"several rows of the data '{statistic.data}' are for {shown}"
            raise AssetError(Problem(message=message, path=path, hint="add a where that leaves one"))
        found[tuple(key)] = value
    look = Look(format=(statistic.format,) if statistic.format else (), precision=statistic.precision)
    values = tuple(found.get(tuple(key[level] for level in levels)) for key in grid.column_keys)
    return StatisticRow(label=statistic.label, values=values, look=look, path=path)


def statistic_rows(
    statistics_: Sequence[Statistic],
    frames: Mapping[str, Records],
    grid: Grid,
    path: ManifestPath,
    each: Mapping[str, Scalar],
) -> tuple[StatisticRow, ...]:
    """Return the rows of all `statistic` entries of the table at `path`.

    Raises:
        AssetError: every problem of any of them.

    """
    rows: list[StatisticRow] = []
    problems: list[Problem] = []
    for index, entry in enumerate(statistics_):
        try:
            rows.append(statistic_row(entry, frames[entry.data], grid, (*path, "statistic", index), each))
        except PaperkitError as error:
            problems += error.problems
    if problems:
        raise AssetError(*problems)
    return tuple(rows)
