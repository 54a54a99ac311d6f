"""Sizes, markers, labels and bands of scatter plots, against seaborn and SciPy."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from paperkit.errors import AssetError
from paperkit.figures.relations import least_squares, mean_band
from paperkit.figures.sizes import SizeScale
from tests.unit.figures.figure_cases import compiled, labels

SCATTER = {"mark": "scatter", "x": "cost", "y": "score"}
NUMBERS = st.floats(-100, 100).map(lambda number: round(number, 3))


def models(count: int = 8) -> tuple[dict[str, Any], ...]:
    noise = np.random.default_rng(5)
    return tuple(
        {
            "name": f"net_{step}", "family": "ab"[step % 2], "kind": "xyz"[step % 3], "params": 10.0**step,
            "cost": float(step), "score": 2.0 * step + float(noise.normal()),
        }
        for step in range(count)
    )  # fmt: skip


def drawn(*, records: Any = None, names: Any = None, **keys: Any) -> Any:
    return compiled(records or models(), {**SCATTER, **keys}, names=names, height=0.8)


def dots(axes: Any) -> list[tuple[float, float, float]]:
    """Return place, value and diameter of every point."""
    lines = [line for line in axes.lines if line.get_linestyle() == "None"]
    found = [(*map(float, point), line.get_markersize()) for line in lines for point in line.get_xydata()]
    return sorted(tuple(round(number, 6) for number in dot) for dot in found)


@pytest.mark.filterwarnings("ignore")  # seaborn 0.13.2 uses what matplotlib 3.11 deprecates
@pytest.mark.parametrize("norm", ["linear", "log"])
def test_sizes_are_the_areas_of_seaborn(norm: str) -> None:
    sns = pytest.importorskip("seaborn")
    pd = pytest.importorskip("pandas")
    from matplotlib.colors import LogNorm
    from matplotlib.figure import Figure as Canvas

    axes = drawn(size="params", options={"sizes": [4.0, 100.0], "size_norm": norm}).canvas.axes[0]
    theirs: Any = Canvas().subplots()
    also = {"size_norm": LogNorm()} if norm == "log" else {}
    frame = pd.DataFrame(models())
    sns.scatterplot(frame, x="cost", y="score", size="params", sizes=(4, 100), ax=theirs, **also)
    (points,) = theirs.collections
    expected = sorted((*xy, area**0.5) for xy, area in zip(points.get_offsets(), points.get_sizes(), strict=True))
    assert np.ravel(dots(axes)) == pytest.approx(np.ravel(expected), abs=1e-5)


@given(NUMBERS, st.floats(0.01, 1e6), st.booleans())
def test_a_legend_has_few_round_numbers_among_those_shown(low: float, span: float, is_log: bool) -> None:
    low = abs(low) + 0.01 if is_log else low
    scale = SizeScale(low=low, high=low + span, areas=(4, 40), is_log=is_log)
    ticks = scale.ticks()
    assert 1 <= len(ticks) <= 4
    assert list(ticks) == sorted(set(ticks))
    assert all(low <= tick <= low + span for tick in ticks)


def test_entries_of_hue_style_and_size() -> None:
    figure = drawn(hue="family", style="kind", size="params", options={"size_norm": "log"})
    found = [(entry.heading, entry.text) for entry in figure.scene.entries]
    assert found[:5] == [("family", "a"), ("family", "b"), ("kind", "x"), ("kind", "y"), ("kind", "z")]
    assert {heading for heading, _ in found[5:]} == {"params"}
    shapes: list[Any] = [entry.handle for entry in figure.scene.entries]
    assert [shape.get_marker() for shape in shapes[:5]] == ["o", "o", "o", "X", "s"]
    sizes = [shape.get_markersize() for shape in shapes[5:]]
    assert sizes == sorted(sizes)
    drawn_markers = {line.get_marker() for line in figure.canvas.axes[0].lines}
    assert drawn_markers == {"o", "X", "s"}


def test_a_size_means_the_same_in_all_panels() -> None:
    few = {**SCATTER, "size": "params", "where": "params > 1e5", "options": {"sizes": [1.0, 9.0]}}
    figure = compiled(models(), {**few, "where": "True"}, few)
    everything, some = (dots(axes) for axes in figure.canvas.axes)
    assert set(some) < set(everything)


def test_text_has_no_size() -> None:
    with pytest.raises(AssetError) as caught:
        drawn(size="kind")
    assert str(caught.value) == (
        "figure.demo.panel[0].size: column 'kind' holds text ('x') where numbers are expected\n"
        "    make it numeric in its frame: numeric = ['kind']"
    )


def test_sizes_without_a_logarithm_are_even() -> None:
    records = [{**row, "params": row["cost"]} for row in models()]
    figure = drawn(records=records, size="params", options={"size_norm": "log", "sizes": [1.0, 8.0]})
    assert "figure.demo.panel[0].options.size_norm: sizes down to 0 have no logarithm: they are shown evenly" in [
        str(notice) for notice in figure.notices
    ]
    assert [size**2 for *_, size in dots(figure.canvas.axes[0])] == pytest.approx(range(1, 9), abs=1e-4)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=3, max_size=20, unique_by=lambda point: point[0]), NUMBERS)
def test_the_band_is_the_interval_of_the_intercept_there(points: list[tuple[float, float]], place: float) -> None:
    stats = pytest.importorskip("scipy.stats")
    x, y = np.array(points).T
    assume(len(set(y)) > 1)
    ((low, high),) = mean_band(points, [place], 0.9)
    # With x counted from the place the mean of the line there is its intercept.
    line = stats.linregress(x - place, y)
    half = float(stats.t.ppf(0.95, len(points) - 2)) * line.intercept_stderr
    scale = 1 + float(np.abs(y).max()) + abs(half)
    assert (low, high) == pytest.approx((line.intercept - half, line.intercept + half), abs=1e-5 * scale)


def test_two_points_have_a_line_and_no_band() -> None:
    assert least_squares([(0, 1), (1, 2)]) is not None
    assert mean_band([(0, 1), (1, 2)], [0.5], 0.95) == ()


def test_a_fit_for_each_level_of_hue() -> None:
    figure = drawn(hue="family", options={"fit": "linear", "fit_by": "hue", "ci": 95.0})
    axes = figure.canvas.axes[0]
    fits = [line for line in axes.lines if line.get_linestyle() != "None"]
    for line, family in zip(fits, "ab", strict=True):
        x, y = zip(*((row["cost"], row["score"]) for row in models() if row["family"] == family), strict=True)
        slope, intercept = np.polyfit(x, y, 1)
        assert list(line.get_ydata()) == pytest.approx([intercept + slope * end for end in (min(x), max(x))])
    assert [patch.get_label() for patch in axes.patches] == ["interval along y: 95% confidence intervals"] * 2
    assert {line.get_color() for line in fits} == {patch.get_facecolor()[:3] for patch in axes.patches}


def test_labels_stand_beside_their_points_and_cover_nothing() -> None:
    figure = drawn(label="name", records=models(12), names=labels(name={"net_3": "The Third"}))
    axes = figure.canvas.axes[0]
    texts = {text.get_text(): text for text in axes.texts}
    assert set(texts) == {"The Third" if step == 3 else f"net_{step}" for step in range(12)}
    figure.canvas.draw_without_rendering()
    boxes = {name: text.get_window_extent() for name, text in texts.items()}
    for one, other in combinations(boxes.values(), 2):
        assert min(one.x1, other.x1) - max(one.x0, other.x0) < 1 or min(one.y1, other.y1) - max(one.y0, other.y0) < 1
    for name, text in texts.items():
        x, y = axes.transData.transform(text.xy)
        box = boxes[name]
        distance = np.hypot(max(box.x0 - x, x - box.x1, 0), max(box.y0 - y, y - box.y1, 0))
        assert distance < 12
    assert not [notice for notice in figure.notices if "labels of points" in str(notice)]


def test_labels_without_room_are_counted() -> None:
    records = [{**row, "cost": 1.0, "score": 1.0} for row in models(30)]
    (notice,) = [str(notice) for notice in drawn(records=records, label="name").notices if "labels" in str(notice)]
    assert notice.startswith("figure.demo.panel[0].label: ")
    assert notice.endswith(
        "of 30 labels of points have no free place beside their points\n"
        "    label fewer points, or give the panel more room"
    )


def test_a_point_without_a_label_has_none() -> None:
    records = [{**row, "name": row["name"] if row["family"] == "a" else None} for row in models()]
    assert len(drawn(records=records, label="name").canvas.axes[0].texts) == 4
