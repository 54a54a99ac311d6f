"""The scatter mark: seaborn's scatterplot, with a fitted line, a correlation and a Pareto front if wished."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, Strict

from paperkit.errors import ManifestPath, Problem
from paperkit.figures.channels import Marker, level_colors, markers, style_markers, theme
from paperkit.figures.encoding import PanelData, Role
from paperkit.figures.fits import draw_fit
from paperkit.figures.marks import Key, Mark, Places
from paperkit.figures.point_labels import add_label
from paperkit.figures.relations import (
    CORRELATIONS,
    Aim,
    Point,
    correlation,
    correlation_text,
    least_squares,
    pareto_front,
    scaled,
)
from paperkit.figures.sizes import SizeScale, size_text
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
# What large points at the edge of a small panel need, as fractions of its sides.
_ROOM = (0.07, 0.12)
_ROLES: tuple[Role, Role, Role] = ("size", "style", "label")
# The areas of the least and the greatest size, in those of a point without one.
_SMALL, _LARGE = 0.6, 6.0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Dot:
    """One point: where it is, how it looks, and what stands beside it."""

    at: Point
    color: Rgb
    marker: str
    size: float
    label: str | None


class Scatter(Mark):
    """`mark = "scatter"`: a point for each row.

    Names follow `seaborn.scatterplot` 0.13.2; `size` is a diameter in points of 1/72 inch. The panel's `size` is shown
    by areas between the two `sizes`, in square points, evenly from its least to its greatest number or
    (`size_norm = "log"`) logarithm; its `style` has markers; its `label` stands beside each point. `fit` draws the
    least squares line of all points, or of each level of hue (`fit_by`), with the confidence band of its mean at the
    level `ci`, in percent, by Student's t; `corr` writes the correlation of all. Both are of what the axes show: of the
    logarithms on logarithmic axes. `pareto` says whether much or little is good on x and on y, and joins the points
    that no other one beats.
    """

    places: ClassVar[Places] = "numbers"
    uses: ClassVar[frozenset[Role]] = frozenset({"size", "style", "label"})

    size: _Length | None = None
    sizes: tuple[_Length, _Length] | None = None
    size_norm: Literal["linear", "log"] = "linear"
    marker: Literal["auto"] | Marker = "auto"
    alpha: Annotated[float, Strict(), Field(ge=0, le=1)] = 1.0
    color: Text | None = None
    edgecolor: Text | None = "white"
    linewidth: _Length = 0.3
    fit: Literal["none", "linear"] = "none"
    fit_by: Literal["all", "hue"] = "all"
    ci: Annotated[float, Strict(), Field(gt=0, lt=100)] | None = None
    corr: Literal["none", "pearson", "spearman"] = "none"
    pareto: tuple[Aim, Aim] | None = None

    def draw(self, axes: Axes, data: PanelData, *, seed: str) -> None:
        """Draw the points of each level of hue, and what is asked for about all of them."""
        del seed  # nothing about a scatter is random
        from matplotlib.lines import Line2D

        shades = self.shades(data)
        drawn: dict[tuple[Rgb, str, float], list[Point]] = {}
        for dot in self._dots(data):
            drawn.setdefault((dot.color, dot.marker, dot.size), []).append(dot.at)
            if dot.label is not None:
                add_label(axes, dot.label, dot.at, radius=dot.size / 2)
        # Small points lie on large ones.
        for (color, marker, size), points in sorted(drawn.items(), key=lambda item: -item[0][2]):
            style = self._style(color, marker) | {"markersize": size}
            axes.add_line(Line2D(*zip(*points, strict=True), zorder=_POINTS, **style))
        if data.sizes is not None:
            axes.margins(*_ROOM)
        found = _points(data, None)
        if self.fit == "linear":
            self._draw_fits(axes, data, shades)
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
        found += self._fitted(data, ranks if self.fit_by == "hue" else [None])
        strength = None if self.corr == "none" else correlation(shown, self.corr)
        if strength is not None:
            found.append(Statistics(name="correlation", numbers={"n": len(shown), self.corr: strength}))
        if self.pareto is not None:
            found.append(Statistics(name="pareto", columns=_columns(pareto_front(everything, self.pareto))))
        return tuple(found)

    def _fitted(self, data: PanelData, ranks: Sequence[int | None]) -> Iterator[Statistics]:
        for rank in ranks if self.fit == "linear" else ():
            shown = scaled(_points(data, rank), is_log_x=data.is_log_x, is_log_y=data.is_log)
            line = least_squares(shown)
            if line is not None:
                numbers = {"n": len(shown), "slope": line[0], "intercept": line[1]}
                yield Statistics(name="fit", hue=rank, numbers=numbers)

    def handles(self, data: PanelData) -> tuple[Artist, ...]:
        """Return one point for each level of hue."""
        from matplotlib.lines import Line2D

        shades = self.shades(data)
        each = zip(shades, self._markers(data), strict=True)
        return tuple(Line2D([], [], **self._style(color, marker) | {"alpha": None}) for color, marker in each)

    def keys(self, data: PanelData) -> tuple[Key, ...]:
        """Return a grey point for each level of style, and for some numbers of size."""
        from matplotlib.lines import Line2D

        found: list[Key] = []
        for level, marker in zip(data.style, style_markers(data), strict=True) if self._has_styles(data) else ():
            look = self._style(_GRAY, marker)
            found.append(Key(role="style", text=level.text, handle=Line2D([], [], **look)))
        scale = self._scale(data)
        for number in () if scale is None else scale.ticks():
            look = self._style(_GRAY, "o") | {"markersize": scale.diameter(number) if scale else 0}
            found.append(Key(role="size", text=size_text(number), handle=Line2D([], [], **look)))
        return tuple(found)

    def shades(self, data: PanelData) -> tuple[Rgb, ...]:
        """Return the colour of each level's points."""
        return level_colors(data, self.color)

    def apart(self, data: PanelData) -> tuple[Hashable, ...]:
        """Return the marker of each level."""
        return self._markers(data)

    def notices(self, data: PanelData, axes: AxesSpec, *, path: ManifestPath) -> Iterator[Problem]:
        """Say what cannot be computed of the points."""
        del axes
        points = scaled(_points(data, None), is_log_x=data.is_log_x, is_log_y=data.is_log)
        if self.fit != "none" and least_squares(points) is None:
            yield Problem(message="a line needs points at two places of x or more", path=(*path, "options", "fit"))
        if self.corr != "none" and correlation(points, self.corr) is None:
            message = "a correlation needs two points or more that differ in x and in y"
            yield Problem(message=message, path=(*path, "options", "corr"))
        if self.size_norm == "log" and data.sizes is not None and data.sizes[0] <= 0:
            message = f"sizes down to {data.sizes[0]:g} have no logarithm: they are shown evenly"
            yield Problem(message=message, path=(*path, "options", "size_norm"))

    def _draw_fits(self, axes: Axes, data: PanelData, shades: tuple[Rgb, ...]) -> None:
        logs = {"is_log_x": data.is_log_x, "is_log_y": data.is_log}
        if self.fit_by == "all" or not data.hue:
            draw_fit(axes, _points(data, None), color=_GRAY, linestyle="--", ci=self.ci, **logs)
            return
        for hue, color in enumerate(shades):
            draw_fit(axes, _points(data, hue), color=color, linestyle="-", ci=self.ci, **logs)

    def _dots(self, data: PanelData) -> Iterator[_Dot]:
        scale, shades, shapes = self._scale(data), self.shades(data), self._markers(data)
        has_styles = self._has_styles(data)
        styles = {level.value: marker for level, marker in zip(data.style, style_markers(data), strict=True)}
        for group in data.groups:
            rank, none = group.hue or 0, (None,) * len(group.values)
            sizes, marks, labels = (group.extras.get(role, none) for role in _ROLES)
            for value, size, mark, label in zip(group.values, sizes, marks, labels, strict=True):
                yield _Dot(
                    at=(data.at(group), value),
                    color=shades[rank],
                    marker=styles[mark] if has_styles and mark is not None else shapes[rank],
                    size=self._size() if scale is None else scale.diameter(float(size or 0.0)),
                    label=None if label is None else str(label),
                )

    def _scale(self, data: PanelData) -> SizeScale | None:
        if data.sizes is None:
            return None
        base = 2 * float(theme("lines.markersize"))
        areas = (_SMALL * base**2, _LARGE * base**2) if self.sizes is None else self.sizes
        low, high = data.sizes
        return SizeScale(low=low, high=high, areas=areas, is_log=self.size_norm == "log" and low > 0)

    def _has_styles(self, data: PanelData) -> bool:
        """Tell whether markers tell something else than colours do."""
        return bool(data.style) and data.style != data.hue

    def _markers(self, data: PanelData) -> tuple[str, ...]:
        shades = self.shades(data)
        if self._has_styles(data):
            return ("o",) * len(shades)
        return markers(data, shades, True if data.style and self.marker == "auto" else self.marker)

    def _size(self) -> float:
        return 2 * float(theme("lines.markersize")) if self.size is None else self.size

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
            f"${CORRELATIONS[self.corr]} = {correlation_text(found)}$, $n = {len(points)}$",
            at,
            xycoords="axes fraction",
            xytext=(_INSET if ha == "left" else -_INSET, -_INSET),
            textcoords="offset points",
            ha=ha,
            va="top",
            fontsize=theme("xtick.labelsize"),
        )

    def _style(self, color: Rgb, marker: str) -> dict[str, Any]:
        return {
            "linestyle": "none",
            "marker": marker,
            "markersize": self._size(),
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
