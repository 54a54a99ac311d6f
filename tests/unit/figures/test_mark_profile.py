"""Performance profiles, against their definitions in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.errors import AssetError
from paperkit.figures.profiles import profile_band, ratio_profile, ratios, score_profile
from tests.unit.figures.figure_cases import compiled

COSTS = st.lists(st.lists(st.integers(1, 20).map(float) | st.none(), min_size=5, max_size=5), min_size=1, max_size=4)
RATIO = {"mark": "profile", "x": "seconds", "y": None, "hue": "solver", "units": "problem"}
SCORE = {**RATIO, "x": "score", "options": {"kind": "score"}}
HINT = "ratios are those of the levels of a hue within each of the units; kind = 'score' needs neither"


def records() -> tuple[dict[str, Any], ...]:
    random = np.random.default_rng(8)
    return tuple(
        {"solver": solver, "problem": problem, "seconds": float(random.lognormal(rank / 3)), "score": float(score)}
        for rank, solver in enumerate(("ours", "simplex"))
        for problem in range(12)
        for score in np.round(random.normal(50 + 5 * rank, 4, size=4), 1)
    )


@given(COSTS)
def test_the_profile_is_that_of_dolan_and_more(rows: list[list[float | None]]) -> None:
    table = np.array([[np.inf if cost is None else cost for cost in row] for row in rows])
    table = table[:, np.isfinite(table).any(axis=0)]
    found = ratios([{place: cost for place, cost in enumerate(row) if cost is not None} for row in rows])
    expected = table / table.min(axis=0) if table.size else np.empty((len(rows), 0))
    assert np.array(found) == pytest.approx(np.sort(expected, axis=1))
    for method, ordered in zip(expected, found, strict=True):
        for place, share in ratio_profile(ordered) if ordered else ():
            assert share == pytest.approx(np.mean(method <= place))


@given(st.lists(st.integers(0, 9).map(float), min_size=1, max_size=30))
def test_a_score_profile_counts_the_runs_above(scores: list[float]) -> None:
    places = sorted({*scores, 3.5})
    assert score_profile(scores, places) == pytest.approx([np.mean(np.array(scores) > place) for place in places])


def test_the_band_is_that_of_a_stratified_bootstrap() -> None:
    random = np.random.default_rng(1)
    strata = [random.normal(task, 1, size=6) for task in range(5)]
    places = [0.0, 1.5, 3.0]
    band = profile_band([tuple(map(float, scores)) for scores in strata], places, 0.9, seed=3)
    assert band is not None
    drawn = [np.concatenate([random.choice(scores, size=6) for scores in strata]) for _ in range(6_000)]
    shares = np.array([[np.mean(resample > place) for place in places] for resample in drawn])
    expected = np.quantile(shares, [0.05, 0.95], axis=0)
    # Shares of 30 runs are whole thirtieths, and both are random.
    assert np.array(band) == pytest.approx(expected, abs=1.01 / 30)
    # Between tasks nothing is drawn again: the band is as wide as the runs of a task differ.
    apart = profile_band([(0.0, 0.0), (9.0, 9.0)], [4.0], 0.9, seed=3)
    assert apart == ((0.5,), (0.5,))
    assert profile_band([(1.0,), (2.0,)], places, 0.9, seed=3) is None


def test_ratios_are_drawn_from_one_on_to_a_common_end() -> None:
    figure = compiled(records(), RATIO)
    (axes,) = figure.canvas.axes
    assert not figure.notices
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Cost relative to the least", "Share solved")
    frame = pd.DataFrame(records()).groupby(["solver", "problem"], sort=False)["seconds"].mean()
    costs = frame.to_numpy().reshape(2, 12)
    expected = costs / costs.min(axis=0)
    assert axes.get_xlim() == pytest.approx((1, 1.1 * expected.max()))
    for method, line in zip(expected, axes.lines, strict=True):
        assert line.get_drawstyle() == "steps-post"
        for place, share in np.asarray(line.get_xydata()):
            assert share == pytest.approx(np.mean(method <= place + 1e-12))


def test_scores_are_drawn_with_their_band_and_its_kind_is_known() -> None:
    figure = compiled(records(), SCORE)
    (axes,) = figure.canvas.axes
    assert not figure.notices
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("score", "Share of runs above")
    assert {patch.get_label() for patch in axes.patches} == {"interval along y: 95% confidence intervals"}
    for solver, line, band in zip(("ours", "simplex"), axes.lines, axes.patches, strict=True):
        scores = np.array([record["score"] for record in records() if record["solver"] == solver])
        start, *steps = np.asarray(line.get_xydata())
        assert tuple(start) == (min(record["score"] for record in records()), 1.0)
        assert all(share == pytest.approx(np.mean(scores > place)) for place, share in steps)
        heights: Any = band
        assert heights.get_xy()[:, 1].min() >= 0
    plain = compiled(records(), {**SCORE, "options": {"kind": "score", "errorbar": "none"}}).canvas.axes[0]
    assert not plain.patches


def test_a_profile_says_the_numbers_that_it_draws() -> None:
    figure = compiled(records(), SCORE)
    ((data,),) = figure.scene.encoded
    found = figure.scene.panels[0].first.mark.statistics(data, seed=figure.scene.seed(figure.scene.panels[0], 0))
    (axes,) = figure.canvas.axes
    for one, line, band in zip(found, axes.lines, axes.patches, strict=True):
        drawn = np.asarray(line.get_xydata())[1:]
        assert np.column_stack([one.columns["value"], one.columns["share"]]) == pytest.approx(drawn)
        heights: Any = band
        assert {*one.columns["low"], *one.columns["high"], 1.0} == set(heights.get_xy()[:, 1])


def test_what_is_not_solved_is_said() -> None:
    rows = tuple(record for record in records() if record["solver"] == "ours" or record["problem"] > 2)
    (notice,) = compiled(rows, RATIO).notices
    assert str(notice) == "figure.demo.panel[0].units: 'simplex' has no cost in 3 of 12 units: they are not solved"


@pytest.mark.parametrize(
    ("changed", "record", "message"),
    [
        ({"units": None}, {}, f": key 'units' is missing\n    {HINT}"),
        ({"hue": None}, {}, f": key 'hue' is missing\n    {HINT}"),
        (
            {},
            {"seconds": 0.0},
            ".x: 'seconds' holds 0: ratios are those of positive costs\n    scores are kind = 'score'",
        ),
    ],
)
def test_what_has_no_ratio_is_refused(changed: dict[str, Any], record: dict[str, Any], message: str) -> None:
    with pytest.raises(AssetError) as caught:
        compiled(({**records()[0], **record}, *records()[1:]), {**RATIO, **changed})
    assert str(caught.value) == f"figure.demo.panel[0]{message}"
