"""Matrices: the colours of numbers, the order of rows and columns, and what is grouped at their edges."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from paperkit.errors import AssetError, ManifestPath, Problem
from paperkit.figures.encoding import Group, Level, PanelData
from paperkit.style.colormap import Colormap
from paperkit.style.norm import Limits, Norm, positions

Cells = Mapping[tuple[int, int], float]
Side = Literal["rows", "cols"]
Linkage = Literal["single", "complete", "average", "weighted", "centroid", "median", "ward"]

_STEPS = 128


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """The numbers that are shaded, from `low` to `high`, and where on the colormap they are."""

    low: float
    high: float
    norm: Norm
    limits: Limits
    colormap: Colormap

    def rgb(self, value: float) -> tuple[int, int, int]:
        """Return the colour of a number; those beyond the ends have the colour of the end."""
        (at,) = positions([value], self.norm, self.limits)
        return self.colormap.rgb(0.5 if at is None else at)

    def steps(self) -> tuple[float, ...]:
        """Return the edges of the steps that a colour bar has, evenly along its axis."""
        if self.norm.kind == "log":
            low, high = math.log10(self.low), math.log10(self.high)
            return tuple(10 ** (low + (high - low) * step / _STEPS) for step in range(_STEPS + 1))
        span = self.high - self.low or 1.0
        return tuple(self.low + span * step / _STEPS for step in range(_STEPS + 1))


def runs(names: Sequence[str]) -> tuple[tuple[str, int, int], ...]:
    """Return the first and the last place of all neighbours that have the same name.

    >>> runs(["a", "a", "b"])
    (('a', 0, 1), ('b', 2, 2))
    """
    found = [(name, [place for place, _ in places]) for name, places in groupby(enumerate(names), lambda pair: pair[1])]
    return tuple((name, places[0], places[-1]) for name, places in found)


def cluster(data: PanelData, cells: Cells, sides: Sequence[Side], *, method: Linkage, path: ManifestPath) -> PanelData:
    """Return the matrix with its rows or columns in the order of the leaves of their hierarchical clusters.

    Distances are Euclidean, as in `seaborn.clustermap` 0.13.2.

    Raises:
        AssetError: a cell is empty.
        DataError: SciPy is not installed.

    """
    empty = [(x, y) for y in range(len(data.y)) for x in range(len(data.x)) if (x, y) not in cells]
    if empty:
        x, y = empty[0]
        message = f"the cell of '{data.x[x].text}' and '{data.y[y].text}' is empty: clusters need all of them"
        raise AssetError(Problem(message=message, path=path, hint="leave out what has gaps with 'where'"))
    for side in sides:
        data, cells = _clustered(data, cells, side, method)
    return data


def _clustered(data: PanelData, cells: Cells, side: Side, method: Linkage) -> tuple[PanelData, Cells]:
    import numpy as np

    from paperkit.data.statistics import scipy

    matrix = np.array([[cells[x, y] for x in range(len(data.x))] for y in range(len(data.y))])
    observed = matrix if side == "rows" else matrix.T
    if len(observed) <= 1:
        return data, cells
    hierarchy = scipy("cluster.hierarchy", "clustering")
    order = [int(leaf) for leaf in hierarchy.leaves_list(hierarchy.linkage(observed, method=method))]
    return _reordered(data, order, side), {
        ((order.index(x), y) if side == "cols" else (x, order.index(y))): value for (x, y), value in cells.items()
    }


def _reordered(data: PanelData, order: Sequence[int], side: Side) -> PanelData:
    places = {old: new for new, old in enumerate(order)}
    if side == "cols":
        groups = tuple(replace(group, x=places[group.x]) for group in data.groups)
        names = tuple(data.x_groups[old] for old in order) if data.x_groups else ()
        ticks = tuple(data.ticks[old] for old in order) if data.ticks else ()
        x = tuple(data.x[old] for old in order)
        return replace(data, x=x, x_groups=names, ticks=ticks, groups=_sorted(groups))
    groups = tuple(replace(group, hue=places[group.hue or 0]) for group in data.groups)
    names = tuple(data.y_groups[old] for old in order) if data.y_groups else ()
    y = tuple(data.y[old] for old in order)
    return replace(data, y=y, y_groups=names, groups=_sorted(groups))


def _sorted(groups: Sequence[Group]) -> tuple[Group, ...]:
    return tuple(sorted(groups, key=lambda group: (group.x, group.hue or 0)))


def is_beyond_diagonal(column: Level, row: Level, names: Sequence[Level], side: Literal["upper", "lower"]) -> bool:
    """Tell whether a cell is above (or below) the diagonal on which a name meets itself."""
    order = [level.value for level in names]
    if column.value not in order or row.value not in order:
        return False
    x, y = order.index(column.value), order.index(row.value)
    return x > y if side == "upper" else x < y
