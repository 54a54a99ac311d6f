"""Figures in the manifest: panels, their layers and axes, the legend and the palette."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, Strict
from pydantic_core import PydanticCustomError

from paperkit.manifest.record import Flag, NotNegative, Number, Positive, Record, Scalar, Text

Format = Literal["pdf", "pgf", "hybrid", "pgfplots", "svg", "png"]

FORMAT_FILES: Mapping[str, tuple[str, ...]] = {
    "pdf": (".pdf",),
    "pgf": (".pgf",),
    "hybrid": ("-hybrid.pdf", "-hybrid.tex"),
    "pgfplots": ("-pgfplots.tex",),
    "svg": (".svg",),
    "png": (".png",),
}
"""How the files of a figure in each format are named: what follows the figure's name."""

RASTER_FILE = "-raster.pdf"
"""How the images of a PGF figure are named; it has them only where its marks are too many for TeX."""

SOURCE_DATA = "-panel-{}.csv"
"""How the source data of a panel are named: what follows the figure's name, with the number of the panel."""


HANDED = ("fig", "ax", "style")
"""What a Python function that draws a figure may take besides frames and params."""


def _checked_format(spec: str) -> str:
    try:
        format(1.0, spec)
    except ValueError:
        message = "'{spec}' is no format of a number, such as '.1f'"
        raise PydanticCustomError("number_format", message, {"spec": spec}) from None
    return spec


NumberFormat = Annotated[Text, AfterValidator(_checked_format)]
"""A format of Python, such as `.1f`, `.2%` or `,.0f`."""


def _checked_tick_format(spec: str) -> str:
    return spec if is_date_format(spec) else _checked_format(spec)


def is_date_format(spec: str) -> bool:
    """Tell whether a format is one of dates: letters of `strftime` that are the same in every language.

    >>> is_date_format("%b %Y"), is_date_format(".0%")
    (True, False)
    """
    return bool(re.search(r"%[YyBbmdHM]", spec)) and not re.search(r"%(?![YyBbmdHM])", spec)


TickFormat = Annotated[Text, AfterValidator(_checked_tick_format)]
"""A format of Python, or one of dates."""

Share = Flag | Literal["row", "col"]
LineStyle = Literal["-", "--", ":", "-.", "solid", "dashed", "dotted", "dashdot"]


class PanelGrid(Record):
    """`panels`: how the panels of a figure share its area, in matplotlib's words."""

    mosaic: tuple[Text, ...] | None = None
    """Rows of letters, `["AAB", "CCB"]`: `A` is where the first panel stands, `.` stays empty."""

    ncols: Annotated[int, Strict(), Field(ge=1)] | None = None
    """Panels side by side; by default all, or fewer where each would be narrower than 11 em of its labels."""
    width_ratios: tuple[Positive, ...] | None = None
    """Relative widths of the columns of panels."""
    height_ratios: tuple[Positive, ...] | None = None
    """Relative heights of the rows of panels."""
    wspace: NotNegative | None = None
    """Space between columns, in average panel widths."""
    hspace: NotNegative | None = None
    """Space between rows, in average panel heights."""
    sharex: Share = False
    """Panels that have their x axis in common: `true`, those of a `row`, those of a `col`."""
    sharey: Share = False
    """Panels that have their y axis in common: `true`, those of a `row`, those of a `col`."""
    letters: Annotated[Text, Field(pattern=r"^[^aA]*[aA][^aA]*$")] | None = None
    """How panels are lettered: `(a)`, `a`, `A.`"""


LegendPlace = Literal[
    "outside right",
    "outside top",
    "outside bottom",
    "upper left",
    "upper center",
    "upper right",
    "center left",
    "center right",
    "lower left",
    "lower center",
    "lower right",
    "none",
]


