"""Arithmetic: operations and comparisons on whole columns of numbers, those on whole numbers exact within 64 bits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from paperkit.data import vectors
from paperkit.data.columns import LEAST, with_gaps
from paperkit.data.table import PLURALS
from paperkit.data.vectors import Array, Mask, Numbers, Vector, floats, is_whole, missing
from paperkit.errors import DataError, Problem

_FAR = 2.0**62  # what wrapped around is off by 2**64, what was rounded by far less
COMPARE: Mapping[str, Callable[[Any, Any], Any]] = MappingProxyType(
    {
        "==": lambda a, b: a == b,
        "!=": lambda a, b: a != b,
        "<": lambda a, b: a < b,
        "<=": lambda a, b: a <= b,
        ">": lambda a, b: a > b,
        ">=": lambda a, b: a >= b,
    }
)


def as_numbers(operand: Vector, what: str) -> Array:
    """Return the operand's values as int64, Int64 where some of them are missing, or float64; true counts as 1.

    Raises:
        DataError: the operand is no number; `what` names the use that needs one.

    """
    import numpy as np

    match operand.kind:
        case "number":
            whole = not isinstance(operand.array, np.ndarray) and not operand.missing.any()
            return operand.array.to_numpy(dtype=np.int64) if whole else operand.array
        case "missing":
            return np.full(len(operand), np.nan)
        case "flag":
            if operand.array.dtype.kind == "b":
                return operand.array.astype(np.int64)
            return with_gaps([None if flag is None else int(flag) for flag in operand.array.tolist()])
        case "text" | "other":
            hint = f'numeric = ["{operand.column}"]' if operand.column and operand.kind == "text" else None
            message = f"{operand.subject} holds {PLURALS[operand.kind]}, but {what} needs numbers"
            raise DataError(Problem(message=message, hint=hint))


def operation(operator: str, left: Array, right: Array) -> Array:
    """Return `left operator right`, missing where one of them is.

    Whole numbers stay whole if every result is one and fits into 64 bits; else all results become floats. By Python's
    rules 7 / 2 is 3.5, 2 ** -1 is 0.5, -7 // 2 is -4; 1 / 0 is inf as in pandas.
    """
    import numpy as np

    function: Callable[..., Numbers] = {
        "+": np.add,
        "-": np.subtract,
        "*": np.multiply,
        "/": np.true_divide,
        "//": np.floor_divide,
        "%": np.mod,
        "**": np.power,
    }[operator]
    gaps = missing(left) | missing(right)
    with np.errstate(all="ignore"):
        rough = function(floats(left), floats(right))
        if operator == "**":  # numpy: anything to the power of 0 is 1, even what is missing
            rough = np.where(gaps, np.nan, rough)
        if operator == "/" or not is_whole(left) or not is_whole(right):
            return rough
        # 1 may stand in every place of every operation, also where a value is missing.
        one, other = _filled(left), _filled(right)
        inexact = np.zeros(len(rough), dtype=bool)
        if operator in ("//", "%", "**"):
            inexact |= other < 0 if operator == "**" else other == 0
            other = np.where(inexact, 1, other)
        found = function(one, other)
        if operator != "%":  # which always fits, though floats may be far from it
            inexact |= np.abs(rough - found) > _FAR
    inexact &= ~gaps
    return np.where(inexact | gaps, rough, found) if inexact.any() else vectors.with_mask(found, gaps)


def negative(array: Array) -> Array:
    """Return `-array`."""
    import numpy as np

    return operation("-", np.zeros(1, dtype=np.int64), array) if is_whole(array) else np.negative(array)


def absolute(array: Array) -> Array:
    """Return the numbers without their signs."""
    import numpy as np

    if not is_whole(array) or (_filled(array) == LEAST).any():
        return np.abs(floats(array))
    return vectors.with_mask(np.abs(_filled(array)), missing(array))


def comparison(operator: str, left: Array, right: Array) -> Mask:
    """Return where `left operator right` holds; never where one of them is missing."""
    import numpy as np

    exact = is_whole(left) and is_whole(right)
    one, other = (_filled(left), _filled(right)) if exact else (floats(left), floats(right))
    return np.asarray(COMPARE[operator](one, other) & ~missing(left) & ~missing(right), dtype=bool)


def membership(array: Array, items: Iterable[float]) -> Mask:
    """Return which numbers are one of `items`; no missing one is."""
    import numpy as np

    wanted = tuple(items)
    found = np.isin(floats(array), np.array([item for item in wanted if isinstance(item, float)]))
    numbers = np.array([int(item) for item in wanted if not isinstance(item, float)], dtype=np.int64)
    return (found | np.isin(_filled(array) if is_whole(array) else array, numbers)) & ~missing(array)


def _filled(array: Array) -> Numbers:
    """Return whole numbers as int64, 1 where they are missing."""
    import numpy as np

    found: Numbers = array if isinstance(array, np.ndarray) else array.to_numpy(dtype=np.int64, na_value=1)
    return found
