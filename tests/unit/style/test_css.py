from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex, to_rgb

from paperkit.style.css import css_color


@pytest.mark.parametrize(
    ("text", "rgb"),
    [
        ("red", (255, 0, 0)),
        ("RebeccaPurple", (102, 51, 153)),
        (" #f80 ", (255, 136, 0)),
        ("#F1F1F1", (241, 241, 241)),
        ("#ff000080", (255, 127, 127)),
        ("#f008", (255, 119, 119)),
        ("rgb(10, 20, 30)", (10, 20, 30)),
        ("rgb(10 20 30)", (10, 20, 30)),
        ("rgb(100%, 50%, 0%)", (255, 128, 0)),
        ("rgb(300, -5, 0)", (255, 0, 0)),
        ("rgba(0, 0, 255, 0.2)", (204, 204, 255)),
        ("rgb(0 0 255 / 20%)", (204, 204, 255)),
        ("rgba(0,0,0,0)", (255, 255, 255)),
    ],
)
def test_colours_stand_on_white_paper(text: str, rgb: tuple[int, int, int]) -> None:
    assert css_color(text) == rgb


@pytest.mark.parametrize(
    "text", ["", "C0", "tab:blue", "r", "0.5", "#12", "#12345", "rgb(1,2)", "rgb(a,b,c)", "url(x)"]
)
def test_what_is_no_colour_of_css(text: str) -> None:
    assert css_color(text) is None


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_hexadecimal_digits_are_read_as_matplotlib_reads_them(rgb: tuple[int, int, int]) -> None:
    red, green, blue = (channel / 255 for channel in rgb)
    written = to_hex((red, green, blue))
    assert css_color(written) == tuple(round(255 * channel) for channel in to_rgb(written)) == rgb
