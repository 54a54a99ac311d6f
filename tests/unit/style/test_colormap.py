from __future__ import annotations

import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import LinearSegmentedColormap, ListedColormap, to_hex

from paperkit.errors import ManifestError
from paperkit.style.colormap import Colormap, colormap_names, colormap_problems, is_colormap

OWN = sorted(name for name in mpl.colormaps if not name.startswith("paperkit-test"))


def as_hex(rgb: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def test_names_are_those_of_matplotlib() -> None:
    assert set(OWN) <= set(colormap_names())


@pytest.mark.parametrize("name", OWN)
def test_every_entry_is_that_of_matplotlib(name: str) -> None:
    theirs, ours = mpl.colormaps[name], Colormap(name)
    middles = [(index + 0.5) / theirs.N for index in range(theirs.N)]
    assert [ours.level(position) for position in middles] == list(range(theirs.N))
    assert [as_hex(ours.rgb(position)) for position in middles] == [to_hex(theirs(position)) for position in middles]


@given(st.floats(0, 1), st.sampled_from(["Reds", "viridis_r", "tab10", "twilight", "jet_r"]))
def test_any_position_has_the_colour_of_matplotlib(position: float, name: str) -> None:
    assert as_hex(Colormap(name).rgb(position)) == to_hex(mpl.colormaps[name](position))


def test_positions_outside_the_interval_take_the_nearer_end() -> None:
    assert Colormap("Reds").level(-0.1) == 0
    assert Colormap("Reds").level(1.1) == 255


def test_an_unknown_name_has_a_suggestion() -> None:
    with pytest.raises(ManifestError) as caught:
        Colormap("red")
    assert str(caught.value) == "unknown colormap 'red', did you mean 'Reds'?"
    with pytest.raises(ManifestError) as caught:
        Colormap("xyzzy")
    assert str(caught.value) == (
        "unknown colormap 'xyzzy'\n    any name of matplotlib.colormaps, such as 'Blues' or 'viridis'"
    )


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize(("levels", "part"), [(2, (0, 1)), (8, (0, 1)), (7, (0.1, 0.8)), (256, (0, 1))])
def test_levels_are_spread_as_matplotlib_resamples(name: str, levels: int, part: tuple[float, float]) -> None:
    ours = Colormap(name, levels=levels, part=part)
    expected = [to_hex(color) for color in mpl.colormaps[name](np.linspace(*part, levels))]
    assert [as_hex(ours.rgb((level + 0.5) / levels)) for level in range(levels)] == expected
    assert [as_hex(ours.colors[entry]) for entry in ours.used] == expected
    if isinstance(mpl.colormaps[name], ListedColormap) and part == (0, 1):
        assert expected == [to_hex(color) for color in mpl.colormaps[name].resampled(levels)(np.arange(levels))]


@given(
    st.lists(st.floats(0, 1), min_size=1),
    st.tuples(st.floats(0, 0.5), st.floats(0.5, 1)).filter(lambda part: part[0] < part[1]),
    st.sampled_from(["Reds", "viridis_r", "tab10"]),
)
def test_a_part_begins_and_ends_inside(positions: list[float], part: tuple[float, float], name: str) -> None:
    ours = Colormap(name, part=part)
    first, last = part
    assert [as_hex(ours.rgb(position)) for position in positions] == [
        to_hex(mpl.colormaps[name](first + position * (last - first))) for position in positions
    ]
    assert set(ours.levels(positions)) <= set(ours.used)
    assert (ours.level(0), ours.level(1)) == (ours.used[0], ours.used[-1])


@given(st.lists(st.none() | st.floats(0, 1)), st.none() | st.integers(2, 256), st.sampled_from([(0, 1), (0.1, 0.8)]))
def test_all_positions_at_once_are_the_same(
    positions: list[float | None], levels: int | None, part: tuple[float, float]
) -> None:
    ours = Colormap("Reds", levels=levels, part=part)
    expected = [None if position is None else ours.level(position) for position in positions]
    assert ours.levels(positions) == expected


LISTS = [
    ["#ffffff", "#1f77b4"],
    ["white", "tab:blue"],
    ["#F00", "w", "tab:green"],
    ["red", "yellow", "blue", "black"],
    ["#010203", "#a0b0c0", "#ffffff", "#000000", "#123456", "#abcdef", "#00ff00"],
]


@pytest.mark.parametrize("colors", LISTS)
def test_a_list_of_colours_is_that_of_matplotlib(colors: list[str]) -> None:
    theirs = LinearSegmentedColormap.from_list("theirs", colors)
    ours = Colormap(colors)
    assert [as_hex(color) for color in ours.colors] == [to_hex(theirs(level)) for level in range(256)]


def test_a_slice_of_a_listed_colormap_gives_its_colours() -> None:
    theirs = LinearSegmentedColormap.from_list("theirs", mpl.colormaps["tab20c"]([8, 7, 6]))
    assert [as_hex(color) for color in Colormap(["tab20c:8..6"]).colors] == [to_hex(theirs(k)) for k in range(256)]


def test_the_name_of_a_list_tells_its_colours() -> None:
    assert Colormap(["white", "tab:blue"]).name == Colormap(["#fff", "#1f77b4"]).name == "FFFFFFto1F77B4"
    assert Colormap(["#ff0000", "white", "#0000ff"]).name == "FF0000toFFFFFFto0000FF"
    names = [Colormap(["#ff0000", middle, "#00ff00", "#0000ff"]).name for middle in ("#ffffff", "#fffffe")]
    assert len(set(names)) == 2
    assert all(name.isalnum() and name.startswith("FF0000to0000FFby") and len(name) == 22 for name in names)


@pytest.mark.parametrize(
    ("colors", "expected"),
    [
        (["whit", "red", "#12"], "[0]: unknown colour 'whit', did you mean 'white'?"),
        (["red"], "a colormap goes through two colours or more\n    such as ['white', 'tab:blue']"),
        (["tab10:3..3"], "a colormap goes through two colours or more\n    such as ['white', 'tab:blue']"),
        ([], "a colormap goes through two colours or more\n    such as ['white', 'tab:blue']"),
    ],
)
def test_a_list_may_be_wrong(colors: list[str], expected: str) -> None:
    with pytest.raises(ManifestError) as caught:
        Colormap(colors)
    assert str(caught.value).startswith(expected)
    if colors != ["tab10:3..3"]:
        assert colormap_problems(colors) == caught.value.problems


def test_what_is_right_has_no_problem() -> None:
    assert colormap_problems("Reds_r") == colormap_problems(["tab20c:8..6"]) == colormap_problems(["w", "r"]) == ()
    assert [problem.message for problem in colormap_problems("red")] == ["unknown colormap 'red', did you mean 'Reds'?"]


def test_a_registered_colormap_is_found() -> None:
    mpl.colormaps.register(ListedColormap(np.array([[0.0, 0.5, 1.0], [1.0, 1.0, 1.0]]), name="paperkit-test"))
    try:
        assert is_colormap("paperkit-test")
        assert Colormap("paperkit-test").rgb(0.2) == (0, 128, 255)
    finally:
        mpl.colormaps.unregister("paperkit-test")


def test_a_shipped_colormap_imports_no_matplotlib() -> None:
    code = "import sys; from paperkit.style.colormap import Colormap; Colormap('Reds_r', levels=5).rgb(0.5); "
    code += "Colormap(['#ffffff', '#ff0000']).rgb(0.5); "
    code += "raise SystemExit('matplotlib' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
