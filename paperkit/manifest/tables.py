"""The records of tables: what an author writes in `[table.NAME]` and `[style.NAME]`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AllowInfNan, BeforeValidator, Field, Strict, WithJsonSchema

from paperkit.manifest.record import Flag, Names, NotNegative, Number, Positive, Record, Scalar, Text

__all__ = [
    "Decoration",
    "Direction",
    "Emphasis",
    "FontSize",
    "Form",
    "Override",
    "RowGroups",
    "Shade",
    "Stars",
    "Statistic",
    "Summary",
    "TableSpec",
    "TableStyle",
]

Precision = Annotated[int, Strict(), Field(ge=0, le=12)] | Literal["uncertainty"]
FontSize = Literal["tiny", "scriptsize", "footnotesize", "small", "normalsize"]
Direction = Literal["higher", "lower"]
Decoration = Literal["bold", "underline", "italic", "none"]
Form = Literal["tabular", "table", "table*", "sidewaystable", "longtable"]
_TEXTS_SCHEMA = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
Notes = Annotated[
    dict[str, Text] | tuple[Text, ...],
    BeforeValidator(lambda value: (value,) if isinstance(value, str) else value),
    WithJsonSchema(
        {
            "anyOf": [
                *_TEXTS_SCHEMA["anyOf"],
                {"type": "object", "additionalProperties": {"type": "string"}},
            ]
        }
    ),
]


class Shade(Record):
    """`shade`: the fill of cells from their values; `within` names what shares one normalisation."""

    within: Names = ("table",)
    """Cells that share one normalisation: `row`, `column`, `table`, or names of the table's variables, combined."""
    colormap: Text | tuple[Text, ...] = "Blues"
    """A matplotlib colormap, `COLUMN.ATTRIBUTE` for one per label, or a list of colours to go through."""
    norm: Literal["linear", "log", "symlog", "centered", "twoslope"] = "linear"
    """How values become positions on the colormap, in matplotlib's words; two of them have a `vcenter`."""
    vmin: Number | None = None
    """The value at the colormap's start; the smallest value by default."""
    vmax: Number | None = None
    """The value at the colormap's end; the largest value by default."""
    vcenter: Number | Text | None = None
    """The value in the colormap's middle, 0 by default, or an expression that picks the row to compare with."""
    linthresh: Positive | None = None
    """With `symlog`: the range around zero that is linear."""
    percentiles: tuple[NotNegative, NotNegative] | None = None
    """Limits as percentiles of the values, such as `[5, 95]`, so that outliers do not flatten the rest."""
    boundaries: tuple[Number, ...] = ()
    """Thresholds: values between two of them share a colour."""
    levels: Annotated[int, Strict(), Field(ge=2, le=256)] | None = None
    """Number of colours; all of the colormap's by default."""
    part: tuple[NotNegative, NotNegative] | None = None
    """The part of the colormap that is used, such as `[0.1, 0.8]`."""
    by: Text | None = None
    """Column of the frame whose values give the fill, instead of the printed ones; it knows no direction."""
    cells: Names = ()
    """With several `cells`: the ones that are shaded."""
    where: Text | None = None
    """Expression that rows of the frame must meet to be shaded."""
    legend: Flag = False
    """Print a colour bar under the table."""


class Emphasis(Record):
    """`emphasis`: the best and second best cells, by `direction`; equal printed numbers are equally good."""

    within: Names = ("column",)
    """Cells that compete: `row`, `column`, `table`, or names of the table's variables, combined."""
    best: Decoration = "bold"
    """How the best is set."""
    second: Decoration = "underline"
    """How the second best is set."""
    interval: Names = ()
    """Column with the half width of an interval, or two with its ends: whatever overlaps the best's is best too."""
    p: Text | None = None
    """Column with the p-value of a test against the best: whatever is not significantly worse is best too."""
    alpha: Annotated[float, Strict(), AllowInfNan(False), Field(gt=0, lt=1)] = 0.05
    """Significance level of `p`."""
    by: Text | None = None
    """Column of true and false: the true ones are the best, whatever their values, and there is no second."""
    cells: Names = ()
    """With several `cells`: the ones that compete; by default all that have a direction, or all."""


