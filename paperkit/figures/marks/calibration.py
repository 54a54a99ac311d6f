"""The calibration mark: a reliability diagram, how often a prediction comes true."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, Strict

from paperkit.errors import AssetError, ManifestPath, Problem
from paperkit.figures.channels import markers, theme
from paperkit.figures.classifiers import Bin, Strategy, calibration, calibration_error
from paperkit.figures.encoding import PanelData
from paperkit.figures.marks._classifier import ClassifierMark
from paperkit.figures.statistics import Statistics
from paperkit.manifest.model import Axes as AxesSpec
from paperkit.manifest.model import Flag

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_BARS, _LINE = 1.0, 2.0
# The tallest bar reaches so far up.
_TALLEST = 0.2
_ALPHA = 0.3
# The share of so few is hardly known: with ten cases of which half are positive, to 0.16 (one standard error).
_FEW = 10


class Calibration(ClassifierMark):
    """`mark = "calibration"`: the share of positive cases against the mean prediction, in bins of the predictions of x.

    y tells the class of each case, 1 or true being the positive one; x is its probability as predicted. Bins are
    equally wide, or with `strategy = "quantile"` equally full. `labels` writes the expected calibration errors (ECE) of
    these bins, `hist` draws how many cases each of them has, from the bottom. On the dashed diagonal predictions are
    true. Lengths are in points of 1/72 inch.
    """

    bins: Annotated[int, Strict(), Field(ge=1)] = 10
    strategy: Strategy = "uniform"
    hist: Flag = False
    markersize: Annotated[float, Strict(), Field(ge=0)] | None = None

    @property
    def axis_names(self) -> tuple[str, str]:
        """Return what the axes show."""
        return "Mean prediction", "Share of positives"

    def draw(self, axes: Axes, data: PanelData, *, seed: str) -> None:
        """Draw the bins of each level of hue over the diagonal."""
        del seed  # nothing about it is random
        from matplotlib.lines import Line2D

        self._draw_chance(axes, (0, 1), "calibrated")
        found, styles = tuple(self._bins(data)), self._styles(data)
        tallest = max((one.n for _, bins in found for one in bins), default=1)
        for hue, bins in found:
            x, y = [one.mean for one in bins], [one.share for one in bins]
            axes.add_line(Line2D(x, y, zorder=_LINE, **styles[hue]))
            if self.hist:
                self._draw_counts(axes, bins, tallest, styles[hue]["color"])
        errors = [(hue, calibration_error(bins)) for hue, bins in found]
        self._write(axes, data, "ECE", errors, corner=(0, 1))

    def statistics(self, data: PanelData, *, seed: str) -> tuple[Statistics, ...]:
        """Return the bins of each level of hue and their calibration error."""
        del seed
        return tuple(
            Statistics(
                hue=hue if data.hue else None,
                numbers={"n": sum(one.n for one in bins), "ece": calibration_error(bins)},
                columns={
                    name: tuple(float(getattr(one, name)) for one in bins)
                    for name in ("low", "high", "n", "mean", "share")
                },
            )
            for hue, bins in self._bins(data)
        )

    def handles(self, data: PanelData) -> tuple[Artist, ...]:
        """Return one line with a point for each level of hue."""
        from matplotlib.lines import Line2D

        return tuple(Line2D([], [], **style) for style in self._styles(data))

    def notices(self, data: PanelData, axes: AxesSpec, *, path: ManifestPath) -> Iterator[Problem]:
        """Say how many bins show few cases.

        Raises:
            AssetError: y holds something else than two classes, x something else than probabilities.

        """
        del axes
        strange = next((level.value for level in data.x if not 0 <= float(level.value) <= 1), None)
        if strange is not None:
            message = f"x holds {strange:g}: a prediction is a probability, from 0 to 1"
            raise AssetError(Problem(message=message, path=(*path, "x")))
        self._require_classes(data, path)
        sizes = [one.n for _, bins in self._bins(data) for one in bins]
        few = sum(size < _FEW for size in sizes)
        if few:
            message = f"{few} of {len(sizes)} bins have fewer than {_FEW} cases, the fewest {min(sizes)}"
            hint = "take fewer 'bins', or strategy = 'quantile'"
            yield Problem(message=message, path=(*path, "options", "bins"), hint=hint)

    def _bins(self, data: PanelData) -> Iterator[tuple[int, tuple[Bin, ...]]]:
        for hue, outcomes in self._levels(data):
            yield hue, calibration(outcomes, self.bins, self.strategy)

    def _draw_counts(self, axes: Axes, bins: tuple[Bin, ...], tallest: int, color: Any) -> None:
        from matplotlib.patches import Rectangle

        for one in bins:
            corner, size = (one.low, 0.0), (one.high - one.low, _TALLEST * one.n / tallest)
            style: dict[str, Any] = {"facecolor": color, "alpha": _ALPHA, "linewidth": 0, "zorder": _BARS}
            axes.add_patch(Rectangle(corner, *size, gid=f"n = {one.n}", **style))

    def _styles(self, data: PanelData) -> tuple[dict[str, Any], ...]:
        size = 1.5 * float(theme("lines.markersize")) if self.markersize is None else self.markersize
        each = zip(super()._styles(data), markers(data, self.shades(data), "o"), strict=True)
        return tuple(style | {"marker": marker, "markersize": size, "markeredgewidth": 0.0} for style, marker in each)
