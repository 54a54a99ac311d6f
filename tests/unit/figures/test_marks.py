from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from paperkit.errors import AssetError
from paperkit.figures.encoding import Group, Level, PanelData
from paperkit.figures.marks import make_mark, mark_names, mark_options, mark_problems, mark_type
from paperkit.style.palette import Rgb, default_colors
from tests.unit.figures.figure_cases import PATH, runs

COLORS: tuple[Rgb, ...] = ((0.9, 0.3, 0.2), (0.2, 0.7, 0.4), (0.35, 0.4, 0.95))


def panel(records: tuple[Mapping[str, Any], ...], *, hue: str | None, is_log: bool = False) -> PanelData:
    """Group the records by hand: slots in alphabetic order."""
    slots = sorted({record["model"] for record in records})
    kinds = sorted({record[hue] for record in records}) if hue else []
    cells: dict[tuple[int, int | None], list[float]] = {}
    for record in records:
        cell = (slots.index(record["model"]), kinds.index(record[hue]) if hue else None)
        cells.setdefault(cell, []).append(record["score"])
    return PanelData(
        x=tuple(Level(value=slot, text=slot) for slot in slots),
        hue=tuple(
            Level(value=kind, text=kind, color=color) for kind, color in zip(kinds, COLORS[: len(kinds)], strict=True)
        ),
        groups=tuple(
            Group(x=x, hue=kind, values=tuple(values)) for (x, kind), values in sorted(cells.items(), key=str)
        ),
        is_log=is_log,
    )


def parts(line: Any) -> list[Any]:
    """Return the points of a line between its gaps."""
    points = np.asarray(line.get_xydata())
    gaps = np.flatnonzero(np.isnan(points).any(axis=1))
    return [part[~np.isnan(part).any(axis=1)] for part in np.split(points, gaps)]


def spans(axes: Any) -> dict[str, list[tuple[float, ...]]]:
    """Return the rectangle of every box and the ends of every line and the place of every flier, sorted."""
    rectangles = [
        patch.get_path().transformed(patch.get_patch_transform()).get_extents().extents for patch in axes.patches
    ]
    lines = [part for line in axes.lines if line.get_linestyle() != "None" for part in parts(line)]
    fliers = [line for line in axes.lines if line.get_linestyle() == "None"]
    return {
        "boxes": sorted(tuple(np.round(rectangle, 9)) for rectangle in rectangles),
        "lines": sorted(tuple(np.round(np.ravel(line), 9)) for line in lines),
        "fliers": sorted(tuple(np.round(point, 9)) for line in fliers for point in line.get_xydata()),
    }


def styles(axes: Any) -> dict[str, Any]:
    lines = [line for line in axes.lines if line.get_linestyle() != "None"]
    fliers = [line for line in axes.lines if line.get_linestyle() == "None" and len(line.get_xydata())]
    return {
        "fills": sorted({tuple(np.round(patch.get_facecolor(), 9)) for patch in axes.patches}),
        "edges": sorted({tuple(np.round(patch.get_edgecolor(), 9)) for patch in axes.patches}),
        "lines": sorted({tuple(np.round(to_rgb(line.get_color()), 9)) for line in lines}),
        "widths": sorted({line.get_linewidth() for line in lines} | {patch.get_linewidth() for patch in axes.patches}),
        "fliers": sorted({(line.get_marker(), line.get_markersize(), line.get_markeredgewidth()) for line in fliers}),
        "edge": sorted({tuple(np.round(to_rgb(line.get_markeredgecolor()), 9)) for line in fliers}),
        "caps": sorted({str(line.get_solid_capstyle()) for line in lines}),
    }


def with_outliers() -> tuple[dict[str, Any], ...]:
    records = runs("a", "b", "c", n=14)
    far = ({"model": "b", "method": "new", "score": 140.0}, {"model": "c", "method": "old", "score": 3.0})
    return (*records, *far)