class LegendEntry(Record):
    """`legend.entries`: an entry for something that no hue names: a line, a marker, or a filled swatch."""

    label: Text
    """Its text."""
    color: Text = "grey"
    """Colour."""
    linestyle: LineStyle | None = None
    """Style of a line."""
    marker: Text | None = None
    """Marker, in matplotlib's letters: `o`, `s`, `^`, `*`."""


class Legend(Record):
    """`legend`: one legend for the whole figure."""

    loc: LegendPlace | None = None
    """Where it stands: by default beside the panels, above them in figures below 300 pt; `none` leaves it out.

    `upper right` and the like are corners of the panel that `panel` says.
    """
    panel: Annotated[int, Strict(), Field(ge=1)] = 1
    """The panel that a legend inside stands in, counted from 1."""
    frameon: Flag = False
    """Draw a frame."""
    ncols: Annotated[int, Strict(), Field(ge=1)] | None = None
    """Number of columns; by default one beside the panels, as many as fit above and below, in even rows."""
    title: Text | None = None
    """Title of the legend."""
    titles: dict[Text, Text] = Field(default_factory=dict)
    """Column → what heads its entries, where hue, style and size have entries of their own."""
    group: Text | None = None
    """Attribute of a hue's labels, such as `base_model.family`, whose values head the entries that have it."""
    entries: tuple[LegendEntry, ...] = ()
    """Further entries, behind those of the hues."""

    @property
    def is_inside(self) -> bool:
        """Tell whether it stands in a corner of a panel."""
        return self.loc not in (None, "none") and not str(self.loc).startswith("outside")


class Palette(Record):
    """`palette`: the colours of a hue: named one by one, or a hue for each family and a lightness for its members."""

    hue: Text | None = None
    """The column the colours belong to; the panels' hue by default."""
    colors: tuple[Text, ...] = ()
    """`tab20c:10..8` slices of listed colormaps, colormap names, colour names or `#rrggbb`."""
    family: Text | None = None
    """Instead of `colors`: the attribute of labels that makes families, such as `base_model.family`."""
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
    xscale: Literal["linear", "log", "symlog", "date"] | None = None
    """Scale of the x axis; `date` is for ISO dates of the data."""
    yscale: Literal["linear", "log", "symlog"] | None = None
    """Scale of the y axis."""
    xticks: Literal["center", "none"] | tuple[Number, ...] | None = None
    """Positions of the ticks; `center` sets one in the middle, `none` takes them away."""
    xticklabels: Text | tuple[Text, ...] | None = None
    """Labels of the ticks: texts, or a column that has one value at each tick."""
    yticks: Literal["none"] | tuple[Number, ...] | None = None
    """Positions of the ticks; `none` takes them away."""
    xtickevery: Annotated[int, Strict(), Field(ge=1)] = 1
    """Label every n-th tick of x, beginning with the first."""
    ytickevery: Annotated[int, Strict(), Field(ge=1)] = 1
    """Label every n-th tick of y, beginning with the first."""
    xtickrotation: Number = 0
    """Turn the labels of x by so many degrees, anticlockwise."""
    ytickrotation: Number = 0
    """Turn the labels of y by so many degrees, anticlockwise."""
    xtickformat: TickFormat | None = None
    """Python's format of the numbers at the ticks of x, such as `.0%` or `,.0f`; of dates `%b %Y` and the like."""
    ytickformat: NumberFormat | None = None
    """Python's format of the numbers at the ticks of y."""
    xtickcolor: Literal["hue"] | None = None
    """`hue` prints the names at the ticks of x in the colours that the hue gives them."""
    ytickcolor: Literal["hue"] | None = None
    """`hue` prints the names at the ticks of y in the colours that the hue gives them."""
    margins: NotNegative | None = None
    """Padding of the x axis, as a fraction of its range."""
    despine: Flag = True
    """Take the top and right spines away."""
    grid: Literal["x", "y", "both"] | None = None
    """Draw grid lines."""


