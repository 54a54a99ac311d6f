"""Plain text: the same table for a terminal, its columns lined up in cells of equal width."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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
        if row.above != "none":
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
    """The width of a column, and how much of it stands before the decimal point where its numbers line up by that."""

    alignment: Alignment
    width: int
    before: int = 0

    def place(self, cell: Cell) -> int:
        """Return how many spaces stand before the text of a cell."""
        room = self.width - _width(cell.whole)
        if self.alignment == "l":
            return 0
        if self.alignment == "r":
            return room
        found = _before_point(cell)
        return room // 2 if found is None else self.before - found


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
    widths = [_cells_width(alignment, column) for alignment, column in zip(table.alignments, cells, strict=True)]
    natural = [total for total, _ in widths]
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
    columns = [
        _Column(alignment=alignment, width=width, before=before + (width - own) // 2)
        for alignment, width, (own, before) in zip(table.alignments, natural, widths, strict=True)
    ]
    return _Layout(stubs=tuple(stubs), columns=tuple(columns))


def _cells_width(alignment: Alignment, cells: Sequence[Cell]) -> tuple[int, int]:
    """Return the width of the cells of a column, and how much of it stands before the decimal point."""
    if alignment != "c":
        return max((_width(cell.whole) for cell in cells), default=0), 0
    points = [(_before_point(cell), _width(cell.whole)) for cell in cells]
    before = max((point for point, _ in points if point is not None), default=0)
    behind = max((width - point for point, width in points if point is not None), default=0)
    others = max((width for point, width in points if point is None), default=0)
    extra = max(others - before - behind, 0)
    return before + behind + extra, before + extra // 2


def _before_point(cell: Cell) -> int | None:
    """Return the width of what stands before the decimal point of a cell's number; None for other texts."""
    found = _NUMBER.match(cell.plain)
    return None if found is None else _width(cell.plain_lead + found.group())


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
    return f"{bar.plain_low} … {bar.plain_high}"


def _widest(text: str) -> int:
    return max(map(_width, lines(text)))


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
