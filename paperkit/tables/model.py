"""The resolved table: a grid of cells in which nothing is left to decide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Literal, NamedTuple, cast, overload

from paperkit.errors import Problem
from paperkit.manifest.model import FontSize
from paperkit.manifest.tables import Decoration, Form
from paperkit.style.contrast import RGB, Ink, ink
from paperkit.tex.text import Tex

Alignment = Literal["l", "c", "r"]
Emphasised = Literal[
    "best",
    "second",
    "missing",
    "bold",
    "italic",
    "underline",
    "bold italic",
    "bold underline",
    "italic underline",
    "bold italic underline",
]
"""What a cell is, or how it is set whatever it is."""
RowKind = Literal["body", "panel", "summary", "statistic"]
Above = Literal["none", "gap", "space", "rule"]
"""What parts a row from the one before: nothing, less than a line, most of a line, a rule."""
_EMPTY = Tex("")


@dataclass(frozen=True, kw_only=True)
class Fill:
    """The background of a cell: entry `level` of a colormap, and its 8-bit colour.

    One fill stands in many cells and tables, so that what follows from it is kept.
    """

    colormap: str
    level: int
    rgb: RGB

    def __hash__(self) -> int:
        # Tables hash a fill per cell; level and colour would add nothing but time.
        return hash(self.rgb)

    @cached_property
    def name(self) -> str:
        """Return the name of the colour in TeX, such as `pkReds137`: letters and digits only, as xcolor asks."""
        return f"{_color_name(self.colormap)}{self.level}"

    @cached_property
    def html(self) -> str:
        """Return the colour as six upper-case hexadecimal digits."""
        return "{:02X}{:02X}{:02X}".format(*self.rgb)

    @cached_property
    def ink(self) -> Ink:
        """Return the ink that can be read on it."""
        return ink(self.rgb)


def inks(fills: Iterable[Fill | None]) -> list[Ink]:
    """Return the ink of the cells that have some fills."""
    return ["black" if fill is None else fill.ink for fill in fills]


@cache
def _color_name(colormap: str) -> str:
    letters = re.sub(r"[^A-Za-z0-9]+(.?)", lambda found: found.group(1).upper(), colormap)
    # Else the digits of a name would run into those of the level.
    return f"pk{letters}{'x' if letters[-1:].isdigit() else ''}"


class Cell(NamedTuple):
    r"""One cell of the body, as three parts: the number that emphasis is about, and what stands before and after.

    `lead`, `text` and `tail` are TeX and hold the invisible padding that lines up a column (`\phantom{0}`);
    `plain_lead`, `plain` and `plain_tail` are the same for people, HTML and plain text, without padding.
    """

    text: Tex = _EMPTY
    plain: str = ""
    lead: Tex = _EMPTY
    plain_lead: str = ""
    tail: Tex = _EMPTY
    plain_tail: str = ""
    fill: Fill | None = None
    ink: Ink | RGB = "black"
    emphasis: Emphasised | None = None

    @property
    def whole(self) -> str:
        """Return everything that is read in the cell, as plain text."""
        return self.plain_lead + self.plain + self.plain_tail


class CellColumn(NamedTuple):
    """The cells of one column, part by part: what `Cell` names, one value for each row.

    A table of tens of thousands of cells is made and written part by part, several times as fast as cell by cell.
    """

    text: Sequence[Tex]
    plain: Sequence[str]
    lead: Sequence[Tex]
    plain_lead: Sequence[str]
    tail: Sequence[Tex]
    plain_tail: Sequence[str]
    fill: Sequence[Fill | None]
    ink: Sequence[Ink | RGB]
    emphasis: Sequence[Emphasised | None]

    def cell(self, row: int) -> Cell:
        """Return the cell of one row."""
        parts: tuple[Any, ...] = tuple(part[row] for part in self)
        return Cell(*parts)

    @property
    def is_shaded(self) -> bool:
        """Tell whether any of the cells has a fill."""
        return any(fill is not None for fill in self.fill)


class RowOfCells(Sequence[Cell]):
    """One row of some columns; each cell is made when it is asked for."""

    __slots__ = ("columns", "row")

    def __init__(self, columns: tuple[CellColumn, ...], row: int) -> None:
        self.columns = columns
        self.row = row

    def __len__(self) -> int:
        return len(self.columns)

    @overload
    def __getitem__(self, place: int) -> Cell: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Cell, ...]: ...

    def __getitem__(self, place: int | slice) -> Cell | tuple[Cell, ...]:
        if isinstance(place, slice):
            return tuple(self)[place]
        return self.columns[place].cell(self.row)

    def __iter__(self) -> Iterator[Cell]:
        row = self.row
        return (column.cell(row) for column in self.columns)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnLabel:
    """A column label, or a spanner over `span` columns, or a stub: its lines as TeX and the same as plain text."""

    lines: tuple[Tex, ...]
    plain: str
    span: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A row of the body: a label for each column of the stub, and one cell per column.

    A `panel` row is the label of a row group over the whole table, without cells. `above` is what separates the row
    from the one before, `indent` how many levels its stub is moved to the right.
    """

    stubs: tuple[ColumnLabel, ...]
    cells: Sequence[Cell]
    kind: RowKind = "body"
    above: Above = "none"
    indent: int = 0

    @property
    def plain(self) -> str:
        """Return the label of the row's innermost stub as plain text."""
        return self.stubs[-1].plain


