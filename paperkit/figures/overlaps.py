"""Which texts of a figure lie over each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paperkit.figures.drawn import Corner, DrawnText

# What two texts may share, in points: rectangles reach over round letters, and TeX kerns.
_HAIR = 0.5


def overlaps(texts: Sequence[DrawnText]) -> Iterator[tuple[DrawnText, DrawnText, float]]:
    """Yield every two texts that share more than half a point in each direction, and how much, in PDF points."""
    spans = sorted(((min(x for x, _ in text.corners), rank) for rank, text in enumerate(texts)), key=lambda span: span)
    right = [max(x for x, _ in text.corners) for text in texts]
    open_: list[int] = []
    for left, rank in spans:
        open_ = [other for other in open_ if right[other] > left + _HAIR]
        for other in open_:
            first, second = sorted((rank, other))
            if texts[first].owner != texts[second].owner:
                depth = penetration(texts[first].corners, texts[second].corners)
                if depth > _HAIR:
                    yield texts[first], texts[second], depth
        open_.append(rank)


def penetration(one: Sequence[Corner], other: Sequence[Corner]) -> float:
    """Return how far one of two rectangles, turned or not, must move to leave the other; not positive if it has.

    By the separating axis theorem it is the least overlap of their shadows on the directions of their sides.

    >>> penetration(((0, 0), (4, 0), (4, 2), (0, 2)), ((3, 1), (9, 1), (9, 5), (3, 5)))
    1.0
    """
    depth = float("inf")
    for corners in (one, other):
        for (x0, y0), (x1, y1) in ((corners[0], corners[1]), (corners[1], corners[2])):
            length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
            if length:
                along = ((x1 - x0) / length, (y1 - y0) / length)
                shadows = [[x * along[0] + y * along[1] for x, y in box] for box in (one, other)]
                depth = min(depth, min(map(max, shadows)) - max(map(min, shadows)))
    return depth
