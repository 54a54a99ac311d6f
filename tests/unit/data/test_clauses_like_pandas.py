"""Every clause makes of any rows what plain pandas makes of them; some are compared in a file of their own."""

from __future__ import annotations

import importlib
import itertools
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperkit.data.clauses import (
    baseline,
    checks,
    concat,
    dedupe,
    derive,
    drop,
    fill,
    join,
    limit,
    melt,
    numeric,
    pivot,
    rename,
    select,
    where,
)
from paperkit.data.clauses.apply import ORDER
from paperkit.data.parts import Part, assembled
from paperkit.data.table import Rows, nowhere
from paperkit.errors import DataError
from tests.unit.data.clausing import records, run

MODELS, SEEDS = ("a", "b", "c"), (1, 2, 3)
# Clause → the tests that compare it with plain pandas (with SciPy), here or in the module that is named.
COMPARED: dict[str, tuple[str, ...]] = {
    "drop": ("test_drop_leaves_out_what_isin_finds",),
    "select": ("test_a_clause_is_one_expression_of_pandas", "test_clause_columns.test_select_is_that_of_pandas"),
    "rename": ("test_a_clause_is_one_expression_of_pandas", "test_clause_columns.test_rename_is_that_of_pandas"),
    "numeric": (
        "test_numeric_reads_what_pandas_reads",
        "test_numeric_counts_flags_as_numbers",
        "test_text_writes_whole_numbers_without_a_point",
    ),
    "fill": ("test_a_clause_is_one_expression_of_pandas", "test_clause_columns.test_fill_is_that_of_pandas"),
    "where": ("test_where_keeps_what_pandas_keeps", "test_orders.test_comparisons_are_those_of_pandas"),
    "join": ("test_a_clause_is_one_expression_of_pandas", "test_clause_join.test_it_is_the_merge_of_pandas"),
    "baseline": ("test_a_baseline_is_what_merge_finds",),
    "derive": ("test_derive_computes_what_pandas_computes",),
    "group": ("test_clause_group.test_summaries_are_those_of_pandas",),
    "test": ("test_clause_statistics.test_a_test_is_that_of_scipy",),
    "correlate": ("test_clause_statistics.test_a_correlation_is_that_of_scipy",),
    "pivot": ("test_pivot_makes_what_pandas_makes", "test_clause_shape.test_pivot_is_that_of_pandas"),
    "melt": ("test_a_clause_is_one_expression_of_pandas", "test_clause_shape.test_melt_is_that_of_pandas_row_by_row"),
    "transpose": ("test_clause_shape.test_transpose_is_that_of_pandas",),
    "concat": ("test_a_clause_is_one_expression_of_pandas", "test_clause_columns.test_concat_is_that_of_pandas"),
    "sort": ("test_orders.test_sort_is_that_of_pandas",),
    "dedupe": ("test_a_clause_is_one_expression_of_pandas", "test_clause_sort.test_dedupe_is_that_of_pandas"),
    "limit": ("test_limit_is_the_head_of_pandas",),
    "check": ("test_a_check_holds_where_it_does_in_pandas",),
}


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """Return rows with gaps in every column, ties, keys that repeat, and ids that are no row numbers; or no rows."""
    cell = {
        "model": st.sampled_from([None, *MODELS[:2]]),
        "seed": st.sampled_from([None, *SEEDS[:2]]),
        "acc": st.sampled_from([None, 0.5, -1.0, 2.0]),
        "ok": st.booleans(),
    }
    found = draw(st.lists(st.fixed_dictionaries(cell), max_size=10))
    table = pd.DataFrame(found, columns=list(cell)).astype({"seed": "Int64", "acc": "float64", "ok": "bool"})
    table["model"] = table["model"].astype(pd.Series(["a"]).dtype)
    return table.set_axis(pd.Index(range(3, 3 + len(table))), axis=0)


def test_every_clause_is_compared() -> None:
    assert set(COMPARED) == set(ORDER)
    for name in itertools.chain(*COMPARED.values()):
        module, _, function = name.rpartition(".")
        where = importlib.import_module(f"tests.unit.data.{module}") if module else sys.modules[__name__]
        assert callable(getattr(where, function)), name


@settings(deadline=None)
@given(
    tables(),
    st.lists(st.sampled_from(["a", "b", "zz"]), max_size=2),
    st.lists(st.sampled_from([1, 2.0, 7]), max_size=2),
)
def test_drop_leaves_out_what_isin_finds(table: pd.DataFrame, models: list[str], seeds: list[float]) -> None:
    found = run(drop, Rows(table=table), {"drop": {"model": models, "seed": seeds}})
    gone = table["model"].isin(models) | table["seed"].isin([int(seed) for seed in seeds])
    pd.testing.assert_frame_equal(found.table, table[~gone.astype(bool)])


