"""The grid: a tidy frame pivoted to rows x columns, in the order of the labels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from paperkit.errors import AssetError, ManifestPath, PaperkitError, Place, Problem, did_you_mean, dotted
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Scalar, TableAsset, TableSpec
from paperkit.tables.format import is_missing

CELLS = "cells"
_SHOWN = 3
_DIGITS = re.compile(r"(\d+)")

Key = tuple[Scalar, ...]
Matrix = tuple[tuple[Any, ...], ...]
Block = tuple[tuple[int, ...], tuple[int, ...]]


class Records(Protocol):
    """What a table needs of a frame: its columns, and their rows as plain Python scalars."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        ...

    @property
    def notices(self) -> tuple[Problem, ...]:
        """Return what is worth knowing about how the records came about."""
        ...

    def rows(self, *columns: str) -> tuple[tuple[Any, ...], ...]:
        """Return the values of `columns`, row by row; None is a missing value."""
        ...

    def where(self, expression: str, *, each: Mapping[str, Scalar], path: ManifestPath) -> Records:
        """Return the records for which `expression` holds."""
        ...

    def origin(self, row: int, column: str | None = None) -> Place | None:
        """Return where a row, counted from 0, or its cell in `column`, was read; None for a computed one."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """Values by row and column key, and the other columns of the records that they come from.

    References name the levels of a key, outermost first. Where a table has several metrics, or no `columns`, one
    level is called `cells` and holds the metrics. `places` gives the record of each cell, None where there is none.
    """

    row_references: tuple[str, ...]
    column_references: tuple[str, ...]
    row_keys: tuple[Key, ...]
    column_keys: tuple[Key, ...]
    values: Matrix
    metrics: tuple[str, ...]
    places: tuple[tuple[int | None, ...], ...] = field(repr=False)
    frame: Records = field(repr=False)
    each: Mapping[str, Scalar] = field(default_factory=dict)

    @property
    def variables(self) -> tuple[str, ...]:
        """Return the columns that give the levels of the rows, then those of the columns."""
        return tuple(column_of(reference) for reference in (*self.row_references, *self.column_references))

    def is_row_variable(self, variable: str) -> bool:
        """Tell whether `variable` gives rows; else it gives columns."""
        return variable in map(column_of, self.row_references)

    def values_of(self, variable: str) -> tuple[Scalar, ...]:
        """Return the value of one of the `variables` for each row, or for each column."""
        level = self.variables.index(variable)
        if level < len(self.row_references):
            return tuple(key[level] for key in self.row_keys)
        return tuple(key[level - len(self.row_references)] for key in self.column_keys)

    def metric(self, row: int, column: int) -> str:
        """Return the column of the frame that the value of a cell comes from."""
        if CELLS in self.row_references:
            return str(self.row_keys[row][self.row_references.index(CELLS)])
        if CELLS in self.column_references:
            return str(self.column_keys[column][self.column_references.index(CELLS)])
        return self.metrics[0]

    def key(self, row: int, column: int) -> dict[str, Scalar]:
        """Return variable → value for one cell."""
        return dict(zip(self.variables, (*self.row_keys[row], *self.column_keys[column]), strict=True))

    def field(self, column: str) -> Matrix:
        """Return another column of the records, in the shape of `values`."""
        cells = [value for (value,) in self.frame.rows(column)]
        return tuple(tuple(None if place is None else cells[place] for place in line) for line in self.places)

    def mask(self, where: str | None, cells: Sequence[str], path: ManifestPath) -> tuple[tuple[bool, ...], ...]:
        """Return, in the shape of `values`, which records meet `where` and are of one of the metrics `cells`.

        Raises:
            DataError: the expression does not fit the frame; `path` is where the manifest says it.

        """
        columns = range(len(self.column_keys))
        chosen = [
            [not cells or self.metric(row, column) in cells for column in columns] for row in range(len(self.row_keys))
        ]
        if where is None:
            return tuple(tuple(line) for line in chosen)
        named = tuple(name for name in self.variables if name != CELLS)
        kept = set(self.frame.where(where, each=self.each, path=path).rows(*named))
        records = self.frame.rows(*named)
        return tuple(
            tuple(
                is_chosen and place is not None and records[place] in kept
                for is_chosen, place in zip(line, places, strict=True)
            )
            for line, places in zip(chosen, self.places, strict=True)
        )

    def reference(self, name: str, labels: Labels, path: ManifestPath) -> tuple[bool, tuple[Scalar, ...]]:
        """Return whether a variable, or an attribute of one, belongs to rows, and its values for these or the columns.

        Raises:
            AssetError: a label lacks the attribute; `path` is where the manifest names it.

        """
        column, _, attribute = name.partition(".")
        found = tuple(_attribute(column, value, attribute, labels, path) for value in self.values_of(column))
        return self.is_row_variable(column), found

    def blocks(self, within: Sequence[str], labels: Labels, path: ManifestPath) -> tuple[Block, ...]:
        """Return what shares a block: rows and columns of cells for which all of `within` is the same.

        `row`, `column` and `table` name a block of their own; everything else is a variable of the table, or an
        attribute of one.

        Raises:
            AssetError: a label lacks the attribute that a name asks for.

        """
        rows: list[list[object]] = [[] for _ in self.row_keys]
        columns: list[list[object]] = [[] for _ in self.column_keys]
        for index, name in enumerate(within):
            if name == "table":
                continue
            if name in ("row", "column"):
                for place, part in enumerate(rows if name == "row" else columns):
                    part.append(place)
                continue
            is_row, values = self.reference(name, labels, (*path, index))
            for part, value in zip(rows if is_row else columns, values, strict=True):
                part.append(value)
        grouped_rows, grouped_columns = _alike(rows), _alike(columns)
        return tuple((some, others) for some in grouped_rows for others in grouped_columns)


def _alike(parts: Sequence[Sequence[object]]) -> tuple[tuple[int, ...], ...]:
    groups: dict[tuple[object, ...], list[int]] = {}
    for index, part in enumerate(parts):
        groups.setdefault(tuple(part), []).append(index)
    return tuple(tuple(group) for group in groups.values())


def _attribute(column: str, value: Scalar, attribute: str, labels: Labels, path: ManifestPath) -> Scalar:
    if not attribute:
        return value
    try:
        return labels.attribute(column, value, attribute)
    except PaperkitError as error:
        hint = f"needed by {dotted(path[2:])} = '{column}.{attribute}'"
        raise AssetError(
            *(
                Problem(message=found.message, path=found.path, place=found.place, hint=found.hint or hint)
                for found in error.problems
            )
        ) from None


def column_of(reference: str) -> str:
    """Return the column of a reference `column` or `column.attribute`."""
    return reference.partition(".")[0]


def references(spec: TableSpec) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the levels of the rows and of the columns, that of the metrics included where there is one."""
    rows, columns = spec.rows, spec.columns
    if CELLS not in (*rows, *columns) and (len(spec.cells) > 1 or not columns):
        columns = (*columns, CELLS)
    return (columns, rows) if spec.transpose else (rows, columns)


