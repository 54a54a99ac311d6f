"""Functions: comparisons and the scalar functions of expressions, on whole columns."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from paperkit.data import arithmetic, orders, vectors
from paperkit.data.arithmetic import COMPARE, as_numbers
from paperkit.data.columns import as_number, numbers, with_gaps
from paperkit.data.table import PLURALS, Kind, plain
from paperkit.data.vectors import Array, Mask, Vector, of_flags, of_numbers
from paperkit.errors import DataError, Problem, did_you_mean
from paperkit.manifest.expressions import no_group


def comparison(operator: str, left: Vector, right: Vector) -> Mask:
    """Return where `left operator right` holds; never where one of them is missing.

    Raises:
        DataError: text is compared with numbers.

    """
    import numpy as np

    if "missing" in (left.kind, right.kind):
        return np.zeros(len(right) if len(left) == 1 else len(left), dtype=bool)
    _same_kind(left, right.kind, (vectors.single(right),) if len(right) else (), right.column)
    if operator not in ("==", "!=") and (left.order or right.order):
        left, right = _placed(left, right)
    if left.kind == "text":
        return _compared_texts(operator, left, right)
    return arithmetic.comparison(operator, as_numbers(left, "a comparison"), as_numbers(right, "a comparison"))


def _placed(left: Vector, right: Vector) -> tuple[Vector, Vector]:
    """Return the places of the values in the order that one of the operands has, or both.

    Raises:
        DataError: they have different orders, or a value of the operand without one is unknown to the other.

    """
    if left.order and right.order and left.order != right.order:
        raise DataError(Problem(message=f"{left.subject} and {right.subject} have different orders"))
    ordered, other = (left, right) if left.order else (right, left)
    known = {*ordered.order, *vectors.distinct(ordered.array)[1]}
    for value in () if other.order else vectors.distinct(other.array)[1]:
        if value not in known:
            shown = [str(each) for each in ordered.order]
            close = did_you_mean(str(value), shown)
            hint = None if close else f"in their order they are {', '.join(shown)}"
            message = f"{value!r} is not among the ordered values of {ordered.column or 'the expression'}{close}"
            raise DataError(Problem(message=message, hint=hint))
    places = orders.places([*known, *vectors.distinct(other.array)[1]], ordered.order)
    one, two = (vectors.mapped(operand.array, places.__getitem__) for operand in (left, right))
    return one, two


def _compared_texts(operator: str, left: Vector, right: Vector) -> Mask:
    import numpy as np

    compare = COMPARE[operator]
    if len(right) == 1:
        wanted = right.array[0]
        if operator in ("==", "!="):
            equal = vectors.equals(left.array, wanted)
            return equal if operator == "==" else ~equal & ~left.missing
        return vectors.tested(left.array, lambda value: compare(value, wanted))
    if len(left) == 1:
        wanted = left.array[0]
        return vectors.tested(right.array, lambda value: compare(wanted, value))
    present = ~left.missing & ~right.missing
    found: Mask = np.zeros(len(left), dtype=bool)
    one, other = (np.asarray(operand.array[present], dtype=object) for operand in (left, right))
    found[present] = np.asarray(compare(one, other), dtype=bool)
    return found


def membership(left: Vector, items: tuple[str | int | float | bool, ...], *, negated: bool) -> Mask:
    """Return where the value is one of `items` (or is none of them); never where it is missing.

    Raises:
        DataError: an item is text and the column holds numbers, or the other way round.

    """
    import numpy as np

    if left.kind == "missing":
        return np.zeros(len(left), dtype=bool)
    for item in items:
        _same_kind(left, "text" if isinstance(item, str) else "number", (item,), None)
    if left.kind == "text":
        wanted = frozenset(items)
        return vectors.tested(left.array, lambda value: (value in wanted) != negated)
    found = arithmetic.membership(as_numbers(left, "a comparison"), (v for v in items if not isinstance(v, str)))
    return (~found if negated else found) & ~left.missing


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


def _texts(operand: Vector, name: str) -> Array:
    if operand.kind not in ("text", "missing"):
        hint = f"{name}(text({operand.column or 'x'}), …)"
        message = f"{operand.subject} holds {PLURALS[operand.kind]}, but {name}(…) needs text"
        raise DataError(Problem(message=message, hint=hint))
    return operand.array


def _one_text(operand: Vector, name: str, which: str = "second") -> str:
    values = vectors.distinct(operand.array)[1] if operand.kind == "text" else []
    if len(values) != 1 or operand.missing.any():
        raise DataError(Problem(message=f"{name}(…) needs one text as its {which} argument"))
    return str(values[0])


def _text_test(name: str, test: Callable[[str, str], bool]) -> Callable[..., Vector]:
    def run(operand: Vector, pattern: Vector) -> Vector:
        wanted = _one_text(pattern, name)
        return of_flags(vectors.tested(_texts(operand, name), lambda text: test(text, wanted)))

    return run


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise DataError(Problem(message=f"'{pattern}' is not a regular expression: {error}")) from None


def _matches(text: str, pattern: str) -> bool:
    return _compiled(pattern).search(text) is not None


def _text_change(name: str, change: Callable[[str], str | int]) -> Callable[..., Vector]:
    def run(operand: Vector) -> Vector:
        return vectors.mapped(_texts(operand, name), change)

    return run


def _replace(operand: Vector, old: Vector, new: Vector) -> Vector:
    before, after = _one_text(old, "replace"), _one_text(new, "replace", "third")
    return vectors.mapped(_texts(operand, "replace"), lambda text: text.replace(before, after))


def _extract(operand: Vector, pattern: Vector) -> Vector:
    """Return the first group of a regular expression where it is found."""
    wanted = _compiled(_one_text(pattern, "extract"))
    if not wanted.groups:
        message, hint = no_group(wanted.pattern)
        raise DataError(Problem(message=message, hint=hint))

    def found(text: str) -> str | None:
        match = wanted.search(text)
        return None if match is None else match[1]

    return vectors.mapped(_texts(operand, "extract"), found)


def _isnull(operand: Vector) -> Vector:
    return of_flags(operand.missing)


def _notnull(*operands: Vector) -> Vector:
    import numpy as np

    found = np.array([True])
    for operand in operands:
        found = found & ~operand.missing
    return of_flags(found)


def _between(operand: Vector, low: Vector, high: Vector) -> Vector:
    return of_flags(comparison("<=", low, operand) & comparison("<=", operand, high))


def _numeric(name: str) -> Callable[..., Vector]:
    def run(operand: Vector) -> Vector:
        import numpy as np

        array = vectors.floats(as_numbers(operand, f"{name}(…)"))
        with np.errstate(all="ignore"):
            return of_numbers(getattr(np, name)(array))

    return run


def _abs(operand: Vector) -> Vector:
    return of_numbers(arithmetic.absolute(as_numbers(operand, "abs(…)")))


def _round(operand: Vector, digits: Vector | None = None) -> Vector:

    # Python rounds the exact value; numpy scales first and is off by one digit in rare cases.
    values = as_numbers(operand, "round(…)")
    places = vectors.single(digits) if digits is not None and len(digits) else 0
    if not isinstance(places, int):
        raise DataError(Problem(message="round(…) needs a whole number of digits"))
    gaps = vectors.missing(values)
    if vectors.is_whole(values):
        found = with_gaps([None if gone else round(v, places) for v, gone in zip(values.tolist(), gaps, strict=True)])
    else:
        found = numbers([float(round(v, places)) if math.isfinite(v) else v for v in values.tolist()])
    return of_numbers(found)


def _number(operand: Vector) -> Vector:
    import numpy as np

    if operand.kind != "text":
        return of_numbers(as_numbers(operand, "number(…)"))
    found = vectors.mapped(operand.array, as_number)
    return found if found.kind == "number" else of_numbers(np.full(len(operand), np.nan))


def _text(operand: Vector) -> Vector:
    import pandas as pd

    if operand.kind == "other":
        _texts(operand, "text")
    if operand.kind == "text":
        return operand
    values = plain(pd.Series(operand.array))
    return vectors.of_values([None if value is None else str(value) for value in values])


_FUNCTIONS: Mapping[str, Callable[..., Vector]] = MappingProxyType(
    {
        "startswith": _text_test("startswith", str.startswith),
        "endswith": _text_test("endswith", str.endswith),
        "contains": _text_test("contains", lambda text, part: part in text),
        "matches": _text_test("matches", _matches),
        "lower": _text_change("lower", str.lower),
        "upper": _text_change("upper", str.upper),
        "strip": _text_change("strip", str.strip),
        "len": _text_change("len", len),
        "replace": _replace,
        "extract": _extract,
        "isnull": _isnull,
        "notnull": _notnull,
        "between": _between,
        "abs": _abs,
        "round": _round,
        "sqrt": _numeric("sqrt"),
        "log": _numeric("log"),
        "log10": _numeric("log10"),
        "exp": _numeric("exp"),
        "number": _number,
        "text": _text,
    }
)
