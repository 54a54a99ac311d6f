"""Ten thousand arbitrary texts through cells, stubs, heads, captions and notes, and back out of the PDF."""

from __future__ import annotations

import re
import string
import subprocess
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from paperkit.tex.symbols import DINGBATS, LETTERS, MATHS, T1_LETTERS, TEXT
from paperkit.tex.text import Tex, UnprintableError, escape, markup

pytestmark = pytest.mark.tex

COUNT = 10_000
ENGINES = ("pdflatex-OT1", "pdflatex-T1", "lualatex-TU")
MARKER = re.compile(r"QZ(\d+)ZQ")

# What would do something if any of it reached TeX as a command: write a file, stop the run, run a macro, end a row.
TRAPS = (
    r"\input{trap}", r"\include{trap}", r"\trap", r"\write18{touch trapped}", r"\immediate\write18{touch trapped}",
    r"\immediate\openout\trapfile=trapped", r"\directlua{os.exit(1)}", "^^5ctrap", "^^5cinput trap", "^^^^005ctrap",
    r"\catcode`\%=12", "$\\trap$", "\\csname trap\\endcsname", "\\def\\escape{}", "\\end{document}", "\\endinput",
    r"\\[5pt]", r"\\*", "&", "&&", r"\cr", r"\end{tabular}", "%", "%\n", "{", "}", "{}", "}{", r"\{", "#1", "##", "~",
    "\\", "\\ ", "\\par", "\\verb|x|", "\\ifx", "\\fi", "\\expandafter\\trap", "\\[trap\\]", "\\(\\trap\\)", "$$", "$",
    "''", "``x''", "---", "?`", "!`", "<<>>", ",,", "[", "]", "*", "[t]", "*{3}{c}", "@{}", "fi fl ff ffi ffl",
    "\x1bE", "\x00",
)  # fmt: skip
ACCENTS = "".join(map(chr, (*range(0x300, 0x30D), 0x323, 0x327, 0x328, 0x331, 0x338)))
TYPED = string.ascii_letters + string.digits + string.punctuation + " "
LISTED = "".join(sorted({*TYPED, *TEXT, *MATHS, *LETTERS, *T1_LETTERS}))


def block(first: int, last: int) -> st.SearchStrategy[str]:
    return st.characters(min_codepoint=first, max_codepoint=last, exclude_categories=())


def accented(letters: str) -> st.SearchStrategy[str]:
    return st.builds(str.__add__, st.sampled_from(letters), st.text(ACCENTS, min_size=1, max_size=2))


CHARACTERS = (
    st.sampled_from(TYPED),
    st.sampled_from(string.punctuation + " "),
    st.sampled_from(LISTED),
    st.sampled_from(LISTED),
    st.one_of(block(0x20, 0x7E), block(0xA0, 0xFF)),
    st.one_of(block(0x20, 0x7E), block(0x100, 0x24F), block(0x1E00, 0x1EFF)),
    st.one_of(accented(string.ascii_letters + string.digits), st.sampled_from(TYPED)),
    st.one_of(accented("αβγθμσωΔΩ"), block(0x370, 0x3FF), st.sampled_from(TYPED)),
    st.one_of(block(0x400, 0x45F), st.sampled_from(TYPED)),
    st.one_of(block(0x2010, 0x2BFF), st.sampled_from(TYPED)),
    st.one_of(block(0x1F300, 0x1FAFF), st.sampled_from(["\u200d", "\ufe0f", "✓"]), st.sampled_from(TYPED)),
    st.one_of(block(0x00, 0x1F), block(0x7F, 0xA0), block(0x2000, 0x206F), st.sampled_from(TYPED)),
    block(0, 0x10FFFF),
)
WORDS = st.one_of(*(st.lists(characters, min_size=1, max_size=10).map("".join) for characters in CHARACTERS))
TRAPPED = st.builds("{}{}{}".format, st.text(TYPED, max_size=2), st.sampled_from(TRAPS), st.text(TYPED, max_size=2))
TEXTS = st.one_of(*[WORDS] * 7, TRAPPED)


