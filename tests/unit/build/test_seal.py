"""Seals: an untouched file says so, any change shows, line ends do not count."""

from __future__ import annotations

from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from paperkit.build.seal import SealState, beside_state, seal_pdf, seal_png, seal_state, seal_svg, seal_text

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


SVG = b"""<?xml version="1.0" encoding="utf-8"?>\n<svg xmlns="http://www.w3.org/2000/svg">\n<g/>\n</svg>\n"""


@given(TEXTS)
def test_a_sealed_svg_is_still_xml_and_intact_under_any_line_ends(origin: str) -> None:
    sealed = seal_svg(SVG, origin=origin)
    assert [child.tag for child in ET.fromstring(sealed)] == ["{http://www.w3.org/2000/svg}g"]
    assert seal_state(sealed) is SealState.INTACT
    assert seal_state(sealed.replace(b"\n", b"\r\n")) is SealState.INTACT


@given(st.data())
def test_any_change_of_a_sealed_svg_shows(data: st.DataObject) -> None:
    sealed = seal_svg(SVG, origin="paper.toml [figure.size]")
    at = data.draw(st.integers(0, len(sealed)))
    assert seal_state(sealed[:at] + data.draw(st.sampled_from([b"x", b"-", b" ", b"<g/>"])) + sealed[at:]) is not (
        SealState.INTACT
    )


def png(color: str = "red") -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (3, 2), color).save(buffer, "png")
    return buffer.getvalue()


def test_a_sealed_png_is_the_same_picture_with_a_right_checksum() -> None:
    sealed = seal_png(png())
    with Image.open(BytesIO(sealed)) as image:
        image.verify()  # every chunk's checksum
    with Image.open(BytesIO(sealed)) as image:
        assert image.getpixel((2, 1)) == (255, 0, 0)
        assert list(image.text) == ["paperkit seal"]  # type: ignore[attr-defined]  # of PNG images alone
    assert seal_state(sealed) is SealState.INTACT


@given(st.data())
def test_any_change_of_a_sealed_png_shows(data: st.DataObject) -> None:
    sealed = seal_png(png())
    at = data.draw(st.integers(0, len(sealed) - 1))
    other = bytes([sealed[at] ^ data.draw(st.integers(1, 255))])
    assert seal_state(sealed[:at] + other + sealed[at + 1 :]) is not SealState.INTACT
    assert seal_state(sealed[:at]) is not SealState.INTACT
    assert seal_state(sealed + other) is SealState.BROKEN


def test_a_picture_that_was_drawn_over_is_not_ours() -> None:
    assert seal_state(png()) is SealState.ABSENT
    moved = seal_png(png())
    chunk = moved[png().rindex(b"IEND") - 4 : moved.rindex(b"IEND") - 4]
    blue = png("blue")
    at = blue.rindex(b"IEND") - 4
    assert seal_state(blue[:at] + chunk + blue[at:]) is SealState.BROKEN


def test_only_files_of_its_kind_are_sealed() -> None:
    with pytest.raises(ValueError, match="no XML declaration"):
        seal_svg(b"<svg/>", origin="paper.toml")
    with pytest.raises(ValueError, match="not a PNG"):
        seal_png(b"GIF89a")


TABLE = b"model,n\nViT,27\n"


def test_a_wrapper_vouches_for_the_tables_beside_it() -> None:
    sealed = seal_text(b"x\n", origin="paper.toml", beside={"a-panel-1.csv": TABLE})
    assert seal_state(sealed) is SealState.INTACT
    assert beside_state("a-panel-1.csv", TABLE, sealed) is SealState.INTACT
    assert beside_state("a-panel-1.csv", TABLE.replace(b"\n", b"\r\n"), sealed) is SealState.INTACT
    assert beside_state("a-panel-1.csv", TABLE.replace(b"27", b"28"), sealed) is SealState.BROKEN
    assert beside_state("a-panel-2.csv", TABLE, sealed) is SealState.ABSENT


def test_an_edited_wrapper_still_knows_its_neighbours() -> None:
    sealed = seal_text(b"x\n", origin="paper.toml", beside={"a-panel-1.csv": TABLE})
    assert beside_state("a-panel-1.csv", TABLE, sealed + b"y\n") is SealState.INTACT
    assert beside_state("a-panel-1.csv", TABLE + b"x\n", sealed + b"y\n") is SealState.BROKEN
    assert beside_state("a-panel-1.csv", TABLE, b"x\n") is SealState.ABSENT
