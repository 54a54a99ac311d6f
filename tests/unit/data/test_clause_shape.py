"""pivot, melt, transpose: the same cells in another shape, each where it was read."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperkit.data.clauses import melt, pivot, transpose
from tests.unit.data.clausing import Columns, failure, labels_of, places, records, rows_of, run

LONG: Columns = {
    "model": ["b", "b", "a", "a"],
    "dataset": ["y", "x", "x", "z"],
    "acc": [1, 2, 3, None],
}
PIVOT = {"pivot": {"index": "model", "columns": "dataset", "values": "acc"}}

keyed = st.lists(
    st.tuples(st.sampled_from(["b", "a", None]), st.sampled_from([1, 0, None]), st.sampled_from(["x", "y", "z"])),
    unique=True,
)
# For pandas 2 a text ends at a NUL, which makes two such names one.
WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=3)


@settings(deadline=None)
@given(keyed, st.data())
def test_pivot_puts_every_value_in_its_cell(keys: list[tuple[Any, ...]], data: st.DataObject) -> None:
    values = data.draw(st.lists(st.sampled_from([0.5, 2.0, None]), min_size=len(keys), max_size=len(keys)))
    columns = {name: [key[number] for key in keys] for number, name in enumerate("kno")}
    spec = {"pivot": {"index": ["k", "n"], "columns": "o", "values": "v"}}
    found = run(pivot, rows_of({**columns, "v": values}), spec)
    rows = list(dict.fromkeys(key[:2] for key in keys))
    names = list(dict.fromkeys(key[2] for key in keys))
    cells = dict(zip(keys, values, strict=True))
    assert found.columns == ("k", "n", *names)
    assert records(found.table) == [(*row, *(cells.get((*row, name)) for name in names)) for row in rows]


@settings(deadline=None)
@given(keyed)
def test_pivot_is_that_of_pandas(keys: list[tuple[Any, ...]]) -> None:
    keys = [key for key in keys if None not in key]
    rows = rows_of(
        {**{name: [key[n] for key in keys] for n, name in enumerate("kno")}, "v": [*map(float, range(len(keys)))]}
    )
    found = run(pivot, rows, {"pivot": {"index": ["k", "n"], "columns": "o", "values": "v"}}).table
    if keys:
        expected = rows.table.pivot(index=["k", "n"], columns="o", values="v").reset_index()  # noqa: PD010 - the one compared
        ordered = found.sort_values(["k", "n"], ignore_index=True)[list(expected)]
        assert records(ordered) == records(expected)


def test_pivot_goes_by_first_appearance_or_the_labels() -> None:
    found = run(pivot, rows_of(LONG), PIVOT)
    assert found.columns == ("model", "y", "x", "z")
    assert records(found.table) == [("b", 1, 2, None), ("a", None, 3, None)]
    assert [str(dtype) for dtype in found.table.dtypes[1:]] == ["Int64", "int64", "Int64"]
    every = labels_of(dataset={"z": {}, "x": {}, "y": {"label": "Why"}})
    assert run(pivot, rows_of(LONG), PIVOT, every).columns == ("model", "z", "x", "y")
    some = labels_of(dataset={"z": {}, "x": {}})
    assert run(pivot, rows_of(LONG), PIVOT, some).columns == ("model", "y", "x", "z")


def test_pivoted_cells_know_where_they_were_read() -> None:
    found = run(pivot, rows_of(LONG), PIVOT)
    assert places(found, "x") == ["x.csv[acc]:3", "x.csv[acc]:4"]
    assert places(found, "y") == ["x.csv[acc]:2", ""]
    assert places(found) == places(found, "model") == ["", ""]


def test_numbers_and_flags_name_columns() -> None:
    rows = rows_of({"k": ["a", "a"], "layer": [1.0, 0.5], "big": [True, False], "v": ["p", "q"]})
    spec = {"index": "k", "values": "v"}
    assert run(pivot, rows, {"pivot": {**spec, "columns": "layer"}}).columns == ("k", "1", "0.5")
    found = run(pivot, rows, {"pivot": {**spec, "columns": "big"}})
    assert (found.columns, records(found.table)) == (("k", "True", "False"), [("a", "p", "q")])


def test_a_pivot_of_no_rows_has_the_index_only() -> None:
    found = run(pivot, rows_of({"model": [], "dataset": [], "acc": []}), PIVOT)
    assert (found.columns, len(found)) == (("model",), 0)


def test_pivot_names_what_stands_twice() -> None:
    rows = rows_of({"model": [*"abcdabcda"], "dataset": ["x"] * 9, "acc": [*range(9)]}, "runs.csv")
    assert failure(pivot, rows, PIVOT) == [
        (
            "data.f.pivot: 4 combinations stand more than once: "
            "model 'a', dataset 'x' (runs.csv:2, runs.csv:6, runs.csv:10); "
            "model 'b', dataset 'x' (runs.csv:3, runs.csv:7); "
            "model 'c', dataset 'x' (runs.csv:4, runs.csv:8); and 1 more\n"
            '    group = ["model", "dataset"] with stat = { acc = "mean(acc)" } makes them one'
        )
    ]


def test_pivot_does_not_ask_for_the_mean_of_text() -> None:
    rows = rows_of({"model": ["a", "a"], "dataset": ["x", "x"], "acc": ["good", "bad"]})
    assert failure(pivot, rows, PIVOT) == [
        (
            "data.f.pivot: 1 combination stands more than once: model 'a', dataset 'x' (x.csv:2, x.csv:3)\n"
            "    'acc' holds text, which has no mean: "
            'group = ["model", "dataset"] with stat = { acc = "first(acc)" } makes them one, the first'
        )
    ]


def test_pivot_names_what_cannot_name_a_column() -> None:
    rows = rows_of({"model": ["a", "a", "b"], "dataset": ["model", None, None], "acc": [1, 2, 3]})
    assert failure(pivot, rows, PIVOT) == [
        (
            "data.f.pivot.columns: 2 rows have no dataset to name a column: x.csv[dataset]:3, x.csv[dataset]:4\n"
            '    where = "notnull(dataset)" leaves such rows out'
        ),
        (
            "data.f.pivot.columns: 'model' is a value of 'dataset' and a column of index: "
            "two columns would have its name\n"
            "    rename the column of index"
        ),
    ]


def test_pivot_names_every_column_at_once() -> None:
    assert failure(
        pivot, rows_of(LONG), {"pivot": {"index": ["modl", "zz"], "columns": "dataste", "values": "ac"}}
    ) == [
        "data.f.pivot.index: unknown column 'modl', did you mean 'model'?",
        "data.f.pivot.index: unknown column 'zz'\n    the columns are model, dataset, acc",
        "data.f.pivot.columns: unknown column 'dataste', did you mean 'dataset'?",
        "data.f.pivot.values: unknown column 'ac', did you mean 'acc'?",
    ]
    assert failure(pivot, rows_of(LONG), {"pivot": {"index": "model", "columns": "model", "values": "model"}}) == [
        "data.f.pivot.columns: column 'model' is in index already",
        "data.f.pivot.values: column 'model' is in index already",
    ]
    assert failure(pivot, rows_of(LONG), {"pivot": {"index": [], "columns": "dataset", "values": "acc"}}) == [
        "data.f.pivot.index: no column names the rows"
    ]


@pytest.mark.parametrize("cells", [[0.5, 2.0, None], [1, 2**60 + 1, None], ["x", "", None], [True, False, None]])
@settings(deadline=None)
@given(size=st.integers(0, 4), data=st.data())
def test_melt_is_that_of_pandas_row_by_row(cells: list[Any], size: int, data: st.DataObject) -> None:
    choices: dict[str, list[Any]] = {"k": ["m", None], "n": [1, 2], "a": cells, "b": cells, "c": cells}
    columns = {
        name: data.draw(st.lists(st.sampled_from(values), min_size=size, max_size=size))
        for name, values in choices.items()
    }
    rows = rows_of(columns)
    found = run(melt, rows, {"melt": {"id_vars": ["k", "n"], "var_name": "what"}})
    expected = rows.table.astype(object).melt(id_vars=["k", "n"], var_name="what")
    # pandas goes column by column.
    assert records(found.table) == [
        records(expected)[column * size + row] for row in range(size) for column in range(3)
    ]


def test_melted_cells_know_where_they_were_read() -> None:
    rows = rows_of({"k": ["p", "q"], "a": [1, 2], "b": [3.5, None], "c": ["s", "t"]}, index=[5, 3])
    found = run(melt, rows, {"melt": {"id_vars": "k", "value_vars": ["b", "a"]}})
    assert found.columns == ("k", "variable", "value")
    assert records(found.table) == [("p", "b", 3.5), ("p", "a", 1.0), ("q", "b", None), ("q", "a", 2.0)]
    assert places(found, "value") == ["x.csv[b]:7", "x.csv[a]:7", "x.csv[b]:5", "x.csv[a]:5"]
    assert places(found, "variable")[0] == "x.csv[b]:7"
    assert (places(found, "k")[2], places(found)[2]) == ("x.csv[k]:5", "x.csv:5")


def test_melt_does_not_mix_kinds() -> None:
    rows = rows_of({"k": ["p"], "a": [1], "b": ["x"], "c": [0.5], "d": [None], "e": [True]})
    hint = "\n    name those that stay in id_vars, or only those that become rows in value_vars"
    assert failure(melt, rows, {"melt": {"id_vars": "k"}}) == [
        (
            f"data.f.melt.value_vars: one column cannot hold "
            f"numbers in 'a', 'c', text in 'b' and true and false in 'e'{hint}"
        )
    ]
    found = run(melt, rows, {"melt": {"id_vars": "k", "value_vars": ["d", "a", "c"]}})
    assert records(found.table) == [("p", "d", None), ("p", "a", 1.0), ("p", "c", 0.5)]


def test_melt_names_every_problem() -> None:
    rows = rows_of({"k": ["p"], "value": [1]})
    assert failure(melt, rows, {"melt": {"id_vars": ["kk", "value"], "value_vars": ["valu"], "var_name": "value"}}) == [
        "data.f.melt.id_vars: unknown column 'kk', did you mean 'k'?",
        "data.f.melt.value_vars: unknown column 'valu', did you mean 'value'?",
        "data.f.melt.var_name: column 'value' is in id_vars already\n    say another var_name",
        "data.f.melt.value_name: column 'value' is in id_vars already\n    say another value_name",
        "data.f.melt.value_name: var_name and value_name are both 'value'",
    ]
    assert failure(melt, rows, {"melt": {"id_vars": ["k", "value"], "value_name": "v"}}) == [
        "data.f.melt: no column is left to become rows\n    leave one out of id_vars"
    ]


@settings(deadline=None)
@given(
    st.lists(WORDS.filter(lambda name: name != "column"), unique=True, max_size=4),
    st.lists(st.lists(st.sampled_from([0.5, 2.0, None]), min_size=4, max_size=4), max_size=3),
)
def test_transpose_is_that_of_pandas(names: list[str], numbers: list[list[float | None]]) -> None:
    columns = {f"c{number}": values[: len(names)] for number, values in enumerate(numbers)}
    rows = rows_of({"k": names, **columns})
    found = run(transpose, rows, {"transpose": {"index": "k"}})
    assert found.columns == ("column", *names)
    expected = [(name, *values) for name, values in columns.items()]
    assert records(found.table) == expected
    if columns and names:
        turned = rows.table.set_index("k").T
        assert records(turned) == [values[1:] for values in expected]


def test_transposed_cells_know_where_they_were_read() -> None:
    rows = rows_of({"acc": [1, None], "model": ["a", "b"], "std": [3, 4]}, index=[5, 3])
    found = run(transpose, rows, {"transpose": {"index": "model", "name": "metric"}})
    assert records(found.table) == [("acc", 1, None), ("std", 3, 4)]
    assert [str(dtype) for dtype in found.table.dtypes[1:]] == ["int64", "Int64"]
    assert places(found, "b") == ["x.csv[acc]:5", "x.csv[std]:5"]
    assert places(found, "metric") == places(found) == ["", ""]


def test_transpose_names_every_problem() -> None:
    rows = rows_of({"k": ["a", "b", "a", None, "column"], "x": [1] * 5, "y": ["t"] * 5})
    assert failure(transpose, rows, {"transpose": {"index": "k"}}) == [
        (
            "data.f.transpose.index: 1 row has no k to name a column: x.csv[k]:5\n"
            '    where = "notnull(k)" leaves such rows out'
        ),
        (
            "data.f.transpose.index: 1 column would be there more than once: k 'a' (x.csv:2, x.csv:4)\n"
            "    a column whose values differ can name columns"
        ),
        "data.f.transpose.name: 'column' is a value of 'k' and the name of the new column\n    say another name",
        (
            "data.f.transpose: one column cannot hold numbers in 'x' and text in 'y'\n"
            "    leave columns out before, with another frame or pivot"
        ),
    ]
    assert failure(transpose, rows, {"transpose": {"index": "kk"}}) == [
        "data.f.transpose.index: unknown column 'kk', did you mean 'k'?"
    ]


def test_without_the_clause_the_rows_are_the_same() -> None:
    rows = rows_of(LONG)
    assert all(run(clause, rows, {}) is rows for clause in (pivot, melt, transpose))
    assert isinstance(rows.table, pd.DataFrame)
