"""Superscripts: the stars behind the numbers of a column, and the marks of notes behind its cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from paperkit.tables.format import phantom, shape
from paperkit.tex.text import Tex

Markup = Callable[[str], Tex]
"""Makes TeX of a text of the manifest."""
_NOTHING = Tex("")
_HIGH = str.maketrans("0123456789abcdefghijklmnoprstuvwxyz+-", "⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ⁺⁻")


class Raised(NamedTuple):
    """A superscript, the room for those of other cells, and the plain text."""

    tex: Tex = _NOTHING
    hidden: Tex = _NOTHING
    plain: str = ""


FLAT = Raised()


class Slots:
    """The superscripts behind the numbers of a column, and behind its cells."""

    def __init__(self, stars: Sequence[str], marks: Sequence[str], markup: Markup) -> None:
        longest = max(stars, key=len, default="")
        self._stars, self._marks = stars, marks
        self._raised_stars = {
            text: Raised(_raised(text, longest.removeprefix(text), markup), _NOTHING, text)
            if text
            else Raised(_NOTHING, phantom(_raised(longest, "", markup)), "")
            for text in set(stars)
        }
        kinds = {shape(mark): _raised(mark, "", markup) for mark in dict.fromkeys(marks) if mark}
        self._raised_marks = {
            mark: Raised(
                _raised(mark, "", markup),
                phantom("".join(tex for kind, tex in kinds.items() if kind != shape(mark))),
                mark.translate(_HIGH),
            )
            for mark in set(marks)
        }
        self.is_exact = all(longest.startswith(text) for text in self._raised_stars)
        self.is_empty = not longest and not kinds

    def stars(self, row: int) -> Raised:
        """Return the stars of a row."""
        return FLAT if self.is_empty or not self._stars else self._raised_stars[self._stars[row]]

    def marks(self, row: int) -> Raised:
        """Return the mark of a row."""
        return FLAT if self.is_empty or not self._marks else self._raised_marks[self._marks[row]]


def _raised(text: str, hidden: str, markup: Markup) -> Tex:
    """Return `text` as a superscript, with room for `hidden` behind it."""
    if not text:
        return _NOTHING
    if set(text + hidden) == {"*"}:
        return Tex(f"$^{{{text}{phantom(hidden)}}}$")
    behind = phantom(markup(hidden)) if hidden else _NOTHING
    return Tex(rf"\textsuperscript{{{markup(text)}{behind}}}")
