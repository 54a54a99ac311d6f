"""The bar mark: seaborn's barplot, an estimate as a length from zero."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, Strict

from paperkit.errors import ManifestPath, Problem
from paperkit.figures.channels import as_bytes, hatch_ink, hatches, level_colors, theme
from paperkit.figures.encoding import Group, PanelData
from paperkit.figures.estimates import ErrorBar, Estimate, Estimator, estimate
from paperkit.figures.marks import Mark
from paperkit.figures.plots import BarPlot, BarPlots, Look, Plots
from paperkit.figures.shapes import Orient, dodged, draw_bars, in_order, label_end, label_middle, value_text
from paperkit.figures.statistics import Statistics
from paperkit.manifest.model import Axes as AxesSpec
from paperkit.manifest.model import Flag, NumberFormat, Text
from paperkit.style.contrast import ink
from paperkit.style.palette import Rgb, colors, desaturate

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_Fraction = Annotated[float, Strict(), Field(ge=0, le=1)]
_Look = tuple[Rgb, str]
_Length = Annotated[float, Strict(), Field(ge=0)]

# seaborn 0.13.2: the grey of error bars.
_ERROR = (0.26, 0.26, 0.26)
_BARS, _ERRORS = 1.0, 2.0
# What a line of labels beyond the bars takes of the axis.
_HEADROOM, _SIDEROOM = 0.14, 0.2


class Bar(Mark):
    """`mark = "bar"`: the values of each group summarised by an estimate, drawn as a length from zero.

    Names, defaults and geometry follow `seaborn.barplot` 0.13.2. `labels` is the format of the number at each bar.
    `stacked` bars stand on each other, without error bars. Lengths are in points of 1/72 inch, `capsize` in slots.
    """

    can_turn: ClassVar[bool] = True

    estimator: Estimator = "mean"
    errorbar: ErrorBar = ("ci", 95)
    orient: Orient = "v"
    stacked: Flag = False
    labels: NumberFormat | None = None
    width: Annotated[float, Strict(), Field(gt=0)] = 0.8
    gap: _Fraction = 0.0
    dodge: Flag | Literal["auto"] = "auto"
    fill: Flag = True
    saturation: _Fraction = 0.75
    hatch: Flag | Literal["auto"] = "auto"
    color: Text | None = None
    edgecolor: Text | None = None
    linewidth: _Length | None = None
    capsize: _Length = 0.0

    def draw(self, axes: Axes, data: PanelData, *, seed: str) -> None:
        """Draw one bar for each group, its error bar and its number."""
        looks = self._looks(data)
        for group, base, found in self._estimates(data, seed):
            self._draw_bar(axes, self._place(group, data), base, found, looks[group.hue or 0])
        self._draw_errors(axes, data, seed)
        if self.labels is not None and not self.stacked:
            (axes.set_xmargin if self.is_horizontal else axes.set_ymargin)(
                _SIDEROOM if self.is_horizontal else _HEADROOM
            )

    def plots(self, data: PanelData, *, seed: str) -> Plots:
        """Return the bars of each level as numbers and looks."""
        bars: dict[int, list[BarPlot]] = {}
        for group, base, found in self._estimates(data, seed):
            name = f"{data.x[group.x].text} (n = {len(group.values)})"
            place, _ = self._place(group, data)
            one = BarPlot(name=name, place=place, base=base, value=found.center, ends=found.ends)
            bars.setdefault(group.hue or 0, []).append(one)
        return [self._plots(data, level, found) for level, found in sorted(bars.items())]

    def statistics(self, data: PanelData, *, seed: str) -> tuple[Statistics, ...]:
        """Return the estimate of each group and the ends of its error bar."""
        return tuple(Statistics.of(group, self._estimate(group, seed).numbers(self.estimator)) for group in data.groups)

    def handles(self, data: PanelData) -> tuple[Artist, ...]:
        """Return one swatch for each level of hue."""
        from matplotlib.patches import Patch

        return tuple(Patch(**self._style(*look)) for look in self._looks(data))

    def shades(self, data: PanelData) -> tuple[Rgb, ...]:
        """Return the colour of each level's bars."""
        return tuple(desaturate(color, self.saturation) for color in level_colors(data, self.color))

    def apart(self, data: PanelData) -> tuple[Hashable, ...]:
        """Return the hatch of each level, and its place beside or on others."""
        is_dodged = data.needs_dodge if self.dodge == "auto" else self.dodge
        places = in_order(data, is_dodged=is_dodged or self.stacked)
        return tuple(zip(hatches(data, self.shades(data), self.hatch), places, strict=False))

    def notices(self, data: PanelData, axes: AxesSpec, *, path: ManifestPath) -> Iterator[Problem]:
        """Say where the lengths of the bars do not show the values."""
        axis = "x" if self.is_horizontal else "y"
        limits = axes.xlim if self.is_horizontal else axes.ylim
        hint = "mark = 'point' has no lengths to compare"
        if data.is_log:
            message = "a logarithmic axis has no zero: the lengths of its bars mean nothing"
            yield Problem(message=message, path=(*path, "axes", f"{axis}scale"), hint=hint)
        elif limits is not None and not min(limits) <= 0 <= max(limits):
            message = f"the bars start at {min(limits, key=abs):g}, not at zero: their lengths mislead"
            yield Problem(message=message, path=(*path, "axes", f"{axis}lim"), hint=hint)
        if self.stacked and self._errorbar() != self.errorbar and "errorbar" in self.model_fields_set:
            yield Problem(message="stacked bars have no error bars", path=(*path, "options", "errorbar"))

    def _estimate(self, group: Group, seed: str) -> Estimate:
        return estimate(group.values, self.estimator, self._errorbar(), seed=seed)

    def _estimates(self, data: PanelData, seed: str) -> Iterator[tuple[Group, float, Estimate]]:
        """Yield each group, where its bar begins, and its estimate."""
        tops: dict[tuple[int, bool], float] = {}
        for group in data.groups:
            found = self._estimate(group, seed)
            base = tops.get((group.x, found.center < 0), 0.0) if self.stacked else 0.0
            tops[group.x, found.center < 0] = base + found.center
            yield group, base, found

    def _plots(self, data: PanelData, level: int, bars: Sequence[BarPlot]) -> BarPlots:
        shade, hatch = self._looks(data)[level]
        style = self._style(shade, hatch)
        edge = None if style["edgecolor"] == "none" else style["edgecolor"]
        _, width = self._place(next(group for group in data.groups if (group.hue or 0) == level), data)
        return BarPlots(
            name=data.hue[level].text if data.hue else "",
            bars=tuple(bars),
            width=width,
            look=Look(
                fill=shade if self.fill else None, line=edge, linewidth=style["linewidth"], hatch=hatch, hatch_ink=edge
            ),
            error=_ERROR if self.fill else shade,
            errorwidth=1.5 * float(theme("axes.linewidth")),
            capsize=self._caps(data),
            is_stacked=self.stacked,
            is_horizontal=self.is_horizontal,
        )

    def _caps(self, data: PanelData) -> float:
        return self.capsize / (len(data.hue) if data.hue and data.needs_dodge else 1)

    def _errorbar(self) -> ErrorBar:
        return "none" if self.stacked else self.errorbar

    def _place(self, group: Group, data: PanelData) -> tuple[float, float]:
        center, width = dodged(group, data, width=self.width, dodge=False if self.stacked else self.dodge)
        return center, width * (1 - self.gap)

    def _draw_bar(self, axes: Axes, place: tuple[float, float], base: float, found: Estimate, look: _Look) -> None:
        from matplotlib.patches import Rectangle

        center, width = place
        low, length = base, found.center
        corner, size = (center - width / 2, low), (width, length)
        if self.is_horizontal:
            corner, size = (low, center - width / 2), (length, width)
        bar = Rectangle(
            corner,
            *size,
            **self._style(*look),
            zorder=_BARS,
        )
        (bar.sticky_edges.x if self.is_horizontal else bar.sticky_edges.y).append(0)
        axes.add_patch(bar)
        if self.labels is not None:
            self._draw_label(axes, center, base, found, look[0])

    def _draw_label(self, axes: Axes, center: float, base: float, found: Estimate, color: Rgb) -> None:
        text, is_low = value_text(found.center, self.labels or ""), found.center < 0
        if self.stacked:
            shade = ink(as_bytes(color)) if self.fill else "black"
            label_middle(axes, text, center, base + found.center / 2, is_horizontal=self.is_horizontal, color=shade)
            return
        ends = found.ends or (found.center, found.center)
        end = min(*ends, found.center) if is_low else max(*ends, found.center)
        label_end(axes, text, center, end, is_horizontal=self.is_horizontal, is_low=is_low)

    def _draw_errors(self, axes: Axes, data: PanelData, seed: str) -> None:
        width = 1.5 * float(theme("axes.linewidth"))
        for hue, color in enumerate(self.shades(data)):
            groups = data.of_hue(hue)
            found = [self._estimate(group, seed).ends for group in groups]
            bars = [
                (self._place(group, data)[0], *ends)
                for group, ends in zip(groups, found, strict=True)
                if ends is not None
            ]
            if bars:
                draw_bars(
                    axes,
                    bars,
                    color=_ERROR if self.fill else color,
                    linewidth=width,
                    zorder=_ERRORS,
                    errorbar=self._errorbar(),
                    caps=self._caps(data),
                    is_horizontal=self.is_horizontal,
                )

    def _looks(self, data: PanelData) -> tuple[_Look, ...]:
        shades = self.shades(data)
        return tuple(zip(shades, hatches(data, shades, self.hatch), strict=True))

    def _style(self, color: Rgb, hatch: str) -> dict[str, Any]:
        edge: Rgb | Literal["none"] = "none" if self.fill else color
        width = self._line()
        if self.edgecolor is not None:
            edge = colors([self.edgecolor])[0]
        elif hatch and self.fill:
            # A hatch has the colour of the edge, which is not drawn.
            edge, width = hatch_ink(color), 0.0
        return {
            "facecolor": color if self.fill else "none",
            "edgecolor": edge,
            "linewidth": width,
            "hatch": hatch or None,
        }

    def _line(self) -> float:
        return float(theme("lines.linewidth")) if self.linewidth is None else self.linewidth
