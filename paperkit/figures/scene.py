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
