"""Swarms, against seaborn's on axes of the same size."""

from __future__ import annotations

from itertools import combinations
from typing import Any, cast

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure as Canvas

from paperkit.figures.beeswarm import swarm
from paperkit.figures.marks import make_mark
from tests.unit.figures.figure_cases import PATH, compiled, runs
from tests.unit.figures.test_marks import COLORS, panel

SWARM = {"mark": "swarm", "options": {"size": 3.0}}


def scores(n: int = 120) -> tuple[dict[str, Any], ...]:
    """Return scores of three models, crowded in the middle; none of two methods are equal."""
    random = np.random.default_rng(7)
    return tuple(
        {"model": "abc"[step % 3], "method": ("new", "old")[step // 3 % 2], "score": float(random.normal(60, 8))}
        for step in range(n)
    )


def settled(records: tuple[dict[str, Any], ...], *, hue: str | None, **options: Any) -> Any:
    axes = Canvas(figsize=(4, 3), dpi=72).subplots()
    data, mark = panel(records, hue=hue), make_mark("swarm", options, path=PATH)
    mark.draw(axes, data, seed="")
    axes.set_xlim(-0.5, 2.5)
    axes.set_ylim(20, 100)
    lines = list(axes.lines)
    assert not list(mark.settle(axes, data, lines, renderer=cast(Any, None)))
    return axes


def places(axes: Any) -> list[tuple[float, float]]:
    points = [*(line.get_xydata() for line in axes.lines), *(found.get_offsets() for found in axes.collections)]
    return sorted(((float(x), float(y)) for some in points for x, y in some), key=lambda point: point[1])


@pytest.mark.filterwarnings("ignore")  # seaborn 0.13.2 uses what matplotlib 3.11 deprecates
@pytest.mark.parametrize(
    ("hue", "options"),
    [
        (None, {"size": 4}),
        ("method", {"size": 4}),
        ("method", {"size": 3, "dodge": True}),
        (None, {"size": 3.5, "linewidth": 1.0}),
    ],
)
def test_points_stand_as_in_seaborn(monkeypatch: pytest.MonkeyPatch, hue: str | None, options: dict[str, Any]) -> None:
    sns = pytest.importorskip("seaborn")
    pd = pytest.importorskip("pandas")
    sort = np.argsort
    # Of two places equally far from the middle seaborn takes any, as this machine's numpy sorts.
    monkeypatch.setattr(np, "argsort", lambda values, axis=-1, **_: sort(values, axis, kind="stable"))
    with mpl.rc_context():
        mpl.rcdefaults()
        ours, theirs = settled(scores(), hue=hue, **options), Canvas(figsize=(4, 3), dpi=72).subplots()
        theirs.set_ylim(20, 100)
        kinds: dict[str, Any] = {} if hue is None else {"hue": hue, "hue_order": ["new", "old"], "palette": COLORS[:2]}
        # seaborn swarms the rows as they come, we each level's after the other's: this order is the same.
        frame = pd.DataFrame(sorted(scores(), key=lambda record: record["method"]))
        sns.swarmplot(frame, x="model", y="score", order=["a", "b", "c"], ax=theirs, legend=False, **kinds, **options)
        theirs.set_ylim(20, 100)
        theirs.figure.draw_without_rendering()  # type: ignore[union-attr]  # seaborn's points move when drawn
        assert np.array(places(ours)) == pytest.approx(np.array(places(theirs)), abs=1e-9)


@given(st.lists(st.floats(0, 30, allow_nan=False), max_size=40), st.floats(0.5, 6))
def test_no_two_points_overlap_and_all_keep_their_values(values: list[float], diameter: float) -> None:
    offsets = swarm(values, diameter)
    assert len(offsets) == len(values)
    for (x, y), (u, v) in combinations(zip(offsets, values, strict=True), 2):
        assert np.hypot(x - u, y - v) >= diameter * (1 - 1e-9)
    # A point leaves the middle only where it would overlap another one there.
    for rank, offset in enumerate(offsets):
        others = [value for other, value in enumerate(values) if other != rank]
        assert offset == 0 or any(abs(values[rank] - other) < diameter for other in others)


def test_in_a_finished_figure_points_touch_but_do_not_overlap() -> None:
    figure = compiled(scores(), SWARM, height="3in")
    assert not figure.notices
    (axes,) = figure.canvas.axes
    assert sorted(y for _, y in places(axes)) == sorted(record["score"] for record in scores())
    for line in axes.lines:
        page = axes.transData.transform(np.asarray(line.get_xydata()))
        gaps = [float(np.hypot(*(one - other))) for one, other in combinations(page, 2)]
        assert 3.0 - 1e-9 <= min(gaps) <= 3.0 * 1.06


def test_a_lying_swarm_is_a_standing_one_turned() -> None:
    (axes,) = compiled(
        scores(), {**SWARM, "x": "score", "y": "model", "options": {"size": 3.0, "orient": "h"}}
    ).canvas.axes
    page = axes.transData.transform([point for line in axes.lines for point in np.asarray(line.get_xydata())])
    assert min(float(np.hypot(*(one - other))) for one, other in combinations(page, 2)) >= 3.0 - 1e-9
    assert sorted(x for x, _ in places(axes)) == sorted(record["score"] for record in scores())


def test_points_without_room_are_counted_and_a_size_that_fits_is_said() -> None:
    records = scores(600)
    figure = compiled(records, {"mark": "swarm", "options": {"size": 6.0}})
    (notice,) = figure.notices
    (axes,) = figure.canvas.axes
    edge = sum(abs(abs(x - round(x)) - 0.4) < 1e-9 for x, _ in places(axes))
    assert str(notice).startswith(f"figure.demo.panel[0].options: {edge} of 600 points of 'score' have no room beside")
    size = float(str(notice.hint).split()[5])
    assert not compiled(records, {"mark": "swarm", "options": {"size": size}}).notices
    assert compiled(records, {"mark": "swarm", "options": {"size": round(size + 0.1, 1)}}).notices


def test_a_swarm_over_boxes_stands_above_them() -> None:
    figure = compiled(runs(), {"layer": [{"mark": "swarm", "options": {"color": "black"}}]})
    (axes,) = figure.canvas.axes
    points = [line for line in axes.lines if line.get_linestyle() == "None"][-3:]
    assert min(line.get_zorder() for line in points) > max(patch.get_zorder() for patch in axes.patches)
    assert {round(float(x)) for line in points for x, _ in np.asarray(line.get_xydata())} == {0, 1, 2}