def cell_columns(body: Iterable[Row]) -> tuple[CellColumn, ...]:
    """Return the cells of the rows by column; the labels of row groups are no rows of cells."""
    rows = [row.cells for row in body if row.kind != "panel"]
    first = rows[0] if rows else None
    if isinstance(first, RowOfCells) and len(first.columns[0].text) == len(rows):
        shared = first.columns
        if all(
            isinstance(cells, RowOfCells) and cells.columns is shared and cells.row == place
            for place, cells in enumerate(rows)
        ):
            return shared
    return tuple(CellColumn(*zip(*column, strict=True)) for column in zip(*rows, strict=True))


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """A note below the table; `mark` is empty for one that nothing refers to, and `raised` the same as TeX."""

    mark: str
    text: Tex
    plain: str
    raised: Tex = _EMPTY


@dataclass(frozen=True, kw_only=True, slots=True)
class ColorBar:
    """The legend of a shade: what it measures, and its fills from the lowest to the highest value.

    `segments` are runs of equally wide swatches. `texts` has one more: what stands before the first, between two of
    them and behind the last, as TeX; `plain_texts` and `plain_title` are the same for people.
    """

    segments: tuple[tuple[Fill, ...], ...]
    texts: tuple[Tex, ...]
    plain_texts: tuple[str, ...]
    title: Tex = _EMPTY
    plain_title: str = ""

    @property
    def fills(self) -> tuple[Fill, ...]:
        """Return the fills of all segments."""
        return tuple(fill for segment in self.segments for fill in segment)


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table as it will be printed.

    `heads` are the levels of column labels from the outermost (spanners) to the innermost; `units` is the row of
    units below them, or empty; `tabcolsep` and the predicted `width` are in TeX points. `None` means that the
    document decides. `scale` is the factor by which the whole table is made smaller. `blocks` are the first and last
    column (counted from 0) of each of the tables that share the columns.
    """

    name: str
    stub_heads: tuple[ColumnLabel, ...]
    heads: tuple[tuple[ColumnLabel, ...], ...]
    alignments: tuple[Alignment, ...]
    body: tuple[Row, ...]
    units: tuple[ColumnLabel, ...] = ()
    notes: tuple[Note, ...] = ()
    bars: tuple[ColorBar, ...] = ()
    form: Form = "tabular"
    placement: str = ""
    is_caption_above: bool = True
    caption: Tex = _EMPTY
    caption_plain: str = ""
    label: str = ""
    alt: str = ""
    decorations: Mapping[str, Decoration] = field(default_factory=dict)
    fontsize: FontSize | None = None
    tabcolsep: float | None = None
    arraystretch: float | None = None
    rotate: Literal[0, 90] = 0
    scale: float | None = None
    width: float = 0.0
    blocks: tuple[tuple[int, int], ...] = ()
    notices: tuple[Problem, ...] = ()

    @property
    def is_shaded(self) -> bool:
        """Tell whether any cell has a fill."""
        return any(column.is_shaded for column in cell_columns(self.body))

    def decorations_of(self, emphasis: Emphasised | None) -> tuple[Decoration, ...]:
        """Return how a cell with `emphasis` is set: nothing, or one or more of bold, italic and underline."""
        if emphasis is None or emphasis == "missing":
            return ()
        if emphasis in ("best", "second"):
            own = self.decorations.get(emphasis, "none")
            return () if own == "none" else (own,)
        return cast(tuple[Decoration, ...], tuple(emphasis.split(" ")))

    def _repr_html_(self) -> str:
        from paperkit.tables.html import to_html

        return to_html(self)
