"""Compile a figure: its frames, labels and venue become a drawn figure with a solved layout."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from paperkit.errors import AssetError, ManifestPath, Problem, did_you_mean
from paperkit.figures.axes import set_up
from paperkit.figures.encoding import Columns, Level, PanelData, Reference, are_numbers, group, levels, number
from paperkit.figures.figure import Figure
from paperkit.figures.hues import hue_levels
from paperkit.figures.layout import Box, Grid, make_grid, place_panels, whole
from paperkit.figures.legend import Entries, add_legend, place_legend
from paperkit.figures.marks import encoding_problems, make_mark
from paperkit.figures.panel import Panel
from paperkit.figures.size import Size, figure_size
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FigureAsset, Scalar
from paperkit.style.palette import Rgb
from paperkit.style.theme import POINTS_PER_TEX_POINT, Theme, rc_context, theme_for
from paperkit.style.venue import Venue
from paperkit.tex.lengths import to_inches

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

    from paperkit.data.frame import Frame
    from paperkit.figures.renderer import MeasuringRenderer


# Half an em of the smallest labels: closer, and two labels read as one.
_TICK_GAP = 4.0
# Half a second of pdfTeX for one figure; with 20000 points it runs out of memory (TeX Live 2022).
_MANY_POINTS = 4000
# The formats whose text is in the document's own font.
_SET_BY_TEX = frozenset({"pgf", "hybrid"})


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
    hues, clashes = hue_levels(asset, panels, labels)
    data, notices = _encode_all(panels, hues, labels)
    with rc_context(theme):
        canvas, found = _draw(asset, panels, data, size, theme)
    return Figure(
        name=asset.name,
        path=asset.path,
        canvas=canvas,
        theme=theme,
        width=size.width,
        height=size.height,
        notices=(*_substituted(asset, theme), *clashes, *notices, *found),
    )


def _substituted(asset: FigureAsset, theme: Theme) -> tuple[Problem, ...]:
    """Return what is to be said of the bundled font, if a format draws with it."""
    return () if _SET_BY_TEX.issuperset(asset.spec.formats) else theme.notices


def _read(asset: FigureAsset, frames: Mapping[str, Frame], index: int) -> Panel:
    spec, path = asset.spec.panel[index], (*asset.path, "panel", index)
    if spec.data not in frames:
        missing = f"no frame '{spec.data}'{did_you_mean(spec.data, frames)}"
        raise AssetError(Problem(message=missing, path=(*path, "data")))
    frame = frames[spec.data]
    mark = make_mark(spec.mark, spec.options, path=path)
    wrong = encoding_problems(spec, path=path)
    if wrong:
        raise AssetError(*wrong)
    panel = Panel(spec=spec, mark=mark, rows=(), path=path)
    _require_columns(panel, frame)
    if spec.where is not None:
        frame = frame.where(spec.where, each=asset.each, path=(*path, "where"))
    return replace(panel, rows=tuple(frame.rows(*panel.columns)))


def _require_columns(panel: Panel, frame: Frame) -> None:
    spec = panel.spec
    place, value = panel.keys
    places = [] if panel.x is None else [((place,), panel.x.column)]
    wanted: list[tuple[ManifestPath, str]] = sorted([*places, ((value,), panel.y)])
    wanted += [(("y",) if panel.mark.is_matrix else ("hue",), panel.hue.column)] if panel.hue is not None else []
    wanted += [(("axes", "xticklabels"), column) for column in panel.tick_columns]
    problems = tuple(
        Problem(
            message=f"'{spec.data}' has no column '{column}'{did_you_mean(column, frame.columns)}",
            path=(*panel.path, *key),
        )
        for key, column in wanted
        if column not in frame.columns
    )
    if problems:
        raise AssetError(*problems)


def _encode_all(
    panels: Sequence[Panel], hues: Mapping[str, tuple[Level, ...]], labels: Labels
) -> tuple[tuple[PanelData, ...], tuple[Problem, ...]]:
    encoded = [_encode(panel, hues, labels) for panel in panels]
    return tuple(data for data, _ in encoded), tuple(notice for _, notices in encoded for notice in notices)


def _encode(
    panel: Panel, hues: Mapping[str, tuple[Level, ...]], labels: Labels
) -> tuple[PanelData, tuple[Problem, ...]]:
    spec = panel.spec
    hue = _rows(panel, labels) if panel.mark.is_matrix else () if spec.hue is None else hues[spec.hue]
    is_numeric = _is_numeric(panel)
    x = _levels(panel, hue, labels, is_numeric=is_numeric)
    columns = Columns(
        rows=panel.rows,
        x=panel.x,
        y=panel.y,
        hue=panel.hue,
        path=panel.path,
        is_numeric=is_numeric,
        is_log_x=spec.axes.xscale == "log",
        keys=panel.keys,
        can_turn=panel.mark.can_turn,
    )
    grouped = group(
        columns, labels, x=[level.value for level in x], hue=[level.value for level in hue], is_log=panel.is_log
    )
    data = PanelData(
        x=x,
        hue=() if panel.mark.is_matrix else hue,
        groups=grouped.groups,
        is_numeric=is_numeric,
        is_log_x=is_numeric and panel.x is not None and spec.axes.xscale == "log",
        is_log=panel.is_log,
        ticks=_ticks(panel, x, labels),
        y=hue if panel.mark.is_matrix else (),
        values=panel.y,
    )
    noticed = panel.mark.notices(data, spec.axes, path=panel.path)
    return data, (*grouped.notices, *_hidden(panel, data), *noticed)


def _rows(panel: Panel, labels: Labels) -> tuple[Level, ...]:
    """Return the rows of a matrix."""
    reference = Reference(name=panel.spec.y or "")
    found = levels(reference, [row[2] for row in panel.rows], labels, path=(*panel.path, "y"))
    return tuple(Level(value=value, text=reference.text(value, labels)) for value in found)


def _is_numeric(panel: Panel) -> bool:
    """Tell whether x is an axis of numbers."""
    places = panel.mark.places
    return places in ("numbers", "none") or (places == "either" and are_numbers(row[0] for row in panel.rows))


def _levels(panel: Panel, hue: Sequence[Level], labels: Labels, *, is_numeric: bool) -> tuple[Level, ...]:
    """Return the levels of x: slots, or the distinct numbers."""
    reference = panel.x
    if reference is None:
        _require_no_order(panel, panel.y)
        return ()
    values = _numbers(panel, reference) if is_numeric else _slots(panel, reference, hue, labels)
    return tuple(Level(value=value, text=reference.text(value, labels)) for value in values)


def _slots(panel: Panel, reference: Reference, hue: Sequence[Level], labels: Labels) -> tuple[Scalar, ...]:
    spec = panel.spec
    if reference.name == spec.hue and not spec.order:
        return tuple(level.value for level in hue)
    return levels(reference, [row[0] for row in panel.rows], labels, order=spec.order, path=(*panel.path, "order"))


def _require_no_order(panel: Panel, column: str) -> None:
    if panel.spec.order:
        message = f"'{column}' is an axis of numbers: it has no 'order'"
        raise AssetError(Problem(message=message, path=(*panel.path, "order")))


def _numbers(panel: Panel, reference: Reference) -> tuple[Scalar, ...]:
    path = (*panel.path, panel.keys[0])
    _require_no_order(panel, reference.name)
    if reference.has_attribute:
        message = f"'{reference.name}' is the text of a label: '{panel.spec.mark}' has numbers on its x axis"
        raise AssetError(Problem(message=message, path=path))
    found = {number(row[0], reference.name, path) for row in panel.rows if row[0] is not None}
    return tuple(int(place) if place.is_integer() else place for place in sorted(found) if math.isfinite(place))


def _hidden(panel: Panel, data: PanelData) -> Iterator[Problem]:
    place, value = panel.keys
    values = [value for found in data.groups for value in found.values]
    if not panel.mark.is_matrix:
        yield from _outside(panel, values, value, panel.y)
    if data.is_numeric and panel.x is not None:
        places = [data.at(found) for found in data.groups for _ in found.values]
        yield from _outside(panel, places, place, panel.x.name)


def _outside(panel: Panel, values: Sequence[float], axis: str, column: str) -> Iterator[Problem]:
    key = f"{axis}lim"
    limits: tuple[float, float] | None = getattr(panel.spec.axes, key)
    outside = 0 if limits is None else sum(not min(limits) <= value <= max(limits) for value in values)
    if outside:
        message = f"{outside} of {len(values)} values of '{column}' are outside '{key}' and do not show"
        yield Problem(message=message, path=(*panel.path, "axes", key))


def _ticks(panel: Panel, x: Sequence[Level], labels: Labels) -> tuple[tuple[str, ...], ...]:
    if not panel.tick_columns or panel.x is None:
        return ()
    reference = Reference(name=panel.tick_columns[0])
    texts: dict[Scalar, dict[str, None]] = {level.value: {} for level in x}
    for row in panel.rows:
        if row[0] is not None and row[-1] is not None:
            slot = texts.get(panel.x.level(row[0], labels))
            if slot is not None:
                slot[reference.text(reference.level(row[-1], labels), labels)] = None
    return tuple(tuple(found) for found in texts.values())


def _draw(
    asset: FigureAsset, panels: Sequence[Panel], data: Sequence[PanelData], size: Size, theme: Theme
) -> tuple[Canvas, tuple[Problem, ...]]:
    from matplotlib.figure import Figure as Canvas

    from paperkit.figures.renderer import DPI, MeasuringRenderer, mark_alignments

    canvas = Canvas(figsize=(to_inches(size.width), to_inches(size.height)), dpi=DPI)
    canvas.patch.set_visible(False)
    renderer = MeasuringRenderer(theme, asset.path, tuple(float(side) * DPI for side in canvas.get_size_inches()))
    drawn: list[Axes] = []
    for index, (panel, found) in enumerate(zip(panels, data, strict=True)):
        # Until the layout is solved all panels fill the figure; labels keep them apart.
        axes = canvas.add_axes((0, 0, 1, 1), label=str(index), gid=f"panel {index + 1}: {panel.y}")
        axes.patch.set_visible(False)
        panel.mark.draw(axes, found, seed=f"{asset.name}/{index}")
        set_up(axes, panel.spec, found, is_horizontal=panel.is_horizontal, counts=panel.mark.counts, path=panel.path)
        drawn.append(axes)
    notices = _lay_out(asset, canvas, drawn, _entries(panels, data), renderer)
    mark_alignments(canvas)
    return canvas, (*notices, *_too_many(asset, drawn), *_estimates(asset, renderer))


def _entries(panels: Sequence[Panel], data: Sequence[PanelData]) -> Entries:
    """Return what the legend lists: every text once for each of its colours."""
    found: dict[tuple[str, Rgb | None], Artist] = {}
    for panel, encoded in zip(panels, data, strict=True):
        handles = panel.mark.handles(encoded) if encoded.hue else ()
        for level, handle in zip(encoded.hue, handles, strict=True):
            found.setdefault((level.text, level.color), handle)
    return Entries(handles=tuple(found.values()), texts=tuple(text for text, _ in found))


def _has_legend(asset: FigureAsset, entries: Entries) -> bool:
    """Tell whether there is a legend.

    One entry tells nothing apart, and the ticks may say the same already: then only if the manifest asks for one.
    """
    spec = asset.spec
    if not entries.handles or spec.legend.loc == "none":
        return False
    told = all(panel.hue in (None, panel.x) and panel.axes.xticks is None for panel in spec.panel)
    return "legend" in spec.model_fields_set or (len(entries.handles) > 1 and not told)


def _lay_out(
    asset: FigureAsset, canvas: Canvas, axes: Sequence[Axes], entries: Entries, renderer: MeasuringRenderer
) -> tuple[Problem, ...]:
    grid = make_grid(asset.spec.panels, len(axes), path=(*asset.path, "panels"))
    if not _has_legend(asset, entries):
        _place(asset, axes, grid, whole(renderer), renderer)
        return ()
    placed = add_legend(canvas, asset.spec.legend, entries, renderer, path=asset.path)
    place_legend(placed, _place(asset, axes, grid, placed.rest, renderer), renderer)
    return placed.notices


def _place(asset: FigureAsset, axes: Sequence[Axes], grid: Grid, area: Box, renderer: MeasuringRenderer) -> Box:
    """Place the panels, with the tick labels of x in smaller LaTeX sizes as long as they nearly touch."""
    from paperkit.figures.ticks import share_baseline

    share_baseline(axes, renderer)
    spanned = place_panels(axes, grid, area, renderer, path=asset.path)
    for size in renderer.theme.smaller_tick_sizes:
        if all(_gap(panel, renderer) >= _TICK_GAP for panel in axes):
            break
        for panel in axes:
            panel.tick_params(axis="x", labelsize=size * POINTS_PER_TEX_POINT)
        share_baseline(axes, renderer)
        spanned = place_panels(axes, grid, area, renderer, path=asset.path)
    return spanned


def _gap(panel: Axes, renderer: MeasuringRenderer) -> float:
    """Return the smallest gap between neighbouring tick labels of x, in PDF points; negative if they overlap."""
    boxes = [label.get_window_extent(renderer) for label in panel.get_xticklabels() if label.get_text()]
    return float(min((after.x0 - before.x1 for before, after in pairwise(boxes)), default=math.inf))


def _too_many(asset: FigureAsset, axes: Sequence[Axes]) -> Iterator[Problem]:
    lines: list[Any] = [line for panel in axes for line in panel.lines]
    points = sum(len(line.get_xdata()) for line in lines if line.get_marker() not in ("", " ", None, "None"))
    if "pgf" in asset.spec.formats and points > _MANY_POINTS:
        yield Problem(
            message=f"{points} points in a PGF figure: TeX is slow with them, and has no memory for 20000",
            path=(*asset.path, "formats"),
            hint="formats = ['hybrid'] is set by the paper's TeX as well; or ['pdf']",
        )


def _estimates(asset: FigureAsset, renderer: MeasuringRenderer) -> tuple[Problem, ...]:
    return tuple(Problem(message=note, path=asset.path) for note in renderer.notes)
