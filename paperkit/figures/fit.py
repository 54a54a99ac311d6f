"""Fit the panels of a figure into its area: smaller tick labels where they touch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from paperkit.errors import ManifestPath
from paperkit.figures.layout import Box, Grid, Solver
from paperkit.style.theme import POINTS_PER_TEX_POINT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from paperkit.figures.renderer import MeasuringRenderer

# Half an em of the smallest labels: closer, and two labels read as one.
_TICK_GAP = 4.0


def fit(axes: Sequence[Axes], grid: Grid, area: Box, renderer: MeasuringRenderer, *, path: ManifestPath) -> Box:
    """Place the panels, with the tick labels of x in smaller LaTeX sizes as long as they nearly touch.

    Return the rectangle that the panels' axes span.

    Raises:
        AssetError: the labels leave no room for the panels.

    """
    from paperkit.figures.ticks import share_baseline

    solver = Solver(axes=axes, renderer=renderer, path=path)
    share_baseline(axes, renderer)
    spanned = solver.place(grid, area)
    for size in renderer.theme.smaller_tick_sizes:
        if all(_gap(panel, renderer) >= _TICK_GAP for panel in axes):
            break
        for panel in axes:
            panel.tick_params(axis="x", labelsize=size * POINTS_PER_TEX_POINT)
        share_baseline(axes, renderer)
        spanned = solver.place(grid, area)
    return spanned


def _gap(panel: Axes, renderer: MeasuringRenderer) -> float:
    """Return the smallest gap between neighbouring tick labels of x, in PDF points; negative if they overlap."""
    labels = [label for label in panel.get_xticklabels() if label.get_text() and label.get_visible()]
    turn = abs(math.sin(math.radians(float(labels[0].get_rotation())))) if labels else 0.0
    if turn:
        # Turned labels are parallel: what is between them is seen at a right angle.
        places = [panel.transData.transform((float(label.get_position()[0]), 0.0))[0] for label in labels]
        high = max(label.get_fontsize() for label in labels)
        return min((abs(after - before) * turn - high for before, after in pairwise(places)), default=math.inf)
    # An axis may run from right to left.
    boxes = sorted((label.get_window_extent(renderer) for label in labels), key=lambda box: float(box.x0))
    return float(min((after.x0 - before.x1 for before, after in pairwise(boxes)), default=math.inf))
