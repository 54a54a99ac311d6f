"""Rounding by the uncertainty, and what labels say of it."""

from __future__ import annotations

from typing import Any

from tests.unit.tables.tiny_records import Records, make_labels, resolved

RUNS = Records("task score runs std", ("a", 90.25, 3, 0.31), ("b", 91.35, 5, 0.27))


def wholes(runs: Records = RUNS, labels: Any = None, **keys: Any) -> list[str]:
    return [row.cells[0].whole for row in resolved(runs, labels, **keys).body]


def test_the_column_behind_the_sign_decides_not_the_first_other_one() -> None:
    template = "{score} (n={runs}) ± {std}"
    # One digit of the median of 0.31 and 0.27 is a tenth; Python rounds 90.25 to even, 91.35 is above 91.35 in binary.
    assert wholes(format=template, precision="uncertainty") == ["90.2 (n=3) ± 0.3", f"{91.35:.1f} (n=5) ± 0.3"]


def test_whole_numbers_have_the_decimals_of_their_uncertainty() -> None:
    runs = Records("task score std", ("a", 90, 0.31), ("b", 91, 0.27))
    assert wholes(runs, uncertainty="std", precision="uncertainty") == ["90.0 ± 0.3", "91.0 ± 0.3"]


def test_a_label_names_the_uncertainty_and_the_missing_mark_of_its_cells() -> None:
    runs = Records("task score std", ("a", 90.25, 0.31), ("b", None, None))
    labels = make_labels(cells={"score": {"uncertainty": "std", "missing": "n/a", "precision": 1}})
    assert wholes(runs, labels) == ["90.2 ± 0.3", "n/a"]


def test_a_key_of_tables_that_labels_do_not_know_is_told() -> None:
    labels = make_labels(cells={"score": {"stars": "std"}})
    (notice,) = resolved(RUNS, labels).notices
    assert str(notice).splitlines() == [
        "labels.cells.score.stars: 'stars' says nothing in a label",
        "    [[table.NAME.override]] with cells or where, and stars",
    ]
