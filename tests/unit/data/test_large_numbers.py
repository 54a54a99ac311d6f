"""Whole numbers beyond 2**53, which floats cannot tell apart: exact as in plain Python, with gaps and without."""

from __future__ import annotations

import json
import operator
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from paperkit.data.clauses import baseline, derive, group, join, numeric, where
from paperkit.data.columns import as_number
from paperkit.data.frame import Frame
from paperkit.data.table import Rows
from paperkit.manifest.labels import Labels
from tests.unit.data import reading
from tests.unit.data.clausing import records, run

MOST, LEAST, EXACT = 2**63 - 1, -(2**63), 2**53
ID = 1732200000000000350
INTEGERS = st.one_of(
    st.sampled_from([0, 1, -1, 2, EXACT, EXACT + 1, -EXACT - 1, 2**60, ID, ID + 1, MOST, LEAST]),
    st.integers(LEAST, MOST),
    st.integers(-9, 9),
)
COLUMN = st.lists(st.none() | INTEGERS, max_size=6)
PAIRS = st.lists(st.tuples(st.none() | INTEGERS, st.none() | INTEGERS), max_size=6)
ORDERS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}


def column(values: list[int | None]) -> pd.Series:
    return pd.Series(values, dtype="Int64" if None in values else "int64")


def rows(**columns: list[Any]) -> Rows:
    table = {n: pd.Series(v) if any(isinstance(x, str) for x in v) else column(v) for n, v in columns.items()}
    return Rows(table=pd.DataFrame(table))


def fit(values: list[int | None]) -> bool:
    return all(value is None or LEAST <= value <= MOST for value in values)


@pytest.mark.parametrize("value", [MOST, LEAST, EXACT + 1, ID, 10**18])
def test_a_text_spells_a_whole_number_of_64_bits(value: int) -> None:
    for text in (str(value), f" {value} ", f"{'-' if value < 0 else '+'}000{abs(value)}", f"{value:,}"):
        found = as_number(text, thousands=",")
        assert (type(found), found) == (int, value)
    assert as_number(str(2**63)) == 2.0**63
    assert type(as_number(str(LEAST - 1))) is float
    assert as_number("0" * 6000 + "7.5") == 7.5


@settings(deadline=None)
@given(COLUMN)
def test_every_way_to_read_keeps_them(values: list[int | None]) -> None:
    texts = ["" if value is None else str(value) for value in values]
    wanted = [*values, 1]
    lines = "".join(f"{i},{text}\n" for i, text in enumerate([*texts, "1"]))
    documents = json.dumps([{"i": i, "x": value} for i, value in enumerate(wanted)])
    with tempfile.TemporaryDirectory() as folder:
        for files in ({"x.csv": f"i,x\n{lines}"}, {"y.csv": f"i,x\n{lines}"[:-1] + " \n"}, {"x.json": documents}):
            assert reading.values(reading.rows(Path(folder), files))["x"] == wanted
    spelt = Rows(table=pd.DataFrame({"x": pd.Series([*(text or None for text in texts), "1"], dtype=object)}))
    assert records(run(numeric, spelt, {"numeric": ["x"]}).table) == [(value,) for value in wanted]
    derived = run(derive, spelt, {"derive": {"y": "number(x)"}}).table
    assert records(derived[["y"]]) == [(value,) for value in wanted]


@settings(deadline=None)
@given(COLUMN, INTEGERS, st.sampled_from(list(ORDERS)))
@example([ID, None, ID + 1], ID, "==")
def test_where_tells_them_apart(values: list[int | None], limit: int, sign: str) -> None:
    if limit == LEAST:  # as in Python, its digits are a number of their own, which does not fit
        return
    found = run(where, rows(x=values), {"where": f"x {sign} {limit}"}).table
    assert found.index.tolist() == [i for i, v in enumerate(values) if v is not None and ORDERS[sign](v, limit)]
    among = run(where, rows(x=values), {"where": f"x in ({limit}, 1.5)"}).table
    assert among.index.tolist() == [i for i, v in enumerate(values) if v == limit]
    between = run(where, rows(x=values), {"where": f"between(x, {limit}, {MOST})"}).table
    assert between.index.tolist() == [i for i, v in enumerate(values) if v is not None and v >= limit]


@settings(deadline=None)
@given(PAIRS, st.sampled_from(list(ORDERS)))
def test_two_columns_are_compared_as_in_pandas(pairs: list[tuple[int | None, int | None]], sign: str) -> None:
    given_rows = rows(x=[x for x, _ in pairs], y=[y for _, y in pairs])
    wanted = ORDERS[sign](given_rows.table["x"].astype("Int64"), given_rows.table["y"].astype("Int64"))
    found = run(where, given_rows, {"where": f"x {sign} y"}).table
    assert found.index.tolist() == wanted[wanted.fillna(value=False)].index.tolist()


@settings(deadline=None, max_examples=300)
@given(PAIRS, st.sampled_from(list(OPERATIONS)))
@example([(EXACT + 1, EXACT), (2**60, EXACT)], "-")
@example([(EXACT + 1, EXACT), (None, 1)], "-")
@example([(LEAST, -1)], "//")
def test_arithmetic_is_exact_or_as_that_of_floats(pairs: list[tuple[int | None, int | None]], sign: str) -> None:
    if sign == "**":
        pairs = [(x, None if y is None else abs(y) % 70) for x, y in pairs]
    if sign in ("//", "%"):
        pairs = [(x, y or 7) for x, y in pairs]
    wanted = [None if x is None or y is None else OPERATIONS[sign](x, y) for x, y in pairs]
    found = run(derive, rows(x=[x for x, _ in pairs], y=[y for _, y in pairs]), {"derive": {"z": f"x {sign} y"}}).table
    values = [value for (value,) in records(found[["z"]])]
    if fit(wanted):
        assert values == wanted
        assert all(type(value) is int for value in values if value is not None)
    else:
        assert values == [None if value is None else pytest.approx(_float(value), rel=1e-12) for value in wanted]


