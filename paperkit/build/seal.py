"""Seals: what says in a file what made it and carries a hash of the rest, so that a hand edit shows without state.

They are comments of TeX, PDF and XML, and a text chunk of PNG. CSV has no comments: the sealed TeX file of the same
target names its files and carries their hashes.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from enum import Enum

from paperkit.files import fingerprint

_SEAL = re.compile(rb"^(?:%|<!--) paperkit seal sha256:([0-9a-f]{64})(?: -->)?\r?$", re.MULTILINE)
_PNG = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"paperkit seal"
_CHUNK = re.compile(rb"\x00{3}\x55tEXtpaperkit seal\x00sha256:[0-9a-f]{64}.{4}", re.DOTALL)


_HEADER = re.compile(
    rb"^(?:%|<!--) (?:Made by paperkit from [^\n]*; edit that, not this file\."
    rb"|Patched with patches/[^\n]*\.patch\.|beside it [^\n]+ sha256:[0-9a-f]{64}"
    rb"|paperkit seal sha256:[0-9a-f]{64})(?: -->)?(?:\n|\Z)",
    re.MULTILINE,
)
_BESIDE = re.compile(rb"^% beside it (.+) sha256:([0-9a-f]{64})\r?$", re.MULTILINE)
_NOTHING: Mapping[str, bytes] = {}


class SealState(Enum):
    """What a file's seal says: nobody touched it, somebody did, or there is none."""

    INTACT = "intact"
    BROKEN = "edited"
    ABSENT = "not written by paperkit"


def seal_text(
    content: bytes, *, origin: str, beside: Mapping[str, bytes] = _NOTHING, patch: str | None = None
) -> bytes:
    """Return TeX `content` below a header that names `origin` and seals everything but the seal's own line.

    `beside` are files without a seal of their own, name → content: the header has their hashes. `patch` names the
    patch that was applied.
    """
    hashes = ((f"% beside it {name} sha256:".encode(), _digest(other)) for name, other in beside.items())
    said = (_made_by(origin), *(() if patch is None else (_patched_with(patch),)))
    header = "".join(f"% {line}\n" for line in said).encode()
    header += b"".join(said + digest + b"\n" for said, digest in hashes)
    return header + _line(b"%", header + content) + content


def seal_svg(content: bytes, *, origin: str, patch: str | None = None) -> bytes:
    """Return an SVG with comments below its first line that name `origin` and seal everything but the seal's own line.

    Raises:
        ValueError: `content` does not begin with an XML declaration on a line of its own.

    """
    declaration, end, rest = content.partition(b"?>\n")
    if not declaration.startswith(b"<?xml"):
        raise ValueError("no XML declaration")
    # Two hyphens would end the comment.
    said = (_made_by(origin), *(() if patch is None else (_patched_with(patch),)))
    head = declaration + end + "".join(f"<!-- {re.sub('-(?=-)', '- ', line)} -->\n" for line in said).encode()
    return head + _line(b"<!--", head + rest, b" -->") + rest


def seal_png(content: bytes) -> bytes:
    """Return a PNG with its seal as a text chunk before the last chunk.

    Raises:
        ValueError: `content` is not a PNG.

    """
    if not content.startswith(_PNG):
        raise ValueError("not a PNG")
    data = b"tEXt" + _KEYWORD + b"\0sha256:" + fingerprint(content).encode()
    chunk = (len(data) - 4).to_bytes(4, "big") + data + zlib.crc32(data).to_bytes(4, "big")
    at = content.rindex(b"IEND") - 4  # a chunk begins with the four bytes of its length
    return content[:at] + chunk + content[at:]


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
    if content.startswith(_PNG):
        return _png_state(content)
    matches = list(_SEAL.finditer(content))
    if not matches:
        return SealState.ABSENT
    match = matches[-1] if content.startswith(b"%PDF") else matches[0]
    rest = content[: match.start()] + content[match.end() :].removeprefix(b"\n")
    return SealState.INTACT if _digest(rest) == match[1] else SealState.BROKEN


def seal_of(content: bytes) -> str | None:
    """Return the hash that the seal of a text file carries; None where it has none."""
    match = _SEAL.search(content)
    return None if match is None else match[1].decode()


def unsealed(content: bytes) -> bytes:
    """Return a text file without the lines of its header, whatever was done to them; lines end with a line feed."""
    return _HEADER.sub(b"", content.replace(b"\r\n", b"\n"))


def is_made_from(content: bytes, manifests: Iterable[str]) -> bool:
    """Tell whether the header of a text file says that it was made from one of some manifests."""
    # What follows the manifest is its entry, or data.
    said = (_made_by(name).partition("; edit")[0] for name in manifests)
    return any(f"{start}{end}".encode() in content for start in said for end in (" [", " and ", "; edit"))


def beside_state(name: str, content: bytes, sealed: bytes) -> SealState:
    """Tell whether the file `name` is as it was when the TeX file `sealed` was written beside it.

    An edit below the header of `sealed` changes nothing about its neighbours.
    """
    header, seal, _ = sealed.partition(b"% paperkit seal ")
    header = header if seal else b""
    hashes = {found[1].decode(): found[2] for found in _BESIDE.finditer(header)}
    if name not in hashes:
        return SealState.ABSENT
    return SealState.INTACT if _digest(content) == hashes[name] else SealState.BROKEN


def _png_state(content: bytes) -> SealState:
    chunks = list(_CHUNK.finditer(content))
    if not chunks:
        return SealState.ABSENT
    rest = content[: chunks[-1].start()] + content[chunks[-1].end() :]
    # Sealed anew, so that a change of the chunk itself shows as well.
    intact = b"IEND" in rest and seal_png(rest) == content
    return SealState.INTACT if intact else SealState.BROKEN


def _made_by(origin: str) -> str:
    # The header is a comment: nothing in a name may end its line.
    printable = "".join(c if c.isprintable() else "?" for c in origin)
    return f"Made by paperkit from {printable}; edit that, not this file."


def _patched_with(patch: str) -> str:
    return f"Patched with {patch}."


def _line(comment: bytes, body: bytes, end: bytes = b"") -> bytes:
    return comment + b" paperkit seal sha256:" + _digest(body) + end + b"\n"


def _digest(body: bytes) -> bytes:
    normalised = body if body.startswith(b"%PDF") else body.replace(b"\r\n", b"\n")
    return fingerprint(normalised).encode()
