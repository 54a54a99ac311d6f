"""The kde mark: seaborn's kdeplot, how densely values lie, smoothed."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, Strict

from paperkit.errors import ManifestPath, Problem
from paperkit.figures.channels import Dash, dashes, level_colors, theme
from paperkit.figures.density import kernel_density
from paperkit.figures.encoding import Group, PanelData
from paperkit.figures.marks import Mark, Places
from paperkit.figures.statistics import Statistics
from paperkit.manifest.model import Axes as AxesSpec
from paperkit.manifest.model import Flag, Text
from paperkit.style.palette import Rgb

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_FILL, _LINE = 1.0, 2.0
_ALPHA = 0.25


class Kde(Mark):
    """`mark = "kde"`: the density of the values of x, estimated with Gaussian kernels.

    Names, defaults and densities follow `seaborn.kdeplot` 0.13.2: Scott's bandwidth times `bw_adjust`, the areas of
    all levels of hue together 1 unless `common_norm` is false. On a logarithmic axis it is the density of the
    logarithms. Lengths are in points of 1/72 inch.
    """

    places: ClassVar[Places] = "none"

    bw_adjust: Annotated[float, Strict(), Field(gt=0)] = 1.0
    cut: Annotated[float, Strict(), Field(ge=0)] = 3.0
    gridsize: Annotated[int, Strict(), Field(ge=2)] = 200
    common_norm: Flag = True
    fill: Flag = False
    dashes: Flag | Literal["auto"] = "auto"
    color: Text | None = None
    linewidth: Annotated[float, Strict(), Field(ge=0)] | None = None

    @property
    def counts(self) -> str:
        """Return the name of the y axis."""
        return "Density"

    def draw(self, axes: Axes, data: PanelData, *, seed: str) -> None:
        """Draw a curve for each level of hue."""
        del seed  # nothing about a density is random
        from matplotlib.lines import Line2D
        from matplotlib.patches import Polygon

        inks = self._inks(data)
        for group in data.groups:
            points = self._curve(group, data)
            if not points:
                continue
            color, dash = inks[group.hue or 0]
            if self.fill:
                ends = [(points[-1][0], 0.0), (points[0][0], 0.0)]
                axes.add_patch(Polygon([*points, *ends], facecolor=color, alpha=_ALPHA, linewidth=0, zorder=_FILL))
            line = Line2D(*zip(*points, strict=True), zorder=_LINE, **self._style(color, dash))
            line.sticky_edges.y.append(0)
            axes.add_line(line)

    def statistics(self, data: PanelData, *, seed: str) -> tuple[Statistics, ...]:
        """Return the curve of each level of hue."""
        del seed
        curves = [(group, self._curve(group, data)) for group in data.groups]
        return tuple(
            Statistics.of(group, {}, {"value": tuple(x for x, _ in curve), "density": tuple(y for _, y in curve)})
            for group, curve in curves
        )

    def handles(self, data: PanelData) -> tuple[Artist, ...]:
        """Return one line for each level of hue."""
        from matplotlib.lines import Line2D

        return tuple(Line2D([], [], **self._style(color, dash)) for color, dash in self._inks(data))

    def notices(self, data: PanelData, axes: AxesSpec, *, path: ManifestPath) -> Iterator[Problem]:
        """Say which levels have no density."""
        del axes
        for group in data.groups:
            if len(set(group.values)) <= 1:
                name = "" if group.hue is None else f" of '{data.hue[group.hue].text}'"
                yield Problem(message=f"the values{name} are all the same and have no density", path=(*path, "x"))

    def _curve(self, group: Group, data: PanelData) -> list[tuple[float, float]]:
        """Return the points of a level's curve, none where it has no density."""
        found = self._density(group, data)
        if found is None:
            return []
        total = sum(len(other.values) for other in data.groups)
        share = len(group.values) / total if self.common_norm else 1.0
        return [(float(x), float(y) * share) for x, y in zip(*found, strict=True)]

    def _density(self, group: Group, data: PanelData) -> tuple[Any, Any] | None:
        values = [math.log10(value) for value in group.values] if data.is_log else group.values
        found = kernel_density(values, bw_adjust=self.bw_adjust, cut=self.cut, gridsize=self.gridsize)
        return (10 ** found[0], found[1]) if found is not None and data.is_log else found

    def shades(self, data: PanelData) -> tuple[Rgb, ...]:
        """Return the colour of each curve."""
        return level_colors(data, self.color)

    def apart(self, data: PanelData) -> tuple[Hashable, ...]:
        """Return the dashes of each curve."""
        return tuple(dash for _, dash in self._inks(data))

    def _inks(self, data: PanelData) -> tuple[tuple[Rgb, Dash], ...]:
        shades = self.shades(data)
        return tuple(zip(shades, dashes(data, shades, self.dashes), strict=True))

    def _style(self, color: Rgb, dash: Dash) -> dict[str, Any]:
        width = theme("lines.linewidth") if self.linewidth is None else self.linewidth
        return {"color": color, "linestyle": dash, "linewidth": width}
