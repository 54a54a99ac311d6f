"""Scatter plots: points, fitted lines, correlations and Pareto fronts, against NumPy and SciPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.errors import AssetError
from paperkit.figures.relations import correlation, correlation_text, least_squares, pareto_front
from tests.unit.figures.figure_cases import compiled

NUMBERS = st.integers(-50, 50).map(float)
POINTS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=25)
SCATTER = {"mark": "scatter", "x": "cost", "y": "score"}


def models() -> tuple[dict[str, Any], ...]:
    noise = np.random.default_rng(5)
    return tuple(
        {"model": "ab"[step % 2], "cost": 10.0**step, "score": 3.0 * 100.0**step * float(noise.uniform(0.9, 1.1))}
        for step in range(6)
    )


@given(POINTS)
def test_the_line_is_that_of_numpy(points: list[tuple[float, float]]) -> None:
    x, y = np.array(points).T
    found = least_squares(points)
    if len(set(x)) == 1:
        assert found is None
    else:
        assert found == pytest.approx(tuple(np.polyfit(x, y, 1)), rel=1e-6, abs=1e-6)


@given(POINTS, st.sampled_from(["pearson", "spearman"]))
def test_correlations_are_those_of_scipy(points: list[tuple[float, float]], kind: str) -> None:
    stats = pytest.importorskip("scipy.stats")
    x, y = np.array(points).T
    found = correlation(points, kind)
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert found is None
    else:
        expected = (stats.pearsonr if kind == "pearson" else stats.spearmanr)(x, y).statistic
        assert found == pytest.approx(expected, abs=1e-9)


@given(POINTS, st.sampled_from(["max", "min"]), st.sampled_from(["max", "min"]))
def test_a_front_holds_what_no_point_beats(points: list[tuple[float, float]], x_aim: Any, y_aim: Any) -> None:
    def gain(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
        signs = (1 if x_aim == "max" else -1, 1 if y_aim == "max" else -1)
        return signs[0] * (one[0] - other[0]), signs[1] * (one[1] - other[1])

    beaten = {one for one in points for other in points if min(gain(other, one)) >= 0 and max(gain(other, one)) > 0}
    assert pareto_front(points, (x_aim, y_aim)) == tuple(sorted(set(points) - beaten))


def test_every_row_is_a_point() -> None:
    (axes,) = compiled(models(), {**SCATTER, "hue": "model"}).canvas.axes
    drawn = sorted((float(x), float(y)) for line in axes.lines for x, y in np.asarray(line.get_xydata()))
    assert drawn == sorted((record["cost"], record["score"]) for record in models())
    assert len(axes.lines) == 2
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("cost", "score")


def test_on_logarithmic_axes_the_line_is_that_of_the_logarithms() -> None:
    options = {"fit": "linear", "corr": "pearson"}
    (axes,) = compiled(
        models(), {**SCATTER, "options": options, "axes": {"xscale": "log", "yscale": "log"}}
    ).canvas.axes
    x, y = (np.log10([record[key] for record in models()]) for key in ("cost", "score"))
    slope, intercept = np.polyfit(x, y, 1)
    ends = np.asarray(axes.lines[1].get_xydata())
    assert ends[:, 0] == pytest.approx([1, 1e5])
    assert np.log10(ends[:, 1]) == pytest.approx(slope * np.array([0, 5]) + intercept)
    assert axes.texts[0].get_text() == f"$r = {np.corrcoef(x, y)[0, 1]:.2f}$, $n = 6$"


@pytest.mark.parametrize(("aims", "steps"), [(["min", "max"], "steps-post"), (["max", "max"], "steps-pre")])
def test_the_front_is_a_stair(aims: list[str], steps: str) -> None:
    (axes,) = compiled(models(), {**SCATTER, "options": {"pareto": aims}}).canvas.axes
    front: Any = axes.lines[1]
    assert front.get_drawstyle() == steps
    best = max(models(), key=lambda record: record["score"])
    count = len(models()) if aims[0] == "min" else 1
    assert [tuple(point) for point in front.get_xydata()][-1] == (best["cost"], best["score"])
    assert len(front.get_xydata()) == count


def test_what_too_few_points_do_not_have_is_said() -> None:
    options = {"fit": "linear", "corr": "spearman"}
    figure = compiled(models()[:1], {**SCATTER, "options": options})
    assert [str(notice) for notice in figure.notices] == [
        "figure.demo.panel[0].options.fit: a line needs points at two places of x or more",
        "figure.demo.panel[0].options.corr: a correlation needs two points or more that differ in x and in y",
    ]


def test_text_on_an_axis_of_numbers_is_refused_by_name() -> None:
    with pytest.raises(AssetError) as caught:
        compiled(models(), {**SCATTER, "x": "model"})
    assert str(caught.value) == (
        "figure.demo.panel[0].x: column 'model' holds text ('a') where numbers are expected\n"
        "    make it numeric in its frame: numeric = ['model']"
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.5, "0.50"), (-0.004, "0.00"), (0.9949, "0.99"), (0.996, "0.996"), (-0.99987, "-0.9999"), (1.0, "1.00")],
)
def test_a_correlation_near_one_has_the_digits_that_tell_it_from_one(value: float, expected: str) -> None:
    assert correlation_text(value) == expected
