"""TensorBoard's event files: what its own writers logged stands in the table, and what is not whole is told of."""

from __future__ import annotations

import csv
import io
import math
import struct
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util.tensor_util import make_tensor_proto
from tensorboardX import SummaryWriter

from paperkit.data.patterns import natural
from paperkit.data.store import Export
from paperkit.data.stores import export
from paperkit.errors import DataError

Points = Mapping[str, Sequence[tuple[int, float]]]
DT_FLOAT = 1
STOPPED = "its run was stopped, or still goes on"
LOGDIR = "the store is the folder that TensorBoard is given as --logdir"


def log_simple(folder: Path, points: Points) -> Path:
    """Write scalars as PyTorch does, and things that are no scalars between them; return the file."""
    writer = SummaryWriter(str(folder), write_to_disk=True)
    for tag, values in points.items():
        for step, value in values:
            writer.add_scalar(tag, value, step, walltime=1_700_000_000.5 + step)
    writer.add_histogram("weights", np.arange(10.0), 0)
    writer.add_text("notes", "text", 0)
    writer.close()
    return next(folder.glob("*tfevents*"))


def log_tensors(folder: Path, points: Points, *, plugin: str = "scalars") -> Path:
    """Write scalars as TensorFlow 2 does: tensors, whose plugin is named with the first value of a tag only."""
    writer = EventFileWriter(str(folder))
    for tag, values in points.items():
        for number, (step, value) in enumerate(values):
            metadata = {"plugin_data": {"plugin_name": plugin}} if number == 0 else None
            tensor = make_tensor_proto(np.array(value))
            summary = Summary(value=[Summary.Value(tag=tag, tensor=tensor, metadata=metadata)])
            writer.add_event(Event(step=step, wall_time=1_700_000_000.5, summary=summary))
    writer.close()
    return next(folder.glob("*tfevents*"))


def rows(table: Export) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table.csv().decode(), newline=""), strict=True))[1:]


def failed(url: str, root: Path) -> str:
    with pytest.raises(DataError) as caught:
        export(url, root)
    return str(caught.value)


def test_scalars_of_every_run_are_rows(tmp_path: Path) -> None:
    log_simple(tmp_path / "runs" / "b" / "fold 1", {"val/acc": [(2, 0.1), (1, 0.5)], "loss": [(0, math.nan)]})
    log_tensors(tmp_path / "runs" / "a", {"loss": [(10, 0.1), (20, math.inf)], "é, 𝕏": [(-1, 1e300)]})
    table = export("tensorboard:runs", tmp_path)
    assert table.columns == ("run", "tag", "step", "value")
    assert table.notices == ()
    assert rows(table) == [
        ["a", "loss", "10", "0.1"],
        ["a", "loss", "20", "inf"],
        ["a", "é, 𝕏", "-1", "1e+300"],
        ["b/fold 1", "loss", "0", "nan"],
        ["b/fold 1", "val/acc", "1", "0.5"],
        ["b/fold 1", "val/acc", "2", repr(float(np.float32(0.1)))],  # such a file holds numbers of 32 bits
    ]


@settings(max_examples=25)
@given(
    points=st.dictionaries(
        st.text(min_size=1, max_size=5).filter(lambda text: text.isprintable()),
        st.lists(st.tuples(st.integers(-(2**62), 2**62), st.floats(width=32, allow_nan=False)), min_size=1, max_size=4),
        min_size=1,
        max_size=3,
    )
)
def test_any_scalar_comes_back(tmp_path_factory: pytest.TempPathFactory, points: Points) -> None:
    root = tmp_path_factory.mktemp("tensorboard")
    log_tensors(root / "runs", points)
    found = export("tensorboard:runs?tag=*", root).rows
    assert list(found) == [
        (".", tag, step, value)
        for tag, values in sorted(points.items(), key=lambda item: natural(item[0]))
        for step, value in sorted(values, key=lambda point: point[0])
    ]


def test_runs_and_tags_are_picked(tmp_path: Path) -> None:
    for run in ("base-2", "base-10", "other"):
        log_simple(tmp_path / "runs" / run, {"val/acc": [(1, 0.5)], "val/loss": [(1, 2.0)], "lr": [(1, 0.25)]})
    assert rows(export("tensorboard:runs?run=base-*&tag=val/acc&tag=lr", tmp_path)) == [
        ["base-2", "lr", "1", "0.25"],
        ["base-2", "val/acc", "1", "0.5"],
        ["base-10", "lr", "1", "0.25"],
        ["base-10", "val/acc", "1", "0.5"],
    ]
    assert failed("tensorboard:runs?tag=acc&run=*", tmp_path) == (
        "the run store 'runs' holds no scalars of run '*' or tag 'acc'"
    )


