"""`sql = "…"`: a frame that DuckDB makes from other frames, which are tables by their names.

Rows come in the order of the query, so a query says ORDER BY, or the frame `sort`. DuckDB runs on one thread: with
more of them sums would differ in their last digits from run to run. A frame that only reads one Parquet file is
scanned from that file, which may be larger than memory; its columns then have the file's own types, dates among them.
Nothing else on the disk or in the network can be reached.
"""

from __future__ import annotations

import contextlib
import importlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paperkit.data import patterns, sql_chance
from paperkit.data.clauses.context import Context
from paperkit.data.dependencies import sql_frames, sql_words
from paperkit.data.settle import settled
from paperkit.data.table import Rows, kind, under
from paperkit.errors import DataError, ManifestPath, PaperkitError, Problem, did_you_mean
from paperkit.manifest.model import FrameSpec

if TYPE_CHECKING:
    import pandas as pd

# Quartiles of 50 million doubles take 0.5 GiB; near the limit DuckDB sets groups aside and needs twice as much.
MEMORY = "2GiB"
_PLAIN = frozenset(
    {"null", "boolean", "tinyint", "smallint", "integer", "bigint", "hugeint", "utinyint", "usmallint", "uinteger"}
    | {"ubigint", "float", "double", "decimal", "varchar", "enum", "uuid", "date", "time", "timestamp", "timestamp_s"}
    | {"timestamp_ms", "timestamp_ns", "timestamp with time zone"}
)
_EXACT = 2**53  # doubles hold every whole number up to here


def load(spec: FrameSpec, context: Context, specs: Mapping[str, FrameSpec]) -> Rows:
    """Return the rows of the query `spec.sql` over the frames of `specs` that it names.

    A query of several rows without ORDER BY, in a frame without `sort`, is a notice, and so is what draws at random
    or reads the clock.

    Raises:
        DataError: DuckDB is not installed, the query is none, hides what it reads or fails, or a column is not
            numbers, texts or flags.

    """
    path = (*context.path, "sql")
    sql = spec.sql or ""
    duckdb = _duckdb(path)
    names = sql_frames(sql, (name for name in specs if name != context.name))
    files = {name: file for name in names if (file := _scanned(specs[name], name, context.root)) is not None}
    frames: dict[str, Rows] = {}
    with _connection(duckdb) as connection:
        try:
            for name in names:
                if name not in files or not _viewed(duckdb, connection, name, files[name]):
                    frames[name] = context.load(name)
                    connection.register(name, _registered(frames[name]))
            _locked(connection, files.values())
            query = _query(duckdb, connection, sql, path)
            tree = sql_chance.parsed(connection, sql)
            if problem := sql_chance.refusal(tree):
                raise DataError(problem.under(path))
            chances = [notice.under(path) for notice in sql_chance.notices(connection, sql, tree)]
            table = _table_of(connection.execute(query), path)
        except duckdb.Error as error:
            raise DataError(_failure(str(error), context.name, connection, specs).under(path)) from None
    notices = [*(notice for rows in frames.values() for notice in rows.notices), *chances]
    if len(table) > 1 and not spec.sort and not _is_ordered(sql) and not sql_chance.cuts(tree):
        hint = 'end it with ORDER BY, or give the frame sort = ["…"]'
        notices.append(Problem(message="the query does not say in which order its rows come", path=path, hint=hint))
    return Rows(table=table).noticing(*notices)


def _duckdb(path: ManifestPath) -> Any:
    try:
        return importlib.import_module("duckdb")
    except ImportError:
        hint = "install paperkit-assets with the extra sql: pip install 'paperkit-assets[sql]'"
        raise DataError(Problem(message="sql needs DuckDB", path=path, hint=hint)) from None


