"""The slope mark: a line for each unit between its values at two or more places, as before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, Strict

from paperkit.errors import ManifestPath, Problem
from paperkit.figures.blocks import by_unit
from paperkit.figures.channels import Dash, Marker, dashes, level_colors, markers, theme
from paperkit.figures.encoding import PanelData, Role
from paperkit.figures.estimates import Estimator
from paperkit.figures.marks import Mark
from paperkit.figures.spread import spread
from paperkit.figures.statistics import Statistics
from paperkit.manifest.model import Axes as AxesSpec
from paperkit.manifest.model import Flag, Scalar, Text
from paperkit.style.palette import Rgb

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

    from paperkit.figures.renderer import MeasuringRenderer

_Length = Annotated[float, Strict(), Field(ge=0)]
_Point = tuple[float, float]

_LINES = 2.0
_GAP = 3.0
# How close names stand, in sizes of their type.
_LEADING = 1.1


class Slope(Mark):
    """`mark = "slope"`: the values of each of the `units` at the places of x, joined by a line.

    What a unit has several times at one place is summarised by the `estimator` first. `names` writes the names of the
    units beside the first or the last places, as close to their lines as they fit. Lengths are in points of 1/72 inch.
    """

    uses: ClassVar[frozenset[Role]] = frozenset({"units"})
    needs: ClassVar[frozenset[Role | Literal["hue"]]] = frozenset({"units"})

    estimator: Estimator = "mean"
    names: Literal["none", "left", "right", "both"] = "none"
    dashes: Flag | Literal["auto"] = "auto"
    markers: Flag | Literal["auto"] | Marker = "o"
    color: Text | None = None
    alpha: Annotated[float, Strict(), Field(ge=0, le=1)] = 1.0
    linewidth: _Length | None = None
    markersize: _Length | None = None

    def draw(self, axes: Axes, data: PanelData, *, seed: str) -> None:
        """Draw a line for each unit of each level of hue, and its names."""
        del seed  # nothing about it is random
        from matplotlib.lines import Line2D

        styles = self._styles(data)
        for hue, style in enumerate(styles):
            for unit, points in _units(data, hue, self.estimator).items():
                name = data.unit_names.get(unit, str(unit))
                axes.add_line(Line2D(*zip(*points, strict=True), zorder=_LINES, gid=name, **style))
        for hue in range(len(styles)):
            for unit, points in _units(data, hue, self.estimator).items():
                self._draw_names(axes, data.unit_names.get(unit, str(unit)), points)

    def statistics(self, data: PanelData, *, seed: str) -> tuple[Statistics, ...]:
        """Return the line of each unit."""
        del seed
        found: list[Statistics] = []
        for hue in range(max(len(data.hue), 1)):
            for unit, points in _units(data, hue, self.estimator).items():
                columns = {"x": tuple(x for x, _ in points), "y": tuple(y for _, y in points)}
                name, rank = data.unit_names.get(unit, str(unit)), hue if data.hue else None
                found.append(Statistics(name=name, hue=rank, columns=columns))
        return tuple(found)

    def handles(self, data: PanelData) -> tuple[Artist, ...]:
        """Return one line for each level of hue."""
        from matplotlib.lines import Line2D

        return tuple(Line2D([], [], **style | {"alpha": None}) for style in self._styles(data))

    def shades(self, data: PanelData) -> tuple[Rgb, ...]:
        """Return the colour of each level's lines."""
        return level_colors(data, self.color)

    def apart(self, data: PanelData) -> tuple[tuple[Dash, str], ...]:
        """Return the dashes and the marker of each level."""
        shades = self.shades(data)
        return tuple(zip(dashes(data, shades, self.dashes), markers(data, shades, self.markers), strict=True))

    def notices(self, data: PanelData, axes: AxesSpec, *, path: ManifestPath) -> Iterator[Problem]:
        """Count what has no unit, and the lines that end before the last place."""
        del axes
        count = sum(len(group.values) for group in data.groups)
        unnamed = sum(unit is None for group in data.groups for unit in group.extras["units"])
        if unnamed:
            message = f"{unnamed} of {count} values of '{data.values}' are without a unit and are not drawn"
            yield Problem(message=message, path=(*path, "units"))
        lines = [
            points for hue in range(max(len(data.hue), 1)) for points in _units(data, hue, self.estimator).values()
        ]
        short = sum(len(points) < len(data.x) for points in lines)
        if short:
            message = f"{short} of {len(lines)} units have no value at some of the {len(data.x)} places"
            yield Problem(message=message, path=(*path, "units"))

    def settle(
        self, axes: Axes, data: PanelData, artists: Sequence[Artist], *, renderer: MeasuringRenderer
    ) -> Iterator[Problem]:
        """Move the names apart, and the first place to the right until names beside it have room."""
        texts: list[Any] = [artist for artist in artists if hasattr(artist, "xyann")]
        before = [text for text in texts if text.get_horizontalalignment() == "right"]
        widths = [float(text.get_window_extent(renderer).width) for text in before]
        self._make_room(axes, max(widths, default=0.0), len(data.x) - 1)
        for found in (before, [text for text in texts if text not in before]):
            yield from _move_apart(axes, found)

    def _make_room(self, axes: Axes, width: float, last: int) -> None:
        """Widen the axis of the places until names so wide, in points of the page, fit before the first one."""
        (x0, _), (x1, _) = axes.transAxes.transform([(0, 0), (1, 0)])
        needed, whole = width + 2 * _GAP + self._markersize() / 2, float(x1 - x0)
        low, high = axes.get_xlim()
        if width and -low / (high - low) * whole < needed < whole / 2 and last:
            axes.set_xlim(-needed * high / (whole - needed), high)

    def _draw_names(self, axes: Axes, name: str, points: Sequence[_Point]) -> None:
        for side, point, shift in (("left", points[0], -_GAP), ("right", points[-1], _GAP)):
            if self.names in (side, "both"):
                axes.annotate(
                    name,
                    point,
                    xytext=(shift + (self._markersize() / 2 if shift > 0 else -self._markersize() / 2), 0.0),
                    textcoords="offset points",
                    ha="right" if side == "left" else "left",
                    va="center_baseline",
                    fontsize=theme("xtick.labelsize"),
                    annotation_clip=False,
                )

    def _markersize(self) -> float:
        return 1.5 * float(theme("lines.markersize")) if self.markersize is None else self.markersize

    def _styles(self, data: PanelData) -> tuple[dict[str, Any], ...]:
        shades, apart = self.shades(data), self.apart(data)
        return tuple(
            {
                "color": color,
                "linestyle": dash,
                "linewidth": float(theme("lines.linewidth")) if self.linewidth is None else self.linewidth,
                "marker": marker,
                "markersize": self._markersize(),
                "markeredgewidth": 0.0,
                "alpha": None if self.alpha == 1 else self.alpha,
            }
            for color, (dash, marker) in zip(shades, apart, strict=True)
        )


def _units(data: PanelData, hue: int, estimator: Estimator) -> dict[Scalar, list[_Point]]:
    """Return the points of each unit of one level of hue, from left to right."""
    found: dict[Scalar, list[_Point]] = {}
    for group in data.of_hue(hue):
        for unit, value in by_unit(group, estimator).items():
            found.setdefault(unit, []).append((data.at(group), value))
    return found


def _move_apart(axes: Axes, texts: Sequence[Annotation]) -> Iterator[Problem]:
    size = float(theme("xtick.labelsize"))
    heights = [float(axes.transData.transform(text.xy)[1]) for text in texts]
    (_, low), (_, high) = axes.transAxes.transform([(0, 0), (0, 1)])
    places = spread(heights, gap=_LEADING * size, low=float(low), high=float(high))
    for text, height, place in zip(texts, heights, places, strict=True):
        text.set_position((text.get_position()[0], place - height))
    needed = _LEADING * size * (len(texts) - 1)
    if needed > high - low:
        message = f"{len(texts)} names need a height of {needed:.0f}pt and have {high - low:.0f}pt"
        yield Problem(message=message, path=("options", "names"), hint="give the figure more 'height'")
