"""The critical_difference mark: average ranks over data sets, and which of them do not differ significantly."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, Strict

from paperkit.errors import AssetError, ManifestPath, PaperkitError, Problem
from paperkit.figures.blocks import Blocks, complete_blocks
from paperkit.figures.channels import level_colors, theme
from paperkit.figures.encoding import PanelData, Role
from paperkit.figures.estimates import Estimator
from paperkit.figures.marks import Mark
from paperkit.figures.ranks import (
    FEWEST_METHODS,
    FEWEST_UNITS,
    Comparison,
    Correction,
    Test,
    cliques,
    compare,
    unjoined,
)
from paperkit.figures.shapes import value_text
from paperkit.figures.statistics import Statistics
from paperkit.manifest.model import Axes as AxesSpec
from paperkit.manifest.model import Flag, NumberFormat, Text
from paperkit.style.palette import Rgb

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from paperkit.figures.renderer import MeasuringRenderer

_INK = (0.15, 0.15, 0.15)
_LINES, _BARS = 2.0, 2.1
# In rows of names, counted down from the axis: where its critical difference stands, and the first bar and the next.
_ABOVE, _FIRST, _NEXT = -2.0, 0.55, 0.4
# Heights of a row, in sizes of its text: closer, and names touch; farther, and lines have no end.
_CLOSE, _FAR = 1.15, 1.9
_THICK = 2.5
_TICKS = 12
_GAP = 3.0


class CriticalDifference(Mark):
    """`mark = "critical_difference"`: the average rank of each y over `units`, bars over those that do not differ.

    After Demšar (2006): in each of the `units` (data sets) the values of x are ranked, equal ones by their mean rank;
    where Friedman's test finds a difference at the level `alpha`, Nemenyi's critical difference or Wilcoxon's
    signed-rank tests of all pairs, with their `correction`, say which of them differ. `direction` says which x are
    better, `reverse` puts the best on the right, `labels` writes the ranks. Several values in one unit are first
    summarised by the `estimator`.
    """

    uses: ClassVar[frozenset[Role]] = frozenset({"units"})
    needs: ClassVar[frozenset[Role | Literal["hue"]]] = frozenset({"units"})
    has_own_axes: ClassVar[bool] = True

    test: Test = "nemenyi"
    alpha: Annotated[float, Strict(), Field(gt=0, lt=1)] = 0.05
    correction: Correction = "holm"
    direction: Literal["higher", "lower"] = "higher"
    estimator: Estimator = "mean"
    reverse: Flag = True
    labels: NumberFormat | None = None
    color: Text | None = None
    linewidth: Annotated[float, Strict(), Field(ge=0)] | None = None

    @property
    def is_horizontal(self) -> bool:
        """Tell that what is compared stands on y."""
        return True

    def draw(self, axes: Axes, data: PanelData, *, seed: str) -> None:
        """Draw the axis of ranks, a line from each rank to its name, and the bars."""
        del seed  # nothing about it is random
        compared = self._compared(complete_blocks(data.groups, self.estimator))
        bars = _levels([(min(ends), max(ends)) for ends in self._bars(compared)])
        below = _FIRST + _NEXT * (max((level for level, _ in bars), default=-1) + 1) + 0.35
        self._set_up(axes, compared, below)
        self._draw_names(axes, data, compared, below)
        for level, ends in bars:
            height = _FIRST + _NEXT * level
            self._draw_line(axes, ends, (height, height), zorder=_BARS, linewidth=_THICK, solid_capstyle="projecting")
        if compared.critical_difference is not None:
            self._draw_difference(axes, len(compared.ranks), compared.critical_difference)

    def handles(self, data: PanelData) -> tuple[Artist, ...]:
        """Return one line for each level of hue."""
        from matplotlib.lines import Line2D

        width = 2 * self._linewidth()
        return tuple(Line2D([], [], color=color, linewidth=width) for color in self.shades(data))

    def statistics(self, data: PanelData, *, seed: str) -> tuple[Statistics, ...]:
        """Return the average rank of each name, Friedman's test and the critical difference."""
        del seed
        compared = self._compared(complete_blocks(data.groups, self.estimator))
        ranks = tuple(
            Statistics(x=group.x, hue=group.hue, numbers={"n": compared.n, "mean_rank": rank})
            for group, rank in zip(data.groups, compared.ranks, strict=True)
        )
        test = {"n": compared.n, "chi_square": compared.chi_square, "p": compared.p_value}
        length = compared.critical_difference
        difference = {} if length is None else {"alpha": self.alpha, "critical_difference": length}
        found = (Statistics(name="friedman", numbers=test), Statistics(name="nemenyi", numbers=difference))
        return (*ranks, *(one for one in found if one.numbers))

    def shades(self, data: PanelData) -> tuple[Rgb, ...]:
        """Return the colour of each level's lines."""
        return level_colors(data, self.color)

    def apart(self, data: PanelData) -> tuple[Hashable, ...]:
        """Return that every line has its name."""
        return tuple(range(len(data.hue)))

    def notices(self, data: PanelData, axes: AxesSpec, *, path: ManifestPath) -> Iterator[Problem]:
        """Say what was not ranked, and what the bars do not show."""
        del axes
        blocks = complete_blocks(data.groups, self.estimator)
        compared = self._checked(blocks, data, path)
        count = sum(len(group.values) for group in data.groups)
        if blocks.unnamed:
            message = f"{blocks.unnamed} of {count} values of '{data.values}' are without a unit and are not ranked"
            yield Problem(message=message, path=(*path, "units"))
        if blocks.incomplete:
            missing, first = len(blocks.incomplete), blocks.incomplete[0]
            message = f"{missing} of {missing + len(blocks.units)} units are not ranked: not all names have them"
            yield Problem(message=message, path=(*path, "units"), hint=f"look at '{first}'")
        if not compared.is_significant:
            message = f"Friedman's test finds no difference (p = {compared.p_value:.2g}): nothing else is tested"
            yield Problem(message=message, path=(*path, "options"))
        names = [data.x[group.x].text for group in data.groups]
        pairs = unjoined(compared)
        if pairs:
            one, other = (names[index] for index in pairs[0])
            more = f", and {len(pairs) - 1} other pairs" if len(pairs) > 1 else ""
            message = f"no bar joins '{one}' and '{other}'{more}, which do not differ significantly"
            hint = "one of those between them does differ; test = 'nemenyi' has no such pairs"
            yield Problem(message=message, path=(*path, "options", "test"), hint=hint)

    def settle(
        self, axes: Axes, data: PanelData, artists: Sequence[Artist], *, renderer: MeasuringRenderer
    ) -> Iterator[Problem]:
        """Keep the rows of names as close as text stands, and say if there is no room for them."""
        del artists, renderer
        (_, low), (_, high) = axes.transAxes.transform([(0, 0), (0, 1)])
        bottom, top = axes.get_ylim()
        rows, size = bottom - top, float(theme("xtick.labelsize"))
        if (high - low) / rows > _FAR * size:
            axes.set_ylim(top + (high - low) / (_FAR * size), top)
        if (high - low) / rows < _CLOSE * size:
            needed = f"{_CLOSE * size * rows:.0f}pt"
            message = f"its {len(data.groups)} names need a height of {needed} and have {high - low:.0f}pt"
            yield Problem(message=message, hint="give the figure more 'height'")

    def _checked(self, blocks: Blocks, data: PanelData, path: ManifestPath) -> Comparison:
        """Return the comparison.

        Raises:
            AssetError: there is too little to compare, or SciPy is not installed.

        """
        slots = [group.x for group in data.groups]
        doubled = next((slot for slot in slots if slots.count(slot) > 1), None)
        if doubled is not None:
            message = f"'{data.x[doubled].text}' has several values of hue: a name has one rank and one colour"
            raise AssetError(Problem(message=message, path=(*path, "hue")))
        if len(slots) < FEWEST_METHODS:
            message = f"ranks of {len(slots)}: three or more are compared so"
            raise AssetError(Problem(message=message, path=(*path, "y"), hint="two need a single test, not a diagram"))
        if len(blocks.units) < FEWEST_UNITS:
            message = f"{len(blocks.units)} units have values of every name: two or more are needed"
            raise AssetError(Problem(message=message, path=(*path, "units")))
        try:
            return self._compared(blocks)
        except PaperkitError as error:
            raise AssetError(*(problem.under((*path, "mark")) for problem in error.problems)) from None

    def _compared(self, blocks: Blocks) -> Comparison:
        return compare(blocks.scores, self.direction, self.test, self.alpha, self.correction)

    def _bars(self, compared: Comparison) -> Iterator[tuple[float, ...]]:
        for clique in cliques(compared):
            yield tuple(compared.ranks[index] for index in clique)

    def _set_up(self, axes: Axes, compared: Comparison, below: float) -> None:
        """Set the axis of ranks at the top, and rows of names below it."""
        from matplotlib.ticker import MaxNLocator, MultipleLocator, NullLocator

        count = len(compared.ranks)
        has_difference = compared.critical_difference is not None
        axes.set_xlim(*((count, 1) if self.reverse else (1, count)))
        axes.set_ylim(below + math.ceil(count / 2) - 0.5, _ABOVE - 0.5 if has_difference else 0.0)
        axes.spines[["left", "right", "bottom"]].set_visible(False)
        axes.spines["top"].set_position(("data", 0.0))
        axes.xaxis.set_ticks_position("top")
        axes.xaxis.set_major_locator(MultipleLocator(1) if count <= _TICKS else MaxNLocator(integer=True))
        axes.xaxis.set_minor_locator(MultipleLocator(0.5) if count <= _TICKS else NullLocator())
        axes.set_yticks([])

    def _draw_names(self, axes: Axes, data: PanelData, compared: Comparison, below: float) -> None:
        order = sorted(range(len(compared.ranks)), key=compared.ranks.__getitem__)
        half = len(order) // 2
        best, rest = order[: len(order) - half], order[len(order) - half :]
        # The outermost names stand highest, so that no line crosses another one's.
        for indexes, is_best in ((best, True), (rest[::-1], False)):
            for row, index in enumerate(indexes):
                self._draw_name(axes, data, index, compared, below + row, is_right=is_best is self.reverse)

    def _draw_name(
        self, axes: Axes, data: PanelData, index: int, compared: Comparison, height: float, *, is_right: bool
    ) -> None:
        group, rank = data.groups[index], compared.ranks[index]
        color = self.shades(data)[group.hue or 0] if data.hue or self.color else _INK
        edge = axes.get_xlim()[1 if is_right else 0]
        self._draw_line(axes, (rank, rank, edge), (0.0, height, height), color=color)
        text = data.x[group.x].text
        number = "" if self.labels is None else f" ({value_text(rank, self.labels)})"
        axes.annotate(
            text + number,
            (1 if is_right else 0, height),
            xycoords=("axes fraction", "data"),
            xytext=(_GAP if is_right else -_GAP, 0),
            textcoords="offset points",
            ha="left" if is_right else "right",
            va="center_baseline",
            fontsize=theme("xtick.labelsize"),
            annotation_clip=False,
        )

    def _draw_difference(self, axes: Axes, count: int, length: float) -> None:
        """Draw the critical difference above the left end of the axis, as long as it is."""
        start, end = (count, count - length) if self.reverse else (1, 1 + length)
        self._draw_line(axes, (start, end), (_ABOVE, _ABOVE), marker="|", markersize=4.0)
        axes.annotate(
            f"CD = {length:.2f}",
            (end, _ABOVE),
            xytext=(_GAP, 0),
            textcoords="offset points",
            ha="left",
            va="center_baseline",
            fontsize=theme("xtick.labelsize"),
            annotation_clip=False,
        )

    def _draw_line(
        self, axes: Axes, x: Sequence[float], y: Sequence[float], *, color: Rgb = _INK, **style: Any
    ) -> None:
        from matplotlib.lines import Line2D

        shown = {"linewidth": self._linewidth(), "zorder": _LINES, "clip_on": False, "color": color, **style}
        axes.add_line(Line2D(x, y, **shown))

    def _linewidth(self) -> float:
        return float(theme("lines.linewidth")) if self.linewidth is None else self.linewidth


def _levels(bars: Sequence[tuple[float, float]]) -> tuple[tuple[int, tuple[float, float]], ...]:
    """Return each bar with the first level at which it does not meet those before it, beginning with the best."""
    levels: list[float] = []
    found: list[tuple[int, tuple[float, float]]] = []
    for low, high in bars:
        level = next((level for level, end in enumerate(levels) if end < low), len(levels))
        levels[level : level + 1] = [high]
        found.append((level, (low, high)))
    return tuple(found)
