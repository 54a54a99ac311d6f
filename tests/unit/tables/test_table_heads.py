"""Heads: labels with their units, arrows and marks of notes."""

from __future__ import annotations

from typing import Any

import pytest

from paperkit.manifest.labels import Labels
from paperkit.tables import Table
from tests.unit.tables.tiny_records import Records, head_texts, make_labels, resolved

RUNS = Records("task model acc time", ("a", "x", 1.0, 10), ("a", "y", 2.0, 20))
CELLS = {
    "acc": {"label": "Acc.", "unit": "%", "direction": "higher", "note": "n"},
    "time": {"label": "Time\nspent", "unit": "µs", "direction": "lower"},
}
KEYS: dict[str, Any] = {"columns": ["model"], "cells": ["acc", "time"]}


def innermost(labels: Labels, **keys: Any) -> list[tuple[tuple[str, ...], str]]:
    table = resolved(RUNS, labels, **KEYS | keys)
    return [(label.lines, label.plain) for label in table.heads[-1][:2]]


def test_units_arrows_and_notes_stand_behind_a_label_in_that_order() -> None:
    assert innermost(make_labels(cells=CELLS), notes={"n": "Twice."}) == [
        ((r"Acc.\,(\%)\,$\uparrow$\textsuperscript{n}",), "Acc. (%) ↑n"),
        (("Time", r"spent\,($\mu$s)\,$\downarrow$"), "Time\nspent (µs) ↓"),
    ]


@pytest.mark.parametrize(
    ("keys", "first"),
    [
        ({"arrows": False}, r"Acc.\,(\%)"),
        ({"units": "none"}, r"Acc.\,$\uparrow$"),
        ({"units": "row", "arrows": False}, "Acc."),
        # A table without this note has no mark of it.
        ({"notes": {"other": "x"}, "units": "none", "arrows": False}, "Acc."),
        ({"notes": ["n"], "units": "none", "arrows": False}, "Acc."),
    ],
)
def test_each_can_be_left_out(keys: dict[str, Any], first: str) -> None:
    assert innermost(make_labels(cells=CELLS), **keys)[0][0] == (first,)


def units(table: Table) -> list[str]:
    return [label.plain for label in table.units]


def test_a_row_of_units() -> None:
    labels = make_labels(cells=CELLS)
    assert units(resolved(RUNS, labels, **KEYS, units="row")) == ["(%)", "(µs)"] * 2
    table = resolved(RUNS, labels, **KEYS, units="row", summary=[{"stat": "mean", "axis": "column"}])
    assert units(table) == ["(%)", "(µs)"] * 3
    # A rank has no unit.
    ranked = resolved(RUNS, labels, **KEYS, units="row", summary=[{"stat": "mean_rank", "axis": "column"}])
    assert units(ranked) == ["(%)", "(µs)", "(%)", "(µs)", "", ""]
    assert units(resolved(RUNS, **KEYS, units="row")) == []
    assert units(resolved(RUNS, labels, **KEYS)) == []
    # An outer level gives the unit where the inner one has none.
    outer = make_labels(model={"x": {"unit": "s"}})
    assert units(resolved(RUNS, outer, **KEYS, units="row")) == ["(s)", "(s)", "", ""]


def test_what_gives_rows_has_its_unit_behind_it_in_either_case() -> None:
    labels = make_labels(cells=CELLS)
    for key in ("row", "label"):
        table = resolved(RUNS, labels, rows=["cells"], columns=["model"], cells=["acc", "time"], units=key)
        assert [row.plain for row in table.body] == ["Acc. (%) ↑", "Time\nspent (µs) ↓"]
        assert table.units == ()


def test_arrows_follow_the_direction_of_a_whole_metric() -> None:
    override = [{"cells": "time", "direction": "lower"}]
    table = resolved(RUNS, **KEYS, direction="higher", override=override)
    assert [label for label, _ in head_texts(table)[1]] == ["acc ↑", "time ↓"] * 2
    # A single metric has no label to put an arrow behind; a target has no arrow.
    assert head_texts(resolved(RUNS, columns=["model"], cells=["acc"], direction="higher")) == [[("x", 1), ("y", 1)]]
    table = resolved(RUNS, make_labels(cells={"acc": {"target": 1}}), **KEYS, direction="higher")
    assert [label for label, _ in head_texts(table)[1]] == ["acc", "time ↑"] * 2


def test_rows_and_columns_of_methods_can_have_a_direction() -> None:
    labels = make_labels(model={"x": {"direction": "lower"}})
    table = resolved(RUNS, labels, columns=["model"], cells=["acc"])
    assert head_texts(table) == [[("x ↓", 1), ("y", 1)]]


def test_equal_neighbours_under_different_spanners_do_not_merge() -> None:
    runs = Records("task a b c acc", *[("t", a, "same", c, 1.0) for a in "AB" for c in "12"])
    assert head_texts(resolved(runs, columns=["a", "b", "c"], cells=["acc"])) == [
        [("A", 2), ("B", 2)], [("same", 2), ("same", 2)], [("1", 1), ("2", 1), ("1", 1), ("2", 1)],
    ]  # fmt: skip
