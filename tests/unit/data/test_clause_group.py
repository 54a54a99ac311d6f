"""Group: the same numbers as plain pandas, one row per combination in order of appearance, nothing lost in silence."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from paperkit.data.clauses.context import Context
from paperkit.data.clauses.group import apply
from paperkit.data.table import Rows
from paperkit.errors import DataError
from paperkit.manifest.expression_tree import spelt
from paperkit.manifest.expressions import parse
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FrameSpec, Label

LABELS = Labels(columns={"m": {"p": Label.model_validate({"family": "A"}), "q": Label.model_validate({"family": "B"})}})
RUNS = pd.DataFrame(
    {
        "d": ["b", "a", "b", "a", "b", "b"],
        "m": ["p", "p", "q", "q", "p", "q"],
        "x": [1.0, 2.0, 3.0, 5.0, 8.0, np.nan],
        "k": [1, 2, 3, 4, 5, 6],
    }
)


def nothing(name: str) -> Rows:
    raise AssertionError(name)


def group(table: pd.DataFrame, by: Sequence[str] = (), /, **stat: str) -> Rows:
    spec = FrameSpec.model_validate({"group": list(by), "stat": stat})
    return apply(Rows(table=table), spec, Context(name="f", labels=LABELS, load=nothing, root=Path()))


def cells(rows: Rows) -> list[tuple[Any, ...]]:
    columns = [[None if pd.isna(value) else value for value in rows.table[name].tolist()] for name in rows.columns]
    return list(zip(*columns, strict=True))


def problems(table: pd.DataFrame, by: Sequence[str] = (), /, **stat: str) -> list[str]:
    with pytest.raises(DataError) as caught:
        group(table, by, **stat)
    return [str(problem) for problem in caught.value.problems]


def gappy(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), values)


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """Return a table of two keys and columns of every type, with gaps, ties and a category that no row has."""
    cell = {
        "d": gappy(st.sampled_from(["a", "b", ""])),
        "m": gappy(st.integers(0, 2)),
        "x": gappy(st.floats(-100, 100, width=32)),
        "k": st.integers(-5, 5),
        "i": gappy(st.integers(-5, 5)),
        "t": gappy(st.sampled_from(["u", "v", "w"])),
        "f": st.booleans(),
    }
    rows = draw(st.lists(st.fixed_dictionaries(cell), max_size=25))
    table = pd.DataFrame(rows, columns=list(cell))
    types: Mapping[str, Any] = {"m": "Int64", "x": "float64", "k": "int64", "i": "Int64", "f": "bool"}
    table = table.astype(types)
    if draw(st.booleans()):
        table["d"] = pd.Categorical(table["d"], categories=["z", "b", "", "a"])
    table.index = pd.Index(range(7, 7 + len(table)))
    return table


def by_key(frame: pd.DataFrame, keys: int) -> dict[tuple[Any, ...], list[Any]]:
    found = {}
    for row in frame.itertuples(index=False):
        values = [None if pd.isna(value) else value for value in row]
        found[tuple(values[:keys])] = values[keys:]
    return found


PANDAS = {
    "x_mean": ("x", "mean"),
    "x_median": ("x", "median"),
    "x_std": ("x", "std"),
    "x_sem": ("x", "sem"),
    "x_min": ("x", "min"),
    "x_max": ("x", "max"),
    "x_sum": ("x", "sum"),
    "x_count": ("x", "count"),
    "x_nunique": ("x", "nunique"),
    "x_first": ("x", "first"),
    "k_mean": ("k", "mean"),
    "k_sum": ("k", "sum"),
    "k_max": ("k", "max"),
    "i_sum": ("i", "sum"),
    "i_min": ("i", "min"),
    "i_median": ("i", "median"),
    "i_std": ("i", "std"),
    "i_first": ("i", "first"),
    "f_sum": ("f", "sum"),
    "f_mean": ("f", "mean"),
    "f_first": ("f", "first"),
    "t_count": ("t", "count"),
    "t_nunique": ("t", "nunique"),
    "t_first": ("t", "first"),
}


@given(table=tables(), by=st.sampled_from([["d"], ["m"], ["d", "m"], ["m", "d"]]))
def test_summaries_are_those_of_pandas(table: pd.DataFrame, by: list[str]) -> None:
    found = group(table, by, **{name: f"{summary}({column})" for name, (column, summary) in PANDAS.items()})
    grouped = table.groupby(by, observed=True, sort=False, dropna=False)
    wanted = grouped.agg(**{n: pd.NamedAgg(*pair) for n, pair in PANDAS.items()}).reset_index()
    ours, theirs = by_key(found.table, len(by)), by_key(wanted, len(by))
    assert ours.keys() == theirs.keys()
    for key, values in ours.items():
        close = [one if one is None or isinstance(one, str) else pytest.approx(one, rel=1e-12) for one in theirs[key]]
        assert values == close, key
    assert list(found.table.index) == list(range(len(found)))
    assert not found.notices


@given(table=tables(), by=st.sampled_from([["d"], ["d", "m"], ["t", "m", "d"]]))
def test_groups_stand_in_order_of_first_appearance(table: pd.DataFrame, by: list[str]) -> None:
    found = group(table, by, n="count()")
    wanted = table[by].drop_duplicates()
    assert [row[:-1] for row in cells(found)] == cells(Rows(table=wanted))
    assert sum(row[-1] for row in cells(found)) == len(table)


@given(table=tables(), level=st.sampled_from(["0", "0.25", "0.9", "1"]))
def test_quantiles_and_order_are_those_of_plain_python(table: pd.DataFrame, level: str) -> None:
    found = group(table, ["d"], q=f"quantile(x, {level})", low="min(t)", high="max(t)", trim="iqm(x)")
    for key, quantile, low, high, trim in cells(found):
        part = table[table["d"].isna()] if key is None else table[table["d"] == key]
        numbers, texts = part["x"].dropna().to_numpy(), part["t"].dropna().tolist()
        if len(numbers):
            assert quantile == pytest.approx(np.quantile(numbers, float(level)), rel=1e-12, abs=1e-12)
            assert trim == pytest.approx(scipy.stats.trim_mean(numbers, 0.25), rel=1e-9, abs=1e-9)
        else:
            assert (quantile, trim) == (None, None)
        assert (low, high) == ((min(texts), max(texts)) if texts else (None, None))


@settings(max_examples=20)
@given(table=tables())
def test_intervals_are_those_of_each_group_alone(table: pd.DataFrame) -> None:
    found = group(table, ["d"], a="ci_low(x)", b="ci_high(x, 0.9)", c="boot_low(x, 0.8)", d2="boot_high(x)")
    seed = int(hashlib.sha256(b"f\0x").hexdigest()[:16], 16)
    for key, low, high, boot_low, boot_high in cells(found):
        numbers = np.sort((table[table["d"].isna()] if key is None else table[table["d"] == key])["x"].dropna())
        if len(numbers) < 2:
            assert (low, high, boot_low, boot_high) == (None, None, None, None)
            continue
        mean, sem = numbers.mean(), numbers.std(ddof=1) / np.sqrt(len(numbers))
        assert low == pytest.approx(mean - scipy.stats.t.ppf(0.975, len(numbers) - 1) * sem, rel=1e-9, abs=1e-9)
        assert high == pytest.approx(mean + scipy.stats.t.ppf(0.95, len(numbers) - 1) * sem, rel=1e-9, abs=1e-9)
        draws = np.random.default_rng(seed).integers(0, len(numbers), size=(10_000, len(numbers)))
        means = numbers[draws].mean(axis=1)
        assert (boot_low, boot_high) == pytest.approx((np.quantile(means, 0.1), np.quantile(means, 0.975)))


@given(table=tables(), name=st.sampled_from(["argmax", "argmin"]))
def test_the_best_is_what_pandas_finds(table: pd.DataFrame, name: str) -> None:
    found = group(table, ["d"], best=f"{name}(mean(x), t)")
    idx = "idxmax" if name == "argmax" else "idxmin"
    for key, best in cells(found):
        part = table[table["d"].isna()] if key is None else table[table["d"] == key]
        means = part.groupby("t", sort=False)["x"].mean().dropna()
        assert best == (getattr(means, idx)() if len(means) else None)


def test_a_group_has_the_columns_of_group_and_stat() -> None:
    found = group(RUNS, ["d"], mean="mean(x)", sd="std(x)", n="count()", values="count(x)", best="argmax(mean(x), m)")
    assert found.columns == ("d", "mean", "sd", "n", "values", "best")
    assert cells(found) == [
        ("b", 4.0, pytest.approx(np.std([1, 3, 8], ddof=1)), 4, 3, "p"),
        ("a", 3.5, pytest.approx(np.std([2, 5], ddof=1)), 2, 2, "q"),
    ]
    assert {name: str(found.table[name].dtype) for name in ("mean", "sd", "n", "values")} == {
        "mean": "float64",
        "sd": "float64",
        "n": "int64",
        "values": "int64",
    }
    assert found.place(0) is None


def test_rows_are_left_alone_without_the_clause() -> None:
    rows = Rows(table=RUNS)
    assert apply(rows, FrameSpec(), Context(name="f", labels=LABELS, load=nothing, root=Path())) is rows


def test_without_group_all_rows_are_one() -> None:
    assert cells(group(RUNS, n="count()", best="argmax(sum(k), d)")) == [(6, "b")]
    empty = group(RUNS[:0], n="count()", mean="mean(x)", sum="sum(k)", first="first(m)", best="argmax(sum(k), d)")
    assert cells(empty) == [(0, None, 0, None, None)]
    assert cells(group(RUNS[:0], low="ci_low(x)", boot="boot_low(x)", trim="iqm(x)", least="min(m)")) == [(None,) * 4]


def test_no_rows_make_no_groups() -> None:
    found = group(RUNS[:0], ["d", "m"], n="count()", mean="mean(x)", boot="boot_low(x)", best="argmax(sum(k), d)")
    assert found.columns == ("d", "m", "n", "mean", "boot", "best")
    assert len(found) == 0


def test_without_stat_the_combinations_are_left() -> None:
    assert cells(group(RUNS, ["m", "d"])) == [("p", "b"), ("p", "a"), ("q", "b"), ("q", "a")]


def test_whole_numbers_stay_whole() -> None:
    table = pd.DataFrame({"d": ["a", "b", "b"], "i": pd.array([None, 2**60 + 1, 2], dtype="Int64"), "k": [2**62] * 3})
    found = group(table, ["d"], sum="sum(i)", low="min(i)", wide="sum(k)", top="max(k)")
    assert cells(found) == [("a", 0, None, 2.0**62, 2**62), ("b", 2**60 + 3, 2, 2.0**63, 2**62)]
    assert [str(found.table[name].dtype) for name in ("sum", "low", "wide", "top")] == [
        "int64",
        "Int64",
        "float64",
        "int64",
    ]


def test_flags_count_as_one_and_nothing_is_missing() -> None:
    table = pd.DataFrame({"d": ["a", "a", "b"], "f": [True, None, None], "e": [None, None, None]}, dtype=object)
    found = group(table, ["d"], sum="sum(f)", mean="mean(f)", least="min(f)", none="mean(e)", first="first(f)")
    assert cells(found) == [("a", 1, 1.0, True, None, True), ("b", 0, None, None, None, None)]


def test_of_a_tie_the_first_is_taken_and_said() -> None:
    table = pd.DataFrame({"d": ["a", "a", "b", "b", None, None], "m": [*"pqqpqr"], "x": [1, 1, 2, 2, 3, 4]})
    found = group(table, ["d"], best="argmax(mean(x), m)")
    assert cells(found) == [("a", "p"), ("b", "q"), (None, "r")]
    message = "data.f.stat.best: argmax(…) is tied in 2 of 3 groups: the first in the data is taken"
    assert [str(notice) for notice in found.notices] == [f"{message}\n    d 'a': 'p' and 'q'; d 'b': 'q' and 'p'"]
    assert [str(notice) for notice in group(table[:2], best="argmin(max(x), m)").notices] == [
        "data.f.stat.best: argmin(…) is tied: the first in the data is taken\n    'p' and 'q'"
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("max(x) - min(x)", [7.0, 3.0]),
        ("mean(x) / 2 + 1", [3.0, 2.75]),
        ("round(mean(x * 10), 0)", [40.0, 35.0]),
        ("sum(k > 2) / count()", [0.75, 0.5]),
        ("mean(x) if count(x) > 2 else None", [4.0, None]),
        ("max(x) > 5", [True, False]),
        ("argmax(max(x) - min(x), m)", ["p", "p"]),
        ("argmax(count(), m.family)", ["A", "A"]),
        ("quantile(x, 1 / 2)", [3.0, 3.5]),
        ("-std(k) * 0 + 7", [7.0, 7.0]),
        ("nunique(m.family)", [2, 2]),
        ("1", [1, 1]),
    ],
)
def test_expressions_go_beyond_one_summary(text: str, wanted: list[Any]) -> None:
    assert [row[1] for row in cells(group(RUNS, ["d"], out=text))] == wanted


def test_every_problem_is_told_at_once() -> None:
    assert problems(RUNS, ["dd", "m", "m"], m="count()", a="mean(xx)", b="mean(d)", c="quantile(x, 2)", e="mean(x") == [
        "data.f.group: unknown column 'dd', did you mean 'd'?",
        "data.f.group: 'm' is named twice",
        "data.f.stat.m: 'm' is a column of group",
        "data.f.stat.a: unknown column 'xx', did you mean 'x'?",
        "data.f.stat.b: column 'd' holds text, but mean(…) needs numbers\n    numeric = [\"d\"]",
        "data.f.stat.c: quantile(…) needs a number from 0 to 1 as its second argument, not 2",
        "data.f.stat.e: syntax error at column 5\n    a parenthesis or quote is never closed",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "k",
            """'k' has a value per row, but one value is asked for (column 1)
    write mean(k), first(k) or another aggregate""",
        ),
        ("ci_low(x, 95)", "ci_low(…) needs a number between 0 and 1 as its second argument, not 95"),
        ("boot_high(x, 1)", "boot_high(…) needs a number between 0 and 1 as its second argument, not 1"),
        ("ci_high(x, k)", "ci_high(…) needs a number between 0 and 1 as its second argument, not k"),
        ("quantile(x, 'a')", "quantile(…) needs a number from 0 to 1 as its second argument, not 'a'"),
        ("iqm(m)", "column 'm' holds text, but iqm(…) needs numbers\n    numeric = [\"m\"]"),
        ("iqm()", "iqm takes 1 argument, not 0 (column 1)"),
        ("ci_low(x, 0.5, 1)", "ci_low takes 1 or 2 arguments, not 3 (column 1)"),
        ("mean(lower(m))", "'lower(m)' holds text, but mean(…) needs numbers"),
    ],
)
def test_a_summary_that_does_not_fit_is_an_error(text: str, message: str) -> None:
    assert problems(RUNS, ["d"], out=text) == [f"data.f.stat.out: {message}"]


def test_values_that_are_neither_numbers_nor_text_are_refused() -> None:
    table = pd.DataFrame({"d": ["a", "a"], "o": [1, "x"], "i": [[1], [2]]}, dtype=object)
    stat = {"a": "min(o)", "b": "nunique(i)", "c": "argmin(count(), i)", "e": "mean(o)"}
    odd = "values that are neither numbers nor text"
    assert problems(table, ["d"], **stat) == [
        f"data.f.stat.a: min(…) has no meaning for {odd}",
        f"data.f.stat.b: nunique(…) has no meaning for {odd}",
        f"data.f.stat.c: argmin(…) has no meaning for {odd}",
        f"data.f.stat.e: column 'o' holds {odd}, but mean(…) needs numbers",
    ]
    assert cells(group(table, ["d"], n="count(i)", first="first(o)")) == [("a", 2, 1)]


def test_intervals_need_scipy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    hint = "it comes with the extra 'stats': pip install 'paperkit-assets[stats]'"
    message = f"data.f.stat.out: a confidence interval needs SciPy\n    {hint}"
    assert problems(RUNS, ["d"], out="ci_low(x)") == [message]


def test_expressions_are_spelt_as_they_are_read() -> None:
    for text in (
        "mean(-x)",
        "argmax(mean(a) - 1, m.family)",
        "sum(a in ('p', 'q') and not b)",
        "count(1 < x <= 2)",
        "first(a if b > 0 else None)",
        "quantile(startswith(a, 'b') or (a == 'c'), 0.5)",
    ):
        tree = parse(text, aggregates=True).tree
        assert parse(spelt(tree), aggregates=True).tree == tree
