from __future__ import annotations

import math
import subprocess
import sys
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from matplotlib.colors import BoundaryNorm, CenteredNorm, LogNorm, Normalize, SymLogNorm, TwoSlopeNorm

from paperkit.style.norm import Norm, NormKind, limits, normalise, percentile, positions, positions_of_many

numbers = st.floats(allow_nan=False, allow_infinity=False)
moderate = st.floats(-1e6, 1e6).map(lambda value: value if abs(value) > 1e-6 else 0.0)
several = st.lists(moderate, min_size=2, max_size=30).filter(lambda values: len(set(values)) > 1)
KINDS: tuple[NormKind, ...] = ("linear", "log", "symlog", "centered", "twoslope")


def theirs(norm: Normalize, values: list[float]) -> list[float]:
    """Return the positions that matplotlib gives, clipped to the ends of the colormap as its colours are."""
    return np.clip(np.asarray(norm(np.array(values, dtype=float)), dtype=float), 0, 1).tolist()  # type: ignore[no-any-return]


def check(ours: Norm, norm: Normalize, values: list[float]) -> None:
    assert normalise(values, ours) == pytest.approx(theirs(norm, values), rel=1e-9, abs=1e-12)


def test_positions_are_linear_between_the_limits() -> None:
    assert normalise([10, 20, 12.5]) == (0.0, 1.0, 0.25)


@pytest.mark.parametrize("kind", KINDS)
def test_missing_and_infinite_values_have_no_position_and_set_no_limit(kind: NormKind) -> None:
    norm = Norm(kind=kind, vcenter=2)
    assert normalise([math.inf, 1.0, None, 3.0, -math.inf, math.nan], norm) == (None, 0.0, None, 1.0, None, None)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_finite_gives_no_positions(kind: NormKind) -> None:
    assert normalise([None, math.inf], Norm(kind=kind, percentiles=(5, 95))) == (None, None)
    assert normalise([], Norm(kind=kind)) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_constant_values_are_in_the_middle(kind: NormKind) -> None:
    assert normalise([7.0, None, 7.0], Norm(kind=kind, vcenter=7)) == (0.5, None, 0.5)


def test_given_limits_clip() -> None:
    assert normalise([-1, 0, 5, 10, 11], Norm(vmin=0, vmax=10)) == (0.0, 0.0, 0.5, 1.0, 1.0)
    assert normalise([5, 10], Norm(vmin=0)) == (0.5, 1.0)


def test_a_limit_beyond_all_values_leaves_them_at_its_end() -> None:
    assert normalise([1, 2, 3], Norm(vmin=5)) == (0.0, 0.0, 0.0)
    assert normalise([1, 2, 3], Norm(vmax=0)) == (1.0, 1.0, 1.0)
    assert normalise([1, 2, 3], Norm(vmin=2, vmax=2)) == (0.0, 0.5, 1.0)


@pytest.mark.parametrize("kind", KINDS)
def test_the_full_range_of_floats_fits(kind: NormKind) -> None:
    low, middle, high = normalise([-1.7e308, 0.0, 1.7e308], Norm(kind=kind))
    assert (low, middle, high) == ((None, None, 0.5) if kind == "log" else (0.0, 0.5, 1.0))


@given(
    st.lists(st.none() | numbers, min_size=1),
    st.sampled_from(KINDS),
    numbers,
    st.floats(5e-324, 1e308),
    st.none() | st.tuples(st.floats(0, 49), st.floats(51, 100)),
)
def test_order_is_kept_and_every_position_is_between_0_and_1(
    values: list[float | None], kind: NormKind, center: float, linthresh: float, percentiles: tuple[float, float] | None
) -> None:
    norm = Norm(kind=kind, vcenter=center, linthresh=linthresh, percentiles=percentiles)
    positions = normalise(values, norm)
    assert [norm.has_position(value) for value in values] == [position is not None for position in positions]
    known = sorted((v, p) for v, p in zip(values, positions, strict=True) if v is not None and p is not None)
    assert all(0 <= position <= 1 for _, position in known)
    assert [p for _, p in known] == sorted(p for _, p in known)


@given(several)
def test_linear_is_that_of_matplotlib(values: list[float]) -> None:
    assert list(normalise(values)) == theirs(Normalize(), values)


@given(st.lists(st.floats(1e-6, 1e6), min_size=2).filter(lambda values: max(values) > 1.001 * min(values)))
def test_log_is_that_of_matplotlib(values: list[float]) -> None:
    check(Norm(kind="log"), LogNorm(), values)
    check(Norm(kind="log", vmin=0.1, vmax=10), LogNorm(0.1, 10), values)


def test_what_has_no_logarithm_has_no_position_and_sets_no_limit() -> None:
    assert normalise([0.0, -3.0, 0.1, 10.0, 1.0], Norm(kind="log")) == (None, None, 0.0, 1.0, 0.5)
    norm = LogNorm()
    assert np.ma.getmaskarray(norm(np.array([0.0, -3.0, 0.1, 10.0, 1.0]))).tolist() == [True, True, False, False, False]
    assert (norm.vmin, norm.vmax) == (0.1, 10.0)
    assert [Norm(kind="log").has_position(value) for value in (0.0, -3.0, None, 0.1)] == [False, False, False, True]


@given(several, st.floats(1e-3, 1e3))
def test_symlog_is_that_of_matplotlib(values: list[float], linthresh: float) -> None:
    assume(max(values) - min(values) > 1e-3)
    check(Norm(kind="symlog", linthresh=linthresh), SymLogNorm(linthresh, base=10), values)
    limited = SymLogNorm(linthresh, vmin=-50, vmax=2, base=10)
    check(Norm(kind="symlog", linthresh=linthresh, vmin=-50, vmax=2), limited, values)


