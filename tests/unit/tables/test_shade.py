from __future__ import annotations

from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import BoundaryNorm, CenteredNorm, LogNorm, Normalize, SymLogNorm, TwoSlopeNorm, to_hex

from paperkit.errors import AssetError
from paperkit.manifest.labels import Labels
from paperkit.manifest.tables import Shade
from paperkit.tables.grid import pivot
from paperkit.tables.looks import resolve_looks
from paperkit.tables.printer import Printer
from paperkit.tables.shade import Shading, shade_fills
from tests.unit.tables.tiny_records import Records, make_labels, table_asset

VALUES = np.array([[1.0, 5.0, 2.0, 40.0], [10.0, 20.0, 30.0, 40.0], [-3.0, 0.5, 7.0, 7.0]])
COLUMNS = [("vit", "S"), ("vit", "L"), ("mae", "S"), ("mae", "L")]
WHERE: dict[str, Callable[[dict[str, Any]], bool]] = {
    "mae": lambda row: row["model"] == "mae",
    "t1": lambda row: row["task"] == "t1",
    "vit S": lambda row: (row["model"], row["size"]) == ("vit", "S"),
    "small": lambda row: row["size"] == "S",
    "t0 or t1": lambda row: row["task"] in ("t0", "t1"),
    "never": lambda _: False,
    "always": lambda _: True,
}
RUNS = Records(
    "task model size score cost",
    *[
        (f"t{row}", *key, VALUES[row, place], 100 - VALUES[row, place])
        for row in range(3)
        for place, key in enumerate(COLUMNS)
    ],
    where=WHERE,
)
LABELS = make_labels(
    model={"vit": {"colormap": "Greens", "kind": "x"}, "mae": {"colormap": "viridis_r", "kind": "x"}},
    task={"t0": {"colormap": "Reds"}, "t1": {"colormap": "Blues"}, "t2": {"colormap": "Greys"}},
)


def shading(*shades: dict[str, Any], records: Records = RUNS, labels: Labels = LABELS, **keys: Any) -> Shading:
    asset = table_asset(**({"columns": ["model", "size"]} | keys))
    grid = pivot(asset, records, labels)
    specs = tuple(Shade.model_validate(shade) for shade in shades)
    return shade_fills(grid, resolve_looks(asset, grid, labels), specs, labels, asset.path)


def colors(found: Shading) -> list[list[str | None]]:
    return [[None if fill is None else f"#{fill.html.lower()}" for fill in line] for line in found.fills]


def expected(blocks: npt.NDArray[np.int_], colormaps: npt.NDArray[np.str_]) -> list[list[str]]:
    """Normalise VALUES within each block, independently of the package, and look the colours up in matplotlib."""
    result = np.empty(VALUES.shape, dtype=object)
    for block in np.unique(blocks):
        inside = blocks == block
        low, high = VALUES[inside].min(), VALUES[inside].max()
        for row, column in np.argwhere(inside):
            position = 0.5 if low == high else (VALUES[row, column] - low) / (high - low)
            result[row, column] = to_hex(mpl.colormaps[colormaps[row, column]](position))
    return result.tolist()  # type: ignore[no-any-return]


def by_norm(norm: Normalize, values: npt.NDArray[np.float64] = VALUES, colormap: str = "viridis") -> list[list[str]]:
    return [[to_hex(mpl.colormaps[colormap](float(np.clip(norm(value), 0, 1)))) for value in line] for line in values]


ROW = np.arange(3)[:, None] * np.ones(4, dtype=int)
COLUMN = np.ones(3, dtype=int)[:, None] * np.arange(4)
MODEL = COLUMN // 2
SIZE = COLUMN % 2


@pytest.mark.parametrize(
    ("within", "blocks"),
    [
        (["table"], ROW * 0),
        (["row"], ROW),
        (["column"], COLUMN),
        (["model"], MODEL),
        (["size"], SIZE),
        (["row", "model"], ROW * 2 + MODEL),
        (["model", "row"], ROW * 2 + MODEL),
        (["task", "size"], ROW * 2 + SIZE),
        (["model", "size"], COLUMN),
        (["row", "column"], ROW * 4 + COLUMN),
        (["model.kind"], ROW * 0),
        ([], ROW * 0),
    ],
)
def test_within_is_a_product(within: list[str], blocks: npt.NDArray[np.int_]) -> None:
    found = shading({"within": within, "colormap": "Blues"})
    assert colors(found) == expected(blocks, np.full(VALUES.shape, "Blues"))


