"""Functions: arithmetic, comparisons and the scalar functions of expressions, on whole columns."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from paperkit.data.columns import as_number, numbers, tidy
from paperkit.data.rows import PLURALS, Array, Kind, Mask, Vector, kind, missing, objects, plain
from paperkit.errors import DataError, Problem

_EXACT = 2.0**53
_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = MappingProxyType(
    {
        "==": lambda a, b: a == b,
        "!=": lambda a, b: a != b,
        "<": lambda a, b: a < b,
        "<=": lambda a, b: a <= b,
        ">": lambda a, b: a > b,
        ">=": lambda a, b: a >= b,
    }
)


def vector(array: Array) -> Vector:
    """Return an operand of an array, objects that are numbers or flags in truth turned into such."""
    import pandas as pd

    found = tidy(pd.Series(array, dtype=object)) if array.dtype.kind == "O" else array
    return Vector(array=found, kind=kind(found))


def repeated(operand: Vector, size: int) -> Vector:
    """Return the operand with its single value repeated `size` times."""
    import numpy as np

    return Vector(array=np.repeat(operand.array, size), kind=operand.kind, column=operand.column)


def as_numbers(operand: Vector, what: str) -> Array:
    """Return the operand's values as int64 or float64; true counts as 1.

    Raises:
        DataError: the operand is no number; `what` names the use that needs one.

    """
    import numpy as np

    match operand.kind:
        case "number":
            return numbers(operand.array.tolist()) if operand.array.dtype.kind == "O" else operand.array
        case "missing":
            return np.full(len(operand.array), np.nan)
        case "flag":
            return numbers([None if flag is None else int(flag) for flag in operand.array.tolist()])
        case "text" | "other":
            hint = f'numeric = ["{operand.column}"]' if operand.column and operand.kind == "text" else None
            message = f"{operand.subject} holds {PLURALS[operand.kind]}, but {what} needs numbers"
            raise DataError(Problem(message=message, hint=hint))


def arithmetic(operator: str, left: Array, right: Array) -> Array:
    """Return `left operator right`; whole numbers stay whole while they are exact, as in Python."""
    import numpy as np

    # By Python's rules: 7 / 2 is 3.5, 2 ** -1 is 0.5, -7 // 2 is -4; 1 / 0 is inf as in pandas.
    operation: Callable[..., Array] = {
        "+": np.add,
        "-": np.subtract,
        "*": np.multiply,
        "/": np.true_divide,
        "//": np.floor_divide,
        "%": np.mod,
        "**": np.power,
    }[operator]
    with np.errstate(all="ignore"):
        found = operation(left.astype(np.float64), right.astype(np.float64))
        whole = left.dtype.kind == right.dtype.kind == "i" and operator != "/"
        if not whole or not len(found) or not np.isfinite(found).all() or np.abs(found).max() >= _EXACT:
            return found
        if operator == "**" and right.min() < 0:
            return found
        return operation(left, right)


def comparison(operator: str, left: Vector, right: Vector) -> Mask:
    """Return where `left operator right` holds; never where one of them is missing.

    Raises:
        DataError: text is compared with numbers.

    """
    import numpy as np

    if "missing" in (left.kind, right.kind):
        return np.zeros(np.broadcast_shapes(left.array.shape, right.array.shape), dtype=bool)
    _same_kind(left, right.kind, plain(right.array)[:1], right.column)
    present = ~missing(left.array) & ~missing(right.array)
    compare = _COMPARE[operator]
    if left.kind != "text":
        numeric: Mask = compare(as_numbers(left, "a comparison"), as_numbers(right, "a comparison")) & present
        return numeric
    if operator in ("==", "!="):
        equal: Mask = np.asarray(compare(left.array, right.array), dtype=bool) & present
        return equal
    pairs = zip(*(array.tolist() for array in np.broadcast_arrays(left.array, right.array)), strict=True)
    return np.array([a is not None and b is not None and compare(a, b) for a, b in pairs], dtype=bool)


def membership(left: Vector, items: tuple[str | int | float | bool, ...], *, negated: bool) -> Mask:
    """Return where the value is one of `items` (or is none of them); never where it is missing.

    Raises:
        DataError: an item is text and the column holds numbers, or the other way round.

    """
    import numpy as np

    if left.kind == "missing":
        return np.zeros(len(left.array), dtype=bool)
    for item in items:
        _same_kind(left, "text" if isinstance(item, str) else "number", (item,), None)
    present = ~missing(left.array)
    if left.kind == "text":
        wanted = frozenset(items)
        found = np.array([value in wanted for value in left.array.tolist()], dtype=bool)
    else:
        found = np.isin(as_numbers(left, "a comparison"), np.array(items))
    return (~found if negated else found) & present


def _same_kind(left: Vector, right: Kind, values: tuple[Any, ...], right_column: str | None) -> None:
    for operand in (left.kind, right):
        if operand == "other":
            raise DataError(Problem(message=f"{left.subject} is compared with {PLURALS[operand]}"))
    if (left.kind == "text") == (right == "text"):
        return
    shown = f"column '{right_column}'" if right_column else repr(values[0]) if values else PLURALS[right]
    message = f"{left.subject} holds {PLURALS[left.kind]} and cannot be compared with {shown}"
    if left.column is None and right_column:
        message = f"column '{right_column}' holds {PLURALS[right]} and cannot be compared with {PLURALS[left.kind]}"
    column = left.column if left.kind == "text" else right_column
    hint = f'numeric = ["{column}"]' if column else None
    if hint is None and values and isinstance(values[0], str) and as_number(values[0]) is not None:
        hint = f"write {values[0]} without quotes"
    raise DataError(Problem(message=message, hint=hint))


def call(name: str, arguments: tuple[Vector, ...]) -> Vector:
    """Return the value of a scalar function.

    Raises:
        DataError: an argument has the wrong kind.

    """
    return _FUNCTIONS[name](*arguments)


def _texts(operand: Vector, name: str) -> list[str | None]:
    if operand.kind not in ("text", "missing"):
        hint = f"{name}(text({operand.column or 'x'}), …)"
        message = f"{operand.subject} holds {PLURALS[operand.kind]}, but {name}(…) needs text"
        raise DataError(Problem(message=message, hint=hint))
    found: list[str | None] = operand.array.tolist()
    return found


def _pattern(operand: Vector, name: str) -> str:
    if operand.kind != "text" or len(set(operand.array.tolist())) != 1:
        raise DataError(Problem(message=f"{name}(…) needs one text as its second argument"))
    return str(operand.array[0])


def _text_test(name: str, test: Callable[[str, str], bool]) -> Callable[..., Vector]:
    def run(operand: Vector, pattern: Vector) -> Vector:
        import numpy as np

        wanted = _pattern(pattern, name)
        found = [text is not None and test(text, wanted) for text in _texts(operand, name)]
        return vector(np.array(found, dtype=bool))

    return run


def _matches(text: str, pattern: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error as error:
        raise DataError(Problem(message=f"'{pattern}' is not a regular expression: {error}")) from None


def _text_change(name: str, change: Callable[[str], str]) -> Callable[..., Vector]:
    def run(operand: Vector) -> Vector:
        return vector(objects([None if text is None else change(text) for text in _texts(operand, name)]))

    return run


def _isnull(operand: Vector) -> Vector:
    return vector(missing(operand.array))


def _notnull(*operands: Vector) -> Vector:
    import numpy as np

    found = np.array([True])
    for operand in operands:
        found = found & ~missing(operand.array)
    return vector(found)


def _between(operand: Vector, low: Vector, high: Vector) -> Vector:
    return vector(comparison("<=", low, operand) & comparison("<=", operand, high))


def _numeric(name: str) -> Callable[..., Vector]:
    def run(operand: Vector) -> Vector:
        import numpy as np

        array = as_numbers(operand, f"{name}(…)")
        with np.errstate(all="ignore"):
            return vector(getattr(np, name)(array))

    return run


def _round(operand: Vector, digits: Vector | None = None) -> Vector:
    # Python rounds the exact value; numpy scales first and is off by one digit in rare cases.
    values = as_numbers(operand, "round(…)")
    places = plain(digits.array)[0] if digits is not None else 0
    if not isinstance(places, int):
        raise DataError(Problem(message="round(…) needs a whole number of digits"))
    rounded = [v if isinstance(v, int) or not math.isfinite(v) else float(round(v, places)) for v in values.tolist()]
    if values.dtype.kind == "i":
        rounded = [round(v, places) for v in rounded]
    import numpy as np

    return vector(np.array(rounded, dtype=values.dtype))


def _number(operand: Vector) -> Vector:
    if operand.kind == "text":
        return vector(numbers([None if t is None else as_number(t) for t in operand.array.tolist()]))
    return vector(as_numbers(operand, "number(…)"))


def _text(operand: Vector) -> Vector:
    if operand.kind == "other":
        _texts(operand, "text")
    return vector(objects([None if value is None else str(value) for value in plain(operand.array)]))


_FUNCTIONS: Mapping[str, Callable[..., Vector]] = MappingProxyType(
    {
        "startswith": _text_test("startswith", str.startswith),
        "endswith": _text_test("endswith", str.endswith),
        "contains": _text_test("contains", lambda text, part: part in text),
        "matches": _text_test("matches", _matches),
        "lower": _text_change("lower", str.lower),
        "upper": _text_change("upper", str.upper),
        "isnull": _isnull,
        "notnull": _notnull,
        "between": _between,
        "abs": _numeric("abs"),
        "round": _round,
        "sqrt": _numeric("sqrt"),
        "log": _numeric("log"),
        "log10": _numeric("log10"),
        "exp": _numeric("exp"),
        "number": _number,
        "text": _text,
    }
)
