"""A compiled figure: everything is decided, any format can be written from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from paperkit.errors import ManifestPath, Problem
from paperkit.style.theme import Theme

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A figure whose layout is solved and frozen; `width` and `height` are in TeX points.

    `canvas` is the matplotlib figure, to be drawn at 72 dots per inch; `entries` has for each of its axes the number of
    the panel in the manifest, counted from 0; `notices` tell what was left out or estimated.
    """

    name: str
    path: ManifestPath
    canvas: Canvas
    theme: Theme
    width: float
    height: float
    entries: tuple[int, ...] = ()
    notices: tuple[Problem, ...] = ()
