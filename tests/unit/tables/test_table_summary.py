"""Summaries and statistics: their numbers are those of pandas and SciPy, whatever is missing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata, sem

from paperkit.errors import AssetError
from paperkit.manifest.labels import Labels
from paperkit.manifest.tables import Summary
from paperkit.style.venue import load_venue
from paperkit.tables import Table, resolve
from paperkit.tables.looks import Look
from paperkit.tables.summary import mean_ranks, ranks, summarise, summary_look
from tests.unit.tables.tiny_records import Records, head_texts, make_labels, resolved, table_asset

NUMBERS = st.none() | st.floats(-1e6, 1e6) | st.integers(-1000, 1000)
FEW = st.none() | st.integers(-3, 3).map(float)


@given(st.sampled_from(["mean", "median", "min", "max", "std", "sem", "sum", "count"]), st.lists(NUMBERS, max_size=8))
def test_statistics_are_those_of_pandas(stat: str, values: list[Any]) -> None:
    series = pd.Series(values, dtype=float)
    expected = getattr(series, stat)()
    found = summarise(stat, values)
    if stat == "count":
        assert found == expected
    elif series.count() == 0 or math.isnan(expected):
        assert found is None
    else:
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-6)


def test_what_is_no_finite_number_is_left_out() -> None:
    values = [1.0, "x", None, True, float("inf"), float("-inf"), 4.0]
    assert [summarise(stat, values) for stat in ("mean", "max", "count", "sum")] == [2.5, 4.0, 2, 5.0]
    assert summarise("std", [1.0]) is None
    assert summarise("sem", [1.0, 2.0, 4.0]) == pytest.approx(sem([1, 2, 4]))
    assert summarise("mean", []) is None


@given(st.lists(FEW, max_size=8), st.sampled_from(["higher", "lower", None, 0.5]))
def test_ranks_are_those_of_scipy(values: list[float | None], goal: str | float | None) -> None:
    look = Look(target=goal) if isinstance(goal, float) else Look(direction=goal)  # type: ignore[arg-type]
    present = np.array([value for value in values if value is not None])
    badness = abs(present - goal) if isinstance(goal, float) else present if goal == "lower" else -present
    expected = iter(rankdata(badness))
    assert ranks(values, [look] * len(values)) == tuple(None if value is None else next(expected) for value in values)


def test_what_does_not_compete_has_no_rank() -> None:
    looks = [Look(), Look(competes=False), Look()]
    assert ranks([1.0, 9.0, 2.0], looks) == (2.0, None, 1.0)


@given(st.lists(st.lists(FEW, min_size=3, max_size=3), min_size=1, max_size=6))
def test_mean_ranks_are_those_of_pandas(lines: list[list[float | None]]) -> None:
    expected = pd.DataFrame(lines, dtype=float).rank(axis=1, ascending=False).mean()
    found = mean_ranks([(line, [Look()] * 3, ["score"] * 3) for line in lines], 3)
    for one, other in zip(found, expected, strict=True):
        assert (one is None) == math.isnan(other)
        assert one is None or one == pytest.approx(other)


def test_metrics_are_ranked_apart() -> None:
    looks = [Look(direction="higher"), Look(direction="lower")] * 2
    lines = [([90.0, 5.0, 80.0, 3.0], looks, ["acc", "time"] * 2)]
    assert mean_ranks(lines, 4) == (1.0, 2.0, 2.0, 1.0)


LOOK = Look(format=(".2f",), direction="higher", target=None, note="a", uncertainty="std")


@pytest.mark.parametrize(
    ("keys", "look", "expected"),
    [
        ({"stat": "mean"}, LOOK, ((".2f",), None, "higher", True)),
        ({"stat": "mean", "format": ".4f"}, LOOK, ((".4f",), None, "higher", True)),
        ({"stat": "mean", "precision": 3}, Look(precision=1), ((), 3, None, True)),
        ({"stat": "max"}, Look(precision=1), ((), 1, None, True)),
        ({"stat": "mean"}, Look(format=("{n} of {score:.3f}", "{n}")), ((".3f",), None, None, True)),
        ({"stat": "mean"}, Look(precision="uncertainty"), ((), "uncertainty", None, True)),
        # Spread and counts are neither good nor bad, and ranks are better when they are lower.
        ({"stat": "std"}, LOOK, ((".2f",), None, None, False)),
        ({"stat": "count"}, LOOK, ((), None, None, False)),
        ({"stat": "mean_rank"}, LOOK, ((), 1, "lower", True)),
        ({"stat": "mean_rank"}, Look(precision=2, target=3.0), ((), 2, "lower", True)),
        ({"stat": "mean", "emphasis": False}, LOOK, ((".2f",), None, "higher", False)),
    ],
)
def test_the_look_of_a_summary(keys: dict[str, Any], look: Look, expected: tuple[Any, ...]) -> None:
    found = summary_look(Summary.model_validate(keys), look, "score", [1.0])
    assert (found.format, found.precision, found.direction, found.competes) == expected
    assert (found.uncertainty, found.stars, found.note) == (None, None, "")


@pytest.mark.parametrize(
    ("values", "decimals"),
    [([1, 2], 1), ([1.25, None, 3], 2), ([0.1 + 0.2], 1), ([1e-7], 7), (["x", None], 1), ([1 / 3], 12), ([250.0], 1)],
)
def test_a_mean_has_the_decimals_of_what_it_is_made_of(values: list[Any], decimals: int) -> None:
    assert summary_look(Summary(stat="mean"), Look(), "score", values).precision == decimals
    assert summary_look(Summary(stat="max"), Look(), "score", values).precision is None


RUNS = pd.DataFrame(
    [(g, t, m, (7 * i * i) % 23 + 0.5 * i, 2.0 * i) for i, (g, t, m) in enumerate(
        (g, g + t, m) for g in "AB" for t in "12" for m in "xyz")],
    columns=["group", "task", "model", "acc", "time"],
)  # fmt: skip
RUNS.loc[4, "acc"] = None
LABELS = make_labels(cells={"acc": {"direction": "higher"}, "time": {"direction": "lower"}})


def records(frame: pd.DataFrame) -> Records:
    rows = [tuple(None if pd.isna(value) else value for value in row) for row in frame.itertuples(index=False)]
    return Records(" ".join(frame.columns), *rows)


def summaries(table: Table, kind: str = "summary") -> list[list[str]]:
    return [[row.plain, *(cell.plain for cell in row.cells)] for row in table.body if row.kind == kind]


def printed(values: Any, decimals: int = 2) -> list[str]:
    return [f"{value:z.{decimals}f}" for value in values]


WIDE = RUNS.pivot_table(index=["group", "task"], columns="model", values="acc")
KEYS: dict[str, Any] = {"rows": ["group", "task"], "columns": ["model"], "cells": ["acc"], "precision": 2}


@pytest.mark.parametrize(
    ("stat", "label"),
    [
        ("mean", "Mean"), ("median", "Median"), ("min", "Minimum"), ("max", "Maximum"), ("std", "Std. dev."),
        ("sem", "Std. error"), ("sum", "Sum"),
    ],
)  # fmt: skip
def test_a_row_and_a_column_of_a_statistic(stat: str, label: str) -> None:
    table = resolved(records(RUNS), **KEYS, summary=[{"stat": stat}])
    assert summaries(table) == [[label, *printed(WIDE.agg(stat))]]
    table = resolved(records(RUNS), **KEYS, summary=[{"stat": stat, "axis": "column", "label": "All"}])
    assert head_texts(table) == [[("x", 1), ("y", 1), ("z", 1), ("All", 1)]]
    body = [row.cells[-1].plain for row in table.body if row.kind == "body"]
    assert body == printed(WIDE.agg(stat, axis=1))


def test_a_summary_for_each_group_stands_at_its_end() -> None:
    table = resolved(records(RUNS), **KEYS, summary=[{"stat": "mean", "per": "group"}, {"stat": "max"}])
    means = WIDE.groupby(level="group").mean()
    assert [(row.kind, row.plain) for row in table.body] == [
        ("panel", "A"), ("body", "A1"), ("body", "A2"), ("summary", "Mean"),
        ("panel", "B"), ("body", "B1"), ("body", "B2"), ("summary", "Mean"),
        ("summary", "Maximum"),
    ]  # fmt: skip
    assert summaries(table) == [
        ["Mean", *printed(means.loc["A"])], ["Mean", *printed(means.loc["B"])], ["Maximum", *printed(WIDE.max())],
    ]  # fmt: skip
    assert [row.above for row in table.body] == ["none"] * 4 + ["space"] + ["none"] * 3 + ["rule"]
    assert [row.indent for row in table.body] == [0, 1, 1, 1, 0, 1, 1, 1, 0]


def test_a_column_for_each_spanner_stands_under_it() -> None:
    keys: dict[str, Any] = {"rows": ["task"], "columns": ["group", "model"], "cells": ["acc"], "precision": 1}
    frame = RUNS.assign(task=RUNS["task"].str[1])
    table = resolved(records(frame), **keys, summary=[{"stat": "mean", "axis": "column", "per": "group"}])
    assert head_texts(table) == [
        [("A", 4), ("B", 4)], [("x", 1), ("y", 1), ("z", 1), ("Mean", 1), ("x", 1), ("y", 1), ("z", 1), ("Mean", 1)],
    ]  # fmt: skip
    means = frame.pivot_table(index="task", columns="group", values="acc")
    found = [[row.cells[3].plain, row.cells[7].plain] for row in table.body]
    assert found == [printed(line, 1) for line in means.to_numpy()]


def test_mean_ranks_of_columns_and_of_rows() -> None:
    keys = KEYS | {"cells": ["acc", "time"], "summary": [{"stat": "mean_rank"}]}
    table = resolved(records(RUNS), LABELS, **keys)
    time = RUNS.pivot_table(index=["group", "task"], columns="model", values="time")
    by_row = WIDE.rank(axis=1, ascending=False).mean(), time.rank(axis=1).mean()
    expected = [value for model in "xyz" for value in (by_row[0][model], by_row[1][model])]
    assert summaries(table) == [["Mean rank", *printed(expected)]]
    keys["summary"] = [{"stat": "mean_rank", "axis": "column", "precision": 3}]
    table = resolved(records(RUNS), LABELS, **keys)
    both = pd.concat([WIDE.rank(ascending=False), time.rank()], axis=1)
    assert [row.cells[-1].plain for row in table.body if row.kind == "body"] == printed(both.mean(axis=1), 3)


def test_an_average_is_rounded_like_what_it_is_made_of() -> None:
    frame = pd.DataFrame({"task": list("abc"), "score": [1.0, 2.0, 2.0], "std": [0.02, 0.03, 0.025]})
    keys: dict[str, Any] = {"summary": [{"stat": "mean"}], "uncertainty": "std"}
    assert summaries(resolved(records(frame), **keys)) == [["Mean", "1.7"]]
    assert summaries(resolved(records(frame), **keys, precision="uncertainty")) == [["Mean", "1.67"]]
    column: dict[str, Any] = {
        "summary": [{"stat": "median", "axis": "column"}],
        "uncertainty": "std",
        "precision": "uncertainty",
    }
    table = resolved(records(frame), **column)
    assert [row.cells[1].plain for row in table.body] == ["1.00", "2.00", "2.00"]


def test_a_summary_is_shaded_among_itself() -> None:
    keys = KEYS | {"shade": {"within": ["column"], "colormap": "Greys", "levels": 3}}
    table = resolved(records(RUNS), **keys, summary=[{"stat": "mean", "shade": True}, {"stat": "max"}])
    shaded, plain = ([cell.fill for cell in row.cells] for row in table.body if row.kind == "summary")
    means = WIDE.mean()
    third = (means - means.min()) / (means.max() - means.min()) * 3
    assert [fill.level for fill in shaded if fill] == [[0, 128, 255][min(int(place), 2)] for place in third]
    assert plain == [None] * 3
    own = {"stat": "mean", "per": "group", "shade": {"within": ["column"], "colormap": "Reds"}}
    table = resolved(records(RUNS), **KEYS, summary=[own])
    groups = [[cell.fill.level for cell in row.cells if cell.fill] for row in table.body if row.kind == "summary"]
    is_less = WIDE.groupby(level="group").mean().diff().iloc[1] < 0
    assert groups == [[255 if less else 0 for less in is_less], [0 if less else 255 for less in is_less]]


def test_metrics_of_a_summary_do_not_compete_with_each_other() -> None:
    keys = KEYS | {"cells": ["acc", "time"], "emphasis": {}, "summary": [{"stat": "mean"}]}
    table = resolved(records(RUNS), LABELS, **keys)
    (row,) = [row for row in table.body if row.kind == "summary"]
    time = RUNS.groupby("model")["time"].mean().rank()
    acc = WIDE.mean().rank(ascending=False)
    names = {1.0: "best", 2.0: "second", 3.0: None}
    assert [cell.emphasis for cell in row.cells] == [names[part[model]] for model in "xyz" for part in (acc, time)]
    table = resolved(records(RUNS), **KEYS | {"emphasis": {}, "summary": [{"stat": "std"}]})
    assert [cell.emphasis for row in table.body if row.kind == "summary" for cell in row.cells] == [None] * 3


COUNTS = Records("model n note", ("z", 1000, "c"), ("x", 12, "a"))


def with_statistics(*entries: dict[str, Any], frame: Records = COUNTS, **keys: Any) -> Table:
    asset = table_asset(**(KEYS | keys), statistic=[{"data": "counts"} | entry for entry in entries])
    return resolve(asset, records(RUNS), Labels(), load_venue("article"), {"counts": frame})


def test_statistic_rows_come_from_another_frame() -> None:
    entries = {"label": "$N$", "value": "n", "format": ",d"}, {"label": "Note", "value": "note"}
    table = with_statistics(*entries, summary=[{"stat": "mean", "axis": "column"}])
    # The frame says nothing about y, and nothing about the column of means.
    assert summaries(table, "statistic") == [["$N$", "12", "", "1,000", ""], ["Note", "a", "", "c", ""]]
    assert [row.above for row in table.body][-2:] == ["rule", "none"]
    assert all(cell.fill is None and cell.emphasis is None for cell in table.body[-1].cells)


def refused(*entries: dict[str, Any], frame: Records = COUNTS) -> str:
    with pytest.raises(AssetError) as caught:
        with_statistics(*entries, frame=frame)
    return str(caught.value)


def test_what_is_wrong_with_statistics_is_said_at_once() -> None:
    twice = Records("model n", ("x", 1), ("y", 2), ("x", 3))
    assert refused({"label": "N", "value": "m"}, {"label": "N", "value": "n"}, frame=twice) == (
        "table.main.statistic[0].value: no column 'm' in the data 'counts'\n    columns: model, n\n"
        "table.main.statistic[1]: several rows of the data 'counts' are for model 'x'\n"
        "    add a where that leaves one"
    )
    assert refused({"label": "N", "value": "n"}, frame=Records("modell n", ("x", 1))) == (
        "table.main.statistic[0].data: no column 'model' in the data 'counts', did you mean 'modell'?\n"
        "    columns: modell, n"
    )
