"""Formats: the text of a cell, from its full-precision value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isinf

from paperkit.tables.model import Alignment
from paperkit.tex.text import Tex, lines, number

_NUMBER = re.compile(r"(−?)(\d+)((?:\.\d+)?)")
_INFINITY = "∞"
_UNALIGNED = re.compile(rf"−?(?:[\d.]+e[+-]?\d+|{_INFINITY})")
_ZEROS = str.maketrans("123456789", "000000000")


def is_missing(value: object) -> bool:
    """Tell whether `value` stands for no value."""
    # Only what is not a number differs from itself.
    return value is None or value != value  # noqa: PLR0124


def is_number(value: object) -> bool:
    """Tell whether `value` is a number; a truth value is not."""
    return isinstance(value, (float, int)) and value == value and not isinstance(value, bool)  # noqa: PLR0124


def format_plain(value: object, precision: int | None) -> str:
    """Return how `value` is read: floats with `precision` decimals, or the shortest that gives them back.

    The minus is U+2212, and a number that rounds to zero has none; as in pandas' Styler, integers, truth
    values and text do not know a precision. Line breaks become spaces.

    >>> format_plain(-3.456, 2), format_plain(-0.001, 2), format_plain(float("-inf"), 2), format_plain(12, 2)
    ('−3.46', '0.00', '−∞', '12')
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return " ".join(lines(str(value)))
    if isinf(value):
        return f"−{_INFINITY}" if value < 0 else _INFINITY
    text = f"{value:.{precision}f}" if precision is not None and isinstance(value, float) else repr(value)
    if not text.startswith("-"):
        return text
    return f"−{text[1:]}" if float(text) != 0 else text[1:]


def format_tex(plain: str) -> Tex:
    """Return the TeX of a number whose plain text is `plain`.

    >>> print(format_tex("−3.46"))
    $-$3.46

    """
    if plain.isascii() and "e" not in plain:
        return Tex(plain)
    if plain.endswith(_INFINITY):
        return Tex(r"$\infty$" if plain == _INFINITY else r"$-\infty$")
    if "e" in plain:
        return number(plain.replace("−", "-"))
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
