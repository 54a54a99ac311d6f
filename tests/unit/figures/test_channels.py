"""The second channel: where colours do not tell levels apart, something else does, or a notice says so."""

from __future__ import annotations

from typing import Any

import pytest

from paperkit.figures.pgf import to_pgf
from paperkit.style.distinct import confusion
from tests.unit.figures.figure_cases import compiled, runs

# Both have L* 40: red and green that greyscale makes one.
ALIKE: dict[str, Any] = {"palette": {"colors": ["#c00000", "#007000"]}}
APART: dict[str, Any] = {"palette": {"colors": ["#000060", "#ffc040"]}}
BARS: dict[str, Any] = {"mark": "bar", "hue": "method"}


def hatches(panel: dict[str, Any], **keys: Any) -> set[str | None]:
    (axes,) = compiled(runs(), panel, **keys).canvas.axes
    return {patch.get_hatch() for patch in axes.patches}


@pytest.mark.parametrize("mark", ["bar", "hist"])
def test_bars_have_hatches_where_colours_look_alike(mark: str) -> None:
    panel = (
        {"mark": "bar", "hue": "method"}
        if mark == "bar"
        else {"mark": "hist", "x": "score", "y": None, "hue": "method"}
    )
    assert hatches(panel, **ALIKE) == {None, "////"}
    assert hatches(panel, **APART) == {None}
    assert hatches({**panel, "options": {"hatch": False}}, **ALIKE) == {None}
    assert hatches({**panel, "options": {"hatch": True}}, **APART) == {None, "////"}


def test_the_legend_shows_the_hatches() -> None:
    (legend,) = compiled(runs(), BARS, **ALIKE).canvas.legends
    handles: Any = legend.legend_handles
    assert [handle.get_hatch() for handle in handles] == [None, "////"]


@pytest.mark.parametrize("mark", ["box", "violin"])
def test_boxes_in_the_legends_order_need_no_hatch(mark: str) -> None:
    panel = {"mark": mark, "hue": "method"}
    assert hatches(panel, **ALIKE) == {None}
    lacking = {**panel, "where": "model != 'b' or method == 'new'"}
    assert hatches(lacking, **ALIKE) == {None, "////"}


def test_ticks_that_name_the_levels_are_enough() -> None:
    assert hatches({"mark": "bar", "x": "method", "hue": "method"}, **ALIKE) == {None}


def test_a_hatch_keeps_to_its_level_in_a_figure_that_lacks_others() -> None:
    panel = {**BARS, "options": {"hatch": True}, "where": "method == 'old'"}
    assert hatches(panel, **APART) == {"////"}


def test_pgf_draws_the_lines_of_a_hatch_inside_the_bar() -> None:
    hatched, plain = (to_pgf(compiled(runs("a"), BARS, **colors)) for colors in (ALIKE, APART))
    assert hatched.count("\\pgfusepath{clip}") > plain.count("\\pgfusepath{clip}")
    assert hatched.count("\\pkL") > plain.count("\\pkL") + 10


def test_colours_that_look_alike_are_noticed_once_where_nothing_else_tells_them_apart() -> None:
    panel = {"mark": "line", "x": "model", "hue": "method", "options": {"dashes": False, "errorbar": "none"}}
    (found,) = confused(panel, panel)
    assert found.startswith(
        "figure.demo.panel[0].hue: in greyscale, the colours of 'new' and 'old' look the same: ΔL* "
    )
    assert found.endswith(
        ", and 5 are needed\n    choose others for 'method', with a palette or in its labels, "
        "or tell them apart besides: dashes = true"
    )
    assert confused({**panel, "options": {"errorbar": "none"}}) == []


def confused(*panels: dict[str, Any]) -> list[str]:
    return [str(notice) for notice in compiled(runs(), *panels, **ALIKE).notices if "look the same" in notice.message]


@pytest.mark.parametrize(
    ("colors", "readers"),
    [
        (((10, 10, 200), (20, 10, 200)), "to all readers"),
        (((0, 114, 178), (230, 159, 0)), None),
        (((200, 60, 60), (90, 110, 40)), "to readers with protanopia"),
    ],
)
def test_who_cannot_tell_two_colours_apart(colors: tuple[Any, Any], readers: str | None) -> None:
    found = confusion(colors)
    assert (None if found is None else found.share < 1) is (None if readers is None else True)
    assert confusion(colors, ["-", "--"]) is None
