"""The line mark: seaborn's lineplot, an estimate at each x and a band or bars around it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, Strict

from paperkit.errors import ManifestPath, Problem
from paperkit.figures.channels import Dash, Marker, dashes, level_colors, markers, theme
from paperkit.figures.encoding import Group, PanelData
from paperkit.figures.estimates import ErrorBar, Estimate, Estimator, estimate
from paperkit.figures.intervals import interval_label
from paperkit.figures.marks import Mark, Places
from paperkit.figures.plots import CurvePlot, Plots
from paperkit.figures.shapes import draw_bars
from paperkit.figures.statistics import Statistics
from paperkit.manifest.model import Axes as AxesSpec
from paperkit.manifest.model import Flag, Text
from paperkit.style.palette import Rgb

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_Length = Annotated[float, Strict(), Field(ge=0)]

_BAND_ALPHA = 0.2
_EDGE = 0.4
_BAND, _LINE = 1.5, 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ink:
    color: Rgb
    dash: Dash
    marker: str


class Line(Mark):
    """`mark = "line"`: the values at each x summarised by an estimate, with a band that says how sure it is.

    Names and defaults follow `seaborn.lineplot` 0.13.2, but dashes come where greyscale needs them. x is an axis of
    numbers where all its values are numbers, else it has slots. Estimates are those of the values themselves, on a
    logarithmic axis too. Lengths are in points of 1/72 inch.
    """

    places: ClassVar[Places] = "either"

    estimator: Estimator = "mean"
    errorbar: ErrorBar = ("ci", 95)
    err_style: Literal["band", "bars"] = "band"
    dashes: Flag | Literal["auto"] = "auto"
    markers: Flag | Literal["auto"] | Marker = False
    color: Text | None = None
    linewidth: _Length | None = None
    markersize: _Length | None = None
    alpha: Annotated[float, Strict(), Field(ge=0, le=1)] = 1.0
    drawstyle: Literal["default", "steps-pre", "steps-mid", "steps-post"] = "default"

    def draw(self, axes: Axes, data: PanelData, *, seed: str) -> None:
        """Draw a line through the estimates of each level of hue, over its band."""
        for hue, ink in enumerate(self._inks(data)):
            places = [data.at(group) for group in data.of_hue(hue)]
            found = [self._estimate(group, seed) for group in data.of_hue(hue)]
            if found:
                self._draw_level(axes, places, found, ink)

    def plots(self, data: PanelData, *, seed: str) -> Plots:
        """Return the line of each level as numbers and looks."""
        return [
            self._plot(data, ink, data.of_hue(hue), seed, data.hue[hue].text if data.hue else "")
            for hue, ink in enumerate(self._inks(data))
            if data.of_hue(hue)
        ]

    def statistics(self, data: PanelData, *, seed: str) -> tuple[Statistics, ...]:
        """Return the estimate at each place and the ends of its error bar."""
        return tuple(Statistics.of(group, self._estimate(group, seed).numbers(self.estimator)) for group in data.groups)

    def handles(self, data: PanelData) -> tuple[Artist, ...]:
        """Return one line for each level of hue."""
        from matplotlib.lines import Line2D

        return tuple(Line2D([], [], **self._style(ink)) for ink in self._inks(data))

    def shades(self, data: PanelData) -> tuple[Rgb, ...]:
        """Return the colour of each line."""
        return level_colors(data, self.color)

    def apart(self, data: PanelData) -> tuple[Hashable, ...]:
        """Return the dashes and the marker of each line."""
        return tuple((ink.dash, ink.marker) for ink in self._inks(data))

    def notices(self, data: PanelData, axes: AxesSpec, *, path: ManifestPath) -> Iterator[Problem]:
        """Say where the lines are drawn through fewer rows at some places than at others."""
        del axes
        counts = [len(group.values) for group in data.groups]
        if self.errorbar != "none" and counts and min(counts) < max(counts):
            few = sum(count < max(counts) for count in counts)
            message = f"{few} of {len(counts)} points have fewer than {max(counts)} values, the fewest {min(counts)}"
            yield Problem(message=message, path=(*path, "x"), hint="do all runs reach every x?")

    def _estimate(self, group: Group, seed: str) -> Estimate:
        return estimate(group.values, self.estimator, self.errorbar, seed=seed)

    def _plot(self, data: PanelData, ink: _Ink, groups: Sequence[Group], seed: str, name: str) -> CurvePlot:
        found = [self._estimate(group, seed) for group in groups]
        style = self._style(ink)
        lengths: Any = () if isinstance(ink.dash, str) else ink.dash[1]
        return CurvePlot(
            name=name,
            places=tuple(data.at(group) for group in groups),
            centers=tuple(one.center for one in found),
            ends=tuple(one.ends for one in found),
            color=ink.color,
            linewidth=style["linewidth"],
            dash=tuple(style["linewidth"] * length for length in lengths),
            marker=ink.marker,
            markersize=style["markersize"],
            edge=_EDGE,
            alpha=self.alpha,
            band=_BAND_ALPHA,
            has_bars=self.err_style == "bars",
            drawstyle=self.drawstyle,
        )

    def _draw_level(self, axes: Axes, places: Sequence[float], found: Sequence[Estimate], ink: _Ink) -> None:
        from matplotlib.lines import Line2D

        sure = [(place, *one.ends) for place, one in zip(places, found, strict=True) if one.ends is not None]
        if sure and self.err_style == "bars":
            width = self._linewidth()
            draw_bars(axes, sure, color=ink.color, linewidth=width, zorder=_LINE, errorbar=self.errorbar)
        elif sure:
            # Where a single value has no error bar the band has a gap, which nothing bridges.
            for has_ends, part in groupby(zip(places, found, strict=True), lambda pair: pair[1].ends is not None):
                if has_ends:
                    self._draw_band(axes, [(place, *(one.ends or (0, 0))) for place, one in part], ink.color)
        line = Line2D(places, [one.center for one in found], zorder=_LINE, **self._style(ink))
        line.set_drawstyle(self.drawstyle)
        axes.add_line(line)

    def _draw_band(self, axes: Axes, sure: Sequence[tuple[float, float, float]], color: Rgb) -> None:
        from matplotlib.patches import Polygon

        lows = [(place, low) for place, low, _ in sure]
        highs = [(place, high) for place, _, high in sure]
        axes.add_patch(
            Polygon(
                self._stepped(lows) + self._stepped(highs)[::-1],
                closed=True,
                facecolor=color,
                edgecolor="none",
                linewidth=0,
                alpha=_BAND_ALPHA,
                zorder=_BAND,
                label=interval_label(self.errorbar),
            )
        )

    def _stepped(self, points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        if self.drawstyle == "default":
            return points
        from matplotlib.cbook import STEP_LOOKUP_MAP

        xs, ys = STEP_LOOKUP_MAP[self.drawstyle]([x for x, _ in points], [y for _, y in points])
        return [(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]

    def _inks(self, data: PanelData) -> tuple[_Ink, ...]:
        shades = self.shades(data)
        each = zip(shades, dashes(data, shades, self.dashes), markers(data, shades, self.markers), strict=True)
        return tuple(_Ink(color=color, dash=dash, marker=marker) for color, dash, marker in each)

    def _linewidth(self) -> float:
        return float(theme("lines.linewidth")) if self.linewidth is None else self.linewidth

    def _style(self, ink: _Ink) -> dict[str, Any]:
        size = 2 * float(theme("lines.markersize")) if self.markersize is None else self.markersize
        return {
            "color": ink.color,
            "linestyle": ink.dash,
            "linewidth": self._linewidth(),
            "marker": ink.marker,
            "markersize": size,
            "markeredgecolor": "white",
            "markeredgewidth": _EDGE,
            "alpha": None if self.alpha == 1 else self.alpha,
        }
