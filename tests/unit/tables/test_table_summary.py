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
from paperkit.manifest.tables import Summary
from paperkit.tables import Table
from paperkit.tables.looks import Look
from paperkit.tables.summary import mean_ranks, ranks, summarise, summary_look
from tests.unit.tables.tiny_records import Records, head_texts, make_labels, resolved

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
    by_column = WIDE.rank(ascending=False).mean(axis=1), time.rank().mean(axis=1)
    body = [[cell.plain for cell in row.cells[-2:]] for row in table.body if row.kind == "body"]
    assert body == [list(pair) for pair in zip(*(printed(part, 3) for part in by_column), strict=True)]


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


NAMES = {1.0: "best", 2.0: "second"}


def test_metrics_of_a_summary_do_not_compete_with_each_other() -> None:
    keys = KEYS | {"cells": ["acc", "time"], "emphasis": {"within": "row"}, "summary": [{"stat": "mean"}]}
    table = resolved(records(RUNS), LABELS, **keys)
    (row,) = [row for row in table.body if row.kind == "summary"]
    time = RUNS.groupby("model")["time"].mean().rank()
    acc = WIDE.mean().rank(ascending=False, method="dense")
    assert [cell.emphasis for cell in row.cells] == [NAMES.get(part[model]) for model in "xyz" for part in (acc, time)]
    table = resolved(records(RUNS), **KEYS | {"emphasis": {"within": "row"}, "summary": [{"stat": "std"}]})
    assert [cell.emphasis for row in table.body if row.kind == "summary" for cell in row.cells] == [None] * 3


def emphases(table: Table, kind: str, columns: slice = slice(None)) -> list[list[str | None]]:
    return [[cell.emphasis for cell in row.cells[columns]] for row in table.body if row.kind == kind]


def named(ranked: pd.DataFrame) -> list[list[str | None]]:
    return [[NAMES.get(rank) for rank in line] for line in ranked.to_numpy()]


def test_a_summary_row_competes_as_the_body_does() -> None:
    keys = KEYS | {"summary": [{"stat": "mean"}]}
    mean = WIDE.mean().to_frame().T
    # The easiest model of a column is no better than the others.
    for within in (["column"], ["group", "column"], ["model"]):
        table = resolved(records(RUNS), **keys, emphasis={"within": within})
        assert emphases(table, "summary") == [[None] * 3]
    for within in (["row"], ["table"], ["group"], ["task"], ["group", "row"]):
        table = resolved(records(RUNS), **keys, emphasis={"within": within})
        assert emphases(table, "summary") == named(mean.rank(axis=1, ascending=False, method="dense"))


def test_the_summaries_of_groups_compete_as_the_body_does() -> None:
    keys = KEYS | {"summary": [{"stat": "mean", "per": "group"}]}
    means = WIDE.groupby(level="group").mean()
    across = means.rank(axis=1, ascending=False, method="dense")
    expected = {("column",): means.rank(ascending=False, method="dense"), ("row",): across, ("group",): across}
    for within, ranked in expected.items():
        table = resolved(records(RUNS), **keys, emphasis={"within": within})
        assert emphases(table, "summary") == named(ranked)
    table = resolved(records(RUNS), **keys, emphasis={"within": ["group", "column"]})
    assert emphases(table, "summary") == [[None] * 3] * 2


def test_a_summary_column_competes_within_the_groups_of_its_rows() -> None:
    keys = KEYS | {"summary": [{"stat": "mean", "axis": "column"}]}
    mean = WIDE.mean(axis=1).to_frame()
    for within in (["group", "column"], ["group", "model"], ["group"]):
        table = resolved(records(RUNS), **keys, emphasis={"within": within})
        ranked = mean.groupby(level="group").rank(ascending=False, method="dense")
        assert emphases(table, "body", slice(3, None)) == named(ranked)
    table = resolved(records(RUNS), **keys, emphasis={"within": ["column"]})
    assert emphases(table, "body", slice(3, None)) == named(mean.rank(ascending=False, method="dense"))
    table = resolved(records(RUNS), **keys, emphasis={"within": ["row"]})
    assert emphases(table, "body", slice(3, None)) == [[None]] * 4


