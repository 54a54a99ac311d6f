from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest
from matplotlib import font_manager

from paperkit.style.theme import LATEX_SIZES, POINTS_PER_TEX_POINT, rc_context, theme_for
from paperkit.style.venue import Venue, load_venue, venue_names


def venue(**facts: Any) -> Venue:
    return Venue(name="demo", document_class="article", text_width=345.0, column_width=345.0, **facts)


@pytest.mark.parametrize(
    ("body", "caption", "sizes"),
    [
        (10.0, 10.0, (9.0, 8.0)),
        (10.0, 9.0, (9.0, 8.0)),
        (10.0, 8.0, (8.0, 7.0)),
        (10.95, 10.0, (10.0, 9.0)),
        (9.0, 9.0, (8.0, 7.0)),
        (10.04, 8.0, (8.0, 7.0)),
        (9.0, 7.0, (7.0, 6.0)),
        (12.0, 8.5, (8.0, 7.0)),
    ],
)
def test_labels_are_as_large_as_captions_but_smaller_than_the_body(
    body: float, caption: float, sizes: tuple[float, float]
) -> None:
    theme = theme_for(venue(body_size=body, caption_size=caption))
    assert (theme.label_size, theme.tick_size) == sizes
    assert theme.legend_size == theme.tick_size


@pytest.mark.parametrize(
    ("name", "family", "sizes"),
    [("nature", "phv", (7.0, 6.0)), ("science", "phv", (9.0, 8.0)), ("elsevier", "phv", (8.0, 7.0))],
)
def test_rules_for_artwork_say_font_and_sizes(name: str, family: str, sizes: tuple[float, float]) -> None:
    theme = theme_for(load_venue(name))
    assert (theme.family, theme.own_family) == (family, family)
    assert (theme.label_size, theme.tick_size) == sizes
    assert theme.family_command == r"\fontencoding{T1}\fontfamily{phv}\selectfont "
    (notice,) = theme.notices
    assert str(notice) == (
        "paper.venue: PDF, SVG and PNG figures use cmss10, the nearest bundled font to the venue's 'phv'\n"
        "    PGF and hybrid figures are set in the venue's own font"
    )


@pytest.mark.parametrize(("least", "greatest", "sizes"), [(9.0, None, (9.0, 9.0)), (5.0, 6.0, (6.0, 5.0))])
def test_no_type_is_smaller_or_larger_than_a_venue_allows(
    least: float, greatest: float | None, sizes: tuple[float, float]
) -> None:
    theme = theme_for(venue(least_size=least, greatest_figure_size=greatest))
    assert (theme.label_size, theme.tick_size) == sizes
    assert all(size >= least for size in theme.smaller_tick_sizes)


@pytest.mark.parametrize("name", venue_names())
def test_every_venue_has_real_sizes_and_a_bundled_font_that_is_not_dejavu(name: str) -> None:
    theme = theme_for(load_venue(name))
    assert {theme.label_size, theme.tick_size, theme.legend_size} <= set(LATEX_SIZES)
    with rc_context(theme):
        path = Path(font_manager.findfont(font_manager.FontProperties(), fallback_to_default=False))
    assert path.is_relative_to(mpl.get_data_path())
    assert "DejaVu" not in path.name


@pytest.mark.parametrize(
    ("family", "font", "fontset"),
    [("ptm", "STIXGeneral", "stix"), ("cmr", "cmr10", "cm"), ("lmr", "cmr10", "cm"), ("cmss", "cmss10", "cm")],
)
def test_a_bundled_font_of_the_same_design_is_used_without_a_notice(family: str, font: str, fontset: str) -> None:
    theme = theme_for(venue(family=family))
    assert (theme.font, theme.fontset, theme.notices) == (font, fontset, ())


@pytest.mark.parametrize(("family", "font"), [("phv", "cmss10"), ("LinLibertineT", "STIXGeneral")])
def test_a_font_that_is_only_near_is_noticed(family: str, font: str) -> None:
    (notice,) = theme_for(venue(family=family)).notices
    assert str(notice) == (
        f"paper.venue: PDF, SVG and PNG figures use {font}, the nearest bundled font to the document's '{family}'\n"
        "    PGF and hybrid figures are set in the document's own font"
    )


def test_sizes_reach_matplotlib_as_points_of_the_pdf() -> None:
    theme = theme_for(venue())
    assert theme.rc()["axes.labelsize"] == pytest.approx(9 * 72 / 72.27)
    assert pytest.approx(72 / 72.27) == POINTS_PER_TEX_POINT


def test_the_users_settings_neither_enter_nor_change() -> None:
    with mpl.rc_context({"axes.facecolor": "red", "font.size": 33, "text.usetex": True}):
        with rc_context(theme_for(venue())):
            assert mpl.rcParams["axes.facecolor"] == "white"
            assert mpl.rcParams["text.usetex"] is False
            assert mpl.rcParams["pdf.fonttype"] == 42
            assert mpl.rcParams["savefig.bbox"] is None
        assert mpl.rcParams["axes.facecolor"] == "red"
        assert mpl.rcParams["font.size"] == 33


def test_ticks_can_shrink_to_six_points_and_no_further() -> None:
    assert theme_for(venue()).smaller_tick_sizes == (7, 6)
    assert theme_for(venue(body_size=9.0, caption_size=7.0)).smaller_tick_sizes == ()
