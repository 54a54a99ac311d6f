"""The figure of the reference paper, against its data read with the csv module alone."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from paperkit import figures
from paperkit.data.load import Frames
from paperkit.manifest.load import load
from paperkit.manifest.model import FigureAsset

ROOT = Path(__file__).parents[3]
MODELS = {
    "OpenCLIP_ViT-B-32_openai": "CLIP-B-32",
    "OpenCLIP_ViT-B-16_openai": "CLIP-B-16",
    "OpenCLIP_ViT-L-14_openai": "CLIP-L-14",
    "dinov2-vit-small-p14": "DINOv2-S-14",
    "dinov2-vit-base-p14": "DINOv2-B-14",
    "dinov2-vit-large-p14": "DINOv2-L-14",
    "vit_small_patch16_224": "ViT-S-16",
    "vit_base_patch16_224": "ViT-B-16",
    "vit_large_patch16_224": "ViT-L-16",
}
BASELINE = "CLS last layer"
METHODS = (
    "All tokens last layer (attentive)",
    "CLS+AP layers from all blocks (linear)",
    "CLS+AP layers from all blocks (attentive)",
)


def columns(model: str) -> dict[str, list[float]]:
    """Return method → accuracy per dataset, of the file of one model."""
    with (ROOT / "data" / f"perf_table_{model}.csv").open(encoding="utf-8", newline="") as file:
        _, methods, _, *rows = csv.reader(file)
    return {
        method: [float(row[index]) for row in rows if row and row[0] != "dataset_fmt"]
        for index, method in enumerate(methods)
        if index > 0
    }


@pytest.fixture(scope="module")
def asset() -> FigureAsset:
    (found,) = (figure for figure in load(ROOT / "paper.toml").figures if figure.name == "model-size")
    return found


@pytest.fixture(scope="module")
def axes(asset: FigureAsset) -> list[Any]:
    manifest = load(ROOT / "paper.toml")
    loader = Frames(ROOT, manifest.data, manifest.labels)
    figure = figures.compile(asset, {"gain": loader.load("gain")}, manifest.labels, manifest.venue)
    assert figure.notices == ()
    assert (figure.width, figure.height) == pytest.approx((397.485, 158.994))
    (legend,) = figure.canvas.legends
    assert [text.get_text() for text in legend.get_texts()] == list(MODELS.values())
    assert not legend.get_frame_on()
    return list(figure.canvas.axes)


def boxes(panel: Any) -> list[tuple[float, float, float, float]]:
    """Return left, right, lower and upper quartile of every box, from left to right."""
    found = (
        (box.get_x(), box.get_x() + box.get_width(), box.get_y(), box.get_y() + box.get_height())
        for box in panel.patches
    )
    return sorted(found)


def quartiles(values: list[float]) -> list[float]:
    return [float(quartile) for quartile in np.percentile(values, [25, 75])]


def test_the_left_panel_shows_the_baseline_without_gaps(axes: list[Any]) -> None:
    found = boxes(axes[0])
    expected = [quartiles(columns(model)[BASELINE]) for model in MODELS]
    assert [list(box[2:]) for box in found] == [pytest.approx(pair) for pair in expected]
    assert [box[0] for box in found[1:]] == pytest.approx([box[1] for box in found[:-1]])
    assert list(axes[0].get_xticks()) == [4]
    assert [label.get_text() for label in axes[0].get_xticklabels()] == ["Last layer\n(CLS, linear)"]


def test_the_right_panel_shows_the_gains_over_it(axes: list[Any]) -> None:
    expected = []
    for method in METHODS:
        for model in MODELS:
            scores = columns(model)
            gains = [score - base for score, base in zip(scores[method], scores[BASELINE], strict=True)]
            expected.append(quartiles(gains))
    assert [list(box[2:]) for box in boxes(axes[1])] == [pytest.approx(pair) for pair in expected]
    assert [label.get_text() for label in axes[1].get_xticklabels()] == [
        "Last layer\n(all tokens, attentive)",
        "All layers\n(CLS+AP, linear)",
        "All layers\n(CLS+AP, attentive)",
    ]
    assert all(line.get_linestyle() == "-" for line in axes[1].lines[:-1])  # no fliers, but for the zero line
    zero = axes[1].lines[-1]
    assert (zero.get_ydata()[0], zero.get_linestyle(), zero.get_zorder()) == (0, ":", -1)


def test_the_panels_share_the_width_as_asked(axes: list[Any]) -> None:
    left, right = (panel.get_position() for panel in axes)
    assert right.width / left.width == pytest.approx(3.5 / 1.3)


def test_the_colours_are_the_palette_desaturated_as_seaborn_does(axes: list[Any]) -> None:
    c, b = (mpl.colormaps[name] for name in ("tab20c", "tab20b"))
    entries = [*(c(i) for i in (10, 9, 8, 14, 13, 12)), *(b(i) for i in (14, 13, 12))]
    lightened = [[min(1, 1.15 * channel) for channel in entry[:3]] for entry in entries]
    for panel in axes:
        patches = sorted(panel.patches, key=lambda box: float(box.get_x()))
        for index, box in enumerate(patches):
            color = lightened[index % 9]
            middle = (max(color) + min(color)) / 2
            # Less saturation at the same lightness draws each channel towards the middle of the extremes.
            muted = [middle + 0.75 * (channel - middle) for channel in color]
            assert to_rgb(box.get_facecolor()) == pytest.approx(muted)
