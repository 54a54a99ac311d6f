"""Heatmaps: colours, inks and the colour bar, against matplotlib's colormaps and seaborn's normalisation."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from paperkit import figures
from paperkit.errors import AssetError
from paperkit.figures.marks import mark_problems
from paperkit.figures.pgf import to_pgf
from paperkit.manifest.labels import Labels
from tests.unit.figures.figure_cases import PATH, asset, compiled, labels

HEAT = {"mark": "heatmap", "x": "guess", "y": "truth", "values": "share"}
CELLS = (("cat", "cat", 0.9), ("cat", "dog", 0.1), ("dog", "cat", -0.5), ("dog", "dog", 0.7))


def records(*more: tuple[str, str, Any]) -> list[dict[str, Any]]:
    return [{"truth": truth, "guess": guess, "share": share} for truth, guess, share in (*CELLS, *more)]


def shades(axes: Any) -> dict[tuple[float, float], tuple[float, ...]]:
    """Return the colour of each cell, by the middle of the cell."""
    return {
        (cell.get_x() + 0.5, cell.get_y() + 0.5): tuple(np.round(to_rgb(cell.get_facecolor()), 4))
        for cell in axes.patches
    }


def expected(cmap: str, position: float) -> tuple[float, ...]:
    return tuple(np.round(np.round(np.array(mpl.colormaps[cmap](position)[:3]) * 255) / 255, 4))


def test_cells_have_the_colours_of_the_colormap() -> None:
    (axes,) = compiled(records(), {**HEAT, "options": {"cmap": "viridis"}}).canvas.axes
    places = {(0.0, 0.0): 0.9, (1.0, 0.0): 0.1, (0.0, 1.0): -0.5, (1.0, 1.0): 0.7}
    assert shades(axes) == {place: expected("viridis", (share + 0.5) / 1.4) for place, share in places.items()}


@pytest.mark.filterwarnings("ignore")  # seaborn 0.13.2 uses what matplotlib 3.11 deprecates
def test_a_centre_has_the_middle_of_the_colormap_as_in_seaborn() -> None:
    sns = pytest.importorskip("seaborn")
    from matplotlib.figure import Figure as Canvas

    (ours,) = compiled(records(), {**HEAT, "options": {"cmap": "RdBu", "center": 0.0}}).canvas.axes
    theirs = Canvas().subplots()
    sns.heatmap(np.array([[0.9, 0.1], [-0.5, 0.7]]), cmap="RdBu", center=0, ax=theirs, cbar=False)
    mesh: Any = theirs.collections[0]
    mesh.update_scalarmappable()
    found = [color for _, color in sorted(shades(ours).items(), key=lambda item: item[0][::-1])]
    # Both take the nearest of 256 colours, on slightly different places.
    assert np.ravel(found) == pytest.approx(np.ravel(mesh.get_facecolors()[:, :3]), abs=0.02)


def test_numbers_can_be_read_on_their_cells() -> None:
    (axes,) = compiled(records(), {**HEAT, "options": {"annot": True, "fmt": ".1f"}}).canvas.axes
    found = [(text.get_text(), text.get_color()) for text in axes.texts]
    assert found == [("0.9", "white"), ("\N{MINUS SIGN}0.5", "black"), ("0.1", "black"), ("0.7", "white")]


def test_rows_are_read_from_the_top_in_the_order_of_the_labels() -> None:
    names = labels(truth={"dog": "Dog", "cat": "Cat"}, guess={"cat": "Cat", "dog": "Dog"})
    (axes,) = compiled(records(), HEAT, names=names).canvas.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Dog", "Cat"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["Cat", "Dog"]
    assert axes.get_ylim() == (1.5, -0.5)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("", "")


def test_several_values_of_a_cell_are_summarised_and_missing_ones_left_empty() -> None:
    panel = {**HEAT, "options": {"annot": True, "fmt": ".2f"}}
    figure = compiled(records(("cat", "cat", 0.7), ("emu", "cat", None)), panel)
    (axes,) = figure.canvas.axes
    assert axes.texts[0].get_text() == "0.80"
    assert len(axes.patches) == 4
    assert [str(notice) for notice in figure.notices] == [
        "figure.demo.panel[0].values: 1 of 6 values of 'share' are missing and are not drawn"
    ]


def test_the_colour_bar_spans_the_values_and_has_their_name() -> None:
    (axes,) = compiled(records(), HEAT).canvas.axes
    (bar,) = axes.child_axes
    assert bar.get_ylim() == pytest.approx((-0.5, 0.9))
    assert bar.get_ylabel() == "share"
    for step, place in ((bar.patches[0], 0.5), (bar.patches[-1], len(bar.patches) - 0.5)):
        wanted = expected("Blues", place / len(bar.patches))
        assert to_rgb(step.get_facecolor()) == pytest.approx(wanted, abs=1e-3)
    (bare,) = compiled(records(), {**HEAT, "options": {"cbar": False}}).canvas.axes
    assert not bare.child_axes


def test_cells_beyond_the_ends_are_counted() -> None:
    figure = compiled(records(), {**HEAT, "options": {"vmin": 0.0, "vmax": 0.8}})
    assert [str(notice) for notice in figure.notices] == [
        "figure.demo.panel[0].options: 2 of 4 cells are beyond 'vmin' or 'vmax' and have the colour of the end"
    ]


def test_cells_of_one_value_have_a_colour_and_pgf_can_hold_them() -> None:
    figure = compiled([{"truth": "a", "guess": "b", "share": 1.0}], HEAT)
    assert shades(figure.canvas.axes[0]) == {(0.0, 0.0): expected("Blues", 0.5)}
    assert "\\pgfusepath{fill" in to_pgf(figure)


@pytest.mark.parametrize(
    ("keys", "messages"),
    [
        (
            {"values": None},
            [
                (
                    "figure.demo.panel[0]: key 'values' is missing\n"
                    "    'heatmap' shades its cells by the numbers of a column"
                ),
            ],
        ),
        ({"hue": "truth"}, ["figure.demo.panel[0].hue: the colours of 'heatmap' show its values: it has no hue"]),
        ({"mark": "box"}, ["figure.demo.panel[0].values: 'box' has its values on y, and no 'values'"]),
    ],
)
def test_a_matrix_has_its_own_keys(keys: dict[str, Any], messages: list[str]) -> None:
    entry = asset({**HEAT, **keys})
    assert [str(problem) for problem in figures.problems(entry, Labels())] == messages
    with pytest.raises(AssetError):
        compiled(records(), {**HEAT, **keys})


def test_an_unknown_colormap_is_named() -> None:
    (problem,) = mark_problems("heatmap", {"cmap": "Blue"}, path=PATH)
    assert str(problem) == "figure.demo.options.cmap: unknown colormap 'Blue', did you mean 'Blues'?"
