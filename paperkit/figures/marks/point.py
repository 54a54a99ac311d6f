"""The point mark: seaborn's pointplot, an estimate as a point with its interval; lying, a forest plot."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, Strict

from paperkit.figures.channels import Marker, level_colors, markers, theme
from paperkit.figures.encoding import Group, PanelData
from paperkit.figures.estimates import ErrorBar, Estimate, Estimator, estimate
from paperkit.figures.marks import Mark
from paperkit.figures.shapes import Orient, draw_bars, in_order, label_end, value_text
from paperkit.figures.statistics import Statistics
from paperkit.manifest.model import Flag, NumberFormat, Text
from paperkit.style.palette import Rgb

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_Length = Annotated[float, Strict(), Field(ge=0)]

# seaborn 0.13.2: `dodge = true` spreads the levels over so much of a slot for each level.
_DODGE = 0.025
_AUTO = 0.7
_ERRORS, _POINTS = 2.0, 2.1
_HEADROOM, _SIDEROOM = 0.14, 0.2


class Point(Mark):
    """`mark = "point"`: the values of each group summarised by an estimate, drawn as a point with its interval.

    Names and geometry follow `seaborn.pointplot` 0.13.2, but points are not joined unless `linestyle` says so, and
    levels that share a slot stand beside each other (`dodge`: how far apart the outermost are, in slots). Lengths are
    in points of 1/72 inch, `capsize` in slots.
    """

    can_turn: ClassVar[bool] = True

    estimator: Estimator = "mean"
    errorbar: ErrorBar = ("ci", 95)
    orient: Orient = "v"
    dodge: Flag | Literal["auto"] | _Length = "auto"
    linestyle: Literal["none", "-", "--", ":", "-."] = "none"
    labels: NumberFormat | None = None
    markers: Literal["auto"] | Marker = "auto"
    color: Text | None = None
    markersize: _Length | None = None
    linewidth: _Length | None = None
    capsize: _Length = 0.0

    def draw(self, axes: Axes, data: PanelData, *, seed: str) -> None:
        """Draw the intervals and the points of each level of hue."""
        shades = self.shades(data)
        for hue, (color, marker) in enumerate(zip(shades, markers(data, shades, self.markers), strict=True)):
            if data.of_hue(hue):
                self._draw_level(axes, data, data.of_hue(hue), self._style(color, marker), seed)
        if self.labels is not None:
            (axes.set_xmargin if self.is_horizontal else axes.set_ymargin)(
                _SIDEROOM if self.is_horizontal else _HEADROOM
            )

    def statistics(self, data: PanelData, *, seed: str) -> tuple[Statistics, ...]:
        """Return the estimate of each group and the ends of its interval."""
        return tuple(Statistics.of(group, self._estimate(group, seed).numbers(self.estimator)) for group in data.groups)

    def handles(self, data: PanelData) -> tuple[Artist, ...]:
        """Return one point for each level of hue."""
        from matplotlib.lines import Line2D

        shades = self.shades(data)
        each = zip(shades, markers(data, shades, self.markers), strict=True)
        return tuple(Line2D([], [], **self._style(color, marker)) for color, marker in each)

    def shades(self, data: PanelData) -> tuple[Rgb, ...]:
        """Return the colour of each level's points."""
        return level_colors(data, self.color)

    def apart(self, data: PanelData) -> tuple[Hashable, ...]:
        """Return the marker of each level, and its place beside others."""
        places = in_order(data, is_dodged=self.dodge != "auto" or data.needs_dodge)
        return tuple(zip(markers(data, self.shades(data), self.markers), places, strict=False))

    def place(self, group: Group, data: PanelData) -> float:
        """Return where the point of `group` stands, in slots."""
        count = len(data.hue)
        if group.hue is None or count == 1:
            return data.at(group)
        spread = self._spread(data)
        return data.at(group) - spread / 2 + spread / (count - 1) * group.hue

    def _estimate(self, group: Group, seed: str) -> Estimate:
        return estimate(group.values, self.estimator, self.errorbar, seed=seed)

    def _spread(self, data: PanelData) -> float:
        count = len(data.hue)
        if self.dodge == "auto":
            return _AUTO * (count - 1) / count if data.needs_dodge else 0.0
        return _DODGE * count if self.dodge is True else float(self.dodge)

    def _draw_level(
        self, axes: Axes, data: PanelData, groups: tuple[Group, ...], style: dict[str, Any], seed: str
    ) -> None:
        from matplotlib.lines import Line2D

        found = [self._estimate(group, seed) for group in groups]
        places = [self.place(group, data) for group in groups]
        bars = [(place, *one.ends) for place, one in zip(places, found, strict=True) if one.ends is not None]
        if bars:
            draw_bars(
                axes,
                bars,
                color=style["color"],
                linewidth=self._linewidth(),
                zorder=_ERRORS,
                errorbar=self.errorbar,
                caps=self.capsize,
                is_horizontal=self.is_horizontal,
            )
        centers = [one.center for one in found]
        x, y = (centers, places) if self.is_horizontal else (places, centers)
        axes.add_line(Line2D(x, y, zorder=_POINTS, **style))
        for place, one in zip(places, found, strict=True) if self.labels is not None else ():
            text, end = value_text(one.center, self.labels or ""), max(one.center, *(one.ends or ()), one.center)
            label_end(axes, text, place, end, is_horizontal=self.is_horizontal, is_low=False)

    def _linewidth(self) -> float:
        return float(theme("lines.linewidth")) if self.linewidth is None else self.linewidth

    def _style(self, color: Rgb, marker: str) -> dict[str, Any]:
        size: Rgb | float = 2 * float(theme("lines.markersize")) if self.markersize is None else self.markersize
        return {
            "color": color,
            "linestyle": self.linestyle,
            "linewidth": self._linewidth(),
            "marker": marker,
            "markersize": size,
            "markeredgewidth": 0.0,
        }