def table_variables(spec: TableSpec) -> tuple[str, ...]:
    """Return the columns behind all references of a table, the level of the metrics included where there is one."""
    rows, columns = references(spec)
    return tuple(column_of(reference) for reference in (*rows, *columns))


def pivot(asset: TableAsset, frame: Records, labels: Labels) -> Grid:
    """Return the grid of a table; only combinations that occur have a row or a column.

    With `dropna`, combinations of `columns` without any value are left out (as in pandas' `pivot_table`).

    Raises:
        AssetError: a column is not in the frame, no row is left, a row or column has no name, several rows of the
            frame share a cell, or `order` names a value that does not occur.

    """
    spec = asset.spec
    _require_columns(asset, frame)
    rows, columns = _data_references(spec.rows), _data_references(spec.columns)
    row_parts, column_parts = frame.rows(*map(column_of, rows)), frame.rows(*map(column_of, columns))
    index = _index(asset, frame, row_parts, column_parts)
    metrics = {metric: [value for (value,) in frame.rows(metric)] for metric in spec.cells}
    ranked = _Order(asset, labels)
    row_keys = _keys(spec.rows, row_parts, spec, ranked)
    column_keys = _keys(_printed_columns(spec), column_parts, spec, ranked)
    if spec.dropna:
        filled = _filled(index, metrics)
        column_keys = tuple(key for key in column_keys if key[:2] in filled)
    ranked.finish()
    if not column_keys:
        message = f"no value of {', '.join(spec.cells)} is left"
        raise AssetError(Problem(message=message, path=asset.path, hint=_emptied(spec, frame)))
    return _laid_out(asset, frame, (row_keys, column_keys), index, metrics)


_PrintedKey = tuple[Key, str | None, Key]
"""The data part of a key, its metric where it has one, and the whole key as it is printed."""


