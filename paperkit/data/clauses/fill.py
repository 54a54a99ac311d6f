"""fill: a value where a column has none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from paperkit.data.clauses.context import Context
from paperkit.data.gather import held, tightened
from paperkit.data.table import PLURALS, Kind, Rows, unknown_columns
from paperkit.errors import DataError, ManifestPath, Problem
from paperkit.manifest.model import FrameSpec, Scalar

if TYPE_CHECKING:
    import pandas as pd

LARGEST = 2**63
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def apply(rows: Rows, spec: FrameSpec, context: Context) -> Rows:
    """Return the rows with the missing values of some columns filled; a column without any value takes every kind.

    Whole numbers stay whole unless the value is none.

    Raises:
        DataError: there is no such column, or it holds something else than the value is.

    """
    if not spec.fill:
        return rows
    problems: list[Problem] = []
    filled: dict[str, pd.Series[Any]] = {}
    for name, value in spec.fill.items():
        path = (*context.path, "fill", name)
        found = unknown_columns((name,), rows, path) or _mismatch(rows, name, value, path)
        problems += found
        if not found:
            filled[name] = _filled(rows.table[name], value)
    if problems:
        raise DataError(*problems)
    return rows.holding(rows.table.assign(**filled))


def _kind(value: Scalar) -> Kind:
    return "text" if isinstance(value, str) else "flag" if isinstance(value, bool) else "number"


def _mismatch(rows: Rows, name: str, value: Scalar, path: ManifestPath) -> tuple[Problem, ...]:
    if isinstance(value, int) and not -LARGEST <= value < LARGEST:
        return (Problem(message=f"{value} has too many digits", path=path, hint="write it as 1e30"),)
    holds = held(rows.table[name])
    if holds in ("missing", _kind(value)):
        return ()
    what = {"text": "text", "flag": "true or false", "number": "a number"}[_kind(value)]
    spelled = f"'{value}'" if isinstance(value, str) else str(value).lower()
    message = f"{spelled} is {what}, but column '{name}' holds {PLURALS[holds]}"
    return (Problem(message=message, path=path, hint=_hint(name, value, holds)),)


def _hint(name: str, value: Scalar, holds: Kind) -> str | None:
    if isinstance(value, str):
        if holds == "number" and _NUMBER.fullmatch(value):
            return f"{value} without quotes is a number"
        return f'missing = "{value}" in a table prints it for missing values'
    if holds == "text" and _kind(value) == "number":
        return f'"{value}" in quotes is text; numeric = ["{name}"] reads the column as numbers'
    return None


def _filled(column: pd.Series[Any], value: Scalar) -> pd.Series[Any]:
    import pandas as pd

    gone = column.isna()
    if not gone.any():
        return tightened(column)
    if gone.all():
        return pd.Series([value] * len(column), index=column.index)
    if _kind(value) != "number":
        values = column.astype(object).where(~gone, value)
        return pd.Series(values.tolist(), index=column.index)
    whole = float(value).is_integer() and -LARGEST <= float(value) < LARGEST
    if pd.api.types.is_integer_dtype(column.dtype) and whole:
        return tightened(column.fillna(int(value)))
    return pd.Series(column.to_numpy(dtype="float64", na_value=float(value)), index=column.index)
