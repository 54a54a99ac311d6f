"""Beeswarms: points side by side where they would overlap, as seaborn sets them, in plain Python."""

from __future__ import annotations

import math
from collections.abc import Sequence

# seaborn 0.13.2: neighbours stand so much farther apart than they need to.
_APART = 1.05


def swarm(values: Sequence[float], diameter: float) -> tuple[float, ...]:
    """Return for each of `values` how far its point stands beside the middle, so that no two points overlap.

    All lengths have one unit, for example points of the page. From the smallest value on, each point takes the free
    place closest to the middle among those that touch points already there (Eklund, the R package beeswarm; as
    `seaborn.swarmplot` 0.13.2). Equal values stand in their given order.

    >>> swarm([1.0, 5.0, 1.0], 2.0)
    (0.0, 0.0, -2.1)
    """
    order = sorted(range(len(values)), key=values.__getitem__)
    heights = [values[index] for index in order]
    placed: list[float] = []
    first = 0
    for rank, height in enumerate(heights):
        while height - heights[first] >= diameter:
            first += 1
        near = [(placed[other], height - heights[other]) for other in range(first, rank)]
        placed.append(_free(near, diameter))
    found = [0.0] * len(order)
    for index, offset in zip(order, placed, strict=True):
        found[index] = offset
    return tuple(found)


def _free(near: Sequence[tuple[float, float]], diameter: float) -> float:
    """Return the place closest to the middle where a point does not overlap those near it (beside, below)."""
    candidates = [0.0]
    for rank, (beside, below) in enumerate(near):
        away = math.sqrt(max(diameter**2 - below**2, 0.0)) * _APART
        candidates += [beside + away, beside - away] if rank % 2 else [beside - away, beside + away]
    candidates.sort(key=abs)
    # The outermost candidate is free: nothing stands beyond it.
    return next(
        place for place in candidates if all((beside - place) ** 2 + below**2 >= diameter**2 for beside, below in near)
    )
