"""Boxes, strips and violins lying down, against seaborn and against the same marks standing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas
from matplotlib.transforms import Bbox

from paperkit.errors import AssetError
from paperkit.figures.marks import make_mark
from tests.unit.figures.figure_cases import PATH, compiled, labels, runs
from tests.unit.figures.test_marks import COLORS, panel

LYING = {"x": "score", "y": "model", "options": {"orient": "h"}}


def shapes(axes: Any) -> list[tuple[float, ...]]:
    """Return the extents of all patches and lines, sorted."""
    patches = [patch.get_path().transformed(patch.get_patch_transform()).get_extents() for patch in axes.patches]
    points = [np.asarray(line.get_xydata()) for line in axes.lines]
    lines = [Bbox([np.nanmin(part, axis=0), np.nanmax(part, axis=0)]) for part in points]
    return sorted(tuple(np.round(found.extents, 7)) for found in (*patches, *lines))


def drawn(mark: str, options: dict[str, Any], *, hue: str | None = "method", is_log: bool = False) -> Any:
    axes = Canvas().subplots()
    make_mark(mark, {"orient": "h", **options}, path=PATH).draw(axes, panel(runs(), hue=hue, is_log=is_log), seed="s")
    return axes


@pytest.mark.parametrize("is_log", [False, True])
@pytest.mark.parametrize("hue", [None, "method"])
@pytest.mark.parametrize(
    ("mark", "options"), [("box", {}), ("box", {"gap": 0.3}), ("strip", {"dodge": True}), ("violin", {}),
                          ("violin", {"inner": "quart"})],
)  # fmt: skip
def test_a_lying_mark_is_the_standing_one_with_x_and_y_swapped(
    mark: str, options: dict[str, Any], hue: str | None, is_log: bool
) -> None:
    lying = drawn(mark, options, hue=hue, is_log=is_log)
    standing = drawn(mark, {**options, "orient": "v"}, hue=hue, is_log=is_log)
    swapped = sorted((y0, x0, y1, x1) for x0, y0, x1, y1 in shapes(standing))
    assert np.ravel(shapes(lying)) == pytest.approx(np.ravel(swapped))


@pytest.mark.filterwarnings("ignore")  # seaborn 0.13.2 uses what matplotlib 3.11 deprecates
@pytest.mark.parametrize("mark", ["box", "violin"])
def test_lying_boxes_and_violins_are_those_of_seaborn(mark: str) -> None:
    sns = pytest.importorskip("seaborn")
    pd = pytest.importorskip("pandas")
    ours, theirs = drawn(mark, {"inner": "none"} if mark == "violin" else {}), Canvas().subplots()
    draw = {"box": sns.boxplot, "violin": sns.violinplot}[mark]
    inner = {"inner": None} if mark == "violin" else {}
    draw(
        pd.DataFrame(runs()), x="score", y="model", hue="method", hue_order=["new", "old"], order=["a", "b", "c"],
        palette=COLORS[:2], ax=theirs, legend=False, **inner,
    )  # fmt: skip
    bodies: list[Any] = [*theirs.patches, *(body for body in theirs.collections if len(body.get_paths()))]
    paths = [body.get_path() if hasattr(body, "get_path") else body.get_paths()[0] for body in bodies]
    transforms = [body.get_patch_transform() if hasattr(body, "get_patch_transform") else None for body in bodies]
    expected = sorted(
        tuple(np.round((path if to is None else path.transformed(to)).get_extents().extents, 6))
        for path, to in zip(paths, transforms, strict=True)
    )
    patches = [patch.get_path().transformed(patch.get_patch_transform()).get_extents() for patch in ours.patches]
    assert np.ravel(sorted(tuple(found.extents) for found in patches)) == pytest.approx(np.ravel(expected), rel=1e-5)


def test_rows_are_read_from_the_top_and_named() -> None:
    names = labels(model={"c": "Third", "a": "First", "b": "Second"})
    axes: Any = compiled(runs(), LYING, names=names).canvas.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Third", "First", "Second"]
    assert axes.get_ylim() == (2.5, -0.5)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("score", "")
    boxes = {patch.get_gid().split(" ")[0]: patch.get_y() for patch in axes.patches}
    assert boxes == pytest.approx({"Third": -0.4, "First": 0.6, "Second": 1.6})


def test_a_layer_lies_with_the_mark_below_it() -> None:
    axes: Any = compiled(runs(), {**LYING, "layer": [{"mark": "strip", "options": {"color": "black"}}]}).canvas.axes[0]
    drawn = [line for line in axes.lines if line.get_linestyle() == "None" and len(line.get_xdata()) > 1]
    points = [tuple(map(float, point)) for line in drawn for point in line.get_xydata()]
    assert sorted(value for value, _ in points) == sorted(row["score"] for row in runs())
    assert all(abs(place - round(place)) <= 0.1 for _, place in points)


def test_a_layer_that_stands_over_a_lying_mark_is_refused() -> None:
    layer = {"mark": "strip", "options": {"orient": "v"}}
    with pytest.raises(AssetError) as caught:
        compiled(runs(), {**LYING, "layer": [layer]})
    assert str(caught.value) == (
        "figure.demo.panel[0].layer[0].mark: 'strip' cannot be drawn over 'box': they have different axes\n"
        "    draw them in two panels"
    )


def test_columns_that_ask_for_lying_boxes_are_told_how() -> None:
    with pytest.raises(AssetError) as caught:
        compiled(runs(), {"x": "score", "y": "model"})
    assert str(caught.value) == (
        "figure.demo.panel[0].y: x ('score') holds numbers and y ('model') text\n"
        "    options = { orient = 'h' }, or swap them: x = 'model', y = 'score'"
    )
