"""Channels: what tells the levels of hue apart: colours, and a shape where colours do not carry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeVar

from paperkit.figures.encoding import PanelData
from paperkit.style.contrast import ink
from paperkit.style.distinct import confusion
from paperkit.style.palette import Rgb, colors, default_colors, slots

Marker = Literal["o", "s", "^", "v", "D", "d", "p", "h", "X", "P", "*", "x", "+", "."]
Dash = str | tuple[float, ...]
_T = TypeVar("_T")

# seaborn 0.13.2, unique_dashes: solid, dashed, dotted, dash-dot, dash-dot-dot; in widths of the line.
_DASHES: tuple[tuple[float, ...], ...] = ((), (4, 1.5), (1, 1), (3, 1.25, 1.5, 1.25), (5, 1, 1, 1))
# Lines only: a circle is not told from a dot at print size, and TeX draws lines fast.
_HATCHES = ("", "////", "\\\\\\\\", "xxxx", "----", "||||", "++++")
_HATCH_SHARE = 0.65
_MARKERS = ("o", "X", "s", "P", "D", "^", "v", "d", "p", "h")


def level_colors(data: PanelData, color: str | None) -> tuple[Rgb, ...]:
    """Return the colour of each level of hue: `color` for all of them, else their own, else the first default one."""
    if color is not None:
        return (colors([color])[0],) * max(len(data.hue), 1)
    base = default_colors(1)[0]
    return tuple(level.color or base for level in data.hue) or (base,)


def needs_more(data: PanelData, shades: Sequence[Rgb]) -> bool:
    """Tell whether colours alone cannot tell the levels of hue apart for all readers, nor the ticks."""
    return not data.is_told and confusion([as_bytes(shade) for shade in shades]) is not None


def dashes(data: PanelData, shades: Sequence[Rgb], wanted: bool | Literal["auto"]) -> tuple[Dash, ...]:
    """Return the line style of each level, in matplotlib's words; `auto` asks whether colours need them."""
    found = _each(data, shades, wanted, _DASHES)
    return tuple((0, dash) if dash else "-" for dash in found)  # type: ignore[misc]


def markers(data: PanelData, shades: Sequence[Rgb], wanted: bool | str) -> tuple[str, ...]:
    """Return the marker of each level: one for all, or different ones where `auto` finds colours to need them."""
    if wanted == "auto" or wanted is True:
        return _each(data, shades, wanted, _MARKERS)
    return tuple("none" if wanted is False else str(wanted) for _ in shades)


def style_dashes(data: PanelData) -> tuple[Dash, ...]:
    """Return the line style of each level of `style`, in matplotlib's words."""
    return tuple((0, dash) if dash else "-" for dash in _by_rank(data, _DASHES))  # type: ignore[misc]


def style_markers(data: PanelData) -> tuple[str, ...]:
    """Return the marker of each level of `style`."""
    return _by_rank(data, _MARKERS)


def _by_rank(data: PanelData, choices: Sequence[_T]) -> tuple[_T, ...]:
    return tuple(choices[slot] for slot in slots([level.rank for level in data.style], len(choices)))


def hatches(
    data: PanelData, shades: Sequence[Rgb], wanted: bool | Literal["auto"], *, has_level: bool = True
) -> tuple[str, ...]:
    """Return the hatch of each level, in matplotlib's words; `auto` asks whether colours need them.

    Without `has_level` no line of a hatch is level, as a median is.
    """
    return _each(data, shades, wanted, [hatch for hatch in _HATCHES if has_level or not set(hatch) & set("-+")])


def _each(data: PanelData, shades: Sequence[Rgb], wanted: bool | str, choices: Sequence[_T]) -> tuple[_T, ...]:
    # By rank among all values of the paper, so that a level looks alike in all figures.
    several = needs_more(data, shades) if wanted == "auto" else wanted
    ranks = [level.rank for level in data.hue] if data.hue else [0]
    return tuple(choices[slot] if several else choices[0] for slot in slots(ranks, len(choices)))


def hatch_ink(fill: Rgb) -> Rgb:
    """Return the colour of the hatch on a bar: between that of the bar and black or white, whichever stands out."""
    channel = 0.0 if ink(as_bytes(fill)) == "black" else 1.0
    red, green, blue = ((1 - _HATCH_SHARE) * part + _HATCH_SHARE * channel for part in fill)
    return red, green, blue


def theme(parameter: str) -> Any:
    """Return one of the theme's parameters, in matplotlib's words."""
    from matplotlib import rcParams

    parameters: Any = rcParams
    return parameters[parameter]


def as_bytes(shade: Rgb) -> tuple[int, int, int]:
    """Return the 8-bit channels of a colour."""
    red, green, blue = (round(255 * channel) for channel in shade)
    return red, green, blue
