"""The manifest as frozen records: what an author wrote, validated, nothing resolved yet.

Field names are the manifest's keys. Every record forbids unknown keys; the reader turns pydantic's findings
into problems with a place. An asset record also knows the manifest path it came from and, where `each`
multiplied it, the values it stands for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, Strict

from paperkit.errors import ManifestPath

Text = str
Integer = Annotated[int, Strict()]
Number = Annotated[float, Strict()]
Flag = Annotated[bool, Strict()]
Scalar = Flag | Integer | Number | Text
Precision = Annotated[int, Strict(), Field(ge=0, le=12)]
FontSize = Literal["tiny", "scriptsize", "footnotesize", "small", "normalsize"]
Format = Literal["pdf", "pgf"]


class Record(BaseModel):
    """The base of every record: frozen, closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, protected_namespaces=())


class PaperSpec(Record):
    """`[paper]`: the paper as a whole."""

    title: Text = ""
    venue: Text = "article"
    tables: Text = "tables"
    figures: Text = "figures"
    macros: Text = "macros.tex"
    preamble: Text = "paperkit-preamble.tex"


class Label(BaseModel):
    """`[labels.COLUMN] VALUE = {…}`: how one value of a column is called and looks; other attributes are free."""

    model_config = ConfigDict(frozen=True, extra="allow", protected_namespaces=())
    __pydantic_extra__: dict[str, Scalar] = Field(init=False)

    label: Text | None = None
    color: Text | None = None
    colormap: Text | None = None

    def attributes(self) -> dict[str, Scalar]:
        """Return every attribute that is set, the free ones included."""
        return self.model_dump(exclude_none=True)


class Shade(Record):
    """`shade`: the fill of cells from their values; `within` names what shares one normalisation."""

    within: tuple[Text, ...] = ("table",)
    colormap: Text = "Blues"
    vmin: Number | None = None
    vmax: Number | None = None


class TableStyle(Record):
    """`[style.NAME]`, and the same keys inside a table: how a table looks."""

    precision: Precision | None = None
    shade: Shade | Literal[False] | None = None
    missing: Text | None = None
    fontsize: FontSize | None = None
    width: Text | None = None
    tabcolsep: Text | None = None
    arraystretch: Annotated[float, Strict(), Field(gt=0, le=5)] | None = None
    rotate: Literal[0, 90] | None = None


class Baseline(Record):
    """`baseline`: the rows that others are compared with, found again by the columns in `on`."""

    where: Text
    on: tuple[Text, ...]
    unmatched: Literal["error", "null"] = "error"


class FrameSpec(Record):
    """`[data.NAME]`: a named tidy data frame: where it comes from, and its clauses in their fixed order."""

    read: Text | None = None
    from_: Text | None = Field(default=None, alias="from")
    trust: Text | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    header: tuple[Text, ...] = ()
    index: Text | None = None
    values: Text | None = None
    drop: dict[str, tuple[Scalar, ...]] = Field(default_factory=dict)
    numeric: tuple[Text, ...] = ()
    where: Text | None = None
    baseline: Baseline | None = None
    derive: dict[str, Text] = Field(default_factory=dict)
    check: tuple[Text, ...] = ()


class TableSpec(TableStyle):
    """`[table.NAME]`: a coloured tabular."""

    each: dict[str, tuple[Scalar, ...] | Text] = Field(default_factory=dict)
    data: Text
    where: Text | None = None
    rows: Text
    columns: tuple[Text, ...] = ()
    cells: Text | tuple[Text, ...]
    style: Text | tuple[Text, ...] = ()
    stubhead: Text = ""
    dropna: Flag = True
    caption: Text = ""
    label: Text | None = None


class PanelGrid(Record):
    """`panels`: how the panels of a figure share its area, in matplotlib's words."""

    ncols: Annotated[int, Strict(), Field(ge=1)] | None = None
    width_ratios: tuple[Number, ...] | None = None
    height_ratios: tuple[Number, ...] | None = None
    wspace: Number | None = None
    hspace: Number | None = None


