from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.errors import PaperkitError
from paperkit.tables.printing import PrintedColumn, decimals_by_uncertainty, print_column
from paperkit.tables.template import parse_format
from paperkit.tex.metrics import Font, measure
from paperkit.tex.text import Tex, escape, markup

FONTS = [Font(family="cmr"), Font(family="ptm")]
NAN = math.nan
# What the TeX of a number stands for, once the phantoms are gone.
READ = [
    (r"\$\{\}\\times10\^\{(-?)(\d+)\}\$", lambda found: "×10" + raised(found.group(1) + found.group(2))),
    (r"\\pkpm\{([^{}]*)\}", lambda found: f" ± {found.group(1)}"),
    (r"\$\^\{(\**)\}\$", lambda found: found.group(1)),
    (r"\\textsuperscript\{(\w)\}", lambda found: {"a": "ᵃ", "b": "ᵇ"}[found.group(1)]),
]
SIGNS = {"$-$": "−", "$+$": "+", r"$-\infty$": "−∞", r"$+\infty$": "+∞", r"$\infty$": "∞", r"\%": "%", r"\ ": " "}


def raised(digits: str) -> str:
    return digits.translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def print_texts(
    values: Sequence[Any], *formats: str, fields: Mapping[str, Sequence[Any]] | None = None, **options: Any
) -> PrintedColumn:
    """Print `values` of the column `x`, with one format for all or one for each."""
    forms = [parse_format(text, "x") for text in formats]
    every = forms * len(values) if len(forms) == 1 else forms
    precision = options.pop("precision", None)
    options["precision"] = () if precision is None else [precision] * len(values)
    return print_column(
        values, fields=fields or {}, formats=every, escape=lambda text, _: escape(text), markup=markup, **options
    )


def whole(column: PrintedColumn) -> list[str | None]:
    return [None if cell is None else cell.lead + cell.text + cell.tail for cell in column.cells]


def plains(column: PrintedColumn) -> list[str | None]:
    return [None if cell is None else cell.plain_lead + cell.plain + cell.plain_tail for cell in column.cells]


def without_phantoms(tex: str) -> str:
    while (start := tex.find(r"\phantom{")) >= 0:
        depth = end = 0
        for end in range(start + 8, len(tex)):
            depth += {"{": 1, "}": -1}.get(tex[end], 0)
            if depth == 0:
                break
        tex = tex[:start] + tex[end + 1 :]
    return tex


def visible(tex: str) -> str:
    text = without_phantoms(tex)
    for pattern, read in READ:
        text = re.sub(pattern, read, text)
    for written, shown in SIGNS.items():
        text = text.replace(written, shown)
    return text.replace("{[}", "[").replace("{]}", "]")


def assert_as_wide(column: PrintedColumn) -> None:
    """Assert that the cells of a centred column have one width, but for infinities, which are centred alone."""
    cells = [cell for cell in column.cells if cell is not None and (cell.lead or "∞" not in cell.plain)]
    for font in FONTS:
        extents = [measure(Tex(cell.lead + cell.text + cell.tail), font) for cell in cells]
        assert [extent.notes for extent in extents if extent.notes] == []
        widths = [extent.width for extent in extents]
        assert column.alignment != "c" or max(widths, default=0) - min(widths, default=0) < 0.001