BOX_CASES: tuple[tuple[str | None, dict[str, Any]], ...] = (
    ("method", {}),
    ("method", {"gap": 0.2, "width": 0.6}),
    ("method", {"fliersize": 2, "linewidth": 1.5, "linecolor": "black"}),
    ("method", {"showfliers": False, "whis": 0.5}),
    ("method", {"whis": [5, 95], "saturation": 1}),
    ("method", {"dodge": False}),
    ("model", {"width": 1, "gap": 0}),
    (None, {}),
    (None, {"color": "tab:green"}),
)


@pytest.mark.filterwarnings("ignore")  # seaborn 0.13.2 uses what matplotlib 3.11 deprecates
@pytest.mark.parametrize("is_log", [False, True])
@pytest.mark.parametrize(("hue", "options"), BOX_CASES)
def test_boxes_stand_and_look_as_in_seaborn(hue: str | None, options: dict[str, Any], is_log: bool) -> None:
    sns = pytest.importorskip("seaborn")
    pd = pytest.importorskip("pandas")
    records = with_outliers()
    data = panel(records, hue=hue, is_log=is_log)
    with mpl.rc_context():
        mpl.rcdefaults()
        ours, theirs = Canvas().subplots(), Canvas().subplots()
        for axes in (ours, theirs):
            axes.set_yscale("log" if is_log else "linear")
        make_mark("box", options, path=PATH).draw(ours, data, seed="")
        colors = None if hue is None else {level.value: level.color for level in data.hue}
        order = [level.value for level in data.x]
        also: dict[str, Any] = {"hue_order": [level.value for level in data.hue]} if hue else {}
        also |= {} if hue or "color" in options else {"color": default_colors(1)[0]}
        theirs_options = {key: tuple(value) if isinstance(value, list) else value for key, value in options.items()}
        frame = pd.DataFrame(records)
        sns.boxplot(
            frame, x="model", y="score", hue=hue, palette=colors, order=order, ax=theirs, legend=False,
            **also, **theirs_options,
        )  # fmt: skip
        found, expected = spans(ours), spans(theirs)
        for part in ("boxes", "lines", "fliers"):
            assert np.ravel(found[part]) == pytest.approx(np.ravel(expected[part])), part
        theirs_styles = styles(theirs)
        for part, value in styles(ours).items():
            assert value == theirs_styles[part], part


def test_an_empty_box_is_drawn_in_the_colour_of_its_level() -> None:
    axes = Canvas().subplots()
    make_mark("box", {"fill": False}, path=PATH).draw(axes, panel(runs(), hue="method"), seed="")
    assert {to_rgba(patch.get_facecolor())[3] for patch in axes.patches} == {0}
    assert {to_rgb(line.get_color()) for line in axes.lines} == set(COLORS[:2])


def test_caps_can_be_left_out() -> None:
    axes = Canvas().subplots()
    make_mark("box", {"showcaps": False}, path=PATH).draw(axes, panel(runs("a"), hue=None), seed="")
    assert sum(map(len, map(parts, axes.lines))) == 3  # two whiskers and a median


def test_the_legend_shows_the_filled_boxes() -> None:
    data = panel(runs(), hue="method")
    axes = Canvas().subplots()
    mark = make_mark("box", {}, path=PATH)
    mark.draw(axes, data, seed="")
    handles = mark.handles(data)
    assert all(isinstance(handle, Patch) for handle in handles)
    fills = {handle.get_facecolor() for handle in handles if isinstance(handle, Patch)}
    assert fills == {patch.get_facecolor() for patch in axes.patches}


def points(seed: str, **options: Any) -> list[tuple[float, float]]:
    axes = Canvas().subplots()
    make_mark("strip", options, path=PATH).draw(axes, panel(runs(), hue="method"), seed=seed)
    return [(float(x), float(y)) for line in axes.lines for x, y in np.asarray(line.get_xydata())]


def test_jitter_is_the_same_in_every_run_and_another_in_every_figure() -> None:
    assert points("one") == points("one")
    assert points("one") != points("two")
    assert sorted(y for _, y in points("one")) == sorted(record["score"] for record in runs())


