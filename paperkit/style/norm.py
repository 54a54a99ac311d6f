"""Norms: data → [0, 1]."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite


def normalise(
    values: Sequence[float | None], vmin: float | None = None, vmax: float | None = None
) -> tuple[float | None, ...]:
    """Return the position of each value between `vmin` and `vmax`, linearly, clipped to [0, 1].

    A limit that is not given is the least or greatest finite value. Missing and infinite values have no
    position; where both limits are equal every finite value is at 0.5.

    >>> normalise([2.0, None, 4.0, 3.0])
    (0.0, None, 1.0, 0.5)
    """
    finite = [value for value in values if value is not None and isfinite(value)]
    if not finite:
        return (None,) * len(values)
    low = min(finite) if vmin is None else vmin
    high = max(finite) if vmax is None else vmax
    return tuple(_position(value, low, high) for value in values)


def _position(value: float | None, low: float, high: float) -> float | None:
    if value is None or not isfinite(value):
        return None
    if low == high:
        return 0.5
    span = high - low
    # Two finite limits can lie further apart than a float reaches; halves cannot.
    position = (value - low) / span if isfinite(span) else (value / 2 - low / 2) / (high / 2 - low / 2)
    return min(max(position, 0.0), 1.0)
