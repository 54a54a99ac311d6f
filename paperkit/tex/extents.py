"""Sizes of texts that only TeX knows: commands outside the maths that is measured here, fonts that are not shipped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from paperkit.tex.metrics import Extent


class SetText(NamedTuple):
    """A line of TeX and the font it is set in; `size` in TeX pt."""

    tex: str
    family: str
    encoding: str
    size: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Extents:
    """The sizes that are known; in `asked` the texts that were looked for, in `wanted` those of them in vain."""

    known: Mapping[SetText, Extent] = field(default_factory=dict)
    wanted: dict[SetText, None] = field(default_factory=dict)
    asked: dict[SetText, None] = field(default_factory=dict)

    def find(self, text: SetText) -> Extent | None:
        """Return the size of `text`, or None, which is remembered."""
        self.asked[text] = None
        found = self.known.get(text)
        if found is None:
            self.wanted[text] = None
        return found
