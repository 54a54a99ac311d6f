"""Values of a PDF, whatever type they turn out to have."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from paperkit.camera_ready.audit.facts import Box
from paperkit.camera_ready.audit.reading.limits import MOST_DEPTH

_FARTHEST = 1e7


def number(value: Any, otherwise: float) -> float:
    """Return a PDF number as a float, `otherwise` for what is none (or is infinite)."""
    if isinstance(value, int | float | Decimal) and math.isfinite(value):
        return max(-_FARTHEST, min(_FARTHEST, float(value)))
    return otherwise


def numbers(value: Any, count: int) -> tuple[float, ...] | None:
    """Return an array of `count` numbers, None for what is none."""
    import pikepdf

    if not isinstance(value, pikepdf.Array) or len(value) != count:
        return None
    found = tuple(number(part, math.nan) for part in value)
    return None if any(math.isnan(part) for part in found) else found


def box(value: Any) -> Box | None:
    """Return a rectangle with its corners in order, None for what is none or is empty."""
    found = numbers(value, 4)
    if found is None:
        return None
    left, right = sorted((found[0], found[2]))
    bottom, top = sorted((found[1], found[3]))
    return Box(left=left, bottom=bottom, right=right, top=top) if left < right and bottom < top else None


def text(value: Any, most: int = 2000) -> str:
    """Return a text string without what cannot be printed, an empty one for what is none."""
    import pikepdf

    if not isinstance(value, pikepdf.String | str):
        return ""
    return "".join(c if c.isprintable() else " " for c in str(value)[:most]).strip()


def file_name(value: Any) -> str | None:
    """Return the name that TeX noted for an included file, as an author would write it."""
    import posixpath

    found = text(value).replace("\\", "/")
    return posixpath.normpath(found) if found else None


def inherited(page: Any, key: str) -> Any:
    """Return what a page has under `key`, or the nearest node of the page tree above it."""
    import pikepdf

    node, steps = page, 0
    while isinstance(node, pikepdf.Dictionary) and steps < MOST_DEPTH:
        if key in node:
            return node.get(key)
        node, steps = node.get("/Parent"), steps + 1
    return None
