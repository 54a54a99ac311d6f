"""The scene: all that a figure shows, before anything of it is drawn."""

from __future__ import annotations

from dataclasses import dataclass

from paperkit.figures.encode import Encoded
from paperkit.figures.entries import Entry
from paperkit.figures.panel import Panel
from paperkit.manifest.model import FigureAsset


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """What is drawn: the panels of a figure, what each of their layers draws, and the entries of its legend."""

    asset: FigureAsset
    panels: tuple[Panel, ...]
    encoded: tuple[Encoded, ...]
    entries: tuple[Entry, ...]

    def seed(self, panel: Panel, layer: int) -> str:
        """Return the seed of what is random about a layer of a panel, layers counted from 0.

        A facet keeps it wherever it stands, and whichever others there are.
        """
        levels = panel.facet.levels.values() if panel.facet else ()
        facet = "".join(f"/{level.value}" for level in levels)
        return f"{self.asset.name}/{panel.entry}{facet}" + (f"/layer {layer}" if layer else "")
