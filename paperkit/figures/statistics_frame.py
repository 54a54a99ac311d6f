"""The statistics of a figure as a frame: what macros print is what the figure draws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from paperkit.errors import PaperkitError
from paperkit.figures.encode import encode_panels
from paperkit.figures.facts import facts
from paperkit.figures.hues import hue_levels
from paperkit.figures.read import read_panels
from paperkit.figures.scene import Scene
from paperkit.figures.source_data import statistics_rows
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FigureAsset, FrameSpec

if TYPE_CHECKING:
    from paperkit.data.frame import Frame


def statistics_frame(asset: FigureAsset, frames: Mapping[str, Frame], labels: Labels) -> Frame:
    """Return a row for each group that a figure draws: its panel, its levels as in the data, and its numbers.

    Nothing is drawn.

    Raises:
        AssetError: an option is wrong, text stands where numbers are expected, or colours are too few.

    """
    from paperkit.data.frame import Frame
    from paperkit.data.inline import read

    panels = read_panels(asset, frames, labels)
    hues, _ = hue_levels(asset, [layer for panel in panels for layer in panel.layers], labels)
    encoded, _ = encode_panels(panels, hues, labels)
    found = facts(Scene(asset=asset, panels=panels, encoded=encoded, entries=()))
    rows = [
        {name: value for name, value in row.items() if value is not None}
        for row in statistics_rows(found, cell=lambda level: level.value)
    ]
    try:
        data = read(FrameSpec.model_validate({"rows": rows}), "")
    except PaperkitError as error:
        raise type(error)(*(problem.under(asset.path) for problem in error.problems)) from None
    return Frame(name=asset.name, data=data, labels=labels)
