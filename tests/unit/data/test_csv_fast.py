"""The fast way of reading CSV files gives what the careful one gives, or leaves the file to it."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from paperkit.data.delimited import quickly
from paperkit.data.load import Frames
from paperkit.data.source_file import SourceFile
from paperkit.data.sources import csv
from paperkit.data.table import Rows, plain
from paperkit.errors import DataError
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FrameSpec
from tests.unit.data.loading import Load

PIECES = (
    *(
        "a",
        "b",
        "1",
        "2",
        "-3",
        "0.5",
        "1e3",
        "1.0",
        "007",
        "True",
        "False",
        "NA",
        "nan",
        "inf",
        "é",
        "18446744073709551615",
    ),
    *("", " ", "\t", ",", ",", ",", ",", ";", "\n", "\n", "\n", "\r\n", "\r", '"', '""', "#", "'", "−1", "1,5"),
)
# Where a whole number is beyond 64 bits, pandas takes gaps for empty texts.
SIMPLE = tuple(piece for piece in PIECES[:17] if len(piece) < 9)
TEXTS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
    st.lists(st.lists(st.sampled_from(PIECES[:17]), min_size=3, max_size=3).map(",".join), min_size=1, max_size=8).map(
        "\n".join
    ),
)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "sep": st.sampled_from([",", ";", "\t", " ", "a"]),
        "comment": st.just("#"),
        "skiprows": st.integers(0, 2),
        "decimal": st.just(","),
        "thousands": st.just("."),
        "quotechar": st.just("'"),
        "na_values": st.just(["a", "2"]),
        "keep_default_na": st.booleans(),
    },
)


def read(files: dict[str, str], spec: FrameSpec, *, fast: bool) -> Rows | list[str]:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for name, text in files.items():
            Path(folder, name).write_bytes(text.encode())
        sources = tuple(SourceFile(path=Path(folder, name), name=name, captures={}) for name in files)
        if not fast:
            patch.setattr(csv, "quickly", lambda *_: None)
        try:
            return csv.read(sources, spec)
        except DataError as error:
            return [str(problem) for problem in error.problems]


def assert_alike(files: dict[str, str], options: dict[str, Any]) -> None:
    spec = FrameSpec.model_validate({"read": "*.csv", "options": options, "text": ["a", "b"]})
    found, wanted = (read(files, spec, fast=fast) for fast in (True, False))
    if isinstance(found, list) or isinstance(wanted, list):
        assert found == wanted
        return
    pd.testing.assert_frame_equal(found.table, wanted.table)
    assert found.notices == wanted.notices
    places = [[rows.place(row, "a") for row in range(len(rows))] for rows in (found, wanted)]
    assert places[0] == places[1]


@settings(max_examples=600, deadline=None)
@given(TEXTS, OPTIONS)
@example("a,b\n0,1,2\n1,1,2\n", {})
@example("a,b\n1,2,\n3,4,\n", {})
@example("a,b\n1\n2,3\n", {})
@example("  a,b\n  1,2\n", {})
@example("a,b\n  1,x\n y,2\n", {})
@example('a,b\n"1"x,2\n', {})
@example('""\na,b\n1,2\n', {})
@example("\x0b\na,b\n1,2\n", {})
@example("a,b\n1,\n,2\n", {})
@example("a,b\n1.0,\n,2\n", {})
@example("a,a\n1,2\n", {"skiprows": 0})
@example("x\na,a\n1,2\n", {"skiprows": 1})
@example("a,b\n#,2\n1,2#3\n", {"comment": "#"})
def test_both_ways_read_alike(text: str, options: dict[str, Any]) -> None:
    assert_alike({"x.csv": text}, options)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.sampled_from(SIMPLE), min_size=1, max_size=3), min_size=2, max_size=3))
def test_both_ways_put_files_together_alike(columns: list[list[str]]) -> None:
    files = {f"{i}.csv": "c,d\n" + "".join(f"{cell},x\n" for cell in cells) for i, cells in enumerate(columns)}
    spec = FrameSpec(read="*.csv")
    found, wanted = (read(files, spec, fast=fast) for fast in (True, False))
    assert isinstance(found, Rows)
    assert isinstance(wanted, Rows)
    tables = [{name: plain(rows.table[name]) for name in rows.columns} for rows in (found, wanted)]
    assert repr(tables[0]) == repr(tables[1])


@pytest.mark.parametrize("last", ["x", "", "0.5", "True", "18446744073709551615", "NA"])
def test_a_long_file_is_read_alike(last: str) -> None:
    text = "a,b,c\n" + "x,1,\n" * 300_000 + f"y,{last},{last}\nz,2,3\n"
    found, wanted = (read({"x.csv": text}, FrameSpec(read="x.csv"), fast=fast) for fast in (True, False))
    assert isinstance(found, Rows)
    assert isinstance(wanted, Rows)
    pd.testing.assert_frame_equal(found.table, wanted.table)


def test_an_even_file_takes_the_fast_way() -> None:
    spec = FrameSpec(read="x.csv")
    for text, is_fast in (
        ("a,b\n1,2\n", True),
        ('a,b\n"x, y",\n\n3,4\n', True),
        ("\ufeffa,b\r\n1,\r\n,2\r\n", True),
        ("a\n1\n", False),
        ("a,b\n1,2\n3\n", False),
        ("a,b\n", False),
    ):
        source = SourceFile(path=Path("x.csv"), name="x.csv", captures={})
        assert (quickly(source, text.encode(), spec) is not None) == is_fast, text


def test_decimals_are_read_as_python_reads_them(load: Load) -> None:
    chance = random.Random(0)
    cells = [f"{chance.random() * 10 ** chance.randint(-300, 300):.{chance.randint(1, 20)}g}" for _ in range(20_000)]
    cells += [f"{chance.getrandbits(chance.randint(54, 120))}.{chance.getrandbits(60)}" for _ in range(5_000)]
    frame = load("x,y\n" + "".join(f"{cell},1\n" for cell in cells))
    assert [x for (x,) in frame.rows("x")] == [float(cell) for cell in cells]


def test_text_stays_text(load: Load) -> None:
    text = "id,version,n\n007,3.10,1\n,3.9,2\n"
    assert load(text, text=["id", "version"]).rows("id", "version", "n") == (("007", "3.10", 1), (None, "3.9", 2))
    assert load(text, text=["ID"], rename={"id": "ID"}).rows("ID", "version") == (("007", 3.1), (None, 3.9))
    wide = {"header": ("m",), "index": "id", "values": "v"}
    assert load("id,A\n007,1.50\n", **wide, text=["id", "v"]).rows("id", "m", "v") == (("007", "A", "1.50"),)


def test_places_are_those_of_the_bytes_that_were_read(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('a,b\n"x\ny",2\n\nz,3\n')
    frame = Frames(tmp_path, {"f": FrameSpec(read="x.csv")}, Labels()).load("f")
    path.write_text("")
    assert [str(frame.origin(row, "b")) for row in (0, 1)] == ["x.csv:2:2", "x.csv:5:2"]
