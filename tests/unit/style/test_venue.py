from __future__ import annotations

import pytest

from paperkit.errors import ManifestError
from paperkit.style.venue import load_venue, venue_names

SIZES = ["normalsize", "small", "footnotesize", "scriptsize", "tiny"]


@pytest.mark.parametrize("name", venue_names())
def test_facts_are_sane(name: str) -> None:
    venue = load_venue(name)
    assert venue.name == name
    assert venue.source
    assert venue.date
    assert 200 < venue.column_width <= venue.text_width < 550
    assert list(venue.sizes) == list(venue.leading) == SIZES
    assert [venue.sizes[size] for size in SIZES] == sorted(venue.sizes.values(), reverse=True)
    assert all(1.05 < venue.leading[size] / venue.sizes[size] < 1.5 for size in SIZES)
    assert venue.body_size == venue.sizes["normalsize"]
    assert 7 <= venue.caption_size <= venue.body_size
    assert venue.table_size in SIZES
    assert venue.encoding in {"OT1", "T1"}


def test_published_widths() -> None:
    inch = 72.27
    assert load_venue("article").text_width == 345.0
    assert load_venue("iclr2026").text_width == pytest.approx(5.5 * inch, abs=0.01)
    assert load_venue("neurips2026").text_width == pytest.approx(5.5 * inch, abs=0.01)
    assert load_venue("icml2026").column_width == pytest.approx(3.25 * inch, abs=0.01)
    assert load_venue("icml2026").text_width == pytest.approx(6.75 * inch, abs=0.01)
    assert load_venue("cvpr2026").text_width == pytest.approx(6.875 * inch, abs=0.01)
    assert load_venue("aaai2026").text_width == pytest.approx(7 * inch, abs=0.01)
    assert load_venue("lncs").text_width == pytest.approx(12.2 / 2.54 * inch, abs=0.01)


def test_two_columns_are_told_from_one() -> None:
    assert load_venue("icml2026").is_two_column
    assert not load_venue("iclr2026").is_two_column


def test_an_unknown_venue_has_a_suggestion() -> None:
    with pytest.raises(ManifestError) as caught:
        load_venue("iclr2062")
    assert str(caught.value) == "paper.venue: unknown venue 'iclr2062', did you mean 'iclr2026'?"
    with pytest.raises(ManifestError) as caught:
        load_venue("the moon")
    assert str(caught.value).startswith(
        "paper.venue: unknown venue 'the moon'\n    known venues: aaai2026, acl, acmart-"
    )
