"""select: the columns that stay, in their order."""

from __future__ import annotations

from paperkit.data.clauses.context import Context
from paperkit.data.table import Rows, unknown_columns
from paperkit.errors import DataError, Problem
from paperkit.manifest.model import FrameSpec


def apply(rows: Rows, spec: FrameSpec, context: Context) -> Rows:
    """Return the rows with the columns of `select` only, in its order.

    Raises:
        DataError: there is no such column, or one is named twice.

    """
    if not spec.select:
        return rows
    path = (*context.path, "select")
    names = tuple(dict.fromkeys(spec.select))
    repeated = [name for name in names if spec.select.count(name) > 1]
    problems = [
        *unknown_columns(names, rows, path),
        *(Problem(message=f"'{name}' is named twice", path=path) for name in repeated),
    ]
    if problems:
        raise DataError(*problems)
    return rows.holding(rows.table[list(names)])
