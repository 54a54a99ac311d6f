"""The remote's history of single paths: who changed them when, and what they held before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from paperkit.overleaf.git import Git
from paperkit.overleaf.trees import WHO

_MOST = 60  # versions of one path that are looked at


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One change of one path: its commit, author, date (ISO 8601), message, and the blob after it, None if deleted.

    `is_ours` tells whether paperkit is its author and its committer: a cherry-pick keeps the author alone.
    """

    commit: str
    author: str
    date: str
    message: str
    blob: str | None
    is_ours: bool = False


def versions(git: Git, commit: str, paths: Iterable[str]) -> Mapping[str, tuple[Version, ...]]:
    """Return, for each path, its changes from the newest to the oldest; those that never existed are left out.

    A merge is among them where it chose between its parents, as when it dropped a file that one of them had.
    """
    wanted = tuple(paths)
    if not wanted:
        return {}
    said = git.run(
        "--literal-pathspecs",
        *("log", "-m", "-z", "--full-history", "--topo-order", "--raw", "--no-abbrev", "--no-renames"),
        *("--format=%H%x00%an%x00%cI%x00%an <%ae>%cn <%ce>%x00%B", commit, "--", *wanted),
    )
    tokens = iter(said.decode("utf-8", errors="surrogateescape").split("\0"))
    found: dict[str, list[Version]] = {}
    name = author = date = who = message = ""
    for token in tokens:
        change = token.lstrip("\n")
        if change.startswith(":"):
            blob, path = change.split(" ")[3], next(tokens)
            kept = found.setdefault(path, [])
            if len(kept) < _MOST:
                present = blob if blob.strip("0") else None
                kept.append(
                    Version(
                        commit=name, author=author, date=date, message=message, blob=present, is_ours=who == WHO + WHO
                    )
                )
        elif token:
            name, author, date, who, message = token, next(tokens), next(tokens), next(tokens), next(tokens)
    return {path: tuple(_chosen(changes)) for path, changes in found.items()}


def _chosen(changes: list[Version]) -> Iterator[Version]:
    """Yield the changes but the merges that took over the one before: those are told once per parent."""
    for change, older in zip_longest(changes, changes[1:]):
        if older is None or change.blob != older.blob:
            yield change
