"""The hist mark: seaborn's histplot, how many values lie in each bin."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, Strict

from paperkit.errors import ManifestPath, Problem
from paperkit.figures.channels import hatches, level_colors
from paperkit.figures.density import Stat, bin_edges, histogram
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
_ALONE, _LAYERED = 0.75, 0.5


class Hist(Mark):
    """`mark = "hist"`: the values of x counted in bins, the same ones for all levels of hue.

    Names, defaults and heights follow `seaborn.histplot` 0.13.2: levels lie over each other (`layer`) or on each other
    (`stack`), and shares are those of all values unless `common_norm` is false. On a logarithmic axis the bins are
    those of the logarithms. Lengths are in points of 1/72 inch.
    """

    places: ClassVar[Places] = "none"

    stat: Stat = "count"
    bins: Annotated[int, Strict(), Field(ge=1)] | Literal["auto", "fd", "doane", "scott", "sturges", "sqrt"] = "auto"
    binwidth: Annotated[float, Strict(), Field(gt=0)] | None = None
    multiple: Literal["layer", "stack"] = "layer"
    common_norm: Flag = True
    color: Text | None = None
    alpha: Annotated[float, Strict(), Field(ge=0, le=1)] | None = None
    hatch: Flag | Literal["auto"] = "auto"
    edgecolor: Text = "white"
    linewidth: Annotated[float, Strict(), Field(ge=0)] = 0.4

    @property
    def counts(self) -> str:
        """Return the name of the y axis."""
        return self.stat.capitalize()

    def draw(self, axes: Axes, data: PanelData, *, seed: str) -> None:
        """Draw a bar for each bin with values, the last level of hue first, as seaborn does."""
        del seed  # nothing about a histogram is random
        edges, levels = self._bins(data)
        base = [0.0] * (len(edges) - 1)
        inks = self._styles(data)
        for group, heights in reversed(list(zip(data.groups, levels, strict=True))):
            self._draw_level(axes, edges, base, heights, inks[group.hue or 0])
            if self.multiple == "stack":
                base = [low + height for low, height in zip(base, heights, strict=True)]

    def statistics(self, data: PanelData, *, seed: str) -> tuple[Statistics, ...]:
        """Return the edges of the bins and their heights, those of each level of hue above its own base."""
        del seed
        edges, levels = self._bins(data)
        ends = {"left": tuple(edges[:-1]), "right": tuple(edges[1:])}
        return tuple(
            Statistics.of(group, {}, {**ends, self.stat: tuple(heights)})
            for group, heights in zip(data.groups, levels, strict=True)
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
                "linewidth": self.linewidth,
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

    def _alpha(self, data: PanelData) -> float:
        if self.alpha is not None:
            return self.alpha
        return _LAYERED if len(data.hue) > 1 and self.multiple == "layer" else _ALONE

    @staticmethod
    def _draw_level(
        axes: Axes, edges: list[float], base: list[float], heights: list[float], style: dict[str, Any]
    ) -> None:
        from matplotlib.patches import Rectangle

        for left, right, low, height in zip(edges, edges[1:], base, heights, strict=False):
            if height:
                bar = Rectangle(
                    (left, low),
                    right - left,
                    height,
                    **style,
                    zorder=_BARS,
                )
                bar.sticky_edges.y.append(0)
                axes.add_patch(bar)


def _shown(values: tuple[float, ...], *, is_log: bool) -> list[float]:
    from math import log10

    return [log10(value) for value in values] if is_log else list(values)
