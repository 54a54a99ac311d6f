"""What the lexer takes for comments, and what it leaves alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.camera_ready.definitions import Source, learn
from paperkit.camera_ready.lex import Kind, lex
from paperkit.camera_ready.lexicon import Lexicon
from paperkit.camera_ready.strip import strip, upset_at


def stripped(data: bytes) -> bytes:
    return strip(data, learn([Source(data=data)]))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a % b\nc\n", b"a %\nc\n"),
        (b"a%\nc", b"a%\nc"),
        (b"  % b\nc\n", b"c\n"),
        (b"a\n% b\n\nc\n", b"a\n\nc\n"),
        (b"a % b", b"a %"),
        (b"% b", b"%\n"),
        (b"% b\n% c\n", b"%\n"),
        (b"% b\n\n", b"\n"),
        (b"a % b\r\n% c\r\nd\r\n", b"a %\r\nd\r\n"),
        (b"a % b\rc\r", b"a %\rc\r"),
        (rb"50\% of \\% note", rb"50\% of \\%"),
        (rb"\\\% no % yes", rb"\\\% no %"),
        (b"%&pdflatex\n% b\n", b"%&pdflatex\n"),
        (b"caf\xe9 % \xe9\n", b"caf\xe9 %\n"),
        (rb"\verb|%| % b", rb"\verb|%| %"),
        (rb"\verb*+%+ % b", rb"\verb*+%+ %"),
        (rb"\lstinline[x]{%} % b", rb"\lstinline[x]{%} %"),
        (rb"\mintinline{c}|%| % b", rb"\mintinline{c}|%| %"),
        (rb"\url{a%20{b}%} % b", rb"\url{a%20{b}%} %"),
        (rb"\href[x]{a%20}{b % c", rb"\href[x]{a%20}{b %"),
        (b"\\begin{verbatim}\n% a\n\\end{verbatim} % b", b"\\begin{verbatim}\n% a\n\\end{verbatim} %"),
        (b"\\begin{lstlisting}[a=b]\n% a\n\\end{lstlisting}", b"\\begin{lstlisting}[a=b]\n% a\n\\end{lstlisting}"),
        (b"\\begin % b\n{verbatim}\n% a\n\\end{verbatim}", b"\\begin %\n{verbatim}\n% a\n\\end{verbatim}"),
        (b"\\begin{verbatim}\n% never closed", b"\\begin{verbatim}\n% never closed"),
        (b"\\MakeShortVerb{\\|}\n|%| % b", b"\\MakeShortVerb{\\|}\n|%| %"),
        (b"\\lstnewenvironment{code}{}{}\n\\begin{code}\n% a\n\\end{code}",) * 2,
        (b"\\newenvironment{code}{\\verbatim}{\\endverbatim}\n\\begin{code}\n% a\n\\end{code}",) * 2,
        (b"\\DeclareUrlCommand\\doc{}\n\\doc{a%b}",) * 2,
    ],
)  # fmt: skip
def test_comments_go_and_percent_signs_stay(before: bytes, after: bytes) -> None:
    assert stripped(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (rb"a\iffalse b\fi c", rb"a\iffalse\fi c"),
        (rb"\iffalse a\else b\fi", rb"\iffalse\else b\fi"),
        (rb"\iftrue a\else b\fi", rb"\iftrue a\else\fi"),
        (rb"\iffalse a\ifx\b\c d\else e\fi f\else g\fi", rb"\iffalse\else g\fi"),
        (b"\\iffalse\n\\begin{verbatim}\n\\fi\nb", b"\\iffalse\\fi\nb"),
        (b"\\iffalse % \\fi\nb\\fi", b"\\iffalse\\fi"),
        (rb"\newif\ifa\ifa b\else c\fi", rb"\newif\ifa\ifa\else c\fi"),
        (rb"\newif\ifa\atrue\ifa b\else c\fi",) * 2,
        (b"\\newif\\ifa\n\\atrue\n\\begin{document}\\ifa b\\else c\\fi",
         b"\\newif\\ifa\n\\atrue\n\\begin{document}\\ifa b\\else\\fi"),
        (b"\\newif\\ifa\n\\atrue\n\\afalse\\ifa b\\else c\\fi",) * 2,
        (rb"\newif\ifa\let\ifa\iftrue\ifa b\else c\fi",) * 2,
        (rb"\let\ifa\iffalse b\fi",) * 2,
        (rb"\let\ifa=\iffalse b\fi",) * 2,
        (rb"\def\a{\iffalse}b\fi",) * 2,
        (rb"{\iffalse}b\fi",) * 2,
        (rb"\iffalse \ifunknown b\fi c\fi",) * 2,
        (rb"\iffalse \newif\ifb c\fi",) * 2,
        (rb"\iffalse never closed",) * 2,
        (rb"\expandafter\iffalse b\fi",) * 2,
        (rb"\iffalse a\iff b\fi", rb"\iffalse\fi"),
        (rb"\iftrue \verb|\else| b\else c\fi",) * 2,
    ],
)  # fmt: skip
def test_branches_that_are_never_taken_are_emptied(before: bytes, after: bytes) -> None:
    assert stripped(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\\begin{comment}\na\n\\end{comment}\nb", b"\\begin{comment}\n\\end{comment}\nb"),
        (b"\\begin{comment} a \\end{comment} b",) * 2,
        (b"\\excludecomment{x}\n\\begin{x}\na\n\\end{x}\n", b"\\excludecomment{x}\n\\begin{x}\n\\end{x}\n"),
        (rb"\newcommand{\n}[1]{}\n{a{b}}c", rb"\newcommand{\n}[1]{}\n{}c"),
        (rb"\newcommand\n[2][x]{#2}\n[a]{b}", rb"\newcommand\n[2][x]{#2}\n[]{b}"),
        (rb"\def\n#1#2{#1}\n{a}{b}", rb"\def\n#1#2{#1}\n{a}{}"),
        (rb"\NewDocumentCommand{\n}{m}{}\n{a}", rb"\NewDocumentCommand{\n}{m}{}\n{}"),
        (rb"\newcommand{\n}[1]{}\renewcommand{\n}[1]{#1}\n{a}",) * 2,
        (rb"\newcommand{\n}[1]{\textbf{#1}}\n{a}",) * 2,
        (rb"\newcommand{\n}[1]{\def\x##1{}}\n{a}",) * 2,
        (b"\\begin{document}a\n\\end{document}\nb", b"\\begin{document}a\n\\end{document}\n"),
        (b"\\verb|\\end{document}| b",) * 2,
        (b"a\n\\endinput\nb", b"a\n\\endinput\n"),
        (b"\\ifx\\a\\b\n\\endinput\n\\fi\nb",) * 2,
        (b"{\n\\endinput\n}\nb",) * 2,
    ],
)  # fmt: skip
def test_notes_comment_environments_and_what_follows_the_end_go(before: bytes, after: bytes) -> None:
    assert stripped(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (rb"a \alice{b {c}}d", b"a d"),
        (b"a\n  \\alice[x]{b\n}% c\nd", b"a\nd"),
        (b"a \\alice*{b}\nd", b"a \nd"),
        (rb"\newcommand\alice[1]{b}", rb"\newcommand\alice[1]{b}"),
        (rb"\newcommand{\alice}[1]{b}", rb"\newcommand{\alice}[1]{b}"),
        (rb"a \added[id=x]{b {c}} d", b"a b {c} d"),
        (rb"\alice{\added{b}}", b""),
    ],
)
def test_macros_are_taken_out_or_unwrapped_by_name(before: bytes, after: bytes) -> None:
    lexicon = learn([Source(data=before)], drop=["alice"], unwrap=["added"])
    assert strip(before, lexicon, transforms=["asked"]) == after
    assert strip(before, lexicon, transforms=["drop"]) == before


def test_only_lines_that_are_comments_go_when_asked() -> None:
    assert strip(b"a % b\n% c\n\\iffalse d\\fi\n", Lexicon(), transforms=["lines"]) == b"a % b\n\\iffalse d\\fi\n"


def test_at_belongs_to_names_in_packages() -> None:
    data = rb"\verb@x % a"
    assert [token.kind for token in lex(data, Lexicon(), at_letter=True)] == [Kind.WORD, Kind.COMMENT]
    assert strip(b"\\makeatletter\\verb@x\\makeatother % a", Lexicon()) == b"\\makeatletter\\verb@x\\makeatother %"


@pytest.mark.parametrize(
    "data",
    [rb"\catcode`\%=12", rb"\catcode`%=12", rb"\catcode 37=12", rb"\catcode'45 = 12", rb'\catcode"25=12',
     rb"\catcode`\\=12",     rb"\catcode`\{=12", rb"\catcode`\^^M=13", rb"\catcode\x=12",
     rb"\let\do\@makeother\dospecials", rb"\makeatletter\@makeother\%"],
)  # fmt: skip
def test_a_change_of_category_codes_is_seen(data: bytes) -> None:
    assert upset_at(data, Lexicon()) is not None


@pytest.mark.parametrize(
    "data", [rb"\catcode`\@=11", rb"\catcode`_=12", rb"\catcode64=11", b"% \\catcode`\\%=12", rb"\verb|\catcode`\%=12|"]
)
def test_harmless_changes_of_category_codes_are_none(data: bytes) -> None:
    assert upset_at(data, Lexicon()) is None


_WORDS = (
    rb"\iffalse \iftrue \else \fi \ifx \verb \url \begin{verbatim} \end{verbatim} \begin{comment} \end{comment} "
    rb"\newif\ifa \ifa \atrue \newcommand{\n}[1]{} "
    rb"\n \MakeShortVerb{\|} \begin{document} \end{document} \endinput \catcode "
    rb"\makeatletter \let #1 \begin {verbatim} \lstinline \newcommand"
)
_PIECES = st.sampled_from([*(bytes([char]) for char in b"\\%{}\n\r |^[]a\xe9"), b"^^", *_WORDS.split()])
_SOURCES = st.one_of(st.binary(max_size=200), st.lists(_PIECES, max_size=40).map(b"".join))


@given(data=_SOURCES, at_letter=st.booleans())
def test_anything_can_be_read_and_stripping_twice_is_stripping_once(data: bytes, *, at_letter: bool) -> None:
    lexicon = learn([Source(data=data, at_letter=at_letter)])
    once = strip(data, lexicon, at_letter=at_letter)
    assert strip(once, lexicon, at_letter=at_letter) == once
    upset_at(data, lexicon, at_letter=at_letter)


@given(data=_SOURCES)
def test_tokens_come_in_order_and_do_not_overlap(data: bytes) -> None:
    end = 0
    for token in lex(data, learn([Source(data=data)])):
        assert end <= token.start <= token.end <= len(data)
        end = token.end
