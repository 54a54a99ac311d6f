"""Several marks in one panel, and lines, bands and texts at constants or at what the rows say."""

from __future__ import annotations

import statistics
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle

from paperkit import figures
from paperkit.errors import PaperkitError
from tests.unit.figures.figure_cases import asset, compiled, frame, labels, runs, venue


def panel(figure: figures.Figure) -> Any:
    return figure.canvas.axes[0]


def points(axes: Any) -> list[Any]:
    return [line for line in axes.lines if line.get_linestyle() == "None"]


def test_points_lie_over_boxes_at_the_same_slots() -> None:
    rows = runs("a", "b", n=9)
    layer = {"mark": "strip", "options": {"color": "black", "jitter": False}}
    axes = panel(compiled(rows, {"options": {"showfliers": False}, "layer": [layer]}))
    drawn = points(axes)
    assert [(tuple(line.get_xdata()), tuple(line.get_ydata())) for line in drawn] == [
        ((rank,) * 9, tuple(row["score"] for row in rows if row["model"] == model)) for rank, model in enumerate("ab")
    ]
    assert all(to_rgb(line.get_markerfacecolor()) == (0, 0, 0) for line in drawn)
    others = [artist.get_zorder() for artist in (*axes.patches, *axes.lines) if artist not in drawn]
    assert min(line.get_zorder() for line in drawn) > max(others)


def test_a_layer_has_what_it_does_not_say_from_the_panel_but_for_options() -> None:
    rows = [*runs("a", "b"), *runs("c")]
    layer = {"mark": "strip", "where": "model == 'c'"}
    axes = panel(compiled(rows, {"where": "model != 'c'", "options": {"showfliers": False}, "layer": [layer]}))
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "b", "c"]
    assert [set(line.get_ydata()) for line in points(axes)] == [{row["score"] for row in rows if row["model"] == "c"}]
    assert len([patch for patch in axes.patches if isinstance(patch, Rectangle)]) == 2


def test_a_layer_does_without_what_its_mark_has_no_use_for() -> None:
    rows = [{"x": float(i), "y": float(i % 5)} for i in range(20)]
    axes = panel(compiled(rows, {"mark": "scatter", "x": "x", "y": "y", "layer": [{"mark": "ecdf"}]}))
    assert len(axes.lines) == 2


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (
            {"mark": "scatter", "x": "score"},
            (
                "figure.demo.panel[0].layer[0].mark: 'scatter' cannot be drawn over 'box': "
                "one has numbers on its axis, the other names\n    draw them in two panels"
            ),
        ),
        (
            {"mark": "point", "x": "score", "y": "model", "options": {"orient": "h"}},
            (
                "figure.demo.panel[0].layer[0].mark: 'point' cannot be drawn over 'box': "
                "they have different axes\n    draw them in two panels"
            ),
        ),
        (
            {"mark": "strip", "x": "method"},
            (
                "figure.demo.panel[0].layer[0].mark: 'strip' cannot be drawn over 'box': "
                "its slots are those of 'method', and not of 'model'\n    draw them in two panels"
            ),
        ),
        (
            {"mark": "strip", "y": "scoer"},
            "figure.demo.panel[0].layer[0].y: 'runs' has no column 'scoer', did you mean 'score'?",
        ),
    ],
)
def test_marks_that_do_not_go_together_are_an_error(layer: dict[str, Any], expected: str) -> None:
    with pytest.raises(PaperkitError) as error:
        compiled(runs(), {"layer": [layer]})
    assert [str(problem) for problem in error.value.problems] == [expected]


def test_a_mistake_in_a_layer_is_found_without_data() -> None:
    entry = asset({"layer": [{"mark": "strip", "options": {"jiter": 1}}, {"mark": "swam"}], "units": "seed"})
    said = [str(problem) for problem in figures.problems(entry, labels())]
    assert said[0].splitlines()[0] == "figure.demo.panel[0].units: 'box' has no use for 'units'"
    assert "figure.demo.panel[0].layer[0].options.jiter: unknown option 'jiter' of mark 'strip'" in said[1]
    assert "figure.demo.panel[0].layer[1].mark: unknown mark 'swam'" in said[2]


def test_entries_that_layers_share_stand_once_in_the_legend() -> None:
    figure = compiled(runs(n=12), {"hue": "method", "layer": [{"mark": "strip"}]})
    (legend,) = figure.canvas.legends
    assert [text.get_text() for text in legend.get_texts()] == ["new", "old"]


class Asked:
    """A frame that remembers what it was asked, and answers with the mean of the scores."""

    def __init__(self, rows: tuple[dict[str, Any], ...]) -> None:
        self.rows_, self.asked = frame(rows), list[str]()
        self.columns = self.rows_.columns
        self.rows = self.rows_.rows
        self.mean = statistics.fmean(row["score"] for row in rows)

    def aggregate(self, expression: str, **_: object) -> float:
        self.asked.append(expression)
        return self.mean


