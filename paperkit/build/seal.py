"""Seals: the lines that say what made a file and carry a hash of the rest, so that a hand edit shows without state."""

from __future__ import annotations

import re
from enum import Enum

from paperkit.files import fingerprint

_SEAL = re.compile(rb"^% paperkit seal sha256:([0-9a-f]{64})\r?$", re.MULTILINE)


class SealState(Enum):
    """What a file's seal says: nobody touched it, somebody did, or there is none."""

    INTACT = "intact"
    BROKEN = "edited"
    ABSENT = "not written by paperkit"


def seal_text(content: bytes, *, origin: str) -> bytes:
    """Return TeX `content` below a header that names `origin` and seals everything but the seal's own line."""
    # The header is a comment: nothing in a name may end its line.
    printable = "".join(c if c.isprintable() else "?" for c in origin)
    header = f"% Made by paperkit from {printable}; edit that, not this file.\n".encode()
    return header + _line(b"%", header + content) + content


def seal_pdf(content: bytes) -> bytes:
    """Return a PDF with its seal as a comment before `startxref`, where no offset changes.

    Behind the end-of-file marker, LuaTeX would not read the file.

    Raises:
        ValueError: `content` is not a PDF.

    """
    at = content.rindex(b"startxref")
    if content[at - 1 : at] not in (b"\n", b"\r"):
        raise ValueError("startxref does not begin a line")
    return content[:at] + _line(b"%", content) + content[at:]


def seal_state(content: bytes) -> SealState:
    """Tell whether `content` is as it was sealed; line ends do not count, git and editors change them."""
    matches = list(_SEAL.finditer(content))
    if not matches:
        return SealState.ABSENT
    match = matches[-1] if content.startswith(b"%PDF") else matches[0]
    rest = content[: match.start()] + content[match.end() :].removeprefix(b"\n")
    return SealState.INTACT if _digest(rest) == match[1] else SealState.BROKEN


def _line(comment: bytes, body: bytes) -> bytes:
    return comment + b" paperkit seal sha256:" + _digest(body) + b"\n"


def _digest(body: bytes) -> bytes:
    normalised = body if body.startswith(b"%PDF") else body.replace(b"\r\n", b"\n")
    return fingerprint(normalised).encode()
