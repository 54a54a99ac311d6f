"""The box mark: seaborn's boxplot, drawn from statistics."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, Strict

from paperkit.figures.channels import hatches, level_colors
from paperkit.figures.encoding import Group, PanelData
from paperkit.figures.marks import Mark
from paperkit.figures.plots import BoxPlot, Look, Plots
from paperkit.figures.shapes import Orient, in_order, turned
from paperkit.figures.statistics import BoxStatistics, Statistics, box_statistics
from paperkit.manifest.model import Flag, Text
from paperkit.style.palette import Rgb, colors, desaturate, line_gray

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_Fraction = Annotated[float, Strict(), Field(ge=0, le=1)]
_Length = Annotated[float, Strict(), Field(ge=0)]
_Percent = Annotated[float, Strict(), Field(ge=0, le=100)]

_CAP = 0.5
_ABOVE_BOXES = 2.1
_WITH_BOXES = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ink:
    """The colours and the line width (None: the theme's) of one box; `fill` is None for an empty one."""

    fill: Rgb | None
    line: Rgb
    linewidth: float | None
    hatch: str = ""
    is_horizontal: bool = False


class Box(Mark):
    """`mark = "box"`: quartiles as a box, whiskers to the most extreme values within 1.5 IQR, others as fliers.

    Names, defaults and geometry follow `seaborn.boxplot` 0.13.2; lengths are in points of 1/72 inch. Without a
    `linewidth` and a `fliersize` they are the theme's, made for print.
    """

    can_turn: ClassVar[bool] = True

    orient: Orient = "v"
    width: Annotated[float, Strict(), Field(gt=0)] = 0.8
    gap: _Fraction = 0.0
    dodge: Flag | Literal["auto"] = "auto"
    fill: Flag = True
    saturation: _Fraction = 0.75
    hatch: Flag | Literal["auto"] = "auto"
    color: Text | None = None
    whis: _Length | tuple[_Percent, _Percent] = 1.5
    linecolor: Text = "auto"
    linewidth: _Length | None = None
    fliersize: _Length | None = None
    showfliers: Flag = True
    showcaps: Flag = True
    capwidths: Annotated[float, Strict(), Field(ge=0)] | None = None

    def draw(self, axes: Axes, data: PanelData, *, seed: str) -> None:
        """Draw one box for each group."""
        del seed  # nothing about a box is random
        inks = self._inks(data)
        for group in data.groups:
            center, width = self.place(group, data)
            ink = inks[group.hue or 0]
            shape = self._shape(group.values, is_log=data.is_log)
            name = " / ".join(_distinct_names(group, data))
            _draw_box(axes, shape, ink, center=center, width=width, name=name)
            caps = width * _CAP if self.capwidths is None else self.capwidths
            self._draw_lines(axes, shape, ink, center=center, caps=caps)

    def plots(self, data: PanelData, *, seed: str) -> Plots:
        """Return the boxes as numbers and looks."""
        del seed
        inks = self._inks(data)
        return [self._plot(group, data, inks[group.hue or 0]) for group in data.groups]

    def statistics(self, data: PanelData, *, seed: str) -> tuple[Statistics, ...]:
        """Return the five numbers of each box, and its fliers where they show."""
        del seed
        shapes = [(group, self._shape(group.values, is_log=data.is_log)) for group in data.groups]
        return tuple(
            Statistics.of(group, shape.numbers, {"flier": shape.fliers} if self.showfliers else {})
            for group, shape in shapes
        )

    def handles(self, data: PanelData) -> tuple[Artist, ...]:
        """Return one swatch for each level of hue."""
        from matplotlib.patches import Patch

        return tuple(
            Patch(
                facecolor="none" if ink.fill is None else ink.fill,
                edgecolor=ink.line,
                linewidth=_width(ink, "boxprops.linewidth"),
                hatch=ink.hatch or None,
            )
            for ink in self._inks(data)
        )

    def shades(self, data: PanelData) -> tuple[Rgb, ...]:
        """Return the colour of each level's boxes."""
        saturation = self.saturation if self.fill else 1.0
        return tuple(desaturate(color, saturation) for color in level_colors(data, self.color))

    def apart(self, data: PanelData) -> tuple[Hashable, ...]:
        """Return the hatch of each level, and its place beside others."""
        return tuple(zip(self._hatches(data), self._places(data), strict=False))

    def _plot(self, group: Group, data: PanelData, ink: _Ink) -> BoxPlot:
        place, width = self.place(group, data)
        caps = width * _CAP if self.capwidths is None else self.capwidths
        size = _theme("flierprops.markersize") if self.fliersize is None else self.fliersize
        return BoxPlot(
            name=", ".join(reversed(_distinct_names(group, data))),
            place=place,
            width=width,
            caps=caps if self.showcaps else 0.0,
            shape=self._shape(group.values, is_log=data.is_log),
            look=Look(fill=ink.fill, line=ink.line, linewidth=_width(ink, "boxprops.linewidth"), hatch=ink.hatch),
            fliersize=size if self.showfliers else 0.0,
            flierwidth=_theme("flierprops.markeredgewidth"),
            is_horizontal=self.is_horizontal,
        )

    def _places(self, data: PanelData) -> tuple[int | None, ...]:
        return in_order(data, is_dodged=data.needs_dodge if self.dodge == "auto" else self.dodge)

    def _hatches(self, data: PanelData) -> tuple[str, ...]:
        # A hatch competes with the median: where the place says the same it needs to be asked for.
        wanted = False if self.hatch == "auto" and None not in self._places(data) else self.hatch
        return hatches(data, self.shades(data), wanted, has_level=False)

    def place(self, group: Group, data: PanelData) -> tuple[float, float]:
        """Return the centre and the width of the box of `group`, in slots."""
        dodge = data.needs_dodge if self.dodge == "auto" else self.dodge
        if group.hue is None or not dodge:
            return float(group.x), self.width * (1 - self.gap)
        each = self.width / len(data.hue)
        center = group.x - self.width / 2 + each * (group.hue + 0.5)
        return center, each * (1 - self.gap)

    def _shape(self, values: Sequence[float], *, is_log: bool) -> BoxStatistics:
        if not is_log:
            return box_statistics(values, whis=self.whis)
        # As seaborn does: what is drawn on a logarithmic axis is the box plot of the logarithms.
        shape = box_statistics([math.log10(value) for value in values], whis=self.whis)
        return BoxStatistics(
            q1=10**shape.q1,
            median=10**shape.median,
            q3=10**shape.q3,
            whisker_low=10**shape.whisker_low,
            whisker_high=10**shape.whisker_high,
            fliers=tuple(10**flier for flier in shape.fliers),
            n=shape.n,
        )

    def _inks(self, data: PanelData) -> tuple[_Ink, ...]:
        mains = self.shades(data)
        line = line_gray(mains) if self.linecolor == "auto" else colors([self.linecolor])[0]
        return tuple(
            _Ink(
                fill=main if self.fill else None,
                line=line if self.fill else main,
                linewidth=self.linewidth,
                hatch=hatch,
                is_horizontal=self.is_horizontal,
            )
            for main, hatch in zip(mains, self._hatches(data), strict=True)
        )

    def _draw_lines(self, axes: Axes, shape: BoxStatistics, ink: _Ink, *, center: float, caps: float) -> None:
        low, high = shape.whisker_low, shape.whisker_high
        # One line with a gap costs every writer half of what two lines do.
        places = (center, center, math.nan, center, center)
        _draw_line(axes, places, (shape.q1, low, math.nan, shape.q3, high), ink, part="whisker")
        if self.showcaps:
            start, end = center - caps / 2, center + caps / 2
            _draw_line(axes, (start, end, math.nan, start, end), (low, low, math.nan, high, high), ink, part="cap")
        if self.showfliers and shape.fliers:
            self._draw_fliers(axes, shape, ink, center=center)

    def _draw_fliers(self, axes: Axes, shape: BoxStatistics, ink: _Ink, *, center: float) -> None:
        from matplotlib.lines import Line2D

        size = _theme("flierprops.markersize") if self.fliersize is None else self.fliersize
        fliers = Line2D(
            *turned([center] * len(shape.fliers), shape.fliers, is_horizontal=self.is_horizontal),
            linestyle="none",
            marker="o",
            markersize=size,
            markerfacecolor="none",
            markeredgecolor=ink.line,
            markeredgewidth=_theme("flierprops.markeredgewidth"),
            zorder=_WITH_BOXES,
        )
        axes.add_line(fliers)


def _width(ink: _Ink, parameter: str) -> float:
    return _theme(parameter) if ink.linewidth is None else ink.linewidth


def _theme(parameter: str) -> float:
    from matplotlib import rcParams

    parameters: Any = rcParams
    return float(parameters[f"boxplot.{parameter}"])


def _distinct_names(group: Group, data: PanelData) -> tuple[str, ...]:
    hue = () if group.hue is None else (data.hue[group.hue].text,)
    return tuple(dict.fromkeys((data.x[group.x].text, *hue)))


def _draw_box(axes: Axes, shape: BoxStatistics, ink: _Ink, *, center: float, width: float, name: str) -> None:
    from matplotlib.patches import Rectangle

    box = Rectangle(
        turned(center - width / 2, shape.q1, is_horizontal=ink.is_horizontal),
        *turned(width, shape.q3 - shape.q1, is_horizontal=ink.is_horizontal),
        facecolor="none" if ink.fill is None else ink.fill,
        edgecolor=ink.line,
        linewidth=_width(ink, "boxprops.linewidth"),
        hatch=ink.hatch or None,
        zorder=_WITH_BOXES,
        gid=f"{name} (n = {shape.n})",
    )
    axes.add_patch(box)
    median = (shape.median, shape.median)
    _draw_line(axes, (center - width / 2, center + width / 2), median, ink, part="median", zorder=_ABOVE_BOXES)


def _draw_line(
    axes: Axes,
    places: tuple[float, ...],
    values: tuple[float, ...],
    ink: _Ink,
    *,
    part: Literal["whisker", "cap", "median"],
    zorder: float = _WITH_BOXES,
) -> None:
    from matplotlib.lines import Line2D

    # A cap overhangs its ends by half a line, as seaborn's does; whiskers and medians stop at the box.
    ends: Literal["projecting", "butt"] = "projecting" if part == "cap" else "butt"
    x, y = turned(places, values, is_horizontal=ink.is_horizontal)
    axes.add_line(
        Line2D(
            x, y, color=ink.line, linewidth=_width(ink, f"{part}props.linewidth"), solid_capstyle=ends, zorder=zorder
        )
    )
