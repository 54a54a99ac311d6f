"""Statistic rows: values that other frames have for the columns of a table."""

from __future__ import annotations

from typing import Any

import pytest

from paperkit.errors import AssetError
from paperkit.manifest.labels import Labels
from paperkit.style.venue import load_venue
from paperkit.tables import Table, resolve
from tests.unit.tables.test_table_summary import KEYS, RUNS, records, summaries
from tests.unit.tables.tiny_records import Records, table_asset

COUNTS = Records("model n note", ("z", 1000, "c"), ("x", 12, "a"))


def with_statistics(*entries: dict[str, Any], frame: Records = COUNTS, **keys: Any) -> Table:
    asset = table_asset(**(KEYS | keys), statistic=[{"data": "counts"} | entry for entry in entries])
    return resolve(asset, records(RUNS), Labels(), load_venue("article"), {"counts": frame})


def test_statistic_rows_come_from_another_frame() -> None:
    entries = {"label": "$N$", "value": "n", "format": ",d"}, {"label": "Note", "value": "note"}
    table = with_statistics(*entries, summary=[{"stat": "mean", "axis": "column"}])
    # The frame says nothing about y, and nothing about the column of means.
    assert summaries(table, "statistic") == [["$N$", "12", "", "1,000", ""], ["Note", "a", "", "c", ""]]
    assert [row.above for row in table.body][-2:] == ["rule", "none"]
    assert all(cell.fill is None and cell.emphasis is None for cell in table.body[-1].cells)


def test_texts_of_another_frame_are_data() -> None:
    counts = Records("model note", ("x", r"$\input{secret}$"), ("y", "$a$ & b"), ("z", "c"))
    table = with_statistics({"label": "Note", "value": "note"}, frame=counts)
    assert [cell.text for cell in table.body[-1].cells][:2] == [
        r"\$\textbackslash{}input\{secret\}\$", r"\$a\$ \& b",
    ]  # fmt: skip
    assert refused({"label": "Note", "value": "note"}, frame=Records("model note", ("x", "\U0001f600"))).startswith(
        "table.main.statistic: '\U0001f600' (U+1F600 GRINNING FACE) cannot be typeset by pdfLaTeX"
    )


def test_columns_without_a_statistic_are_named() -> None:
    table = with_statistics({"label": "N", "value": "n"})
    assert [str(notice) for notice in table.notices] == [
        ("table.main.statistic[0]: no row of the data 'counts' is for model 'y'\n    it has rows for model 'z', 'x'")
    ]
    assert refused({"label": "N", "value": "n"}, frame=Records("model n", ("X", 1), ("Y", 2))) == (
        "table.main.statistic[0]: no row of the data 'counts' is for model 'x', 'y', 'z'\n"
        "    it has rows for model 'X', 'Y'"
    )
    assert refused({"label": "N", "value": "n"}, frame=Records("model n")).endswith("\n    it has no row")


def test_a_statistic_knows_a_number_by_its_text() -> None:
    runs = Records("task size acc", ("a", 1, 0.5), ("a", 20, 0.6))
    asset = table_asset(columns="size", cells="acc", statistic=[{"data": "counts", "label": "N", "value": "n"}])
    counts = Records("size n", ("20", 7), ("1", 5))
    table = resolve(asset, runs, Labels(), load_venue("article"), {"counts": counts})
    assert summaries(table, "statistic") == [["N", "5", "7"]]
    assert table.notices == ()


def refused(*entries: dict[str, Any], frame: Records = COUNTS) -> str:
    with pytest.raises(AssetError) as caught:
        with_statistics(*entries, frame=frame)
    return str(caught.value)


def test_what_is_wrong_with_statistics_is_said_at_once() -> None:
    twice = Records("model n", ("x", 1), ("y", 2), ("x", 3))
    assert refused({"label": "N", "value": "m"}, {"label": "N", "value": "n"}, frame=twice) == (
        "table.main.statistic[0].value: no column 'm' in the data 'counts'\n    columns: model, n\n"
        "table.main.statistic[1]: several rows of the data 'counts' are for model 'x'\n"
        "    add a where that leaves one"
    )
    assert refused({"label": "N", "value": "n"}, frame=Records("modell n", ("x", 1))) == (
        "table.main.statistic[0].data: no column 'model' in the data 'counts', did you mean 'modell'?\n"
        "    columns: modell, n"
    )
