"""Static checks of a figure: what can be said without its data, and without matplotlib."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from paperkit.errors import AssetError, ManifestPath, PaperkitError, Problem, did_you_mean
from paperkit.figures.entries import entry_problems
from paperkit.figures.grid import grid_problems
from paperkit.figures.marks import Mark, encoding_problems, mark_names, mark_problems, mark_type
from paperkit.figures.panel import layer_specs
from paperkit.figures.references import reference_problems
from paperkit.figures.size import size_problems
from paperkit.manifest.expressions import parse
from paperkit.manifest.figures import is_date_format
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FigureAsset, PanelSpec
from paperkit.style import palette
from paperkit.style.families import family_colors
from paperkit.style.venue import Venue, load_venue

# What a document can show; the other formats are for the screen.
_SHOWN = ("pdf", "pgf", "hybrid", "pgfplots")


def problems(asset: FigureAsset, labels: Labels, venue: Venue | None = None) -> tuple[Problem, ...]:
    """Return all that is wrong with the entry of a figure, which without `venue` is one of `article`."""
    return tuple(dict.fromkeys(_problems(asset, labels, venue or load_venue("article"))))


def _problems(asset: FigureAsset, labels: Labels, venue: Venue) -> Iterator[Problem]:
    spec = asset.spec
    yield from size_problems(asset, venue)
    yield from _format_problems(asset)
    yield from _drawing_problems(asset)
    yield from _pgfplots_problems(asset)
    if spec.palette is not None:
        yield from _palette_problems(asset, labels)
    if not spec.panel:
        return
    entries = sum(panel.inset is None for panel in spec.panel)
    yield from grid_problems(spec.panels, entries, path=(*asset.path, "panels"))
    yield from entry_problems(spec, path=(*asset.path, "legend"))
    for index, panel in enumerate(spec.panel):
        path = (*asset.path, "panel", index)
        for layer, at in layer_specs(panel, path):
            yield from _layer_problems(layer, labels, at)
        yield from _facet_problems(panel, labels, path)
        yield from reference_problems(panel, path=path)
        if panel.inset is not None and (panel.inset.panel > len(spec.panel) or panel.inset.panel == index + 1):
            message = f"there is no other panel {panel.inset.panel}: the figure has {len(spec.panel)}"
            yield Problem(message=message, path=(*path, "inset", "panel"))


def _drawing_problems(asset: FigureAsset) -> Iterator[Problem]:
    """Yield what is wrong with who draws the figure: panels, or a Python function."""
    spec, path = asset.spec, asset.path
    if spec.python is None:
        if not spec.panel:
            hint = "[[figure.NAME.panel]] says what is drawn; or python = 'plots.py:draw'"
            yield Problem(message="key 'panel' is missing", path=path, hint=hint.replace("NAME", asset.name))
        for key in ("params", "inputs"):
            if getattr(spec, key):
                yield Problem(message=f"{key} belongs to python", path=(*path, key), hint='python = "plots.py:draw"')
        return
    if spec.panel:
        message = "a figure has either panels or python, not both"
        yield Problem(message=message, path=(*path, "python"), hint="make two figures of it")
    for key in ("panels", "legend"):
        if key in spec.model_fields_set:
            message = f"'{key}' is for panels: the function draws its own"
            yield Problem(message=message, path=(*path, key))
    if spec.source_data:
        message = "paperkit does not know the numbers that a function draws"
        yield Problem(message=message, path=(*path, "source_data"), hint="let the function write them")


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


def _pgfplots_problems(asset: FigureAsset) -> Iterator[Problem]:
    """Yield what the format pgfplots has no words for."""
    if "pgfplots" not in asset.spec.formats:
        return
    known = [name for name in mark_names() if mark_type(name).plots is not Mark.plots]
    hint = f"it knows {', '.join(known)}; the other formats hold everything: formats = ['hybrid']"
    if asset.spec.python is not None:
        yield Problem(message="pgfplots figures cannot hold what Python draws", path=(*asset.path, "python"), hint=hint)
    for index, panel in enumerate(asset.spec.panel):
        path = (*asset.path, "panel", index)
        for layer, at in layer_specs(panel, path):
            if layer.mark in mark_names() and layer.mark not in known:
                message = f"pgfplots figures cannot hold the mark '{layer.mark}'"
                yield Problem(message=message, path=(*at, "mark"), hint=hint)
        if panel.inset is not None:
            yield Problem(message="pgfplots figures cannot hold an inset", path=(*path, "inset"), hint=hint)


def _palette_problems(asset: FigureAsset, labels: Labels) -> Iterator[Problem]:
    spec, path = asset.spec.palette, (*asset.path, "palette")
    if spec is None:
        return
    yield from palette.problems(spec.colors, path=(*path, "colors"))
    hues = [layer.hue for panel in asset.spec.panel for layer in panel.layers if layer.hue is not None]
    if spec.hue is not None:
        yield from _reference_problems(spec.hue, labels, (*path, "hue"))
        if spec.hue not in hues and asset.spec.python is None:
            close = did_you_mean(spec.hue, hues)
            yield Problem(message=f"no panel has the hue '{spec.hue}'{close}", path=(*path, "hue"))
    if spec.family is not None:
        yield from _family_problems(asset, spec.family, labels, (*path, "family"))
    if (spec.family is None) == (not spec.colors):
        what = "neither 'colors' nor 'family'" if spec.family is None else "both 'colors' and 'family'"
        yield Problem(
            message=f"the palette has {what}",
            path=path,
            hint="it names colours, or an attribute of labels that makes families",
        )


def _family_problems(asset: FigureAsset, family: str, labels: Labels, path: ManifestPath) -> Iterator[Problem]:
    column, dot, attribute = family.partition(".")
    if not dot:
        hint = f"such as '{column}.family', if the values of [labels.{column}] have a 'family'"
        yield Problem(message=f"'{family}' is no attribute of labels", path=path, hint=hint)
        return
    yield from _reference_problems(family, labels, path)
    hues = [panel.hue for entry in asset.spec.panel for panel in entry.layers]
    if not any(hue is not None and hue.partition(".")[0] == column for hue in hues):
        yield Problem(message=f"no panel has a hue of '{column}'", path=path)
    sizes = Counter(str(value) for value in labels.attribute_map(column, attribute).values())
    try:
        family_colors(list(sizes.values()), path=path)
    except AssetError as error:
        yield from error.problems


def _layer_problems(panel: PanelSpec, labels: Labels, path: ManifestPath) -> Iterator[Problem]:
    yield from mark_problems(panel.mark, panel.options, path=path)
    if panel.mark in mark_names():
        yield from encoding_problems(panel, path=path)
    if panel.where is not None:
        yield from _expression_problems(panel.where, (*path, "where"))
    references = {"x": panel.x, "hue": panel.hue, "units": panel.units, "style": panel.style, "label": panel.label}
    for key, reference in references.items():
        if reference is not None:
            yield from _reference_problems(reference, labels, (*path, key))
    if panel.hue is not None:
        for value, color in labels.attribute_map(panel.hue, "color").items():
            yield from palette.color_problems(str(color), ("labels", panel.hue, value, "color"))
    spec = panel.axes.xtickformat
    if spec is not None and is_date_format(spec) != (panel.axes.xscale == "date"):
        kind = "dates: xscale = 'date'" if is_date_format(spec) else "numbers, and this one has dates"
        yield Problem(message=f"'{spec}' is for an axis of {kind}", path=(*path, "axes", "xtickformat"))
    if isinstance(panel.axes.xticklabels, str):
        yield from _reference_problems(panel.axes.xticklabels, labels, (*path, "axes", "xticklabels"))


def _facet_problems(panel: PanelSpec, labels: Labels, path: ManifestPath) -> Iterator[Problem]:
    for side in ("row", "col"):
        reference: str | None = getattr(panel, side)
        if reference is not None:
            yield from _reference_problems(reference, labels, (*path, side))
        elif getattr(panel, f"{side}_order"):
            yield Problem(message=f"'{side}_order' needs '{side}'", path=(*path, f"{side}_order"))
    if panel.col_wrap is not None and (panel.col is None or panel.row is not None):
        message = "'col_wrap' is for panels of 'col' alone"
        yield Problem(message=message, path=(*path, "col_wrap"))
    if panel.inset is not None and (panel.row is not None or panel.col is not None):
        yield Problem(message="an inset is one panel: it has no 'row' or 'col'", path=(*path, "inset"))


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
