r"""PGF without TeX: a renderer that writes a `pgfpicture` for the document's own TeX to set.

The file needs only `\usepackage{pgf}`. Lengths are in `bp`, matplotlib's point, so that coordinates are those of
the PDF; the bounding box is exact in TeX points. Import this module only where a figure is written.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.colors import to_rgba
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from paperkit.figures.raster import RASTER_DPI, drawing_images
from paperkit.figures.renderer import TexMetrics, tex_size
from paperkit.figures.text import to_tex
from paperkit.manifest.model import RASTER_FILE
from paperkit.tex.lengths import format_pt
from paperkit.tex.metrics import baseline_skip

if TYPE_CHECKING:
    from paperkit.figures.figure import Figure

# TeX's largest length is 16383 pt; what lies this far outside cannot be seen anyway.
_FAR = 8000.0
# matplotlib's hatches repeat after an inch.
_TILE = 72.0

# Short names, which end with the group: they keep the file small and legible. The font is the document's own at a
# given size, whatever the text around the figure is set in.
# Characters that a language of babel makes active would break PGF's keys, and print wider than they were measured.
PRELUDE = r"""\begingroup\frenchspacing
\def\do#1{\catcode`#112\relax}\do\!\do\"\do\'\do\*\do\,\do\-\do\.\do\/\do\:\do\;\do\<\do\=\do\>\do\?\do\`\do\|%
\def\pkM#1#2{\pgfpathmoveto{\pgfqpoint{#1bp}{#2bp}}}%
\def\pkL#1#2{\pgfpathlineto{\pgfqpoint{#1bp}{#2bp}}}%
\def\pkC#1#2#3#4#5#6{\pgfpathcurveto{\pgfqpoint{#1bp}{#2bp}}{\pgfqpoint{#3bp}{#4bp}}{\pgfqpoint{#5bp}{#6bp}}}%
\def\pkZ{\pgfpathclose}%
\def\pkR#1#2#3#4{\pgfpathrectangle{\pgfqpoint{#1bp}{#2bp}}{\pgfqpoint{#3bp}{#4bp}}}%
\def\pkat#1#2{\pgftransformshift{\pgfqpoint{#1bp}{#2bp}}}%
\def\pktext#1#2#3#4#5{\pgftext[x=#1bp,y=#2bp,base,#3]{#4\normalfont#5}}%
"""

# As the wrapper looks for its files, if none has: beside itself, or on LaTeX before 2020 where `\pkfigdir` says.
_LOOKUP = r"""\def\pkname{NAME}%
\ifdefined\pkfound\else\let\pkfound\relax
\def\pktry#1{\ifx\pkfound\relax\IfFileExists{#1\pkname}{\edef\pkfound{#1}}{}\fi}%
\ifdefined\pkfigdir\pktry{\pkfigdir/}\pktry{\pkfigdir}\fi
\ifdefined\CurrentFilePath\ifx\CurrentFilePath\empty\else\pktry{\CurrentFilePath/}\fi\fi
\pktry{}\ifx\pkfound\relax\let\pkfound\empty\fi\fi
\edef\pkimages{\pkfound\pkname}%
"""


def number(value: float) -> str:
    """Return a length with at most three decimals, the hundredth part of what a printer resolves.

    >>> number(12.50004), number(-0.0001), number(3.0)
    ('12.5', '0', '3')
    """
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def to_pgf(figure: Figure) -> str:
    """Return the figure as a `pgfpicture`, exactly as wide and high as the figure; its images are in another file.

    Raises:
        AssetError: a text cannot be typeset.

    """
    return draw_pgf(figure)[0]


def draw_pgf(figure: Figure) -> tuple[str, tuple[Any, ...]]:
    """Return what `to_pgf` does, and the images that it shows: rows from the bottom, four bytes per pixel.

    They are the pages of a PDF beside it, which it looks for as a wrapper does if none has found the folder.

    Raises:
        AssetError: a text cannot be typeset.

    """
    from paperkit.style.theme import rc_context

    with rc_context(figure.theme):
        renderer = PgfRenderer(figure)
        with drawing_images(figure.canvas, figure.scene.panels, renderer, "pgf") as mixed:
            figure.canvas.draw(mixed)
        renderer.finish()
    colors = "".join(
        f"\\definecolor{{{name}}}{{rgb}}{{{','.join(map(number, color))}}}%\n"
        for color, name in renderer.colors.items()
    )
    size = f"{{\\pgfqpoint{{{format_pt(figure.width)}}}{{{format_pt(figure.height)}}}}}"
    head = (
        f"{PRELUDE}{_LOOKUP.replace('NAME', figure.name + RASTER_FILE) if renderer.images else ''}{colors}"
        f"\\begin{{pgfpicture}}%\n"
        f"\\pgfpathrectangle{{\\pgfpointorigin}}{size}\\pgfusepath{{use as bounding box}}%\n"
    )
    return "".join([head, *renderer.lines, "\\end{pgfpicture}%\n\\endgroup\n"]), tuple(renderer.images)


class PgfRenderer(TexMetrics):
    """Write what matplotlib draws as lines of PGF, text in the document's font."""

    def __init__(self, figure: Figure) -> None:
        super().__init__()
        self.prepare(figure.theme, figure.path)
        self.lines: list[str] = []
        self.colors: dict[tuple[float, float, float], str] = {}
        self._canvas = tuple(figure.canvas.get_size_inches() * 72)
        self._state_open = ""
        self.images: list[Any] = []

    def get_canvas_width_height(self) -> tuple[float, float]:
        """Return the size of the figure in PDF points."""
        width, height = self._canvas
        return float(width), float(height)

    def open_group(self, s: str, gid: str | None = None) -> None:
        """Name panels and boxes in comments."""
        super().open_group(s, gid)
        if gid is not None and s != "text":
            self.lines.append(f"% {comment(gid)}\n")

    def draw_path(
        self,
        gc: GraphicsContextBase,
        path: Any,
        transform: Any,
        rgbFace: Any = None,  # noqa: N803 - inherited
    ) -> None:
        """Write one path: filled, stroked or both."""
        if gc.get_hatch() is not None:
            self._draw_hatched(gc, path, transform, rgbFace)
            return
        use = _use(gc, rgbFace)
        drawn = "".join(self._segments(path, transform, closed=rgbFace is not None)) if use else ""
        if drawn:
            self._scope(self._state(gc, rgbFace), f"{drawn}\\pgfusepath{{{use}}}%\n")

    def _draw_hatched(self, gc: Any, path: Any, transform: Any, face: Any) -> None:
        """Write a path with a hatch: its face, then the lines of the hatch inside it, then its edge."""
        plain, edge = GraphicsContextBase(), GraphicsContextBase()
        for part in (plain, edge):
            part.copy_properties(gc)
            part.set_hatch(None)
        plain.set_linewidth(0)
        self.draw_path(plain, path, transform, face)
        lines = "".join(_hatch(gc, transform.transform_path(path).get_extents()))
        border = "".join(self._segments(path, transform, closed=True))
        edge.set_linewidth(gc.get_hatch_linewidth())
        edge.set_foreground(gc.get_hatch_color())
        state = f"{self._state(edge, None)}{border}\\pgfusepath{{clip}}%\n"
        if lines and border:
            self._scope(state, f"{lines}\\pgfusepath{{stroke}}%\n")
        edge.set_linewidth(gc.get_linewidth())
        edge.set_foreground(gc.get_rgb())
        self.draw_path(edge, path, transform)

    def draw_markers(  # noqa: PLR0917 - matplotlib's signature
        self,
        gc: GraphicsContextBase,
        marker_path: Any,
        marker_trans: Any,
        path: Any,
        trans: Any,
        rgbFace: Any = None,  # noqa: N803 - inherited
    ) -> None:
        """Write a marker once, and where it stands."""
        use = _use(gc, rgbFace)
        places = [place for place in path.cleaned(trans, simplify=False).vertices[:-1] if np.isfinite(place).all()]
        if not use or not places:
            return
        drawn = "".join(self._segments(marker_path, marker_trans, closed=rgbFace is not None))
        stamps = "".join(
            f"{{\\pkat{{{number(x)}}}{{{number(y)}}}\\pkmark}}%\n" for x, y in places if abs(x) < _FAR and abs(y) < _FAR
        )
        self._scope(self._state(gc, rgbFace), f"\\def\\pkmark{{{drawn}\\pgfusepath{{{use}}}}}%\n{stamps}")

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
        extent = self.measured(s, prop, is_math=bool(ismath))
        shift = self.alignment * extent.width
        turn = math.radians(angle)
        anchor = {0.0: "left", 0.5: "", 1.0: "right"}[self.alignment]
        rotate = f"rotate={number(angle)}" if angle else ""
        size = tex_size(prop)
        font = f"\\fontsize{{{number(size)}}}{{{number(baseline_skip(size))}}}"
        options = ",".join(filter(None, (anchor, rotate)))
        place = f"{{{number(x + shift * math.cos(turn))}}}{{{number(y + shift * math.sin(turn))}}}"
        tex = self.theme.family_command + to_tex(s, is_math=bool(ismath), encoding=self.theme.encoding)
        line = f"\\pktext{place}{{{options}}}{{{font}}}{{{self._ink(gc)}{tex}}}%\n"
        self._scope(self._clip(gc) + _opacity(gc, None), line)

    def get_image_magnification(self) -> float:
        """Return how many pixels an image has for each point of 1/72 inch."""
        return RASTER_DPI / 72

    def draw_image(self, gc: GraphicsContextBase, x: float, y: float, im: Any, transform: Any = None) -> None:
        """Show an image, which is a page of the figure's PDF of images, at the resolution of all of them."""
        del transform  # images are resampled before
        self.images.append(im)
        height, width = (number(side * 72 / RASTER_DPI) for side in im.shape[:2])
        page = f"page={len(self.images)},width={width}bp,height={height}bp"
        place = f"x={number(x)}bp,y={number(y)}bp"
        line = f"\\pgftext[{place},left,bottom]{{\\includegraphics[{page}]{{\\pkimages}}}}%\n"
        self._scope(self._clip(gc), line)

    def _scope(self, state: str, body: str = "") -> None:
        """Write `body` under the graphics `state`; what follows with the same state shares its scope."""
        if state != self._state_open:
            if self._state_open:
                self.lines.append("\\end{pgfscope}%\n")
            if state:
                self.lines.append(f"\\begin{{pgfscope}}%\n{state}")
            self._state_open = state
        self.lines.append(body)

    def finish(self) -> None:
        """Close what is open."""
        self._scope("")

    def _color(self, color: Any) -> str:
        rgb = tuple(round(float(channel), 4) for channel in to_rgba(color)[:3])
        return self.colors.setdefault((rgb[0], rgb[1], rgb[2]), f"pk{letters(len(self.colors))}")

    def _ink(self, gc: GraphicsContextBase) -> str:
        # Black text follows the document's own colour, as the text around the figure does.
        return "" if tuple(gc.get_rgb()[:3]) == (0, 0, 0) else f"\\color{{{self._color(gc.get_rgb())}}}"

    def _state(self, gc: GraphicsContextBase, face: Any) -> str:
        parts = [self._clip(gc), _opacity(gc, face)]
        if face is not None:
            parts.append(f"\\pgfsetfillcolor{{{self._color(face)}}}%\n")
        if gc.get_linewidth() > 0:
            parts += [f"\\pgfsetstrokecolor{{{self._color(gc.get_rgb())}}}%\n", _line(gc)]
        return "".join(parts)

    def _clip(self, gc: Any) -> str:
        parts = []
        box = gc.get_clip_rectangle()
        if box is not None:
            corner = "".join(f"{{{number(value)}}}" for value in (box.x0, box.y0, box.width, box.height))
            parts.append(f"\\pkR{corner}\\pgfusepath{{clip}}%\n")
        path, transform = gc.get_clip_path()
        if path is not None:
            drawn = "".join(self._segments(path, transform, closed=True))
            parts.append(f"{drawn}\\pgfusepath{{clip}}%\n")
        return "".join(parts)

    def _segments(self, path: Any, transform: Any, *, closed: bool) -> Iterator[str]:
        # An open path may be cut at the border; a filled one is bent to it, far outside of what can be seen.
        clip = None if closed else (-_FAR, -_FAR, _FAR, _FAR)
        last = (0.0, 0.0)
        for points, code in path.iter_segments(transform, clip=clip, simplify=None if closed else path.should_simplify):
            values = [min(max(float(value), -_FAR), _FAR) for value in points]
            if code == Path.CLOSEPOLY:
                yield "\\pkZ"
                continue
            if code == Path.CURVE3:
                values = _cubic(last, values)
            name = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "C", Path.CURVE4: "C"}[code]
            yield f"\\pk{name}" + "".join(f"{{{number(value)}}}" for value in values)
            last = (values[-2], values[-1])


