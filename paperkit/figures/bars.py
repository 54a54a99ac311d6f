"""Colour bars that several matrices have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from paperkit.figures.encoding import PanelData
from paperkit.figures.panel import Panel


def share_bars(panels: Sequence[Panel], encoded: Sequence[tuple[PanelData, ...]]) -> tuple[tuple[PanelData, ...], ...]:
    """Return what the panels draw, where matrices of the same `values` with `cbar = "shared"` have one scale."""
    found = [list(data) for data in encoded]
    shared: dict[str, list[tuple[int, int]]] = {}
    for number, panel in enumerate(panels):
        for rank, layer in enumerate(panel.layers):
            if layer.mark.has_shared_bar:
                shared.setdefault(layer.y, []).append((number, rank))
    for places in shared.values():
        values = [
            value for number, rank in places for value in panels[number].layers[rank].mark.shaded(found[number][rank])
        ]
        for place, (number, rank) in enumerate(places) if values else ():
            span, is_last = (min(values), max(values)), place == len(places) - 1
            found[number][rank] = replace(found[number][rank], span=span, has_bar=is_last)
    return tuple(map(tuple, found))
