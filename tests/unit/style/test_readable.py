from __future__ import annotations

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
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
        "in greyscale, 'jet' has no order: its lightness turns by 70 of 100" + SEQUENTIAL
    ]
    assert notices("nipy_spectral") == [
        "in greyscale, 'nipy_spectral' has no order: its lightness turns by 49 of 100" + SEQUENTIAL
    ]
    assert notices("hsv", has_middle=True) == [
        "in greyscale, 'hsv' has no order: its lightness turns by 62 of 100" + SEQUENTIAL,
        "to all readers, 'hsv' at 0 and 1 looks the same (ΔE 2.7)" + SEQUENTIAL,
    ]
    assert all(notices(name) for name in ("rainbow", "gist_rainbow", "turbo", "terrain", "prism", "flag", "tab10"))


@pytest.mark.parametrize(("name", "chroma"), [("jet", 81), ("turbo", 94), ("rainbow", 58)])
def test_a_rainbow_has_no_middle(name: str, chroma: int) -> None:
    told = f"'{name}' has no middle: the colour there is as vivid as others (chroma {chroma}){DIVERGING}"
    # CIE Lab of the colour at 0.5, from the definition of sRGB.
    assert round(np.hypot(*lab_of(mpl.colormaps[name](0.5))[1:])) == pytest.approx(chroma, abs=1)
    assert notices(name, has_middle=True) == [told]
    assert len(notices(f"{name}_r", has_middle=True)) == 1
    assert len(notices(name, has_middle=True, levels=10)) == len(notices(name, has_middle=True, levels=5)) == 1


def lab_of(color: tuple[float, ...]) -> npt.NDArray[np.float64]:
    rgb = np.array(color[:3])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = matrix @ linear / np.array([0.95047, 1.0, 1.08883])
    x, y, z = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("name", DIVERGING_NAMES)
@pytest.mark.parametrize("levels", range(2, 34))
def test_diverging_colormaps_have_a_middle_at_any_number_of_levels(name: str, levels: int) -> None:
    assert not [text for text in notices(name, has_middle=True, levels=levels) if "no middle" in text]


def test_red_against_green_is_told() -> None:
    assert notices("RdYlGn", has_middle=True) == [
        "to readers with protanopia or deuteranopia, 'RdYlGn' at 0.3 and 0.8 looks the same (ΔE 1.5)" + DIVERGING
    ]
    assert notices("RdGy", has_middle=True) == [
        "to readers with protanopia, 'RdGy' at 0 and 1 looks the same (ΔE 3.9)" + DIVERGING
    ]
    found = unreadable(Colormap(["#ff0000", "#00a000"]), name="red, green", has_middle=True)
    chroma = np.hypot(*lab_of((0.5, 80 / 255, 0))[1:])
    assert [problem.message.partition(", 'red")[0] for problem in found] == [
        f"'red, green' has no middle: the colour there is as vivid as others (chroma {chroma:.0f})",
        "to readers with protanopia or deuteranopia",
    ]


def test_two_levels_are_enough() -> None:
    assert notices("Blues", levels=2) == []
    assert notices("RdGy", levels=2) == [
        "to readers with protanopia, 'RdGy' at 0 and 1 looks the same (ΔE 3.9)" + SEQUENTIAL
    ]


def test_every_colormap_can_be_judged() -> None:
    for name in mpl.colormaps:
        for found in unreadable(Colormap(name), name=name, has_middle=False):
            assert found.hint is not None
