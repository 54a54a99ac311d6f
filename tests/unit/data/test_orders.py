"""Ordered categoricals: their order is that of pandas, wherever they were read and whatever became of their column."""

from __future__ import annotations

import operator
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperkit.data.clauses import (
    baseline,
    concat,
    correlate,
    derive,
    drop,
    fill,
    group,
    join,
    melt,
    pivot,
    rename,
    sort,
    test,
    transpose,
    where,
)
from paperkit.data.frame import Frame
from paperkit.data.parts import Part, assembled
from paperkit.data.table import Rows, nowhere
from paperkit.manifest.labels import Labels
from tests.unit.data import reading
from tests.unit.data.clausing import failure, labels_of, records, run
from tests.unit.data.loading import Load

SIZES = ("small", "medium", "large", "huge")  # no order of the alphabet
DOSES = (30, 5, 10, 20)
size_type = pd.CategoricalDtype(list(SIZES), ordered=True)
dose_type = pd.CategoricalDtype(list(DOSES), ordered=True)


def rows_of(table: pd.DataFrame) -> Rows:
    return assembled([Part(name="x", captures={}, table=table, locate=nowhere)])


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """Return ordered categoricals of text and of numbers with gaps, ties and categories that no row has."""
    cell = {
        "size": st.sampled_from([None, *SIZES[:3]]),
        "dose": st.sampled_from([None, *DOSES[1:]]),
        "model": st.sampled_from(["b", "a", None]),
        "x": st.sampled_from([0.5, -1.0, None]),
    }
    found = draw(st.lists(st.fixed_dictionaries(cell), max_size=12))
    table = pd.DataFrame(found, columns=list(cell))
    return table.astype({"size": size_type, "dose": dose_type, "x": "float64"})


@settings(deadline=None)
@given(tables(), st.lists(st.sampled_from(["size", "-size", "dose", "-dose", "x", "-x"]), min_size=1, max_size=3))
def test_sort_is_that_of_pandas(table: pd.DataFrame, keys: list[str]) -> None:
    expected = table
    for key in reversed(keys):  # pandas is stable with one key only
        expected = expected.sort_values(key.lstrip("-"), ascending=not key.startswith("-"), kind="stable")
    found = run(sort, rows_of(table), {"sort": keys})
    assert found.table.index.tolist() == expected.index.tolist()
    assert records(found.table) == records(expected)


def _by_appearance(column: pd.Series) -> pd.Series:
    """Return a plain column as a categorical in the order of its values, so that pandas sorts by that."""
    values = column.drop_duplicates()
    named = column.astype(object).where(column.notna(), "missing")
    return named.astype(pd.CategoricalDtype(list(values.astype(object).where(values.notna(), "missing")), ordered=True))


@settings(deadline=None)
@given(tables(), st.sampled_from([["size"], ["dose"], ["size", "dose"], ["model", "size"], ["dose", "model"]]))
def test_groups_are_sorted_as_those_of_pandas(table: pd.DataFrame, by: list[str]) -> None:
    found = run(group, rows_of(table), {"group": by, "stat": {"n": "count()", "mean": "mean(x)"}})
    expected = (
        table.assign(model=_by_appearance(table["model"]))
        .groupby(by, observed=True, dropna=False, sort=True)
        .agg(n=("x", "size"), mean=("x", "mean"))
        .reset_index()
    )
    expected = expected.assign(**({"model": expected["model"].replace("missing", None)} if "model" in by else {}))
    assert records(found.table) == [
        tuple(None if cell == "missing" else cell for cell in row) for row in records(expected)
    ]
    orders: dict[str, tuple[object, ...]] = {"size": SIZES, "dose": DOSES, "model": ()}
    assert found.orders == {name: orders[name] for name in by}


@settings(deadline=None)
@given(tables())
def test_pivot_has_rows_and_columns_in_order(table: pd.DataFrame) -> None:
    table = table.dropna(subset=["dose"]).drop_duplicates(["size", "dose"])
    found = run(pivot, rows_of(table), {"pivot": {"index": "size", "columns": "dose", "values": "x"}}).table
    kept = table["dose"].cat.remove_unused_categories().cat.categories.tolist()
    assert list(found) == ["size", *map(str, kept)]
    expected = table.sort_values("size")["size"].drop_duplicates()
    assert records(found[["size"]]) == records(expected.to_frame())
    for size, *cells in records(found):
        part = table[table["size"].isna()] if size is None else table[table["size"] == size]
        by_dose = dict(zip(part["dose"], part["x"], strict=True))
        assert cells == [None if pd.isna(by_dose.get(dose)) else by_dose[dose] for dose in kept]