@pytest.mark.parametrize(
    ("colormap", "names"),
    [
        ("model.colormap", np.array([["Greens", "Greens", "viridis_r", "viridis_r"]] * 3)),
        ("task.colormap", np.array([["Reds"] * 4, ["Blues"] * 4, ["Greys"] * 4])),
    ],
)
def test_a_colormap_may_be_an_attribute(colormap: str, names: npt.NDArray[np.str_]) -> None:
    found = shading({"within": ["row"], "colormap": colormap})
    assert colors(found) == expected(ROW, names)
    assert found.notices == ()


def test_what_is_no_finite_number_has_no_fill_and_sets_no_limit() -> None:
    runs = Records("task score", ("a", 1.0), ("b", None), ("c", float("inf")), ("d", 3), ("e", "n/a"), ("f", True))
    found = shading({"colormap": "Reds"}, records=runs, columns=[])
    assert [line[0] and line[0].level for line in found.fills] == [0, None, None, 255, None, None]


@pytest.mark.parametrize(
    ("keys", "norm"),
    [
        ({"norm": "centered", "vcenter": 7}, CenteredNorm(7, halfrange=33)),
        ({"norm": "centered"}, CenteredNorm(0, halfrange=40)),
        ({"norm": "twoslope", "vcenter": 7}, TwoSlopeNorm(7, -3, 40)),
        ({"norm": "symlog", "linthresh": 2}, SymLogNorm(2, vmin=-3, vmax=40, base=10)),
        ({"vmin": 0, "vmax": 20}, Normalize(0, 20)),
        ({"percentiles": [10, 90]}, Normalize(*np.percentile(VALUES, [10, 90]))),
    ],
)
def test_norms_are_those_of_matplotlib(keys: dict[str, Any], norm: Normalize) -> None:
    assert colors(shading({"colormap": "viridis"} | keys)) == by_norm(norm)


def test_the_log_leaves_out_what_has_none_and_says_so() -> None:
    found = shading({"colormap": "viridis", "norm": "log"})
    wanted: list[list[str | None]] = [list(line) for line in by_norm(LogNorm(0.5, 40), np.maximum(VALUES, 0.5))]
    wanted[2][0] = None
    assert colors(found) == wanted
    (notice,) = found.notices
    assert str(notice) == (
        "table.main.shade.norm: 1 cell has no logarithm, since the value is not positive, and no fill\n"
        "    norm = 'symlog' with linthresh = 1, or what is small here, has a place for it"
    )
    runs = Records("task score", ("a", 0.0), ("b", -1.0))
    found = shading({"norm": "log"}, records=runs, columns=[])
    assert colors(found) == [[None], [None]]
    assert [notice.message for notice in found.notices] == [
        "2 cells have no logarithm, since the value is not positive, and no fill"
    ]


def test_boundaries_share_the_colours_of_matplotlib() -> None:
    norm = BoundaryNorm([0, 5, 10, 35], 256)
    wanted = [[to_hex(mpl.colormaps["viridis"](int(norm(value)))) for value in line] for line in VALUES]
    assert colors(shading({"colormap": "viridis", "boundaries": [0, 5, 10, 35]})) == wanted


def test_levels_and_a_part_of_a_colormap() -> None:
    found = shading({"colormap": "Reds", "levels": 4, "part": [0.1, 0.8]})
    steps = [to_hex(color) for color in mpl.colormaps["Reds"](np.linspace(0.1, 0.8, 4))]
    positions = (VALUES - VALUES.min()) / (VALUES.max() - VALUES.min())
    assert colors(found) == [[steps[min(int(4 * position), 3)] for position in line] for line in positions]
    names = {fill.name: fill.rgb for line in found.fills for fill in line if fill is not None}
    whole = {fill.name: fill.rgb for line in shading({"colormap": "Reds"}).fills for fill in line if fill is not None}
    assert all(whole.get(name, rgb) == rgb for name, rgb in names.items())