def _hatch(gc: Any, box: Any) -> Iterator[str]:
    """Yield the lines of a hatch within `box`, from tiles of an inch that start at the figure's corner."""
    tile = gc.get_hatch_path()
    for column in range(math.floor(box.x0 / _TILE), math.ceil(box.x1 / _TILE)):
        for row in range(math.floor(box.y0 / _TILE), math.ceil(box.y1 / _TILE)):
            place = Affine2D().scale(_TILE).translate(column * _TILE, row * _TILE)
            yield from _lines(tile.iter_segments(place, clip=(box.x0, box.y0, box.x1, box.y1), simplify=False))


def _lines(segments: Any) -> Iterator[str]:
    for points, code in segments:
        name = {Path.MOVETO: "M", Path.LINETO: "L"}[code]
        yield f"\\pk{name}" + "".join(f"{{{number(float(value))}}}" for value in points)


def _cubic(start: tuple[float, float], values: list[float]) -> list[float]:
    """Raise a quadratic Bézier curve to a cubic one: its control points go two thirds of the way to the old one."""
    (x0, y0), (x1, y1, x2, y2) = start, values
    return [x0 + 2 / 3 * (x1 - x0), y0 + 2 / 3 * (y1 - y0), x2 + 2 / 3 * (x1 - x2), y2 + 2 / 3 * (y1 - y2), x2, y2]