def test_only_the_metrics_that_compete_do_so_in_summaries() -> None:
    keys = KEYS | {"cells": ["acc", "time"], "summary": [{"stat": "mean", "axis": "column"}]}
    judged = make_labels(cells={"time": {"direction": "lower"}})
    table = resolved(records(RUNS), judged, **keys, emphasis={})
    time = RUNS.groupby(["group", "task"])["time"].mean().rank()
    assert emphases(table, "body", slice(6, None)) == [[None, NAMES.get(rank)] for rank in time]
    table = resolved(records(RUNS), judged, **keys, emphasis={"cells": "acc"})
    acc = WIDE.mean(axis=1).rank(ascending=False, method="dense")
    assert emphases(table, "body", slice(6, None)) == [[NAMES.get(rank), None] for rank in acc]


PERCENT = make_labels(
    cells={"acc": {"label": "Accuracy", "unit": "%", "direction": "higher"}, "time": {"direction": "lower"}}
)


@pytest.mark.parametrize("stat", ["mean", "median", "min", "max", "std", "sem", "sum", "count"])
def test_each_metric_has_a_summary_column_of_its_own(stat: str) -> None:
    keys = KEYS | {"cells": ["acc", "time"], "summary": [{"stat": stat, "axis": "column", "label": "All"}]}
    table = resolved(records(RUNS), PERCENT, **keys)
    acc, time = {"std": ("Accuracy (%)", "time"), "sem": ("Accuracy (%)", "time"), "count": ("Accuracy", "time")}.get(
        stat, ("Accuracy (%) ↑", "time ↓")
    )
    assert [level[-2:] for level in head_texts(table)] == [[("z", 2), ("All", 2)], [(acc, 1), (time, 1)]]
    grouped = RUNS.groupby(["group", "task"])
    expected = [grouped[metric].agg(stat) for metric in ("acc", "time")]
    found = [[float(cell.plain) for cell in row.cells[-2:]] for row in table.body if row.kind == "body"]
    assert found == pytest.approx(np.transpose(expected), abs=0.0051)


def test_a_summary_of_some_metrics() -> None:
    summary = [{"stat": "mean", "axis": "column", "cells": "time"}]
    table = resolved(records(RUNS), **KEYS | {"cells": ["acc", "time"]}, summary=summary)
    assert [level[-2:] for level in head_texts(table)] == [[("z", 2), ("Mean", 1)], [("time", 1), ("time", 1)]]
    means = RUNS.groupby(["group", "task"])["time"].mean()
    assert [row.cells[-1].plain for row in table.body if row.kind == "body"] == printed(means)


def test_each_metric_has_a_summary_column_under_its_spanner() -> None:
    frame = RUNS.assign(task=RUNS["task"].str[1])
    keys: dict[str, Any] = {"rows": ["task"], "columns": ["group", "model"], "cells": ["acc", "time"], "precision": 1}
    table = resolved(records(frame), **keys, summary=[{"stat": "mean", "axis": "column", "per": "group"}])
    assert head_texts(table) == [
        [("A", 8), ("B", 8)], [("x", 2), ("y", 2), ("z", 2), ("Mean", 2)] * 2, [("acc", 1), ("time", 1)] * 8,
    ]  # fmt: skip
    means = frame.pivot_table(index="task", columns="group", values=["acc", "time"])
    for place, group in ((6, "A"), (14, "B")):
        found = [[row.cells[place].plain, row.cells[place + 1].plain] for row in table.body]
        assert found == [printed(line, 1) for line in means.xs(group, axis=1, level="group").to_numpy()]


@pytest.mark.parametrize(
    ("show", "stubs"), [("panel", ["Mean acc ↑", "Mean time ↓"]), ("column", ["Mean/acc ↑", "/time ↓"])]
)
def test_each_metric_has_a_summary_row_of_its_own(show: str, stubs: list[str]) -> None:
    keys: dict[str, Any] = {"rows": ["task", "cells"], "columns": ["model"], "cells": ["acc", "time"], "precision": 2}
    table = resolved(
        records(RUNS), LABELS, **keys, summary=[{"stat": "mean"}], row_groups={"show": show}, emphasis={"within": "row"}
    )
    rows = [row for row in table.body if row.kind == "summary"]
    assert ["/".join(stub.plain for stub in row.stubs) for row in rows] == stubs
    means = RUNS.groupby("model")[["acc", "time"]].mean().T
    assert [[cell.plain for cell in row.cells] for row in rows] == [printed(line) for line in means.to_numpy()]
    ranked = pd.concat(
        [means.loc[["acc"]].rank(axis=1, ascending=False, method="dense"), means.loc[["time"]].rank(axis=1)]
    )
    assert emphases(table, "summary") == named(ranked)


