"""melt: wide to long, one row per value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from paperkit.data.clauses.context import Context
from paperkit.data.gather import mixture, picked, stacked
from paperkit.data.orders import common
from paperkit.data.table import Locate, Rows, unknown_columns
from paperkit.errors import DataError, ManifestPath, Place, Problem
from paperkit.manifest.model import FrameSpec, Melt


def apply(rows: Rows, spec: FrameSpec, context: Context) -> Rows:
    """Return one row per cell of the columns `value_vars`, as pandas' `melt` does, but row by row.

    The cells of the first row come first, in the order of `value_vars` (pandas goes column by column). Every cell
    keeps its place.

    Raises:
        DataError: a column does not exist, a new column's name is taken, or the cells are not all of one kind.

    """
    import numpy as np
    import pandas as pd

    melt = spec.melt
    if melt is None:
        return rows
    path = (*context.path, "melt")
    stay = tuple(dict.fromkeys(melt.id_vars))
    chosen = melt.value_vars or [name for name in rows.columns if name not in stay]
    names = tuple(dict.fromkeys(chosen))
    problems = [*_problems(rows, melt, names, path)]
    if problems:
        raise DataError(*problems)
    which = np.arange(len(rows) * len(names))  # the cells of the result, in the order of its rows
    row, variable = which // len(names), which % len(names)
    cells = {name: picked(rows.table[name], row) for name in stay}
    cells[melt.var_name] = picked(pd.Series(list(names)), variable)
    cells[melt.value_name] = picked(stacked([rows.table[name] for name in names]), variable * len(rows) + row)
    orders = {name: rows.orders.get(name, ()) for name in stay}
    orders[melt.value_name] = common(rows.orders.get(name, ()) for name in names)
    locate = _locator(rows, melt, names)
    return Rows(table=pd.DataFrame(cells), locate=locate, notices=rows.notices, orders=orders)


def _problems(rows: Rows, melt: Melt, names: Sequence[str], path: ManifestPath) -> Iterator[Problem]:
    """Yield a problem for every column that is not there, or whose name is taken, and for cells of several kinds."""
    yield from unknown_columns(dict.fromkeys(melt.id_vars), rows, (*path, "id_vars"))
    yield from unknown_columns(dict.fromkeys(melt.value_vars), rows, (*path, "value_vars"))
    if not names:
        yield Problem(message="no column is left to become rows", path=path, hint="leave one out of id_vars")
    for key, name in (("var_name", melt.var_name), ("value_name", melt.value_name)):
        if name in melt.id_vars:
            message = f"column '{name}' is in id_vars already"
            yield Problem(message=message, path=(*path, key), hint=f"say another {key}")
    if melt.var_name == melt.value_name:
        message = f"var_name and value_name are both '{melt.var_name}'"
        yield Problem(message=message, path=(*path, "value_name"))
    found = mixture(rows.table, [name for name in names if name in rows.columns])
    if found is not None:
        hint = "name those that stay in id_vars, or only those that become rows in value_vars"
        yield Problem(message=f"one column cannot hold {found}", path=(*path, "value_vars"), hint=hint)


def _locator(rows: Rows, melt: Melt, names: Sequence[str]) -> Locate:
    ids, before = rows.table.index.to_numpy(), rows.locate

    def locate(row: int, column: str | None) -> Place | None:
        position, variable = divmod(row, len(names))
        # What a cell says and how its column is called both stand in the column that it came from.
        moved = column in (melt.var_name, melt.value_name)
        return before(int(ids[position]), names[variable] if moved else column)

    return locate
