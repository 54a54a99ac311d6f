from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb

from paperkit import figures
from paperkit.errors import AssetError
from paperkit.figures.renderer import MeasuringRenderer
from paperkit.manifest.labels import Labels
from paperkit.style.palette import default_colors
from tests.unit.figures.figure_cases import asset, compiled, frame, labels, runs, venue

POINT = 72 / 72.27


def texts(axes: Axes) -> list[str]:
    return [label.get_text() for label in axes.get_xticklabels()]


def renderer(figure: figures.Figure) -> MeasuringRenderer:
    return MeasuringRenderer(figure.theme, figure.path, (figure.width * POINT, figure.height * POINT))


def legend_texts(figure: figures.Figure) -> list[str]:
    (legend,) = figure.canvas.legends
    return [text.get_text() for text in legend.get_texts()]


@pytest.mark.parametrize(
    ("keys", "size"),
    [
        ({}, (400.0, 200.0)),
        ({"width": "columnwidth", "height": "1in"}, (200.0, 72.27)),
        ({"width": 0.48, "height": 0.75}, (192.0, 144.0)),
        ({"width": "3in", "height": "50pt"}, (216.81, 50.0)),
    ],
)
def test_the_size_is_exact(keys: dict[str, Any], size: tuple[float, float]) -> None:
    figure = compiled(runs(), **keys)
    assert (figure.width, figure.height) == pytest.approx(size)
    assert figure.canvas.get_size_inches() * 72.27 == pytest.approx(size)


def test_a_wrong_size_is_refused() -> None:
    with pytest.raises(AssetError, match="is not positive"):
        compiled(runs(), width="0in")


def test_slots_have_the_labels_in_the_manifests_order() -> None:
    names = labels(model={"c": "Third\n(of three)", "a": "First", "b": "b"})
    (axes,) = compiled(runs(), names=names).canvas.axes
    assert texts(axes) == ["Third\n(of three)", "First", "b"]
    assert axes.get_xlim() == (-0.5, 2.5)


def test_a_value_without_rows_keeps_its_slot_and_its_colour() -> None:
    names = labels(model={"a": "A", "b": "B", "c": "C"})
    first = {"x": "method", "hue": "model"}
    second = {"x": "method", "hue": "model", "where": "model != 'b'"}
    figure = compiled(runs(), first, second, names=names, palette={"colors": ["red", "lime", "blue"]})
    both: list[Any] = figure.canvas.axes
    left, right = both
    places = [sorted(round(patch.get_x(), 6) for patch in axes.patches) for axes in (left, right)]
    assert [place for index, place in enumerate(places[0]) if index % 3 != 1] == pytest.approx(places[1])
    fills = [{tuple(np.round(patch.get_facecolor(), 3)) for patch in axes.patches} for axes in (left, right)]
    assert fills[1] < fills[0]
    assert legend_texts(figure) == ["A", "B", "C"]


def test_a_slot_in_the_order_may_be_empty() -> None:
    names = labels(model={"a": "A", "zzz": "Z"})
    (axes,) = compiled(runs(), {"order": ["zzz", "a", "b", "c"]}, names=names).canvas.axes
    assert texts(axes) == ["Z", "A", "b", "c"]
    assert len(axes.patches) == 3


def test_colours_come_from_the_labels_where_there_is_no_palette() -> None:
    names = labels(model={"a": {"label": "A", "color": "#ff0000"}})
    figure = compiled(runs("a", "b"), {"hue": "model", "options": {"saturation": 1}}, names=names)
    fills = [to_rgb(patch.get_facecolor()) for patch in figure.canvas.axes[0].patches]
    assert fills == [to_rgb("#ff0000"), default_colors(1)[0]]


def test_too_few_colours_are_an_error_with_counts() -> None:
    with pytest.raises(AssetError) as caught:
        compiled(runs(), {"hue": "model"}, palette={"colors": ["red", "lime"]})
    assert caught.value.problems[0].message == "2 colours for 3 values of the hue"
    assert caught.value.problems[0].path == ("figure", "demo", "palette", "colors")


