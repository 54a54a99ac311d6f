"""What the marks of classifiers have in common: scores on x, true classes on y, a curve for each level of hue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, Strict

from paperkit.errors import AssetError, ManifestPath, Problem
from paperkit.figures.channels import Dash, dashes, level_colors, theme
from paperkit.figures.classifiers import Outcome
from paperkit.figures.encoding import PanelData
from paperkit.figures.marks import Mark, Places
from paperkit.figures.shapes import value_text
from paperkit.manifest.model import Axes as AxesSpec
from paperkit.manifest.model import Flag, NumberFormat, Text
from paperkit.style.palette import Rgb

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_GRAY = (0.6, 0.6, 0.6)
_CHANCE = 1.5
_INSET = 4.0


class ClassifierMark(Mark):
    """The base of the marks of classifiers: x is the score of each case, y tells whether it is positive (1 or true)."""

    places: ClassVar[Places] = "numbers"
    has_flags: ClassVar[bool] = True

    dashes: Flag | Literal["auto"] = "auto"
    labels: NumberFormat | None = None
    color: Text | None = None
    linewidth: Annotated[float, Strict(), Field(ge=0)] | None = None

    def handles(self, data: PanelData) -> tuple[Artist, ...]:
        """Return one line for each level of hue."""
        from matplotlib.lines import Line2D

        return tuple(Line2D([], [], **style) for style in self._styles(data))

    def shades(self, data: PanelData) -> tuple[Rgb, ...]:
        """Return the colour of each level's curve."""
        return level_colors(data, self.color)

    def apart(self, data: PanelData) -> tuple[Dash, ...]:
        """Return the dashes of each level."""
        return dashes(data, self.shades(data), self.dashes)

    def notices(self, data: PanelData, axes: AxesSpec, *, path: ManifestPath) -> Iterator[Problem]:
        """Say which levels of hue have cases of one class only.

        Raises:
            AssetError: y holds something else than two classes.

        """
        del axes
        self._require_classes(data, path)
        for hue, outcomes in self._levels(data):
            if len({is_positive for _, is_positive in outcomes}) == 1:
                whose = f" of '{data.hue[hue].text}'" if data.hue else ""
                which = "positive" if outcomes[0][1] else "negative"
                yield Problem(message=f"all {len(outcomes)} cases{whose} are {which}: no curve", path=(*path, "y"))

    def _require_classes(self, data: PanelData, path: ManifestPath) -> None:
        strange = [value for group in data.groups for value in group.values if value not in (0.0, 1.0)]
        if strange:
            message = f"'{data.values}' holds {strange[0]:g}: a class is 0 or 1, or false or true"
            raise AssetError(Problem(message=message, path=(*path, "y")))

    def _levels(self, data: PanelData) -> Iterator[tuple[int, tuple[Outcome, ...]]]:
        """Yield the cases of each level of hue that has some."""
        for hue in range(max(len(data.hue), 1)):
            found = tuple((data.at(group), value == 1) for group in data.of_hue(hue) for value in group.values)
            if found:
                yield hue, found

    def _both_classes(self, data: PanelData) -> Iterator[tuple[int, tuple[Outcome, ...]]]:
        """Yield the cases of each level of hue that has some of both classes."""
        for hue, outcomes in self._levels(data):
            if len({is_positive for _, is_positive in outcomes}) > 1:
                yield hue, outcomes

    def _draw_chance(self, axes: Axes, y: tuple[float, float], name: str) -> None:
        """Draw what no knowledge gives, or full knowledge, over axes from 0 to 1."""
        from matplotlib.lines import Line2D

        width = theme("axes.linewidth")
        line = Line2D((0, 1), y, color=_GRAY, linestyle="--", linewidth=width, zorder=_CHANCE, gid=name)
        line.sticky_edges.x[:] = [0, 1]
        # A curve that reaches 1 is seen in its full width.
        line.sticky_edges.y[:] = [0]
        axes.add_line(line)
        axes.update_datalim([(0, 0), (1, 1)])

    def _write(
        self,
        axes: Axes,
        data: PanelData,
        what: str,
        numbers: Sequence[tuple[int, float]],
        *,
        corner: tuple[float, float],
    ) -> None:
        """Write the number of each level of hue in a corner of the panel."""
        if self.labels is None or not numbers:
            return
        if data.hue:
            lines = [what, *(f"{data.hue[hue].text}: {value_text(value, self.labels)}" for hue, value in numbers)]
        else:
            lines = [f"{what} = {value_text(numbers[0][1], self.labels)}"]
        x, y = corner
        axes.annotate(
            "\n".join(lines),
            corner,
            xycoords="axes fraction",
            xytext=(-_INSET if x else _INSET, -_INSET if y else _INSET),
            textcoords="offset points",
            ha="right" if x else "left",
            va="top" if y else "bottom",
            multialignment="right" if x else "left",
            fontsize=theme("xtick.labelsize"),
        )

    def _styles(self, data: PanelData) -> tuple[dict[str, Any], ...]:
        width = float(theme("lines.linewidth")) if self.linewidth is None else self.linewidth
        each = zip(self.shades(data), dashes(data, self.shades(data), self.dashes), strict=True)
        return tuple({"color": color, "linestyle": dash, "linewidth": width} for color, dash in each)
