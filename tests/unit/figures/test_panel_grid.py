"""Facets, mosaics, shared axes, letters, insets, and the legend among them."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperkit import figures
from paperkit.errors import PaperkitError
from paperkit.figures.grid import grid_problems
from paperkit.figures.renderer import MeasuringRenderer
from paperkit.manifest.model import PanelGrid
from paperkit.style.theme import POINTS_PER_TEX_POINT as POINT
from tests.unit.figures.figure_cases import asset, compiled, frame, labels, venue

LINE = {"mark": "line", "x": "step", "y": "score", "options": {"errorbar": "none"}}


def cells(*, skip: tuple[str, str] | None = None) -> list[dict[str, Any]]:
    pairs = [pair for pair in product(("one", "two"), ("p", "q", "r")) if pair != skip]
    return [
        {"row": row, "col": col, "step": step, "score": step * (1 + rank)}
        for rank, (row, col) in enumerate(pairs)
        for step in (1, 2, 3)
    ]


def texts(figure: figures.Figure) -> list[str]:
    return [axes.get_title() for axes in figure.canvas.axes]


def box(axes: Any) -> tuple[float, float, float, float]:
    return tuple(round(value, 6) for value in axes.get_position().extents)


def heights(axes: Any, line: int = -1) -> list[float]:
    return [float(y) for y in np.asarray(axes.lines[line].get_ydata())]


def has_labels(axes: Any, axis: str) -> bool:
    return any(label.get_visible() for label in getattr(axes, f"get_{axis}ticklabels")())


def test_a_column_of_the_data_makes_a_panel_for_each_value() -> None:
    figure = compiled(cells(), {**LINE, "col": "col"})
    assert texts(figure) == ["p", "q", "r"]
    for col, axes in zip("pqr", figure.canvas.axes, strict=True):
        means = [sum(r["score"] for r in cells() if r["col"] == col and r["step"] == step) / 2 for step in (1, 2, 3)]
        assert heights(axes, 0) == pytest.approx(means)
    assert len({box(axes)[1] for axes in figure.canvas.axes}) == 1


def test_rows_and_columns_make_a_grid_with_names_at_its_edges() -> None:
    figure = compiled(cells(), {**LINE, "row": "row", "col": "col"}, height="3in")
    assert texts(figure) == ["p", "q", "r", "", "", ""]
    beside = [[text.get_text() for text in axes.texts] for axes in figure.canvas.axes]
    assert beside == [[], [], ["one"], [], [], ["two"]]
    scores = [heights(axes, 0) for axes in figure.canvas.axes]
    assert scores == [[step * (1 + rank) for step in (1, 2, 3)] for rank in range(6)]
    assert {axes.get_ylim() for axes in figure.canvas.axes} == {figure.canvas.axes[0].get_ylim()}
    assert [has_labels(axes, "x") for axes in figure.canvas.axes] == [False] * 3 + [True] * 3
    assert [has_labels(axes, "y") for axes in figure.canvas.axes] == [True, False, False] * 2


def test_columns_wrap_and_the_last_panel_of_each_column_is_labelled() -> None:
    figure = compiled(cells(), {**LINE, "col": "col", "col_wrap": 2}, height="3in")
    lefts = [box(axes)[0] for axes in figure.canvas.axes]
    assert lefts[0] == lefts[2] != lefts[1]
    assert [has_labels(axes, "x") for axes in figure.canvas.axes] == [False, True, True]


def test_a_pair_without_rows_has_an_empty_panel() -> None:
    figure = compiled(cells(skip=("two", "q")), {**LINE, "row": "row", "col": "col"}, height="3in")
    assert [len(axes.lines) for axes in figure.canvas.axes] == [1, 1, 1, 1, 0, 1]


def test_facets_have_the_order_and_names_of_the_labels() -> None:
    names = labels(col={"r": "R", "q": "$Q$", "p": "P"})
    assert texts(compiled(cells(), {**LINE, "col": "col"}, names=names)) == ["R", "$Q$", "P"]
    assert texts(compiled(cells(), {**LINE, "col": "col", "col_order": ["q", "p"]})) == ["q", "p"]


def test_facets_that_do_not_share_have_their_own_limits() -> None:
    figure = compiled(cells(), {**LINE, "col": "col", "sharey": False})
    limits = [axes.get_ylim() for axes in figure.canvas.axes]
    assert len(set(limits)) == 3
    assert all(has_labels(axes, "y") for axes in figure.canvas.axes)


def test_boxes_in_facets_share_their_slots() -> None:
    rows = [{"col": "p", "model": "a", "score": 1.0 + i} for i in range(5)]
    rows += [{"col": "q", "model": "b", "score": 2.0 + i} for i in range(5)]
    figure = compiled(rows, {"col": "col"})
    names = [[label.get_text() for label in axes.get_xticklabels()] for axes in figure.canvas.axes]
    assert names == [["a", "b"], ["a", "b"]]
    alone = compiled(rows, {"col": "col", "sharex": False})
    names = [[label.get_text() for label in axes.get_xticklabels()] for axes in alone.canvas.axes]
    assert names == [["a"], ["b"]]


def test_a_layer_without_the_column_is_drawn_in_every_facet() -> None:
    rows = {"runs": cells(), "base": [{"step": step, "score": 2.0} for step in (1, 2, 3)]}

    entry = asset({**LINE, "col": "col", "layer": [{"mark": "line", "data": "base"}]})
    figure = figures.compile(entry, {name: frame(found) for name, found in rows.items()}, labels(), venue())
    assert [heights(axes) for axes in figure.canvas.axes] == [[2.0, 2.0, 2.0]] * 3


def test_a_mosaic_places_panels_over_several_cells() -> None:
    panels = [LINE, LINE, LINE]
    figure = compiled(cells(), *panels, panels={"mosaic": ["AAB", "CCB"]}, height="3in")
    one, two, three = (box(axes) for axes in figure.canvas.axes)
    assert one[0] == three[0]
    assert one[2] == three[2] < two[0]
    assert (two[1], two[3]) == (three[1], one[3])
    assert one[1] > three[3]


@pytest.mark.parametrize(
    ("mosaic", "expected"),
    [
        (["AB", "A"], 'mosaic: the rows of the mosaic are not equally long\n    ["AAB", "CCB"]'),
        (["AC"], "mosaic: the mosaic has A, C, the 2 panels are A, B"),
        (["AB", "BA"], "mosaic: the cells of A are no rectangle"),
    ],
)
def test_a_mosaic_that_does_not_fit_is_an_error(mosaic: list[str], expected: str) -> None:
    found = grid_problems(PanelGrid(mosaic=tuple(mosaic)), 2, path=())
    assert str(found[0]) == expected


@pytest.mark.parametrize(("how", "same"), [(True, {1, 2, 3}), ("row", {1}), ("col", {2})])
def test_panels_share_an_axis_with_their_row_or_column(how: Any, same: set[int]) -> None:
    panels = [{**LINE, "where": f"col == '{col}' and row == '{row}'"} for row in ("one", "two") for col in "pq"]
    figure = compiled(cells(), *panels, panels={"ncols": 2, "sharey": how}, height="3in")
    limits = [axes.get_ylim() for axes in figure.canvas.axes]
    assert {index for index in (1, 2, 3) if limits[index] == limits[0]} == same


def test_panels_with_other_slots_cannot_share() -> None:
    rows = [{"model": model, "score": float(i)} for model in "ab" for i in range(4)]
    with pytest.raises(PaperkitError) as error:
        compiled(rows, {}, {"where": "model == 'a'"}, panels={"sharex": True})
    assert [str(problem) for problem in error.value.problems] == [
        (
            "figure.demo.panel[1]: it shares its x axis with panel 1, but not its values\n"
            "    give both the same 'order', or do not share the axis"
        )
    ]


@pytest.mark.parametrize(("style", "expected"), [("(a)", ["(a)", "(b)"]), ("A", ["A", "B"]), ("a.", ["a.", "b."])])
def test_panels_are_lettered(style: str, expected: list[str]) -> None:
    figure = compiled(cells(), LINE, LINE, panels={"letters": style})
    assert [axes.get_title(loc="left") for axes in figure.canvas.axes] == expected


def test_an_inset_stands_in_its_panel_and_takes_no_cell() -> None:
    inset = {**LINE, "inset": {"panel": 1, "bounds": [0.5, 0.25, 0.4, 0.5]}}
    figure = compiled(cells(), LINE, inset, panels={"letters": "(a)"})
    around, own = (axes.get_position() for axes in figure.canvas.axes)
    assert own.x0 == pytest.approx(around.x0 + 0.5 * around.width)
    assert own.y0 == pytest.approx(around.y0 + 0.25 * around.height)
    assert (own.width, own.height) == pytest.approx((0.4 * around.width, 0.5 * around.height))
    assert [axes.get_title(loc="left") for axes in figure.canvas.axes] == ["(a)", ""]


FAMILIES = labels(
    col={"p": {"label": "P", "family": "F"}, "q": {"label": "Q", "family": "G"}, "r": {"label": "R", "family": "F"}}
)


@pytest.mark.parametrize(
    ("loc", "expected"),
    [
        ("outside right", ["F", "P", "R", "G", "Q"]),
        ("outside top", ["F", "P", "R", "G", "Q", ""]),
        ("upper left", ["F", "P", "R", "G", "Q"]),
    ],
)
def test_entries_stand_under_the_heading_of_their_group(loc: str, expected: list[str]) -> None:
    figure = compiled(cells(), {**LINE, "hue": "col"}, names=FAMILIES, legend={"group": "col.family", "loc": loc})
    legend = figure.canvas.axes[0].get_legend() if loc == "upper left" else figure.canvas.legends[0]
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == expected
    renderer = MeasuringRenderer(figure.theme, figure.path, (figure.width * POINT, figure.height * POINT))
    figure.canvas.draw(renderer)
    heading, below = (legend.get_texts()[index].get_window_extent(renderer).x0 for index in (0, 1))
    assert heading < below


def test_the_manifest_adds_entries() -> None:
    added = [{"label": "chance", "linestyle": "--", "color": "red"}, {"label": "$x$", "marker": "*"}, {"label": "z"}]
    figure = compiled(cells(), LINE, legend={"entries": added})
    assert [text.get_text() for text in figure.canvas.legends[0].get_texts()] == ["chance", "$x$", "z"]


def test_mistakes_in_facets_insets_and_legends_are_found_without_data() -> None:
    keys = {**LINE, "col_wrap": 2, "row_order": ["a"], "inset": {"panel": 3, "bounds": [0, 0, 1, 1]}}
    entry = asset(LINE, keys, legend={"panel": 4, "entries": [{"label": "a", "color": "gry", "marker": "oo"}]})
    assert [str(problem) for problem in figures.problems(entry, labels())] == [
        "figure.demo.legend.entries[0].color: unknown colour 'gry', did you mean 'grey'?",
        (
            "figure.demo.legend.entries[0].marker: 'oo' is no marker\n"
            "    matplotlib's letters: o, s, ^, v, D, d, p, h, X, P, *, x, +, ."
        ),
        "figure.demo.legend.panel: there is no panel 4: the figure has 2",
        "figure.demo.panel[1].row_order: 'row_order' needs 'row'",
        "figure.demo.panel[1].col_wrap: 'col_wrap' is for panels of 'col' alone",
        "figure.demo.panel[1].inset.panel: there is no other panel 3: the figure has 2",
    ]


@settings(max_examples=15, deadline=None)
@given(
    ncols=st.integers(1, 3),
    count=st.integers(1, 5),
    wide=st.floats(0.2, 3),
    facets=st.booleans(),
    loc=st.sampled_from(["outside right", "outside top", "none"]),
)
def test_panels_never_overlap_and_nothing_leaves_the_figure(
    ncols: int, count: int, wide: float, facets: bool, loc: str
) -> None:
    last = {**LINE, "hue": "row", "col": "col", "col_wrap": 2} if facets else LINE
    ratios = [1.0] * (min(ncols, count) - 1) + [wide]
    figure = compiled(
        cells(),
        *([LINE] * (count - 1)),
        last,
        width="9in",
        height="14in",
        panels={"ncols": ncols, "width_ratios": ratios},
        legend={"loc": loc},
    )
    renderer = MeasuringRenderer(figure.theme, figure.path, (figure.width * POINT, figure.height * POINT))
    outer: list[Any] = [axes.get_tightbbox(renderer) for axes in figure.canvas.axes]
    outer += [legend.get_window_extent(renderer) for legend in figure.canvas.legends]
    for rank, one in enumerate(outer):
        assert min(one.x0, one.y0) >= 0
        assert one.x1 <= figure.width * POINT
        assert one.y1 <= figure.height * POINT
        for other in outer[:rank]:
            assert one.x1 <= other.x0 or other.x1 <= one.x0 or one.y1 <= other.y0 or other.y1 <= one.y0


def test_what_facets_leave_out_is_counted_together() -> None:
    rows = cells() + [{"row": "one", "col": col, "step": 1, "score": None} for col in "ppq"]
    figure = compiled(rows, {**LINE, "col": "col"})
    assert [notice.message for notice in figure.notices] == ["3 of 21 values of 'score' are missing and are not drawn"]


def test_panels_that_share_an_axis_keep_a_label_that_says_something_else() -> None:
    other = {**LINE, "axes": {"xlabel": "another step"}}
    figure = compiled(cells(), LINE, LINE, other, panels={"ncols": 1, "sharex": True}, height="4in")
    assert [axes.get_xlabel() for axes in figure.canvas.axes] == ["", "step", "another step"]
    same = compiled(cells(), LINE, LINE, panels={"ncols": 1, "sharex": True}, height="4in")
    assert [axes.get_xlabel() for axes in same.canvas.axes] == ["", "step"]
