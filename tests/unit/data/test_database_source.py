"""Databases: the query's answer is read, and nothing is ever written or created."""

from __future__ import annotations

import hashlib
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from paperkit.errors import DataError
from tests.unit.data.reading import kinds, notices, places, problems, rows, values

duckdb = pytest.importorskip("duckdb")

SETUP = (
    "create table runs (model text, seed integer, acc real)",
    "insert into runs values ('A', 1, 0.5), ('A', 2, 1), ('B', 1, null)",
)
NAMES = ("SQLite", "DuckDB")


def database(kind: str, *statements: str) -> Callable[[Path], object]:
    """Return a function that writes a database of the kind with the statements."""

    def write(path: Path) -> None:
        path.unlink(missing_ok=True)
        connect: Any = sqlite3.connect if kind == "SQLite" else duckdb.connect
        with closing(connect(str(path))) as connection:
            for statement in statements or SETUP:
                connection.execute(statement)
            connection.commit() if kind == "SQLite" else None

    return write


@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.parametrize("name", ["x.db", "x.sqlite", "x.duckdb", "a b#c%20.db"])
def test_what_a_query_returns(tmp_path: Path, kind: str, name: str) -> None:
    found = rows(tmp_path, {name: database(kind)}, read=name, sql="select * from runs order by model, seed;")
    assert values(found) == {"model": ["A", "A", "B"], "seed": [1, 2, 1], "acc": [0.5, 1.0, None]}
    assert kinds(found)["seed"] == "int64"
    assert kinds(found)["acc"] == "float64"
    assert places(found) == [name] * 3
    assert notices(found) == []


def test_a_name_may_look_like_the_end_of_an_address(tmp_path: Path) -> None:
    found = rows(tmp_path, {"a?mode=rw#x%3F.db": database("SQLite")}, sql="select count(*) as n from runs")
    assert values(found) == {"n": [3]}


@pytest.mark.parametrize("kind", NAMES)
def test_sums_of_whole_numbers_are_whole(tmp_path: Path, kind: str) -> None:
    sql = "select model, sum(seed) as seeds, count(*) as n from runs group by model order by model"
    found = rows(tmp_path, {"x.db": database(kind)}, sql=sql)
    assert values(found) == {"model": ["A", "B"], "seeds": [3, 1], "n": [2, 1]}
    assert kinds(found)["seeds"] == "int64"


def test_types_of_duckdb(tmp_path: Path) -> None:
    sql = """select date '2024-01-02' as day, timestamp '2024-01-02 03:04:05' as moment,
        timestamptz '2024-01-02 03:04:05+02:00'::timestamp as utc, 1.10::decimal(4, 2) as money,
        [1, 2] as items, {'a': 1} as struct, true as flag, 170141183460469231731687303715884105727::hugeint as huge,
        '123e4567-e89b-12d3-a456-426614174000'::uuid as id, null as nothing, 'nan'::double as no_number"""
    assert values(rows(tmp_path, {"x.duckdb": database("DuckDB")}, sql=sql)) == {
        "day": ["2024-01-02"],
        "moment": ["2024-01-02 03:04:05"],
        "utc": ["2024-01-02 01:04:05"],
        "money": [1.1],
        "items": [(1, 2)],
        "struct": [(("a", 1),)],
        "flag": [True],
        "huge": [2**127 - 1],
        "id": ["123e4567-e89b-12d3-a456-426614174000"],
        "nothing": [None],
        "no_number": [None],
    }


def test_a_query_may_pivot(tmp_path: Path) -> None:
    sql = "pivot runs on seed using first(acc) group by model order by model"
    found = rows(tmp_path, {"x.duckdb": database("DuckDB")}, sql=sql)
    assert values(found) == {"model": ["A", "B"], "1": [0.5, None], "2": [1.0, None]}


def test_the_order_of_groups_is_the_same_every_time(tmp_path: Path) -> None:
    setup = "create table runs as select x % 1000 as g, random() as v from range(300000) t(x)"
    sql = "select g, sum(v) as s from runs group by g"
    first = rows(tmp_path, {"x.duckdb": database("DuckDB", setup)}, sql=sql)
    for _ in range(3):
        assert rows(tmp_path, read="x.duckdb", sql=sql).table.equals(first.table)


@pytest.mark.parametrize("kind", NAMES)
def test_databases_of_a_pattern(tmp_path: Path, kind: str) -> None:
    files = {
        f"{lab}.db": database(kind, "create table t (acc real)", f"insert into t values ({n})")
        for n, lab in enumerate("ab")
    }
    found = rows(tmp_path, files, read="{lab}.db", sql="select acc from t")
    assert values(found) == {"lab": ["a", "b"], "acc": [0.0, 1.0]}
    assert places(found) == ["a.db", "b.db"]


