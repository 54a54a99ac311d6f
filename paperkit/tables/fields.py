"""Fields: the columns of the frame that a table needs besides its rows, columns and cells."""

from __future__ import annotations

from collections.abc import Iterator

from paperkit.errors import AssetError, ManifestPath, Problem, did_you_mean
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import TableAsset
from paperkit.manifest.tables import Override, TableStyle
from paperkit.tables.grid import CELLS, Grid
from paperkit.tables.looks import Look, Looks
from paperkit.tables.template import parse_format


def require_fields(asset: TableAsset, grid: Grid, looks: Looks, labels: Labels) -> None:
    """Raise an AssetError for every column that a template, stars, shade or emphasis names and the frame lacks."""
    known = grid.frame.columns
    distinct = {look for line in {id(line): line for line in looks}.values() for look in line}
    used = {name for look in distinct for _, name in _fields_of(look, grid.metrics[0])}
    wanted = [((*asset.path, *path), name) for path, name in _asset_fields(asset)]
    if not used <= set(known):
        wanted += [(path, name) for path, name in _origins(asset, grid, labels) if name in used]
    problems = [
        Problem(
            message=f"no column '{name}' in the data '{asset.spec.data}'{did_you_mean(name, known)}",
            path=path,
            hint=f"columns: {', '.join(known)}",
        )
        for path, name in sorted(dict.fromkeys(wanted), key=lambda item: (str(item[0]), item[1]))
        if name not in known
    ]
    if problems:
        raise AssetError(*problems)


def _asset_fields(asset: TableAsset) -> Iterator[tuple[ManifestPath, str]]:
    shade, emphasis = asset.spec.shade, asset.spec.emphasis
    if isinstance(shade, tuple):
        yield from ((("shade", index, "by"), one.by) for index, one in enumerate(shade) if one.by is not None)
    elif shade and shade.by is not None:
        yield ("shade", "by"), shade.by
    if emphasis:
        for index, name in enumerate(emphasis.interval):
            yield ("emphasis", "interval", index), name
        for key, named in (("p", emphasis.p), ("by", emphasis.by)):
            if named is not None:
                yield ("emphasis", key), named


def _origins(asset: TableAsset, grid: Grid, labels: Labels) -> Iterator[tuple[ManifestPath, str]]:
    """Yield every column that the looks of cells can ask for, with the place in the manifest that names it."""
    metric = grid.metrics[0]
    for path, name in _fields_of(asset.spec, metric):
        yield (*asset.path, *path), name
    for index, override in enumerate(asset.spec.override):
        for path, name in _fields_of(override, metric):
            yield (*asset.path, "override", index, *path), name
    for column in dict.fromkeys((*grid.variables, CELLS)):
        for value, label in labels.columns.get(column, {}).items():
            text = label.attributes().get("format")
            if isinstance(text, str):
                for name in _columns_of(text, metric):
                    yield ("labels", column, value, "format"), name


def _fields_of(given: Look | TableStyle | Override, metric: str) -> Iterator[tuple[ManifestPath, str]]:
    for index, text in enumerate(given.format):
        path: ManifestPath = ("format", index) if len(given.format) > 1 else ("format",)
        for name in _columns_of(text, metric):
            yield path, name
    if given.uncertainty is not None:
        yield ("uncertainty",), given.uncertainty
    if given.stars:
        yield ("stars", "by"), given.stars.by


def _columns_of(text: str, metric: str) -> tuple[str, ...]:
    return parse_format(text, metric).columns if "{" in text else ()
