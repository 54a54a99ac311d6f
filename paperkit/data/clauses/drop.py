"""drop: rows that have one of some values are left out."""

from __future__ import annotations

from typing import Any

from paperkit.data import vectors
from paperkit.data.clauses.context import Context
from paperkit.data.table import Rows, unknown_columns
from paperkit.errors import DataError, Problem, did_you_mean
from paperkit.manifest.model import FrameSpec


def apply(rows: Rows, spec: FrameSpec, context: Context) -> Rows:
    """Return the rows that have none of the values of `drop`; a value that no row has is a notice.

    Raises:
        DataError: there is no such column.

    """
    path = (*context.path, "drop")
    unknown = [problem for name in spec.drop for problem in unknown_columns((name,), rows, (*path, name))]
    if unknown:
        raise DataError(*unknown)
    notices = []
    for name, values in spec.drop.items():
        array = vectors.of_series(rows.table[name]).array
        known = {_name(value) for value in vectors.distinct(array)[1]}
        for value in values:
            if _name(value) not in known and str(value) not in rows.ignored:
                message = f"no row has {name} '{value}'{did_you_mean(str(value), known)}"
                notices.append(Problem(message=message, path=(*path, name)))
        unwanted = {_name(value) for value in values}
        rows = rows.holding(rows.table[~vectors.tested(array, _among(unwanted))])
    return rows.noticing(*notices)


def _among(names: set[str]) -> Any:
    return lambda value: _name(value) in names


def _name(value: Any) -> str:
    """Return the text by which `drop` knows a value: 55 and 55.0 are the same."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
