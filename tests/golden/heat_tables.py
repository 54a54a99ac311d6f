"""The four heat tables of the reference paper: how they are asked of paperkit."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from paperkit.data.frame import Frame
from paperkit.data.load import Frames
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Asset, FrameSpec, Label, TableAsset, TableSpec
from paperkit.style.venue import load_venue
from paperkit.tables import Table, resolve

ROOT = Path(__file__).resolve().parents[2]

# family → model as in the file's name → printed name, colormap
MODELS = {
    "ViT": {
        "vit_small_patch16_224": ("ViT-S-16", "Reds"),
        "vit_base_patch16_224": ("ViT-B-16", "Greens"),
        "vit_large_patch16_224": ("ViT-L-16", "Blues"),
    },
    "CLIP": {
        "OpenCLIP_ViT-B-32_openai": ("CLIP-B-32", "Reds"),
        "OpenCLIP_ViT-B-16_openai": ("CLIP-B-16", "Greens"),
        "OpenCLIP_ViT-L-14_openai": ("CLIP-L-14", "Blues"),
    },
    "MAE": {
        "mae-vit-base-p16": ("MAE-B-16", "Greens"),
        "mae-vit-large-p16": ("MAE-L-16", "Blues"),
    },
    "DINOv2": {
        "dinov2-vit-small-p14": ("DINOv2-S-14", "Reds"),
        "dinov2-vit-base-p14": ("DINOv2-B-14", "Greens"),
        "dinov2-vit-large-p14": ("DINOv2-L-14", "Blues"),
    },
}
EXPERIMENTS = {
    "CLS last layer": "Last layer\n(CLS, linear)",
    "AP last layer": "Last layer\n(AP, linear)",
    "All tokens last layer (attentive)": "Last layer\n(all tokens, attentive)",
    "CLS+AP layers from all blocks (linear)": "All layers\n(CLS+AP, linear)",
    "CLS+AP layers from middle & last blocks (attentive)": "Two layers\n(CLS+AP, attentive)",
    "CLS+AP layers from quarterly blocks (attentive)": "Four layers\n(CLS+AP, attentive)",
    "CLS+AP layers from all blocks (attentive)": "All layers\n(CLS+AP, attentive)",
}
LABELS = Labels(
    columns={
        "base_model": {
            model: Label.model_validate({"label": label, "colormap": colormap, "family": family})
            for family, models in MODELS.items()
            for model, (label, colormap) in models.items()
        },
        "experiment": {experiment: Label(label=label) for experiment, label in EXPERIMENTS.items()},
    }
)
PERFORMANCE = FrameSpec.model_validate(
    {
        "read": "data/perf_table_{base_model}.csv",
        "header": ("base_model", "experiment"),
        "index": "dataset",
        "values": "accuracy",
        "drop": {"dataset": ("dataset_fmt",)},
        "numeric": ("accuracy",),
    }
)


def heat_asset(family: str, **keys: Any) -> TableAsset:
    spec = {
        "data": "performance",
        "where": "base_model.family == each.family",
        "rows": "dataset",
        "columns": ("base_model", "experiment"),
        "cells": "accuracy",
        "stubhead": "Dataset",
        "precision": 2,
        "shade": {"within": ("row", "base_model"), "colormap": "base_model.colormap"},
        "caption": f"Balanced accuracy of the {family} models.",
    }
    return Asset(
        kind="table",
        name=f"appendix-{family.lower()}",
        path=("table", "appendix-{family}"),
        each={"family": family},
        spec=TableSpec.model_validate(spec | keys),
    )


@cache
def performance() -> Frame:
    return Frames(ROOT, {"performance": PERFORMANCE}, LABELS).load("performance")


def heat_table(family: str, venue: str = "iclr2026", **keys: Any) -> Table:
    return resolve(heat_asset(family, **keys), performance(), LABELS, load_venue(venue))
