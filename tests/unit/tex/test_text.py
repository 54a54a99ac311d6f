"""Plain text, manifest text and numbers as TeX; the engines' own verdict is in `tests/tex/test_escape.py`."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.errors import PaperkitError
from paperkit.tex.symbols import LETTERS, MATHS, SPECIAL, T1_LETTERS, TEXT
from paperkit.tex.text import Tex, UnprintableError, escape, join, lines, markup, number

LISTED = "".join([*map(chr, range(0x20, 0x7F)), *SPECIAL, *TEXT, *MATHS, *LETTERS])
# What TeX may read in escaped text: control symbols, control words, a formula, a group, plain characters.
TEX_TOKEN = re.compile(r"\\[&%$#_{}/ ,`'^~=.\"]|\\[A-Za-z]+|\$[^$]+\$|[{}]|[^&%$#_{}~^\\<>|\"`]|~")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("R&D_50% #1 {x}", r"R\&D\_50\% \#1 \{x\}"),
        ("a~b^c\\d", r"a\textasciitilde{}b\textasciicircum{}c\textbackslash{}d"),
        ("<a|b>", r"\textless{}a\textbar{}b\textgreater{}"),
        ("[2pt]*", "{[}2pt{]}{*}"),
        ("-5 – a--b---c", r"-5 \textendash{} a-\/-b-\/-\/-c"),
        ("''x``", r"'\/'x\textasciigrave{}\textasciigrave{}"),
        ('say "it’s"', r"say \textquotedblright{}it's\textquotedblright{}"),
        ("−3.5 ± 0.1", r"$-$3.5 $\pm$ 0.1"),
        ("Δα ≥ 10 µm", r"$\Delta$$\alpha$ $\geq$ 10 $\mu$m"),
        (
            "x² ↑ ★ ✓",
            r"x\textsuperscript{2} $\uparrow$ {\usefont{U}{pzd}{m}{n}\char72} {\usefont{U}{pzd}{m}{n}\char51}",
        ),
        ("Åse Müller", "Åse Müller"),
        ("A\u030ase", "Åse"),
        ("x\u0304 q\u0307 5\u0302", r"\={x} \.{q} \^{5}"),
        ("ṣ ḏ ị i\u030a j\u0304", r"\d{s} \b{d} \d{i} \r{\i} \={\j}"),
        ("ṣ\u0304 e\u0323\u0301", r"\d{\={s}} \d{\'{e}}"),
        ("β\u0302 ά", r"$\hat{\beta}$ $\acute{\alpha}$"),
        ("≢ ⅜ ‰", r"$\not\equiv$ $\frac{3}{8}$ \textperthousand{}"),
        ("!‘ ?‘", r"!\/\textquoteleft{} ?\/\textquoteleft{}"),
        ("-\u2010-", r"-\/-\/-"),
        ("  two  ends ", r"\ \ two \ ends\ "),
        ("", ""),
    ],
)
def test_escape(text: str, expected: str) -> None:
    assert escape(text) == expected


def test_escape_gives_tex() -> None:
    assert isinstance(escape("x"), Tex)


def test_unprintable_characters_are_all_named() -> None:
    with pytest.raises(UnprintableError) as caught:
        escape("a😀b\x07😀")
    hint = "    replace it in the data, or give the value a label in the manifest"
    assert str(caught.value) == (
        f"'😀' (U+1F600 GRINNING FACE) cannot be typeset by pdfLaTeX\n{hint}\n"
        "'\\x07' (U+0007, a control character) cannot be typeset by pdfLaTeX\n"
        "    it is invisible: remove it from the text, or in `derive` with \"replace(x, '\\u0007', '')\""
    )


def test_unprintable_error_goes_under_a_path() -> None:
    with pytest.raises(UnprintableError) as caught:
        escape("漢")
    problem = caught.value.under(("table", "main")).problems[0]
    assert problem.path == ("table", "main")
    assert problem.message == "'漢' (U+6F22 CJK UNIFIED IDEOGRAPH-6F22) cannot be typeset by pdfLaTeX"


def test_some_letters_need_a_t1_font() -> None:
    assert escape("Wałęsa", encoding="T1") == "Wałęsa"
    with pytest.raises(UnprintableError) as caught:
        escape("Wałęsa")
    assert str(caught.value) == (
        "'ę' (U+0119 LATIN SMALL LETTER E WITH OGONEK) cannot be typeset by pdfLaTeX in the font encoding OT1\n"
        r"    load \usepackage[T1]{fontenc} in the paper and use a T1 font, or replace it"
    )


INVISIBLE = "    it is invisible: remove it from the text, or in `derive` with \"replace(x, '{}', '')\""
ELSE = "    replace it in the data, or give the value a label in the manifest"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("a\u200db", "'\\u200d' (U+200D ZERO WIDTH JOINER)", INVISIBLE.format("\\u200d")),
        ("✓\ufe0f", "'\ufe0f' (U+FE0F VARIATION SELECTOR-16)", INVISIBLE.format("\\ufe0f")),
        ("\u202eabc", "'\\u202e' (U+202E RIGHT-TO-LEFT OVERRIDE)", INVISIBLE.format("\\u202e")),
        ("\U000e0061", "'\\U000e0061' (U+E0061 TAG LATIN SMALL LETTER A)", INVISIBLE.format("\\U000e0061")),
        ("a\tb", "'\\t' (U+0009, a control character)", INVISIBLE.format("\\u0009")),
        (
            "\ud83d",
            "'\\ud83d' (U+D83D, half of a surrogate pair)",
            "    the text was decoded wrongly: write the data anew as UTF-8",
        ),
        ("\ue000", "'\\ue000' (U+E000, for private use)", ELSE),
        ("\u0378", "'\\u0378' (U+0378, not assigned)", ELSE),
        (
            "Ж",
            "'Ж' (U+0416 CYRILLIC CAPITAL LETTER ZHE)",
            "    LaTeX's default fonts have no Cyrillic: transliterate it, or give the value a label in the manifest",
        ),
        ("e\u0348", "'◌\u0348' (U+0348 COMBINING DOUBLE VERTICAL LINE BELOW)", ELSE),
        ("漢\u0304", "'漢' (U+6F22 CJK UNIFIED IDEOGRAPH-6F22)", ELSE),
        ("\u0304x", "'◌\u0304' (U+0304 COMBINING MACRON)", ELSE),
        (
            "€\u0304",
            "'€\u0304' (U+20AC EURO SIGN + U+0304 COMBINING MACRON)",
            ELSE,
        ),
        ("ế", "'ế' (U+1EBF LATIN SMALL LETTER E WITH CIRCUMFLEX AND ACUTE)", ELSE),
        ("i\u0307", "'i\u0307' (U+0069 LATIN SMALL LETTER I + U+0307 COMBINING DOT ABOVE)", ELSE),
    ],
)
def test_what_cannot_be_printed_is_named(text: str, message: str, hint: str) -> None:
    with pytest.raises(UnprintableError) as caught:
        escape(text)
    assert str(caught.value) == f"{message} cannot be typeset by pdfLaTeX\n{hint}"


@pytest.mark.parametrize("text", ["\t", "\n", "\r", "\u200b", "\ufeff", "\ud800", "e\u0348", "日本", "→\u0000"])
def test_control_characters_are_unprintable(text: str) -> None:
    with pytest.raises(UnprintableError):
        escape(text)


@given(st.text())
def test_escape_raises_nothing_but_unprintable(text: str) -> None:
    with suppress(UnprintableError):
        assert_plain(escape(text))


@given(st.text(alphabet=LISTED))
def test_listed_characters_are_always_printable(text: str) -> None:
    assert_plain(escape(text))


@given(st.text(alphabet=LISTED + "".join(T1_LETTERS)))
def test_t1_letters_are_printable_in_t1(text: str) -> None:
    assert_plain(escape(text, encoding="T1"))


@given(st.text(alphabet=st.characters(categories=["L", "N"], max_codepoint=0x7F), min_size=1))
def test_letters_and_digits_stay(text: str) -> None:
    assert escape(text) == text


@given(st.text(alphabet=LISTED.replace("$", "").replace("\\", "")))
def test_markup_without_dollars_is_escape(text: str) -> None:
    assert markup(text) == escape(text)


@given(st.text(alphabet="$\\{} a1%_^α"))
def test_markup_gives_balanced_tex_or_a_problem(text: str) -> None:
    with suppress(PaperkitError):
        found = markup(text)
        assert depth_of(found) == 0
        assert found.replace(r"\\", "").replace(r"\$", "").count("$") % 2 == 0


def assert_plain(tex: Tex) -> None:
    position = 0
    while position < len(tex):
        token = TEX_TOKEN.match(tex, position)
        assert token is not None, f"a bare {tex[position]!r} in {tex!r}"
        position = token.end()
    assert depth_of(tex) == 0
    assert unicodedata.is_normalized("NFC", tex)


def depth_of(tex: str) -> int:
    depth = 0
    for token in re.findall(r"\\.|[{}]", tex, flags=re.DOTALL):
        depth += {"{": 1, "}": -1}.get(token, 0)
        assert depth >= 0
    return depth


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$R^2$ of A&B", r"$R^2$ of A\&B"),
        ("$5 and $6", r"\$5 and \$6"),
        ("$5-$6", r"\$5-\$6"),
        ("$ x$", r"\$ x\$"),
        ("$x $", r"\$x \$"),
        ("$$", r"\$\$"),
        (r"\$x\$", r"\$x\$"),
        (r"$a\$b$", r"$a\$b$"),
        ("a $x$ b", "a $x$ b"),
        ("$α ≤ β$", r"${\alpha} {\leq} {\beta}$"),
        ("$−1$", "$-1$"),
        ("$50%$", r"$50\%$"),
        ("$✓_1$", r"$\mbox{\usefont{U}{pzd}{m}{n}\char51}_1$"),
        (r"$\frac{a}{b}$, $\mathrm{x}$", r"$\frac{a}{b}$, $\mathrm{x}$"),
        ("no maths: α", r"no maths: $\alpha$"),
    ],
)
def test_markup(text: str, expected: str) -> None:
    assert markup(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("$x_{i$", "'{' without '}' in the formula '$x_{i$'"),
        ("$x}$", "'}' without '{' in the formula '$x}$'"),
    ],
)
def test_markup_with_unbalanced_braces(text: str, message: str) -> None:
    with pytest.raises(PaperkitError) as caught:
        markup(text)
    assert str(caught.value) == f"{message}\n    a dollar that is meant as a dollar is written '\\$'"


def test_markup_reports_every_problem() -> None:
    with pytest.raises(PaperkitError) as caught:
        markup("😀 $x_{$ $漢$")
    assert [problem.message for problem in caught.value.problems] == [
        "'😀' (U+1F600 GRINNING FACE) cannot be typeset by pdfLaTeX",
        "'{' without '}' in the formula '$x_{$'",
        "'漢' (U+6F22 CJK UNIFIED IDEOGRAPH-6F22) cannot be typeset by pdfLaTeX",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-3.5", "$-$3.5"),
        ("−3.5", "$-$3.5"),
        ("3.5", "3.5"),
        ("+3.5", "+3.5"),
        ("1e-05", "1e$-$05"),
        ("-1.5e-05", "$-$1.5e$-$05"),
        ("12%", r"12\%"),
        ("1,234", "1,234"),
        ("nan", "nan"),
        ("", ""),
    ],
)
def test_number(text: str, expected: str) -> None:
    assert number(text) == expected


@given(st.floats())
def test_a_formatted_float_has_no_hyphen(value: float) -> None:
    assert "-" not in number(f"{value:.3e}").replace("$-$", "")


def test_lines() -> None:
    assert lines("Last layer\n(CLS, linear)") == ("Last layer", "(CLS, linear)")
    assert lines("a\r\nb\n") == ("a", "b", "")
    assert lines("") == ("",)


def test_join() -> None:
    assert join([escape("a&b"), escape("c")], r" \\ ") == r"a\&b \\ c"
