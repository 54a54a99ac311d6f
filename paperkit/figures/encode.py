"""Encode the panels of a figure: rows become levels, slots and groups, the same ones wherever they belong together."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from paperkit.errors import AssetError, ManifestPath, Problem
from paperkit.figures.bars import share_bars
from paperkit.figures.dates import iso
from paperkit.figures.encoding import Columns, Group, Level, PanelData, Reference, are_numbers, group, levels, number
from paperkit.figures.extras import Extras, find_extras
from paperkit.figures.panel import Layer, Panel
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Scalar

Hues = Mapping[str, tuple[Level, ...]]
Encoded = tuple[PanelData, ...]

_COUNTED = re.compile(r"(\d+) of (\d+) values (.*)")


def encode_panels(
    panels: Sequence[Panel], hues: Hues, labels: Labels
) -> tuple[tuple[Encoded, ...], tuple[Problem, ...]]:
    """Return what each layer of each panel draws, and what was left out of it.

    The layers of a panel share its slots, and so do the panels of one entry that share the axis.

    Raises:
        AssetError: text stands where numbers are expected, or the layers of a panel do not go together.

    """
    found: list[Encoded] = []
    told, extras = _told(panels), find_extras(panels, hues, labels)
    notices: list[Problem] = []
    for panel in panels:
        together = [other for other in panels if other.entry == panel.entry and (other is panel or _shares(panel))]
        _require_one_kind(panel)
        is_numeric = _is_numeric([layer for other in together for layer in other.layers])
        slots = None if is_numeric else _slots(panel, together, hues, labels)
        encoded = [
            _encode(layer, together, hues, labels, slots=slots, told=told, extras=extras) for layer in panel.layers
        ]
        found.append(tuple(data for data, _ in encoded))
        notices += dict.fromkeys(notice for _, said in encoded for notice in said)
    return share_bars(panels, found), _together(notices, panels)


def _together(notices: Iterable[Problem], panels: Sequence[Panel]) -> tuple[Problem, ...]:
    """Return notices with what the facets of one entry leave out counted in one."""
    rows: dict[ManifestPath, int] = {}
    for layer in (layer for panel in panels for layer in panel.layers):
        rows[layer.path] = rows.get(layer.path, 0) + len(layer.rows)
    counts: dict[tuple[ManifestPath, str], tuple[int, int]] = {}
    found: dict[tuple[ManifestPath, str], Problem] = {}
    for notice in notices:
        counted = _COUNTED.fullmatch(notice.message)
        key = (notice.path, counted[3] if counted else notice.message)
        found.setdefault(key, notice)
        if counted:
            lost, of = counts.get(key, (0, 0))
            # Facets that leave out nothing say nothing, but their rows count too.
            counts[key] = (lost + int(counted[1]), rows.get(notice.path[:-1], of + int(counted[2])))
    return tuple(
        replace(notice, message=f"{counts[key][0]} of {counts[key][1]} values {key[1]}") if key in counts else notice
        for key, notice in found.items()
    )


def _told(panels: Sequence[Panel]) -> frozenset[str | None]:
    """Return the hues whose levels the ticks name wherever they are drawn."""
    layers = [layer for panel in panels for layer in panel.layers]
    silent = {layer.spec.hue for layer in layers if layer.hue != layer.x or layer.spec.axes.xticks is not None}
    return frozenset(layer.spec.hue for layer in layers) - silent


def _shares(panel: Panel) -> bool:
    return bool(panel.spec.sharey if panel.first.is_horizontal else panel.spec.sharex)


def _require_one_kind(panel: Panel) -> None:
    first = panel.first
    for layer in panel.layers[1:]:
        if first.mark.has_own_axes or layer.mark.has_own_axes:
            raise AssetError(_stranger(first, layer, "one of them has axes of its own"))
        if layer.is_horizontal != first.is_horizontal or layer.mark.is_matrix != first.mark.is_matrix:
            raise AssetError(_stranger(first, layer, "they have different axes"))
        kinds = {one.mark.places in ("numbers", "none") for one in (first, layer) if one.mark.places != "either"}
        if len(kinds) > 1:
            raise AssetError(_stranger(first, layer, "one has numbers on its axis, the other names"))


def _stranger(first: Layer, layer: Layer, why: str) -> Problem:
    return Problem(
        message=f"'{layer.spec.mark}' cannot be drawn over '{first.spec.mark}': {why}",
        path=(*layer.path, "mark"),
        hint="draw them in two panels",
    )


def _is_numeric(layers: Sequence[Layer]) -> bool:
    """Tell whether the places are on an axis of numbers."""
    places = {layer.mark.places for layer in layers}
    if places & {"numbers", "none"}:
        return True
    return "names" not in places and are_numbers(row[0] for layer in layers for row in layer.rows)


def _encode(
    layer: Layer,
    together: Sequence[Panel],
    hues: Hues,
    labels: Labels,
    *,
    slots: tuple[Level, ...] | None,
    told: frozenset[str | None],
    extras: Extras,
) -> tuple[PanelData, tuple[Problem, ...]]:
    spec, is_matrix, is_numeric = layer.spec, layer.mark.is_matrix, slots is None
    hue = _matrix_rows(layer, together, labels) if is_matrix else () if spec.hue is None else hues[spec.hue]
    x = _numbers(layer, labels) if slots is None else slots
    columns = Columns(
        rows=layer.rows,
        x=layer.x,
        y=layer.y,
        hue=layer.hue,
        path=layer.path,
        extras={role: Reference(name=getattr(spec, role)) for role in layer.extras},
        is_numeric=is_numeric,
        is_log_x=layer.is_log_x,
        keys=layer.keys,
        can_turn=layer.mark.can_turn,
        has_flags=layer.mark.has_flags,
    )
    grouped = group(
        columns, labels, x=[level.value for level in x], hue=[level.value for level in hue], is_log=layer.is_log
    )
    data = PanelData(
        x=x,
        hue=() if is_matrix else hue,
        groups=grouped.groups,
        is_numeric=is_numeric,
        is_log_x=is_numeric and layer.x is not None and layer.is_log_x,
        is_log=layer.is_log,
        ticks=_ticks(layer, x, labels),
        y=hue if is_matrix else (),
        values=layer.y,
        is_told=spec.hue in told,
        unit_names=_unit_names(spec.units, grouped.groups, labels),
        style=extras.style_of(layer),
        sizes=extras.sizes_of(layer),
    )
    data = layer.mark.arrange(data, labels, path=layer.path)
    noticed = layer.mark.notices(data, spec.axes, path=layer.path)
    return data, (*grouped.notices, *_hidden(layer, data), *noticed)


def _unit_names(name: str | None, groups: Sequence[Group], labels: Labels) -> Mapping[Scalar, str]:
    units = dict.fromkeys(unit for found in groups for unit in found.extras.get("units", ()))
    reference = Reference(name=name or "")
    return {unit: reference.text(unit, labels) for unit in units if unit is not None}


def _matrix_rows(layer: Layer, together: Sequence[Panel], labels: Labels) -> tuple[Level, ...]:
    reference = Reference(name=layer.spec.y or "")
    everything = [row[2] for panel in together for one in panel.layers if one.mark.is_matrix for row in one.rows]
    found = levels(reference, everything, labels, path=(*layer.path, "y"))
    return tuple(Level(value=value, text=reference.text(value, labels)) for value in found)


def _slots(panel: Panel, together: Sequence[Panel], hues: Hues, labels: Labels) -> tuple[Level, ...]:
    """Return the levels that have a slot each, those of all layers in all panels that belong together."""
    spec, reference = panel.first.spec, panel.first.x or Reference(name="")
    for layer in panel.layers:
        if layer.x is not None and layer.x.name != reference.name:
            message = f"its slots are those of '{layer.x.name}', and not of '{reference.name}'"
            raise AssetError(_stranger(panel.first, layer, message))
    if reference.name == spec.hue and not spec.order:
        return hues[reference.name]
    everything = [row[0] for other in together for layer in other.layers for row in layer.rows]
    values = levels(reference, everything, labels, order=spec.order, path=(*panel.path, "order"))
    return tuple(Level(value=value, text=reference.text(value, labels)) for value in values)


def _require_no_order(layer: Layer, column: str) -> None:
    if layer.spec.order:
        message = f"'{column}' is an axis of numbers: it has no 'order'"
        raise AssetError(Problem(message=message, path=(*layer.path, "order")))


def _numbers(layer: Layer, labels: Labels) -> tuple[Level, ...]:
    """Return the distinct numbers on the axis that places the values, none where nothing does."""
    reference = layer.x
    _require_no_order(layer, layer.y if reference is None else reference.name)
    if reference is None:
        return ()
    path = (*layer.path, layer.keys[0])
    if reference.has_attribute:
        message = f"'{reference.name}' is the text of a label: '{layer.spec.mark}' has numbers on its x axis"
        raise AssetError(Problem(message=message, path=path))
    found = {number(row[0], reference.name, path) for row in layer.rows if row[0] is not None}
    values = [int(place) if place.is_integer() else place for place in sorted(found) if math.isfinite(place)]
    if layer.spec.axes.xscale == "date":
        return tuple(Level(value=value, text=iso(value)) for value in values)
    return tuple(Level(value=value, text=reference.text(value, labels)) for value in values)


def _hidden(layer: Layer, data: PanelData) -> Iterator[Problem]:
    if layer.mark.axis_names is not None:
        return
    place, value = layer.keys
    values = [value for found in data.groups for value in found.values]
    if not layer.mark.is_matrix:
        yield from _outside(layer, values, value, layer.y)
    if data.is_numeric and layer.x is not None:
        places = [data.at(found) for found in data.groups for _ in found.values]
        yield from _outside(layer, places, place, layer.x.name)


def _outside(layer: Layer, values: Sequence[float], axis: str, column: str) -> Iterator[Problem]:
    key = f"{axis}lim"
    limits: tuple[float, float] | None = getattr(layer.spec.axes, key)
    outside = 0 if limits is None else sum(not min(limits) <= value <= max(limits) for value in values)
    if outside:
        message = f"{outside} of {len(values)} values of '{column}' are outside '{key}' and do not show"
        yield Problem(message=message, path=(*layer.path, "axes", key))


def _ticks(layer: Layer, x: Sequence[Level], labels: Labels) -> tuple[tuple[str, ...], ...]:
    if not layer.tick_columns or layer.x is None:
        return ()
    reference = Reference(name=layer.tick_columns[0])
    texts: dict[Scalar, dict[str, None]] = {level.value: {} for level in x}
    for row in layer.rows:
        if row[0] is not None and row[-1] is not None:
            slot = texts.get(layer.x.level(row[0], labels))
            if slot is not None:
                slot[reference.text(reference.level(row[-1], labels), labels)] = None
    return tuple(tuple(found) for found in texts.values())