def _laid_out(
    asset: TableAsset,
    frame: Records,
    keys: tuple[tuple[_PrintedKey, ...], tuple[_PrintedKey, ...]],
    index: Mapping[tuple[Key, Key], int],
    metrics: Mapping[str, Sequence[Any]],
) -> Grid:
    row_keys, column_keys = keys
    single = next(iter(metrics.values()))
    places = [[index.get((row, column)) for column, _, _ in column_keys] for row, _, _ in row_keys]
    values = [
        [
            None if place is None else (metrics[name] if (name := row_metric or metric) else single)[place]
            for place, (_, metric, _) in zip(line, column_keys, strict=True)
        ]
        for line, (_, row_metric, _) in zip(places, row_keys, strict=True)
    ]
    shown = [tuple(key for _, _, key in side) for side in keys]
    if asset.spec.transpose:
        places, values, shown = [list(line) for line in zip(*places, strict=True)], _turned(values), shown[::-1]
    row_references, column_references = references(asset.spec)
    return Grid(
        row_references=row_references,
        column_references=column_references,
        row_keys=shown[0],
        column_keys=shown[1],
        values=tuple(map(tuple, values)),
        metrics=asset.spec.cells,
        places=tuple(map(tuple, places)),
        frame=frame,
        each=asset.each,
    )