def test_an_attribute_can_be_the_hue() -> None:
    names = labels(model={"a": {"family": "X"}, "b": {"family": "Y"}, "c": {"family": "X"}})
    figure = compiled(runs(), {"hue": "model.family"}, names=names)
    assert legend_texts(figure) == ["X", "Y"]


def test_one_tick_in_the_middle_takes_the_label_of_a_common_value() -> None:
    names = labels(method={"old": "Old\n(way)"})
    panel = {"where": "method == 'old'", "axes": {"xticks": "center", "xticklabels": "method"}}
    (axes,) = compiled(runs(), panel, names=names).canvas.axes
    assert list(axes.get_xticks()) == [1.0]
    assert texts(axes) == ["Old\n(way)"]


def test_a_tick_cannot_have_two_values() -> None:
    with pytest.raises(AssetError) as caught:
        compiled(runs(), {"axes": {"xticks": "center", "xticklabels": "method"}})
    assert str(caught.value) == (
        "figure.demo.panel[0].axes.xticklabels: 'method' has 2 values at one tick: 'new', 'old'\n"
        "    name a column with one value there, or write the labels as a list"
    )


@pytest.mark.parametrize(
    ("options", "places", "expected"),
    [
        ({"xticks": "none"}, [], []),
        ({"xticks": [0, 2]}, [0, 2], ["a", "c"]),
        ({"xticks": [0.5], "xticklabels": ["5 % & $n$"]}, [0.5], ["5 % & $n$"]),
        ({"xticklabels": "model"}, [0, 1, 2], ["a", "b", "c"]),
    ],
)
def test_ticks_stand_where_the_manifest_says(options: dict[str, Any], places: list[float], expected: list[str]) -> None:
    (axes,) = compiled(runs(), {"axes": options}).canvas.axes
    assert (list(axes.get_xticks()), texts(axes)) == (places, expected)


def test_as_many_tick_labels_as_ticks() -> None:
    with pytest.raises(AssetError, match="2 tick labels for 3 ticks"):
        compiled(runs(), {"axes": {"xticklabels": ["one", "two"]}})


def test_axes_follow_the_manifest() -> None:
    options = {"ylabel": "Score [%]", "xlabel": "Model", "title": "All", "ylim": [0, 90], "margins": 0.1, "grid": "y"}
    (axes,) = compiled(runs(), {"axes": options, "axhline": [{"y": 40, "color": "red"}]}).canvas.axes
    assert (axes.get_ylabel(), axes.get_xlabel(), axes.get_title()) == ("Score [%]", "Model", "All")
    assert axes.get_ylim() == (0, 90)
    # Boxes reach from -0.4 to 2.4, and a tenth of that range is added on both sides.
    assert axes.get_xlim() == pytest.approx((-0.68, 2.68))
    assert not axes.spines["top"].get_visible()
    assert not axes.spines["right"].get_visible()
    line: Any = axes.lines[-1]
    assert (line.get_ydata()[0], line.get_color(), line.get_zorder()) == (40, (1.0, 0.0, 0.0), -1)


def test_spines_can_stay() -> None:
    (axes,) = compiled(runs(), {"axes": {"despine": False}}).canvas.axes
    assert all(axes.spines[side].get_visible() for side in ("left", "right", "top", "bottom"))


def test_the_y_axis_is_called_after_its_column() -> None:
    (axes,) = compiled(runs()).canvas.axes
    assert (axes.get_ylabel(), axes.get_xlabel()) == ("score", "")


@pytest.mark.parametrize(
    ("axes", "names", "expected"),
    [
        ({}, {}, "size"),
        ({"xticks": [0, 1]}, {}, "size"),
        ({"xlabel": ""}, {}, ""),
        ({"xlabel": "Size"}, {}, "Size"),
        ({"xticks": "none"}, {}, ""),
        ({"xticklabels": ["s", "m"]}, {}, ""),
        ({}, {"2": "two", "10": "ten"}, ""),
    ],
)
def test_numbers_on_x_are_called_after_their_column(axes: dict[str, Any], names: dict[str, str], expected: str) -> None:
    records = [{**record, "size": {"a": 10, "b": 2}[record["model"]]} for record in runs("a", "b")]
    (found,) = compiled(records, {"x": "size", "axes": axes}, names=labels(size=names)).canvas.axes
    assert found.get_xlabel() == expected