def read_parquet(root: Path, table: pd.DataFrame) -> Rows:
    def write(path: Path) -> None:
        table.to_parquet(path, row_group_size=2)

    return reading.rows(root, {"x.parquet": write})


def read_feather(root: Path, table: pd.DataFrame) -> Rows:
    return reading.rows(root, {"x.feather": table.to_feather})


def read_pickle(root: Path, table: pd.DataFrame) -> Rows:
    return reading.rows(root, {"x.pkl": pickle.dumps(table)})


@pytest.mark.parametrize("read", [read_parquet, read_feather, read_pickle])
def test_every_source_keeps_the_order(tmp_path: Path, read: Callable[[Path, pd.DataFrame], Rows]) -> None:
    if read is not read_pickle:
        pytest.importorskip("pyarrow")
    days = ["2024-01-02", "2024-01-01", "2024-01-02", "NaT", "2024-01-01"]
    table = pd.DataFrame(
        {
            "size": pd.Series(["large", None, "small", "medium", "large"], dtype=size_type),
            "dose": pd.Series([20, 5, 30, None, 10], dtype=dose_type),
            "day": pd.Series(pd.to_datetime(days)).astype("category"),
            "free": pd.Categorical(["b", "a", "b", "a", None], categories=["b", "a"]),
        }
    )
    found = read(tmp_path, table)
    # Parquet itself keeps the categories of texts only.
    doses = () if read is read_parquet else DOSES
    assert found.orders == {"size": SIZES, "dose": doses, "day": (), "free": ()}
    ordered = run(sort, found, {"sort": ["size"]})
    assert records(ordered.table[["dose"]]) == [(30,), (None,), (20,), (10,), (5,)]
    assert records(run(sort, found, {"sort": ["free"]}).table[["free"]]) == [("a",), ("a",), ("b",), ("b",), (None,)]


def test_a_python_step_keeps_the_order(tmp_path: Path, load: Load) -> None:
    code = (
        "import pandas as pd\n"
        "def make():\n"
        "    size = pd.Categorical(['a', 'c', 'b'], categories=['c', 'b', 'a'], ordered=True)\n"
        "    return pd.DataFrame({'size': size, 'n': [1, 2, 3]})\n"
    )
    (tmp_path / "prep.py").write_text(code)
    frame = load({}, read=None, python="prep.py:make", sort=["size"])
    assert frame.rows("size", "n") == (("c", 2), ("b", 3), ("a", 1))


def test_files_of_one_frame_must_agree_in_the_order(tmp_path: Path) -> None:
    def dumped(values: list[str], categories: Sequence[str]) -> bytes:
        column = pd.Series(values, dtype=pd.CategoricalDtype(list(categories), ordered=True))
        return pickle.dumps(pd.DataFrame({"size": column}))

    alike = {"a1.pkl": dumped(["large"], SIZES), "a2.pkl": dumped(["small"], SIZES), "a3.pkl": dumped([], ["x"])}
    assert reading.rows(tmp_path, alike, read="a*.pkl").orders["size"] == SIZES
    other = {"b1.pkl": dumped(["large"], SIZES), "b2.pkl": dumped(["small"], SIZES[::-1])}
    assert reading.rows(tmp_path, other, read="b*.pkl").orders["size"] == ()


def sized(sizes: Sequence[str | None], **columns: Sequence[Any]) -> Rows:
    return rows_of(pd.DataFrame({"size": pd.Series(list(sizes), dtype=size_type), **columns}))


def test_labels_and_their_attributes_come_before_the_order() -> None:
    rows = sized(["small", "large"])
    labels = labels_of(size={"large": {"rank": 2}, "small": {"rank": 3}})
    assert records(run(sort, rows, {"sort": ["size"]}, labels).table) == [("large",), ("small",)]
    assert records(run(sort, rows, {"sort": ["size.rank"]}, labels).table) == [("large",), ("small",)]
    some = labels_of(size={"large": {}})
    assert records(run(sort, rows, {"sort": ["size"]}, some).table) == [("small",), ("large",)]


def test_values_that_came_later_stand_behind() -> None:
    rows = run(fill, sized(["large", None, "small"]), {"fill": {"size": "another"}})
    assert records(run(sort, rows, {"sort": ["size"]}).table) == [("small",), ("large",), ("another",)]
    found = run(group, rows, {"group": ["size"], "stat": {"n": "count()"}})
    assert records(found.table) == [("small", 1), ("large", 1), ("another", 1)]


