from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.errors import AssetError
from paperkit.figures.encoding import Columns, Grouped, Reference, group, levels
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Scalar
from tests.unit.figures.figure_cases import PATH, labels

MODELS = labels(
    model={
        "b": {"label": "Model $b$", "family": "second"},
        "a": {"label": "Model a", "family": "first"},
        "c": {"label": "Model c", "family": "second"},
    }
)


def order(reference: str, values: list[Scalar | None], names: Labels = MODELS, *wanted: Scalar) -> tuple[Scalar, ...]:
    return levels(Reference(name=reference), values, names, order=wanted, path=PATH)


def grouped(rows: list[tuple[Any, ...]], *, hue: bool = False, is_log: bool = False) -> Grouped:
    columns = Columns(
        rows=tuple(rows), x=Reference(name="m"), y="score", hue=Reference(name="h") if hue else None, path=PATH
    )
    return group(columns, Labels(), x=("a", "b"), hue=("u", "v") if hue else (), is_log=is_log)


def test_levels_follow_the_labels_where_all_have_one_and_else_the_data() -> None:
    assert order("model", ["c", "a", None, "b", "a"]) == ("b", "a", "c")
    assert order("model", ["z", "a", None, "b", "a"]) == ("z", "a", "b")
    assert order("other", ["z", "a", "z"]) == ("z", "a")


def test_an_attribute_joins_levels() -> None:
    assert order("model.family", ["a", "c", "b"]) == ("second", "first")


def test_an_explicit_order_wins_and_keeps_empty_slots() -> None:
    assert order("model", ["a", "b"], MODELS, "c", "a") == ("c", "a")


def test_whole_numbers_are_one_level_however_they_are_stored() -> None:
    assert order("size", [2.0, 1, 2, 1.5]) == (1, 1.5, 2)
    assert order("size", [1.0, 2.0], MODELS, 2, 1) == (2, 1)


def test_labels_and_an_explicit_order_come_before_the_order_of_numbers() -> None:
    all_labelled, one_labelled = labels(size={"8": "eight", "2": "two"}), labels(size={"8": "eight"})
    assert order("size", [2, 8], all_labelled) == (8, 2)
    assert order("size", [8, 2], one_labelled) == (2, 8)
    assert order("size", ["10", "9"]) == ("10", "9")
    assert order("size", [2, "none", 1]) == (2, "none", 1)


@given(st.lists(st.one_of(st.integers(-99, 99), st.floats(-99, 99), st.booleans()), max_size=20))
def test_numbers_stand_by_value(values: list[Scalar | None]) -> None:
    assert list(order("size", values)) == np.unique(np.asarray(values, dtype=float)).tolist()


def test_an_unknown_value_in_the_order_is_said() -> None:
    with pytest.raises(AssetError) as caught:
        order("other", ["alpha", "beta"], MODELS, "beta", "alhpa", "x")
    assert str(caught.value) == (
        "figure.demo[1]: 'other' has no value 'alhpa', did you mean 'alpha'?\nfigure.demo[2]: 'other' has no value 'x'"
    )


def test_only_the_manifests_text_holds_maths() -> None:
    reference = Reference(name="model")
    assert reference.text("b", MODELS) == "Model $b$"
    assert reference.text("$x$", MODELS) == r"\$x\$"


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(-9, 9), st.sampled_from("uv")), max_size=30))
def test_every_value_lands_in_its_group_in_the_order_of_the_rows(rows: list[tuple[str, float, str]]) -> None:
    found = grouped(list(rows), hue=True)
    assert found.notices == ()
    for at, slot in enumerate("ab"):
        for level, kind in enumerate("uv"):
            expected = tuple(row[1] for row in rows if row[0] == slot and row[2] == kind)
            assert next((g.values for g in found.groups if (g.x, g.hue) == (at, level)), ()) == expected


def test_what_cannot_be_drawn_is_counted() -> None:
    rows = [
        ("a", 1.0),
        ("a", None),
        ("b", math.nan),
        ("b", math.inf),
        ("b", -math.inf),
        ("b", 2),
        ("c", 3.0),
        (None, 4),
    ]
    found = grouped(rows)
    assert [(g.x, g.values) for g in found.groups] == [(0, (1.0,)), (1, (2.0,))]
    assert [str(notice) for notice in found.notices] == [
        "figure.demo.y: 2 of 8 values of 'score' are infinite and are not drawn",
        "figure.demo.y: 2 of 8 values of 'score' are missing and are not drawn",
        "figure.demo.y: 1 of 8 values of 'score' are outside 'order' or 'hue_order' and are not drawn",
        "figure.demo.y: 1 of 8 values of 'score' are without a value of x or hue and are not drawn",
    ]


def test_a_missing_value_is_not_a_missing_slot() -> None:
    found = grouped([("c", None), (None, None), ("a", None)])
    assert [notice.message for notice in found.notices] == [
        "1 of 3 values of 'score' are missing and are not drawn",
        "1 of 3 values of 'score' are outside 'order' or 'hue_order' and are not drawn",
        "1 of 3 values of 'score' are without a value of x or hue and are not drawn",
    ]


def test_values_that_a_logarithm_has_not_are_counted() -> None:
    found = grouped([("a", 0.0), ("a", -1.0), ("a", 10.0)], is_log=True)
    assert [g.values for g in found.groups] == [(10.0,)]
    assert [notice.message for notice in found.notices] == [
        "2 of 3 values of 'score' are not positive on a logarithmic axis and are not drawn"
    ]


@pytest.mark.parametrize(("value", "kind"), [("n/a", "text"), (True, "bool")])
def test_what_is_no_number_is_refused_by_name(value: Scalar, kind: str) -> None:
    with pytest.raises(AssetError) as caught:
        grouped([("a", 1.0), ("a", value)])
    assert str(caught.value) == (
        f"figure.demo.y: column 'score' holds {kind} ('{value}') where numbers are expected\n"
        "    make it numeric in its frame: numeric = ['score']"
    )


def test_numbers_on_x_and_text_on_y_are_asked_to_swap() -> None:
    with pytest.raises(AssetError) as caught:
        grouped([(1.5, "a"), (None, None), (2, "b")])
    assert str(caught.value) == (
        "figure.demo.y: x ('m') holds numbers and y ('score') text\n    swap them: x = 'score', y = 'm'"
    )


def test_one_text_among_numbers_is_no_reason_to_swap() -> None:
    with pytest.raises(AssetError, match="column 'score' holds text"):
        grouped([(1.5, 2.0), (2, "n/a")])
