"""HTML: the same table for a notebook or a preview."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from paperkit.tables.model import Cell, ColumnLabel, Table

_EMPHASIS = {"best": "font-weight:bold", "second": "text-decoration:underline", "missing": "opacity:.55"}
_ALIGN = {"l": "left", "c": "center", "r": "right"}


def to_html(table: Table) -> str:
    """Return the table as an HTML fragment: the same texts, fills and inks; everything in it is escaped."""
    return "\n".join(
        [
            '<table class="paperkit" style="border-collapse:collapse">',
            *([f"<caption>{_text(table.caption_plain)}</caption>"] if table.caption_plain else []),
            "<thead>",
            *_heads(table),
            "</thead>",
            "<tbody>",
            *_rows(table),
            "</tbody>",
            "</table>",
        ]
    )


def _heads(table: Table) -> Iterator[str]:
    for level, labels in enumerate(table.heads):
        corner = table.stub_head.plain if level == len(table.heads) - 1 else ""
        yield f'<tr><th style="text-align:left">{_text(corner)}</th>{"".join(map(_label, labels))}</tr>'


def _label(label: ColumnLabel) -> str:
    span = f' colspan="{label.span}"' if label.span > 1 else ""
    return f'<th{span} style="text-align:center">{_text(label.plain)}</th>'


def _rows(table: Table) -> Iterator[str]:
    for row in table.body:
        cells = "".join(
            _cell(cell, _ALIGN[alignment]) for cell, alignment in zip(row.cells, table.alignments, strict=True)
        )
        yield f'<tr><th style="text-align:left">{_text(row.plain)}</th>{cells}</tr>'


def _cell(cell: Cell, alignment: str) -> str:
    style = [f"text-align:{alignment}"]
    if cell.fill is not None:
        style.append(f"background-color:#{cell.fill.html.lower()};color:{cell.ink}")
    if cell.emphasis is not None:
        style.append(_EMPHASIS[cell.emphasis])
    return f'<td style="{";".join(style)}">{_text(cell.plain)}</td>'


def _text(plain: str) -> str:
    return escape(plain).replace("\n", "<br>")