class Stars(Record):
    """`stars`: marks behind a number, by thresholds of another column."""

    by: Text
    """Column of p-values."""
    thresholds: Annotated[tuple[Positive, ...], Field(min_length=1)] = (0.05, 0.01, 0.001)
    """One star for each threshold that the p-value stays below."""
    symbol: Text = "*"
    """The mark."""


class RowGroups(Record):
    """`row_groups`: how the outer levels of `rows` are shown."""

    show: Literal["panel", "column", "none"] = "panel"
    """A line of its own above the group, a column before the stub, or nothing."""
    between: Literal["space", "rule", "none"] = "space"
    """What stands between two groups."""
    indent: Flag = True
    """Indent the rows below a group's line."""


class Summary(Record):
    """`[[table.NAME.summary]]`: a row or column computed from the table's own cells."""

    stat: Literal["mean", "median", "min", "max", "std", "sem", "sum", "count", "mean_rank"]
    """The statistic; ranks follow `direction`, ties share their mean rank."""
    axis: Literal["row", "column"] = "row"
    """Add a row below the body, or a column behind it."""
    label: Text | None = None
    """Its label; the statistic's name by default."""
    per: Literal["table", "group"] = "table"
    """One for the table, or one for each row group (of `rows`) or spanner (of `columns`)."""
    cells: Names = ()
    """With several `cells`: the ones that are summarised; by default each metric on its own."""
    complete: Flag = False
    """Leave it blank where a cell is missing."""
    precision: Annotated[int, Strict(), Field(ge=0, le=12)] | None = None
    """Decimals; those of the table by default."""
    format: Text | None = None
    """Python's format of the numbers, such as `.1f`; that of the cells by default."""
    shade: Shade | Flag = False
    """The fill of its cells, normalised among themselves; `true` for the table's own shade."""
    emphasis: Flag = True
    """Let its cells compete with each other."""


class Statistic(Record):
    """`[[table.NAME.statistic]]`: a row below the body whose values come from another frame, such as observations."""

    label: Text
    """Label of the row."""
    data: Text
    """The frame; it has the columns that `columns` names, one row for each column of the table."""
    value: Text
    """Column with the values."""
    where: Text | None = None
    """Expression that rows of the frame must meet."""
    precision: Annotated[int, Strict(), Field(ge=0, le=12)] | None = None
    """Decimals that are printed."""
    format: Text | None = None
    """Python's format of the numbers."""


class TableStyle(Record):
    """`[style.NAME]`, and the same keys inside a table: how a table looks."""

    precision: Precision | None = None
    """Decimals, or `uncertainty`: those that its first digit asks for; up to 12 significant digits by default."""
    format: Names = ()
    """Python's format (`.3g`, `+.1f`, `.1%`, `,d`), or a template such as `{mean:.1f} ± {std:.1f}`; one per line."""
    uncertainty: Text | None = None
    """Column with the uncertainty, printed behind ± where `format` does not say otherwise."""
    stars: Stars | None = None
    """Marks behind a number, by thresholds of another column."""
    direction: Direction | None = None
    """Which values are better; labels of metrics can say it for themselves."""
    target: Number | None = None
    """The best value, where neither higher nor lower is better."""
    arrows: Flag = True
    """Print ↑ or ↓ behind the labels that give a direction."""
    units: Literal["label", "row", "none"] = "label"
    """Print the units that labels give behind them, in a row of their own, or not at all."""
    shade: Shade | tuple[Shade, ...] | Literal[False] | None = None
    """The fill of the cells, or several, the first that fits a cell; `false` takes a style's shade away."""
    emphasis: Emphasis | Literal[False] | None = None
    """The best and second best; `false` takes a style's emphasis away."""
    missing: Text | None = None
    """What a missing value prints, `--` an en dash and `---` an em dash; nothing by default."""
    row_groups: RowGroups = RowGroups()
    """How the outer levels of `rows` are shown."""
    fontsize: FontSize | None = None
    """LaTeX's name of the font size."""
    width: Text | None = None
    """`textwidth`, `columnwidth` or a length: the space between columns is solved to fill it."""
    tabcolsep: Text | None = None
    """Half the space between columns, as a length."""
    arraystretch: Annotated[float, Strict(), AllowInfNan(False), Field(gt=0, le=5)] | None = None
    """Factor of the row height."""
    rotate: Literal[0, 90] | None = None
    """Angle of the innermost column labels, 0 or 90 degrees."""
    fit: Flag = True
    """Make a table that is too wide narrower, step by step: column separation, font size, rotated labels, scale."""
    least_size: Positive | None = None
    """The smallest type that `fit` may use, in points; 6 or what the venue asks for by default."""
    form: Form = "tabular"
    """A bare tabular, a float around it, or a longtable over several pages."""
    placement: Text | None = None
    """Where LaTeX may put the float, such as `t`; LaTeX decides by default."""


