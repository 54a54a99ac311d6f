"""Infinities: finite numbers that a clause makes infinite are told once per column, those that were so never."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperkit.data.clauses import baseline, derive, group
from paperkit.data.table import Rows
from tests.unit.data.clausing import rows_of, run

GUARD = "\n    guard it, such as a / b if b != 0 else None"
INFINITE = float("inf")
numbers = st.sampled_from([0.0, 1.0, -2.0, 1e308, INFINITE, None])


def told(rows: Rows) -> list[str]:
    return [str(notice) for notice in rows.notices]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x / y", "x.csv:3: data.f.derive.new: finite numbers give an infinite one in 2 of 5 rows"),
        ("log(y)", "x.csv:3: data.f.derive.new: finite numbers give an infinite one in 2 of 5 rows"),
        ("y ** -1", "x.csv:3: data.f.derive.new: finite numbers give an infinite one in 2 of 5 rows"),
        ("exp(x)", "x.csv:2: data.f.derive.new: finite numbers give an infinite one in 2 of 5 rows"),
        ("x * 1e308", "x.csv:2: data.f.derive.new: finite numbers give an infinite one in 3 of 5 rows"),
        ("1 / 0", "x.csv:2: data.f.derive.new: finite numbers give an infinite one in 5 of 5 rows"),
    ],
)
def test_derived_infinities_are_told_once(text: str, message: str) -> None:
    rows = rows_of({"x": [1000.0, 1000.0, 5.0, INFINITE, None], "y": [2, 0, 0, 4, 5]})
    assert told(run(derive, rows, {"derive": {"new": text}})) == [message + GUARD]


@pytest.mark.parametrize("text", ["x", "-x", "x / y", "x * 2", "exp(x)", "y / x", "number(t)", "x if y > 1 else 3"])
def test_what_was_infinite_or_missing_is_nothing_new(text: str) -> None:
    rows = rows_of({"x": [INFINITE, None], "y": [2.0, 3.0], "t": ["inf", "2"]})
    found = run(derive, rows, {"derive": {"new": text, "again": "new * 2", "whole": "number(text(y))"}})
    assert told(found) == []


@settings(deadline=None)
@given(st.lists(st.tuples(numbers, numbers), max_size=6), st.sampled_from(["+", "*", "/"]))
def test_the_rows_are_those_of_numpy(cells: list[tuple[float | None, float | None]], operator: str) -> None:
    pairs = [(a, b) for a, b in cells if not _is_nothing(a, b, operator)]
    rows = rows_of({"a": [a for a, _ in pairs], "b": [b for _, b in pairs]})
    values = [
        _result(a, b, operator) for a, b in pairs if a is not None and b is not None and np.isfinite([a, b]).all()
    ]
    count = sum(math.isinf(value) for value in values)
    found = told(run(derive, rows, {"derive": {"c": f"a {operator} b"}}))
    assert [text.partition(": finite")[2] for text in found] == (
        [f" numbers give an infinite one in {count} of {len(pairs)} rows{GUARD}"] if count else []
    )


def _result(a: float, b: float, operator: str) -> float:
    with np.errstate(all="ignore"):
        ways: Mapping[str, Any] = {"+": np.add, "*": np.multiply, "/": np.divide}
        return float(ways[operator](a, b))


def _is_nothing(a: float | None, b: float | None, operator: str) -> bool:
    """Tell whether two numbers give none, which is an error."""
    return a is not None and b is not None and math.isnan(_result(a, b, operator))


def test_a_ratio_to_a_baseline_of_zero_is_told() -> None:
    rows = rows_of({"m": ["base", "new"], "seed": [1, 1], "x": [0.0, 3.0]})
    found = run(baseline, rows, {"baseline": {"where": "m == 'base'", "on": ["seed"]}})
    found = run(derive, found, {"derive": {"gain": "x / baseline.x if m != 'base' else 1"}})
    assert told(found) == ["x.csv:3: data.f.derive.gain: finite numbers give an infinite one in 1 of 2 rows" + GUARD]


def test_infinite_summaries_are_told_once() -> None:
    rows = rows_of({"m": ["a", "a", "b", "b", "c"], "x": [1e308, 1.5e308, 1.0, 3.0, 2.0], "y": [1, 1, 0, 0, 0]})
    stat = {
        "sum": "sum(x)",
        "ratio": "mean(x) / mean(y)",
        "rows": "mean(x / y)",
        "count": "count(x / y)",
        "sd": "std(x)",
        "one": "max(x)",
    }
    found = run(group, rows, {"group": ["m"], "stat": stat})
    assert told(found) == [
        "x.csv:2: data.f.stat.sum: sum(x) of finite numbers is too large for a number in 1 of 3 groups: m 'a'",
        "x.csv:2: data.f.stat.ratio: mean(x) of finite numbers is too large for a number in 1 of 3 groups: m 'a'",
        ("x.csv:4: data.f.stat.ratio: finite numbers give an infinite one in 2 of 3 groups: m 'b'; m 'c'" + GUARD),
        "x.csv:4: data.f.stat.rows: finite numbers give an infinite one in 3 of 5 rows" + GUARD,
        "x.csv:2: data.f.stat.rows: mean((x / y)) of finite numbers is too large for a number in 1 of 3 groups: m 'a'",
        "x.csv:4: data.f.stat.count: finite numbers give an infinite one in 3 of 5 rows" + GUARD,
        "x.csv:2: data.f.stat.sd: std(x) of finite numbers is too large for a number in 1 of 3 groups: m 'a'",
    ]
    assert told(run(group, rows, {"stat": {"sum": "sum(x)"}})) == [
        "x.csv:2: data.f.stat.sum: sum(x) of finite numbers is too large for a number"
    ]


def test_summaries_of_infinite_or_too_few_numbers_are_nothing_new() -> None:
    table = pd.DataFrame({"m": ["a", "a", "b", "c"], "x": [INFINITE, 1.0, 2.0, None]})
    stat = {"mean": "mean(x)", "sd": "std(x)", "low": "ci_low(x)", "top": "max(x)", "twice": "2 * sum(x)"}
    assert told(run(group, Rows(table=table), {"group": ["m"], "stat": stat})) == []
