"""Excel: every cell keeps its type, its row and its column; what would quietly be missing is told."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from paperkit.data.sources import excel
from tests.unit.data.reading import kinds, notices, places, problems, rows, values

openpyxl = pytest.importorskip("openpyxl")

Grid = Sequence[Any]


def book(*grids: Grid, merged: Sequence[str] = (), **named: Grid) -> Callable[[Path], object]:
    """Return a function that writes a workbook of the grids; the first sheet is called runs."""
    sheets: Mapping[str, Grid] = dict(zip(("runs", "more"), grids, strict=False)) | named

    def write(path: Path) -> None:
        found = openpyxl.Workbook()
        found.remove(found.active)
        for name, grid in sheets.items():
            sheet = found.create_sheet(name)
            for row in grid:
                sheet.append(row)
            for block in merged:
                sheet.merge_cells(block)
        found.save(path)

    return write


def test_every_type(tmp_path: Path) -> None:
    day, moment = dt.datetime(2024, 1, 2), dt.datetime(2024, 1, 2, 3, 4)  # noqa: DTZ001  # Excel knows no zones
    grid = [
        ["model", "acc", "steps", "gap", "flag", "day", "moment", "clock", "code"],
        ["A", 0.5, 10, 1, True, day, moment, dt.time(1, 2), "007"],
        ["B", 1, 20, None, False, None, day, None, "8"],
    ]
    found = rows(tmp_path, {"x.xlsx": book(grid)})
    assert values(found) == {
        "model": ["A", "B"],
        "acc": [0.5, 1.0],
        "steps": [10, 20],
        "gap": [1, None],
        "flag": [True, False],
        "day": ["2024-01-02", None],
        "moment": ["2024-01-02 03:04:00", "2024-01-02 00:00:00"],
        "clock": ["01:02:00", None],
        "code": ["007", "8"],
    }
    expected = {"acc": "float64", "steps": "int64", "gap": "Int64", "flag": "bool"}
    assert {name: kinds(found)[name] for name in expected} == expected
    assert places(found) == ["x.xlsx:2", "x.xlsx:3"]
    assert places(found, "steps") == ["x.xlsx:2:3", "x.xlsx:3:3"]
    assert notices(found) == []


def test_it_reads_what_pandas_reads(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"t": ["a", "NA", "n/a", "", None, "None", "x "], "n": [1.5, None, 3, 4, 5, 6, 7], "i": range(7)}
    )
    frame.to_excel(tmp_path / "x.xlsx", index=False)
    expected = pd.read_excel(tmp_path / "x.xlsx")
    found = rows(tmp_path, read="x.xlsx")
    for name in expected.columns:
        assert values(found)[name] == [None if pd.isna(value) else value for value in expected[name].tolist()]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ["-", None]),
        ({"na_values": "-"}, [None, None]),
        ({"na_values": ["-"], "keep_default_na": False}, [None, "NA"]),
        ({"keep_default_na": False}, ["-", "NA"]),
    ],
)
def test_what_is_missing(tmp_path: Path, options: dict[str, Any], expected: list[Any]) -> None:
    found = rows(tmp_path, {"x.xlsx": book([["a", "b"], ["-", 1], ["NA", 2]])}, options=options)
    assert values(found)["a"] == expected


def test_blank_rows_and_columns_are_left_out_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    grid = [[None, None, None], [None, "a", None, "b"], [None, None], [None, 1, None, 2], [" "], [None, 3, "", 4]]
    found = rows(tmp_path, {"x.xlsx": book(grid)})
    assert values(found) == {"a": [1, 3], "b": [2, 4]}
    assert places(found, "b") == ["x.xlsx:4:4", "x.xlsx:6:4"]


def test_rows_to_skip_and_columns_without_or_with_the_same_name(tmp_path: Path) -> None:
    grid = [["Results of May"], [None, "acc", "acc", 2024], ["A", 1, 2, 3]]
    found = rows(tmp_path, {"x.xlsx": book(grid)}, options={"skiprows": 1})
    assert values(found) == {"Unnamed: 0": ["A"], "acc": [1], "acc.1": [2], "2024": [3]}
    assert notices(found) == [
        (
            "x.xlsx:2: column 'acc' stands there 2 times\n"
            "    the later ones are called 'acc.1' and so on: write col('acc.1')"
        )
    ]
    assert "model" in values(rows(tmp_path, read="x.xlsx", options={"skiprows": 1}, index="model"))


def test_merged_cells_all_hold_their_value(tmp_path: Path) -> None:
    grid = [["model", "seed", "acc"], ["A", 1, 0.5], [None, 2, 0.75], ["B", 1, 0.25]]
    found = rows(tmp_path, {"x.xlsx": book(grid, merged=["A2:A3"])})
    assert values(found)["model"] == ["A", "A", "B"]


def test_sheets(tmp_path: Path) -> None:
    written = {"x.xlsx": book([["a"], [1]], [["a"], [2]])}
    found = rows(tmp_path, written)
    assert values(found) == {"a": [1]}
    assert notices(found) == [
        "x.xlsx: of the sheets 'runs', 'more', the first is read\n    options = { sheet_name = \"runs\" } says so"
    ]
    for wanted in ("more", 1):
        found = rows(tmp_path, written, options={"sheet_name": wanted})
        assert values(found) == {"a": [2]}
        assert notices(found) == []
    assert problems(tmp_path, written, options={"sheet_name": "mroe"}) == [
        "x.xlsx: there is no sheet 'mroe', did you mean 'more'?"
    ]
    assert problems(tmp_path, written, options={"sheet_name": "xyz"}) == [
        "x.xlsx: there is no sheet 'xyz'\n    the sheets are 'runs', 'more'"
    ]
    assert problems(tmp_path, written, options={"sheet_name": 2}) == [
        "x.xlsx: there is no sheet 2\n    the sheets, from 0, are 'runs', 'more'"
    ]


def test_a_wide_sheet_that_pandas_wrote_becomes_tidy_rows(tmp_path: Path) -> None:
    columns = pd.MultiIndex.from_product([["A", "B"], ["p", "q"]], names=["model", "probe"])
    frame = pd.DataFrame(
        [[1, 2, 3, 4], [5, None, 7, 8]], index=pd.Index(["dtd", "pets"], name="dataset"), columns=columns
    )
    frame.to_excel(tmp_path / "x.xlsx")
    found = rows(tmp_path, read="x.xlsx", header=["model", "probe"], index="dataset", values="acc")
    assert values(found) == {
        "model": ["A", "A", "B", "B"] * 2,
        "probe": ["p", "q"] * 4,
        "dataset": ["dtd"] * 4 + ["pets"] * 4,
        "acc": [1, 2, 3, 4, 5, None, 7, 8],
    }
    assert kinds(found)["acc"] == "Int64"
    assert places(found, "acc")[-1] == "x.xlsx:5:5"
    assert places(found, "dataset")[-1] == "x.xlsx:5:1"
    assert found.ignored == {"dataset"}


def test_wide_files_of_a_pattern(tmp_path: Path) -> None:
    files = {f"{name}.xlsx": book([["x", "p", 2024], ["dtd", 1, 2]]) for name in "AB"}
    found = rows(tmp_path, files, read="{model}.xlsx", header="probe", index="dataset", values="acc")
    assert values(found) == {
        "model": ["A", "A", "B", "B"],
        "probe": ["p", "2024", "p", "2024"],
        "dataset": ["dtd"] * 4,
        "acc": [1, 2, 1, 2],
    }
    spec: dict[str, Any] = {"header": "probe", "index": "dataset", "values": "acc"}
    assert problems(tmp_path, {"C.xlsx": book([["y", "p", None], ["dtd", 1, 2]])}, read="{m}.xlsx", **spec) == [
        "C.xlsx:1:1: unlike 'A.xlsx', the header row of 'probe' is called 'y'\n    there it is 'x'",
        "C.xlsx:1:3: the header cell of 'probe' is empty",
    ]


def test_files_of_a_pattern(tmp_path: Path) -> None:
    files = {"s1.xlsx": book([["seed", "acc"], [1, 2]]), "s2.xlsx": book([["acc", "seed"], [3, 1]])}
    assert problems(tmp_path, files, read="s{seed:int}.xlsx") == [
        "s2.xlsx:2:2: seed is '1' in the file, but '2' by the file's name"
    ]
    assert problems(tmp_path, {"s2.xlsx": book([["acc"], [1]])}, read="s{seed:int}.xlsx") == [
        "s2.xlsx: unlike 's1.xlsx', the file lacks 'seed'"
    ]


def test_cells_that_would_quietly_be_missing(tmp_path: Path) -> None:
    grid = [["a", "b"], ["=1+1", 1], [2, "#DIV/0!"]]
    assert problems(tmp_path, {"x.xlsx": book(grid)}) == [
        (
            "x.xlsx:2:1: the cell A2 holds a formula without its value\n"
            "    open the file in Excel or LibreOffice and save it"
        ),
        "x.xlsx:3:2: the cell B3 holds the error #DIV/0!",
    ]


def test_what_cannot_be_read(tmp_path: Path) -> None:
    assert problems(tmp_path, {"a.xlsx": book([])}) == ["a.xlsx: the sheet 'runs' is empty"]
    assert problems(tmp_path, {"b.xlsx": book([["a"]])}, header=["x", "y"], index="i", values="v") == [
        "b.xlsx: the sheet has 1 rows, fewer than its 2 header rows"
    ]
    (problem,) = problems(tmp_path, {"c.xlsx": b"a,b\n1,2\n"})
    assert problem.startswith("c.xlsx: the file is no workbook that can be read (BadZipFile: ")


def test_openpyxl_is_an_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    assert problems(tmp_path, {"x.xlsx": b""}) == [
        "x.xlsx: the file needs openpyxl\n    install paperkit-assets with the extra excel"
    ]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("sheet_name", "runs", None),
        ("sheet_name", 1.5, "must be the name of a sheet, or its number, from 0, not 1.5"),
        ("skiprows", 2, None),
        ("skiprows", True, "must be a number of rows, not True"),
        ("na_values", ["-"], None),
        ("na_values", [1], "must be a text or a list of texts, not [1]"),
        ("keep_default_na", "no", "must be true or false, not 'no'"),
    ],
)
def test_options(name: str, value: Any, expected: str | None) -> None:
    assert excel.option_problem(name, value) == expected
