"""Formats: the text of a cell, from its full-precision value, and the invisible padding that lines texts up."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import repeat
from math import inf, isinf
from typing import Any, NamedTuple

from paperkit.errors import PaperkitError, Problem
from paperkit.tables.model import Alignment
from paperkit.tex.text import Tex, lines

_INFINITY = "∞"
_NUMBER = re.compile(r"(−?)(\d+)((?:\.\d+)?)")
_UNALIGNED = re.compile(rf"−?(?:[\d.]+×\d\d[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|{_INFINITY})")
# `[10]0`: in a shape, ten is 00.
_PARTS = re.compile(r"([+−]?)(\d[\d,]*)((?:\.\d+)?)(?:×[10]0(⁻?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+))?(%?)")
_ENDLESS = re.compile(rf"([+−]?){_INFINITY}(%?)")
_SPEC = re.compile(r"(\+?)(#?)(,?)(?:\.(\d{1,2}))?([defg%]?)")
_CORE = re.compile(r"\+?#?,?(?:\.\d{1,2})?[defg%]$")
# A sum of two floats shows its last digits from here on: 0.1 + 0.2 is 0.30000000000000004.
_SIGNIFICANT = 12
# Integers up to here are floats without loss, also as percentages.
_EXACT = 2**46
_LARGEST = int(sys.float_info.max)
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOWERED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_ZEROS = str.maketrans("123456789¹²³⁴⁵⁶⁷⁸⁹", "000000000⁰⁰⁰⁰⁰⁰⁰⁰⁰")
_SIGNS = {"−": "$-$", "+": "$+$", "": ""}
_PERCENTS = {"%": r"\%", "": ""}
_NOTHING = Tex("")
_HINT = (
    "a format is Python's, such as '.2f', '.3g', '.2e', '.1%', ',d' or '+.1f', or a template, "
    "such as '{mean:.1f} ± {std:.1f}'"
)


def is_missing(value: object) -> bool:
    """Tell whether `value` stands for no value."""
    # Only what is not a number differs from itself.
    return value is None or value != value  # noqa: PLR0124


def is_number(value: object) -> bool:
    """Tell whether `value` is a number; a truth value is not."""
    return isinstance(value, (float, int)) and value == value and not isinstance(value, bool)  # noqa: PLR0124


class NumberSpec(NamedTuple):
    """A format spec of Python for one number, taken apart; `kind` is its presentation type, or empty."""

    sign: str
    alternate: str
    grouping: str
    precision: int | None
    kind: str

    def python(self, kind: str, precision: int | None, *, zero: str = "z") -> str:
        """Return Python's spec; its `z` takes the sign from a zero."""
        decimals = "" if precision is None else f".{precision}"
        return f"{self.sign}{zero}{self.alternate}{self.grouping}{decimals}{kind}"


@lru_cache(maxsize=1024)
def parse_spec(text: str) -> NumberSpec:
    """Return the parts of a Python format spec: `+`, `#`, `,`, a precision, and one of `d`, `e`, `f`, `g`, `%`.

    Without a type a number is printed as without a spec. Widths, fills and `n` are not for a column that is lined
    up, whatever the locale.

    Raises:
        PaperkitError: `text` is none.

    >>> parse_spec("+.1f").precision, parse_spec(",d").grouping
    (1, ',')

    """
    found = _parse_spec(text)
    if found is not None:
        return found
    candidates = [f".{text}", f"{text}f", text.lower(), *_CORE.findall(text), re.sub(r"\.\d+", "", text)]
    guess = next((candidate for candidate in candidates if text and _parse_spec(candidate) is not None), None)
    suggestion = "" if guess is None else f", did you mean '{guess}'?"
    raise PaperkitError(Problem(message=f"'{text}' is not a number format{suggestion}", hint=_HINT))


def _parse_spec(text: str) -> NumberSpec | None:
    found = _SPEC.fullmatch(text) if text else None
    if found is None:
        return None
    sign, alternate, grouping, digits, kind = found.groups()
    precision = None if digits is None else int(digits)
    if (precision is not None and kind in ("", "d")) or (alternate and kind in ("", "d")):
        return None
    return NumberSpec(sign, alternate, grouping, precision, kind)


def format_number(value: object, spec: str | None, precision: int | None) -> str:
    """Return how `value` is read under a Python format spec; nothing for a missing value.

    The minus is U+2212, zero has none, and an exponent is written as a power of ten. Without a spec, or under one
    without a presentation type, `precision` counts as in `format_plain`. Truth values and text do not know a spec.

    Raises:
        PaperkitError: `spec` is not a number format, or it is one for whole numbers and `value` has a fraction.

    >>> format_number(1.5e-5, ".2e", None), format_number(-0.04, "+.1f", None), format_number(0.123, ".1%", None)
    ('1.50×10⁻⁵', '+0.0', '12.3%')
    """
    if is_missing(value):
        return ""
    if spec is None or isinstance(value, bool) or not isinstance(value, (int, float)):
        return format_plain(value, precision)
    rule = parse_spec(spec)
    if isinstance(value, float) and isinf(value):
        return f"{'−' if value < 0 else rule.sign}{_INFINITY}{'%' if rule.kind == '%' else ''}"
    return _typographic(_python_digits(value, spec, rule, precision))


