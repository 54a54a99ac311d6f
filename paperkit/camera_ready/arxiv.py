"""arXiv's rules for sources, as its help pages say them (read 2026-11-22)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from paperkit.camera_ready.prepare import is_code, is_tex
from paperkit.errors import Place, Problem

_MEGAPIXELS = 34
_PNG = b"\x89PNG\r\n\x1a\n"
# With these chunks or kinds, pdfTeX cannot copy a PNG as it stands and unpacks it.
_SLOW_CHUNKS = (b"gAMA", b"sRGB", b"iCCP", b"sBIT", b"tRNS", b"PLTE")
_BBL_VERSION = re.compile(rb"(?m)^% \$ biblatex bbl format version (\d+\.\d+) \$")
_BBL_RELEASES = {"3.3": (2025, 2023), "3.2": (2023,)}
_NO_TEX = frozenset((".tex", ".sty", ".cls", ".bbl", ".bib"))
_PACKAGE = rb"\\usepackage\s*(?:\[[^\]]*\])?\{(?:%s)\}"
_DRIVER = rb"\\usepackage\s*\[[^\]]*\b(?:dvips|dvipdfmx?|dvipdfm)\b[^\]]*\]"
_SHIP = "ship what they made (frozencache of minted)"
_SCANS = (
    (rb"\\today\b", r"\today prints the day on which arXiv compiles", "write the date"),
    (rb"\\(?:doublespacing|linespread\{[2-9])", "double spacing is refused", "set it in single spacing"),
    (rb"\\linenumbers\b", "line numbers are refused", r"leave \linenumbers out"),
    (rb"\\pdfoutput\s*=\s*0", "asks for DVI, but the paper is made as PDF", r"leave \pdfoutput out"),
    (_DRIVER, "names a driver that arXiv does not run", "leave the driver out"),
    (_PACKAGE % rb"draftwatermark|background|xwatermark", "watermarks are refused", "leave it out"),
    (_PACKAGE % rb"minted|svg|pythontex", "needs programs that arXiv does not run", _SHIP),
)
_BREAKING = (("hyperref", "hyperxmp", "hyperxmp must be loaded before hyperref in TeX Live 2025"),)


def readme(main: str, engine: str, release: int) -> dict[str, Any]:
    """Return `00README.json`: what to compile, with what.

    >>> readme("main.tex", "pdflatex", 2025)["process"]
    {'compiler': 'pdflatex'}
    """
    return {
        "spec_version": 1,
        "process": {"compiler": engine},
        "sources": [{"filename": main, "usage": "toplevel"}],
        "texlive_version": release,
    }


def release_for(files: Mapping[str, bytes], releases: tuple[int, ...]) -> tuple[int, tuple[Problem, ...]]:
    """Return the TeX Live that takes the biblatex bibliography of a paper, arXiv's default where there is none."""
    for path, data in files.items():
        match = _BBL_VERSION.search(data[:2000]) if path.endswith(".bbl") else None
        if match is None:
            continue
        version = match[1].decode()
        fitting = [release for release in releases if release in _BBL_RELEASES.get(version, ())]
        if not fitting:
            hint = f"make it with a TeX Live of {' or '.join(map(str, releases))}, or leave it out and send the .bib"
            return releases[0], (
                Problem(message=f"biblatex's format {version} is not taken", place=Place(file=path), hint=hint),
            )
        if fitting[0] != releases[0]:
            message = f"biblatex's format {version} is that of TeX Live {fitting[0]}, which is asked for"
            return fitting[0], (Problem(message=message, place=Place(file=path)),)
    return releases[0], ()


def problems(files: Mapping[str, bytes], main: str) -> Iterator[Problem]:
    """Yield what arXiv would refuse, or what would come out otherwise there."""
    yield from _names(files, main)
    for path, data in files.items():
        if is_tex(path) and not is_code(path) and not path.startswith("anc/"):
            yield from _scanned(path, data)
        if PurePosixPath(path).suffix.lower() == ".exe" or data.startswith(b"MZ"):
            yield Problem(message="programs are refused", place=Place(file=path))
        if path.endswith(".pdf") and not data.startswith(b"%PDF"):
            yield Problem(message="is called .pdf and is none", place=Place(file=path))
        yield from _image(path, data)
    yield from _ancillary(files)
    yield from _order(main, files[main])


def _names(files: Mapping[str, bytes], main: str) -> Iterator[Problem]:
    stem = PurePosixPath(main).stem
    made = {f"{stem}{suffix}" for suffix in (".pdf", ".ps", ".dvi", ".aux", ".log", ".toc", ".out", ".lof", ".lot")}
    for path in files:
        if path in made:
            message = "has the name of something that compiling makes, and is deleted"
            yield Problem(message=message, place=Place(file=path), hint="rename it")
    kinds = {PurePosixPath(path).suffix.lower() for path in files if not path.startswith("anc/")}
    if kinds & {".eps", ".ps"}:
        message = "EPS figures: pdflatex does not read them, and arXiv converts none"
        yield Problem(message=message, place=Place(file=main), hint="make them PDF")


def _scanned(path: str, data: bytes) -> Iterator[Problem]:
    for pattern, message, hint in _SCANS:
        match = re.search(pattern, data)
        if match is not None:
            line = data.count(b"\n", 0, match.start()) + 1
            yield Problem(message=message, place=Place(file=path, line=line), hint=hint)


def _order(main: str, data: bytes) -> Iterator[Problem]:
    for later, first, message in _BREAKING:
        places = [data.find(b"{%s}" % name.encode()) for name in (first, later)]
        if 0 <= places[1] < places[0]:
            yield Problem(message=message, place=Place(file=main))


def _image(path: str, data: bytes) -> Iterator[Problem]:
    size = _png_size(data)
    if size is not None and size[0] * size[1] > _MEGAPIXELS * 1_000_000 and not _is_quick(data):
        message = f"{size[0] * size[1] / 1e6:.0f} megapixels, {_MEGAPIXELS} are advised"
        hint = "scale it down, or save it as plain RGB without palette, transparency, interlace and profiles"
        yield Problem(message=message, place=Place(file=path), hint=hint)


def _png_size(data: bytes) -> tuple[int, int] | None:
    if not data.startswith(_PNG) or data[12:16] != b"IHDR":
        return None
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def _is_quick(data: bytes) -> bool:
    """Tell whether pdfTeX copies a PNG as it stands: gray or RGB of 8 bits, no interlace, no profile."""
    depth, colour, interlace = data[24], data[25], data[28]
    head = data[: data.find(b"IDAT")]
    return depth <= 8 and colour in (0, 2) and not interlace and not any(chunk in head for chunk in _SLOW_CHUNKS)  # noqa: PLR2004 - bits


def _ancillary(files: Mapping[str, bytes]) -> Iterator[Problem]:
    texts = [data for path, data in files.items() if is_tex(path) and not path.startswith("anc/")]
    for path in files:
        if not path.startswith("anc/"):
            continue
        if PurePosixPath(path).suffix.lower() in _NO_TEX:
            yield Problem(message="TeX files are not ancillary", place=Place(file=path), hint="move it out of anc/")
        if any(path.encode() in text for text in texts):
            yield Problem(
                message="is read by the paper, but anc/ is not there when it is compiled", place=Place(file=path)
            )
