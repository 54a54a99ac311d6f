"""Looks: the table's keys, then labels, then overrides; a later one wins."""

from __future__ import annotations

from typing import Any

import pytest

from paperkit.errors import AssetError
from paperkit.manifest.labels import Labels
from paperkit.tables.grid import pivot
from paperkit.tables.looks import Look, Looks, resolve_looks
from tests.unit.tables.tiny_records import Records, make_labels, resolved, table_asset, texts

WHERE = {
    "task == 'b'": lambda row: row["task"] == "b",
    "model == 'x'": lambda row: row["model"] == "x",
    "acc > 2": lambda row: row["acc"] is not None and row["acc"] > 2,
}
RUNS = Records(
    "task model acc time", ("a", "x", 1.0, 10), ("a", "y", 2.0, 20), ("b", "x", 3.0, 30), ("b", "y", None, 40),
    where=WHERE,
)  # fmt: skip


def looks(labels: Labels | None = None, **keys: Any) -> Looks:
    asset = table_asset(**{"columns": ["model"], "cells": ["acc", "time"]} | keys)
    known = labels or Labels()
    return resolve_looks(asset, pivot(asset, RUNS, known), known)


def of(found: Looks, name: str) -> list[list[Any]]:
    return [[getattr(look, name) for look in line] for line in found]


def test_every_key_of_the_table_is_in_every_cell() -> None:
    keys: dict[str, Any] = {
        "format": ".1f",
        "precision": 2,
        "uncertainty": "time",
        "direction": "lower",
        "missing": "?",
    }
    stars = {"by": "time", "thresholds": [0.1]}
    found = {look for line in looks(**keys, stars=stars) for look in line}
    (look,) = found
    assert (look.format, look.precision, look.uncertainty, look.direction, look.missing) == (
        (".1f",), 2, "time", "lower", "?",
    )  # fmt: skip
    assert look.stars is not None
    assert (look.stars.by, look.stars.thresholds, look.stars.symbol) == ("time", (0.1,), "*")
    assert looks() == ((Look(),) * 4,) * 2


@pytest.mark.parametrize(
    ("name", "values"),
    [("precision", (1, 2, 3)), ("format", ((".1f",), (".2f",), (".3f",))), ("direction", ("lower", "higher", "lower"))],
)
def test_labels_win_over_the_table_and_overrides_over_labels(name: str, values: tuple[Any, ...]) -> None:
    first, second, third = values
    written = [value[0] if isinstance(value, tuple) else value for value in values]
    labels = make_labels(cells={"time": {name: written[1]}})
    override = [{"where": "task == 'b'", name: written[2]}]
    found = looks(labels, **{name: written[0]}, override=override)
    assert of(found, name) == [[first, second, first, second], [third] * 4]


def test_a_label_of_the_column_wins_over_one_of_the_row_and_an_inner_one_over_an_outer_one() -> None:
    labels = make_labels(task={"b": {"precision": 1}}, model={"x": {"precision": 2}}, cells={"time": {"precision": 3}})
    assert of(looks(labels, precision=0), "precision") == [[2, 3, 0, 3], [2, 3, 1, 3]]


def test_the_label_of_the_only_metric_counts_as_well() -> None:
    labels = make_labels(model={"x": {"precision": 2}}, cells={"acc": {"direction": "lower", "precision": 1}})
    found = looks(labels, cells="acc", precision=0)
    assert of(found, "precision") == [[1, 1]] * 2
    assert of(found, "direction") == [["lower", "lower"]] * 2
    assert of(looks(labels, cells="time"), "direction") == [[None, None]] * 2


def test_a_later_override_wins_where_both_fit() -> None:
    override = [
        {"where": "model == 'x'", "precision": 1},
        {"where": "task == 'b'", "cells": "acc", "precision": 2},
        {"where": "acc > 2", "cells": "time", "missing": "-"},
    ]
    found = looks(override=override)
    assert of(found, "precision") == [[1, 1, None, None], [2, 1, 2, None]]
    assert of(found, "missing") == [["", "", "", ""], ["", "-", "", ""]]


