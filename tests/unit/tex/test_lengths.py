"""TeX lengths: Knuth's units, from The TeXbook's chapter 10."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.errors import PaperkitError
from paperkit.tex.lengths import format_pt, parse_length, to_bp, to_inches

UNITS = "a length is a number and one of pt, bp, in, cm, mm, pc, such as '3.2in'"


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("1in", 72.27),
        ("72bp", 72.27),
        ("2.54cm", 72.27),
        ("25.4mm", 72.27),
        ("1pc", 12.0),
        ("397.485pt", 397.485),
        (" 3.25 in ", 234.8775),
        (".5in", 36.135),
        ("-2pt", -2.0),
        ("+2.pt", 2.0),
    ],
)
def test_parse_length(text: str, points: float) -> None:
    assert parse_length(text) == pytest.approx(points, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("3.2", "'3.2': the unit is missing"),
        ("2em", "'2em': the unit 'em' depends on the font"),
        ("2ex", "'2ex': the unit 'ex' depends on the font"),
        ("3px", "'3px': unknown unit 'px'"),
        ("3 IN", "'3 IN': unknown unit 'IN'"),
        ("", "'' is not a length"),
        ("wide", "'wide' is not a length"),
        ("1e3pt", "'1e3pt' is not a length"),
        ("nanpt", "'nanpt' is not a length"),
    ],
)
def test_parse_length_says_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(PaperkitError) as caught:
        parse_length(text)
    assert str(caught.value) == f"{message}\n    {UNITS}"


def test_conversions() -> None:
    assert to_inches(397.485) == pytest.approx(5.5)
    assert to_bp(72.27) == pytest.approx(72.0)


@pytest.mark.parametrize(
    ("points", "text"),
    [
        (397.485, "397.485pt"),
        (12.0, "12pt"),
        (100.0, "100pt"),
        (0.0, "0pt"),
        (-0.0, "0pt"),
        (-1e-9, "0pt"),
        (1 / 3, "0.33333pt"),
        (-2.5, "-2.5pt"),
        (1e-7, "0pt"),
        (1e6, "1000000pt"),
    ],
)
def test_format_pt(points: float, text: str) -> None:
    assert format_pt(points) == text


@given(st.floats(min_value=-16000, max_value=16000))
def test_formatted_points_parse_back(points: float) -> None:
    assert parse_length(format_pt(points)) == pytest.approx(points, abs=5.1e-6)
    assert "e" not in format_pt(points)
