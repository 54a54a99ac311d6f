"""Heads and stubs: the printed labels of rows, columns and spanners, with units, arrows and marks of notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Scalar
from paperkit.manifest.tables import Direction, TableSpec
from paperkit.tables.grid import CELLS, Grid, Key
from paperkit.tables.looks import Looks
from paperkit.tables.model import ColumnLabel
from paperkit.tables.printer import Printer, value_label
from paperkit.tex.text import Tex

_BLANK = ColumnLabel(lines=(Tex(""),), plain="")
_ARROWS: Mapping[Direction, tuple[Tex, str]] = {
    "higher": (Tex(r"$\uparrow$"), "↑"),
    "lower": (Tex(r"$\downarrow$"), "↓"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Added:
    """The heads of a column of a summary: its label, and below it that of the one metric it is of, if it says so.

    Neighbours of one `run` share their label. `is_grouped` tells that the column stands under the outermost spanner
    of the one before it.
    """

    label: ColumnLabel
    metric: ColumnLabel | None = None
    unit: ColumnLabel = _BLANK
    run: tuple[int, int] = (0, 0)
    is_grouped: bool = False


class Heads:
    """Makes the labels of one table; each value of a variable has one, wherever it stands.

    `noted` are the notes that the labels made so far refer to.
    """

    def __init__(self, grid: Grid, looks: Looks, spec: TableSpec, labels: Labels, printer: Printer) -> None:
        self.grid = grid
        self.looks = looks
        self._spec = spec
        self._labels = labels
        self.printer = printer
        self._marks = frozenset(spec.notes) if isinstance(spec.notes, dict) else frozenset()
        self._made: dict[tuple[str, str], ColumnLabel] = {}
        self.noted: set[str] = set()

    def label(self, reference: str, value: Scalar) -> ColumnLabel:
        """Return the label of one value of a row or column variable, with what belongs behind it."""
        place = (reference, str(value))
        if place not in self._made:
            self._made[place] = self._complete(reference, value)
        return self._made[place]

    def metric_label(self, metric: str, *, has_unit: bool, has_arrow: bool) -> ColumnLabel:
        """Return the label of a metric for a number computed from it, which may have another unit or direction."""
        if has_unit and has_arrow:
            return self.label(CELLS, metric)
        return self._complete(CELLS, metric, has_unit=has_unit, has_arrow=has_arrow)

    def levels(self, added: Mapping[int, Added]) -> tuple[tuple[ColumnLabel, ...], ...]:
        """Return the levels of column labels, outermost first; neighbours under one spanner share it.

        `added` gives the heads of each column, counted from 0 among all columns, that is no column of the grid.
        """
        count = len(self.grid.column_keys) + len(added)
        keys = iter(self.grid.column_keys)
        columns = [None if place in added else next(keys) for place in range(count)]
        innermost = len(self.grid.column_references) - 1
        outer = list(columns)
        for place in sorted(place for place, own in added.items() if own.is_grouped):
            outer[place] = outer[place - 1]
        return tuple(
            self._level(level, columns if level or not innermost else outer, added, innermost)
            for level in range(innermost + 1)
        )

    def units(self, columns: Sequence[int | None], added: Mapping[int, Added]) -> tuple[ColumnLabel, ...]:
        """Return the row of units, one label for each column, or nothing if no column has a unit.

        `columns` are those of the grid, None for one that is added.
        """
        if self._spec.units != "row":
            return ()
        found = [
            added[place].unit if column is None else self._unit_of(self.grid.column_keys[column])
            for place, column in enumerate(columns)
        ]
        if not any(unit.plain for unit in found):
            return ()
        return tuple(found)

    def unit_label(self, reference: str, value: Scalar) -> ColumnLabel:
        """Return the unit of a value in a row of units; it is blank if there is none."""
        column = reference.partition(".")[0]
        unit = self._attribute(column, value, "unit")
        return self.printer.label(f"({unit})", ("labels", column, str(value), "unit")) if unit else _BLANK

    def unit(self, metric: str) -> str:
        """Return the unit of a metric, or an empty text."""
        return self._attribute(CELLS, metric, "unit")

    def _unit_of(self, key: Key) -> ColumnLabel:
        found = map(self.unit_label, reversed(self.grid.column_references), reversed(key))
        return next((unit for unit in found if unit is not _BLANK), _BLANK)

    def _level(
        self, level: int, columns: Sequence[Key | None], added: Mapping[int, Added], innermost: int
    ) -> tuple[ColumnLabel, ...]:
        # A spanner ends where its own value or that of a spanner above it changes.
        merges = level < innermost
        prefixes: list[object] = []
        for place, key in enumerate(columns):
            own = added.get(place)
            if key is not None:
                prefixes.append((None if merges else place, key[: level + 1]))
            else:
                prefixes.append(own.run if merges and own and own.metric else place)
        found = []
        start = 0
        for _, run in groupby(prefixes):
            span = len(list(run))
            found.append(self._spanner(level, columns[start], added.get(start), span, innermost))
            start += span
        return tuple(found)

    def _spanner(self, level: int, key: Key | None, own: Added | None, span: int, innermost: int) -> ColumnLabel:
        if key is not None:
            label = self.label(self.grid.column_references[level], key[level])
            return label if span == label.span else replace(label, span=span)
        if own is not None and own.metric is not None and level == innermost:
            return own.metric
        if own is not None and level == innermost - (own.metric is not None):
            return replace(own.label, span=span)
        return replace(_BLANK, span=span)

    def _complete(self, reference: str, value: Scalar, *, has_unit: bool = True, has_arrow: bool = True) -> ColumnLabel:
        label = value_label(reference, value, self._labels, self.printer)
        column = reference.partition(".")[0]
        if column != CELLS and str(value) not in self._labels.columns.get(column, {}):
            # As most rows of large tables are.
            return label
        tails: list[tuple[Tex, str]] = []
        unit = self._attribute(column, value, "unit") if has_unit else ""
        if unit and (self._spec.units == "label" or (self._spec.units == "row" and self.grid.is_row_variable(column))):
            path = ("labels", column, str(value), "unit")
            tails.append((Tex(rf"\,{self.printer.manifest(f'({unit})', path)}"), f" ({unit})"))
        direction = self._direction(column, value) if self._spec.arrows and has_arrow else None
        if direction is not None:
            arrow, plain = _ARROWS[direction]
            tails.append((Tex(rf"\,{arrow}"), f" {plain}"))
        note = self._attribute(column, value, "note")
        if note and note in self._marks:
            self.noted.add(note)
            tails.append((mark(note, self.printer), note))
        if not tails:
            return label
        *above, last = label.lines
        return replace(
            label,
            lines=(*above, Tex(last + "".join(tail for tail, _ in tails))),
            plain=label.plain + "".join(plain for _, plain in tails),
        )

    def _attribute(self, column: str, value: Scalar, name: str) -> str:
        label = self._labels.columns.get(column, {}).get(str(value))
        found = None if label is None else label.attributes().get(name)
        return "" if found is None else str(found)

    def _direction(self, column: str, value: Scalar) -> Direction | None:
        stated = self._attribute(column, value, "direction")
        if stated:
            return "lower" if stated == "lower" else "higher"
        if column != CELLS or len(self.grid.metrics) == 1:
            return None
        # What the table or an override says of a whole metric.
        grid = self.grid
        found = {
            look.direction
            for row, line in enumerate(self.looks)
            for place, look in enumerate(line)
            if grid.metric(row, place) == value
        }
        return found.pop() if len(found) == 1 else None


def mark(note: str, printer: Printer) -> Tex:
    """Return the mark of a note, raised."""
    return Tex(rf"\textsuperscript{{{printer.manifest(note, (*printer.path, 'notes'))}}}")
