"""Panels and their layers on the way from the manifest to the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from paperkit.errors import ManifestPath
from paperkit.figures.encoding import ROLES, Level, Reference, Role, Row
from paperkit.figures.marks import Mark, mark_names, mark_type
from paperkit.manifest.model import PanelSpec, Scalar


@dataclass(frozen=True, kw_only=True, slots=True)
class Layer:
    """One mark of a panel: its spec, rows (in the order of `columns`) and manifest path.

    `known` has the distinct values of hue in the whole frame, also in rows that `where` leaves out.
    """

    spec: PanelSpec
    mark: Mark
    rows: tuple[Row, ...]
    path: ManifestPath
    known: tuple[Scalar, ...] = ()

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
        if self.mark.is_matrix or self.mark.axis_names is not None:
            return False
        axes = self.spec.axes
        return (axes.xscale if self.keys[1] == "x" else axes.yscale) == "log"

    @property
    def is_log_x(self) -> bool:
        """Tell whether the axis of the places is logarithmic."""
        return self.mark.axis_names is None and self.spec.axes.xscale == "log"

    @property
    def hue(self) -> Reference | None:
        """Return what colours tell apart; the rows of a matrix."""
        if self.mark.is_matrix:
            return Reference(name=self.spec.y or "")
        return None if self.spec.hue is None else Reference(name=self.spec.hue)

    @property
    def extras(self) -> tuple[Role, ...]:
        """Return the further columns that the mark uses here."""
        return tuple(role for role in ROLES if getattr(self.spec, role) is not None)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of the rows: place, value, hue if any, extras, the names of the ticks if any."""
        hue = () if self.hue is None else (self.hue.column,)
        place = self.y if self.x is None else self.x.column
        extras = (Reference(name=getattr(self.spec, role)).column for role in self.extras)
        return (place, self.y, *hue, *extras, *self.tick_columns)

    @property
    def tick_columns(self) -> tuple[str, ...]:
        """Return the column that names the ticks, if there is one."""
        labels = self.spec.axes.xticklabels
        return (labels,) if isinstance(labels, str) else ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Facet:
    """Where a panel stands among those that one entry makes, and what it is called at its top and right.

    `levels` are those that its rows have in the columns of `row` and `col`.
    """

    row: int
    col: int
    top: str = ""
    right: str = ""
    levels: Mapping[str, Level] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """One pair of axes: the number of its entry (counted from 0), its layers, and its facet if any.

    `constants` are the values of the expressions in its reference lines, bands and texts.
    """

    entry: int
    spec: PanelSpec
    layers: tuple[Layer, ...]
    path: ManifestPath
    facet: Facet | None = None
    constants: Mapping[str, float] = field(default_factory=dict)

    @property
    def first(self) -> Layer:
        """Return the layer that decides what stands on the axes."""
        return self.layers[0]


def layer_specs(spec: PanelSpec, path: ManifestPath) -> tuple[tuple[PanelSpec, ManifestPath], ...]:
    """Return an entry and a path for each mark of a panel: the panel's own, and those of `layer`.

    What a layer does not say it has from the panel, except what its mark has no use for; it lies if the panel's does.
    """
    own, *further = spec.layers
    paths = ((*path, "layer", index) for index in range(len(further)))
    layers = zip(further, spec.layer, paths, strict=True)
    adapted = (
        (layer.model_copy(update=dict(_adapted(layer, said.model_fields_set, _orient(spec)))), at)
        for layer, said, at in layers
    )
    return ((own, path), *adapted)


def _orient(spec: PanelSpec) -> str | None:
    own = mark_type(spec.mark).model_fields.get("orient") if spec.mark in mark_names() else None
    return spec.options.get("orient", None if own is None else own.default)


def _adapted(spec: PanelSpec, said: set[str], orient: str | None) -> Iterator[tuple[str, Any]]:
    # The ticks are the business of the panel's own mark.
    yield "axes", spec.axes.model_copy(update={"xticklabels": None})
    if spec.mark not in mark_names():
        return
    mark = mark_type(spec.mark)
    if mark.can_turn and orient is not None:
        yield "options", {"orient": orient, **spec.options}
    useless: set[str] = {role for role in ROLES if role not in mark.uses}
    useless |= {"y"} if mark.places == "none" else set()
    useless |= {"hue"} if mark.is_matrix else {"values"}
    yield from ((key, None) for key in sorted(useless - said))
