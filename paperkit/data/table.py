"""Rows: a pandas DataFrame with plain columns, and where each of its rows came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from paperkit.errors import DataError, ManifestPath, PaperkitError, Place, Problem

if TYPE_CHECKING:
    import pandas as pd

Value: TypeAlias = str | int | float | bool | None
Kind: TypeAlias = Literal["number", "text", "flag", "missing", "other"]
Locate: TypeAlias = Callable[[int, str | None], Place | None]

PLURALS: dict[Kind, str] = {
    "number": "numbers",
    "text": "text",
    "flag": "true and false",
    "missing": "nothing",
    "other": "values that are neither numbers nor text",
}


def nowhere(_row: int, _column: str | None) -> Place | None:
    """Return no place: for rows that were computed, not read."""
    return None


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Rows:
    """A table whose index holds row ids, unique whole numbers that `locate` turns into places.

    Columns are int64, float64 or Int64 numbers (NaN or NA is missing), bool, or text (pandas' `str`, or `object` before
    pandas 3; None or NaN is missing). `locate(row_id, column)` may be slow: it is asked only for messages.
    `ignored` are texts that a reader skipped because they name the index, which `drop` may name without effect.
    """

    table: pd.DataFrame
    locate: Locate = nowhere
    notices: tuple[Problem, ...] = ()
    ignored: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.table)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return tuple(self.table.columns)

    def place(self, position: int, column: str | None = None) -> Place | None:
        """Return where the row at `position`, or its cell in `column`, was read; None for a computed row."""
        return self.locate(int(self.table.index[position]), column)

    def holding(self, table: pd.DataFrame) -> Rows:
        """Return the same rows with another table, whose index still holds their ids."""
        return replace(self, table=table)

    def computed(self, table: pd.DataFrame) -> Rows:
        """Return rows that stand for no single row read: a fresh index, and no places."""
        return replace(self, table=table.reset_index(drop=True), locate=nowhere, ignored=frozenset())

    def noticing(self, *notices: Problem) -> Rows:
        """Return the same rows with more notices; one that is there already is not repeated."""
        return replace(self, notices=tuple(dict.fromkeys((*self.notices, *notices))))


def kind(column: pd.Series[Any]) -> Kind:
    """Tell what a column holds; missing values do not count.

    Only a column of Python objects is looked through; for every other its dtype tells.
    """
    import pandas as pd

    dtype = column.dtype
    if pd.api.types.is_bool_dtype(dtype) and not pd.api.types.is_object_dtype(dtype):
        return "flag"
    if pd.api.types.is_numeric_dtype(dtype):
        return "number"
    if isinstance(dtype, pd.StringDtype):
        return "text" if column.notna().any() else "missing"
    types = {type(value) for value in column.dropna()}
    if not types:
        return "missing"
    return "text" if types == {str} else "flag" if types == {bool} else "other"


def unknown_columns(names: Iterable[str], rows: Rows, path: ManifestPath) -> tuple[Problem, ...]:
    """Return a problem for every name that is no column of `rows`."""
    from paperkit.errors import did_you_mean

    found = []
    for name in names:
        if name not in rows.columns:
            close = did_you_mean(name, rows.columns)
            hint = None if close else f"the columns are {', '.join(rows.columns)}"
            found.append(Problem(message=f"unknown column '{name}'{close}", path=path, hint=hint))
    return tuple(found)


def under(error: PaperkitError, path: ManifestPath) -> DataError:
    """Return the same problems as a DataError seen from `path`."""
    return DataError(*(problem.under(path) for problem in error.problems))
