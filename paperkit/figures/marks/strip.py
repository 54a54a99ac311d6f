"""The strip mark: seaborn's stripplot, every value as a point."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, Strict

from paperkit.figures.channels import Marker, level_colors, markers
from paperkit.figures.encoding import Group, PanelData
from paperkit.figures.marks import Mark
from paperkit.figures.shapes import Orient, turned
from paperkit.manifest.model import Flag, Text
from paperkit.style.palette import Rgb, colors

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_Length = Annotated[float, Strict(), Field(ge=0)]

# seaborn 0.13.2: jitter=True spreads over 0.1 of a slot to each side, dodged levels share 0.8 of it.
_SPREAD = 0.1
_WIDTH = 0.8
_ABOVE_BOXES = 3.0
_SEEN = 4.0


class Strip(Mark):
    """`mark = "strip"`: a point for each value, spread at random but always in the same way.

    Names and defaults follow `seaborn.stripplot` 0.13.2; lengths are in points of 1/72 inch. Without a `size` the
    points have the theme's, made for print: seaborn's 5 points hide each other in a column.
    """

    can_turn: ClassVar[bool] = True

    orient: Orient = "v"
    jitter: Flag | _Length = True
    dodge: Flag = False
    color: Text | None = None
    size: _Length | None = None
    alpha: Annotated[float, Strict(), Field(ge=0, le=1)] = 1.0
    edgecolor: Text | None = None
    linewidth: _Length = 0.0
    marker: Literal["auto"] | Marker = "auto"

    def draw(self, axes: Axes, data: PanelData, *, seed: str) -> None:
        """Draw the points of each group; their places depend on `seed` and the order of the values alone."""
        from matplotlib.lines import Line2D

        generator = random.Random(seed)  # noqa: S311 - for looks, and the same on every machine
        shades, shapes = self.shades(data), markers(data, self.shades(data), self._marker())
        for group in data.groups:
            spread = self._spread(data)
            center = self.place(group, data)
            places = [
                center + (generator.uniform(-spread, spread) if len(group.values) > 1 else 0.0) for _ in group.values
            ]
            style = self._style(shades[group.hue or 0], shapes[group.hue or 0])
            x, y = turned(places, group.values, is_horizontal=self.is_horizontal)
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

    def place(self, group: Group, data: PanelData) -> float:
        """Return the middle of the points of `group`, in slots."""
        if group.hue is None or not self.dodge:
            return float(group.x)
        each = _WIDTH / len(data.hue)
        return group.x - _WIDTH / 2 + each * (group.hue + 0.5)

    def _marker(self) -> bool | str:
        # Points in one colour of the author's, beside each other, are told apart by what they lie over.
        return "o" if self.marker == "auto" and self.color is not None and self.dodge else self.marker

    def _spread(self, data: PanelData) -> float:
        spread = _SPREAD if self.jitter is True else float(self.jitter)
        return spread / len(data.hue) if self.dodge and data.hue else spread

    def _size(self) -> float:
        from matplotlib import rcParams

        parameters: Any = rcParams
        return float(parameters["lines.markersize"]) if self.size is None else self.size

    def _style(self, shade: Rgb, marker: str) -> dict[str, Any]:
        edge = shade if self.edgecolor is None else colors([self.edgecolor])[0]
        return {
            "marker": marker,
            "markersize": self._size(),
            "markerfacecolor": shade,
            "markeredgecolor": edge,
            "markeredgewidth": self.linewidth,
            "alpha": self.alpha,
        }
