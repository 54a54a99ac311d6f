"""Whole numbers stay whole where some are missing: 1 is neither printed nor looked up as 1.0."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.data.loading import Failure, Load

SEEDS = "seed,acc\n1,0.5\n,0.25\n3,2.0\n1,\n"
SHOTS = {"shots": {"1": {"label": "one", "few": "yes"}, "5": {"few": "no"}}}


def types(values: tuple[tuple[object, ...], ...]) -> list[type]:
    return [type(value) for (value,) in values]


def test_a_column_with_gaps_keeps_its_kind(load: Load) -> None:
    frame = load(SEEDS)
    assert frame.rows("seed") == ((1,), (None,), (3,), (1,))
    assert types(frame.rows("seed")) == [int, type(None), int, int]
    assert types(frame.rows("acc")) == [float, float, float, type(None)]


@pytest.mark.parametrize("cells", [["1.0", "", "2"], ["1", "", "inf"], ["1", "", "2e0"], ["", "1.5"]])
def test_what_is_written_as_a_float_stays_one(load: Load, cells: list[str]) -> None:
    frame = load("x,y\n" + "".join(f"{cell},\n" for cell in cells))
    assert types(frame.rows("x")) == [float if cell else type(None) for cell in cells]


def test_numeric_keeps_whole_numbers(load: Load) -> None:
    frame = load(
        "x;y\n1.000;a\n;b\n-;c\n2;d\n", options={"sep": ";", "thousands": ".", "na_values": ["-"]}, numeric=["x"]
    )
    assert frame.rows("x") == ((1000,), (None,), (None,), (2,))
    assert types(frame.rows("x")) == [int, type(None), type(None), int]


def test_labels_and_texts_of_whole_numbers(load: Load) -> None:
    frame = load(
        "shots,acc\n1,2\n,3\n5,4\n",
        labels=SHOTS,
        derive={"few": "shots.few", "name": "text(shots)"},
    )
    assert frame.rows("few", "name") == (("yes", "1"), (None, None), ("no", "5"))
    assert [frame.labels.text("shots", shots) for (shots,) in frame.rows("shots") if shots] == ["one", "5"]
    assert frame.aggregate("argmax(mean(acc), shots)") == 5
    assert repr(frame.aggregate("max(shots)")) == "5"


def test_a_baseline_that_some_rows_lack_keeps_whole_numbers(load: Load) -> None:
    frame = load(
        "model,task,n,ok\nbase,a,7,True\nnew,a,8,False\nnew,b,9,True\n",
        baseline={"where": "model == 'base'", "on": ["task"], "unmatched": "null"},
    )
    assert frame.rows("baseline.n", "baseline.ok") == ((7, True), (7, True), (None, None))
    assert repr(frame.rows("baseline.n")[0][0]) == "7"


def test_pickles_of_nullable_and_of_object_numbers(load: Load) -> None:
    table = pd.DataFrame(
        {"a": pd.array([1, None], dtype="Int64"), "b": np.array([2, None], dtype=object), "c": [1, np.nan]}
    )
    content = io.BytesIO()
    table.to_pickle(content)
    frame = load({"x.pkl": content.getvalue()}, read="x.pkl")
    assert repr(frame.rows("a", "b", "c")) == "((1, 2, 1.0), (None, None, None))"
    assert frame.to_pandas().dtypes.astype(str).tolist() == ["Int64", "Int64", "float64"]


def test_comparisons_and_checks_see_numbers(load: Load, failure: Failure) -> None:
    assert load(SEEDS, where="seed in (1, 2) or seed >= 3").rows("seed") == ((1,), (3,), (1,))
    assert load(SEEDS, where="isnull(seed) and not isnull(acc)").rows("acc") == ((0.25,),)
    assert load(SEEDS, drop={"seed": [1]}).rows("seed") == ((None,), (3,))
    assert failure(SEEDS, where="seed == '1'") == [
        "data.f.where: column 'seed' holds numbers and cannot be compared with '1'\n    write 1 without quotes"
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(cells=st.lists(st.one_of(st.none(), st.integers(-(10**6), 10**6)), min_size=1))
def test_arithmetic_and_aggregates_are_those_of_pandas(load: Load, cells: list[int | None]) -> None:
    series = pd.Series(cells, dtype="float64")
    text = "x,y\n" + "".join(f"{'' if cell is None else cell},1\n" for cell in cells)
    frame = load(text, derive={"z": "-x * 2 + 1", "w": "x if x > 0 else None"})
    wanted = pd.DataFrame({"x": series, "z": -series * 2 + 1, "w": series.where(series > 0)})
    found = pd.DataFrame(frame.rows("x", "z", "w"), columns=["x", "z", "w"], dtype="float64")
    pd.testing.assert_frame_equal(found, wanted)
    assert frame.aggregate("count(x)") == series.count()
    if series.count():
        assert frame.aggregate("mean(x)") == pytest.approx(series.mean())
        assert (frame.aggregate("min(x)"), frame.aggregate("max(x)")) == (series.min(), series.max())
