"""The ladder: what is done, step by step, to a table that is wider than the page."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from paperkit.errors import AssetError, PaperkitError, Problem
from paperkit.manifest.model import FontSize, TableAsset
from paperkit.style.venue import Venue
from paperkit.tables.fit import LEAST_TABCOLSEP, Parts, table_layout, table_type
from paperkit.tex.lengths import parse_length

SIZES: tuple[FontSize, ...] = ("normalsize", "small", "footnotesize", "scriptsize", "tiny")
# TeX complains of lines that stick out by more than \hfuzz.
_HFUZZ = 0.1
_TIGHTER = (4.0, 3.0)
# Turned heads are worth it only if the type becomes so much larger.
_WORTH_TURNING = 1.1
_ROTATED: Literal[90] = 90
_STEPS = 1000  # of a scale

Blocks = Sequence[tuple[int, int]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fitted:
    """How a table is set: `tabcolsep` and the predicted `width` are in points, None is what the document has."""

    fontsize: FontSize | None
    tabcolsep: float | None
    rotate: Literal[0, 90]
    scale: float | None = None
    width: float = 0.0
    fits: bool = True
    notices: tuple[Problem, ...] = ()


def fit_table(asset: TableAsset, parts: Parts, venue: Venue, blocks: Blocks) -> Fitted:
    """Return how the table is set: as it asks, or, where that is too wide and it allows it, narrower.

    The steps are those of `fit`: less space between columns, smaller type, rotated labels, the whole scaled down;
    none goes below the least size of type, and none changes what the table itself says.

    Raises:
        AssetError: a length cannot be read.

    """
    ladder = _Ladder(asset, parts, venue, blocks)
    natural = ladder.measured(ladder.natural)
    if natural.fits:
        return natural
    if asset.spec.fit:
        for step in ladder.steps():
            fitted = ladder.measured(step)
            if fitted.fits:
                return replace(fitted, notices=(ladder.applied(natural, fitted),))
    return replace(natural, notices=(ladder.too_wide(natural),))


def available_width(width: str, venue: Venue, asset: TableAsset) -> float:
    """Return `width` in TeX points: `textwidth`, `columnwidth` or a length.

    Raises:
        AssetError: it is none of these.

    """
    named = {"textwidth": venue.text_width, "columnwidth": venue.column_width}
    return named[width] if width in named else _length(width, asset, "width")


class _Ladder:
    def __init__(self, asset: TableAsset, parts: Parts, venue: Venue, blocks: Blocks) -> None:
        spec = asset.spec
        self._asset = asset
        self._spec = spec
        self._parts = parts
        self._venue = venue
        self._blocks = blocks
        self._least = spec.least_size or venue.least_size
        self._available = self._room()
        tabcolsep = self._least_separation() if spec.tabcolsep is None else _length(spec.tabcolsep, asset, "tabcolsep")
        # A solved width holds for one type size only, so that the size is then stated even where it is the usual one.
        fontsize = spec.fontsize if spec.width is None else spec.fontsize or venue.table_size
        self.natural = Fitted(fontsize=fontsize, tabcolsep=tabcolsep, rotate=spec.rotate or 0)

    def _least_separation(self) -> float | None:
        # Some classes set columns so close that neighbours read as one, and fills cling to their digits.
        close = self._venue.tabcolsep < min(_TIGHTER) and self._spec.width is None
        return max(_TIGHTER) if close else None

    def _room(self) -> float:
        spec, venue = self._spec, self._venue
        if spec.width is not None:
            return available_width(spec.width, venue, self._asset)
        if spec.form == "sidewaystable":
            # Its width is the height of the text, which no venue's facts say; no venue's text is wider than high.
            return float("inf")
        return venue.column_width if spec.form == "table" else venue.text_width

    def measured(self, step: Fitted) -> Fitted:
        """Return `step` with its column separation solved, where a width is asked for, its width, and if it fits."""
        kind = table_type(self._venue, step.fontsize)
        layouts = [table_layout(self._parts, rotate=step.rotate, kind=kind, block=block) for block in self._blocks]
        if self._spec.width is None:
            separation = self._venue.tabcolsep if step.tabcolsep is None else step.tabcolsep
            width = max(layout.width(separation) for layout in layouts) * (step.scale or 1.0)
            return replace(step, width=width, fits=width <= self._available + _HFUZZ)
        solved = min(layout.solve(self._available) for layout in layouts)
        separation = max(solved, LEAST_TABCOLSEP)
        width = max(layout.width(separation) for layout in layouts)
        return replace(step, tabcolsep=separation, width=width, fits=solved >= LEAST_TABCOLSEP)

    def steps(self) -> Iterator[Fitted]:
        """Yield ever narrower ways to set the table."""
        last = self.natural
        for last in self._smaller(self.natural):
            yield last
        rotated = last
        if self._spec.rotate is None:
            # From the largest type again: turned labels may be all that it takes.
            for rotated in self._smaller(replace(self.natural, rotate=_ROTATED)):
                yield rotated
        yield from self._scaled(last, rotated)

    def _smaller(self, step: Fitted) -> Iterator[Fitted]:
        yield step
        if self._spec.tabcolsep is None and self._spec.width is None:
            usual = self._venue.tabcolsep if step.tabcolsep is None else step.tabcolsep
            for separation in (*_TIGHTER, self._venue.tabcolsep):
                if separation < usual:
                    step = replace(step, tabcolsep=separation)
                    yield step
        if self._spec.fontsize is None:
            for size in SIZES[SIZES.index(self._venue.table_size) + 1 :]:
                if self._venue.sizes.get(size, 0.0) >= self._least:
                    step = replace(step, fontsize=size)
                    yield step

    def _scaled(self, upright: Fitted, rotated: Fitted) -> Iterator[Fitted]:
        if not self._venue.scales_tables or self._spec.width is not None:
            return
        narrowest, turned = self.measured(upright), self.measured(rotated)
        if narrowest.width > _WORTH_TURNING * turned.width:
            narrowest = turned
        scale = math.floor(_STEPS * self._available / narrowest.width) / _STEPS
        if scale * self._size(narrowest.fontsize) >= self._least:
            yield replace(narrowest, scale=scale)

    def _size(self, fontsize: FontSize | None) -> float:
        return self._venue.sizes.get(fontsize or self._venue.table_size, self._venue.body_size)

    def applied(self, natural: Fitted, fitted: Fitted) -> Problem:
        """Return the notice that says what was done."""
        done = []
        if fitted.scale is not None:
            size = fitted.scale * self._size(fitted.fontsize)
            done.append(f"scaled by {fitted.scale:.2f} to type of {size:.1f} pt")
        if fitted.fontsize != natural.fontsize:
            done.append(rf"\{fitted.fontsize} ({self._size(fitted.fontsize):g} pt)")
        if fitted.tabcolsep != natural.tabcolsep and fitted.tabcolsep is not None and self._spec.width is None:
            done.append(f"tabcolsep = {fitted.tabcolsep:g} pt")
        if fitted.rotate != natural.rotate:
            done.append("rotated labels")
        message = f"{self._excess(natural)}; it was fitted: {', '.join(done)}"
        hint = "split = 2 and line breaks in the labels keep the type larger; fit = false leaves it as it is"
        return Problem(message=message, path=self._asset.path, hint=hint)

    def too_wide(self, natural: Fitted) -> Problem:
        """Return the notice of a table that does not fit."""
        path = self._asset.path if self._spec.width is None else (*self._asset.path, "width")
        return Problem(message=self._excess(natural), path=path, hint=self._advice())

    def _excess(self, natural: Fitted) -> str:
        if self._spec.width is not None:
            return f"the table needs {natural.width:.1f} pt, and '{self._spec.width}' is {self._available:.1f} pt"
        part = "column" if self._available < self._venue.text_width else "text"
        return f"the table is {natural.width:.1f} pt wide, the {part} of {self._venue.name} {self._available:.1f} pt"

    def _advice(self) -> str:
        spec = self._spec
        place = SIZES.index(spec.fontsize or self._venue.table_size) + 1
        smaller = [size for size in SIZES[place : place + 1] if self._venue.sizes.get(size, 0.0) >= self._least]
        advice = [f"fontsize = '{size}'" for size in smaller]
        advice += [] if spec.rotate else ["rotate = 90"]
        advice.append("line breaks in the labels")
        advice += [] if spec.split else ["split = 2"]
        advice += ["form = 'table*'"] if spec.form == "table" and self._venue.is_two_column else []
        return f"try {', '.join(advice)}"


def _length(text: str, asset: TableAsset, key: str) -> float:
    try:
        return parse_length(text)
    except PaperkitError as error:
        raise AssetError(*(problem.under((*asset.path, key)) for problem in error.problems)) from None
