"""The drafted alt text: true in every case, and where the author wrote one, the author's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paperkit import figures
from paperkit.templates import Templates
from tests.unit.figures.figure_cases import asset, compiled, labels, runs


def rows(**groups: Sequence[float]) -> tuple[dict[str, Any], ...]:
    return tuple({"model": name, "score": value} for name, values in groups.items() for value in values)


def alt(records: Sequence[Mapping[str, Any]], *panels: Mapping[str, Any], **keys: Any) -> str:
    return compiled(records, *panels, **keys).alt


THREE = rows(a=[1.0, 2.0, 3.0], b=[10.0, 20.0, 60.0], c=[5.0, 6.0, 7.0])


def test_boxes_have_the_highest_and_the_lowest_median() -> None:
    expected = "Box plots of score by model (a, b, c): the highest median is 20 (b), the lowest 2 (a)."
    assert alt(THREE) == expected


def test_means_are_called_means_and_axes_by_their_labels() -> None:
    axes = {"ylabel": "Accuracy [%] ($\\uparrow$)"}
    found = alt(THREE, {"mark": "bar", "axes": axes})
    expected = "Bar chart of Accuracy [%] (uparrow) by model (a, b, c): the highest mean is 30 (b), the lowest 2 (a)."
    assert found == expected


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (rows(a=[4.0], b=[4.0]), "every value is 4"),
        (rows(a=[4.0, 4.0], b=[4.0]), "every median is 4"),
        (rows(a=[-4.5, -4.0, -1.25]), "the median is -4"),
        (rows(a=[1.0], b=[1.0], c=[-2.0]), "the highest value is 1 (a and b), the lowest -2 (c)"),
        (rows(a=[3.0], b=[1.0], c=[1.0], d=[1.0]), "the highest value is 3 (a), the lowest 1 (3 of them)"),
        (rows(a=[12345.6], b=[0.00012345]), "the highest value is 12346 (a), the lowest 0.000123 (b)"),
    ],
)
def test_ties_single_groups_and_negative_numbers_are_told_truly(records: Any, said: str) -> None:
    assert alt(records).endswith(f": {said}.")


def test_a_group_is_named_by_what_tells_it_from_the_others() -> None:
    records = [record | {"dataset": "only", "kind": kind} for record in THREE for kind in ("x", "y")]
    records += [{"model": "b", "dataset": "only", "kind": "y", "score": 500.0}]
    found = alt(records, {"hue": "kind", "col": "dataset"})
    assert found.startswith("Box plots of score by model (a, b, c) and kind (x, y), a panel for each dataset: ")
    assert "the highest median is 40 (b, y), the lowest 2 (2 of them)" not in found
    assert found.endswith("the highest median is 40 (b, y), the lowest 2 (a, x and a, y).")


def test_logarithmic_axes_are_said() -> None:
    found = alt(THREE, {"axes": {"yscale": "log"}})
    assert found.startswith("Box plots of score on a logarithmic axis by model (a, b, c): the highest median is 20 (b)")


def test_numbers_on_an_axis_are_named_with_their_column() -> None:
    records = [{"step": step, "score": step * step} for step in (1.0, 2.0, 4.0)]
    found = alt(records, {"mark": "line", "x": "step"})
    assert found.endswith("the highest value is 16 (step 4), the lowest 1 (step 1).")


def test_many_names_are_counted() -> None:
    assert " by model (9 values): " in alt(runs(*"abcdefghi"))


def test_a_scatter_has_its_range_and_what_is_said_about_it() -> None:
    records = [{"size": float(x), "score": float(y)} for x, y in zip(range(6), [9, 8, 8, 5, 4, 1], strict=True)]
    found = alt(records, {"mark": "scatter", "x": "size", "options": {"corr": "pearson", "fit": "linear"}})
    strength = np.corrcoef(range(6), [9, 8, 8, 5, 4, 1])[0, 1]
    expected = (
        "Scatter plot of score against size: 6 values from 1 to 9; the fitted line falls; "
        f"Pearson's correlation is {strength:.2f}."
    )
    assert found == expected


def test_layers_and_panels_are_told_one_after_another() -> None:
    found = alt(THREE, {"layer": [{"mark": "strip"}]}, {"mark": "hist", "x": "score", "y": None})
    first, second = found.split(" Panel 2: ")
    assert first.startswith("Panel 1: Box plots and points of score by model (a, b, c): ")
    assert second == "Histogram of score: 9 values from 1 to 60."


def test_average_ranks_are_called_ranks() -> None:
    stats = pytest.importorskip("scipy.stats")
    scores = {"a": [1.0, 2.0, 3.5, 4.0], "b": [2.0, 3.0, 3.0, 5.0], "c": [5.0, 6.0, 7.0, 8.0]}
    pairs = [(name, task, value) for name, values in scores.items() for task, value in enumerate(values)]
    records = [{"model": name, "task": task, "score": value} for name, task, value in pairs]
    ranks = stats.rankdata(-np.array(list(scores.values())), axis=0).mean(axis=1)
    found = alt(records, {"mark": "critical_difference", "x": "score", "y": "model", "units": "task"})
    assert found.startswith("Critical difference diagram of score by model (")
    assert f"the highest mean rank is {ranks.max():.3g} (a), the lowest {ranks.min():.3g} (c)" in found


def test_a_panel_without_values_says_so() -> None:
    assert alt(rows(a=[float("nan")])).endswith(": no values.")


def test_labels_are_read_as_words() -> None:
    names = labels(model={"a": "Ours\n($\\alpha$)"})
    assert "(Ours (alpha), b, c)" in compiled(THREE, names=names).alt


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(st.integers(-99, 99), min_size=1, max_size=5), min_size=2))
def test_the_ends_are_those_of_pandas(groups: dict[str, list[int]]) -> None:
    medians = pd.Series({name: float(np.median(values)) for name, values in groups.items()})
    found = alt(rows(**groups))
    if medians.max() == medians.min():
        assert " every " in found
        return
    top, bottom = f"{medians.max():.3g}", f"{medians.min():.3g}"
    assert f" is {top} ({medians.idxmax()}" in found or "of them" in found or f" {medians.idxmax()}" in found
    assert f"the lowest {bottom} (" in found


def test_the_words_of_the_author_come_first() -> None:
    figure, spec = compiled(THREE, formats=["pdf"]), asset(alt="Mine", formats=["pdf"])
    made = figures.write(figure, spec, folder="f", formats=["pdf"], templates=Templates())
    assert r"\def\pkalt{Mine}" in made[-1].content.decode()
    drafted = figures.write(figure, asset(formats=["pdf"]), folder="f", formats=["pdf"], templates=Templates())
    assert r"\def\pkalt{Box plots of score by model (a, b, c): " in drafted[-1].content.decode()
    assert b"Box plots of score" in drafted[0].content


def test_a_draft_never_stops_a_figure() -> None:
    figure = replace(compiled(rows(a=[1.0, 2.0]), formats=["pdf"]), alt="50 % of \N{GRINNING FACE}_x")
    made = figures.write(figure, asset(formats=["pdf"]), folder="f", formats=["pdf"], templates=Templates())
    assert r"\def\pkalt{50 \% of ?\_x}" in made[-1].content.decode()