NUMBERS = st.one_of(
    st.integers(-(10**6), 10**6).map(str), st.floats(-1e9, 1e9).map(repr), st.sampled_from([" 7 ", "1e3", ".5"])
)


@settings(deadline=None)
@given(st.lists(st.none() | NUMBERS, max_size=8))
def test_numeric_reads_what_pandas_reads(texts: list[str | None]) -> None:
    column = pd.Series(texts, dtype=pd.Series(["a"]).dtype)
    found = run(numeric, Rows(table=pd.DataFrame({"x": column})), {"numeric": ["x"]}).table["x"]
    expected = pd.to_numeric(column.str.strip().astype(object))
    assert [None if pd.isna(value) else float(value) for value in found] == [
        None if pd.isna(value) else float(value) for value in expected
    ]
    there = [text.strip() for text in texts if text is not None]
    whole = bool(there) and all(text.lstrip("-").isdigit() for text in there)
    assert pd.api.types.is_integer_dtype(found.dtype) == whole


@settings(deadline=None)
@given(tables())
def test_numeric_counts_flags_as_numbers(table: pd.DataFrame) -> None:
    found = run(numeric, Rows(table=table), {"numeric": ["ok", "seed", "acc"]}).table
    pd.testing.assert_frame_equal(found[["seed", "acc"]], table[["seed", "acc"]])
    assert found["ok"].tolist() == table["ok"].astype("int64").tolist()


@settings(deadline=None)
@given(tables())
def test_text_writes_whole_numbers_without_a_point(table: pd.DataFrame) -> None:
    found = run(numeric, Rows(table=table), {"text": ["seed", "ok", "model"]}).table
    for name in ("seed", "ok", "model"):
        assert records(found[[name]]) == [(None if pd.isna(v) else str(v),) for v in table[name]]


Condition = Callable[[pd.DataFrame], Any]
CONDITIONS: dict[str, Condition] = {
    "acc > 0": lambda t: t["acc"] > 0,
    "not acc > 0": lambda t: ~(t["acc"] > 0),
    "model == 'a'": lambda t: t["model"].eq("a").fillna(value=False),
    "model != 'a'": lambda t: t["model"].ne("a").fillna(value=False) & t["model"].notna(),
    "model > 'a'": lambda t: t["model"].isin(["b", "c"]),
    "model in ('a', 'c')": lambda t: t["model"].isin(["a", "c"]),
    "seed not in (1,)": lambda t: t["seed"].notna() & ~t["seed"].isin([1]),
    "seed >= 2 or ok": lambda t: (t["seed"] >= 2).fillna(value=False) | t["ok"],
    "seed % 2 == 0 and acc < 1": lambda t: (t["seed"] % 2 == 0).fillna(value=False) & (t["acc"] < 1),
    "isnull(acc) and not ok": lambda t: t["acc"].isna() & ~t["ok"],
    "notnull(model, seed)": lambda t: t["model"].notna() & t["seed"].notna(),
    "between(acc, -1, 0.5)": lambda t: t["acc"].between(-1, 0.5),
    "acc < seed": lambda t: t["acc"] < t["seed"].astype("float64"),
    "rank(acc) == 1": lambda t: t["acc"].rank() == 1,
}


@settings(deadline=None)
@given(tables(), st.sampled_from(list(CONDITIONS)))
def test_where_keeps_what_pandas_keeps(table: pd.DataFrame, condition: str) -> None:
    found = run(where, Rows(table=table), {"where": condition})
    kept = np.asarray(CONDITIONS[condition](table), dtype=bool)
    pd.testing.assert_frame_equal(found.table, table[kept])


DERIVED: dict[str, Condition] = {
    "acc * 2 - seed": lambda t: t["acc"] * 2 - t["seed"].astype("float64"),
    "seed + 1": lambda t: t["seed"] + 1,
    "seed // 2 + seed % 2": lambda t: t["seed"] // 2 + t["seed"] % 2,
    "seed ** 2 / 4": lambda t: t["seed"].astype("float64") ** 2 / 4,
    "abs(acc)": lambda t: t["acc"].abs(),
    "acc if ok else seed": lambda t: t["acc"].where(t["ok"], t["seed"].astype("float64")),
    "rank(acc, model)": lambda t: t["acc"].groupby(t["model"], dropna=False).rank(),
    "zscore(acc, model, ok)": lambda t: t.groupby(["model", "ok"], dropna=False)["acc"].transform(
        lambda x: (x - x.mean()) / x.std()
    ),
    "len(model)": lambda t: t["model"].str.len(),
    "upper(model)": lambda t: t["model"].str.upper(),
    "ok": lambda t: t["ok"],
    "acc > 0": lambda t: t["acc"] > 0,
}


