"""select, rename, fill, concat: fewer columns, other names, other values, more rows, and nothing else changed."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperkit.data.clauses import concat, fill, rename, select
from paperkit.data.table import Rows
from paperkit.errors import Problem
from tests.unit.data.clausing import Columns, failure, places, records, rows_of, run, series

cells = {
    "text": st.sampled_from(["x", "", "1", None]),
    "whole": st.sampled_from([1, 2**60 + 1, None]),
    "float": st.sampled_from([0.5, 2.0, float("inf"), None]),
    "flag": st.sampled_from([True, False, None]),
}
frames = st.integers(0, 6).flatmap(
    lambda size: st.fixed_dictionaries(
        {name: st.lists(values, min_size=size, max_size=size) for name, values in cells.items()}
    )
)


@settings(deadline=None)
@given(frames, st.permutations(list(cells)), st.integers(1, 4))
def test_select_is_that_of_pandas(data: Columns, names: list[str], count: int) -> None:
    rows = rows_of(data)
    found = run(select, rows, {"select": names[:count]})
    pd.testing.assert_frame_equal(found.table, rows.table[names[:count]])
    assert places(found, names[0]) == places(rows, names[0])


def test_select_names_every_problem() -> None:
    rows = rows_of({"model": ["a"], "acc": [1]})
    assert records(run(select, rows, {"select": "acc"}).table) == [(1,)]
    assert failure(select, rows, {"select": ["modl", "acc", "zzz", "acc"]}) == [
        "data.f.select: unknown column 'modl', did you mean 'model'?",
        "data.f.select: unknown column 'zzz'\n    the columns are model, acc",
        "data.f.select: 'acc' is named twice",
    ]


@settings(deadline=None)
@given(frames, st.permutations(["text", "whole", "float", "flag", "new"]))
def test_rename_is_that_of_pandas(data: Columns, names: list[str]) -> None:
    rows = rows_of(data)
    new = dict(zip(data, names, strict=False))
    found = run(rename, rows, {"rename": new})
    pd.testing.assert_frame_equal(found.table, rows.table.rename(columns=new))


def test_renamed_cells_stand_where_they_stood() -> None:
    rows = rows_of({"a": [1], "b": [2], "c": [3]})
    found = run(rename, rows, {"rename": {"a": "b", "b": "a", "c": "d"}})
    assert (found.columns, records(found.table)) == (("b", "a", "d"), [(1, 2, 3)])
    assert [places(found, name)[0] for name in "bad"] == ["x.csv[a]:2", "x.csv[b]:2", "x.csv[c]:2"]
    assert (places(found), places(found, "c")) == (["x.csv:2"], ["x.csv:2"])


def test_rename_names_every_problem() -> None:
    rows = rows_of({"model": ["a"], "acc": [1], "std": [2]})
    assert failure(rename, rows, {"rename": {"modl": "x", "zzz": "y", "acc": "std", "model": "std"}}) == [
        "data.f.rename.modl: unknown column 'modl', did you mean 'model'?",
        "data.f.rename.zzz: unknown column 'zzz'\n    the columns are model, acc, std",
        "data.f.rename.acc: 3 columns would be named 'std': model, acc, std",
    ]


@settings(deadline=None)
@given(
    frames, st.sampled_from([("text", ""), ("whole", 7), ("whole", 2.0), ("whole", 0.5), ("float", 1), ("flag", False)])
)
def test_fill_is_that_of_pandas(data: Columns, what: tuple[str, Any]) -> None:
    name, value = what
    rows = rows_of(data)
    found = run(fill, rows, {"fill": {name: value}})
    expected = [value if cell is None else cell for cell in data[name]]
    if value == 0.5 and None in data[name]:
        expected = [float(cell) for cell in expected]
    assert found.table[name].tolist() == expected
    pd.testing.assert_frame_equal(found.table.drop(columns=name), rows.table.drop(columns=name))
    assert not found.table[name].isna().any()


@pytest.mark.parametrize(
    ("values", "value", "dtype"),
    [
        ([1, None], 2, "int64"),
        ([1, None], 2.0, "int64"),
        ([1, None], 2.5, "float64"),
        ([1.5, None], 2, "float64"),
        ([True, None], False, "bool"),
        ([None, None], 3, "int64"),
        ([None, None], 0.5, "float64"),
        ([None, None], True, "bool"),
    ],
)
def test_filled_columns_are_as_narrow_as_can_be(values: list[Any], value: Any, dtype: str) -> None:
    assert str(run(fill, rows_of({"x": values}), {"fill": {"x": value}}).table["x"].dtype) == dtype


def test_a_column_without_any_value_takes_every_kind() -> None:
    rows = Rows(table=pd.DataFrame({"x": [float("nan"), float("nan")]}))
    assert records(run(fill, rows, {"fill": {"x": "none"}}).table) == [("none",), ("none",)]


def test_fill_names_every_mismatch() -> None:
    rows = rows_of({"acc": [1.5, None], "model": ["a", None], "ok": [True, None], "odd": [1, "a"]})
    assert failure(fill, rows, {"fill": {"acc": "n/a", "model": 0, "ok": 1, "odd": 1, "ac": 1}}) == [
        (
            "data.f.fill.acc: 'n/a' is text, but column 'acc' holds numbers\n"
            '    missing = "n/a" in a table prints it for missing values'
        ),
        (
            "data.f.fill.model: 0 is a number, but column 'model' holds text\n"
            '    "0" in quotes is text; numeric = ["model"] reads the column as numbers'
        ),
        "data.f.fill.ok: 1 is a number, but column 'ok' holds true and false",
        "data.f.fill.odd: 1 is a number, but column 'odd' holds values that are neither numbers nor text",
        "data.f.fill.ac: unknown column 'ac', did you mean 'acc'?",
    ]
    assert failure(fill, rows, {"fill": {"acc": "0.5", "ok": "yes", "model": True}}) == [
        "data.f.fill.acc: '0.5' is text, but column 'acc' holds numbers\n    0.5 without quotes is a number",
        (
            "data.f.fill.ok: 'yes' is text, but column 'ok' holds true and false\n"
            '    missing = "yes" in a table prints it for missing values'
        ),
        "data.f.fill.model: true is true or false, but column 'model' holds text",
    ]
    assert failure(fill, rows, {"fill": {"acc": 10**400}})[0].endswith("0 has too many digits\n    write it as 1e30")


@settings(deadline=None)
@given(st.lists(frames, min_size=1, max_size=3), st.permutations(list(cells)))
def test_concat_puts_rows_behind(data: list[Columns], order: list[str]) -> None:
    first, *others = data
    frames = {f"o{number}": rows_of({name: other[name] for name in order}) for number, other in enumerate(others)}
    found = run(concat, rows_of(first), {"concat": list(frames)}, None, **frames)
    expected = {name: [cell for one in data for cell in one[name]] for name in cells}
    assert records(found.table[list(cells)]) == list(zip(*expected.values(), strict=True))
    for name, values in expected.items():
        if any(value is not None for value in values):
            assert found.table[name].dtype == series(values).dtype


def test_concat_is_that_of_pandas() -> None:
    one, two = rows_of({"x": [1, 2], "y": ["a", "b"]}), rows_of({"y": ["c"], "x": [0.5]})
    expected = pd.concat([one.table, two.table], ignore_index=True)
    pd.testing.assert_frame_equal(run(concat, one, {"concat": ["two"]}, two=two).table, expected)


def test_every_row_keeps_its_place() -> None:
    note = Problem(message="careful")
    one, two = rows_of({"x": [1, 2]}, "a.csv", index=[4, 1]), rows_of({"x": [3]}, "b.csv").noticing(note)
    empty = rows_of({"x": []}, "c.csv")
    found = run(concat, one, {"concat": ["empty", "two", "two"]}, two=two, empty=empty)
    assert places(found) == ["a.csv:6", "a.csv:3", "b.csv:2", "b.csv:2"]
    assert places(found, "x")[2] == "b.csv[x]:2"
    assert found.notices == (note,)


def test_columns_that_differ_are_named() -> None:
    one = rows_of({"model": ["a"], "acc": [1]})
    two, three = rows_of({"model": ["b"], "accu": [2], "seed": [1]}), rows_of({"model": ["b"]})
    option = 'concat = { frames = ["two", "three"], columns = "union" }'
    assert failure(concat, one, {"concat": ["two", "three"]}, two=two, three=three) == [
        (
            "data.f.concat[0]: 'two' has no column 'acc', did you mean 'accu'?\n"
            "    [data.two] can add it with derive or name it with rename"
        ),
        (
            "data.f.concat[0]: 'two' has a column 'seed', which this frame has not\n"
            f'    {option} keeps it, "intersection" leaves it out'
        ),
        (
            "data.f.concat[1]: 'three' has no column 'acc'\n"
            f"    [data.three] can add it with derive or name it with rename; {option} leaves it missing"
        ),
    ]
    assert failure(concat, one, {"concat": ["two", "four"]}, two=two) == ["data.f.concat[1]: there is no [data.four]"]


@settings(deadline=None)
@given(
    st.lists(st.tuples(frames, st.lists(st.sampled_from(list(cells)), min_size=1, unique=True)), min_size=1, max_size=3)
)
def test_columns_of_any_frame_or_of_all_are_those_of_pandas(data: list[tuple[Columns, list[str]]]) -> None:
    parts = [rows_of({name: columns[name] for name in names}) for columns, names in data]
    others = {f"o{number}": part for number, part in enumerate(parts[1:])}
    tables = [part.table.astype(object) for part in parts]
    for columns in ("union", "intersection"):
        expected = pd.concat(tables, join="outer" if columns == "union" else "inner", ignore_index=True)
        spec = {"concat": {"frames": list(others), "columns": columns}}
        if expected.columns.empty:
            assert failure(concat, parts[0], spec, None, **others) == [
                "data.f.concat: the frames have no column in common"
            ]
            continue
        found = run(concat, parts[0], spec, None, **others)
        assert found.columns == tuple(expected.columns)
        assert records(found.table) == records(expected)
        for name in found.columns:
            values = [
                value
                for cells_of_one, own in data
                for value in (cells_of_one[name] if name in own else [None] * len(cells_of_one[name]))
            ]
            if any(value is not None for value in values):
                assert found.table[name].dtype == series(values).dtype


def test_a_cell_that_no_frame_has_stands_in_its_row() -> None:
    one, two = rows_of({"x": [1], "y": [5]}, "a.csv"), rows_of({"x": [3], "z": ["b"]}, "b.csv")
    found = run(concat, one, {"concat": {"frames": "two", "columns": "union"}}, two=two)
    assert (found.columns, records(found.table)) == (("x", "y", "z"), [(1, 5, None), (3, None, "b")])
    assert (places(found, "z"), places(found, "y")) == (["a.csv:2", "b.csv[z]:2"], ["a.csv[y]:2", "b.csv:2"])
    assert [str(dtype) for dtype in found.table.dtypes[:2]] == ["int64", "Int64"]


def test_numbers_and_text_are_not_put_together() -> None:
    one, two, three = rows_of({"x": [None]}), rows_of({"x": [1]}), rows_of({"x": ["1"]})
    assert failure(concat, one, {"concat": ["two", "three"]}, two=two, three=three) == [
        (
            "data.f.concat[1]: column 'x' holds text in 'three', but numbers in 'two'\n"
            '    numeric = ["x"] or text = ["x"] where it is read makes them alike'
        )
    ]
    assert failure(concat, two, {"concat": ["three"]}, three=three) == [
        (
            "data.f.concat[0]: column 'x' holds text in 'three', but numbers in this frame\n"
            '    numeric = ["x"] or text = ["x"] where it is read makes them alike'
        )
    ]


def test_without_the_clause_the_rows_are_the_same() -> None:
    rows = rows_of({"x": [1]})
    assert all(run(clause, rows, {}) is rows for clause in (select, rename, fill, concat))