def test_a_list_of_colours_is_a_colormap() -> None:
    found = shading({"colormap": ["#ffffff", "#ff0000"], "vmin": 0, "vmax": 40})
    assert colors(found)[0][3] == "#ff0000"
    assert found.fills[0][3] is not None
    assert found.fills[0][3].name == "pkFFFFFFtoFF0000x255"


def test_another_column_may_give_the_fills() -> None:
    wanted = by_norm(Normalize(60, 103), 100 - VALUES)
    assert colors(shading({"colormap": "viridis", "by": "cost"})) == wanted
    # The direction is that of the printed number.
    assert colors(shading({"colormap": "viridis", "by": "cost"}, direction="lower")) == wanted


def test_lower_reads_the_colormap_from_its_end() -> None:
    found = shading({"colormap": "viridis", "vmin": 0, "vmax": 40}, direction="lower")
    wanted = [
        [to_hex(mpl.colormaps["viridis"](1 - min(max(value / 40, 0.0), 1.0))) for value in line] for line in VALUES
    ]
    assert colors(found) == wanted


@pytest.mark.parametrize(("keys", "low", "high"), [({}, -3, 40), ({"vmin": 0, "vmax": 20}, 0, 20)])
def test_a_target_is_at_the_end_of_the_colormap(keys: dict[str, Any], low: float, high: float) -> None:
    found = shading({"colormap": "viridis"} | keys, target=6)
    farthest = max(6 - low, high - 6)
    wanted = [[to_hex(mpl.colormaps["viridis"](1 - min(abs(v - 6) / farthest, 1))) for v in line] for line in VALUES]
    assert colors(found) == wanted


def test_a_target_that_all_have_is_at_the_end() -> None:
    runs = Records("task score", ("a", 2.0), ("b", 2.0))
    found = shading({"colormap": "Blues"}, records=runs, columns=[], target=2)
    assert [line[0] and line[0].level for line in found.fills] == [255, 255]


def test_each_metric_has_its_direction() -> None:
    runs = Records("task acc time bias", ("a", 1.0, 10.0, -3.0), ("b", 2.0, 20.0, 1.0), ("c", 4.0, 50.0, 0.5))
    labels = make_labels(cells={"acc": {"direction": "higher"}, "time": {"direction": "lower"}, "bias": {"target": 0}})
    keys: dict[str, Any] = {"cells": ["acc", "time", "bias"], "columns": []}
    found = shading({"within": "column", "colormap": "Blues"}, records=runs, labels=labels, **keys)
    levels = [[fill and fill.level for fill in line] for line in found.fills]
    assert levels == [[0, 255, 0], [int(256 / 3), 192, int(256 * 2 / 3)], [255, 0, int(256 * 2.5 / 3)]]


def test_the_first_shade_that_fits_wins() -> None:
    found = shading({"where": "mae", "colormap": "Reds"}, {"colormap": "Blues"})
    wanted = np.where(MODEL == 1, "Reds", "Blues")
    assert colors(found) == expected(MODEL, wanted)
    found = shading({"where": "mae", "colormap": "Reds"}, {"where": "t1", "colormap": "Blues"})
    painted = [[fill and fill.colormap for fill in line] for line in found.fills]
    assert painted == [[None, None, "Reds", "Reds"], ["Blues", "Blues", "Reds", "Reds"], [None, None, "Reds", "Reds"]]


def test_cells_choose_metrics() -> None:
    runs = Records("task acc time", ("a", 1.0, 10.0), ("b", 2.0, 20.0))
    found = shading({"cells": "time", "colormap": "Blues"}, records=runs, cells=["acc", "time"], columns=[])
    assert [[fill and fill.level for fill in line] for line in found.fills] == [[None, 0], [None, 255]]


def test_cells_that_are_not_shaded_take_no_part() -> None:
    found = shading({"colormap": "Reds"}, override=[{"where": "vit S", "shade": False}])
    rest = VALUES[:, 1:]
    positions = (rest - rest.min()) / (rest.max() - rest.min())
    wanted = [[None, *(to_hex(mpl.colormaps["Reds"](position)) for position in line)] for line in positions]
    assert colors(found) == wanted


