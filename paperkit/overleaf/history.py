"""The remote's history of single paths: who changed them when, and what they held before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from paperkit.overleaf.git import Git

_MOST = 60  # versions of one path that are looked at


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One change of one path: its commit, author, date (ISO 8601), message, and the blob after it, None if deleted."""

    commit: str
    author: str
    date: str
    message: str
    blob: str | None


def versions(git: Git, commit: str, paths: Iterable[str]) -> Mapping[str, tuple[Version, ...]]:
    """Return, for each path, its changes from the newest to the oldest; those that never existed are left out."""
    wanted = tuple(paths)
    if not wanted:
        return {}
    said = git.run(
        "--literal-pathspecs",
        *("log", "-z", "--full-history", "--raw", "--no-abbrev", "--no-renames", "--format=%H%x00%an%x00%cI%x00%B"),
        *(commit, "--", *wanted),
    )
    tokens = iter(said.decode("utf-8", errors="surrogateescape").split("\0"))
    found: dict[str, list[Version]] = {}
    name = author = date = message = ""
    for token in tokens:
        change = token.lstrip("\n")
        if change.startswith(":"):
            blob, path = change.split(" ")[3], next(tokens)
            kept = found.setdefault(path, [])
            if len(kept) < _MOST:
                present = blob if blob.strip("0") else None
                kept.append(Version(commit=name, author=author, date=date, message=message, blob=present))
        elif token:
            name, author, date, message = token, next(tokens), next(tokens), next(tokens)
    return {path: tuple(changes) for path, changes in found.items()}