@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.parametrize(
    "sql",
    [
        "insert into runs values ('C', 1, 1)",
        "create table t (a integer)",
        "drop table runs",
        "attach 'other.db' as other",
        "vacuum into 'other.db'",
        "copy runs to 'other.db'",
        "export database 'other.db'",
        "select * from runs; drop table runs",
        "pragma user_version = 3",
        "set threads = 2",
        "begin",
        "",
    ],
)
def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, sql: str) -> None:
    monkeypatch.chdir(tmp_path)
    database(kind)(tmp_path / "x.db")
    before = hashlib.sha256((tmp_path / "x.db").read_bytes()).hexdigest()
    with pytest.raises(DataError):
        rows(tmp_path, read="x.db", sql=sql)
    assert hashlib.sha256((tmp_path / "x.db").read_bytes()).hexdigest() == before
    assert [path.name for path in tmp_path.iterdir()] == ["x.db"]


def test_duckdb_reads_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a\n1\n")
    (problem,) = problems(tmp_path, {"x.db": database("DuckDB")}, sql=f"from read_csv('{tmp_path / 'other.csv'}')")
    assert "file system operations are disabled" in problem


def test_a_database_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"there is no file 'x\.db'"):
        rows(tmp_path, read="x.db", sql="select 1")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "sql", "expected"),
    [
        ("SQLite", "select * from rnus", "x.db: SQLite says: no such table: rnus, did you mean 'runs'?"),
        ("SQLite", "select * from xyz", "x.db: SQLite says: no such table: xyz\n    the tables are runs"),
        ("SQLite", "select ac from runs", "x.db: SQLite says: no such column: ac"),
        (
            "SQLite",
            "select seed, seed from runs",
            "x.db: the query returns several columns called 'seed'\n    give them names of their own: … as seed_2",
        ),
        ("SQLite", "begin", "x.db: the query returns no table\n    it must be one select"),
        ("SQLite", "delete from runs", "x.db: SQLite says: attempt to write a readonly database"),
        (
            "DuckDB",
            "select * from rnus",
            "x.db: DuckDB says: Catalog Error: Table with name rnus does not exist!, did you mean 'runs'?",
        ),
        (
            "DuckDB",
            "select seed, seed from runs",
            "x.db: the query returns several columns called 'seed'\n    give them names of their own: … as seed_2",
        ),
        (
            "DuckDB",
            "select timestamptz '2024-01-02 03:04:05+02:00' as day",
            (
                "x.db: the column 'day' is a time with a zone\n"
                "    say which time is meant, such as that of UTC: day::timestamp"
            ),
        ),
        ("DuckDB", "begin", "x.db: the query returns no table\n    it must be one select"),
        ("DuckDB", "delete from runs", "x.db: the query returns no table\n    it must be one select"),
    ],
)
def test_mistakes(tmp_path: Path, kind: str, sql: str, expected: str) -> None:
    assert problems(tmp_path, {"x.db": database(kind)}, sql=sql) == [expected]


def test_what_is_no_database(tmp_path: Path) -> None:
    sql = "select 1"
    assert problems(tmp_path, {"x.db": database("SQLite")}) == [
        'x.db: a database needs sql\n    sql = "select …" says which of its rows are meant'
    ]
    assert problems(tmp_path, {"a.db": b""}, sql=sql) == ["a.db: the file is empty"]
    assert problems(tmp_path, {"b.db": b"model,acc"}, sql=sql) == [
        "b.db: the file is neither a SQLite nor a DuckDB database"
    ]
    assert problems(tmp_path, {"c.db": b"SQLite format 3\0" + b"x" * 200}, sql="select * from runs") == [
        "c.db: SQLite says: file is not a database"
    ]
    (problem,) = problems(tmp_path, {"d.db": b"x" * 8 + b"DUCK" + b"x" * 5000}, sql=sql)
    assert problem.startswith("d.db: DuckDB says: ")


def test_duckdb_is_an_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database("DuckDB")(tmp_path / "x.duckdb")
    monkeypatch.setitem(sys.modules, "duckdb", None)
    assert problems(tmp_path, read="x.duckdb", sql="select 1") == [
        "x.duckdb: the file needs duckdb\n    install paperkit-assets with the extra sql"
    ]


@pytest.mark.parametrize("kind", NAMES)
def test_chance_and_the_clock_are_told_of(tmp_path: Path, kind: str) -> None:
    sql = "select model, 'now()' as x from runs where random() is not null and current_date is not null order by model"
    assert notices(rows(tmp_path, {"x.db": database(kind)}, sql=sql)) == [
        (
            "two builds may differ: random() gives another value every time\n"
            "    take what the data holds: row_number() OVER (ORDER BY …) numbers its rows"
        ),
        "two builds may differ: current_date reads the clock\n    write the date itself: '2026-01-31'",
    ]