def test_lines_and_bands_stand_where_the_rows_say() -> None:
    source = Asked(runs())
    keys = {
        "axhline": [{"y": "mean(score)", "label": "mean"}, {"y": 50}],
        "axhspan": [{"ymin": 52, "ymax": "mean(score)", "label": "band"}],
        "axvspan": [{"xmin": 0.5, "xmax": 1.5, "color": "red", "alpha": 0.5}],
        "text": [{"x": "b", "y": "mean(score)", "text": "$n$ = 9"}],
    }
    frames: Any = {"runs": source}
    axes = panel(figures.compile(asset(keys), frames, labels(), venue()))
    assert set(source.asked) == {"mean(score)"}
    lines = [line for line in axes.lines if isinstance(line, Line2D) and line.get_linestyle() == ":"]
    assert [tuple(np.asarray(line.get_ydata()).tolist()) for line in lines] == [(source.mean,) * 2, (50, 50)]
    bands = [patch for patch in axes.patches if patch.get_zorder() == -2]
    assert [patch.get_extents().transformed(axes.transData.inverted()).intervaly[0] for patch in bands][:1] == [
        pytest.approx(52)
    ]
    assert all(isinstance(patch, (Rectangle, Polygon)) for patch in bands)
    (text,) = [text for text in axes.texts if text.get_text() == "$n$ = 9"]
    assert text.get_position() == (1.0, source.mean)
    (legend,) = axes.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["mean", "band"]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (
            {"axhspan": [{"ymin": 1}]},
            "figure.demo.panel[0].axhspan[0]: 'ymax' is missing\n    'axhspan' stands at a value of y",
        ),
        (
            {"axvspan": [{"xmin": 1, "xmax": 2, "ymin": 0}]},
            "figure.demo.panel[0].axvspan[0].ymin: 'axvspan' goes all across and has no ymin",
        ),
        (
            {"text": [{"x": 1, "y": 1, "text": "a", "color": "gry"}]},
            "figure.demo.panel[0].text[0].color: unknown colour 'gry', did you mean 'grey'?",
        ),
    ],
)
def test_a_mistake_in_a_reference_is_said_whole(keys: dict[str, Any], expected: str) -> None:
    assert [str(problem) for problem in figures.problems(asset(keys), labels())] == [expected]


@pytest.mark.parametrize(
    ("axes", "expected"),
    [
        ({"xtickevery": 2}, ["a", "c"]),
        ({"xticks": [0, 1, 2], "xtickevery": 2}, ["a", "c"]),
        ({}, ["a", "b", "c", "d"]),
    ],
)
def test_every_nth_slot_has_a_label(axes: dict[str, Any], expected: list[str]) -> None:
    drawn = panel(compiled(runs("a", "b", "c", "d"), {"axes": axes}))
    assert [label.get_text() for label in drawn.get_xticklabels()] == expected


def test_numbers_at_ticks_have_the_format_of_the_manifest() -> None:
    rows = [{"x": i, "y": i / 10} for i in range(11)]
    options = {"xticks": [0, 5, 10], "xtickformat": ".1f", "yticks": [0, 0.5, 1], "ytickformat": ".0%"}
    drawn = panel(compiled(rows, {"mark": "scatter", "x": "x", "y": "y", "axes": options}))
    assert [label.get_text() for label in drawn.get_xticklabels()] == ["0.0", "5.0", "10.0"]
    assert [label.get_text() for label in drawn.get_yticklabels()] == ["0%", "50%", "100%"]


def test_turned_labels_end_below_their_ticks_and_do_not_count_as_overlapping() -> None:
    names = [f"a rather long name {i}" for i in range(8)]
    flat = compiled(runs(*names), width="3in")
    turned = compiled(runs(*names), {"axes": {"xtickrotation": 45}}, width="3in")
    said = [[notice.message for notice in figures.lint(one, asset(), venue=venue())] for one in (flat, turned)]
    assert any("tick labels of x overlap" in message for message in said[0])
    assert not any("overlap" in message for message in said[1])
    found = panel(turned).get_xticklabels()
    assert {(label.get_rotation(), label.get_horizontalalignment()) for label in found} == {(45.0, "right")}


def test_names_at_ticks_can_have_the_colours_of_the_hue() -> None:
    names = labels(model={"a": {"color": "red"}, "b": {"color": "blue"}})
    drawn = panel(compiled(runs("a", "b"), {"hue": "model", "axes": {"xtickcolor": "hue"}}, names=names))
    assert [to_rgb(label.get_color()) for label in drawn.get_xticklabels()] == [(1, 0, 0), (0, 0, 1)]


def test_an_axis_of_numbers_labels_what_the_manifest_lists() -> None:
    rows = [{"x": i, "y": i} for i in range(4)]
    with pytest.raises(PaperkitError) as error:
        compiled(rows, {"mark": "scatter", "x": "x", "y": "y", "axes": {"xtickevery": 2}})
    assert [str(problem) for problem in error.value.problems] == [
        (
            "figure.demo.panel[0].axes.xtickevery: an axis of numbers chooses its ticks itself\n"
            "    say where they are: xticks = [0, 5, 10]"
        )
    ]


@pytest.mark.parametrize("mark", ["strip", "swarm"])
def test_points_of_one_colour_beside_each_other_have_one_marker(mark: str) -> None:
    layer = {"mark": mark, "options": {"color": "black", "dodge": True}}
    axes = panel(compiled(runs(n=12), {"hue": "method", "options": {"showfliers": False}, "layer": [layer]}))
    assert {line.get_marker() for line in points(axes)} == {"o"}
