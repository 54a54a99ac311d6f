"""Figures of every mark: those of the gallery, which shows them all, and one with an image."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from paperkit import Paper, figures
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FigureAsset
from tests.unit.figures.figure_cases import asset, frame, runs, venue

FORMATS = ("pdf", "pgf", "hybrid", "svg", "png")
GALLERY = Path(__file__).parents[3] / "docs" / "gallery" / "paper.toml"


def every_mark() -> Iterator[tuple[figures.Figure, FigureAsset]]:
    """Yield figures, with what they were made from, until each mark was drawn."""
    image = asset({"mark": "strip", "hue": "method", "rasterized": True}, {"mark": "box"}, width="340pt")
    yield figures.compile(image, {"runs": frame(runs("a", "ä $x_1$"))}, Labels(), venue()), image
    paper, drawn = Paper.load(GALLERY), set[str]()
    for figure in paper.manifest.figures:
        marks = {layer.mark for panel in figure.spec.panel for layer in panel.layers}
        if marks - drawn:
            drawn |= marks
            yield paper.figure(figure.name), figure
