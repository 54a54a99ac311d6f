"""The profile mark: performance profiles, how often a method is how good."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, Strict

from paperkit.errors import AssetError, ManifestPath, Problem
from paperkit.figures.blocks import by_unit
from paperkit.figures.channels import Dash, dashes, level_colors, theme
from paperkit.figures.encoding import Group, PanelData, Role
from paperkit.figures.estimates import Estimator
from paperkit.figures.intervals import interval_label
from paperkit.figures.marks import Mark, Places
from paperkit.figures.profiles import profile_band, ratio_profile, ratios, score_profile
from paperkit.figures.statistics import Statistics
from paperkit.manifest.model import Axes as AxesSpec
from paperkit.manifest.model import Flag, Text
from paperkit.style.palette import Rgb

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_Percent = Annotated[float, Strict(), Field(gt=0, lt=100)]

_BAND, _LINE = 1.5, 2.0
_BAND_ALPHA = 0.2
_DEFAULT_LEVEL = 95.0
# How far beyond the largest ratio the stairs go on, as a factor.
_BEYOND = 1.1


@dataclass(frozen=True, kw_only=True, slots=True)
class _Stair:
    """A stair: its places and shares, and the ends of its band if it has one."""

    places: tuple[float, ...]
    shares: tuple[float, ...]
    band: tuple[tuple[float, ...], tuple[float, ...]] | None = None


class Profile(Mark):
    """`mark = "profile"`: performance profiles of the levels of hue, as stairs.

    With `kind = "ratio"` (Dolan and Moré 2002) x is a cost, and the stair the share of `units` in which it is at most
    so many times the least one of all levels; what a level has no cost of is not solved. With `kind = "score"` (Agarwal
    et al. 2021) x is a score, and the stair the share of runs above it, with a pointwise bootstrap interval of runs
    drawn again within their `units`. Several costs in one unit are first summarised by the `estimator`. Lengths are in
    points of 1/72 inch.
    """

    places: ClassVar[Places] = "none"
    uses: ClassVar[frozenset[Role]] = frozenset({"units"})

    kind: Literal["ratio", "score"] = "ratio"
    estimator: Estimator = "mean"
    errorbar: Literal["ci", "none"] | tuple[Literal["ci"], _Percent] = ("ci", 95)
    dashes: Flag | Literal["auto"] = "auto"
    color: Text | None = None
    linewidth: Annotated[float, Strict(), Field(ge=0)] | None = None

    @property
    def counts(self) -> str:
        """Return the name of the y axis."""
        return "Share of runs above"

    @property
    def axis_names(self) -> tuple[str, str] | None:
        """Return what the axes show."""
        return ("Cost relative to the least", "Share solved") if self.kind == "ratio" else None

    def draw(self, axes: Axes, data: PanelData, *, seed: str) -> None:
        """Draw the band and the stair of each level of hue."""
        from matplotlib.lines import Line2D
        from matplotlib.patches import Polygon

        styles = self._styles(data)
        stairs = self._stairs(data, seed)
        end = max((place for stair in stairs for place in stair.places), default=1.0)
        for group, stair in zip(data.groups, stairs, strict=True):
            style = styles[group.hue or 0]
            if stair.band is not None:
                lows, highs = (_corners(*self._whole(stair.places, ends, end)) for ends in stair.band)
                band: dict[str, Any] = {"facecolor": style["color"], "edgecolor": "none", "alpha": _BAND_ALPHA}
                label = interval_label(self.errorbar)
                axes.add_patch(Polygon(lows + highs[::-1], closed=True, zorder=_BAND, linewidth=0, label=label, **band))
            places, shares = self._whole(stair.places, stair.shares, end)
            line = Line2D(places, shares, drawstyle="steps-post", zorder=_LINE, **style)
            line.sticky_edges.y[:] = [0]
            line.sticky_edges.x[:] = [1, end * _BEYOND] if self.kind == "ratio" else []
            axes.add_line(line)
        axes.update_datalim([(1.0 if self.kind == "ratio" else end, y) for y in (0, 1)])

    def _whole(
        self, places: Sequence[float], shares: Sequence[float], end: float
    ) -> tuple[Sequence[float], Sequence[float]]:
        """Return the steps of a stair with its start, where all runs are above, or its end beyond all ratios."""
        if self.kind == "score":
            return (places[0], *places), (1.0, *shares)
        return (*places, end * _BEYOND), (*shares, shares[-1])

    def statistics(self, data: PanelData, *, seed: str) -> tuple[Statistics, ...]:
        """Return the stair of each level of hue, and the ends of its band."""
        found: list[Statistics] = []
        for group, stair in zip(data.groups, self._stairs(data, seed), strict=True):
            ends = {} if stair.band is None else {"low": stair.band[0], "high": stair.band[1]}
            found.append(Statistics.of(group, {}, {"value": stair.places, "share": stair.shares, **ends}))
        return tuple(found)

    def handles(self, data: PanelData) -> tuple[Artist, ...]:
        """Return one line for each level of hue."""
        from matplotlib.lines import Line2D

        return tuple(Line2D([], [], **style) for style in self._styles(data))

    def shades(self, data: PanelData) -> tuple[Rgb, ...]:
        """Return the colour of each level's stair."""
        return level_colors(data, self.color)

    def apart(self, data: PanelData) -> tuple[Dash, ...]:
        """Return the dashes of each level."""
        return dashes(data, self.shades(data), self.dashes)

    def notices(self, data: PanelData, axes: AxesSpec, *, path: ManifestPath) -> Iterator[Problem]:
        """Count what is not solved.

        Raises:
            AssetError: there are no units or no levels to compare, or a cost is not positive.

        """
        del axes
        if self.kind == "score":
            return
        self._require_ratios(data, path)
        unsolved = [sum(ratio == float("inf") for ratio in found) for found in self._ratios(data)]
        units = len(self._ratios(data)[0]) if data.groups else 0
        for group, count in zip(data.groups, unsolved, strict=True):
            if count and group.hue is not None:
                message = f"'{data.hue[group.hue].text}' has no cost in {count} of {units} units: they are not solved"
                yield Problem(message=message, path=(*path, "units"))

    def _require_ratios(self, data: PanelData, path: ManifestPath) -> None:
        missing = [
            key
            for key, is_there in (
                ("hue", bool(data.hue)),
                ("units", all("units" in group.extras for group in data.groups)),
            )
            if not is_there
        ]
        hint = "ratios are those of the levels of a hue within each of the units; kind = 'score' needs neither"
        if missing:
            raise AssetError(*(Problem(message=f"key '{key}' is missing", path=path, hint=hint) for key in missing))
        least = min((value for group in data.groups for value in group.values), default=1.0)
        if least <= 0:
            message = f"'{data.values}' holds {least:g}: ratios are those of positive costs"
            raise AssetError(Problem(message=message, path=(*path, "x"), hint="scores are kind = 'score'"))

    def _ratios(self, data: PanelData) -> tuple[tuple[float, ...], ...]:
        return ratios([by_unit(group, self.estimator) for group in data.groups])

    def _stairs(self, data: PanelData, seed: str) -> tuple[_Stair, ...]:
        """Return the stair of each group."""
        if self.kind == "ratio":
            steps = [ratio_profile(found) for found in self._ratios(data)]
            return tuple(_Stair(places=tuple(x for x, _ in one), shares=tuple(y for _, y in one)) for one in steps)
        everything = sorted({value for group in data.groups for value in group.values})
        return tuple(self._score_stair(group, everything, seed) for group in data.groups)

    def _score_stair(self, group: Group, places: Sequence[float], seed: str) -> _Stair:
        from paperkit.data.statistics import seed_of

        band = None
        if self.errorbar != "none":
            level = _DEFAULT_LEVEL if self.errorbar == "ci" else self.errorbar[1]
            band = profile_band(_strata(group), places, level / 100, seed=seed_of(seed, ""))
        return _Stair(places=tuple(places), shares=score_profile(group.values, places), band=band)

    def _styles(self, data: PanelData) -> tuple[dict[str, Any], ...]:
        width = float(theme("lines.linewidth")) if self.linewidth is None else self.linewidth
        each = zip(self.shades(data), self.apart(data) or ("-",), strict=True)
        return tuple({"color": color, "linestyle": dash, "linewidth": width} for color, dash in each)


def _strata(group: Group) -> tuple[tuple[float, ...], ...]:
    """Return the values of each unit; all of them together where there are no units."""
    if "units" not in group.extras:
        return (group.values,)
    found: dict[Any, list[float]] = {}
    for unit, value in zip(group.extras["units"], group.values, strict=True):
        found.setdefault(unit, []).append(value)
    return tuple(tuple(values) for values in found.values())


def _corners(places: Sequence[float], heights: Sequence[float]) -> list[tuple[float, float]]:
    """Return the corners of a stair whose heights hold to the next place."""
    corners: list[tuple[float, float]] = []
    for rank, (place, height) in enumerate(zip(places, heights, strict=True)):
        if rank:
            corners.append((place, heights[rank - 1]))
        corners.append((place, height))
    return corners