def format_numbers(values: Sequence[Any], spec: str | None, precision: Sequence[int | None]) -> list[str]:
    """Return `format_number` of many values, none of them missing, with the `precision` of each, or none if empty.

    Raises:
        PaperkitError: as `format_number`.

    >>> format_numbers([-1.25, 3.0], ".1f", [])
    ['−1.2', '3.0']
    """
    rule = parse_spec(spec) if spec is not None else None
    is_plain = rule is not None and rule.kind in ("f", "%") and set(map(type, values)) == {float}
    if rule is None or not is_plain or inf in values or -inf in values:
        return [format_number(value, spec, places) for value, places in zip(values, precision or repeat(None))]  # noqa: B905
    python = rule.python(rule.kind, rule.precision)
    return [f"{value:{python}}".replace("-", "−") for value in values]


def _python_digits(value: float, spec: str, rule: NumberSpec, precision: int | None) -> str:
    if rule.kind == "d" or (rule.kind == "" and isinstance(value, int)):
        if isinstance(value, float) and not value.is_integer():
            hint = "'.0f' rounds it"
            raise PaperkitError(
                Problem(message=f"{value!r} is not a whole number, as the format '{spec}' asks", hint=hint)
            )
        return format(int(value), rule.python("d", None, zero=""))
    if rule.kind == "":
        if precision is None:
            return format(float(f"{value:.{_SIGNIFICANT}g}"), rule.python("", None))
        return format(value, rule.python("f", precision))
    python = rule.python(rule.kind, rule.precision)
    # `g` keeps the zeros of a Decimal, and needs one only for what no float holds.
    if isinstance(value, int) and abs(value) > (_LARGEST if rule.kind == "g" else _EXACT):
        return format(Decimal(value), python)
    return format(value, python)


def _typographic(digits: str) -> str:
    """Return Python's digits with a true minus and a power of ten."""
    mantissa, _, exponent = digits.lower().partition("e")
    power = f"×10{str(int(exponent)).translate(_RAISED)}" if exponent else ""
    return f"{mantissa.rstrip('.').replace('-', '−')}{power}"


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
    if isinstance(value, int):
        return _typographic(str(value))
    if isinf(value):
        return f"−{_INFINITY}" if value < 0 else _INFINITY
    if precision is not None:
        return f"{value:z.{precision}f}".replace("-", "−")
    return _typographic(f"{float(f'{value:.{_SIGNIFICANT}g}'):z}")


def read_number(plain: str) -> float | None:
    """Return the number that a printed text stands for, or None if it is none; integers stay exact.

    >>> read_number("−1.50×10⁻⁵"), read_number("12.5%"), read_number("1,234"), read_number("n/a")
    (-1.5e-05, 0.125, 1234, None)
    """
    if plain.isascii() and plain.count(".") == 1 and "%" not in plain and "," not in plain:
        try:
            return float(plain)
        except ValueError:
            return None
    parts = _PARTS.fullmatch(plain)
    if parts is None:
        endless = _ENDLESS.fullmatch(plain)
        return None if endless is None else -inf if endless.group(1) == "−" else inf
    sign, digits, decimals, minus, exponent, percent = parts.groups()
    text = f"{'-' if sign == '−' else ''}{digits.replace(',', '')}{decimals}"
    if exponent:
        return float(f"{text}e{(minus + exponent).translate(_LOWERED)}")
    if percent:
        return float(f"{text}e-2")
    return float(text) if decimals else int(text)


def format_tex(plain: str) -> Tex:
    r"""Return the TeX of a number whose plain text is `plain`: its digits are those of the text, also in bold.

    >>> print(format_tex("−3.46"), format_tex("−1.5×10⁻⁵"))
    $-$3.46 $-$1.5${}\times10^{-5}$

    """
    if plain.isascii() and plain[-1] != "%" and plain[0] != "+":
        return Tex(plain)
    if endless := _ENDLESS.fullmatch(plain):
        sign = {"−": "-", "+": "+", "": ""}[endless.group(1)]
        return Tex(rf"${sign}\infty$" + (r"\%" if endless.group(2) else ""))
    parts = _PARTS.fullmatch(plain)
    if parts is None:
        msg = f"{plain!r} is not a printed number"
        raise ValueError(msg)
    sign, digits, decimals, minus, exponent, percent = parts.groups()
    return Tex(_SIGNS[sign] + digits + decimals + _power(minus, exponent) + _PERCENTS[percent])


def _power(minus: str, exponent: str | None, padding: str = "") -> str:
    if not exponent:
        return ""
    hidden = rf"\phantom{{{padding}}}" if padding else ""
    return rf"${{}}\times10^{{{(minus + exponent).translate(_LOWERED)}{hidden}}}$"


def phantom(tex: str) -> Tex:
    r"""Return what takes as much room as `tex` and shows nothing.

    >>> print(phantom("0"))
    \phantom{0}

    """
    return Tex(rf"\phantom{{{tex}}}") if tex else _NOTHING


