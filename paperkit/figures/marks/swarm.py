"""The swarm mark: seaborn's swarmplot, every value as a point, side by side where they would overlap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, Strict

from paperkit.errors import Problem
from paperkit.figures.beeswarm import swarm
from paperkit.figures.channels import Marker, level_colors, markers, theme
from paperkit.figures.encoding import Group, PanelData
from paperkit.figures.marks import Mark
from paperkit.figures.shapes import Orient, turned
from paperkit.manifest.model import Flag, Text
from paperkit.style.palette import Rgb, colors

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from paperkit.figures.renderer import MeasuringRenderer

_Length = Annotated[float, Strict(), Field(ge=0)]

# seaborn 0.13.2: the levels in a slot share 0.8 of it.
_WIDTH = 0.8
_ABOVE_BOXES = 3.0
_SEEN = 4.0
_STEP = 0.1
# What rounding may push over the edge of a slot.
_HAIR = 1e-9


class Swarm(Mark):
    """`mark = "swarm"`: a point for each value, side by side where they would overlap.

    Names follow `seaborn.swarmplot` 0.13.2, and so do the places of the points, but where they are dodged each level
    has its own part of the slot. What has no room there stands at its edge, over other points, and is counted in a
    notice. Lengths are in points of 1/72 inch. Without a `size` the points have the theme's.
    """

    can_turn: ClassVar[bool] = True

    orient: Orient = "v"
    dodge: Flag = False
    color: Text | None = None
    size: Annotated[float, Strict(), Field(gt=0)] | None = None
    alpha: Annotated[float, Strict(), Field(ge=0, le=1)] = 1.0
    edgecolor: Text | None = None
    linewidth: _Length = 0.0
    marker: Literal["auto"] | Marker = "auto"

    def draw(self, axes: Axes, data: PanelData, *, seed: str) -> None:
        """Draw the points of each group in the middle of their slot, where `settle` finds them."""
        del seed  # nothing about it is random
        from matplotlib.lines import Line2D

        shades, shapes = self.shades(data), self.apart(data)
        for group in data.groups:
            places = [self.place(group, data)] * len(group.values)
            x, y = turned(places, group.values, is_horizontal=self.is_horizontal)
            style = self._style(shades[group.hue or 0], shapes[group.hue or 0])
            axes.add_line(Line2D(x, y, linestyle="none", zorder=_ABOVE_BOXES, **style))

    def handles(self, data: PanelData) -> tuple[Artist, ...]:
        """Return one point for each level of hue."""
        from matplotlib.lines import Line2D

        # A point of the theme's size shows too little of its colour.
        seen = {"markersize": max(self._size(), _SEEN)} if self.size is None else {}
        each = zip(self.shades(data), self.apart(data), strict=True)
        return tuple(Line2D([], [], linestyle="none", **self._style(*one) | seen) for one in each)

    def shades(self, data: PanelData) -> tuple[Rgb, ...]:
        """Return the colour of each level's points."""
        return level_colors(data, self.color)

    def apart(self, data: PanelData) -> tuple[str, ...]:
        """Return the marker of each level."""
        return markers(data, self.shades(data), self._marker())

    def settle(
        self, axes: Axes, data: PanelData, artists: Sequence[Artist], *, renderer: MeasuringRenderer
    ) -> Iterator[Problem]:
        """Set the points beside each other, and count those that have no room."""
        del renderer
        swarms: dict[float, list[tuple[Any, tuple[float, ...]]]] = {}
        for group, line in zip(data.groups, artists, strict=True):
            heights = self._along(axes, line)
            swarms.setdefault(self.place(group, data), []).append((line, heights))
        room = self._room(axes, data)
        crowded = sum(self._spread(axes, center, found, room) for center, found in swarms.items())
        if crowded:
            count = sum(len(group.values) for group in data.groups)
            together = [[height for _, some in found for height in some] for found in swarms.values()]
            size = self._fitting(together, room)
            message = f"{crowded} of {count} points of '{data.values}' have no room beside the others and overlap them"
            hint = f"options = {{ size = {size:.1f} }} fits" if size else "mark = 'violin' shows so many values"
            yield Problem(message=message, path=("options",), hint=hint)

    def place(self, group: Group, data: PanelData) -> float:
        """Return the middle of the points of `group`, in slots."""
        if group.hue is None or not self.dodge:
            return float(group.x)
        each = _WIDTH / len(data.hue)
        return group.x - _WIDTH / 2 + each * (group.hue + 0.5)

    def _along(self, axes: Axes, line: Any) -> tuple[float, ...]:
        """Return how far along the axis of the values the points of a line stand, in points of the page."""
        found = axes.transData.transform(line.get_xydata())[:, 0 if self.is_horizontal else 1]
        return tuple(float(value) for value in found)

    def _slot(self, axes: Axes) -> float:
        """Return how far apart two slots are, in points of the page; negative where they are counted downwards."""
        (x0, y0), (x1, y1) = axes.transAxes.transform([(0, 0), (1, 1)])
        low, high = axes.get_ylim() if self.is_horizontal else axes.get_xlim()
        return float((y1 - y0 if self.is_horizontal else x1 - x0) / (high - low))

    def _room(self, axes: Axes, data: PanelData) -> float:
        """Return how far beside the middle a point may stand, in points of the page."""
        levels = len(data.hue) if self.dodge and data.hue else 1
        return abs(self._slot(axes)) * _WIDTH / levels / 2

    def _spread(self, axes: Axes, center: float, found: Sequence[tuple[Any, tuple[float, ...]]], room: float) -> int:
        """Set the points of the lines around one middle; return how many have no room."""
        offsets = iter(swarm([height for _, some in found for height in some], self._diameter(self._size())))
        crowded = 0
        for line, heights in found:
            beside = [next(offsets) for _ in heights]
            crowded += sum(abs(offset) > room + _HAIR for offset in beside)
            places = [center + min(max(offset, -room), room) / self._slot(axes) for offset in beside]
            (line.set_ydata if self.is_horizontal else line.set_xdata)(places)
        return crowded

    def _fitting(self, swarms: Sequence[Sequence[float]], room: float) -> float:
        """Return the largest size, in tenths of a point, of which all points have room; 0 if there is none."""

        def fits(tenths: int) -> bool:
            diameter = self._diameter(tenths * _STEP)
            return all(abs(offset) <= room for heights in swarms for offset in swarm(heights, diameter))

        low, high = 0, int(self._size() / _STEP)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if fits(middle) else (low, middle)
        return low * _STEP

    def _marker(self) -> bool | str:
        # Points in one colour of the author's, beside each other, are told apart by what they lie over.
        return "o" if self.marker == "auto" and self.color is not None and self.dodge else self.marker

    def _size(self) -> float:
        return float(theme("lines.markersize")) if self.size is None else self.size

    def _diameter(self, size: float) -> float:
        return size + self.linewidth

    def _style(self, shade: Rgb, marker: str) -> dict[str, Any]:
        return {
            "marker": marker,
            "markersize": self._size(),
            "markerfacecolor": shade,
            "markeredgecolor": shade if self.edgecolor is None else colors([self.edgecolor])[0],
            "markeredgewidth": self.linewidth,
            "alpha": self.alpha,
        }
