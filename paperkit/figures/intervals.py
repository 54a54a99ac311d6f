"""What intervals show, in words that a caption can say, and whether it does say so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.artist import Artist

    from paperkit.figures.estimates import ErrorBar

_DEFAULTS = {"ci": 95.0, "pi": 95.0, "se": 1.0, "sd": 1.0}
_WORDS = {
    "ci": "{}% confidence intervals",
    "pi": "the central {}% of the values",
    "se": "{} standard error{}",
    "sd": "{} standard deviation{}",
}
# How papers say it: a caption that has one of these words says which kind of interval it is.
_STATED = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?i:confidence)|\bCIs?\b",
        r"(?i:central|percentile|quantile|interquartile)|\bPIs?\b|\bIQR\b",
        r"(?i:standard[\s-]error|\bs\.\s?e\.)|\bSEM?s?\b",
        r"(?i:standard[\s-]deviation|\bs\.\s?d\.|\bstd\b)|\bSDs?\b",
    )
)
_SMOOTHING = re.compile(r"(?i:smooth|moving[\s-]average)|\bEMA\b")
_SMOOTHED = re.compile(r"smoothed: (.*)")
_LABEL = re.compile(r"interval along ([xy]): (.*)")


def interval_words(errorbar: ErrorBar) -> str:
    """Return what the intervals of an error bar show.

    >>> interval_words("ci"), interval_words(("sd", 2.0))
    ('95% confidence intervals', '2 standard deviations')
    """
    kind, level = (errorbar, None) if isinstance(errorbar, str) else errorbar
    if kind == "none":
        return ""
    number = _DEFAULTS[kind] if level is None else level
    return _WORDS[kind].format("one" if number == 1 else f"{number:g}", "" if number == 1 else "s")


def interval_label(errorbar: ErrorBar, *, is_horizontal: bool = False) -> str:
    """Return the label of an artist that shows intervals; legends have entries of their own and do not show it."""
    return f"interval along {'x' if is_horizontal else 'y'}: {interval_words(errorbar)}"


def smoothing_label(weight: float) -> str:
    """Return the label of a line through smoothed estimates."""
    return f"smoothed: {weight:g}"


def smoothing_of(artist: Artist) -> str | None:
    """Return how the line was smoothed, in words that a caption can say; None if it was not."""
    found = _SMOOTHED.fullmatch(str(artist.get_label()))
    return None if found is None else f"exponential moving average, weight {found[1]}"


def is_smoothing_stated(texts: Iterable[str]) -> bool:
    """Tell whether one of the texts says that lines are smoothed.

    >>> is_smoothing_stated(["Curves are smoothed (EMA, 0.9)."]), is_smoothing_stated(["Learning curves."])
    (True, False)
    """
    return any(_SMOOTHING.search(text) for text in texts)


def interval_of(artist: Artist) -> tuple[str, str] | None:
    """Return along which axis the intervals of an artist lie and what they show; None if it shows none."""
    found = _LABEL.fullmatch(str(artist.get_label()))
    return None if found is None else (found[1], found[2])


def is_stated(words: str, texts: Iterable[str]) -> bool:
    """Tell whether one of the texts says which kind of interval it is.

    >>> is_stated("95% confidence intervals", ["Mean over seeds and 95% CI"]), is_stated("one standard error", ["±"])
    (True, False)
    """
    said = list(texts)
    return any(pattern.search(words) and any(map(pattern.search, said)) for pattern in _STATED)
