"""MLflow's run stores, the folder `mlruns` or an SQLite file, as a table.

One row per run with the last value of each metric; with `metrics=history`, one per value that was logged. Columns are
named as in `mlflow.search_runs`. Runs and experiments that were deleted are left out, and so are MLflow's own tags,
which hold the names of users and machines.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from paperkit.data import mlflow_database, mlflow_files
from paperkit.data.mlflow_run import Run
from paperkit.data.patterns import natural
from paperkit.data.store import Cell, Export, Store
from paperkit.errors import DataError, Problem, did_you_mean

OPTIONS = ("experiment", "metrics")
_RUN = ("experiment", "run_id", "run_name", "status", "start_time", "end_time")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read(store: Store) -> Export:
    """Return the runs of a store, sorted by experiment and start."""
    is_history = store.one("metrics", "last", ("last", "history")) == "history"
    reader = mlflow_files if store.path.is_dir() else mlflow_database
    found = reader.runs(store, is_history=is_history)
    runs = sorted(found, key=lambda run: (natural(run.experiment), run.start_time or 0, run.run_id))
    if not runs:
        wanted = store.options.get("experiment", ())
        of = f" of the experiment '{' or '.join(wanted)}'" if wanted else ""
        every = reader.runs(replace(store, options={}), is_history=False) if wanted else []
        known = sorted({run.experiment for run in every}, key=natural)
        close = did_you_mean(wanted[0], known) if wanted else ""
        hint = f"the experiments are {', '.join(known)}" if known and not close else None
        raise DataError(Problem(message=f"the run store '{store.name}' holds no runs{of}{close}", hint=hint))
    params = sorted({name for run in runs for name in run.params})
    tags = sorted({name for run in runs for name in run.tags})
    shared = (*_RUN, *(f"params.{name}" for name in params), *(f"tags.{name}" for name in tags))
    heads = [(*_head(run), *map(run.params.get, params), *map(run.tags.get, tags)) for run in runs]
    if is_history:
        rows = tuple((*head, *point) for head, run in zip(heads, runs, strict=True) for point in _history(run))
        return Export(columns=(*shared, "metric", "step", "timestamp", "value"), rows=rows)
    metrics = sorted({name for run in runs for name in run.metrics})
    return Export(
        columns=(*shared, *(f"metrics.{name}" for name in metrics)),
        rows=tuple((*head, *(run.last(name) for name in metrics)) for head, run in zip(heads, runs, strict=True)),
    )


def _head(run: Run) -> tuple[Cell, ...]:
    return (run.experiment, run.run_id, run.run_name, run.status, _time(run.start_time), _time(run.end_time))


def _history(run: Run) -> list[tuple[Cell, ...]]:
    return [
        (name, point.step, _time(point.timestamp), point.value)
        for name, points in sorted(run.metrics.items())
        for point in sorted(points, key=lambda point: (point.step, point.timestamp, _nan_first(point.value)))
    ]


def _nan_first(value: float) -> tuple[bool, float]:
    return (False, 0.0) if math.isnan(value) else (True, value)


def _time(milliseconds: int | None) -> str | None:
    """Return a time in UTC, such as `2026-01-31T12:00:00.000Z`; what no calendar knows stays a number."""
    if milliseconds is None:
        return None
    try:
        moment = _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return str(milliseconds)
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
