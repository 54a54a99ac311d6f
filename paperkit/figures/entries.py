"""Entries of the legend: what the marks' hues, the reference lines and the manifest name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paperkit.errors import ManifestPath, PaperkitError, Problem
from paperkit.figures.encode import Encoded
from paperkit.figures.encoding import Level
from paperkit.figures.panel import Layer, Panel
from paperkit.figures.references import labelled
from paperkit.figures.text import literal, marked
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FigureSpec, LegendEntry
from paperkit.style import palette
from paperkit.style.palette import Rgb

if TYPE_CHECKING:
    from matplotlib.artist import Artist


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One line of a legend: its text in matplotlib's convention, its handle, and the heading it stands under.

    A key says what only the legend can say: what a marker, a dash or a size means.
    """

    text: str
    handle: Artist
    heading: str = ""
    is_key: bool = False


def legend_entries(
    spec: FigureSpec, panels: Sequence[Panel], encoded: Sequence[Encoded], labels: Labels
) -> tuple[Entry, ...]:
    """Return what the legend lists: every text once for each of its colours, the lines and bands, what is added."""
    found: dict[tuple[str, Rgb | None], Entry] = {}
    keys = _keys(spec, panels, encoded)
    for panel, data in zip(panels, encoded, strict=True):
        for layer, drawn in zip(panel.layers, data, strict=True):
            handles = layer.mark.handles(drawn) if drawn.hue else ()
            for level, handle in zip(drawn.hue, handles, strict=True):
                heading = _heading(spec, layer, level, labels) or (_title(spec, layer.spec.hue) if keys else "")
                found.setdefault((level.text, level.color), Entry(text=level.text, handle=handle, heading=heading))
    for panel in panels:
        for text, color, handle in labelled(panel):
            found.setdefault((text, color), Entry(text=text, handle=handle))
    return (*found.values(), *keys, *map(_added, spec.legend.entries))


def _keys(spec: FigureSpec, panels: Sequence[Panel], encoded: Sequence[Encoded]) -> tuple[Entry, ...]:
    """Return what markers, dashes and sizes mean, below the names of their columns."""
    found: dict[tuple[str, str], Entry] = {}
    for panel, data in zip(panels, encoded, strict=True):
        for layer, drawn in zip(panel.layers, data, strict=True):
            for key in layer.mark.keys(drawn):
                # Markers alone are told by their names, as colours are.
                is_bare = key.role == "style" and not drawn.hue and layer.spec.size is None
                title = "" if is_bare else _title(spec, getattr(layer.spec, key.role))
                entry = Entry(text=key.text, handle=key.handle, heading=title, is_key=True)
                found.setdefault((title, key.text), entry)
    return tuple(found.values())


def _title(spec: FigureSpec, column: str | None) -> str:
    name = column or ""
    title = spec.legend.titles.get(name)
    return literal(name.rpartition(".")[2]) if title is None else marked(title)


def has_legend(spec: FigureSpec, panels: Sequence[Panel], entries: Sequence[Entry]) -> bool:
    """Tell whether there is a legend.

    One entry tells nothing apart, and the ticks may say the same already: then only if the manifest asks for one.
    """
    if not entries or spec.legend.loc == "none":
        return False
    asked = "legend" in spec.model_fields_set or any(True for panel in panels for _ in labelled(panel))
    layers = [layer for panel in panels for layer in panel.layers]
    told = all(layer.hue in (None, layer.x) and layer.spec.axes.xticks is None for layer in layers)
    return asked or any(entry.is_key for entry in entries) or (len(entries) > 1 and not told)


def entry_problems(spec: FigureSpec, *, path: ManifestPath) -> Iterator[Problem]:
    """Yield what is wrong with the entries that the manifest adds, and with the panel of a legend inside."""
    for index, entry in enumerate(spec.legend.entries):
        yield from palette.color_problems(entry.color, (*path, "entries", index, "color"))
        if entry.marker is not None and not _is_marker(entry.marker):
            message = f"'{entry.marker}' is no marker"
            hint = "matplotlib's letters: o, s, ^, v, D, d, p, h, X, P, *, x, +, ."
            yield Problem(message=message, path=(*path, "entries", index, "marker"), hint=hint)
    if spec.legend.panel > len(spec.panel):
        message = f"there is no panel {spec.legend.panel}: the figure has {len(spec.panel)}"
        yield Problem(message=message, path=(*path, "panel"))


def _is_marker(marker: str) -> bool:
    return marker in tuple("os^v<>Dd8phHXP*x+.,|_1234")


def _heading(spec: FigureSpec, layer: Layer, level: Level, labels: Labels) -> str:
    column, dot, _ = (spec.legend.group or "").partition(".")
    if not dot or layer.spec.hue is None or layer.spec.hue.partition(".")[0] != column:
        return ""
    try:
        text = labels.text(spec.legend.group or "", level.value)
    except PaperkitError:
        # A level without the attribute stands under no heading.
        return ""
    return literal(text)


def _added(entry: LegendEntry) -> Entry:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    color = palette.colors([entry.color])[0]
    if entry.linestyle is None and entry.marker is None:
        return Entry(text=marked(entry.label), handle=Patch(facecolor=color, linewidth=0))
    line = Line2D([], [], color=color, linestyle=entry.linestyle or "none", marker=entry.marker or "none")
    line.set_markersize(2 * line.get_markersize())
    return Entry(text=marked(entry.label), handle=line)
