"""Violins, against seaborn's violinplot."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas

from paperkit.figures.marks import make_mark
from tests.unit.figures.figure_cases import PATH, compiled, runs
from tests.unit.figures.test_marks import COLORS, panel


def records() -> tuple[dict[str, Any], ...]:
    """Return groups of different sizes."""
    return tuple(record for rank, record in enumerate(runs(n=12)) if rank % 7)


def drawn(*, hue: str | None = "method", is_log: bool = False, **options: Any) -> Any:
    axes = Canvas().subplots()
    if is_log:
        axes.set_yscale("log")
    make_mark("violin", options, path=PATH).draw(axes, panel(records(), hue=hue, is_log=is_log), seed="")
    return axes


@pytest.mark.filterwarnings("ignore")  # seaborn 0.13.2 uses what matplotlib 3.11 deprecates
@pytest.mark.parametrize("is_log", [False, True])
@pytest.mark.parametrize(
    ("hue", "options"),
    [
        ("method", {}),
        ("method", {"density_norm": "width", "gap": 0.1, "bw_adjust": 0.7}),
        ("method", {"density_norm": "count", "cut": 0}),
        (None, {"width": 0.5}),
    ],
)
def test_violins_stand_as_in_seaborn(hue: str | None, options: dict[str, Any], is_log: bool) -> None:
    sns = pytest.importorskip("seaborn")
    pd = pytest.importorskip("pandas")
    ours, theirs = drawn(hue=hue, is_log=is_log, inner="none", **options), Canvas().subplots()
    if is_log:
        theirs.set_yscale("log")
    kinds: dict[str, Any] = {} if hue is None else {"hue": hue, "hue_order": ["new", "old"], "palette": COLORS[:2]}
    sns.violinplot(
        pd.DataFrame(records()), x="model", y="score", order=["a", "b", "c"], ax=theirs, legend=False, inner=None,
        **kinds, **options,
    )  # fmt: skip
    bodies: list[Any] = [body for body in theirs.collections if len(body.get_paths())]
    expected = sorted(tuple(np.round(body.get_paths()[0].get_extents().extents, 6)) for body in bodies)
    found = sorted(tuple(np.round(body.get_path().get_extents().extents, 6)) for body in ours.patches)
    assert np.ravel(found) == pytest.approx(np.ravel(expected), rel=1e-5)


def test_the_box_inside_has_the_quartiles() -> None:
    axes = drawn(hue=None)
    values = np.array([record["score"] for record in records() if record["model"] == "a"])
    thick = max(axes.lines[:2], key=lambda line: line.get_linewidth())
    assert list(thick.get_ydata()) == pytest.approx(list(np.percentile(values, [25, 75])))
    assert list(axes.lines[2].get_ydata()) == pytest.approx([float(np.median(values))])


@pytest.mark.parametrize("is_log", [False, True])
def test_quartiles_are_lines_across_the_violin(is_log: bool) -> None:
    axes = drawn(hue=None, is_log=is_log, inner="quart")
    values = np.array([record["score"] for record in records() if record["model"] == "a"])
    scaled = np.log10(values) if is_log else values
    expected = np.percentile(scaled, [25, 50, 75])
    heights = [line.get_ydata()[0] for line in axes.lines[:3]]
    assert heights == pytest.approx(list(10**expected if is_log else expected))


def test_groups_without_a_density_are_counted() -> None:
    figure = compiled([*runs("a"), {"model": "b", "method": "new", "score": 1.0}], {"mark": "violin"})
    assert [str(notice) for notice in figure.notices] == [
        (
            "figure.demo.panel[0].y: 1 of 2 groups have not two different values, and no violin\n"
            "    mark = 'strip' shows single values"
        )
    ]
    assert len(figure.canvas.axes[0].patches) == 1
