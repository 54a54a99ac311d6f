"""Estimates and error bars, against seaborn's numbers and an independent bootstrap."""

from __future__ import annotations

import itertools
import statistics
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.figures.estimates import ErrorBar, Estimator, estimate

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30)
DETERMINISTIC: tuple[ErrorBar, ...] = ("sd", "se", "pi", ("sd", 2), ("se", 1.96), ("pi", 50))


@pytest.mark.parametrize("estimator", ["mean", "median"])
@pytest.mark.parametrize("errorbar", DETERMINISTIC)
def test_the_numbers_are_those_of_seaborn(errorbar: Any, estimator: Estimator) -> None:
    pd = pytest.importorskip("pandas")
    aggregate = pytest.importorskip("seaborn._statistics").EstimateAggregator(estimator, errorbar)
    values = [float(value) for value in np.random.default_rng(2).normal(3, 2, size=13)]
    expected = aggregate(pd.DataFrame({"y": values}), "y")
    found = estimate(values, estimator, errorbar, seed="")
    assert found.center == pytest.approx(expected["y"])
    assert found.ends == pytest.approx((expected["ymin"], expected["ymax"]))
    assert found.n == 13


@pytest.mark.parametrize(("estimator", "reduce"), [("mean", statistics.fmean), ("median", statistics.median)])
def test_the_bootstrap_is_that_of_all_resamples(estimator: Estimator, reduce: Any) -> None:
    values = [1.0, 2.0, 4.0, 8.0, 16.0]
    # All 5 ** 5 resamples are equally likely: the exact distribution that a bootstrap draws from.
    exact = [reduce(sample) for sample in itertools.product(values, repeat=5)]
    found = estimate(values, estimator, ("ci", 90), seed="figure").ends
    expected = tuple(np.quantile(exact, [0.05, 0.95]))
    assert found == pytest.approx(expected, abs=0.5)


def test_a_bootstrap_depends_on_its_seed_alone() -> None:
    values = list(np.random.default_rng(0).normal(size=8))
    assert estimate(values, "mean", "ci", seed="a") == estimate(values, "mean", "ci", seed="a")
    assert estimate(values, "mean", "ci", seed="a") == estimate(values[::-1], "mean", ("ci", 95), seed="a")
    assert estimate(values, "mean", "ci", seed="a") != estimate(values, "mean", "ci", seed="b")


@given(VALUES, st.sampled_from(["mean", "median"]), st.sampled_from(DETERMINISTIC))
def test_an_error_bar_of_spread_is_around_its_estimate(values: Any, estimator: Any, errorbar: Any) -> None:
    found = estimate(values, estimator, errorbar, seed="")
    assert found.ends is not None
    assert found.ends[0] <= found.ends[1]
    expected = np.mean(values) if estimator == "mean" else np.median(values)
    assert found.center == pytest.approx(float(expected), rel=1e-9, abs=1e-6)
    if errorbar[0] in ("sd", "se") or errorbar in ("sd", "se"):
        assert sum(found.ends) / 2 == pytest.approx(found.center, abs=1e-5)


def test_one_value_and_no_wish_have_no_error_bar() -> None:
    assert estimate([4.0], "mean", "ci", seed="").ends is None
    assert estimate([4.0, 5.0], "mean", "none", seed="").ends is None