def shape(plain: str) -> str:
    """Return `plain` with every digit a zero: what has the same shape has the same width.

    >>> shape("−13.72")
    '−00.00'
    """
    return plain.translate(_ZEROS)


class Padded(NamedTuple):
    """The TeX of one number, and the invisible TeX before and behind it that gives it the width of the others."""

    left: Tex
    text: Tex
    right: Tex


class _Parts(NamedTuple):
    """A printed number taken apart: `−1,234.50×10⁻⁵` or `12.5%`."""

    sign: str = ""
    digits: str = ""
    decimals: str = ""
    minus: str = ""
    exponent: str = ""
    percent: str = ""


class Lineup:
    r"""Numbers that are printed below each other: their signs, digits, decimals, powers and percent signs line up.

    >>> lineup = Lineup(["9.5", "−10.25"])
    >>> lineup.pad("9.5")
    Padded(left='\\phantom{$-$0}', text='9.5', right='\\phantom{0}')
    """

    def __init__(self, plains: Iterable[str]) -> None:
        shapes = {shape(plain) for plain in plains}
        found = [_Parts(*parts.groups("")) for kind in shapes if (parts := _PARTS.fullmatch(kind)) is not None]
        # The length orders what stands in one place; both signs are set in maths, where they are equally wide.
        longest = (max(sorted(column), key=len) for column in zip(*found, strict=True))
        self._most = _Parts(*longest)._replace(sign=max((parts.sign for parts in found), default=""))
        self._pads: dict[str, tuple[Tex, str, str, Tex]] = {}
        self._known: dict[str, Padded] = {}
        self.is_even = all(self._most.digits.endswith(parts.digits) for parts in found)
        self.is_exact = self.is_even and len(found) == len(shapes)

    @property
    def widest(self) -> Tex:
        """Return TeX as wide as every padded number."""
        sign, digits, decimals, minus, exponent, percent = self._most
        return Tex(_SIGNS[sign] + digits + decimals + _power(minus, exponent) + _PERCENTS[percent])

    def pad(self, plain: str) -> Padded:
        """Return the TeX and the padding of one of the numbers; infinities are padded behind only."""
        if plain not in self._known:
            self._known[plain] = self._pad(plain)
        return self._known[plain]

    def _pad(self, plain: str) -> Padded:
        parts = _PARTS.fullmatch(plain)
        if parts is None:
            behind = self._most.decimals + _power(self._most.minus, self._most.exponent)
            return Padded(_NOTHING, format_tex(plain), phantom(behind))
        found = _Parts(*parts.groups(""))
        kind = shape(plain)
        if kind not in self._pads:
            self._pads[kind] = self._find(found)
        left, middle, inside, right = self._pads[kind]
        if not (middle or inside):
            return Padded(left, format_tex(plain), right)
        sign, digits, decimals, minus, exponent, percent = found
        text = _SIGNS[sign] + digits + decimals + middle + _power(minus, exponent, inside) + _PERCENTS[percent]
        return Padded(left, Tex(text), right)

    def _find(self, own: _Parts) -> tuple[Tex, str, str, Tex]:
        """Return the padding before a number, before and inside its power, and behind it."""
        most = self._most
        before = most.digits[: len(most.digits) - len(own.digits)] if most.digits.endswith(shape(own.digits)) else ""
        left = phantom(("" if own.sign else _SIGNS[most.sign]) + before)
        more = most.decimals[len(own.decimals) :]
        percent = "" if own.percent else _PERCENTS[most.percent]
        if not own.exponent:
            return left, "", "", phantom(more + _power(most.minus, most.exponent) + percent)
        inside = ("" if own.minus or not most.minus else "-") + "0" * (len(most.exponent) - len(own.exponent))
        return left, phantom(more), inside, phantom(percent)


def align(plains: Sequence[str | None]) -> tuple[Alignment, tuple[Tex, ...]]:
    r"""Return the alignment of a column of numbers without a format, and the padding before each of its cells.

    Numbers with equally many decimals are centred as one block, lined up by invisible digits; other numbers
    are set flush right and text flush left. `None` stands for a missing value.

    >>> align(["9.78", "34.61", None])
    ('c', ('\\phantom{0}', '', ''))
    """
    shapes = [None if plain is None else shape(plain) for plain in plains]
    finite = {kind: found for kind in shapes if kind is not None and (found := _NUMBER.fullmatch(kind)) is not None}
    others = [kind for kind in dict.fromkeys(shapes) if kind is not None and kind not in finite]
    nothing = (_NOTHING,) * len(plains)
    if not all(_UNALIGNED.fullmatch(kind) for kind in others):
        return "l", nothing
    if any(not kind.endswith(_INFINITY) for kind in others) or len({found.group(3) for found in finite.values()}) > 1:
        return "r", nothing
    lineup = Lineup(finite)
    pads: dict[str | None, Tex] = {kind: lineup.pad(kind).left for kind in finite}
    return "c", tuple(pads.get(kind, _NOTHING) for kind in shapes)
