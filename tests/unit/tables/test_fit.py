from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.style.venue import load_venue
from paperkit.tables.fit import Layout, Span, table_type
from paperkit.tex.text import Tex
from tests.unit.tables.tiny_records import Records, resolved

WIDTHS = st.floats(0, 200)


def layout(*spans: tuple[int, int, float], trim: bool = False) -> Layout:
    columns = 1 + max(last for _, last, _ in spans)
    found = tuple(Span(first=first, last=last, width=width) for first, last, width in spans)
    return Layout(columns=columns, spans=found, trim_right=trim)


def test_the_outer_separation_is_trimmed_at_the_stub_and_where_nothing_is_shaded() -> None:
    columns = ((0, 0, 10.0), (1, 1, 20.0), (2, 2, 30.0))
    assert layout(*columns).width(6) == 60 + 5 * 6
    assert layout(*columns, trim=True).width(6) == 60 + 4 * 6


def test_a_wide_spanner_widens_its_last_column() -> None:
    # Two columns of 20 + 12 under a spanner of 70 + 12; a third column is not touched.
    spans = ((0, 0, 10.0), (1, 1, 20.0), (2, 2, 20.0), (1, 2, 70.0), (3, 3, 5.0))
    assert layout(*spans).width(6) == (10 + 6) + (70 + 12) + (5 + 12)
    assert layout(*spans).width(20) == (10 + 20) + (20 + 40) * 2 + (5 + 40)


@given(st.lists(WIDTHS, min_size=2, max_size=8), WIDTHS, st.floats(1, 2000), st.booleans())
def test_the_solved_separation_gives_the_width(widths: list[float], spanner: float, wanted: float, trim: bool) -> None:
    spans = [(index, index, width) for index, width in enumerate(widths)]
    found = layout(*spans, (1, len(widths) - 1, spanner), trim=trim)
    if found.width(-wanted) <= wanted <= found.width(wanted):
        assert found.width(found.solve(wanted)) == pytest.approx(wanted, abs=1e-3)


@pytest.mark.parametrize("width", ["textwidth", "columnwidth", "3in"])
def test_a_table_is_as_wide_as_asked(width: str) -> None:
    runs = Records("task model score", *[("x", f"m{index}", 10.5) for index in range(4)])
    table = resolved(runs, venue="icml2026", columns=["model"], width=width)
    expected = {"textwidth": 487.8225, "columnwidth": 234.8775, "3in": 3 * 72.27}
    assert table.width == pytest.approx(expected[width], abs=1e-3)
    assert table.notices == ()
    # The width holds for one size of type, which is therefore stated.
    assert table.fontsize == "normalsize"
    assert resolved(runs, venue="ieee-conference", columns=["model"], width=width).fontsize == "footnotesize"
    assert resolved(runs, venue="ieee-conference", columns=["model"]).fontsize is None


def test_the_separation_of_the_venue_is_assumed_where_none_is_set() -> None:
    runs = Records("task score", ("x", 1.5))
    wide, narrow = (resolved(runs, venue=venue) for venue in ("iclr2026", "acmart-sigconf"))
    assert wide.tabcolsep is narrow.tabcolsep is None
    assert wide.width > narrow.width + 1


def test_columns_are_no_closer_than_reads_well_where_there_is_room() -> None:
    assert resolved(Records("task score", ("x", 1.5)), venue="lncs").tabcolsep == 4
    full = Records("task score", ("x" * 65 + "i", 1.5))
    assert [resolved(full, venue="lncs", tabcolsep=given).tabcolsep for given in (None, "1pt")] == [3, 1]


def test_what_a_class_sets_wider_is_added_outside_mathematics() -> None:
    kind = table_type(load_venue("ieee-conference"), "normalsize")
    plain = table_type(load_venue("iclr2026"), "normalsize")
    assert kind.font == plain.font
    for text, gain in (("a b c", 2 * 1.0), ("abc", 0.0), (r"a\_b", 1.4), ("$a b$", 0.0)):
        assert kind.width(Tex(text)) == pytest.approx(plain.width(Tex(text)) + gain, abs=0.01)
