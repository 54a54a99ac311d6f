"""Vision: how colours look in greyscale and to readers with a colour vision deficiency."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt
from typing import Literal

from paperkit.style.contrast import luminance

RGB = tuple[int, int, int]
Lab = tuple[float, float, float]
Deficiency = Literal["protanopia", "deuteranopia", "tritanopia"]
_Matrix = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]

# Machado, Oliveira & Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency",
# IEEE TVCG 15(6), 2009: severity 1.0, for linear RGB.
MACHADO: dict[Deficiency, _Matrix] = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
# IEC 61966-2-1: linear sRGB → XYZ.
_XYZ: _Matrix = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
_LINEAR_UP_TO = 0.04045
_ENCODED_UP_TO = 0.0031308
_OPPOSITE = 180


def lightness(rgb: RGB) -> float:
    """Return the CIE lightness L* of an 8-bit sRGB colour: 0 is black, 100 white; greyscale keeps only this.

    >>> round(lightness((119, 119, 119)))
    50
    """
    return 116 * _cube_root(luminance(rgb)) - 16


def simulate(rgb: RGB, deficiency: Deficiency) -> RGB:
    """Return how an 8-bit sRGB colour looks to a reader who lacks one kind of cone.

    Source: Machado et al. 2009, severity 1.

    >>> simulate((255, 0, 0), "deuteranopia"), simulate((128, 128, 128), "deuteranopia")
    ((163, 144, 0), (128, 128, 128))
    """
    linear = [_linear(channel / 255) for channel in rgb]
    red, green, blue = (
        round(255 * _encoded(min(max(channel, 0.0), 1.0))) for channel in _times(MACHADO[deficiency], linear)
    )
    return red, green, blue


def lab(rgb: RGB) -> Lab:
    """Return the CIE L*, a* and b* of an 8-bit sRGB colour, with the white of sRGB (D65)."""
    channels = _times(_XYZ, [_linear(channel / 255) for channel in rgb])
    x, y, z = (_cube_root(value / sum(row)) for value, row in zip(channels, _XYZ, strict=True))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(one: Lab, other: Lab) -> float:
    """Return the colour difference CIEDE2000, ΔE: about 1 is just noticeable, side by side.

    Source: Sharma, Wu & Dalal, "The CIEDE2000 Color-Difference Formula", Color Research & Application 30(1), 2005.
    """
    chroma = (hypot(*one[1:]) + hypot(*other[1:])) / 2
    stretch = 1.5 - _saturation(chroma) / 2
    chroma_1, hue_1 = _polar(stretch * one[1], one[2])
    chroma_2, hue_2 = _polar(stretch * other[1], other[2])
    is_gray = chroma_1 * chroma_2 == 0
    turn = 0.0 if is_gray else _turn(hue_1, hue_2)
    hue = hue_1 + hue_2 if is_gray else hue_1 + turn / 2
    lightness_ = (one[0] + other[0]) / 2
    chroma = (chroma_1 + chroma_2) / 2
    off = (lightness_ - 50) ** 2
    by_lightness = (other[0] - one[0]) / (1 + 0.015 * off / sqrt(20 + off))
    by_chroma = (chroma_2 - chroma_1) / (1 + 0.045 * chroma)
    by_hue = 2 * sqrt(chroma_1 * chroma_2) * sin(radians(turn / 2)) / (1 + 0.015 * chroma * _hue_weight(hue))
    rotation = -sin(radians(60 * exp(-((((hue % 360) - 275) / 25) ** 2)))) * 2 * _saturation(chroma)
    return sqrt(by_lightness**2 + by_chroma**2 + by_hue**2 + rotation * by_chroma * by_hue)


def _saturation(chroma: float) -> float:
    return sqrt(chroma**7 / (chroma**7 + 25**7))


def _hue_weight(hue: float) -> float:
    return (
        1
        - 0.17 * cos(radians(hue - 30))
        + 0.24 * cos(radians(2 * hue))
        + 0.32 * cos(radians(3 * hue + 6))
        - 0.20 * cos(radians(4 * hue - 63))
    )


def _polar(a: float, b: float) -> tuple[float, float]:
    return hypot(a, b), degrees(atan2(b, a)) % 360


def _turn(start: float, end: float) -> float:
    # Rounded, since the formula is not continuous where hues are opposite to each other.
    turn = round(end - start, 9)
    return turn - 360 if turn > _OPPOSITE else turn + 360 if turn < -_OPPOSITE else turn


def _times(matrix: _Matrix, vector: Sequence[float]) -> list[float]:
    return [sum(weight * part for weight, part in zip(row, vector, strict=True)) for row in matrix]


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= _LINEAR_UP_TO else ((channel + 0.055) / 1.055) ** 2.4


def _encoded(channel: float) -> float:
    return 12.92 * channel if channel <= _ENCODED_UP_TO else 1.055 * channel ** (1 / 2.4) - 0.055


def _cube_root(value: float) -> float:
    # CIE 15: the root is replaced by its tangent near zero.
    return value ** (1 / 3) if value > (6 / 29) ** 3 else value / (3 * (6 / 29) ** 2) + 4 / 29
