"""Readable: what a colormap loses in greyscale, and for readers with a colour vision deficiency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import hypot
from typing import get_args

from paperkit.errors import Problem
from paperkit.style.colormap import Colormap
from paperkit.style.distinct import ALIKE
from paperkit.style.vision import RGB, Deficiency, Lab, difference, lab, lightness, simulate

# What a reversal of lightness is, and what two different colours are, in units of L* and ΔE. They lie in gaps between
# matplotlib's colormaps: gist_earth falls by 3.7 and cool by 6.4; colours of terrain differ by 7.5, of ocean by 9.3.
_REVERSAL = 5.0
_ALIKE = ALIKE
# Readers of all kinds must be able to tell what readers with full colour vision can: this many times `_ALIKE`.
_TOLD_APART = 2
_SAME = 3.0
_SAMPLES = 11
_FINE_SAMPLES = 33
# The chroma of a muted middle. Among matplotlib's diverging colormaps that of RdYlGn is highest, 33; rainbow's is 58.
_MUTED = 45.0
# With fewer colours than this, and none in the middle, those next to it are far from it.
_CLOSE = 8
_SEQUENTIAL = "'viridis', 'cividis', 'Blues', 'Reds'"
_DIVERGING = "'RdBu', 'PuOr', 'coolwarm'"


@lru_cache(maxsize=64)
def unreadable(colormap: Colormap, *, name: str, has_middle: bool) -> tuple[Problem, ...]:
    """Return what some readers cannot tell apart on the used part of a colormap, as notices that call it `name`.

    Lightness must go one way. Where the values have a middle, such as zero, it may turn there: the sign of a number
    tells the two sides apart. The colour in the middle is then muted, or the colormap is a rainbow, whose middle stands
    out as much as its ends. Colours half of the colormap apart must differ for every kind of colour vision.

    >>> unreadable(Colormap("Reds"), name="Reds", has_middle=False)
    ()
    >>> print(*unreadable(Colormap("RdYlGn"), name="RdYlGn", has_middle=True))
    to readers with protanopia or deuteranopia, 'RdYlGn' at 0.3 and 0.8 looks the same (ΔE 1.5)
        colormaps that everyone can read: 'RdBu', 'PuOr', 'coolwarm'
    """
    samples = _samples(colormap, _FINE_SAMPLES)
    levels = [lightness(color) for color in samples]
    turns = _turns_in_the_middle(levels)
    chroma = _middle_chroma(samples) if turns else 0.0
    found = _greyscale(levels, name, turns=turns and chroma <= _MUTED, has_middle=has_middle)
    if chroma > _MUTED and has_middle:
        message = f"'{name}' has no middle: the colour there is as vivid as others (chroma {chroma:.0f})"
        found = [Problem(message=message)]
    alike = _alike(_samples(colormap, _SAMPLES))
    found += [] if alike is None else [alike.problem(name)]
    hint = f"colormaps that everyone can read: {_DIVERGING if turns and has_middle else _SEQUENTIAL}"
    return tuple(problem if problem.hint else Problem(message=problem.message, hint=hint) for problem in found)


def _samples(colormap: Colormap, count: int) -> tuple[RGB, ...]:
    used = colormap.used
    if len(used) <= count:
        return tuple(colormap.colors[entry] for entry in used)
    return tuple(colormap.rgb(index / (count - 1)) for index in range(count))


def _greyscale(levels: Sequence[float], name: str, *, turns: bool, has_middle: bool) -> list[Problem]:
    fall = _reversal(levels)
    if fall <= _REVERSAL or (turns and has_middle):
        return []
    if turns:
        message = f"in greyscale, low and high values look alike on '{name}': its middle is the {_extreme(levels)}"
        hint = f"norm = 'centered' if the values have a middle, such as zero; else {_SEQUENTIAL}"
        return [Problem(message=message, hint=hint)]
    return [Problem(message=f"in greyscale, '{name}' has no order: its lightness turns by {fall:.0f} of 100")]


def _extreme(levels: Sequence[float]) -> str:
    return "lightest" if levels[len(levels) // 2] > levels[0] else "darkest"


def _turns_in_the_middle(levels: Sequence[float]) -> bool:
    middle = len(levels) // 2
    halves = levels[: middle + 1], levels[middle:]
    return _reversal(levels) > _REVERSAL and all(_reversal(half) <= _REVERSAL for half in halves)


def _middle_chroma(samples: Sequence[RGB]) -> float:
    """Return how vivid the colour in the middle is, or the less vivid of the two next to it; 0 where it is unknown."""
    count = len(samples)
    if count % 2 == 0 and count < _CLOSE:
        return 0.0
    return min(hypot(*lab(color)[1:]) for color in samples[(count - 1) // 2 : count // 2 + 1])


def _reversal(levels: Sequence[float]) -> float:
    """Return how far lightness goes against its own direction, from the first to the last level."""
    ordered = levels if levels[0] <= levels[-1] else levels[::-1]
    highest = ordered[0]
    fall = 0.0
    for level in ordered:
        highest = max(highest, level)
        fall = max(fall, highest - level)
    return fall


@dataclass(frozen=True, kw_only=True, slots=True)
class _Alike:
    """Two positions on a colormap that some readers take for the same."""

    readers: str
    positions: tuple[float, float]
    difference: float

    def problem(self, name: str) -> Problem:
        one, other = self.positions
        seen = f"looks the same (ΔE {self.difference:.1f})"
        return Problem(message=f"{self.readers}, '{name}' at {one:.2g} and {other:.2g} {seen}")


@cache
def _alike(colors: tuple[RGB, ...]) -> _Alike | None:
    last = len(colors) - 1
    pairs = [(one, other) for one in range(last + 1) for other in range(one + 1, last + 1) if 2 * (other - one) >= last]
    full = _differences([lab(color) for color in colors], pairs)
    delta, one, other = min(full)
    if delta < _SAME:
        return _Alike(readers="to all readers", positions=(one / last, other / last), difference=delta)
    told_apart = [(one, other) for delta, one, other in full if delta >= _TOLD_APART * _ALIKE]
    found = {
        deficiency: min(_differences([lab(simulate(color, deficiency)) for color in colors], told_apart))
        for deficiency in get_args(Deficiency)
        if told_apart
    }
    kinds = [deficiency for deficiency, (delta, _, _) in found.items() if delta < _ALIKE]
    if not kinds:
        return None
    delta, one, other = min(found.values())
    readers = f"to readers with {' or '.join(kinds)}"
    return _Alike(readers=readers, positions=(one / last, other / last), difference=delta)


def _differences(labs: Sequence[Lab], pairs: Sequence[tuple[int, int]]) -> list[tuple[float, int, int]]:
    return [(difference(labs[one], labs[other]), one, other) for one, other in pairs]
