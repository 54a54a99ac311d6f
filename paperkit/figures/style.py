"""The style that a Python function draws with: the manifest's colours and names, the sizes of the venue."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from paperkit.errors import AssetError, Problem, did_you_mean
from paperkit.figures.encoding import Reference, levels
from paperkit.figures.hues import hue_levels
from paperkit.figures.marks import make_mark
from paperkit.figures.panel import Layer
from paperkit.figures.size import Size
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FigureAsset, PanelSpec, Scalar
from paperkit.style.palette import Rgb
from paperkit.style.theme import POINTS_PER_TEX_POINT, Theme

if TYPE_CHECKING:
    from paperkit.data.frame import Frame


@dataclass(frozen=True, kw_only=True, slots=True)
class Style:
    """What a function may ask of the manifest; texts are in matplotlib's convention, lengths in its points (1/72 in).

    A column is named as anywhere in the manifest: `model`, or an attribute of its labels, `model.family`.
    """

    asset: FigureAsset = field(repr=False)
    frames: Mapping[str, Frame] = field(repr=False)
    labels: Labels = field(repr=False)
    size: Size = field(repr=False)
    theme: Theme = field(repr=False)

    @property
    def width(self) -> float:
        """Return the width of the figure."""
        return self.size.width * POINTS_PER_TEX_POINT

    @property
    def height(self) -> float:
        """Return the height of the figure."""
        return self.size.height * POINTS_PER_TEX_POINT

    @property
    def label_size(self) -> float:
        """Return the size of the labels of axes, which is that of all text by default."""
        return self.theme.label_size * POINTS_PER_TEX_POINT

    @property
    def tick_size(self) -> float:
        """Return the size of the labels of ticks and of legends."""
        return self.theme.tick_size * POINTS_PER_TEX_POINT

    @property
    def linewidth(self) -> float:
        """Return the width of lines that show data."""
        return self.theme.linewidth * POINTS_PER_TEX_POINT

    @property
    def thin(self) -> float:
        """Return the width of axes, ticks and edges."""
        return self.theme.axes_linewidth * POINTS_PER_TEX_POINT

    @property
    def seed(self) -> int:
        """Return a number that depends on the figure's name alone: `numpy.random.default_rng(style.seed)`."""
        return zlib.crc32(self.asset.name.encode())

    def label(self, column: str, value: object) -> str:
        """Return what the paper calls a value: its label, or the value itself."""
        known = _scalar(value)
        reference = Reference(name=column)
        return reference.text(reference.level(known, self.labels), self.labels)

    def order(self, column: str, values: Iterable[object] | None = None) -> list[Scalar]:
        """Return the distinct `values` in the order of the labels; without `values` those of the frames handed over."""
        reference = Reference(name=column)
        found = self._values(reference) if values is None else [_scalar(value) for value in values]
        return list(levels(reference, found, self.labels, path=(*self.asset.path, "python")))

    def color(self, column: str, value: object) -> Rgb:
        """Return the colour of a value, which is that of every figure with this hue.

        Raises:
            AssetError: neither the frames handed over nor the labels have it.

        """
        colors = self.palette(column)
        known = {str(key): color for key, color in colors.items()}
        reference = Reference(name=column)
        for name in (str(value), str(reference.level(_scalar(value), self.labels))):
            if name in known:
                return known[name]
        close = did_you_mean(str(value), known)
        hint = None if close else f"values of '{column}': {', '.join(known)}" if known else "hand over its frame"
        raise AssetError(Problem(message=f"no colour for '{value}' of '{column}'{close}", hint=hint))

    def palette(self, column: str) -> dict[Scalar, Rgb]:
        """Return value → colour for all values of a column, as seaborn's `palette` takes it."""
        reference = Reference(name=column)
        known = [*self._values(reference), *self._labelled(reference)]
        spec = PanelSpec(data="", mark="scatter", x="", y="", hue=column)
        layer = Layer(
            spec=spec,
            mark=make_mark("scatter", {}, path=self.asset.path),
            rows=tuple((None, None, value) for value in known),
            path=self.asset.path,
            known=tuple(self._values(reference)),
        )
        found, _ = hue_levels(self.asset, [layer], self.labels)
        return {level.value: level.color for level in found[column] if level.color is not None}

    def _values(self, reference: Reference) -> Sequence[Scalar]:
        having = (frame for frame in self.frames.values() if reference.column in frame.columns)
        rows = (row for frame in having for row in frame.rows(reference.column))
        return [value for (value,) in rows if value is not None]

    def _labelled(self, reference: Reference) -> Sequence[Scalar]:
        """Return the labelled values of a column that no frame has."""
        present = {str(value) for value in self._values(reference)}
        column, _, attribute = reference.name.partition(".")
        values = self.labels.attribute_map(column, attribute) if attribute else self.labels.columns.get(column, {})
        return [value for value in values if value not in present]


def _scalar(value: object) -> Scalar:
    """Return a value of NumPy or pandas as the manifest knows it."""
    item = getattr(value, "item", None)
    plain = item() if callable(item) else value
    return plain if isinstance(plain, (str, int, float, bool)) else str(plain)
