"""Confusable: levels of a hue that only the legend tells apart, by colours that some readers take for each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from paperkit.errors import Problem
from paperkit.figures.channels import as_bytes
from paperkit.figures.encode import Encoded
from paperkit.figures.encoding import PanelData
from paperkit.figures.panel import Layer, Panel
from paperkit.style.distinct import Confusion, confusion

_Found = tuple[Confusion, Layer, PanelData]


def confusions(panels: Sequence[Panel], encoded: Sequence[Encoded]) -> Iterator[Problem]:
    """Yield for each hue the two levels that are hardest to tell apart, if some readers cannot."""
    worst: dict[str, _Found] = {}
    for panel, data in zip(panels, encoded, strict=True):
        for layer, drawn in zip(panel.layers, data, strict=True):
            name = layer.spec.hue
            if name is None or drawn.is_told or not drawn.hue:
                continue
            shades = [as_bytes(shade) for shade in layer.mark.shades(drawn)]
            found = confusion(shades, layer.mark.apart(drawn))
            if found is not None and (name not in worst or found.share < worst[name][0].share):
                worst[name] = (found, layer, drawn)
    for name, (found, layer, drawn) in worst.items():
        yield _said(name, found, layer, drawn)


def _said(name: str, found: Confusion, layer: Layer, data: PanelData) -> Problem:
    one, other = (data.hue[rank].text for rank in found.ranks)
    options = [option for option in ("dashes", "markers", "marker", "hatch") if option in type(layer.mark).model_fields]
    besides = f", or tell them apart besides: {options[0]} = true" if options else ""
    return Problem(
        message=f"{found.readers}, the colours of '{one}' and '{other}' look the same: "
        f"{found.unit} {found.measured:.1f}, and {found.allowed:g} are needed",
        path=(*layer.path, "hue"),
        hint=f"choose others for '{name}', with a palette or in its labels{besides}",
    )