def test_a_logarithmic_axis_leaves_out_what_it_cannot_show() -> None:
    records = ({"model": "a", "score": 0.0}, *({"model": "a", "score": 10.0**power} for power in range(5)))
    figure = compiled(records, {"axes": {"yscale": "log"}})
    assert figure.canvas.axes[0].get_yscale() == "log"
    assert [notice.message for notice in figure.notices] == [
        "1 of 6 values of 'score' are not positive on a logarithmic axis and are not drawn"
    ]


def y_labels(figure: figures.Figure) -> list[str]:
    (axes,) = figure.canvas.axes
    figure.canvas.draw(renderer(figure))
    low, high = sorted(axes.get_ylim())
    ticks = [*axes.yaxis.get_major_ticks(), *axes.yaxis.get_minor_ticks()]
    shown = [(tick.get_loc(), tick.label1.get_text()) for tick in ticks if low <= tick.get_loc() <= high]
    return [text for _, text in sorted(shown) if text]


@pytest.mark.parametrize(
    ("values", "axes", "expected"),
    [
        ((1.2, 4.7), {}, ["2", "3", "4"]),
        ((0.0012, 0.0047), {}, ["0.002", "0.003", "0.004"]),
        ((5.5, 55), {}, ["6", "10", "20", "30", "40", "60"]),
        ((52, 58), {}, ["52", "53", "54", "55", "56", "57", "58"]),
        ((1, 100), {}, ["$\\mathdefault{10^{0}}$", "$\\mathdefault{10^{1}}$", "$\\mathdefault{10^{2}}$"]),
        ((1.2, 4.7), {"yticks": [1.5, 4]}, ["1.5", "4"]),
        ((1, 900), {"yticks": [2, 70, 500]}, ["2", "70", "500"]),
        ((1, 100), {"yticks": [1, 100]}, ["$\\mathdefault{10^{0}}$", "$\\mathdefault{10^{2}}$"]),
        ((1e-9, 1), {"yticks": [2e-9, 1]}, ["$\\mathdefault{2\\times10^{-9}}$", "$\\mathdefault{10^{0}}$"]),
    ],
)
def test_a_logarithmic_axis_within_a_decade_has_plain_numbers(
    values: tuple[float, float], axes: dict[str, Any], expected: list[str]
) -> None:
    records = [{"model": "a", "score": float(value)} for value in values]
    assert y_labels(compiled(records, {"axes": {"yscale": "log", **axes}})) == expected


@pytest.mark.parametrize("loc", ["outside right", "outside top", "outside bottom"])
def test_nothing_hangs_over_the_edges_or_into_a_neighbour(loc: str) -> None:
    panels = [{"hue": "method", "axes": {"ylabel": f"Panel {index}", "title": "T"}} for index in range(4)]
    figure = compiled(runs(), *panels, legend={"loc": loc}, panels={"ncols": 2, "wspace": 0.1}, height=0.7)
    measure = renderer(figure)
    boxes = [axes.get_tightbbox(measure) for axes in figure.canvas.axes]
    (legend,) = figure.canvas.legends
    boxes.append(legend.get_window_extent(measure))
    found = [box for box in boxes if box is not None]
    assert len(found) == 5
    for box in found:
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= figure.width * POINT
        assert box.y1 <= figure.height * POINT
    for index, box in enumerate(found):
        for other in found[index + 1 :]:
            assert not box.overlaps(other)


def test_panels_share_the_width_as_their_ratios_say() -> None:
    figure = compiled(runs(), {}, {}, panels={"width_ratios": [1, 3], "wspace": 0.5})
    left, right = (axes.get_position() for axes in figure.canvas.axes)
    assert right.width == pytest.approx(3 * left.width)
    assert right.x0 - left.x1 == pytest.approx(0.5 * (left.width + right.width) / 2)


