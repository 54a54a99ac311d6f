"""A panel on its way from the manifest to the page."""

from __future__ import annotations

from dataclasses import dataclass

from paperkit.errors import ManifestPath
from paperkit.figures.encoding import Reference, Row
from paperkit.figures.marks import Mark
from paperkit.manifest.model import PanelSpec


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """One panel: its spec, mark, rows (x, y, hue if any, tick column if any) and manifest path."""

    spec: PanelSpec
    mark: Mark
    rows: tuple[Row, ...]
    path: ManifestPath

    @property
    def is_horizontal(self) -> bool:
        """Tell whether the values lie on the x axis and what places them on the y axis."""
        return self.mark.is_horizontal

    @property
    def keys(self) -> tuple[str, str]:
        """Return the key of what places the values, and that of the values."""
        if self.mark.is_matrix:
            return ("x", "values")
        return ("y", "x") if self.is_horizontal or self.mark.places == "none" else ("x", "y")

    @property
    def x(self) -> Reference | None:
        """Return what places the values: the slots, or a column of numbers; None where nothing does."""
        if self.mark.places == "none":
            return None
        return Reference(name=(self.spec.y or "") if self.is_horizontal else self.spec.x)

    @property
    def y(self) -> str:
        """Return the column of the values."""
        if self.mark.is_matrix:
            return self.spec.values or ""
        return self.spec.x if self.keys[1] == "x" else self.spec.y or ""

    @property
    def is_log(self) -> bool:
        """Tell whether the axis of the values is logarithmic."""
        if self.mark.is_matrix:
            return False
        axes = self.spec.axes
        return (axes.xscale if self.keys[1] == "x" else axes.yscale) == "log"

    @property
    def hue(self) -> Reference | None:
        """Return what colours tell apart; the rows of a matrix."""
        if self.mark.is_matrix:
            return Reference(name=self.spec.y or "")
        return None if self.spec.hue is None else Reference(name=self.spec.hue)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of the rows, in their order."""
        hue = () if self.hue is None else (self.hue.column,)
        place = self.y if self.x is None else self.x.column
        return (place, self.y, *hue, *self.tick_columns)

    @property
    def tick_columns(self) -> tuple[str, ...]:
        """Return the column that names the ticks, if there is one."""
        labels = self.spec.axes.xticklabels
        return (labels,) if isinstance(labels, str) else ()
