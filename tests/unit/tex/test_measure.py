"""Measured sizes against published values, without TeX; LaTeX's own sizes are in `tests/tex/test_metrics.py`."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.style.venue import load_venue, venue_names
from paperkit.tex.metrics import Extent, Font, baseline_skip, measure
from paperkit.tex.symbols import LETTERS, MATHS, SPECIAL, TEXT
from paperkit.tex.text import Tex, escape, markup, number

CMR10 = Font(family="cmr", size=10.0)
LISTED = "".join([*map(chr, range(0x20, 0x7F)), *SPECIAL, *TEXT, *MATHS, *LETTERS])


def width(text: str, font: Font = CMR10) -> float:
    return measure(Tex(text), font).width


# Computer Modern Typefaces (Knuth 1986) and `tftopl cmr10`; Adobe's AFM files for Times and Courier.
@pytest.mark.parametrize(
    ("text", "font", "expected"),
    [
        ("A", CMR10, 7.50002),
        ("0", CMR10, 5.00002),
        ("M", CMR10, 9.16669),
        ("---", CMR10, 10.00002),
        ("0", Font(family="cmr", size=10.0, series="b"), 5.00002),
        ("0", Font(family="cmr", size=10.0, series="bx"), 5.74998),
        ("0", Font(family="cmtt", size=10.0), 5.24996),
        ("A", Font(family="ptm", size=10.0), 7.22),
        ("0", Font(family="ptm", size=10.0, series="b"), 5.0),
        ("i", Font(family="pcr", size=10.0), 6.0),
        ("$-$", CMR10, 7.77780),
        ("ff", CMR10, 5.83336),
        ("$x$", CMR10, 5.71530),
        (r"$\alpha$", CMR10, 6.39702 + 0.0037 * 10),
    ],
)
def test_published_widths(text: str, font: Font, expected: float) -> None:
    assert width(text, font) == pytest.approx(expected, abs=5e-5)


def test_a_bold_number_is_as_wide_as_a_medium_one() -> None:
    bold = Font(family="cmr", size=10.0, series="b")
    assert measure(number("-81.0"), bold).width == pytest.approx(measure(number("-81.0"), CMR10).width, abs=1e-4)


def test_kerns_and_ligatures_count() -> None:
    assert width("AV") == pytest.approx(width("A") + width("V") - 1.11112, abs=2e-5)
    assert width("A{}V") == pytest.approx(width("A") + width("V"), abs=1e-9)
    assert width("f{}i") == pytest.approx(width("f") + width("i"), abs=1e-9)
    assert width("fi") == pytest.approx(5.55557, abs=2e-5)


def test_the_space_after_a_sentence_is_wider() -> None:
    plain = width("a b") - width("a") - width("b")
    sentence = width("a. b") - width("a.") - width("b")
    assert plain == pytest.approx(3.33333, abs=2e-5)
    assert sentence == pytest.approx(3.33333 + 1.11111, abs=3e-5)
    assert width("A. b") - width("A.") - width("b") == pytest.approx(plain, abs=1e-9)


def test_height_and_depth() -> None:
    assert measure(Tex("A"), CMR10).height == pytest.approx(6.83332, abs=2e-5)
    assert measure(Tex("p"), CMR10).depth == pytest.approx(1.94444, abs=2e-5)
    assert measure(Tex(""), CMR10) == Extent(width=0.0, height=0.0, depth=0.0)


# LaTeX's Computer Modern exists at its declared sizes only; the nearest one is used, the smaller of two.
@pytest.mark.parametrize(
    ("asked", "used"), [(8.33, 8.0), (7.5, 7.0), (6.5, 6.0), (11.0, 10.95), (4.0, 5.0), (100.0, 17.28)]
)
def test_cm_sizes_snap(asked: float, used: float) -> None:
    assert measure(Tex("Last layer"), Font(size=asked)) == measure(Tex("Last layer"), Font(size=used))


def test_times_scales_freely() -> None:
    assert width("Last layer", Font(family="ptm", size=8.33)) == pytest.approx(
        0.833 * width("Last layer", Font(family="ptm", size=10.0))
    )


def test_maths_in_times_is_computer_modern() -> None:
    assert measure(markup("$x^2$"), Font(family="ptm", size=9.0)) == measure(markup("$x^2$"), Font(size=9.0))


@pytest.mark.parametrize(
    ("font", "notes"),
    [
        (CMR10, ()),
        (Font(family="xyz"), ("no metrics for the font family 'xyz' in OT1, measured as 'cmr'",)),
        (Font(family="xyz", encoding="T1"), ("no metrics for the font family 'xyz' in T1, measured as 'lmr'",)),
        (Font(family="txr"), ("no metrics for the font family 'txr' in OT1, measured as 'ptm'",)),
        (
            Font(family="lmr", encoding="TU"),
            ("no metrics for the font encoding 'TU', measured as 'T1'",),
        ),
        (Font(family="cmss", series="b"), ("no series 'b' in OT1/cmss, measured as 'm'",)),
    ],
)
def test_a_substituted_font_is_noted(font: Font, notes: tuple[str, ...]) -> None:
    assert measure(Tex("x"), font).notes == notes


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        (r"\unknown{x}", ("'\\unknown' is not known, measured as nothing",)),
        (r"$\unknown{x}$", ("'\\unknown' is not known in maths, measured as nothing",)),
        (r"$\mathfrak{R}$", ("'\\mathfrak' is measured as '\\mathrm'",)),
        ("日", ("no metrics for '日' in the font family 'cmr', measured as 0.75 em",)),
    ],
)
def test_what_is_approximated_is_noted(text: str, notes: tuple[str, ...]) -> None:
    assert measure(Tex(text), CMR10).notes == notes


@given(st.text(alphabet=LISTED), st.sampled_from(["cmr", "cmss", "cmtt", "ptm", "phv", "pcr"]))
def test_escaped_text_is_measured_without_notes(text: str, family: str) -> None:
    extent = measure(escape(text), Font(family=family, size=9.0))
    assert extent.notes == ()
    assert extent.width >= 0
    assert extent.width > 0 or text == ""


@given(st.text())
def test_no_text_makes_measuring_fail(text: str) -> None:
    assert measure(Tex(text), CMR10).width == measure(Tex(text), CMR10).width


PIECES = (
    "x",
    "1",
    "{",
    "}",
    "^",
    "_",
    "'",
    "$",
    "[",
    "]",
    "+",
    "=",
    " ",
    "~",
    "\\frac",
    "\\sqrt",
    "\\left",
    "\\right",
    "(",
    ")",
    ".",
    "\\hat",
    "\\mathrm",
    "\\sum",
    "\\limits",
    "\\displaystyle",
    "\\overline",
    "\\mbox",
    "\\text",
    "\\textsuperscript",
    "\\big",
    "\\bigl",
    "\\binom",
    "\\mkern",
    "3mu",
    "\\max",
    "\\int",
    "\\",
    "\\(",
    "\\)",
    "\\ ",
    "\\,",
    "\\/",
    "&",
    "#",
    "\\x",
)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.booleans())
def test_no_formula_makes_measuring_fail(body: str, inside: bool) -> None:
    extent = measure(Tex(f"${body}$" if inside else body), CMR10)
    assert extent.height >= 0


def test_baseline_skip() -> None:
    assert [baseline_skip(size) for size in (7, 8, 9, 10, 10.95)] == [8.0, 9.5, 11.0, 12.0, 13.6]
    assert baseline_skip(8.5) == pytest.approx(10.2)


def test_importing_is_cheap() -> None:
    program = (
        "import sys; import paperkit.tex.metrics, paperkit.tex.text, paperkit.tex.lengths;"
        "heavy = {'numpy', 'pandas', 'matplotlib', 'fontTools'} & set(sys.modules); assert not heavy, heavy;"
        "from paperkit.tex.fonts import read_data; assert read_data.cache_info().currsize == 0"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("name", venue_names())
def test_every_venue_has_metrics_but_those_of_txfonts(name: str) -> None:
    venue = load_venue(name)
    notes = [measure(Tex("A"), Font(family=venue.family, encoding=venue.encoding, size=8.0)).notes]
    expected = ("no metrics for the font family 'txr' in OT1, measured as 'ptm'",) if venue.family == "txr" else ()
    assert notes == [expected]
