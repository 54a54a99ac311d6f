"""Contrast: which of black and white is readable on a fill."""

from __future__ import annotations

from typing import Literal

Ink = Literal["black", "white"]
RGB = tuple[int, int, int]

# The threshold of sRGB; older editions of WCAG print 0.03928, and no 8-bit channel lies between the two.
_LINEAR_UP_TO = 0.04045


def luminance(rgb: RGB) -> float:
    """Return the relative luminance of an 8-bit sRGB colour, from 0 (black) to 1 (white).

    Source: WCAG 2.2, definition of relative luminance.
    """
    red, green, blue = (_linear(channel / 255) for channel in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast_ratio(one: RGB, other: RGB) -> float:
    """Return the contrast ratio of two 8-bit sRGB colours, from 1 (equal) to 21 (black and white).

    Source: WCAG 2.2, definition of contrast ratio.
    """
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def ink(rgb: RGB) -> Ink:
    """Return whichever of black and white contrasts more with the fill `rgb`.

    >>> ink((255, 245, 240)), ink((103, 0, 13))
    ('black', 'white')
    """
    return "white" if contrast_ratio(rgb, (255, 255, 255)) > contrast_ratio(rgb, (0, 0, 0)) else "black"


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= _LINEAR_UP_TO else ((channel + 0.055) / 1.055) ** 2.4
