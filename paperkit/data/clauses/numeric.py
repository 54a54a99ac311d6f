"""numeric and text: columns that must be numbers, and columns that are text even where they look like numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from paperkit.data import vectors
from paperkit.data.clauses.context import Context
from paperkit.data.columns import as_number, not_a_number_hint
from paperkit.data.settle import text_of
from paperkit.data.table import Rows, kind, unknown_columns
from paperkit.errors import DataError, ManifestPath, Problem
from paperkit.manifest.model import FrameSpec

if TYPE_CHECKING:
    import pandas as pd

MOST_CELLS = 10


def apply(rows: Rows, spec: FrameSpec, context: Context) -> Rows:
    """Return the rows with the columns of `numeric` as numbers and those of `text` as text.

    Raises:
        DataError: there is no such column, or a cell of `numeric` is no number.

    """
    problems: list[Problem] = []
    columns: dict[str, pd.Series[Any]] = {}
    for name in spec.numeric:
        problems += unknown_columns((name,), rows, (*context.path, "numeric"))
        if name in rows.columns and kind(rows.table[name]) != "number":
            columns[name] = _numbers(rows, name, spec, problems, (*context.path, "numeric"))
    for name in spec.text:
        problems += unknown_columns((name,), rows, (*context.path, "text"))
        if name in rows.columns and kind(rows.table[name]) not in ("text", "missing"):
            columns[name] = text_of(rows.table[name])
    if problems:
        raise DataError(*problems)
    return rows.holding(rows.table.assign(**columns)) if columns else rows


def _numbers(rows: Rows, name: str, spec: FrameSpec, problems: list[Problem], path: ManifestPath) -> pd.Series[Any]:
    import numpy as np
    import pandas as pd

    operand = vectors.of_series(rows.table[name])
    options = spec.options
    found = vectors.mapped(operand.array, lambda value: _as_number(value, options))
    bad = np.flatnonzero(found.missing & ~operand.missing)
    problems += _bad_cells(rows, name, bad.tolist(), path)
    if found.kind != "number":
        return pd.Series(np.nan, index=rows.table.index)
    return pd.Series(found.array, index=rows.table.index)


def _as_number(value: Any, options: Mapping[str, Any]) -> int | float | None:
    if isinstance(value, (int, float)):
        return value + 0
    if not isinstance(value, str):
        return None
    return as_number(value, decimal=options.get("decimal"), thousands=options.get("thousands"))


def _bad_cells(rows: Rows, name: str, bad: list[int], path: ManifestPath) -> Iterator[Problem]:
    """Yield one problem per text that is no number, and where it stands."""
    cells = map(str, rows.table[name].iloc[bad].tolist())
    alike: dict[str, list[int]] = {}
    for row, cell in zip(bad, cells, strict=True):
        alike.setdefault(cell, []).append(row)
    for cell, positions in list(alike.items())[:MOST_CELLS]:
        place = rows.place(positions[0], name)
        spots = rows.spots(positions, name)
        count = f", in {len(positions)} cells" if len(positions) > 1 else ""
        is_vague = place is None or place.line is None
        where = f" (column '{name}', {spots})" if is_vague else f" ({spots})" if count else ""
        message = f"'{cell}' is not a number{count}{where}"
        yield Problem(message=message, path=path, place=place, hint=not_a_number_hint(cell))
    more = sum(map(len, list(alike.values())[MOST_CELLS:]))
    if more:
        yield Problem(message=f"… and {more} more", path=path)
