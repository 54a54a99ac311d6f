"""`paperkit show table.NAME`: a table in a terminal, or in any of the formats it can be written in."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.style import Style

    from paperkit.tables import Table as Resolved
    from paperkit.tables.model import Cell
    from paperkit.tables.notebook import Table
    from paperkit.tables.plain import Segment

FORMATS: Mapping[str, Callable[[Table], str]] = {
    "tex": lambda table: table.to_latex(),
    "html": lambda table: table.to_html() + "\n",
    "md": lambda table: table.to_markdown(),
    "txt": lambda table: table.to_text(),
    "csv": lambda table: table.to_csv(),
}


def show_table(table: Table, form: str | None, *, is_coloured: bool) -> None:
    """Print a table in the format `form`; without one as text, coloured where that is wanted."""
    if form is None and is_coloured:
        _print_coloured(table.model)
        return
    click.echo(FORMATS[form or "txt"](table), nl=False)
    sys.stdout.flush()


def _print_coloured(table: Resolved) -> None:
    from rich.console import Console
    from rich.text import Text

    from paperkit.tables import text_lines

    lines = [Text.assemble(*((part.text, _style(part, table)) for part in line)) for line in text_lines(table)]
    # A terminal wraps what is too wide for it.
    console = Console(width=max(Console().width, *(line.cell_len for line in lines)))
    for line in lines:
        line.rstrip()
        console.print(line, no_wrap=True)


def _style(part: Segment, table: Resolved) -> Style | str:
    from rich.color import Color
    from rich.style import Style

    cell = part.cell
    if cell is None:
        return ""
    decorations = table.decorations_of(cell.emphasis) if part.is_emphasised else ()
    return Style(
        color=Color.from_rgb(*_ink(cell)) if cell.fill is not None else None,
        bgcolor=Color.from_rgb(*cell.fill.rgb) if cell.fill is not None else None,
        bold="bold" in decorations,
        italic="italic" in decorations,
        underline="underline" in decorations,
        dim=cell.emphasis == "missing",
    )


def _ink(cell: Cell) -> tuple[int, int, int]:
    if isinstance(cell.ink, str):
        return (255, 255, 255) if cell.ink == "white" else (0, 0, 0)
    return cell.ink
