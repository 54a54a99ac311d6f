"""Venues: the widths, fonts and sizes of a conference or journal and year, from `venues.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import tomli

from paperkit.errors import ManifestError, Problem, did_you_mean

SizeCommand = Literal["tiny", "scriptsize", "footnotesize", "small", "normalsize"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Venue:
    """What a venue's class does to the page: widths and sizes in TeX points (1/72.27 in).

    `family` and `encoding` name the body font as TeX does (`ptm`, `OT1`); `sizes` maps LaTeX's size commands
    (`footnotesize`) to points, `leading` to the distance of their baselines; `table_size` is the size command
    whose size the class sets inside a table float, `tabcolsep` the separation of columns there; `widths` gives in
    em what the class sets wider or narrower than its font does; `table_caption` says where the venue wants the captions
    of tables, `least_size` (points) what type it takes at least, `scales_tables` whether it lets tables be scaled, and
    `refused_packages` what its production does not take; `in_texlive` tells whether class and packages
    come with TeX Live; `source` and `date` say where the facts come from and when they were measured.

    A publisher may have rules for artwork, with or without a class: `artwork_widths` names widths (`1.5column`) besides
    those of text and column, `greatest_figure_size` (points) is the largest type in figures, `figure_family`
    their font where it is not the text's. Without a class `document_class` is empty, and text and
    column are the widths of artwork.
    """

    name: str
    document_class: str = ""
    class_options: tuple[str, ...] = ()
    text_width: float
    column_width: float
    family: str = "cmr"
    encoding: str = "OT1"
    packages: tuple[str, ...] = ()
    body_size: float = 10.0
    caption_size: float = 10.0
    sizes: Mapping[str, float] = field(default_factory=dict)
    leading: Mapping[str, float] = field(default_factory=dict)
    table_size: SizeCommand = "normalsize"
    tabcolsep: float = 6.0
    widths: Mapping[str, float] = field(default_factory=dict)
    table_caption: Literal["above", "below"] = "above"
    least_size: float = 6.0
    greatest_figure_size: float | None = None
    figure_family: str = ""
    artwork_widths: Mapping[str, float] = field(default_factory=dict)
    scales_tables: bool = True
    refused_packages: tuple[str, ...] = ()
    in_texlive: bool = False
    source: str = ""
    date: str = ""

    @property
    def is_two_column(self) -> bool:
        """Tell whether a column is narrower than the text."""
        return self.column_width < self.text_width

    @property
    def figure_widths(self) -> Mapping[str, float]:
        """Return the words for the width of a figure, in TeX points."""
        return {"textwidth": self.text_width, "columnwidth": self.column_width, **self.artwork_widths}


@cache
def venue_names() -> tuple[str, ...]:
    """Return the names of all known venues, sorted."""
    return tuple(sorted(_facts()))


def load_venue(name: str) -> Venue:
    """Return the venue called `name`.

    Raises:
        ManifestError: there is no such venue.

    >>> load_venue("iclr2026").text_width
    397.485
    """
    facts = _facts()
    if name not in facts:
        close = did_you_mean(name, facts)
        hint = None if close else f"known venues: {', '.join(venue_names())}"
        raise ManifestError(Problem(message=f"unknown venue '{name}'{close}", path=("paper", "venue"), hint=hint))
    return facts[name]


@cache
def _facts() -> dict[str, Venue]:
    document = tomli.loads(files("paperkit.style").joinpath("venues.toml").read_text(encoding="utf-8"))
    return {name: _venue(name, facts, document) for name, facts in document.items()}


def _venue(name: str, facts: dict[str, Any], document: dict[str, dict[str, Any]]) -> Venue:
    """Return a venue; one that is `like` another has its facts but for those that it states itself."""
    stated = {**document[facts["like"]], **facts} if "like" in facts else facts
    frozen: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in stated.items() if key != "like"
    }
    return Venue(name=name, **frozen)
