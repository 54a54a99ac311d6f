"""Across: what a row is among others, its rank and z-score, and what all rows together are, unique or complete."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from paperkit.data import keys, vectors
from paperkit.data.table import Value
from paperkit.data.vectors import Array, Mask, Numbers, Positions, Vector

MOST_NAMED = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Gaps:
    """Combinations that no row has: how many there are, and the first of them."""

    count: int
    first: tuple[tuple[Value, ...], ...]


def rank(values: Array, by: tuple[Vector, ...]) -> Numbers:
    """Return the rank of every number, 1 for the smallest; equal ones share the mean of their ranks."""
    return vectors.floats(_grouped(values, by).rank(method="average").array)


def zscore(values: Array, by: tuple[Vector, ...]) -> Numbers:
    """Return how many sample standard deviations (n - 1) a number is above the mean; missing where there are none."""
    import numpy as np

    numbers = vectors.floats(values)
    groups = _grouped(numbers, by)
    with np.errstate(all="ignore"):
        return ((numbers - groups.transform("mean")) / groups.transform("std")).to_numpy()  # type: ignore[no-any-return]


def _grouped(values: Array, by: tuple[Vector, ...]) -> Any:
    import pandas as pd

    return pd.Series(values).groupby(_codes(by, len(values)))


def _codes(by: tuple[Vector, ...], size: int) -> Positions:
    import numpy as np

    columns = [vectors.repeated(operand, size).array for operand in by]
    return keys.codes(columns, missing=True) if columns else np.zeros(size, dtype=np.intp)


def unique(operands: tuple[Vector, ...], size: int) -> Mask:
    """Return which rows no other agrees with in every operand."""
    import pandas as pd

    found: Mask = ~pd.Series(_codes(operands, size)).duplicated(keep=False).to_numpy()
    return found


def gaps(operands: tuple[Vector, ...], size: int) -> Gaps:
    """Return which combinations of the operands' values no row has; a missing value is none."""
    import numpy as np

    found = [vectors.distinct(vectors.repeated(operand, size).array) for operand in operands]
    there = np.logical_and.reduce([numbers >= 0 for numbers, _ in found])
    present = set(zip(*(numbers[there].tolist() for numbers, _ in found), strict=True))
    count = math.prod(len(values) for _, values in found) - len(present)
    absent = (c for c in itertools.product(*(range(len(values)) for _, values in found)) if c not in present)
    first = itertools.islice(absent, min(count, MOST_NAMED))
    return Gaps(count=count, first=tuple(tuple(found[i][1][code] for i, code in enumerate(c)) for c in first))


FUNCTIONS: Mapping[str, Callable[[Array, tuple[Vector, ...]], Numbers]] = MappingProxyType(
    {"rank": rank, "zscore": zscore}
)
