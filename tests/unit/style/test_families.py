"""Shipped colours: what their file says they reach, against formulas and published palettes."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import paperkit.style
from paperkit.errors import AssetError
from paperkit.style import families, palette
from paperkit.style.families import Rgb, family_colors
from scripts.cam02 import uniform

SHIPPED: dict[str, Any] = json.loads((Path(paperkit.style.__file__).parent / "palettes.json").read_text("ascii"))
# Machado, Oliveira & Fernandes 2009, severity 1.
MACHADO = {
    "normal": np.eye(3),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
    ),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]]
    ),
}
# Okabe & Ito 2002; Tol, "Colour Schemes" (SRON/EPS/TN/09-002, issue 3.2), muted.
OKABE_ITO = ["#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#000000"]
TOL_MUTED = ["#CC6677", "#332288", "#DDCC77", "#117733", "#88CCEE", "#882255", "#44AA99", "#999933", "#AA4499"]


def rgb(color: str) -> Rgb:
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def linear(colors: list[Rgb]) -> Any:
    channels = np.array(colors)
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def least(values: Any) -> float:
    return min(float(np.linalg.norm(one - other)) for one, other in combinations(values, 2))


def reached(colors: list[Rgb]) -> dict[str, float]:
    """Return the smallest CAM02-UCS difference for each kind of sight, and that of L*."""
    light = linear(colors)
    found = {sight: least(uniform(np.clip(light @ matrix.T, 0, 1))) for sight, matrix in MACHADO.items()}
    y = light @ [0.2126, 0.7152, 0.0722]
    return found | {"grey": least((116 * np.cbrt(y) - 16)[:, None])}


def test_the_differences_are_those_of_the_published_implementation() -> None:
    # colorspacious 1.1.2, documentation of deltaE.
    one, other = uniform(linear([(1, 0.5, 0.5), (0.5, 1, 0.5)]))
    assert np.linalg.norm(one - other) == pytest.approx(55.337158728500363, abs=0.01)
    black, white = uniform(linear([(0, 0, 0), (1, 1, 1)]))
    assert white[0] == pytest.approx(100)
    assert black == pytest.approx([0, 0, 0], abs=0.01)


@pytest.mark.parametrize("shape", sorted(SHIPPED["families"]))
def test_palettes_of_families_reach_what_their_file_says(shape: str) -> None:
    entry = SHIPPED["families"][shape]
    colors = [rgb(color) for row in entry["colors"] for color in row]
    assert reached(colors) == pytest.approx(entry["reached"], abs=0.2)
    assert [len(entry["colors"]), len(entry["colors"][0])] == [int(part) for part in shape.split("x")]


@pytest.mark.parametrize("count", range(2, 21))
def test_the_first_colours_of_the_sequence_reach_what_their_file_says(count: int) -> None:
    colors = list(families.sequence()[:count])
    assert reached(colors) == pytest.approx(SHIPPED["default"]["reached"][str(count)], abs=0.2)


def test_three_families_of_three_reach_more_than_shades_of_listed_colormaps() -> None:
    # The reference measured for an optimised palette; tab20c and Brewer's ramps reach 1.3 to 8.7 under deuteranopia.
    found = SHIPPED["families"]["3x3"]["reached"]
    wanted = {"normal": 15.7, "deuteranopia": 12.4, "protanopia": 11.2, "tritanopia": 12.3, "grey": 5.5}
    assert all(found[sight] >= value for sight, value in wanted.items())


@pytest.mark.parametrize("count", range(3, 11))
def test_the_default_is_told_apart_better_than_tab10_by_all_who_need_it(count: int) -> None:
    ours, theirs = (
        reached(list(palette.default_colors(count))),
        reached(list(palette.colors([f"tab10:0..{count - 1}"]))),
    )
    assert all(ours[sight] > theirs[sight] for sight in ("deuteranopia", "protanopia", "tritanopia", "grey"))


@pytest.mark.parametrize("other", [OKABE_ITO, TOL_MUTED])
def test_the_default_keeps_in_greyscale_what_published_palettes_lose(other: list[str]) -> None:
    for count in range(5, len(other) + 1):
        assert (
            reached(list(palette.default_colors(count)))["grey"] > reached([rgb(one) for one in other[:count]])["grey"]
        )


@pytest.mark.parametrize("shape", sorted(SHIPPED["families"]))
def test_a_family_has_one_hue_and_goes_from_light_to_dark(shape: str) -> None:
    for row in SHIPPED["families"][shape]["colors"]:
        places = uniform(linear([rgb(color) for color in row]))
        assert list(places[:, 0]) == sorted(places[:, 0], reverse=True)


def test_uneven_families_are_told_apart_at_least_as_well() -> None:
    whole = reached([color for row in family_colors([3, 3, 3]) for color in row])
    part = reached([color for row in family_colors([3, 3, 2]) for color in row])
    assert all(part[sight] >= whole[sight] for sight in whole)
    assert [len(row) for row in family_colors([1, 4, 2])] == [1, 4, 2]


def test_a_smaller_family_has_the_ends_of_the_hue_it_would_have() -> None:
    full, uneven = family_colors([3, 3]), family_colors([3, 2])
    assert uneven == (full[0], (full[1][0], full[1][2]))
    assert family_colors([3, 1])[1] == (full[1][1],)


def test_too_many_families_are_counted() -> None:
    with pytest.raises(AssetError) as caught:
        family_colors([2] * 7, path=("figure", "demo", "palette", "family"))
    assert str(caught.value) == (
        "figure.demo.palette.family: no palette has 7 families of up to 2: "
        "the largest have 4 of 5; 5 of 4; 6 of 3\n"
        "    'colors' names the colours one by one"
    )
