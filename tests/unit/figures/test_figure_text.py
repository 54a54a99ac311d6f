from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.text import Text

from paperkit import figures
from paperkit.errors import PaperkitError
from paperkit.figures.pdf import to_pdf
from paperkit.figures.preview import to_png
from paperkit.figures.text import literal, marked, to_tex
from paperkit.style.venue import load_venue
from paperkit.tex.text import escape, markup
from tests.unit.figures.figure_cases import asset, frame, labels

SPECIAL = r"\$&%#_{}~^<>|'\"`-[]@*= aé−α"


def through_matplotlib(text: str) -> str:
    """Return the TeX of a text as renderers get it: after matplotlib has looked for maths."""
    artist: Any = Text(0, 0, text)
    line, is_math = artist._preprocess_math(text)
    return to_tex(line, is_math=bool(is_math))


@given(st.text(SPECIAL, max_size=30))
def test_data_text_never_becomes_maths_or_a_command(text: str) -> None:
    one_line = " ".join(text.split())
    assert through_matplotlib(literal(text)) == escape(one_line)


@given(st.text(SPECIAL, max_size=30))
def test_manifest_text_means_what_it_means_in_tables(text: str) -> None:
    try:
        expected: str = markup(text)
    except PaperkitError:
        with pytest.raises(PaperkitError):
            through_matplotlib(marked(text))
        return
    # An italic correction between two quotes is missing where a formula ends; it has no width.
    assert through_matplotlib(marked(text)).replace("\\/", "") == expected.replace("\\/", "")


@pytest.mark.parametrize(
    ("line", "is_math", "expected"),
    [
        ("\N{MINUS SIGN}0.5", False, "$-$0.5"),
        (r"$\mathdefault{−2.5}$", True, "$-$2.5"),
        (r"$\mathdefault{10^{3}}$", True, r"10\textsuperscript{3}"),
        (r"$\mathdefault{10^{−1}}$", True, r"10\textsuperscript{$-$1}"),
        (r"$\mathdefault{2\times10^{1}}$", True, r"$2\times10^{1}$"),
        (r"50 % of $n^2$", True, r"50 \% of $n^2$"),
        (r"\$5 for $x$", True, r"\$5 for $x$"),
        ("$5", False, r"\$5"),
        ("R&D_1", False, r"R\&D\_1"),
    ],
)
def test_figure_text_becomes_tex(line: str, is_math: bool, expected: str) -> None:
    assert to_tex(line, is_math=is_math) == expected


def test_line_breaks_of_data_become_spaces() -> None:
    assert literal("a\n\tb\r\nc") == "a b c"


def test_a_letter_of_t1_needs_t1() -> None:
    assert to_tex("ę", is_math=False, encoding="T1")
    with pytest.raises(PaperkitError):
        to_tex("ę", is_math=False)


@pytest.mark.parametrize("name", ["nature", "article", "icml2026"])
@pytest.mark.parametrize("write", [to_pdf, to_png])
def test_every_bundled_font_has_a_minus(name: str, write: Any, caplog: pytest.LogCaptureFixture) -> None:
    rows = [{"x": x, "y": y} for x, y in ((-0.4, 0.001), (0.3, 0.1), (0.1, 3.0))]
    panel = {"mark": "scatter", "x": "x", "y": "y", "axes": {"yscale": "log"}}
    made = figures.compile(asset(panel), {"runs": frame(rows)}, labels(), load_venue(name))
    write(made)
    assert [record.getMessage() for record in caplog.records if "glyph" in record.getMessage()] == []
