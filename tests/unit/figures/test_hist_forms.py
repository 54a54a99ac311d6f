"""Histograms side by side, as one shape and with densities, against seaborn's histplot."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.unit.figures.test_mark_distributions import bars, both

SEABORN = pytest.mark.filterwarnings("ignore")  # seaborn 0.13.2 uses what matplotlib 3.11 deprecates


def curves(axes: Any) -> list[list[float]]:
    return sorted([float(number) for number in np.ravel(line.get_xydata())] for line in axes.lines)


@SEABORN
@pytest.mark.parametrize("is_log", [False, True])
@pytest.mark.parametrize("hue", [None, "method"])
def test_bars_side_by_side_are_those_of_seaborn(hue: str | None, is_log: bool) -> None:
    ours, theirs = both("hist", hue=hue, is_log=is_log, multiple="dodge", stat="percent")
    assert np.ravel(bars(ours)) == pytest.approx(np.ravel(bars(theirs)))


@SEABORN
@pytest.mark.parametrize("multiple", ["layer", "stack", "dodge"])
@pytest.mark.parametrize("stat", ["count", "density"])
@pytest.mark.parametrize("common_norm", [True, False])
@pytest.mark.parametrize(("hue", "is_log"), [("method", False), (None, False), ("method", True)])
def test_densities_over_bars_are_those_of_seaborn(
    hue: str | None, is_log: bool, multiple: str, stat: str, common_norm: bool
) -> None:
    ours, theirs = both(
        "hist", hue=hue, is_log=is_log, kde=True, multiple=multiple, stat=stat, common_norm=common_norm
    )  # fmt: skip
    expected = curves(theirs)
    assert len(expected) == (2 if hue else 1)
    for found, wanted in zip(curves(ours), expected, strict=True):
        assert found == pytest.approx(wanted, rel=1e-5, abs=1e-9)
    assert np.ravel(bars(ours)) == pytest.approx(np.ravel(bars(theirs)))


@SEABORN
@pytest.mark.parametrize("multiple", ["layer", "stack"])
def test_hulls_are_those_of_seaborn(multiple: str) -> None:
    ours, theirs = both("hist", hue="method", element="step", multiple=multiple)
    expected = [{tuple(np.round(point, 9)) for point in hull.get_paths()[0].vertices} for hull in theirs.collections]
    found = [{tuple(np.round(point, 9)) for point in patch.get_xy()} for patch in ours.patches]
    assert found == expected