@given(several, moderate)
def test_centered_is_that_of_matplotlib(values: list[float], center: float) -> None:
    check(Norm(kind="centered", vcenter=center), CenteredNorm(center), values)
    check(Norm(kind="centered", vcenter=center, vmax=center + 3), CenteredNorm(center, halfrange=3), values)
    both = Norm(kind="centered", vcenter=center, vmin=center - 5, vmax=center + 3)
    check(both, CenteredNorm(center, halfrange=5), values)


@given(several, moderate)
def test_twoslope_is_that_of_matplotlib(values: list[float], center: float) -> None:
    check(Norm(kind="twoslope", vcenter=center), TwoSlopeNorm(center), values)
    limited = Norm(kind="twoslope", vcenter=center, vmin=center - 5, vmax=center + 2)
    check(limited, TwoSlopeNorm(center, center - 5, center + 2), values)


@given(
    several,
    st.lists(st.integers(-1000, 1000), min_size=2, max_size=11, unique=True).map(sorted),
    st.sampled_from([10, 11, 256]),
)
def test_boundaries_are_those_of_matplotlib(values: list[float], boundaries: list[int], colors: int) -> None:
    levels = np.clip(np.asarray(BoundaryNorm(boundaries, colors)(np.array(values))), 0, colors - 1)
    positions = normalise(values, Norm(boundaries=tuple(boundaries), colors=colors, kind="log"))
    assert [
        min(int(position * colors), colors - 1) for position in positions if position is not None
    ] == levels.tolist()


@given(several, st.tuples(st.floats(0, 49), st.floats(51, 100)))
def test_percentiles_are_those_of_numpy(values: list[float], percentiles: tuple[float, float]) -> None:
    low, high = np.percentile(values, percentiles)
    assert limits(values, Norm(percentiles=percentiles)) == pytest.approx((low, high), rel=1e-9, abs=1e-9)
    assert limits(values, Norm(percentiles=percentiles, vmin=-2e6)) == pytest.approx((-2e6, high), rel=1e-9, abs=1e-9)


@given(several)
def test_percentiles_stand_for_the_ends_of_every_norm(values: list[float]) -> None:
    low, high = np.percentile(values, (10, 90))
    assume(high - low > 1e-3)
    check(Norm(percentiles=(10, 90)), Normalize(low, high), values)
    half = max(abs(low - 1), abs(high - 1))
    check(Norm(kind="centered", vcenter=1, percentiles=(10, 90)), CenteredNorm(1, halfrange=half), values)


def test_percentiles_of_the_log_leave_out_what_has_none() -> None:
    low, high = np.percentile([1.0, 10.0, 1000.0], (25, 75))
    found = limits([-1e9, 0.0, 1.0, 10.0, 1000.0], Norm(kind="log", percentiles=(25, 75)))
    assert found == pytest.approx((low, high))
    assert percentile([4.0], 30) == 4.0


def test_no_norm_imports_numpy_or_matplotlib() -> None:
    code = "import sys; from paperkit.style.norm import Norm, normalise; "
    code += "normalise([1, 2], Norm(kind='log', percentiles=(5, 95))); "
    code += "raise SystemExit('matplotlib' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("keys", [{"kind": "twoslope", "vcenter": 3.0}, {"kind": "centered", "vcenter": 3.0}])
def test_the_centre_is_in_the_middle_even_on_one_side(keys: dict[str, Any]) -> None:
    assert normalise([3.0, 5.0], Norm(**keys)) == (0.5, 1.0)
    assert normalise([1.0, 3.0], Norm(**keys)) == (0.0, 0.5)


@given(
    arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 5)), elements=st.floats(allow_nan=True)),
    st.sampled_from([0, 1, None]),
    st.none() | st.floats(-10, 10),
    st.none() | st.floats(-10, 10),
)
def test_many_positions_are_those_of_each_block(
    matrix: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    axis: Literal[0, 1] | None,
    vmin: float | None,
    vmax: float | None,
) -> None:
    norm = Norm(vmin=vmin, vmax=vmax)
    blocks = {0: list(matrix.T), 1: list(matrix), None: [matrix.ravel()]}[axis]
    ends = [limits(block.tolist(), norm) for block in blocks]
    height, width = matrix.shape
    found = positions_of_many(matrix.ravel().tolist(), norm, (height, width), axis)
    usual = all(end is not None and 0 < end[1] - end[0] < math.inf for end in ends)
    if found is None:
        with np.errstate(over="ignore"):
            assert not usual or not np.isfinite(matrix.sum())
        return
    expected = [positions(block.tolist(), norm, end) for block, end in zip(blocks, ends, strict=True) if end]
    whole = np.array(expected).T if axis == 0 else np.array(expected)
    assert found == (whole.ravel().tolist(), ends)


def test_many_positions_are_those_of_matplotlib() -> None:
    matrix = np.random.default_rng(0).normal(70, 10, (40, 7))
    found = positions_of_many(matrix.ravel().tolist(), Norm(), matrix.shape, 1)
    assert found is not None
    expected = [Normalize()(row).tolist() for row in matrix]
    assert found[0] == [position for row in expected for position in row]


@pytest.mark.parametrize("norm", [Norm(kind="log"), Norm(percentiles=(5, 95)), Norm(boundaries=(0.0, 1.0))])
def test_many_positions_are_for_linear_norms(norm: Norm) -> None:
    assert positions_of_many([1.0, 2.0], norm, (1, 2), 1) is None
