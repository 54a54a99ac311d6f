"""CAM02-UCS: colour differences that hold for large distances too, for arrays of colours.

Sources: Moroney et al., "The CIECAM02 Color Appearance Model", Color Imaging Conference 10, 2002; Luo, Cui & Li,
"Uniform Colour Spaces Based on CIECAM02", Color Research & Application 31(4), 2006. The viewing conditions are those of
sRGB (IEC 61966-2-1): D65, background 20, adapting luminance 64 lx / π / 5, average surround.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_CAT02 = np.array([[0.7328, 0.4296, -0.1624], [-0.7036, 1.6975, 0.0061], [0.0030, 0.0136, 0.9834]])
_HPE = np.array([[0.38971, 0.68898, -0.07868], [-0.22981, 1.18340, 0.04641], [0.0, 0.0, 1.0]])
_WHITE = np.array([95.047, 100.0, 108.883])
_BACKGROUND, _LUMINANCE = 20.0, 64 / np.pi / 5
# Average surround: F, c and Nc.
_F, _C, _NC = 1.0, 0.69, 1.0
# Luo et al. 2006: the uniform space.
_C1, _C2 = 0.007, 0.0228
# IEC 61966-2-1.
_LINEAR_UP_TO, _ENCODED_UP_TO = 0.04045, 0.0031308


def linear(srgb: Floats) -> Floats:
    """Return the linear light of sRGB channels in 0…1."""
    result: Floats = np.where(srgb <= _LINEAR_UP_TO, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return result


def encoded(light: Floats) -> Floats:
    """Return sRGB channels in 0…1 of linear light, clipped to what a screen shows."""
    light = np.clip(light, 0, 1)
    return np.where(light <= _ENCODED_UP_TO, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def lightness(light: Floats) -> Floats:
    """Return CIE L* of linear light (…, 3)."""
    y = light @ XYZ[1]
    result: Floats = 116 * np.where(y > (6 / 29) ** 3, np.cbrt(y), y / (3 * (6 / 29) ** 2) + 4 / 29) - 16
    return result


def uniform(light: Floats) -> Floats:
    """Return J', a' and b' of linear sRGB light (…, 3): ΔE is the Euclidean distance."""
    k = 1 / (5 * _LUMINANCE + 1)
    level = 0.2 * k**4 * 5 * _LUMINANCE + 0.1 * (1 - k**4) ** 2 * np.cbrt(5 * _LUMINANCE)
    n = _BACKGROUND / _WHITE[1]
    induction, base = 0.725 * (1 / n) ** 0.2, 1.48 + np.sqrt(n)
    degree = _F * (1 - np.exp((-_LUMINANCE - 42) / 92) / 3.6)
    gain = degree * _WHITE[1] / (_CAT02 @ _WHITE) + 1 - degree
    white = _responses(_WHITE, gain, level)
    cones = _responses(100 * light @ XYZ.T, gain, level)
    achromatic = (cones @ [2, 1, 0.05] - 0.305) * induction
    achromatic_white = (white @ [2, 1, 0.05] - 0.305) * induction
    a, b = cones @ [1, -12 / 11, 1 / 11], cones @ [1 / 9, 1 / 9, -2 / 9]
    hue = np.arctan2(b, a)
    eccentricity = (np.cos(hue + 2) + 3.8) / 4
    j = 100 * np.maximum(achromatic / achromatic_white, 0) ** (_C * base)
    t = 50000 / 13 * _NC * induction * eccentricity * np.hypot(a, b) / (cones @ [1, 1, 21 / 20])
    chroma = t**0.9 * np.sqrt(j / 100) * (1.64 - 0.29**n) ** 0.73
    colorfulness = np.log1p(_C2 * chroma * level**0.25) / _C2
    bright = (1 + 100 * _C1) * j / (1 + _C1 * j)
    return np.stack([bright, colorfulness * np.cos(hue), colorfulness * np.sin(hue)], axis=-1)


def _responses(xyz: Floats, gain: Floats, level: float) -> Floats:
    cones = (xyz @ _CAT02.T * gain) @ (_HPE @ np.linalg.inv(_CAT02)).T
    power = (level * np.abs(cones) / 100) ** 0.42
    result: Floats = np.sign(cones) * 400 * power / (power + 27.13) + 0.1
    return result
