"""Panels of a figure that is retargeted to a narrow column."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit import figures
from paperkit.figures.stack import columns_that_fit
from paperkit.manifest.labels import Labels
from paperkit.style.theme import theme_for
from paperkit.style.venue import load_venue
from tests.unit.figures.figure_cases import asset, frame

RUNS = [{"model": model, "score": score} for model in ("A", "B") for score in (1.0, 2.0, 4.0)]
ICML = theme_for(load_venue("icml2026"))


def made(venue: str, *, height: str | float = 0.4, grid: dict[str, Any] | None = None) -> figures.Figure:
    what = asset(*({"x": "model"} for _ in range(3)), width="columnwidth", height=height, panels=grid or {})
    return figures.compile(what, {"runs": frame(RUNS)}, Labels(), load_venue(venue))


def rows(made: figures.Figure) -> list[int]:
    """Return how many panels stand at each height, from the top."""
    tops = [round(axes.get_position().y1, 6) for axes in made.canvas.axes]
    return [tops.count(top) for top in sorted(set(tops), reverse=True)]


def stacked(made: figures.Figure) -> list[str]:
    return [str(notice) for notice in made.notices if "stand in" in notice.message]


@pytest.mark.parametrize(
    ("panels", "width", "columns"),
    [(1, 20, 1), (2, 198, 2), (2, 197, 1), (3, 234.9, 1), (4, 234.9, 2), (4, 397.5, 4), (5, 396, 3), (6, 396, 3)],
)
def test_a_panel_needs_eleven_ems(panels: int, width: float, columns: int) -> None:
    assert ICML.label_size == 9
    assert columns_that_fit(panels, width, ICML) == columns


def test_small_type_makes_no_panel_narrower_than_88_points() -> None:
    nature = load_venue("nature")
    assert theme_for(nature).label_size == 7
    assert columns_that_fit(3, nature.column_width, theme_for(nature)) == 1
    assert columns_that_fit(3, 264, theme_for(nature)) == 3


@given(panels=st.integers(1, 30), width=st.floats(1, 2000))
def test_columns_fit_and_leave_no_row_empty(panels: int, width: float) -> None:
    columns = columns_that_fit(panels, width, ICML)
    assert 1 <= columns <= panels
    assert columns == 1 or width / columns >= 11 * ICML.label_size
    count = -(-panels // columns)
    assert (count - 1) * columns < panels <= count * columns


def test_a_row_of_one_column_is_stacked_in_a_narrow_one() -> None:
    wide, narrow = made("iclr2026"), made("icml2026")
    assert (rows(wide), stacked(wide)) == ([3], [])
    assert rows(narrow) == [1, 1, 1]
    assert (narrow.width, narrow.height) == pytest.approx((234.8775, 3 * 0.4 * 234.8775))
    (notice,) = stacked(narrow)
    assert notice == (
        "figure.demo.panels: 3 panels side by side would be 78 pt wide each: they stand in 3 rows\n"
        "    panels.ncols = 3 keeps them side by side"
    )


@pytest.mark.parametrize("panels", [{"ncols": 3}, {"width_ratios": [1, 1, 1]}, {"mosaic": ["ABC"]}])
def test_what_the_entry_says_stays(panels: dict[str, Any]) -> None:
    found = made("icml2026", grid=panels)
    assert (rows(found), stacked(found)) == ([3], [])


def test_a_height_that_is_a_length_stays_and_rows_do_not_get_flat() -> None:
    high, flat = made("icml2026", height="3in"), made("icml2026", height="1.5in")
    assert (rows(high), rows(flat)) == ([1, 1, 1], [3])
    assert (high.height, flat.height) == pytest.approx((3 * 72.27, 1.5 * 72.27))


@pytest.mark.parametrize(("keys", "expected"), [({}, [2, 2]), ({"col_wrap": 4}, [4]), ({"col_wrap": 3}, [3, 1])])
def test_the_panels_of_a_column_of_the_data_wrap_too(keys: dict[str, Any], expected: list[int]) -> None:
    records = [{**row, "group": group} for group in "pqrs" for row in RUNS]
    what = asset({"col": "group", **keys}, width="columnwidth", height=0.6)
    found = figures.compile(what, {"runs": frame(records)}, Labels(), load_venue("icml2026"))
    assert rows(found) == expected
    width = load_venue("icml2026").column_width
    assert found.height == pytest.approx(0.6 * width * (2 if not keys else 1))
    said = (
        "figure.demo.panel[0].col: 4 panels side by side would be 59 pt wide each: they stand in 2 rows\n"
        "    col_wrap = 4 keeps them side by side"
    )
    assert stacked(found) == ([] if keys else [said])
