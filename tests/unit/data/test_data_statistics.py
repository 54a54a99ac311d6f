"""Statistics: against SciPy, plain numpy and published examples."""

from __future__ import annotations

import hashlib
import math
import sys

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from paperkit.data import statistics
from paperkit.errors import DataError

SAMPLES = hnp.arrays(np.float64, st.integers(2, 30), elements=st.floats(-1e3, 1e3, width=32))
P_VALUES = hnp.arrays(np.float64, st.integers(1, 20), elements=st.floats(0, 1))
LEVELS = st.sampled_from([0.5, 0.9, 0.95, 0.99])


@given(values=SAMPLES, level=LEVELS)
def test_intervals_are_those_of_scipy(values: np.ndarray, level: float) -> None:
    found = statistics.ci_low(values, level), statistics.ci_high(values, level)
    sem = scipy.stats.sem(values)
    if sem == 0:
        assert found == (values.mean(), values.mean())
    else:
        wanted = scipy.stats.t.interval(level, len(values) - 1, loc=values.mean(), scale=sem)
        assert found == pytest.approx(wanted, rel=1e-9, abs=1e-9)


def test_an_interval_of_the_literature() -> None:
    # NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.2: n = 195, mean 9.261460, standard deviation 0.022789.
    half = statistics.margin(np.array([195]), np.array([0.022789 / math.sqrt(195)]), 0.95)
    assert 9.261460 - half[0] == pytest.approx(9.258242, abs=1e-6)
    assert 9.261460 + half[0] == pytest.approx(9.264679, abs=1e-6)


@pytest.mark.parametrize("values", [[], [1.0], [1.0, math.nan]])
def test_too_small_a_sample_has_no_interval(values: list[float]) -> None:
    array = np.array(values)
    assert math.isnan(statistics.ci_low(array))
    assert math.isnan(statistics.ci_high(array, 0.9))
    assert math.isnan(statistics.boot_low(array, seed=1))
    assert math.isnan(statistics.boot_high(array, seed=1))


def test_missing_values_are_left_out() -> None:
    full, gappy = np.array([1.0, 4.0, 2.0]), np.array([1.0, math.nan, 4.0, 2.0])
    assert statistics.ci_low(gappy) == statistics.ci_low(full)
    assert statistics.boot_high(gappy, seed=3) == statistics.boot_high(full, seed=3)
    assert statistics.iqm(gappy) == statistics.iqm(full)


@given(values=SAMPLES)
def test_interquartile_means_are_those_of_scipy(values: np.ndarray) -> None:
    assert statistics.iqm(values) == pytest.approx(scipy.stats.trim_mean(values, 0.25), rel=1e-9, abs=1e-9)


def test_the_interquartile_mean_of_nothing_is_missing() -> None:
    assert math.isnan(statistics.iqm(np.array([])))
    assert statistics.iqm(np.array([7.0])) == 7


def test_a_bootstrap_is_what_its_definition_says() -> None:
    values = np.array([3.0, 1.0, 2.0, 8.0])
    draws = np.random.default_rng(5).integers(0, 4, size=(10_000, 4))
    means = np.sort(values)[draws].mean(axis=1)
    assert statistics.boot_low(values, 0.9, seed=5) == np.quantile(means, 0.05)
    assert statistics.boot_high(values, 0.9, seed=5) == pytest.approx(np.quantile(means, 0.95), rel=1e-12)


def test_a_bootstrap_is_near_that_of_scipy() -> None:
    values = np.random.default_rng(0).normal(size=60)
    wanted = scipy.stats.bootstrap((values,), np.mean, method="percentile", rng=np.random.default_rng(1))
    found = statistics.boot_low(values, seed=2), statistics.boot_high(values, seed=2)
    assert found == pytest.approx(tuple(wanted.confidence_interval), abs=0.01)


