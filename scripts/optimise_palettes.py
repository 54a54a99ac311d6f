"""Write paperkit/style/palettes.json: the default colours, and palettes of families with a hue each.

Run it by hand, it takes some minutes: `python scripts/optimise_palettes.py`. Many palettes are annealed side by side in
OKLCH (Ottosson 2020). What is raised is the smallest difference of two colours, in CAM02-UCS, under normal sight and
the three deficiencies (Machado et al. 2009), and in L*, each against its target; colours that boxes and bars mute
(HLS saturation 0.75) count too. Hues stay within a family, lightness falls from member to member, and hues whose dark
colours are olive are left out.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from paperkit.style.vision import MACHADO
from scripts.cam02 import Floats, encoded, lightness, linear, uniform

OUTPUT = Path(__file__).parents[1] / "paperkit" / "style" / "palettes.json"
FAMILIES, MEMBERS, MOST = range(2, 7), range(2, 6), 20
VIEWS = ("normal", "deuteranopia", "protanopia", "tritanopia", "grey")
# What a palette of three families of three can reach, each view on its own scale.
TARGETS = np.array([15.7, 12.4, 11.2, 12.3, 5.5])
CHAINS, STEPS, SEED = 48, 2600, 7
# How often a whole family turns, not one colour.
TURNS = 0.3
# OKLCH: the hues of families, and hue and lightness of the colours of a sequence: blue, orange, wine, green, sky,
# purple, pink, dark green, vermilion, yellow; how far each may move; the range of lightness and of chroma.
FAMILY_HUES = (255.0, 60.0, 150.0, 350.0, 225.0, 28.0)
SEQUENCE = (
    (255.0, 0.52),
    (62.0, 0.73),
    (15.0, 0.42),
    (165.0, 0.65),
    (225.0, 0.76),
    (305.0, 0.48),
    (350.0, 0.72),
    (150.0, 0.41),
    (40.0, 0.60),
    (95.0, 0.78),
)
REACH, DRIFT, RISE = 16.0, 10.0, 0.07
NAMED = 3
OLIVE, OLIVE_UP_TO = (88, 132), 0.80
LIGHT, DARK, MIDDLE = 0.87, 0.40, 0.62
VIVID, MUTED = 0.16, 0.085
# Where all targets are reached so many times, chroma is worth more.
ENOUGH = 1.5
# Muted colours may be a little closer than those of lines.
MUTING, MUTED_SHARE = 0.75, 0.88
_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How many families and members a palette has; a sequence is a row of families of one."""

    families: int
    members: int

    @property
    def hues(self) -> tuple[float, ...]:
        """Return the hue that each family or colour is near."""
        return tuple(hue for hue, _ in SEQUENCE) if self.members == 1 else FAMILY_HUES[: self.families]

    @property
    def count(self) -> int:
        """Return the number of colours."""
        return self.families * self.members


def light_of(lch: Floats) -> Floats:
    """Return linear sRGB light of OKLCH colours (hue in degrees); outside 0…1 it is not on a screen."""
    hue = np.radians(lch[..., 2])
    lab = np.stack([lch[..., 0], lch[..., 1] * np.cos(hue), lch[..., 1] * np.sin(hue)], axis=-1)
    result: Floats = (lab @ np.linalg.inv(_OKLAB).T) ** 3 @ np.linalg.inv(_LMS).T
    return result


def muted(srgb: Floats) -> Floats:
    """Return the colours with their HLS saturation times 0.75: halfway lightness stays, channels move to it."""
    middle = (srgb.max(axis=-1, keepdims=True) + srgb.min(axis=-1, keepdims=True)) / 2
    result: Floats = middle + MUTING * (srgb - middle)
    return result


def differences(srgb: Floats) -> Floats:
    """Return the differences (view, …, colour, colour) of sRGB colours (…, colour, channel); infinite to itself."""
    light = linear(srgb)
    seen = [light] + [
        linear(encoded(light @ np.array(MACHADO[kind]).T)) for kind in ("deuteranopia", "protanopia", "tritanopia")
    ]
    places = [uniform(one) for one in seen]
    apart = [np.linalg.norm(place[..., :, None, :] - place[..., None, :, :], axis=-1) for place in places]
    grey = lightness(light)
    apart.append(np.abs(grey[..., :, None] - grey[..., None, :]))
    found = np.stack(apart)
    found[..., np.arange(srgb.shape[-2]), np.arange(srgb.shape[-2])] = np.inf
    return found


