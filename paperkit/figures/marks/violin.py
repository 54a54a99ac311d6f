"""The violin mark: seaborn's violinplot, the density of each group."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, Strict

from paperkit.errors import ManifestPath, Problem
from paperkit.figures.channels import hatches, level_colors, theme
from paperkit.figures.density import kernel_density
from paperkit.figures.encoding import Group, PanelData
from paperkit.figures.marks import Mark
from paperkit.figures.shapes import Orient, dodged, in_order, turned
from paperkit.figures.statistics import BoxStatistics, Statistics, box_statistics, quantile
from paperkit.manifest.model import Axes as AxesSpec
from paperkit.manifest.model import Flag, Text
from paperkit.style.palette import Rgb, desaturate, line_gray

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_Fraction = Annotated[float, Strict(), Field(ge=0, le=1)]

_BODIES, _INNER, _MEDIAN = 1.0, 2.0, 2.1
# A box inside a violin is so many lines wide, its median point so large.
_BOX, _DOT = 4.0, 1.5


@dataclass(frozen=True, kw_only=True, slots=True)
class _Body:
    """One violin: heights on the axis of the values, and half the width there, in slots."""

    group: Group
    center: float
    heights: tuple[float, ...]
    halves: tuple[float, ...]


class Violin(Mark):
    """`mark = "violin"`: the density of each group, on both sides of its middle, and quartiles inside.

    Names, defaults and geometry follow `seaborn.violinplot` 0.13.2: Scott's bandwidth times `bw_adjust`, cut `cut`
    bandwidths beyond the values; in each level of hue the areas are alike (`area`), or widths as the numbers of
    values (`count`) or all the same (`width`). On a logarithmic axis it is the density of the logarithms. The box
    inside is that of the mark `box`. Lengths are in points of 1/72 inch.
    """

    can_turn: ClassVar[bool] = True

    orient: Orient = "v"
    bw_adjust: Annotated[float, Strict(), Field(gt=0)] = 1.0
    cut: Annotated[float, Strict(), Field(ge=0)] = 2.0
    gridsize: Annotated[int, Strict(), Field(ge=2)] = 100
    density_norm: Literal["area", "count", "width"] = "area"
    inner: Literal["box", "quart", "none"] = "box"
    width: Annotated[float, Strict(), Field(gt=0)] = 0.8
    gap: _Fraction = 0.0
    dodge: Flag | Literal["auto"] = "auto"
    saturation: _Fraction = 0.75
    hatch: Flag | Literal["auto"] = "auto"
    color: Text | None = None
    linewidth: Annotated[float, Strict(), Field(ge=0)] | None = None

    def draw(self, axes: Axes, data: PanelData, *, seed: str) -> None:
        """Draw the violin of each group, and what is inside."""
        del seed  # nothing about a violin is random
        from matplotlib.patches import Polygon

        inks, patterns = self.shades(data), self._hatches(data)
        line = line_gray(inks)
        for body in self._bodies(data):
            sides = [
                *((body.center - half, height) for half, height in zip(body.halves, body.heights, strict=True)),
                *(
                    (body.center + half, height)
                    for half, height in zip(body.halves[::-1], body.heights[::-1], strict=True)
                ),
            ]
            outline = [turned(*point, is_horizontal=self.is_horizontal) for point in sides]
            style = self._style(inks[body.group.hue or 0], line, patterns[body.group.hue or 0])
            axes.add_patch(Polygon(outline, **style, zorder=_BODIES))
            if self.inner == "quart":
                self._draw_quartiles(axes, body, line, is_log=data.is_log)
        for group in data.groups if self.inner == "box" else ():
            center, _ = dodged(group, data, width=self.width, dodge=self.dodge)
            self._draw_box(axes, _shape(group, is_log=data.is_log), center, line)

    def statistics(self, data: PanelData, *, seed: str) -> tuple[Statistics, ...]:
        """Return the density of each group, and the numbers of what is inside."""
        del seed
        return tuple(
            Statistics.of(
                group,
                self._inside(group, is_log=data.is_log),
                dict(zip(("value", "density"), self._density(group, is_log=data.is_log), strict=True)),
            )
            for group in data.groups
        )

    def handles(self, data: PanelData) -> tuple[Artist, ...]:
        """Return one swatch for each level of hue."""
        from matplotlib.patches import Patch

        inks = self.shades(data)
        line = line_gray(inks)
        each = zip(inks, self._hatches(data), strict=True)
        return tuple(Patch(**self._style(color, line, hatch)) for color, hatch in each)

    def shades(self, data: PanelData) -> tuple[Rgb, ...]:
        """Return the colour of each level's violins."""
        return tuple(desaturate(color, self.saturation) for color in level_colors(data, self.color))

    def apart(self, data: PanelData) -> tuple[Hashable, ...]:
        """Return the hatch of each level, and its place beside others."""
        return tuple(zip(self._hatches(data), self._places(data), strict=False))

    def notices(self, data: PanelData, axes: AxesSpec, *, path: ManifestPath) -> Iterator[Problem]:
        """Say how many groups have no density."""
        del axes
        flat = sum(len(set(group.values)) <= 1 for group in data.groups)
        if flat:
            message = f"{flat} of {len(data.groups)} groups have not two different values, and no violin"
            yield Problem(
                message=message,
                path=(*path, "x" if self.is_horizontal else "y"),
                hint="mark = 'strip' shows single values",
            )

    def _inside(self, group: Group, *, is_log: bool) -> Mapping[str, float]:
        numbers = _shape(group, is_log=is_log).numbers
        shown = {"box": tuple(numbers), "quart": ("q1", "median", "q3"), "none": ()}[self.inner]
        return {name: numbers[name] for name in shown}

    def _bodies(self, data: PanelData) -> Iterator[_Body]:
        found = {group: self._density(group, is_log=data.is_log) for group in data.groups}
        peaks = {group: max(density) for group, (_, density) in found.items() if density}
        for group, (heights, density) in found.items():
            if not density:
                continue
            center, width = dodged(group, data, width=self.width, dodge=self.dodge)
            factor = self._factor(group, peaks) * width * (1 - self.gap) / 2
            halves = tuple(factor * part for part in density)
            yield _Body(group=group, center=center, heights=heights, halves=halves)

    def _density(self, group: Group, *, is_log: bool) -> tuple[tuple[float, ...], tuple[float, ...]]:
        values = [math.log10(value) for value in group.values] if is_log else group.values
        found = kernel_density(values, bw_adjust=self.bw_adjust, cut=self.cut, gridsize=self.gridsize)
        if found is None:
            return (), ()
        places = 10 ** found[0] if is_log else found[0]
        return tuple(map(float, places)), tuple(map(float, found[1]))

    def _factor(self, group: Group, peaks: Mapping[Group, float]) -> float:
        """Return what makes the density of `group` half a width at most 1."""
        alike = [other for other in peaks if other.hue == group.hue]
        if self.density_norm == "area":
            return 1 / max(peaks[other] for other in alike)
        if self.density_norm == "count":
            return len(group.values) / max(len(other.values) for other in alike) / peaks[group]
        return 1 / peaks[group]

    def _draw_quartiles(self, axes: Axes, body: _Body, line: Rgb, *, is_log: bool) -> None:
        import numpy as np
        from matplotlib.lines import Line2D

        ordered = sorted(math.log10(value) if is_log else value for value in body.group.values)
        dashes: tuple[tuple[float, Literal[":", "--"]], ...] = ((0.25, ":"), (0.5, "--"), (0.75, ":"))
        for fraction, dash in dashes:
            value = quantile(ordered, fraction)
            height = 10**value if is_log else value
            half = float(np.interp(height, body.heights, body.halves))
            ends = (body.center - half, body.center + half)
            x, y = turned(ends, (height, height), is_horizontal=self.is_horizontal)
            axes.add_line(Line2D(x, y, color=line, linestyle=dash, linewidth=self._line(), zorder=_INNER))

    def _draw_box(self, axes: Axes, shape: BoxStatistics, center: float, line: Rgb) -> None:
        from matplotlib.lines import Line2D

        spans = (((shape.whisker_low, shape.whisker_high), 1.0), ((shape.q1, shape.q3), _BOX))
        for span, times in spans:
            width = times * self._line()
            x, y = turned((center, center), span, is_horizontal=self.is_horizontal)
            axes.add_line(Line2D(x, y, color=line, linewidth=width, solid_capstyle="butt", zorder=_INNER))
        dot: dict[str, Any] = {"marker": "o", "markersize": _DOT * float(theme("lines.markersize")) * 0.8}
        x, y = turned([center], [shape.median], is_horizontal=self.is_horizontal)
        axes.add_line(Line2D(x, y, color="white", markeredgewidth=0, linestyle="none", zorder=_MEDIAN, **dot))

    def _places(self, data: PanelData) -> tuple[int | None, ...]:
        return in_order(data, is_dodged=data.needs_dodge if self.dodge == "auto" else self.dodge)

    def _hatches(self, data: PanelData) -> tuple[str, ...]:
        # A hatch disturbs the shape: where the place says the same it needs to be asked for.
        wanted = False if self.hatch == "auto" and None not in self._places(data) else self.hatch
        return hatches(data, self.shades(data), wanted, has_level=False)

    def _style(self, color: Rgb, line: Rgb, hatch: str) -> dict[str, Any]:
        return {"facecolor": color, "edgecolor": line, "linewidth": self._line(), "hatch": hatch or None}

    def _line(self) -> float:
        return float(theme("axes.linewidth")) if self.linewidth is None else self.linewidth


def _shape(group: Group, *, is_log: bool) -> BoxStatistics:
    from dataclasses import replace

    if not is_log:
        return box_statistics(group.values)
    shape = box_statistics([math.log10(value) for value in group.values])
    parts = {name: 10 ** getattr(shape, name) for name in ("q1", "median", "q3", "whisker_low", "whisker_high")}
    return replace(shape, **parts)
