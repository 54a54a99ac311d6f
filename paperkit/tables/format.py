"""Formats: the text of a cell, from its full-precision value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isinf

from paperkit.tables.model import Alignment
from paperkit.tex.text import Tex, lines

_NUMBER = re.compile(r"(−?)(\d+)((?:\.\d+)?)")
_INFINITY = "∞"
_POWER = re.compile(r"(−?)([\d.]+)×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_UNALIGNED = re.compile(rf"−?(?:[\d.]+×\d\d[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|{_INFINITY})")
# A sum of two floats shows its last digits from here on: 0.1 + 0.2 is 0.30000000000000004.
_SIGNIFICANT = 12
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOWERED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_ZEROS = str.maketrans("123456789", "000000000")


def is_missing(value: object) -> bool:
    """Tell whether `value` stands for no value."""
    # Only what is not a number differs from itself.
    return value is None or value != value  # noqa: PLR0124


def is_number(value: object) -> bool:
    """Tell whether `value` is a number; a truth value is not."""
    return isinstance(value, (float, int)) and value == value and not isinstance(value, bool)  # noqa: PLR0124


def format_plain(value: object, precision: int | None) -> str:
    """Return how `value` is read: floats with `precision` decimals, or with up to 12 significant digits.

    Without a precision, floats below 1e-4 or from 1e16 on are written with a power of ten. The minus is U+2212,
    and a number that rounds to zero has none; as in pandas' Styler, integers, truth values and text do not know a
    precision. Line breaks become spaces.

    >>> format_plain(-3.456, 2), format_plain(-0.001, 2), format_plain(float("-inf"), 2), format_plain(12, 2)
    ('−3.46', '0.00', '−∞', '12')
    >>> format_plain(0.1 + 0.2, None), format_plain(1.5e-5, None)
    ('0.3', '1.5×10⁻⁵')
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return " ".join(lines(str(value)))
    if isinf(value):
        return f"−{_INFINITY}" if value < 0 else _INFINITY
    text = _digits(value, precision)
    is_negative = text.startswith("-") and float(text) != 0
    mantissa, _, exponent = text.lstrip("-").partition("e")
    power = f"×10{str(int(exponent)).translate(_RAISED)}" if exponent else ""
    return f"{'−' if is_negative else ''}{mantissa}{power}"


def _digits(value: float, precision: int | None) -> str:
    if isinstance(value, int):
        return str(value)
    if precision is not None:
        return f"{value:.{precision}f}"
    return repr(float(f"{value:.{_SIGNIFICANT}g}"))


def format_tex(plain: str) -> Tex:
    r"""Return the TeX of a number whose plain text is `plain`.

    >>> print(format_tex("−3.46"), format_tex("−1.5×10⁻⁵"))
    $-$3.46 $-1.5\times10^{-5}$

    """
    if plain.isascii():
        return Tex(plain)
    if plain.endswith(_INFINITY):
        return Tex(r"$\infty$" if plain == _INFINITY else r"$-\infty$")
    if power := _POWER.fullmatch(plain):
        sign, mantissa, exponent = power.groups()
        return Tex(rf"${'-' if sign else ''}{mantissa}\times10^{{{exponent.translate(_LOWERED)}}}$")
    return Tex(f"$-${plain[1:]}")


def shape(plain: str) -> str:
    """Return `plain` with every digit a zero: what has the same shape has the same width.

    >>> shape("−13.72")
    '−00.00'
    """
    return plain.translate(_ZEROS)


def align(plains: Sequence[str | None]) -> tuple[Alignment, tuple[Tex, ...]]:
    r"""Return the alignment of a column, and the padding of each of its cells.

    Numbers with equally many decimals are centred as one block, lined up by invisible digits; other numbers
    are set flush right and text flush left. `None` stands for a missing value.

    >>> align(["9.78", "34.61", None])
    ('c', ('\\phantom{0}', '', ''))
    """
    shapes = [None if plain is None else shape(plain) for plain in plains]
    finite = {kind: found for kind in shapes if kind is not None and (found := _NUMBER.fullmatch(kind)) is not None}
    others = [kind for kind in dict.fromkeys(shapes) if kind is not None and kind not in finite]
    nothing = (Tex(""),) * len(plains)
    if not all(_UNALIGNED.fullmatch(kind) for kind in others):
        return "l", nothing
    if any(not kind.endswith(_INFINITY) for kind in others) or len({found.group(3) for found in finite.values()}) > 1:
        return "r", nothing
    digits = max((len(found.group(2)) for found in finite.values()), default=0)
    signed = [len(found.group(2)) for found in finite.values() if found.group(1)]
    if signed and max(signed) < digits:
        # The widest number has no sign, and no padding of digits and signs gives the others its width.
        return "r", nothing
    pads: dict[str | None, Tex] = {
        kind: _padding(found, digits, is_signed=bool(signed)) for kind, found in finite.items()
    }
    return "c", tuple(pads.get(kind, Tex("")) for kind in shapes)


def _padding(found: re.Match[str], digits: int, *, is_signed: bool) -> Tex:
    invisible = ("$-$" if is_signed and not found.group(1) else "") + "0" * (digits - len(found.group(2)))
    return Tex(rf"\phantom{{{invisible}}}" if invisible else "")
