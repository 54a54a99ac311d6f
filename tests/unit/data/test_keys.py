"""Keys and gather: rows told apart by value, and columns that keep what they hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperkit.data import gather, keys
from paperkit.data.table import Rows
from tests.unit.data.clausing import rows_of, series

CELLS: dict[str, list[Any]] = {
    "text": ["a", "b", "", None],
    "whole": [0, 1, 2**60 + 1, None],
    "float": [0.5, 0.0, -0.0, float("inf"), None],
    "flag": [True, False, None],
}


@settings(deadline=None)
@given(
    st.lists(st.tuples(*[st.sampled_from(values) for values in CELLS.values()])),
    st.permutations(list(CELLS)),
    st.integers(1, 4),
)
def test_codes_count_keys_by_first_appearance(rows: list[tuple[Any, ...]], names: list[str], width: int) -> None:
    table = {name: [row[number] for row in rows] for number, name in enumerate(CELLS)}
    columns = [series(table[name]) for name in names[:width]]
    found = list(zip(*(table[name] for name in names[:width]), strict=True))
    numbers = {key: number for number, key in enumerate(dict.fromkeys(found))}
    codes = keys.codes(columns, missing=True)
    assert codes.tolist() == [numbers[key] for key in found]
    assert keys.firsts(codes).tolist() == [found.index(key) for key in numbers]
    without = keys.codes(columns, missing=False).tolist()
    assert without == [-1 if None in key else numbers[key] for key in found]


def test_keys_are_named_with_their_columns() -> None:
    rows = rows_of({"model": ["it's", None], "seed": [1, 2], "acc": [0.5, None]})
    found = keys.values(rows.table, ("model", "seed", "acc"), np.array([1, 0]))
    assert found == ((None, 2, None), ("it's", 1, 0.5))
    assert keys.shown(("model", "seed", "acc"), found[1]) == 'model "it\'s", seed 1, acc 0.5'
    assert keys.shown(("model", "seed"), found[0][:2]) == "model missing, seed 2"


def test_rows_are_named_by_their_places() -> None:
    assert keys.standing(rows_of({"x": [1] * 5}), [0, 2]) == "x.csv:2, x.csv:4"
    assert keys.standing(rows_of({"x": [1] * 5}), range(5), "x") == "x.csv[x]:2, x.csv[x]:3, x.csv[x]:4, and 2 more"
    assert keys.standing(Rows(table=pd.DataFrame({"x": [1]})), [0]) == "row 1"


@pytest.mark.parametrize(
    ("values", "dtype"),
    [([1, 2], "Int64"), ([1, None], "Int64"), ([0.5, 1.5], "float64"), ([True, False], "object"), (["a", "b"], None)],
)
def test_missing_cells_do_not_change_the_others(values: list[Any], dtype: str | None) -> None:
    column = series(values)
    found = gather.picked(column, np.array([1, -1, 0]))
    assert found.dtype == (column.dtype if dtype is None else dtype)
    assert [None if pd.isna(value) else value for value in found.tolist()] == [values[1], None, values[0]]
    assert found.index.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("parts", "dtype"),
    [
        ([[1], [2]], "int64"),
        ([[1, None], [2]], "Int64"),
        ([[1], [None]], "Int64"),
        ([[1], []], "int64"),
        ([[1], [0.5, None]], "float64"),
        ([[None], [0.5], [1, None]], "float64"),
        ([[True], [False]], "bool"),
        ([[True], [None]], "object"),
        ([[None], [None]], "object"),
    ],
)
def test_columns_behind_each_other_stay_what_they_are(parts: list[list[Any]], dtype: str) -> None:
    found = gather.stacked([series(part) for part in parts])
    assert str(found.dtype) == dtype
    assert [None if pd.isna(value) else value for value in found.tolist()] == [
        value for part in parts for value in part
    ]


def test_a_column_is_named_by_its_value() -> None:
    assert [gather.named(value) for value in (55, 55.0, 0.5, True, "x", float("inf"))] == [
        "55",
        "55",
        "0.5",
        "True",
        "x",
        "inf",
    ]


def test_a_mixture_is_spelled_out() -> None:
    table = rows_of({"a": [1], "b": ["x"], "c": [None], "d": [True], "e": [0.5]}).table
    assert gather.mixture(table, ["a", "c", "e"]) is None
    assert gather.mixture(table, ["a", "b", "e"]) == "numbers in 'a', 'e' and text in 'b'"
    assert gather.mixture(table, ["b", "d", "a"]) == "text in 'b', true and false in 'd' and numbers in 'a'"