def _scanned(spec: FrameSpec, name: str, root: Path) -> Path | None:
    """Return the Parquet file that a frame is and nothing else; None for every other frame."""
    pattern = spec.read or ""
    if spec.model_dump(exclude_defaults=True).keys() != {"read"} or not pattern.lower().endswith((".parquet", ".pq")):
        return None
    try:
        if not patterns.parse(pattern).is_plain:
            return None
        file = patterns.find(pattern, root)[0].path.resolve()
    except PaperkitError as error:
        raise under(error, ("data", name, "read")) from None
    # DuckDB would take these characters for a pattern, wherever they stand in the path.
    return None if set(str(file)) & set("*?[]") else file


@contextlib.contextmanager
def _connection(duckdb: Any) -> Iterator[Any]:
    with tempfile.TemporaryDirectory(prefix="paperkit-") as folder:
        settings = {
            "threads": 1,
            "memory_limit": MEMORY,
            "temp_directory": folder,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_persistent_secrets": False,
            "python_enable_replacements": False,
        }
        with contextlib.closing(duckdb.connect(":memory:", config=settings)) as connection:
            with contextlib.suppress(duckdb.Error):  # without DuckDB's time zones there is only this one
                connection.execute("SET TimeZone = 'UTC'")
            yield connection


def _registered(rows: Rows) -> pd.DataFrame:
    """Return a table whose dtypes tell DuckDB what columns hold, so that it need not guess from the first cells."""
    table = rows.table.reset_index(drop=True)
    dtypes = {"text": "string", "missing": "string", "flag": "boolean"}
    objects = [name for name in table.columns if table[name].dtype == object and kind(table[name]) in dtypes]
    return table.astype({name: dtypes[kind(table[name])] for name in objects})


def _viewed(duckdb: Any, connection: Any, name: str, file: Path) -> bool:
    """Make a view of a Parquet file and return True; return False where only its reader can say what it holds."""
    scan = f"read_parquet({_quoted(str(file), chr(39))})"
    # What is put into these texts are names and paths of the project, quoted.
    try:
        columns = connection.execute(f"SELECT * FROM {scan} LIMIT 0").description  # noqa: S608
    except duckdb.Error:
        return False
    if any(column[1].id not in _PLAIN or column[0].startswith("__index_level_") for column in columns):
        return False
    # NaN is a missing value here as everywhere; in DuckDB it is a number, and the largest one.
    floats = [_quoted(column[0]) for column in columns if column[1].id in ("float", "double")]
    cells = ", ".join(f"CASE WHEN isnan({column}) THEN NULL ELSE {column} END AS {column}" for column in floats)
    replaced = f" REPLACE ({cells})" if floats else ""
    connection.execute(f"CREATE VIEW {_quoted(name)} AS SELECT *{replaced} FROM {scan}")  # noqa: S608
    return True


