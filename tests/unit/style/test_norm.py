from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from paperkit.style.norm import normalise

numbers = st.floats(allow_nan=False, allow_infinity=False)


def test_positions_are_linear_between_the_limits() -> None:
    assert normalise([10, 20, 12.5]) == (0.0, 1.0, 0.25)


def test_missing_and_infinite_values_have_no_position_and_set_no_limit() -> None:
    assert normalise([math.inf, 1.0, None, 3.0, -math.inf, math.nan]) == (None, 0.0, None, 1.0, None, None)


def test_nothing_finite_gives_no_positions() -> None:
    assert normalise([None, math.inf]) == (None, None)
    assert normalise([]) == ()


def test_constant_values_are_in_the_middle() -> None:
    assert normalise([7.0, None, 7.0]) == (0.5, None, 0.5)


def test_given_limits_clip() -> None:
    assert normalise([-1, 0, 5, 10, 11], vmin=0, vmax=10) == (0.0, 0.0, 0.5, 1.0, 1.0)
    assert normalise([5, 10], vmin=0) == (0.5, 1.0)


def test_the_full_range_of_floats_fits() -> None:
    assert normalise([-1.7e308, 0.0, 1.7e308]) == (0.0, 0.5, 1.0)


@given(st.lists(st.none() | numbers, min_size=1))
def test_every_finite_value_has_a_position_and_order_is_kept(values: list[float | None]) -> None:
    positions = normalise(values)
    assert [value is None for value in values] == [position is None for position in positions]
    known = sorted((v, p) for v, p in zip(values, positions, strict=True) if v is not None and p is not None)
    assert all(0 <= position <= 1 for _, position in known)
    assert [p for _, p in known] == sorted(p for _, p in known)
