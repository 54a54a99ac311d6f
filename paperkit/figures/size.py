"""The size of a figure, in TeX points, from the manifest and the venue."""

from __future__ import annotations

from dataclasses import dataclass

from paperkit.errors import AssetError, PaperkitError, Problem, did_you_mean
from paperkit.manifest.model import FigureAsset
from paperkit.style.venue import Venue
from paperkit.tex.lengths import parse_length


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """Width and height in TeX points (1/72.27 inch)."""

    width: float
    height: float


def figure_size(asset: FigureAsset, venue: Venue) -> Size:
    """Return the size of the figure: `width` in the venue's words or of its text, `height` a length or a ratio of it.

    Raises:
        AssetError: a length cannot be read, or is not positive.

    """
    wrong = size_problems(asset, venue)
    if wrong:
        raise AssetError(*wrong)
    width, height = asset.spec.width, asset.spec.height
    if isinstance(width, str):
        named = venue.figure_widths
        points = named[width] if width in named else parse_length(width)
    else:
        points = width * venue.text_width
    return Size(width=points, height=parse_length(height) if isinstance(height, str) else height * points)


def size_problems(asset: FigureAsset, venue: Venue) -> tuple[Problem, ...]:
    """Return what is wrong with `width` and `height`."""
    words = {"width": tuple(venue.figure_widths), "height": ()}
    values = {"width": asset.spec.width, "height": asset.spec.height}
    found = ((key, _problem(values[key], words[key], venue)) for key in words)
    return tuple(problem.under((*asset.path, key)) for key, problem in found if problem is not None)


def _problem(value: str | float, words: tuple[str, ...], venue: Venue) -> Problem | None:
    if isinstance(value, str) and value in words:
        return None
    try:
        points = parse_length(value) if isinstance(value, str) else value
    except PaperkitError as error:
        (problem, *_) = error.problems
        close = did_you_mean(str(value), words)
        hint = f"{problem.hint}; or a word of {venue.name}: {', '.join(words)}" if words else problem.hint
        return Problem(message=f"{problem.message}{close}", hint=hint)
    return (
        None
        if points > 0
        else Problem(message=f"'{value if isinstance(value, str) else format(value, 'g')}' is not positive")
    )
