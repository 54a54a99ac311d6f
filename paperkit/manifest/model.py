"""The manifest as frozen records: what an author wrote, validated, nothing resolved yet.

Field names are the manifest's keys. Every record forbids unknown keys; the reader turns pydantic's findings
into problems with a place. An asset record also knows the manifest path it came from and, where `each`
multiplied it, the values it stands for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict

from paperkit.errors import ManifestPath
from paperkit.manifest.frames import (
    Baseline,
    Concat,
    Correlate,
    FrameSpec,
    Join,
    Melt,
    Pivot,
    SignificanceTest,
    Transpose,
)
from paperkit.manifest.record import Flag, NotNegative, Number, Positive, Record, Scalar, Text
from paperkit.manifest.tables import (
    Emphasis,
    FontSize,
    Override,
    RowGroups,
    Shade,
    Stars,
    Statistic,
    Summary,
    TableSpec,
    TableStyle,
)

__all__ = [
    "FORMAT_FILES",
    "AnyAsset",
    "Asset",
    "Axes",
    "Baseline",
    "Concat",
    "Correlate",
    "Emphasis",
    "FigureAsset",
    "FigureSpec",
    "Flag",
    "FontSize",
    "Format",
    "FrameSpec",
    "Join",
    "Label",
    "Legend",
    "MacroAsset",
    "MacroSpec",
    "Melt",
    "Override",
    "Palette",
    "PanelGrid",
    "PanelSpec",
    "PaperSpec",
    "Pivot",
    "Record",
    "ReferenceLine",
    "RowGroups",
    "Scalar",
    "Shade",
    "SignificanceTest",
    "Stars",
    "Statistic",
    "Summary",
    "TableAsset",
    "TableSpec",
    "TableStyle",
    "Text",
    "Transpose",
]

Format = Literal["pdf", "pgf", "hybrid", "svg", "png"]

FORMAT_FILES: Mapping[str, tuple[str, ...]] = {
    "pdf": (".pdf",),
    "pgf": (".pgf",),
    "hybrid": ("-hybrid.pdf", "-hybrid.tex"),
    "svg": (".svg",),
    "png": (".png",),
}
"""How the files of a figure in each format are named: what follows the figure's name."""


class PaperSpec(Record):
    """`[paper]`: the paper as a whole."""

    title: Text = ""
    """The paper's title, for the proof."""
    venue: Text = "article"
    """Conference or journal and year, such as `iclr2026`: widths, fonts and sizes."""
    tables: Text = "tables"
    """Folder of the table files."""
    figures: Text = "figures"
    """Folder of the figure files."""
    macros: Text = "macros.tex"
    """File of the number macros."""
    preamble: Text = "paperkit-preamble.tex"
    """File that loads the packages which the assets need."""


class Label(BaseModel):
    """`[labels.COLUMN] VALUE = {…}`: how one value of a column is called and looks; other attributes are free."""

    model_config = ConfigDict(frozen=True, extra="allow", protected_namespaces=(), defer_build=True)
    __pydantic_extra__: dict[str, Scalar] = Field(init=False)

    label: Text | None = None
    """What is printed for the value; `\\n` breaks the line."""
    color: Text | None = None
    """Its colour in every figure, where no palette says otherwise."""
    colormap: Text | None = None
    """A colormap for shades that say `colormap = "COLUMN.colormap"`."""
    unit: Scalar | None = None
    """The unit, printed behind the label or in a row of its own."""
    note: Scalar | None = None
    """The mark of a note, in tables that have this note."""
    direction: Scalar | None = None
    """Which values are better, `higher` or `lower`: for the cells of this metric, method, …"""
    target: Scalar | None = None
    """The best value of its cells, where neither higher nor lower is better."""
    precision: Scalar | None = None
    """Decimals of its cells."""
    format: Scalar | None = None
    """Python's format of its cells, or a template."""
    uncertainty: Scalar | None = None
    """Column with the uncertainty of its cells."""
    missing: Scalar | None = None
    """What a missing value among its cells prints."""

    def attributes(self) -> dict[str, Scalar]:
        """Return every attribute that is set, the free ones included."""
        return self.model_dump(exclude_none=True)


class PanelGrid(Record):
    """`panels`: how the panels of a figure share its area, in matplotlib's words."""

    ncols: Annotated[int, Strict(), Field(ge=1)] | None = None
    """Panels side by side; all of them by default."""
    width_ratios: tuple[Positive, ...] | None = None
    """Relative widths of the columns of panels."""
    height_ratios: tuple[Positive, ...] | None = None
    """Relative heights of the rows of panels."""
    wspace: NotNegative | None = None
    """Space between columns, in average panel widths."""
    hspace: NotNegative | None = None
    """Space between rows, in average panel heights."""


class Legend(Record):
    """`legend`: one legend for the whole figure."""

    loc: Literal["outside right", "outside top", "outside bottom", "none"] | None = None
    """Where it stands: by default beside the panels, above them in figures below 300 pt; `none` leaves it out."""
    frameon: Flag = False
    """Draw a frame."""
    ncols: Annotated[int, Strict(), Field(ge=1)] | None = None
    """Number of columns; by default one beside the panels, as many as fit above and below, in even rows."""
    title: Text | None = None
    """Title of the legend."""