@settings(deadline=None)
@given(tables(), st.sampled_from(list(DERIVED)))
def test_derive_computes_what_pandas_computes(table: pd.DataFrame, text: str) -> None:
    found = run(derive, Rows(table=table), {"derive": {"new": text, "model": "'x'"}}).table
    expected = DERIVED[text](table)
    assert found.index.equals(table.index)
    for (value,), wanted in zip(records(found[["new"]]), expected, strict=True):
        assert value == (
            None if pd.isna(wanted) else pytest.approx(wanted, rel=1e-12) if not isinstance(wanted, str) else wanted
        )
    assert records(found[["model"]]) == [("x",)] * len(table)


@settings(deadline=None)
@given(tables(), st.sampled_from([["seed"], ["seed", "ok"]]))
def test_a_baseline_is_what_merge_finds(table: pd.DataFrame, on: list[str]) -> None:
    spec = {"baseline": {"where": "model == 'a'", "on": on, "unmatched": "null"}}
    others = table[table["model"].eq("a").fillna(value=False).astype(bool)].dropna(subset=on)
    if len(table) and not table["model"].isin(["a"]).any():
        with pytest.raises(DataError, match="no row is a baseline"):
            run(baseline, Rows(table=table), spec)
        return
    if others.duplicated(on).any():
        with pytest.raises(DataError, match="two rows are the baseline"):
            run(baseline, Rows(table=table), spec)
        return
    found = run(baseline, Rows(table=table), spec)
    # pandas lets missing keys meet; there is none on the right.
    expected = table.merge(others[[*on, "acc", "model"]], on=on, how="left", suffixes=("", " of the baseline"))
    assert records(found.table[["baseline.acc", "baseline.model"]]) == records(
        expected[["acc of the baseline", "model of the baseline"]]
    )
    assert found.table.index.equals(table.index)
    alone = expected["model of the baseline"].isna().any()
    if alone:
        with pytest.raises(DataError, match="no baseline"):
            run(baseline, Rows(table=table), {"baseline": {**spec["baseline"], "unmatched": "error"}})


@settings(deadline=None)
@given(tables(), st.integers(0, 12))
def test_limit_is_the_head_of_pandas(table: pd.DataFrame, count: int) -> None:
    pd.testing.assert_frame_equal(run(limit, Rows(table=table), {"limit": count}).table, table.head(count))


def _complete(table: pd.DataFrame) -> bool:
    there = table.dropna(subset=["model", "seed"])
    pairs = set(zip(there["model"], there["seed"], strict=True))
    every = itertools.product(table["model"].dropna().unique(), table["seed"].dropna().unique())
    return set(every) <= pairs


CHECKS: dict[str, Callable[[pd.DataFrame], bool]] = {
    "unique(model, seed)": lambda t: not t.duplicated(["model", "seed"]).any(),
    "notnull(acc, model)": lambda t: not t[["acc", "model"]].isna().any(axis=None),
    "acc > -2": lambda t: bool((t["acc"] > -2).all()),
    "count(acc) <= 2 per model": lambda t: bool((t.groupby("model", dropna=False)["acc"].count() <= 2).all()),
    "count(acc) == 0 per model": lambda t: bool((t.groupby("model", dropna=False)["acc"].count() == 0).all()),
    "nunique(seed) == count(seed) per model, ok": lambda t: (
        not t.dropna(subset=["seed"]).duplicated(["model", "ok", "seed"]).any()
    ),
    "complete(model, seed)": _complete,
}


@settings(deadline=None)
@given(tables(), st.sampled_from(list(CHECKS)))
def test_a_check_holds_where_it_does_in_pandas(table: pd.DataFrame, text: str) -> None:
    rows = Rows(table=table)
    if CHECKS[text](table):
        assert run(checks, rows, {"check": [text]}) is rows
        return
    with pytest.raises(DataError, match="does not hold"):
        run(checks, rows, {"check": [text]})


