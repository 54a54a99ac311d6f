"""Channels: what tells the levels of hue apart: colours, and dashes or markers where greyscale loses the colours."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any, Literal

from paperkit.figures.encoding import PanelData
from paperkit.style.palette import Rgb, colors, default_colors
from paperkit.style.vision import lightness

Marker = Literal["o", "s", "^", "v", "D", "d", "p", "h", "X", "P", "*", "x", "+", "."]
Dash = str | tuple[float, ...]

# L* below which two colours look alike in greyscale: as `style.readable` counts colours of a colormap.
_ALIKE = 8.0
# seaborn 0.13.2, unique_dashes: solid, dashed, dotted, dash-dot, dash-dot-dot; in widths of the line.
_DASHES: tuple[tuple[float, ...], ...] = ((), (4, 1.5), (1, 1), (3, 1.25, 1.5, 1.25), (5, 1, 1, 1))
_MARKERS = ("o", "X", "s", "P", "D", "^", "v", "d", "p", "h")


def level_colors(data: PanelData, color: str | None) -> tuple[Rgb, ...]:
    """Return the colour of each level of hue: `color` for all of them, else their own, else the first default one."""
    if color is not None:
        return (colors([color])[0],) * max(len(data.hue), 1)
    base = default_colors(1)[0]
    return tuple(level.color or base for level in data.hue) or (base,)


def are_alike(shades: Sequence[Rgb]) -> bool:
    """Tell whether greyscale leaves two of the colours less than 8 L* apart.

    >>> are_alike([(1, 0, 0), (0, 0.5, 0)]), are_alike([(0, 0, 0), (1, 1, 1)])
    (True, False)
    """
    grays = [lightness(as_bytes(shade)) for shade in shades]
    return any(abs(one - other) < _ALIKE for one, other in combinations(grays, 2))


def dashes(shades: Sequence[Rgb], wanted: bool | Literal["auto"]) -> tuple[Dash, ...]:
    """Return the line style of each level, in matplotlib's words; `auto` asks whether greyscale needs them."""
    several = are_alike(shades) if wanted == "auto" else wanted
    found = (_DASHES[rank % len(_DASHES)] if several else () for rank in range(len(shades)))
    return tuple((0, dash) if dash else "-" for dash in found)  # type: ignore[misc]


def markers(shades: Sequence[Rgb], wanted: bool | str) -> tuple[str, ...]:
    """Return the marker of each level: one for all, or different ones where `auto` finds greyscale to need them."""
    if wanted == "auto" or wanted is True:
        several = wanted is True or are_alike(shades)
        return tuple(_MARKERS[rank % len(_MARKERS)] if several else "o" for rank in range(len(shades)))
    return tuple("none" if wanted is False else str(wanted) for _ in shades)


def theme(parameter: str) -> Any:
    """Return one of the theme's parameters, in matplotlib's words."""
    from matplotlib import rcParams

    parameters: Any = rcParams
    return parameters[parameter]


def as_bytes(shade: Rgb) -> tuple[int, int, int]:
    """Return the 8-bit channels of a colour."""
    red, green, blue = (round(255 * channel) for channel in shade)
    return red, green, blue
