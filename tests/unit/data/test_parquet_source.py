"""Parquet, Feather and Arrow: what was written is read, of every type that has a value in a table."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paperkit.data.sources import parquet
from tests.unit.data.reading import kinds, notices, places, problems, rows, values

pa = pytest.importorskip("pyarrow")
ipc = pytest.importorskip("pyarrow.ipc")
pq = pytest.importorskip("pyarrow.parquet")


def table(**columns: Any) -> Callable[[Path], object]:
    """Return a function that writes the columns to a file of any of the kinds."""

    def write(path: Path) -> None:
        found = pa.table(columns)
        if path.suffix == ".parquet":
            pq.write_table(found, path)
        elif path.suffix == ".feather":
            with pa.OSFile(str(path), "wb") as file, ipc.new_file(file, found.schema) as writer:
                writer.write_table(found)
        else:
            with pa.OSFile(str(path), "wb") as file, ipc.new_stream(file, found.schema) as writer:
                writer.write_table(found)

    return write


def every_type() -> Callable[[Path], object]:
    """Return a function that writes a column of every type, in two rows."""
    moment = dt.datetime(2024, 1, 2, 3, 4, 5)  # noqa: DTZ001  # a time without a zone is one of the types
    return table(
        text=["a", None],
        category=pa.array(["b", None]).dictionary_encode(),
        codes=pa.array([3, None]).dictionary_encode(),
        whole=pa.array([2**53 + 1, 2], pa.int64()),
        gap=pa.array([2**53 + 1, None], pa.int64()),
        small=pa.array([1, None], pa.uint8()),
        large=pa.array([2**63, 1], pa.uint64()),
        number=pa.array([0.1, None]),
        half=pa.array([0.5, None], pa.float32()),
        flag=[True, False],
        flag_gap=[True, None],
        money=pa.array([Decimal("1.10"), None]),
        day=[dt.date(2024, 1, 2), None],
        midnight=pa.array([dt.datetime(2024, 1, 2), None], pa.timestamp("ms")),  # noqa: DTZ001  # as above
        moment=pa.array([moment, None], pa.timestamp("us")),
        zoned=pa.array([moment, None], pa.timestamp("us", "UTC")),
        clock=[dt.time(1, 2), None],
        items=[[1, 2], None],
        nothing=pa.nulls(2),
        struct=pa.array([{"a": 1, "b": {"c": "x"}}, None]),
    )


@pytest.mark.parametrize("name", ["x.parquet", "x.feather", "x.arrow"])
def test_every_type(tmp_path: Path, name: str) -> None:
    found = rows(tmp_path, {name: every_type()})
    assert values(found) == {
        "text": ["a", None],
        "category": ["b", None],
        "codes": [3, None],
        "whole": [2**53 + 1, 2],
        "gap": [2**53 + 1, None],
        "small": [1, None],
        "large": [2**63, 1],
        "number": [0.1, None],
        "half": [0.5, None],
        "flag": [True, False],
        "flag_gap": [True, None],
        "money": [1.1, None],
        "day": ["2024-01-02", None],
        "midnight": ["2024-01-02", None],
        "moment": ["2024-01-02 03:04:05", None],
        "zoned": ["2024-01-02 03:04:05+00:00", None],
        "clock": ["01:02:00", None],
        "items": [(1, 2), None],
        "nothing": [None, None],
        "struct.a": [1, None],
        "struct.b.c": ["x", None],
    }
    assert kinds(found)["whole"] == "int64"
    assert {kinds(found)[column] for column in ("gap", "small", "codes", "struct.a")} == {"Int64"}
    assert {kinds(found)[column] for column in ("number", "half", "money")} == {"float64"}
    assert kinds(found)["flag"] == "bool"
    assert places(found) == [name, name]


@pytest.mark.parametrize("name", ["x.parquet", "x.feather"])
def test_only_the_columns_that_are_wanted(tmp_path: Path, name: str) -> None:
    written = table(a=[1], b=[2], struct=[{"c": 3, "d": 4}])
    found = rows(tmp_path, {name: written}, options={"columns": ["struct.d", "a"]})
    assert values(found) == {"a": [1], "struct.d": [4]}
    assert problems(tmp_path, {name: table(acc=[1], b=[2])}, options={"columns": ["ac", "xyz"]}) == [
        f"{name}: there is no column 'ac', did you mean 'acc'?",
        f"{name}: there is no column 'xyz'\n    the columns are acc, b",
    ]
    assert problems(tmp_path, {name: written}, options={"columns": ["struct.e"]}) == [
        f"{name}: there is no column 'struct.e'"
    ]


def test_options() -> None:
    assert parquet.option_problem("columns", ["a"]) is None
    assert parquet.option_problem("columns", "a") == "columns must be a list of the columns to read, not 'a'"


@pytest.mark.parametrize("name", ["x.parquet", "x.feather"])
@pytest.mark.parametrize(
    ("index", "spec", "expected"),
    [
        (None, {}, {"a": [1, 2]}),
        (pd.Index([5, 6]), {}, {"a": [1, 2]}),
        (pd.Index([5, 6]), {"index": "row"}, {"row": [5, 6], "a": [1, 2]}),
        (pd.Index(["x", "y"]), {}, {"index": ["x", "y"], "a": [1, 2]}),
        (pd.Index(["x", "y"], name="n"), {"options": {"columns": ["a"]}}, {"n": ["x", "y"], "a": [1, 2]}),
        (
            pd.MultiIndex.from_tuples([("x", 1), ("y", 2)], names=["m", None]),
            {},
            {"m": ["x", "y"], "level_1": [1, 2], "a": [1, 2]},
        ),
    ],
)
def test_an_index_that_pandas_stored(
    tmp_path: Path, name: str, index: Any, spec: dict[str, Any], expected: dict[str, Any]
) -> None:
    frame = pd.DataFrame({"a": [1, 2]}, index=index)
    if name == "x.parquet":
        found = rows(tmp_path, {name: frame.to_parquet}, **spec)
    else:
        stored = pa.Table.from_pandas(frame)
        with pa.OSFile(str(tmp_path / name), "wb") as file, ipc.new_file(file, stored.schema) as writer:
            writer.write_table(stored)
        found = rows(tmp_path, read=name, **spec)
    assert values(found) == expected


def test_files_of_a_pattern(tmp_path: Path) -> None:
    files = {"seed=1/x.parquet": table(acc=[1, 2]), "seed=2/x.parquet": table(acc=[0.5])}
    found = rows(tmp_path, files, read="seed={seed:int}/x.parquet")
    assert values(found) == {"seed": [1, 1, 2], "acc": [1.0, 2.0, 0.5]}
    assert places(found)[2] == "seed=2/x.parquet"
    assert problems(tmp_path, {"seed=3/x.parquet": table(ac=[1])}, read="seed={seed:int}/x.parquet") == [
        "seed=3/x.parquet: unlike 'seed=1/x.parquet', the file lacks 'acc' and has 'ac' besides"
    ]


def test_a_file_without_rows(tmp_path: Path) -> None:
    found = rows(tmp_path, {"x.parquet": table(a=pa.array([], pa.int64()))})
    assert values(found) == {"a": []}
    assert kinds(found) == {"a": "int64"}
    assert notices(found) == ["x.parquet: the file has no rows"]


def test_what_cannot_be_read(tmp_path: Path) -> None:
    def twice(path: Path) -> None:
        pq.write_table(pa.table([[1], [2]], names=["a", "a"]), path)

    def levels(path: Path) -> None:
        pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")])).to_parquet(path)

    assert problems(tmp_path, {"a.parquet": twice}) == ["a.parquet: the file has several columns called 'a'"]
    assert problems(tmp_path, {"b.parquet": levels}) == [
        "b.parquet: the frame has 2 levels of columns\n    make it tidy: frame.stack()"
    ]
    assert problems(tmp_path, {"c.parquet": table(a=[1])}, index="row") == [
        "c.parquet: the file has no index to call 'row'\n    remove index"
    ]
    for name in ("d.parquet", "d.feather", "d.arrow"):
        (problem,) = problems(tmp_path, {name: b"PAR1 is not a whole file"})
        assert problem.startswith(f"{name}: the file cannot be read (Arrow")
        assert "\n" not in problem


def test_pyarrow_is_an_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert problems(tmp_path, {"x.parquet": b""}) == [
        "x.parquet: the file needs pyarrow\n    install paperkit-assets with the extra parquet"
    ]


_COLUMNS = {
    "int": st.none() | st.integers(-(2**63), 2**63 - 1),
    "float": st.none() | st.floats(),
    "text": st.none() | st.text(st.characters(codec="utf-8")),
    "flag": st.none() | st.booleans(),
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.lists(st.fixed_dictionaries(_COLUMNS), min_size=1))
def test_what_was_written_is_read(tmp_path: Path, records: list[dict[str, Any]]) -> None:
    types = {"int": pa.int64(), "float": pa.float64(), "text": pa.string(), "flag": pa.bool_()}
    columns = {name: pa.array([record[name] for record in records], types[name]) for name in types}
    found = values(rows(tmp_path, {"x.parquet": table(**columns)}))
    expected = {name: [record[name] for record in records] for name in types}
    expected["float"] = [None if value is not None and np.isnan(value) else value for value in expected["float"]]
    assert found == expected
