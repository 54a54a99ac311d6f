from __future__ import annotations

import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import ListedColormap, to_hex

from paperkit.errors import ManifestError
from paperkit.style.colormap import Colormap, colormap_names, is_colormap

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


def test_a_registered_colormap_is_found() -> None:
    mpl.colormaps.register(ListedColormap(np.array([[0.0, 0.5, 1.0], [1.0, 1.0, 1.0]]), name="paperkit-test"))
    try:
        assert is_colormap("paperkit-test")
        assert Colormap("paperkit-test").rgb(0.2) == (0, 128, 255)
    finally:
        mpl.colormaps.unregister("paperkit-test")


def test_a_shipped_colormap_imports_no_matplotlib() -> None:
    code = "import sys; from paperkit.style.colormap import Colormap; Colormap('Reds_r').rgb(0.5); "
    code += "raise SystemExit('matplotlib' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
