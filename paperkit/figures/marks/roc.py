"""The roc mark: the true positive rate of a classifier against its false positive rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperkit.figures.classifiers import roc_auc, roc_curve
from paperkit.figures.encoding import PanelData
from paperkit.figures.marks._classifier import ClassifierMark
from paperkit.figures.statistics import Statistics

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LINE = 2.0


class Roc(ClassifierMark):
    """`mark = "roc"`: the share of positive cases above each score of x against that of negative ones.

    y tells the class of each case, 1 or true being the positive one; equal scores are one step. `labels` writes the
    areas under the curves (AUC). The dashed diagonal is chance. Lengths are in points of 1/72 inch.
    """

    @property
    def axis_names(self) -> tuple[str, str]:
        """Return what the axes show."""
        return "False positive rate", "True positive rate"

    def draw(self, axes: Axes, data: PanelData, *, seed: str) -> None:
        """Draw the curve of each level of hue over the diagonal."""
        del seed  # nothing about it is random
        from matplotlib.lines import Line2D

        styles = self._styles(data)
        self._draw_chance(axes, (0, 1), "chance")
        for hue, outcomes in self._both_classes(data):
            axes.add_line(Line2D(*zip(*roc_curve(outcomes), strict=True), zorder=_LINE, **styles[hue]))
        areas = [(hue, roc_auc(outcomes)) for hue, outcomes in self._both_classes(data)]
        self._write(axes, data, "AUC", areas, corner=(1, 0))

    def statistics(self, data: PanelData, *, seed: str) -> tuple[Statistics, ...]:
        """Return the curve of each level of hue and the area under it."""
        del seed
        found: list[Statistics] = []
        for hue, outcomes in self._both_classes(data):
            x, y = zip(*roc_curve(outcomes), strict=True)
            columns = {"false_positive_rate": x, "true_positive_rate": y}
            numbers = {"n": len(outcomes), "auc": roc_auc(outcomes)}
            found.append(Statistics(hue=hue if data.hue else None, numbers=numbers, columns=columns))
        return tuple(found)
