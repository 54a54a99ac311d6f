"""Draw a figure: every layer of every panel on axes of matplotlib, laid out at its exact size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paperkit.errors import Problem
from paperkit.figures.axes import set_up
from paperkit.figures.encode import Encoded
from paperkit.figures.entries import has_legend
from paperkit.figures.fit import fit
from paperkit.figures.grid import AXES, make_grid, shared
from paperkit.figures.layout import whole
from paperkit.figures.legend import add_inside, add_legend, place_legend
from paperkit.figures.panel import Panel
from paperkit.figures.point_labels import place_labels
from paperkit.figures.references import draw_references
from paperkit.figures.scene import Scene
from paperkit.figures.size import Size
from paperkit.figures.text import marked
from paperkit.manifest.model import FigureAsset
from paperkit.style.theme import Theme
from paperkit.tex.lengths import to_inches

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

    from paperkit.figures.renderer import MeasuringRenderer

# What is drawn over another layer is above all of it.
_ABOVE = 10.0
_INSET = 5.0
_BESIDE = 4.0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Drawn:
    """The axes of a panel, and what each of its layers drew onto them."""

    axes: Axes
    artists: tuple[tuple[Artist, ...], ...]


def draw(scene: Scene, *, size: Size, theme: Theme) -> tuple[Canvas, tuple[Problem, ...]]:
    """Return the figure on a canvas of matplotlib, its layout solved, and what is to be noticed.

    Raises:
        AssetError: an option of the axes does not fit the data, or labels leave no room for the panels.

    """
    from matplotlib.figure import Figure as Canvas

    from paperkit.figures.renderer import DPI, MeasuringRenderer, mark_alignments

    canvas = Canvas(figsize=(to_inches(size.width), to_inches(size.height)), dpi=DPI)
    canvas.patch.set_visible(False)
    asset = scene.asset
    renderer = MeasuringRenderer(theme, asset.path, tuple(float(side) * DPI for side in canvas.get_size_inches()))
    drawn = [
        _draw_panel(scene, canvas, number, panel, data)
        for number, (panel, data) in enumerate(zip(scene.panels, scene.encoded, strict=True))
    ]
    axes = [panel.axes for panel in drawn]
    notices = _lay_out(scene, canvas, axes, renderer)
    settled = tuple(_settle(scene, drawn, renderer))
    mark_alignments(canvas)
    return canvas, (*notices, *settled, *estimates(asset, renderer))


def _draw_panel(scene: Scene, canvas: Canvas, number: int, panel: Panel, data: Encoded) -> _Drawn:
    # Until the layout is solved all panels fill the figure; labels keep them apart.
    facet = f" ({panel.facet.row + 1}, {panel.facet.col + 1})" if panel.facet else ""
    gid = f"panel {panel.entry + 1}{facet}: {panel.first.y}"
    axes = canvas.add_axes((0, 0, 1, 1), label=str(number), gid=gid)
    axes.patch.set_visible(panel.spec.inset is not None)
    artists: list[tuple[Artist, ...]] = []
    for rank, (layer, encoded) in enumerate(zip(panel.layers, data, strict=True)):
        below = set(axes.get_children())
        layer.mark.draw(axes, encoded, seed=scene.seed(panel, rank))
        artists.append(tuple(artist for artist in axes.get_children() if artist not in below))
        for artist in artists[-1] if rank else ():
            artist.set_zorder(artist.get_zorder() + _ABOVE * rank)
    first = panel.first
    set_up(axes, panel, data[0], counts=first.mark.counts)
    draw_references(axes, panel, data[0])
    _name(axes, scene.asset, panel)
    return _Drawn(axes=axes, artists=tuple(artists))


def _settle(scene: Scene, drawn: Sequence[_Drawn], renderer: MeasuringRenderer) -> Iterator[Problem]:
    """Let every mark place what depends on the size of its axes, which is known by now."""
    for panel, encoded, found in zip(scene.panels, scene.encoded, drawn, strict=True):
        for layer, data, artists in zip(panel.layers, encoded, found.artists, strict=True):
            for problem in layer.mark.settle(found.axes, data, artists, renderer=renderer):
                yield problem.under(layer.path)


def _name(axes: Axes, asset: FigureAsset, panel: Panel) -> None:
    """Write what a facet is called, and the panel's letter."""
    from paperkit.figures.channels import theme

    facet = panel.facet
    if facet is not None and facet.top and panel.spec.axes.title is None:
        axes.set_title(facet.top)
    if facet is not None and facet.right:
        axes.annotate(
            facet.right,
            (1, 0.5),
            xycoords="axes fraction",
            xytext=(_BESIDE, 0),
            textcoords="offset points",
            rotation=270,
            ha="left",
            va="center",
            fontsize=theme("axes.titlesize"),
        )
    style = asset.spec.panels.letters
    if style is not None and panel.spec.inset is None and (facet is None or facet.row == facet.col == 0):
        entry = sum(one.inset is None for one in asset.spec.panel[: panel.entry])
        at = next(index for index, letter in enumerate(style) if letter in "aA")
        letter = chr(ord(style[at]) + entry)
        axes.set_title(marked(style[:at] + letter + style[at + 1 :]), loc="left")


