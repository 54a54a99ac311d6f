"""Snapshot: what is known of a file that was fetched."""

from __future__ import annotations

import re
from dataclasses import astuple, dataclass

_SHA = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """A file that was fetched: its POSIX path in the project, the address it came from, and its sha256.

    Raises:
        ValueError: a field is not text, or the hash is none.

    """

    path: str
    url: str
    sha256: str

    def __post_init__(self) -> None:
        if not all(isinstance(value, str) for value in astuple(self)):
            raise ValueError("a field is no text")
        if not _SHA.fullmatch(self.sha256):
            raise ValueError(f"'{self.sha256}' is no sha256")
