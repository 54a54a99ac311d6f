"""Read SQLite and DuckDB databases, which are opened for reading only, with the frame's `sql`."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from paperkit.data import sql_chance
from paperkit.data.parts import Part, assembled, failure, missing_library, shortened
from paperkit.data.source_file import SourceFile
from paperkit.data.table import Rows
from paperkit.errors import DataError, Place, Problem, did_you_mean
from paperkit.manifest.model import FrameSpec

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SUFFIXES = (".sqlite", ".sqlite3", ".db", ".duckdb")
OPTIONS: tuple[str, ...] = ()
MELTS = False
QUERIES = True
TRUSTS = False
_LACKS = re.compile(r"no such (?:table|view): (\S+)|Table with name (\S+) does not exist")
_ONE = "it must be one select"
_MOST_TABLES = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a query returns: the names of its columns, its rows, and what it leaves to chance."""

    names: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    notices: tuple[Problem, ...] = ()


def option_problem(name: str, value: Any) -> str | None:
    """Return what is wrong with an option; there are none."""
    return f"{name} is no option of a database: {value!r}"


def read(files: tuple[SourceFile, ...], spec: FrameSpec) -> Rows:
    """Return what `sql` returns from every database, one after the other.

    What the file holds decides between SQLite and DuckDB, not its name. DuckDB runs in one thread, so that rows and
    sums come in the same order every time, and reads nothing but the database.

    Raises:
        DataError: there is no `sql`, a file is no database, the query fails or returns two columns of one name, or
            DuckDB is not installed.

    """
    if spec.sql is None:
        hint = 'sql = "select …" says which of its rows are meant'
        raise DataError(Problem(message="a database needs sql", place=Place(file=files[0].name), hint=hint))
    parts: list[Part] = []
    notices: list[Problem] = []
    problems: list[Problem] = []
    for source in files:
        try:
            answer = _answer(source, spec.sql)
            parts.append(_part(source, answer))
            notices += answer.notices
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(*shortened(problems))
    return assembled(parts, notices=tuple(dict.fromkeys(notices)))


def _part(source: SourceFile, answer: Answer) -> Part:
    import pandas as pd

    if repeated := [name for name in answer.names if answer.names.count(name) > 1]:
        message = f"the query returns several columns called '{repeated[0]}'"
        raise failure(source.name, message, hint=f"give them names of their own: … as {repeated[0]}_2")
    index = pd.RangeIndex(len(answer.rows))
    columns = {
        name: pd.Series([row[number] for row in answer.rows], index=index, dtype=object)
        for number, name in enumerate(answer.names)
    }
    place = Place(file=source.name)
    table = pd.DataFrame(columns, index=index)
    return Part(name=source.name, captures=source.captures, table=table, locate=lambda _row, _column: place)


def _answer(source: SourceFile, sql: str) -> Answer:
    with source.path.open("rb") as file:
        start = file.read(16)
    if not start:
        raise failure(source.name, "the file is empty")
    if start == b"SQLite format 3\0":
        return _sqlite(source, sql)
    if start[8:12] == b"DUCK":
        return _duckdb(source, sql)
    raise failure(source.name, "the file is neither a SQLite nor a DuckDB database")


def _sqlite(source: SourceFile, sql: str) -> Answer:
    # A path in a URI: `?` and `#` in it would begin something else.
    uri = f"file:{quote(Path(source.path).absolute().as_posix())}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            connection.set_authorizer(_allowed)
            try:
                cursor = connection.execute(sql)
                if cursor.description is None:
                    raise failure(source.name, "the query returns no table", hint=_ONE)
                names = tuple(column[0] for column in cursor.description)
                notices = tuple(sql_chance.sqlite_notices(sql))
                return Answer(names=names, rows=cursor.fetchall(), notices=notices)
            except (sqlite3.Error, sqlite3.Warning) as error:
                raise _failed(source, "SQLite", error, _sqlite_tables(connection)) from None
    except sqlite3.Error as error:
        raise _failed(source, "SQLite", error, ()) from None


def _allowed(action: int, *_details: str | None) -> int:
    # The connection writes nothing; attaching another file could still create one.
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK


def _sqlite_tables(connection: sqlite3.Connection) -> tuple[str, ...]:
    try:
        found = connection.execute("select name from sqlite_master where type in ('table', 'view') order by name")
        return tuple(name for (name,) in found)
    except sqlite3.Error:  # a damaged file has no tables to tell of
        return ()


def _duckdb(source: SourceFile, sql: str) -> Answer:
    try:
        import duckdb
    except ImportError:
        raise missing_library(source.name, "duckdb", "sql") from None
    # Nothing is loaded from elsewhere, and no file is read or written but the database.
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": "1",
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    try:
        with closing(duckdb.connect(str(source.path), read_only=True, config=settings)) as connection:
            try:
                with suppress(duckdb.Error):  # without DuckDB's time zones there is only this one
                    connection.execute("set TimeZone = 'UTC'")
                return _selected(source, connection, sql)
            except duckdb.Error as error:
                raise _failed(source, "DuckDB", error, _duckdb_tables(connection)) from None
    except duckdb.Error as error:
        raise _failed(source, "DuckDB", error, ()) from None


def _selected(source: SourceFile, connection: DuckDBPyConnection, sql: str) -> Answer:
    import duckdb

    statements = connection.extract_statements(sql)
    kinds = (duckdb.StatementType.SELECT, duckdb.StatementType.MULTI)  # a pivot is more than one behind the scenes
    if len(statements) != 1 or statements[0].type not in kinds:
        raise failure(source.name, "the query returns no table", hint=_ONE)
    notices = tuple(sql_chance.notices(connection, sql, sql_chance.parsed(connection, sql)))
    cursor = connection.execute(sql)
    described = cursor.description or ()
    if zoned := [name for name, kind, *_ in described if str(kind) == "TIMESTAMP WITH TIME ZONE"]:
        message = f"the column '{zoned[0]}' is a time with a zone"
        raise failure(source.name, message, hint=f"say which time is meant, such as that of UTC: {zoned[0]}::timestamp")
    return Answer(names=tuple(column[0] for column in described), rows=cursor.fetchall(), notices=notices)


def _duckdb_tables(connection: DuckDBPyConnection) -> tuple[str, ...]:
    import duckdb

    try:
        found = connection.execute("select table_name from information_schema.tables order by table_name")
        return tuple(name for (name,) in found.fetchall())
    except duckdb.Error:  # a damaged file has no tables to tell of
        return ()


def _failed(source: SourceFile, library: str, error: Exception, tables: Sequence[str]) -> DataError:
    """Return an error in the library's own first line, with the table that was meant or those there are."""
    said, _, more = str(error).partition("\n")
    lacking = _LACKS.search(said)
    close = did_you_mean((lacking[1] or lacking[2]).strip("!\"'"), tables) if lacking else ""
    shown = ", ".join(tables[:_MOST_TABLES]) + (", …" if len(tables) > _MOST_TABLES else "")
    candidates = next((line for line in more.splitlines() if line.startswith("Candidate")), None)
    hint = f"the tables are {shown}" if lacking and tables and not close else candidates
    return failure(source.name, f"{library} says: {said}{close}", hint=hint)
