"""dedupe: of the rows that agree in some columns, the first stays."""

from __future__ import annotations

from paperkit.data import keys
from paperkit.data.clauses.context import Context
from paperkit.data.table import Rows
from paperkit.errors import DataError
from paperkit.manifest.model import FrameSpec


def apply(rows: Rows, spec: FrameSpec, context: Context) -> Rows:
    """Return the first of the rows that agree in the columns of `dedupe`; a missing value equals a missing value.

    Raises:
        DataError: there is no such column, or its values cannot be compared.

    """
    if not spec.dedupe:
        return rows
    problems = keys.unusable(spec.dedupe, rows, (*context.path, "dedupe"))
    if problems:
        raise DataError(*problems)
    found = keys.codes([rows.table[name] for name in spec.dedupe], missing=True)
    return rows.holding(rows.table.iloc[keys.firsts(found)])
