"""Colours of a figure's levels: the same in every figure, a hue for each family, told apart by every reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb

from paperkit import figures
from paperkit.figures.hues import hue_levels
from paperkit.figures.read import read_panels
from paperkit.manifest.labels import Labels
from paperkit.style import palette
from paperkit.style.families import Rgb, family_colors
from tests.unit.figures.figure_cases import asset, compiled, frame, labels, runs, venue

PLAIN: dict[str, Any] = {"hue": "model", "options": {"saturation": 1}}
NAMES = labels(model={"a": "A", "b": "B", "c": "C", "d": "D"})
FAMILIES = labels(model={
    "a1": {"family": "A"}, "b1": {"family": "B"}, "a2": {"family": "A"}, "b2": {"family": "B"}, "a3": {"family": "A"},
})  # fmt: skip


def shown(figure: figures.Figure, panel: int = 0) -> dict[str, tuple[float, ...]]:
    """Return slot → colour of the boxes of one panel, whose slots are the levels of hue."""
    axes = figure.canvas.axes[panel]
    texts = [label.get_text() for label in axes.get_xticklabels()]
    patches: Any = axes.patches
    return {
        texts[round(patch.get_x() + patch.get_width() / 2)]: tuple(np.round(to_rgb(patch.get_facecolor()), 6))
        for patch in patches
    }


def rounded(colors: Mapping[str, Rgb]) -> dict[str, tuple[float, ...]]:
    return {name: tuple(np.round(color, 6)) for name, color in colors.items()}


def test_the_default_colours_follow_the_labels_order() -> None:
    expected = dict(zip("ABCD", palette.default_colors(4), strict=True))
    assert shown(compiled(runs("d", "b", "a", "c"), PLAIN, names=NAMES)) == rounded(expected)


def test_a_level_keeps_its_colour_in_a_figure_that_lacks_another() -> None:
    whole = shown(compiled(runs("a", "b", "c", "d"), PLAIN, names=NAMES))
    part = shown(compiled(runs("b", "d"), PLAIN, names=NAMES))
    assert part == {name: whole[name] for name in ("B", "D")}


def test_without_labels_the_whole_frame_gives_the_order() -> None:
    whole = shown(compiled(runs("a", "b", "c", "d"), PLAIN))
    part = shown(compiled(runs("a", "b", "c", "d"), {**PLAIN, "where": "model in ('b', 'd')"}))
    assert part == {name: whole[name] for name in ("b", "d")}


def test_an_order_of_one_figure_changes_no_colour() -> None:
    whole = shown(compiled(runs("a", "b", "c"), PLAIN, names=NAMES))
    assert shown(compiled(runs("a", "b", "c"), {**PLAIN, "hue_order": ["c", "a", "b"]}, names=NAMES)) == whole


def test_a_palette_gives_a_level_the_same_colour_in_a_figure_that_lacks_another() -> None:
    colors = {"colors": ["red", "lime", "blue", "black"]}
    part = shown(compiled(runs("b", "d"), PLAIN, names=NAMES, palette=colors))
    assert part == {"B": to_rgb("lime"), "D": to_rgb("black")}


def test_a_palette_for_fewer_than_all_colours_those_of_the_figure() -> None:
    part = shown(compiled(runs("b", "d"), PLAIN, names=NAMES, palette={"colors": ["red", "lime"]}))
    assert part == {"B": to_rgb("red"), "D": to_rgb("lime")}


def test_a_palette_follows_an_order_that_the_figure_gives() -> None:
    panel = {**PLAIN, "hue_order": ["d", "b"]}
    part = shown(compiled(runs("b", "d"), panel, names=NAMES, palette={"colors": ["red", "lime", "blue", "black"]}))
    assert part == {"D": to_rgb("red"), "B": to_rgb("lime")}


@given(st.sets(st.sampled_from("abcdefgh"), min_size=1), st.sets(st.sampled_from("abcdefgh"), min_size=1))
def test_two_figures_agree_on_every_level_they_share(ones: set[str], others: set[str]) -> None:
    names = labels(model={name: name.upper() for name in "hgfedcba"})
    one, other = (_colors_of(sorted(found), names) for found in (ones, others))
    assert all(one[name] == other[name] for name in ones & others)
    assert len(set(one.values())) == len(ones)


def _colors_of(models: list[str], names: Labels) -> dict[str, Any]:
    figure = asset(PLAIN)
    (panel,) = read_panels(figure, {"runs": frame(runs(*models))}, names)
    found, _ = hue_levels(figure, panel.layers, names)
    return {str(level.value): level.color for level in found["model"]}


def test_families_have_a_hue_and_members_a_lightness() -> None:
    figure = compiled(runs("a1", "a2", "a3", "b1", "b2"), PLAIN, names=FAMILIES, palette={"family": "model.family"})
    (a1, a2, a3), (b1, b2) = family_colors([3, 2])
    assert shown(figure) == rounded({"a1": a1, "b1": b1, "a2": a2, "b2": b2, "a3": a3})


def test_a_family_as_a_level_has_its_middle_colour() -> None:
    panel = {"x": "model.family", "hue": "model.family", "options": {"saturation": 1}}
    figure = compiled(runs("a1", "a2", "b1"), panel, names=FAMILIES, palette={"family": "model.family"})
    first, second = family_colors([3, 2])
    assert shown(figure) == rounded({"A": first[1], "B": second[1]})


def test_a_member_keeps_its_colour_where_its_family_is_alone() -> None:
    whole = shown(
        compiled(runs("a1", "a2", "a3", "b1", "b2"), PLAIN, names=FAMILIES, palette={"family": "model.family"})
    )
    part = shown(compiled(runs("a3"), PLAIN, names=FAMILIES, palette={"family": "model.family"}))
    assert part == {"a3": whole["a3"]}


def test_values_without_a_family_have_default_colours() -> None:
    figure = compiled(runs("a1", "z"), PLAIN, names=FAMILIES, palette={"family": "model.family"})
    assert shown(figure)["z"] == rounded({"z": palette.default_colors(1)[0]})["z"]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (
            {},
            (
                "figure.demo.palette: the palette has neither 'colors' nor 'family'\n"
                "    it names colours, or an attribute of labels that makes families"
            ),
        ),
        (
            {"colors": ["tab10"], "family": "model.family"},
            (
                "figure.demo.palette: the palette has both 'colors' and 'family'\n"
                "    it names colours, or an attribute of labels that makes families"
            ),
        ),
        (
            {"family": "model"},
            (
                "figure.demo.palette.family: 'model' is no attribute of labels\n"
                "    such as 'model.family', if the values of [labels.model] have a 'family'"
            ),
        ),
        (
            {"family": "model.famly"},
            "figure.demo.palette.family: no value of 'model' has an attribute 'famly', did you mean 'family'?",
        ),
    ],
)
def test_what_makes_no_families_is_said(keys: dict[str, Any], message: str) -> None:
    found = figures.problems(asset(PLAIN, palette=keys), FAMILIES)
    assert [str(problem) for problem in found] == [message]


def test_a_palette_of_families_needs_their_column_as_a_hue() -> None:
    (problem,) = figures.problems(asset({"hue": "method"}, palette={"family": "model.family"}), FAMILIES)
    assert str(problem) == "figure.demo.palette.family: no panel has a hue of 'model'"


def test_too_many_families_are_found_without_data() -> None:
    names = labels(model={f"m{rank}": {"family": f"f{rank // 2}"} for rank in range(14)})
    (problem,) = figures.problems(asset(PLAIN, palette={"family": "model.family"}), names)
    assert problem.path == ("figure", "demo", "palette", "family")


def test_the_venue_does_not_matter_to_colours() -> None:
    one = figures.compile(asset(PLAIN), {"runs": frame(runs())}, NAMES, venue())
    other = figures.compile(asset(PLAIN), {"runs": frame(runs())}, NAMES, venue(text_width=300.0))
    assert shown(one) == shown(other)