def test_times_are_written_when_asked_for(tmp_path: Path) -> None:
    file = log_simple(tmp_path / "runs", {"lr": [(3, 0.25)]})
    table = export("tensorboard:runs?wall_time=true", tmp_path)
    assert table.columns == ("run", "tag", "step", "wall_time", "value")
    assert rows(table) == [[".", "lr", "3", "1700000003.5", "0.25"]]
    assert rows(export(f"tensorboard:runs/{file.name}", tmp_path)) == [[".", "lr", "3", "0.25"]]


def test_a_run_that_was_taken_up_again_keeps_both_values(tmp_path: Path) -> None:
    for name, value in (("1", 0.25), ("2", 0.5)):
        file = log_simple(tmp_path / name, {"lr": [(1, value)]})
        (tmp_path / "runs").mkdir(exist_ok=True)
        file.rename(tmp_path / "runs" / f"events.out.tfevents.{name}")
    assert [row[2:] for row in rows(export("tensorboard:runs", tmp_path))] == [["1", "0.25"], ["1", "0.5"]]


def test_a_run_that_is_still_written_is_read_as_far_as_it_is_whole(tmp_path: Path) -> None:
    file = log_simple(tmp_path / "runs", {"lr": [(1, 0.25), (2, 0.5)]})
    content = file.read_bytes()
    ends = [0]
    while ends[-1] < len(content):
        (length,) = struct.unpack_from("<Q", content, ends[-1])
        ends.append(ends[-1] + 8 + 4 + length + 4)
    # Each record in turn is cut: in its length, its data and its last checksum. The first tells the version only.
    for whole, start in enumerate(ends[:-1]):
        for cut in (start + 3, start + 10, start + 13, ends[whole + 1] - 1):
            file.write_bytes(content[:cut])
            if whole < 2:
                assert failed("tensorboard:runs", tmp_path) == "the run store 'runs' holds no scalars"
                continue
            table = export("tensorboard:runs", tmp_path)
            assert [row[2] for row in rows(table)] == ["1", "2"][: whole - 1]
            assert [str(notice) for notice in table.notices] == [
                f"runs/{file.name}: ends within a record; the {whole} records before it are read\n    {STOPPED}"
            ]


def test_damage_is_told_of_all_at_once(tmp_path: Path) -> None:
    first, second, third = (log_simple(tmp_path / "runs" / run, {"lr": [(1, 0.25)]}) for run in "abc")
    content = bytearray(first.read_bytes())
    content[15] ^= 1
    first.write_bytes(content)
    second.write_bytes(b"text" * 100)
    writer = EventFileWriter(str(third.parent))
    third.unlink()
    writer.add_event(
        Event(
            step=7,
            summary=Summary(
                value=[
                    Summary.Value(
                        tag="lr",
                        tensor=TensorProto(dtype=DT_FLOAT, tensor_content=b"abc"),
                        metadata={"plugin_data": {"plugin_name": "scalars"}},
                    )
                ]
            ),
        )
    )
    writer.close()
    (third,) = third.parent.iterdir()
    hint = "move the file away to go on without it"
    assert failed("tensorboard:runs", tmp_path) == (
        f"runs/a/{first.name}: is damaged: the checksum of record 1 is wrong\n    {hint}\n"
        f"runs/b/{second.name}: is damaged: the checksum of record 1 is wrong\n    {hint}\n"
        f"runs/c/{third.name}: is damaged: 'lr' has no number at step 7"
    )


def test_a_whole_record_that_is_no_event_is_told_of(tmp_path: Path) -> None:
    from tensorboard.summary.writer.record_writer import RecordWriter

    with (tmp_path / "x.tfevents.1").open("wb") as file:
        RecordWriter(file).write(b"\xff" * 10)
    assert failed("tensorboard:.", tmp_path) == "./x.tfevents.1: is damaged: record 1 is no event"


def test_what_is_no_scalar_is_left_out(tmp_path: Path) -> None:
    log_tensors(tmp_path / "runs" / "a", {"image": [(1, 0.5)]}, plugin="images")
    assert failed("tensorboard:runs", tmp_path) == "the run store 'runs' holds no scalars"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("tensorboard:none", "there is no run store 'none'\n    the path is relative to the manifest's folder"),
        (
            "tensorboard:.?tags=x",
            "unknown option 'tags', did you mean 'tag'?\n    the options are run, tag, wall_time",
        ),
        ("tensorboard:.?wall_time=yes", "wall_time is false or true, not 'yes'"),
        (
            "tensorboard:.",
            f"'.' holds no event files of TensorBoard's\n    {LOGDIR}",
        ),
    ],
)
def test_addresses_without_runs(tmp_path: Path, url: str, expected: str) -> None:
    assert failed(url, tmp_path) == expected


def test_tensorboard_is_an_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (1, 2):
        (tmp_path / f"x.tfevents.{number}").touch()
    monkeypatch.setitem(sys.modules, "tensorboard.compat.proto.event_pb2", None)
    assert failed("tensorboard:.", tmp_path) == (
        "event files need TensorBoard\n    install paperkit-assets with the extra tensorboard"
    )
