"""join: what pandas' merge finds, by value, with every row without a partner named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperkit.data.clauses import join
from paperkit.data.table import Rows
from paperkit.errors import DataError
from tests.unit.data.clausing import Columns, failure, places, records, rows_of, run

RUNS: Columns = {"model": ["a", "b", "c", "a"], "acc": [1.5, 2.5, 3.5, 4.5]}
META: Columns = {"model": ["b", "a", "z"], "size": [20, 10, 30], "family": ["B", "A", "Z"]}

texts = st.sampled_from(["x", "y", "z", None])
wholes = st.sampled_from([0, 1, 2, None])


@st.composite
def keyed(draw: st.DrawFn, value: str) -> dict[str, list[Any]]:
    size = draw(st.integers(0, 8))
    column = {name: draw(st.lists(cells, min_size=size, max_size=size)) for name, cells in KEYS.items()}
    return {**column, value: list(range(size))}


KEYS = {"k": texts, "n": wholes}


def _whole(columns: Columns) -> pd.DataFrame:
    """Return the rows that miss nothing: pandas lets missing keys meet."""
    return pd.DataFrame({name: pd.Series(list(values), dtype="object") for name, values in columns.items()}).dropna()


def _rows(table: pd.DataFrame) -> Rows:
    return rows_of({str(name): table[name].tolist() for name in table})


def _by_hand(left: Sequence[tuple[Any, ...]], right: Sequence[tuple[Any, ...]], how: str) -> list[tuple[Any, ...]]:
    """Join rows (k, n, value) of both sides, one pair after the other."""

    def partners(one: tuple[Any, ...], two: tuple[Any, ...]) -> bool:
        return None not in one[:2] and one[:2] == two[:2]

    found = []
    for row in left:
        matches = [(*row, other[2]) for other in right if partners(row, other)]
        found += matches or ([(*row, None)] if how in ("left", "outer") else [])
    alone = [other for other in right if not any(partners(row, other) for row in left)]
    return found + [(*other[:2], None, other[2]) for other in alone if how in ("right", "outer")]


@settings(deadline=None)
@given(keyed("l"), keyed("r"), st.sampled_from(["left", "inner", "outer", "right"]))
def test_every_pair_is_found_in_order(left: dict[str, list[Any]], right: dict[str, list[Any]], how: str) -> None:
    one, two = rows_of(left), rows_of(right, "m.csv")
    spec = {"join": {"frame": "m", "on": ["k", "n"], "how": how, "validate": "many_to_many"}}
    assert records(run(join, one, spec, m=two).table) == _by_hand(records(one.table), records(two.table), how)


@settings(deadline=None)
@given(
    keyed("l"), keyed("r"), st.sampled_from(["left", "inner", "outer", "right"]), st.sampled_from([["k"], ["k", "n"]])
)
def test_it_is_the_merge_of_pandas(
    left: Columns, right: Columns, how: Literal["left", "inner", "outer", "right"], on: list[str]
) -> None:
    one, two = _whole(left), _whole(right)
    expected = one.merge(two, how=how, on=on, suffixes=("", "_right"))
    spec = {"join": {"frame": "m", "on": on, "how": how, "validate": "many_to_many"}}
    found = run(join, _rows(one), spec, m=_rows(two)).table
    assert list(found) == list(expected)
    assert sorted(map(str, records(found))) == sorted(map(str, records(expected)))
    if how in ("left", "inner"):
        assert records(found) == records(expected)


@settings(deadline=None)
@given(keyed("l"), keyed("r"), st.sampled_from(["one_to_one", "one_to_many", "many_to_one", "many_to_many"]))
def test_validate_is_that_of_pandas(left: Columns, right: Columns, validate: Any) -> None:
    one, two = _whole(left), _whole(right)
    spec = {"join": {"frame": "m", "on": ["k", "n"], "validate": validate}}
    rows, others = _rows(one), _rows(two)
    try:
        one.merge(two, how="left", on=["k", "n"], validate=validate)
    except pd.errors.MergeError:
        with pytest.raises(DataError, match="more than once"):
            run(join, rows, spec, m=others)
    else:
        run(join, rows, spec, m=others)


def test_rows_keep_their_ids_where_none_multiplies() -> None:
    found = run(
        join,
        rows_of({**RUNS, "size": [1, 2, 3, 4]}, index=[7, 3, 5, 9]),
        {"join": {"frame": "meta", "on": "model"}},
        meta=rows_of(META, "meta.csv"),
    )
    assert found.columns == ("model", "acc", "size", "size_right", "family")
    assert found.table.index.tolist() == [7, 3, 5, 9]
    assert records(found.table[["size_right", "family"]]) == [(10, "A"), (20, "B"), (None, None), (10, "A")]
    assert str(found.table["size_right"].dtype) == "Int64"
    assert places(found) == ["x.csv:9", "x.csv:5", "x.csv:7", "x.csv:11"]
    assert places(found, "acc")[0] == "x.csv[acc]:9"
    assert places(found, "size_right") == ["meta.csv[size]:3", "meta.csv[size]:2", "x.csv:7", "meta.csv[size]:3"]


def test_multiplied_and_new_rows_know_where_they_stand() -> None:
    spec = {"join": {"frame": "runs", "on": "model", "how": "outer", "validate": "one_to_many", "unmatched": "ignore"}}
    found = run(join, rows_of(META, "meta.csv", index=[4, 5, 6]), spec, runs=rows_of(RUNS, "runs.csv"))
    assert records(found.table) == [
        ("b", 20, "B", 2.5),
        ("a", 10, "A", 1.5),
        ("a", 10, "A", 4.5),
        ("z", 30, "Z", None),
        ("c", None, None, 3.5),
    ]
    assert found.table.index.tolist() == [0, 1, 2, 3, 4]
    assert places(found) == ["meta.csv:6", "meta.csv:7", "meta.csv:7", "meta.csv:8", "runs.csv:4"]
    assert places(found, "acc")[:3] == ["runs.csv[acc]:3", "runs.csv[acc]:2", "runs.csv[acc]:5"]
    assert places(found, "model")[-1] == "runs.csv[model]:4"


def test_rows_without_a_partner_are_counted_and_named() -> None:
    models = ["q", "x", "y", "x", "w", "x", "y", "v", None, "a"]
    spec = {"join": {"frame": "meta", "on": "model"}}
    found = run(join, rows_of({"model": models}), spec, meta=rows_of(META))
    message = "9 of 10 rows have no partner in 'meta': model 'x' (3), model 'y' (2), model 'q' (1), and 3 more"
    assert [str(notice) for notice in found.notices] == [f"data.f.join: {message}"]
    assert failure(
        join, rows_of({"model": models}), {"join": {**spec["join"], "unmatched": "error"}}, meta=rows_of(META)
    ) == [f'data.f.join: {message}\n    unmatched = "notice" lets them pass']
    ignoring = {"join": {**spec["join"], "unmatched": "ignore"}}
    assert run(join, rows_of({"model": models}), ignoring, meta=rows_of(META)).notices == ()


def test_new_rows_of_the_other_frame_are_named_too() -> None:
    spec = {"join": {"frame": "meta", "on": ["model"], "how": "right"}}
    found = run(join, rows_of(RUNS), spec, meta=rows_of(META))
    assert records(found.table)[-1] == ("z", None, 30, "Z")
    assert [str(notice) for notice in found.notices] == [
        "data.f.join: 1 of 4 rows has no partner in 'meta': model 'c' (1)",
        "data.f.join: 1 of 3 rows of 'meta' has no partner: model 'z' (1)",
    ]


def test_keys_of_several_columns_are_named_whole() -> None:
    left = rows_of({"model": ["a", "b"], "seed": [1, None]})
    spec = {"join": {"frame": "meta", "on": ["model", "seed"]}}
    found = run(join, left, spec, meta=rows_of({"model": ["a"], "seed": [2.0]}))
    assert [str(notice) for notice in found.notices] == [
        "data.f.join: 2 of 2 rows have no partner in 'meta': model 'a', seed 1 (1); model 'b', seed missing (1)"
    ]


def test_another_spelling_is_pointed_out() -> None:
    spec = {"join": {"frame": "meta", "on": "model"}}
    found = run(join, rows_of({"model": ["resnet50", "ViT "]}), spec, meta=rows_of({"model": ["ResNet-50", "vit"]}))
    assert [str(notice) for notice in found.notices] == [
        (
            "data.f.join: 2 of 2 rows have no partner in 'meta': model 'resnet50' (1), model 'ViT ' (1)\n"
            "    'meta' has 'ResNet-50' for 'resnet50' and 'vit' for 'ViT '"
        )
    ]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ([1, 2, 3], [2.0, 2.5]),
        ([1.0, 2.0], [2, 4]),
        ([2, None], [2.0, None]),
        ([2, None], [2]),
        ([2.0, None], [2, None]),
    ],
)
def test_numbers_are_equal_however_they_are_stored(left: list[Any], right: list[Any]) -> None:
    spec = {"join": {"frame": "o", "on": "k", "how": "inner"}}
    found = run(join, rows_of({"k": left}), spec, o=rows_of({"k": right, "v": [*range(len(right))]}))
    assert records(found.table) == [(2, right.index(2))]


def test_large_whole_numbers_are_not_rounded() -> None:
    spec = {"join": {"frame": "o", "on": "k", "how": "inner"}}
    near = rows_of({"k": [2**53 + 1, 2**53]})
    assert records(run(join, near, spec, o=rows_of({"k": [float(2**53), None], "v": ["a", "b"]})).table) == [
        (2**53, "a")
    ]
    assert records(run(join, rows_of({"k": [0.5, 2.0**53]}), spec, o=near).table) == [(2.0**53,)]


def test_text_and_numbers_are_never_equal() -> None:
    spec = {"join": {"frame": "meta", "on": ["seed", "model"]}}
    left = rows_of({"seed": [1, 2], "model": ["7", "8"], "flag": [True, False]})
    assert failure(join, left, spec, meta=rows_of({"seed": ["1"], "model": [7]})) == [
        (
            "data.f.join.on: key 'seed' holds numbers, but 'seed' of 'meta' holds text\n"
            '    say text = ["seed"] here, or numeric = ["seed"] in [data.meta]'
        ),
        (
            "data.f.join.on: key 'model' holds text, but 'model' of 'meta' holds numbers\n"
            '    say numeric = ["model"] here, or text = ["model"] in [data.meta]'
        ),
    ]
    spec = {"join": {"frame": "meta", "on": "flag"}}
    assert failure(join, left, spec, meta=rows_of({"flag": [1, 0]})) == [
        "data.f.join.on: key 'flag' holds true and false, but 'flag' of 'meta' holds numbers"
    ]


def test_a_key_without_any_value_finds_nothing() -> None:
    spec = {"join": {"frame": "meta", "on": "k"}}
    for left, right in (([None, None], [1]), (["a"], [None]), ([], [1]), ([1.5], [])):
        found = run(join, rows_of({"k": left}), spec, meta=rows_of({"k": right, "v": [1] * len(right)}))
        assert records(found.table) == [(key, None) for key in left]


def test_a_key_that_stands_too_often_is_named_with_its_places() -> None:
    left = rows_of({"model": ["a", "b", "a", "c", "b", "c", "d", "d", "a", "a", "a"]}, "runs.csv")
    spec = {"join": {"frame": "meta", "on": "model", "validate": "one_to_one"}}
    assert failure(
        join, left, spec, meta=rows_of({"model": ["a", "a", None, None], "v": [1, 2, 3, 4]}, "meta.csv")
    ) == [
        (
            "data.f.join: 4 keys stand in this frame more than once: "
            "model 'a' (runs.csv:2, runs.csv:4, runs.csv:10, and 2 more); "
            "model 'b' (runs.csv:3, runs.csv:6); model 'c' (runs.csv:5, runs.csv:7); and 1 more\n"
            '    one_to_one wants each once: add a column to on, or say validate = "many_to_many"'
        ),
        (
            "data.f.join: 1 key stands in 'meta' more than once: model 'a' (meta.csv:2, meta.csv:3)\n"
            '    one_to_one wants each once: add a column to on, dedupe [data.meta], or say validate = "many_to_many"'
        ),
    ]


def test_a_computed_row_is_named_by_its_number() -> None:
    other = Rows(table=pd.DataFrame({"model": ["a", "b", "a"]}))
    spec = {"join": {"frame": "meta", "on": "model"}}
    assert failure(join, rows_of(RUNS), spec, meta=other)[0].startswith(
        "data.f.join: 1 key stands in 'meta' more than once: model 'a' (row 1, row 3)\n"
    )


def test_columns_chooses_and_avoids_the_suffix() -> None:
    left = rows_of({"model": ["a"], "size": [1]})
    taken = run(join, left, {"join": {"frame": "m", "on": "model", "columns": "family"}}, m=rows_of(META))
    assert records(taken.table) == [("a", 1, "A")]
    assert taken.columns == ("model", "size", "family")
    spec = {"join": {"frame": "m", "on": "model", "columns": ["size", "model"], "suffix": " of it"}}
    assert run(join, left, spec, m=rows_of(META)).columns == ("model", "size", "size of it")


def test_a_name_that_is_taken_is_refused() -> None:
    left = rows_of({"model": ["a"], "size": [1], "size_right": [2]})
    assert failure(join, left, {"join": {"frame": "meta", "on": "model"}}, meta=rows_of(META)) == [
        (
            "data.f.join.suffix: column 'size' of 'meta' would be 'size_right', which is there already\n"
            "    say another suffix, or leave 'size' out of columns"
        )
    ]
    spec = {"join": {"frame": "meta", "on": "model", "suffix": ""}}
    assert failure(join, left, spec, meta=rows_of({"model": ["a"], "size": [1]})) == [
        (
            "data.f.join.suffix: column 'size' of 'meta' would be 'size', which is there already\n"
            "    say another suffix, or leave 'size' out of columns"
        )
    ]


def test_unknown_columns_of_either_side_are_named_at_once() -> None:
    spec = {"join": {"frame": "meta", "on": ["modl", "zzz"], "columns": ["famly"]}}
    assert failure(join, rows_of(RUNS), spec, meta=rows_of(META)) == [
        "data.f.join.on: unknown column 'modl', did you mean 'model'?",
        "data.f.join.on: unknown column 'zzz'\n    the columns are model, acc",
        "data.f.join.on: 'meta' has no column 'modl', did you mean 'model'?",
        "data.f.join.on: 'meta' has no column 'zzz'\n    its columns are model, size, family",
        "data.f.join.columns: 'meta' has no column 'famly', did you mean 'family'?",
    ]
    assert failure(join, rows_of(RUNS), {"join": {"frame": "meta", "on": []}}, meta=rows_of(META)) == [
        "data.f.join.on: no column to join on"
    ]


def test_several_joins_run_in_order() -> None:
    spec = {
        "join": [
            {"frame": "meta", "on": "model", "columns": "family", "unmatched": "ignore"},
            {"frame": "families", "on": "family"},
        ]
    }
    families = rows_of({"family": ["A"], "year": [2020]})
    found = run(join, rows_of(RUNS), spec, meta=rows_of(META), families=families)
    assert records(found.table[["model", "year"]]) == [("a", 2020), ("b", None), ("c", None), ("a", 2020)]
    assert [str(notice) for notice in found.notices] == [
        "data.f.join[1]: 2 of 4 rows have no partner in 'families': family 'B' (1), family missing (1)"
    ]
    assert failure(join, rows_of(RUNS), spec) == [
        "data.f.join[0]: there is no [data.meta]",
        "data.f.join[1]: there is no [data.families]",
    ]


def test_values_that_cannot_be_compared_are_no_key() -> None:
    spec = {"join": {"frame": "meta", "on": "k"}}
    odd, plain = rows_of({"k": [1, "a"]}), rows_of({"k": [1, 2]})
    assert failure(join, odd, spec, meta=plain)[0] == (
        "data.f.join.on: column 'k' holds values that are neither numbers nor text\n    text = [\"k\"] makes them text"
    )
    assert failure(join, plain, spec, meta=odd) == [
        "data.f.join.on: key 'k' holds numbers, but 'k' of 'meta' holds values that are neither numbers nor text"
    ]


def test_without_join_the_rows_are_the_same() -> None:
    rows = rows_of(RUNS)
    assert run(join, rows, {}) is rows
