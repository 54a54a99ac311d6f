"""Fields: every column that a table needs beside its cells is in the frame, or named."""

from __future__ import annotations

from typing import Any

import pytest

from paperkit.errors import AssetError
from tests.unit.tables.tiny_records import Records, make_labels, resolved

WHERE = {"task == 'a'": lambda row: row["task"] == "a"}
RUNS = Records("task score std p good", ("a", 1.0, 0.1, 0.5, True), ("b", 2.0, 0.2, 0.01, False), where=WHERE)
COLUMNS = "\n    columns: task, score, std, p, good"


def test_columns_that_are_there_can_be_named_everywhere() -> None:
    keys: dict[str, Any] = {
        "format": "{score} [{std:.1f}, {p}]",
        "stars": {"by": "p"},
        "shade": [{"by": "std", "where": "task == 'a'"}, {"by": "p"}],
        "emphasis": {"interval": ["std", "p"]},
    }
    assert resolved(RUNS, **keys).notices == ()
    assert resolved(RUNS, emphasis={"by": "good"}).notices == ()


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"uncertainty": "sdt"}, ["uncertainty: no column 'sdt' in the data 'runs', did you mean 'std'?"]),
        ({"format": "{score} ± {sd:.1f}"}, ["format: no column 'sd' in the data 'runs', did you mean 'std'?"]),
        ({"format": "{mean:.1f}"}, ["format: no column 'mean' in the data 'runs'"]),
        ({"stars": {"by": "pvalue"}}, ["stars.by: no column 'pvalue' in the data 'runs'"]),
        (
            {
                "shade": [{"by": "x", "cells": "score"}, {"by": "std"}],
                "emphasis": {"p": "pp", "interval": ["lo", "hi"]},
            },
            [
                "emphasis.interval[0]: no column 'lo' in the data 'runs'",
                "emphasis.interval[1]: no column 'hi' in the data 'runs'",
                "emphasis.p: no column 'pp' in the data 'runs', did you mean 'p'?",
                "shade[0].by: no column 'x' in the data 'runs'",
            ],
        ),
        ({"emphasis": {"by": "god"}}, ["emphasis.by: no column 'god' in the data 'runs', did you mean 'good'?"]),
        (
            {"override": [{"where": "task == 'a'", "format": "{score} ({n})"}, {"stars": {"by": "q"}}]},
            [
                "override[0].format: no column 'n' in the data 'runs'",
                "override[1].stars.by: no column 'q' in the data 'runs'",
            ],
        ),
        ({"format": [".1f", "({se})"]}, ["format[1]: no column 'se' in the data 'runs'"]),
    ],
)
def test_columns_that_are_missing_are_all_named_where_they_are_asked_for(
    keys: dict[str, Any], expected: list[str]
) -> None:
    with pytest.raises(AssetError) as caught:
        resolved(RUNS, **keys)
    assert [str(problem) for problem in caught.value.problems] == [f"table.main.{text}{COLUMNS}" for text in expected]


def test_a_format_of_a_label_is_named_there() -> None:
    with pytest.raises(AssetError) as caught:
        resolved(RUNS, make_labels(cells={"score": {"format": "{score} ± {sd}"}}))
    assert str(caught.value) == (
        f"labels.cells.score.format: no column 'sd' in the data 'runs', did you mean 'std'?{COLUMNS}"
    )
