"""The body: rows of cells, from the values and fills of a grid."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from paperkit.manifest.labels import Labels
from paperkit.manifest.model import TableSpec
from paperkit.tables.format import align, format_plain, format_tex, is_missing, is_number
from paperkit.tables.grid import CELLS, Grid, column_of
from paperkit.tables.heads import Printer, value_label
from paperkit.tables.model import Alignment, Cell, Fill, Row
from paperkit.tables.shade import Fills, cell_ink
from paperkit.tex.text import Tex


def resolve_body(
    grid: Grid, spec: TableSpec, labels: Labels, printer: Printer, fills: Fills | None
) -> tuple[tuple[Alignment, ...], tuple[Row, ...]]:
    """Return the alignment of each column, and the rows; what cannot be printed is left with `printer`."""
    rows = range(len(grid.row_values))
    texts = [[_text(grid, spec, printer, row, place) for place in range(len(grid.column_keys))] for row in rows]
    by_column = list(zip(*texts, strict=True))
    aligned = [align([None if text is None else text[0] for text in column]) for column in by_column]
    missing = _missing(spec, printer)
    body = []
    for row, value in enumerate(grid.row_values):
        label = value_label(grid.row_reference, value, labels, printer)
        line: Sequence[Fill | None] = [None] * len(texts[row]) if fills is None else fills[row]
        cells = tuple(
            missing if text is None else _cell(*text, pads[row], fill)
            for text, (_, pads), fill in zip(texts[row], aligned, line, strict=True)
        )
        body.append(Row(lines=label.lines, plain=label.plain, cells=cells))
    return tuple(alignment for alignment, _ in aligned), tuple(body)


def _text(grid: Grid, spec: TableSpec, printer: Printer, row: int, place: int) -> tuple[str, Tex] | None:
    value: Any = grid.values[row][place]
    if is_missing(value):
        return None
    plain = format_plain(value, spec.precision)
    if is_number(value):
        return plain, format_tex(plain)
    names = [column_of(reference) for reference in (grid.row_reference, *grid.column_references)]
    record = dict(zip(names, (grid.row_values[row], *grid.column_keys[place]), strict=True))
    metric = str(record.get(CELLS, spec.cells))
    return plain, printer.data(partial(printer.escape, plain), metric, record)


def _cell(plain: str, text: Tex, pad: Tex, fill: Fill | None) -> Cell:
    if fill is None:
        return Cell(text=text, plain=plain, pad=pad)
    return Cell(text=text, plain=plain, pad=pad, fill=fill, ink=cell_ink(fill.rgb))


def _missing(spec: TableSpec, printer: Printer) -> Cell:
    mark = spec.missing or ""
    return Cell(
        text=printer.manifest(mark, (*printer.path, "missing")), plain=mark, emphasis="missing" if mark else None
    )
