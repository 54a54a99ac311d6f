"""Which files of the manuscript still read an output: nothing is deleted under a document that would miss it."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import PurePosixPath

from paperkit.overleaf.there import There

_TEX = (".tex", ".ltx", ".sty", ".cls", ".tikz", ".def", ".cfg")
_MOST = 5 * 1024 * 1024


def readers(path: str, there: There, outputs: Collection[str]) -> tuple[str, ...]:
    """Return the TeX files, other than `outputs`, that name the file `path`, with or without its folder and ending.

    A name in a comment counts: a file that somebody may want back is better kept.
    """
    name = PurePosixPath(path)
    ending = re.escape(name.suffix)
    stem = re.escape(name.stem)
    # Without braces, a name after \input ends where TeX meets a space or a command.
    pattern = re.compile(rf"(?:^|[/{{\s,\"]){stem}(?:{ending})?(?:[}}\s,\"%\\{{~]|$)".encode(), re.MULTILINE)
    candidates = {
        other: entry.blob
        for other, entry in there.files.items()
        if entry.is_file and entry.size <= _MOST and other.endswith(_TEX) and other not in outputs
    }
    contents = there.read(candidates.values())
    return tuple(other for other, blob in sorted(candidates.items()) if pattern.search(contents.get(blob) or b""))
