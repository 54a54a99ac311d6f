"""Files that are not what their names say are told of as what they are, whatever their reader would make of them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest

from tests.unit.data.loading import Failure, Load

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
PAGE = b"\n<!doctype HTML>\n<html>"
LFS = "the file is a pointer of Git LFS, what it stands for is not here\n    git lfs pull"
WEB = "the file is a web page\n    download the file itself, not the page that shows it"


@pytest.mark.parametrize(
    "name", ["x.csv", "x.tsv", "x.json", "x.jsonl", "x.parquet", "x.npz", "x.pkl", "x.xlsx", "x.gz"]
)
def test_pointers_and_pages(failure: Failure, name: str) -> None:
    file = "x.csv.gz" if name == "x.gz" else name
    assert failure(POINTER, read=file) == [f"{file}: data.f.read: {LFS}"]
    assert failure(PAGE, read=file) == [f"{file}: data.f.read: {WEB}"]


@pytest.mark.parametrize("name", ["x.csv", "x.json"])
def test_what_is_no_text(failure: Failure, name: str) -> None:
    cases = {
        gzip.compress(b"a,b\n1,2\n"): "the file is packed by gzip\n    let its name end in .gz",
        b"PK\x03\x04..": "the file is a ZIP archive or an Excel workbook\n    unpack it, or let its name end in .xlsx",
        b"PAR1....": "the file is a Parquet file\n    let its name end in .parquet",
        b"SQLite format 3\0": "the file is a SQLite database\n    let its name end in .sqlite",
    }
    for content, message in cases.items():
        assert failure(content, read=name) == [f"{name}: data.f.read: {message}"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16(load: Load, failure: Failure, encoding: str) -> None:
    text = "a,b\n1,é\n".encode(encoding)
    content = text if encoding == "utf-16" else "\ufeff".encode(encoding) + text
    message = "data.f.read: the file is UTF-16\n    "
    assert failure(content) == [f'x.csv: {message}options = {{ encoding = "utf-16" }}']
    assert load(content, options={"encoding": "utf-16"}).rows("a", "b") == ((1, "é"),)
    assert failure(content, read="x.json") == [f"x.json: {message}save it as UTF-8"]


def test_text_called_otherwise(failure: Failure) -> None:
    assert failure("a,b\n1,2\n", read="x.xlsx") == [
        "x.xlsx: data.f.read: the file is no Excel workbook\n    save it as .xlsx, without a password"
    ]
    assert failure("a,b\n1,2\n", read="x.parquet") == [
        "x.parquet: data.f.read: the file is no Parquet file\n    let its name end in what it is, such as .csv"
    ]


def test_each_file_of_a_pattern_is_told_of(failure: Failure) -> None:
    files = {f"{name}.csv": POINTER if name != "b" else b"a\n1\n" for name in "abc"}
    assert failure(files, read="*.csv") == [f"{name}.csv: data.f.read: {LFS}" for name in "ac"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "a,b\n<<<<<<< HEAD\n1,2\n=======\n1,3\n>>>>>>> x\n",
            "2: data.f.read: a merge conflict begins here\n    keep one side of it",
        ),
        (
            "a,b\n1,2,\n3,4\n",
            (
                "2: data.f.read: the row has 3 fields, the header in line 1 has 2\n"
                "    the line ends with a separator, the header does not"
            ),
        ),
        ("a,b\n1,2,3\n", "2: data.f.read: the row has 3 fields, the header in line 1 has 2"),
    ],
)
def test_lines_that_are_no_rows(failure: Failure, content: str, message: str) -> None:
    assert failure(content) == [f"x.csv:{message}"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "x.json",
            '{"a": 1}\n{"a": 2}\n',
            (
                "2:1: data.f.read: the text is not JSON: extra data\n"
                "    every line is a document of its own: let the file's name end in .jsonl"
            ),
        ),
        (
            "x.jsonl",
            '[\n{"a": 1}\n]\n',
            (
                "1:2: data.f.read: the text is not JSON: expecting value\n"
                "    the file is one document, not one per line: let its name end in .json"
            ),
        ),
        (
            "x.json",
            '[\n<<<<<<< HEAD\n{"a": 1}\n=======\n{"a": 2}\n>>>>>>> x\n]\n',
            (
                "2:1: data.f.read: the text is not JSON: expecting value\n"
                "    the file holds a merge conflict: keep one side of it"
            ),
        ),
    ],
)
def test_json_of_another_shape(failure: Failure, name: str, content: str, message: str) -> None:
    assert failure(content, read=name) == [f"{name}:{message}"]


@pytest.mark.parametrize("orient", ["columns", "list", "records", "index"])
def test_json_by_columns_is_noticed(load: Load, tmp_path: Path, orient: str) -> None:
    table = pd.DataFrame({"a": [1, 2], "b": [3.5, 4.5]}, index=None if orient != "index" else ["u", "v"])
    if orient == "list":
        (tmp_path / "y.json").write_text(str(table.to_dict("list")).replace("'", '"'))
    else:
        table.to_json(tmp_path / "y.json", orient=orient)  # type: ignore[call-overload]
    found = load((tmp_path / "y.json").read_bytes(), read="x.json")
    notice = (
        "x.json: data.f.read: the document holds columns; it is read as one row\n"
        '    frame.to_json("x.json", orient="records") writes its rows'
    )
    assert [str(one) for one in found.notices] == ([notice] if orient in ("columns", "list") else [])
