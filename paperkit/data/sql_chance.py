"""What a query leaves to chance or to the clock, found in DuckDB's own reading of it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

from paperkit.data.dependencies import sql_words
from paperkit.errors import Problem

# They are not the same in every query, but no number of a paper comes from them.
_HARMLESS = frozenset(
    {"current_database", "current_schema", "current_schemas", "current_setting", "getvariable", "in_search_path"}
    | {"current_connection_id", "current_query", "current_query_id", "current_transaction_id", "txid_current"}
    | {"error", "stats", "vector_type", "sleep_ms", "write_log", "nextval", "currval", "setval"}
)
# Columns, to DuckDB's parser; they have the clock's value where no frame has such a column.
_CLOCKS = frozenset({"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"})
_INSTEAD = "take what the data holds: row_number() OVER (ORDER BY …) numbers its rows"
_DATE = "write the date itself: '2026-01-31'"
_BY_NAME = frozenset({"query_table", "query"})


def parsed(connection: Any, sql: str) -> Any:
    """Return DuckDB's parse of one query as JSON values; None where it gives none, as of a PIVOT."""
    found = json.loads(connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()[0])
    return None if found["error"] else found["statements"][0]["node"]


def refusal(tree: Any) -> Problem | None:
    """Return the problem of a query that names its tables in a text, where nobody can see which frames it reads."""
    for node in _nodes(tree):
        name = node["function"]["function_name"] if node.get("type") == "TABLE_FUNCTION" else None
        if name in _BY_NAME:
            message = f"{name}(…) names frames in a text, so what the frame is made from cannot be seen"
            return Problem(message=message, hint="write the frame itself: FROM runs")
    return None


def notices(connection: Any, sql: str, tree: Any) -> Iterator[Problem]:
    """Yield a notice for each way in which the next build may find something else in the same data."""
    named = _named(connection, sql, tree)
    kinds = dict(connection.execute("SELECT DISTINCT function_name, stability FROM duckdb_functions()").fetchall())
    drawn = [name for name in named if kinds.get(name) == "VOLATILE"]
    clocks = [name for name in named if name in _CLOCKS or kinds.get(name) == "CONSISTENT_WITHIN_QUERY"]
    if drawn and "setseed" not in named:
        drawn = [f"{name}()" for name in drawn]
        yield Problem(message=f"two builds may differ: {_listed(drawn)} every time", hint=_INSTEAD)
    if clocks:
        called = [name if name in _CLOCKS else f"{name}()" for name in clocks]
        yield Problem(message=f"two builds may differ: {_listed(called, 'reads', 'read')} the clock", hint=_DATE)
    nodes = tuple(_nodes(tree))
    if any(sample and sample["seed"] == -1 for node in nodes if isinstance(sample := node.get("sample"), dict)):
        hint = "USING SAMPLE reservoir(100 ROWS) REPEATABLE (1) takes the same rows every time"
        yield Problem(message="two builds may differ: the query takes another sample every time", hint=hint)
    if any(map(cuts, nodes)):
        message = "LIMIT without ORDER BY keeps whichever rows come first"
        yield Problem(message=message, hint="put ORDER BY before LIMIT")


def sqlite_notices(sql: str) -> Iterator[Problem]:
    """Yield a notice where a query to SQLite, whose parse nobody can ask for, draws at random or reads the clock."""
    words = dict.fromkeys(sql_words(sql))
    if drawn := [f"{name}()" for name in ("random", "randomblob") if name in words]:
        yield Problem(message=f"two builds may differ: {_listed(drawn)} every time", hint=_INSTEAD)
    if clocks := [name for name in words if name in _CLOCKS]:
        yield Problem(message=f"two builds may differ: {_listed(clocks, 'reads', 'read')} the clock", hint=_DATE)


def cuts(node: Any) -> bool:
    """Tell whether a part of a query has a LIMIT or OFFSET, but no ORDER BY."""
    kinds = {modifier["type"] for modifier in (node or {}).get("modifiers", ())}
    return bool(kinds & {"LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER"}) and "ORDER_MODIFIER" not in kinds


def _named(connection: Any, sql: str, tree: Any) -> list[str]:
    """Return the functions, and the clocks without brackets, that a query names, each once."""
    if tree is None:
        words = sql_words(sql)
        found = [word for word, following in itertools.pairwise(words) if following == "("]
    else:
        query = "SELECT lower(column_name) FROM duckdb_columns() WHERE NOT internal"
        columns = {name for (name,) in connection.execute(query).fetchall()}
        found = [name for node in _nodes(tree) if (name := _name(node)) and name not in columns]
    return [name for name in dict.fromkeys(found) if name not in _HARMLESS]


def _name(node: Any) -> str | None:
    if node.get("class") == "COLUMN_REF" and len(node["column_names"]) == 1:
        name = str(node["column_names"][0]).lower()
        return name if name in _CLOCKS else None
    return str(node["function_name"]).lower() if node.get("class") == "FUNCTION" else None


def _nodes(tree: Any) -> Iterator[Any]:
    """Yield every object in a parse, in the order of the query."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting += reversed(node.values())
        elif isinstance(node, list):
            waiting += reversed(node)


def _listed(names: list[str], one: str = "gives another value", many: str = "give other values") -> str:
    return f"{names[0]} {one}" if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]} {many}"
