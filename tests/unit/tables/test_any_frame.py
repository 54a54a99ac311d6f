"""Any DataFrame under any keys: a table whose outputs have the same texts, or an error of paperkit's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from paperkit import PaperkitError, Table
from tests.unit.tables.read_outputs import Page, Texts, csv_rows, markdown_rows

TEXT = st.sampled_from(
    ["a", "b & c", "50%", "x_1", "$x$", r"\input{y}", "é", "-1", "1e5", "two words", "p|q", "", "[", "−3"]
)
NUMBER = st.floats(width=32) | st.sampled_from([0.0, -0.0, 1.5, -2.25, 1e-9, 1e300, float("inf"), float("-inf")])
WHOLE = st.integers(-9, 99) | st.integers(-(2**70), 2**70) | st.sampled_from([2**63, 2**64 - 1, 10**25 + 1])
DATE = st.datetimes(pd.Timestamp(1700, 1, 1), pd.Timestamp(2200, 1, 1))
ODD = st.sampled_from(
    [
        b"x", 1 + 2j, (1, 2), [1, [2]], {"k": 1}, {1}, dt.timedelta(hours=1), dt.time(3), dt.date(2024, 1, 2),
        UUID(int=7),
        Decimal("1.5"), Decimal("sNaN"), Decimal("Infinity"), Fraction(1, 3), pd.Interval(0, 1), pd.Period("2024"), int,
        np.float32(0.5), np.int8(3), np.uint64(2**64 - 1), np.bool_(1), np.array([1, 2]),
        np.datetime64("2024-01-02"),
        pd.NA, pd.NaT, None, float("nan"), 10**400, "\ud800", "\x00", "line\nbreak",
    ]
)  # fmt: skip
DTYPES = (
    "int8",
    "uint64",
    "float16",
    "float64",
    "Int64",
    "Float32",
    "boolean",
    "string",
    "category",
    "Sparse[float64]",
)
TEXTS, GAPPY = ("string", "category"), ("Int64", "Float32", "boolean", "string", "category")


@st.composite
def columns(draw: st.DrawFn, height: int) -> pd.Series:
    kind = draw(st.sampled_from(["number"] * 6 + ["whole", "text", "flag", "date", "odd", "mixed", "typed"]))
    if kind == "typed":
        dtype = draw(st.sampled_from(DTYPES))
        values = draw(st.lists(st.integers(0, 9), min_size=height, max_size=height))
        plain: Any = pd.Series(values)
        if dtype == "boolean":
            plain = plain > 4
        column: pd.Series = plain.astype(str).astype(dtype) if dtype in TEXTS else plain.astype(dtype)
        return column.mask(plain == values[0]) if dtype in GAPPY and values else column
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "number": NUMBER | st.none(), "whole": WHOLE, "text": TEXT, "flag": st.booleans() | st.none(),
        "date": DATE | st.none(),
        "odd": ODD, "mixed": NUMBER | WHOLE | TEXT | ODD | st.booleans(),
    }  # fmt: skip
    cells: list[Any] = draw(st.lists(kinds[kind], min_size=height, max_size=height))
    column = pd.Series([None] * height, dtype=object)
    for place, value in enumerate(cells):
        column.iloc[place] = value
    return column.astype("float64") if kind == "number" else pd.to_datetime(column) if kind == "date" else column


@st.composite
def indexes(draw: st.DrawFn, size: int) -> pd.Index:
    name = st.sampled_from([None, "index", "value", "cells", "a.b", "two words", "", ("p", "q"), 7])
    part = TEXT | st.integers(-3, 12) | st.floats(width=16) | st.booleans() | st.just(2**64) | st.none()
    kind = draw(st.sampled_from(["range", "text", "mixed", "dates", "interval", "period", "levels", "levels"]))
    own: pd.Index
    if kind == "text":
        own = pd.Index([f"{draw(TEXT)}{place}" for place in range(size)], dtype=object)
    elif kind == "mixed":
        own = pd.Index(draw(st.lists(part, min_size=size, max_size=size)), dtype=object)
    elif kind == "dates":
        own = pd.date_range("2024-01-01", periods=size, freq=draw(st.sampled_from(["D", "h", "ms"])))
    elif kind == "interval":
        own = pd.interval_range(0, size) if size else pd.Index([])
    elif kind == "period":
        own = pd.period_range("2024", periods=size, freq="M")
    elif kind == "levels":
        rows = [(draw(st.sampled_from(["g", "h", 1, float("nan")])), draw(part), place) for place in range(size)]
        own = pd.MultiIndex.from_tuples(rows) if rows else pd.Index([])
    else:
        own = pd.RangeIndex(size)
    return own.set_names([draw(name) for _ in range(own.nlevels)])


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    height, width = (draw(st.integers(0 if draw(st.integers(0, 19)) == 0 else 1, 4)) for _ in range(2))
    made = [draw(columns(height)) for _ in range(width)]
    frame = pd.concat(made, axis=1) if made else pd.DataFrame(index=range(height))
    frame.columns = draw(indexes(width))
    frame.index = draw(indexes(height))
    return frame


@st.composite
def keys_of_calls(draw: st.DrawFn) -> dict[str, Any]:
    within = st.sampled_from(["row", "column", "table"])
    shade = st.fixed_dictionaries(
        {"within": within},
        optional={
            "norm": st.sampled_from(["linear", "log", "symlog", "centered"]),
            "colormap": st.sampled_from(["Reds", "viridis", "RdBu"]),
            "levels": st.integers(2, 9),
            "legend": st.booleans(),
            "percentiles": st.just([5, 95]),
        },
    )
    emphasis = st.fixed_dictionaries({"within": within}, optional={"interval": st.just("value"), "p": st.just("value")})
    summary = st.fixed_dictionaries({"stat": st.sampled_from(["mean", "min", "max", "median", "count"])})
    return draw(
        st.fixed_dictionaries(
            {},
            optional={
                "precision": st.integers(0, 3) | st.just("uncertainty"),
                "format": st.sampled_from([".2f", "d", ".1%", ".2e", ",.0f", "{value} ({value:.1f})", "+.1f"]),
                "direction": st.sampled_from(["higher", "lower"]),
                "target": st.just(1.0),
                "missing": st.sampled_from(["--", "n/a", ""]),
                "shade": shade | st.just({}),
                "emphasis": emphasis | st.just({}),
                "summary": st.lists(summary, min_size=1, max_size=2),
                "override": st.just([{"where": "value == 1", "precision": 1}]),
                "transpose": st.booleans(),
                "dropna": st.booleans(),
                "units": st.just("row"),
                "rotate": st.just(90),
                "split": st.just(2),
                "form": st.sampled_from(["tabular", "table", "longtable"]),
                "stars": st.just({"by": "value"}),
                "uncertainty": st.just("value"),
                "row_groups": st.sampled_from([{"show": "panel"}, {"show": "column"}, {"show": "none"}]),
            },
        )
    )


def outputs(table: Table) -> Mapping[str, str]:
    return {
        "latex": table.to_latex(), "html": table.to_html(), "markdown": table.to_markdown(), "text": table.to_text(),
        "csv": table.to_csv(),
    }  # fmt: skip


def shown(table: Table) -> list[list[str]]:
    """Return the texts of the cells of the body, panels left out."""
    return [[" ".join(cell.whole.split()) for cell in row.cells] for row in table.model.body if row.cells]


def cells_of(rows: Texts, width: int) -> Texts:
    return [[" ".join(text.split()) for text in row[-width:]] for row in rows if len(row) >= width]


def assert_outputs_agree(table: Table) -> None:
    written = outputs(table)
    assert {name: bool(text) for name, text in written.items()} == dict.fromkeys(written, True)
    assert r"\input" not in written["latex"].replace(r"\textbackslash{}input", "")
    texts = shown(table)
    width = len(table.model.alignments)
    csv = csv_rows(written["csv"])[len(table.model.heads) + bool(table.model.units) :]
    panels = [not row.cells for row in table.model.body]
    assert len(csv) == len(panels)
    by_csv = [[part.replace("−", "-") for part in row] for row in cells_of(csv, width)]
    assert [row for row, is_panel in zip(by_csv, panels, strict=True) if not is_panel] == [
        [text.replace("−", "-") for text in row] for row in texts
    ]
    count = len(table.model.stub_heads) + width
    page = [row for row in Page(written["html"]).texts("tbody") if len(row) == count]
    assert cells_of(page, width) == texts
    flat = " ".join(written["text"].split())
    assert all(text in flat for row in texts for text in row)
    if not any("|" in text or "*" in text or "<" in text for row in texts for text in row):
        found = cells_of(markdown_rows(written["markdown"]), width)
        assert all(row in found for row in texts)


def made(frame: Any, keys: Mapping[str, Any], make: Any = Table.from_frame) -> Table | None:
    try:
        table: Table = make(frame, **keys)
    except PaperkitError as error:
        event(f"refused: {str(error).partition(chr(10))[0][:40]!r}")
        return None
    event("made")
    return table


SLOW = settings(deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))


@SLOW
@given(frames(), keys_of_calls())
@example(pd.DataFrame({"a": [1.0, np.inf]}), {"emphasis": {"interval": "value"}})
def test_a_wide_frame_is_a_table_or_refused(frame: pd.DataFrame, keys: dict[str, Any]) -> None:
    table = made(frame, keys)
    if table is not None:
        assert_outputs_agree(table)


@SLOW
@given(frames(), keys_of_calls(), st.data())
def test_a_tidy_frame_is_a_table_or_refused(frame: pd.DataFrame, keys: dict[str, Any], data: st.DataObject) -> None:
    own = frame.copy()
    own.columns = pd.Index(["value", "b", "c", "d"][: own.shape[1]], dtype=object)
    own.index = pd.RangeIndex(len(own), name="row")
    names: Sequence[str] = list(own.columns) or ["value"]
    shape = {"rows": "row", "cells": data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))}
    table = made(own, {**keys, **shape})
    if table is not None:
        assert_outputs_agree(table)


@SLOW
@given(frames(), st.sampled_from([None, "html", "latex", "latex-math"]))
def test_a_styler_is_a_table_or_refused(frame: pd.DataFrame, escape: Any) -> None:
    try:
        styler = frame.style.format(escape=escape, na_rep="--").format_index(escape=escape)
        styler.to_html()
    except (ValueError, TypeError, KeyError, ArithmeticError, UnicodeError):
        # What pandas itself does not show, such as labels that repeat.
        return
    table = made(styler, {}, Table.from_styler)
    if table is not None:
        assert_outputs_agree(table)


@pytest.mark.parametrize("value", [(1, 2), pd.Period("2024"), 1 + 2j, Fraction(1, 3)])
def test_what_no_cell_holds_is_told_with_what_to_do(value: Any) -> None:
    frame = pd.DataFrame({"a": pd.Series([value], dtype=object)})
    with pytest.raises(PaperkitError) as caught:
        Table.from_frame(frame)
    shown = {(1, 2): "[1,2]"}.get(value, str(value))
    assert str(caught.value) == (
        f"column 'a' holds values that are neither numbers nor text, such as {shown}\n"
        "    make it numbers or text, such as by .astype(str)"
    )
    assert csv_rows(Table.from_frame(frame.astype(str)).to_csv())[1][1] == str(value)
