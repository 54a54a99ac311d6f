"""Static checks of a figure: what can be said without its data, and without matplotlib."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from paperkit.errors import ManifestPath, PaperkitError, Problem, did_you_mean
from paperkit.figures.axes import line_problems
from paperkit.figures.layout import grid_problems
from paperkit.figures.marks import encoding_problems, mark_names, mark_problems
from paperkit.figures.size import size_problems
from paperkit.manifest.expressions import parse
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FigureAsset, PanelSpec
from paperkit.style import palette
from paperkit.style.venue import Venue, load_venue

# What a document can show; the other formats are for the screen.
_SHOWN = ("pdf", "pgf", "hybrid")


def problems(asset: FigureAsset, labels: Labels, venue: Venue | None = None) -> tuple[Problem, ...]:
    """Return all that is wrong with the entry of a figure, which without `venue` is one of `article`."""
    return tuple(dict.fromkeys(_problems(asset, labels, venue or load_venue("article"))))


def _problems(asset: FigureAsset, labels: Labels, venue: Venue) -> Iterator[Problem]:
    spec = asset.spec
    yield from size_problems(asset, venue)
    yield from _format_problems(asset)
    yield from grid_problems(spec.panels, len(spec.panel), path=(*asset.path, "panels"))
    if spec.palette is not None:
        yield from _palette_problems(asset, labels)
    for index, panel in enumerate(spec.panel):
        yield from _panel_problems(panel, labels, (*asset.path, "panel", index))


def _format_problems(asset: FigureAsset) -> Iterator[Problem]:
    first, *others = asset.spec.formats
    if first not in _SHOWN:
        front = next((form for form in others if form in _SHOWN), "pdf")
        order = ", ".join(f"'{form}'" for form in dict.fromkeys((front, *asset.spec.formats)))
        yield Problem(
            message=f"LaTeX cannot show '{first}', the first format",
            path=(*asset.path, "formats"),
            hint=f"{', '.join(_SHOWN[:-1])} or {_SHOWN[-1]} comes first: formats = [{order}]",
        )


def _palette_problems(asset: FigureAsset, labels: Labels) -> Iterator[Problem]:
    spec, path = asset.spec.palette, (*asset.path, "palette")
    if spec is None:
        return
    yield from palette.problems(spec.colors, path=(*path, "colors"))
    hues = [panel.hue for panel in asset.spec.panel if panel.hue is not None]
    if spec.hue is not None:
        yield from _reference_problems(spec.hue, labels, (*path, "hue"))
        if spec.hue not in hues:
            close = did_you_mean(spec.hue, hues)
            yield Problem(message=f"no panel has the hue '{spec.hue}'{close}", path=(*path, "hue"))


def _panel_problems(panel: PanelSpec, labels: Labels, path: ManifestPath) -> Iterator[Problem]:
    yield from mark_problems(panel.mark, panel.options, path=path)
    if panel.mark in mark_names():
        yield from encoding_problems(panel, path=path)
    if panel.where is not None:
        yield from _expression_problems(panel.where, (*path, "where"))
    references = {"x": panel.x, "hue": panel.hue}
    for key, reference in references.items():
        if reference is not None:
            yield from _reference_problems(reference, labels, (*path, key))
    if panel.hue is not None:
        for value, color in labels.attribute_map(panel.hue, "color").items():
            yield from _color_problems(str(color), ("labels", panel.hue, value, "color"))
    if isinstance(panel.axes.xticklabels, str):
        yield from _reference_problems(panel.axes.xticklabels, labels, (*path, "axes", "xticklabels"))
    yield from line_problems(panel, path=path)


def _color_problems(color: str, path: ManifestPath) -> Iterator[Problem]:
    for problem in palette.problems([color]):
        yield replace(problem, path=path)


def _expression_problems(text: str, path: ManifestPath) -> Iterator[Problem]:
    try:
        parse(text)
    except PaperkitError as error:
        for problem in error.problems:
            yield problem.under(path)


def _reference_problems(reference: str, labels: Labels, path: ManifestPath) -> Iterator[Problem]:
    column, dot, attribute = reference.partition(".")
    if not dot or attribute == "label":
        return
    values = labels.columns.get(column)
    if values is None:
        yield Problem(
            message=f"no [labels.{column}] to take '{attribute}' from{did_you_mean(column, labels.columns)}", path=path
        )
        return
    known = dict.fromkeys(key for label in values.values() for key in label.attributes())
    if attribute not in known:
        close = did_you_mean(attribute, known)
        hint = None if close else f"attributes of [labels.{column}]: {', '.join(sorted(known))}"
        yield Problem(message=f"no value of '{column}' has an attribute '{attribute}'{close}", path=path, hint=hint)
