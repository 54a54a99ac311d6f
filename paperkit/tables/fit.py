"""Fit: the width of a table before TeX runs, and the column separation that gives it a wanted width."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import add

from paperkit.style.venue import Venue
from paperkit.tables.format import shape
from paperkit.tables.model import CellColumn, ColumnLabel, Row, cell_columns
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """What the width of a table is made of: labels by place, and per column the cells that differ in shape."""

    stubs: tuple[tuple[tuple[Tex, ...], ...], ...]
    heads: tuple[tuple[ColumnLabel, ...], ...]
    units: tuple[ColumnLabel, ...]
    panels: tuple[tuple[Tex, ...], ...]
    cells: tuple[tuple[Tex, ...], ...]
    is_shaded: tuple[bool, ...]


def table_parts(
    stub_heads: Sequence[ColumnLabel],
    heads: tuple[tuple[ColumnLabel, ...], ...],
    units: tuple[ColumnLabel, ...],
    body: Sequence[Row],
) -> Parts:
    """Return what decides the width of a table, each different thing once."""
    rows = [row for row in body if row.kind != "panel"]
    stubs = [
        (head.lines, *_by_shape(_indented(row.stubs[level].lines, row.indent) for row in rows))
        for level, head in enumerate(stub_heads)
    ]
    panels = [_indented(row.stubs[0].lines, row.indent) for row in body if row.kind == "panel"]
    columns = cell_columns(body)
    return Parts(
        stubs=tuple(stubs),
        heads=heads,
        units=units,
        panels=tuple(dict.fromkeys(panels)),
        cells=tuple(_shapes(column) for column in columns),
        is_shaded=tuple(column.is_shaded for column in columns),
    )


def _indented(lines: tuple[Tex, ...], indent: int) -> tuple[Tex, ...]:
    return tuple(Tex(r"\quad{}" * indent + line) for line in lines) if indent else lines


def _by_shape(labels: Iterable[tuple[Tex, ...]]) -> Iterable[tuple[Tex, ...]]:
    known = dict.fromkeys(labels)
    return dict(zip(_kinds(["\n".join(lines) for lines in known], "\0"), known, strict=True)).values()


def _shapes(cells: CellColumn) -> tuple[Tex, ...]:
    texts = map(add, cells.lead, cells.text)
    wholes = list(map(add, texts, cells.tail) if any(cells.tail) else texts)
    found = dict(zip(_kinds(wholes, "\n"), wholes, strict=True))
    return tuple(Tex(whole) for whole in found.values() if whole)


def _kinds(texts: Sequence[str], separator: str) -> Sequence[str]:
    """Return texts that are equal only for texts of equal width: the digits of a text font are equally wide."""
    joined = separator.join(texts)
    # The number of a character is no digit that is printed.
    return texts if not joined or r"\char" in joined else shape(joined).split(separator)


def table_layout(parts: Parts, *, rotate: int, kind: Type, block: tuple[int, int] | None = None) -> Layout:
    """Return the layout of a table set in `kind`; `rotate` applies to the innermost heads.

    `block` gives the first and last column (from 0) of one of the tables that share the columns; all by default.
    """
    first, last = block or (0, len(parts.cells) - 1)
    stub = len(parts.stubs)
    spans = [
        Span(first=level, last=level, width=_lines_width(labels, kind)) for level, labels in enumerate(parts.stubs)
    ]
    for level, labels in enumerate((*parts.heads, parts.units)):
        rotated = rotate != 0 and level == len(parts.heads) - 1
        column = 0
        for label in labels:
            low, high = max(column, first), min(column + label.span - 1, last)
            if low <= high:
                width = len(label.lines) * kind.leading if rotated else _lines_width([label.lines], kind)
                spans.append(Span(first=low - first + stub, last=high - first + stub, width=width))
            column += label.span
    for column in range(first, last + 1):
        place = column - first + stub
        spans.append(Span(first=place, last=place, width=max(map(kind.width, parts.cells[column]), default=0.0)))
    count = last - first + 1 + stub
    if parts.panels:
        spans.append(Span(first=0, last=count - 1, width=_lines_width(parts.panels, kind)))
    return Layout(columns=count, spans=tuple(spans), trim_right=not parts.is_shaded[last])


def _lines_width(labels: Iterable[tuple[Tex, ...]], kind: Type) -> float:
    return max((kind.width(line) for lines in labels for line in lines), default=0.0)
