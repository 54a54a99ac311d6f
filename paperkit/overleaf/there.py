"""The other side as it is seen: a commit of the remote, or the source of a project that somebody downloaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from paperkit.overleaf.git import Git
from paperkit.overleaf.history import Version, versions
from paperkit.overleaf.trees import Entry, list_tree, read_blobs


class There(Protocol):
    """Every file of the other side, its content, and its history as far as it is known."""

    @property
    def files(self) -> Mapping[str, Entry]:
        """Return every file by its path."""

    def read(self, blobs: Iterable[str]) -> Mapping[str, bytes | None]:
        """Return the contents that `blobs` name; None for what is not there."""

    def versions(self, paths: Iterable[str]) -> Mapping[str, tuple[Version, ...]]:
        """Return the changes of some paths, the newest first."""


@dataclass(frozen=True, kw_only=True)
class Commit:
    """A commit of the remote that has been fetched."""

    git: Git
    commit: str
    files: Mapping[str, Entry]

    @classmethod
    def of(cls, git: Git, commit: str) -> Commit:
        """Return what a commit holds."""
        return cls(git=git, commit=commit, files=list_tree(git, commit))

    def read(self, blobs: Iterable[str]) -> Mapping[str, bytes | None]:
        """Return the contents that `blobs` name (`COMMIT:PATH` is a name too); None for what is not there."""
        return read_blobs(self.git, blobs)

    def versions(self, paths: Iterable[str]) -> Mapping[str, tuple[Version, ...]]:
        """Return the changes of some paths, the newest first."""
        return versions(self.git, self.commit, paths)
