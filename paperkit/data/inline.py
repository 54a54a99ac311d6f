"""Inline rows: the rows that a manifest holds itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from paperkit.data.settle import settled, text_of
from paperkit.data.table import Rows
from paperkit.errors import DataError, Place, Problem
from paperkit.manifest.model import FrameSpec


def read(spec: FrameSpec, file: str) -> Rows:
    """Return `rows` as a table whose columns are in the order in which they first appear; a missing key is missing.

    `file` is the manifest, where the rows stand.

    Raises:
        DataError: a column holds numbers in one row, and text or true and false in another.

    """
    import pandas as pd

    names = tuple(dict.fromkeys(name for row in spec.rows for name in row))
    texts = [name for name in names if spec.rename.get(name, name) in spec.text]
    problems = [problem for name in names if name not in texts for problem in _mixed(name, spec.rows)]
    if problems:
        raise DataError(*problems)
    index = pd.RangeIndex(len(spec.rows))
    columns = {}
    for name in names:
        column = pd.Series([row.get(name) for row in spec.rows], index=index, dtype=object)
        columns[name] = text_of(column) if name in texts else settled(column)
    place = Place(file=file)
    return Rows(table=pd.DataFrame(columns, index=index), locate=lambda _row, _column: place)


def _mixed(name: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    """Yield a problem for each row whose `name` is of another kind than in the first row that has it."""
    first: tuple[int, str] | None = None
    for number, row in enumerate(rows):
        if name not in row:
            continue
        kind = _kind(row[name])
        if first is None:
            first = number, kind
        elif kind != first[1]:
            message = f"'{name}' is {kind} in row {number + 1}, but {first[1]} in row {first[0] + 1}"
            yield Problem(message=message, path=("rows", number, name), hint=_hint(kind, first[1]))


def _hint(*kinds: str) -> str | None:
    return "leave the key out where the value is missing" if "a text" in kinds else None


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    return "a text" if isinstance(value, str) else "a number"
