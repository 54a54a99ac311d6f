"""Resolve: a table's specification and its frame → the grid of cells that will be printed."""

from __future__ import annotations

from paperkit.errors import AssetError, PaperkitError, Problem
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FontSize, TableAsset, TableSpec
from paperkit.style.venue import Venue
from paperkit.tables.body import resolve_body
from paperkit.tables.fit import LEAST_TABCOLSEP, Layout, table_layout, table_type
from paperkit.tables.grid import Records, pivot
from paperkit.tables.heads import Printer, head_levels
from paperkit.tables.model import ColumnLabel, Table
from paperkit.tables.numeric import text_notices
from paperkit.tables.shade import shade_fills
from paperkit.tex.lengths import parse_length
from paperkit.tex.text import lines

# Room around the digits of a shaded cell: the shading of neighbouring rows touches.
SHADED_ARRAYSTRETCH = 1.15
# TeX complains of lines that stick out by more than \hfuzz.
_HFUZZ = 0.1
_SMALLER: dict[FontSize, FontSize] = {
    "normalsize": "small",
    "small": "footnotesize",
    "footnotesize": "scriptsize",
    "scriptsize": "tiny",
}


def resolve(asset: TableAsset, frame: Records, labels: Labels, venue: Venue) -> Table:
    """Return the table of `asset`: every text, fill and ink, and its predicted width in TeX points.

    `frame` is the frame that the table's `data` names; the table's own `where` is applied here.

    Raises:
        AssetError: the frame lacks a column, no row is left, rows share a cell, text is to be shaded or rounded,
            a character cannot be printed, a colormap or an attribute is unknown, a length cannot be read; all
            problems of the stage that failed.
        DataError: the table's `where` does not fit the frame.

    """
    spec = asset.spec
    kept = frame if spec.where is None else frame.where(spec.where, each=asset.each, path=(*asset.path, "where"))
    grid = pivot(asset, kept, labels)
    text = text_notices(asset, kept)
    fills = shade_fills(grid, spec.shade, labels, asset.path) if spec.shade else None
    printer = Printer(asset.path, kept, venue.encoding)
    stub_lines = tuple(printer.manifest(line, (*asset.path, "stubhead")) for line in lines(spec.stubhead))
    stub_head = ColumnLabel(lines=stub_lines, plain=spec.stubhead)
    heads = head_levels(grid, labels, printer)
    alignments, body = resolve_body(grid, spec, labels, printer, fills)
    caption = printer.manifest(" ".join(lines(spec.caption)), (*asset.path, "caption"))
    printer.finish()
    rotate = spec.rotate or 0
    # A solved width holds for one type size only, so that the size is then stated even where it is the usual one.
    fontsize = spec.fontsize if spec.width is None else spec.fontsize or venue.table_size
    kind = table_type(venue, fontsize)
    layout = table_layout(stub_head=stub_head, heads=heads, body=body, rotate=rotate, kind=kind)
    tabcolsep, width, notices = _fit(asset, layout, venue)
    is_shaded = fills is not None and any(fill is not None for line in fills for fill in line)
    return Table(
        name=asset.name,
        stub_head=stub_head,
        heads=heads,
        alignments=alignments,
        body=body,
        caption=caption,
        caption_plain=spec.caption,
        label=spec.label or f"tab:{asset.name}",
        fontsize=fontsize,
        tabcolsep=tabcolsep,
        arraystretch=spec.arraystretch or (SHADED_ARRAYSTRETCH if is_shaded else None),
        rotate=rotate,
        width=width,
        notices=(*text, *notices),
    )


def _fit(asset: TableAsset, layout: Layout, venue: Venue) -> tuple[float | None, float, tuple[Problem, ...]]:
    """Return the column separation to set, the width it gives, and what the author should know."""
    spec = asset.spec
    if spec.width is None:
        tabcolsep = None if spec.tabcolsep is None else _length(spec.tabcolsep, asset, "tabcolsep")
        width = layout.width(venue.tabcolsep if tabcolsep is None else tabcolsep)
        if width <= venue.text_width + _HFUZZ:
            return tabcolsep, width, ()
        message = f"the table is {width:.1f} pt wide, the text of {venue.name} {venue.text_width:.1f} pt"
        hint = f"{_narrower(spec, venue)}, or width = 'textwidth'"
        return tabcolsep, width, (Problem(message=message, path=asset.path, hint=hint),)
    available = available_width(spec.width, venue, asset)
    solved = layout.solve(available)
    if solved >= LEAST_TABCOLSEP:
        return solved, layout.width(solved), ()
    least = layout.width(LEAST_TABCOLSEP)
    message = f"the table needs {least:.1f} pt, and '{spec.width}' is {available:.1f} pt"
    notice = Problem(message=message, path=(*asset.path, "width"), hint=_narrower(spec, venue))
    return LEAST_TABCOLSEP, least, (notice,)


def available_width(width: str, venue: Venue, asset: TableAsset) -> float:
    """Return `width` in TeX points: `textwidth`, `columnwidth` or a length.

    Raises:
        AssetError: it is none of these.

    """
    named = {"textwidth": venue.text_width, "columnwidth": venue.column_width}
    return named[width] if width in named else _length(width, asset, "width")


def _length(text: str, asset: TableAsset, key: str) -> float:
    try:
        return parse_length(text)
    except PaperkitError as error:
        raise AssetError(*(problem.under((*asset.path, key)) for problem in error.problems)) from None


def _narrower(spec: TableSpec, venue: Venue) -> str:
    smaller = _SMALLER.get(spec.fontsize or venue.table_size)
    advice = [] if smaller is None else [f"fontsize = '{smaller}'"]
    advice += [] if spec.rotate else ["rotate = 90"]
    return f"try {', '.join([*advice, 'line breaks in the labels'])}"
