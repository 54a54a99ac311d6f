"""Slopes and dumbbells: what belongs together is joined, with the numbers of pandas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.figures.check import problems
from paperkit.figures.spread import spread
from paperkit.manifest.labels import Labels
from tests.unit.figures.figure_cases import asset, compiled, labels

SLOPE = {"mark": "slope", "x": "stage", "y": "score", "units": "dataset"}
DUMBBELL = {"mark": "dumbbell", "x": "score", "y": "dataset", "hue": "stage"}


def records() -> tuple[dict[str, Any], ...]:
    random = np.random.default_rng(2)
    return tuple(
        {"dataset": dataset, "stage": stage, "kind": "hard" if dataset == "cars" else "easy", "score": value}
        for rank, dataset in enumerate(("cars", "pets", "flowers", "food"))
        for step, stage in enumerate(("before", "after"))
        for value in map(float, 50 + 8 * rank + 3 * step + random.normal(size=3))
    )


def means() -> Any:
    return pd.DataFrame(records()).groupby(["dataset", "stage"], sort=False)["score"].mean().unstack()  # noqa: PD010


def points(line: Any) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in np.asarray(line.get_xydata())]


def test_every_unit_is_a_line_through_its_means() -> None:
    figure = compiled(records(), SLOPE)
    (axes,) = figure.canvas.axes
    assert not figure.notices
    expected = [[(0.0, row["before"]), (1.0, row["after"])] for _, row in means().iterrows()]
    assert np.array([points(line) for line in axes.lines]) == pytest.approx(np.array(expected))
    assert [label.get_text() for label in axes.get_xticklabels()] == ["before", "after"]


def test_lines_have_the_colours_of_their_hue_and_say_their_numbers() -> None:
    figure = compiled(records(), {**SLOPE, "hue": "kind"})
    (axes,) = figure.canvas.axes
    assert len({line.get_color() for line in axes.lines}) == 2
    ((data,),) = figure.scene.encoded
    found = figure.scene.panels[0].first.mark.statistics(data, seed="")
    assert [one.name for one in found] == ["cars", "pets", "flowers", "food"]
    assert [one.hue for one in found] == [0, 1, 1, 1]
    assert [list(zip(one.columns["x"], one.columns["y"], strict=True)) for one in found] == [
        points(line) for line in axes.lines
    ]


def test_names_stand_beside_their_lines_without_touching() -> None:
    names = labels(dataset={"cars": "Cars", "pets": "Pets ($n = 3$)", "flowers": "Flowers", "food": "Food"})
    rows = tuple({**record, "score": 60 + record["score"] / 100} for record in records())
    figure = compiled(rows, {**SLOPE, "options": {"names": "both"}, "axes": {"ylim": [0, 100]}}, names=names)
    (axes,) = figure.canvas.axes
    texts: Any = axes.texts
    assert [text.get_text() for text in texts][::2] == ["Cars", "Pets ($n = 3$)", "Flowers", "Food"]
    for side in ("left", "right"):
        found = [text for text in texts if text.get_ha() == side]
        heights = [axes.transData.transform(text.xy)[1] + text.get_position()[1] for text in found]
        assert np.diff(heights) == pytest.approx(np.full(3, 1.1 * found[0].get_fontsize()))
        ends = [axes.transData.transform(text.xy)[1] for text in found]
        assert np.mean(heights) == pytest.approx(np.mean(ends))


def test_names_before_the_first_place_have_room() -> None:
    rows = tuple({**record, "dataset": f"our {record['dataset']}"} for record in records())
    (axes,) = compiled(rows, {**SLOPE, "options": {"names": "left"}}, width="2.2in", height="2in").canvas.axes
    low, high = axes.get_xlim()
    assert low < -0.5
    assert high == 1.5
    left: Any = axes.texts
    names = [text.get_window_extent() for text in left]
    assert min(name.x0 for name in names) > axes.get_window_extent().x0


def test_what_is_not_joined_is_counted() -> None:
    rows = (*records()[:-3], {"dataset": None, "stage": "before", "kind": "", "score": 1.0})
    assert [str(notice) for notice in compiled(rows, SLOPE).notices] == [
        "figure.demo.panel[0].units: 1 of 22 values of 'score' are without a unit and are not drawn",
        "figure.demo.panel[0].units: 1 of 4 units have no value at some of the 2 places",
    ]
    few = compiled(records()[:-3], DUMBBELL)
    assert [str(notice) for notice in few.notices] == [
        "figure.demo.panel[0].hue: 1 of 4 names have values of one level of hue only: nothing is joined"
    ]


def test_names_without_room_are_said() -> None:
    (notice,) = compiled(records(), {**SLOPE, "options": {"names": "right"}}, height="0.5in").notices
    assert notice.message.startswith("4 names need a height of ")


def test_missing_columns_are_said() -> None:
    assert [str(problem) for problem in problems(asset({**SLOPE, "units": None}), Labels())] == [
        "figure.demo.panel[0]: key 'units' is missing\n    'slope' compares what has the same unit: name its column"
    ]
    assert [str(problem) for problem in problems(asset({**DUMBBELL, "hue": None}), Labels())] == [
        "figure.demo.panel[0]: key 'hue' is missing\n    'dumbbell' compares the levels of a hue: name its column"
    ]


@pytest.mark.parametrize("orient", ["h", "v"])
def test_a_dumbbell_joins_the_estimates_of_each_name(orient: str) -> None:
    keys = DUMBBELL if orient == "h" else {**DUMBBELL, "x": "dataset", "y": "score"}
    figure = compiled(records(), {**keys, "options": {"orient": orient, "labels": ".1f"}})
    (axes,) = figure.canvas.axes
    assert not figure.notices
    sign = 1 if orient == "v" else -1
    bars, dots = [points(line) for line in axes.lines[:4]], [points(line) for line in axes.lines[4:]]
    found = means()
    for place, (bar, (_, row)) in enumerate(zip(bars, found.iterrows(), strict=True)):
        ends = [(place, row.min()), (place, row.max())]
        assert np.array(bar) == pytest.approx(np.array([end[::sign] for end in ends]))
    for stage, line in zip(("before", "after"), dots, strict=True):
        assert np.array([point[::sign] for point in line])[:, 1] == pytest.approx(found[stage].to_numpy())
    assert [text.get_text() for text in axes.texts] == [
        f"{value:.1f}" for _, row in found.iterrows() for value in sorted(row)
    ]


def test_a_layer_lies_over_a_dumbbell_as_the_dumbbell_does() -> None:
    (axes,) = compiled(records(), {**DUMBBELL, "layer": [{"mark": "strip", "options": {"jitter": False}}]}).canvas.axes
    # Under the strip stand a line for each name and the points of each stage.
    found = [point for line in axes.lines[4 + 2 :] for point in points(line)]
    assert sorted(x for x, _ in found) == sorted(record["score"] for record in records())


@given(st.lists(st.floats(-100, 100, allow_subnormal=False), min_size=1, max_size=20), st.floats(0.1, 9))
def test_places_are_apart_in_order_and_moved_no_more_than_needed(places: list[float], gap: float) -> None:
    found = spread(places, gap=gap, low=-1e4, high=1e4)
    order = np.argsort(places, kind="stable")
    assert (np.diff(np.array(found)[order]) >= gap - 1e-9).all()
    # Where the neighbours are far enough nothing moves, and a block moves as little as its mean says.
    assert np.mean(found) == pytest.approx(np.mean(places), abs=1e-6)
    if (np.diff(np.sort(places)) >= gap).all():
        assert found == pytest.approx(places)


def test_places_stay_between_the_ends() -> None:
    assert spread([0.0, 0.5, 9.9, 10.0], gap=2.0, low=0.0, high=10.0) == (0.0, 2.0, 8.0, 10.0)
    assert spread([5.0, 5.0, 5.0], gap=9.0, low=0.0, high=10.0) == (0.0, 9.0, 18.0)
