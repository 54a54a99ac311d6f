"""The levels of every hue of a figure and their colours: one colour means one thing in all its panels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from paperkit.errors import Problem
from paperkit.figures.encoding import Level, Reference, levels
from paperkit.figures.panel import Layer
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FigureAsset, Scalar
from paperkit.style import palette
from paperkit.style.palette import Rgb

# A level without a colour of its own: its text, and how many levels of the same hue before it have the same text.
_Key = tuple[str, int]


def hue_levels(
    asset: FigureAsset, layers: Sequence[Layer], labels: Labels
) -> tuple[Mapping[str, tuple[Level, ...]], tuple[Problem, ...]]:
    """Return the levels of every hue, with their colours, over all layers that share it, and what is worth noticing.

    Colours come from the palette, else from the labels, else from `tab10` or `tab20`. Of these, levels of different
    hues take different ones, except where they read alike.

    Raises:
        AssetError: an explicit order names unknown values, or there are too few colours.

    """
    names = dict.fromkeys(layer.spec.hue for layer in layers if layer.spec.hue is not None)
    bare = {name: _ordered(name, layers, labels) for name in names}
    chosen = {name: _chosen(asset, name, found, labels) for name, found in bare.items()}
    default = _defaults(asset, bare, chosen)
    found = {
        name: tuple(
            Level(value=level.value, text=level.text, color=default[name][key] if color is None else color)
            for level, key, color in zip(bare[name], _keys(bare[name]), chosen[name], strict=True)
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


def _chosen(asset: FigureAsset, name: str, found: Sequence[Level], labels: Labels) -> tuple[Rgb | None, ...]:
    """Return the colours that the manifest gives the levels of one hue, None where it gives none."""
    spec, reference = asset.spec.palette, Reference(name=name)
    if spec is not None and spec.hue in (None, name):
        return palette.pick(spec.colors, len(found), lighten=spec.lighten, path=(*asset.path, "palette", "colors"))
    own = {} if reference.has_attribute else labels.attribute_map(reference.column, "color")
    return tuple(
        palette.colors([str(own[value])], path=("labels", reference.column, value, "color"))[0]
        if value in own
        else None
        for value in (str(level.value) for level in found)
    )


def _keys(found: Sequence[Level]) -> tuple[_Key, ...]:
    texts = [level.text for level in found]
    return tuple((text, texts[:rank].count(text)) for rank, text in enumerate(texts))


def _defaults(
    asset: FigureAsset, bare: Mapping[str, Sequence[Level]], chosen: Mapping[str, Sequence[Rgb | None]]
) -> Mapping[str, Mapping[_Key, Rgb]]:
    """Return colours for the levels without one; each hue has the same ones if there are too few for all."""
    missing = {
        name: [key for key, color in zip(_keys(found), chosen[name], strict=True) if color is None]
        for name, found in bare.items()
    }
    taken = [color for colors in chosen.values() for color in colors if color is not None]
    together, path = tuple(dict.fromkeys(key for keys in missing.values() for key in keys)), (*asset.path, "palette")
    if len(together) <= palette.LISTED["tab20"]:
        shared = dict(zip(together, palette.default_colors(len(together), taken=taken, path=path), strict=True))
        return dict.fromkeys(bare, shared)
    return {
        name: dict(zip(keys, palette.default_colors(len(keys), taken=taken, path=path), strict=True))
        for name, keys in missing.items()
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
