"""Panels that would be too narrow side by side, as in the column of a two-column venue, stand in rows."""

from __future__ import annotations

import math
from dataclasses import replace

from paperkit.errors import Problem
from paperkit.figures.size import Size
from paperkit.manifest.model import FigureAsset
from paperkit.style.theme import Theme

# In ems of the labels: four panels across a page of ICLR, two in a column; half as high. Small type is as 8 pt.
_NARROWEST = 11.0
_FLATTEST = 6.0
_SMALL = 8.0


def columns_that_fit(panels: int, width: float, theme: Theme) -> int:
    """Return how many of `panels` stand side by side in a figure of `width` TeX points.

    Each needs 11 em of the labels' type, and 88 pt. If not all fit, rows are full where that costs at most half of the
    columns, else as even as possible.

    >>> from paperkit.style.theme import theme_for
    >>> from paperkit.style.venue import load_venue
    >>> [columns_that_fit(n, 234.9, theme_for(load_venue("icml2026"))) for n in (2, 3, 4, 6)]
    [2, 1, 2, 2]
    """
    fit = max(1, math.floor(width / (_NARROWEST * max(theme.label_size, _SMALL))))
    if panels <= fit:
        return panels
    full = max(ncols for ncols in range(1, fit + 1) if panels % ncols == 0)
    return full if 2 * full >= fit else math.ceil(panels / math.ceil(panels / fit))


def stack(asset: FigureAsset, size: Size, theme: Theme) -> tuple[FigureAsset, Size, tuple[Problem, ...]]:
    """Return the figure with as many columns of panels as fit its width, its size then, and a notice if rows are made.

    A height that is a ratio of the width holds for one row; a length is the whole figure's, and rows that it would make
    too flat are not made. What `panels` says of columns or rows stays, and so do panels of `row` and `col`.
    """
    spec = asset.spec
    grid, entries = spec.panels, [panel for panel in spec.panel if panel.inset is None]
    said = (grid.ncols, grid.mosaic, grid.width_ratios, grid.height_ratios)
    facets = any(panel.row is not None or panel.col is not None for panel in entries)
    ncols = columns_that_fit(len(entries), size.width, theme)
    nrows = math.ceil(len(entries) / max(1, ncols))
    height = size.height if isinstance(spec.height, str) else size.height * nrows
    flat = height / max(1, nrows) < _FLATTEST * theme.label_size
    if facets or flat or nrows <= 1 or any(key is not None for key in said):
        return asset, size, ()
    message = f"{len(entries)} panels side by side would be {size.width / len(entries):.0f} pt wide each: "
    notice = Problem(
        message=f"{message}they stand in {nrows} rows",
        path=(*asset.path, "panels"),
        hint=f"panels.ncols = {len(entries)} keeps them side by side",
    )
    stacked = spec.model_copy(update={"panels": grid.model_copy(update={"ncols": ncols})})
    return replace(asset, spec=stacked), replace(size, height=height), (notice,)
