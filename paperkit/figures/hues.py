"""The levels of every hue of a figure and their colours: one colour means one thing in all its panels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from paperkit.errors import Problem
from paperkit.figures.encoding import Level, Reference, levels
from paperkit.figures.panel import Layer
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FigureAsset, Palette, Scalar
from paperkit.style import palette
from paperkit.style.families import family_colors, middle, sequence
from paperkit.style.palette import Rgb

# A level without a colour of its own: its text, and how many values of the same hue before it have the same text.
_Key = tuple[str, int]
_Colors = Mapping[str, Rgb]


def hue_levels(
    asset: FigureAsset, layers: Sequence[Layer], labels: Labels
) -> tuple[Mapping[str, tuple[Level, ...]], tuple[Problem, ...]]:
    """Return the levels of every hue, with their colours, over all layers that share it, and what is worth noticing.

    Colours come from the palette, else from the labels, else from the default sequence. Of these, levels of different
    hues take different ones, except where they read alike. All depend on the place of a value among those that the
    paper knows, not on which others are in this figure.

    Raises:
        AssetError: an explicit order names unknown values, or there are too few colours.

    """
    names = dict.fromkeys(layer.spec.hue for layer in layers if layer.spec.hue is not None)
    bare = {name: _ordered(name, layers, labels) for name in names}
    known = {name: _known(name, bare[name], layers, labels) for name in names}
    chosen = {name: _chosen(asset, name, list(known[name]), bare[name], labels) for name in names}
    default = _defaults(asset, known, chosen, bare)
    found = {
        name: tuple(
            Level(
                value=level.value,
                text=level.text,
                color=chosen[name].get(str(level.value)) or default[name][str(level.value)],
                rank=list(known[name]).index(str(level.value)),
            )
            for level in bare[name]
        )
        for name in names
    }
    return found, tuple(_clashes(asset, found))


def _ordered(name: str, layers: Sequence[Layer], labels: Labels) -> tuple[Level, ...]:
    reference = Reference(name=name)
    sharing = [layer for layer in layers if layer.spec.hue == name]
    everything = [row[2] for layer in sharing for row in layer.rows]
    ordered: tuple[Scalar, ...] = levels(reference, everything, labels, path=())
    if any(layer.spec.hue_order for layer in sharing):
        values: list[Scalar] = []
        # An explicit order speaks for the whole figure; the levels of other panels come after it.
        for layer in sorted(sharing, key=lambda layer: not layer.spec.hue_order):
            order, path = layer.spec.hue_order, (*layer.path, "hue_order")
            column = everything if order else [row[2] for row in layer.rows]
            values += levels(reference, column, labels, order=order, path=path)
        ordered = tuple(dict.fromkeys(values))
    return tuple(Level(value=value, text=reference.text(value, labels)) for value in ordered)


def _known(name: str, bare: Sequence[Level], layers: Sequence[Layer], labels: Labels) -> Mapping[str, str]:
    """Return value → text of all values of a hue that the paper knows.

    First the labels' ones, in their order; then the others of its frames, also of rows that `where` leaves out.
    """
    reference = Reference(name=name)
    everything = [value for layer in layers if layer.spec.hue == name for value in layer.known]
    found: list[Scalar] = [*_labelled(reference, labels), *levels(reference, everything, labels, path=())]
    texts = {str(value): reference.text(value, labels) for value in found}
    return texts | {str(level.value): level.text for level in bare}


def _labelled(reference: Reference, labels: Labels) -> Sequence[Scalar]:
    column, _, attribute = reference.name.partition(".")
    values = labels.columns.get(column, {})
    if attribute == "label":
        return [labels.text(reference.name, value) for value in values]
    return [str(found) for found in labels.attribute_map(column, attribute).values()] if attribute else list(values)


def _chosen(asset: FigureAsset, name: str, known: Sequence[str], bare: Sequence[Level], labels: Labels) -> _Colors:
    """Return value → colour where the manifest says it."""
    spec, reference = asset.spec.palette, Reference(name=name)
    if spec is not None and spec.family is not None and _is_of_family(spec, reference):
        return _family(asset, spec, reference, labels)
    if spec is not None and spec.family is None and spec.hue in (None, name):
        panels = [panel for entry in asset.spec.panel for panel in entry.layers]
        is_ordered = any(panel.hue_order for panel in panels if panel.hue in (None, name))
        return _in_order(asset, spec, [] if is_ordered else known, [str(level.value) for level in bare])
    own = {} if reference.has_attribute else labels.attribute_map(reference.column, "color")
    return {
        value: palette.colors([str(color)], path=("labels", reference.column, value, "color"))[0]
        for value, color in own.items()
    }


def _in_order(asset: FigureAsset, spec: Palette, known: Sequence[str], present: Sequence[str]) -> _Colors:
    """Return the colours of the palette in the order of all values, if it has enough; else of those in the figure."""
    path = (*asset.path, "palette", "colors")
    colors = palette.colors(spec.colors, lighten=spec.lighten, path=path)
    by_rank = dict(zip(known, colors, strict=False))
    if all(value in by_rank for value in present):
        return by_rank
    return dict(zip(present, palette.pick(spec.colors, len(present), lighten=spec.lighten, path=path), strict=True))


def _is_of_family(spec: Palette, reference: Reference) -> bool:
    return spec.hue in (None, reference.name) and reference.column == Reference(name=spec.family or "").column


def _family(asset: FigureAsset, spec: Palette, reference: Reference, labels: Labels) -> _Colors:
    """Return a hue for each family and a lightness for each member; the middle one where families are the levels."""
    column, _, attribute = (spec.family or "").partition(".")
    members: dict[str, list[str]] = {}
    for value, family in labels.attribute_map(column, attribute).items():
        members.setdefault(str(family), []).append(value)
    rows = family_colors([len(values) for values in members.values()], path=(*asset.path, "palette", "family"))
    rows = tuple(tuple(palette.lightened(color, spec.lighten) for color in row) for row in rows)
    if reference.name == spec.family:
        return dict(zip(members, map(middle, rows), strict=True))
    shown = {value: str(reference.level(value, labels)) for values in members.values() for value in values}
    return {
        shown[value]: color
        for values, row in zip(members.values(), rows, strict=True)
        for value, color in zip(values, row, strict=True)
    }


def _keys(known: Mapping[str, str]) -> Mapping[str, _Key]:
    texts = list(known.values())
    return {value: (text, texts[:rank].count(text)) for rank, (value, text) in enumerate(known.items())}


def _defaults(
    asset: FigureAsset,
    known: Mapping[str, Mapping[str, str]],
    chosen: Mapping[str, _Colors],
    bare: Mapping[str, Sequence[Level]],
) -> Mapping[str, _Colors]:
    """Return colours for the levels without one; each hue has the same ones if there are too few for all."""
    keys = {
        name: {value: key for value, key in _keys(values).items() if value not in chosen[name]}
        for name, values in known.items()
    }
    present = {
        name: {str(level.value): keys[name][str(level.value)] for level in levels if str(level.value) in keys[name]}
        for name, levels in bare.items()
    }
    shown = dict.fromkeys(key for values in present.values() for key in values.values())
    taken = [color for colors in chosen.values() for color in colors.values()]
    path = (*asset.path, "palette")
    if len(shown) <= len(sequence()):
        together = list(dict.fromkeys(key for values in keys.values() for key in values.values()))
        colors = palette.ranked_colors([together.index(key) for key in shown], taken=taken, path=path)
        given = dict(zip(shown, colors, strict=True))
        return {name: {value: given[key] for value, key in values.items()} for name, values in present.items()}
    return {
        name: dict(
            zip(
                values,
                palette.ranked_colors([list(keys[name]).index(value) for value in values], taken=taken, path=path),
                strict=True,
            )
        )
        for name, values in present.items()
    }


def _clashes(asset: FigureAsset, found: Mapping[str, Sequence[Level]]) -> Iterator[Problem]:
    for (first, ones), (second, others) in combinations(found.items(), 2):
        pairs = (
            (one.text, other.text)
            for one in ones
            for other in others
            if one.color and other.color and palette.are_same(one.color, other.color) and one.text != other.text
        )
        clash = next(pairs, None)
        if clash is not None:
            spec = asset.spec.palette
            by_hue = f"say which hue the palette is for: hue = '{first}'"
            by_label = f"give the values a 'color' in [labels.{second}], or draw the panels as two figures"
            yield Problem(
                message=f"one colour means '{clash[0]}' of '{first}' and '{clash[1]}' of '{second}'",
                path=(*asset.path, "palette"),
                hint=by_hue if spec is not None and spec.hue is None else by_label,
            )