class Override(Record):
    """`[[table.NAME.override]]`: what differs for some cells; a later one wins."""

    where: Text | None = None
    """Expression that rows of the frame must meet; all by default."""
    cells: Names = ()
    """With several `cells`: the ones that are meant."""
    precision: Precision | None = None
    """Decimals that are printed."""
    format: Names = ()
    """Python's format, or a template; one per line."""
    uncertainty: Text | None = None
    """Column with the uncertainty."""
    stars: Stars | Literal[False] | None = None
    """Marks behind a number."""
    direction: Direction | None = None
    """Which values are better."""
    target: Number | None = None
    """The best value, where neither higher nor lower is better."""
    missing: Text | None = None
    """What a missing value prints."""
    shade: Flag = True
    """Shade these cells; `false` leaves them out of every normalisation too."""
    emphasis: Flag = True
    """Let these cells compete."""
    note: Text | None = None
    """The mark of one of the table's notes."""


class TableSpec(TableStyle):
    """`[table.NAME]`: a coloured tabular."""

    each: dict[str, tuple[Scalar, ...] | Text] = Field(default_factory=dict)
    """Name → values, or `*` for all labels: one entry makes several outputs."""
    data: Text
    """The frame."""
    where: Text | None = None
    """Expression that rows of the frame must meet."""
    rows: Annotated[Names, Field(min_length=1)]
    """Column whose values are the rows, or several, the outer ones for row groups; or `COLUMN.ATTRIBUTE` of labels."""
    columns: Names = ()
    """Columns whose values are the column labels, outermost first; the outer ones are spanners."""
    cells: Annotated[Names, Field(min_length=1)]
    """Column with the values of the cells, or a list of columns, one per column of the table."""
    transpose: Flag = False
    """Print what `rows` and `columns` give the other way round."""
    order: dict[str, tuple[Scalar, ...] | Literal["natural", "sorted", "appearance"]] = Field(default_factory=dict)
    """Variable → its values in order, or `natural` (2 before 10), `sorted`, `appearance`; by default that of labels."""
    style: Names = ()
    """Names of `[style.…]` entries; a later one wins, the table's own keys win over all."""
    stubhead: Text | tuple[Text, ...] = ""
    """Label above the stub; a list where row groups have a column of their own."""
    dropna: Flag = True
    """Leave out columns of the table whose cells are all missing."""
    override: tuple[Override, ...] = ()
    """What differs for some cells."""
    summary: tuple[Summary, ...] = ()
    """Rows and columns computed from the table's own cells."""
    statistic: tuple[Statistic, ...] = ()
    """Rows below the body whose values come from other frames."""
    notes: Notes = ()
    """Texts below the table, or mark → text; labels and overrides refer to a mark by `note`."""
    split: Annotated[int, Strict(), Field(ge=2, le=9)] | None = None
    """Number of tables, one below the other, that share the columns of one that is too wide."""
    caption: Text = ""
    """Caption: printed by the float, and by the proof."""
    label: Text | None = None
    """LaTeX label; `tab:NAME` by default."""
    alt: Text = ""
    """Text for readers who cannot see the table."""