@pytest.fixture(scope="module")
def texts() -> tuple[str, ...]:
    """Return the traps and texts drawn by hypothesis: other ones in every run, but the same ones where CI is set."""
    found: dict[str, None] = dict.fromkeys(TRAPS)

    # A list holds few enough choices for one example; copies among the examples do not count, so that more are drawn.
    @settings(
        max_examples=COUNT // 100 * 3 // 2,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(TEXTS, min_size=100, max_size=100, unique=True))
    def draw(batch: list[str]) -> None:
        found.update(dict.fromkeys(batch))

    draw()
    drawn = tuple(found)[:COUNT]
    assert len(drawn) == COUNT
    return drawn


def printable(text: str, encoding: str) -> tuple[str, Tex]:
    """Return the text, or what is left of it without the characters that `escape` refuses and names."""
    rest = unicodedata.normalize("NFC", text)
    while True:
        try:
            return rest, escape(rest, encoding=encoding)
        except UnprintableError as error:
            shorter = rest
            for problem in error.problems:
                named = "".join(chr(int(code, 16)) for code in re.findall(r"U\+([0-9A-F]{4,6})\b", problem.message))
                assert named in rest, problem.message
                assert all(unicodedata.name(character, "") in problem.message for character in named)
                assert problem.hint
                shorter = shorter.replace(named, "")
            assert len(shorter) < len(rest)
            # Without its letter, a mark stands behind another one.
            rest = unicodedata.normalize("NFC", shorter)


# As the table writer makes them. Each text is followed by its marker, in a cell of its own.
CELLS = (
    "{}", "{}", r"\cellcolor{{shade}}{}", r"\cellcolor{{shade}}\color{{white}}{}", r"\multicolumn{{1}}{{c}}{{{}}}",
    r"\multicolumn{{1}}{{c@{{}}}}{{{}}}", r"\cellcolor{{shade}}\pkbest{{{}}}", r"\pklines{{l}}{{\\{}}}",
)  # fmt: skip
PAGE = 40
PREAMBLE = r"""\usepackage{booktabs}\usepackage{xcolor}\usepackage{colortbl}
\definecolor{shade}{HTML}{336699}
\usepackage[paperwidth=150cm,paperheight=60cm,margin=1cm]{geometry}
\pagestyle{empty}\parindent=0pt
\newcommand{\pkbest}[1]{{\fontseries{b}\selectfont #1}}
\newcommand{\pklines}[2]{\begin{tabular}[b]{@{}#1@{}}#2\end{tabular}}
\newwrite\trapfile
\newcommand{\trap}{\immediate\openout\trapfile=trapped.txt \errmessage{A text was executed}}
\begin{document}\makeatletter\def\@captype{table}\makeatother
"""


def in_context(tex: Tex, index: int, kind: str) -> str:
    """Return a text where a paper has it, followed by its marker."""
    if kind == "note":
        return rf"\begin{{tabular}}{{p{{20cm}}l}}{tex} & QZ{index}ZQ\end{{tabular}}\par"
    return rf"\caption{{{tex}}}\bigskip QZ{index}ZQ\par"


def tables(texts: Sequence[Tex]) -> list[str]:
    cells = [rf"{CELLS[index % len(CELLS)].format(tex)} & QZ{index}ZQ" for index, tex in enumerate(texts)]
    rows = [" & ".join(cells[start : start + len(CELLS)]) + r" \\" for start in range(0, len(cells), len(CELLS))]
    pages = ["\n".join(rows[start : start + PAGE]) for start in range(0, len(rows), PAGE)]
    return [rf"\begin{{tabular}}{{@{{}}*{{16}}{{l}}@{{}}}}\toprule {page}\end{{tabular}}\newpage" for page in pages]


def document(preamble: str, cells: Sequence[Tex], texts: Sequence[Tex]) -> str:
    """Return a document of `cells`, then of `texts`, which are notes and captions by turns."""
    others = [
        in_context(tex, len(cells) + index, "caption" if index % 2 else "note") for index, tex in enumerate(texts)
    ]
    return "\n".join([r"\documentclass{article}", preamble, PREAMBLE, *tables(cells), *others, r"\end{document}"])


def extract(engine: str, source: str, folder: Path, pdftotext: str) -> list[str]:
    """Return the printed texts in their order; a TeX error, a character without glyph or a trap fails the test."""
    (folder / "paper.tex").write_text(source, encoding="utf-8")
    (folder / "trap.tex").write_text(r"\trap")
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "-shell-escape", "paper.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    log = (folder / "paper.log").read_text(encoding="utf-8", errors="replace")
    missing = [line for line in log.splitlines() if line.startswith("Missing character")]
    assert not missing, "\n".join(missing[:20])
    assert not list(folder.glob("trapped*"))
    command = [pdftotext, "-raw", "-nopgbrk", "paper.pdf", "-"]
    parts = MARKER.split(subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout.decode("utf-8"))
    assert list(map(int, parts[1::2])) == list(range(len(parts) // 2))
    return [re.sub(r"^\s*Table \d+: ?", "", part) for part in parts[:-1:2]]


# How a paper makes its text searchable: Adobe's names of the glyphs, and those of Computer Modern's maths (pdfx).
_NAMES = r"\input{glyphtounicode}\input{glyphtounicode-cmr}"
_PDFTEX = _NAMES + r"\pdfgentounicode=1 "
# In LuaTeX two names of letters cannot depend on the font, and Zapf Dingbats's names (zapfdingbats.txt) are unknown.
_DINGBATS = (19, 20, 21, 22, 23, 24, 35, 71, 73, 76, 77, 78, *range(120, 140))
_LUATEX = (
    r"\protected\def\pdfglyphtounicode{\pdfextension glyphtounicode }\pdfvariable gentounicode=1 "
    + _NAMES
    + r"\pdfglyphtounicode{phi}{03D5}\pdfglyphtounicode{phi1}{03C6}"
    + "".join(rf"\pdfglyphtounicode{{a{n}}}{{{ord(sign):04X}}}" for n, sign in zip(_DINGBATS, DINGBATS, strict=True))
)
PREAMBLES = {
    # The EC fonts' companion is a bitmap in many a TeX installation, which has no names at all.
    "pdflatex-OT1": _PDFTEX + r"\DeclareFontFamilySubstitution{TS1}{cmr}{lmr}",
    "pdflatex-T1": _PDFTEX + r"\usepackage[T1]{fontenc}\usepackage{lmodern}",
    "lualatex-TU": _LUATEX,
}

# What a PDF says otherwise than it was written, and why; the same on both sides, so that nothing else can differ.
SAME = {
    # OT1 has no straight quotes, so `escape` prints the closing ones in every encoding.
    '"': "”", "'": "’",
    # OT1's tilde and circumflex are accents over nothing.
    "˜": "~", "ˆ": "^",
    # One sign stands for two characters.
    "\u2010": "-", "\u2011": "-", "⋅": "·", "∘": "◦", "°": "◦", "∆": "Δ", "µ": "μ", "∖": "\\", "∣": "|",
    # The Greek capitals that TeX takes from the Latin alphabet, and one small letter.
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧο", "ABEZHIKMNOPTXo", strict=True)),
    # Raised, lowered and shrunk digits and letters, and rows of dots and primes.
    **{sign: unicodedata.normalize("NFKC", sign).replace("\u2044", "") for sign in "½¼¾⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞ªº™…″‴"},
    **{sign: unicodedata.normalize("NFKC", sign) for sign in "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉⁺⁻₊₋ⁿⁱₙᵢ"},
    "⋯": "···",
    # Ligatures, of Latin Modern under LuaLaTeX.
    **{sign: unicodedata.normalize("NFKC", sign) for sign in "ﬀﬁﬂﬃﬄ"},
    # The bar below: a macron in OT1 and T1, and LaTeX's `\b` in TU.
    "¯": "\u0331", "\u0332": "\u0331",
    # T1's ogonek.
    "˛": "\u0328",
    # How large a sign of the maths fonts is.
    **dict.fromkeys("\ufe01\ufe02"),
}  # fmt: skip
# Two signs for one character, over each other or side by side.
PAIRS = {"/∈": "∉", "∼=": "≅", "↦→": "↦", "\ueb61L": "Ł", "\ueb61l": "ł"}
# Letters whose cedilla, as Latvian writes them, is a comma in T1.
COMMAS = {"pdflatex-OT1": "", "pdflatex-T1": "GKkLlNnRr", "lualatex-TU": ""}


def normal(text: str, *, has_spaces: bool) -> str:
    """Return the form in which texts are compared: no spaces, or one between words."""
    text = unicodedata.normalize("NFD", text).translate(str.maketrans(SAME))
    text = (" " if has_spaces else "").join(text.split())
    for pair, sign in PAIRS.items():
        text = text.replace(pair, sign)
    # Letters lose their dot under an accent.
    text = re.sub("ı(?=[\u0300-\u036f])", "i", re.sub("ȷ(?=[\u0300-\u036f])", "j", text))
    return unicodedata.normalize("NFC", text)


def expected(text: str, engine: str) -> str:
    """Return what the PDF says for `text` where TeX sets a letter from two characters or draws a rule."""
    text = unicodedata.normalize("NFD", text)
    if engine != "lualatex-TU":
        text = re.sub(f"([{COMMAS[engine]}])\u0327", r"\1,", text) if COMMAS[engine] else text
        text = re.sub("\u0323([\u0300-\u036f]*)", r"\1.", text.replace("g\u0327", "‘g").replace("\u0326", ","))
    if engine == "pdflatex-OT1":
        return text.replace("_", "")
    # T1 keeps both letters in one slot.
    return text.replace("Đ", "Ð") if engine == "pdflatex-T1" else text


def came_back(text: str, printed: str, engine: str) -> bool:
    # A negation's stroke comes before its sign.
    found = re.sub(r"\u0338([\u0300-\u036f]*)\s*(.)", r"\1\2" + "\u0338", unicodedata.normalize("NFD", printed))
    # Between raised signs, accents and formulas pdftotext sees spaces where there are none.
    has_spaces = text.isascii() and not (engine == "pdflatex-OT1" and "_" in text)
    return normal(found, has_spaces=has_spaces) == normal(expected(text, engine), has_spaces=has_spaces)


@pytest.mark.parametrize("engine", ENGINES)
def test_texts_come_back(
    engine: str, texts: tuple[str, ...], tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    """Compare what was typeset; the shortest texts that differ are shown, of ten thousand nearly minimal ones."""
    program, encoding = engine.split("-")
    pairs = [printable(text, encoding) for text in texts]
    cells, others = pairs[: COUNT * 3 // 4], pairs[COUNT * 3 // 4 :]
    # Notes and captions are the manifest's, where a dollar is escaped and maths may follow.
    marked = [(f"{text} R²", markup(text.replace("$", r"\$") + " $R^2$", encoding=encoding)) for text, _ in others]
    source = document(PREAMBLES[engine], [tex for _, tex in cells], [tex for _, tex in marked])
    printed = extract(require_program(program), source, tmp_path, require_program("pdftotext"))
    wrong = [
        f"{text!r} ({tex}) came back as {found!r}"
        for (text, tex), found in zip([*cells, *marked], printed, strict=True)
        if not came_back(text, found, engine)
    ]
    assert not wrong, f"{len(wrong)} of {len(texts)}:\n" + "\n".join(sorted(wrong, key=len)[:20])


@pytest.mark.parametrize("encoding", ["OT1", "T1", "TU"])
def test_most_typed_texts_are_printed_whole(encoding: str, texts: tuple[str, ...]) -> None:
    composed = [unicodedata.normalize("NFC", text) for text in texts]
    whole = [text for text in composed if printable(text, encoding)[0] == text]
    assert len(whole) > COUNT / 3
    assert {text for text in composed if text.isascii() and text.isprintable()} <= set(whole)


def test_text_of_the_manifest_without_maths_is_plain_text(texts: tuple[str, ...]) -> None:
    for text in texts:
        rest, tex = printable(text, "OT1")
        assert markup(rest.replace("$", r"\$")) == tex


@pytest.mark.parametrize(
    "trap",
    [
        r"\trap",
        r"\input{trap}",
        "^^5ctrap",
        r"$\trap$",
        r"\write18{touch trapped}",
        r"\immediate\openout\trapfile=trapped",
    ],
)
def test_the_traps_would_be_seen(trap: str, tmp_path: Path, require_program: Callable[[str], str]) -> None:
    source = document("", [Tex(trap)], [])
    with pytest.raises(AssertionError):
        extract(require_program("pdflatex"), source, tmp_path, require_program("pdftotext"))
