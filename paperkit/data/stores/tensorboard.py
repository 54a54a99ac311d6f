"""TensorBoard's event files as a table: one row per run, tag and step of every scalar, in TensorBoard's words.

A run is a folder that holds event files. Scalars are read as older writers (PyTorch, `simple_value`) and newer ones
(TensorFlow 2, tensors of the plugin `scalars`) put them down.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from paperkit.data.patterns import natural
from paperkit.data.store import Cell, Export, Store
from paperkit.errors import DataError, Problem

if TYPE_CHECKING:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary

OPTIONS = ("run", "tag", "wall_time")


class _Scalar(NamedTuple):
    """One value: the time is in seconds since 1970."""

    run: str
    tag: str
    step: int
    wall_time: float
    value: float


def read(store: Store) -> Export:
    """Return the scalars of every run below a folder, sorted; those of one step as they were written."""
    has_time = store.one("wall_time", "false", ("false", "true")) == "true"
    files = _files(store)
    scalars: list[_Scalar] = []
    notices: list[Problem] = []
    problems: list[Problem] = []
    plugins: dict[tuple[str, str], str] = {}
    for path in files:
        try:
            scalars += (scalar for scalar in _scalars(path, store, plugins, notices) if store.wants("tag", scalar.tag))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(*dict.fromkeys(problems))
    if not scalars:
        wanted = [f"{option} '{value}'" for option in ("run", "tag") for value in store.options.get(option, ())]
        of = f" of {' or '.join(wanted)}" if wanted else ""
        raise DataError(Problem(message=f"the run store '{store.name}' holds no scalars{of}"))
    order = cache(natural)
    scalars.sort(key=lambda scalar: (order(scalar.run), order(scalar.tag), scalar.step))
    time = ("wall_time",) if has_time else ()
    return Export(
        columns=("run", "tag", "step", *time, "value"),
        rows=tuple(_row(scalar, has_time=has_time) for scalar in scalars),
        notices=tuple(notices),
    )


def _row(scalar: _Scalar, *, has_time: bool) -> tuple[Cell, ...]:
    time = (scalar.wall_time,) if has_time else ()
    return (scalar.run, scalar.tag, scalar.step, *time, scalar.value)


def _files(store: Store) -> list[Path]:
    """Return the event files of the runs that are wanted, those of one run in the order they were begun."""
    if store.path.is_file():
        return [store.path]
    found = [Path(folder, name) for folder, _, names in os.walk(store.path) for name in names if "tfevents" in name]
    if not found:
        hint = "the store is the folder that TensorBoard is given as --logdir"
        raise DataError(Problem(message=f"'{store.name}' holds no event files of TensorBoard's", hint=hint))
    return sorted(path for path in found if store.wants("run", _run_of(path, store)))


def _run_of(path: Path, store: Store) -> str:
    return "." if path == store.path else path.parent.relative_to(store.path).as_posix()


def _scalars(
    path: Path, store: Store, plugins: dict[tuple[str, str], str], notices: list[Problem]
) -> Iterator[_Scalar]:
    run = _run_of(path, store)
    for event in _events(path, store, notices):
        for value in event.summary.value:
            # Which plugin a tag belongs to may be said with its first value only.
            plugin = value.metadata.plugin_data.plugin_name
            if plugin:
                plugins[run, value.tag] = plugin
            try:
                number = _number(value, plugins.get((run, value.tag)))
            except (IndexError, TypeError, ValueError):
                message = f"is damaged: '{value.tag}' has no number at step {event.step}"
                raise DataError(Problem(message=message, place=store.place(path))) from None
            if number is not None:
                yield _Scalar(run=run, tag=value.tag, step=event.step, wall_time=event.wall_time, value=number)


def _events(path: Path, store: Store, notices: list[Problem]) -> Iterator[Event]:
    try:
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.tensorflow_stub import errors, pywrap_tensorflow
    except ImportError:
        hint = "install paperkit-assets with the extra tensorboard"
        raise DataError(Problem(message="event files need TensorBoard", hint=hint)) from None
    count, place = 0, store.place(path)
    try:
        reader = pywrap_tensorflow.PyRecordReader_New(str(path))
        with closing(reader.file_handle):
            while True:
                reader.GetNext()
                yield Event.FromString(reader.record())
                count += 1
    except errors.OutOfRangeError:
        return
    except errors.DataLossError as error:
        if "truncated record" not in error.message:
            hint = "move the file away to go on without it"
            message = f"is damaged: the checksum of record {count + 1} is wrong"
            raise DataError(Problem(message=message, place=place, hint=hint)) from None
        hint = "its run was stopped, or still goes on"
        message = f"ends within a record; the {count} records before it are read"
        notices.append(Problem(message=message, place=place, hint=hint))
    except OSError as error:
        raise DataError(Problem(message=f"cannot be read: {error.strerror or error}", place=place)) from None
    except Exception as error:
        if type(error).__name__ != "DecodeError":  # of protobuf, which is TensorBoard's own affair
            raise
        message = f"is damaged: record {count + 1} is no event"
        raise DataError(Problem(message=message, place=place)) from None


def _number(value: Summary.Value, plugin: str | None) -> float | None:
    """Return the number of a scalar; None for images, histograms and whatever else is logged."""
    kind = value.WhichOneof("value")
    if kind == "simple_value":
        return float(value.simple_value)
    # More than one number is no scalar, and would have to be held in memory to be looked at.
    if kind != "tensor" or plugin != "scalars" or any(dim.size != 1 for dim in value.tensor.tensor_shape.dim):
        return None
    from tensorboard.util.tensor_util import make_ndarray

    found: Any = make_ndarray(value.tensor).item()
    return found if isinstance(found, (int, float)) else None
