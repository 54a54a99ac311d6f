"""transpose: rows become columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from paperkit.data import keys
from paperkit.data.clauses.context import Context
from paperkit.data.gather import mixture, named, spread, stacked
from paperkit.data.table import Locate, Rows
from paperkit.errors import DataError, ManifestPath, Place, Problem
from paperkit.manifest.model import FrameSpec, Transpose


def apply(rows: Rows, spec: FrameSpec, context: Context) -> Rows:
    """Return one row per column but `index`, and one column per row, named by its value of `index`.

    The column `name` holds the names that the columns had. Every cell keeps its place.

    Raises:
        DataError: there is no such column, its values are missing, repeated or the new column's name, or the cells
            are not all of one kind.

    """
    import numpy as np
    import pandas as pd

    transpose = spec.transpose
    if transpose is None:
        return rows
    path = (*context.path, "transpose")
    others = tuple(name for name in rows.columns if name != transpose.index)
    problems = [*keys.unusable((transpose.index,), rows, (*path, "index"))] or [*_problems(rows, transpose, path)]
    if problems:
        raise DataError(*problems)
    names = tuple(named(value) for value in rows.table[transpose.index].tolist())
    table = pd.DataFrame({transpose.name: pd.Series(list(others))})
    if not others:
        table = table.reindex(columns=[transpose.name, *names])
    else:
        values = stacked([rows.table[name] for name in others])
        grid = np.arange(len(others) * len(rows)).reshape(len(others), len(rows)).T
        table = pd.concat([table, spread(values, grid, names)], axis="columns")
    locate = _locator(rows, transpose, names, others)
    return Rows(table=table, locate=locate, notices=rows.notices)


def _problems(rows: Rows, transpose: Transpose, path: ManifestPath) -> Iterator[Problem]:
    """Yield a problem for values that cannot name a column, and for cells of several kinds."""
    import numpy as np

    column = rows.table[transpose.index]
    gone = np.flatnonzero(column.isna())
    if len(gone):
        have = "row has" if len(gone) == 1 else "rows have"
        where = keys.standing(rows, gone.tolist(), transpose.index)
        message = f"{len(gone)} {have} no {transpose.index} to name a column: {where}"
        hint = f'where = "notnull({transpose.index})" leaves such rows out'
        yield Problem(message=message, path=(*path, "index"), hint=hint)
    on = (transpose.index,)
    found = keys.repeated(rows, on, keys.codes([column], missing=False))
    if found:
        would = "1 column would" if len(found) == 1 else f"{len(found)} columns would"
        message = f"{would} be there more than once: {keys.listed(found[: keys.MOST_KEYS], len(found))}"
        yield Problem(message=message, path=(*path, "index"), hint="a column whose values differ can name columns")
    if any(named(value) == transpose.name for value in column.dropna().tolist()):
        message = f"'{transpose.name}' is a value of '{transpose.index}' and the name of the new column"
        yield Problem(message=message, path=(*path, "name"), hint="say another name")
    mixed = mixture(rows.table, [name for name in rows.columns if name != transpose.index])
    if mixed is not None:
        hint = "leave columns out before, with another frame or pivot"
        yield Problem(message=f"one column cannot hold {mixed}", path=path, hint=hint)


def _locator(rows: Rows, transpose: Transpose, names: Sequence[str], others: Sequence[str]) -> Locate:
    ids, before = rows.table.index.to_numpy(), rows.locate
    numbers = {name: number for number, name in enumerate(names)}

    def locate(row: int, column: str | None) -> Place | None:
        if column == transpose.name or column not in numbers:
            return None
        return before(int(ids[numbers[column]]), others[row])

    return locate
