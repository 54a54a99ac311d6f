"""Compile a figure: its frames, labels and venue become a drawn figure with a solved layout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from paperkit.errors import ManifestPath, Problem
from paperkit.figures.axes import set_up
from paperkit.figures.encoding import Columns, Level, PanelData, Reference, Row, group, levels
from paperkit.figures.figure import Figure
from paperkit.figures.layout import make_grid, place_panels, whole
from paperkit.figures.legend import Entries, add_legend, place_legend
from paperkit.figures.marks import Mark, make_mark
from paperkit.figures.size import Size, figure_size
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FigureAsset, PanelSpec, Scalar
from paperkit.style import palette
from paperkit.style.palette import Rgb
from paperkit.style.theme import Theme, rc_context, theme_for
from paperkit.style.venue import Venue

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

    from paperkit.data.frame import Frame
    from paperkit.figures.renderer import MeasuringRenderer


@dataclass(frozen=True, kw_only=True, slots=True)
class _Panel:
    """One panel on its way: its spec, its rows (x, y, hue if any, tick column if any) and its manifest path."""

    spec: PanelSpec
    rows: tuple[Row, ...]
    path: ManifestPath

    @property
    def x(self) -> Reference:
        return Reference(name=self.spec.x)

    @property
    def hue(self) -> Reference | None:
        return None if self.spec.hue is None else Reference(name=self.spec.hue)

    @property
    def columns(self) -> tuple[str, ...]:
        hue = () if self.hue is None else (self.hue.column,)
        return (self.x.column, self.spec.y, *hue, *self.tick_columns)

    @property
    def tick_columns(self) -> tuple[str, ...]:
        labels = self.spec.axes.xticklabels
        return (labels,) if isinstance(labels, str) else ()


def compile(  # noqa: A001 - the verb of the design; always called as `figures.compile.compile` or imported by name
    asset: FigureAsset, frames: Mapping[str, Frame], labels: Labels, venue: Venue
) -> Figure:
    """Return the figure of `asset`, drawn and laid out at its exact size.

    `frames` has every frame that a panel names. Colours of a hue are the same in all panels; a value without rows
    keeps its slot.

    Raises:
        AssetError: an option is wrong, colours are too few, text stands where numbers are expected, or labels leave
            no room for the panels.

    """
    size, theme = figure_size(asset, venue), theme_for(venue)
    panels = tuple(_read(asset, frames, index) for index in range(len(asset.spec.panel)))
    marks = tuple(make_mark(panel.spec.mark, panel.spec.options, path=panel.path) for panel in panels)
    hues = _hues(asset, panels, labels)
    data, notices = _encode_all(panels, hues, labels)
    with rc_context(theme):
        canvas, found = _draw(asset, panels, marks, data, size, theme)
    return Figure(
        name=asset.name,
        path=asset.path,
        canvas=canvas,
        theme=theme,
        width=size.width,
        height=size.height,
        notices=(*theme.notices, *notices, *found),
    )


def _read(asset: FigureAsset, frames: Mapping[str, Frame], index: int) -> _Panel:
    spec, path = asset.spec.panel[index], (*asset.path, "panel", index)
    frame = frames[spec.data]
    if spec.where is not None:
        frame = frame.where(spec.where, each=asset.each, path=(*path, "where"))
    empty = _Panel(spec=spec, rows=(), path=path)
    return replace(empty, rows=tuple(frame.rows(*empty.columns)))


def _hues(asset: FigureAsset, panels: Sequence[_Panel], labels: Labels) -> Mapping[str, tuple[Level, ...]]:
    """Return the levels of every hue, with their colours, over all panels that share it."""
    found: dict[str, tuple[Level, ...]] = {}
    for name in dict.fromkeys(panel.spec.hue for panel in panels if panel.spec.hue is not None):
        reference = Reference(name=name)
        values: list[Scalar] = []
        sharing = [panel for panel in panels if panel.spec.hue == name]
        # An explicit order speaks for the whole figure; the levels of other panels come after it.
        for panel in sorted(sharing, key=lambda panel: not panel.spec.hue_order):
            column = [row[2] for row in panel.rows]
            path = (*panel.path, "hue_order")
            values += levels(reference, column, labels, order=panel.spec.hue_order, path=path)
        ordered: Sequence[Scalar] = tuple(dict.fromkeys(values))
        if not any(panel.spec.hue_order for panel in sharing):
            ordered = levels(reference, [row[2] for panel in sharing for row in panel.rows], labels, path=())
        shades = _colors(asset, reference, ordered, labels)
        found[name] = tuple(
            Level(value=value, text=_text(reference, value, labels), color=color)
            for value, color in zip(ordered, shades, strict=True)
        )
    return found


def _text(reference: Reference, value: Scalar, labels: Labels) -> str:
    return reference.text(value, labels)


def _colors(asset: FigureAsset, reference: Reference, values: Sequence[Scalar], labels: Labels) -> tuple[Rgb, ...]:
    spec = asset.spec.palette
    if spec is not None and spec.hue in (None, reference.name):
        path = (*asset.path, "palette", "colors")
        return palette.pick(spec.colors, len(values), lighten=spec.lighten, path=path)
    own = {} if reference.has_attribute else labels.attribute_map(reference.column, "color")
    missing = [value for value in values if str(value) not in own]
    defaults = iter(palette.default_colors(len(missing), path=(*asset.path, "palette")))
    return tuple(
        palette.colors([str(own[str(value)])], path=("labels", reference.column, str(value), "color"))[0]
        if str(value) in own
        else next(defaults)
        for value in values
    )


def _encode_all(
    panels: Sequence[_Panel], hues: Mapping[str, tuple[Level, ...]], labels: Labels
) -> tuple[tuple[PanelData, ...], tuple[Problem, ...]]:
    encoded = [_encode(panel, hues, labels) for panel in panels]
    return tuple(data for data, _ in encoded), tuple(notice for _, notices in encoded for notice in notices)


def _encode(
    panel: _Panel, hues: Mapping[str, tuple[Level, ...]], labels: Labels
) -> tuple[PanelData, tuple[Problem, ...]]:
    spec = panel.spec
    hue = () if spec.hue is None else hues[spec.hue]
    if spec.x == spec.hue and not spec.order:
        x = tuple(level.value for level in hue)
    else:
        x = levels(panel.x, [row[0] for row in panel.rows], labels, order=spec.order, path=(*panel.path, "order"))
    columns = Columns(rows=panel.rows, x=panel.x, y=spec.y, hue=panel.hue, path=panel.path)
    is_log = spec.axes.yscale == "log"
    grouped = group(columns, labels, x=x, hue=[level.value for level in hue], is_log=is_log)
    data = PanelData(
        x=tuple(Level(value=value, text=panel.x.text(value, labels)) for value in x),
        hue=hue,
        groups=grouped.groups,
        is_log=is_log,
        ticks=_ticks(panel, x, labels),
    )
    return data, grouped.notices


def _ticks(panel: _Panel, x: Sequence[Scalar], labels: Labels) -> tuple[tuple[str, ...], ...]:
    if not panel.tick_columns:
        return ()
    reference = Reference(name=panel.tick_columns[0])
    texts: dict[Scalar, dict[str, None]] = {value: {} for value in x}
    for row in panel.rows:
        if row[0] is not None and row[-1] is not None:
            slot = texts.get(panel.x.level(row[0], labels))
            if slot is not None:
                slot[reference.text(reference.level(row[-1], labels), labels)] = None
    return tuple(tuple(found) for found in texts.values())


def _draw(
    asset: FigureAsset,
    panels: Sequence[_Panel],
    marks: Sequence[Mark],
    data: Sequence[PanelData],
    size: Size,
    theme: Theme,
) -> tuple[Canvas, tuple[Problem, ...]]:
    from matplotlib.figure import Figure as Canvas

    from paperkit.figures.renderer import DPI, MeasuringRenderer

    canvas = Canvas(figsize=(size.width / 72.27, size.height / 72.27), dpi=DPI)
    canvas.patch.set_visible(False)
    renderer = MeasuringRenderer(theme, *(side * DPI for side in canvas.get_size_inches()))
    drawn: list[Axes] = []
    for index, (panel, mark, found) in enumerate(zip(panels, marks, data, strict=True)):
        axes = canvas.add_axes((0, 0, 1, 1), label=f"panel {index + 1}", gid=f"panel {index + 1}")
        axes.patch.set_visible(False)
        mark.draw(axes, found, seed=f"{asset.name}/{index}")
        set_up(axes, panel.spec, found, path=panel.path)
        drawn.append(axes)
    notices = _lay_out(asset, canvas, drawn, _entries(marks, data), renderer)
    mark_alignments(canvas)
    return canvas, (*notices, *_estimates(asset, renderer))


def _entries(marks: Sequence[Mark], data: Sequence[PanelData]) -> Entries:
    found = {
        level.text: handle
        for mark, panel in zip(marks, data, strict=True)
        for level, handle in zip(panel.hue, mark.handles(panel) if panel.hue else (), strict=True)
    }
    return Entries(handles=tuple(found.values()), texts=tuple(found))


def _lay_out(
    asset: FigureAsset, canvas: Canvas, axes: Sequence[Axes], entries: Entries, renderer: MeasuringRenderer
) -> tuple[Problem, ...]:
    grid = make_grid(asset.spec.panels, len(axes), path=(*asset.path, "panels"))
    if asset.spec.legend.loc == "none" or not entries.handles:
        place_panels(axes, grid, whole(renderer), renderer, path=asset.path)
        return tuple(_crowded(asset, axes, renderer))
    placed = add_legend(canvas, asset.spec.legend, entries, renderer, path=asset.path)
    spanned = place_panels(axes, grid, placed.rest, renderer, path=asset.path)
    place_legend(placed, spanned, renderer)
    return (*placed.notices, *_crowded(asset, axes, renderer))


def _crowded(asset: FigureAsset, axes: Sequence[Axes], renderer: MeasuringRenderer) -> Iterator[Problem]:
    for index, panel in enumerate(axes):
        boxes = [label.get_window_extent(renderer) for label in panel.get_xticklabels() if label.get_text()]
        if any(after.x0 < before.x1 for before, after in pairwise(boxes)):
            yield Problem(
                message="tick labels of x overlap",
                path=(*asset.path, "panel", index),
                hint=r"shorten the labels, break them with \n, or give the panel more width",
            )


def _estimates(asset: FigureAsset, renderer: MeasuringRenderer) -> tuple[Problem, ...]:
    return tuple(Problem(message=note, path=asset.path) for note in renderer.notes)


def mark_alignments(canvas: Canvas) -> None:
    """Store with every text how it is aligned, where renderers look for it."""
    from matplotlib.text import Text

    for text in canvas.findobj(Text):
        text.set_gid(text.get_horizontalalignment())
