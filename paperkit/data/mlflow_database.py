"""MLflow's database in an SQLite file, `mlflow.db`, opened for reading only."""

from __future__ import annotations

import math
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from typing import Any
from urllib.parse import quote

from paperkit.data.mlflow_run import DELETED, OWN_TAGS, Point, Run
from paperkit.data.store import Store
from paperkit.errors import DataError, Problem

_Texts = Mapping[Any, Mapping[str, str]]


def runs(store: Store, *, is_history: bool) -> list[Run]:
    """Return the runs of an SQLite file; without `is_history`, with the last points of metrics only.

    Raises:
        DataError: the file is no SQLite file or not MLflow's, or a value in it is none.

    """
    try:
        address = f"file:{quote(str(store.path.resolve()))}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            connection.execute("BEGIN")  # what is written meanwhile is not seen
            return _runs(connection, store, is_history=is_history)
    except sqlite3.Error as error:
        message = f"'{store.name}' cannot be read as MLflow's database: {error}"
        raise DataError(Problem(message=message)) from None
    except (TypeError, ValueError) as error:
        message = f"'{store.name}' holds what is no value of MLflow's: {error}"
        raise DataError(Problem(message=message)) from None


def _runs(connection: sqlite3.Connection, store: Store, *, is_history: bool) -> list[Run]:
    query = (
        "SELECT run_uuid, experiments.name, runs.name, status, start_time, end_time FROM runs"
        " JOIN experiments ON runs.experiment_id = experiments.experiment_id"
        " WHERE coalesce(runs.lifecycle_stage, '') != ? AND coalesce(experiments.lifecycle_stage, '') != ?"
    )
    params, tags = (_texts(connection, table) for table in ("params", "tags"))
    metrics = _metrics(connection, "metrics" if is_history else "latest_metrics")
    return [
        Run(
            experiment=str(experiment),
            run_id=str(run),
            run_name=str(name) if name else tags[run].get("mlflow.runName"),
            status=str(status),
            start_time=_whole(start),
            end_time=_whole(end),
            params=params[run],
            tags={tag: value for tag, value in tags[run].items() if not tag.startswith(OWN_TAGS)},
            metrics={metric: tuple(points) for metric, points in metrics[run].items()},
        )
        for run, experiment, name, status, start, end in connection.execute(query, (DELETED, DELETED))
        if store.wants("experiment", str(experiment))
    ]


def _texts(connection: sqlite3.Connection, table: str) -> _Texts:
    found: dict[Any, dict[str, str]] = defaultdict(dict)
    for run, key, value in connection.execute(f"SELECT run_uuid, key, value FROM {table}"):  # noqa: S608  # our own words
        found[run][str(key)] = "" if value is None else str(value)
    return found


def _metrics(connection: sqlite3.Connection, table: str) -> Mapping[Any, Mapping[str, list[Point]]]:
    found: dict[Any, dict[str, list[Point]]] = defaultdict(lambda: defaultdict(list))
    query = f"SELECT run_uuid, key, step, timestamp, value, is_nan FROM {table}"  # noqa: S608  # our own words
    for run, key, step, timestamp, value, is_nan in connection.execute(query):
        point = Point(step=int(step), timestamp=int(timestamp), value=math.nan if is_nan else _value(value))
        found[run][str(key)].append(point)
    return found


def _value(value: Any) -> float:
    """Return a value of a metric: MLflow keeps the infinite as the largest number there is."""
    number = float(value)
    return math.copysign(math.inf, number) if abs(number) == sys.float_info.max else number


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)
