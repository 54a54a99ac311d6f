from __future__ import annotations

import matplotlib as mpl
import pytest

from paperkit.style.colormap import Colormap
from paperkit.style.readable import unreadable

SEQUENTIAL = "\n    colormaps that everyone can read: 'viridis', 'cividis', 'Blues', 'Reds'"
DIVERGING = "\n    colormaps that everyone can read: 'RdBu', 'PuOr', 'coolwarm'"
CENTERED = (
    "\n    norm = 'centered' if the values have a middle, such as zero; else 'viridis', 'cividis', 'Blues', 'Reds'"
)

# matplotlib's guide "Choosing Colormaps": perceptually uniform and sequential ones.
GOOD = [
    *("viridis", "plasma", "inferno", "magma", "cividis", "Greys", "Purples", "Blues", "Greens", "Oranges", "Reds"),
    *("YlOrBr", "YlOrRd", "OrRd", "PuRd", "RdPu", "BuPu", "GnBu", "PuBu", "YlGnBu", "PuBuGn", "BuGn", "YlGn", "binary"),
    *("gray", "bone", "pink", "copper", "hot", "afmhot", "gist_heat", "cubehelix"),
]
DIVERGING_NAMES = ["PiYG", "PRGn", "BrBG", "PuOr", "RdBu", "RdYlBu", "Spectral", "coolwarm", "bwr", "seismic", "berlin"]


def notices(name: str, *, has_middle: bool = False, **options: tuple[float, float] | int) -> list[str]:
    found = unreadable(Colormap(name, **options), name=name, has_middle=has_middle)  # type: ignore[arg-type]  # two keys
    return list(map(str, found))


@pytest.mark.parametrize("name", [*GOOD, *(f"{name}_r" for name in GOOD)])
@pytest.mark.parametrize("has_middle", [False, True])
def test_sequential_colormaps_are_readable(name: str, has_middle: bool) -> None:
    assert notices(name, has_middle=has_middle) == []
    assert notices(name, has_middle=has_middle, part=(0.1, 0.8)) == []
    assert notices(name, has_middle=has_middle, levels=5) == []


@pytest.mark.parametrize("name", DIVERGING_NAMES)
def test_diverging_colormaps_are_for_values_with_a_middle(name: str) -> None:
    assert notices(name, has_middle=True) == notices(f"{name}_r", has_middle=True) == []
    extreme = "darkest" if name == "berlin" else "lightest"
    expected = f"in greyscale, low and high values look alike on '{name}': its middle is the {extreme}{CENTERED}"
    assert notices(name) == [expected]
    assert notices(name, part=(0.5, 1)) == []


def test_what_is_no_scale_is_told() -> None:
    assert notices("jet", part=(0, 1)) == [
        "in greyscale, low and high values look alike on 'jet': its middle is the lightest" + CENTERED
    ]
    assert notices("nipy_spectral") == [
        "in greyscale, 'nipy_spectral' has no order: its lightness turns by 49 of 100" + SEQUENTIAL
    ]
    assert notices("hsv", has_middle=True) == [
        "in greyscale, 'hsv' has no order: its lightness turns by 62 of 100" + SEQUENTIAL,
        "to all readers, 'hsv' at 0 and 1 looks the same (ΔE 2.7)" + SEQUENTIAL,
    ]
    assert all(notices(name) for name in ("rainbow", "gist_rainbow", "turbo", "terrain", "prism", "flag", "tab10"))


def test_red_against_green_is_told() -> None:
    assert notices("RdYlGn", has_middle=True) == [
        "to readers with protanopia or deuteranopia, 'RdYlGn' at 0.3 and 0.8 looks the same (ΔE 1.5)" + DIVERGING
    ]
    assert notices("RdGy", has_middle=True) == [
        "to readers with protanopia, 'RdGy' at 0 and 1 looks the same (ΔE 3.9)" + DIVERGING
    ]
    found = unreadable(Colormap(["#ff0000", "#00a000"]), name="red, green", has_middle=True)
    assert [problem.message.partition(",")[0] for problem in found] == ["to readers with protanopia or deuteranopia"]


def test_two_levels_are_enough() -> None:
    assert notices("Blues", levels=2) == []
    assert notices("RdGy", levels=2) == [
        "to readers with protanopia, 'RdGy' at 0 and 1 looks the same (ΔE 3.9)" + SEQUENTIAL
    ]


def test_every_colormap_can_be_judged() -> None:
    for name in mpl.colormaps:
        for found in unreadable(Colormap(name), name=name, has_middle=False):
            assert found.hint is not None
