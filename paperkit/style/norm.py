"""Norms: data → [0, 1], in the words and with the arithmetic of matplotlib's norms, but without importing it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import copysign, floor, inf, isfinite, log10
from typing import Literal

NormKind = Literal["linear", "log", "symlog", "centered", "twoslope"]
Limits = tuple[float, float]
_Values = Sequence[float | None]
_Positions = tuple[float | None, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Norm:
    """How values become positions.

    `vmin` and `vmax` are the values at 0 and 1; `percentiles` (0 to 100) of the values stand for those that are not
    given. `vcenter` is the value at 0.5 of `centered` and `twoslope`, `linthresh` the end of the range around zero
    that is linear in `symlog`. With `boundaries`, increasing, values between two of them share the position of a
    colour, out of `colors`; the other fields then mean nothing.
    """

    kind: NormKind = "linear"
    vmin: float | None = None
    vmax: float | None = None
    vcenter: float = 0.0
    linthresh: float = 1.0
    percentiles: tuple[float, float] | None = None
    boundaries: tuple[float, ...] = ()
    colors: int = 256

    def has_position(self, value: float | None) -> bool:
        """Tell whether a value has a position: it is a finite number, and positive where the norm is `log`."""
        return value is not None and isfinite(value) and (value > 0 or self.kind != "log" or bool(self.boundaries))


LINEAR = Norm()


def normalise(values: _Values, norm: Norm = LINEAR) -> _Positions:
    """Return the position of each value, clipped to [0, 1].

    A limit that is not given is the least or greatest value that has a position. Missing and infinite values have
    none, nor have those up to zero in `log`; where both limits are equal, whatever equals them is at 0.5.

    >>> normalise([2.0, None, 4.0, 3.0])
    (0.0, None, 1.0, 0.5)
    >>> normalise([0.01, 1.0, 100.0, -1.0], Norm(kind="log"))
    (0.0, 0.5, 1.0, None)
    """
    found = limits(values, norm)
    return (None,) * len(values) if found is None else positions(values, norm, found)


def limits(values: _Values, norm: Norm = LINEAR) -> Limits | None:
    """Return the values at 0 and at 1, or None where no value has a position.

    >>> limits([1.0, 4.0, -2.0], Norm(kind="centered"))
    (-4.0, 4.0)
    """
    finite = _finite(values) if norm.kind != "log" or norm.boundaries else _positive(values)
    if not finite:
        return None
    if norm.boundaries:
        return norm.boundaries[0], norm.boundaries[-1]
    if norm.kind == "centered":
        return _around(norm, finite)
    low, high = _ends(norm, finite)
    if norm.kind == "twoslope":
        return _both_sides(norm.vcenter, low, high)
    # All values may lie outside the one limit that is given.
    return (low, max(low, high)) if norm.vmin is not None else (min(low, high), high)


def positions(values: _Values, norm: Norm, limits: Limits) -> _Positions:
    """Return the position of each value between `limits`, as they come from `limits`, clipped to [0, 1]."""
    low, high = limits
    known = values if None not in values and all(map(isfinite, values)) else _gaps(values)  # type: ignore[arg-type]  # no None there
    if norm.boundaries:
        return _classes(known, norm)
    if norm.kind == "log":
        return _linear(
            [None if value is None or value <= 0 else log10(value) for value in known], log10(low), log10(high)
        )
    if norm.kind == "symlog":
        scaled = _symlog(norm.linthresh)
        return _linear([None if value is None else scaled(value) for value in known], scaled(low), scaled(high))
    if norm.kind == "twoslope":
        return _slopes(known, low, norm.vcenter, high)
    return _linear(known, low, high)


def positions_of_many(
    values: _Values, norm: Norm, shape: tuple[int, int], axis: Literal[0, 1] | None
) -> tuple[list[float | None], list[Limits]] | None:
    """Return what `positions` and `limits` return for each row of a matrix, or each column, or all of it.

    `values` are those of all its rows, one after the other; `axis` is 1 for rows, 0 for columns. It is several times as
    fast, but only for finite numbers with a linear norm and limits that differ: None for all others.

    >>> positions_of_many([1.0, 2.0, 3.0, 0.0, 1.0, 4.0], LINEAR, (2, 3), 1)
    ([0.0, 0.5, 1.0, 0.0, 0.25, 1.0], [(1.0, 3.0), (0.0, 4.0)])
    """
    import numpy as np

    if norm.kind != "linear" or norm.boundaries or norm.percentiles is not None:
        return None
    matrix = np.array(values, dtype=np.float64).reshape(shape)
    low = matrix.min(axis=axis, keepdims=True) if norm.vmin is None else np.full((1, 1), norm.vmin)
    high = matrix.max(axis=axis, keepdims=True) if norm.vmax is None else np.full((1, 1), norm.vmax)
    with np.errstate(all="ignore"):
        span = high - low
        # A missing or an infinite value makes its sum so, too.
        if not (np.isfinite(matrix.sum()) and np.isfinite(span).all() and (span > 0).all()):
            return None
        found = np.clip((matrix - low) / span, 0.0, 1.0)
    count = 1 if axis is None else shape[1 - axis]
    ends = [np.broadcast_to(end.ravel(), count).tolist() for end in (low, high)]
    return found.ravel().tolist(), list(zip(*ends, strict=True))


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Return a percentile of values in increasing order, linear between two of them (numpy's default method).

    >>> percentile([1.0, 2.0, 4.0], 75)
    3.0
    """
    place = (len(ordered) - 1) * (percent / 100)
    before = min(floor(place), len(ordered) - 1)
    after = min(before + 1, len(ordered) - 1)
    share = place - before
    # Two finite values can lie further apart than a float reaches; their parts cannot.
    return ordered[before] * (1 - share) + ordered[after] * share