def test_without_a_legend_the_panels_have_all_the_room() -> None:
    panel = {"hue": "method"}
    with_legend, without = (compiled(runs(), panel, legend={"loc": loc}) for loc in ("outside right", "none"))
    assert without.canvas.legends == []
    assert without.canvas.axes[0].get_position().x1 > with_legend.canvas.axes[0].get_position().x1
    assert compiled(runs()).canvas.legends == []


def test_a_legend_that_repeats_the_ticks_is_drawn_only_if_asked_for() -> None:
    assert compiled(runs(), {"hue": "model"}).canvas.legends == []
    assert legend_texts(compiled(runs(), {"hue": "model"}, legend={"loc": "outside top"})) == ["a", "b", "c"]
    assert legend_texts(compiled(runs(), {"hue": "model", "axes": {"xticks": "none"}})) == ["a", "b", "c"]


def test_a_legend_of_one_entry_is_drawn_only_if_asked_for() -> None:
    panel = {"hue": "method", "where": "method == 'old'"}
    assert compiled(runs(), panel).canvas.legends == []
    assert legend_texts(compiled(runs(), panel, legend={"title": "Method"})) == ["old"]


@pytest.mark.parametrize(("width", "is_beside"), [("299pt", False), ("300pt", True), ("columnwidth", False)])
def test_the_legend_stands_above_the_panels_of_a_narrow_figure(width: str, is_beside: bool) -> None:
    figure = compiled(runs(), {"hue": "method"}, width=width)
    (legend,), (axes,) = figure.canvas.legends, figure.canvas.axes
    extent, panel = legend.get_window_extent(renderer(figure)), axes.get_window_extent(renderer(figure))
    assert (extent.x0 > panel.x1, extent.y0 > panel.y1) == (is_beside, not is_beside)


@pytest.mark.parametrize("loc", ["outside top", "outside bottom"])
@pytest.mark.parametrize(("count", "ncols"), [(5, 3), (7, 4), (7, 3), (9, 5), (4, 2), (3, 9)])
def test_a_legend_above_or_below_is_read_line_by_line(loc: str, count: int, ncols: int) -> None:
    models = [f"m{index}" for index in range(count)]
    figure = compiled(runs(*models), {"hue": "model", "axes": {"xticks": "none"}}, legend={"loc": loc, "ncols": ncols})
    (legend,) = figure.canvas.legends
    figure.canvas.draw(renderer(figure))  # only this places the texts
    placed = [(text.get_window_extent(renderer(figure)), text.get_text()) for text in legend.get_texts()]
    by_line = [text for _, text in sorted(placed, key=lambda found: (-round(found[0].y0), found[0].x0))]
    rows = [sum(round(box.y0) == row for box, _ in placed) for row in sorted({round(box.y0) for box, _ in placed})]
    assert by_line == models
    assert max(rows[1:], default=ncols) == min(ncols, count) or len(rows) == 1
    assert not legend.get_frame_on()


def test_a_legend_beside_is_read_downwards() -> None:
    panel = {"hue": "model", "axes": {"xticks": "none"}}
    assert legend_texts(compiled(runs("a", "b", "c"), panel, legend={"ncols": 2})) == ["a", "b", "c"]


def fills(figure: figures.Figure) -> dict[str, Any]:
    """Return the colour of every entry of the legend, by its text."""
    (legend,) = figure.canvas.legends
    handles: Any = legend.legend_handles
    return {text: handle.get_facecolor() for text, handle in zip(legend_texts(figure), handles, strict=True)}


def test_levels_of_two_hues_have_their_own_colours_in_one_legend() -> None:
    figure = compiled(runs(), *({"hue": hue, "options": {"saturation": 1}} for hue in ("model", "method")))
    found = {text: to_rgb(color) for text, color in fills(figure).items()}
    assert found == dict(zip(("a", "b", "c", "new", "old"), default_colors(5), strict=True))
    assert figure.notices == ()


def test_levels_of_two_hues_that_read_alike_are_one_entry() -> None:
    names = labels(model={"a": "Same", "b": "B", "c": "C"}, method={"new": "Same", "old": "Old"})
    figure = compiled(runs(), {"hue": "model"}, {"hue": "method"}, names=names)
    assert legend_texts(figure) == ["Same", "B", "C", "Old"]
    assert len(set(fills(figure).values())) == 4