class ReferenceLine(Record):
    """`axhline`, `axvline`: a line across a panel."""

    y: Number | Text | None = None
    """Height of a horizontal line: a number, or an expression over the panel's rows, such as `mean(gain)`."""
    x: Number | Text | None = None
    """Position of a vertical line: a number, or an expression over the panel's rows."""
    color: Text = "grey"
    """Colour."""
    linestyle: LineStyle = ":"
    """Line style."""
    linewidth: NotNegative | None = None
    """Line width in points."""
    zorder: Number = -1
    """Drawing order; negative is behind the marks."""
    label: Text | None = None
    """Its text in the legend."""


class ReferenceSpan(Record):
    """`axhspan`, `axvspan`: a band across a panel."""

    ymin: Number | Text | None = None
    """Lower edge of a horizontal band: a number, or an expression over the panel's rows."""
    ymax: Number | Text | None = None
    """Upper edge of a horizontal band."""
    xmin: Number | Text | None = None
    """Left edge of a vertical band."""
    xmax: Number | Text | None = None
    """Right edge of a vertical band."""
    color: Text = "grey"
    """Colour."""
    alpha: Annotated[float, Strict(), Field(ge=0, le=1)] = 0.15
    """Opacity."""
    zorder: Number = -2
    """Drawing order; negative is behind the marks."""
    label: Text | None = None
    """Its text in the legend."""


class ReferenceText(Record):
    """`text`: a text in a panel."""

    x: Number | Text
    """Where it stands on x: a number, the name of a slot, or an expression over the panel's rows."""
    y: Number | Text
    """Where it stands on y."""
    text: Text
    """The text; `$…$` is maths."""
    color: Text = "black"
    """Colour."""
    ha: Literal["left", "center", "right"] = "center"
    """Which side of the text is at x."""
    va: Literal["bottom", "center", "top", "baseline"] = "center"
    """Which side of the text is at y."""
    rotation: Number = 0
    """Degrees, anticlockwise."""
    transform: Literal["data", "axes"] = "data"
    """What x and y count in: `data`, or fractions of the `axes`."""


class Inset(Record):
    """`inset`: a panel that stands inside another one."""

    panel: Annotated[int, Strict(), Field(ge=1)] = 1
    """The panel it stands in, counted from 1."""
    bounds: tuple[Number, Number, Positive, Positive]
    """Left, bottom, width and height of its axes, in fractions of that panel's axes."""
    indicate: Flag = False
    """Draw a frame around what it shows larger, with lines from it."""


