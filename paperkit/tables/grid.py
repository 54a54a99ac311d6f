"""The grid: a tidy frame pivoted to rows x columns, in the order of the labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from paperkit.errors import AssetError, ManifestPath, Place, Problem, did_you_mean
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Scalar, TableAsset, TableSpec
from paperkit.tables.format import is_missing

CELLS = "cells"
_SHOWN = 3


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
    """Values by row and column key.

    `column_references` name the levels of a column key, outermost first; where a table has several metrics, or
    no `columns`, the innermost level is called `cells` and holds the metrics.
    """

    row_reference: str
    column_references: tuple[str, ...]
    row_values: tuple[Scalar, ...]
    column_keys: tuple[tuple[Scalar, ...], ...]
    values: tuple[tuple[Any, ...], ...]

    @property
    def row_column(self) -> str:
        """Return the column of the frame that gives the rows."""
        return column_of(self.row_reference)

    @property
    def variables(self) -> tuple[str, ...]:
        """Return the columns that give the rows and the levels of the column keys."""
        return table_variables(self.row_reference, self.column_references)

    def values_of(self, variable: str) -> tuple[Scalar, ...]:
        """Return the value of one of the `variables` for each row, or for each column."""
        if variable == self.row_column:
            return self.row_values
        level = self.variables.index(variable) - 1
        return tuple(key[level] for key in self.column_keys)


def column_of(reference: str) -> str:
    """Return the column of a reference `column` or `column.attribute`."""
    return reference.partition(".")[0]


def table_variables(rows: str, columns: Iterable[str]) -> tuple[str, ...]:
    """Return the columns behind the references of a table."""
    return (column_of(rows), *(column_of(reference) for reference in columns))


def metrics_of(spec: TableSpec) -> tuple[str, ...]:
    """Return the columns of the frame that give the cells."""
    return (spec.cells,) if isinstance(spec.cells, str) else spec.cells


def column_references(spec: TableSpec) -> tuple[str, ...]:
    """Return the levels of the column keys, the level of the metrics included where there is one."""
    return spec.columns if spec.columns and isinstance(spec.cells, str) else (*spec.columns, CELLS)


def pivot(asset: TableAsset, frame: Records, labels: Labels) -> Grid:
    """Return the grid of a table; only column combinations that occur have a column.

    With `dropna`, columns without any value are left out (as in pandas' `pivot_table`).

    Raises:
        AssetError: a column is not in the frame, no row is left, a row or column has no name, or several rows
            of the frame share a cell.

    """
    spec = asset.spec
    _require_columns(asset, frame)
    references = column_references(spec)
    cells = _cells(asset, frame)
    rows = labels.order(spec.rows, (row for row, _ in cells))
    if spec.dropna:
        filled = {key for (_, key), value in cells.items() if not is_missing(value)}
        cells = {place: value for place, value in cells.items() if place[1] in filled}
    if not cells:
        metrics = ", ".join(metrics_of(spec))
        raise AssetError(Problem(message=f"no value of {metrics} is left", path=asset.path, hint=_emptied(spec, frame)))
    keys = _ordered(tuple(dict.fromkeys(key for _, key in cells)), references, labels)
    return Grid(
        row_reference=spec.rows,
        column_references=references,
        row_values=rows,
        column_keys=keys,
        values=tuple(tuple(cells.get((row, key)) for key in keys) for row in rows),
    )


def _require_columns(asset: TableAsset, frame: Records) -> None:
    spec = asset.spec
    wanted: list[tuple[ManifestPath, str]] = [(("rows",), column_of(spec.rows))]
    wanted += [(("columns", index), column_of(name)) for index, name in enumerate(spec.columns)]
    single = isinstance(spec.cells, str)
    wanted += [(("cells",) if single else ("cells", index), name) for index, name in enumerate(metrics_of(spec))]
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


def _cells(asset: TableAsset, frame: Records) -> dict[tuple[Scalar, tuple[Scalar, ...]], Any]:
    spec = asset.spec
    metrics = metrics_of(spec)
    named = table_variables(spec.rows, spec.columns)
    records = frame.rows(*named, *metrics)
    if not records:
        message = f"no row of the data '{spec.data}' is left"
        raise AssetError(Problem(message=message, path=asset.path, hint=_emptied(spec, frame)))
    _require_names(asset, named, records)
    width = len(named)
    duplicates = Counter(record[:width] for record in records)
    if len(duplicates) < len(records):
        is_text = any(isinstance(value, str) for record in records for value in record[width:])
        raise AssetError(_duplicated(asset, named, duplicates, is_text=is_text))
    if CELLS not in column_references(spec):
        return {(record[0], record[1:width]): record[width] for record in records}
    return {
        (record[0], (*record[1:width], metric)): record[width + index]
        for record in records
        for index, metric in enumerate(metrics)
    }


def _emptied(spec: TableSpec, frame: Records) -> str | None:
    own = () if spec.where is None else (f'where = "{spec.where}" lets nothing through, or only missing values',)
    return "\n    ".join((*own, *map(str, frame.notices))) or None


def _require_names(asset: TableAsset, named: Sequence[str], records: Sequence[tuple[Any, ...]]) -> None:
    counts = {name: sum(is_missing(record[index]) for record in records) for index, name in enumerate(named)}
    problems = [
        Problem(
            message=f"{count} of {len(records)} rows of the data '{asset.spec.data}' have no '{name}'",
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
    stat = ", ".join(f'{name} = "{"first" if is_text else "mean"}({name})"' for name in metrics_of(asset.spec))
    frame = f"group = [{group}] with stat = {{ {stat} }} in the frame makes them one"
    together = f"they hold text, which has no mean: {frame}, the first" if is_text else frame
    return Problem(
        message=f"several rows of the data '{asset.spec.data}' share a cell: {'; '.join(shown)}"
        + (f"; and {more} more such cells" if more else ""),
        path=asset.path,
        hint=f"add a where or a level of columns that tells them apart; {together}",
    )


def _ordered(
    keys: tuple[tuple[Scalar, ...], ...], references: Sequence[str], labels: Labels
) -> tuple[tuple[Scalar, ...], ...]:
    ranks = [_ranks(reference, [key[level] for key in keys], labels) for level, reference in enumerate(references)]
    return _nested(keys, ranks)


def _ranks(reference: str, values: Sequence[Scalar], labels: Labels) -> Mapping[Scalar, int]:
    # The manifest lists the metrics of a table in the order of that table.
    if reference == CELLS or not all(labels.is_labelled(reference, value) for value in values):
        return {}
    return {value: rank for rank, value in enumerate(labels.order(reference, values))}


def _nested(
    keys: tuple[tuple[Scalar, ...], ...], ranks: Sequence[Mapping[Scalar, int]]
) -> tuple[tuple[Scalar, ...], ...]:
    # Level by level, so that values without a rank keep their order of appearance within each outer value.
    if not ranks:
        return keys
    ordered: list[tuple[Scalar, ...]] = []
    for outer in sorted(dict.fromkeys(key[0] for key in keys), key=lambda value: ranks[0].get(value, 0)):
        inner = tuple(key[1:] for key in keys if key[0] == outer)
        ordered += [(outer, *rest) for rest in _nested(inner, ranks[1:])]
    return tuple(ordered)
