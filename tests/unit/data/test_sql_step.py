"""Frames that DuckDB makes of others: the same values as pandas, plain columns, and nothing else in reach."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.data.clauses.context import Context
from paperkit.data.sql_step import load
from paperkit.data.table import Rows
from paperkit.errors import DataError, Place, Problem
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FrameSpec

pytest.importorskip("duckdb", reason="'duckdb' is not installed")

NOTE = Problem(message="worth knowing", place=Place(file="runs.csv", line=2))
RUNS = pd.DataFrame(
    {"model": ["b", "a", None, "a"], "accuracy": [2.0, 1.5, 4.0, np.nan], "ok": [True, False, True, True]},
    index=[3, 5, 7, 9],
)
SEEDS = pd.DataFrame({"model": ["a", "b"], "seed": pd.array([2**60 + 1, None], dtype="Int64")})
GAPS = pd.DataFrame(
    {"flag": pd.Series([None] * 1500 + [True, False], dtype=object), "none": pd.Series([None] * 1502, dtype=object)}
)
FRAMES = {"runs": Rows(table=RUNS, notices=(NOTE,)), "model-seeds": Rows(table=SEEDS), "gaps": Rows(table=GAPS)}
UNORDERED = (
    "data.asked.sql: the query does not say in which order its rows come\n"
    '    end it with ORDER BY, or give the frame sort = ["…"]'
)


def _load(sql: str, root: Path = Path("/nowhere"), files: Mapping[str, str] | None = None, **spec: Any) -> Rows:
    asked = FrameSpec.model_validate({"sql": sql, **spec})
    specs = {"asked": asked, **{name: FrameSpec(read=f"{name}.csv") for name in FRAMES}}
    specs |= {name: FrameSpec(read=file) for name, file in (files or {}).items()}
    context = Context(name="asked", labels=Labels(columns={}), load=FRAMES.__getitem__, root=root)
    return load(asked, context, specs)


def _values(rows: Rows) -> dict[str, list[Any]]:
    table = rows.table
    assert list(table.index) == list(range(len(table)))
    return {name: [None if pd.isna(value) else value for value in table[name].tolist()] for name in table.columns}


def test_frames_are_tables() -> None:
    rows = _load(
        "SELECT r.model, avg(accuracy) AS mean, count(*) AS n, any_value(s.seed) AS seed FROM runs r "
        'LEFT JOIN "model-seeds" s USING (model) GROUP BY r.model ORDER BY r.model NULLS LAST'
    )
    assert _values(rows) == {
        "model": ["a", "b", None],
        "mean": [1.5, 2.0, 4.0],
        "n": [2, 1, 1],
        "seed": [2**60 + 1, None, None],
    }
    assert [str(dtype) for dtype in rows.table.dtypes][1:] == ["float64", "int64", "Int64"]
    assert rows.notices == (NOTE,)
    assert rows.place(0) is None


@pytest.mark.parametrize(
    ("expression", "value", "dtype"),
    [
        ("1.5", 1.5, "float64"),
        ("sum(x) FROM (VALUES (1), (2)) t(x)", 3, "int64"),
        ("sum(x) FROM (VALUES (9223372036854775807), (1)) t(x)", 2.0**63, "float64"),
        ("18446744073709551615::UBIGINT", 2**64 - 1, "object"),
        ("1::TINYINT", 1, "int64"),
        ("1.5::FLOAT", 1.5, "float64"),
        ("true", True, "bool"),
        ("DATE '2024-01-02'", "2024-01-02", None),
        ("TIMESTAMP '2024-01-02 03:04:05'", "2024-01-02 03:04:05", None),
        ("TIME '03:04:05'", "03:04:05", None),
        ("'x'::ENUM ('x', 'y')", "x", None),
        ("'11111111-2222-3333-4444-555555555555'::UUID", "11111111-2222-3333-4444-555555555555", None),
        ("'%'", "%", None),
        ("NULL", None, None),
        ("'nan'::DOUBLE", None, "float64"),
    ],
)
def test_columns_are_plain(expression: str, value: Any, dtype: str | None) -> None:
    selected, _, source = expression.partition(" FROM ")
    rows = _load(f"SELECT {selected} AS x{' FROM ' + source if source else ''}")
    assert _values(rows) == {"x": [value]}
    assert dtype is None or str(rows.table["x"].dtype) == dtype
    assert rows.notices == ()


def test_gaps_are_not_guessed_from_the_first_cells() -> None:
    rows = _load("SELECT flag, none FROM gaps WHERE flag OR none = 'a' ORDER BY ALL")
    assert _values(rows) == {"flag": [True], "none": [None]}


@pytest.mark.parametrize(
    ("sql", "spec", "noticed"),
    [
        ("SELECT model FROM runs", {}, True),
        ("SELECT model, row_number() OVER (ORDER BY model) AS n FROM runs", {}, True),
        ("SELECT model FROM (SELECT * FROM runs ORDER BY model)", {}, True),
        ("SELECT model FROM runs -- ORDER BY model", {}, True),
        ("SELECT model FROM runs ORDER\n BY model", {}, False),
        ("SELECT model FROM runs", {"sort": ["model"]}, False),
        ("SELECT count(*) AS n FROM runs", {}, False),
    ],
)
def test_an_order_that_is_not_said_is_a_notice(sql: str, spec: dict[str, Any], noticed: bool) -> None:
    own = [str(notice) for notice in _load(sql, **spec).notices if notice != NOTE]
    assert own == ([UNORDERED] if noticed else [])


_DRAWN = (
    "two builds may differ: {} every time\n"
    "    take what the data holds: row_number() OVER (ORDER BY …) numbers its rows"
)
_CLOCK = "two builds may differ: {} the clock\n    write the date itself: '2026-01-31'"
_SAMPLE = (
    "two builds may differ: the query takes another sample every time\n"
    "    USING SAMPLE reservoir(100 ROWS) REPEATABLE (1) takes the same rows every time"
)
_LIMIT = "LIMIT without ORDER BY keeps whichever rows come first\n    put ORDER BY before LIMIT"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT model, random() AS x FROM runs ORDER BY model", [_DRAWN.format("random() gives another value")]),
        (
            "WITH r AS (SELECT UUID() AS u, gen_random_uuid() AS v) SELECT u::TEXT || v AS x FROM r",
            [_DRAWN.format("uuid() and gen_random_uuid() give other values")],
        ),
        ("SELECT count(*) AS n FROM runs WHERE accuracy > random()", [_DRAWN.format("random() gives another value")]),
        (
            "SELECT now()::TEXT AS a, today()::TEXT AS b, CURRENT_DATE::TEXT AS c",
            [_CLOCK.format("now(), today() and current_date read")],
        ),
        ("SELECT count(*) AS n FROM runs USING SAMPLE 50%", [_SAMPLE]),
        ("SELECT count(*) AS n FROM runs TABLESAMPLE reservoir(2 ROWS)", [_SAMPLE]),
        ("SELECT count(*) AS n FROM runs USING SAMPLE reservoir(2 ROWS) REPEATABLE (1)", []),
        ("SELECT model FROM runs LIMIT 2", [_LIMIT]),
        ("SELECT max(accuracy) AS x FROM (SELECT * FROM runs LIMIT 2)", [_LIMIT]),
        ("SELECT model FROM runs ORDER BY model LIMIT 2", []),
        ("SELECT 'random()' AS x, count(*) AS \"now\" FROM runs -- now()", []),
        (
            "PIVOT runs ON model USING max(accuracy + random()) ORDER BY ALL",
            [_DRAWN.format("random() gives another value")],
        ),
    ],
)
def test_what_another_build_may_find_otherwise_is_a_notice(sql: str, expected: list[str]) -> None:
    own = [str(notice).removeprefix("data.asked.sql: ") for notice in _load(sql).notices if notice != NOTE]
    assert own == expected


@pytest.mark.parametrize("name", ["query_table", "query"])
def test_frames_named_in_a_text_are_refused(name: str) -> None:
    with pytest.raises(DataError) as caught:
        _load(f"SELECT * FROM {name}('runs')")
    assert str(caught.value) == (
        f"data.asked.sql: {name}(…) names frames in a text, so what the frame is made from cannot be seen\n"
        "    write the frame itself: FROM runs"
    )


def test_with_pivot_and_from_first() -> None:
    best = _load("WITH asked AS (SELECT max(accuracy) AS x FROM runs) FROM asked")
    assert _values(best) == {"x": [4.0]}
    wide = _load("PIVOT runs ON model USING sum(accuracy) GROUP BY ok ORDER BY ok;")
    assert _values(wide) == {"ok": [False, True], "a": [1.5, None], "b": [None, 2.0]}


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT * FROM rusn", "Catalog Error: Table with name rusn does not exist!\n    did you mean 'runs'?"),
        (
            "SELECT * FROM zzz",
            "Catalog Error: Table with name zzz does not exist!\n    the frames are runs, model-seeds, gaps",
        ),
        (
            "SELECT * FROM asked",
            "Catalog Error: Table with name asked does not exist!\n    a frame cannot be made from itself",
        ),
        (
            'SELECT acuracy FROM runs JOIN "model-seeds" USING (model)',
            (
                'Binder Error: Referenced column "acuracy" not found in FROM clause!\n'
                "    model-seeds has model, seed; runs has model, accuracy, ok"
            ),
        ),
        ("SELECT\nFROM WHERE", 'Parser Error: syntax error at or near "WHERE"\n    line 2: FROM WHERE'),
        (
            "SELECT model::INT AS x\nFROM runs",
            (
                "Conversion Error: Could not convert string 'b' to INT32 when casting from source column model\n"
                "    line 1: SELECT model::INT AS x"
            ),
        ),
        ("-- nothing", "the SQL holds no query\n    write one SELECT; WITH names the steps before it"),
        ("SELECT 1; SELECT 2", "the SQL holds 2 statements\n    write one SELECT; WITH names the steps before it"),
        ("CREATE TABLE x AS SELECT 1", "the SQL is no query, it is CREATE\n    write one SELECT"),
        ("COPY runs TO 'x.csv'", "the SQL is no query, it is COPY\n    write one SELECT"),
        ("SET threads = 4", "the SQL is no query, it is SET\n    write one SELECT"),
        (
            "SELECT 1 AS x, 2 AS x",
            "the query returns several columns called 'x'\n    call each by another name: AS",
        ),
        (
            "SELECT [1] AS x",
            (
                "the column 'x' is INTEGER[]\n    a column is numbers, texts or flags: CAST(… AS VARCHAR); "
                "unnest(…) makes rows of a list, […] takes one of its values"
            ),
        ),
        (
            "SELECT INTERVAL 1 DAY AS x",
            "the column 'x' is INTERVAL\n    a column is numbers, texts or flags: CAST(… AS VARCHAR)",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_line_and_a_hint(sql: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        _load(sql)
    assert str(caught.value) == f"data.asked.sql: {message}"


def _scanned(root: Path) -> dict[str, str]:
    table = pd.DataFrame({"k": ["a", "a", "b"], "x": [1.0, np.nan, np.inf], "n": pd.array([1, None, 3], dtype="Int64")})
    table.to_parquet(root / "it's big.parquet")
    table.to_parquet(root / "other.parquet")
    return {"big": "it's big.parquet"}


def test_parquet_is_scanned_from_its_file(tmp_path: Path) -> None:
    # "big" is no frame that the context could load.
    rows = _load(
        "SELECT k, avg(x) AS mean, count(x) AS c, sum(n) AS n FROM big JOIN runs ON k = model GROUP BY k ORDER BY k",
        tmp_path,
        _scanned(tmp_path),
    )
    assert _values(rows) == {"k": ["a", "b"], "mean": [1.0, float("inf")], "c": [2, 1], "n": [2, 3]}


@pytest.mark.parametrize(
    "source",
    [
        "read_parquet('{root}/other.parquet')",
        "'{root}/other.parquet'",
        "read_csv('/etc/passwd')",
        "read_text('/etc/passwd')",
        "glob('{root}/*')",
        "read_csv('https://example.org/x.csv')",
        "sqlite_scan('x.db', 't')",
        "FRAMES",
        "SEEDS",
    ],
)
def test_nothing_else_can_be_reached(tmp_path: Path, source: str) -> None:
    with pytest.raises(DataError) as caught:
        _load(f"SELECT * FROM {source.format(root=tmp_path)}, big", tmp_path, _scanned(tmp_path))
    assert str(caught.value).startswith(("data.asked.sql: Permission Error: ", "data.asked.sql: Catalog Error: "))


def test_a_scanned_frame_without_a_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        _load("FROM big", tmp_path, {"big": "big.parquet"})
    assert str(caught.value) == "data.big.read: there is no file 'big.parquet'\n    the folder '.' has no files"


@pytest.mark.parametrize("content", ["damaged", "nested"])
def test_what_cannot_be_scanned_goes_through_its_reader(
    tmp_path: Path, content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if content == "damaged":
        (tmp_path / "big.parquet").write_text("damaged")
    else:
        pd.DataFrame({"x": [{"a": 1}]}).to_parquet(tmp_path / "big.parquet")
    monkeypatch.setitem(FRAMES, "big", Rows(table=pd.DataFrame({"x.a": [1]})))
    assert _values(_load("FROM big", tmp_path, {"big": "big.parquet"})) == {"x.a": [1]}


def test_duckdb_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(DataError) as caught:
        _load("SELECT 1 AS x")
    assert str(caught.value) == (
        "data.asked.sql: sql needs DuckDB\n"
        "    install paperkit-assets with the extra sql: pip install 'paperkit-assets[sql]'"
    )


CELLS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "", None]),
        st.one_of(st.none(), st.floats(-1e6, 1e6)),
        st.one_of(st.none(), st.integers(-(2**50), 2**50)),
    ),
    max_size=12,
)


@given(CELLS)
def test_groups_are_those_of_pandas(cells: list[tuple[str | None, float | None, int | None]]) -> None:
    table = pd.DataFrame(
        {
            "k": pd.Series([k for k, _, _ in cells], dtype=pd.Series(["a"]).dtype),
            "x": pd.Series([x for _, x, _ in cells], dtype="float64"),
            "n": pd.Series([n for _, _, n in cells], dtype="Int64"),
        }
    )
    FRAMES["cells"] = Rows(table=table)
    found = _load(
        "SELECT k, count(*) AS rows, min(x) AS low, quantile_cont(x, 0.25) AS q, sum(n) AS n FROM cells "
        "GROUP BY k ORDER BY k NULLS LAST"
    ).table
    del FRAMES["cells"]
    groups = table.groupby("k", dropna=False, sort=True)
    expected = pd.DataFrame(
        {
            "rows": groups.size(),
            "low": groups["x"].min(),
            "q": groups["x"].quantile(0.25),
            "n": groups["n"].sum(min_count=1),
        }
    )
    assert [None if pd.isna(k) else k for k in found["k"]] == [None if pd.isna(k) else k for k in expected.index]
    for name in expected.columns:
        np.testing.assert_allclose(
            found[name].to_numpy(dtype=float, na_value=np.nan),
            expected[name].to_numpy(dtype=float, na_value=np.nan),
            rtol=1e-12,
        )
