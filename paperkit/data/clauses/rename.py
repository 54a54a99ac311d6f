"""rename: columns get other names; everything else stays."""

from __future__ import annotations

from collections.abc import Mapping

from paperkit.data.clauses.context import Context
from paperkit.data.table import Locate, Rows, unknown_columns
from paperkit.errors import DataError, ManifestPath, Place, Problem
from paperkit.manifest.model import FrameSpec


def apply(rows: Rows, spec: FrameSpec, context: Context) -> Rows:
    """Return the rows with renamed columns; all names change at once, so that two may swap.

    Raises:
        DataError: there is no such column, or two columns would have one name.

    """
    if not spec.rename:
        return rows
    path = (*context.path, "rename")
    problems = [problem for name in spec.rename for problem in unknown_columns((name,), rows, (*path, name))]
    problems += _clashes(rows.columns, spec.rename, path)
    if problems:
        raise DataError(*problems)
    table = rows.table.rename(columns=spec.rename)
    return Rows(
        table=table,
        locate=_locator(rows.locate, rows.columns, spec.rename),
        notices=rows.notices,
        ignored=rows.ignored,
        orders={spec.rename.get(name, name): order for name, order in rows.orders.items()},
    )


def _clashes(columns: tuple[str, ...], names: Mapping[str, str], path: ManifestPath) -> list[Problem]:
    owners: dict[str, list[str]] = {}
    for column in columns:
        owners.setdefault(names.get(column, column), []).append(column)
    problems = []
    for name, olds in owners.items():
        if len(olds) > 1:
            message = f"{len(olds)} columns would be named '{name}': {', '.join(olds)}"
            culprit = next(old for old in reversed(olds) if old in names)
            problems.append(Problem(message=message, path=(*path, culprit)))
    return problems


def _locator(locate: Locate, columns: tuple[str, ...], names: Mapping[str, str]) -> Locate:
    """Return a `locate` that knows the cells by their columns' names."""
    olds = {names.get(column, column): column for column in columns}

    def renamed(row: int, column: str | None) -> Place | None:
        # A column that is derived later may take a name that is free: its cells were not read.
        return locate(row, column if column is None else olds.get(column))

    return renamed
