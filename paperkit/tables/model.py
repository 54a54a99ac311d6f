"""The resolved table: a grid of cells in which nothing is left to decide."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from paperkit.errors import Problem
from paperkit.manifest.model import FontSize
from paperkit.style.contrast import RGB, Ink
from paperkit.tex.text import Tex

Alignment = Literal["l", "c", "r"]
Emphasis = Literal["best", "second", "missing"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fill:
    """The background of a cell: entry `level` of a colormap, and its 8-bit colour."""

    colormap: str
    level: int
    rgb: RGB

    def __hash__(self) -> int:
        # Tables hash a fill per cell; level and colour would add nothing but time.
        return hash(self.rgb)

    @property
    def name(self) -> str:
        """Return the name of the colour in TeX, such as `pkReds137`: letters and digits only, as xcolor asks."""
        letters = re.sub(r"[^A-Za-z0-9]+(.?)", lambda found: found.group(1).upper(), self.colormap)
        return f"pk{letters}{'x' if letters[-1:].isdigit() else ''}{self.level}"

    @property
    def html(self) -> str:
        """Return the colour as six upper-case hexadecimal digits."""
        return "{:02X}{:02X}{:02X}".format(*self.rgb)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One cell of the body.

    `text` is TeX and `plain` the same for people and HTML; `pad` is invisible TeX before it that lines up the
    decimals of a centred column.
    """

    text: Tex
    plain: str
    pad: Tex = Tex("")  # noqa: RUF009 - a Tex is as immutable as the str it is
    fill: Fill | None = None
    ink: Ink = "black"
    emphasis: Emphasis | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnLabel:
    """A column label, or a spanner over `span` columns: its lines as TeX and the same as plain text."""

    lines: tuple[Tex, ...]
    plain: str
    span: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A row of the body: the lines of its stub, and one cell per column."""

    lines: tuple[Tex, ...]
    plain: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table as it will be printed.

    `heads` are the levels of column labels from the outermost (spanners) to the innermost; `tabcolsep` and the
    predicted `width` are in TeX points. `None` means that the document decides.
    """

    name: str
    stub_head: ColumnLabel
    heads: tuple[tuple[ColumnLabel, ...], ...]
    alignments: tuple[Alignment, ...]
    body: tuple[Row, ...]
    caption: Tex = Tex("")  # noqa: RUF009 - a Tex is as immutable as the str it is
    caption_plain: str = ""
    label: str = ""
    fontsize: FontSize | None = None
    tabcolsep: float | None = None
    arraystretch: float | None = None
    rotate: Literal[0, 90] = 0
    width: float = 0.0
    notices: tuple[Problem, ...] = ()

    @property
    def is_shaded(self) -> bool:
        """Tell whether any cell has a fill."""
        return any(cell.fill is not None for row in self.body for cell in row.cells)

    @property
    def is_right_edge_shaded(self) -> bool:
        """Tell whether the last column has a fill, which then must not stick out beyond the rules."""
        return any(row.cells[-1].fill is not None for row in self.body)

    def _repr_html_(self) -> str:
        from paperkit.tables.html import to_html

        return to_html(self)
