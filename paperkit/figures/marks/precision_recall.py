"""The precision_recall mark: the precision of a classifier against its recall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperkit.figures.classifiers import average_precision, precision_recall_curve
from paperkit.figures.encoding import PanelData
from paperkit.figures.marks._classifier import ClassifierMark
from paperkit.figures.statistics import Statistics

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LINE = 2.0


class PrecisionRecall(ClassifierMark):
    """`mark = "precision_recall"`: the share of positive ones among the cases above each score of x against recall.

    y tells the class of each case, 1 or true being the positive one. Curves are stairs: nothing between two points is
    reached. `labels` writes the average precisions (AP), the areas under the stairs. The dashed line is chance: the
    share of positive cases in all of them. Lengths are in points of 1/72 inch.
    """

    @property
    def axis_names(self) -> tuple[str, str]:
        """Return what the axes show."""
        return "Recall", "Precision"

    def draw(self, axes: Axes, data: PanelData, *, seed: str) -> None:
        """Draw the stair of each level of hue over the line of chance."""
        del seed  # nothing about it is random
        from matplotlib.lines import Line2D

        styles = self._styles(data)
        classes = [is_positive for _, outcomes in self._levels(data) for _, is_positive in outcomes]
        if classes:
            share = sum(classes) / len(classes)
            self._draw_chance(axes, (share, share), "chance")
        for hue, outcomes in self._both_classes(data):
            x, y = zip(*precision_recall_curve(outcomes), strict=True)
            axes.add_line(Line2D(x, y, drawstyle="steps-pre", zorder=_LINE, **styles[hue]))
        areas = [(hue, average_precision(outcomes)) for hue, outcomes in self._both_classes(data)]
        self._write(axes, data, "AP", areas, corner=(0, 0))

    def statistics(self, data: PanelData, *, seed: str) -> tuple[Statistics, ...]:
        """Return the stair of each level of hue and the area under it."""
        del seed
        found: list[Statistics] = []
        for hue, outcomes in self._both_classes(data):
            x, y = zip(*precision_recall_curve(outcomes), strict=True)
            numbers = {"n": len(outcomes), "average_precision": average_precision(outcomes)}
            columns = {"recall": x, "precision": y}
            found.append(Statistics(hue=hue if data.hue else None, numbers=numbers, columns=columns))
        return tuple(found)