def test_two_values_with_one_name_keep_two_colours() -> None:
    names = labels(model={"a": "Same", "b": "Same", "c": "C"})
    figure = compiled(runs(), {"hue": "model", "axes": {"xticks": "none"}}, names=names)
    assert legend_texts(figure) == ["Same", "Same", "C"]


def test_default_colours_leave_out_those_of_the_labels() -> None:
    one, other = (to_hex(color) for color in default_colors(2))
    names = labels(model={"a": {"label": "a", "color": other}, "b": {"label": "b", "color": one}})
    panel = {"hue": "model", "options": {"saturation": 1}, "axes": {"xticks": "none"}}
    assert to_rgb(fills(compiled(runs(), panel, names=names))["c"]) == default_colors(3)[2]


def test_a_palette_for_two_hues_is_noticed() -> None:
    figure = compiled(runs(), {"hue": "model"}, {"hue": "method"}, palette={"colors": ["tab10"]})
    assert [str(notice) for notice in figure.notices] == [
        (
            "figure.demo.palette: one colour means 'a' of 'model' and 'new' of 'method'\n"
            "    say which hue the palette is for: hue = 'model'"
        )
    ]
    told = compiled(runs(), {"hue": "model"}, {"hue": "method"}, palette={"colors": ["Set2"], "hue": "model"})
    assert told.notices == ()


def test_more_levels_than_colours_share_them_and_are_noticed() -> None:
    records = [{**record, "step": f"step {index}"} for index, record in enumerate(runs(*"abcdef", n=3))]
    figure = compiled(records, {"hue": "model"}, {"hue": "step"}, height=1.5)
    assert [str(notice) for notice in figure.notices if "look the same" not in notice.message] == [
        (
            "figure.demo.palette: one colour means 'a' of 'model' and 'step 0' of 'step'\n"
            "    give the values a 'color' in [labels.step], or draw the panels as two figures"
        )
    ]


def test_an_order_of_the_hue_may_name_what_another_panel_has_and_nothing_else() -> None:
    first = {"where": "method == 'old'", "hue": "method", "hue_order": ["new", "old"]}
    assert legend_texts(compiled(runs(), first, {"hue": "method"})) == ["new", "old"]
    with pytest.raises(AssetError) as caught:
        compiled(runs(), {"hue": "method", "hue_order": ["nwe", "old"], "order": ["a"]})
    assert str(caught.value) == "figure.demo.panel[0].hue_order[0]: 'method' has no value 'nwe', did you mean 'new'?"


def test_values_beyond_the_limits_are_counted() -> None:
    figure = compiled(runs("a"), {"axes": {"ylim": [51, 56]}})
    scores = [record["score"] for record in runs("a")]
    outside = sum(not 51 <= score <= 56 for score in scores)
    assert [str(notice) for notice in figure.notices] == [
        f"figure.demo.panel[0].axes.ylim: {outside} of 9 values of 'score' are outside 'ylim' and do not show"
    ]


def test_a_legend_above_has_as_many_columns_as_fit() -> None:
    models = [f"model number {index}" for index in range(9)]
    figure = compiled(runs(*models), {"hue": "model", "axes": {"xticks": "none"}}, legend={"loc": "outside top"})
    legend: Any = figure.canvas.legends[0]
    extent = legend.get_window_extent(renderer(figure))
    assert legend._ncols == 5
    assert extent.width <= figure.width * POINT
    fixed = compiled(
        runs(*models), {"hue": "model", "axes": {"xticks": "none"}}, legend={"loc": "outside top", "ncols": 3}
    )
    narrow: Any = fixed.canvas.legends[0]
    assert narrow._ncols == 3


def test_a_legend_that_cannot_fit_is_noticed() -> None:
    models = [f"model {index} " + "with a long name " * 8 for index in range(2)]
    figure = compiled(runs(*models), {"hue": "model", "axes": {"xticks": "none"}}, legend={"loc": "outside bottom"})
    assert [notice.path for notice in figure.notices] == [("figure", "demo", "legend")]
    assert "pt wider than the figure" in figure.notices[0].message


