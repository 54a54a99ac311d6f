from __future__ import annotations

from dataclasses import replace

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
    assert all(200 < width < 550 for width in venue.artwork_widths.values())
    assert list(venue.sizes) == list(venue.leading) == SIZES
    # Springer Nature sets \scriptsize larger than \footnotesize.
    ordered = [size for size in SIZES if (name, size) != ("springer-nature", "scriptsize")]
    assert [venue.sizes[size] for size in ordered] == sorted((venue.sizes[size] for size in ordered), reverse=True)
    assert all(1.0 <= venue.leading[size] / venue.sizes[size] < 1.5 for size in SIZES)
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


MM = 72.27 / 25.4


@pytest.mark.parametrize(
    ("name", "millimetres"),
    [
        ("nature", {"columnwidth": 89, "textwidth": 183, "1.5column-narrow": 120, "1.5column": 136}),
        ("science", {"columnwidth": 90, "textwidth": 183}),
        ("elsevier", {"columnwidth": 90, "textwidth": 190, "1.5column": 140}),
        ("pnas", {"1column": 87, "1.5column": 114, "2column": 178}),
    ],
)
def test_widths_of_artwork(name: str, millimetres: dict[str, float]) -> None:
    widths = load_venue(name).figure_widths
    assert {word: widths[word] for word in millimetres} == pytest.approx(
        {word: length * MM for word, length in millimetres.items()}, abs=0.001
    )


def test_a_venue_like_another_has_its_facts() -> None:
    acl, emnlp = load_venue("acl"), load_venue("emnlp")
    assert replace(emnlp, name="acl", source=acl.source) == acl
    assert load_venue("iccv2025").packages == ("iccv",)
    assert load_venue("iccv2025").column_width == load_venue("cvpr2026").column_width


def test_a_venue_has_a_class_or_rules_for_artwork_only() -> None:
    without = [name for name in venue_names() if not load_venue(name).document_class]
    assert without == ["elsevier", "nature", "science"]


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
        "paper.venue: unknown venue 'the moon'\n    known venues: aaai2025, aaai2026, acl, acmart-"
    )