def _locked(connection: Any, files: Iterable[Path]) -> None:
    """Close the disk and the network, but for `files`, and every way of opening them again."""
    allowed = ", ".join(_quoted(str(file), "'") for file in files)
    connection.execute(f"SET allowed_paths = [{allowed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _query(duckdb: Any, connection: Any, sql: str, path: ManifestPath) -> Any:
    """Return the one query in `sql`, the `path` of the manifest, as a statement of DuckDB's.

    Raises:
        DataError: it is no single query.

    """
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        message = "the SQL holds no query" if not statements else f"the SQL holds {len(statements)} statements"
        hint = "write one SELECT; WITH names the steps before it"
        raise DataError(Problem(message=message, path=path, hint=hint))
    # A PIVOT whose columns depend on the data is several statements to DuckDB.
    if statements[0].type not in (duckdb.StatementType.SELECT, duckdb.StatementType.MULTI):
        word = statements[0].type.name.replace("_", " ")
        raise DataError(Problem(message=f"the SQL is no query, it is {word}", path=path, hint="write one SELECT"))
    return statements[0]


def _table_of(result: Any, path: ManifestPath) -> pd.DataFrame:
    """Return the result of a query, the `path` of the manifest, as a table of plain columns.

    Raises:
        DataError: its columns are not plain, or not named apart.

    """
    names = [column[0] for column in result.description]
    problems = [
        Problem(message=f"the query returns several columns called '{name}'", hint="call each by another name: AS")
        for name in dict.fromkeys(name for name in names if names.count(name) > 1)
    ]
    problems += [
        Problem(message=f"the column '{column[0]}' is {column[1]}", hint=_plainly(column[1].id))
        for column in result.description
        if column[1].id not in _PLAIN
    ]
    if problems:
        raise DataError(*(problem.under(path) for problem in problems))
    types = {column[0]: column[1].id for column in result.description}
    return _table(result.fetchnumpy(), types)


def _plainly(kind_of_type: str) -> str:
    lists = "; unnest(…) makes rows of a list, […] takes one of its values" if kind_of_type in ("list", "array") else ""
    return f"a column is numbers, texts or flags: CAST(… AS VARCHAR){lists}"


def _table(arrays: Mapping[str, Any], types: Mapping[str, str]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({name: settled(_series(array, types[name])) for name, array in arrays.items()})


def _series(array: Any, kind_of_type: str) -> pd.Series[Any]:
    """Return a column of DuckDB's, whose gaps are masked; a sum of whole numbers is whole as far as it is exact."""
    import numpy as np
    import pandas as pd

    gaps, values = np.ma.getmaskarray(array), np.ma.getdata(array)
    if kind_of_type == "hugeint" and (np.abs(values[~gaps]) <= _EXACT).all():
        values = np.where(gaps, 0, values).astype(np.int64)
    if values.dtype.kind in "iu":
        return pd.Series(pd.arrays.IntegerArray(values, gaps))
    if values.dtype.kind == "b":
        return pd.Series(pd.arrays.BooleanArray(values, gaps))
    if kind_of_type == "uuid":
        values = np.array([str(value) for value in values], dtype=object)
    return pd.Series(values).mask(gaps)


def _is_ordered(sql: str) -> bool:
    """Tell whether the outermost query has an ORDER BY."""
    depth, last = 0, ""
    for word in sql_words(sql):
        depth += {"(": 1, ")": -1}.get(word, 0)
        if depth == 0 and (last, word) == ("order", "by"):
            return True
        last = word
    return False


def _failure(said: str, own: str, connection: Any, specs: Mapping[str, FrameSpec]) -> Problem:
    """Return what DuckDB said, and what there is instead of a table or column that it did not find."""
    first = _first_line(said)
    others = [name for name in specs if name != own]
    if first.startswith("Catalog Error: Table with name"):
        missing = first.removeprefix("Catalog Error: Table with name ").partition(" does not exist")[0]
        if missing.casefold() == own.casefold():
            return Problem(message=first, hint="a frame cannot be made from itself")
        close = did_you_mean(missing, others).removeprefix(", ")
        return Problem(message=first, hint=close or f"the frames are {', '.join(others)}")
    if "column" in first.casefold() and first.startswith("Binder Error"):
        return Problem(message=first, hint=_columns(connection))
    if first.startswith("Out of Memory Error"):
        hint = "several quantiles at once need less: quantile_cont(x, [0.25, 0.5, 0.75]); approx_quantile needs least"
        return Problem(message=f"the query needs more memory than {MEMORY}", hint=hint)
    line = next((line for line in said.splitlines() if line.startswith("LINE ")), None)
    return Problem(message=first, hint=line and line.replace("LINE", "line", 1))


def _columns(connection: Any) -> str | None:
    """Return the columns of every frame of the query, in words."""
    query = "SELECT table_name, string_agg(column_name, ', ' ORDER BY column_index) FROM duckdb_columns()"
    found = connection.execute(f"{query} WHERE NOT internal GROUP BY 1 ORDER BY 1").fetchall()
    return "; ".join(f"{frame} has {names}" for frame, names in found) or None


def _first_line(said: str) -> str:
    return said.partition("\n")[0].strip()


def _quoted(name: str, mark: str = '"') -> str:
    return mark + name.replace(mark, mark * 2) + mark
