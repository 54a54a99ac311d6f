from __future__ import annotations

import math
import unicodedata
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.tables.format import align, format_plain, format_tex, is_missing, is_number, shape
from paperkit.tex.text import escape

CASES = [
    (96.6, 2, "96.60", "96.60"),
    (-3.5, 1, "−3.5", "$-$3.5"),
    (-0.004, 2, "0.00", "0.00"),
    (-0.0, None, "0.0", "0.0"),
    (0.1 + 0.2, None, "0.3", "0.3"),
    (78.45020000000001, None, "78.4502", "78.4502"),
    (-1234567.25, None, "−1234567.25", "$-$1234567.25"),
    (1 / 3, None, "0.333333333333", "0.333333333333"),
    (123456789012345.6, None, "123456789012000.0", "123456789012000.0"),
    (10**20, None, "100000000000000000000", "100000000000000000000"),
    (2.675, 2, "2.67", "2.67"),
    (12, 2, "12", "12"),
    (-12, None, "−12", "$-$12"),
    (True, 2, "True", "True"),
    (math.inf, 2, "∞", r"$\infty$"),
    (-math.inf, None, "−∞", r"$-\infty$"),
    (1e-4, None, "0.0001", "0.0001"),
    (9.9e-5, None, "9.9×10⁻⁵", r"9.9${}\times10^{-5}$"),
    (1e-7, None, "1×10⁻⁷", r"1${}\times10^{-7}$"),
    (-2e30, None, "−2×10³⁰", r"$-$2${}\times10^{30}$"),
    (1e-7, 2, "0.00", "0.00"),
    (1e22, 1, "10000000000000000000000.0", "10000000000000000000000.0"),
    ("50% & more_", 2, "50% & more_", r"50\% \& more\_"),
    ("two\nlines", None, "two lines", "two lines"),
]


@pytest.mark.parametrize(("value", "precision", "plain", "tex"), CASES)
def test_values(value: object, precision: int | None, plain: str, tex: str) -> None:
    assert format_plain(value, precision) == plain
    assert (format_tex(plain) if is_number(value) else escape(plain)) == tex


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12), st.integers(0, 12))
def test_fixed_decimals_round_the_exact_value(value: float, precision: int) -> None:
    exact = Decimal(value).quantize(Decimal(1).scaleb(-precision), rounding=ROUND_HALF_EVEN)
    expected = format(abs(exact), "f") if exact == 0 else format(exact, "f").replace("-", "−")
    assert format_plain(value, precision) == expected


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_without_precision_the_text_gives_twelve_digits_back(value: float) -> None:
    plain = format_plain(value, None).replace("−", "-")
    mantissa, _, exponent = plain.partition("×10")
    read = float(f"{mantissa}e{unicodedata.normalize('NFKC', exponent).replace('−', '-') or 0}")
    assert math.isclose(read, value, rel_tol=5.1e-12, abs_tol=5e-324)
    assert len(mantissa.strip("-").replace(".", "").strip("0")) <= 12
    assert bool(exponent) == (value != 0 and not 1e-4 <= abs(float(f"{value:.11e}")) < 1e16)


def test_what_is_missing_and_what_is_a_number() -> None:
    assert [is_missing(value) for value in (None, math.nan, 0, "", False)] == [True, True, False, False, False]
    assert [is_number(value) for value in (None, math.nan, 0, 1.5, True, "1")] == [
        False,
        False,
        True,
        True,
        False,
        False,
    ]


def test_shape() -> None:
    assert shape("−12.50") == "−00.00"


@pytest.mark.parametrize(
    ("plains", "alignment", "pads"),
    [
        (["9.78", "34.61", None], "c", [r"\phantom{0}", "", ""]),
        (["−1.0", "2.0"], "c", ["", r"\phantom{$-$}"]),
        (["−12", "3", "−4", "∞"], "c", ["", r"\phantom{$-$0}", r"\phantom{0}", ""]),
        (["−1.0", "100.0"], "c", [r"\phantom{00}", r"\phantom{$-$}"]),
        (["1.5", "10"], "r", ["", ""]),
        (["1.5", "1×10⁻⁷"], "r", ["", ""]),
        (["−1.5×10⁻⁷", "2×10¹⁶"], "r", ["", ""]),
        (["1.5", "1e-07"], "l", ["", ""]),
        (["abc", "1"], "l", ["", ""]),
        ([None, None], "c", ["", ""]),
    ],
)
def test_alignment(plains: list[str | None], alignment: str, pads: list[str]) -> None:
    assert align(plains) == (alignment, tuple(pads))