def test_a_bootstrap_neither_depends_on_order_nor_on_other_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    samples = np.random.default_rng(0).normal(size=(5, 7))
    low, high = statistics.bootstrap(samples, 0.9, seed=4)
    for row, sample in enumerate(samples):
        assert statistics.boot_low(sample[::-1], 0.9, seed=4) == low[row]
        assert statistics.boot_high(np.roll(sample, 2), 0.9, seed=4) == high[row]
    monkeypatch.setattr(statistics, "_SAMPLES_AT_ONCE", 2)
    monkeypatch.setattr(statistics, "_DRAWS_AT_ONCE", 1000)
    again = statistics.bootstrap(samples, 0.9, seed=4)
    assert np.array_equal(again, (low, high))


def test_seeds_tell_frames_and_columns_apart() -> None:
    assert statistics.seed_of("runs", "gain") == int(hashlib.sha256(b"runs\0gain").hexdigest()[:16], 16)
    assert len({statistics.seed_of(*names) for names in (("a", "bc"), ("ab", "c"), ("a", "b"), ("abc", ""))}) == 4


@given(p_values=P_VALUES)
def test_false_discovery_rates_are_those_of_scipy(p_values: np.ndarray) -> None:
    wanted = scipy.stats.false_discovery_control(p_values)
    assert statistics.benjamini_hochberg(p_values) == pytest.approx(wanted, rel=1e-12)


@given(p_values=P_VALUES)
def test_corrections_follow_their_definitions(p_values: np.ndarray) -> None:
    """Each corrected p-value is the smallest level at which the procedure, as its paper states it, rejects."""
    size, order = len(p_values), np.argsort(p_values, kind="stable")
    holm, running = {}, 0.0
    for rank, index in enumerate(order):
        running = max(running, min(1.0, p_values[index] * (size - rank)))
        holm[int(index)] = running
    assert statistics.holm(p_values).tolist() == [holm[index] for index in range(size)]
    assert statistics.bonferroni(p_values).tolist() == [min(1.0, p * size) for p in p_values.tolist()]
    assert (statistics.benjamini_hochberg(p_values) <= statistics.holm(p_values) + 1e-15).all()
    assert (statistics.holm(p_values) <= statistics.bonferroni(p_values)).all()


def test_the_example_of_benjamini_and_hochberg() -> None:
    # The fifteen p-values of section 4.2 of their paper: at 0.05, four hypotheses are rejected; by Bonferroni, three.
    text = "0.0001 0.0004 0.0019 0.0095 0.0201 0.0278 0.0298 0.0344 0.0459 0.3240 0.4262 0.5719 0.6528 0.7590 1.0000"
    p_values = np.array([float(word) for word in text.split()])
    assert (statistics.benjamini_hochberg(p_values) <= 0.05).sum() == 4
    assert (statistics.bonferroni(p_values) <= 0.05).sum() == 3


def test_the_example_of_holm() -> None:
    # https://en.wikipedia.org/wiki/Holm-Bonferroni_method: of these four, H1 and H4 are rejected at 0.05.
    found = statistics.holm(np.array([0.01, 0.04, 0.03, 0.005]))
    assert found == pytest.approx([0.03, 0.06, 0.06, 0.02])


@pytest.mark.parametrize("correction", ["none", "bonferroni", "holm", "benjamini-hochberg"])
def test_a_missing_p_value_does_not_count(correction: statistics.Correction) -> None:
    found = statistics.corrected(np.array([0.01, math.nan, 0.04, 0.03]), correction)
    wanted = statistics.corrected(np.array([0.01, 0.04, 0.03]), correction)
    assert math.isnan(found[1])
    assert found[[0, 2, 3]].tolist() == wanted.tolist()
    assert statistics.corrected(np.array([]), correction).tolist() == []
    assert np.isnan(statistics.corrected(np.array([math.nan]), correction)).all()


def test_scipy_is_asked_for_by_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    with pytest.raises(DataError) as caught:
        statistics.ci_low(np.array([1.0, 2.0]))
    assert str(caught.value) == (
        "a confidence interval needs SciPy\n    it comes with the extra 'stats': pip install 'paperkit-assets[stats]'"
    )