def _finite(values: _Values) -> list[float]:
    return [value for value in values if value is not None and isfinite(value)]


def _positive(values: _Values) -> list[float]:
    return [value for value in values if value is not None and 0 < value < inf]


def _gaps(values: _Values) -> _Values:
    return [value if value is not None and isfinite(value) else None for value in values]


def _ends(norm: Norm, finite: Sequence[float]) -> Limits:
    low, high = norm.vmin, norm.vmax
    if norm.percentiles is not None and (low is None or high is None):
        ordered = sorted(finite)
        first, last = (percentile(ordered, percent) for percent in norm.percentiles)
        return first if low is None else low, last if high is None else high
    return min(finite) if low is None else low, max(finite) if high is None else high


def _around(norm: Norm, finite: Sequence[float]) -> Limits:
    given = [limit for limit in (norm.vmin, norm.vmax) if limit is not None]
    half = max(abs(end - norm.vcenter) for end in given or _ends(norm, finite))
    return norm.vcenter - half, norm.vcenter + half


def _both_sides(center: float, low: float, high: float) -> Limits:
    # As in matplotlib: where all values lie on one side, the other is as wide.
    if low >= center:
        low = center - (high - center)
    if high <= center:
        high = center + (center - low)
    return low, high


def _linear(values: _Values, low: float, high: float) -> _Positions:
    span = high - low
    if not isfinite(span):
        # Two finite limits can lie further apart than a float reaches; quarters cannot.
        return _linear([None if value is None else value / 4 for value in values], *_quarters(low, high))
    if span <= 0:
        return tuple(
            None if value is None else 0.0 if value < low else 1.0 if value > high else 0.5 for value in values
        )
    return tuple(
        None if value is None else 0.0 if value <= low else 1.0 if value >= high else (value - low) / span
        for value in values
    )


def _quarters(low: float, high: float) -> Limits:
    greatest = 4.4e307
    return max(low / 4, -greatest), min(high / 4, greatest)


def _slopes(values: _Values, low: float, center: float, high: float) -> _Positions:
    below = _linear(values, low, center)
    above = _linear(values, center, high)
    return tuple(
        None
        if one is None or other is None or value is None
        else one / 2
        if value < center
        else 0.5 + other / 2
        if value > center
        else 0.5
        for value, one, other in zip(values, below, above, strict=True)
    )


def _symlog(linthresh: float) -> Callable[[float], float]:
    # matplotlib's SymmetricalLogTransform with base 10 and linscale 1, in units of linthresh.
    linear = 1 / (1 - 1 / 10)
    log_linthresh = log10(linthresh)

    def scaled(value: float) -> float:
        size = abs(value)
        if size <= linthresh:
            return value / linthresh * linear
        return copysign(linear + log10(size) - log_linthresh, value)

    return scaled


def _classes(values: _Values, norm: Norm) -> _Positions:
    # matplotlib's BoundaryNorm: the first class has the first colour, the last one the last.
    count = len(norm.boundaries) - 1
    last = norm.colors - 1
    levels = [last // 2] if count == 1 else [int(last / (count - 1) * index) for index in range(count)]
    places = [0.0, *((level + 0.5) / norm.colors for level in levels), 1.0]
    boundaries = norm.boundaries
    return tuple(None if value is None else places[bisect_right(boundaries, value)] for value in values)
