"""Rows: a pandas DataFrame with plain columns, and where each of its rows came from."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from unicodedata import normalize

from paperkit.errors import DataError, ManifestPath, PaperkitError, Place, Problem, did_you_mean

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


_MOST_SPOTS = 3
_LONGEST = 60
_LARGEST = int(sys.float_info.max)


def nowhere(_row: int, _column: str | None) -> Place | None:
    """Return no place: for rows that were computed, not read."""
    return None


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Rows:
    """A table whose index holds row ids, unique whole numbers that `locate` turns into places.

    Columns are int64, float64 or Int64 numbers (NaN or NA is missing), bool, or text (pandas' `str`, or `object` before
    pandas 3; None or NaN is missing). `locate(row_id, column)` may be slow: it is asked only for messages.
    `ignored` are texts that a reader skipped because they name the index, which `drop` may name without effect.
    `orders` has the values of columns that were ordered categoricals, in their order, those that no row has too.
    """

    table: pd.DataFrame
    locate: Locate = nowhere
    notices: tuple[Problem, ...] = ()
    ignored: frozenset[str] = frozenset()
    orders: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.table)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return tuple(self.table.columns)

    def column(self, name: str) -> str | None:
        """Return the column of that name, or the only one that differs from it by Unicode's spelling alone.

        A micro sign and a Greek mu, an accented letter and a letter with an accent look the same.
        """
        if name in self.table.columns:
            return name
        alike = look_alikes(name, self.columns)
        return alike[0] if len(alike) == 1 else None

    def place(self, position: int, column: str | None = None) -> Place | None:
        """Return where the row at `position`, or its cell in `column`, was read; None for a computed row."""
        return self.locate(int(self.table.index[position]), column)

    def spots(self, positions: Sequence[int], column: str | None = None) -> str:
        """Return in words where some rows, or their cells in `column`, were read; three at most.

        Rows without a known line have their number within their file, counted from 1.
        """
        shown = [int(position) for position in positions[:_MOST_SPOTS]]
        places = [self.place(position, column) for position in shown]
        more = ", …" if len(positions) > _MOST_SPOTS else ""
        if all(place is not None and place.line is not None for place in places):
            return ", ".join(map(str, places)) + more
        numbers = [self._number(int(self.table.index[position])) for position in shown]
        if self._has_files():
            pairs = zip(numbers, places, strict=True)
            return ", ".join(f"row {n}" + (f" of {place.file}" if place else "") for n, place in pairs) + more
        return f"{'row' if len(positions) == 1 else 'rows'} {', '.join(map(str, numbers))}{more}"

    def _file(self, row: int) -> str | None:
        place = self.locate(row, None)
        return place.file if place is not None else None

    def _has_files(self) -> bool:
        """Tell whether the rows come from more than one file; those of a file stand together."""
        return len(self) > 0 and self._file(int(self.table.index.min())) != self._file(int(self.table.index.max()))

    def _number(self, row: int) -> int:
        """Return the number of a row id within its file, counted from 1."""
        own = self._file(row)
        return row - bisect_left(range(row), 1, key=lambda other: int(self._file(other) == own)) + 1

    def holding(self, table: pd.DataFrame) -> Rows:
        """Return the same rows with another table, whose index still holds their ids."""
        orders = {name: order for name, order in self.orders.items() if name in table.columns}
        return replace(self, table=table, orders=orders)

    def computed(self, table: pd.DataFrame, *, by: Iterable[str] = ()) -> Rows:
        """Return rows that stand for no single row read: a fresh index, and no places.

        The columns `by` hold the values that they have here, and keep their order.
        """
        orders = {name: self.orders.get(name, ()) for name in by}
        return replace(self, table=table.reset_index(drop=True), locate=nowhere, ignored=frozenset(), orders=orders)

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


def is_computable(value: float) -> bool:
    """Tell whether a number is within the range of floats, beyond which nothing can be computed or coloured.

    >>> is_computable(10**308), is_computable(10**309), is_computable(float("inf"))
    (True, False, True)
    """
    return isinstance(value, float) or abs(value) <= _LARGEST


def is_unrounded(column: pd.Series[Any]) -> bool:
    """Tell whether a column of Python objects holds numbers only, some of them whole and beyond 64 bits."""
    values = column.dropna().tolist()
    return {type(value) for value in values} <= {int, float} and all(map(is_computable, values))


def wrong_value(value: object) -> str | None:
    """Return what a value is that can stand in no cell of a table, or None if it can.

    >>> wrong_value(7), wrong_value(b"7"), wrong_value(10**400)
    (None, "values that are neither numbers nor text, such as b'7'", 'whole numbers that are too large for a float')
    """
    if isinstance(value, (int, float)):
        return None if is_computable(value) else "whole numbers that are too large for a float"
    return None if value is None or isinstance(value, str) else f"{PLURALS['other']}, such as {_short(value)}"


def _short(value: object) -> str:
    shown = " ".join(str(value).split())
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"


def plain(column: pd.Series[Any]) -> list[Value]:
    """Return the values of a column as Python scalars, None for missing ones."""
    gaps = column.isna().to_numpy()
    if not gaps.any():
        values: list[Value] = column.tolist()
        return values
    cells = column.to_numpy(dtype=object).copy()
    cells[gaps] = None
    return list(cells.tolist())


def text_dtype() -> Any:
    """Return the type that pandas itself gives a column of texts: `str` since pandas 3, `object` before."""
    import pandas as pd

    return pd.Series(["a"]).dtype


def unknown_column(name: str, columns: Sequence[str]) -> Problem:
    """Return the problem of a column that is not among `columns`, with the closest one or a list of all."""
    if alike := look_alikes(name, columns):
        signs = " ".join(f"U+{ord(sign):04X}" for sign in alike[0] if not sign.isascii())
        advice = f"'{alike[0]}' is written with other characters ({signs}): copy it from the source"
        return Problem(message=f"unknown column '{name}'", hint=advice)
    close = did_you_mean(name, columns)
    hint = None if close else f"the columns are {', '.join(columns) or 'none'}"
    return Problem(message=f"unknown column '{name}'{close}", hint=hint)


def look_alikes(name: str, columns: Iterable[str]) -> list[str]:
    """Return the columns that are called `name` in another of Unicode's spellings (they agree in NFKC)."""
    wanted = normalize("NFKC", name)
    return [column for column in columns if column != name and normalize("NFKC", column) == wanted]


def unknown_columns(names: Iterable[str], rows: Rows, path: ManifestPath) -> tuple[Problem, ...]:
    """Return a problem for every name that is no column of `rows`."""
    return tuple(unknown_column(name, rows.columns).under(path) for name in names if name not in rows.columns)


def under(error: PaperkitError, path: ManifestPath) -> DataError:
    """Return the same problems as a DataError seen from `path`."""
    return DataError(*(problem.under(path) for problem in error.problems))
