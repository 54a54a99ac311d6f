"""What venues ask of a finished PDF, from `submission.toml`: each fact with its source and the date it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import tomli

from paperkit.errors import ManifestError, Problem, did_you_mean
from paperkit.style.venue import venue_names

Grade = Literal["rule", "advice", "second-hand", "practice"]
FACTS = (
    "annotations", "body_pages", "bookmarks", "colours", "contrast", "dpi", "encryption", "figure_text", "fonts",
    "javascript", "line_width", "links", "margins", "megabytes", "overfull", "packages", "paper", "sections", "type3",
    "unembedded", "unsubset", "versions",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One fact: its value (tuples, not lists), who says so and when that was read, how far it binds.

    `grade` is `rule` for the venue's own words, `advice` for what it only recommends, `second-hand` for what others
    say of it, `practice` for what holds where a venue says nothing. `uncounted` says what does not count as body.
    """

    value: Any
    source: str
    date: str
    grade: Grade = "rule"
    uncounted: str = ""

    @property
    def basis(self) -> str:
        """Return the source with its date, as a report names it."""
        return f"{self.source}, read {self.date}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Submission:
    """What a venue asks of a PDF; `name` is None for no venue in particular."""

    name: str | None
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def get(self, fact: str) -> Fact | None:
        """Return a fact of the venue, None when it is not known."""
        return self.facts.get(fact)

    def get_or_practice(self, fact: str) -> Fact | None:
        """Return a fact of the venue, else what is good practice, else None."""
        return self.facts.get(fact) or _known()["default"].facts.get(fact)


@cache
def submission_names() -> tuple[str, ...]:
    """Return the names that `load_submission` knows: all venues, and publishers without a class of their own."""
    return tuple(sorted({*venue_names(), *_known()} - {"default"}))


def load_submission(name: str | None) -> Submission:
    """Return what the venue `name` asks of a PDF; of one that only `venues.toml` knows no fact is known.

    Raises:
        ManifestError: there is no such venue.

    >>> load_submission("icml2026").get("paper").value
    'letter'
    """
    if name is None:
        return Submission(name=None)
    if name not in submission_names():
        close = did_you_mean(name, submission_names())
        hint = None if close else f"known venues: {', '.join(submission_names())}"
        raise ManifestError(Problem(message=f"unknown venue '{name}'{close}", hint=hint))
    return _known().get(name, Submission(name=name))


@cache
def _known() -> dict[str, Submission]:
    document = tomli.loads(files("paperkit.style").joinpath("submission.toml").read_text(encoding="utf-8"))
    venues: dict[str, dict[str, Any]] = document["venues"]
    return {
        name: Submission(
            name=name,
            facts={
                key: _fact(given, document["sources"][given["source"]], is_practice=name == "default")
                for key, given in {**venues.get(facts.get("like", ""), {}), **facts}.items()
                if key != "like"
            },
        )
        for name, facts in venues.items()
    }


def _fact(given: dict[str, Any], source: dict[str, Any], *, is_practice: bool) -> Fact:
    grade: Grade = "rule"
    if is_practice:
        grade = "practice"
    elif source.get("second_hand"):
        grade = "second-hand"
    elif given.get("advice"):
        grade = "advice"
    value = given["is"]
    return Fact(
        value=tuple(value) if isinstance(value, list) else value,
        source=source["text"],
        date=source["date"],
        grade=grade,
        uncounted=given.get("uncounted", ""),
    )
