"""What is read from a LaTeX log, and from which file it comes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.camera_ready.audit.log import parse_log

_BOX = "Overfull \\hbox (9.50pt too wide) in paragraph at lines 3--4\n[]\\OT1/cmr/m/n/10 a (parenthesis \n []\n\n"


def _said(log: str) -> list[tuple[str, str, str | None, int | None]]:
    return [(m.kind, m.text, str(m.place) if m.place else None, m.page) for m in parse_log(log).messages]


@pytest.mark.parametrize(
    ("log", "said"),
    [
        (f"(./main.tex\n{_BOX})", ("overfull", "a paragraph is too wide", "main.tex:3", 1)),
        (f"(./main.tex (./a.tex) (./b/c.tex\n{_BOX}))", ("overfull", "a paragraph is too wide", "b/c.tex:3", 1)),
        (f"(./main.tex [1] [2{{x.map}}] (a.tex)\n{_BOX}", ("overfull", "a paragraph is too wide", "main.tex:3", 3)),
        (f'("./my paper.tex"\n{_BOX})', ("overfull", "a paragraph is too wide", "my paper.tex:3", 1)),
        (f"(./my paper.tex\n{_BOX})", ("overfull", "a paragraph is too wide", "my paper.tex:3", 1)),
        (f"(./a.tex (see (this) text)\n{_BOX})", ("overfull", "a paragraph is too wide", "a.tex:3", 1)),
        (f"(./a.tex (./b (c) d.tex\n{_BOX}))", ("overfull", "a paragraph is too wide", None, 1)),
        (
            "(./a.tex\nOverfull \\hbox (2.0pt too wide) in alignment at lines 7--9\n [][] \n\n",
            ("overfull", "a table is too wide", "a.tex:7", 1),
        ),
        (
            "(./a.tex\nOverfull \\vbox (2.0pt too high) has occurred while \\output is active []\n\n",
            ("overfull", "a page is too high", None, 1),
        ),
        (
            "(./a.tex\nLaTeX Warning: Reference `fig:x' on page 3 undefined on input line 12.\n\n",
            ("reference", "fig:x", "a.tex:12", 1),
        ),
        (
            "(./a.tex\nPackage natbib Warning: Citation `b' on page 1 undefined on input line 4.\n\n",
            ("citation", "b", "a.tex:4", 1),
        ),
        (
            "(./a.tex\nLaTeX Font Warning: Font shape `T1/x/m/n' undefined\n(Font)   using `T1/y' on input line 9.\n\n",
            ("shape", "T1/x/m/n", "a.tex:9", 1),
        ),
        (
            "Missing character: There is no \u2713 (U+2713) in font cmr10!\n",
            ("character", "\u2713 in the font cmr10", None, 1),
        ),
        (
            "(./a.tex\n! Undefined control sequence.\nl.7 \\foo\n\n",
            ("error", "Undefined control sequence.", "a.tex:7", 1),
        ),
        (
            "(./a.tex\n./b.tex:7: Undefined control sequence.\nl.7 \\foo\n",
            ("error", "Undefined control sequence.", "b.tex:7", 1),
        ),
        (
            "(./a.tex\nLaTeX Warning: Float too large for page by 7.5pt on input line 9.\n\n",
            ("overfull", "a float is too high", "a.tex:9", 1),
        ),
        (
            "(./a.tex\nClass acmart Warning: A possible image without description on input line 6.\n\n",
            ("undescribed", "an image has no \\Description", "a.tex:6", 1),
        ),
        ("No file a.bbl.\n", ("not found", "a.bbl", None, 1)),
        (
            "LaTeX Warning: Label(s) may have changed. Rerun to get cross-references right.\n",
            ("rerun", "LaTeX Warning: Label(s) may have changed. Rerun to get cross-references right.", None, 1),
        ),
    ],
)
def test_a_message_and_its_place(log: str, said: tuple[str, str, str | None, int | None]) -> None:
    assert _said(log) == [said]


def test_lines_that_tex_broke_are_joined() -> None:
    name = "a" * 60
    warning = f"LaTeX Warning: Reference `{name}' on page 10 undefined on input line 120."
    broken = "\n".join(warning[at : at + 79] for at in range(0, len(warning), 79))

    banner = "This is pdfTeX, Version 3.141592653-2.6-1.40.24 (TeX Live 2022/Debian) (preloaded format=pdflatex)"
    statistics = f" 85i,11n,131p,1056b,518s stack positions out of {'10000i,1000n,20000p,200000b,200000s'}"
    assert len(banner) > 79
    assert len(statistics) > 79
    assert _said(f"{banner}\n(./a.tex\n{broken}\n\n{statistics}\n") == [("reference", name, "a.tex:120", 1)]


def test_long_lines_are_left_alone_where_tex_breaks_none() -> None:
    exact = "x" * 79
    log = f"(./a.tex\n{'y' * 200}\n{exact}\n{_BOX})"

    assert _said(log) == [("overfull", "a paragraph is too wide", "a.tex:3", 1)]


def test_pictures_are_told_by_page() -> None:
    log = parse_log("(./a.tex <./b.png, id=1, 5pt x 5pt>\n[1 <./b.png (PNG copy)>] [2]\n[3 <./c d.pdf> <./e.jpg>])")

    assert log.pictures == ((1, "b.png"), (3, "c d.pdf"), (3, "e.jpg"))
    assert log.files == ("a.tex",)


def test_pages_are_those_that_were_written() -> None:
    for text, pages, size in (("(12 pages, 5 bytes)", 12, 5), ("(1 page)", 1, None)):
        log = parse_log(f"Output written on a.pdf {text}.\n")
        assert (log.pages, log.size) == (pages, size)
    assert (parse_log("").pages, parse_log("").size) == (None, None)


@given(st.text(alphabet="()[]<>{}ab1./\\ \n`'!:-", max_size=300), st.text(max_size=50))
def test_any_text_is_a_log(marks: str, rest: str) -> None:
    parse_log(marks + rest)
    assert _said(marks + "\n\n" + _BOX)[-1][:2] == ("overfull", "a paragraph is too wide")