def _float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


@settings(deadline=None)
@given(COLUMN)
def test_functions_are_exact(values: list[int | None]) -> None:
    derived = {"minus": "-x", "same": "round(x)", "size": "abs(x)", "number": "number(x)", "rank": "rank(x)"}
    found = run(derive, rows(x=values), {"derive": derived}).table
    there = sorted(value for value in values if value is not None)
    ranks = {v: (2 * there.index(v) + 1 + there.count(v)) / 2 for v in there}
    wanted: dict[str, list[Any]] = {
        "minus": [None if v is None else -v for v in values],
        "same": values,
        "size": [None if v is None else abs(v) for v in values],
        "number": values,
        "rank": [None if v is None else ranks[v] for v in values],
    }
    for name, expected in wanted.items():
        if fit(expected):
            assert [value for (value,) in records(found[[name]])] == expected, name


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.none() | INTEGERS), min_size=1, max_size=8))
@example([("a", MOST), ("a", 1), ("b", 5)])
@example([("a", EXACT), ("a", 1), ("b", None)])
def test_summaries_are_exact_while_they_fit(cells: list[tuple[str, int | None]]) -> None:
    given_rows = rows(g=[g for g, _ in cells], x=[x for _, x in cells])
    stat = {"low": "min(x)", "high": "max(x)", "sum": "sum(x)", "first": "first(x)", "n": "nunique(x)"}
    found = run(group, given_rows, {"group": ["g"], "stat": stat}).table
    members = {g: [x for other, x in cells if other == g and x is not None] for g in dict.fromkeys(g for g, _ in cells)}
    sums = {g: sum(values) for g, values in members.items()}
    for g, low, high, total, first, n in records(found):
        values = members[g]
        assert (low, high) == ((min(values), max(values)) if values else (None, None))
        assert (first, n) == (values[0] if values else None, len(set(values)))
        exact = fit(list(sums.values()))
        assert total == (sums[g] if exact else pytest.approx(sums[g], rel=1e-12, abs=2.0**12))
        assert type(total) is (int if exact else float)
    frame = Frame(name="f", data=given_rows, labels=Labels())
    every = [x for _, x in cells if x is not None]
    if every:
        assert (frame.aggregate("min(x)"), frame.aggregate("max(x)")) == (min(every), max(every))
        total = sum(every)
        assert frame.aggregate("sum(x)") == (total if fit([total]) else float(total))
        assert frame.aggregate("sum(x) / 2") == pytest.approx(total / 2)


@settings(deadline=None)
@given(st.lists(INTEGERS, unique=True, min_size=1, max_size=6), st.data())
def test_keys_find_their_partners(ids: list[int], data: st.DataObject) -> None:
    asked = data.draw(st.lists(st.none() | st.sampled_from([*ids, *(i + 1 for i in ids if i < MOST)]), max_size=6))
    other = rows(id=ids, v=list(range(len(ids))))
    spec = {"join": {"frame": "o", "on": ["id"], "unmatched": "ignore"}}
    found = run(join, rows(id=[*asked, ids[0]]), spec, o=other).table
    places = {value: place for place, value in enumerate(ids)}
    assert records(found) == [(i, None if i is None else places.get(i)) for i in [*asked, ids[0]]]
    grouped = run(group, rows(id=asked), {"group": ["id"], "stat": {"n": "count()"}}).table
    assert records(grouped) == [(i, asked.count(i)) for i in dict.fromkeys(asked)]


@settings(deadline=None)
@given(st.lists(st.none() | INTEGERS, min_size=1, max_size=6, unique=True))
def test_a_baseline_stands_beside_its_own_key(ids: list[int | None]) -> None:
    both = rows(id=[*ids, *ids], m=["a"] * len(ids) + ["b"] * len(ids), v=[*ids, *ids])
    spec = {"baseline": {"where": "m == 'a'", "on": ["id"], "unmatched": "null"}}
    assert records(run(baseline, both, spec).table[["baseline.v"]]) == [(i,) for i in [*ids, *ids]]


def test_beyond_64_bits_they_are_shown_exactly_and_computed_with_as_floats() -> None:
    large = [10**22 + 1, 10**22 + 3, 7]
    with tempfile.TemporaryDirectory() as folder:
        found = reading.rows(Path(folder), {"x.json": json.dumps([{"g": "a", "x": value} for value in large])})
    frame = Frame(name="f", data=found, labels=Labels())
    assert frame.rows("x") == tuple((value,) for value in large)
    assert frame.where("x > 7").rows("x") == ((large[0],), (large[1],))
    derived = run(derive, found, {"derive": {"half": "x / 2"}}).table["half"]
    assert derived.tolist() == pytest.approx([value / 2 for value in large])
    grouped = run(group, found, {"group": ["g"], "stat": {"mean": "mean(x)"}}).table
    assert grouped["mean"].tolist() == pytest.approx([sum(large) / 3])