class LayerSpec(Record):
    """`[[figure.NAME.panel.layer]]`: a further mark over the panel's own; what it does not say is as in the panel."""

    data: Text | None = None
    """The frame."""
    where: Text | None = None
    """Expression that rows of the frame must meet."""
    mark: Text
    """What is drawn, such as `strip`."""
    x: Text | None = None
    """Column on the x axis."""
    y: Text | None = None
    """Column on the y axis."""
    hue: Text | None = None
    """Column that colours tell apart."""
    units: Text | None = None
    """Column of what was measured several times."""
    size: Text | None = None
    """Column that sizes show."""
    style: Text | None = None
    """Column that markers or dashes tell apart."""
    label: Text | None = None
    """Column whose values stand beside the points."""
    options: dict[str, Any] = Field(default_factory=dict)
    """The mark's own options, in seaborn's and matplotlib's words."""


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
    units: Text | None = None
    """Column of what was measured several times, for marks that compare within it: the dataset, the seed."""
    size: Text | None = None
    """Column that sizes show."""
    style: Text | None = None
    """Column that markers or dashes tell apart."""
    label: Text | None = None
    """Column whose values stand beside the points."""
    order: tuple[Scalar, ...] = ()
    """Values of x, in order; by default their labels' order, numbers without labels by value."""
    hue_order: tuple[Scalar, ...] = ()
    """Values of hue, in order; by default their labels' order, numbers without labels by value."""
    options: dict[str, Any] = Field(default_factory=dict)
    """The mark's own options, in seaborn's and matplotlib's words."""
    axes: Axes = Axes()
    """The panel's axes."""
    layer: tuple[LayerSpec, ...] = ()
    """Further marks over the first, in drawing order."""
    col: Text | None = None
    """Column whose values have a panel each, side by side."""
    row: Text | None = None
    """Column whose values have a panel each, one below the other."""
    col_wrap: Annotated[int, Strict(), Field(ge=1)] | None = None
    """Panels side by side, where there is no `row`."""
    col_order: tuple[Scalar, ...] = ()
    """Values of col, in order; by default their labels' order."""
    row_order: tuple[Scalar, ...] = ()
    """Values of row, in order; by default their labels' order."""
    sharex: Share = True
    """Panels of `row` and `col` that have their x axis in common."""
    sharey: Share = True
    """Panels of `row` and `col` that have their y axis in common."""
    inset: Inset | None = None
    """Stand inside another panel."""
    rasterized: Literal["auto"] | Flag = "auto"
    """Draw the marks as an image of 300 dpi, text and axes never; `auto`: where a vector file chokes on them."""
    axhline: tuple[ReferenceLine, ...] = ()
    """Horizontal reference lines."""
    axvline: tuple[ReferenceLine, ...] = ()
    """Vertical reference lines."""
    axhspan: tuple[ReferenceSpan, ...] = ()
    """Horizontal bands."""
    axvspan: tuple[ReferenceSpan, ...] = ()
    """Vertical bands."""
    text: tuple[ReferenceText, ...] = ()
    """Texts in the panel."""

    @property
    def layers(self) -> tuple[PanelSpec, ...]:
        """Return the panel as one entry for each of its marks: the first, then those of `layer`."""
        own = self.model_copy(update={"layer": ()})
        return (own, *(own.model_copy(update=_said(layer)) for layer in self.layer))


def _said(layer: LayerSpec) -> dict[str, Any]:
    """Return what a layer says, and that it has not the panel's options."""
    return {"options": {}} | {key: getattr(layer, key) for key in layer.model_fields_set}


class FigureSpec(Record):
    """`[figure.NAME]`: one or more panels at the exact width of the venue."""

    each: dict[str, tuple[Scalar, ...] | Text] = Field(default_factory=dict)
    """Name → values, or `*` for all labels: one entry makes several outputs."""
    width: Text | Number = "textwidth"
    """`textwidth`, `columnwidth`, a word of the venue (`1.5column`), a length, or a fraction of the text width."""
    height: Text | Number = 0.5
    """A length, or a fraction of the figure's width, for each row where narrow panels are stacked."""
    formats: Annotated[
        tuple[Format, ...], Field(min_length=1), AfterValidator(lambda names: tuple(dict.fromkeys(names)))
    ] = ("pdf", "pgf")
    """Formats that are written; the first is the one that `\\input` shows: `pdf`, `pgf`, `hybrid` or `pgfplots`."""
    panels: PanelGrid = PanelGrid()
    """How the panels share the figure."""
    legend: Legend = Legend()
    """The legend; by default only for several colours that the ticks do not name already."""
    palette: Palette | None = None
    """Colours of the hue."""
    panel: Annotated[tuple[PanelSpec, ...], Field(min_length=1)] = ()
    """The panels."""
    python: Text | None = None
    """`file.py:function` instead of panels: draws on `fig` or `ax`; gets frames and `params` by name, and `style`."""
    params: dict[str, Any] = Field(default_factory=dict)
    """Parameters of the Python function."""
    inputs: tuple[Text, ...] = ()
    """Files, or patterns of files, that the Python function opens itself."""
    caption: Text = ""
    """Caption, printed by the proof."""
    label: Text | None = None
    """LaTeX label; `fig:NAME` by default."""
    source_data: Flag = False
    """Write what each panel draws, every number of it, to `NAME-panel-1.csv`, `NAME-panel-2.csv`, …"""
    alt: Text = ""
    """Text for readers who cannot see the figure; by default one drafted from the numbers that are drawn."""