EXPRESSIONS: tuple[tuple[Any, dict[str, Any], Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]], ...] = (
    (select, {"select": ["seed", "model"]}, lambda t, _: t[["seed", "model"]]),
    (
        rename,
        {"rename": {"model": "seed", "seed": "name"}},
        lambda t, _: t.rename(columns={"model": "seed", "seed": "name"}),
    ),
    (fill, {"fill": {"model": "c", "seed": 7}}, lambda t, _: t.fillna({"model": "c", "seed": 7})),
    (dedupe, {"dedupe": ["model", "seed"]}, lambda t, _: t.drop_duplicates(["model", "seed"])),
    (concat, {"concat": ["o", "o"]}, lambda t, o: pd.concat([t, o, o], ignore_index=True)),
    (
        melt,  # which goes row by row, pandas column by column
        {"melt": {"id_vars": ["model", "ok"], "var_name": "which", "value_name": "number"}},
        lambda t, _: (
            t.melt(["model", "ok"], ["seed", "acc"], "which", "number", ignore_index=False)
            .sort_index(kind="stable")
            .astype({"number": "float64"})
        ),
    ),
    *(
        (
            join,
            {"join": {"frame": "o", "on": on, "how": how, "validate": "many_to_many", "unmatched": "ignore"}},
            # pandas lets missing keys meet, the join of a frame does not.
            lambda t, o, on=on, how=how: t.merge(o.dropna(subset=on), on=on, how=how, suffixes=("", "_right")),
        )
        for on in (["model"], ["seed", "model"])
        for how in ("left", "inner")
    ),
)


@settings(deadline=None, max_examples=300)
@given(tables(), tables(), st.sampled_from(EXPRESSIONS))
def test_a_clause_is_one_expression_of_pandas(
    table: pd.DataFrame,
    other: pd.DataFrame,
    case: tuple[Any, dict[str, Any], Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]],
) -> None:
    clause, spec, expression = case
    found, expected = run(clause, Rows(table=table), spec, o=Rows(table=other)).table, expression(table, other)
    assert list(found) == list(expected)
    assert records(found) == records(expected)
    if clause in (select, rename, fill, dedupe):
        assert found.index.tolist() == expected.index.tolist()


@settings(deadline=None)
@given(tables())
def test_pivot_makes_what_pandas_makes(table: pd.DataFrame) -> None:
    table = table.dropna(subset=["model"])
    spec = {"pivot": {"index": ["seed", "ok"], "columns": "model", "values": "acc"}}
    # pandas before version 3 cannot look up a missing value of an index.
    whole = table.assign(seed=table["seed"].fillna(-1))
    try:
        expected = whole.pivot(index=["seed", "ok"], columns="model", values="acc")  # noqa: PD010 - the one compared
    except ValueError:
        with pytest.raises(DataError, match="more than once"):
            run(pivot, Rows(table=table), spec)
        return
    found = run(pivot, Rows(table=table), spec).table
    assert list(found) == ["seed", "ok", *table["model"].drop_duplicates()]
    keys = list(whole[["seed", "ok"]].drop_duplicates().itertuples(index=False, name=None))
    assert records(found[["seed", "ok"]]) == [(None if seed == -1 else seed, ok) for seed, ok in keys]
    if keys:
        expected = expected.reindex(pd.MultiIndex.from_tuples(keys))
    assert records(found[list(found)[2:]]) == records(expected[list(found)[2:]])


UNORDERED: tuple[tuple[Any, dict[str, Any]], ...] = (
    (drop, {"drop": {"model": ["a"]}}),
    (select, {"select": ["seed", "model"]}),
    (rename, {"rename": {"model": "name"}}),
    (numeric, {"text": ["model"]}),
    (fill, {"fill": {"model": "none"}}),
    (where, {"where": "model != 'b' or seed == 1"}),
    (join, {"join": {"frame": "o", "on": ["model"], "validate": "many_to_many", "unmatched": "ignore"}}),
    (derive, {"derive": {"new": "upper(model)"}}),
    (melt, {"melt": {"id_vars": ["seed", "ok", "acc"]}}),
    (concat, {"concat": ["o"]}),
    (dedupe, {"dedupe": ["model", "seed"]}),
    (limit, {"limit": 3}),
)


@settings(deadline=None)
@given(tables(), st.sampled_from(UNORDERED))
def test_a_categorical_is_its_values(table: pd.DataFrame, case: tuple[Any, dict[str, Any]]) -> None:
    """What does not order rows makes the same of an ordered categorical as of its values."""
    clause, spec = case
    ordered = pd.CategoricalDtype(["zz", *MODELS[::-1]], ordered=True)
    plain, other = (
        assembled([Part(name="x", captures={}, table=each.reset_index(drop=True), locate=nowhere)])
        for each in (table, table.astype({"model": ordered}))
    )
    found, same = run(clause, other, spec, o=other), run(clause, plain, spec, o=plain)
    pd.testing.assert_frame_equal(found.table, same.table)
