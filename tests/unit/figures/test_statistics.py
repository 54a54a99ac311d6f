from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.cbook import boxplot_stats

from paperkit.figures.statistics import box_statistics, quantile

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60)


@given(VALUES, st.floats(0, 1))
def test_quantiles_are_numpys_linear_ones(values: list[float], fraction: float) -> None:
    expected = np.quantile(values, fraction, method="linear")
    assert quantile(sorted(values), fraction) == pytest.approx(expected, rel=1e-9, abs=1e-6)


@given(VALUES, st.sampled_from([0.0, 1.0, 1.5, 3.0]))
def test_box_statistics_follow_tukey(values: list[float], whis: float) -> None:
    found = box_statistics(values, whis=whis)
    data = np.array(values)
    q1, median, q3 = (quantile(sorted(values), fraction) for fraction in (0.25, 0.5, 0.75))
    assert (found.q1, found.median, found.q3, found.n) == (q1, median, q3, len(values))
    inside = data[(data >= q1 - whis * (q3 - q1)) & (data <= q3 + whis * (q3 - q1))]
    assert found.whisker_low == min([q1, *inside])
    assert found.whisker_high == max([q3, *inside])
    outside = data[(data < found.whisker_low) | (data > found.whisker_high)]
    assert found.fliers == tuple(sorted(outside))


@given(VALUES)
def test_the_order_of_the_values_does_not_matter(values: list[float]) -> None:
    assert box_statistics(values) == box_statistics(values[::-1])


@pytest.mark.parametrize("whis", [1.5, 0.5, (5.0, 95.0), (0.0, 100.0)])
def test_the_same_numbers_as_matplotlib(whis: float | tuple[float, float]) -> None:
    values = [float(value) for value in np.random.default_rng(3).standard_t(2, size=41)]
    (expected,) = boxplot_stats(values, whis=whis)
    found = box_statistics(values, whis=whis)
    assert found.q1 == pytest.approx(expected["q1"])
    assert found.median == pytest.approx(expected["med"])
    assert found.q3 == pytest.approx(expected["q3"])
    assert found.whisker_low == pytest.approx(expected["whislo"])
    assert found.whisker_high == pytest.approx(expected["whishi"])
    assert found.fliers == pytest.approx(sorted(expected["fliers"]))


def test_one_value_is_a_box_without_height() -> None:
    found = box_statistics([4.0])
    assert (found.q1, found.whisker_low, found.whisker_high, found.fliers) == (4.0, 4.0, 4.0, ())
