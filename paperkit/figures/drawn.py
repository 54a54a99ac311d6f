"""What a figure draws: every line of text with its place, and the width of every stroke.

Import this module only where a figure is drawn: it imports matplotlib.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.figure import Figure as Canvas
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text

from paperkit.figures.figure import Figure
from paperkit.figures.renderer import ALIGNMENTS, DPI, MeasuringRenderer, mark_alignments, tex_size

Corner = tuple[float, float]

_PANEL = re.compile(r"panel (\d+)\b")


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawnText:
    """One line of text: what it is (`tick label of x`), its size in TeX points and its corners in PDF points.

    `owner` is the same for the lines of one text; `panel` counts from 0 and is None outside of panels.
    """

    text: str
    role: str
    owner: int
    panel: int | None
    size: float
    corners: tuple[Corner, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """All text of a figure, and the thinnest stroke of each panel in PDF points."""

    texts: tuple[DrawnText, ...]
    thinnest: tuple[tuple[int | None, float], ...]


def drawn(figure: Figure) -> Drawn:
    """Return what `figure` draws, in the order in which it draws."""
    from paperkit.style.theme import rc_context

    roles = _roles(figure.canvas)
    try:
        for text in figure.canvas.findobj(Text):
            # The id of its group is all that reaches a renderer of a text in several lines, and what a new tick copies.
            text.set_gid(roles.get(id(text), "text"))
        with rc_context(figure.theme):
            recorder = _Recorder(figure)
            figure.canvas.draw(recorder)
    finally:
        mark_alignments(figure.canvas)
    return Drawn(texts=tuple(recorder.texts), thinnest=tuple(recorder.thinnest.items()))


def _roles(canvas: Canvas) -> dict[int, str]:
    found = {id(text): role for axes in canvas.axes for text, role in _roles_of(axes)}
    for legend in canvas.legends:
        found |= {id(text): "legend entry" for text in legend.get_texts()}
    return found


def _roles_of(axes: Any) -> Iterator[tuple[Text, str]]:
    for name, axis in (("x", axes.xaxis), ("y", axes.yaxis)):
        yield axis.label, f"label of {name}"
        for label in (*axis.get_majorticklabels(), *axis.get_minorticklabels()):
            yield label, f"tick label of {name}"
    yield axes.title, "title"
    yield axes._left_title, "letter"  # noqa: SLF001 - matplotlib gives its text, not itself
    legend = axes.get_legend()
    for text in () if legend is None else legend.get_texts():
        yield text, "legend entry"
    for inset in axes.child_axes:
        yield from _roles_of(inset)


class _Recorder(MeasuringRenderer):
    """Remember what is drawn."""

    def __init__(self, figure: Figure) -> None:
        size = tuple(float(side) * DPI for side in figure.canvas.get_size_inches())
        super().__init__(figure.theme, figure.path, size)
        self.texts: list[DrawnText] = []
        self.thinnest: dict[int | None, float] = {}
        self._role = "text"
        self._owner = 0
        self._panels: list[int | None] = [None]

    def open_group(self, s: str, gid: str | None = None) -> None:
        """Notice which panel and which text are drawn."""
        if s == "axes":
            named = _PANEL.match(gid or "")
            self._panels.append(int(named[1]) - 1 if named else self._panels[-1])
        elif s == "text":
            self._owner += 1
            # What matplotlib makes while it draws has the alignment of the text that it copies.
            self._role = "text" if gid is None or gid in ALIGNMENTS else gid

    def close_group(self, s: str) -> None:
        """Notice the end of a panel."""
        if s == "axes":
            self._panels.pop()

    def draw_path(
        self,
        gc: GraphicsContextBase,
        path: Any,
        transform: Any,
        rgbFace: Any = None,  # noqa: N803 - inherited
    ) -> None:
        """Remember how wide the stroke is, if it can be seen."""
        del path, transform, rgbFace
        width = float(gc.get_linewidth())
        if width > 0 and gc.get_rgb()[3] > 0:
            panel = self._panels[-1]
            self.thinnest[panel] = min(width, self.thinnest.get(panel, width))

    def draw_markers(  # noqa: PLR0917 - matplotlib's signature
        self,
        gc: GraphicsContextBase,
        marker_path: Any,
        marker_trans: Any,
        path: Any,
        trans: Any,
        rgbFace: Any = None,  # noqa: N803 - inherited
    ) -> None:
        """Remember the stroke of the marker, once for all places."""
        del path, trans
        self.draw_path(gc, marker_path, marker_trans, rgbFace)

    def draw_text(  # noqa: PLR0917 - matplotlib's signature
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: bool | str = False,
        mtext: Any = None,
    ) -> None:
        """Remember the rectangle of the ink of one line."""
        del gc, mtext
        if not s.strip():
            return
        found = self.measured(s, prop, is_math=bool(ismath))
        low, high = -found.depth, found.height - found.depth
        turn = math.radians(angle)
        cos, sin = math.cos(turn), math.sin(turn)
        box = ((0.0, low), (found.width, low), (found.width, high), (0.0, high))
        self.texts.append(
            DrawnText(
                text=s,
                role=self._role,
                owner=self._owner,
                panel=self._panels[-1],
                size=tex_size(prop),
                corners=tuple((x + a * cos - b * sin, y + a * sin + b * cos) for a, b in box),
            )
        )