def test_clauses_keep_the_order_of_a_column() -> None:
    rows = sized(["large", "small", "large"], other=["p", "q", "q"], x=[1, 2, 3])
    both = rows_of(pd.DataFrame({"other": ["p"], "kind": pd.Series(["small"], dtype=size_type)}))
    named = run(rename, rows, {"rename": {"size": "extent", "x": "size"}})
    assert (named.orders["extent"], named.orders.get("size", ())) == (SIZES, ())
    joined = run(join, rows, {"join": {"frame": "both", "on": ["other"]}}, both=both)
    assert (joined.orders["size"], joined.orders["kind"]) == (SIZES, SIZES)
    melted = run(melt, joined, {"melt": {"id_vars": ["other"], "value_vars": ["size", "kind"]}})
    assert melted.orders["value"] == SIZES
    assert run(concat, rows, {"concat": ["more"]}, more=sized(["huge"], other=["r"], x=[4])).orders["size"] == SIZES
    plain = Rows(table=rows.table)
    assert run(concat, rows, {"concat": ["more"]}, more=plain).orders["size"] == ()
    kept = run(where, run(drop, rows, {"drop": {"other": ["p"]}}), {"where": "x > 0"})
    assert kept.orders["size"] == SIZES
    wide = run(pivot, rows, {"pivot": {"index": ["x"], "columns": "other", "values": "size"}})
    assert (wide.orders["p"], wide.orders["q"], wide.orders["x"]) == (SIZES, SIZES, ())


def test_a_column_that_is_made_anew_has_no_order() -> None:
    rows = sized(["large", "small"], x=[1, 2])
    assert run(derive, rows, {"derive": {"size": "upper(size)"}}).orders.get("size", ()) == ()
    assert run(group, rows, {"stat": {"size": "max(x)"}}).orders == {}
    assert run(transpose, rows, {"transpose": {"index": "size"}}).orders == {}


def test_baselines_have_the_order_of_their_column() -> None:
    rows = sized(["large", "small"], run=[1, 2], seed=[1, 1])
    found = run(baseline, rows, {"baseline": {"where": "run == 2", "on": ["seed"]}})
    assert (found.orders["size"], found.orders["baseline.size"]) == (SIZES, SIZES)


def test_tests_and_correlations_stand_in_order() -> None:
    rng = np.random.default_rng(0)
    sizes = ["large", "large", "small", "small", None, None] * 3
    rows = sized(sizes, x=rng.normal(size=18).tolist(), y=rng.normal(size=18).tolist(), arm=["p", "q"] * 9)
    found = run(correlate, rows, {"correlate": {"x": "x", "y": "y", "by": ["size"]}})
    assert records(found.table[["size", "n"]]) == [("small", 6), ("large", 6), (None, 6)]
    tested = run(test, rows, {"test": {"kind": "welch", "value": "x", "between": "arm", "by": ["size"]}})
    assert records(tested.table[["size"]]) == [("small",), ("large",), (None,)]
    among = run(test, rows, {"test": {"kind": "welch", "value": "x", "between": "size"}})
    assert records(among.table[["size", "reference"]]) in ([("large", "small")], [("small", "large")])
    assert (found.orders["size"], tested.orders["size"], among.orders["size"]) == (SIZES, SIZES, SIZES)


SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@settings(deadline=None)
@given(tables(), st.sampled_from(list(SIGNS)), st.sampled_from(SIZES), st.sampled_from(DOSES))
def test_comparisons_are_those_of_pandas(table: pd.DataFrame, sign: str, size: str, dose: int) -> None:
    compare, rows = SIGNS[sign], rows_of(table)
    for column, value in (("size", size), ("dose", dose)):
        # pandas finds a missing value unlike any other; here no comparison with one holds.
        wanted = table[compare(table[column], value) & table[column].notna()].index.tolist()
        assert run(where, rows, {"where": f"{column} {sign} {value!r}"}).table.index.tolist() == wanted
        turned = table[compare(value, table[column]) & table[column].notna()].index.tolist()
        assert run(where, rows, {"where": f"{value!r} {sign} {column}"}).table.index.tolist() == turned
    derived = run(derive, rows, {"derive": {"big": f"size {sign} '{size}'"}}).table
    assert derived["big"].tolist() == (compare(table["size"], size) & table["size"].notna()).tolist()
    both = table.assign(other=table["size"].iloc[::-1].array)
    wanted = both[compare(both["size"], both["other"]) & both["size"].notna() & both["other"].notna()]
    assert run(where, rows_of(both), {"where": f"size {sign} other"}).table.index.tolist() == wanted.index.tolist()