def _turned(lines: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [list(line) for line in zip(*lines, strict=True)]


def _data_references(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name != CELLS)


def _printed_columns(spec: TableSpec) -> tuple[str, ...]:
    rows, columns = references(spec)
    return rows if spec.transpose else columns


def _filled(index: Mapping[tuple[Key, Key], int], metrics: Mapping[str, Sequence[Any]]) -> set[tuple[Key, str | None]]:
    filled: set[tuple[Key, str | None]] = set()
    for name, values in metrics.items():
        filled |= {(column, name) for (_, column), place in index.items() if not is_missing(values[place])}
    # Where the metrics are rows, a column stands for all of them.
    return filled | {(column, None) for column, _ in filled}


def _keys(names: Sequence[str], parts: Iterable[Key], spec: TableSpec, order: _Order) -> tuple[_PrintedKey, ...]:
    distinct = tuple(dict.fromkeys(parts))
    if CELLS not in names:
        return tuple((key, None, key) for key in order.sorted(names, distinct))
    level = tuple(names).index(CELLS)
    whole = tuple((*key[:level], metric, *key[level:]) for key in distinct for metric in spec.cells)
    return tuple((key[:level] + key[level + 1 :], str(key[level]), key) for key in order.sorted(names, whole))


class _Order:
    """The order of keys: what `order` says of a variable, else its labels' order, else that of the data."""

    def __init__(self, asset: TableAsset, labels: Labels) -> None:
        self._asset = asset
        self._labels = labels
        self._problems: list[Problem] = []

    def sorted(self, names: Sequence[str], keys: tuple[Key, ...]) -> tuple[Key, ...]:
        ranks = [self._ranks(name, [key[level] for key in keys]) for level, name in enumerate(names)]
        return _nested(keys, ranks)

    def finish(self) -> None:
        """Raise an AssetError for every value of `order` that does not occur."""
        if self._problems:
            raise AssetError(*self._problems)

    def _ranks(self, reference: str, values: Sequence[Scalar]) -> Mapping[Scalar, int]:
        column = column_of(reference)
        wanted = self._asset.spec.order.get(column)
        distinct = list(dict.fromkeys(values))
        if isinstance(wanted, tuple):
            return self._listed(column, wanted, distinct)
        if wanted == "natural":
            distinct.sort(key=natural)
        elif wanted == "sorted":
            distinct.sort(key=_comparable)
        elif wanted == "appearance" or column == CELLS:
            # The manifest lists the metrics of a table in the order of that table.
            return {}
        elif not all(self._labels.is_labelled(reference, value) for value in distinct):
            return {}
        else:
            distinct = list(self._labels.order(reference, distinct))
        return {value: rank for rank, value in enumerate(distinct)}

    def _listed(self, column: str, wanted: Sequence[Scalar], found: Sequence[Scalar]) -> Mapping[Scalar, int]:
        known = {str(value): value for value in found}
        for place, value in enumerate(wanted):
            if str(value) not in known:
                close = did_you_mean(str(value), known)
                hint = None if close else f"values: {', '.join(known)}"
                path = (*self._asset.path, "order", column, place)
                self._problems.append(Problem(message=f"no '{value}' in '{column}'{close}", path=path, hint=hint))
        ranks = {known[str(value)]: rank for rank, value in enumerate(wanted) if str(value) in known}
        return {value: ranks.get(value, len(wanted)) for value in found}


def natural(value: Scalar) -> tuple[tuple[int, float, str], ...]:
    """Return a key that sorts numbers inside texts by their value.

    >>> sorted(["run 10", "run 9"], key=natural)
    ['run 9', 'run 10']
    """
    if isinstance(value, (int, float)):
        return ((0, float(value), ""),)
    parts = _DIGITS.split(str(value))
    return tuple((0, float(part), "") if index % 2 else (1, 0.0, part) for index, part in enumerate(parts) if part)


def _comparable(value: Scalar) -> tuple[int, float, str]:
    return (0, float(value), "") if isinstance(value, (int, float)) else (1, 0.0, str(value))


def _nested(keys: tuple[Key, ...], ranks: Sequence[Mapping[Scalar, int]]) -> tuple[Key, ...]:
    # Level by level, so that values without a rank keep their order of appearance within each outer value.
    if not ranks:
        return keys
    groups: dict[Scalar, list[Key]] = {}
    for key in keys:
        groups.setdefault(key[0], []).append(key[1:])
    ordered = sorted(groups, key=lambda value: ranks[0].get(value, 0))
    return tuple((outer, *rest) for outer in ordered for rest in _nested(tuple(groups[outer]), ranks[1:]))


def _require_columns(asset: TableAsset, frame: Records) -> None:
    spec = asset.spec
    wanted = [
        ((key, index) if len(names) > 1 or key == "columns" else (key,), column_of(name))
        for key, names in (("rows", spec.rows), ("columns", spec.columns), ("cells", spec.cells))
        for index, name in enumerate(names)
        if name != CELLS or key == "cells"
    ]
    problems = [
        Problem(
            message=f"no column '{name}' in the data '{spec.data}'{did_you_mean(name, frame.columns)}",
            path=(*asset.path, *key),
            hint=f"columns: {', '.join(frame.columns)}",
        )
        for key, name in wanted
        if name not in frame.columns
    ]
    if problems:
        raise AssetError(*problems)


def _index(
    asset: TableAsset, frame: Records, row_parts: Sequence[Key], column_parts: Sequence[Key]
) -> dict[tuple[Key, Key], int]:
    spec = asset.spec
    if not row_parts:
        message = f"no row of the data '{spec.data}' is left"
        raise AssetError(Problem(message=message, path=asset.path, hint=_emptied(spec, frame)))
    names = [column_of(name) for name in (*_data_references(spec.rows), *_data_references(spec.columns))]
    _require_names(asset, names, frame)
    index = {key: place for place, key in enumerate(zip(row_parts, column_parts, strict=True))}
    if len(index) < len(row_parts):
        counts = Counter((*row, *column) for row, column in zip(row_parts, column_parts, strict=True))
        is_text = any(isinstance(value, str) for metric in spec.cells for (value,) in frame.rows(metric))
        raise AssetError(_duplicated(asset, names, counts, is_text=is_text))
    return index


def _emptied(spec: TableSpec, frame: Records) -> str | None:
    own = () if spec.where is None else (f'where = "{spec.where}" lets nothing through, or only missing values',)
    return "\n    ".join((*own, *map(str, frame.notices))) or None


def _require_names(asset: TableAsset, named: Sequence[str], frame: Records) -> None:
    cells = {name: frame.rows(name) for name in named}
    counts = {name: sum(is_missing(value) for (value,) in column) for name, column in cells.items()}
    problems = [
        Problem(
            message=f"{count} of {len(cells[name])} rows of the data '{asset.spec.data}' have no '{name}'",
            path=asset.path,
            hint=f'leave them out: where = "not isnull({name})"',
        )
        for name, count in counts.items()
        if count
    ]
    if problems:
        raise AssetError(*problems)


def _duplicated(asset: TableAsset, named: Sequence[str], counts: Counter[tuple[Any, ...]], *, is_text: bool) -> Problem:
    repeated = [(key, count) for key, count in counts.items() if count > 1]
    shown = [
        f"{count} rows for {', '.join(f'{name} {value!r}' for name, value in zip(named, key, strict=True))}"
        for key, count in repeated[:_SHOWN]
    ]
    more = len(repeated) - len(shown)
    group = ", ".join(f'"{name}"' for name in named)
    stat = ", ".join(f'{name} = "{"first" if is_text else "mean"}({name})"' for name in asset.spec.cells)
    frame = f"group = [{group}] with stat = {{ {stat} }} in the frame makes them one"
    together = f"they hold text, which has no mean: {frame}, the first" if is_text else frame
    return Problem(
        message=f"several rows of the data '{asset.spec.data}' share a cell: {'; '.join(shown)}"
        + (f"; and {more} more such cells" if more else ""),
        path=asset.path,
        hint=f"add a where or a level of columns that tells them apart; {together}",
    )