@pytest.mark.parametrize(
    ("values", "formats", "options", "alignment", "expected"),
    [
        ([9.78, None, 34.61], [], {"precision": 1}, "c", [r"\phantom{0}9.8", None, "34.6"]),
        ([-0.04, NAN, -12.0], [], {"precision": 1}, "c", [r"\phantom{$-$0}0.0", None, "$-$12.0"]),
        ([3, 12], [], {"precision": 1}, "c", [r"\phantom{0}3", "12"]),
        ([1.5, 12], [], {}, "c", [r"\phantom{0}1.5", r"12\phantom{.0}"]),
        ([1.5, math.inf, 10.5], [], {"precision": 1}, "c", [r"\phantom{0}1.5", r"$\infty$", "10.5"]),
        (["a_b", "c"], [], {"precision": 1}, "l", [r"a\_b", "c"]),
        ([1, 2.5], [".1f"], {}, "c", ["1.0", "2.5"]),
        ([0.123, 123.4], [".3g"], {}, "c", [r"\phantom{00}0.123", r"123\phantom{.000}"]),
        ([0.5, -0.25], ["+.0%"], {}, "c", [r"$+$50\%", r"$-$25\%"]),
        ([1234.0, 56.0], [",d"], {}, "c", ["1,234", r"\phantom{0,0}56"]),
        (
            [1.5e-5, -2e10],
            [".1e"],
            {},
            "c",
            [r"\phantom{$-$}1.5${}\times10^{-5\phantom{0}}$", r"$-$2.0${}\times10^{10\phantom{-}}$"],
        ),
        (
            [0.851, 12.0, 3.45],
            [".1%", "d", ".2f"],
            {},
            "c",
            [r"85.1\%\phantom{0}", r"12\phantom{.00\%}", r"\phantom{0}3.45\phantom{\%}"],
        ),
        (
            [0.5, -1.25, 1.0],
            [],
            {"precision": 2, "stars": ["*", "", "***"]},
            "c",
            [r"\phantom{$-$}0.50$^{*\phantom{**}}$", r"$-$1.25\phantom{$^{***}$}", r"\phantom{$-$}1.00$^{***}$"],
        ),
        (
            [0.5, 1.25],
            [],
            {"precision": 2, "stars": ["+", ""]},
            "c",
            [r"0.50\textsuperscript{+}", r"1.25\phantom{\textsuperscript{+}}"],
        ),
        (
            [1.0, 2.0, 3.0],
            [],
            {"precision": 0, "marks": ["a", "", "b"]},
            "c",
            [
                r"1\textsuperscript{a}\phantom{\textsuperscript{b}}",
                r"2\phantom{\textsuperscript{a}\textsuperscript{b}}",
                r"3\textsuperscript{b}\phantom{\textsuperscript{a}}",
            ],
        ),
        ([None, NAN], [".1f"], {}, "c", [None, None]),
        ([], [], {}, "c", []),
    ],
)  # fmt: skip
def test_columns(
    values: list[Any], formats: list[str], options: dict[str, Any], alignment: str, expected: list[str | None]
) -> None:
    column = print_texts(values, *formats, **options)
    assert (column.alignment, whole(column)) == (alignment, expected)
    assert_as_wide(column)


@pytest.mark.parametrize(
    ("text", "fields", "alignment", "expected", "expected_plains"),
    [
        (
            "{x:.1f} ± {std:.1f}",
            {"std": [0.21, 10.0, None]},
            "c",
            [
                r"\phantom{$-$0}1.0\pkpm{\phantom{0}0.2}",
                r"\phantom{$-$}20.0\pkpm{10.0}",
                r"\phantom{0}$-$3.0\phantom{\pkpm{00.0}}",
            ],
            ["1.0 ± 0.2", "20.0 ± 10.0", "−3.0"],
        ),
        (
            "{x:d}±{std}",
            {"std": [1, 2, 3]},
            "c",
            [r"\phantom{$-$0}1$\pm$1", r"\phantom{$-$}20$\pm$2", r"\phantom{0}$-$3$\pm$3"],
            ["1±1", "20±2", "−3±3"],
        ),
        (
            "{x:d} [{lo}, {hi}]",
            {"lo": [0, 10, None], "hi": [2, 30, 4]},
            "c",
            [
                r"\phantom{$-$0}1\ \phantom{0}{[}0,\ \phantom{0}2{]}",
                r"\phantom{$-$}20\ {[}10,\ 30{]}",
                r"\phantom{0}$-$3\phantom{\ {[}00,\ 00{]}}",
            ],
            ["1 [0, 2]", "20 [10, 30]", "−3"],
        ),
        (
            "({x:d} ± {std} ms)",
            {"std": [1, None, 3]},
            "c",
            [
                r"\phantom{$-$0}(1\pkpm{1}\ ms)",
                r"\phantom{$-$}(20\phantom{\pkpm{0}}\ ms)",
                r"\phantom{0}($-$3\pkpm{3}\ ms)",
            ],
            ["(1 ± 1 ms)", "(20 ms)", "(−3 ± 3 ms)"],
        ),
        (
            "{rank}. {x:d}",
            {"rank": [1, 10, None]},
            "c",
            [r"\phantom{0}1.\ \phantom{$-$0}1", r"10.\ \phantom{$-$}20", r"\phantom{00.\ }\phantom{0}$-$3"],
            ["1. 1", "10. 20", "−3"],
        ),
        (
            "{name}: {x:d}",
            {"name": ["a", "b&c", "d"]},
            "r",
            [r"a:\ \phantom{$-$0}1", r"b\&c:\ \phantom{$-$}20", r"d:\ \phantom{0}$-$3"],
            ["a: 1", "b&c: 20", "d: −3"],
        ),
        (
            "{x:d} {unit}",
            {"unit": ["s", "ms", "s"]},
            "l",
            [r"\phantom{$-$0}1\ s", r"\phantom{$-$}20\ ms", r"\phantom{0}$-$3\ s"],
            ["1 s", "20 ms", "−3 s"],
        ),
        (
            "{x:d}-{unit}",
            {"unit": ["-s", "ms", "s"]},
            "l",
            [r"\phantom{$-$0}1-\/-s", r"\phantom{$-$}20-ms", r"\phantom{0}$-$3-s"],
            ["1--s", "20-ms", "−3-s"],
        ),
        (
            "{x:d} ± {std}",
            {"std": [None, None, NAN]},
            "c",
            [r"\phantom{$-$0}1", r"\phantom{$-$}20", r"\phantom{0}$-$3"],
            ["1", "20", "−3"],
        ),
        (
            "{x:d} ± {std}",
            {"std": [math.inf, 1, 2]},
            "l",
            [r"\phantom{$-$0}1\pkpm{$\infty$}", r"\phantom{$-$}20\pkpm{1}", r"\phantom{0}$-$3\pkpm{2}"],
            ["1 ± ∞", "20 ± 1", "−3 ± 2"],
        ),
    ],
)  # fmt: skip
def test_templates_line_up(
    text: str, fields: dict[str, Sequence[Any]], alignment: str, expected: list[str], expected_plains: list[str]
) -> None:
    column = print_texts([1, 20, -3], text, fields=fields)
    assert (column.alignment, whole(column)) == (alignment, expected)
    assert plains(column) == expected_plains
    assert_as_wide(column)


