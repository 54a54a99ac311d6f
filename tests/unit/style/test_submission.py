"""What venues ask of a PDF: every fact has a source, a date and a value of its kind."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
import tomli

from paperkit.errors import ManifestError
from paperkit.style import submission
from paperkit.style.submission import FACTS, load_submission, submission_names
from paperkit.style.venue import venue_names

_NUMBERS = {"contrast", "dpi", "figure_text", "line_width", "megabytes"}
_LISTS = {"colours", "fonts", "packages", "sections"}
_KINDS = {f"{cid}{kind}" for cid in ("", "CID ") for kind in ("TrueType", "TrueType (OT)")} | {
    "Type 1", "Type 1C", "Type 1C (OT)", "CID Type 0", "CID Type 0C", "CID Type 0C (OT)",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(submission._known()))
def test_every_fact_has_a_source_a_date_and_a_value_of_its_kind(name: str) -> None:
    for key, fact in submission._known()[name].facts.items():
        assert key in FACTS
        assert fact.source
        assert re.fullmatch(r"2026-\d\d-\d\d", fact.date)
        assert _is_of_its_kind(key, fact.value), (key, fact.value)
        assert bool(fact.uncounted) == (key == "body_pages")


def _is_of_its_kind(key: str, value: object) -> bool:
    if key in _NUMBERS:
        return isinstance(value, float) and value > 0
    if key in _LISTS:
        return isinstance(value, tuple) and len(value) > 0 and (key != "fonts" or set(value) <= _KINDS)
    if key == "margins":
        return isinstance(value, tuple) and len(value) == 4
    if key == "body_pages":
        return isinstance(value, int)
    return value in ({"letter", "a4"} if key == "paper" else {"refused"})


def test_every_source_is_used_and_every_venue_known() -> None:
    text = files("paperkit.style").joinpath("submission.toml").read_text(encoding="utf-8")
    document = tomli.loads(text)
    used = {fact["source"] for facts in document["venues"].values() for key, fact in facts.items() if key != "like"}

    assert set(document["sources"]) == used
    publishers = {"default", "ieee", "acm", "gecco", "arxiv"}
    assert set(document["venues"]) <= {*venue_names(), *publishers}


def test_a_venue_has_the_facts_of_the_one_that_it_is_like() -> None:
    assert load_submission("emnlp").facts == load_submission("acl").facts
    neurips = load_submission("neurips2025")
    assert neurips.facts["paper"] == load_submission("neurips2026").facts["paper"]
    assert neurips.facts["body_pages"].source == "NeurIPS 2025 author kit, neurips_2025.tex"


def test_what_only_the_style_of_is_known_has_no_facts() -> None:
    assert load_submission("pnas").facts == {}
    assert load_submission(None).facts == {}
    assert set(submission_names()) > set(venue_names())


def test_good_practice_is_told_from_rules() -> None:
    venue = load_submission("acl")
    assert venue.get("dpi") is None
    practice = venue.get_or_practice("dpi")
    assert practice is not None
    assert (practice.value, practice.grade) == (300.0, "practice")
    assert {load_submission("ieee").facts["links"].grade, load_submission("nature").facts["colours"].grade} == {
        "second-hand",
        "advice",
    }


def test_an_unknown_venue_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ManifestError) as caught:
        load_submission("icml2062")

    assert str(caught.value) == "unknown venue 'icml2062', did you mean 'icml2026'?"