def test_an_override_changes_only_what_it_says() -> None:
    override = [{"cells": "acc", "shade": False, "emphasis": False, "note": "a", "stars": False}]
    found = looks(precision=1, stars={"by": "time"}, override=override)
    assert of(found, "is_shaded") == of(found, "competes") == [[False, True] * 2] * 2
    assert of(found, "note") == [["a", ""] * 2] * 2
    assert [[look is None for look in line] for line in of(found, "stars")] == [[True, False] * 2] * 2
    assert of(found, "precision") == [[1] * 4] * 2


@pytest.mark.parametrize(
    ("table", "label", "override", "expected"),
    [
        ({"direction": "lower"}, {"target": 5}, {}, (None, 5)),
        ({"target": 5}, {"direction": "higher"}, {}, ("higher", None)),
        ({"target": 5}, {}, {"direction": "lower"}, ("lower", None)),
        ({"direction": "lower"}, {}, {"target": 2.5}, (None, 2.5)),
        ({}, {"target": 5}, {"direction": "lower"}, ("lower", None)),
        ({"direction": "lower"}, {"precision": 1}, {"precision": 2}, ("lower", None)),
    ],
)
def test_a_direction_and_a_target_take_each_others_place(
    table: dict[str, Any], label: dict[str, Any], override: dict[str, Any], expected: tuple[Any, Any]
) -> None:
    labels = make_labels(cells={"acc": label, "time": label})
    found = looks(labels, **table, override=[override] if override else [])
    assert {(look.direction, look.target) for line in found for look in line} == {expected}


def test_rows_that_look_alike_share_one_tuple() -> None:
    found = looks(make_labels(cells={"acc": {"precision": 1}}), override=[{"where": "model == 'x'", "cells": "time"}])
    assert found[0] is found[1]


def test_attributes_that_no_look_can_have_are_all_named() -> None:
    labels = make_labels(
        cells={
            "acc": {"direction": "hihger", "precision": 13, "format": 2},
            "time": {"target": "low", "precision": True},
        },
        model={"x": {"precision": "uncertainty"}, "z": {"direction": "never looked at"}},
    )
    with pytest.raises(AssetError) as caught:
        looks(labels)
    assert sorted(map(str, caught.value.problems)) == [
        "labels.cells.acc.direction: expected 'higher' or 'lower', got 'hihger', did you mean 'higher'?",
        "labels.cells.acc.format: expected text, got 2\n    such as format = '.1f'",
        "labels.cells.acc.precision: expected a whole number from 0 to 12, or 'uncertainty', got '13'",
        "labels.cells.time.precision: expected a whole number from 0 to 12, or 'uncertainty', got 'True'",
        "labels.cells.time.target: expected a number, got 'low'",
    ]


def test_an_attribute_that_nearly_says_how_cells_look_is_noticed() -> None:
    labels = make_labels(
        cells={"acc": {"direciton": "higher", "family": "x", "form": 1}, "time": {"units": "s"}},
        other={"x": {"formats": ".1f"}},
    )
    table = resolved(RUNS, labels, columns=["model"], cells=["acc", "time"])
    assert list(map(str, table.notices)) == [
        "labels.cells.acc.direciton: 'direciton' says nothing about how cells look, did you mean 'direction'?",
        "labels.cells.time.units: 'units' says nothing about how cells look, did you mean 'unit'?",
    ]


def test_a_precision_replaces_that_of_an_earlier_format() -> None:
    runs = Records("task score time", ("a", 1.2345, 1234.5678), ("b", 2.5, 10.0))
    labels = make_labels(cells={"time": {"format": ",.1f"}})
    keys: dict[str, Any] = {"rows": "task", "cells": ["score", "time"], "format": ".1f"}
    assert texts(resolved(runs, labels, **keys))[0] == ["a", "1.2", "1,234.6"]
    override: list[dict[str, Any]] = [{"cells": ["time"], "precision": 3}, {"cells": ["score"], "precision": 0}]
    assert texts(resolved(runs, labels, override=override, **keys))[0] == ["a", "1", "1,234.568"]
