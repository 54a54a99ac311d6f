"""What colour is behind a text: the filled rectangles of a page, found by place."""

from __future__ import annotations

from collections import defaultdict

from paperkit.camera_ready.audit.reading.colours import RGB
from paperkit.camera_ready.audit.reading.matrices import Bounds

_CELL = 36.0
_MOST_CELLS = 64
_MOST_LARGE = 400
_MOST = 50_000
_WHITE: RGB = (255, 255, 255)


class Grounds:
    """The fills of a page in their order; the last one that covers a point is its ground."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[tuple[int, Bounds, RGB | None]]] = defaultdict(list)
        self._large: list[tuple[int, Bounds, RGB | None]] = []
        self._count = 0

    def fill(self, bounds: Bounds, colour: RGB | None) -> None:
        """Paint a rectangle; None is a colour that cannot be told (an image, a shape that is no rectangle)."""
        self._count += 1
        if self._count > _MOST:
            return
        left, bottom, right, top = (int(value // _CELL) for value in bounds)
        entry = (self._count, bounds, colour)
        if (right - left + 1) * (top - bottom + 1) <= _MOST_CELLS:
            for column in range(left, right + 1):
                for row in range(bottom, top + 1):
                    self._cells[column, row].append(entry)
        elif len(self._large) < _MOST_LARGE:
            self._large.append(entry)

    def at(self, x: float, y: float) -> RGB | None:
        """Return the ground at a point: paper is white, None is one that cannot be told."""
        if self._count > _MOST:
            return None
        found, latest = _WHITE, 0
        colour: RGB | None = found
        for entries in (self._cells.get((int(x // _CELL), int(y // _CELL)), ()), self._large):
            for order, (left, bottom, right, top), painted in reversed(entries):
                if order > latest and left <= x <= right and bottom <= y <= top:
                    latest, colour = order, painted
                    break
        return colour
