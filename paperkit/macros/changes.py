"""Changes: what differs between two versions of a file of macros, in the author's words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from paperkit.tex.reader import definitions, read, uncommented

_GUARD = "PaperkitHas"


@dataclass(frozen=True, kw_only=True, slots=True)
class MacroChange:
    """A macro whose meaning is another: its name without the backslash, and what it printed and prints, if it is."""

    name: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.before is None:
            return f"\\{self.name} is new: {self.after}"
        return f"\\{self.name} {self.before} is gone" if self.after is None else self._moved

    @property
    def _moved(self) -> str:
        return f"\\{self.name} {self.before} → {self.after}"


def changes(before: bytes, after: bytes) -> tuple[MacroChange, ...]:
    r"""Return the macros that differ, in the order of the new file; it never raises.

    >>> [str(change) for change in changes(rb"\newcommand{\gain}{3.90}% mean", rb"\newcommand{\gain}{3.94}")]
    ['\\gain 3.90 → 3.94']
    """
    return tuple(_changes(_defined(before), _defined(after)))


def _changes(old: dict[str, str], new: dict[str, str]) -> Iterator[MacroChange]:
    for name in dict.fromkeys((*new, *old)):
        was, now = old.get(name), new.get(name)
        if was != now:
            said = [None if tex is None else read(tex).text for tex in (was, now)]
            # What differs in its TeX alone is told in TeX.
            is_same = None not in said and said[0] == said[1]
            yield MacroChange(name=name, before=was if is_same else said[0], after=now if is_same else said[1])


def _defined(tex: bytes) -> dict[str, str]:
    found, _ = definitions(uncommented(tex.decode("utf-8", "replace")))
    return {name: meaning for name, meaning in found if not name.startswith(_GUARD)}
