"""The manifest as frozen records: what an author wrote, validated, nothing resolved yet.

Field names are the manifest's keys. Every record forbids unknown keys; the reader turns pydantic's findings
into problems with a place. An asset record also knows the manifest path it came from and, where `each`
multiplied it, the values it stands for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from paperkit.errors import ManifestPath
from paperkit.manifest.figures import (
    FORMAT_FILES,
    HANDED,
    RASTER_FILE,
    SOURCE_DATA,
    Axes,
    FigureSpec,
    Format,
    Inset,
    LayerSpec,
    Legend,
    LegendEntry,
    NumberFormat,
    Palette,
    PanelGrid,
    PanelSpec,
    ReferenceLine,
    ReferenceSpan,
    ReferenceText,
)
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
from paperkit.manifest.overleaf import OverleafSpec
from paperkit.manifest.record import Flag, Record, Scalar, Text
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
    "HANDED",
    "RASTER_FILE",
    "SOURCE_DATA",
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
    "Inset",
    "Join",
    "Label",
    "LayerSpec",
    "Legend",
    "LegendEntry",
    "MacroAsset",
    "MacroSpec",
    "Melt",
    "NumberFormat",
    "OverleafSpec",
    "Override",
    "Palette",
    "PanelGrid",
    "PanelSpec",
    "PaperSpec",
    "Pivot",
    "Record",
    "ReferenceLine",
    "ReferenceSpan",
    "ReferenceText",
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


class PaperSpec(Record):
    """`[paper]`: the paper as a whole."""

    title: Text = ""
    """The paper's title, for the proof."""
    venue: Text = "article"
    """Conference or journal and year, such as `iclr2026`: widths, fonts and sizes."""
    authors: tuple[Text, ...] = ()
    """Names of the authors, which `camera-ready --anonymous` looks for; those in `\\author` are found without."""
    document: Text | None = None
    """Main TeX file (`src/main.tex`) whose page, in `src/main.pkdims`, is used; by default the only `*.pkdims` here."""
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


class MacroSpec(Record):
    """`[macros] NAME = {…}`: one number, or the name of a value, as a TeX macro."""

    each: dict[str, tuple[Scalar, ...] | Text] = Field(default_factory=dict)
    """Name → values, or `*` for all labels: one entry makes several macros."""
    data: Text | None = None
    """The frame."""
    figure: Text | None = None
    """A figure, instead of a frame: its rows are the groups that it draws, its columns their numbers."""
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
