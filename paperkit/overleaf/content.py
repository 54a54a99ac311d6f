"""What files hold: compared without their line ends, which Overleaf, editors and git change by themselves."""

from __future__ import annotations

import hashlib

from paperkit.files import fingerprint

Agreed = str | None


def is_text(content: bytes) -> bool:
    """Tell whether Overleaf would let co-authors type in it: UTF-8 without NUL."""
    if b"\0" in content or content.startswith(b"%PDF"):
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def normalised(content: bytes) -> bytes:
    r"""Return text with `\n` at the end of every line, the last one too; anything else as it is.

    >>> normalised(b"a\r\nb")
    b'a\nb\n'
    """
    if not is_text(content):
        return content
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return lines if lines.endswith(b"\n") or not lines else lines + b"\n"


def digest(content: bytes) -> str:
    """Return the sha256 of what `content` says, whatever its line ends are."""
    return fingerprint(normalised(content))


def blob_id(content: bytes) -> str:
    """Return the name that git gives to a file of exactly these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
