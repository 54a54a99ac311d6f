"""`[data.NAME]` and its clauses as frozen records."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, Strict

from paperkit.manifest.record import Names, Record, Scalar, Text


class Baseline(Record):
    """`baseline`: the rows that others are compared with, found again by the columns in `on`."""

    where: Text
    """Expression that picks the baseline's rows."""
    on: Names
    """Columns that find the baseline of a row; together they must be unique."""
    unmatched: Literal["error", "null"] = "error"
    """What a row without a baseline is: an `error`, or `null`, a missing value."""


class Join(Record):
    """`join`: columns of another frame, looked up by common keys, in pandas' words."""

    frame: Text
    """The other frame."""
    on: Names
    """Columns that both frames have, whose values belong together."""
    how: Literal["left", "inner", "outer", "right"] = "left"
    """Which rows stay: `left` keeps every row of this frame."""
    columns: Names = ()
    """Columns to take over; all of them by default."""
    suffix: Text = "_right"
    """What is put behind a column's name that this frame has already."""
    validate_: Literal["one_to_one", "one_to_many", "many_to_one", "many_to_many"] = Field(
        default="many_to_one", alias="validate"
    )
    """How often a key may stand on either side."""
    unmatched: Literal["notice", "error", "ignore"] = "notice"
    """What rows without a partner are."""


class Pivot(Record):
    """`pivot`: long to wide, in pandas' words: one column per value of `columns`."""

    index: Names
    """Columns that name a row."""
    columns: Text
    """Column whose values become columns."""
    values: Text
    """Column with the values."""


class Melt(Record):
    """`melt`: wide to long, in pandas' words."""

    id_vars: Names = ()
    """Columns that stay."""
    value_vars: Names = ()
    """Columns that become rows; all others by default."""
    var_name: Text = "variable"
    """Name of the column that tells which column a value came from."""
    value_name: Text = "value"
    """Name of the column with the values."""


class Transpose(Record):
    """`transpose`: rows become columns."""

    index: Text
    """Column whose values name the new columns."""
    name: Text = "column"
    """Name of the column that holds the old columns' names."""


class Concat(Record):
    """`concat`: the rows of other frames behind these."""

    frames: Names
    """The other frames, in order."""
    columns: Literal["equal", "union", "intersection"] = "equal"
    """Which columns there are: the same in every frame, those of any (missing where it has none), or those of all."""


class SignificanceTest(Record):
    """`test`: one row per group and pair of samples, with the statistic and p-value of a significance test (SciPy)."""

    kind: Literal["t", "paired-t", "welch", "wilcoxon", "mann-whitney"]
    """`t` (equal variances), `welch`, `paired-t`, `wilcoxon` (signed-rank, for pairs) or `mann-whitney` (U)."""
    value: Text
    """Column with the numbers."""
    between: Text
    """Column whose values are the samples."""
    reference: Scalar | None = None
    """Sample that every other is tested against; every pair by default."""
    pair: Names = ()
    """Columns that find the partners of a paired test."""
    by: Names = ()
    """Columns that separate the tests."""
    alternative: Literal["two-sided", "less", "greater"] = "two-sided"
    """The alternative hypothesis."""
    correction: Literal["none", "bonferroni", "holm", "benjamini-hochberg"] = "none"
    """How p-values are corrected for the number of tests; the result is `p_corrected`."""


class Correlate(Record):
    """`correlate`: one row per group, with the correlation of two columns and its p-value (SciPy)."""

    x: Text
    """One column."""
    y: Text
    """The other."""
    method: Literal["pearson", "spearman", "kendall"] = "pearson"
    """The coefficient."""
    by: Names = ()
    """Columns that separate the groups."""