@settings(deadline=None)
@given(tables(), st.sampled_from(SIZES), st.sampled_from(SIZES))
def test_between_goes_by_the_order(table: pd.DataFrame, low: str, high: str) -> None:
    wanted = table[(table["size"] >= low) & (table["size"] <= high)]
    found = run(where, rows_of(table), {"where": f"between(size, '{low}', '{high}')"})
    assert found.table.index.tolist() == wanted.index.tolist()
    chained = run(where, rows_of(table), {"where": f"'{low}' <= size <= '{high}'"})
    assert chained.table.index.tolist() == wanted.index.tolist()


@settings(deadline=None)
@given(tables())
def test_least_and_largest_are_those_of_pandas(table: pd.DataFrame) -> None:
    table = table.assign(group=table["model"].astype(object).where(table["model"].notna(), "none"))
    stat = {
        "low": "min(size)",
        "high": "max(size)",
        "least": "min(dose)",
        "most": "max(dose)",
        "big": "max(size) > 'small'",
    }
    found = run(group, rows_of(table), {"group": ["group"], "stat": stat})
    by = table.groupby("group", sort=False)
    wanted = by.agg(
        low=("size", "min"), high=("size", "max"), least=("dose", "min"), most=("dose", "max")
    ).reset_index()
    wanted["big"] = wanted["high"] > "small"
    assert records(found.table) == records(wanted)
    assert {name: found.orders[name] for name in stat if name in found.orders} == {
        **dict.fromkeys(("low", "high"), SIZES),
        **dict.fromkeys(("least", "most"), DOSES),
    }
    frame = Frame(name="f", data=rows_of(table), labels=Labels())
    if table["size"].notna().any():
        assert (frame.aggregate("min(size)"), frame.aggregate("max(size)")) == (
            table["size"].min(),
            table["size"].max(),
        )
        assert frame.aggregate("max(size) >= 'medium'") == (table["size"].max() in SIZES[1:])


def test_argmax_goes_by_the_order_of_its_scores() -> None:
    rows = sized(["small", "huge", "medium"], model=["a", "b", "c"], x=[3, 1, 2])
    frame = Frame(name="f", data=rows, labels=Labels())
    assert (frame.aggregate("argmax(max(size), model)"), frame.aggregate("argmin(min(size), model)")) == ("b", "a")
    stat = {"best": "argmax(max(size), model)", "last": "argmin(min(size), model)", "size": "argmax(mean(x), size)"}
    found = run(group, rows, {"stat": stat})
    assert (records(found.table), found.orders) == ([("b", "a", "small")], {"size": SIZES})


def test_values_that_came_later_are_the_largest() -> None:
    rows = run(fill, sized(["large", None, "small"]), {"fill": {"size": "another"}})
    assert records(run(where, rows, {"where": "size > 'large'"}).table) == [("another",)]
    assert records(run(where, rows, {"where": "size < 'another'"}).table) == [("large",), ("small",)]
    assert records(run(group, rows, {"stat": {"m": "max(size)"}}).table) == [("another",)]


def test_a_comparison_with_what_has_no_place_in_the_order_is_an_error() -> None:
    rows = sized(["large", "small"], other=["large", "odd"])
    assert failure(where, rows, {"where": "size >= 'mediun'"}) == [
        "data.f.where: 'mediun' is not among the ordered values of size, did you mean 'medium'?"
    ]
    assert failure(derive, rows, {"derive": {"y": "size < other"}}) == [
        (
            "data.f.derive.y: 'odd' is not among the ordered values of size\n"
            "    in their order they are small, medium, large, huge"
        )
    ]
    weird = pd.CategoricalDtype(["small", "large"], ordered=True)
    both = rows_of(rows.table.assign(other="small").astype({"size": size_type, "other": weird}))
    assert failure(where, both, {"where": "size < other"}) == [
        "data.f.where: column 'size' and column 'other' have different orders"
    ]


def test_ascending_numbers_are_compared_as_numbers() -> None:
    batch = pd.Series([8, 32, 16], dtype=pd.CategoricalDtype([8, 16, 32], ordered=True))
    found = run(where, rows_of(pd.DataFrame({"batch": batch})), {"where": "batch > 10.5"})
    assert records(found.table) == [(32,), (16,)]


def test_a_copy_of_a_column_keeps_its_order() -> None:
    copied = run(derive, sized(["large", "small"]), {"derive": {"extent": "size"}})
    assert copied.orders["extent"] == SIZES
