"""Families: the colours that are shipped, in sequence for any values, or a hue for each family of them.

`palettes.json` is written by `scripts/optimise_palettes.py`, with the differences that each palette reaches.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from paperkit.errors import AssetError, ManifestPath, Problem

Rgb = tuple[float, float, float]


@cache
def sequence() -> tuple[Rgb, ...]:
    """Return 20 colours of which the first few are told apart best; the last ten are shades of the first."""
    return tuple(map(_rgb, _shipped()["default"]["colors"]))


def family_colors(sizes: Sequence[int], *, path: ManifestPath = ()) -> tuple[tuple[Rgb, ...], ...]:
    """Return for each family as many colours as it has members, of one hue, from light to dark.

    A smaller family takes its colours from the whole range of lightness.

    Raises:
        AssetError: no palette has so many families, or so many members.

    >>> [len(colors) for colors in family_colors([3, 3, 2])]
    [3, 3, 2]
    """
    members = max(sizes, default=1)
    fitting = [shape for shape in _shapes() if shape[0] >= len(sizes) and shape[1] >= members]
    if not fitting:
        few = "; ".join(f"{families} of {most}" for families, most in _largest())
        message = f"no palette has {len(sizes)} families of up to {members}: the largest have {few}"
        raise AssetError(Problem(message=message, path=path, hint="'colors' names the colours one by one"))
    families, most = min(fitting, key=lambda shape: (shape[0] * shape[1], shape))
    rows = _shipped()["families"][f"{families}x{most}"]["colors"]
    return tuple(tuple(_rgb(row[at]) for at in _spread(size, most)) for size, row in zip(sizes, rows, strict=False))


def middle(colors: Sequence[Rgb]) -> Rgb:
    """Return the colour that stands for a family as a whole."""
    return colors[len(colors) // 2]


def _spread(size: int, most: int) -> list[int]:
    """Return which `size` of `most` members are as far from each other as can be."""
    return [most // 2] if size == 1 else [round(rank * (most - 1) / (size - 1)) for rank in range(size)]


def _shapes() -> list[tuple[int, int]]:
    pairs = (name.split("x") for name in _shipped()["families"])
    return sorted((int(families), int(members)) for families, members in pairs)


def _largest() -> list[tuple[int, int]]:
    """Return the shapes that no other one contains."""
    shapes = _shapes()
    return [
        one for one in shapes if not any(other != one and other[0] >= one[0] and other[1] >= one[1] for other in shapes)
    ]


@cache
def _shipped() -> Any:
    return json.loads(files("paperkit.style").joinpath("palettes.json").read_text(encoding="ascii"))


def _rgb(color: str) -> Rgb:
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue
