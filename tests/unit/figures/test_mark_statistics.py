"""Every mark says the numbers that it draws: they are NumPy's, SciPy's and pandas', and those of the artists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure as Canvas

from paperkit.figures.encoding import Group, Level, PanelData
from paperkit.figures.marks import Mark, make_mark, mark_names, mark_type
from paperkit.figures.statistics import Statistics, box_statistics
from tests.unit.figures.figure_cases import PATH

# Marks that draw every value as it is have no statistics of their own.
VALUES_THEMSELVES = {"strip", "swarm"}
VALUES = st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=1, max_size=60)
Cells = Iterable[tuple[tuple[Any, ...], pd.DataFrame]]
RNG = np.random.default_rng(11)
RUNS = pd.DataFrame(
    {
        "x": np.repeat([1.0, 2.0, 4.0], 16),
        "hue": np.tile([0, 1], 24),
        "y": np.round(RNG.lognormal(2, 0.7, size=48), 3),
    }
)


def data(*, is_numeric: bool = False, is_log: bool = False, is_free: bool = False) -> PanelData:
    """Return the runs by x and hue; without an x that places them if they are free."""
    by = ["hue"] if is_free else ["x", "hue"]
    ranks = {value: rank for rank, value in enumerate(sorted(set(RUNS["x"])))}
    groups = [
        Group(x=0 if is_free else ranks[keys[0]], hue=keys[-1], values=tuple(rows["y"]))
        for keys, rows in cast(Cells, RUNS.groupby(by))
    ]
    return PanelData(
        x=() if is_free else tuple(Level(value=value, text=str(value)) for value in ranks),
        hue=(Level(value=0, text="old", color=(0.9, 0.3, 0.2)), Level(value=1, text="new", color=(0.2, 0.7, 0.4))),
        groups=tuple(groups),
        is_numeric=is_numeric,
        is_log=is_log,
    )


def statistics(mark: str, panel: PanelData, **options: Any) -> tuple[Statistics, ...]:
    return make_mark(mark, options, path=PATH).statistics(panel, seed="s")


def drawn(mark: str, panel: PanelData, **options: Any) -> Any:
    axes = Canvas().subplots()
    make_mark(mark, options, path=PATH).draw(axes, panel, seed="s")
    return axes


def groups(*, log: bool = False) -> dict[tuple[int, int], np.ndarray[Any, Any]]:
    ranks = {value: rank for rank, value in enumerate(sorted(set(RUNS["x"])))}
    found = {(ranks[x], hue): rows["y"].to_numpy() for (x, hue), rows in cast(Cells, RUNS.groupby(["x", "hue"]))}
    return {key: np.log10(values) if log else values for key, values in found.items()}


def points(axes: Any) -> np.ndarray[Any, Any]:
    return np.concatenate([line.get_xydata() for line in axes.lines])


@pytest.mark.parametrize("name", sorted(set(mark_names()) - VALUES_THEMSELVES))
def test_a_mark_that_summarises_says_what_it_draws(name: str) -> None:
    assert mark_type(name).statistics is not Mark.statistics, "give the mark a method 'statistics'"


@given(VALUES)
def test_a_box_has_numpys_quartiles(values: list[float]) -> None:
    found = box_statistics(values)
    expected = np.quantile(values, [0.25, 0.5, 0.75])
    np.testing.assert_allclose([found.q1, found.median, found.q3], expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize("is_log", [False, True])
def test_the_numbers_of_a_box(is_log: bool) -> None:
    found = {(one.x, one.hue): one for one in statistics("box", data(is_log=is_log))}
    assert set(found) == set(groups())
    for key, values in groups(log=is_log).items():
        q1, median, q3 = np.percentile(values, [25, 50, 75])
        inside = values[(values >= q1 - 1.5 * (q3 - q1)) & (values <= q3 + 1.5 * (q3 - q1))]
        shown = [inside.min(), q1, median, q3, inside.max()]
        numbers = found[key].numbers
        assert list(numbers) == ["n", "whisker_low", "q1", "median", "q3", "whisker_high"]
        expected = np.power(10, shown) if is_log else shown
        np.testing.assert_allclose(list(numbers.values()), [8, *expected], rtol=1e-12)
        beyond = np.sort(values[~np.isin(values, inside)])
        np.testing.assert_allclose(found[key].columns["flier"], 10**beyond if is_log else beyond, rtol=1e-12)


def test_fliers_that_do_not_show_are_not_said() -> None:
    assert {tuple(one.columns) for one in statistics("box", data(), showfliers=False)} == {()}


def test_a_box_is_drawn_at_its_numbers() -> None:
    medians = sorted(one.numbers["median"] for one in statistics("box", data()))
    lines = [line.get_ydata() for line in drawn("box", data()).lines if line.get_zorder() == 2.1]
    assert sorted(float(y[0]) for y in lines) == medians


@pytest.mark.parametrize("mark", ["bar", "point", "line", "heatmap"])
@pytest.mark.parametrize("estimator", ["mean", "median"])
def test_an_estimate_has_its_own_name(mark: str, estimator: str) -> None:
    table = RUNS.groupby(["x", "hue"])["y"].agg(estimator)
    found = [one.numbers for one in statistics(mark, data(), estimator=estimator)]
    np.testing.assert_allclose([numbers[estimator] for numbers in found], table, rtol=1e-12)
    assert [numbers["n"] for numbers in found] == [8] * 6


@pytest.mark.parametrize("mark", ["bar", "point", "line"])
def test_an_interval_has_a_lower_and_an_upper_end(mark: str) -> None:
    table = RUNS.groupby(["x", "hue"])["y"].agg(["mean", "std"])
    found = [one.numbers for one in statistics(mark, data(), errorbar=["sd", 2])]
    np.testing.assert_allclose([one["low"] for one in found], table["mean"] - 2 * table["std"])
    np.testing.assert_allclose([one["high"] for one in found], table["mean"] + 2 * table["std"])
    assert {tuple(one.numbers) for one in statistics(mark, data(), errorbar="none")} == {("n", "mean")}


@pytest.mark.parametrize("mark", ["bar", "point", "line"])
def test_a_bootstrapped_interval_is_the_one_that_is_drawn(mark: str) -> None:
    options = {"err_style": "bars"} if mark == "line" else {}
    lines = [line.get_ydata() for line in drawn(mark, data(), **options).lines if "interval" in str(line.get_label())]
    ends = {float(y) for line in lines for y in line if not np.isnan(y)}
    found = [one.numbers for one in statistics(mark, data())]
    assert ends == {one[end] for one in found for end in ("low", "high")}


def test_stacked_bars_have_no_interval() -> None:
    assert {tuple(one.numbers) for one in statistics("bar", data(), stacked=True)} == {("n", "mean")}


@pytest.mark.parametrize("inner", ["box", "quart", "none"])
def test_a_violin_says_what_is_inside(inner: str) -> None:
    found = {(one.x, one.hue): one for one in statistics("violin", data(), inner=inner)}
    names = {"box": ["whisker_low", "q1", "median", "q3", "whisker_high"], "quart": ["q1", "median", "q3"], "none": []}
    for key, values in groups().items():
        assert list(found[key].numbers) == ["n", *names[inner]]
        if inner != "none":
            assert found[key].numbers["q3"] == pytest.approx(np.quantile(values, 0.75), rel=1e-12)


@pytest.mark.parametrize(("mark", "is_free"), [("violin", False), ("kde", True)])
def test_densities_are_scipys(mark: str, is_free: bool) -> None:
    stats = pytest.importorskip("scipy.stats")
    options = {} if mark == "violin" else {"common_norm": False}
    panel = data(is_free=is_free)
    for group, one in zip(panel.groups, statistics(mark, panel, **options), strict=True):
        expected = stats.gaussian_kde(group.values)(one.columns["value"])
        np.testing.assert_allclose(one.columns["density"], expected, rtol=1e-9)


def test_levels_of_hue_share_one_density() -> None:
    found = statistics("kde", data(is_free=True))
    areas = [np.trapezoid(one.columns["density"], one.columns["value"]) for one in found]
    assert sum(areas) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("stat", ["count", "probability", "percent", "density"])
def test_the_bins_of_a_histogram(stat: str) -> None:
    found = statistics("hist", data(is_free=True), stat=stat, bins=7)
    edges = np.histogram_bin_edges(RUNS["y"], 7)
    counts = [np.histogram(rows, edges)[0] for _, rows in RUNS.groupby("hue")["y"]]
    width, total = edges[1] - edges[0], len(RUNS)
    scale = {"count": 1, "probability": 1 / total, "percent": 100 / total, "density": 1 / total / width}[stat]
    for one, count in zip(found, counts, strict=True):
        assert list(one.columns) == ["left", "right", stat]
        np.testing.assert_allclose(one.columns["left"], edges[:-1])
        np.testing.assert_allclose(one.columns["right"], edges[1:])
        np.testing.assert_allclose(one.columns[stat], count * scale)


@pytest.mark.parametrize("complementary", [False, True])
def test_the_stairs_of_an_ecdf(complementary: bool) -> None:
    found = statistics("ecdf", data(is_free=True), complementary=complementary)
    for one, (_, values) in zip(found, RUNS.groupby("hue")["y"], strict=True):
        shares = np.arange(1, 25) / 24
        np.testing.assert_array_equal(one.columns["value"], np.sort(values))
        np.testing.assert_allclose(one.columns["proportion"], 1 - shares if complementary else shares, atol=1e-15)


def test_a_scatter_says_its_points_and_what_is_said_about_them() -> None:
    stats = pytest.importorskip("scipy.stats")
    options: dict[str, Any] = {"fit": "linear", "corr": "spearman", "pareto": ["min", "max"]}
    panel = data(is_numeric=True)
    old, new, fit, strength, front = statistics("scatter", panel, **options)
    for one, (hue, rows) in zip((old, new), RUNS.groupby("hue"), strict=True):
        assert (one.hue, one.x, one.numbers["n"]) == (hue, None, 24)
        np.testing.assert_array_equal(np.sort(one.columns["y"]), np.sort(rows["y"]))
    line = stats.linregress(RUNS["x"], RUNS["y"])
    assert fit.name == "fit"
    assert fit.numbers["slope"] == pytest.approx(line.slope)
    assert fit.numbers["intercept"] == pytest.approx(line.intercept)
    assert strength.numbers["spearman"] == pytest.approx(stats.spearmanr(RUNS["x"], RUNS["y"]).statistic)
    best = RUNS.groupby("x")["y"].max()
    kept = best[best > best.cummax().shift(fill_value=-np.inf)]
    assert (front.name, front.columns) == ("pareto", {"x": tuple(kept.index), "y": tuple(kept)})


def test_a_strip_says_every_value() -> None:
    found = {(one.x, one.hue): one for one in statistics("strip", data())}
    assert {key: list(one.columns["value"]) for key, one in found.items()} == {
        key: list(values) for key, values in groups().items()
    }
    heights = points(drawn("strip", data()))[:, 1]
    np.testing.assert_array_equal(np.sort(heights), np.sort(RUNS["y"]))
