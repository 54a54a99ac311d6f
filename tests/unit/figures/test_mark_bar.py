"""Bars and points with intervals, against seaborn's barplot and pointplot."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure as Canvas

from paperkit import figures
from paperkit.errors import AssetError
from paperkit.figures.marks import make_mark, mark_problems
from tests.unit.figures.figure_cases import PATH, asset, compiled, runs, venue
from tests.unit.figures.test_marks import COLORS, panel

MINUS = "\N{MINUS SIGN}"


def drawn(mark: str, *, hue: str | None = "method", **options: Any) -> Any:
    axes = Canvas().subplots()
    make_mark(mark, options, path=PATH).draw(axes, panel(runs(n=12), hue=hue), seed="")
    return axes


def segments(axes: Any) -> list[tuple[float, ...]]:
    """Return the ends of every error bar and cap, sorted."""
    found = []
    for line in axes.lines:
        points = np.asarray(line.get_xydata(), dtype=float)
        breaks = np.flatnonzero(np.isnan(points).any(axis=1))
        parts = [part[~np.isnan(part).any(axis=1)] for part in np.split(points, breaks)]
        found += [tuple(np.round(np.ravel(part), 6)) for part in parts if len(part) == 2]
    return sorted(found)


def rectangles(axes: Any) -> list[tuple[float, ...]]:
    found = (bar.get_path().transformed(bar.get_patch_transform()).get_extents().extents for bar in axes.patches)
    return sorted(tuple(np.round(extents, 6)) for extents in found if np.ptp(extents[::2]))


@pytest.mark.filterwarnings("ignore")  # seaborn 0.13.2 uses what matplotlib 3.11 deprecates
@pytest.mark.parametrize(
    ("hue", "options"),
    [
        ("method", {}),
        ("method", {"errorbar": ["pi", 50], "estimator": "median"}),
        ("method", {"gap": 0.2, "width": 0.6, "capsize": 0.4}),
        ("method", {"dodge": False}),
        (None, {"color": "tab:green", "saturation": 1}),
        ("method", {"orient": "h"}),
    ],
)
def test_bars_stand_and_look_as_in_seaborn(hue: str | None, options: dict[str, Any]) -> None:
    sns = pytest.importorskip("seaborn")
    pd = pytest.importorskip("pandas")
    options = {"errorbar": "sd", **options}
    theirs: Any = Canvas().subplots()
    ours = drawn("bar", hue=hue, **options)
    wanted = {key: tuple(value) if isinstance(value, list) else value for key, value in options.items()}
    x, y = ("score", "model") if options.get("orient") == "h" else ("model", "score")
    kinds = {} if hue is None else {"hue": hue, "hue_order": ["new", "old"], "palette": COLORS[:2]}
    sns.barplot(pd.DataFrame(runs(n=12)), x=x, y=y, order=["a", "b", "c"], ax=theirs, legend=False, **kinds, **wanted)
    assert np.ravel(rectangles(ours)) == pytest.approx(np.ravel(rectangles(theirs)))
    assert np.ravel(segments(ours)) == pytest.approx(np.ravel(segments(theirs)))
    fills = [{tuple(np.round(bar.get_facecolor(), 6)) for bar in axes.patches} for axes in (ours, theirs)]
    assert fills[0] == fills[1]
    assert {to_rgb(line.get_color()) for line in ours.lines} == {to_rgb(line.get_color()) for line in theirs.lines}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dodge", [True, 0.3, False])
@pytest.mark.parametrize("orient", ["v", "h"])
def test_points_stand_as_in_seaborn(dodge: Any, orient: str) -> None:
    sns = pytest.importorskip("seaborn")
    pd = pytest.importorskip("pandas")
    theirs: Any = Canvas().subplots()
    ours = drawn("point", dodge=dodge, orient=orient, errorbar="se", capsize=0.2)
    x, y = ("score", "model") if orient == "h" else ("model", "score")
    sns.pointplot(
        pd.DataFrame(runs(n=12)), x=x, y=y, hue="method", order=["a", "b", "c"], hue_order=["new", "old"], dodge=dodge,
        orient={"h": "y", "v": "x"}[orient], errorbar="se", capsize=0.2, ax=theirs, legend=False,
    )  # fmt: skip
    assert np.ravel(segments(ours)) == pytest.approx(np.ravel(segments(theirs)))
    points = [
        sorted(tuple(np.round(p, 6)) for line in axes.lines if line.get_marker() != "None" for p in line.get_xydata()
               if line.get_marker() not in ("none", "") and not np.isnan(p).any())
        for axes in (ours, theirs)
    ]  # fmt: skip
    assert points[0]
    assert set(points[0]) <= set(points[1])


def test_levels_that_share_a_slot_do_not_hide_each_other() -> None:
    axes = drawn("point", errorbar="none")
    assert [[x for x, _ in line.get_xydata()] for line in axes.lines] == [
        pytest.approx([slot - 0.175 for slot in range(3)]),
        pytest.approx([slot + 0.175 for slot in range(3)]),
    ]


def test_stacked_bars_stand_on_each_other() -> None:
    axes = drawn("bar", stacked=True)
    bars = sorted((bar.get_x(), bar.get_y(), bar.get_height()) for bar in axes.patches)
    for below, above in zip(bars[::2], bars[1::2], strict=True):
        assert above[:2] == pytest.approx((below[0], below[1] + below[2]))
        assert below[1] == 0
    assert not axes.lines


def test_negative_bars_stack_downwards() -> None:
    records = [{"model": "a", "method": kind, "score": score} for kind, score in (("x", -1), ("y", 2), ("z", -3))]
    (axes,) = compiled(records, {"mark": "bar", "hue": "method", "options": {"stacked": True}}).canvas.axes
    bars: list[Any] = list(axes.patches)
    assert [(bar.get_y(), bar.get_height()) for bar in bars] == [(0, -1), (0, 2), (-1, -3)]


@pytest.mark.parametrize("orient", ["v", "h"])
def test_numbers_stand_beyond_the_error_bars(orient: str) -> None:
    records = [{"model": model, "score": sign * score} for model, sign in (("a", 1), ("b", -1)) for score in (1.0, 2.0)]
    swap = {"x": "score", "y": "model"} if orient == "h" else {}
    options = {"labels": ".2f", "errorbar": ["sd", 1], "orient": orient}
    (axes,) = compiled(records, {"mark": "bar", "options": options, **swap}).canvas.axes
    half = float(np.std([1, 2], ddof=1))
    notes: list[Any] = list(axes.texts)
    assert [(note.get_text(), note.xy[orient == "v"]) for note in notes] == [
        ("1.50", pytest.approx(1.5 + half)),
        (f"{MINUS}1.50", pytest.approx(-1.5 - half)),
    ]


def test_numbers_in_stacked_bars_can_be_read_on_them() -> None:
    colors: dict[str, Any] = {"palette": {"colors": ["navy", "lightyellow"]}}
    panel_ = {"mark": "bar", "hue": "method", "options": {"stacked": True, "labels": ".0f"}}
    (axes,) = compiled(runs("a"), panel_, **colors).canvas.axes
    assert [text.get_color() for text in axes.texts] == ["white", "black"]


@pytest.mark.parametrize(
    ("axes", "expected"),
    [
        ({}, []),
        ({"ylim": [0, 100]}, []),
        (
            {"ylim": [40, 100]},
            [("figure.demo.panel[0].axes.ylim: the bars start at 40, not at zero: their lengths mislead\n"
             "    mark = 'point' has no lengths to compare")],
        ),
        (
            {"yscale": "log"},
            [("figure.demo.panel[0].axes.yscale: a logarithmic axis has no zero: the lengths of its bars mean nothing\n"
             "    mark = 'point' has no lengths to compare")],
        ),
    ],
)  # fmt: skip
def test_bars_that_do_not_start_at_zero_are_said(axes: dict[str, Any], expected: list[str]) -> None:
    figure = compiled(runs(), {"mark": "bar", "axes": axes})
    assert [str(notice) for notice in figure.notices if "outside" not in notice.message] == expected


def test_the_axis_of_bars_starts_at_zero() -> None:
    (axes,) = compiled(runs(), {"mark": "bar"}).canvas.axes
    assert axes.get_ylim()[0] == 0


def test_error_bars_of_stacked_bars_are_said_to_be_missing() -> None:
    figure = compiled(runs(), {"mark": "bar", "hue": "method", "options": {"stacked": True, "errorbar": "sd"}})
    assert [str(notice) for notice in figure.notices] == [
        "figure.demo.panel[0].options.errorbar: stacked bars have no error bars"
    ]


def test_a_lying_panel_is_read_from_the_top_and_names_its_values() -> None:
    keys = {"mark": "point", "x": "score", "y": "model", "options": {"orient": "h"}}
    (axes,) = compiled(runs(), {**keys, "axvline": [{"x": 0}]}).canvas.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b", "c"]
    assert axes.get_ylim() == (2.5, -0.5)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("score", "")


def test_the_axes_of_a_lying_panel_are_asked_to_swap() -> None:
    with pytest.raises(AssetError) as caught:
        compiled([{"model": 1.0, "score": "a"}], {"mark": "bar"})
    assert str(caught.value) == (
        "figure.demo.panel[0].y: x ('model') holds numbers and y ('score') text\n"
        "    options = { orient = 'h' }, or swap them: x = 'score', y = 'model'"
    )


def test_texts_that_overlap_are_said() -> None:
    options = {"labels": ".7f", "errorbar": "none"}
    panel = {"mark": "bar", "hue": "method", "options": options}
    figure = compiled(runs(*"abcdefgh"), panel, width="columnwidth")
    (found,) = (str(one) for one in figures.lint(figure, asset(panel), venue=venue()) if "overlap" in str(one))
    assert found.startswith("figure.demo.panel[0]: texts overlap: '")
    assert found.endswith(" other pairs\n    shorten them with another format, or give the panel more room")


def test_a_format_is_one_of_numbers() -> None:
    (problem,) = mark_problems("bar", {"labels": "two"}, path=PATH)
    assert str(problem) == "figure.demo.options.labels: 'two' is no format of a number, such as '.1f'"
    assert asset({"mark": "bar", "options": {"labels": ".1%"}})


def test_markers_differ_where_greyscale_needs_them() -> None:
    keys = {"mark": "point", "hue": "method"}
    alike = compiled(runs(), keys, palette={"colors": ["#c00000", "#007000"]}).canvas.axes[0]
    markers = [line.get_marker() for line in alike.lines if line.get_marker() != "none"]
    assert markers == ["o", "X"]