def test_labels_that_leave_no_room_are_an_error() -> None:
    with pytest.raises(AssetError) as caught:
        compiled(runs(), {"hue": "model"}, width="0.8in", height="0.3in")
    assert {problem.path[-1] for problem in caught.value.problems} <= {"width", "height"}


def test_tick_labels_shrink_before_they_touch() -> None:
    few = compiled(runs("short", "names"))
    assert few.canvas.axes[0].get_xticklabels()[0].get_fontsize() == pytest.approx(8 * POINT)
    many = compiled(runs(*(f"a rather long name {index}" for index in range(9))))
    assert many.canvas.axes[0].get_xticklabels()[0].get_fontsize() == pytest.approx(6 * POINT)


def baselines(figure: figures.Figure, axes: Axes) -> list[float]:
    """Return the height of the first baseline of every tick label of x, as the PDF draws it."""
    heights: dict[str, float] = {}

    class Noting(MeasuringRenderer):
        def draw_text(self, gc: Any, x: float, y: float, s: str, *rest: Any, **more: Any) -> None:
            del gc, x, rest, more
            heights[s] = y

    figure.canvas.draw(Noting(figure.theme, figure.path, (figure.width * POINT, figure.height * POINT)))
    return [heights[text.partition("\n")[0]] for text in texts(axes)]


@pytest.mark.parametrize("count", [1, 4])
def test_tick_labels_share_a_baseline_whatever_their_accents(count: int) -> None:
    models = [f"{word}{index}" for index in range(count) for word in ("Österreich", "Łódź", "aus", "Éire (x)")]
    names = labels(model={**{model: model for model in models}, "two": "Two\nÅÄÖ lines", "math": "$x^{2^2}$"})
    figure = compiled(runs(*models, "two", "math"), {"hue": "method"}, {}, names=names)
    for axes in figure.canvas.axes:
        found = baselines(figure, axes)
        assert found == pytest.approx([found[0]] * len(found))
        boxes = [label.get_window_extent(renderer(figure)) for label in axes.get_xticklabels()]
        assert max(box.y1 for box in boxes) <= axes.get_window_extent(renderer(figure)).y0 - 2.5


def test_a_missing_column_is_said_with_its_key() -> None:
    with pytest.raises(AssetError) as caught:
        compiled(runs(), {"x": "modle", "hue": "methd"})
    assert [str(problem) for problem in caught.value.problems] == [
        "figure.demo.panel[0].x: 'runs' has no column 'modle', did you mean 'model'?",
        "figure.demo.panel[0].hue: 'runs' has no column 'methd', did you mean 'method'?",
    ]


def test_a_missing_frame_is_said() -> None:
    with pytest.raises(AssetError) as caught:
        figures.compile(asset({"data": "rnus"}), {"runs": frame(runs())}, Labels(), venue())
    assert str(caught.value) == "figure.demo.panel[0].data: no frame 'rnus', did you mean 'runs'?"


def test_a_panel_without_rows_is_drawn_empty() -> None:
    (axes,) = compiled(runs(), {"where": "False"}).canvas.axes
    assert len(axes.patches) == 0


def test_what_pdflatex_cannot_print_is_an_error() -> None:
    with pytest.raises(AssetError) as caught:
        compiled(runs("漢"))
    assert str(caught.value) == (
        "figure.demo: '漢': '漢' (U+6F22 CJK UNIFIED IDEOGRAPH-6F22) cannot be typeset by pdfLaTeX\n"
        "    replace it in the data, or give the value a label in the manifest"
    )


@pytest.mark.parametrize(("mark", "key"), [("box", "fliersize"), ("strip", "size")])
def test_points_have_the_size_of_the_theme_unless_the_manifest_says_theirs(mark: str, key: str) -> None:
    records = [{"model": "a", "score": float(score)} for score in (1, 2, 3, 4, 99)]
    for options, size in (({}, 2 * POINT), ({key: 5}, 5.0)):
        lines: Any = compiled(records, {"mark": mark, "options": options}).canvas.axes[0].lines
        assert [line.get_markersize() for line in lines if line.get_marker() == "o"] == [pytest.approx(size)]
