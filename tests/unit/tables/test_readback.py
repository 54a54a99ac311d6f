"""Written tables read back: any table that paperkit makes prints what its record says; nothing makes it raise."""

from __future__ import annotations

from typing import Any

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paperkit import PaperkitError, Table
from paperkit.tables.model import ColumnLabel
from paperkit.tables.readback import CellGrid, cells
from tests.unit.tables.test_any_frame import frames, keys_of_calls

SLOW = settings(deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))


def one_line(text: str) -> str:
    """Return a text as TeX prints it: its quotes are curly, and white space is one space."""
    joined = " ".join(text.split())
    # What is set in maths or raised has one letter for both.
    return joined.replace("’", "'").replace("”", '"').replace("µ", "μ")


def spread(labels: tuple[ColumnLabel, ...]) -> list[str]:
    return [one_line(label.plain) for label in labels for _ in range(label.span)]


def assert_read_as_its_record(table: Table) -> None:
    record, grid = table.model, cells(table.to_latex().encode())
    assert grid is not None
    levels = [spread(labels) for labels in (*record.heads, *([record.units] if record.units else []))]
    assert [tuple(map(one_line, column)) for column in grid.columns] == list(zip(*levels, strict=True))
    assert [one_line(name) for name in grid.stub_heads] == [one_line(head.plain) for head in record.stub_heads]
    rows = [row for row in record.body if row.kind != "panel"]
    assert [[one_line(cell.text) for cell in row.cells] for row in grid.rows] == [
        [one_line(cell.whole) for cell in row.cells] for row in rows
    ]
    assert [[cell.emphasis for cell in row.cells] for row in grid.rows] == [
        [frozenset({cell.emphasis} if cell.emphasis else ()) for cell in row.cells] for row in rows
    ]
    colors = dict(grid.fills)
    assert [[colors.get(cell.fill or "") for cell in row.cells] for row in grid.rows] == [
        [cell.fill.html if cell.fill else None for cell in row.cells] for row in rows
    ]
    assert [row.stubs[-1:] for row in grid.rows] == [
        tuple(one_line(stub.plain) for stub in row.stubs[-1:]) for row in rows
    ]


def made(frame: pd.DataFrame, keys: dict[str, Any]) -> Table | None:
    try:
        return Table.from_frame(frame, **keys)
    except PaperkitError:
        return None


@SLOW
@given(frames(), keys_of_calls())
def test_every_table_is_read_as_its_record_says(frame: pd.DataFrame, keys: dict[str, Any]) -> None:
    table = made(frame, keys)
    if table is not None:
        assert_read_as_its_record(table)


@SLOW
@given(frames(), keys_of_calls(), st.data())
def test_a_tidy_frame_too(frame: pd.DataFrame, keys: dict[str, Any], data: st.DataObject) -> None:
    own = frame.copy()
    own.columns = pd.Index(["value", "b", "c", "d"][: own.shape[1]], dtype=object)
    own.index = pd.RangeIndex(len(own), name="row")
    rows: Any = data.draw(st.sampled_from(["row", ["b", "row"], ["c", "b", "row"]]))
    table = made(own, {**keys, "rows": rows, "cells": ["value"]})
    if table is not None:
        assert_read_as_its_record(table)


@given(st.text() | st.text(alphabet="\\{}&%$[]_^ab1\n~"), st.integers(0, 60), st.integers(0, 60))
def test_no_edit_makes_it_raise(text: str, start: int, length: int) -> None:
    ours = Table.from_frame(pd.DataFrame({"a": [1.5], "b": [2.5]}, index=["x"])).to_latex()
    begin = ours.index("\\begin{tabular}") + start
    assert isinstance(cells((ours[:begin] + text + ours[begin + length :]).encode("utf-8", "replace")), CellGrid | None)
    assert isinstance(cells(text.encode("utf-8", "replace")), CellGrid | None)


def test_a_specification_that_asks_for_too_much_ends() -> None:
    columns = "*{999}{" * 30 + "c" + "}" * 30
    for body in ("a & b \\\\", "\\multicolumn{99999999}{c}{a} & b \\\\"):
        assert cells(f"\\begin{{tabular}}{{{columns}}} {body} \\end{{tabular}}".encode()) is not None