def test_points_stay_within_the_spread_that_seaborn_gives_them() -> None:
    assert all(abs(x - round(x)) <= 0.1 for x, _ in points("one"))
    assert all(x == round(x) for x, _ in points("one", jitter=False))
    assert {round(x % 1, 9) for x, _ in points("one", jitter=False, dodge=True)} == {0.2, 0.8}
    assert all(abs(abs(x - round(x)) - 0.2) <= 0.05 for x, _ in points("one", dodge=True))


def test_the_legend_of_a_strip_shows_its_points() -> None:
    handles = make_mark("strip", {"marker": "s"}, path=PATH).handles(panel(runs(), hue="method"))
    assert [handle.get_marker() for handle in handles if isinstance(handle, Line2D)] == ["s", "s"]


@pytest.mark.filterwarnings("ignore")  # seaborn 0.13.2 uses what matplotlib 3.11 deprecates
@pytest.mark.parametrize("size", [3, 5])
def test_points_are_as_large_as_in_seaborn(size: float) -> None:
    sns = pytest.importorskip("seaborn")
    pd = pytest.importorskip("pandas")
    theirs = Canvas().subplots()
    sns.stripplot(pd.DataFrame(runs()), x="model", y="score", size=size, ax=theirs)
    # A scatter's size is the area of the square around its point.
    scatters: Any = theirs.collections
    areas = {float(area) for points in scatters for area in points.get_sizes()}
    ours = Canvas().subplots()
    make_mark("strip", {"size": size}, path=PATH).draw(ours, panel(runs(), hue=None), seed="")
    assert {line.get_markersize() ** 2 for line in ours.lines} == areas


def test_marks_are_found_by_their_files() -> None:
    assert set(mark_names()) >= {"box", "strip"}
    assert list(mark_names()) == sorted(mark_names())
    for name in mark_names():
        assert mark_type(name).__doc__
        assert all("type" in option or "anyOf" in option or "enum" in option for option in mark_options(name).values())


def test_the_options_of_a_box_are_those_of_seaborn() -> None:
    options = mark_options("box")
    assert {key: options[key]["default"] for key in ("width", "gap", "whis", "saturation", "fill", "dodge")} == {
        "width": 0.8,
        "gap": 0.0,
        "whis": 1.5,
        "saturation": 0.75,
        "fill": True,
        "dodge": "auto",
    }


@pytest.mark.parametrize(
    ("mark", "options", "expected"),
    [
        ("boxx", {}, "figure.demo.mark: unknown mark 'boxx', did you mean 'box'?"),
        (
            "wordcloud",
            {},
            "figure.demo.mark: unknown mark 'wordcloud'\n    known marks: " + ", ".join(mark_names()),
        ),
        (
            "box",
            {"flier_size": 2},
            "figure.demo.options.flier_size: unknown option 'flier_size' of mark 'box', did you mean 'fliersize'?",
        ),
        ("box", {"gap": 2}, "figure.demo.options.gap: input should be less than or equal to 1"),
        ("box", {"fill": "yes"}, "figure.demo.options.fill: input should be a valid boolean"),
        ("box", {"width": True}, "figure.demo.options.width: input should be a valid number"),
    ],
)
def test_wrong_marks_and_options_are_said(mark: str, options: dict[str, Any], expected: str) -> None:
    (problem,) = mark_problems(mark, options, path=PATH)
    assert str(problem) == expected
    with pytest.raises(AssetError):
        make_mark(mark, options, path=PATH)


def test_all_wrong_options_come_at_once() -> None:
    found = mark_problems("box", {"wdth": 1, "gap": -1, "whis": "far"}, path=PATH)
    assert [problem.path[-1] for problem in found] == ["gap", "wdth", "whis"]


def test_listing_marks_needs_no_matplotlib() -> None:
    code = (
        "import sys, paperkit.figures as f; [f.mark_options(name) for name in f.mark_names()]; "
        "assert not {'matplotlib', 'numpy', 'pandas', 'seaborn'} & set(sys.modules), sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
