"""The hist mark: seaborn's histplot, how many values lie in each bin."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, Strict

from paperkit.errors import ManifestPath, Problem
from paperkit.figures.channels import hatches, level_colors, theme
from paperkit.figures.density import Stat, bin_edges, density_at, histogram
from paperkit.figures.encoding import PanelData
from paperkit.figures.marks import Mark, Places
from paperkit.figures.statistics import Statistics
from paperkit.manifest.model import Axes as AxesSpec
from paperkit.manifest.model import Flag, Text
from paperkit.style.palette import Rgb, colors

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_BARS = 1.0
_CURVES = 2.0
_ALONE, _LAYERED, _HULLS = 0.75, 0.5, 0.25
_EDGE = 0.4
# seaborn 0.13.2: the places of a density.
_GRID = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class _Level:
    """The bars of one level of hue: where they begin and how high they are."""

    hue: int
    base: list[float]
    heights: list[float]
    style: dict[str, Any]


class Hist(Mark):
    """`mark = "hist"`: the values of x counted in bins, the same ones for all levels of hue.

    Names, defaults and heights follow `seaborn.histplot` 0.13.2: levels lie over each other (`layer`), on each other
    (`stack`) or beside each other (`dodge`), as bars or each as one shape (`step`), and shares are those of all values
    unless `common_norm` is false. `kde` draws the density of each level, with Scott's bandwidth times `bw_adjust`, over
    its bars and with their area. On a logarithmic axis bins and densities are those of the logarithms. Lengths are in
    points of 1/72 inch.
    """

    places: ClassVar[Places] = "none"

    stat: Stat = "count"
    bins: Annotated[int, Strict(), Field(ge=1)] | Literal["auto", "fd", "doane", "scott", "sturges", "sqrt"] = "auto"
    binwidth: Annotated[float, Strict(), Field(gt=0)] | None = None
    multiple: Literal["layer", "stack", "dodge"] = "layer"
    element: Literal["bars", "step"] = "bars"
    kde: Flag = False
    bw_adjust: Annotated[float, Strict(), Field(gt=0)] = 1.0
    common_norm: Flag = True
    color: Text | None = None
    alpha: Annotated[float, Strict(), Field(ge=0, le=1)] | None = None
    hatch: Flag | Literal["auto"] = "auto"
    edgecolor: Text = "white"
    linewidth: Annotated[float, Strict(), Field(ge=0)] | None = None

    @property
    def counts(self) -> str:
        """Return the name of the y axis."""
        return self.stat.capitalize()

    def draw(self, axes: Axes, data: PanelData, *, seed: str) -> None:
        """Draw a bar for each bin with values, the last level of hue first, as seaborn does."""
        del seed  # nothing about a histogram is random
        edges, levels = self._bins(data)
        base = [0.0] * (len(edges) - 1)
        inks, shades = self._styles(data), self.shades(data)
        for group, heights in reversed(list(zip(data.groups, levels, strict=True))):
            level = _Level(hue=group.hue or 0, base=base, heights=heights, style=inks[group.hue or 0])
            if self.element == "bars":
                self._draw_bars(axes, edges, level, data)
            else:
                self._draw_hull(axes, edges, level, shades[level.hue])
            if self.multiple == "stack":
                base = [low + height for low, height in zip(base, heights, strict=True)]
        if self.kde:
            self._draw_curves(axes, data)

    def statistics(self, data: PanelData, *, seed: str) -> tuple[Statistics, ...]:
        """Return the edges of the bins and their heights, those of each level of hue above its own base."""
        del seed
        edges, levels = self._bins(data)
        ends = {"left": tuple(edges[:-1]), "right": tuple(edges[1:])}
        bars = (
            Statistics.of(group, {}, {**ends, self.stat: tuple(heights)})
            for group, heights in zip(data.groups, levels, strict=True)
        )
        curves = zip(data.groups, self._curves(data) if self.kde else (), strict=False)
        return (
            *bars,
            *(
                Statistics(name="kde", hue=group.hue, columns={"value": tuple(places), self.stat: tuple(heights)})
                for group, (places, heights) in curves
            ),
        )

    def handles(self, data: PanelData) -> tuple[Artist, ...]:
        """Return one swatch for each level of hue."""
        from matplotlib.patches import Patch

        return tuple(Patch(**style | {"linewidth": 0}) for style in self._styles(data))

    def shades(self, data: PanelData) -> tuple[Rgb, ...]:
        """Return the colour of each level's bars."""
        return level_colors(data, self.color)

    def apart(self, data: PanelData) -> tuple[Hashable, ...]:
        """Return the hatch of each level."""
        return hatches(data, self.shades(data), self.hatch)

    def _styles(self, data: PanelData) -> tuple[dict[str, Any], ...]:
        from matplotlib.colors import to_rgba

        shades, edge = self.shades(data), colors([self.edgecolor])[0]
        return tuple(
            {
                "facecolor": to_rgba(color, self._alpha(data)),
                "edgecolor": edge,
                "linewidth": _EDGE if self.linewidth is None else self.linewidth,
                "hatch": hatch or None,
            }
            for color, hatch in zip(shades, hatches(data, shades, self.hatch), strict=True)
        )

    def notices(self, data: PanelData, axes: AxesSpec, *, path: ManifestPath) -> Iterator[Problem]:
        """Say where the lengths of the bars do not show how many values there are."""
        del data
        limits = axes.ylim
        if limits is not None and not min(limits) <= 0 <= max(limits):
            message = f"the bars start at {min(limits, key=abs):g}, not at zero: their lengths mislead"
            yield Problem(message=message, path=(*path, "axes", "ylim"), hint="mark = 'kde' has no lengths to compare")

    def _bins(self, data: PanelData) -> tuple[list[float], list[list[float]]]:
        """Return the edges of the bins, and for each group their heights."""
        shown = [_shown(group.values, is_log=data.is_log) for group in data.groups]
        everything = [value for values in shown for value in values]
        if not everything:
            return [], []
        edges = bin_edges(everything, bins=self.bins, binwidth=self.binwidth)
        totals = [len(everything if self.common_norm else values) for values in shown]
        levels = [
            histogram(values, edges, stat=self.stat, total=total) for values, total in zip(shown, totals, strict=True)
        ]
        places = 10**edges if data.is_log else edges
        return [float(place) for place in places], [[float(height) for height in heights] for heights in levels]

    def _curves(self, data: PanelData) -> list[tuple[list[float], list[float]]]:
        """Return the density of each group along all values, with the area of its bars; an empty one if it has none."""
        import numpy as np

        shown = [_shown(group.values, is_log=data.is_log) for group in data.groups]
        everything = [value for values in shown for value in values]
        if not everything:
            return []
        edges, levels = self._bins(data)
        widths = np.diff(np.log10(edges) if data.is_log else edges)
        places = np.linspace(min(everything), max(everything), _GRID)
        found: list[tuple[list[float], list[float]]] = []
        for values, heights in zip(shown, levels, strict=True):
            density = density_at(values, places, bw_adjust=self.bw_adjust)
            curve = np.zeros(0) if density is None else density * float(np.dot(heights, widths))
            along = 10**places if data.is_log else places
            found.append(([float(place) for place in along][: len(curve)], [float(height) for height in curve]))
        return found

    def _alpha(self, data: PanelData) -> float:
        if self.alpha is not None:
            return self.alpha
        if len(data.hue) > 1 and self.multiple == "layer":
            return _LAYERED if self.element == "bars" else _HULLS
        return _LAYERED if self.kde else _ALONE

    def _draw_bars(self, axes: Axes, edges: list[float], level: _Level, data: PanelData) -> None:
        from matplotlib.patches import Rectangle

        for left, right, low, height in zip(edges, edges[1:], level.base, level.heights, strict=False):
            if height:
                start, width = self._side_by_side(left, right, level.hue, data)
                bar = Rectangle((start, low), width, height, **level.style, zorder=_BARS)
                bar.sticky_edges.y.append(0)
                axes.add_patch(bar)

    def _side_by_side(self, left: float, right: float, hue: int, data: PanelData) -> tuple[float, float]:
        """Return the left edge and the width of a bar; what shares a bin has a part of it each."""
        if self.multiple != "dodge" or not data.hue:
            return left, right - left
        ends = (math.log10(left), math.log10(right)) if data.is_log else (left, right)
        each = (ends[1] - ends[0]) / len(data.hue)
        start, end = ends[0] + hue * each, ends[0] + (hue + 1) * each
        return (10**start, 10**end - 10**start) if data.is_log else (start, each)

    def _draw_hull(self, axes: Axes, edges: list[float], level: _Level, color: Rgb) -> None:
        from matplotlib.patches import Polygon

        bins = zip(edges, edges[1:], level.base, level.heights, strict=False)
        corners = [(left, right, low, low + height) for left, right, low, height in bins]
        over = [point for left, right, _, top in corners for point in ((left, top), (right, top))]
        under = [point for left, right, low, _ in corners for point in ((left, low), (right, low))]
        width = theme("lines.linewidth") / 2 if self.linewidth is None else self.linewidth
        look = level.style | {"edgecolor": color, "linewidth": width}
        hull = Polygon([*over, *under[::-1]], closed=True, **look, zorder=_BARS)
        hull.sticky_edges.y.append(0)
        axes.add_patch(hull)

    def _draw_curves(self, axes: Axes, data: PanelData) -> None:
        from matplotlib.lines import Line2D

        base = [0.0] * _GRID
        shades = self.shades(data)
        for group, (places, heights) in reversed(list(zip(data.groups, self._curves(data), strict=True))):
            if not places:
                continue
            tops = [low + height for low, height in zip(base, heights, strict=True)]
            base = tops if self.multiple == "stack" else base
            color, width = shades[group.hue or 0], theme("lines.linewidth")
            line = Line2D(places, tops, color=color, linewidth=width, zorder=_CURVES)
            line.sticky_edges.y.append(0)
            axes.add_line(line)


def _shown(values: tuple[float, ...], *, is_log: bool) -> list[float]:
    return [math.log10(value) for value in values] if is_log else list(values)
