"""Titles of colour bars: what each of them measures, where a table has several or shades only some of its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Scalar
from paperkit.manifest.tables import Shade
from paperkit.tables.grid import CELLS, Grid
from paperkit.tables.model import ColorBar
from paperkit.tables.printer import Printer, value_label
from paperkit.tex.text import Tex, join

# A title that names more values than this is none.
_NAMED = 3

_Named = tuple[str, Scalar]
"""A reference of the table, and one of its values."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BarOf:
    """A colour bar, its shade, and the cells, counted row by row, that have its colours."""

    bar: ColorBar
    shade: Shade
    places: Sequence[int]


def titled(bars: Sequence[BarOf], grid: Grid, labels: Labels, printer: Printer) -> tuple[ColorBar, ...]:
    """Return the bars of a table with titles: the labels and units of what tells their cells from the others.

    A bar over all that a table prints has none, unless there are several.
    """
    return tuple(_titled(each, grid, labels, printer, is_alone=len(bars) == 1) for each in bars)


def _titled(each: BarOf, grid: Grid, labels: Labels, printer: Printer, *, is_alone: bool) -> ColorBar:
    named = _named(each, grid, is_alone=is_alone)
    found = [_label(reference, value, labels, printer) for reference, value in named]
    title = join((tex for tex, _ in found), ", ")
    return replace(each.bar, title=title, plain_title=", ".join(plain for _, plain in found))


def _named(each: BarOf, grid: Grid, *, is_alone: bool) -> list[_Named]:
    if each.shade.by is not None:
        return [(CELLS, each.shade.by)]
    columns, rows = grid.column_references, grid.row_references
    references = (*columns, *rows)
    if is_alone:
        # Rows that have no part, such as an oracle's, need no mention: those that have are the table's matter.
        is_chosen = each.shade.where is not None or bool(each.shade.cells)
        references = tuple(name for name in references if is_chosen and (name == CELLS or name == columns[-1]))
    found: list[_Named] = []
    for reference in references:
        own, whole = _values(reference, each.places, grid)
        if len(own) < len(whole) and len(own) <= _NAMED:
            found += [(reference, value) for value in own]
    return found if found or is_alone else [(CELLS, name) for name in _metrics(each.places, grid)]


def _values(reference: str, places: Sequence[int], grid: Grid) -> tuple[tuple[Scalar, ...], set[Scalar]]:
    """Return the values that some cells have of a row or column variable, and those that there are."""
    width = len(grid.column_keys)
    is_row = reference in grid.row_references
    level = (grid.row_references if is_row else grid.column_references).index(reference)
    keys = grid.row_keys if is_row else grid.column_keys
    lines = dict.fromkeys(place // width if is_row else place % width for place in places)
    return tuple(dict.fromkeys(keys[line][level] for line in sorted(lines))), {key[level] for key in keys}


def _metrics(places: Sequence[int], grid: Grid) -> tuple[str, ...]:
    width = len(grid.column_keys)
    found = tuple(dict.fromkeys(grid.metric(*divmod(place, width)) for place in places))
    return found if len(found) <= _NAMED else ()


def _label(reference: str, value: Scalar, labels: Labels, printer: Printer) -> tuple[Tex, str]:
    column, _, attribute = reference.partition(".")
    label = value_label(reference, value, labels, printer)
    tex, plain = join(label.lines, " "), " ".join(label.plain.split("\n"))
    given = labels.columns.get(column, {}).get(str(value))
    unit = None if given is None or attribute else given.attributes().get("unit")
    if not unit:
        return tex, plain
    path = ("labels", column, str(value), "unit")
    return Tex(rf"{tex}\,{printer.manifest(f'({unit})', path)}"), f"{plain} ({unit})"