def _lay_out(scene: Scene, canvas: Canvas, axes: Sequence[Axes], renderer: MeasuringRenderer) -> tuple[Problem, ...]:
    from paperkit.figures.sharing import share

    asset, spec, panels, entries = scene.asset, scene.asset.spec, scene.panels, scene.entries
    grid = make_grid(spec.panels, panels, path=(*asset.path, "panels"))
    for axis in AXES:
        for cells in shared(grid, spec.panels, panels, axis):
            share(axes, cells, axis, panels, scene.encoded)
    notices: tuple[Problem, ...] = ()
    placed = None
    if has_legend(spec, panels, entries) and spec.legend.is_inside:
        at = next(number for number, panel in enumerate(panels) if panel.entry == spec.legend.panel - 1)
        add_inside(axes[at], spec.legend, entries)
    elif has_legend(spec, panels, entries):
        placed = add_legend(canvas, spec.legend, entries, renderer, path=asset.path)
        notices = placed.notices
    spanned = fit(axes, grid, whole(renderer) if placed is None else placed.rest, renderer, path=asset.path)
    if placed is not None:
        place_legend(placed, spanned, renderer)
    _place_insets(axes, panels)
    return (*notices, *_label_points(asset, axes, panels, renderer))


def _place_insets(axes: Sequence[Axes], panels: Sequence[Panel]) -> None:
    for own, panel in zip(axes, panels, strict=True):
        inset = panel.spec.inset
        if inset is None:
            continue
        around = next(one for one, other in zip(axes, panels, strict=True) if other.entry == inset.panel - 1)
        box = around.get_position()
        left, bottom, width, height = inset.bounds
        own.set_position(
            (box.x0 + left * box.width, box.y0 + bottom * box.height, width * box.width, height * box.height)
        )
        own.set_zorder(_INSET)
        if inset.indicate:
            around.indicate_inset_zoom(own)


def _label_points(
    asset: FigureAsset, axes: Sequence[Axes], panels: Sequence[Panel], renderer: MeasuringRenderer
) -> Iterator[Problem]:
    for own, panel in zip(axes, panels, strict=True):
        crowded, count = place_labels(own, renderer)
        if crowded:
            yield Problem(
                message=f"{crowded} of {count} labels of points have no free place beside their points",
                path=(*asset.path, "panel", panel.entry, "label"),
                hint="label fewer points, or give the panel more room",
            )


def estimates(asset: FigureAsset, renderer: MeasuringRenderer) -> tuple[Problem, ...]:
    """Return what could only be estimated of the texts that were measured."""
    return tuple(Problem(message=note, path=asset.path) for note in renderer.notes)
