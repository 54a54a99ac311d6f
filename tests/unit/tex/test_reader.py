"""TeX read as text: what `escape` wrote comes back, and nobody's TeX makes it raise."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.errors import PaperkitError
from paperkit.tex.reader import Reading, definitions, read, uncommented
from paperkit.tex.symbols import LETTERS, MATHS, TEXT
from paperkit.tex.text import escape

# What prints as another character, as TeX has one glyph for both; and spaces, of which one is read.
ALIKE = str.maketrans({"’": "'", "”": '"', "µ": "μ", "\u2010": "-", "\u2011": "-", "⋅": "·", "∆": "Δ", "ο": "o"})
ALIKE |= str.maketrans(dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧ", "ABEZHIKMNOPTX", strict=True)))
SPACES = "\u00a0\u2009\u202f\u2002\u2003\u2007"
# An ordinal is a raised letter, a sign of trade two.
RAISED = {"ª": "ᵃ", "º": "ᵒ", "™": "TM"}
PRINTED = sorted({*LETTERS, *MATHS, *TEXT, *map(chr, range(32, 127))} - {*SPACES, *RAISED})


def alike(text: str) -> str:
    shown = unicodedata.normalize("NFC", text).translate(ALIKE)
    return " ".join(shown.split())


@given(st.text(st.sampled_from(PRINTED)) | st.text(st.characters(max_codepoint=0x24F, exclude_categories=["C"])))
def test_what_was_escaped_is_read_again(text: str) -> None:
    try:
        tex = escape(text, encoding="T1")
    except PaperkitError:
        return
    if not set(text) & {*SPACES, *RAISED}:
        assert alike(read(tex).text) == alike(text)


@pytest.mark.parametrize("character", PRINTED)
def test_every_character_by_itself(character: str) -> None:
    assert alike(read(escape(f"a{character}b", encoding="T1")).text) == alike(f"a{character}b")


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\pkdigit{}$-$3.0", "−3.0"),
        (r"\phantom{$-$0}\pkbest{1.5}\pkpm{\pkdigit{}0.2}", "1.5 ± 0.2"),
        (r"1.5${}\times10^{-5\phantom{0}}$", "1.5×10⁻⁵"),
        (r"0.1$^{**\phantom{*}}$\textsuperscript{a}", "0.1**ᵃ"),
        (r"\pkturned{Last layer\\(CLS, linear)}", "Last layer\n(CLS, linear)"),
        (r"\multicolumn{2}{c}{ViT~\,S}", "ViT S"),
        (r"$R^2 \geq \frac{1}{2}$ \textbf{\"{o} \'{\i}}", "R² ≥ ½ ö í".replace(" ≥ ", "≥")),
        (r"5.1\,$\pm$\,0.2", "5.1 ± 0.2"),
        (r"\citep[p.~3]{me} \foo", r"\citep[p.~3]{me} \foo"),
        (r"$-$\textcolor[HTML]{FF0000}{7} \kern-0.2pt\hspace*{2pt}", "−7"),
    ],
)
def test_tex_of_ours_and_of_people(tex: str, text: str) -> None:
    assert read(tex).text == text


def test_colours_and_emphasis() -> None:
    found = read(r"\cellcolor{pkReds255}\color{white}\pkbest{\textit{97.05}}")
    emphasis = frozenset({"best", "italic"})
    assert found == Reading(text="97.05", fill="pkReds255", ink="white", emphasis=emphasis)


def test_comments_and_definitions() -> None:
    tex = uncommented("\\newcommand{\\a}{1\\%}% one\n\\renewcommand\\b[1][x]{#1}\r\n5\\\\%\n  6")
    assert definitions(tex) == ((("a", "1\\%"), ("b", "#1")), "\n5\\\\6")


@given(st.text() | st.text(alphabet="\\{}$^_ab~[]&%"))
def test_nothing_makes_it_raise(tex: str) -> None:
    assert isinstance(read(tex).text, str)
    assert isinstance(definitions(uncommented(tex)), tuple)


def test_deep_braces_end() -> None:
    assert isinstance(read("{" * 5000 + "x" + "}" * 5000).text, str)
