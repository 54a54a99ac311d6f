from __future__ import annotations

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pytest
from matplotlib.colors import to_hex

from paperkit.errors import AssetError
from paperkit.tables import Table
from tests.unit.tables.tiny_records import Records, make_labels, resolved

VALUES = np.array([[1.0, 5.0, 2.0, 40.0], [10.0, 20.0, 30.0, 40.0], [-3.0, 0.5, 7.0, 7.0]])
COLUMNS = [("vit", "S"), ("vit", "L"), ("mae", "S"), ("mae", "L")]
RUNS = Records(
    "task model size score",
    *[(f"t{row}", *key, VALUES[row, place]) for row in range(3) for place, key in enumerate(COLUMNS)],
)
LABELS = make_labels(
    model={"vit": {"colormap": "Greens", "kind": "x"}, "mae": {"colormap": "viridis_r", "kind": "x"}},
    task={"t0": {"colormap": "Reds"}, "t1": {"colormap": "Blues"}, "t2": {"colormap": "Greys"}},
)


def fills(table: Table) -> list[list[str | None]]:
    return [[None if cell.fill is None else f"#{cell.fill.html.lower()}" for cell in row.cells] for row in table.body]


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
    table = resolved(RUNS, LABELS, columns=["model", "size"], shade={"within": within, "colormap": "Blues"})
    assert fills(table) == expected(blocks, np.full(VALUES.shape, "Blues"))


@pytest.mark.parametrize(
    ("colormap", "names"),
    [
        ("model.colormap", np.array([["Greens", "Greens", "viridis_r", "viridis_r"]] * 3)),
        ("task.colormap", np.array([["Reds"] * 4, ["Blues"] * 4, ["Greys"] * 4])),
    ],
)
def test_a_colormap_may_be_an_attribute(colormap: str, names: npt.NDArray[np.str_]) -> None:
    table = resolved(RUNS, LABELS, columns=["model", "size"], shade={"within": ["row"], "colormap": colormap})
    assert fills(table) == expected(ROW, names)


def test_what_is_no_finite_number_has_no_fill_and_sets_no_limit() -> None:
    runs = Records("task score", ("a", 1.0), ("b", None), ("c", float("inf")), ("d", 3.0))
    table = resolved(runs, shade={"colormap": "Reds"}, missing="n/a")
    assert [row.cells[0].fill and row.cells[0].fill.level for row in table.body] == [0, None, None, 255]
    assert [row.cells[0].ink for row in table.body] == ["black", "black", "black", "white"]


def test_limits_clip_and_shade_uses_the_full_precision() -> None:
    runs = Records("task score", ("a", 0.001), ("b", 0.004), ("c", 9.0))
    table = resolved(runs, precision=1, shade={"colormap": "Reds", "vmin": 0, "vmax": 0.01})
    assert [cell.plain for row in table.body for cell in row.cells] == ["0.0", "0.0", "9.0"]
    assert [row.cells[0].fill and row.cells[0].fill.level for row in table.body] == [25, 102, 255]


def test_shade_false_shades_nothing() -> None:
    table = resolved(RUNS, LABELS, columns=["model", "size"], shade=False)
    assert not table.is_shaded
    assert table.arraystretch is None
    assert resolved(RUNS, LABELS, columns=["model", "size"], shade={}).arraystretch == 1.15


def message(**shade: object) -> str:
    with pytest.raises(AssetError) as caught:
        resolved(RUNS, LABELS, columns=["model", "size"], shade=shade)
    return str(caught.value)


def test_mistakes_are_named() -> None:
    assert message(colormap="Redz") == "table.main.shade.colormap: unknown colormap 'Redz', did you mean 'Reds'?"
    assert message(colormap="model.kind") == (
        "table.main.shade.colormap: unknown colormap 'x'\n"
        "    any name of matplotlib.colormaps, such as 'Blues' or 'viridis'"
    )
    assert message(colormap="size.colormap") == (
        "labels.size: no [labels.size] to take 'colormap' from\n    needed by shade.colormap = 'size.colormap'"
    )
