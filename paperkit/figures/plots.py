"""What a mark plots, as numbers and looks: for writers that name what they draw instead of drawing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paperkit.figures.statistics import BoxStatistics
from paperkit.style.palette import Rgb


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """Colours, line width in PDF points and hatch of something filled; None is not drawn."""

    fill: Rgb | None
    line: Rgb | None
    linewidth: float
    hatch: str = ""
    hatch_ink: Rgb | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class BoxPlot:
    """One box: its name, where it stands, its width and that of its caps in slots, and the size of its fliers."""

    name: str
    place: float
    width: float
    caps: float
    shape: BoxStatistics
    look: Look
    fliersize: float
    flierwidth: float
    is_horizontal: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class BarPlot:
    """One bar from `base`, as long as `value` says; `ends` are those of its interval."""

    name: str
    place: float
    base: float
    value: float
    ends: tuple[float, float] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class BarPlots:
    """The bars of one level of hue, all `width` slots wide, and the look of their error bars."""

    name: str
    bars: tuple[BarPlot, ...]
    width: float
    look: Look
    error: Rgb
    errorwidth: float
    capsize: float
    is_stacked: bool
    is_horizontal: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CurvePlot:
    """One line: places, estimates and the ends of their intervals, which are shown as a band or as bars.

    `dash` are lengths in PDF points; `marker` is matplotlib's, `none` for none.
    """

    name: str
    places: tuple[float, ...]
    centers: tuple[float, ...]
    ends: tuple[tuple[float, float] | None, ...]
    color: Rgb
    linewidth: float
    dash: tuple[float, ...]
    marker: str
    markersize: float
    edge: float
    alpha: float
    band: float
    has_bars: bool
    drawstyle: str


Plots = Sequence[BoxPlot | BarPlots | CurvePlot]
