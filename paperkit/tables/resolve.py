"""Resolve: a table's specification and its frame → the grid of cells that will be printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

from paperkit.errors import Problem, did_you_mean
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Scalar, TableAsset
from paperkit.manifest.references import label_of
from paperkit.manifest.tables import Shade, TableSpec
from paperkit.style.venue import Venue
from paperkit.tables.cells import CellMaker
from paperkit.tables.fields import require_fields
from paperkit.tables.fit import table_parts
from paperkit.tables.grid import Grid, Records, pivot
from paperkit.tables.heads import Heads
from paperkit.tables.ladder import Blocks, fit_table
from paperkit.tables.looks import Looks, attribute_notices, resolve_looks
from paperkit.tables.model import ColumnLabel, Note, Table
from paperkit.tables.numeric import text_notices
from paperkit.tables.printer import Printer
from paperkit.tables.shade import Shading, shade_fills
from paperkit.tables.sheet import Fills, Shader, Sheet, SheetMaker
from paperkit.tables.statistic import statistic_rows
from paperkit.tex.text import lines

# Room around the digits of a shaded cell: the shading of neighbouring rows touches.
SHADED_ARRAYSTRETCH = 1.15


def resolve(
    asset: TableAsset, frame: Records, labels: Labels, venue: Venue, others: Mapping[str, Records] | None = None
) -> Table:
    """Return the table of `asset`: every text, fill and ink, and its predicted width in TeX points.

    `frame` is the frame that the table's `data` names; the table's own `where` is applied here. `others` are the
    frames of its statistics by name.

    Raises:
        AssetError: the frame lacks a column, no row is left, rows share a cell, text is to be shaded or rounded,
            a character cannot be printed, a colormap or an attribute is unknown, a length cannot be read; all
            problems of the stage that failed.
        DataError: the table's `where` does not fit the frame.

    """
    spec = asset.spec
    kept = frame if spec.where is None else frame.where(spec.where, each=asset.each, path=(*asset.path, "where"))
    grid = pivot(asset, kept, labels)
    return resolve_grid(asset, grid, labels, venue, others=others or {}, notices=text_notices(asset, kept))


def resolve_grid(
    asset: TableAsset,
    grid: Grid,
    labels: Labels,
    venue: Venue,
    *,
    others: Mapping[str, Records],
    notices: tuple[Problem, ...] = (),
) -> Table:
    """Return the table of a grid that has been laid out already; see `resolve`."""
    spec = asset.spec
    looks = resolve_looks(asset, grid, labels)
    require_fields(asset, grid, looks, labels)
    printer = Printer(asset.path, grid.frame, venue.encoding)
    shading = _shading(asset, grid, looks, labels, printer)
    statistics = statistic_rows(spec.statistic, others, grid, asset.path, asset.each)
    heads = Heads(grid, looks, spec, labels, printer)
    cells = CellMaker(asset, grid, looks, labels, printer)
    maker = SheetMaker(asset, heads, shading.fills, _shader(labels, asset), cells.rounded)
    sheet = maker.make(statistics)
    alignments, body = cells.rows(sheet)
    levels = heads.levels(sheet.added)
    units = heads.units(sheet.columns, sheet.added)
    stub_heads = _stub_heads(spec, maker.stub_count, printer)
    caption = printer.manifest(" ".join(lines(spec.caption)), (*asset.path, "caption"))
    used = _referred(looks)
    notes = _notes(asset, used, printer)
    idle = _idle_notes(asset, used | heads.noted)
    printer.finish()
    blocks = _blocks(spec, grid, sheet)
    fitted = fit_table(asset, table_parts(stub_heads, levels, units, body), venue, blocks)
    is_shaded = any(fill is not None for line in sheet.lines for fill in line.fills)
    return Table(
        **_stated(asset, venue),
        stub_heads=stub_heads,
        heads=levels,
        alignments=alignments,
        body=body,
        units=units,
        notes=notes,
        bars=shading.bars,
        caption=caption,
        fontsize=fitted.fontsize,
        tabcolsep=fitted.tabcolsep,
        arraystretch=spec.arraystretch or (SHADED_ARRAYSTRETCH if is_shaded else None),
        rotate=fitted.rotate,
        scale=fitted.scale,
        width=fitted.width,
        blocks=tuple(blocks) if len(blocks) > 1 else (),
        notices=(*notices, *attribute_notices(grid, labels), *idle, *shading.notices, *sheet.notices, *fitted.notices),
    )


def _shader(labels: Labels, asset: TableAsset) -> Shader:
    def shader(part: Grid, own: Looks, shades: tuple[Shade, ...]) -> Fills:
        return shade_fills(part, own, shades, labels, asset.path).fills

    return shader


def _stated(asset: TableAsset, venue: Venue) -> dict[str, Any]:
    """Return the fields of a table that its entry says as they are."""
    spec = asset.spec
    return {
        "name": asset.name,
        "form": spec.form,
        "placement": spec.placement or "",
        "is_caption_above": venue.table_caption == "above",
        "caption_plain": spec.caption,
        "label": label_of(asset),
        "alt": spec.alt,
        "decorations": {"best": spec.emphasis.best, "second": spec.emphasis.second} if spec.emphasis else {},
    }


def _shading(asset: TableAsset, grid: Grid, looks: Looks, labels: Labels, printer: Printer) -> Shading:
    shade = asset.spec.shade
    if not shade:
        blank = (None,) * len(grid.column_keys)
        return Shading(fills=(blank,) * len(grid.row_keys), bars=())
    return shade_fills(
        grid, looks, shade if isinstance(shade, tuple) else (shade,), labels, asset.path, printer=printer
    )


def _stub_heads(spec: TableSpec, count: int, printer: Printer) -> tuple[ColumnLabel, ...]:
    texts = (spec.stubhead,) if isinstance(spec.stubhead, str) else spec.stubhead
    # A single text stands above the innermost labels.
    padded = (*("",) * (count - len(texts)), *texts)[:count]
    return tuple(printer.label(text, (*printer.path, "stubhead")) for text in padded)


def _referred(looks: Looks) -> set[str]:
    """Return the notes that cells refer to."""
    return {look.note for line in {id(line): line for line in looks}.values() for look in line if look.note}


def _idle_notes(asset: TableAsset, used: set[str]) -> tuple[Problem, ...]:
    notes = asset.spec.notes
    return tuple(
        Problem(
            message=f"nothing refers to the note '{mark}'",
            path=(*asset.path, "notes", mark),
            hint=f"note = '{mark}' in a label or an override; notes = ['…'] prints texts without marks",
        )
        for mark in (notes if isinstance(notes, dict) else ())
        # An empty mark is a note that stands for itself.
        if mark and mark not in used
    )


def _notes(asset: TableAsset, used: set[str], printer: Printer) -> tuple[Note, ...]:
    notes = asset.spec.notes
    marked = dict(notes) if isinstance(notes, dict) else {}
    for name in sorted(used - set(marked)):
        message = f"there is no note '{name}'{did_you_mean(name, marked)}"
        hint = f"notes = {{ {name} = '…' }}"
        printer.add(Problem(message=message, path=(*asset.path, "override"), hint=hint))
    texts = [("", text) for text in notes] if isinstance(notes, tuple) else list(marked.items())
    return tuple(
        Note(
            mark=mark,
            raised=printer.manifest(mark, (*asset.path, "notes")),
            text=printer.manifest(" ".join(lines(text)), (*asset.path, "notes")),
            plain=text,
        )
        for mark, text in texts
    )


def _blocks(spec: TableSpec, grid: Grid, sheet: Sheet) -> Blocks:
    """Return the columns of each table of a split one: about equally many, parted between two spanners if possible."""
    count = len(sheet.columns)
    parts = min(spec.split or 1, count)
    keys: list[Scalar | None] = []
    for place, column in enumerate(sheet.columns):
        own = None if column is None else grid.column_keys[column][0]
        keys.append(keys[-1] if column is None and sheet.added[place].is_grouped else own)
    starts = [0]
    for _, run in groupby(keys):
        starts.append(starts[-1] + len(list(run)))
    candidates = starts[1:-1] if len(starts) - 2 >= parts - 1 else list(range(1, count))
    cuts = _nearest(candidates, [count * part / parts for part in range(1, parts)])
    edges = [0, *cuts, count]
    return tuple((low, high - 1) for low, high in pairwise(edges))


def _nearest(candidates: Sequence[int], wanted: Sequence[float]) -> list[int]:
    cuts: list[int] = []
    left = sorted(candidates)
    for number, place in enumerate(wanted):
        # Enough must stay for the cuts that follow.
        usable = left[: len(left) - (len(wanted) - number - 1)]
        cuts.append(min(usable, key=lambda candidate: abs(candidate - place)))
        left = [candidate for candidate in left if candidate > cuts[-1]]
    return cuts
