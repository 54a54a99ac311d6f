"""Test and correlate: the same numbers as SciPy called by hand, and everything left out is said."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from paperkit.data.clauses import correlate, test
from paperkit.data.clauses.context import Context
from paperkit.data.table import Rows
from paperkit.errors import DataError
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FrameSpec, Label

ORDER = Labels(columns={"m": {name: Label() for name in ("q", "p", "r")}})
TESTS: Mapping[str, Callable[..., Any]] = {
    "t": lambda a, b, side: scipy.stats.ttest_ind(a, b, alternative=side),
    "welch": lambda a, b, side: scipy.stats.ttest_ind(a, b, equal_var=False, alternative=side),
    "paired-t": lambda a, b, side: scipy.stats.ttest_rel(a, b, alternative=side),
    "wilcoxon": lambda a, b, side: scipy.stats.wilcoxon(a, b, alternative=side),
    "mann-whitney": lambda a, b, side: scipy.stats.mannwhitneyu(a, b, alternative=side),
}
PAIRED = ("paired-t", "wilcoxon")
COLUMNS = ("m", "reference", "n", "n_reference", "statistic", "p", "p_corrected")


def nothing(name: str) -> Rows:
    raise AssertionError(name)


def run(table: pd.DataFrame, labels: Labels | None = None, /, **spec: Any) -> Rows:
    context = Context(name="f", labels=labels or Labels(), load=nothing, root=Path())
    frame = FrameSpec.model_validate(spec)
    return correlate.apply(test.apply(Rows(table=table), frame, context), frame, context)


def cells(rows: Rows) -> list[tuple[Any, ...]]:
    columns = [[None if pd.isna(value) else value for value in rows.table[name].tolist()] for name in rows.columns]
    return list(zip(*columns, strict=True))


def problems(table: pd.DataFrame, **spec: Any) -> list[str]:
    with pytest.raises(DataError) as caught:
        run(table, **spec)
    return [str(problem) for problem in caught.value.problems]


def notices(rows: Rows) -> list[str]:
    return [str(notice) for notice in rows.notices]


def runs(seed: int = 0) -> pd.DataFrame:
    """Return shuffled numbers of three models on two data sets with eight seeds each."""
    generator = np.random.default_rng(seed)
    rows = [{"d": d, "m": m, "s": s, "x": generator.normal()} for d in "ab" for m in "pqr" for s in range(8)]
    return pd.DataFrame(rows).sample(frac=1, random_state=seed)


def sample(table: pd.DataFrame, d: str, m: str) -> pd.Series[Any]:
    return table[(table["d"] == d) & (table["m"] == m)].set_index("s")["x"].sort_index()


@pytest.mark.parametrize("side", ["two-sided", "less", "greater"])
@pytest.mark.parametrize("kind", TESTS)
def test_a_test_is_that_of_scipy(kind: str, side: str) -> None:
    table = runs()
    pair = {"pair": ["s"]} if kind in PAIRED else {}
    spec = {"kind": kind, "value": "x", "between": "m", "by": ["d"], "alternative": side, "correction": "holm", **pair}
    found = run(table, ORDER, test=spec)
    assert found.columns == ("d", *COLUMNS)
    keys = [(d, *two) for d in table["d"].unique() for two in itertools.combinations("qpr", 2)]
    assert [row[:3] for row in cells(found)] == keys
    results = [TESTS[kind](sample(table, d, a), sample(table, d, b), side) for d, a, b in keys]
    assert found.table["statistic"].tolist() == pytest.approx([result.statistic for result in results])
    assert found.table["p"].tolist() == pytest.approx([result.pvalue for result in results])
    assert found.table["n"].tolist() == found.table["n_reference"].tolist() == [8] * 6
    assert not found.notices


@pytest.mark.filterwarnings("ignore:Precision loss")  # SciPy's, of samples that hardly vary
@settings(max_examples=30, deadline=None)
@given(data=st.data(), kind=st.sampled_from(list(TESTS)))
def test_any_rows_are_tested_as_by_hand(data: st.DataObject, kind: str) -> None:
    """Rows with gaps in every column and samples of any size, against a loop over plain Python lists."""
    gaps = st.sampled_from([None, "a", "b"])
    cell = st.tuples(
        gaps, st.sampled_from([None, "p", "q"]), st.integers(0, 6), st.one_of(st.none(), st.integers(-9, 9))
    )
    rows = data.draw(st.lists(cell, unique_by=lambda row: row[:3], max_size=30))
    table = pd.DataFrame(rows, columns=["d", "m", "s", "x"]).astype({"s": "int64", "x": "float64"})
    pair = {"pair": ["s"]} if kind in PAIRED else {}
    found = run(table, ORDER, test={"kind": kind, "value": "x", "between": "m", "by": ["d"], **pair})
    wanted = {}
    for d in dict.fromkeys(row[0] for row in rows):
        mine = [row for row in rows if row[0] == d]
        if {"p", "q"} <= {row[1] for row in mine}:
            first, second = ({s: x for _, m, s, x in mine if m == name and x is not None} for name in "qp")
            if kind in PAIRED:
                both = first.keys() & second.keys()
                first, second = ({s: values[s] for s in sorted(both)} for values in (first, second))
            wanted[d] = ([*first.values()], [*second.values()])
    assert [(row[0], row[3], row[4]) for row in cells(found)] == [(d, len(a), len(b)) for d, (a, b) in wanted.items()]
    for row, (a, b) in zip(cells(found), wanted.values(), strict=True):
        result = None if row[6] is None else TESTS[kind](a, b, "two-sided")
        assert row[6] == (None if result is None else pytest.approx(result.pvalue))
        differences = {x - y for x, y in zip(a, b, strict=True)} if kind in PAIRED else set()
        poor = {
            "wilcoxon": differences == {0},
            "paired-t": len(differences) == 1,
            "mann-whitney": len({*a, *b}) == 1,
        }.get(kind, len(set(a)) == len(set(b)) == 1)
        assert (result is None) == (min(len(a), len(b)) < 2 or poor)
    assert any("no p-value" in notice for notice in notices(found)) == any(row[6] is None for row in cells(found))


def test_a_reference_is_what_every_other_sample_is_tested_against() -> None:
    table = runs()
    found = run(table, test={"kind": "welch", "value": "x", "between": "m", "by": ["d"], "reference": "q"})
    first_seen = [m for m in table["m"].unique() if m != "q"]
    assert [row[:3] for row in cells(found)] == [(d, m, "q") for d in table["d"].unique() for m in first_seen]


@pytest.mark.parametrize("correction", ["bonferroni", "holm", "benjamini-hochberg"])
def test_p_values_are_corrected_for_all_tests_of_the_clause(correction: str) -> None:
    spec = {"kind": "t", "value": "x", "between": "m", "by": ["d"], "correction": correction}
    found = run(runs(3), ORDER, test=spec).table
    if correction == "benjamini-hochberg":
        wanted = scipy.stats.false_discovery_control(found["p"].to_numpy())
    else:
        order = found["p"].sort_values()
        factors = pd.Series(range(6, 0, -1) if correction == "holm" else [6] * 6, index=order.index)
        wanted = (order * factors).clip(upper=1).cummax().sort_index().to_numpy()
    assert found["p_corrected"].tolist() == pytest.approx(wanted.tolist())
    plain = run(runs(3), ORDER, test={**spec, "correction": "none"}).table
    assert plain["p_corrected"].tolist() == plain["p"].tolist() == found["p"].tolist()


def test_partners_are_found_by_their_keys_and_lonely_rows_are_said() -> None:
    table = pd.DataFrame(
        {
            "m": [*"pppp", *"qqqq"],
            "s": [1, 2, 3, None, 3, 2, 1, 9],
            "x": [1.0, 2.5, 4.0, 7.0, 3.0, 2.0, None, 5.0],
        }
    )
    table["s"] = table["s"].astype("Int64")
    found = run(table, test={"kind": "paired-t", "value": "x", "between": "m", "pair": ["s"]})
    by_hand = scipy.stats.ttest_rel([2.5, 4.0], [2.0, 3.0])
    assert cells(found) == [("p", "q", 2, 2, *(pytest.approx(v) for v in (by_hand[0], by_hand[1], by_hand[1])))]
    assert notices(found) == [
        "data.f.test: 1 row has no 'x' and is left out",
        "data.f.test: 1 row has no 's' and is left out",
        "data.f.test.pair: 2 rows have no partner in a test and are left out of it: m 'p', s 1; m 'q', s 9",
    ]


def test_partners_must_be_unique() -> None:
    table = pd.DataFrame({"m": [*"ppqq"], "s": [1, 1, 1, 2], "x": [1.0, 2.0, 3.0, 4.0]})
    assert problems(table, test={"kind": "wilcoxon", "value": "x", "between": "m", "pair": ["s"]}) == [
        """data.f.test.pair: partners must be unique, but several rows have m 'p', s 1 (row 1, row 2)
    add a column to pair or by, or sum such rows up in a frame before"""
    ]


@pytest.mark.parametrize(
    ("kind", "first", "second", "reason"),
    [
        ("t", [1.0], [1.0, 2.0], "fewer than 2 values"),
        ("welch", [3.0, 3.0], [4.0, 4.0], "no sample varies"),
        ("paired-t", [1.0, 2.0], [0.0, 1.0], "all differences are equal"),
        ("paired-t", [0.3, 0.9], [0.2, 0.8], "all differences are equal"),
        ("paired-t", [1.0], [2.0], "fewer than 2 pairs"),
        ("wilcoxon", [1.0, 2.0], [1.0, 2.0], "all differences are zero"),
        ("mann-whitney", [1.0, 1.0], [1.0, 1.0], "all values are equal"),
        ("t", [1.0, np.inf], [1.0, 2.0], "infinite values"),
    ],
)
def test_samples_that_allow_no_test_have_no_p_value(
    kind: str, first: list[float], second: list[float], reason: str
) -> None:
    table = pd.DataFrame(
        {
            "m": ["p"] * len(first) + ["q"] * len(second),
            "s": [*range(len(first)), *range(len(second))],
            "x": [*first, *second],
        }
    )
    pair = {"pair": ["s"]} if kind in PAIRED else {}
    found = run(table, test={"kind": kind, "value": "x", "between": "m", "correction": "holm", **pair})
    assert [row[4:] for row in cells(found)] == [(None, None, None)]
    assert notices(found) == [f"data.f.test: 1 test has no p-value: 'p' against 'q' ({reason})"]


def test_a_sample_that_a_group_lacks_is_said() -> None:
    table = runs()
    table = table[(table["d"] != "b") | (table["m"] != "q")].sort_values(["d", "m", "s"])
    found = run(table, test={"kind": "t", "value": "x", "between": "m", "by": ["d"], "reference": "q"})
    assert [row[3:5] for row in cells(found)] == [(8, 8), (8, 8), (8, 0), (8, 0)]
    few = "fewer than 2 values"
    assert notices(found) == [
        f"data.f.test: 2 tests have no p-value: d 'b': 'p' against 'q' ({few}); d 'b': 'r' against 'q' ({few})"
    ]


def test_no_rows_make_no_tests() -> None:
    found = run(runs()[:0], test={"kind": "t", "value": "x", "between": "m", "by": ["d"], "reference": "q"})
    assert (found.columns, len(found)) == (("d", *COLUMNS), 0)
    assert len(run(runs()[:0], correlate={"x": "x", "y": "s", "by": ["d"]})) == 0
    rows = Rows(table=runs())
    context = Context(name="f", labels=Labels(), load=nothing, root=Path())
    assert correlate.apply(test.apply(rows, FrameSpec(), context), FrameSpec(), context) is rows


def test_every_problem_of_a_test_is_told_at_once() -> None:
    assert problems(
        runs().rename(columns={"s": "n"}),
        test={"kind": "paired-t", "value": "d", "between": "mm", "by": ["n", "e"]},
    ) == [
        "data.f.test.between: unknown column 'mm', did you mean 'm'?",
        "data.f.test.by: unknown column 'e'\n    the columns are d, m, n, x",
        "data.f.test.value: column 'd' holds text, but test needs numbers\n    numeric = [\"d\"]",
        'data.f.test: paired-t needs pair\n    name the columns that partners agree in: pair = ["seed"]',
        "data.f.test.by: 'n' is a column of the result\n    give the column another name: rename = { n = \"…\" }",
    ]
    assert problems(runs(), test={"kind": "t", "value": "x", "between": "m", "pair": ["s"], "reference": "Q"}) == [
        "data.f.test.pair: t has no partners\n    the paired tests are paired-t and wilcoxon",
        "data.f.test.reference: no row has m 'Q', did you mean 'q'?",
    ]
    assert problems(runs().rename(columns={"m": "p"}), test={"kind": "t", "value": "x", "between": "p"}) == [
        "data.f.test.between: 'p' is a column of the result\n    give the column another name: rename = { p = \"…\" }",
    ]


def test_scipy_is_asked_for_by_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.stats", None)
    hint = "it comes with the extra 'stats': pip install 'paperkit-assets[stats]'"
    wanted = [f"data.f.test: test needs SciPy\n    {hint}"]
    assert problems(runs(), test={"kind": "t", "value": "x", "between": "m"}) == wanted
    wanted = [f"data.f.correlate: correlate needs SciPy\n    {hint}"]
    assert problems(runs(), correlate={"x": "x", "y": "s"}) == wanted


@settings(max_examples=40, deadline=None)
@given(data=st.data(), method=st.sampled_from(["pearson", "spearman", "kendall"]))
def test_a_correlation_is_that_of_scipy(data: st.DataObject, method: str) -> None:
    number = st.one_of(st.none(), st.integers(-20, 20))
    cell = st.tuples(st.sampled_from([None, "a", "b"]), number, number)
    rows = data.draw(st.lists(cell, max_size=30))
    table = pd.DataFrame(rows, columns=["d", "x", "y"]).astype({"x": "Int64", "y": "float64"})
    found = run(table, correlate={"x": "x", "y": "y", "method": method, "by": ["d"]})
    function = {"pearson": "pearsonr", "spearman": "spearmanr", "kendall": "kendalltau"}[method]
    assert found.columns == ("d", "n", "r", "p")
    assert [row[0] for row in cells(found)] == list(dict.fromkeys(row[0] for row in rows))
    for key, n, r, p in cells(found):
        pairs = [row[1:] for row in rows if row[0] == key and None not in row[1:]]
        assert n == len(pairs)
        if min((len(set(column)) for column in zip(*pairs, strict=True)), default=0) < 2:
            assert (r, p) == (None, None)
            continue
        with np.errstate(all="ignore"):
            wanted = getattr(scipy.stats, function)(*np.array(pairs, dtype=float).T)
        assert r == pytest.approx(wanted.statistic)
        assert p == (None if np.isnan(wanted.pvalue) else pytest.approx(wanted.pvalue))
    said = any("no p-value" in notice for notice in notices(found))
    assert said == any(row[3] is None for row in cells(found))


def test_what_a_correlation_leaves_out_is_said() -> None:
    table = pd.DataFrame(
        {
            "d": [*"aaabbccee"],
            "x": [1.0, 2.0, None, 4.0, 4.0, 1.0, np.inf, 1.0, None],
            "y": [1.0, None, 3.0, 1.0, 2.0, 1.0, 2.0, 1.0, None],
        }
    )
    found = run(table, correlate={"x": "x", "y": "y", "by": ["d"]})
    assert cells(found) == [("a", 1, None, None), ("b", 2, None, None), ("c", 2, None, None), ("e", 1, None, None)]
    shown = "d 'a' (fewer than 2 rows); d 'b' (a column that does not vary); d 'c' (infinite values)"
    assert notices(found) == [
        "data.f.correlate: 2 rows have no 'x' and are left out",
        "data.f.correlate: 1 row has no 'y' and is left out",
        f"data.f.correlate: 4 correlations have no p-value: {shown}; and 1 more",
    ]
    alone = run(table[:2], correlate={"x": "x", "y": "y"})
    assert notices(alone)[-1] == "data.f.correlate: 1 correlation has no p-value: fewer than 2 rows"


def test_every_problem_of_a_correlation_is_told_at_once() -> None:
    assert problems(runs(), correlate={"x": "m", "y": "xx", "by": ["dd"]}) == [
        "data.f.correlate.by: unknown column 'dd', did you mean 'd'?",
        "data.f.correlate.x: column 'm' holds text, but correlate needs numbers\n    numeric = [\"m\"]",
        "data.f.correlate.y: unknown column 'xx', did you mean 'x'?",
    ]
    assert problems(runs().rename(columns={"d": "r"}), correlate={"x": "x", "y": "s", "by": ["r"]}) == [
        "data.f.correlate.by: 'r' is a column of the result\n    give the column another name: rename = { r = \"…\" }",
    ]
