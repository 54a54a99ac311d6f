"""Lines over an axis of numbers: places, bands and dashes, against seaborn's lineplot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon

from paperkit.errors import AssetError
from paperkit.figures.marks import mark_problems
from tests.unit.figures.figure_cases import PATH, compiled, labels

LINE = {"mark": "line", "x": "step", "y": "score"}
PAIRS = {"palette": {"colors": ["black", "grey"]}}


def curves(steps: tuple[Any, ...] = (0, 10, 1000), seeds: int = 5) -> tuple[dict[str, Any], ...]:
    noise = np.random.default_rng(7)
    return tuple(
        {"model": model, "step": step, "seed": seed, "score": 10.0 * rank + place + float(noise.normal())}
        for rank, model in enumerate(("a", "b"))
        for place, step in enumerate(steps)
        for seed in range(seeds)
    )


def axes_of(*records: Mapping[str, Any], options: Mapping[str, Any] | None = None, **keys: Any) -> Any:
    (axes,) = compiled(records, {**LINE, "options": dict(options or {}), **keys}).canvas.axes
    return axes


def lines(axes: Any) -> list[list[tuple[float, ...]]]:
    return [[tuple(map(float, point)) for point in line.get_xydata()] for line in axes.lines]


def outline(polygon: Any) -> set[tuple[float, ...]]:
    return {tuple(np.round(point, 9)) for point in polygon.get_xy()}


@pytest.mark.filterwarnings("ignore")  # seaborn 0.13.2 uses what matplotlib 3.11 deprecates
@pytest.mark.parametrize("errorbar", ["sd", "se", ["pi", 50], ["sd", 2]])
@pytest.mark.parametrize("estimator", ["mean", "median"])
def test_lines_and_bands_are_those_of_seaborn(errorbar: Any, estimator: str) -> None:
    sns = pytest.importorskip("seaborn")
    pd = pytest.importorskip("pandas")
    from matplotlib.figure import Figure as Canvas

    ours = axes_of(*curves(), options={"errorbar": errorbar, "estimator": estimator}, hue="model")
    theirs: Any = Canvas().subplots()
    wanted = tuple(errorbar) if isinstance(errorbar, list) else errorbar
    sns.lineplot(
        pd.DataFrame(curves()), x="step", y="score", hue="model", estimator=estimator, errorbar=wanted, ax=theirs
    )
    expected = [line for line in theirs.lines if len(line.get_xdata())]
    for found, line in zip(lines(ours), expected, strict=True):
        assert np.ravel(found) == pytest.approx(np.ravel(line.get_xydata()))
    bands = [{tuple(np.round(p, 9)) for p in band.get_paths()[0].vertices} for band in theirs.collections]
    assert [outline(patch) for patch in ours.patches] == bands
    assert {patch.get_alpha() for patch in ours.patches} == {0.2}


def test_text_on_x_has_slots() -> None:
    axes = axes_of(*curves(steps=("first", "last")))
    assert [label.get_text() for label in axes.get_xticklabels()] == ["first", "last"]
    assert [x for x, _ in lines(axes)[0]] == [0, 1]
    assert axes.get_xlim() == (-0.5, 1.5)


def test_numbers_on_x_stand_at_their_places_and_are_called_after_their_column() -> None:
    axes = axes_of(*reversed(curves(steps=(10, 0.5, 1000))), axes={"xscale": "log"})
    assert [x for x, _ in lines(axes)[0]] == [0.5, 10, 1000]
    assert axes.get_xlabel() == "step"
    assert axes.get_xscale() == "log"


@pytest.mark.parametrize(("scale", "count"), [("linear", 3), ("symlog", 3), ("log", 2)])
def test_a_logarithmic_x_leaves_out_what_it_cannot_show(scale: str, count: int) -> None:
    figure = compiled(curves(steps=(-1, 5, 50), seeds=2), {**LINE, "axes": {"xscale": scale}})
    (axes,) = figure.canvas.axes
    assert len(lines(axes)[0]) == count
    said = "4 of 12 values of 'score' are at a 'step' that its logarithmic axis has not and are not drawn"
    assert [notice.message for notice in figure.notices] == ([said] if scale == "log" else [])


def test_missing_values_and_places_are_counted() -> None:
    records = [*curves(seeds=2), {"model": "a", "step": None, "score": 1.0}, {"model": "a", "step": 0, "score": None}]
    figure = compiled(records, {**LINE, "options": {"errorbar": "none"}})
    assert [str(notice) for notice in figure.notices] == [
        "figure.demo.panel[0].y: 1 of 14 values of 'score' are missing and are not drawn",
        "figure.demo.panel[0].y: 1 of 14 values of 'score' are without a value of x or hue and are not drawn",
    ]


def test_places_outside_the_limits_are_counted() -> None:
    figure = compiled(curves(seeds=2), {**LINE, "axes": {"xlim": [0, 100]}})
    assert [str(notice) for notice in figure.notices] == [
        "figure.demo.panel[0].axes.xlim: 4 of 12 values of 'step' are outside 'xlim' and do not show"
    ]


def test_runs_that_end_early_are_said() -> None:
    figure = compiled([record for record in curves() if record["seed"] < 3 or record["step"] < 1000], LINE)
    assert [str(notice) for notice in figure.notices] == [
        "figure.demo.panel[0].x: 1 of 3 points have fewer than 10 values, the fewest 6\n    do all runs reach every x?"
    ]


def test_dashes_come_where_greyscale_needs_them() -> None:
    alike = compiled(curves(), {**LINE, "hue": "model"}, palette={"colors": ["#c00000", "#007000"]})
    apart = compiled(curves(), {**LINE, "hue": "model"}, palette={"colors": ["black", "orange"]})
    assert [line.get_linestyle() for line in alike.canvas.axes[0].lines] == ["-", "--"]
    assert [line.get_linestyle() for line in apart.canvas.axes[0].lines] == ["-", "-"]
    (legend,) = alike.canvas.legends
    assert [line.get_linestyle() for line in legend.get_lines()] == ["-", "--"]


def test_bars_stand_where_the_band_would_end() -> None:
    band = axes_of(*curves(), options={"errorbar": "sd"})
    bars = axes_of(*curves(), options={"errorbar": "sd", "err_style": "bars", "markers": "s"})
    assert isinstance(band.patches[0], Polygon)
    ends = {tuple(np.round(point, 9)) for point in bars.lines[0].get_xydata() if not np.isnan(point).any()}
    assert ends == outline(band.patches[0])
    assert isinstance(bars.lines[1], Line2D)
    assert bars.lines[1].get_marker() == "s"


def test_a_band_of_steps_has_the_steps_of_its_line() -> None:
    axes = axes_of(*curves(), options={"errorbar": "sd", "drawstyle": "steps-post"})
    # Three places make two steps: five points below, five above, and the first again.
    assert len(axes.patches[0].get_xy()) == 11
    assert axes.lines[0].get_drawstyle() == "steps-post"


def test_a_band_has_a_gap_where_a_single_value_has_no_error_bar() -> None:
    steps = (0, 1, 2, 3, 4)
    axes = axes_of(*(r for r in curves(steps) if r["step"] != 2 or (r["seed"] == 0 and r["model"] == "a")))
    assert [sorted({x for x, _ in patch.get_xy()}) for patch in axes.patches] == [[0, 1], [3, 4]]
    assert [x for x, _ in lines(axes)[0]] == list(steps)


def test_the_band_depends_on_the_name_of_the_figure() -> None:
    one, other = (axes_of(*curves()).patches[0] for _ in range(2))
    assert outline(one) == outline(other)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (
            {"order": [0, 10]},
            "figure.demo.panel[0].order: 'step' is an axis of numbers: it has no 'order'",
        ),
        (
            {"axes": {"xticks": "center"}},
            (
                "figure.demo.panel[0].axes.xticks: 'center' is for an axis of names, this one has numbers\n"
                "    give the ticks' positions, or 'none'"
            ),
        ),
        (
            {"axes": {"xticklabels": ["start", "end"]}},
            (
                "figure.demo.panel[0].axes.xticklabels: labels of ticks on an axis of numbers need their 'xticks'\n"
                "    xticks = [1, 10], xticklabels = ['one', 'ten']"
            ),
        ),
    ],
)
def test_what_is_for_names_is_refused_on_numbers(keys: dict[str, Any], expected: str) -> None:
    with pytest.raises(AssetError) as caught:
        axes_of(*curves(), **keys)
    assert str(caught.value) == expected


def test_ticks_of_numbers_can_be_named() -> None:
    axes = axes_of(*curves(), axes={"xticks": [10, 1000], "xticklabels": ["start", "end"]})
    assert list(axes.get_xticks()) == [10, 1000]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["start", "end"]
    assert list(axes_of(*curves(), axes={"xticks": "none"}).get_xticks()) == []


def test_a_label_keeps_its_colour_in_a_line() -> None:
    names = labels(model={"a": {"label": "A", "color": "#ff0000"}, "b": "B"})
    figure = compiled(curves(), {**LINE, "hue": "model"}, names=names)
    first: Any = figure.canvas.axes[0].lines[0]
    assert first.get_color() == (1.0, 0.0, 0.0)


@pytest.mark.parametrize("errorbar", ["iqr", ["ci", 101], ["sd", -1], ["ci", 95, 1]])
def test_an_unknown_error_bar_is_refused(errorbar: Any) -> None:
    (problem,) = mark_problems("line", {"errorbar": errorbar}, path=PATH)
    assert str(problem) == "figure.demo.options.errorbar: input should be 'ci', 'pi', 'se', 'sd' or 'none'"
