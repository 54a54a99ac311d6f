r"""Marks in the words of pgfplots: `boxplot prepared`, `ybar`, tables with a mean and a band.

Import this module only where a figure is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from paperkit.figures.pgf import letters, number
from paperkit.figures.plots import BarPlot, BarPlots, BoxPlot, CurvePlot, Look, Plots
from paperkit.style.palette import Rgb

# matplotlib's hatches in TikZ's patterns.
_PATTERNS: Mapping[str, str] = {
    "/": "north east lines",
    "\\": "north west lines",
    "x": "crosshatch",
    "-": "horizontal lines",
    "|": "vertical lines",
    "+": "grid",
    ".": "dots",
}
_STEPS: Mapping[str, str] = {
    "default": "",
    "steps-post": ",const plot",
    "steps-pre": ",const plot mark right",
    "steps-mid": ",const plot mark mid",
}


class Plotter:
    """Write plots as lines of pgfplots; looks become styles, colours and markers names, each defined once."""

    def __init__(self) -> None:
        self.colors: dict[Rgb, str] = {}
        self.styles: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.markers: dict[tuple[str, float], str] = {}
        self._bands = 0

    def color(self, rgb: Sequence[float]) -> str:
        """Return the name of a colour."""
        red, green, blue = (round(float(channel), 4) for channel in rgb[:3])
        return self.colors.setdefault((red, green, blue), f"pk{letters(len(self.colors))}")

    def style(self, options: str) -> str:
        """Return the name of a style."""
        return self.styles.setdefault(options, f"pk style {letters(len(self.styles))}")

    def text_style(self, options: str) -> str:
        """Return the name of a style of texts."""
        return self.texts.setdefault(options, f"pk text {letters(len(self.texts))}")

    def lines(self, plots: Plots, *, slot: float) -> Iterator[str]:
        """Yield the lines of some plots, with a comment that says what each is; a slot is `slot` PDF points wide."""
        for plot in plots:
            if isinstance(plot, BoxPlot):
                yield self._box(plot)
            elif isinstance(plot, BarPlots):
                yield from self._stacked(plot) if plot.is_stacked else self._bars(plot, slot)
            else:
                yield from self._curve(plot)

    def filled(self, look: Look) -> str:
        """Return the options of something filled."""
        fill = "none" if look.fill is None else self.color(look.fill)
        line = "none" if look.line is None or not look.linewidth else self.color(look.line)
        return f"draw={line},fill={fill},line width={number(look.linewidth)}bp"

    def pattern(self, look: Look) -> str:
        """Return the options of a hatch."""
        if not look.hatch:
            return ""
        ink = self.color(look.hatch_ink or look.line or (0, 0, 0))
        return f"postaction={{pattern={_PATTERNS[look.hatch[0]]},pattern color={ink}}}"

    def marker(self, marker: str, size: float) -> str:
        """Return the options of a marker; `size` is matplotlib's, in points."""
        if marker == "o":
            return f"mark=*,mark size={number(size / 2)}bp"
        name = self.markers.setdefault((marker, size), f"pk mark {letters(len(self.markers))}")
        return f"mark={name}"

    def _box(self, plot: BoxPlot) -> str:
        shape, line = plot.shape, self.color(plot.look.line or (0, 0, 0))
        pattern = self.pattern(plot.look)
        style = self.style(
            f"{self.filled(plot.look)},boxplot/box extend={plot.width:.6g},boxplot/whisker extend={plot.caps:.6g}"
            f",mark=o,mark size={number(plot.fliersize / 2)}bp"
            f",mark options={{solid,draw={line},line width={number(plot.flierwidth)}bp}}"
            f"{f',boxplot/every box/.append style={{{pattern}}}' if pattern else ''}"
        )
        numbers = {
            "lower whisker": shape.whisker_low,
            "lower quartile": shape.q1,
            "median": shape.median,
            "upper quartile": shape.q3,
            "upper whisker": shape.whisker_high,
        }
        prepared = ",".join(f"{key}={exact(value)}" for key, value in numbers.items())
        fliers = " ".join(f"(0,{exact(flier)})" for flier in (shape.fliers if plot.fliersize else ()))
        name = said(f"{plot.name} (n = {shape.n})")
        place = f"draw position={plot.place:.6g}"
        return f"\\addplot[{style},boxplot prepared={{{place},{prepared}}}] coordinates {{{fliers}}};% {name}\n"

    def _bars(self, plot: BarPlots, slot: float) -> Iterator[str]:
        axis = "x" if plot.is_horizontal else "y"
        # pgfplots turns the mark across the error bar.
        look = f"draw={self.color(plot.error)},line width={number(plot.errorwidth)}bp"
        size = number(plot.capsize * slot / 2)
        mark = f"|,error mark options={{solid,{look},mark size={size}bp}}" if plot.capsize else "none"
        pattern = self.pattern(plot.look)
        errors = f",error bars/.cd,{axis} dir=both,{axis} explicit,error bar style={{{look}}},error mark={mark}"
        style = self.style(f"{axis}bar,bar shift=0bp,{self.filled(plot.look)}{',' if pattern else ''}{pattern}")
        has_ends = any(bar.ends is not None for bar in plot.bars)
        yield f"% {said(plot.name)}\n" if plot.name else ""
        yield f"\\addplot[{style},bar width={plot.width:.6g}{errors if has_ends else ''}] coordinates {{\n"
        for bar in plot.bars:
            place = _pair(bar.place, bar.value, is_horizontal=plot.is_horizontal)
            yield f"{place}{_interval(bar, is_horizontal=plot.is_horizontal)}% {said(bar.name)}\n"
        yield "};\n"

    def _stacked(self, plot: BarPlots) -> Iterator[str]:
        pattern = self.pattern(plot.look)
        style = self.style(f"{self.filled(plot.look)}{',' if pattern else ''}{pattern}")
        for bar in plot.bars:
            left, right = bar.place - plot.width / 2, bar.place + plot.width / 2
            corners = ((left, bar.base), (right, bar.base), (right, bar.base + bar.value), (left, bar.base + bar.value))
            path = " ".join(_pair(*corner, is_horizontal=plot.is_horizontal) for corner in corners)
            name = said(f"{', '.join(filter(None, (plot.name, bar.name)))}: {exact(bar.value)}")
            yield f"\\addplot[{style}] coordinates {{{path}}} -- cycle;% {name}\n"

    def _curve(self, plot: CurvePlot) -> Iterator[str]:
        rows = list(zip(plot.places, plot.centers, plot.ends, strict=True))
        color, steps = self.color(plot.color), _STEPS[plot.drawstyle]
        yield f"% {said(plot.name)}\n" if plot.name else ""
        for has_ends, part in groupby(rows, lambda row: row[2] is not None):
            if has_ends and not plot.has_bars:
                yield from self._band(list(part), color, steps, plot.band)
        style = self.style(f"{self._line(plot)}{steps}")
        if plot.has_bars:
            errors = (
                f"y dir=both,y explicit,error mark=none,error bar style={{solid,line width={number(plot.linewidth)}bp}}"
            )
            yield f"\\addplot[{style},error bars/.cd,{errors}] coordinates {{\n"
            for place, center, ends in rows:
                bar = BarPlot(name="", place=place, base=0, value=center, ends=ends)
                yield f"{_pair(place, center)}{_interval(bar, is_horizontal=False)}%\n"
            yield "};\n"
            return
        yield f"\\addplot[{style}] coordinates {{\n"
        yield from (f"{_pair(place, center)}%\n" for place, center, _ in rows)
        yield "};\n"

    def _line(self, plot: CurvePlot) -> str:
        color = self.color(plot.color)
        parts = [f"draw={color}", f"line width={number(plot.linewidth)}bp", "line join=round"]
        if plot.dash:
            pairs = zip(plot.dash[::2], plot.dash[1::2], strict=True)
            parts.append("dash pattern=" + " ".join(f"on {number(on)}bp off {number(off)}bp" for on, off in pairs))
        else:
            parts.append("line cap=rect")
        if plot.alpha != 1:
            parts.append(f"opacity={number(plot.alpha)}")
        if plot.marker not in ("none", "None", "", " "):
            edge = f"line width={number(plot.edge)}bp"
            parts.append(self.marker(plot.marker, plot.markersize))
            parts.append(f"mark options={{solid,fill={color},draw={self.color((1, 1, 1))},{edge}}}")
        return ",".join(parts)

    def _band(
        self, rows: Sequence[tuple[float, float, tuple[float, float] | None]], color: str, steps: str, alpha: float
    ) -> Iterator[str]:
        self._bands += 1
        names = [f"pk{side}{self._bands}" for side in ("low", "high")]
        for side, name in enumerate(names):
            points = "".join(f"{_pair(place, ends[side])}" for place, _, ends in rows if ends is not None)
            yield f"\\addplot[draw=none,name path={name}{steps}] coordinates {{{points}}};\n"
        style = self.style(f"draw=none,fill={color},fill opacity={number(alpha)}")
        yield f"\\addplot[{style}] fill between[of={names[0]} and {names[1]}];\n"


def exact(value: float) -> str:
    """Return a number with all its digits, as Python reads it again.

    >>> exact(0.1), exact(3.0), exact(1e-7)
    ('0.1', '3', '1e-07')
    """
    return repr(float(value)).removesuffix(".0")


def said(text: str) -> str:
    """Return a text of matplotlib's convention for a comment, on one line."""
    return "".join(c if c.isprintable() else "?" for c in " ".join(text.replace(r"\$", "$").split()))


def _pair(place: float, value: float, *, is_horizontal: bool = False) -> str:
    x, y = (value, place) if is_horizontal else (place, value)
    return f"({exact(x)},{exact(y)})"


def _interval(bar: BarPlot, *, is_horizontal: bool) -> str:
    if bar.ends is None:
        return ""
    low, high = bar.value - bar.ends[0], bar.ends[1] - bar.value
    up, down = (_pair(0.0, length, is_horizontal=is_horizontal) for length in (high, low))
    return f" += {up} -= {down}"
