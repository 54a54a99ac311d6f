"""The page of a PDF that was written: its size and its fonts, read from its bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from paperkit.errors import AssetError, Problem
from paperkit.figures.figure import Figure
from paperkit.files import Artifact
from paperkit.manifest.model import RASTER_FILE
from paperkit.style.theme import POINTS_PER_TEX_POINT
from paperkit.tex.lengths import format_pt

_SLACK = 0.1
_REPORT = "this is an error of paperkit: please report it with the figure's entry"
# matplotlib writes its objects one by one and compresses streams alone, so that this much can be read without a parser.
_STREAM = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)
_OBJECT = re.compile(rb"\d+ 0 obj\s(.*?)endobj", re.DOTALL)
_BOX = re.compile(rb"/MediaBox \[ ([\d. -]+) \]")
_FONT = re.compile(rb"/Type /(Font|FontDescriptor)\s")
_NAME = re.compile(rb"/(?:FontName|BaseFont|Name) /(?:[A-Z]{6}\+)?([^\s/<>\[\]()]+)")


def require_page(figure: Figure, artifacts: Sequence[Artifact]) -> None:
    """Check the PDFs among `artifacts`: venues refuse Type 3 fonts and fonts that are not embedded.

    Raises:
        AssetError: a page is not exactly as large as the figure, or has such a font.

    """
    wrong = [
        Problem(message=f"{artifact.path} {said}", path=figure.path, hint=_REPORT)
        for artifact in artifacts
        if artifact.path.endswith(".pdf") and not artifact.path.endswith(RASTER_FILE)
        for said in (*_wrong_sizes(figure, artifact.content), *_wrong_fonts(artifact.content))
    ]
    if wrong:
        raise AssetError(*wrong)


def _wrong_sizes(figure: Figure, pdf: bytes) -> Iterator[str]:
    for found in _BOX.findall(pdf):
        left, low, right, high = map(float, found.split())
        sides = (("wide", right - left, figure.width), ("high", high - low, figure.height))
        for word, measured, wanted in sides:
            if abs(measured / POINTS_PER_TEX_POINT - wanted) > _SLACK:
                yield f"is {measured / POINTS_PER_TEX_POINT:.2f}pt {word}, not {format_pt(wanted)}"


def _wrong_fonts(pdf: bytes) -> Iterator[str]:
    found = [entry for entry in _OBJECT.findall(_STREAM.sub(b"", pdf)) if _FONT.search(entry)]
    drawn = dict.fromkeys(_name(entry) for entry in found if b"/Subtype /Type3" in entry)
    yield from (f"has the Type 3 font {name}" for name in drawn)
    # A font of several bytes per character (Type 0) is embedded through the one that descends from it.
    file = {b"Font": b"/FontDescriptor", b"FontDescriptor": b"/FontFile"}
    bare = (
        _name(entry)
        for entry in found
        for kind in _FONT.findall(entry)
        if file[kind] not in entry and b"/Subtype /Type0" not in entry
    )
    yield from (f"does not embed the font {name}" for name in dict.fromkeys(bare) if name not in drawn)


def _name(entry: bytes) -> str:
    found = _NAME.search(entry)
    return found[1].decode("ascii", "replace") if found else "without a name"