@pytest.mark.parametrize(
    ("expression", "reference"),
    [
        ("t1", VALUES[1][None, :]),
        ("vit S", VALUES[:, 0][:, None]),
        ("small", VALUES[:, [0, 0, 2, 2]]),
    ],
)
def test_vcenter_may_pick_what_to_compare_with(expression: str, reference: npt.NDArray[np.float64]) -> None:
    differences = VALUES - reference
    found = shading({"norm": "centered", "colormap": "RdBu", "vcenter": expression})
    assert colors(found) == by_norm(CenteredNorm(0, np.abs(differences).max()), differences, "RdBu")
    found = shading({"norm": "centered", "colormap": "RdBu", "vcenter": expression}, transpose=True)
    assert (
        colors(found) == np.array(by_norm(CenteredNorm(0, np.abs(differences).max()), differences, "RdBu")).T.tolist()
    )


def test_vcenter_may_pick_a_row_in_each_group() -> None:
    keys: dict[str, Any] = {"rows": ["model", "size"], "columns": ["task"]}
    found = shading({"norm": "centered", "colormap": "RdBu", "vcenter": "small"}, **keys)
    differences = (VALUES - VALUES[:, [0, 0, 2, 2]]).T
    assert colors(found) == by_norm(CenteredNorm(0, np.abs(differences).max()), differences, "RdBu")


def test_what_cannot_be_compared_has_no_fill() -> None:
    runs = Records(
        "task model score", ("a", "x", 1.0), ("a", "y", 2.0), ("b", "y", 3.0), where={"x": lambda r: r["model"] == "x"}
    )
    found = shading({"norm": "centered", "vcenter": "x", "colormap": "RdBu"}, records=runs, columns=["model"])
    assert [[fill and fill.level for fill in line] for line in found.fills] == [[128, 255], [None, None]]
    assert list(map(str, found.notices)) == [
        "table.main.shade.vcenter: 1 cell has no number to compare with, and no fill"
    ]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("never", 'vcenter = "never" picks no row of the data'),
        ("always", 'vcenter = "always" picks every row of the data'),
        (
            "t0 or t1",
            'vcenter = "t0 or t1" picks several rows: t0, t1\n    one row is needed, or one in each group',
        ),
    ],
)
def test_vcenter_must_pick_one(expression: str, message: str) -> None:
    with pytest.raises(AssetError) as caught:
        shading({"norm": "centered", "vcenter": expression})
    assert str(caught.value) == f"table.main.shade.vcenter: {message}"


def test_what_readers_cannot_tell_apart_is_told() -> None:
    found = shading({"colormap": "Blues"}, {"colormap": "jet"}, columns=[], records=Records("task score", ("a", 1.0)))
    assert found.notices == ()
    found = shading({"where": "mae", "colormap": "Reds"}, {"colormap": "hsv", "norm": "centered"})
    assert [notice.subject for notice in found.notices] == ["table.main.shade[1].colormap"] * 2
    found = shading({"colormap": "RdYlGn", "norm": "centered"})
    (notice,) = found.notices
    assert str(notice) == (
        "table.main.shade.colormap: to readers with protanopia or deuteranopia, 'RdYlGn' at 0.3 and 0.8 looks the same "
        "(ΔE 1.5)\n    colormaps that everyone can read: 'RdBu', 'PuOr', 'coolwarm'"
    )
    assert shading({"colormap": "RdBu", "vmin": -40, "vmax": 40}).notices == ()
    assert len(shading({"colormap": "RdBu"}).notices) == 1


def bar_texts(*shades: dict[str, Any], **keys: Any) -> list[tuple[str, ...]]:
    return [bar.plain_texts for bar in shading(*shades, **keys).bars]