def worst(srgb: Floats) -> Floats:
    """Return the smallest difference in each view (view, …)."""
    result: Floats = differences(srgb).min(axis=(-1, -2))
    return result


def family_score(srgb: Floats) -> Floats:
    """Return how much of its targets each palette reaches: the least view counts."""
    full, mute = worst(srgb), worst(muted(srgb)) / MUTED_SHARE
    ratios = np.minimum(full, mute) / TARGETS[:, None]
    chroma = (srgb.max(axis=-1) - srgb.min(axis=-1)).mean(axis=-1)
    result: Floats = np.minimum(ratios.min(axis=0), ENOUGH) + 0.02 * np.minimum(ratios, 2).mean(axis=0) + 0.2 * chroma
    return result


def sequence_score(srgb: Floats) -> Floats:
    """Return how well the first 2, 3, … colours are told apart: the least number of them counts."""
    both = [differences(srgb), differences(muted(srgb)) / MUTED_SHARE]
    scores = []
    for count in range(2, srgb.shape[-2] + 1):
        found = np.minimum(*(one[..., :count, :count].min(axis=(-1, -2)) for one in both))
        apart = 48 / np.sqrt(count)
        targets = np.array([1.3 * apart, apart, apart, apart, min(22.0, 42 / (count - 1))])
        scores.append((found / targets[:, None]).min(axis=0))
    result: Floats = np.min(scores, axis=0) + 0.05 * np.mean(scores, axis=0)
    return result


def is_ugly(lch: Floats) -> Floats:
    """Return how far colours are olive, mustard or neon: dark or middling yellows, and what no screen shows."""
    hue = lch[..., 2] % 360
    olive = ((hue > OLIVE[0]) & (hue < OLIVE[1])) * np.maximum(0, OLIVE_UP_TO - lch[..., 0])
    light = light_of(lch)
    outside = np.maximum(0, -light).max(axis=-1) + np.maximum(0, light - 1).max(axis=-1)
    result: Floats = (20 * olive + 40 * outside).sum(axis=-1)
    return result


def bounded(lch: Floats, shape: Shape) -> Floats:
    """Return the colours with hues near their anchors, and lightness that falls from member to member."""
    found = lch.reshape(-1, shape.families, shape.members, 3).copy()
    anchors = np.array(shape.hues)[:, None]
    # The first colours of a sequence are seen most, and stay what they are called.
    reach = np.where(np.arange(shape.families)[:, None] < NAMED, REACH / 2, REACH) if shape.members == 1 else REACH
    middle = anchors + np.clip((found[..., :1, 2] - anchors + 180) % 360 - 180, -reach, reach)
    found[..., 2] = middle + np.clip((found[..., 2] - middle + 180) % 360 - 180, -DRIFT, DRIFT)
    found[..., 0] = np.clip(found[..., 0], DARK, LIGHT)
    if shape.members > 1:
        found[..., 0] = -np.sort(-found[..., 0], axis=-1)
    else:
        levels = np.array([light for _, light in SEQUENCE])[:, None]
        found[..., 0] = levels + np.clip(found[..., 0] - levels, -RISE, RISE)
    # Light and dark colours cannot be vivid, those between must be.
    least = (MUTED if shape.members > 1 else 0.75 * VIVID) * np.clip(
        1.6 - 3.2 * np.abs(found[..., 0] - MIDDLE), 0.5, 1.25
    )
    found[..., 1] = np.clip(found[..., 1], least, VIVID)
    return found.reshape(lch.shape)


def flatness(lch: Floats, shape: Shape) -> Floats:
    """Return how far members are closer in lightness than a reader takes for a ladder."""
    found = lch.reshape(-1, shape.families, shape.members, 3)
    step = 0.55 * (LIGHT - DARK) / shape.members
    result: Floats = 8 * np.maximum(0, step + np.diff(found[..., 0], axis=-1)).sum(axis=(-1, -2))
    return result


