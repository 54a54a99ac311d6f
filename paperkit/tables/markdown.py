"""Markdown: the same table as a pipe table of GitHub, for a README or an issue."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from paperkit.manifest.tables import Decoration
from paperkit.tables.model import Alignment, Cell, ColumnLabel, Row, Table

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~#&])")
_MARKS: dict[Decoration, tuple[str, str]] = {
    "bold": ("**", "**"),
    "italic": ("*", "*"),
    "underline": ("<u>", "</u>"),
}
_BETWEEN = " / "
_LEAST = 3  # characters between the pipes of the alignment row


def to_markdown(table: Table) -> str:
    """Return the table as a pipe table; several levels of heads become one: `outer / inner`.

    Everything in it is escaped. Colours, indents and spanners have no place in Markdown.
    """
    heads = [*(_text(head.plain) for head in table.stub_heads), *_heads(table)]
    rows = [heads, *(_row(row, table) for row in table.body)]
    stubs: list[Alignment] = ["l" for _ in table.stub_heads]
    alignments = [*stubs, *table.alignments]
    widths = [max(_LEAST, *map(_width, column)) for column in zip(*rows, strict=True)]
    padded = [_line(row, widths) for row in rows]
    rule = _line([_rule(alignment, width) for alignment, width in zip(alignments, widths, strict=True)], widths)
    lines = [padded[0], rule, *padded[1:]]
    below = [
        f"<sup>{_text(note.mark)}</sup> {_text(note.plain)}" if note.mark else _text(note.plain) for note in table.notes
    ]
    caption = [_text(table.caption_plain), ""] if table.caption_plain else []
    if table.is_caption_above:
        lines = [*caption, *lines]
    elif caption:
        below.insert(0, caption[0])
    return "\n".join([*lines, *(line for text in below for line in ("", text))]) + "\n"


def _width(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)


def _line(texts: Sequence[str], widths: Sequence[int]) -> str:
    padded = [text + " " * (width - _width(text)) for text, width in zip(texts, widths, strict=True)]
    return f"| {' | '.join(padded)} |"


def _rule(alignment: Alignment, width: int) -> str:
    left = ":" if alignment in ("l", "c") else "-"
    right = ":" if alignment in ("r", "c") else "-"
    return left + "-" * (width - 2) + right


def _heads(table: Table) -> Iterator[str]:
    levels = [_spread(level) for level in table.heads]
    units = _spread(table.units) if table.units else [""] * len(table.alignments)
    for column, unit in enumerate(units):
        parts = [level[column] for level in levels]
        yield _text(" ".join(part for part in (_BETWEEN.join(filter(None, parts)), unit) if part))


def _spread(labels: Sequence[ColumnLabel]) -> list[str]:
    """Return the text over each column: that of a spanner stands over all of its columns."""
    return [label.plain for label in labels for _ in range(label.span)]


def _row(row: Row, table: Table) -> list[str]:
    count = len(table.stub_heads)
    if row.kind == "panel":
        rest = [""] * (count + len(table.alignments) - 1)
        return ["&emsp;" * row.indent + _marked(row.plain, ("italic",)), *rest]
    stubs = [_text(stub.plain) for stub in row.stubs]
    if stubs:
        stubs[-1] = "&emsp;" * row.indent + stubs[-1]
    return [*stubs, *(_cell(cell, table.decorations_of(cell.emphasis)) for cell in row.cells)]


def _cell(cell: Cell, decorations: Sequence[Decoration]) -> str:
    if not decorations:
        return _text(cell.whole)
    return _text(cell.plain_lead) + _marked(cell.plain, decorations) + _text(cell.plain_tail)


def _marked(plain: str, decorations: Sequence[Decoration]) -> str:
    text = _text(plain)
    # Marks must stand beside a letter or digit, or they are read as themselves.
    core = text.strip()
    if not core:
        return text
    for decoration in reversed(decorations):
        before, behind = _MARKS[decoration]
        core = before + core + behind
    return core


def _text(plain: str) -> str:
    return _SPECIAL.sub(r"\\\1", plain).replace("\n", "<br>")
