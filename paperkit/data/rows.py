"""Rows: the columns of a frame as arrays, and where each row came from."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from paperkit.errors import DataError, ManifestPath, PaperkitError, Place, Problem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]
    Mask: TypeAlias = NDArray[np.bool_]
else:  # numpy is too heavy to import for a name
    Array: TypeAlias = Any
    Mask: TypeAlias = Any

Value: TypeAlias = str | int | float | bool | None
Kind: TypeAlias = Literal["number", "text", "flag", "missing", "other"]

PLURALS: Mapping[Kind, str] = {
    "number": "numbers",
    "text": "text",
    "flag": "true and false",
    "missing": "nothing",
    "other": "values that are neither numbers nor text",
}

_MOST_SPOTS = 3
_KINDS: Mapping[type, Kind] = {str: "text", bool: "flag", int: "number"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Origins:
    """Where rows were read: per row the number of its file, its 1-based line, the 1-based field of its value.

    A line or field of 0 is unknown. `fields` gives the field of those columns that stand in the same field of
    every line; `melted` is the column whose field differs from row to row.
    """

    files: tuple[str, ...]
    file: Array
    line: Array
    field: Array
    fields: Mapping[str, int] = dataclasses.field(default_factory=dict)
    melted: str | None = None

    def place(self, row: int, column: str | None = None) -> Place:
        """Return the place of `row` (a row id), and of one column's cell where that is known."""
        number = int(self.field[row]) if column in (None, self.melted) else self.fields.get(column or "", 0)
        line = int(self.line[row])
        return Place(file=self.files[int(self.file[row])], line=line or None, column=(number or None) if line else None)

    def number(self, row: int) -> int:
        """Return the number of `row` (a row id) within its file, counted from 1."""
        import numpy as np

        return row - int(np.searchsorted(self.file, self.file[row])) + 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """Columns of equal length, all numpy arrays, and the row ids that `origins` knows.

    Numbers are int64 or float64 (NaN is missing), flags bool; texts, and whole numbers and flags with gaps, are
    objects (None is missing).
    `ignored` are texts that a reader skipped because they name the index, which `drop` may name without effect.
    """

    columns: Mapping[str, Array]
    ids: Array
    origins: Origins
    notices: tuple[Problem, ...] = ()
    ignored: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.ids)

    def at(self, chosen: Mask | Array) -> Rows:
        """Return the rows where a mask is true, or those at some positions."""
        columns = {name: array[chosen] for name, array in self.columns.items()}
        return replace(self, columns=columns, ids=self.ids[chosen])

    def place(self, row: int, column: str | None = None) -> Place:
        """Return where the row at position `row`, or its cell in `column`, was read."""
        return self.origins.place(int(self.ids[row]), column)

    def spots(self, positions: Sequence[int], column: str | None = None) -> str:
        """Return in words where some rows, or their cells in `column`, were read; three at most.

        Rows without a known line have their number within their file, counted from 1.
        """
        places = [self.place(position, column) for position in positions[:_MOST_SPOTS]]
        more = ", …" if len(positions) > _MOST_SPOTS else ""
        if all(place.line is not None for place in places):
            return ", ".join(map(str, places)) + more
        numbers = [self.origins.number(int(self.ids[position])) for position in positions[:_MOST_SPOTS]]
        if len(self.origins.files) > 1:
            return ", ".join(f"row {n} of {place.file}" for n, place in zip(numbers, places, strict=True)) + more
        return f"{'row' if len(positions) == 1 else 'rows'} {', '.join(map(str, numbers))}{more}"

    def noticing(self, *notices: Problem) -> Rows:
        """Return the same rows with more notices; one that is there already is not repeated."""
        return replace(self, notices=tuple(dict.fromkeys((*self.notices, *notices))))


@dataclass(frozen=True, kw_only=True, slots=True)
class Vector:
    """An operand: its values (one per row, or a single one for all rows), their kind, and the column they are."""

    array: Array
    kind: Kind
    column: str | None = None

    @property
    def subject(self) -> str:
        """Return how a message calls the operand."""
        return f"column '{self.column}'" if self.column else "the expression"


def kind(array: Array) -> Kind:
    """Tell what a column holds; missing values do not count."""
    if array.dtype.kind == "b":
        return "flag"
    if array.dtype.kind in "if":
        return "number"
    types = {type(value) for value in array.tolist() if value is not None}
    if not types:
        return "missing"
    if len(types) > 1:
        return "other"
    return _KINDS.get(types.pop(), "other")


def missing(array: Array) -> Mask:
    """Return which values are missing."""
    import numpy as np

    if array.dtype.kind == "f":
        found: Mask = np.isnan(array)
        return found
    if array.dtype.kind == "O":
        return np.fromiter((value is None for value in array), dtype=bool, count=len(array))
    return np.zeros(len(array), dtype=bool)


def plain(array: Array) -> tuple[Any, ...]:
    """Return the values as Python scalars, None for missing."""
    values = array.tolist()
    return tuple(None if isinstance(v, float) and v != v else v for v in values)  # noqa: PLR0124  # NaN only


def objects(values: list[Any]) -> Array:
    """Return a one-dimensional array of objects, never guessing a dtype or a second dimension."""
    import numpy as np

    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def under(error: PaperkitError, path: ManifestPath) -> DataError:
    """Return the same problems as a DataError seen from `path`."""
    return DataError(*(problem.under(path) for problem in error.problems))
