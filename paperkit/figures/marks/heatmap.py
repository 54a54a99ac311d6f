"""The heatmap mark: seaborn's heatmap, a matrix of shaded cells with their numbers and a colour bar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, Strict
from pydantic_core import PydanticCustomError

from paperkit.errors import ManifestPath, Problem
from paperkit.figures.channels import theme
from paperkit.figures.encoding import PanelData
from paperkit.figures.estimates import Estimator, estimate
from paperkit.figures.marks import Mark
from paperkit.figures.shapes import label_middle, value_text
from paperkit.figures.statistics import Statistics
from paperkit.figures.text import marked
from paperkit.manifest.model import Axes as AxesSpec
from paperkit.manifest.model import Flag, NumberFormat, Text
from paperkit.manifest.record import Number
from paperkit.style.colormap import Colormap, colormap_problems
from paperkit.style.contrast import ink
from paperkit.style.palette import Rgb, colors

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_CELLS = 1.0
# A line of the cell's own colour closes the gap that viewers show between two fills.
_SEAM = 0.25
_BAR_STEPS = 128
# The colour bar's gap and width, in widths of the panel.
_BAR_GAP, _BAR_WIDTH = 0.03, 0.04
# Its label is turned with its ascenders towards the ticks, in points.
_BAR_PAD = 3.0


def _checked(name: str) -> str:
    for problem in colormap_problems(name):
        raise PydanticCustomError("colormap", "{said}", {"said": problem.message})
    return name


@dataclass(frozen=True, kw_only=True, slots=True)
class _Scale:
    """The ends of the values that are shaded, and where on the colormap they are."""

    low: float
    high: float
    center: float | None
    colormap: Colormap

    def rgb(self, value: float) -> tuple[int, int, int]:
        if self.center is None:
            span = self.high - self.low
            return self.colormap.rgb((value - self.low) / span if span else 0.5)
        span = max(self.high - self.center, self.center - self.low)
        return self.colormap.rgb(0.5 + (value - self.center) / span / 2 if span else 0.5)


class Heatmap(Mark):
    """`mark = "heatmap"`: a cell for each pair of a name on x and one on y, shaded by the panel's `values`.

    Names follow `seaborn.heatmap` 0.13.2. Several values of a cell are summarised by `estimator`; a cell without
    values stays empty. The numbers (`annot`, in the format `fmt`) are black or white, whichever can be read better.
    With `center` both sides of it have the same steps of colour. Lengths are in points of 1/72 inch.
    """

    is_matrix: ClassVar[bool] = True

    cmap: Annotated[Text, AfterValidator(_checked)] = "Blues"
    vmin: Number | None = None
    vmax: Number | None = None
    center: Number | None = None
    estimator: Estimator = "mean"
    annot: Flag = False
    fmt: NumberFormat = ".2g"
    linewidths: Annotated[float, Strict(), Field(ge=0)] = 0.5
    linecolor: Text = "white"
    cbar: Flag = True
    cbar_label: Text | None = None

    def draw(self, axes: Axes, data: PanelData, *, seed: str) -> None:
        """Draw the cells, their numbers and the colour bar."""
        from matplotlib.patches import Rectangle

        del seed  # nothing about a matrix is random
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0, which="both")
        cells = self._cells(data)
        if not cells:
            return
        scale = self._scale(cells)
        for (column, row), value in cells.items():
            rgb = scale.rgb(value)
            fill = _fraction(rgb)
            edge = {"edgecolor": colors([self.linecolor])[0], "linewidth": self.linewidths}
            seam = {"edgecolor": fill, "linewidth": _SEAM}
            look: dict[str, Any] = edge if self.linewidths else seam
            axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=fill, zorder=_CELLS, **look))
            if self.annot:
                label_middle(axes, value_text(value, self.fmt), column, row, is_horizontal=False, color=ink(rgb))
        if self.cbar:
            self._draw_bar(axes, scale, data.values)

    def shades(self, data: PanelData) -> tuple[Rgb, ...]:
        """Return none: its colours are numbers."""
        del data
        return ()

    def statistics(self, data: PanelData, *, seed: str) -> tuple[Statistics, ...]:
        """Return the number of each cell."""
        del seed
        cells = self._cells(data)
        return tuple(Statistics.of(group, {self.estimator: cells[group.x, group.hue or 0]}) for group in data.groups)

    def handles(self, data: PanelData) -> tuple[Artist, ...]:
        """Return nothing: the colour bar says what the colours mean."""
        del data
        return ()

    def notices(self, data: PanelData, axes: AxesSpec, *, path: ManifestPath) -> Iterator[Problem]:
        """Say how many cells have a colour that is that of another value."""
        del axes
        cells = self._cells(data)
        scale = self._scale(cells) if cells else None
        beyond = 0 if scale is None else sum(not scale.low <= value <= scale.high for value in cells.values())
        if beyond:
            message = f"{beyond} of {len(cells)} cells are beyond 'vmin' or 'vmax' and have the colour of the end"
            yield Problem(message=message, path=(*path, "options"))

    def _cells(self, data: PanelData) -> Mapping[tuple[int, int], float]:
        return {
            (group.x, group.hue or 0): estimate(group.values, self.estimator, "none", seed="").center
            for group in data.groups
        }

    def _scale(self, cells: Mapping[tuple[int, int], float]) -> _Scale:
        low = min(cells.values()) if self.vmin is None else self.vmin
        high = max(cells.values()) if self.vmax is None else self.vmax
        return _Scale(low=low, high=high, center=self.center, colormap=Colormap(self.cmap))

    def _draw_bar(self, axes: Axes, scale: _Scale, name: str) -> None:
        from matplotlib.patches import Rectangle

        bar = axes.inset_axes((1 + _BAR_GAP, 0.0, _BAR_WIDTH, 1.0))
        step = (scale.high - scale.low) / _BAR_STEPS or 1.0 / _BAR_STEPS
        for index in range(_BAR_STEPS):
            low = scale.low + index * step
            fill = _fraction(scale.rgb(low + step / 2))
            bar.add_patch(Rectangle((0, low), 1, step, facecolor=fill, edgecolor=fill, linewidth=_SEAM))
        bar.set(xlim=(0, 1), ylim=(scale.low, scale.low + _BAR_STEPS * step), xticks=[])
        bar.yaxis.tick_right()
        bar.yaxis.set_label_position("right")
        bar.set_ylabel(marked(name if self.cbar_label is None else self.cbar_label), labelpad=_BAR_PAD)
        for spine in bar.spines.values():
            spine.set_linewidth(theme("axes.linewidth") / 2)


def _fraction(rgb: tuple[int, int, int]) -> Rgb:
    red, green, blue = (channel / 255 for channel in rgb)
    return red, green, blue
