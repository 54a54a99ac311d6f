"""Panels that would be too narrow side by side, as in the column of a two-column venue, stand in rows."""

from __future__ import annotations

import math
from dataclasses import replace

from paperkit.errors import Problem
from paperkit.figures.panel import Panel
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
    found = _rows(asset, len(entries), size, theme)
    if facets or found is None or any(key is not None for key in said):
        return asset, size, ()
    ncols, taller, message = found
    hint = f"panels.ncols = {len(entries)} keeps them side by side"
    notice = Problem(message=message, path=(*asset.path, "panels"), hint=hint)
    stacked = spec.model_copy(update={"panels": grid.model_copy(update={"ncols": ncols})})
    return replace(asset, spec=stacked), taller, (notice,)


def wrap(
    asset: FigureAsset, panels: tuple[Panel, ...], size: Size, theme: Theme
) -> tuple[tuple[Panel, ...], Size, tuple[Problem, ...]]:
    """Return the panels of `col` in as many columns as fit, as `stack` does with those of the manifest.

    What `col_wrap` or `row` says stays, and so do panels that have others beside them.
    """
    entries = [panel for panel in asset.spec.panel if panel.inset is None]
    facets = [panel for panel in panels if panel.facet is not None]
    found = _rows(asset, len(facets), size, theme)
    if len(entries) > 1 or not facets or entries[0].row or entries[0].col_wrap or found is None:
        return panels, size, ()
    ncols, taller, message = found
    path, hint = (*facets[0].path, "col"), f"col_wrap = {len(facets)} keeps them side by side"
    places = {id(panel): divmod(rank, ncols) for rank, panel in enumerate(facets)}
    wrapped = (
        replace(panel, facet=replace(panel.facet, row=places[id(panel)][0], col=places[id(panel)][1]))
        if panel.facet is not None
        else panel
        for panel in panels
    )
    return tuple(wrapped), taller, (Problem(message=message, path=path, hint=hint),)


def _rows(asset: FigureAsset, panels: int, size: Size, theme: Theme) -> tuple[int, Size, str] | None:
    """Return how many panels stand side by side, the size then, and what to say; None where all of them do."""
    ncols = columns_that_fit(panels, size.width, theme) if panels else 1
    nrows = math.ceil(panels / max(1, ncols))
    height = size.height if isinstance(asset.spec.height, str) else size.height * nrows
    if nrows <= 1 or height / nrows < _FLATTEST * theme.label_size:
        return None
    message = f"{panels} panels side by side would be {size.width / panels:.0f} pt wide each: "
    return ncols, replace(size, height=height), f"{message}they stand in {nrows} rows"
