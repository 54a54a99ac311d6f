"""The sheet: which lines and columns a table has, in which order, and what separates them."""

from __future__ import annotations

from typing import Any

import pytest

from paperkit.tables import Table
from tests.unit.tables.tiny_records import Records, head_texts, make_labels, resolved

RUNS = Records(
    "area family method acc",
    ("vision", "cnn", "a", 1.0), ("vision", "cnn", "b", 2.0), ("vision", "vit", "a", 3.0), ("text", "cnn", "a", 4.0),
    ("text", "cnn", "c", 6.0),
)  # fmt: skip
THREE: dict[str, Any] = {"rows": ["area", "family", "method"], "cells": ["acc"]}


def lines(table: Table) -> list[tuple[str, str, str, int]]:
    return [(row.kind, "/".join(stub.plain for stub in row.stubs), row.above, row.indent) for row in table.body]


def test_every_level_of_groups_has_its_line_where_it_changes() -> None:
    assert lines(resolved(RUNS, **THREE)) == [
        ("panel", "vision", "none", 0),
        ("panel", "cnn", "none", 1),
        ("body", "a", "none", 2),
        ("body", "b", "none", 2),
        ("panel", "vit", "space", 1),
        ("body", "a", "none", 2),
        ("panel", "text", "space", 0),
        ("panel", "cnn", "none", 1),
        ("body", "a", "none", 2),
        ("body", "c", "none", 2),
    ]


def test_groups_in_columns_of_the_stub_are_named_once() -> None:
    table = resolved(RUNS, **THREE, row_groups={"show": "column", "between": "rule"}, stubhead=["Area", "", "Method"])
    assert lines(table) == [
        ("body", "vision/cnn/a", "none", 0),
        ("body", "//b", "none", 0),
        ("body", "/vit/a", "rule", 0),
        ("body", "text/cnn/a", "rule", 0),
        ("body", "//c", "none", 0),
    ]
    assert [head.plain for head in table.stub_heads] == ["Area", "", "Method"]


@pytest.mark.parametrize("show", ["panel", "none"])
def test_groups_without_indent_or_space(show: str) -> None:
    table = resolved(RUNS, **THREE, row_groups={"show": show, "between": "none", "indent": False}, stubhead="Method")
    assert {row.above for row in table.body} == {"none"}
    assert {row.indent for row in table.body} == {0}
    assert [row.plain for row in table.body if row.kind == "body"] == list("abaac")
    assert any(row.kind == "panel" for row in table.body) == (show == "panel")
    assert [head.plain for head in table.stub_heads] == ["Method"]


def test_several_summaries_keep_their_order() -> None:
    summary = [
        {"stat": "max"}, {"stat": "min", "per": "group", "label": "Least"}, {"stat": "mean", "per": "group"},
        {"stat": "count", "label": "$n$"},
    ]  # fmt: skip
    runs = Records("area method acc", ("v", "a", 1.0), ("v", "b", 2.0), ("t", "a", 4.0), ("t", "c", 6.0))
    table = resolved(runs, rows=["area", "method"], cells=["acc"], summary=summary)
    found = [(row.plain, row.cells[0].plain, row.above) for row in table.body if row.kind == "summary"]
    assert found == [
        ("Least", "1.0", "none"), ("Mean", "1.5", "none"),
        ("Least", "4.0", "none"), ("Mean", "5.0", "none"),
        ("Maximum", "6.0", "rule"), ("$n$", "4", "none"),
    ]  # fmt: skip


def test_columns_of_summaries_stand_behind_the_others_and_rows_cover_them() -> None:
    runs = Records("task model acc", ("a", "x", 1.0), ("a", "y", 3.0), ("b", "x", 5.0), ("b", "y", 9.0))
    summary = [
        {"stat": "mean"}, {"stat": "mean", "axis": "column"}, {"stat": "max", "axis": "column", "label": "Best"},
    ]  # fmt: skip
    table = resolved(runs, columns=["model"], cells=["acc"], summary=summary, precision=1)
    assert head_texts(table) == [[("x", 1), ("y", 1), ("Mean", 1), ("Best", 1)]]
    assert [[cell.plain for cell in row.cells] for row in table.body] == [
        ["1.0", "3.0", "2.0", "3.0"], ["5.0", "9.0", "7.0", "9.0"], ["3.0", "6.0", "4.5", "6.0"],
    ]  # fmt: skip


def test_groups_follow_the_labels_even_where_the_data_mixes_them() -> None:
    runs = Records("area method acc", ("x", "a", 1.0), ("y", "b", 2.0), ("x", "c", 3.0), ("y", "a", 4.0))
    labels = make_labels(area={"y": {"label": "Y!"}, "x": {}})
    table = resolved(runs, labels, rows=["area", "method"], cells=["acc"])
    assert [(row.kind, row.plain) for row in table.body] == [
        ("panel", "Y!"), ("body", "b"), ("body", "a"), ("panel", "x"), ("body", "a"), ("body", "c"),
    ]  # fmt: skip


def test_an_estimate_has_its_error_in_a_row_beneath() -> None:
    runs = Records("x coef se p", ("a", 1.5, 0.25, 0.001), ("b", -0.5, 1.0, 0.2))
    stars = {"by": "p", "thresholds": [0.01]}
    table = resolved(runs, rows=["x"], cells=["coef"], format=["{coef:.2f}", "({se:.2f})"], stars=stars, emphasis={})
    assert [(row.plain, row.cells[0].whole) for row in table.body] == [
        ("a", "1.50*"), ("", "(0.25)"), ("b", "−0.50"), ("", "(1.00)"),
    ]  # fmt: skip
    assert [row.cells[0].emphasis for row in table.body] == ["best", None, "second", None]


@pytest.mark.parametrize(
    ("split", "blocks"),
    [(2, ((0, 2), (3, 5))), (3, ((0, 0), (1, 2), (3, 5))), (None, ()), (9, tuple((i, i) for i in range(6)))],
)
def test_a_split_table_parts_between_spanners_where_it_can(split: int | None, blocks: tuple[Any, ...]) -> None:
    spanners = [("A", 1), ("B", 1), ("B", 2), ("C", 1), ("C", 2), ("C", 3)]
    runs = Records("task a b acc", *[("t", a, b, 1.0) for a, b in spanners])
    assert resolved(runs, columns=["a", "b"], cells=["acc"], split=split).blocks == blocks


def test_a_split_leaves_a_summary_with_its_spanner() -> None:
    runs = Records("task a b acc", *[("t", a, b, 1.0) for a in "AB" for b in "xy"])
    summary = [{"stat": "mean", "axis": "column", "per": "group"}]
    assert resolved(runs, columns=["a", "b"], cells=["acc"], split=2, summary=summary).blocks == ((0, 2), (3, 5))
