"""The grid: every value in its place, in the order that is asked for, with the fields of its record."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.errors import AssetError
from paperkit.manifest.labels import Labels
from paperkit.tables.grid import Grid, natural, pivot
from tests.unit.tables.tiny_records import Records, make_labels, table_asset

ROWS = [
    ("run 10", "x", 1.0, 10, "p"), ("run 9", "x", 2.0, 20, "q"), ("run 9", "y", 3.0, 30, "r"),
    ("run 1", "y", 4.0, 40, "s"),
]  # fmt: skip
RUNS = Records("task model acc time info", *ROWS, where={"time > 15": lambda row: row["time"] > 15})


def grid(labels: Labels | None = None, records: Records = RUNS, **keys: Any) -> Grid:
    asset = table_asset(**{"columns": ["model"], "cells": ["acc"]} | keys)
    return pivot(asset, records, labels or Labels())


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({}, ["run 10", "run 9", "run 1"]),
        ({"task": "appearance"}, ["run 10", "run 9", "run 1"]),
        ({"task": "natural"}, ["run 1", "run 9", "run 10"]),
        ({"task": "sorted"}, ["run 1", "run 10", "run 9"]),
        ({"task": ["run 9", "run 1", "run 10"]}, ["run 9", "run 1", "run 10"]),
        ({"task": ["run 1"]}, ["run 1", "run 10", "run 9"]),
    ],
)
def test_orders(order: dict[str, Any], expected: list[str]) -> None:
    labels = make_labels(task={task: {} for task in ("run 9", "run 10", "run 1")})
    assert [key[0] for key in grid(order=order).row_keys] == expected
    # Labels of all values give the order where nothing else does.
    assert [key[0] for key in grid(labels, order=order).row_keys] == (
        expected if order else ["run 9", "run 10", "run 1"]
    )


def test_numbers_are_ordered_by_value() -> None:
    runs = Records("task acc", (10, 1.0), (2, 2.0), (9.5, 3.0))
    for order in ("natural", "sorted"):
        found = grid(records=runs, columns=[], order={"task": order})
        assert [key[0] for key in found.row_keys] == [2, 9.5, 10]
    listed = grid(records=runs, columns=[], order={"task": [9.5, 10]})
    assert [key[0] for key in listed.row_keys] == [9.5, 10, 2]


@given(st.lists(st.tuples(st.sampled_from(["a", "b-", ""]), st.integers(0, 200)), unique=True))
def test_natural_order_counts(parts: list[tuple[str, int]]) -> None:
    texts = [f"{letter}{number}" for letter, number in parts]
    expected = [f"{letter}{number}" for letter, number in sorted(parts, key=lambda part: (part[0] or "\0", part[1]))]
    assert sorted(dict.fromkeys(texts), key=natural) == list(dict.fromkeys(expected))


def test_what_order_names_must_occur() -> None:
    with pytest.raises(AssetError) as caught:
        grid(order={"task": ["run 1", "run 99"], "model": ["z"]})
    assert str(caught.value) == (
        "table.main.order.task[1]: no 'run 99' in 'task', did you mean 'run 9'?\n"
        "table.main.order.model[0]: no 'z' in 'model'\n    values: x, y"
    )


@given(st.permutations(list(product("abc", "xy", [0, 1]))), st.booleans(), st.booleans())
def test_every_value_and_field_is_in_its_place(records: list[tuple[str, str, int]], turned: bool, outer: bool) -> None:
    names = ("task", "model", "seed")
    rows = [(*record, f"{record}", f"of {record}") for record in records]
    keys: dict[str, Any] = (
        {"rows": ["task"], "columns": ["model", "seed"]} if outer else {"rows": ["task", "model"], "columns": ["seed"]}
    )
    found = grid(records=Records("task model seed acc info", *rows), cells=["acc"], transpose=turned, **keys)
    info = found.field("info")
    assert len(found.row_keys) * len(found.column_keys) == len(records)
    for row, column in product(range(len(found.row_keys)), range(len(found.column_keys))):
        key = found.key(row, column)
        record = tuple(key[name] for name in names)
        assert found.values[row][column] == f"{record}"
        assert info[row][column] == f"of {record}"


def test_transposing_swaps_both_sides() -> None:
    plain, turned = grid(cells=["acc", "time"]), grid(cells=["acc", "time"], transpose=True)
    assert (plain.row_references, plain.column_references) == (("task",), ("model", "cells"))
    assert (turned.row_references, turned.column_references) == (("model", "cells"), ("task",))
    assert turned.row_keys == plain.column_keys
    assert turned.values == tuple(zip(*plain.values, strict=True))
    assert turned.field("info") == tuple(zip(*plain.field("info"), strict=True))


def test_metrics_can_be_a_level_of_the_rows() -> None:
    found = grid(rows=["cells", "task"], cells=["acc", "time"])
    assert found.row_keys == tuple(product(["acc", "time"], ["run 10", "run 9", "run 1"]))
    assert found.values == ((1.0, None), (2.0, 3.0), (None, 4.0), (10, None), (20, 30), (None, 40))
    assert [found.metric(row, 0) for row in range(6)] == ["acc"] * 3 + ["time"] * 3
    inner = grid(rows=["task", "cells"], cells=["acc", "time"])
    assert inner.row_keys == tuple(product(["run 10", "run 9", "run 1"], ["acc", "time"]))
    outer = grid(columns=["cells", "model"], cells=["time", "acc"])
    assert outer.column_keys == (("time", "x"), ("time", "y"), ("acc", "x"), ("acc", "y"))


def test_columns_without_a_value_are_left_out_unless_asked_for() -> None:
    runs = Records("task model acc time", ("a", "x", 1.0, None), ("a", "y", None, None), ("b", "x", None, 2.0))
    assert grid(records=runs, cells=["acc", "time"]).column_keys == (("x", "acc"), ("x", "time"))
    whole = grid(records=runs, cells=["acc", "time"], dropna=False)
    assert whole.column_keys == tuple(product("xy", ["acc", "time"]))
    assert whole.values == ((1.0, None, None, None), (None, 2.0, None, None))


def test_a_mask_is_of_records_and_metrics() -> None:
    found = grid(cells=["acc", "time"])
    path = ("table", "main", "shade", "where")
    assert found.mask(None, (), path) == ((True,) * 4,) * 3
    assert found.mask(None, ("time",), path) == ((False, True) * 2,) * 3
    # No record, no match: run 10 has no y, run 1 no x.
    assert found.mask("time > 15", (), path) == (
        (False,) * 4, (True,) * 4, (False, False, True, True),
    )  # fmt: skip
    assert found.mask("time > 15", ("acc",), path)[1] == (True, False, True, False)


@pytest.mark.parametrize(
    ("within", "key"),
    [
        (["table"], lambda _row, _column: ()),
        (["row"], lambda row, _column: row),
        (["column"], lambda _row, column: column),
        (["row", "table"], lambda row, _column: row),
        (["group", "model"], lambda row, column: (row[0], column[0])),
        (["group", "column"], lambda row, column: (row[0], column)),
        (["row", "model"], lambda row, column: (row, column[0])),
        (["row", "column"], lambda row, column: (row, column)),
        (["model.kind"], lambda _row, column: "odd" if column[0] == "y" else "even"),
        (["cells"], lambda _row, column: column[1]),
    ],
)
def test_blocks_are_the_cells_that_agree(within: list[str], key: Any) -> None:
    rows = [(g, t, m, 1.0, 2.0) for g in "AB" for t in "12" for m in "xyz"]
    labels = make_labels(model={"x": {"kind": "even"}, "y": {"kind": "odd"}, "z": {"kind": "even"}})
    found = grid(records=Records("group task model acc time", *rows), rows=["group", "task"], cells=["acc", "time"])
    expected: dict[object, set[tuple[int, int]]] = {}
    for (row, own), (column, other) in product(enumerate(found.row_keys), enumerate(found.column_keys)):
        expected.setdefault(key(own, other), set()).add((row, column))
    blocks = [set(product(some, others)) for some, others in found.blocks(within, labels, ("x",))]
    assert sorted(map(sorted, blocks)) == sorted(map(sorted, expected.values()))


def test_an_attribute_that_a_label_lacks_is_named() -> None:
    with pytest.raises(AssetError) as caught:
        grid().blocks(["model.kind"], make_labels(model={"x": {"kind": "odd"}}), ("table", "main", "shade", "within"))
    assert str(caught.value) == "labels.model: no label for 'y'\n    needed by shade.within[0] = 'model.kind'"