def test_the_main_field_is_the_one_that_is_emphasised() -> None:
    column = print_texts([0.5], "{rank}. {x:.2%} ± {std}", fields={"rank": [3], "std": [1]}, stars=["*"], marks=["a"])
    (cell,) = column.cells
    assert cell == (
        r"50.00\%",
        "50.00%",
        r"3.\ ",
        "3. ",
        r"$^{*}$\pkpm{1}\textsuperscript{a}",
        "* ± 1ᵃ",
        0.5,
    )


def test_the_first_field_stands_in_for_the_metric() -> None:
    column = print_texts([1.0, 2.0], "{mean:.1f} ({n:d})", fields={"mean": [7.0, None], "n": [5.0, 6.0]})
    assert whole(column) == [r"7.0\ (5)", None]
    assert whole(print_texts([1.0, 2.0], "{mean:.1f}", fields={"mean": [7.0, None]})) == ["7.0", None]


def test_an_estimate_and_the_error_beneath_line_up() -> None:
    column = print_texts(
        [1.5, 1.5, -20.0, -20.0],
        *[".2f", "({se:.2f})"] * 2,
        fields={"se": [0.5, 0.5, 10.0, 10.0]},
        stars=["**", "", "", ""],
    )
    assert column.alignment == "c"
    assert whole(column) == [
        r"\phantom{(}\phantom{$-$0}1.50$^{**}$\phantom{)}",
        r"\phantom{$-$0}(0.50)\phantom{$^{**}$}",
        r"\phantom{(}$-$20.00\phantom{$^{**}$}\phantom{)}",
        r"\phantom{$-$}(10.00)\phantom{$^{**}$}",
    ]
    assert_as_wide(column)


def test_brackets_and_marks_hug_their_numbers() -> None:
    column = print_texts(
        [1.25, 20.0, 300.0],
        "{x:.3g} ({a:.2g}) [{b}]",
        fields={"a": [0.5, 10.0, 0.25], "b": [1, 10, None]},
        stars=["", "**", "*"],
    )
    assert whole(column) == [
        r"\phantom{00}1.25\phantom{$^{**}$}\ \phantom{0}(0.5)\phantom{0}\ \phantom{0}{[}1{]}",
        r"\phantom{0}20$^{**}$\phantom{.00}\ (10)\phantom{.00}\ {[}10{]}",
        r"300$^{*\phantom{*}}$\phantom{.00}\ \phantom{0}(0.25)\phantom{\ {[}00{]}}",
    ]
    assert_as_wide(column)
    marked = print_texts([1.0, 2.0], ".0f", stars=["*", ""], marks=["", "a"])
    assert whole(marked) == [r"1$^{*}$\phantom{\textsuperscript{a}}", r"2\textsuperscript{a}\phantom{$^{*}$}"]


def test_formats_that_cannot_line_up_are_centred_each_on_its_own() -> None:
    column = print_texts(
        [1.0, 22.0, 3.0, 4.0],
        *["{x:.0f} ± {std:d}", "{x:.0f} ± {std:d}", "{x:.1f} [{lo:d}]", "{x:.1f} [{lo:d}]"],
        fields={"std": [1, 2, 3, 4], "lo": [5, 10, 5, 10]},
    )
    assert column.alignment == "c"
    assert whole(column) == [r"\phantom{0}1\pkpm{1}", r"22\pkpm{2}", r"3.0\ \phantom{0}{[}5{]}", r"4.0\ {[}10{]}"]


