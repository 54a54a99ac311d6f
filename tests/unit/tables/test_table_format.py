from __future__ import annotations

import math
import unicodedata
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.errors import PaperkitError
from paperkit.tables.format import (
    Lineup,
    Padded,
    align,
    format_number,
    format_numbers,
    format_plain,
    format_tex,
    is_missing,
    is_number,
    parse_spec,
    read_number,
    shape,
)
from paperkit.tex.text import Tex, escape

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


SPECS = [
    (-3.456, ".2f", None, "−3.46", "$-$3.46", -3.46),
    (3, ".2f", None, "3.00", "3.00", 3.0),
    (-0.001, ".2f", None, "0.00", "0.00", 0.0),
    (-0.04, "+.1f", None, "+0.0", "$+$0.0", 0.0),
    (2.34, "+.1f", None, "+2.3", "$+$2.3", 2.3),
    (-0.0004, ".1%", None, "0.0%", r"0.0\%", 0.0),
    (-0.8512, ".1%", None, "−85.1%", r"$-$85.1\%", -0.851),
    (1, ".0%", None, "100%", r"100\%", 1.0),
    (1234567.891, ",.1f", None, "1,234,567.9", "1,234,567.9", 1234567.9),
    (1234567, ",d", None, "1,234,567", "1,234,567", 1234567),
    (1234.0, "d", None, "1234", "1234", 1234),
    (2**60 + 1, ".1f", None, "1152921504606846977.0", "1152921504606846977.0", 2.0**60),
    (-(10**400), ".2e", None, "−1.00×10⁴⁰⁰", r"$-$1.00${}\times10^{400}$", -math.inf),
    (1.5e-5, ".2e", None, "1.50×10⁻⁵", r"1.50${}\times10^{-5}$", 1.5e-5),
    (-12345.0, ".3g", None, "−1.23×10⁴", r"$-$1.23${}\times10^{4}$", -12300.0),
    (10**20, ".3g", None, "1×10²⁰", r"1${}\times10^{20}$", 1e20),
    (10**400, ".3g", None, "1.00×10⁴⁰⁰", r"1.00${}\times10^{400}$", math.inf),
    (360287970189641, ".0%", None, "36028797018964100%", r"36028797018964100\%", 360287970189641.0),
    (0.1, "#.3g", None, "0.100", "0.100", 0.1),
    (123.4, "#.3g", None, "123", "123", 123),
    (1234.5678, ",", None, "1,234.5678", "1,234.5678", 1234.5678),
    (1234.5678, ",", 1, "1,234.6", "1,234.6", 1234.6),
    (0.1 + 0.2, "+", None, "+0.3", "$+$0.3", 0.3),
    (12, "+", 2, "+12", "$+$12", 12),
    (12.0, None, 2, "12.00", "12.00", 12.0),
    (math.inf, "+.1f", None, "+∞", r"$+\infty$", math.inf),
    (-math.inf, ".1%", None, "−∞%", r"$-\infty$\%", -math.inf),
]


@pytest.mark.parametrize("case", SPECS)
def test_numbers_under_a_spec(case: tuple[float, str | None, int | None, str, str, float]) -> None:
    value, spec, precision, plain, tex, read = case
    assert format_number(value, spec, precision) == plain
    assert format_tex(plain) == tex
    assert read_number(plain) == read


def test_what_is_no_number_does_not_know_a_spec() -> None:
    values = [True, "50% off", None, math.nan]
    assert [format_number(value, ".2f", None) for value in values] == ["True", "50% off", "", ""]
    assert [read_number(text) for text in ("True", "1.2.3", "", "12 px")] == [None] * 4


