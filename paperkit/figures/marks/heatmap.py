"""The heatmap mark: seaborn's heatmap, a matrix of shaded cells with their numbers and a colour bar."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, Strict
from pydantic_core import PydanticCustomError

from paperkit.errors import ManifestPath, Problem
from paperkit.figures.channels import theme
from paperkit.figures.encoding import Group, Level, PanelData
from paperkit.figures.estimates import Estimator, estimate
from paperkit.figures.marks import Mark
from paperkit.figures.matrix import Linkage, Scale, Side, cluster, is_beyond_diagonal, runs
from paperkit.figures.shapes import label_middle, value_text
from paperkit.figures.statistics import Statistics
from paperkit.figures.text import literal, marked
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Axes as AxesSpec
from paperkit.manifest.model import Flag, NumberFormat, Text
from paperkit.manifest.record import Number
from paperkit.style.colormap import Colormap, colormap_problems
from paperkit.style.contrast import ink
from paperkit.style.norm import Norm, NormKind, limits
from paperkit.style.palette import Rgb, colors

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_CELLS = 1.0
# A line of the cell's own colour closes the gap that viewers show between two fills.
_SEAM = 0.25
_LINES = 1.5
# The gap between groups, in widths of the axes' lines; what is between the cells and the name of a group, in points.
_GAP_LINES, _NAME_GAP = 4.0, 3.0
# The colour bar's gap and width, in widths of the panel.
_BAR_GAP, _BAR_WIDTH = 0.03, 0.04
# Its label is turned with its ascenders towards the ticks, in points.
_BAR_PAD = 3.0


def _checked(name: str) -> str:
    for problem in colormap_problems(name):
        raise PydanticCustomError("colormap", "{said}", {"said": problem.message})
    return name


class Heatmap(Mark):
    """`mark = "heatmap"`: a cell for each pair of a name on x and one on y, shaded by the panel's `values`.

    Names follow `seaborn.heatmap` 0.13.2. Several values of a cell are summarised by `estimator`; a cell without
    values stays empty. The numbers (`annot`, in the format `fmt`) are black or white, whichever can be read better.
    With `center` both sides of it have the same steps of colour; `norm` has matplotlib's words, as tables' shades have.
    `mask` hides what is above or below the diagonal on which a name meets itself. `cluster` orders rows or columns as
    the leaves of hierarchical clusters (Euclidean distances, `method` as in SciPy). `row_groups` and `col_groups`, the
    attribute of a label, set neighbours of one kind apart and name them. Heatmaps of the same `values` with
    `cbar = "shared"` have one scale and one colour bar. Lengths are in points of 1/72 inch.
    """

    is_matrix: ClassVar[bool] = True

    cmap: Annotated[Text, AfterValidator(_checked)] = "Blues"
    vmin: Number | None = None
    vmax: Number | None = None
    center: Number | None = None
    norm: NormKind = "linear"
    vcenter: Number = 0.0
    linthresh: Annotated[float, Strict(), Field(gt=0)] = 1.0
    mask: Literal["none", "upper", "lower"] = "none"
    cluster: Literal["none", "rows", "cols", "both"] = "none"
    method: Linkage = "average"
    row_groups: Text | None = None
    col_groups: Text | None = None
    estimator: Estimator = "mean"
    annot: Flag = False
    fmt: NumberFormat = ".2g"
    linewidths: Annotated[float, Strict(), Field(ge=0)] = 0.5
    linecolor: Text = "white"
    cbar: Flag | Literal["shared"] = True
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
        scale = self._scale(data)
        for (column, row), value in cells.items():
            if not scale.norm.has_position(value):
                continue
            rgb = scale.rgb(value)
            fill = _fraction(rgb)
            edge = {"edgecolor": colors([self.linecolor])[0], "linewidth": self.linewidths}
            seam = {"edgecolor": fill, "linewidth": _SEAM}
            look: dict[str, Any] = edge if self.linewidths else seam
            axes.add_patch(
                Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=fill, zorder=_CELLS, in_layout=False, **look)
            )
            if self.annot:
                label_middle(axes, value_text(value, self.fmt), column, row, is_horizontal=False, color=ink(rgb))
        self._draw_groups(axes, data)
        if self.cbar and data.has_bar:
            self._draw_bar(axes, scale, data)

    @property
    def has_shared_bar(self) -> bool:
        """Tell whether other panels' heatmaps have the same scale."""
        return self.cbar == "shared"

    def shaded(self, data: PanelData) -> tuple[float, ...]:
        """Return the numbers of the cells."""
        return tuple(self._cells(data).values())

    def arrange(self, data: PanelData, labels: Labels, *, path: ManifestPath) -> PanelData:
        """Return the cells that the mask leaves, their rows and columns in the order of clusters and with their groups.

        Raises:
            AssetError: a label lacks the attribute of the groups, or clusters lack a cell.
            DataError: clusters need SciPy, and it is not installed.

        """
        data = replace(
            data,
            x_groups=_group_names(self.col_groups, data.x, labels),
            y_groups=_group_names(self.row_groups, data.y, labels),
        )
        if self.cluster != "none":
            sides: dict[str, tuple[Side, ...]] = {"rows": ("rows",), "cols": ("cols",), "both": ("rows", "cols")}
            at = (*path, "options", "cluster")
            data = cluster(data, self._cells(data), sides[self.cluster], method=self.method, path=at)
        return data if self.mask == "none" else replace(data, groups=self._unmasked(data, self.mask))

    @staticmethod
    def _unmasked(data: PanelData, side: Literal["upper", "lower"]) -> tuple[Group, ...]:
        return tuple(
            group
            for group in data.groups
            if not is_beyond_diagonal(data.x[group.x], data.y[group.hue or 0], data.y, side)
        )

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
        scale = self._scale(data) if cells else None
        beyond = (
            0
            if scale is None
            else sum(
                scale.norm.has_position(value) and not scale.low <= value <= scale.high for value in cells.values()
            )
        )
        if beyond:
            message = f"{beyond} of {len(cells)} cells are beyond 'vmin' or 'vmax' and have the colour of the end"
            yield Problem(message=message, path=(*path, "options"))
        missing = [value for value in cells.values() if self.norm == "log" and value <= 0]
        if missing:
            message = f"{len(missing)} of {len(cells)} cells are not positive and have no place on a logarithmic scale"
            yield Problem(message=message, path=(*path, "options", "norm"), hint="norm = 'symlog' goes through zero")

    def _cells(self, data: PanelData) -> Mapping[tuple[int, int], float]:
        return {
            (group.x, group.hue or 0): estimate(group.values, self.estimator, "none", seed="").center
            for group in data.groups
        }

    def _scale(self, data: PanelData) -> Scale:
        values = [*self._cells(data).values(), *(data.span or ())]
        norm = Norm(kind=self.norm, vmin=self.vmin, vmax=self.vmax, vcenter=self.vcenter, linthresh=self.linthresh)
        ends = limits(values, norm) or ((1.0, 10.0) if self.norm == "log" else (0.0, 1.0))
        if self.center is None:
            return Scale(low=ends[0], high=ends[1], norm=norm, limits=ends, colormap=Colormap(self.cmap))
        # As seaborn does: the colours of both sides go as far as the longer one.
        half = max(ends[1] - self.center, self.center - ends[0])
        around = (self.center - half, self.center + half)
        return Scale(low=ends[0], high=ends[1], norm=Norm(), limits=around, colormap=Colormap(self.cmap))

    def _draw_groups(self, axes: Axes, data: PanelData) -> None:
        """Set groups of rows and columns apart, and write their names above and on the right."""
        from matplotlib.lines import Line2D

        width = _GAP_LINES * float(theme("axes.linewidth"))
        rows, cols = len(data.y), len(data.x)
        for _, first, last in runs(data.x_groups):
            name, place = data.x_groups[first], (first + last) / 2
            _annotate(axes, name, (place, 1), (0.0, _NAME_GAP), is_row=False)
            if first:
                line = Line2D([first - 0.5] * 2, [-0.5, rows - 0.5], color="white", linewidth=width, zorder=_LINES)
                axes.add_line(line)
        for _, first, last in runs(data.y_groups):
            name, place = data.y_groups[first], (first + last) / 2
            _annotate(axes, name, (1, place), (_NAME_GAP, 0.0), is_row=True)
            if first:
                line = Line2D([-0.5, cols - 0.5], [first - 0.5] * 2, color="white", linewidth=width, zorder=_LINES)
                axes.add_line(line)

    def _draw_bar(self, axes: Axes, scale: Scale, data: PanelData) -> None:
        from matplotlib.patches import Rectangle
        from matplotlib.transforms import ScaledTranslation

        # Beside the names of groups of rows.
        shift = (_NAME_GAP + float(theme("font.size"))) / 72 if data.y_groups else 0.0
        canvas: Any = axes.figure
        beside = axes.transAxes + ScaledTranslation(shift, 0, canvas.dpi_scale_trans)
        bar = axes.inset_axes((1 + _BAR_GAP, 0.0, _BAR_WIDTH, 1.0), transform=beside)
        edges = scale.steps()
        if scale.norm.kind == "log":
            bar.set_yscale("log")
        elif scale.norm.kind == "symlog":
            bar.set_yscale("symlog", linthresh=self.linthresh)
        for low, high in pairwise(edges):
            middle = math.sqrt(low * high) if scale.norm.kind == "log" else (low + high) / 2
            fill = _fraction(scale.rgb(middle))
            bar.add_patch(Rectangle((0, low), 1, high - low, facecolor=fill, edgecolor=fill, linewidth=_SEAM))
        bar.set(xlim=(0, 1), ylim=(edges[0], edges[-1]), xticks=[])
        bar.yaxis.tick_right()
        bar.yaxis.set_label_position("right")
        bar.set_ylabel(marked(data.values if self.cbar_label is None else self.cbar_label), labelpad=_BAR_PAD)
        for spine in bar.spines.values():
            spine.set_linewidth(theme("axes.linewidth") / 2)


def _group_names(reference: str | None, levels: Sequence[Level], labels: Labels) -> tuple[str, ...]:
    if reference is None:
        return ()
    return tuple(literal(labels.text(reference, level.value)) for level in levels)


def _annotate(axes: Axes, name: str, at: tuple[float, float], offset: tuple[float, float], *, is_row: bool) -> None:
    axes.annotate(
        name,
        at,
        xycoords=("axes fraction", "data") if is_row else ("data", "axes fraction"),
        xytext=offset,
        textcoords="offset points",
        ha="left" if is_row else "center",
        va="center" if is_row else "bottom",
        rotation=270 if is_row else 0,
        fontsize=theme("xtick.labelsize"),
    )


def _fraction(rgb: tuple[int, int, int]) -> Rgb:
    red, green, blue = (channel / 255 for channel in rgb)
    return red, green, blue
