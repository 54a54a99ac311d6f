"""The ecdf mark: seaborn's ecdfplot, the share of values up to each x."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, Strict

from paperkit.figures.channels import Dash, dashes, level_colors, theme
from paperkit.figures.encoding import Group, PanelData
from paperkit.figures.marks import Mark, Places
from paperkit.figures.statistics import Statistics
from paperkit.manifest.model import Flag, Text
from paperkit.style.palette import Rgb

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_LINE = 2.0


class Ecdf(Mark):
    """`mark = "ecdf"`: for each x the share of the values that are at most as large.

    Names and defaults follow `seaborn.ecdfplot` 0.13.2; `complementary` draws the share that is larger, as performance
    profiles do. Lengths are in points of 1/72 inch.
    """

    places: ClassVar[Places] = "none"

    stat: Literal["proportion", "percent", "count"] = "proportion"
    complementary: Flag = False
    dashes: Flag | Literal["auto"] = "auto"
    color: Text | None = None
    linewidth: Annotated[float, Strict(), Field(ge=0)] | None = None

    @property
    def counts(self) -> str:
        """Return the name of the y axis."""
        return self.stat.capitalize()

    def draw(self, axes: Axes, data: PanelData, *, seed: str) -> None:
        """Draw a stair for each level of hue."""
        del seed  # nothing about it is random
        from matplotlib.lines import Line2D

        inks = self._inks(data)
        for group in data.groups:
            ordered, heights = self._stairs(group)
            whole = max(heights)
            style = self._style(*inks[group.hue or 0])
            line = Line2D([ordered[0], *ordered], heights, drawstyle="steps-post", zorder=_LINE, **style)
            line.sticky_edges.y[:] = [0, whole]
            axes.add_line(line)

    def statistics(self, data: PanelData, *, seed: str) -> tuple[Statistics, ...]:
        """Return the height behind each value, smallest values first."""
        del seed
        stairs = [(group, *self._stairs(group)) for group in data.groups]
        return tuple(
            Statistics.of(group, {}, {"value": places, self.stat: heights[1:]}) for group, places, heights in stairs
        )

    def handles(self, data: PanelData) -> tuple[Artist, ...]:
        """Return one line for each level of hue."""
        from matplotlib.lines import Line2D

        return tuple(Line2D([], [], **self._style(color, dash)) for color, dash in self._inks(data))

    def shades(self, data: PanelData) -> tuple[Rgb, ...]:
        """Return the colour of each curve."""
        return level_colors(data, self.color)

    def apart(self, data: PanelData) -> tuple[Hashable, ...]:
        """Return the dashes of each curve."""
        return tuple(dash for _, dash in self._inks(data))

    def _stairs(self, group: Group) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Return the sorted values, and the height before the first and behind each."""
        count = len(group.values)
        whole = {"proportion": 1.0, "percent": 100.0, "count": float(count)}[self.stat]
        heights = tuple(whole * rank / count for rank in range(count + 1))
        if self.complementary:
            heights = tuple(whole - height for height in heights)
        return tuple(sorted(group.values)), heights

    def _inks(self, data: PanelData) -> tuple[tuple[Rgb, Dash], ...]:
        shades = self.shades(data)
        return tuple(zip(shades, dashes(data, shades, self.dashes), strict=True))

    def _style(self, color: Rgb, dash: Dash) -> dict[str, Any]:
        width = theme("lines.linewidth") if self.linewidth is None else self.linewidth
        return {"color": color, "linestyle": dash, "linewidth": width}
