"""What venues ask of the sources of a paper, from `rules.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import tomli

Flatten = Literal["none", "assets", "all"]
Archive = Literal["zip", "tar.gz"]


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceRules:
    """What a venue asks of sources; empty and None say that it asks nothing."""

    flatten: Flatten = "none"
    archive: Archive = "zip"
    bibliography: Literal["bbl", "both"] = "bbl"
    engines: tuple[str, ...] = ()
    releases: tuple[int, ...] = ()
    readme: bool = False
    megabytes: int | None = None
    source: str = ""
    date: str = ""
    second_hand: bool = False

    @property
    def basis(self) -> str:
        """Return the source with its date."""
        return f"{self.source}, read {self.date}"


def source_rules(venue: str | None) -> SourceRules:
    """Return what a venue asks of sources; good practice for one that nothing is known of.

    >>> source_rules("aaai2026").flatten
    'all'
    """
    known = _known()
    names = sorted((name for name in known if venue is not None and venue.startswith(name)), key=len)
    given: dict[str, Any] = {**known["default"], **(known[names[-1]] if names else {})}
    found: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}
    return SourceRules(**found)


@cache
def _known() -> dict[str, dict[str, Any]]:
    text = files("paperkit.camera_ready").joinpath("rules.toml").read_text(encoding="utf-8")
    return dict(tomli.loads(text))
