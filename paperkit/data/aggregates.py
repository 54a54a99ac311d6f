"""Aggregates: one value of a whole column. Missing values are skipped, as pandas does; no values at all is an error."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from paperkit.data.functions import as_numbers
from paperkit.data.rows import PLURALS, Value, Vector, missing, plain
from paperkit.errors import DataError, Problem


def _present(operand: Vector, name: str, least: int = 1) -> list[Any]:
    found = [value for value in plain(operand.array) if value is not None]
    if len(found) < least:
        of = f" of '{operand.column}'" if operand.column else ""
        wanted = "at least one value" if least == 1 else f"at least {least} values"
        raise DataError(Problem(message=f"{name}(…) needs {wanted}{of}, but there {_are(len(found))}"))
    return found


def _are(count: int) -> str:
    return {0: "are none", 1: "is one"}.get(count, f"are {count}")


def _numbers(operand: Vector, name: str, least: int = 1) -> list[float]:
    array = as_numbers(operand, f"{name}(…)")
    _present(operand, name, least)
    found: list[float] = array[~missing(array)].tolist()
    return found


def total(values: list[float]) -> float:
    """Return the sum, rounded once, so that it does not depend on the order of the rows."""
    try:
        return sum(values) if all(type(v) is int for v in values) else math.fsum(values)
    except (OverflowError, ValueError):
        return float(sum(values))


def _finite(found: float, name: str) -> float:
    if math.isnan(found):
        raise DataError(Problem(message=f"{name}(…) of infinite values is not a number"))
    return found


def mean(operand: Vector) -> float:
    """Return the arithmetic mean."""
    values = _numbers(operand, "mean")
    return _finite(total(values) / len(values), "mean")


def _sum(operand: Vector) -> float:
    return _finite(total(_numbers(operand, "sum")), "sum")


def std(operand: Vector, name: str = "std") -> float:
    """Return the sample standard deviation, with n - 1 below the line."""
    values = _numbers(operand, name, least=2)
    centre = total(values) / len(values)
    return _finite(math.sqrt(total([(v - centre) * (v - centre) for v in values]) / (len(values) - 1)), name)


def sem(operand: Vector) -> float:
    """Return the standard error of the mean: std / sqrt(n)."""
    return std(operand, "sem") / math.sqrt(len(_numbers(operand, "sem", least=2)))


def quantile(operand: Vector, level: Value, name: str = "quantile") -> float:
    """Return a quantile by linear interpolation (type 7 of Hyndman and Fan, 1996)."""
    if isinstance(level, (str, bool)) or level is None or not 0 <= level <= 1:
        raise DataError(
            Problem(message=f"quantile(…) needs a number from 0 to 1 as its second argument, not {level!r}")
        )
    values = sorted(_numbers(operand, name))
    position = level * (len(values) - 1)
    low, high = values[math.floor(position)], values[math.ceil(position)]
    return _finite(float(low if low == high else low + (high - low) * (position - math.floor(position))), name)


def _least(operand: Vector) -> Value:
    return _ordered(operand, "min", min)


def _most(operand: Vector) -> Value:
    return _ordered(operand, "max", max)


def _ordered(operand: Vector, name: str, choose: Callable[[list[Any]], Any]) -> Value:
    if operand.kind == "other":
        raise DataError(Problem(message=f"{operand.subject} holds {PLURALS['other']}: it has no {name}"))
    found: Value = choose(_present(operand, name))
    return found


def first(operand: Vector) -> Value:
    """Return the value that all rows share."""
    values = list(dict.fromkeys(map(_hashable, _present(operand, "first"))))
    if len(values) > 1:
        shown = ", ".join(repr(value) for value in values[:3]) + (", …" if len(values) > 3 else "")  # noqa: PLR2004
        message = f"first(…) needs one value, but {operand.subject} has {len(values)}: {shown}"
        raise DataError(Problem(message=message, hint="narrow the rows down with where, or use an aggregate"))
    found: Value = values[0]
    return found


def _hashable(value: Any) -> Any:
    try:
        hash(value)
    except TypeError:
        raise DataError(Problem(message=f"a '{type(value).__name__}' is neither a number nor text")) from None
    return value


def extreme(name: str, scores: Mapping[Value, Value]) -> Value:
    """Return the key of the largest score for `argmax`, of the smallest for `argmin`.

    Raises:
        DataError: there is no group, or the best score is shared.

    """
    ranked = {key: score for key, score in scores.items() if score is not None}
    if not ranked:
        raise DataError(Problem(message=f"{name}(…) has no groups to choose from"))
    best = (max if name == "argmax" else min)(ranked.values())
    winners = [key for key, score in ranked.items() if score == best]
    if len(winners) > 1:
        shown = " and ".join(f"'{winner}'" for winner in winners[:3])
        raise DataError(Problem(message=f"{name}(…) is tied between {shown}, all at {best}"))
    return winners[0]


FUNCTIONS: Mapping[str, Callable[[Vector], Value]] = MappingProxyType(
    {
        "mean": mean,
        "median": lambda operand: quantile(operand, 0.5, "median"),
        "std": std,
        "sem": sem,
        "min": _least,
        "max": _most,
        "sum": _sum,
        "count": lambda operand: int((~missing(operand.array)).sum()),
        "nunique": lambda operand: len({_hashable(v) for v in plain(operand.array) if v is not None}),
        "first": first,
    }
)