class FrameSpec(Record):
    """`[data.NAME]`: a named tidy data frame: where it comes from, and its clauses in their fixed order."""

    read: Text | None = None
    """File, or pattern of files whose `{captures}` become columns."""
    url: Text | None = None
    """Where `paperkit fetch` gets what `read` names: `https://…`, `s3://…`, `mlflow:…` or `tensorboard:…`."""
    from_: Text | None = Field(default=None, alias="from")
    """Another frame to start from."""
    rows: tuple[dict[str, Scalar], ...] = ()
    """The rows themselves, `[{ model = "A", accuracy = 1.5 }, …]`."""
    sql: Text | None = None
    """DuckDB's SQL over other frames by their names; with `read`, over that database."""
    python: Text | None = None
    """`file.py:function`: receives frames and `params` by the names of its parameters, returns a DataFrame."""
    params: dict[str, Any] = Field(default_factory=dict)
    """Parameters of the Python function."""
    inputs: Names = ()
    """Files, or patterns of files, that the Python function opens itself: a change of one makes the frame again."""
    trust: Text | None = None
    """`sha256:…` of a pickle that may run code."""
    options: dict[str, Any] = Field(default_factory=dict)
    """Options of the reader under its own names, such as pandas' `sep` and `decimal`."""
    path: Text | None = None
    """Where in a JSON document the records are, such as `results.runs`."""
    header: Names = ()
    """Names for the header rows of a wide file, which becomes tidy rows."""
    index: Text | None = None
    """Name for the first column of a wide file."""
    values: Text | None = None
    """Name for the values of a wide file."""
    drop: dict[str, tuple[Scalar, ...]] = Field(default_factory=dict)
    """Column → values: the rows that have one of them are left out."""
    select: Names = ()
    """Columns that stay, in this order; all by default."""
    rename: dict[str, Text] = Field(default_factory=dict)
    """Old name → new name of columns."""
    numeric: Names = ()
    """Columns that must be numbers."""
    text: Names = ()
    """Columns that are text even where they look like numbers: `007`, `3.10`."""
    fill: dict[str, Scalar] = Field(default_factory=dict)
    """Column → value for its missing values."""
    where: Text | None = None
    """Expression that rows must meet."""
    join: Annotated[
        tuple[Join, ...],
        BeforeValidator(
            lambda value: (value,) if isinstance(value, dict) else value, json_schema_input_type=Join | tuple[Join, ...]
        ),
    ] = ()
    """Columns of other frames, looked up by common keys, in order."""
    baseline: Baseline | None = None
    """Rows to compare with; their columns are `baseline.COLUMN` afterwards."""
    derive: dict[str, Text] = Field(default_factory=dict)
    """Column → expression: columns that are computed, in order."""
    group: Names = ()
    """Columns whose values make the groups that `stat` summarises; one row each."""
    stat: dict[str, Text] = Field(default_factory=dict)
    """Column → expression over the rows of a group, such as `mean(accuracy)`."""
    test: SignificanceTest | None = None
    """A significance test; its rows replace the frame's."""
    correlate: Correlate | None = None
    """A correlation; its rows replace the frame's."""
    pivot: Pivot | None = None
    """Long to wide."""
    melt: Melt | None = None
    """Wide to long."""
    transpose: Transpose | None = None
    """Rows become columns."""
    concat: Annotated[
        Concat | None,
        BeforeValidator(
            lambda value: {"frames": value} if isinstance(value, (str, list, tuple)) else value,
            json_schema_input_type=Concat | Names,
        ),
    ] = None
    """Frames whose rows are put behind these; a list of them, or with `columns`."""
    sort: Names = ()
    """Columns to sort by, `-column` for descending: labels' order, an ordered categorical's, else naturally."""
    dedupe: Names = ()
    """Columns: of the rows that agree in them, the first stays."""
    limit: Annotated[int, Strict(), Field(ge=0)] | None = None
    """How many rows stay."""
    check: Names = ()
    """What must hold: `unique(…)`, `notnull(…)`, `between(x, low, high)`, `complete(a, b)`, or any expression."""
