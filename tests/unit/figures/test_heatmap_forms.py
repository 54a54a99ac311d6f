"""Heatmaps with norms, masks, clusters, groups and one colour bar, against matplotlib and seaborn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.colors import CenteredNorm, LogNorm, Normalize, SymLogNorm, TwoSlopeNorm

from paperkit.errors import AssetError
from tests.unit.figures.figure_cases import compiled, labels

HEAT = {"mark": "heatmap", "x": "model", "y": "data", "values": "score"}
NOISE = np.random.default_rng(4).normal(size=(4, 5))
ROWS, COLUMNS = ("pets", "cars", "food", "dtd"), ("a", "b", "c", "d", "e")
FAMILIES = labels(model={name: {"label": name, "family": "ab"[name > "c"]} for name in COLUMNS})


def cells(matrix: Any = NOISE) -> list[dict[str, Any]]:
    return [
        {"data": row, "model": column, "score": float(matrix[y, x])}
        for y, row in enumerate(ROWS)
        for x, column in enumerate(COLUMNS)
    ]


def drawn(*records: Any, names: Any = None, **options: Any) -> Any:
    return compiled(records or cells(), {**HEAT, "options": options}, names=names)


def fills(axes: Any) -> dict[tuple[int, int], tuple[float, ...]]:
    """Return the colour at each column and row."""
    return {(round(patch.get_x() + 0.5), round(patch.get_y() + 0.5)): patch.get_facecolor() for patch in axes.patches}


@pytest.mark.parametrize(
    ("options", "norm"),
    [
        ({"norm": "log"}, LogNorm()),
        ({"norm": "symlog", "linthresh": 0.5}, SymLogNorm(0.5)),
        ({"norm": "centered", "vcenter": 0.4}, CenteredNorm(0.4)),
        ({"norm": "twoslope", "vcenter": 1.0}, TwoSlopeNorm(1.0)),
        ({"vmin": 0.5, "vmax": 1.5}, Normalize(0.5, 1.5, clip=True)),
    ],
)
def test_colours_are_those_of_matplotlibs_norms(options: dict[str, Any], norm: Any) -> None:
    matrix = np.exp(NOISE)
    axes = drawn(*cells(matrix), cmap="viridis", **options).canvas.axes[0]
    norm.autoscale_None(matrix)
    expected = colormaps["viridis"](norm(matrix))
    for (x, y), fill in fills(axes).items():
        assert fill == pytest.approx(tuple(expected[y, x]), abs=2.01 / 255)


def test_a_logarithmic_scale_leaves_out_what_it_cannot_place() -> None:
    figure = drawn(norm="log")
    lost = int((NOISE <= 0).sum())
    assert len(fills(figure.canvas.axes[0])) == NOISE.size - lost
    expected = (
        f"figure.demo.panel[0].options.norm: {lost} of 20 cells are not positive and have no place on a "
        "logarithmic scale\n    norm = 'symlog' goes through zero"
    )
    assert expected in [str(notice) for notice in figure.notices]


@pytest.mark.filterwarnings("ignore")  # seaborn 0.13.2 uses what matplotlib 3.11 deprecates
@pytest.mark.parametrize("method", ["average", "ward", "single"])
def test_clusters_have_the_order_of_seaborns_clustermap(method: str) -> None:
    sns = pytest.importorskip("seaborn")
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(NOISE, index=ROWS, columns=COLUMNS)
    theirs = sns.clustermap(frame, method=method)
    axes = drawn(cluster="both", method=method).canvas.axes[0]
    rows, columns = theirs.dendrogram_row.reordered_ind, theirs.dendrogram_col.reordered_ind
    assert [text.get_text() for text in axes.get_yticklabels()] == [ROWS[row] for row in rows]
    assert [text.get_text() for text in axes.get_xticklabels()] == [COLUMNS[column] for column in columns]
    scaled = (NOISE - NOISE.min()) / (NOISE.max() - NOISE.min())
    expected = colormaps["Blues"](scaled[np.ix_(rows, columns)])
    for (x, y), fill in fills(axes).items():
        assert fill == pytest.approx(tuple(expected[y, x]), abs=2.01 / 255)


def test_one_side_can_be_clustered_alone() -> None:
    axes = drawn(cluster="rows").canvas.axes[0]
    assert [text.get_text() for text in axes.get_xticklabels()] == list(COLUMNS)


def test_clusters_need_all_cells() -> None:
    with pytest.raises(AssetError) as caught:
        drawn(*cells()[1:], cluster="rows")
    assert str(caught.value) == (
        "figure.demo.panel[0].options.cluster: the cell of 'a' and 'pets' is empty: clusters need all of them\n"
        "    leave out what has gaps with 'where'"
    )


@pytest.mark.parametrize("mask", ["upper", "lower"])
def test_a_mask_keeps_the_diagonal_and_one_side(mask: str) -> None:
    records = [{"data": row, "model": column, "score": 1.0} for row in "abc" for column in "abc"]
    axes = drawn(*records, mask=mask).canvas.axes[0]
    wanted = np.tril(np.ones((3, 3))) if mask == "upper" else np.triu(np.ones((3, 3)))
    assert set(fills(axes)) == {(int(x), int(y)) for y, x in np.argwhere(wanted)}


def test_groups_are_named_and_set_apart() -> None:
    axes = drawn(names=FAMILIES, col_groups="model.family").canvas.axes[0]
    assert [(text.get_text(), text.xy) for text in axes.texts] == [("a", (1.0, 1)), ("b", (3.5, 1))]
    (line,) = axes.lines
    assert list(line.get_xdata()) == [2.5, 2.5]


def test_heatmaps_with_one_colour_bar_have_one_scale() -> None:
    where = [{**HEAT, "where": f"model in {names}", "options": {"cbar": "shared"}} for names in ("'ab'", "'cde'")]
    figure = compiled(cells(), *where)
    one, other = figure.canvas.axes
    scaled = (NOISE - NOISE.min()) / (NOISE.max() - NOISE.min())
    expected = colormaps["Blues"](scaled)
    found = [fills(one)[x, 0] for x in (0, 1)] + [fills(other)[x, 0] for x in (0, 1, 2)]
    for fill, wanted in zip(found, expected[0], strict=True):
        assert fill == pytest.approx(tuple(wanted), abs=2.01 / 255)
    assert [len(axes.child_axes) for axes in (one, other)] == [0, 1]
    assert other.child_axes[0].get_ylim() == pytest.approx((NOISE.min(), NOISE.max()))
