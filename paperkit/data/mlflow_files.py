"""MLflow's file store: `mlruns/EXPERIMENT/RUN/` with `meta.yaml` and one file per metric, parameter and tag."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from paperkit.data.mlflow_run import DELETED, OWN_TAGS, Point, Run
from paperkit.data.store import Store
from paperkit.errors import DataError, Place, Problem

Value = TypeVar("Value")
_EXPERIMENT_ID = re.compile(r"[0-9]+")
_RUN_ID = re.compile(r"[0-9a-f]{32}")
_STATUS: Mapping[Any, str] = {1: "RUNNING", 2: "SCHEDULED", 3: "FINISHED", 4: "FAILED", 5: "KILLED"}
_SIZES = (2, 3, 5)  # time and value; with the step; with the name and digest of a data set


def runs(store: Store, *, is_history: bool) -> list[Run]:  # noqa: ARG001  # a file holds the history anyway
    """Return the runs of a folder.

    Raises:
        DataError: PyYAML is not installed, the folder is no store, or a file in it is damaged.

    """
    experiments = list(_entries(store.path, _EXPERIMENT_ID))
    if not experiments:
        hint = "the store is the folder that is called mlruns where MLflow made it"
        raise DataError(Problem(message=f"'{store.name}' is no folder of MLflow's", hint=hint))
    found: list[Run] = []
    problems: list[Problem] = []
    for folder in experiments:
        try:
            found += _experiment(folder, store, problems)
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(*dict.fromkeys(problems))
    return found


def _experiment(folder: Path, store: Store, problems: list[Problem]) -> list[Run]:
    meta = _meta(folder, store, ("name",))
    name = str(meta["name"])
    if meta.get("lifecycle_stage") == DELETED or not store.wants("experiment", name):
        return []
    found: list[Run] = []
    for inner in _entries(folder, _RUN_ID):
        try:
            run = _run(inner, name, store)
        except DataError as error:
            problems += error.problems
            continue
        if run is not None:
            found.append(run)
    return found


def _entries(folder: Path, pattern: re.Pattern[str]) -> Iterator[Path]:
    """Yield the folders that are experiments or runs: by their names, or because they say what they are."""
    for path in sorted(folder.iterdir()):
        is_one = pattern.fullmatch(path.name) or (path / "meta.yaml").is_file()
        if is_one and path.is_dir() and not path.name.startswith("."):
            yield path


def _run(folder: Path, experiment: str, store: Store) -> Run | None:
    meta = _meta(folder, store, ("status",))
    if meta.get("lifecycle_stage") == DELETED:
        return None
    tags = _values(folder / "tags", store, lambda text, _: text)
    status = meta["status"]
    try:
        start, end = (None if meta.get(key) is None else int(meta[key]) for key in ("start_time", "end_time"))
    except (TypeError, ValueError):
        place = store.place(folder / "meta.yaml")
        raise DataError(Problem(message="a time is no number of milliseconds", place=place)) from None
    name = meta.get("run_name") or tags.get("mlflow.runName")
    return Run(
        experiment=experiment,
        run_id=str(meta.get("run_id") or meta.get("run_uuid") or folder.name),
        run_name=None if name is None else str(name),
        status=_STATUS.get(status, str(status)) if isinstance(status, int) else str(status),
        start_time=start,
        end_time=end,
        params=_values(folder / "params", store, lambda text, _: text.strip()),
        tags={tag: value for tag, value in tags.items() if not tag.startswith(OWN_TAGS)},
        metrics=_values(folder / "metrics", store, lambda text, path: _points(text, path, store)),
    )


def _meta(folder: Path, store: Store, needed: tuple[str, ...]) -> Mapping[str, Any]:
    """Return what a `meta.yaml` says; YAML can make nothing but plain values here."""
    try:
        import yaml
    except ImportError:
        hint = "install paperkit-assets with the extra mlflow"
        raise DataError(Problem(message="a folder of MLflow's needs PyYAML", hint=hint)) from None
    file = folder / "meta.yaml"
    try:
        meta = yaml.load(_text(file, store), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # the safe one, in C
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = store.place(file, *(() if mark is None else (mark.line + 1, mark.column + 1)))
        reason = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise DataError(Problem(message=f"is no YAML: {reason}", place=place)) from None
    lacking = [key for key in needed if not isinstance(meta, dict) or meta.get(key) is None]
    if lacking:
        raise DataError(Problem(message=f"'{lacking[0]}' is missing", place=store.place(file)))
    return dict(meta)


def _values(folder: Path, store: Store, read: Callable[[str, Path], Value]) -> dict[str, Value]:
    """Return what the files below a folder hold, by their names; a slash in a name is a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    return {path.relative_to(folder).as_posix(): read(_text(path, store), path) for path in files}


def _points(text: str, path: Path, store: Store) -> tuple[Point, ...]:
    found = tuple(_point(line, store.place(path, number)) for number, line in enumerate(text.splitlines(), start=1))
    if not found:
        raise DataError(Problem(message="holds no value of the metric", place=store.place(path)))
    return found


def _point(line: str, place: Place) -> Point:
    words = line.split()
    try:
        if len(words) in _SIZES:
            step = int(words[2]) if len(words) > 2 else 0  # noqa: PLR2004  # the third word, where there is one
            return Point(step=step, timestamp=int(words[0]), value=float(words[1]))
    except ValueError:
        pass
    hint = "a line is a time, a value and a step, such as 1700000000000 0.25 10"
    raise DataError(Problem(message=f"'{line}' is no value of a metric", place=place, hint=hint))


def _text(path: Path, store: Store) -> str:
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError:
        raise DataError(Problem(message="is no text in UTF-8", place=store.place(path))) from None
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise DataError(Problem(message=message, place=store.place(path))) from None
