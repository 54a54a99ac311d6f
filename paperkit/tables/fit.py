"""Fit: the width of a table before TeX runs, and the column separation that gives it a wanted width."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from paperkit.style.venue import Venue
from paperkit.tables.format import shape
from paperkit.tables.model import Cell, ColumnLabel, Row
from paperkit.tex.metrics import Font, measure
from paperkit.tex.text import Tex

LEAST_TABCOLSEP = 1.5
_STANDARD_LEADING = 1.2
# Finer than TeX's own unit of 1/65536 pt.
_TOLERANCE = 1e-6
_FORMULA = re.compile(r"(?<!\\)\$[^$]*\$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Something set over the columns `first` to `last` (the stub is 0) that is `width` points wide."""

    first: int
    last: int
    width: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """What decides the width of a tabular: its columns and its spans, which edges have `@{}`."""

    columns: int
    spans: tuple[Span, ...]
    trim_right: bool

    def width(self, tabcolsep: float) -> float:
        """Return the width in points for a column separation in points.

        TeX gives what a span lacks to its last column (The TeXbook, chapter 22).
        """
        ending: dict[int, list[Span]] = {}
        for span in self.spans:
            ending.setdefault(span.last, []).append(span)
        ends = [0.0]
        for column in range(self.columns):
            padding = (span.width + tabcolsep * self._separations(span) + ends[span.first] for span in ending[column])
            ends.append(max(padding, default=ends[-1]))
        return ends[-1]

    def solve(self, width: float) -> float:
        """Return the column separation in points that makes the tabular `width` points wide; it may be negative.

        The width grows with the separation, piece by piece linearly, so that halving an interval finds it.
        """
        low, high = -width, width
        while high - low > _TOLERANCE:
            middle = (low + high) / 2
            low, high = (middle, high) if self.width(middle) < width else (low, middle)
        return low

    def _separations(self, span: Span) -> int:
        trimmed = (span.first == 0) + (self.trim_right and span.last == self.columns - 1)
        return 2 - trimmed


@dataclass(frozen=True, kw_only=True, slots=True)
class Type:
    """The type a table is set in: its font, and in points its leading and what the class adds to some symbols."""

    font: Font
    leading: float
    gains: tuple[tuple[str, float], ...] = ()

    def width(self, text: Tex) -> float:
        """Return the width of one line in points."""
        natural = measure(text, self.font).width
        if not self.gains:
            return natural
        plain = _FORMULA.sub("", text)
        return natural + sum(gain * plain.count(symbol) for symbol, gain in self.gains)


def table_type(venue: Venue, fontsize: str | None) -> Type:
    """Return the type of a table at `fontsize`; without one, that of the venue's table floats."""
    command = fontsize or venue.table_size
    size = venue.sizes.get(command, venue.body_size)
    leading = venue.leading.get(command, size * _STANDARD_LEADING)
    font = Font(family=venue.family, encoding=venue.encoding, size=size, series="m")
    gains = tuple((symbol, width * size - _own_width(symbol, font)) for symbol, width in venue.widths.items())
    return Type(font=font, leading=leading, gains=gains)


def _own_width(symbol: str, font: Font) -> float:
    # Between letters, since a space at the end of a line has no width.
    return measure(Tex(f"n{symbol}n"), font).width - 2 * measure(Tex("n"), font).width


def table_layout(
    *, stub_head: ColumnLabel, heads: Sequence[Sequence[ColumnLabel]], body: Sequence[Row], rotate: int, kind: Type
) -> Layout:
    """Return the layout of a table set in `kind`; `rotate` applies to the innermost heads."""
    spans = [Span(first=0, last=0, width=_lines_width((stub_head.lines, *(row.lines for row in body)), kind))]
    for level, labels in enumerate(heads):
        first = 1
        for label in labels:
            rotated = rotate != 0 and level == len(heads) - 1
            width = len(label.lines) * kind.leading if rotated else _lines_width([label.lines], kind)
            spans.append(Span(first=first, last=first + label.span - 1, width=width))
            first += label.span
    count = len(body[0].cells)
    for column in range(count):
        cells = [row.cells[column] for row in body]
        spans.append(Span(first=column + 1, last=column + 1, width=_cells_width(cells, kind)))
    shaded = any(row.cells[-1].fill is not None for row in body)
    return Layout(columns=count + 1, spans=tuple(spans), trim_right=not shaded)


def _lines_width(labels: Iterable[tuple[Tex, ...]], kind: Type) -> float:
    return max((kind.width(line) for lines in labels for line in lines), default=0.0)


def _cells_width(cells: Iterable[Cell], kind: Type) -> float:
    # The digits of a text font are equally wide, so that one cell of each shape is measured; padding only
    # lifts narrow cells to the width of the widest.
    shapes = {shape(cell.text): cell.text for cell in cells if cell.text}
    return max((kind.width(text) for text in shapes.values()), default=0.0)
