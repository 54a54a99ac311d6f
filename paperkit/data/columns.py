"""Columns: texts that spell numbers, and numbers as arrays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_NUMBER = re.compile(r"[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|inf(?:inity)?)", re.IGNORECASE)
_ADVICE = tuple(
    (re.compile(shape), hint)
    for shape, hint in (
        (r"[+−-]?[0-9.,]+\s*%", "write it without the percent sign in the source, and the unit into a label"),
        (r"[^A-Za-z]*[0-9.]\s*(?:±|\+/?-|\\pm|\$\\pm).*", "give the value and its error a column each in the source"),
        (r"[+−-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?", 'options = { thousands = "," }'),
        (r"[+−-]?[0-9]+,[0-9]+", 'options = { decimal = "," }'),
        (r"[+−-]?\.?[0-9].*", "write a bare number in the source"),
    )
)
MOST, LEAST = 2**63 - 1, -(2**63)  # of 64 bits with a sign
_INTEGER = re.compile(r"([+-]?)0*([0-9]{1,19})")


def as_number(text: str, *, decimal: str | None = None, thousands: str | None = None) -> int | float | None:
    """Return the number that `text` spells, or None; blanks around it do not matter.

    Whole numbers that fit into 64 bits with a sign are int.

    `decimal` and `thousands` are the characters that stand for the point and between groups of digits.
    The minus may be U+2212, as papers print it.

    >>> as_number(" 7.50 "), as_number("1e3"), as_number("7,5"), as_number("7,5", decimal=",")
    (7.5, 1000.0, None, 7.5)
    """
    bare = text.strip().replace("−", "-")
    if thousands:
        bare = bare.replace(thousands, "")
    if decimal and decimal != ".":
        bare = bare.replace(".", "_").replace(decimal, ".")
    if (digits := _INTEGER.fullmatch(bare)) and LEAST <= (whole := int(digits[1] + digits[2])) <= MOST:
        return whole
    return float(bare) if _NUMBER.fullmatch(bare) else None


def not_a_number_hint(cell: str) -> str:
    """Return what to do about a cell that should be a number: its text tells what the author may have meant.

    >>> not_a_number_hint("n/a"), not_a_number_hint("1,234.5")
    ('if it means a missing value: options = { na_values = ["n/a"] }', 'options = { thousands = "," }')
    """
    bare = cell.strip()
    for shape, hint in _ADVICE:
        if shape.fullmatch(bare):
            return hint
    return f'if it means a missing value: options = {{ na_values = ["{cell}"] }}'


def numbers(values: Iterable[float | None]) -> NDArray[Any]:
    """Return int64 where every value is a whole number and none is missing, float64 otherwise."""
    import numpy as np

    found = list(values)
    if found and all(type(value) is int and LEAST <= value <= MOST for value in found):
        return np.array(found, dtype=np.int64)
    return np.array([np.nan if value is None else float(value) for value in found], dtype=np.float64)


def with_gaps(values: Iterable[float | None]) -> Any:
    """Return the numbers, whole ones that are partly missing as Int64, so that 1 is not read as 1.0."""
    import pandas as pd

    found = list(values)
    types = {type(value) for value in found}
    whole = types == {int, type(None)} and all(value is None or LEAST <= value <= MOST for value in found)
    return pd.array(found, dtype="Int64") if whole else numbers(found)
