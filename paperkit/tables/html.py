"""HTML: the same table for a notebook or a preview."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from paperkit.manifest.tables import Decoration
from paperkit.style.contrast import RGB, Ink
from paperkit.tables.model import Alignment, Cell, ColorBar, ColumnLabel, Fill, Row, Table
from paperkit.tables.plain import PointLineup

# Widths of a colour bar and at least of one of its segments, in em.
_BAR = 10.0
_STEP = 1.5
_TAGS: dict[Decoration, str] = {"bold": "b", "italic": "i", "underline": "u"}
_ALIGN: dict[Alignment, str] = {"l": "left", "c": "center", "r": "right"}
_RULE = "1px solid currentColor"
_EDGE = "2px solid currentColor"
_ROOM = "padding:.2em .6em"
_TABLE = "border-collapse:collapse;font-variant-numeric:tabular-nums"
# As wide as a digit.
_SPACE = "\u2007"


def to_html(table: Table) -> str:
    """Return the table as an HTML fragment: the same texts, fills and inks; everything in it is escaped.

    Its styles are its own, so that a notebook, a page and an e-mail show it alike.
    """
    alt = f' aria-label="{escape(table.alt)}"' if table.alt else ""
    foot = list(_foot(table))
    return "\n".join(
        [
            f'<table class="paperkit"{alt} style="{_TABLE}">',
            *_caption(table),
            f'<thead style="border-top:{_EDGE};border-bottom:{_RULE}">',
            *_heads(table),
            "</thead>",
            f'<tbody style="border-bottom:{_EDGE}">',
            *_body(table),
            "</tbody>",
            *(["<tfoot>", *foot, "</tfoot>"] if foot else []),
            "</table>",
        ]
    )


def _caption(table: Table) -> Iterator[str]:
    if table.caption_plain:
        side = "top" if table.is_caption_above else "bottom"
        yield f'<caption style="caption-side:{side};text-align:left">{_text(table.caption_plain)}</caption>'


def _heads(table: Table) -> Iterator[str]:
    last = len(table.heads) - 1
    for level, labels in enumerate(table.heads):
        corners = [head.plain if level == last else "" for head in table.stub_heads]
        yield _head_row(corners, labels, is_spanner=level < last)
    if table.units:
        yield _head_row([""] * len(table.stub_heads), table.units, is_spanner=False)


def _head_row(corners: Sequence[str], labels: Sequence[ColumnLabel], *, is_spanner: bool) -> str:
    stubs = [f'<th style="{_ROOM};text-align:left;vertical-align:bottom">{_text(corner)}</th>' for corner in corners]
    return f"<tr>{''.join([*stubs, *(_head(label, is_spanner=is_spanner) for label in labels)])}</tr>"


def _head(label: ColumnLabel, *, is_spanner: bool) -> str:
    if not label.plain:
        return f'<td colspan="{label.span}"></td>' if label.span > 1 else "<td></td>"
    span = f' colspan="{label.span}"' if label.span > 1 else ""
    scope = "colgroup" if is_spanner else "col"
    text = _text(label.plain)
    if is_spanner:
        # The rules of neighbours do not meet.
        text = f'<span style="display:block;padding:.2em;border-bottom:{_RULE}">{text}</span>'
    style = f"padding:{'0 .4em' if is_spanner else '.2em .6em'};text-align:center;vertical-align:bottom"
    return f'<th scope="{scope}"{span} style="{style}">{text}</th>'


def _body(table: Table) -> Iterator[str]:
    count = len(table.stub_heads) + len(table.alignments)
    opening = _Opening()
    tags = {
        emphasis: _tags(table.decorations_of(emphasis))
        for emphasis in {cell.emphasis for row in table.body for cell in row.cells}
    }
    columns = zip(*(row.cells for row in table.body if row.cells), strict=True)
    lineups = [
        PointLineup(column) if alignment == "c" else None
        for alignment, column in zip(table.alignments, columns, strict=False)
    ]
    for row in table.body:
        if row.above == "space":
            yield f'<tr aria-hidden="true" style="height:.6em"><td colspan="{count}" style="padding:0"></td></tr>'
        rule = f' style="border-top:{_RULE}"' if row.above == "rule" else ""
        if row.kind == "panel":
            style = f"padding:.2em .6em .2em {_indent(row)}em;text-align:left;font-weight:normal;font-style:italic"
            scope = f'<th scope="rowgroup" colspan="{count}" style="{style}">'
            yield f"<tr{rule}>{scope}{_text(row.plain)}</th></tr>"
            continue
        cells = [
            opening.cell(cell, alignment) + _cell(cell, lineup, *tags[cell.emphasis])
            for cell, alignment, lineup in zip(row.cells, table.alignments, lineups, strict=True)
        ]
        yield f"<tr{rule}>{''.join([*_stubs(row), *cells])}</tr>"


def _stubs(row: Row) -> Iterator[str]:
    for level, stub in enumerate(row.stubs):
        indent = _indent(row) if level == len(row.stubs) - 1 else 0.6
        style = f"padding:.2em .6em .2em {indent:g}em;text-align:left;font-weight:normal"
        tag = "th" if stub.plain else "td"
        scope = ' scope="row"' if stub.plain else ""
        yield f'<{tag}{scope} style="{style}">{_text(stub.plain)}</{tag}>'


def _indent(row: Row) -> float:
    return 0.6 + 1.2 * row.indent


class _Opening:
    """The opening tags of cells: few differ among thousands."""

    def __init__(self) -> None:
        self._known: dict[tuple[Alignment, int, Ink | RGB, bool], str] = {}

    def cell(self, cell: Cell, alignment: Alignment) -> str:
        is_faint = cell.emphasis == "missing"
        key = (alignment, id(cell.fill), cell.ink, is_faint)
        found = self._known.get(key)
        if found is None:
            style = [_ROOM, f"text-align:{_ALIGN[alignment]}"]
            if cell.fill is not None:
                style.append(f"background-color:#{cell.fill.html.lower()}")
            if cell.fill is not None or cell.ink != "black":
                style.append(f"color:{_color(cell.ink)}")
            if is_faint:
                style.append("opacity:.55")
            found = self._known[key] = f'<td style="{";".join(style)}">'
        return found


def _cell(cell: Cell, lineup: PointLineup | None, before: str, behind: str) -> str:
    left, right = (lineup and lineup.pads(cell)) or (0, 0)
    text = f"{_text(cell.plain_lead)}{before}{_text(cell.plain)}{behind}{_text(cell.plain_tail)}"
    return f"{_SPACE * left}{text}{_SPACE * right}</td>"


def _tags(decorations: Sequence[Decoration]) -> tuple[str, str]:
    names = [_TAGS[decoration] for decoration in decorations]
    return "".join(f"<{name}>" for name in names), "".join(f"</{name}>" for name in reversed(names))


def _foot(table: Table) -> Iterator[str]:
    count = len(table.stub_heads) + len(table.alignments)
    texts = [" &emsp; ".join(map(_bar, table.bars))] if table.bars else []
    texts += [
        f"<sup>{_text(note.mark)}</sup> {_text(note.plain)}" if note.mark else _text(note.plain) for note in table.notes
    ]
    for text in texts:
        yield f'<tr><td colspan="{count}" style="{_ROOM};text-align:left;font-size:smaller">{text}</td></tr>'


def _bar(bar: ColorBar) -> str:
    title = f"{_text(bar.plain_title)}: " if bar.plain_title else ""
    width = max(_BAR / len(bar.segments), _STEP)
    first, *others = map(_text, bar.plain_texts)
    parts = [f"{_swatches(fills, width)} {text}" for fills, text in zip(bar.segments, others, strict=True)]
    return title + " ".join([first, *parts])


def _swatches(fills: Sequence[Fill], width: float) -> str:
    count = len(fills)
    stops = ",".join(
        f"#{fill.html.lower()} {100 * place / count:g}% {100 * (place + 1) / count:g}%"
        for place, fill in enumerate(fills)
    )
    style = f"display:inline-block;width:{width:g}em;height:.9em;vertical-align:middle;"
    return f'<span style="{style}background:linear-gradient(to right,{stops})"></span>'


def _color(ink: Ink | RGB) -> str:
    return ink if isinstance(ink, str) else "#{:02x}{:02x}{:02x}".format(*ink)


def _text(plain: str) -> str:
    return escape(plain).replace("\n", "<br>")
