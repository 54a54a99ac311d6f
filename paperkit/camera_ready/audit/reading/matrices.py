"""Affine maps of the page, `(a, b, c, d, e, f)` as PDF writes them, and bounding boxes as plain tuples."""

from __future__ import annotations

import math

Matrix = tuple[float, float, float, float, float, float]
Bounds = tuple[float, float, float, float]

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
EVERYWHERE: Bounds = (-1e9, -1e9, 1e9, 1e9)
_FARTHEST = 1e9


def times(first: Matrix, second: Matrix) -> Matrix:
    """Return the map that applies `first`, then `second`; values stay finite."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    found = (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)
    if sum(map(abs, found)) < _FARTHEST:
        return found
    clean = [0.0 if math.isnan(part) else max(-_FARTHEST, min(_FARTHEST, part)) for part in found]
    return clean[0], clean[1], clean[2], clean[3], clean[4], clean[5]


def scale_of(matrix: Matrix) -> float:
    """Return how much longer a line of any direction becomes, on average."""
    a, b, c, d, _, _ = matrix
    return math.sqrt(abs(a * d - b * c))


def mapped(bounds: Bounds, matrix: Matrix) -> Bounds:
    """Return the bounding box of a mapped rectangle."""
    left, bottom, right, top = bounds
    a, b, c, d, e, f = matrix
    xs = (a * left + c * bottom, a * left + c * top, a * right + c * bottom, a * right + c * top)
    ys = (b * left + d * bottom, b * left + d * top, b * right + d * bottom, b * right + d * top)
    return min(xs) + e, min(ys) + f, max(xs) + e, max(ys) + f


def common(one: Bounds, other: Bounds) -> Bounds | None:
    """Return what two rectangles share, None for nothing; a line, which has no area, counts."""
    left, bottom = max(one[0], other[0]), max(one[1], other[1])
    right, top = min(one[2], other[2]), min(one[3], other[3])
    return (left, bottom, right, top) if left <= right and bottom <= top else None


def union(one: Bounds | None, other: Bounds) -> Bounds:
    """Return the bounding box of two rectangles."""
    if one is None:
        return other
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])
