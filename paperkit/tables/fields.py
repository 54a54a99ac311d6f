"""Fields: the columns of the frame that a table needs besides its rows, columns and cells."""

from __future__ import annotations

from collections.abc import Iterator

from paperkit.errors import AssetError, ManifestPath, Problem, did_you_mean
from paperkit.manifest.model import TableAsset
from paperkit.tables.grid import Grid
from paperkit.tables.looks import Look, Looks
from paperkit.tables.template import parse_format


def require_fields(asset: TableAsset, grid: Grid, looks: Looks) -> None:
    """Raise an AssetError for every column that a template, stars, shade or emphasis names and the frame lacks."""
    known = grid.frame.columns
    distinct = {look for line in {id(line): line for line in looks}.values() for look in line}
    wanted = dict.fromkeys([*_asset_fields(asset), *(found for look in distinct for found in _look_fields(look, grid))])
    problems = [
        Problem(
            message=f"no column '{name}' in the data '{asset.spec.data}'{did_you_mean(name, known)}",
            path=(*asset.path, *path),
            hint=f"columns: {', '.join(known)}",
        )
        for path, name in sorted(wanted, key=lambda item: (str(item[0]), item[1]))
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


def _look_fields(look: Look, grid: Grid) -> Iterator[tuple[ManifestPath, str]]:
    for text in look.format:
        if "{" in text:
            for name in parse_format(text, grid.metrics[0]).columns:
                yield ("format",), name
    if look.uncertainty is not None:
        yield ("uncertainty",), look.uncertainty
    if look.stars is not None:
        yield ("stars", "by"), look.stars.by
