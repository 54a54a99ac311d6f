"""TeX lengths: points of 1/72.27 inch, and their conversion."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal

from paperkit.errors import PaperkitError, Problem

POINTS_PER_INCH = 72.27
BIG_POINTS_PER_INCH = 72.0

# The TeXbook, chapter 10.
_UNITS = {
    "pt": 1.0,
    "bp": POINTS_PER_INCH / BIG_POINTS_PER_INCH,
    "in": POINTS_PER_INCH,
    "cm": POINTS_PER_INCH / 2.54,
    "mm": POINTS_PER_INCH / 25.4,
    "pc": 12.0,
}
_LENGTH = re.compile(r"\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+))\s*([A-Za-z]*)\s*")


def parse_length(text: str) -> float:
    """Return a length such as `"2.2in"` in TeX points.

    Raises:
        PaperkitError: `text` is no number with a unit, or the unit depends on a font.

    >>> parse_length("2.2in")
    158.994
    """
    hint = f"a length is a number and one of {', '.join(_UNITS)}, such as '3.2in'"
    found = _LENGTH.fullmatch(text)
    if found is None:
        raise PaperkitError(Problem(message=f"'{text}' is not a length", hint=hint))
    value, unit = found.groups()
    if unit in ("em", "ex"):
        raise PaperkitError(Problem(message=f"'{text}': the unit '{unit}' depends on the font", hint=hint))
    if unit not in _UNITS:
        missing = f"unknown unit '{unit}'" if unit else "the unit is missing"
        raise PaperkitError(Problem(message=f"'{text}': {missing}", hint=hint))
    return float(value) * _UNITS[unit]


def to_inches(points: float) -> float:
    """Return TeX points in inches."""
    return points / POINTS_PER_INCH


def to_bp(points: float) -> float:
    """Return TeX points in big points (PostScript's and PDF's, 1/72 in)."""
    return points / POINTS_PER_INCH * BIG_POINTS_PER_INCH


def format_pt(points: float) -> str:
    """Return TeX points as TeX reads them: five decimals, as many as TeX keeps, without trailing zeros.

    >>> format_pt(397.485), format_pt(12.0)
    ('397.485pt', '12pt')
    """
    exact = Decimal(repr(points)).quantize(Decimal("0.00001"), rounding=ROUND_HALF_EVEN)
    digits = f"{exact:f}".rstrip("0").rstrip(".")
    return f"{'0' if digits == '-0' else digits}pt"