@pytest.mark.parametrize(
    ("shade", "keys", "wanted"),
    [
        ({}, {}, ("−3", "40")),
        ({}, {"precision": 2}, ("−3.00", "40.00")),
        ({}, {"format": "+.1f"}, ("−3.0", "+40.0")),
        ({}, {"format": "{score:.1f} of {cost:.0f}"}, ("−3.0", "40.0")),
        ({"vmin": 0, "vmax": 20}, {}, ("≤ 0", "≥ 20")),
        ({"vmin": -10, "vmax": 50}, {}, ("−10", "50")),
        ({"within": "row"}, {}, ("lowest per row", "highest per row")),
        ({"within": ["row", "model"]}, {}, ("lowest per row and model", "highest per row and model")),
        ({"within": "row", "vmin": -10, "vmax": 50}, {}, ("−10", "50")),
        ({"within": "model.kind"}, {}, ("−3", "40")),
        ({"boundaries": [-5, 5, 10, 50]}, {}, ("−5", "5", "10", "50")),
        ({"boundaries": [-5, 0.25, 10.5]}, {"precision": 1}, ("−5.0", "0.25", "≥ 10.5")),
        ({"boundaries": [-5, 0.25, 10.5]}, {"format": ".0f"}, ("−5", "0.25", "≥ 10.5")),
        ({"boundaries": [-5, 10]}, {"override": [{"where": "mae", "direction": "lower"}]}, ("worst", "best")),
        ({"norm": "centered"}, {"precision": 0}, ("−40", "0", "40")),
        ({"norm": "centered", "vcenter": "t1"}, {}, ("−33", "0", "+33")),
        ({"norm": "twoslope", "vcenter": 7.5}, {"precision": 0}, ("−3", "7.5", "40")),
        ({"norm": "centered", "within": "row"}, {}, ("lowest per row", "0", "highest per row")),
        ({}, {"target": 6}, ("farthest from 6", "6")),
        ({}, {"override": [{"where": "mae", "direction": "lower"}]}, ("worst", "best")),
        ({"within": "row"}, {"override": [{"where": "mae", "target": 3}]}, ("worst per row", "best per row")),
        ({"by": "cost"}, {"precision": 4}, ("60", "103")),
    ],
)
def test_a_legend_tells_what_it_shows(shade: dict[str, Any], keys: dict[str, Any], wanted: tuple[str, ...]) -> None:
    assert bar_texts({"colormap": "Blues", "legend": True} | shade, **keys) == [wanted]


def test_a_legend_shows_the_colours_from_the_lowest_value() -> None:
    (bar,) = shading({"colormap": "Blues", "legend": True}).bars
    assert [fill.level for fill in bar.fills] == [int(256 * min(k / 23, 0.9999)) for k in range(24)]
    assert bar.texts == ("$-$3", "40")
    (bar,) = shading({"colormap": "Blues", "legend": True}, direction="lower").bars
    assert (bar.fills[0].level, bar.fills[-1].level) == (255, 0)
    (bar,) = shading({"colormap": "Blues", "legend": True, "levels": 3, "vmax": 7}).bars
    assert [fill.level for fill in bar.fills] == [0, 128, 255]
    assert bar.texts[1] == r"$\geq$ 7"
    (bar,) = shading({"colormap": "Blues", "legend": True, "boundaries": [0, 1, 2]}).bars
    assert [[fill.level for fill in segment] for segment in bar.segments] == [[0], [255]]


def test_a_step_has_the_colour_of_the_cells_between_its_boundaries() -> None:
    for direction in ("higher", "lower"):
        shade = {"colormap": "viridis", "legend": True, "boundaries": [-5, 4, 8, 25, 50]}
        found = shading(shade, direction=direction)
        steps = [segment for (segment,) in found.bars[0].segments]
        assert [[steps.index(fill) for fill in line if fill is not None] for line in found.fills] == [
            [0, 1, 0, 3],
            [2, 2, 3, 3],
            [0, 0, 1, 1],
        ]


@pytest.mark.parametrize(
    ("levels", "wanted"),
    [
        (4, [[0, 85], [170, 255]]),
        (3, [[0, 0, 128], [128, 255, 255]]),
        (5, [[0, 0, 64, 64, 128], [128, 192, 192, 255, 255]]),
    ],
)
def test_the_centre_parts_a_bar_in_two_halves(levels: int, wanted: list[list[int]]) -> None:
    (bar,) = shading({"colormap": "RdBu", "norm": "centered", "levels": levels, "legend": True}).bars
    assert [[fill.level for fill in segment] for segment in bar.segments] == wanted


METRICS = make_labels(
    cells={"score": {"label": "Score\n$R^2$", "unit": "%"}, "cost": {"unit": "s"}},
    model={"vit": {"label": "ViT", "colormap": "Greens"}, "mae": {"colormap": "Reds"}},
    size={"S": {"label": "Small"}},
)


