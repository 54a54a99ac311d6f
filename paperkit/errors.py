"""The error type that carries data: what is wrong, where, and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace

ManifestPath = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A position in a file: its POSIX path relative to the project, 1-based line and column."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing that is wrong (or, as a notice, worth knowing).

    `path` is the manifest key it belongs to, such as `("table", "main", "shade", "colormap")`;
    `place` is where that key, or the offending file, stands; `hint` says what to do.

    >>> print(Problem(message="unknown key", path=("table", "main"), place=Place(file="paper.toml", line=4)))
    paper.toml:4: table.main: unknown key
    """

    message: str
    path: ManifestPath = ()
    place: Place | None = None
    hint: str | None = None

    @property
    def subject(self) -> str:
        """Return the manifest key as an author writes it, such as `table.main.shade`."""
        return dotted(self.path)

    def under(self, path: ManifestPath) -> Problem:
        """Return the same problem seen from `path`, which is put before its own path."""
        return replace(self, path=path + self.path)

    def at(self, place: Place | None) -> Problem:
        """Return the same problem with a place, unless it has one already."""
        return self if self.place is not None or place is None else replace(self, place=place)

    def __str__(self) -> str:
        head = ": ".join(part for part in (str(self.place or ""), self.subject, self.message) if part)
        return head if self.hint is None else f"{head}\n    {self.hint}"


class PaperkitError(Exception):
    """Something an author can mend; carries every problem found, not only the first."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems: tuple[Problem, ...] = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class ManifestError(PaperkitError):
    """The manifest is wrong: nothing was built."""


class DataError(PaperkitError):
    """A source or a clause failed: the assets that use the frame fail."""


class AssetError(PaperkitError):
    """An asset cannot be made from its frame; the others are not affected."""


def dotted(path: ManifestPath) -> str:
    """Join a manifest path as TOML writes it, quoting keys that are not bare.

    >>> dotted(("figure", "model size", "panel", 0, "mark"))
    'figure."model size".panel[0].mark'
    """
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
            continue
        bare = part != "" and all(c.isascii() and (c.isalnum() or c in "-_") for c in part)
        text += ("." if text else "") + (part if bare else f'"{_escaped(part)}"')
    return text


def _escaped(key: str) -> str:
    quoted = key.replace("\\", "\\\\").replace('"', '\\"')
    return "".join(c if c.isprintable() else f"\\u{ord(c):04X}" for c in quoted)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `", did you mean 'x'?"` for the known word closest to `word`, or an empty string.

    >>> did_you_mean("colormpa", ["colormap", "caption"])
    ", did you mean 'colormap'?"
    """
    folded = {name.casefold(): name for name in sorted(set(known), reverse=True)}
    wanted = word.casefold()
    close = difflib.get_close_matches(wanted, folded, n=5, cutoff=0.6)
    # Swapped letters are the commonest slip: `pfd` is as near to `pgf` as to `pdf` for difflib.
    best = next((name for name in close if sorted(name) == sorted(wanted)), close[0] if close else None)
    return "" if best is None else f", did you mean '{folded[best]}'?"
