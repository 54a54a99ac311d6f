"""A file that a reader is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceFile:
    """A file to read: its path, its POSIX name relative to the project, and its captures, whole numbers as such."""

    path: Path
    name: str
    captures: Mapping[str, str | int]
