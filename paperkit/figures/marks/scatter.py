"""The scatter mark: seaborn's scatterplot, with a fitted line, a correlation and a Pareto front if wished."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, Strict

from paperkit.errors import ManifestPath, Problem
from paperkit.figures.channels import Marker, level_colors, markers, theme
from paperkit.figures.encoding import PanelData
from paperkit.figures.marks import Mark, Places
from paperkit.figures.relations import (
    CORRELATIONS,
    Aim,
    Point,
    correlation,
    least_squares,
    pareto_front,
    scaled,
    unscaled,
)
from paperkit.figures.statistics import Statistics
from paperkit.manifest.model import Axes as AxesSpec
from paperkit.manifest.model import Text
from paperkit.style.palette import Rgb, colors

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_Length = Annotated[float, Strict(), Field(ge=0)]

_POINTS, _LINE, _FRONT = 2.0, 1.9, 1.8
_GRAY = (0.26, 0.26, 0.26)
_INSET = 3.0


class Scatter(Mark):
    """`mark = "scatter"`: a point for each row.

    Names follow `seaborn.scatterplot` 0.13.2; `size` is a diameter in points of 1/72 inch. `fit` draws the least
    squares line of all points, `corr` writes their correlation, both of what the axes show: of the logarithms on
    logarithmic axes. `pareto` says whether much or little is good on x and on y, and joins the points that no other
    one beats.
    """

    places: ClassVar[Places] = "numbers"

    size: _Length | None = None
    marker: Literal["auto"] | Marker = "auto"
    alpha: Annotated[float, Strict(), Field(ge=0, le=1)] = 1.0
    color: Text | None = None
    edgecolor: Text | None = "white"
    linewidth: _Length = 0.3
    fit: Literal["none", "linear"] = "none"
    corr: Literal["none", "pearson", "spearman"] = "none"
    pareto: tuple[Aim, Aim] | None = None

    def draw(self, axes: Axes, data: PanelData, *, seed: str) -> None:
        """Draw the points of each level of hue, and what is asked for about all of them."""
        del seed  # nothing about a scatter is random
        from matplotlib.lines import Line2D

        shades = self.shades(data)
        for hue, (color, marker) in enumerate(zip(shades, markers(data, shades, self.marker), strict=True)):
            points = _points(data, hue)
            if points:
                axes.add_line(Line2D(*zip(*points, strict=True), zorder=_POINTS, **self._style(color, marker)))
        found = _points(data, None)
        if self.fit == "linear":
            self._draw_fit(axes, data, found)
        if self.pareto is not None:
            self._draw_front(axes, found, self.pareto)
        if self.corr != "none":
            self._draw_correlation(axes, data, found)

    def statistics(self, data: PanelData, *, seed: str) -> tuple[Statistics, ...]:
        """Return the points of each level of hue, and what is asked for about all of them, as the axes show it."""
        del seed
        ranks = sorted({group.hue for group in data.groups}, key=lambda rank: rank or 0)
        found = [
            Statistics(hue=rank, numbers={"n": len(points)}, columns=_columns(points))
            for rank in ranks
            for points in (_points(data, rank),)
        ]
        everything = _points(data, None)
        shown = scaled(everything, is_log_x=data.is_log_x, is_log_y=data.is_log)
        line = least_squares(shown) if self.fit == "linear" else None
        if line is not None:
            numbers = {"n": len(shown), "slope": line[0], "intercept": line[1]}
            found.append(Statistics(name="fit", numbers=numbers))
        strength = None if self.corr == "none" else correlation(shown, self.corr)
        if strength is not None:
            found.append(Statistics(name="correlation", numbers={"n": len(shown), self.corr: strength}))
        if self.pareto is not None:
            found.append(Statistics(name="pareto", columns=_columns(pareto_front(everything, self.pareto))))
        return tuple(found)

    def handles(self, data: PanelData) -> tuple[Artist, ...]:
        """Return one point for each level of hue."""
        from matplotlib.lines import Line2D

        shades = self.shades(data)
        each = zip(shades, markers(data, shades, self.marker), strict=True)
        return tuple(Line2D([], [], **self._style(color, marker) | {"alpha": None}) for color, marker in each)

    def shades(self, data: PanelData) -> tuple[Rgb, ...]:
        """Return the colour of each level's points."""
        return level_colors(data, self.color)

    def apart(self, data: PanelData) -> tuple[Hashable, ...]:
        """Return the marker of each level."""
        return markers(data, self.shades(data), self.marker)

    def notices(self, data: PanelData, axes: AxesSpec, *, path: ManifestPath) -> Iterator[Problem]:
        """Say what cannot be computed of the points."""
        del axes
        points = scaled(_points(data, None), is_log_x=data.is_log_x, is_log_y=data.is_log)
        if self.fit != "none" and least_squares(points) is None:
            yield Problem(message="a line needs points at two places of x or more", path=(*path, "options", "fit"))
        if self.corr != "none" and correlation(points, self.corr) is None:
            message = "a correlation needs two points or more that differ in x and in y"
            yield Problem(message=message, path=(*path, "options", "corr"))

    def _draw_fit(self, axes: Axes, data: PanelData, points: tuple[Point, ...]) -> None:
        from matplotlib.lines import Line2D

        logs = {"is_log_x": data.is_log_x, "is_log_y": data.is_log}
        shown = scaled(points, **logs)
        line = least_squares(shown)
        if line is None:
            return
        slope, intercept = line
        ends = tuple((x, slope * x + intercept) for x in (min(shown)[0], max(shown)[0]))
        x, y = zip(*unscaled(ends, **logs), strict=True)
        axes.add_line(Line2D(x, y, color=_GRAY, linestyle="--", linewidth=theme("lines.linewidth"), zorder=_LINE))

    def _draw_front(self, axes: Axes, points: tuple[Point, ...], aims: tuple[Aim, Aim]) -> None:
        from matplotlib.lines import Line2D

        # What is reached with little on x is reached with more too, and the other way round.
        steps: Any = "steps-post" if aims[0] == "min" else "steps-pre"
        x, y = zip(*pareto_front(points, aims), strict=True)
        width = theme("axes.linewidth")
        axes.add_line(Line2D(x, y, color=_GRAY, linewidth=width, drawstyle=steps, zorder=_FRONT, gid="Pareto front"))

    def _draw_correlation(self, axes: Axes, data: PanelData, points: tuple[Point, ...]) -> None:
        found = correlation(scaled(points, is_log_x=data.is_log_x, is_log_y=data.is_log), self.corr)
        if found is None:
            return
        # Where points that rise or fall leave room.
        at, ha = ((0, 1), "left") if found >= 0 else ((1, 1), "right")
        axes.annotate(
            f"${CORRELATIONS[self.corr]} = {found:.2f}$, $n = {len(points)}$",
            at,
            xycoords="axes fraction",
            xytext=(_INSET if ha == "left" else -_INSET, -_INSET),
            textcoords="offset points",
            ha=ha,
            va="top",
            fontsize=theme("xtick.labelsize"),
        )

    def _style(self, color: Rgb, marker: str) -> dict[str, Any]:
        size = 2 * float(theme("lines.markersize")) if self.size is None else self.size
        return {
            "linestyle": "none",
            "marker": marker,
            "markersize": size,
            "markerfacecolor": color,
            "markeredgecolor": color if self.edgecolor is None else colors([self.edgecolor])[0],
            "markeredgewidth": self.linewidth,
            "alpha": None if self.alpha == 1 else self.alpha,
        }


def _points(data: PanelData, hue: int | None) -> tuple[Point, ...]:
    groups = data.groups if hue is None else data.of_hue(hue)
    return tuple((data.at(group), value) for group in groups for value in group.values)


def _columns(points: tuple[Point, ...]) -> dict[str, tuple[float, ...]]:
    return {"x": tuple(x for x, _ in points), "y": tuple(y for _, y in points)}