class Palette(Record):
    """`palette`: the colours of a hue, `name:first..last` slices of listed colormaps or colour names."""

    hue: Text | None = None
    """The column the colours belong to; the panels' hue by default."""
    colors: tuple[Text, ...]
    """`tab20c:10..8` slices of listed colormaps, colormap names, colour names or `#rrggbb`."""
    lighten: Positive = 1.0
    """Factor of red, green and blue, clipped to 1."""


class Axes(Record):
    """`axes`: a panel's axes, in matplotlib's words."""

    title: Text | None = None
    """Title of the panel."""
    xlabel: Text | None = None
    """Label of the x axis; the column's name where its ticks are numbers, nothing where they are names."""
    ylabel: Text | None = None
    """Label of the y axis; the column's name by default."""
    xlim: tuple[Number, Number] | None = None
    """Limits of the x axis."""
    ylim: tuple[Number, Number] | None = None
    """Limits of the y axis."""
    xscale: Literal["linear", "log", "symlog"] | None = None
    """Scale of the x axis."""
    yscale: Literal["linear", "log", "symlog"] | None = None
    """Scale of the y axis."""
    xticks: Literal["center", "none"] | tuple[Number, ...] | None = None
    """Positions of the ticks; `center` sets one in the middle, `none` takes them away."""
    xticklabels: Text | tuple[Text, ...] | None = None
    """Labels of the ticks: texts, or a column that has one value at each tick."""
    yticks: Literal["none"] | tuple[Number, ...] | None = None
    """Positions of the ticks; `none` takes them away."""
    margins: NotNegative | None = None
    """Padding of the x axis, as a fraction of its range."""
    despine: Flag = True
    """Take the top and right spines away."""
    grid: Literal["x", "y", "both"] | None = None
    """Draw grid lines."""


class ReferenceLine(Record):
    """`axhline`, `axvline`: a line across a panel."""

    y: Number | None = None
    """Height of a horizontal line."""
    x: Number | None = None
    """Position of a vertical line."""
    color: Text = "grey"
    """Colour."""
    linestyle: Literal["-", "--", ":", "-.", "solid", "dashed", "dotted", "dashdot"] = ":"
    """Line style."""
    linewidth: NotNegative | None = None
    """Line width in points."""
    zorder: Number = -1
    """Drawing order; negative is behind the marks."""


class PanelSpec(Record):
    """`[[figure.NAME.panel]]`: one panel: data, a mark, its encodings and axes."""

    data: Text
    """The frame."""
    where: Text | None = None
    """Expression that rows of the frame must meet."""
    mark: Text
    """What is drawn, such as `box`."""
    x: Text
    """Column on the x axis."""
    y: Text | None = None
    """Column on the y axis; marks that count the values of x have none."""
    values: Text | None = None
    """Column of the numbers in the cells of a heatmap."""
    hue: Text | None = None
    """Column that colours tell apart."""
    order: tuple[Scalar, ...] = ()
    """Values of x, in order; by default their labels' order, numbers without labels by value."""
    hue_order: tuple[Scalar, ...] = ()
    """Values of hue, in order; by default their labels' order, numbers without labels by value."""
    options: dict[str, Any] = Field(default_factory=dict)
    """The mark's own options, in seaborn's and matplotlib's words."""
    axes: Axes = Axes()
    """The panel's axes."""
    axhline: tuple[ReferenceLine, ...] = ()
    """Horizontal reference lines."""
    axvline: tuple[ReferenceLine, ...] = ()
    """Vertical reference lines."""


class FigureSpec(Record):
    """`[figure.NAME]`: one or more panels at the exact width of the venue."""

    each: dict[str, tuple[Scalar, ...] | Text] = Field(default_factory=dict)
    """Name → values, or `*` for all labels: one entry makes several outputs."""
    width: Text | Number = "textwidth"
    """`textwidth`, `columnwidth`, a word of the venue (`1.5column`), a length, or a fraction of the text width."""
    height: Text | Number = 0.5
    """A length, or a fraction of the figure's width."""
    formats: Annotated[
        tuple[Format, ...], Field(min_length=1), AfterValidator(lambda names: tuple(dict.fromkeys(names)))
    ] = ("pdf", "pgf")
    """Formats that are written; the first is the one that `\\input` shows: `pdf`, `pgf` or `hybrid`."""
    panels: PanelGrid = PanelGrid()
    """How the panels share the figure."""
    legend: Legend = Legend()
    """The legend; by default only for several colours that the ticks do not name already."""
    palette: Palette | None = None
    """Colours of the hue."""
    panel: Annotated[tuple[PanelSpec, ...], Field(min_length=1)]
    """The panels."""
    caption: Text = ""
    """Caption, printed by the proof."""
    label: Text | None = None
    """LaTeX label; `fig:NAME` by default."""
    alt: Text = ""
    """Text for readers who cannot see the figure."""


class MacroSpec(Record):
    """`[macros] NAME = {…}`: one number, or the name of a value, as a TeX macro."""

    each: dict[str, tuple[Scalar, ...] | Text] = Field(default_factory=dict)
    """Name → values, or `*` for all labels: one entry makes several macros."""
    data: Text
    """The frame."""
    where: Text | None = None
    """Expression that rows of the frame must meet."""
    value: Text
    """Expression over the rows, such as `mean(gain)` or `argmax(mean(gain), model)`."""
    format: Text | None = None
    """Python's format of the number, such as `.2f`."""


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
AnyAsset = TableAsset | FigureAsset | MacroAsset