def _use(gc: GraphicsContextBase, face: Any) -> str:
    stroke = gc.get_linewidth() > 0 and gc.get_rgb()[3] > 0
    fill = face is not None and to_rgba(face)[3] > 0
    return ",".join(word for word, wanted in (("fill", fill), ("stroke", stroke)) if wanted)


def _opacity(gc: Any, face: Any) -> str:
    stroke = gc.get_alpha() if gc.get_forced_alpha() else gc.get_rgb()[3]
    fill = stroke if gc.get_forced_alpha() or face is None else to_rgba(face)[3]
    parts = [f"\\pgfsetstrokeopacity{{{number(stroke)}}}%\n"] if stroke != 1 else []
    return "".join([*parts, f"\\pgfsetfillopacity{{{number(fill)}}}%\n"] if fill != 1 else parts)


def _line(gc: Any) -> str:
    join = {"miter": "\\pgfsetmiterjoin", "round": "\\pgfsetroundjoin", "bevel": "\\pgfsetbeveljoin"}
    cap = {"butt": "\\pgfsetbuttcap", "round": "\\pgfsetroundcap", "projecting": "\\pgfsetrectcap"}
    # PGF starts with butt caps and mitred joins, so these need no word.
    words = [join[gc.get_joinstyle()], cap[gc.get_capstyle()]]
    style = "".join(word for word in words if word not in ("\\pgfsetmiterjoin", "\\pgfsetbuttcap"))
    offset, dashes = gc.get_dashes()
    dash = ""
    if dashes is not None:
        lengths = "".join(f"{{{number(length)}bp}}" for length in dashes)
        dash = f"\\pgfsetdash{{{lengths}}}{{{number(offset)}bp}}"
    return f"\\pgfsetlinewidth{{{number(gc.get_linewidth())}bp}}{style}{dash}%\n"


def letters(index: int) -> str:
    """Return a, b, …, z, ba, bb, …: the number in base 26, since TeX names have no digits."""
    head, tail = divmod(index, 26)
    return (letters(head) if head else "") + chr(ord("a") + tail)


def comment(text: str) -> str:
    """Return text that cannot end the comment it stands in, nor upset an encoding."""
    return " ".join(text.encode("ascii", "replace").decode("ascii").split())
