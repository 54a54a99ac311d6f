"""The dumbbell mark: the levels of a hue as points on one line for each name."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, Strict

from paperkit.errors import ManifestPath, Problem
from paperkit.figures.channels import Marker, level_colors, markers, theme
from paperkit.figures.encoding import PanelData, Role
from paperkit.figures.estimates import Estimator, estimate
from paperkit.figures.marks import Mark
from paperkit.figures.shapes import Orient, label_end, turned, value_text
from paperkit.figures.statistics import Statistics
from paperkit.manifest.model import Axes as AxesSpec
from paperkit.manifest.model import NumberFormat, Text
from paperkit.style.palette import Rgb, colors

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_Length = Annotated[float, Strict(), Field(ge=0)]

_LINES, _POINTS = 1.9, 2.1
_SIDEROOM, _HEADROOM = 0.25, 0.14
_PAIR = 2


class Dumbbell(Mark):
    """`mark = "dumbbell"`: for each name the estimates of all levels of hue, joined by a line.

    The names stand on y; `orient = "v"` sets them on x. `labels` writes the numbers at the two ends of each line.
    Lengths are in points of 1/72 inch.
    """

    can_turn: ClassVar[bool] = True
    needs: ClassVar[frozenset[Role | Literal["hue"]]] = frozenset({"hue"})

    estimator: Estimator = "mean"
    orient: Orient = "h"
    labels: NumberFormat | None = None
    markers: Literal["auto"] | Marker = "auto"
    markersize: _Length | None = None
    color: Text = "lightgrey"
    linewidth: _Length | None = None

    def draw(self, axes: Axes, data: PanelData, *, seed: str) -> None:
        """Draw the line of each name, and the points of each level of hue over it."""
        from matplotlib.lines import Line2D

        centers = self._centers(data, seed)
        for place, found in _by_place(data, centers).items():
            low, high = min(found), max(found)
            x, y = turned((place, place), (low, high), is_horizontal=self.is_horizontal)
            style: dict[str, Any] = {"color": colors([self.color])[0], "linewidth": self._linewidth()}
            axes.add_line(Line2D(x, y, zorder=_LINES, solid_capstyle="butt", **style))
            if self.labels is not None:
                self._draw_labels(axes, place, low, high)
        for hue, style in enumerate(self._styles(data)):
            points = [(data.at(group), centers[group.x, group.hue]) for group in data.groups if group.hue == hue]
            if points:
                x, y = turned(*zip(*points, strict=True), is_horizontal=self.is_horizontal)
                axes.add_line(Line2D(x, y, zorder=_POINTS, **style))
        if self.labels is not None:
            set_margin = axes.set_xmargin if self.is_horizontal else axes.set_ymargin
            set_margin(_SIDEROOM if self.is_horizontal else _HEADROOM)

    def statistics(self, data: PanelData, *, seed: str) -> tuple[Statistics, ...]:
        """Return the estimate of each group."""
        centers = self._centers(data, seed)
        return tuple(Statistics.of(group, {self.estimator: centers[group.x, group.hue]}) for group in data.groups)

    def handles(self, data: PanelData) -> tuple[Artist, ...]:
        """Return one point for each level of hue."""
        from matplotlib.lines import Line2D

        return tuple(Line2D([], [], **style) for style in self._styles(data))

    def shades(self, data: PanelData) -> tuple[Rgb, ...]:
        """Return the colour of each level's points."""
        return level_colors(data, None)

    def apart(self, data: PanelData) -> tuple[Hashable, ...]:
        """Return the marker of each level."""
        return markers(data, self.shades(data), self.markers)

    def notices(self, data: PanelData, axes: AxesSpec, *, path: ManifestPath) -> Iterator[Problem]:
        """Count the names that have nothing to be joined with."""
        del axes
        slots = [group.x for group in data.groups]
        alone = sum(slots.count(slot) < _PAIR for slot in set(slots))
        if alone:
            message = f"{alone} of {len(set(slots))} names have values of one level of hue only: nothing is joined"
            yield Problem(message=message, path=(*path, "hue"))

    def _centers(self, data: PanelData, seed: str) -> dict[tuple[int, int | None], float]:
        return {
            (group.x, group.hue): estimate(group.values, self.estimator, "none", seed=seed).center
            for group in data.groups
        }

    def _draw_labels(self, axes: Axes, place: float, low: float, high: float) -> None:
        shift = self._markersize() / 2
        for value, is_low in dict.fromkeys(((low, True), (high, False))) if low < high else ((high, False),):
            text = value_text(value, self.labels or "")
            label_end(axes, text, place, value, is_horizontal=self.is_horizontal, is_low=is_low, beyond=shift)

    def _linewidth(self) -> float:
        return 2 * float(theme("lines.linewidth")) if self.linewidth is None else self.linewidth

    def _markersize(self) -> float:
        return 2.5 * float(theme("lines.markersize")) if self.markersize is None else self.markersize

    def _styles(self, data: PanelData) -> tuple[dict[str, Any], ...]:
        return tuple(
            {
                "color": color,
                "linestyle": "none",
                "marker": marker,
                "markersize": self._markersize(),
                "markeredgewidth": 0.0,
            }
            for color, marker in zip(self.shades(data), markers(data, self.shades(data), self.markers), strict=True)
        )


def _by_place(data: PanelData, centers: dict[tuple[int, int | None], float]) -> dict[float, list[float]]:
    found: dict[float, list[float]] = {}
    for group in data.groups:
        found.setdefault(data.at(group), []).append(centers[group.x, group.hue])
    return found
