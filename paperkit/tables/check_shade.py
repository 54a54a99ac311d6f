"""Static checks of shade and emphasis: what is wrong with them that can be known without data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from paperkit.errors import ManifestPath, PaperkitError, Problem, did_you_mean
from paperkit.manifest.expressions import parse
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import TableAsset
from paperkit.manifest.tables import Emphasis, Shade
from paperkit.style.colormap import colormap_problems
from paperkit.style.palette import LISTED
from paperkit.tables.grid import column_of, table_variables

_BLOCKS = ("row", "column", "table")
_CENTERED = ("centered", "twoslope")
# What a summary cannot use: it is made of cells, not of rows of the frame.
_OF_RECORDS = ("where", "by", "cells", "legend")
_ENDS = 2


def problems(asset: TableAsset, labels: Labels) -> Iterator[Problem]:
    """Yield everything wrong with the shades and the emphasis of a table, as seen from the table."""
    spec = asset.spec
    variables = table_variables(spec)
    shades = spec.shade if isinstance(spec.shade, tuple) else (spec.shade,) if spec.shade else ()
    for index, shade in enumerate(shades):
        path: ManifestPath = ("shade", index) if isinstance(spec.shade, tuple) else ("shade",)
        yield from _under(path, _shade(shade, variables, spec.cells, labels))
        if index + 1 < len(shades) and shade.where is None and not shade.cells:
            hint = "put it at the end, or say by 'where' or 'cells' what it is for"
            yield Problem(message="it fits all cells, so that the shades behind it have none", path=path, hint=hint)
    for index, summary in enumerate(spec.summary):
        if isinstance(summary.shade, Shade):
            found = [*_shade(summary.shade, variables, spec.cells, labels), *_of_records(summary.shade)]
            yield from _under(("summary", index, "shade"), found)
    if spec.emphasis:
        yield from _under(("emphasis",), _emphasis(spec.emphasis, variables, spec.cells, labels))


def reference_problems(path: ManifestPath, reference: str, labels: Labels) -> Iterator[Problem]:
    """Yield what is wrong with the attribute of a reference `COLUMN.ATTRIBUTE` that stands at `path`."""
    column, _, attribute = reference.partition(".")
    if not attribute or attribute == "label":
        return
    values = labels.columns.get(column)
    if values is None:
        close = did_you_mean(column, labels.columns)
        yield Problem(message=f"no [labels.{column}] to take '{attribute}' from{close}", path=path)
        return
    known = sorted({name for label in values.values() for name in label.attributes()})
    if attribute not in known:
        close = did_you_mean(attribute, known)
        hint = f"attributes: {', '.join(known)}"
        yield Problem(message=f"no label of '{column}' has an attribute '{attribute}'{close}", path=path, hint=hint)


def _under(path: ManifestPath, found: Iterable[Problem]) -> Iterator[Problem]:
    return (problem.under(path) for problem in found)


def _shade(shade: Shade, variables: Sequence[str], metrics: Sequence[str], labels: Labels) -> Iterator[Problem]:
    yield from _within(shade.within, variables, labels)
    yield from _colormap(shade, variables, labels)
    yield from _limits(shade)
    yield from _norm(shade)
    yield from _idle(shade)
    yield from _metrics(shade.cells, metrics)
    for key, text in (("where", shade.where), ("vcenter", shade.vcenter)):
        if isinstance(text, str):
            yield from _expression((key,), text)


def _emphasis(
    emphasis: Emphasis, variables: Sequence[str], metrics: Sequence[str], labels: Labels
) -> Iterator[Problem]:
    yield from _within(emphasis.within, variables, labels)
    yield from _metrics(emphasis.cells, metrics)
    if len(emphasis.interval) > _ENDS:
        message = f"an interval is one column, its half width, or two, its ends, not {len(emphasis.interval)}"
        yield Problem(message=message, path=("interval",))
    if "alpha" in emphasis.model_fields_set and emphasis.p is None:
        hint = "p = 'COLUMN', with the p-values"
        yield Problem(message=f"alpha = {emphasis.alpha:g} has no effect without p", path=("alpha",), hint=hint)
    if emphasis.by is not None:
        for key in ("interval", "p"):
            if getattr(emphasis, key):
                yield _no_effect(key, emphasis, f"by = '{emphasis.by}' tells what is best")


def _within(names: Sequence[str], variables: Sequence[str], labels: Labels) -> Iterator[Problem]:
    known = (*_BLOCKS, *variables)
    for index, name in enumerate(names):
        path = ("within", index)
        if name in _BLOCKS:
            continue
        if column_of(name) not in variables:
            hint = f"one of {', '.join(known)}"
            yield Problem(message=f"unknown block '{name}'{did_you_mean(name, known)}", path=path, hint=hint)
        else:
            yield from reference_problems(path, name, labels)


def _colormap(shade: Shade, variables: Sequence[str], labels: Labels) -> Iterator[Problem]:
    path: ManifestPath = ("colormap",)
    colormap = shade.colormap
    column, _, attribute = colormap.partition(".") if isinstance(colormap, str) else ("", "", "")
    wrong = colormap_problems(colormap)
    if isinstance(colormap, str) and attribute and column in variables:
        yield from _by_label(path, colormap, labels)
    elif attribute and wrong:
        message = f"'{colormap}': '{column}' gives neither rows nor columns{did_you_mean(column, variables)}"
        yield Problem(message=message, path=path, hint=f"one of {', '.join(variables)}, or a colormap")
    else:
        yield from _under(path, wrong)
    count = LISTED.get(colormap.removesuffix("_r")) if isinstance(colormap, str) else None
    for key, wanted in (("levels", shade.levels), ("boundaries", len(shade.boundaries) - 1)):
        if count is not None and wanted is not None and wanted > count:
            message = f"{wanted} colours are needed, '{colormap}' has {count}"
            yield Problem(message=message, path=(key,), hint="a continuous colormap such as 'viridis' has 256")


def _by_label(path: ManifestPath, reference: str, labels: Labels) -> Iterator[Problem]:
    yield from reference_problems(path, reference, labels)
    column, _, attribute = reference.partition(".")
    for value, name in labels.attribute_map(column, attribute).items():
        for found in colormap_problems(str(name)):
            message = f"{found.message} ({column}.{attribute} of '{value}')"
            yield Problem(message=message, path=path, hint=found.hint)


def _limits(shade: Shade) -> Iterator[Problem]:
    if shade.vmin is not None and shade.vmax is not None and shade.vmin > shade.vmax:
        yield Problem(message=f"vmin {shade.vmin:g} is greater than vmax {shade.vmax:g}", path=("vmin",))
    if shade.percentiles is not None:
        hint = "such as [5, 95]"
        yield from _ordered("percentiles", shade.percentiles, 100, hint)
    if shade.part is not None:
        hint = "such as [0.1, 0.8]; a name with _r, such as 'Blues_r', is the colormap the other way round"
        yield from _ordered("part", shade.part, 1, hint)
    if len(shade.boundaries) == 1:
        hint = f"with what is below and above it, such as [0, {shade.boundaries[0]:g}, 1]"
        yield Problem(message="one boundary has nothing between", path=("boundaries",), hint=hint)
    for one, other in pairwise(shade.boundaries):
        if one >= other:
            yield Problem(message=f"boundaries must increase, {other:g} follows {one:g}", path=("boundaries",))


def _ordered(key: str, ends: tuple[float, float], greatest: float, hint: str) -> Iterator[Problem]:
    low, high = ends
    if not low < high <= greatest:
        message = f"[{low:g}, {high:g}] must increase, from 0 or more to {greatest:g} or less"
        yield Problem(message=message, path=(key,), hint=hint)


def _norm(shade: Shade) -> Iterator[Problem]:
    if shade.boundaries:
        return
    if shade.norm == "symlog" and shade.linthresh is None:
        hint = "such as linthresh = 1: from -1 to 1 the norm is linear"
        yield Problem(message="norm = 'symlog' needs linthresh", path=("norm",), hint=hint)
    if shade.norm == "log":
        for key, limit in (("vmin", shade.vmin), ("vmax", shade.vmax)):
            if limit is not None and limit <= 0:
                hint = "leave it out, or norm = 'symlog'"
                yield Problem(message=f"{limit:g} has no logarithm", path=(key,), hint=hint)
    if shade.norm == "twoslope" and not isinstance(shade.vcenter, str):
        center = shade.vcenter or 0.0
        low, high = shade.vmin, shade.vmax
        if (low is not None and low >= center) or (high is not None and high <= center):
            shown = ", ".join(f"{key} {limit:g}" for key, limit in (("vmin", low), ("vmax", high)) if limit is not None)
            message = f"vcenter {center:g} must lie between vmin and vmax, here {shown}"
            yield Problem(message=message, path=("vcenter",) if shade.vcenter is not None else ("norm",))


def _idle(shade: Shade) -> Iterator[Problem]:
    """Yield every key that has no effect beside the others."""
    if shade.boundaries:
        reason = "boundaries tell where colours change"
        keys = ("vmin", "vmax", "vcenter", "linthresh", "percentiles", "levels")
        yield from (_no_effect(key, shade, reason) for key in keys if getattr(shade, key) is not None)
        if shade.norm != "linear":
            yield _no_effect("norm", shade, reason)
        return
    if shade.vcenter is not None and shade.norm not in _CENTERED:
        reason = f"norm = '{shade.norm}' has no centre"
        yield _no_effect("vcenter", shade, reason, hint="norm = 'centered' or 'twoslope'")
    if shade.linthresh is not None and shade.norm != "symlog":
        reason = f"norm = '{shade.norm}' is not linear around zero only"
        yield _no_effect("linthresh", shade, reason, hint="norm = 'symlog'")
    if shade.percentiles is not None and shade.vmin is not None and shade.vmax is not None:
        yield _no_effect("percentiles", shade, "vmin and vmax are the limits")


def _of_records(shade: Shade) -> Iterator[Problem]:
    reason = "a summary is made of cells, not of rows of the data"
    yield from (_no_effect(key, shade, reason, hint="leave it out") for key in _OF_RECORDS if getattr(shade, key))
    if isinstance(shade.vcenter, str):
        yield _no_effect("vcenter", shade, reason, hint="a number")


def _no_effect(key: str, record: Shade | Emphasis, reason: str, hint: str | None = None) -> Problem:
    message = f"{key} = {_written(getattr(record, key))} has no effect, since {reason}"
    return Problem(message=message, path=(key,), hint=hint or "leave out one of the two")


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"{value:g}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_written, value))}]"
    return f'"{value}"' if "'" in str(value) else f"'{value}'"


def _metrics(names: Sequence[str], metrics: Sequence[str]) -> Iterator[Problem]:
    for index, name in enumerate(names):
        if name not in metrics:
            path = ("cells", index) if len(names) > 1 else ("cells",)
            hint = f"one of {', '.join(metrics)}"
            yield Problem(message=f"'{name}' gives no cells{did_you_mean(name, metrics)}", path=path, hint=hint)


def _expression(path: ManifestPath, text: str) -> Iterator[Problem]:
    try:
        parse(text)
    except PaperkitError as error:
        yield from _under(path, error.problems)
