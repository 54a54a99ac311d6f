"""Parts: the tables of several files become one, with the captures in front and a place for every row."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from paperkit.data.orders import order_of
from paperkit.data.settle import settled
from paperkit.data.table import Locate, Rows
from paperkit.errors import DataError, Place, Problem

if TYPE_CHECKING:
    import pandas as pd

MOST_SHOWN = 10


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Part:
    """What one file holds: its name, its captures, and a table of uniquely named columns.

    `locate(position, column)` tells where the row at a position, from 0, stands.
    """

    name: str
    captures: Mapping[str, str | int]
    table: pd.DataFrame
    locate: Locate

    def __len__(self) -> int:
        return len(self.table)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Stretch:
    """The rows of one file among those of all files: its name, its captures, and how many there are."""

    name: str
    captures: Mapping[str, str | int]
    length: int
    locate: Locate

    def __len__(self) -> int:
        return self.length


def failure(name: str, message: str, *, line: int | None = None, hint: str | None = None) -> DataError:
    """Return the error of the file `name`."""
    return DataError(Problem(message=message, place=Place(file=name, line=line), hint=hint))


def missing_library(name: str, library: str, extra: str) -> DataError:
    """Return the error of a file whose kind needs a library that is not installed."""
    return failure(name, f"the file needs {library}", hint=f"install paperkit-assets with the extra {extra}")


def shortened(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Return the first problems, and how many more there are."""
    more = len(problems) - MOST_SHOWN
    return (*problems[:MOST_SHOWN], Problem(message=f"… and {more} more")) if more > 0 else tuple(problems)


def assembled(
    parts: Sequence[Part],
    *,
    notices: Sequence[Problem] = (),
    ignored: frozenset[str] = frozenset(),
) -> Rows:
    """Return the rows of all files, one file after the other; columns are matched by name.

    A capture becomes a column in front, unless the files have a column of that name, which must then agree with it.
    `ignored` are texts that the reader skipped because they name the index.

    Raises:
        DataError: a file has other columns than the first one, or contradicts a capture.

    """
    problems = [problem for part in parts if (problem := _differs(part, parts[0])) is not None]
    if problems:
        raise DataError(*shortened(problems))
    problems = [
        problem
        for part in parts
        for problem in _contradictions(part, {n: settled(part.table[n]) for n in part.captures if n in part.table})
    ]
    if problems:
        raise DataError(*shortened(problems))
    names = tuple(parts[0].table.columns)
    columns = {name: _joined([part.table[name] for part in parts]) for name in names}
    orders = {name: order_of([part.table[name] for part in parts]) for name in names}
    return replace(_rows(parts, columns, notices), ignored=ignored, orders=orders)


def stacked(
    stretches: Sequence[Stretch], columns: Mapping[str, pd.Series[Any]], *, notices: Sequence[Problem] = ()
) -> Rows:
    """Return the rows of all files as `assembled` does, for a reader that makes the columns of all of them at once.

    Raises:
        DataError: a file contradicts a capture.

    """
    starts = accumulate(map(len, stretches), initial=0)
    problems = [
        problem
        for start, own in zip(starts, stretches, strict=False)
        for problem in _contradictions(
            own, {name: columns[name].iloc[start : start + len(own)] for name in own.captures if name in columns}
        )
    ]
    if problems:
        raise DataError(*shortened(problems))
    return _rows(stretches, columns, notices)


def _rows(parts: Sequence[Part | Stretch], columns: Mapping[str, pd.Series[Any]], notices: Sequence[Problem]) -> Rows:
    import pandas as pd

    lengths = [len(part) for part in parts]
    captured = {name: _captured(parts, name, lengths) for name in parts[0].captures if name not in columns}
    table = pd.DataFrame({**captured, **columns}, index=pd.RangeIndex(sum(lengths)))
    empty = (_empty(part) for part in parts if not len(part))
    return Rows(table=table, locate=_locate(parts, lengths), notices=(*notices, *empty))


def _empty(part: Part | Stretch) -> Problem:
    return Problem(message="the file has no rows", place=Place(file=part.name))


def _locate(parts: Sequence[Part | Stretch], lengths: Sequence[int]) -> Locate:
    ends = list(accumulate(lengths))

    def locate(row: int, column: str | None) -> Place | None:
        number = bisect_right(ends, row)
        return parts[number].locate(row - (ends[number] - lengths[number]), column)

    return locate


def _captured(parts: Sequence[Part | Stretch], name: str, lengths: Sequence[int]) -> pd.Series[Any]:
    import pandas as pd

    values = settled(pd.Series([part.captures[name] for part in parts], dtype=object))
    return values.repeat(list(lengths)).reset_index(drop=True)


def _joined(columns: Sequence[pd.Series[Any]]) -> pd.Series[Any]:
    import pandas as pd

    # A file without rows says nothing about the kind of its columns.
    filled = [column for column in columns if len(column)] or [columns[0]]
    if len(filled) == 1:
        return settled(filled[0].reset_index(drop=True))
    ready = [settled(column) for column in filled]
    kinds = {str(column.dtype) for column in ready}
    if len(kinds) == 1 or kinds <= {"int64", "float64"}:
        return settled(pd.concat(ready, ignore_index=True))
    values = [value for column in ready for value in column.tolist()]
    return settled(pd.Series(values, dtype=object))


def _differs(part: Part, first: Part) -> Problem | None:
    own, known = part.table.columns, first.table.columns
    lacking = [f"lacks '{name}'" for name in known if name not in own]
    extra = [f"has '{name}' besides" for name in own if name not in known]
    if not lacking and not extra:
        return None
    message = f"unlike '{first.name}', the file {' and '.join((lacking + extra)[:3])}"
    return Problem(message=message, place=Place(file=part.name))


def _contradictions(part: Part | Stretch, said_by_it: Mapping[str, pd.Series[Any]]) -> Iterator[Problem]:
    """Yield a problem for each capture that the file's own column of the same name contradicts."""
    for name, column in said_by_it.items():
        captured, values = part.captures[name], column.tolist()
        position = next((number for number, value in enumerate(values) if not _agrees(value, captured)), None)
        if position is None:
            continue
        said = values[position]
        shown = "missing" if _is_missing(said) else f"'{said}'"
        message = f"{name} is {shown} in the file, but '{captured}' by the file's name"
        yield Problem(message=message, place=part.locate(position, name) or Place(file=part.name))


def _is_missing(value: Any) -> bool:
    import pandas as pd

    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def _agrees(said: Any, captured: str | int) -> bool:
    """Tell whether a value is what a name captures: `s_09` captures the whole number 9, or the text 09."""
    if _is_missing(said):
        return False
    if str(said) == str(captured):
        return True
    if isinstance(said, bool) or not isinstance(said, (int, float, str)):
        return False
    if isinstance(said, str) and isinstance(captured, str):
        return False
    number = _number(said)
    return number is not None and number == _number(captured)


def _number(value: str | float) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None
