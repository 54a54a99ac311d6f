r"""pgfplots: a `tikzpicture` of axes with the numbers that they show, for the document's own TeX, to be edited by hand.

Layout, ticks and texts are those of the other formats: axes stand at their solved places, as large as solved. Import
this module only where a figure is written: it imports matplotlib.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from paperkit.errors import AssetError, Problem
from paperkit.figures.marktex import Plotter, exact, said
from paperkit.figures.pgf import PRELUDE, PgfRenderer, number
from paperkit.figures.plots import Look
from paperkit.figures.references import spans_and_lines
from paperkit.figures.renderer import mark_alignments, tex_size
from paperkit.figures.text import to_tex
from paperkit.style.theme import rc_context
from paperkit.tex.lengths import format_pt
from paperkit.tex.metrics import baseline_skip

if TYPE_CHECKING:
    from paperkit.figures.encode import Encoded
    from paperkit.figures.figure import Figure
    from paperkit.figures.panel import Panel

_ANCHORS = {0.0: "base west", 0.5: "base", 1.0: "base east"}
# What may lie between labels that stand on one line, in points.
_HAIR = 0.02
# A tick label in several lines: the first one is at the baseline.
_LINES = r"\def\pklines#1{\vtop{\let\\\cr\halign{\hfil##\hfil\cr#1\crcr}}}" + "%\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """One line of text: where its anchor is, in PDF points from the lower left corner of the figure."""

    tex: str
    x: float
    y: float
    angle: float
    alignment: float
    size: float
    ink: str


class _Reader(PgfRenderer):
    """Read the texts of a figure; nothing else is drawn."""

    def __init__(self, figure: Figure, texts: Sequence[Text], plotter: Plotter) -> None:
        super().__init__(figure)
        self.found: dict[int, list[_Line]] = {}
        self._texts = texts
        self._plotter = plotter
        self._owner = 0

    def open_group(self, s: str, gid: str | None = None) -> None:
        """Notice which text is drawn."""
        if s == "text":
            self._owner = int(gid or 0)
            alignment = self._texts[self._owner].get_horizontalalignment()
            super().open_group(s, alignment)

    def draw_path(self, *_: Any, **__: Any) -> None:
        """Draw no path."""

    def draw_markers(self, *_: Any, **__: Any) -> None:
        """Draw no marker."""

    def draw_text(  # noqa: PLR0917 - matplotlib's signature
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: Any,
        angle: float,
        ismath: bool | str = False,
        mtext: Any = None,
    ) -> None:
        """Remember one line."""
        import math

        del mtext
        shift, turn = self.alignment * self.measured(s, prop, is_math=bool(ismath)).width, math.radians(angle)
        rgb = tuple(gc.get_rgb()[:3])
        line = _Line(
            tex=to_tex(s, is_math=bool(ismath), encoding=self.theme.encoding),
            x=x + shift * math.cos(turn),
            y=y + shift * math.sin(turn),
            angle=float(angle),
            alignment=self.alignment,
            size=tex_size(prop),
            ink="" if rgb == (0, 0, 0) else self._plotter.color(rgb),
        )
        self.found.setdefault(id(self._texts[self._owner]), []).append(line)

    def outline(self, marker: str, size: float) -> str:
        """Return a marker of matplotlib as a path."""
        style = MarkerStyle(marker)
        path = style.get_path().transformed(style.get_transform())
        drawn = "".join(self._segments(path, Affine2D().scale(size), closed=True))
        return f"{drawn}\\pgfusepathq{'fillstroke' if style.is_filled() else 'stroke'}"


def to_pgfplots(figure: Figure) -> str:
    """Return the figure as a `tikzpicture` of pgfplots, exactly as wide and high as the figure.

    Raises:
        AssetError: the figure holds what this format has no words for.

    """
    with rc_context(figure.theme):
        writer = _Writer(figure)
        body = "".join(writer.body())
    colors = "".join(
        f"\\definecolor{{{name}}}{{rgb}}{{{','.join(map(number, rgb))}}}%\n"
        for rgb, name in writer.plotter.colors.items()
    )
    styles, texts = (
        "".join(f"  {name}/.style={{{options}}},%\n" for options, name in known.items())
        for known in (writer.plotter.styles, writer.plotter.texts)
    )
    marks = "".join(
        f"\\pgfdeclareplotmark{{{name}}}{{{writer.reader.outline(*marker)}}}%\n"
        for marker, name in writer.plotter.markers.items()
    )
    corner = f"({format_pt(figure.width)},{format_pt(figure.height)})"
    return (
        f"{PRELUDE}{_LINES}{colors}{marks}"
        f"\\tikzset{{%\n{texts}}}%\n\\pgfplotsset{{%\n{styles}}}%\n"
        f"\\begin{{tikzpicture}}[line join=miter,line cap=butt]%\n{body}"
        f"\\pgfresetboundingbox\\path[use as bounding box] (0,0) rectangle {corner};\n"
        "\\end{tikzpicture}%\n\\endgroup\n"
    )


class _Writer:
    """Write the parts of one figure."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        self.plotter = Plotter()
        texts = figure.canvas.findobj(Text)
        self.reader = _Reader(figure, texts, self.plotter)
        try:
            for index, text in enumerate(texts):
                text.set_gid(str(index))
            figure.canvas.draw(self.reader)
        finally:
            mark_alignments(figure.canvas)
        self.texts = self.reader.found

    def body(self) -> Iterator[str]:
        """Yield the axes with what they show, then the texts around them, then the legend."""
        scene = self.figure.scene
        for panel, encoded, axes in zip(scene.panels, scene.encoded, self.figure.canvas.axes, strict=True):
            yield from self._panel(panel, encoded, axes)
        for legend in self._legends():
            yield "% legend\n"
            yield from self._legend(legend)
        if self.texts:
            yield "% labels\n"
            yield from (self._node(line) for lines in self.texts.values() for line in lines)

    def _legends(self) -> Iterator[Any]:
        yield from self.figure.canvas.legends
        yield from (found for axes in self.figure.canvas.axes if (found := axes.get_legend()) is not None)

    def _panel(self, panel: Panel, encoded: Encoded, axes: Axes) -> Iterator[str]:
        yield f"% {said(str(axes.get_gid()))}\n\\begin{{axis}}[%\n"
        yield from (f"  {option},%\n" for option in self._axis(axes, panel))
        yield "]\n"
        references = list(spans_and_lines(panel))
        yield from (self._reference(*reference) for reference in references if reference[0].zorder < 0)
        for rank, (layer, data) in enumerate(zip(panel.layers, encoded, strict=True)):
            seed = self.figure.scene.seed(panel, rank)
            plots = layer.mark.plots(data, seed=seed)
            if plots is None:
                raise self._refused(f"the mark '{layer.spec.mark}'", (*layer.path, "mark"))
            yield from self.plotter.lines(plots, slot=self._slot(axes, is_horizontal=layer.is_horizontal))
        yield from (self._reference(*reference) for reference in references if reference[0].zorder >= 0)
        yield "\\end{axis}\n"

    def _slot(self, axes: Axes, *, is_horizontal: bool) -> float:
        """Return the width of a slot in PDF points."""
        box, limits = axes.get_window_extent(self.reader), axes.get_ylim() if is_horizontal else axes.get_xlim()
        return float(box.height if is_horizontal else box.width) / abs(float(limits[1]) - float(limits[0]))

    def _refused(self, what: str, path: Any) -> AssetError:
        hint = "pgf and hybrid are set by the paper's TeX too"
        return AssetError(Problem(message=f"pgfplots figures cannot hold {what}", path=path, hint=hint))

    def _axis(self, axes: Axes, panel: Panel) -> Iterator[str]:
        box = axes.get_window_extent(self.reader)
        yield f"at={{({number(box.x0)}bp,{number(box.y0)}bp)}},anchor=south west,scale only axis"
        yield f"width={number(box.width)}bp,height={number(box.height)}bp"
        for name, axis in (("x", axes.xaxis), ("y", axes.yaxis)):
            low, high = (float(end) for end in getattr(axes, f"get_{name}lim")())
            scale = getattr(axes, f"get_{name}scale")()
            if scale not in ("linear", "log"):
                raise self._refused(f"a '{scale}' axis", (*panel.path, "axes", f"{name}scale"))
            mode = f",{name}mode=log" if scale == "log" else ""
            turned = f",{name} dir=reverse" if low > high else ""
            yield f"{name}min={exact(min(low, high))},{name}max={exact(max(low, high))}{mode}{turned}"
            yield from self._ticks(axes, axis, name, box)
        yield from self._frame(axes, panel)
        if any(layer.mark.is_horizontal for layer in panel.layers):
            yield "boxplot/draw direction=x"
        else:
            yield "boxplot/draw direction=y"

    def _frame(self, axes: Axes, panel: Panel) -> Iterator[str]:
        width = float(axes.spines["left"].get_linewidth())
        if axes.spines["top"].get_visible():
            yield "xtick pos=bottom,ytick pos=left"
        else:
            yield "axis x line*=bottom,axis y line*=left"
        yield f"axis line style={{black,line width={number(width)}bp,line cap=rect}}"
        yield f"tick align=outside,tick style={{black,line width={number(width)}bp}}"
        yield "log origin=infty,scaled ticks=false"
        lengths = [
            max(_tick_length(ticks) for ticks in kinds)
            for kinds in (
                (axes.xaxis.get_major_ticks(), axes.yaxis.get_major_ticks()),
                (axes.xaxis.get_minor_ticks(), axes.yaxis.get_minor_ticks()),
            )
        ]
        yield f"major tick length={number(lengths[0])}bp,minor tick length={number(lengths[1])}bp"
        grid = panel.spec.axes.grid
        if grid is not None:
            line = axes.xaxis.get_gridlines()[0] if grid in ("x", "both") else axes.yaxis.get_gridlines()[0]
            color = self.plotter.color(_rgb(line.get_color()))
            lines = [f"{name}majorgrids" for name in "xy" if grid in (name, "both")]
            yield f"{','.join(lines)},grid style={{solid,{color},line width={number(float(line.get_linewidth()))}bp}}"

    def _ticks(self, axes: Axes, axis: Any, name: str, box: Any) -> Iterator[str]:
        low, high = sorted(axis.get_view_interval())
        slack = 1e-9 * (high - low)
        major, minor = (
            [tick for tick in ticks if low - slack <= tick.get_loc() <= high + slack]
            for ticks in (axis.get_major_ticks(), axis.get_minor_ticks())
        )
        # A minor tick with a label is one of its own kind.
        extra = [tick for tick in minor if id(tick.label1) in self.texts]
        plain = [tick for tick in minor if id(tick.label1) not in self.texts]
        length = _tick_length(major)
        yield f"{name}tick={_places(major)}" + (f",minor {name}tick={_places(plain)}" if plain else "")
        labels, style = self._labels(axes, major, name, box, length)
        yield f"{name}ticklabels={labels}{style}"
        if extra:
            length = _tick_length(extra)
            labels, style = self._labels(axes, extra, name, box, length)
            yield f"extra {name} ticks={_places(extra)},extra {name} tick labels={labels}"
            yield f"extra {name} tick style={{major tick length={number(length)}bp{style}}}"

    def _labels(self, axes: Axes, ticks: Sequence[Any], name: str, box: Any, length: float) -> tuple[str, str]:
        """Return the labels of some ticks, and how they stand; those that stand in another way become nodes."""
        found = [self.texts.get(id(tick.label1), []) for tick in ticks]
        lines = [line for lines in found for line in lines[:1]]
        shifts = [
            self._shift(axes, tick, lines[0], name, box) for tick, lines in zip(ticks, found, strict=True) if lines
        ]
        looks = {(line.size, line.angle, line.alignment, line.ink) for line in lines}
        if (
            not lines
            or len(looks) > 1
            or lines[0].angle
            or not _agree(shifts)
            or (name == "y" and any(len(f) > 1 for f in found))
        ):
            return "\\empty", ""
        for tick in ticks:
            self.texts.pop(id(tick.label1), None)
        line, (x, y) = lines[0], shifts[0]
        # pgfplots begins at the end of the tick.
        x, y = (x, y + length) if name == "x" else (x + length, y)
        texts = ",".join("{" + (_stacked([line.tex for line in lines])) + "}" for lines in found)
        ink = f",text={line.ink}" if line.ink else ""
        # Set, not appended: shifts would add up.
        style = (
            f"every {name} tick label/.style={{font={self._font(line.size)},anchor={_ANCHORS[line.alignment]},"
            f"inner sep=0pt,outer sep=0pt,xshift={number(x)}bp,yshift={number(y)}bp{ink}}}"
        )
        return f"{{{texts}}}", f",%\n  {style}"

    def _shift(self, axes: Axes, tick: Any, line: _Line, name: str, box: Any) -> tuple[float, float]:
        """Return where a label stands, from its tick at the edge of the axes."""
        place = float(tick.get_loc())
        if name == "x":
            return line.x - float(axes.transData.transform((place, axes.get_ylim()[0]))[0]), line.y - box.y0
        return line.x - box.x0, line.y - float(axes.transData.transform((axes.get_xlim()[0], place))[1])

    def _font(self, size: float) -> str:
        family = self.figure.theme.family_command.strip()
        return f"\\fontsize{{{number(size)}}}{{{number(baseline_skip(size))}}}\\normalfont{family}"

    def _node(self, line: _Line) -> str:
        turn = f",rotate={number(line.angle)}" if line.angle else ""
        ink = f",text={line.ink}" if line.ink else ""
        style = self.plotter.text_style(f"inner sep=0pt,outer sep=0pt,font={self._font(line.size)}")
        place = f"({number(line.x)}bp,{number(line.y)}bp)"
        return f"\\node[{style},anchor={_ANCHORS[line.alignment]}{turn}{ink}] at {place} {{{line.tex}}};\n"

    def _reference(self, one: Any, axis: str, places: tuple[float, ...]) -> str:
        other = "x" if axis == "y" else "y"
        ends = [f"\\pgfkeysvalueof{{/pgfplots/{other}{end}}}" for end in ("min", "max")]
        values = [exact(place) for place in (places[0], places[-1])]
        pairs = list(zip(ends, values, strict=True)) if axis == "y" else list(zip(values, ends, strict=True))
        first, last = (f"(axis cs:{x},{y})" for x, y in pairs)
        label = f"% {said(one.label)}" if one.label else ""
        color = self.plotter.color(_rgb(one.color))
        if len(places) > 1:
            return f"\\fill[{color},opacity={number(one.alpha)}] {first} rectangle {last};{label}\n"
        line = Line2D(
            [], [], linestyle=one.linestyle, **({} if one.linewidth is None else {"linewidth": one.linewidth})
        )
        return f"\\draw[{color},{_stroke(line)}] {first} -- {last};{label}\n"

    def _legend(self, legend: Any) -> Iterator[str]:
        frame = legend.get_frame()
        if legend.get_frame_on():
            box = frame.get_window_extent(self.reader)
            edge = self.plotter.color(frame.get_edgecolor())
            fill, opacity = self.plotter.color(frame.get_facecolor()), number(float(frame.get_facecolor()[3]))
            style = (
                f"draw={edge},fill={fill},fill opacity={opacity},line width={number(float(frame.get_linewidth()))}bp"
            )
            yield f"\\path[{style}] {_corner(box.x0, box.y0)} rectangle {_corner(box.x1, box.y1)};\n"
        texts = legend.get_texts()
        for handle, text in zip(legend.legend_handles, texts, strict=True):
            yield from self._handle(handle)
            yield from self._popped(text)
        yield from self._popped(legend.get_title())

    def _popped(self, text: Text) -> Iterator[str]:
        yield from (self._node(line) for line in self.texts.pop(id(text), []))

    def _handle(self, handle: Any) -> Iterator[str]:
        if not handle.get_visible():
            return
        if isinstance(handle, Patch):
            inner: Any = handle
            points = inner.get_path().transformed(inner.get_transform()).vertices
            (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
            fill, edge = inner.get_facecolor(), inner.get_edgecolor()
            look = Look(
                fill=None if not fill[3] else _rgb(fill),
                line=None if not edge[3] else _rgb(edge),
                linewidth=float(handle.get_linewidth()),
                hatch=handle.get_hatch() or "",
            )
            alpha = f",fill opacity={number(float(fill[3]))}" if 0 < fill[3] < 1 else ""
            pattern = self.plotter.pattern(look)
            style = f"{self.plotter.filled(look)}{alpha}{',' if pattern else ''}{pattern}"
            yield f"\\path[{style}] {_corner(x0, y0)} rectangle {_corner(x1, y1)};\n"
        elif isinstance(handle, Line2D):
            yield from self._line_handle(handle)

    def _line_handle(self, handle: Line2D) -> Iterator[str]:
        points: Any = handle.get_transform().transform(handle.get_xydata())
        color = self.plotter.color(_rgb(handle.get_color()))
        if handle.get_linestyle() not in ("None", "none", "", " ") and handle.get_linewidth():
            path = " -- ".join(_corner(x, y) for x, y in points)
            yield f"\\draw[{color},{_stroke(handle)}] {path};\n"
        marker: Any = handle.get_marker()
        if marker not in ("None", "none", "", " ", None):
            middle = points[len(points) // 2] if len(points) % 2 else points.mean(axis=0)
            fill, edge = (
                self.plotter.color(_rgb(c)) for c in (handle.get_markerfacecolor(), handle.get_markeredgecolor())
            )
            look = f"solid,fill={fill},draw={edge},line width={number(float(handle.get_markeredgewidth()))}bp"
            mark = self.plotter.marker(str(marker), float(handle.get_markersize()))
            yield f"\\path plot[{mark},mark options={{{look}}}] coordinates {{{_corner(*middle)}}};\n"


def _places(ticks: Sequence[Any]) -> str:
    # As the ticks are meant, 0.3 and not 0.30000000000000004.
    return f"{{{','.join(f'{float(tick.get_loc()):.12g}' for tick in ticks)}}}" if ticks else "\\empty"


def _tick_length(ticks: Sequence[Any]) -> float:
    return float(ticks[0].tick1line.get_markersize()) if ticks else 0.0


def _agree(shifts: Sequence[tuple[float, float]]) -> bool:
    return all(max(values) - min(values) < _HAIR for values in zip(*shifts, strict=True))


def _stacked(lines: Sequence[str]) -> str:
    return "\\pklines{" + r"\\".join(lines) + "}" if len(lines) > 1 else "".join(lines)


def _corner(x: float, y: float) -> str:
    return f"({number(x)}bp,{number(y)}bp)"


def _rgb(color: Any) -> tuple[float, float, float]:
    from matplotlib.colors import to_rgb

    return to_rgb(color)


def _stroke(line: Line2D) -> str:
    """Return the width and the dashes of a line of matplotlib."""
    width = f"line width={number(float(line.get_linewidth()))}bp"
    inner: Any = line
    offset, dashes = inner._dash_pattern  # noqa: SLF001 - matplotlib gives the style, not the lengths
    if dashes is None:
        return width
    pairs = zip(dashes[::2], dashes[1::2], strict=True)
    pattern = " ".join(f"on {number(on)}bp off {number(off)}bp" for on, off in pairs)
    return f"{width},dash pattern={pattern},dash phase={number(float(offset))}bp"
