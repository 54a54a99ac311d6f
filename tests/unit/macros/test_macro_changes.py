"""What is said of two versions of the macros."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paperkit.macros.changes import MacroChange, changes

BEFORE = rb"""% paperkit seal sha256:0
\ifdefined\PaperkitHasMacrosTex\expandafter\endinput\fi
\newcommand{\PaperkitHasMacrosTex}{}% a second \input is skipped
\newcommand{\gain}{3.90}% mean(gain) of gain where x == '}{%'
\newcommand{\best}{All layers (CLS+AP)}% argmax(mean(gain), experiment) of gain
\newcommand{\loss}{$-$1.5}% of loss
"""


def said(after: bytes) -> list[str]:
    return [str(change) for change in changes(BEFORE, after)]


def test_values_move_come_and_go() -> None:
    after = BEFORE.replace(b"3.90", b"3.94").replace(b"$-$1.5", b"$-$2").replace(b"\\best", b"\\first")
    assert said(after) == [
        "\\gain 3.90 → 3.94",
        "\\first is new: All layers (CLS+AP)",
        "\\loss −1.5 → −2",
        "\\best All layers (CLS+AP) is gone",
    ]


def test_only_what_is_printed_counts() -> None:
    assert said(BEFORE.replace(b"of loss", b"of the loss").replace(b"\n", b"\r\n")) == []


def test_what_prints_the_same_is_told_in_tex() -> None:
    assert changes(BEFORE, BEFORE.replace(b"{3.90}", b"{3.90\\relax}")) == (
        MacroChange(name="gain", before="3.90", after="3.90\\relax"),
    )


@given(st.binary(), st.binary())
def test_nothing_makes_it_raise(before: bytes, after: bytes) -> None:
    assert isinstance(changes(before, after), tuple)
    assert isinstance(changes(BEFORE, BEFORE + after), tuple)