def test_metrics_that_are_the_groups_name_their_summaries_by_themselves() -> None:
    keys: dict[str, Any] = {"rows": ["cells", "task"], "columns": ["model"], "cells": ["acc", "time"], "precision": 2}
    table = resolved(records(RUNS), **keys, summary=[{"stat": "max", "per": "group"}])
    largest = RUNS.groupby("model")[["acc", "time"]].max().T
    assert summaries(table) == [["Maximum", *printed(line)] for line in largest.to_numpy()]
    column: dict[str, Any] = {"stat": "max", "axis": "column", "cells": "time"}
    table = resolved(records(RUNS), **keys, summary=[column])
    body = [row.cells[-1].plain for row in table.body if row.kind == "body"]
    assert body == [""] * 4 + printed(RUNS.groupby("task")["time"].max())


BENCHMARKS = Records("model mmlu gsm speed", ("a", 60.0, 80.0, 3.0), ("b", 70.0, 40.0, 1.0))


def test_metrics_that_are_the_only_columns_are_summarised_together() -> None:
    keys: dict[str, Any] = {"rows": "model", "cells": ["mmlu", "gsm", "speed"]}
    mean = {"stat": "mean", "axis": "column", "label": "Avg.", "cells": ["mmlu", "gsm"]}
    rank = {"stat": "mean_rank", "axis": "column"}
    labels = make_labels(
        cells={"mmlu": {"direction": "higher"}, "gsm": {"direction": "higher"}, "speed": {"direction": "lower"}}
    )
    table = resolved(BENCHMARKS, labels, **keys, summary=[mean, rank], emphasis={})
    assert [head.plain for head in table.heads[0]] == ["mmlu ↑", "gsm ↑", "speed ↓", "Avg.", "Mean rank"]
    numbers = pd.DataFrame({"mmlu": [-60, -70], "gsm": [-80, -40], "speed": [3, 1]})
    means, ranked = -numbers[["mmlu", "gsm"]].mean(axis=1), numbers.rank().mean(axis=1)
    assert [[cell.plain for cell in row.cells[3:]] for row in table.body] == [
        [f"{one:.1f}", f"{other:.1f}"] for one, other in zip(means, ranked, strict=True)
    ]
    assert emphases(table, "body", slice(3, None)) == [["best", "second"], ["second", "best"]]
    assert table.notices == ()
    table = resolved(BENCHMARKS, labels, **keys, summary=[mean | {"cells": []}], emphasis={})
    assert [str(notice) for notice in table.notices] == [
        (
            "table.main.summary[0]: the mean mixes 'mmlu', 'gsm' and 'speed', which differ in unit or direction\n"
            "    cells names the ones that belong together"
        )
    ]
    assert emphases(table, "body", slice(3, None)) == [[None]] * 2


def test_a_mean_over_fewer_cells_is_told() -> None:
    frame = RUNS[~((RUNS["model"] == "y") & (RUNS["task"] == "B2"))]
    keys = KEYS | {"summary": [{"stat": "mean", "axis": "column"}, {"stat": "max"}]}
    table = resolved(records(frame), **keys)
    assert [str(notice) for notice in table.notices] == [
        (
            "table.main.summary[0]: the mean of 'A, A2' is over 2 of 3 cells, of 'B, B2' over 2 of 3\n"
            "    complete = true leaves it blank"
        ),
        "table.main.summary[1]: the maximum of 'y' is over 2 of 4 cells\n    complete = true leaves it blank",
    ]
    whole = [entry | {"complete": True} for entry in keys.pop("summary")]
    table = resolved(records(frame), **keys, summary=whole)
    wide = frame.pivot_table(index=["group", "task"], columns="model", values="acc")
    means = wide.mean(axis=1, skipna=False)
    body = [row.cells[-1].plain for row in table.body if row.kind == "body"]
    assert body == ["" if math.isnan(mean) else f"{mean:.2f}" for mean in means]
    largest = ["" if math.isnan(value) else f"{value:.2f}" for value in wide.max(skipna=False)]
    assert [line[1:4] for line in summaries(table)] == [largest]
    assert table.notices == ()
    # A count says so itself.
    assert resolved(records(frame), **keys, summary=[{"stat": "count"}]).notices == ()


