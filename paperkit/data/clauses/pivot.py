"""pivot: long to wide, one column per value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from paperkit.data import grouped, keys
from paperkit.data.clauses.context import Context
from paperkit.data.gather import held, named, picked, spread
from paperkit.data.orders import arranged
from paperkit.data.table import Locate, Rows, unknown_columns
from paperkit.errors import DataError, ManifestPath, Place, Problem
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FrameSpec, Pivot

if TYPE_CHECKING:
    from paperkit.data.gather import Positions


def apply(rows: Rows, spec: FrameSpec, context: Context) -> Rows:
    """Return one row per combination of the index columns, with a column for every value of `columns`.

    Rows are in the order of first appearance; so are the columns, unless every value is labelled: then in the labels'
    order. What was an ordered categorical keeps its order, of rows as of columns. A combination without a row is
    missing. A missing value in the index is a row of its own.

    Raises:
        DataError: a column does not exist or has two roles, a combination stands more than once, or a value of
            `columns` is missing or named like an index column.

    """
    import pandas as pd

    pivot = spec.pivot
    if pivot is None:
        return rows
    path = (*context.path, "pivot")
    problems = [*_columns(rows, pivot, path)]
    if problems:
        raise DataError(*problems)
    names, numbers = _values(rows, pivot, context.labels)
    problems = [*_missing(rows, pivot, path), *_clashes(names, pivot, path), *_repeated(rows, pivot, path)]
    if problems:
        raise DataError(*problems)
    firsts, grid = _grid(rows, pivot, numbers, len(names))
    index = pd.DataFrame({name: picked(rows.table[name], firsts) for name in pivot.index})
    table = pd.concat([index, spread(rows.table[_value(pivot)], grid, names)], axis="columns")
    locate = _locator(rows, pivot, names, grid)
    origins = dict.fromkeys(names, _value(pivot)) | {name: name for name in pivot.index}
    orders = {name: rows.orders.get(origin, ()) for name, origin in origins.items()}
    return Rows(table=table, locate=locate, notices=rows.notices, orders=orders)


def _value(pivot: Pivot) -> str:
    return pivot.values  # noqa: PD011 - the record's own field, no DataFrame's


def _columns(rows: Rows, pivot: Pivot, path: ManifestPath) -> Iterator[Problem]:
    """Yield a problem for every column that is not there, cannot be used, or has two roles."""
    if not pivot.index:
        yield Problem(message="no column names the rows", path=(*path, "index"))
    yield from keys.unusable(pivot.index, rows, (*path, "index"))
    yield from keys.unusable((pivot.columns,), rows, (*path, "columns"))
    yield from unknown_columns((_value(pivot),), rows, (*path, "values"))
    roles = dict.fromkeys(pivot.index, "index")
    for role, name in (("columns", pivot.columns), ("values", _value(pivot))):
        if name in roles:
            yield Problem(message=f"column '{name}' is in {roles[name]} already", path=(*path, role))
        roles.setdefault(name, role)


def _values(rows: Rows, pivot: Pivot, labels: Labels) -> tuple[tuple[str, ...], Positions]:
    """Return the names of the new columns in order, and the number of each row's, -1 where it has none."""
    import numpy as np
    import pandas as pd

    codes, uniques = pd.factorize(rows.table[pivot.columns])
    distinct = uniques.tolist()
    ordered = labels.order(pivot.columns, arranged(distinct, rows.orders.get(pivot.columns, ())))
    numbers = {value: number for number, value in enumerate(ordered)}
    found = np.array([*(numbers[value] for value in distinct), -1], dtype=np.intp)
    return tuple(named(value) for value in ordered), found[codes]


def _grid(rows: Rows, pivot: Pivot, numbers: Positions, width: int) -> tuple[Positions, Positions]:
    """Return the first row of every combination, and per new column where each cell stands, -1 for none."""
    import numpy as np

    groups = grouped.groups_of(rows, pivot.index)
    grid = np.full((width, len(groups)), -1, dtype=np.intp)
    grid[numbers, groups.codes] = np.arange(len(rows))
    return groups.firsts, grid


def _missing(rows: Rows, pivot: Pivot, path: ManifestPath) -> Iterator[Problem]:
    import numpy as np

    gone = np.flatnonzero(rows.table[pivot.columns].isna())
    if len(gone):
        have = "row has" if len(gone) == 1 else "rows have"
        where = keys.standing(rows, gone.tolist(), pivot.columns)
        message = f"{len(gone)} {have} no {pivot.columns} to name a column: {where}"
        hint = f'where = "notnull({pivot.columns})" leaves such rows out'
        yield Problem(message=message, path=(*path, "columns"), hint=hint)


def _clashes(names: Sequence[str], pivot: Pivot, path: ManifestPath) -> Iterator[Problem]:
    for name in names:
        if name in pivot.index:
            message = f"'{name}' is a value of '{pivot.columns}' and a column of index: two columns would have its name"
            yield Problem(message=message, path=(*path, "columns"), hint="rename the column of index")


def _repeated(rows: Rows, pivot: Pivot, path: ManifestPath) -> Iterator[Problem]:
    names = tuple(dict.fromkeys((*pivot.index, pivot.columns)))
    found = keys.repeated(rows, names, keys.codes([rows.table[name] for name in names], missing=True))
    if found:
        count = "1 combination stands" if len(found) == 1 else f"{len(found)} combinations stand"
        message = f"{count} more than once: {keys.listed(found[: keys.MOST_KEYS], len(found))}"
        group, value = ", ".join(f'"{name}"' for name in names), _value(pivot)
        is_text = held(rows.table[value]) == "text"
        stat = f'stat = {{ {value} = "{"first" if is_text else "mean"}({value})" }}'
        hint = f"group = [{group}] with {stat} makes them one"
        hint = f"'{value}' holds text, which has no mean: {hint}, the first" if is_text else hint
        yield Problem(message=message, path=path, hint=hint)


def _locator(rows: Rows, pivot: Pivot, names: Sequence[str], grid: Positions) -> Locate:
    """Return a `locate` that knows where the cell of a value was read; a row as a whole stands nowhere."""
    ids, before = rows.table.index.to_numpy(), rows.locate
    numbers = {name: number for number, name in enumerate(names)}

    def locate(row: int, column: str | None) -> Place | None:
        position = int(grid[numbers[column], row]) if column in numbers else -1
        return None if position < 0 else before(int(ids[position]), _value(pivot))

    return locate