def test_text_among_numbers_is_set_flush_left() -> None:
    column = print_texts([1.5, "n/a", True], ".1f")
    assert (column.alignment, whole(column)) == ("l", ["1.5", "n/a", "True"])
    assert [cell.value for cell in column.cells if cell is not None] == [1.5, None, None]


def test_stars_of_different_kinds_are_not_lined_up() -> None:
    column = print_texts([1.5, 2.5], ".1f", stars=["+", "**"])
    assert column.alignment == "l"


def test_the_text_is_escaped_by_row() -> None:
    rows = []

    def note(text: str, row: int) -> Tex:
        rows.append((text, row))
        return escape(text)

    print_column(["a", None, "b"], fields={}, escape=note, markup=markup)
    assert set(rows) == {("a", 0), ("b", 2)}


def test_fractions_under_a_format_of_whole_numbers() -> None:
    fields = {"n": [1.0, 2.5, 3.5, 2.5, None, 4.5, 5.5]}
    with pytest.raises(PaperkitError) as raised:
        print_texts([1] * 7, "{x} (n={n:,d})", fields=fields)
    assert str(raised.value) == (
        "the format ',d' prints whole numbers, but column 'n' has 2.5, 3.5, 4.5 and 1 more\n    ',.0f' rounds them"
    )


@pytest.mark.parametrize(
    ("uncertainties", "decimals"),
    [
        ([0.21, 0.34, 0.05], 1),
        ([0.02, 0.03], 2),
        ([0.096], 1),
        ([0.0949], 2),
        ([12.0, 30.0], 0),
        ([0.0, -1.0, math.inf, NAN, None, "0.1", True], None),
        ([0.0, 0.5], 1),
        ([1e-20], 12),
        ([], None),
    ],
)
def test_decimals_by_uncertainty(uncertainties: list[object], decimals: int | None) -> None:
    assert decimals_by_uncertainty(uncertainties) == decimals


VALUES = st.lists(
    st.none() | st.floats(-1e6, 1e6) | st.integers(-(10**6), 10**6) | st.sampled_from([NAN, -0.0, 1e-9]), max_size=12
)
FORMATS = st.sampled_from(
    [
        *[".2f", "+.1f", ".1%", ",.1f", ".3g", "#.3g", ".2e", "+", "+,.0f"],
        *["{x:.1f} ± {y:.1f}", "{x} ({y:,.0f})", "{x:.2f} [{y}, {z:.1%}]", "{y:+.1f} / {x:.3g}", "({x:.2e}) {y}"],
    ]
)


@given(st.data(), VALUES, FORMATS, st.none() | st.integers(0, 3), st.booleans())
def test_all_cells_are_as_wide_and_show_their_plain_text(
    data: st.DataObject, values: list[float | None], text: str, precision: int | None, has_stars: bool
) -> None:
    count = len(values)
    others = {
        name: data.draw(st.lists(st.none() | st.floats(-1e5, 1e5), min_size=count, max_size=count)) for name in "yz"
    }
    marks = {
        "stars": data.draw(st.lists(st.sampled_from(["", "*", "**"]), min_size=count, max_size=count)),
        "marks": data.draw(st.lists(st.sampled_from(["", "a", "b"]), min_size=count, max_size=count)),
    }
    column = print_texts(values, text, fields=others, precision=precision, **(marks if has_stars else {}))
    assert [cell is None for cell in column.cells] == [value is None or math.isnan(value) for value in values]
    assert column.alignment == "c"
    for tex, plain in zip(whole(column), plains(column), strict=True):
        assert (tex is None) == (plain is None)
        assert tex is None or visible(tex) == plain
    assert_as_wide(column)


@given(st.lists(st.none() | st.floats(-1e9, 1e9), min_size=1, max_size=12), st.integers(0, 5))
def test_the_quick_way_prints_what_the_other_prints(values: list[float | None], precision: int) -> None:
    quick = print_texts(values, precision=precision)
    # A format of its own for each row takes the long way.
    forms = [parse_format(f".{precision}f", f"x{row}") for row in range(len(values))]
    slow = print_column(values, fields={}, formats=forms, escape=lambda text, _: escape(text), markup=markup)
    assert (quick.alignment, quick.cells) == (slow.alignment, slow.cells)
    for value, cell in zip(values, quick.cells, strict=True):
        if value is not None:
            assert cell is not None
            rounded = Decimal(value).quantize(Decimal(1).scaleb(-precision), rounding=ROUND_HALF_EVEN)
            assert cell.value == float(rounded)
            assert "−0" not in cell.plain or float(rounded) < 0
