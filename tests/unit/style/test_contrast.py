from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.style.colormap import Colormap, colormap_names
from paperkit.style.contrast import contrast_ratio, ink, luminance

BLACK, WHITE = (0, 0, 0), (255, 255, 255)
channel = st.integers(0, 255)


def test_luminance_of_the_primaries_is_their_published_weight() -> None:
    assert luminance(BLACK) == 0
    assert luminance(WHITE) == pytest.approx(1)
    assert luminance((255, 0, 0)) == pytest.approx(0.2126)
    assert luminance((0, 255, 0)) == pytest.approx(0.7152)
    assert luminance((0, 0, 255)) == pytest.approx(0.0722)


def test_published_contrast_ratios() -> None:
    assert contrast_ratio(BLACK, WHITE) == pytest.approx(21)
    assert contrast_ratio((0x76, 0x76, 0x76), WHITE) == pytest.approx(4.54, abs=0.005)
    assert contrast_ratio((0x77, 0x77, 0x77), WHITE) == pytest.approx(4.48, abs=0.005)
    assert contrast_ratio((255, 0, 0), WHITE) == pytest.approx(4.00, abs=0.005)


@given(st.tuples(channel, channel, channel))
def test_ink_is_readable_on_every_fill(rgb: tuple[int, int, int]) -> None:
    chosen = WHITE if ink(rgb) == "white" else BLACK
    other = BLACK if chosen == WHITE else WHITE
    assert contrast_ratio(rgb, chosen) >= max(contrast_ratio(rgb, other), 4.58)


@pytest.mark.parametrize("name", colormap_names())
def test_ink_is_readable_on_every_colour_of_every_colormap(name: str) -> None:
    inks = [WHITE if ink(color) == "white" else BLACK for color in Colormap(name).colors]
    assert min(map(contrast_ratio, Colormap(name).colors, inks)) >= 4.58
