"""sort, dedupe, limit: which rows come first, and which stay."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from paperkit.data.clauses import dedupe, limit, sort
from tests.unit.data.clausing import Columns, failure, labels_of, places, records, rows_of, run

MODELS = labels_of(
    model={
        "vit": {"label": "ViT", "family": "B", "size": 86},
        "clip": {"label": "CLIP", "family": "A", "size": 9.5},
        "dino": {"family": "B", "size": 300},
    }
)

columns = st.integers(0, 9).flatmap(
    lambda size: st.fixed_dictionaries(
        {
            "text": st.lists(
                st.sampled_from(["b10", "B9", "b9", "a", "A", "", "é", None]), min_size=size, max_size=size
            ),
            "whole": st.lists(st.sampled_from([3, -1, 2**60, 2**60 + 1, None]), min_size=size, max_size=size),
            "float": st.lists(
                st.sampled_from([0.5, -2.0, 0.0, -0.0, float("inf"), -float("inf"), None]), min_size=size, max_size=size
            ),
            "flag": st.lists(st.sampled_from([True, False, None]), min_size=size, max_size=size),
            "id": st.just(list(range(size))),
        }
    )
)
NATURAL = ["", "a", "b9", "b10", "é"]  # letters alike; capitals come first among equals


def _by_hand(rows: list[tuple[Any, ...]], names: list[str], keys: list[str]) -> list[tuple[Any, ...]]:
    """Sort by the last key first, each time keeping the order of what is equal."""
    for key in reversed(keys):
        number = names.index(key.lstrip("-"))

        def place(row: tuple[Any, ...], number: int = number) -> Any:
            value = row[number]
            return (NATURAL.index(value.casefold()), value) if isinstance(value, str) else value

        there = [row for row in rows if row[number] is not None]
        ordered = sorted(there, key=place, reverse=key.startswith("-"))
        rows = ordered + [row for row in rows if row[number] is None]
    return rows


@settings(deadline=None)
@given(
    columns,
    st.lists(
        st.sampled_from(["text", "-text", "whole", "-whole", "float", "-float", "flag", "-flag"]),
        min_size=1,
        max_size=3,
    ),
)
def test_several_keys_keep_the_order_of_equals(data: Columns, keys: list[str]) -> None:
    rows = rows_of(data)
    found = run(sort, rows, {"sort": keys})
    assert records(found.table) == _by_hand(records(rows.table), list(data), keys)
    assert found.table.index.tolist() == found.table["id"].tolist()
    assert found.table.dtypes.tolist() == rows.table.dtypes.tolist()


def test_text_is_sorted_as_people_count() -> None:
    rows = rows_of({"model": ["Llama-3-70B", "gemma-2", "Llama-3-8B", "llama-3-8b", "Gemma-10"]})
    assert records(run(sort, rows, {"sort": "model"}).table) == [
        ("gemma-2",),
        ("Gemma-10",),
        ("Llama-3-8B",),
        ("llama-3-8b",),
        ("Llama-3-70B",),
    ]


def test_labelled_columns_go_by_their_labels() -> None:
    rows = rows_of({"model": ["clip", None, "dino", "vit", "clip"], "id": [1, 2, 3, 4, 5]})
    assert run(sort, rows, {"sort": ["model"]}, MODELS).table["id"].tolist() == [4, 1, 5, 3, 2]
    assert run(sort, rows, {"sort": ["-model"]}, MODELS).table["id"].tolist() == [3, 1, 5, 4, 2]
    # One value without a label: then a nicer name for the others moves none of them.
    some = rows_of({"model": ["vit", "dino", "clip", "alexnet"]})
    assert run(sort, some, {"sort": ["model"]}, MODELS).table["model"].tolist() == ["alexnet", "clip", "dino", "vit"]


def test_labelled_numbers_go_by_their_labels() -> None:
    labels = labels_of(seed={"2": {}, "10": {}, "1": {}})
    rows = rows_of({"seed": [1, 2, None, 10]})
    assert records(run(sort, rows, {"sort": ["seed"]}, labels).table) == [(2,), (10,), (1,), (None,)]
    assert records(run(sort, rows, {"sort": ["seed"]}).table) == [(1,), (2,), (10,), (None,)]


def test_attributes_of_labels_are_keys() -> None:
    rows = rows_of({"model": ["vit", "clip", "dino", None, "vit"], "id": [1, 2, 3, 4, 5]})
    assert run(sort, rows, {"sort": ["model.size"]}, MODELS).table["id"].tolist() == [2, 1, 5, 3, 4]
    assert run(sort, rows, {"sort": ["-model.family", "-id"]}, MODELS).table["id"].tolist() == [5, 3, 1, 2, 4]
    assert run(sort, rows, {"sort": ["model.label"]}, MODELS).table["id"].tolist() == [2, 3, 1, 5, 4]


def test_a_column_with_a_point_or_a_dash_in_its_name_is_a_column() -> None:
    rows = rows_of({"baseline.acc": [2, 1], "baseline": [1, 2], "-x": [1, 2], "x": [2, 1]})
    assert run(sort, rows, {"sort": ["baseline.acc"]}).table.index.tolist() == [1, 0]
    assert run(sort, rows, {"sort": ["-baseline.acc"]}).table.index.tolist() == [0, 1]
    assert run(sort, rows, {"sort": ["-x"]}).table.index.tolist() == [0, 1]


def test_unknown_keys_are_named_at_once() -> None:
    rows = rows_of({"model": ["vit", "bert"], "acc": [1, 2], "odd": [1, "a"]})
    assert failure(sort, rows, {"sort": ["-modl", "ac.size", "odd"]}, MODELS) == [
        "data.f.sort: unknown column 'modl', did you mean 'model'?",
        "data.f.sort: unknown column 'ac.size'\n    the columns are model, acc, odd",
        (
            "data.f.sort: column 'odd' holds values that are neither numbers nor text\n"
            '    text = ["odd"] makes them text'
        ),
    ]


def test_directions_in_words_are_understood() -> None:
    rows = rows_of({"v": [1], "acc top": [2], "x asc": [3]})
    assert failure(sort, rows, {"sort": ["v desc", "acc top ASCENDING", "x asc", "w desc"]}) == [
        "data.f.sort: unknown column 'v desc'\n    write \"-v\"; a minus turns the order",
        "data.f.sort: unknown column 'acc top ASCENDING'\n    write \"acc top\"; a minus turns the order",
        "data.f.sort: unknown column 'w desc'\n    the columns are v, acc top, x asc",
    ]


def test_unknown_attributes_are_named_at_once() -> None:
    rows = rows_of({"model": ["vit", "bert"], "acc": [1, 2]})
    assert failure(sort, rows, {"sort": ["model.famly", "-acc.size"]}, MODELS) == [
        "labels.model.vit: 'vit' has no attribute 'famly', did you mean 'family'?\n    'model.famly' sorts by it",
        "labels.model: no label for 'bert'\n    'model.famly' sorts by it",
        "labels.acc: no [labels.acc] to take 'size' from\n    '-acc.size' sorts by it",
    ]
    many = rows_of({"model": [f"m{number}" for number in range(9)]})
    found = failure(sort, many, {"sort": ["model.size"]}, MODELS)
    assert (len(found), found[-1]) == (6, "data.f.sort: … and 4 more")


def test_an_attribute_is_of_one_kind() -> None:
    labels = labels_of(model={"a": {"size": 1}, "b": {"size": "large"}})
    assert failure(sort, rows_of({"model": ["a", "b"]}), {"sort": ["model.size"]}, labels) == [
        "data.f.sort: attribute 'size' of 'model' is text for some values and a number for others"
    ]


@settings(deadline=None)
@given(columns, st.lists(st.sampled_from(["text", "whole", "float", "flag"]), min_size=1, max_size=3))
def test_dedupe_is_that_of_pandas(data: Columns, names: list[str]) -> None:
    rows = rows_of(data)
    found = run(dedupe, rows, {"dedupe": names})
    expected = rows.table.drop_duplicates(subset=names)
    assert found.table.index.tolist() == expected.index.tolist()
    assert records(found.table) == records(expected)


def test_the_first_of_equals_stays_with_its_place() -> None:
    rows = rows_of({"model": ["a", "b", "a", None, None], "acc": [1, 2, 3, 4, 5]}, index=[5, 6, 7, 8, 9])
    found = run(dedupe, rows, {"dedupe": "model"})
    assert (records(found.table), places(found)) == (
        [("a", 1), ("b", 2), (None, 4)],
        ["x.csv:7", "x.csv:8", "x.csv:10"],
    )
    assert failure(dedupe, rows, {"dedupe": ["modl", "x", "modl"]}) == [
        "data.f.dedupe: unknown column 'modl', did you mean 'model'?",
        "data.f.dedupe: unknown column 'x'\n    the columns are model, acc",
    ]


def test_limit_keeps_the_first_rows() -> None:
    rows = rows_of({"x": [3, 1, 2]}, index=[5, 6, 7])
    assert records(run(limit, rows, {"limit": 2}).table) == [(3,), (1,)]
    assert run(limit, rows, {"limit": 2}).table.index.tolist() == [5, 6]
    assert records(run(limit, rows, {"limit": 9}).table) == [(3,), (1,), (2,)]
    assert run(limit, rows, {"limit": 0}).columns == ("x",)
    assert len(run(limit, rows, {"limit": 0})) == 0


def test_without_the_clause_the_rows_are_the_same() -> None:
    rows = rows_of({"x": [1]})
    assert all(run(clause, rows, {}) is rows for clause in (sort, dedupe, limit))
