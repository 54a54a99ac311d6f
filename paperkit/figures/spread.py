"""Spread: places moved apart as little as they need to, in plain Python."""

from __future__ import annotations

from collections.abc import Sequence


def spread(places: Sequence[float], *, gap: float, low: float, high: float) -> tuple[float, ...]:
    """Return places at least `gap` apart, in the order of `places`, which they leave as little as can be.

    The sum of the squared moves is least: neighbours that are too close form a block around their mean (isotonic
    regression by pooling, Barlow et al., Statistical inference under order restrictions, 1972). They stay between `low`
    and `high` if there is room for all of them.

    >>> spread([1.0, 0.0, 9.0], gap=2.0, low=-5.0, high=10.0)
    (1.5, -0.5, 9.0)
    """
    order = sorted(range(len(places)), key=places.__getitem__)
    # Without the gaps that all need the places only have to stay in order.
    blocks: list[tuple[float, int]] = []
    for rank, index in enumerate(order):
        mean, size = places[index] - rank * gap, 1
        while blocks and blocks[-1][0] > mean:
            before, count = blocks.pop()
            mean, size = (before * count + mean * size) / (count + size), count + size
        blocks.append((mean, size))
    last = max(low, high - (len(order) - 1) * gap)
    ordered = [min(max(mean, low), last) for mean, size in blocks for _ in range(size)]
    found = [0.0] * len(order)
    for rank, index in enumerate(order):
        found[index] = ordered[rank] + rank * gap
    return tuple(found)
