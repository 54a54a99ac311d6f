from __future__ import annotations

import colorsys
import subprocess
import sys
from typing import Any

import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import CSS4_COLORS, TABLEAU_COLORS, ListedColormap, to_rgb

from paperkit.errors import AssetError
from paperkit.style import palette

CHANNEL = st.floats(0, 1)


def colormap(name: str) -> tuple[tuple[float, ...], ...]:
    found = mpl.colormaps[name]
    assert isinstance(found, ListedColormap)
    listed: Any = found.colors
    return tuple(tuple(float(channel) for channel in color) for color in listed)


def messages(*specs: str) -> list[str]:
    return [problem.message for problem in palette.problems(specs)]


def test_the_listed_colormaps_are_those_of_matplotlib() -> None:
    for name, length in palette.LISTED.items():
        assert length == len(colormap(name))


def test_the_colour_names_are_those_of_matplotlib() -> None:
    assert set(CSS4_COLORS) == palette.CSS4
    assert set(TABLEAU_COLORS) == palette.TABLEAU


def test_a_slice_runs_in_either_direction_with_both_ends() -> None:
    listed = colormap("tab20c")
    assert palette.colors(["tab20c:10..8"]) == (listed[10], listed[9], listed[8])
    assert palette.colors(["tab20c:8..10"]) == (listed[8], listed[9], listed[10])
    assert palette.colors(["tab20c:8"]) == (listed[8],)


def test_a_colormap_alone_gives_all_its_colours() -> None:
    assert palette.colors(["Set2"]) == colormap("Set2")


def test_names_and_hexadecimal_mean_what_matplotlib_means() -> None:
    for name in ("grey", "tab:blue", "k", "#1f77b4", "#abc"):
        assert palette.colors([name]) == (to_rgb(name),)


def test_the_colours_of_the_reference_figure() -> None:
    c, b = colormap("tab20c"), colormap("tab20b")
    wanted = [c[10], c[9], c[8], c[14], c[13], c[12], b[14], b[13], b[12]]
    lightened = [tuple(min(1.0, 1.15 * channel) for channel in color) for color in wanted]
    found = palette.colors(["tab20c:10..8", "tab20c:14..12", "tab20b:14..12"], lighten=1.15)
    assert [list(color) for color in found] == [pytest.approx(color) for color in lightened]


@given(CHANNEL, CHANNEL, CHANNEL, st.floats(0.01, 5))
def test_lightened_colours_stay_colours(red: float, green: float, blue: float, factor: float) -> None:
    spec = "#" + "".join(f"{round(channel * 255):02x}" for channel in (red, green, blue))
    (found,) = palette.colors([spec], lighten=factor)
    assert all(0 <= channel <= 1 for channel in found)
    assert found == pytest.approx([min(1, channel * factor) for channel in to_rgb(spec)])


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("tab20d:10..8", "unknown colormap 'tab20d', did you mean 'tab20'?"),
        ("viridis:1..3", "unknown colormap 'viridis'"),
        ("tab10:8..10", "'tab10' has entries 0 to 9, 'tab10:8..10' goes beyond"),
        ("gray50", "unknown colour 'gray50', did you mean 'gray'?"),
        ("#12", "unknown colour '#12'"),
        ("", "unknown colour ''"),
        ("tab10:a..b", "unknown colour 'tab10:a..b', did you mean 'tab10'?"),
    ],
)
def test_what_is_no_colour_is_said(spec: str, message: str) -> None:
    assert messages(spec) == [message]


def test_all_problems_come_at_once_with_their_places() -> None:
    found = palette.problems(["grey", "gris", "tab10", "nope:1"], path=("palette", "colors"))
    assert [problem.path for problem in found] == [("palette", "colors", 1), ("palette", "colors", 3)]
    with pytest.raises(AssetError) as caught:
        palette.colors(["gris", "nope:1"])
    assert len(caught.value.problems) == 2


def test_too_few_colours_are_counted() -> None:
    with pytest.raises(AssetError) as caught:
        palette.pick(["tab20c:10..8"], 4, path=("figure", "f", "palette", "colors"))
    assert str(caught.value) == (
        "figure.f.palette.colors: 3 colours for 4 values of the hue\n"
        "    add colours, or leave values out with 'hue_order' or 'where'"
    )


def test_the_default_palette_grows_with_its_values() -> None:
    assert palette.default_colors(11)[:3] == palette.default_colors(3)
    assert len(set(palette.default_colors(20))) == 20
    with pytest.raises(AssetError, match="20 colours for 21 values of the hue"):
        palette.default_colors(21)


@given(CHANNEL, CHANNEL, CHANNEL)
def test_saturation_one_changes_nothing_and_zero_leaves_grey(red: float, green: float, blue: float) -> None:
    color = (red, green, blue)
    assert palette.desaturate(color, 1) == color
    gray = palette.desaturate(color, 0)
    assert gray == pytest.approx((colorsys.rgb_to_hls(*color)[1],) * 3)


def test_checking_colours_needs_no_matplotlib() -> None:
    code = (
        "import sys; from paperkit.style import palette; palette.problems(['tab20c:1..3', 'x']); "
        "assert not {'matplotlib', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_default_colours_leave_out_what_is_taken_as_long_as_there_are_others() -> None:
    blue, orange, *others = palette.default_colors(20)
    assert palette.ranked_colors(range(8), taken=(blue, orange)) == tuple(others[:8])
    assert palette.ranked_colors(range(20), taken=(blue,)) == palette.default_colors(20)


def test_the_colour_of_a_rank_does_not_depend_on_other_ranks() -> None:
    assert palette.ranked_colors([7, 3]) == (palette.default_colors(20)[7], palette.default_colors(20)[3])
    assert palette.ranked_colors([7, 27]) == (palette.default_colors(20)[7], palette.default_colors(20)[8])


@given(st.sets(st.integers(0, 60), min_size=1, max_size=20))
def test_ranks_never_share_a_slot_and_low_ones_have_their_own(ranks: set[int]) -> None:
    found = dict(zip(sorted(ranks), palette.slots(sorted(ranks), 20), strict=True))
    assert len(set(found.values())) == len(ranks)
    assert all(found[rank] == rank for rank in ranks if rank < 20)
    backwards = sorted(ranks, reverse=True)
    assert palette.slots(backwards, 20) == tuple(found[rank] for rank in backwards)