@given(
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12) | st.integers(-(10**30), 10**30),
    st.integers(0, 12),
    st.sampled_from(["", "+"]),
    st.sampled_from(["", ","]),
    st.sampled_from("f%"),
)
def test_specs_round_the_exact_value(value: float, precision: int, sign: str, grouping: str, kind: str) -> None:
    with localcontext(prec=200):
        # Python's % rounds the product, itself a float.
        percent = Decimal(value * 100)
        exact = percent if kind == "%" else Decimal(value)
        rounded = exact.quantize(Decimal(1).scaleb(-precision), rounding=ROUND_HALF_EVEN)
    rounded = abs(rounded) if rounded == 0 else rounded
    expected = format(rounded, f"{sign}{grouping}f").replace("-", "−") + kind.removeprefix("f")
    plain = format_number(value, f"{sign}{grouping}.{precision}{kind}", None)
    assert plain == expected
    number = read_number(plain)
    assert number is not None
    assert math.isclose(number, float(rounded) / (100 if kind == "%" else 1), rel_tol=1e-15)


@given(
    st.lists(st.floats(allow_nan=False) | st.integers(-(10**20), 10**20) | st.booleans() | st.text(max_size=3)),
    st.sampled_from([None, ".2f", ".1%", "+,.1f", ".3g", ".2e", "+"]),
    st.integers(0, 3),
)
def test_many_numbers_are_formatted_as_one_by_one(values: list[object], spec: str | None, precision: int) -> None:
    expected = [format_number(value, spec, precision) for value in values]
    assert format_numbers(values, spec, [precision] * len(values)) == expected


HINT = (
    "\n    a format is Python's, such as '.2f', '.3g', '.2e', '.1%', ',d' or '+.1f', or a template, "
    "such as '{mean:.1f} ± {std:.1f}'"
)


@pytest.mark.parametrize(
    ("text", "guess"),
    [
        (".2", ".2f"),
        ("2f", ".2f"),
        ("%.2f", ".2f"),
        ("%d", "d"),
        ("6.2f", ".2f"),
        ("0.2f", ".2f"),
        ("+6.2f", ".2f"),
        (">8,.0f", ",.0f"),
        (".2d", "d"),
        (".2F", ".2f"),
        ("n", None),
        ("percent", None),
        ("_d", "d"),
        (".100f", "f"),
        ("", None),
    ],
)
def test_what_is_not_a_number_format(text: str, guess: str | None) -> None:
    with pytest.raises(PaperkitError) as raised:
        parse_spec(text)
    suggestion = "" if guess is None else f", did you mean '{guess}'?"
    assert str(raised.value) == f"'{text}' is not a number format{suggestion}{HINT}"


def test_a_fraction_is_not_a_whole_number() -> None:
    with pytest.raises(PaperkitError) as raised:
        format_number(3.5, ",d", None)
    assert str(raised.value) == "3.5 is not a whole number, as the format ',d' asks\n    '.0f' rounds it"


@pytest.mark.parametrize(
    ("plains", "pads"),
    [
        (["1,234.5", "−7.25"], [(r"\phantom{$-$}", "1,234.5", r"\phantom{0}"), (r"\phantom{0,00}", "$-$7.25", "")]),
        (["+1.0", "−1.0", "0.0"], [("", "$+$1.0", ""), ("", "$-$1.0", ""), (r"\phantom{$-$}", "0.0", "")]),
        (["5%", "12"], [(r"\phantom{0}", r"5\%", ""), ("", "12", r"\phantom{\%}")]),
        (
            ["1.5×10⁻⁵", "2×10¹⁰", "7"],
            [
                ("", r"1.5${}\times10^{-5\phantom{0}}$", ""),
                ("", r"2\phantom{.0}${}\times10^{10\phantom{-}}$", ""),
                ("", "7", r"\phantom{.0${}\times10^{-00}$}"),
            ],
        ),
    ],
)
def test_lineup(plains: list[str], pads: list[tuple[str, str, str]]) -> None:
    lineup = Lineup(plains)
    assert [tuple(lineup.pad(plain)) for plain in plains] == pads
    assert lineup.is_exact


def test_an_infinity_and_uneven_thousands_are_not_exact() -> None:
    lineup = Lineup(["1.5", "∞"])
    assert not lineup.is_exact
    assert lineup.pad("∞") == Padded(Tex(""), Tex(r"$\infty$"), Tex(r"\phantom{.0}"))
    assert not Lineup(["12,345", "1234"]).is_exact
