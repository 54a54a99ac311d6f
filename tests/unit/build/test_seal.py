"""Seals: an untouched file says so, any change shows, line ends do not count."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paperkit.build.seal import SealState, seal_pdf, seal_state, seal_text

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"])).map(lambda text: text.replace("\r", ""))


@given(TEXTS)
def test_a_sealed_text_is_intact_under_any_line_ends(text: str) -> None:
    sealed = seal_text(text.encode(), origin="paper.toml [table.main]")
    assert seal_state(sealed) is SealState.INTACT
    assert seal_state(sealed.replace(b"\n", b"\r\n")) is SealState.INTACT


@given(TEXTS, st.data())
def test_any_change_of_a_sealed_text_shows(text: str, data: st.DataObject) -> None:
    sealed = seal_text(text.encode(), origin="paper.toml")
    at = data.draw(st.integers(0, len(sealed)))
    other = data.draw(st.sampled_from([b"x", b"%", b" ", b"\\relax"]))
    edited = sealed[:at] + other + sealed[at:]
    assert seal_state(edited) is not SealState.INTACT


@given(st.binary())
def test_a_sealed_pdf_is_intact_and_any_appended_byte_shows(body: bytes) -> None:
    end = b"\nstartxref\n9\n%%EOF\n"
    sealed = seal_pdf(b"%PDF-1.7\n" + body + end)
    assert sealed.endswith(end)
    assert seal_state(sealed) is SealState.INTACT
    assert seal_state(sealed[:9] + b"x" + sealed[9:]) is not SealState.INTACT
    assert seal_state(sealed + b"\n% more\n") is SealState.BROKEN


def test_a_file_without_a_seal_is_not_ours() -> None:
    assert seal_state(b"\\begin{tabular}{l}x\\end{tabular}\n") is SealState.ABSENT
    assert seal_state(b"") is SealState.ABSENT


def test_the_header_says_what_made_the_file() -> None:
    sealed = seal_text(b"x\n", origin="paper.toml [table.main] and runs.csv").decode().splitlines()
    assert sealed[0] == "% Made by paperkit from paper.toml [table.main] and runs.csv; edit that, not this file."
    assert sealed[1].startswith("% paperkit seal sha256:")
    assert sealed[2:] == ["x"]
