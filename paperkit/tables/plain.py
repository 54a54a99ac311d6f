"""Plain text: the same table for a terminal, its columns lined up in cells of equal width."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

from paperkit.tables.model import Alignment, Cell, ColorBar, ColumnLabel, Row, Table
from paperkit.tex.text import lines

_NUMBER = re.compile(r"[+−]?[\d,]+")
_INDENT = 2
_RULE = "─"
_EDGE = "━"


class Segment(NamedTuple):
    """A part of a line: its text, and the cell it shows or is the padding of."""

    text: str
    cell: Cell | None = None
    is_emphasised: bool = False


def to_text(table: Table) -> str:
    """Return the table as monospaced text; wide characters count as two, combining ones as none."""
    return "".join("".join(segment.text for segment in line).rstrip() + "\n" for line in text_lines(table))


def text_lines(table: Table) -> Iterator[tuple[Segment, ...]]:
    """Yield the lines of the table as segments, so that a terminal can colour its cells."""
    layout = _layout(table)
    caption = [_plain(line) for line in lines(table.caption_plain)] if table.caption_plain else []
    if table.is_caption_above:
        yield from caption
    yield _plain(_EDGE * layout.width)
    yield from _heads(table, layout)
    yield _plain(_RULE * layout.width)
    for row in table.body:
        if row.above in ("rule", "space"):
            yield _plain(_RULE * layout.width if row.above == "rule" else "")
        yield from _row(row, layout)
    yield _plain(_EDGE * layout.width)
    for text in (*map(_bar, table.bars), *(f"{note.mark} {note.plain}".lstrip() for note in table.notes)):
        yield from map(_plain, lines(text))
    if not table.is_caption_above:
        yield from caption


def _plain(text: str) -> tuple[Segment, ...]:
    return (Segment(text),)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Column:
    alignment: Alignment
    width: int
    lineup: PointLineup

    def place(self, cell: Cell) -> int:
        """Return how many spaces stand before the text of a cell."""
        room = self.width - _width(cell.whole)
        if self.alignment == "l":
            return 0
        if self.alignment == "r":
            return room
        pads = self.lineup.pads(cell)
        return (self.width - self.lineup.width) // 2 + pads[0] if pads else room // 2


class PointLineup:
    """Plain texts of a column that line up by the ends of the whole parts of their numbers."""

    def __init__(self, cells: Iterable[Cell]) -> None:
        points = [(point, _width(cell.whole)) for cell in cells if (point := _before_point(cell)) is not None]
        self._before = max((point for point, _ in points), default=0)
        self._behind = max((width - point for point, width in points), default=0)

    @property
    def width(self) -> int:
        """Return the width of the numbers, in characters."""
        return self._before + self._behind

    def pads(self, cell: Cell) -> tuple[int, int] | None:
        """Return the characters before and behind a number that line it up; None for what is no number."""
        point = _before_point(cell)
        if point is None:
            return None
        return self._before - point, self._behind - (_width(cell.whole) - point)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Layout:
    stubs: tuple[int, ...]
    columns: tuple[_Column, ...]

    @property
    def width(self) -> int:
        """Return the width of the table: every cell has a space on both sides, stubs one behind."""
        return sum(width + 1 for width in self.stubs) + sum(column.width + 2 for column in self.columns)


def _layout(table: Table) -> _Layout:
    rows = [row for row in table.body if row.kind != "panel"]
    stubs = [
        max(_widest(head.plain), *(_widest(row.stubs[level].plain) + _INDENT * row.indent for row in rows), 0)
        for level, head in enumerate(table.stub_heads)
    ]
    cells = zip(*(row.cells for row in rows), strict=True) if rows else [()] * len(table.alignments)
    columns = [(tuple(column), PointLineup(column)) for column in cells]
    natural = [
        max([_width(cell.whole) for cell in column] + [lineup.width if alignment == "c" else 0])
        for alignment, (column, lineup) in zip(table.alignments, columns, strict=True)
    ]
    # Innermost first: a spanner that is wider than its columns widens the last of them.
    for labels in (*reversed(table.heads), *([table.units] if table.units else [])):
        column = 0
        for label in labels:
            span = range(column, column + label.span)
            lack = _widest(label.plain) - sum(natural[place] + 2 for place in span) + 2
            natural[span[-1]] += max(lack, 0)
            column += label.span
    panels = [_widest(row.plain) + _INDENT * row.indent for row in table.body if row.kind == "panel"]
    if stubs and panels:
        lack = max(panels) - sum(width + 1 for width in stubs) - sum(width + 2 for width in natural)
        stubs[-1] += max(lack, 0)
    placed = zip(table.alignments, natural, columns, strict=True)
    return _Layout(
        stubs=tuple(stubs),
        columns=tuple(
            _Column(alignment=alignment, width=width, lineup=lineup) for alignment, width, (_, lineup) in placed
        ),
    )


def _before_point(cell: Cell) -> int | None:
    """Return the width of what stands before the decimal point of a cell's number; None for other texts."""
    found = _NUMBER.match(cell.plain)
    return None if found is None else _width(cell.plain_lead) + found.end()


