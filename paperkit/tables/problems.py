"""Static checks: what is wrong with a table that can be known without its data."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from paperkit.errors import ManifestPath, PaperkitError, Problem, did_you_mean
from paperkit.manifest.expressions import parse
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Shade, TableAsset
from paperkit.style.colormap import is_colormap, unknown_colormap
from paperkit.tables.grid import CELLS, column_of, column_references, table_variables
from paperkit.tex.lengths import parse_length

_BLOCKS = ("row", "column", "table")
_WIDTHS = ("textwidth", "columnwidth")


def problems(asset: TableAsset, labels: Labels) -> tuple[Problem, ...]:
    """Return everything wrong with the table's own keys: references, shade, lengths, the syntax of `where`."""
    return tuple(problem.under(asset.path) for check in _CHECKS for problem in check(asset, labels))


def _references(asset: TableAsset, labels: Labels) -> Iterator[Problem]:
    spec = asset.spec
    yield from _reference(("rows",), spec.rows, labels)
    for index, reference in enumerate(spec.columns):
        yield from _reference(("columns", index), reference, labels)


def _shade(asset: TableAsset, labels: Labels) -> Iterator[Problem]:
    shade = asset.spec.shade
    if not shade:
        return
    variables = table_variables(asset.spec.rows, column_references(asset.spec))
    for index, name in enumerate(shade.within):
        yield from _within(("shade", "within", index), name, variables, labels)
    yield from _colormap(shade, variables, labels)
    if shade.vmin is not None and shade.vmax is not None and shade.vmin > shade.vmax:
        yield Problem(message=f"vmin {shade.vmin:g} is greater than vmax {shade.vmax:g}", path=("shade", "vmin"))


def _within(path: ManifestPath, name: str, variables: tuple[str, ...], labels: Labels) -> Iterator[Problem]:
    if name in _BLOCKS:
        return
    if column_of(name) not in variables:
        known = (*_BLOCKS, *variables)
        hint = f"one of {', '.join(known)}"
        yield Problem(message=f"unknown block '{name}'{did_you_mean(name, known)}", path=path, hint=hint)
        return
    yield from _reference(path, name, labels)


def _colormap(shade: Shade, variables: tuple[str, ...], labels: Labels) -> Iterator[Problem]:
    path: ManifestPath = ("shade", "colormap")
    column, _, attribute = shade.colormap.partition(".")
    if not attribute:
        if not is_colormap(shade.colormap):
            yield unknown_colormap(shade.colormap).under(path)
        return
    if column in variables:
        yield from _reference(path, shade.colormap, labels)
        for value, name in labels.attribute_map(column, attribute).items():
            if not is_colormap(str(name)):
                found = unknown_colormap(str(name))
                message = f"{found.message} ({column}.{attribute} of '{value}')"
                yield Problem(message=message, path=path, hint=found.hint)
    elif not is_colormap(shade.colormap):
        message = f"'{shade.colormap}': '{column}' gives neither rows nor columns{did_you_mean(column, variables)}"
        yield Problem(message=message, path=path, hint=f"one of {', '.join(variables)}, or a colormap")


def _reference(path: ManifestPath, reference: str, labels: Labels) -> Iterator[Problem]:
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


def _where(asset: TableAsset, _labels: Labels) -> Iterator[Problem]:
    if asset.spec.where is not None:
        yield from _tried(("where",), parse, asset.spec.where)


def _lengths(asset: TableAsset, _labels: Labels) -> Iterator[Problem]:
    spec = asset.spec
    if spec.tabcolsep is not None:
        yield from _tried(("tabcolsep",), _not_negative, spec.tabcolsep)
    if spec.width is not None and spec.width not in _WIDTHS:
        for problem in _tried(("width",), parse_length, spec.width):
            hint = f"{' or '.join(_WIDTHS)}, or a length such as '3.2in'"
            close = did_you_mean(spec.width, _WIDTHS)
            yield Problem(message=f"{problem.message}{close}", path=problem.path, hint=hint)
    if spec.width is not None and spec.tabcolsep is not None:
        message = f"tabcolsep = '{spec.tabcolsep}' has no effect, since width = '{spec.width}' decides it"
        yield Problem(message=message, path=("tabcolsep",), hint="leave out one of the two")


def _not_negative(text: str) -> None:
    if parse_length(text) < 0:
        raise PaperkitError(Problem(message=f"'{text}': columns cannot overlap"))


def _cells(asset: TableAsset, _labels: Labels) -> Iterator[Problem]:
    if not asset.spec.cells:
        yield Problem(message="no column gives the cells", path=("cells",))
    elif CELLS in table_variables(asset.spec.rows, asset.spec.columns) and CELLS in column_references(asset.spec):
        hint = "derive a column of another name"
        yield Problem(message=f"a column cannot be called '{CELLS}' here", path=("columns",), hint=hint)


def _tried(path: ManifestPath, check: Callable[[str], object], text: str) -> Iterator[Problem]:
    try:
        check(text)
    except PaperkitError as error:
        for problem in error.problems:
            yield problem.under(path)


_CHECKS = (_references, _where, _shade, _lengths, _cells)
