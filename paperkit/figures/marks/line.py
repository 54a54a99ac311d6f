"""The line mark: seaborn's lineplot, an estimate at each x and a band or bars around it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, Strict

from paperkit.errors import ManifestPath, Problem
from paperkit.figures.channels import (
    Dash,
    Marker,
    dashes,
    level_colors,
    markers,
    style_dashes,
    style_markers,
    theme,
)
from paperkit.figures.encoding import PanelData, Role
from paperkit.figures.estimates import ErrorBar, Estimate, Estimator, estimate
from paperkit.figures.intervals import interval_label, smoothing_label
from paperkit.figures.marks import Key, Mark, Places
from paperkit.figures.plots import CurvePlot, Plots
from paperkit.figures.series import Series, series_of, smoothed
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
_BAND, _UNITS, _LINE = 1.5, 1.6, 2.0
_GREY = (0.26, 0.26, 0.26)
# The line of one unit, in widths of a line, and how strong it is below an estimate.
_THIN, _FAINT = 0.5, 0.45


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ink:
    color: Rgb
    dash: Dash
    marker: str


class Line(Mark):
    """`mark = "line"`: the values at each x summarised by an estimate, with a band that says how sure it is.

    Names and defaults follow `seaborn.lineplot` 0.13.2, but dashes come where greyscale needs them. x is an axis of
    numbers where all its values are numbers, else it has slots. Estimates are those of the values themselves, on a
    logarithmic axis too. The panel's `style` has dashes, and `markers` if wished; its `units` have a thin line each,
    below the estimates unless `estimator` is "none". `smooth` is the weight of an exponential moving average of the
    estimates and of the ends of their intervals. Lengths are in points of 1/72 inch.
    """

    places: ClassVar[Places] = "either"
    uses: ClassVar[frozenset[Role]] = frozenset({"units", "style"})

    estimator: Estimator | Literal["none"] = "mean"
    errorbar: ErrorBar = ("ci", 95)
    err_style: Literal["band", "bars"] = "band"
    dashes: Flag | Literal["auto"] = "auto"
    markers: Flag | Literal["auto"] | Marker = False
    smooth: Annotated[float, Strict(), Field(ge=0, lt=1)] = 0.0
    color: Text | None = None
    linewidth: _Length | None = None
    markersize: _Length | None = None
    alpha: Annotated[float, Strict(), Field(ge=0, le=1)] = 1.0
    drawstyle: Literal["default", "steps-pre", "steps-mid", "steps-post"] = "default"

    def draw(self, axes: Axes, data: PanelData, *, seed: str) -> None:
        """Draw a line through the estimates of each level of hue, over its band."""
        inks = self._inks(data)
        has_units = any("units" in group.extras for group in data.groups)
        for series in series_of(data):
            ink = self._styled(inks[series.hue], series.style, data)
            if has_units or self.estimator == "none":
                self._draw_units(axes, series, ink)
            if self.estimator != "none":
                self._draw_level(axes, [place for place, _ in series.values], self._estimates(series, seed), ink)

    def plots(self, data: PanelData, *, seed: str) -> Plots:
        """Return the line of each level as numbers and looks."""
        inks, found = self._inks(data), []
        has_units = any("units" in group.extras for group in data.groups)
        for series in series_of(data):
            ink = self._styled(inks[series.hue], series.style, data)
            names = (data.hue[series.hue].text if data.hue else "", data.style[series.style].text if data.style else "")
            name = " / ".join(dict.fromkeys(filter(None, names)))
            for points in series.units if has_units or self.estimator == "none" else ():
                ends = tuple(None for _ in points)
                look = self._style(ink) | self._unit_look(ink)
                found.append(self._plot(ink, look, name, places=points, ends=ends))
            if self.estimator != "none":
                estimates = self._estimates(series, seed)
                places = [(place, one.center) for (place, _), one in zip(series.values, estimates, strict=True)]
                found.append(self._plot(ink, self._style(ink), name, places=places, ends=[e.ends for e in estimates]))
        return found

    def statistics(self, data: PanelData, *, seed: str) -> tuple[Statistics, ...]:
        """Return the estimate at each place and the ends of its error bar."""
        if self.estimator == "none":
            return super().statistics(data, seed=seed)
        found = (
            Statistics(
                name=data.style[series.style].text if self._has_styles(data) else "",
                x=rank,
                hue=series.hue if data.hue else None,
                numbers={"n": one.n, **one.numbers(self.estimator)},
            )
            for series in series_of(data)
            for rank, one in zip(series.ranks, self._estimates(series, seed), strict=True)
        )
        return tuple(sorted(found, key=lambda one: (one.x or 0, one.hue or 0)))

    def handles(self, data: PanelData) -> tuple[Artist, ...]:
        """Return one line for each level of hue."""
        from matplotlib.lines import Line2D

        return tuple(Line2D([], [], **self._style(ink)) for ink in self._inks(data))

    def keys(self, data: PanelData) -> tuple[Key, ...]:
        """Return a grey line for each level of style."""
        from matplotlib.lines import Line2D

        if not self._has_styles(data):
            return ()
        inks = (self._styled(_Ink(color=_GREY, dash="-", marker="none"), level.rank, data) for level in data.style)
        lines = (Line2D([], [], **self._style(ink)) for ink in inks)
        return tuple(
            Key(role="style", text=level.text, handle=line) for level, line in zip(data.style, lines, strict=True)
        )

    def shades(self, data: PanelData) -> tuple[Rgb, ...]:
        """Return the colour of each line."""
        return level_colors(data, self.color)

    def apart(self, data: PanelData) -> tuple[Hashable, ...]:
        """Return the dashes and the marker of each line."""
        return tuple((ink.dash, ink.marker) for ink in self._inks(data))

    def notices(self, data: PanelData, axes: AxesSpec, *, path: ManifestPath) -> Iterator[Problem]:
        """Say where the lines are drawn through fewer rows at some places than at others."""
        del axes
        counts = [len(values) for series in series_of(data) for _, values in series.values]
        if self.estimator != "none" and self.errorbar != "none" and counts and min(counts) < max(counts):
            few = sum(count < max(counts) for count in counts)
            message = f"{few} of {len(counts)} points have fewer than {max(counts)} values, the fewest {min(counts)}"
            yield Problem(message=message, path=(*path, "x"), hint="do all runs reach every x?")

    def _estimates(self, series: Series, seed: str) -> tuple[Estimate, ...]:
        estimator = "mean" if self.estimator == "none" else self.estimator
        found = [estimate(values, estimator, self.errorbar, seed=seed) for _, values in series.values]
        return smoothed(found, self.smooth) if self.smooth else tuple(found)

    def _plot(
        self,
        ink: _Ink,
        look: Mapping[str, Any],
        name: str,
        *,
        places: Sequence[tuple[float, float]],
        ends: Sequence[tuple[float, float] | None],
    ) -> CurvePlot:
        lengths: Any = () if isinstance(ink.dash, str) else ink.dash[1]
        return CurvePlot(
            name=name,
            places=tuple(place for place, _ in places),
            centers=tuple(center for _, center in places),
            ends=tuple(ends),
            color=ink.color,
            linewidth=look["linewidth"],
            dash=tuple(look["linewidth"] * length for length in lengths),
            marker=look["marker"],
            markersize=look["markersize"],
            edge=_EDGE,
            alpha=look["alpha"] or self.alpha,
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
        if self.smooth:
            line.set_label(smoothing_label(self.smooth))
        axes.add_line(line)

    def _unit_look(self, ink: _Ink) -> dict[str, Any]:
        """Return how the line of one unit differs from one through estimates."""
        is_alone = self.estimator == "none"
        width = self._linewidth() * (1.0 if self.linewidth is not None and is_alone else _THIN)
        look: dict[str, Any] = {"linewidth": width, "marker": ink.marker if is_alone else "none"}
        return look if is_alone else look | {"alpha": _FAINT, "zorder": _UNITS}

    def _draw_units(self, axes: Axes, series: Series, ink: _Ink) -> None:
        from matplotlib.lines import Line2D

        look = self._unit_look(ink)
        for points in series.units:
            line = Line2D(*zip(*points, strict=True), **{"zorder": _LINE, **self._style(ink), **look})
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

    def _has_styles(self, data: PanelData) -> bool:
        """Tell whether dashes or markers tell something else than colours do."""
        return bool(data.style) and data.style != data.hue

    def _styled(self, ink: _Ink, style: int, data: PanelData) -> _Ink:
        if not self._has_styles(data):
            return ink
        dash = "-" if self.dashes is False else style_dashes(data)[style]
        is_told = self.markers in (True, "auto")
        return replace(ink, dash=dash, marker=style_markers(data)[style] if is_told else ink.marker)

    def _inks(self, data: PanelData) -> tuple[_Ink, ...]:
        shades = self.shades(data)
        if self._has_styles(data):
            marker = self.markers if isinstance(self.markers, str) and self.markers != "auto" else "none"
            return tuple(_Ink(color=color, dash="-", marker=marker) for color in shades)
        is_same = bool(data.style) and self.dashes is not False
        lines = dashes(data, shades, is_same or self.dashes)
        each = zip(shades, lines, markers(data, shades, self.markers), strict=True)
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
