"""Lines of units and styles, interquartile means and moving averages, against seaborn, SciPy and pandas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.errors import AssetError
from paperkit.figures.estimates import estimate
from paperkit.figures.lint import lint
from paperkit.figures.series import moving_average
from tests.unit.figures.figure_cases import asset, compiled, venue

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30)
LINE = {"mark": "line", "x": "step", "y": "score"}


def curves() -> tuple[dict[str, Any], ...]:
    noise = np.random.default_rng(7)
    return tuple(
        {"method": method, "task": task, "step": step, "seed": seed, "score": step + float(noise.normal())}
        for method in ("a", "b")
        for task in ("walk", "hop")
        for step in (0, 10, 30)
        for seed in range(4)
    )


def drawn(*, records: Any = None, **keys: Any) -> Any:
    return compiled(records or curves(), {**LINE, **keys})


def points(axes: Any) -> list[tuple[tuple[float, float], ...]]:
    lines = (line.get_xydata() for line in axes.lines)
    return sorted(tuple((float(x), round(float(y), 9)) for x, y in line) for line in lines if len(line))


@pytest.mark.filterwarnings("ignore")  # seaborn 0.13.2 uses what matplotlib 3.11 deprecates
@pytest.mark.parametrize("style", [None, "task"])
def test_the_line_of_each_unit_is_that_of_seaborn(style: str | None) -> None:
    sns = pytest.importorskip("seaborn")
    pd = pytest.importorskip("pandas")
    from matplotlib.figure import Figure as Canvas

    records = [row for row in curves() if style or row["task"] == "hop"]
    ours = drawn(records=records, hue="method", style=style, units="seed", options={"estimator": "none"})
    theirs: Any = Canvas().subplots()
    sns.lineplot(
        pd.DataFrame(records), x="step", y="score", hue="method", style=style, units="seed", estimator=None, ax=theirs
    )
    assert points(ours.canvas.axes[0]) == points(theirs)


def test_units_are_thin_lines_below_the_estimate() -> None:
    axes = drawn(hue="method", units="seed", options={"errorbar": "none"}).canvas.axes[0]
    widths = [line.get_linewidth() for line in axes.lines]
    thick = [line for line in axes.lines if line.get_linewidth() == max(widths)]
    assert (len(thick), len(widths)) == (2, 2 + 8)
    assert all(line.get_zorder() < thick[0].get_zorder() for line in axes.lines if line not in thick)


@pytest.mark.filterwarnings("ignore")  # seaborn 0.13.2 uses what matplotlib 3.11 deprecates
def test_dashes_of_style_and_its_entries() -> None:
    sns = pytest.importorskip("seaborn")
    pd = pytest.importorskip("pandas")
    from matplotlib.figure import Figure as Canvas

    figure = drawn(hue="method", style="task", options={"errorbar": "sd"}, axes={})
    axes, theirs = figure.canvas.axes[0], Canvas().subplots()
    sns.lineplot(pd.DataFrame(curves()), x="step", y="score", hue="method", style="task", errorbar="sd", ax=theirs)
    assert points(axes) == points(theirs)
    assert [line.get_linestyle() for line in axes.lines] == ["-", "--", "-", "--"]
    found = [(entry.heading, entry.text, entry.handle.get_linestyle()) for entry in figure.scene.entries]
    assert found == [
        ("method", "a", "-"), ("method", "b", "-"), ("task", "walk", "-"), ("task", "hop", "--"),
    ]  # fmt: skip
    assert figure.canvas.legends


def test_a_style_that_is_the_hue_has_no_entries_of_its_own() -> None:
    figure = drawn(hue="method", style="method", options={"markers": True})
    assert [(entry.heading, entry.text) for entry in figure.scene.entries] == [("", "a"), ("", "b")]
    handles: list[Any] = [entry.handle for entry in figure.scene.entries]
    assert [(handle.get_linestyle(), handle.get_marker()) for handle in handles] == [("-", "o"), ("--", "X")]


def test_titles_of_entries() -> None:
    figure = compiled(curves(), {**LINE, "hue": "method", "style": "task"}, legend={"titles": {"task": "Environment"}})
    assert dict.fromkeys(entry.heading for entry in figure.scene.entries) == {"method": None, "Environment": None}


def test_rows_without_a_style_are_counted() -> None:
    records = [*curves(), {**curves()[0], "task": None}]
    figure = drawn(records=records, style="task", options={"errorbar": "none"})
    assert "figure.demo.panel[0].y: 1 of 49 values of 'score' are without a value of 'task' and are not drawn" in [
        str(notice) for notice in figure.notices
    ]


def test_marks_without_units_say_which_have_them() -> None:
    with pytest.raises(AssetError) as caught:
        compiled(curves(), {"mark": "box", "x": "task", "y": "score", "style": "method"})
    assert str(caught.value) == (
        "figure.demo.panel[0].style: 'box' has no use for 'style'\n    marks that have: line, scatter"
    )


@given(VALUES)
def test_the_interquartile_mean_is_that_of_scipy(values: list[float]) -> None:
    stats = pytest.importorskip("scipy.stats")
    found = estimate(values, "iqm", "none", seed="").center
    assert found == pytest.approx(float(stats.trim_mean(values, 0.25)), rel=1e-9, abs=1e-6)


def test_the_interval_of_an_interquartile_mean_is_its_bootstrap() -> None:
    stats = pytest.importorskip("scipy.stats")
    values = np.random.default_rng(3).gamma(2.0, size=24)
    found = estimate(list(values), "iqm", ("ci", 95), seed="demo")
    draws = np.random.default_rng(1).choice(values, size=(20_000, 24))
    expected = np.quantile(stats.trim_mean(draws, 0.25, axis=1), [0.025, 0.975])
    assert found.ends == pytest.approx(tuple(expected), abs=0.03)


@given(VALUES, st.floats(0, 0.99))
def test_moving_averages_are_those_of_pandas(values: list[float], weight: float) -> None:
    pd = pytest.importorskip("pandas")
    expected = pd.Series(values).ewm(alpha=1 - weight, adjust=True).mean()
    assert moving_average(values, weight) == pytest.approx(tuple(expected), rel=1e-7, abs=1e-4)


def test_smoothed_lines_and_bands() -> None:
    pd = pytest.importorskip("pandas")
    records: list[Mapping[str, Any]] = [row for row in curves() if row["method"] == "a"]
    axes = drawn(records=records, options={"errorbar": "sd", "smooth": 0.6}).canvas.axes[0]
    by_step = pd.DataFrame(records).groupby("step").score
    mean, sd = by_step.mean(), by_step.std()
    for found, raw in ((axes.lines[0].get_ydata(), mean), (axes.patches[0].get_xy()[:3, 1], mean - sd)):
        assert list(found) == pytest.approx(list(raw.ewm(alpha=0.4, adjust=True).mean()))


@pytest.mark.parametrize(("caption", "count"), [("Curves.", 1), ("Smoothed curves.", 0), ("", 0)])
def test_a_caption_says_that_lines_are_smoothed(caption: str, count: int) -> None:
    panel = {**LINE, "options": {"errorbar": "none", "smooth": 0.6}}
    figure = compiled(curves(), panel, caption=caption)
    said = [str(problem) for problem in lint(figure, asset(panel, caption=caption), venue=venue())]
    expected = (
        "figure.demo.caption: the caption does not say that lines are smoothed: "
        "exponential moving average, weight 0.6\n"
        "    add a sentence: 'Lines are smoothed (exponential moving average, weight 0.6).'"
    )
    assert [text for text in said if "smoothed" in text] == [expected] * count