def anneal(shape: Shape, score: Callable[[Floats], Floats], start: Floats) -> Floats:
    """Return the best palette (colour, OKLCH) of all chains."""
    rng = np.random.default_rng((SEED, shape.families, shape.members))

    def value(lch: Floats) -> Floats:
        srgb = encoded(light_of(lch))
        return score(srgb) - is_ugly(lch) - flatness(lch, shape)

    found = bounded(start, shape)
    values = value(found)
    best, top = found.copy(), values.copy()
    for step in range(STEPS):
        heat = (1 - step / STEPS) ** 1.5
        trial = found.copy()
        picked = rng.integers(0, shape.count, CHAINS)
        rows = np.arange(CHAINS)
        if rng.random() < TURNS and shape.members > 1:
            family = picked // shape.members * shape.members
            shift = rng.normal(0, 20 * heat + 1, CHAINS)
            for member in range(shape.members):
                trial[rows, family + member, 2] += shift
        else:
            trial[rows, picked] += rng.normal(0, 1, (CHAINS, 3)) * np.array([0.08, 0.03, 20]) * (heat + 0.04)
        trial = bounded(trial, shape)
        new = value(trial)
        accept = (new > values) | (rng.random(CHAINS) < np.exp(np.minimum(0, new - values) / (0.05 * heat + 1e-4)))
        found[accept], values[accept] = trial[accept], new[accept]
        better = values > top
        best[better], top[better] = found[better], values[better]
    result: Floats = best[int(np.argmax(top))]
    return result


def start_of(shape: Shape) -> Floats:
    """Return random palettes (chain, colour, OKLCH) with hues around the circle."""
    rng = np.random.default_rng((SEED, 99, shape.families, shape.members))
    hue = np.broadcast_to(np.array(shape.hues)[None, :, None], (CHAINS, shape.families, shape.members))
    ladder = np.linspace(LIGHT, DARK, shape.members) if shape.members > 1 else np.array([0.6])
    light = ladder + rng.uniform(-0.15, 0.15, hue.shape)
    return np.stack([light, rng.uniform(MUTED, VIVID, hue.shape), hue], axis=-1).reshape(CHAINS, shape.count, 3)


def to_hex(lch: Floats) -> list[str]:
    """Return `#rrggbb` of OKLCH colours."""
    channels = np.round(255 * encoded(light_of(lch))).astype(int)
    return ["#" + "".join(f"{int(value):02x}" for value in row) for row in channels]


def reached(colors: list[str]) -> dict[str, float]:
    """Return the smallest difference of two of the colours in each view."""
    srgb = np.array([[int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)] for color in colors])
    return dict(zip(VIEWS, (round(float(value), 1) for value in worst(srgb)), strict=True))


def families(shape: Shape) -> dict[str, Any]:
    """Return one palette of families, and what it reaches."""
    best = anneal(shape, family_score, start_of(shape))
    colors = to_hex(best)
    rows = [colors[at : at + shape.members] for at in range(0, shape.count, shape.members)]
    return {"colors": rows, "reached": reached(colors)}


def counterpart(lch: Floats) -> Floats:
    """Return a light colour of the hue of each dark one, and the other way round."""
    found = lch.copy()
    found[:, 0] += np.where(found[:, 0] < MIDDLE, 0.27, -0.27)
    found[:, 1] *= 0.6
    return found


def sequence(count: int) -> dict[str, Any]:
    """Return colours of which the first are told apart best."""
    shape = Shape(families=count, members=1)
    best = anneal(shape, sequence_score, start_of(shape))
    colors = to_hex(best) + to_hex(counterpart(best))
    return {"colors": colors, "reached": {str(n): reached(colors[:n]) for n in range(2, len(colors) + 1)}}


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="FAMILIESxMEMBERS or a count, printed instead of written")
    only = parser.parse_args().only
    if only:
        families_, _, members = only.partition("x")
        found = families(Shape(families=int(families_), members=int(members))) if members else sequence(int(only))
        print(json.dumps(found, indent=1))
        return
    shapes = [Shape(families=k, members=m) for k in FAMILIES for m in MEMBERS if k * m <= MOST]
    content = {
        "default": sequence(10),
        "families": {f"{shape.families}x{shape.members}": families(shape) for shape in shapes},
    }
    OUTPUT.write_text(json.dumps(content, indent=1) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
