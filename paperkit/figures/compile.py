"""Compile a figure: its frames, labels and venue become a drawn figure with a solved layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from paperkit.errors import Problem
from paperkit.figures.alt import draft_alt
from paperkit.figures.confusable import confusions
from paperkit.figures.draw import draw
from paperkit.figures.encode import encode_panels
from paperkit.figures.entries import legend_entries
from paperkit.figures.figure import Figure
from paperkit.figures.hues import hue_levels
from paperkit.figures.python_figure import draw_python
from paperkit.figures.read import read_panels
from paperkit.figures.scene import Scene
from paperkit.figures.size import Size, figure_size
from paperkit.figures.stack import stack, wrap
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FigureAsset
from paperkit.style.theme import Theme, rc_context, theme_for
from paperkit.style.venue import Venue
from paperkit.tex.extents import Extents

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

    from paperkit.data.frame import Frame

_HERE = Path()
# The formats whose text is in the document's own font.
_SET_BY_TEX = frozenset({"pgf", "hybrid", "pgfplots"})


def compile(  # noqa: A001 - the verb of the design; always called as `figures.compile.compile` or imported by name
    asset: FigureAsset,
    frames: Mapping[str, Frame],
    labels: Labels,
    venue: Venue,
    *,
    root: Path = _HERE,
    extents: Extents | None = None,
) -> Figure:
    """Return the figure of `asset`, drawn and laid out at its exact size.

    `frames` has every frame that the entry names; `root` is the folder of the project, where its Python is. Colours
    of a hue are the same in all panels; a value without rows keeps its slot. `extents` has the sizes of texts that only
    TeX can measure, and takes down those that it lacks.

    Raises:
        AssetError: an option is wrong, colours are too few, text stands where numbers are expected, labels leave no
            room for the panels, or the author's Python fails.

    """
    size, theme = figure_size(asset, venue), replace(theme_for(venue), extents=extents or Extents())
    if asset.spec.python is not None:
        scene, canvas, found = draw_python(asset, frames, labels, size=size, theme=theme, root=root)
        return _compiled(scene, canvas, size, theme, found)
    asset, size, stacked = stack(asset, size, theme)
    panels, size, wrapped = wrap(asset, read_panels(asset, frames, labels), size, theme)
    hues, clashes = hue_levels(asset, [layer for panel in panels for layer in panel.layers], labels)
    encoded, notices = encode_panels(panels, hues, labels)
    said = (*clashes, *confusions(panels, encoded), *notices)
    with rc_context(theme):
        entries = legend_entries(asset.spec, panels, encoded, labels)
        scene = Scene(asset=asset, panels=panels, encoded=encoded, entries=entries)
        canvas, found = draw(scene, size=size, theme=theme)
    return _compiled(scene, canvas, size, theme, (*stacked, *wrapped, *said, *found))


def _compiled(scene: Scene, canvas: Canvas, size: Size, theme: Theme, notices: Sequence[Problem]) -> Figure:
    asset = scene.asset
    return Figure(
        name=asset.name,
        path=asset.path,
        canvas=canvas,
        theme=theme,
        width=size.width,
        height=size.height,
        scene=scene,
        alt=draft_alt(scene),
        notices=tuple(dict.fromkeys((*_substituted(asset, theme), *notices))),
    )


def _substituted(asset: FigureAsset, theme: Theme) -> tuple[Problem, ...]:
    """Return what is to be said of the bundled font, if a format draws with it."""
    return () if _SET_BY_TEX.issuperset(asset.spec.formats) else theme.notices