def titles(*shades: dict[str, Any], **keys: Any) -> list[tuple[str, str]]:
    asset = table_asset(**({"columns": ["model", "size"], "cells": ["score", "cost"]} | keys))
    grid = pivot(asset, RUNS, METRICS)
    specs = tuple(Shade.model_validate({"legend": True} | shade) for shade in shades)
    looks = resolve_looks(asset, grid, METRICS)
    found = shade_fills(grid, looks, specs, METRICS, asset.path, printer=Printer(asset.path, RUNS, "OT1"))
    return [(bar.title, bar.plain_title) for bar in found.bars]


def test_a_legend_says_what_it_measures() -> None:
    score, cost = (r"Score $R^2$\,(\%)", "Score $R^2$ (%)"), (r"cost\,(s)", "cost (s)")
    assert titles({"cells": "score"}, {"cells": "cost"}) == [score, cost]
    assert titles({"cells": "cost"}) == [cost]
    assert titles({}) == titles({}, cells="score") == [("", "")]
    assert titles({"by": "cost"}, cells="score") == [cost]
    assert titles({"where": "mae"}, {}, cells="score") == [("mae", "mae"), ("ViT", "ViT")]
    assert titles({"colormap": "model.colormap"}, cells="score") == [("ViT", "ViT"), ("mae", "mae")]
    assert titles({"where": "small"}, cells="score") == [("Small", "Small")]
    assert titles({"where": "t0 or t1"}, cells="score") == [("", "")]
    assert titles({"where": "t1"}, {}, cells="score") == [("t1", "t1"), ("t0, t2", "t0, t2")]


def test_every_colormap_has_its_legend() -> None:
    found = shading({"within": "row", "colormap": "model.colormap", "legend": True})
    assert [bar.fills[0].colormap for bar in found.bars] == ["Greens", "viridis_r"]
    assert bar_texts({"where": "mae", "legend": True}, {"colormap": "Reds"}) == [("2", "40")]
    assert shading({"colormap": "Blues"}).bars == ()


def test_nothing_to_shade_has_no_legend() -> None:
    found = shading({"legend": True}, records=Records("task score", ("a", "x")), columns=[])
    assert (found.fills, found.bars, found.notices) == (((None,),), (), ())


@given(
    st.lists(st.lists(st.none() | st.floats(-1e6, 1e6), min_size=3, max_size=3), min_size=1, max_size=6),
    st.sampled_from([["row"], ["column"], ["table"]]),
)
def test_any_numbers_are_shaded_as_matplotlib_does(values: list[list[float | None]], within: list[str]) -> None:
    rows = [(f"t{r}", f"m{c}", value) for r, line in enumerate(values) for c, value in enumerate(line)]
    keys: dict[str, Any] = {
        "records": Records("task model score", *rows),
        "labels": Labels(),
        "columns": ["model"],
        "dropna": False,
    }
    found = colors(shading({"colormap": "viridis", "within": within}, **keys))
    array = np.array(values, dtype=float)
    axis = {"row": 1, "column": 0, "table": None}[within[0]]
    known = np.where(np.isnan(array), np.inf, array), np.where(np.isnan(array), -np.inf, array)
    low = np.broadcast_to(known[0].min(axis=axis, keepdims=True), array.shape)
    high = np.broadcast_to(known[1].max(axis=axis, keepdims=True), array.shape)
    for place, value in np.ndenumerate(array):
        shown = found[place[0]][place[1]]
        if np.isnan(value):
            assert shown is None
        else:
            equal = low[place] == high[place]
            position = 0.5 if equal else (value - low[place]) / (high[place] - low[place])
            assert shown == to_hex(mpl.colormaps["viridis"](position))


def message(**shade: object) -> str:
    with pytest.raises(AssetError) as caught:
        shading(shade)
    return str(caught.value)


def test_mistakes_are_named() -> None:
    assert message(colormap="Redz") == "table.main.shade.colormap: unknown colormap 'Redz', did you mean 'Reds'?"
    assert message(colormap="model.kind") == (
        "table.main.shade.colormap: unknown colormap 'x'\n"
        "    any name of matplotlib.colormaps, such as 'Blues' or 'viridis'"
    )
    assert message(colormap=["red", "bleu"]) == (
        "table.main.shade.colormap[1]: unknown colour 'bleu', did you mean 'blue'?"
    )
    assert message(colormap="size.colormap") == (
        "labels.size: no [labels.size] to take 'colormap' from\n    needed by shade.colormap = 'size.colormap'"
    )
