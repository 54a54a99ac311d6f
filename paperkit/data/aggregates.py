"""Aggregates: one value of a whole column. Missing values are skipped, as pandas does; no values at all is an error."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from paperkit.data import orders, statistics, vectors
from paperkit.data.arithmetic import as_numbers
from paperkit.data.columns import LEAST, MOST
from paperkit.data.table import Value
from paperkit.data.vectors import Numbers, Vector
from paperkit.errors import DataError, Problem


def _enough(operand: Vector, name: str, least: int = 1) -> None:
    count = len(operand) - int(operand.missing.sum())
    if count < least:
        of = f" of '{operand.column}'" if operand.column else ""
        wanted = "at least one value" if least == 1 else f"at least {least} values"
        raise DataError(Problem(message=f"{name}(…) needs {wanted}{of}, but there {_are(count)}"))


def _are(count: int) -> str:
    return {0: "are none", 1: "is one"}.get(count, f"are {count}")


def _numbers(operand: Vector, name: str, least: int = 1) -> Numbers:
    """Return the numbers that are not missing; whole ones are int64."""
    import numpy as np

    array = as_numbers(operand, f"{name}(…)")
    _enough(operand, name, least)
    gaps = operand.missing
    there = array[~gaps] if gaps.any() else array
    found: Numbers = there if isinstance(there, np.ndarray) else there.to_numpy(dtype=np.int64)
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
    values = _numbers(operand, "mean").tolist()
    return _finite(total(values) / len(values), "mean")


def _sum(operand: Vector) -> float:
    found = total(_numbers(operand, "sum").tolist())
    return found if isinstance(found, int) and LEAST <= found <= MOST else _finite(float(found), "sum")


def std(operand: Vector, name: str = "std") -> float:
    """Return the sample standard deviation, with n - 1 below the line.

    By the corrected two-pass algorithm (Chan, Golub and LeVeque, 1983, "Algorithms for computing the sample
    variance"): the second term takes away what the rounding of the mean adds.
    """
    import numpy as np

    values = _numbers(operand, name, least=2)
    centre = total(values.tolist()) / len(values)
    with np.errstate(all="ignore"):
        distances = values - centre
        squares = total((distances**2).tolist())
        squares -= total(distances.tolist()) ** 2 / len(values) if math.isfinite(squares) else 0.0
    return _finite(0.0 if squares < 0 else math.sqrt(squares / (len(values) - 1)), name)


def sem(operand: Vector) -> float:
    """Return the standard error of the mean: std / sqrt(n)."""
    return std(operand, "sem") / math.sqrt(len(_numbers(operand, "sem", least=2)))


def quantile(operand: Vector, level: Value, name: str = "quantile") -> float:
    """Return a quantile by linear interpolation (type 7 of Hyndman and Fan, 1996)."""
    import numpy as np

    if isinstance(level, (str, bool)) or level is None or not 0 <= level <= 1:
        raise DataError(
            Problem(message=f"quantile(…) needs a number from 0 to 1 as its second argument, not {level!r}")
        )
    values = np.sort(_numbers(operand, name))
    position = level * (len(values) - 1)
    low, high = values[math.floor(position)].item(), values[math.ceil(position)].item()
    return _finite(float(low if low == high else low + (high - low) * (position - math.floor(position))), name)


def interval(function: str, operand: Vector, level: Value, seed: int) -> float:
    """Return one end of a confidence interval of the mean: `ci_low`, `ci_high`, `boot_low` or `boot_high`.

    Raises:
        DataError: there are fewer than two values, or the level is not between 0 and 1.

    """
    import numpy as np

    if isinstance(level, (str, bool)) or level is None or not 0 < level < 1:
        message = f"{function}(…) needs a number between 0 and 1 as its second argument, not {level!r}"
        raise DataError(Problem(message=message))
    values = _numbers(operand, function, least=2).astype(np.float64)
    if function.startswith("ci"):
        found = {"ci_low": statistics.ci_low, "ci_high": statistics.ci_high}[function](values, level)
    else:
        ends = {"boot_low": statistics.boot_low, "boot_high": statistics.boot_high}
        found = ends[function](values, level, seed=seed)
    return _finite(found, function)


def _iqm(operand: Vector) -> float:
    import numpy as np

    return _finite(statistics.iqm(_numbers(operand, "iqm").astype(np.float64)), "iqm")


def _least(operand: Vector) -> Value:
    return _ordered(operand, "min", min)


def _most(operand: Vector) -> Value:
    return _ordered(operand, "max", max)


def _ordered(operand: Vector, name: str, choose: Callable[[list[Any]], Any]) -> Value:
    vectors.refuse_other(operand, name)
    _enough(operand, name)
    if operand.order:
        different = vectors.distinct(operand.array)[1]
        ordered: list[Value] = sorted(different, key=orders.places(different, operand.order).__getitem__)
        return ordered[0 if name == "min" else -1]
    if operand.kind == "number":
        values = _numbers(operand, name)
        return (values.min() if name == "min" else values.max()).item()  # type: ignore[no-any-return]
    found: Value = choose(vectors.distinct(operand.array)[1])
    return found


def first(operand: Vector) -> Value:
    """Return the value that all rows share."""
    _enough(operand, "first")
    values = vectors.distinct(operand.array)[1]
    if len(values) > 1:
        shown = ", ".join(repr(value) for value in values[:3]) + (", …" if len(values) > 3 else "")  # noqa: PLR2004
        message = f"first(…) needs one value, but {operand.subject} has {len(values)}: {shown}"
        raise DataError(Problem(message=message, hint="narrow the rows down with where, or use an aggregate"))
    found: Value = values[0]
    return found


def extreme(name: str, scores: Mapping[Value, Value], order: Sequence[Value] = ()) -> Value:
    """Return the key of the largest score for `argmax`, of the smallest for `argmin`; `order` is that of the scores.

    Raises:
        DataError: there is no group, or the best score is shared.

    """
    ranked = {key: score for key, score in scores.items() if score is not None}
    if not ranked:
        raise DataError(Problem(message=f"{name}(…) has no groups to choose from"))
    places = orders.places(ranked.values(), order)
    best = (max if name == "argmax" else min)(ranked.values(), key=places.__getitem__ if order else None)
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
        "count": lambda operand: int((~operand.missing).sum()),
        "nunique": lambda operand: len(vectors.distinct(operand.array)[1]),
        "first": first,
        "iqm": _iqm,
    }
)