class Legend(Record):
    """`legend`: one legend for the whole figure."""

    loc: Literal["outside right", "outside top", "outside bottom", "none"] = "outside right"
    frameon: Flag = False
    ncols: Annotated[int, Strict(), Field(ge=1)] | None = None
    title: Text | None = None


class Palette(Record):
    """`palette`: the colours of a hue, `name:first..last` slices of listed colormaps or colour names."""

    hue: Text | None = None
    colors: tuple[Text, ...]
    lighten: Annotated[float, Strict(), Field(gt=0)] = 1.0


class Axes(Record):
    """`axes`: a panel's axes, in matplotlib's words."""

    title: Text | None = None
    xlabel: Text | None = None
    ylabel: Text | None = None
    xlim: tuple[Number, Number] | None = None
    ylim: tuple[Number, Number] | None = None
    xscale: Literal["linear", "log", "symlog"] | None = None
    yscale: Literal["linear", "log", "symlog"] | None = None
    xticks: Literal["center", "none"] | tuple[Number, ...] | None = None
    yticks: Literal["none"] | tuple[Number, ...] | None = None
    margins: Number | None = None
    despine: Flag = True
    grid: Literal["x", "y", "both"] | None = None


class ReferenceLine(Record):
    """`axhline`, `axvline`: a line across a panel."""

    y: Number | None = None
    x: Number | None = None
    color: Text = "grey"
    linestyle: Literal["-", "--", ":", "-.", "solid", "dashed", "dotted", "dashdot"] = ":"
    linewidth: Number | None = None
    zorder: Number = -1


class PanelSpec(Record):
    """`[[figure.NAME.panel]]`: one panel: data, a mark, its encodings and axes."""

    data: Text
    where: Text | None = None
    mark: Text
    x: Text
    y: Text
    hue: Text | None = None
    order: tuple[Scalar, ...] = ()
    hue_order: tuple[Scalar, ...] = ()
    options: dict[str, Any] = Field(default_factory=dict)
    axes: Axes = Axes()
    axhline: tuple[ReferenceLine, ...] = ()
    axvline: tuple[ReferenceLine, ...] = ()


class FigureSpec(Record):
    """`[figure.NAME]`: one or more panels at the exact width of the venue."""

    each: dict[str, tuple[Scalar, ...] | Text] = Field(default_factory=dict)
    width: Text | Number = "textwidth"
    height: Text | Number = 0.5
    formats: Annotated[tuple[Format, ...], Field(min_length=1)] = ("pdf", "pgf")
    panels: PanelGrid = PanelGrid()
    legend: Legend = Legend()
    palette: Palette | None = None
    panel: Annotated[tuple[PanelSpec, ...], Field(min_length=1)]
    caption: Text = ""
    label: Text | None = None
    alt: Text = ""


class MacroSpec(Record):
    """`[macros] NAME = {…}`: one number, or the name of a value, as a TeX macro."""

    each: dict[str, tuple[Scalar, ...] | Text] = Field(default_factory=dict)
    data: Text
    where: Text | None = None
    value: Text
    format: Text | None = None


SpecT_co = TypeVar("SpecT_co", bound=Record, covariant=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asset(Generic[SpecT_co]):
    """One output of one manifest entry: `each` is multiplied out, styles are merged, texts are filled in.

    `name` is the slug of the output (`appendix-vit`; for macros the macro's own name), `path` the entry's
    manifest path (`("table", "appendix-{family}")`), `each` the values that this output stands for.
    """

    kind: Literal["table", "figure", "macro"]
    name: str
    path: ManifestPath
    each: Mapping[str, Scalar]
    spec: SpecT_co

    @property
    def id(self) -> str:
        """Return the name that selectors and messages use, such as `table.appendix-vit`."""
        return f"{self.kind}.{self.name}"


TableAsset = Asset[TableSpec]
FigureAsset = Asset[FigureSpec]
MacroAsset = Asset[MacroSpec]
