"""Functions among rows and on text, checks of groups and grids: against plain pandas and Python."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.data import statistics
from tests.unit.data.loading import Failure, Load
from tests.unit.data.test_evaluate import failed, frame_of, kept, value

RUNS = """model,dataset,seed,acc
a,d1,1,3
a,d1,2,5
a,d2,1,5
b,d1,1,
b,d2,1,4
"""
NUMBERS = st.lists(st.tuples(st.one_of(st.none(), st.integers(-3, 3)), st.sampled_from(["p", "q", None])), min_size=1)


def test_text_functions(load: Load) -> None:
    text = "name,x\n run_seed-07 ,1\nother,2\n,3\n"
    derive = {
        "seed": "number(extract(name, 'seed-([0-9]+)'))",
        "all": "extract(name, '(o.her)')",
        "bare": "replace(strip(name), 'run_', '')",
        "size": "len(name)",
    }
    assert load(text, derive=derive).rows(*derive) == (
        (7, None, "seed-07", 13),
        (None, "other", "other", 5),
        (None, None, None, None),
    )


def test_words_of_text_functions() -> None:
    assert failed("extract(t, '(') == 'a'")[0].startswith("table.t.where: '(' is not a regular expression: ")
    assert failed("extract(t, each.pattern) == 'a'", pattern="a+") == [
        "table.t.where: extract takes a group in parentheses, and 'a+' has none\n    write '(a+)' for all that fits"
    ]
    assert failed("replace(t, 'a', model) == 'a'") == ["table.t.where: replace(…) needs one text as its third argument"]
    assert failed("len(n) > 1") == [
        "table.t.where: column 'n' holds numbers, but len(…) needs text\n    len(text(n), …)"
    ]


@given(st.lists(st.text("ab1 ", max_size=5), min_size=1, max_size=10))
def test_extract_is_pythons_search(texts: list[str]) -> None:
    frame = frame_of({"t": texts, "n": list(range(len(texts)))})
    expected = [n for n, text in enumerate(texts) if (m := re.search("a(.)", text)) and m[1] == "b"]
    assert kept("extract(t, 'a(.)') == 'b'", frame) == expected


@given(NUMBERS)
def test_rank_and_zscore_are_those_of_pandas(rows: list[tuple[int | None, str | None]]) -> None:
    table = pd.DataFrame(rows, columns=["x", "g"]).astype({"x": "float64"})
    frame = frame_of({"x": [x for x, _ in rows], "g": [g for _, g in rows], "n": list(range(len(rows)))})
    by = table.groupby("g", dropna=False)["x"]
    wanted = {
        "rank(x)": table["x"].rank(),
        "rank(x, g)": by.rank(),
        "zscore(x)": (table["x"] - table["x"].mean()) / table["x"].std(),
        "zscore(x, g)": (table["x"] - by.transform("mean")) / by.transform("std"),
    }
    for expression, series in wanted.items():
        missing = series.isna()
        assert kept(f"isnull({expression})", frame) == np.flatnonzero(missing).tolist(), expression
        for row in np.flatnonzero(~missing).tolist():
            found = kept(f"abs({expression} - {float(series[row])!r}) < 1e-9", frame)
            assert row in found, expression


def test_a_rank_is_among_all_rows_even_behind_and() -> None:
    frame = frame_of({"x": [5, 4, 3, 2, 1], "n": [0, 1, 2, 3, 4]})
    assert kept("n >= 2 and rank(x) <= 2", frame) == [3, 4]
    assert kept("(rank(x) if n > 2 else 9) == 1", frame) == [4]


def test_intervals_and_robust_means() -> None:
    values = [1.0, 2.0, 4.0, 8.0, 16.0]
    frame = frame_of({"x": [*values, None]})
    array = np.array(values)
    assert value("ci_low(x)", frame) == statistics.ci_low(array)
    assert value("ci_high(x, 0.9)", frame) == statistics.ci_high(array, 0.9)
    assert value("iqm(x)", frame) == statistics.iqm(array)
    seed = statistics.seed_of("f", "x")
    assert value("boot_low(x)", frame) == statistics.boot_low(array, seed=seed)
    assert value("boot_high(x, 0.5)", frame) == statistics.boot_high(array, 0.5, seed=seed)


@pytest.mark.parametrize("check", ["complete(model, seed)", "count() >= 2 per model", "notnull(model) per seed, model"])
def test_checks_of_grids_and_groups_that_hold(load: Load, check: str) -> None:
    assert len(load("model,seed\na,1\na,2\nb,2\nb,1\n", check=[check])) == 4


def test_checks_of_grids_and_groups_name_what_is_wrong(failure: Failure) -> None:
    checks = [
        "complete(model, dataset, seed)",
        "count(acc) == 2 per model, dataset",
        "notnull(acc) per dataset",
        "count() > 1 per modle",
        "mean(acc) > 1 per seed",
        "std(acc) > 0 per model",
    ]
    assert failure(RUNS, check=checks) == [
        (
            "data.f.check[0]: 'complete(model, dataset, seed)' does not hold\n"
            "    no row has model 'a', dataset 'd2', seed 2\n"
            "    no row has model 'b', dataset 'd1', seed 2\n"
            "    no row has model 'b', dataset 'd2', seed 2"
        ),
        (
            "data.f.check[1]: 'count(acc) == 2 per model, dataset' does not hold for 3 of 4 groups\n"
            "    model 'a', dataset 'd2': count(…) is 1\n"
            "    model 'b', dataset 'd1': count(…) is 0\n"
            "    model 'b', dataset 'd2': count(…) is 1"
        ),
        "data.f.check[2]: 'notnull(acc) per dataset' does not hold for 1 of 2 groups\n    dataset 'd1'",
        "data.f.check[3]: unknown column 'modle', did you mean 'model'?",
        ("data.f.check[5]: std(…) needs at least 2 values of 'acc', but there is one\n    in the group model 'b'"),
    ]


def test_a_long_list_of_missing_combinations_is_cut_short(failure: Failure) -> None:
    rows = "".join(f"{i},{i}\n" for i in range(4))
    assert failure("a,b\n" + rows, check=["complete(a, b)"]) == [
        (
            "data.f.check[0]: 'complete(a, b)' does not hold\n"
            "    no row has a 0, b 1\n    no row has a 0, b 2\n    no row has a 0, b 3\n"
            "    no row has a 1, b 0\n    no row has a 1, b 2\n    … and 7 more"
        )
    ]
