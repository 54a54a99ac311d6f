"""Columns of whatever a library returns keep their values, and become one of the kinds that rows hold."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.data.settle import settled, text_of, unrounded
from paperkit.data.table import kind

_TEXT = st.text(st.characters(codec="utf-8"))
_WHOLE = st.integers(-(2**63), 2**63 - 1)


def listed(column: pd.Series[Any]) -> list[Any]:
    return [None if gap else value for value, gap in zip(column.tolist(), column.isna().tolist(), strict=True)]


def told(values: list[Any]) -> list[Any]:
    return [None if isinstance(value, float) and math.isnan(value) else value for value in values]


@given(st.lists(st.none() | _WHOLE))
def test_whole_numbers_stay_whole(values: list[int | None]) -> None:
    found = settled(pd.Series(values, dtype=object))
    assert listed(found) == values
    given_ones = [value for value in values if value is not None]
    if given_ones:
        assert str(found.dtype) == ("int64" if len(given_ones) == len(values) else "Int64")
    else:
        assert kind(found) == "missing"


@given(st.lists(st.none() | st.floats() | st.integers(-(2**53), 2**53), min_size=1))
def test_numbers_stay_what_they_are(values: list[float | None]) -> None:
    found = settled(pd.Series(values, dtype=object))
    assert listed(found) == told(values)
    assert kind(found) in ("number", "missing")


@given(st.lists(st.none() | _TEXT))
def test_texts_stay_what_they_are(values: list[str | None]) -> None:
    found = settled(pd.Series(values, dtype=object))
    assert listed(found) == values
    assert kind(found) == ("text" if any(value is not None for value in values) else "missing")


@given(st.lists(st.none() | st.booleans()))
def test_flags_stay_what_they_are(values: list[bool | None]) -> None:
    found = settled(pd.Series(values, dtype=object))
    assert listed(found) == values
    if any(value is not None for value in values):
        assert kind(found) == "flag"


@given(st.lists(st.none() | _TEXT | _WHOLE | st.booleans() | st.floats() | st.lists(_WHOLE).map(tuple)), st.data())
def test_whatever_is_mixed_keeps_its_values_and_its_index(values: list[Any], data: st.DataObject) -> None:
    index = data.draw(st.permutations(range(len(values))))
    found = settled(pd.Series(values, index=pd.Index(index, dtype="int64"), dtype=object))
    assert found.index.tolist() == index
    if kind(found) == "number":
        assert listed(found) == [None if v is None else pytest.approx(v, rel=1e-15) for v in told(values)]
    else:
        bare = [tuple(value) if isinstance(value, tuple) else value for value in listed(found)]
        assert list(map(repr, bare)) == list(map(repr, told(values)))
    assert settled(found).equals(found)


@pytest.mark.parametrize(
    ("column", "expected", "dtype"),
    [
        (pd.Series(pd.Categorical(["b", None, "a"], ordered=True)), ["b", None, "a"], None),
        (pd.Series(pd.Categorical([True, False])), [True, False], "bool"),
        (pd.Series([1, 2], dtype="uint8"), [1, 2], "int64"),
        (pd.Series([2**63, 1], dtype="uint64"), [2**63, 1], "object"),
        (pd.Series([10**19, 1], dtype="uint64"), [1e19, 1.0], "float64"),
        (pd.Series([1, None], dtype="UInt8"), [1, None], "Int64"),
        (pd.Series([1.5, None], dtype="Float32"), [1.5, None], "float64"),
        (pd.Series([True, None], dtype="boolean"), [True, None], "object"),
        (pd.Series(["a", None], dtype="string"), ["a", None], None),
        (pd.Series([Decimal("0.1"), 1]), [0.1, 1.0], "float64"),
        (pd.Series(pd.to_datetime(["2024-01-02", "NaT"])), ["2024-01-02", None], None),
        (pd.Series(pd.to_datetime(["2024-01-02 03:00"])), ["2024-01-02 03:00:00"], None),
        (pd.Series([np.array([1, 2]), None]), ["[1,2]", None], "object"),
        (pd.Series([np.float32(0.5), None], dtype=object), [0.5, None], "float64"),
    ],
)
def test_types_of_pandas(column: pd.Series[Any], expected: list[Any], dtype: str | None) -> None:
    found = settled(column)
    assert list(map(str, listed(found))) == list(map(str, expected))
    assert dtype is None or str(found.dtype) == dtype
    assert dtype is not None or kind(found) == "text"


@given(st.lists(st.none() | st.integers(-(10**40), 10**40) | st.integers(0, 10**15).map(lambda v: v * 10**20)))
def test_no_digit_of_a_large_whole_number_is_lost(values: list[int | None]) -> None:
    column = pd.Series(values, dtype=object)
    assert [None if v is None else int(v) for v in listed(unrounded(column))] == values
    found = listed(settled(column))
    # The shortest text of a float has all of its digits.
    assert [None if v is None else int(Decimal(repr(v))) for v in found] == values
    assert settled(settled(column)).equals(settled(column))


@pytest.mark.parametrize("other", [1, 1.5, None, Decimal("0.5"), np.float64(2)])
def test_what_no_float_holds_stays_as_it_is(other: Any) -> None:
    column = pd.Series([10**400, other], dtype=object)
    assert settled(column).tolist()[0] == unrounded(column).tolist()[0] == 10**400
    assert kind(settled(column)) == "other"


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pd.Series([Decimal("sNaN"), Decimal(1)]), [None, 1.0]),
        (pd.Series([Decimal("sNaN"), 1.5, None], dtype=object), [None, 1.5, None]),
        (pd.Series(["\ud800", "a"], dtype=object), ["\ud800", "a"]),
        (pd.Series(np.array(["-20000-01-01", "29999-12-31"], dtype="M8[s]")), ["-20000-01-01", "29999-12-31"]),
        (pd.Series([np.datetime64("2024-01-02", "ns"), None], dtype=object), ["2024-01-02", None]),
        (pd.Series([np.datetime64("2024-01-02", "ns"), "x"], dtype=object), ["2024-01-02 00:00:00", "x"]),
        (pd.Series([np.datetime64("20000-01-02", "s"), None], dtype=object), ["20000-01-02", None]),
        (pd.Series([dt.date(2024, 1, 2), None], dtype=pd.ArrowDtype(pa.date32())), ["2024-01-02", None]),
        (
            pd.Series(pd.to_datetime(["2024-01-02 00:00:00.5", "2024-01-02 00:00:01"], format="ISO8601")),
            ["2024-01-02 00:00:00.500000", "2024-01-02 00:00:01"],
        ),
    ],
)
def test_values_that_libraries_stumble_over(column: pd.Series[Any], expected: list[Any]) -> None:
    assert listed(settled(column)) == expected


def test_numbers_as_text() -> None:
    assert listed(text_of(pd.Series([7, None, 12], dtype="Int64"))) == ["7", None, "12"]
    assert listed(text_of(pd.Series([7.0, None, 1.5]))) == ["7", None, "1.5"]
    assert listed(text_of(pd.Series([True, "x", None], dtype=object))) == ["True", "x", None]
