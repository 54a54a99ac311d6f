"""Rows made of plain values, one clause applied to them, and what came out as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

from paperkit.data.clauses.context import Context
from paperkit.data.table import Rows
from paperkit.errors import DataError, Place, Problem
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FrameSpec, Label

Columns = Mapping[str, Sequence[Any]]


def series(values: Sequence[Any]) -> pd.Series:
    """Return a column of the kinds that rows hold: whole numbers with gaps are Int64."""
    types = {type(value) for value in values if value is not None}
    if types == {int} and None in values:
        return pd.Series(list(values), dtype="Int64")
    return pd.Series(list(values), dtype="object" if not types or types == {bool, type(None)} else None)


def rows_of(columns: Columns, file: str = "x.csv", index: Sequence[int] | None = None) -> Rows:
    """Return rows whose cells stand in `file`: the row with id 0 in line 2, every column by its name's length."""
    table = pd.DataFrame({name: series(values) for name, values in columns.items()})
    if index is not None:
        table = table.set_axis(pd.Index(list(index)), axis=0)

    def locate(row: int, column: str | None) -> Place:
        return Place(file=file if column is None else f"{file}[{column}]", line=row + 2)

    return Rows(table=table, locate=locate)


def labels_of(**columns: Mapping[str, Mapping[str, Any]]) -> Labels:
    return Labels(
        columns={
            column: {value: Label.model_validate(label) for value, label in values.items()}
            for column, values in columns.items()
        }
    )


def run(clause: ModuleType, rows: Rows, spec: Mapping[str, Any], labels: Labels | None = None, **others: Rows) -> Rows:
    """Return what a clause makes of rows, in the frame `f` among other frames."""

    def load(name: str) -> Rows:
        if name not in others:
            raise DataError(Problem(message=f"there is no [data.{name}]"))
        return others[name]

    context = Context(name="f", labels=labels or Labels(), load=load, root=Path())
    before = rows.table.copy(deep=True)
    found: Rows = clause.apply(rows, FrameSpec.model_validate(spec), context)
    pd.testing.assert_frame_equal(rows.table, before)
    assert found.table.index.is_unique
    assert not found.table.columns.has_duplicates
    return found


def failure(
    clause: ModuleType, rows: Rows, spec: Mapping[str, Any], labels: Labels | None = None, **others: Rows
) -> list[str]:
    """Return the problems of a clause that must fail, as they are printed."""
    with pytest.raises(DataError) as caught:
        run(clause, rows, spec, labels, **others)
    return [str(problem) for problem in caught.value.problems]


def records(table: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Return the rows of a table as plain scalars, None where missing."""
    columns = [[None if pd.isna(value) else value for value in table[name].tolist()] for name in table]
    return list(zip(*columns, strict=True))


def places(rows: Rows, column: str | None = None) -> list[str]:
    return [str(rows.place(position, column) or "") for position in range(len(rows))]
