"""What unpickling makes of honest objects of every kind, and of dishonest ones."""

from __future__ import annotations

import datetime as dt
import decimal
import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest

from paperkit.data import unpickle
from paperkit.data.settle import settled

PROTOCOLS = range(6)
DAYS = pd.date_range("2024-01-01", periods=3)
ZONE = dt.timezone(dt.timedelta(hours=2))
CELLS: list[Any] = [
    *(pd.Timestamp("2024-01-02 03:04:05", tz=dt.UTC), pd.Timestamp("2024-01-02"), pd.NaT, pd.NA, None),
    *(pd.Timedelta(1, "ns"), pd.Period("2024-05", "M"), pd.Interval(0, 1), np.float64(1.5), np.str_("x"), np.str_("")),
    *(np.datetime64("2024"), np.bool_(True), decimal.Decimal("1.5"), 1j, {1}, frozenset({2}), b"x", bytearray(b"y")),
    *(
        range(3),
        slice(1, 2),
        dt.datetime(2024, 1, 2, 3, 4, 5, 678901, tzinfo=dt.UTC),
        dt.date(2024, 2, 29),
        dt.timedelta(-1, 5),
    ),
    *(dt.datetime(2024, 1, 2, tzinfo=ZONE, fold=1), dt.time(1, 2, 3, 4, fold=1), dt.time(1, tzinfo=ZONE), 10**30, -5),
    *({"a": [1, (2, "é")], "b": {}}, "🙂", True, 0.1, float("inf")),
]
SERIES: dict[str, Any] = {
    "objects": pd.Series(CELLS, dtype=object),
    "array cells": pd.Series([np.array([1, 2]), np.array(["a"])], dtype=object),
    "sparse": pd.Series(pd.arrays.SparseArray([0, 0, 1, 2])),
    "sparse blocks": pd.Series(pd.arrays.SparseArray([0.0, 0.5, 1.5, 0.0, 2.5], fill_value=0.0, kind="block")),
    "period": pd.Series(pd.period_range("2024-01", periods=3, freq="M")),
    "period of days": pd.Series(pd.PeriodIndex(["2024-01-05", None], freq="D")),
    "interval": pd.Series(pd.IntervalIndex.from_breaks([0.0, 1.0, 2.5], closed="left")),
    "interval of dates": pd.Series(pd.IntervalIndex.from_breaks(DAYS)),
    "category": pd.Series(pd.Categorical(["b", None, "a"], categories=["b", "a"], ordered=True)),
    "category of numbers": pd.Series(pd.Categorical([3, 1, 3])),
    "category of dates": pd.Series(pd.Categorical(DAYS)),
    "dates": pd.Series(DAYS),
    "dates of a zone": pd.Series(DAYS.tz_localize(ZONE)),
    "seconds": pd.Series(DAYS.astype("M8[s]")),
    "lengths": pd.Series(DAYS - DAYS[0]),
    "texts": pd.Series(["x", None, "é"]),
    "python texts": pd.Series(pd.array(["x", None], dtype="string[python]")),
    "flags": pd.Series([True, False]),
    "flags with gaps": pd.Series(pd.array([True, None], dtype="boolean")),
    **{
        kind: pd.Series(pd.array([1, None, 2], dtype=kind))
        for kind in ("Int8", "UInt16", "Int64", "Float32", "Float64")
    },
    "array in columns": pd.Series(
        [np.asfortranarray([[1, 2], [3, 4]]), np.array([["a", 1], ["b", 2]], dtype=object).T]
    ),
    **{kind: pd.Series(np.arange(3, dtype=kind)) for kind in ("i1", "u8", "f2", "f4", "f8", "c16")},
    "none": pd.Series([], dtype=float),
    "texts none": pd.Series([], dtype=object),
}
INDEXES: dict[str, Any] = {
    "dates": DAYS,
    "dates of a zone": DAYS.tz_localize("UTC"),
    "lengths": DAYS - DAYS[0],
    "periods": pd.period_range("2024-01", periods=3, freq="M", name="p"),
    "intervals": pd.IntervalIndex.from_breaks([0, 1, 2, 3], name="i"),
    "categories": pd.CategoricalIndex(["a", "b", "a"], name="c"),
    "levels": pd.MultiIndex.from_tuples([("a", 1), ("b", 2), ("b", np.nan)], names=["k", None]),
    "texts": pd.Index(["x", "y", "x"], name="t"),
    "objects": pd.Index(["x", 1, None], dtype=object, name=("a", 1)),
    "numbers": pd.Index([3, 1, 2]),
    "floats": pd.Index([0.5, 1.5, 2.5]),
    "range": pd.RangeIndex(5, 11, 2, name="r"),
}


def same(found: Any, expected: Any) -> bool:
    """Tell whether two cells are alike, gaps and arrays too."""
    if isinstance(expected, np.ndarray):
        return bool(found.dtype == expected.dtype and found.tolist() == expected.tolist())
    both_missing = not isinstance(expected, (dict, set, list)) and pd.isna(expected) and pd.isna(found)
    return bool(both_missing or (type(found) is type(expected) and found == expected))


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", SERIES)
def test_series(name: str, protocol: int) -> None:
    series = SERIES[name].rename("s")
    content = pickle.dumps(series, protocol=protocol)
    found, expected = settled(unpickle.load(content)), settled(pickle.loads(content))
    assert unpickle.load(content).name == "s"
    assert found.dtype == expected.dtype
    assert len(found) == len(series)
    assert all(same(*pair) for pair in zip(found.tolist(), expected.tolist(), strict=True))


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", INDEXES)
def test_indexes(name: str, protocol: int) -> None:
    table = pd.DataFrame({"a": [1, 2, 3], 7: ["x", "y", "z"], "b": [0.5, 1.5, 2.5]}, index=INDEXES[name])
    content = pickle.dumps(table, protocol=protocol)
    found = unpickle.load(content)
    assert found.index.names == INDEXES[name].names
    assert found.columns.tolist() == ["a", 7, "b"]
    assert list(map(str, found.index.tolist())) == list(map(str, INDEXES[name].tolist()))
    assert found.to_numpy().tolist() == table.to_numpy().tolist()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_frames(protocol: int) -> None:
    table = pd.concat({str(name): series for name, series in SERIES.items() if len(series) == 3}, axis="columns")
    shuffled = table[sorted(table.columns, key=lambda name: str(name)[::-1])].iloc[::-1]
    for frame in (
        table,
        shuffled,
        table.iloc[:0],
        table[[]],
        table.T,
        pd.DataFrame(),
        table.set_axis(["a"] * table.shape[1], axis=1),
    ):
        content = pickle.dumps(frame, protocol=protocol)
        found, expected = unpickle.load(content), pickle.loads(content)
        assert found.columns.tolist() == expected.columns.tolist()
        assert found.index.tolist() == expected.index.tolist()
        for position in range(frame.shape[1]):
            ours, theirs = settled(found.iloc[:, position]), settled(expected.iloc[:, position])
            assert ours.dtype == theirs.dtype
            assert all(same(*pair) for pair in zip(ours.tolist(), theirs.tolist(), strict=True))
