"""Distinct: which two colours of a set readers are most likely to take for each other."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import get_args

from paperkit.style.vision import RGB, Deficiency, Lab, difference, lab, lightness, simulate

# ΔE (CIEDE2000) below which colours look alike, as `style.readable` counts them on a colormap; and for greyscale, L*.
ALIKE = 8.0
ALIKE_GREY = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Confusion:
    """Two colours, by their ranks, that look alike to some readers: by how much they differ, and should at least."""

    readers: str
    unit: str
    ranks: tuple[int, int]
    measured: float
    allowed: float

    @property
    def share(self) -> float:
        """Return how much of what is needed the colours differ by."""
        return self.measured / self.allowed


def confusion(colors: Sequence[RGB], told: Sequence[Hashable] = ()) -> Confusion | None:
    """Return the worst pair of colours that look alike, to all readers, to those who lack a cone, or in greyscale.

    `told` has for each colour what else tells it apart: only pairs with the same are compared.

    >>> confusion([(255, 0, 0), (0, 0, 255)]) is None
    True
    >>> confusion([(192, 0, 0), (0, 112, 0)]).readers
    'in greyscale'
    """
    pairs = [(one, other) for one, other in combinations(range(len(colors)), 2) if not told or told[one] == told[other]]
    found = [
        Confusion(readers=readers, unit=unit, ranks=(one, other), measured=apart(one, other), allowed=allowed)
        for readers, unit, allowed, apart in _sights(colors)
        for one, other in pairs
    ]
    worst = min(found, key=lambda pair: pair.share, default=None)
    return worst if worst is not None and worst.share < 1 else None


def _sights(colors: Sequence[RGB]) -> list[tuple[str, str, float, Callable[[int, int], float]]]:
    """Return readers, unit, what is allowed, and the distance of two colours by their ranks."""
    kinds: list[tuple[str, Sequence[RGB]]] = [("to all readers", colors)]
    kinds += [(f"to readers with {kind}", [simulate(color, kind) for color in colors]) for kind in get_args(Deficiency)]
    sights = [(readers, "ΔE", ALIKE, _apart([lab(color) for color in seen])) for readers, seen in kinds]
    grays = [lightness(color) for color in colors]
    return [*sights, ("in greyscale", "ΔL*", ALIKE_GREY, lambda one, other: abs(grays[one] - grays[other]))]


def _apart(labs: Sequence[Lab]) -> Callable[[int, int], float]:
    return lambda one, other: difference(labs[one], labs[other])
