"""Reading LaTeX without TeX: what is asked for, what says nothing, and any text in linear time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.tex.document import live, read_source

PIECES = [
    *(
        "\\input{",
        "\\include{a}",
        "\\import{",
        "\\includegraphics[",
        "]",
        "{",
        "}",
        "%",
        "\n",
        "\\",
        "\\iffalse",
        "\\fi",
    ),
    *(
        "\\else",
        "\\ifx",
        "\\verb|",
        "|",
        "\\begin{verbatim}",
        "\\end{verbatim}",
        "\\url{",
        "\\end{document}",
        "\\csname",
    ),
    *(
        "\\endcsname",
        "\\graphicspath{{",
        "}}",
        "\\newcommand",
        "*",
        "a",
        " ",
        "#1",
        "\\endinput",
        "\0",
        "é",
        "\r\n",
        "\\@",
    ),
]
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=60).map("".join)


def names(text: str) -> list[str]:
    return [f"{use.folder}{use.name}" for use in read_source(text).uses]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\input{a}\input {b} \input c \include{d}", ["a", "b", "c", "d"]),
        ("\\input{a%\n  b}", ["ab"]),
        (r"\input%" + "\n" + r"{a}", ["a"]),
        (r'\input{"a b"}\includegraphics{"c d".pdf}', ["a b", "c d.pdf"]),
        (r"\input{\detokenize{a_b}}", ["a_b"]),
        (r"\includegraphics<1->*[trim={0 1}, x=]{a}", []),  # the star comes first
        (r"\includegraphics*<1->[trim={0 ]}, x=\f[1]{a}", ["a"]),
        (r"\includegraphics[width=\linewidth][b]{a.pdf}", ["a.pdf"]),
        (r"\import{sub/}{a}\subimport{deep/}{b}", ["sub/a", "deep/b"]),
        (r"\begin{overpic}[grid]{a}\end{overpic}\InputIfFileExists{b}{}{}", ["a", "b"]),
        (r"% \input{a}", []),
        (r"\% \input{a}", ["a"]),
        (r"\\% \input{a}", []),
        (r"\\input{a}", []),
        (r"\inputs{a}\myinput{a}", []),
        (r"\verb|\input{a}|\input{b}\verb*+\input{c}+", ["b"]),
        (r"\url{a%b}\input{c}", ["c"]),
        (r"\lstinline!\input{a}!\lstinline{\input{b}", []),
        ("\\begin{verbatim}\n\\input{a}\n\\end{verbatim}\\input{b}", ["b"]),
        ("\\begin{verbatim}\\input{a}", []),
        (r"\begin{itemize}\input{a}\end{itemize}", ["a"]),
        (r"\iffalse\input{a}\fi\input{b}", ["b"]),
        (r"\iffalse\input{a}\else\input{b}\fi", ["b"]),
        (r"\iffalse\ifx\a\b\input{a}\else\input{b}\fi\input{c}\fi\input{d}", ["d"]),
        (r"\iffalse $a \iff b$ \ifthenelse{}{}{} % \fi" + "\n" + r"\input{a}\fi\input{b}", ["b"]),
        (r"\ifdraft\input{a}\else\input{b}\fi", ["a", "b"]),
        (r"\input{a}\end{document}\input{b}", ["a"]),
        (r"\input{a}\endinput\input{b}", ["a"]),
        (r"\ifx\a\b\endinput\fi\input{b}", ["b"]),
        (r"\input{}\input{", []),
        (r"\input{" + "a" * 600 + "}", []),
    ],
)
def test_what_is_asked_for(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_places_count_lines_and_characters_from_one() -> None:
    (use,) = read_source("é\r\n\r\n  \\input{a}").uses
    assert (use.line, use.column) == (3, 3)


def test_commands_are_used_where_they_are_not_defined() -> None:
    text = (
        r"\newcommand*{\own}{1}\def\short{2}\providecommand\late{} \gain\% \acc@5 \csname named\endcsname \csuse{other}"
    )
    words = read_source(text).words
    assert {"gain", "acc", "named", "other"} <= set(words)
    assert not {"own", "short", "late"} & set(words)
    assert "own" in read_source(text + r"\own").words
    assert read_source("\n \\gain").words["gain"] == (2, 2)


def test_folders_class_and_groups() -> None:
    source = read_source(
        "\\documentclass[a4paper]{article}\\graphicspath{{figs/}{more/}}\\makeatletter\\def\\input@path{{parts/}}"
        "\\foreach \\n in {vit, clip} {\\tab{mae}}"
    )
    assert source.document_class == "article"
    assert source.graphics == ("figs/", "more/")
    assert source.inputs == ("parts/",)
    assert {"vit", "clip", "mae"} <= source.groups


@given(st.one_of(TEXTS, st.binary(max_size=200).map(lambda content: content.decode("utf-8", errors="replace"))))
def test_any_text_can_be_read(text: str) -> None:
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ")
    shown = live(plain)
    assert len(shown) == len(plain)
    assert all(now in {before, "\0"} for before, now in zip(plain, shown, strict=True))
    lines = plain.split("\n")
    for use in read_source(text).uses:
        # What is said to stand there does.
        assert lines[use.line - 1][use.column - 1] == "\\"


@given(TEXTS, TEXTS)
def test_comments_and_what_is_left_out_change_nothing(before: str, hidden: str) -> None:
    text = before.replace("%", "").replace("\\verb", "").replace("\\iffalse", "").replace("\\url", "")
    text = f"{text.replace('verbatim', '')} ".replace("\\ ", " ")
    comment = "%" + hidden.replace("\n", "").replace("\r", "") + "\n"
    assert names(f"{text}\n{comment}\n\\input{{end}}") == names(f"{text}\n\n\\input{{end}}")


@pytest.mark.parametrize("piece", [piece for piece in PIECES if piece.strip()])
def test_time_grows_with_length(piece: str) -> None:
    # No clock: the steps of the interpreter are counted, which a loaded machine does not change.
    steps = [_steps(piece * count) for count in (500, 2000)]
    assert steps[1] < 6 * steps[0] + 1000


def _steps(text: str) -> int:
    import sys

    count = 0

    def step(frame: object, event: str, argument: object) -> None:  # noqa: ARG001 - Python's signature
        nonlocal count
        count += 1

    sys.setprofile(step)
    try:
        read_source(text)
    finally:
        sys.setprofile(None)
    return count