def _heads(table: Table, layout: _Layout) -> Iterator[tuple[Segment, ...]]:
    last = len(table.heads) - 1
    for level, labels in enumerate(table.heads):
        corners = [head.plain if level == last else "" for head in table.stub_heads]
        yield from _head_lines(corners, labels, layout)
        if level < last:
            yield _plain(_spanner_rules(labels, layout))
    if table.units:
        yield from _head_lines([""] * len(layout.stubs), table.units, layout)


def _head_lines(
    corners: Sequence[str], labels: Sequence[ColumnLabel], layout: _Layout
) -> Iterator[tuple[Segment, ...]]:
    texts = [lines(corner)[::-1] for corner in corners] + [lines(label.plain)[::-1] for label in labels]
    # The last lines of all labels stand side by side.
    for parts in reversed(list(zip_longest(*texts, fillvalue=""))):
        count = len(corners)
        stubs = [_padded(part, width, "l") + " " for part, width in zip(parts, layout.stubs, strict=False)]
        cells = [
            f" {_padded(part, width, 'c' if label.span > 1 else alignment)} "
            for part, label, (width, alignment) in zip(parts[count:], labels, _spans(labels, layout), strict=True)
        ]
        yield _plain("".join([*stubs, *cells]))


def _spans(labels: Sequence[ColumnLabel], layout: _Layout) -> Iterator[tuple[int, Alignment]]:
    column = 0
    for label in labels:
        under = layout.columns[column : column + label.span]
        yield sum(one.width + 2 for one in under) - 2, under[0].alignment
        column += label.span


def _spanner_rules(labels: Sequence[ColumnLabel], layout: _Layout) -> str:
    rules = [
        f" {(_RULE if label.plain else ' ') * width} "
        for label, (width, _) in zip(labels, _spans(labels, layout), strict=True)
    ]
    return " " * sum(width + 1 for width in layout.stubs) + "".join(rules)


def _row(row: Row, layout: _Layout) -> Iterator[tuple[Segment, ...]]:
    indent = " " * (_INDENT * row.indent)
    if row.kind == "panel":
        for line in lines(row.plain):
            yield _plain(indent + line)
        return
    texts = [lines(stub.plain) for stub in row.stubs]
    for number, parts in enumerate(zip_longest(*texts, fillvalue="") if texts else [()]):
        indented = [*parts[:-1], *(indent + part for part in parts[-1:])]
        stubs = [_padded(part, width, "l") + " " for part, width in zip(indented, layout.stubs, strict=True)]
        cells = [segment for place, cell in enumerate(row.cells) for segment in _cell(cell, layout.columns[place])]
        yield (Segment("".join(stubs)), *(cells if number == 0 else ()))


def _cell(cell: Cell, column: _Column) -> tuple[Segment, ...]:
    left = column.place(cell)
    right = column.width - _width(cell.whole) - left
    return (
        Segment(" " * (left + 1) + cell.plain_lead, cell),
        Segment(cell.plain, cell, cell.emphasis is not None),
        Segment(cell.plain_tail + " " * (right + 1), cell),
    )


def _padded(text: str, width: int, alignment: Alignment) -> str:
    room = width - _width(text)
    left = {"l": 0, "c": room // 2, "r": room}[alignment]
    return " " * left + text + " " * (room - left)


def _bar(bar: ColorBar) -> str:
    return (f"{bar.plain_title}: " if bar.plain_title else "") + " … ".join(bar.plain_texts)


def _widest(text: str) -> int:
    return max(map(_width, lines(text)))


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
