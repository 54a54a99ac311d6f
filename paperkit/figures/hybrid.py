r"""Hybrid: a PDF without text, and a `picture` that the document's own TeX sets the text of the figure with.

The overlay needs only `graphicx`, and `color` where text is coloured; however many marks there are, TeX sees none of
them. Import this module only where a figure is written: it imports matplotlib.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_pdf import RendererPdf
from matplotlib.colors import to_rgba
from matplotlib.font_manager import FontProperties

from paperkit.errors import ManifestPath
from paperkit.figures.figure import Figure
from paperkit.figures.pdf import draw_page
from paperkit.figures.pgf import number
from paperkit.figures.renderer import TexMetrics, tex_size
from paperkit.figures.text import to_tex
from paperkit.style.theme import POINTS_PER_TEX_POINT, Theme, rc_context
from paperkit.tex.lengths import format_pt
from paperkit.tex.metrics import baseline_skip

# A text is a box without size at its anchor, so that it can be turned about it. Characters that a language of babel
# makes active would break the picture's coordinates, and print wider than they were measured.
_PRELUDE = r"""\begingroup\frenchspacing
\def\do#1{\catcode`#112\relax}\do\!\do\"\do\'\do\(\do\)\do\*\do\,\do\-\do\.\do\/\do\:\do\;\do\<\do\=\do\>\do\?\do\`\do\|%
\def\pkleft#1{\hbox to 0pt{#1\hss}}\def\pkcenter#1{\hbox to 0pt{\hss#1\hss}}\def\pkright#1{\hbox to 0pt{\hss#1}}%
\def\pktext#1#2#3#4#5{\put(#1,#2){\smash{#3{#4\normalfont#5}}}}%
\def\pkturned#1#2#3#4#5#6{\put(#1,#2){\rotatebox{#3}{\smash{#4{#5\normalfont#6}}}}}%
\setlength{\unitlength}{1pt}%
"""

_ANCHORS = {0.0: r"\pkleft", 0.5: r"\pkcenter", 1.0: r"\pkright"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Hybrid:
    """The two files of a figure: the graphics as a PDF, the text as TeX."""

    pdf: bytes
    overlay: str


def to_hybrid(figure: Figure, *, title: str = "", subject: str = "") -> Hybrid:
    r"""Return the figure's graphics, and its text as a `picture` of exactly the figure's size."""
    with rc_context(figure.theme):
        pdf, renderer = draw_page(figure, HybridRenderer, title=title, subject=subject)
    size = ",".join(format_pt(side).removesuffix("pt") for side in (figure.width, figure.height))
    head = f"{_PRELUDE}\\begin{{picture}}({size})%\n"
    return Hybrid(pdf=pdf, overlay="".join([head, *renderer.lines, "\\end{picture}%\n\\endgroup\n"]))


class HybridRenderer(TexMetrics, RendererPdf):
    """Draw all but text on the page of a PDF, and write the text as lines of TeX."""

    lines: list[str]

    def prepare(self, theme: Theme, path: ManifestPath, *, scale: float = 1.0) -> None:
        """Begin without a line."""
        super().prepare(theme, path, scale=scale)
        self.lines = []

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
        """Write one line of text, held where its alignment says: TeX sets it, whatever its true width."""
        del mtext  # the alignment is known from the group, also for the lines of a longer text
        shift = self.alignment * self.measured(s, prop, is_math=bool(ismath)).width
        turn = math.radians(angle)
        places = (x + shift * math.cos(turn), y + shift * math.sin(turn))
        place = "".join(f"{{{number(value / POINTS_PER_TEX_POINT)}}}" for value in places)
        size = tex_size(prop)
        font = f"\\fontsize{{{number(size)}}}{{{number(baseline_skip(size))}}}"
        text = _inked(self.theme.family_command + to_tex(s, is_math=bool(ismath), encoding=self.theme.encoding), gc)
        head = f"\\pkturned{place}{{{number(angle)}}}" if angle else f"\\pktext{place}"
        self.lines.append(f"{head}{_ANCHORS[self.alignment]}{{{font}}}{{{text}}}%\n")


def _inked(tex: str, gc: Any) -> str:
    # Black text follows the document's own colour, as the text around the figure does.
    alpha = gc.get_alpha() if gc.get_forced_alpha() else to_rgba(gc.get_rgb())[3]
    # `color` knows no transparency: what is seen through the text is taken to be paper.
    ink = [1 - alpha * (1 - float(channel)) for channel in to_rgba(gc.get_rgb())[:3]]
    return f"\\textcolor[rgb]{{{','.join(map(number, ink))}}}{{{tex}}}" if any(ink) else tex
