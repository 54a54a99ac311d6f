"""Text that is laid out with TeX's own metrics, whatever matplotlib then draws it with.

Every renderer of paperkit inherits `TexMetrics`, so that panels, ticks and legends stand at the same place in every
format. Import this module only where a figure is drawn: it imports matplotlib.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.cbook import is_math_text
from matplotlib.figure import Figure as Canvas
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text

from paperkit.errors import AssetError, ManifestPath, PaperkitError
from paperkit.figures.text import to_tex
from paperkit.style.theme import POINTS_PER_TEX_POINT, Theme
from paperkit.tex.extents import SetText
from paperkit.tex.metrics import Extent, Font, baseline_skip, measure

DPI = 72
"""Figures are laid out at one pixel per PDF point, and drawn so in every format but PNG."""

ALIGNMENTS = {"left": 0.0, "center": 0.5, "right": 1.0}

# The heights of `l` and of the descender of `p` in an em of Computer Modern and Times alike: what a line of text
# reserves above and below its baseline. The rest of the baseline skip goes below it, so that the first lines of
# one-line and two-line tick labels stand at the same height.
_ASCENT = 0.7


@dataclass(frozen=True, kw_only=True, slots=True)
class TextExtent:
    """Width, total height and depth of one line in PDF points, and what could only be estimated."""

    width: float
    height: float
    depth: float
    notes: tuple[str, ...]


@lru_cache(maxsize=4096)
def text_extent(line: str, *, is_math: bool, family: str, encoding: str, size: float, space: float = 0.0) -> TextExtent:
    """Measure one line of figure text in the document's font at `size` TeX points; `space` is the theme's."""
    tex = to_tex(line, is_math=is_math, encoding=encoding)
    found = measure(tex, Font(family=family, encoding=encoding, size=size, frenchspacing=True, space=space))
    return _in_pdf_points(found)


def _in_pdf_points(found: Extent) -> TextExtent:
    return TextExtent(
        width=found.width * POINTS_PER_TEX_POINT,
        height=(found.height + found.depth) * POINTS_PER_TEX_POINT,
        depth=found.depth * POINTS_PER_TEX_POINT,
        notes=tuple(str(note) for note in found.notes),
    )


def tex_size(font: FontProperties) -> float:
    """Return the size of a font in TeX points; themes choose real LaTeX sizes, so rounding restores them."""
    return round(font.get_size_in_points() / POINTS_PER_TEX_POINT, 2)


def mark_alignments(canvas: Canvas) -> None:
    """Store with every text how it is aligned, where renderers look for it."""
    for text in canvas.findobj(Text):
        text.set_gid(text.get_horizontalalignment())


class TexMetrics(RendererBase):
    """Measure text as TeX will set it, and know how the text being drawn is aligned.

    The alignment comes with the group that a text opens: `mark_alignments` has stored it as the group's id.
    `scale` is the number of pixels per PDF point.
    """

    theme: Theme
    path: ManifestPath
    alignment: float
    scale: float
    notes: dict[str, None]

    def prepare(self, theme: Theme, path: ManifestPath, *, scale: float = 1.0) -> None:
        """Set the theme, whose family and encoding are measured, and the manifest path of the figure."""
        self.theme = theme
        self.path = path
        self.scale = scale
        self.alignment = 0.0
        self.notes = {}

    def open_group(self, s: str, gid: str | None = None) -> None:
        """Take the alignment of a text from the id of its group."""
        if s == "text":
            self.alignment = ALIGNMENTS.get(gid or "left", 0.0)

    def measured(self, s: str, prop: FontProperties, *, is_math: bool) -> TextExtent:
        """Return the extent of one line and remember its notes.

        Raises:
            AssetError: the line cannot be typeset.

        """
        font = {"family": self.theme.family, "encoding": self.theme.encoding}
        try:
            found = text_extent(
                s, is_math=is_math, size=tex_size(prop), space=self.theme.space_at(tex_size(prop)), **font
            )
        except PaperkitError as error:
            said = (replace(problem, message=f"'{s}': {problem.message}") for problem in error.problems)
            raise AssetError(*(problem.under(self.path) for problem in said)) from error
        if found.notes:
            found = self._asked(s, tex_size(prop), is_math=is_math) or found
        self.notes.update(dict.fromkeys(found.notes))
        return found

    def _asked(self, line: str, size: float, *, is_math: bool) -> TextExtent | None:
        """Return what TeX said of a line that can only be estimated here, if it was asked."""
        theme = self.theme
        tex = to_tex(line, is_math=is_math, encoding=theme.encoding)
        known = theme.extents.find(SetText(str(tex), theme.family, theme.encoding, size))
        return None if known is None else _in_pdf_points(known)

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: bool | str
    ) -> tuple[float, float, float]:
        """Return width, height and depth of one line in pixels."""
        found = self.measured(s, prop, is_math=bool(ismath))
        return found.width * self.scale, found.height * self.scale, found.depth * self.scale

    def ascent(self, text: Text) -> float:
        """Return what a text reserves above the baseline of its first line, in PDF points."""
        line, font = text.get_text().partition("\n")[0], text.get_fontproperties()
        is_math = bool(is_math_text(line))
        found = self.measured(line if is_math else line.replace(r"\$", "$"), font, is_math=is_math)
        return max(found.height - found.depth, _ASCENT * tex_size(font) * POINTS_PER_TEX_POINT)

    def _get_font_height_metrics(self, prop: FontProperties) -> tuple[float, float, float]:
        # matplotlib 3.11 asks this of a renderer that knows its fonts better than the bundled ones do.
        size, unit = tex_size(prop), POINTS_PER_TEX_POINT * self.scale
        ascent = _ASCENT * size
        return ascent * unit, (baseline_skip(size) - ascent) * unit, 0.0

    def flipy(self) -> bool:
        """Return False: heights are counted from the bottom, as in PDF and PGF."""
        return False

    def points_to_pixels(self, points: Any) -> Any:
        """Return how many pixels `points` are."""
        return points * self.scale


class MeasuringRenderer(TexMetrics):
    """Draw nothing, measure everything."""

    def __init__(self, theme: Theme, path: ManifestPath, size: tuple[float, ...]) -> None:
        super().__init__()
        self.prepare(theme, path)
        self._size = size

    def get_canvas_width_height(self) -> tuple[float, float]:
        """Return the size of the figure in PDF points."""
        width, height = self._size
        return width, height

    def draw_path(
        self,
        gc: GraphicsContextBase,
        path: Any,
        transform: Any,
        rgbFace: Any = None,  # noqa: N803 - inherited
    ) -> None:
        """Draw no path."""

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
        """Draw no text."""

    def draw_image(self, gc: GraphicsContextBase, x: float, y: float, im: Any, transform: Any = None) -> None:
        """Draw no image."""
