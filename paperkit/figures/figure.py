"""A compiled figure: everything is decided, any format can be written from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from paperkit.errors import ManifestPath, Problem
from paperkit.figures.scene import Scene
from paperkit.style.theme import Theme

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A figure whose layout is solved and frozen; `width` and `height` are in TeX points.

    `canvas` is the matplotlib figure, to be drawn at 72 dots per inch; `scene` says what each of its
    axes, in their order, shows; `alt` describes it where its entry does not; `notices` tell what was left out or
    estimated.
    """

    name: str
    path: ManifestPath
    canvas: Canvas
    theme: Theme
    width: float
    height: float
    scene: Scene
    alt: str = ""
    notices: tuple[Problem, ...] = ()
