"""The graphics state of a page, and its stack."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

from paperkit.camera_ready.audit.reading.glyphs import Glyphs
from paperkit.camera_ready.audit.reading.matrices import EVERYWHERE, IDENTITY, Bounds, Matrix

_DEEPEST = 512


@dataclass(kw_only=True, slots=True)
class State:
    """What `q` saves: the map to the page, clip, colours, line, text, transparency."""

    matrix: Matrix = IDENTITY
    clip: Bounds | None = EVERYWHERE
    fill_space: str = "gray"
    fill: tuple[float, ...] = (0.0,)
    stroke_space: str = "gray"
    stroke: tuple[float, ...] = (0.0,)
    width: float = 1.0
    fill_alpha: float = 1.0
    stroke_alpha: float = 1.0
    blend: str = "/Normal"
    is_masked: bool = False
    glyphs: Glyphs | None = None
    size: float = 1.0
    spacing: float = 0.0
    word_spacing: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    mode: int = 0


class States:
    """The current state and those saved below it; too many saved ones are counted, not kept."""

    def __init__(self, first: State) -> None:
        self.now = first
        self._saved: list[State] = []
        self._beyond = 0

    def push(self) -> None:
        """Save the state."""
        if len(self._saved) < _DEEPEST:
            self._saved.append(copy(self.now))
        else:
            self._beyond += 1

    def pop(self) -> None:
        """Go back to the state saved last; without one nothing happens."""
        if self._beyond:
            self._beyond -= 1
        elif self._saved:
            self.now = self._saved.pop()