def test_many_gaps_are_one_notice() -> None:
    gaps = Records("task model acc", *[(t, m, 1.0) for t in "abcde" for m in "xy" if (t, m) != ("a", "y")][:-1])
    holes = Records(
        "task model acc", *[(t, m, 1.0) for t in "abcde" for m in "xyz" if "abcde".index(t) % 5 or m != "z"]
    )
    assert [notice.message for notice in resolved(holes, **MEAN_OF_MODELS).notices] == [
        "the mean of 'a' is over 2 of 3 cells"
    ]
    assert [notice.message for notice in resolved(gaps, **MEAN_OF_MODELS).notices] == [
        "the mean of 'a' is over 1 of 2 cells, of 'e' over 1 of 2"
    ]
    most = Records("task model acc", *[(t, "x", 1.0) for t in "abcde"], ("f", "x", 1.0), ("f", "y", 1.0))
    assert [notice.message for notice in resolved(most, **MEAN_OF_MODELS).notices] == [
        "the mean of 'a' is over 1 of 2 cells, of 'b' over 1 of 2, of 'c' over 1 of 2, and 2 more lack cells"
    ]


MEAN_OF_MODELS: dict[str, Any] = {
    "columns": "model",
    "cells": "acc",
    "summary": [{"stat": "mean", "axis": "column"}],
}


def test_what_prints_the_same_has_the_same_rank() -> None:
    frame = pd.DataFrame(
        [("a", "x", 0.714), ("b", "x", 0.711), ("c", "x", 0.5), ("a", "y", 0.1), ("b", "y", 0.2), ("c", "y", 0.3)],
        columns=["task", "model", "acc"],
    )
    summary = [{"stat": "mean_rank", "axis": "column", "precision": 2}, {"stat": "mean_rank", "precision": 2}]
    wide = frame.pivot_table(index="task", columns="model", values="acc")
    keys: dict[str, Any] = {"columns": "model", "cells": "acc", "summary": summary}
    for look, decimals in (({"precision": 2}, 2), ({"format": ".1%"}, 3), ({}, 6)):
        table = resolved(records(frame), **keys, **look)
        rounded = wide.round(decimals)
        ranked = rounded.rank(ascending=False).mean(axis=1)
        assert [row.cells[-1].plain for row in table.body if row.kind == "body"] == printed(ranked)
        (line,) = summaries(table)
        assert line[1:3] == printed(rounded.rank(axis=1, ascending=False).mean())


def test_equally_far_from_the_target_is_the_same_rank() -> None:
    assert ranks([0.1, 0.3, 0.2], [Look(target=0.2)] * 3) == (2.5, 2.5, 1.0)


@pytest.mark.parametrize("stat", ["mean", "median", "min", "max", "std", "sem"])
def test_the_largest_numbers_have_statistics(stat: str) -> None:
    values = [1.7e308, 1.7e308, 1.6e308, -1.7e307]
    expected = getattr(pd.Series([value / 1e300 for value in values]), stat)()
    found = summarise(stat, values)
    assert found is not None
    assert found / 1e300 == pytest.approx(expected)
    assert summarise(stat, [*values, 10**400]) == found


def test_what_no_number_can_hold_is_a_problem() -> None:
    assert summarise("sum", [1.7e308, 1.7e308]) == math.inf
    runs = Records("task score", ("a", 1.7e308), ("b", 1.7e308))
    assert summaries(resolved(runs, summary=[{"stat": "mean"}], format=".1e")) == [["Mean", "1.7×10³⁰⁸"]]
    with pytest.raises(AssetError) as caught:
        resolved(runs, summary=[{"stat": "sum"}])
    assert str(caught.value) == (
        "table.main.summary[0]: the sum of 'score' is beyond the largest number, 1.8e308\n"
        "    derive a column in a larger unit"
    )


def test_a_summary_has_the_shade_of_its_metric() -> None:
    keys = KEYS | {"cells": ["acc", "time"], "shade": {"cells": "acc", "colormap": "Greys", "within": ["column"]}}
    table = resolved(
        records(RUNS),
        **keys,
        summary=[{"stat": "mean", "shade": True}, {"stat": "max", "axis": "column", "shade": True}],
    )
    shaded = [[cell.fill is not None for cell in row.cells] for row in table.body if row.kind == "summary"]
    assert shaded == [[True, False] * 3 + [False] * 2]
    assert {tuple(cell.fill is not None for cell in row.cells[6:]) for row in table.body if row.kind == "body"} == {
        (True, False)
    }
