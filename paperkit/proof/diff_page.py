"""The page of a diff: tables cell by cell, figures before, after and their difference, in one file of HTML."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from paperkit.errors import PaperkitError, Problem
from paperkit.proof.pictures import PICTURE_ENDS, compare_pictures
from paperkit.review.diff import AssetDiff, Diff
from paperkit.style.contrast import ink
from paperkit.tables.changes import said
from paperkit.tables.readback import CellGrid, PrintedRow, cells
from paperkit.tex.reader import Reading

if TYPE_CHECKING:
    from PIL.Image import Image

# Nothing on the page runs or is fetched: it holds texts of the data.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_MOST_LINES = 200
_RGB = 6  # hexadecimal digits of a colour


def diff_page(found: Diff) -> tuple[str, tuple[Problem, ...]]:
    """Return a page that needs no other file, and a notice for each figure whose pixels could not be compared."""
    notices: list[Problem] = []
    sections = [section for asset in found.assets for section in _section(asset, notices)]
    links = [f'<a href="#{escape(asset.id)}">{escape(asset.id)}</a>' for asset in found.assets]
    title = f"{_counted(found)} from {found.before} to {found.after}"
    style = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
    head = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{escape(title)}</title><style>{style}</style></head><body>"
    )
    body = [
        f"<h1>{escape(_counted(found))}</h1>",
        f'<p class="muted">{escape(found.before)} → {escape(found.after)}</p>',
    ]
    nav = [f"<nav>{''.join(links)}</nav>"] if len(links) > 1 else []
    lines = [head, *body, *nav, *sections, "</body></html>"]
    return "\n".join(lines) + "\n", tuple(notices)


def _counted(found: Diff) -> str:
    count = len(found.assets)
    return f"{count} output{'' if count == 1 else 's'} changed, {found.unchanged} unchanged"


def _section(asset: AssetDiff, notices: list[Problem]) -> Iterator[str]:
    name = escape(asset.id)
    fate = "" if asset.fate == "changed" else f'<span class="fate {asset.fate}">{asset.fate}</span>'
    yield f'<h2 id="{name}"><a href="#{name}">{name}</a>{fate}</h2>'
    if asset.table is not None:
        yield _listed(line for line in asset.table.lines(most=8) if not asset.table.source)
        yield from _source(asset.table.source)
    yield _listed(map(str, asset.macros))
    yield _listed(asset.numbers)
    if asset.kind == "table" and (asset.table is None or not asset.table.source):
        yield from _table(asset)
    yield from _pictures(asset, notices)
    if asset.kind == "figure":
        yield _listed(asset.source)
    else:
        yield from _source(asset.source)


def _listed(lines: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>" if items else ""


def _source(lines: Sequence[str]) -> Iterator[str]:
    if not lines:
        return
    tags = {"+": "ins", "-": "del"}
    shown = [
        f"<{tag}>{escape(line)}</{tag}>" if (tag := tags.get(line[:1])) else escape(line)
        for line in lines[:_MOST_LINES]
    ]
    more = [f"… and {len(lines) - _MOST_LINES} more lines"] if len(lines) > _MOST_LINES else []
    yield f"<pre>{chr(10).join([*shown, *more])}</pre>"


def _table(asset: AssetDiff) -> Iterator[str]:
    """Yield the table as it is now, with what its moved cells said before; one that is gone as it was."""
    content = asset.files[0].after if asset.files[0].after is not None else asset.files[0].before
    grid = cells(content or b"")
    if grid is None:
        return
    moved = {} if asset.table is None else {change.at: change.before for change in asset.table.moved}
    fresh = (set(asset.table.rows.added), set(asset.table.columns.added)) if asset.table else (set[str](), set[str]())
    caption = f'<p class="muted">{escape(grid.caption)}</p>' if grid.caption else ""
    rows = "".join(_rows(grid, moved, fresh[0]))
    heads = "".join(_heads(grid, fresh[1]))
    shown = f"<table><thead>{heads}</thead><tbody>{rows}</tbody></table>"
    yield f'{caption}<div class="scroll">{shown}</div>'
    yield _listed(grid.notes)


def _heads(grid: CellGrid, fresh: set[str]) -> Iterator[str]:
    depth = len(grid.columns[0])
    for level in range(depth):
        last = level == depth - 1
        names = grid.stub_heads if last else ("",) * len(grid.stub_heads)
        found = [f"<th>{_lines(name)}</th>" for name in names]
        place = 0
        while place < len(grid.columns):
            span = 1
            path = grid.columns[place][: level + 1]
            while not last and place + span < len(grid.columns) and grid.columns[place + span][: level + 1] == path:
                span += 1
            is_new = last and " / ".join(" ".join(part.split()) for part in grid.columns[place] if part) in fresh
            attributes = (f' colspan="{span}"' if span > 1 else "") + (' class="new"' if is_new else "")
            found.append(f"<th{attributes}>{_lines(path[-1])}</th>")
            place += span
        yield f"<tr>{''.join(found)}</tr>"


def _rows(grid: CellGrid, moved: dict[tuple[int, int], str], fresh: set[str]) -> Iterator[str]:
    colors, groups = dict(grid.fills), tuple[str, ...]()
    for number, row in enumerate(grid.rows):
        if row.groups != groups:
            groups = row.groups
            width = len(grid.stub_heads) + len(grid.columns)
            if groups:
                yield f'<tr class="group"><th colspan="{width}">{_lines(" / ".join(groups))}</th></tr>'
        yield _row(
            row, number, moved, colors, is_new=" / ".join(" ".join(part.split()) for part in row.key if part) in fresh
        )


def _row(
    row: PrintedRow, number: int, moved: dict[tuple[int, int], str], colors: dict[str, str], *, is_new: bool
) -> str:
    stubs = "".join(f"<th>{_lines(stub)}</th>" for stub in row.stubs)
    shown = "".join(_cell(cell, moved.get((number, place)), colors) for place, cell in enumerate(row.cells))
    attributes = ' class="new"' if is_new else ""
    return f"<tr{attributes}>{stubs}{shown}</tr>"


def _cell(cell: Reading, before: str | None, colors: dict[str, str]) -> str:
    classes = [
        *(["moved"] if before is not None else []),
        *sorted({word for own in cell.emphasis for word in own.split()}),
    ]
    text = f"<span>{_lines(cell.text) or '&nbsp;'}</span>"
    if before is not None:
        text = f'<span class="old">{escape(said(before))}</span>{text}'
    attributes = f' class="{" ".join(classes)}"' if classes else ""
    color = colors.get(cell.fill or "", "")
    if len(color) == _RGB and all(digit in "0123456789abcdefABCDEF" for digit in color):
        rgb = int(color[:2], 16), int(color[2:4], 16), int(color[4:], 16)
        attributes += f' style="background:#{color};color:{ink(rgb)}"'
    return f"<td{attributes}>{text}</td>"


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _pictures(asset: AssetDiff, notices: list[Problem]) -> Iterator[str]:
    file = asset.picture
    if file is None:
        return
    if not file.path.endswith(PICTURE_ENDS):
        sources = [None if content is None else _uri(content, "svg+xml") for content in (file.before, file.after)]
        yield _gallery(zip(("before", "after"), sources, strict=True))
        return
    try:
        found = compare_pictures(file.before, file.after)
    except PaperkitError as error:
        notices += [problem.under(tuple(asset.id.split(".", 1))) for problem in error.problems]
        return
    if found.share is not None:
        yield _listed([found.words])
    images = (
        ("before", found.before),
        ("after", found.after),
        ("difference", found.difference if found.share else None),
    )
    yield _gallery((name, None if image is None else _png(image)) for name, image in images)


def _gallery(sources: Iterable[tuple[str, str | None]]) -> str:
    shown = (
        f'<figure><img src="{source}" alt="{name}"><figcaption>{name}</figcaption></figure>'
        for name, source in sources
        if source is not None
    )
    return f'<div class="pictures">{"".join(shown)}</div>'


def _png(image: Image) -> str:
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", optimize=True)
    return _uri(buffer.getvalue(), "png")


def _uri(content: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
