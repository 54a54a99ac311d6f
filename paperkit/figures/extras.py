"""What sizes, markers and dashes mean: the levels of `style` and the range of `size`, the same in all panels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from paperkit.figures.encoding import Level, Reference, Role, levels, number
from paperkit.figures.panel import Layer, Panel
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Scalar


@dataclass(frozen=True, kw_only=True, slots=True)
class Extras:
    """The levels of every column of `style`, and the ends of every column of `size`."""

    styles: Mapping[str, tuple[Level, ...]]
    ranges: Mapping[str, tuple[float, float]]

    def style_of(self, layer: Layer) -> tuple[Level, ...]:
        """Return the levels that the layer tells apart by markers or dashes."""
        return self.styles.get(layer.spec.style or "", ())

    def sizes_of(self, layer: Layer) -> tuple[float, float] | None:
        """Return the least and the greatest number that the layer shows as sizes."""
        return self.ranges.get(layer.spec.size or "")


def find_extras(panels: Sequence[Panel], hues: Mapping[str, tuple[Level, ...]], labels: Labels) -> Extras:
    """Return what sizes, markers and dashes mean in all panels.

    Raises:
        AssetError: text stands where sizes are expected.

    """
    layers = [layer for panel in panels for layer in panel.layers]
    styles: dict[str, list[Scalar | None]] = {}
    sizes: dict[str, list[float]] = {}
    for layer in layers:
        spec = layer.spec
        if spec.style is not None:
            styles.setdefault(spec.style, []).extend(_column(layer, "style"))
        if spec.size is not None:
            path = (*layer.path, "size")
            found = (number(value, spec.size, path) for value in _column(layer, "size") if value is not None)
            sizes.setdefault(spec.size, []).extend(value for value in found if math.isfinite(value))
    return Extras(
        styles={name: hues[name] if name in hues else _levels(name, found, labels) for name, found in styles.items()},
        ranges={name: (min(found), max(found)) for name, found in sizes.items() if found},
    )


def _column(layer: Layer, role: Role) -> Iterator[Scalar | None]:
    at = (2 if layer.hue is None else 3) + layer.extras.index(role)
    yield from (row[at] for row in layer.rows)


def _levels(name: str, found: Sequence[Scalar | None], labels: Labels) -> tuple[Level, ...]:
    reference = Reference(name=name)
    return tuple(
        Level(value=value, text=reference.text(value, labels), rank=rank)
        for rank, value in enumerate(levels(reference, found, labels, path=()))
    )
