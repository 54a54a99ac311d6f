"""Find a paper's files without TeX: those whose names stand in its TeX files, from the main file on. A guess."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from paperkit.camera_ready.collect import NOT_COPIED
from paperkit.camera_ready.package import MANIFEST
from paperkit.camera_ready.prepare import is_tex
from paperkit.files import relative

_PAPER_SUFFIXES = (
    ".tex .ltx .tikz .pgf .sty .cls .def .cfg .clo .bst .bib .bbl .pdf .png .jpg .jpeg .eps .csv .dat "
    ".txt .py .ind .gls .nls .otf .ttf"
)
_PAPER = frozenset(_PAPER_SUFFIXES.split())


def mentioned(root: Path, main: str, *, without: Path | None = None) -> dict[str, bytes]:
    """Return the files of the folder `root` that `main` names, directly or through others: path → bytes."""
    stem = PurePosixPath(main).stem
    waiting = {path for path in _files(root, without) if path not in (main, f"{stem}.pdf")}
    found = {main: (root / main).read_bytes()}
    if f"{stem}.bbl" in waiting:
        found[f"{stem}.bbl"] = (root / f"{stem}.bbl").read_bytes()
    texts = [found[main]]
    while texts:
        text = texts.pop()
        for path in sorted(waiting):
            if any(name in text for name in _names(path)):
                waiting.discard(path)
                found[path] = (root / path).read_bytes()
                if is_tex(path):
                    texts.append(found[path])
    if f"{stem}.bbl" in found:
        found = {path: data for path, data in found.items() if not path.endswith(".bib")}
    return dict(sorted(found.items()))


def _files(root: Path, without: Path | None) -> Iterator[str]:
    for folder, folders, names in os.walk(root):
        if MANIFEST in names:  # an earlier bundle
            folders.clear()
            continue
        kept = (name for name in folders if name not in NOT_COPIED and not name.startswith("."))
        folders[:] = sorted(name for name in kept if (Path(folder) / name).resolve() != without)
        for name in names:
            if PurePosixPath(name).suffix.lower() in _PAPER:
                yield relative(Path(folder) / name, root)


def _names(path: str) -> Iterator[bytes]:
    """Yield how a file is named where one of its folders is known by other means: `{x}`, `{figures/x.pdf}`."""
    parts = path.split("/")
    for start in range(len(parts)):
        name = "/".join(parts[start:])
        for shown in (name, name.removesuffix(PurePosixPath(name).suffix)):
            for left, right in (b"{}", b",,", b"{,", b",}", b"/}", b" \n", b'""'):
                yield bytes([left]) + shown.encode() + bytes([right])
