"""dask.distributed: a real scheduler and two workers on this machine, one of which is killed in mid-build."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from paperkit import Paper
from paperkit.errors import PaperkitError
from tests.unit.build.figure_paper import files, write_paper

pytest.importorskip("distributed", reason="dask.distributed is not installed: pip install 'paperkit-assets[dask]'")

SLOW = """import os, time
def draw(ax):
    open(os.path.join(".paperkit", "by", f"{os.getpid()}-{time.monotonic_ns()}"), "w").close()
    time.sleep(0.2)
    ax.plot([1, 2], [3, 4])
"""
ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path.cwd())}


@dataclass(frozen=True, kw_only=True)
class Cluster:
    address: str
    workers: tuple[subprocess.Popen[bytes], ...]


def until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def started(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{arguments[0]}", *arguments[1:], "--no-dashboard"]
    with (folder / f"{arguments[0]}.log").open("ab") as log:
        return subprocess.Popen(command, cwd=folder, env=ENVIRONMENT, stdout=log, stderr=log)


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    told = folder / "scheduler.json"
    scheduler = started(folder, "scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(told))
    until(lambda: told.exists() and told.stat().st_size > 0)
    address = json.loads(told.read_text())["address"]
    workers = tuple(started(folder, "worker", address, "--nthreads", "1", "--no-nanny") for _ in range(2))
    until(lambda: (folder / "worker.log").read_text().count("Registered to") == 2)
    yield Cluster(address=address.replace("tcp://", "dask://"), workers=workers)
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


def test_a_killed_worker_changes_no_byte(tmp_path: Path, cluster: Cluster) -> None:
    slow = {f"slow{number}": SLOW for number in range(10)}
    expected, project = tmp_path / "here", tmp_path / "there"
    for folder in (expected, project):
        write_paper(folder, 6, **slow)
        (folder / ".paperkit" / "by").mkdir(parents=True)
    Paper.load(expected / "paper.toml").build()
    command = [sys.executable, "-m", "paperkit", "build", "--json", "--executor", cluster.address]
    pipe = subprocess.PIPE
    build = subprocess.Popen(command, cwd=project, env=ENVIRONMENT, stdout=pipe, stderr=pipe, text=True)
    by = project / ".paperkit" / "by"

    def busy() -> list[subprocess.Popen[bytes]]:
        return [one for one in cluster.workers if len(list(by.glob(f"{one.pid}-*"))) > 1]

    until(lambda: bool(busy()))
    busy()[0].kill()
    said, problems = build.communicate(timeout=120)
    assert (build.returncode, problems) == (0, "")
    outcomes = json.loads(said)["outcomes"]
    assert {outcome["result"] for outcome in outcomes} == {"built"}
    assert [outcome["notices"] for outcome in outcomes] == [[]] * len(outcomes)
    assert files(project) == files(expected)
    assert {int(path.name.partition("-")[0]) for path in by.iterdir()} == {one.pid for one in cluster.workers}


def test_an_address_without_a_scheduler_is_an_error_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("paperkit.build.executors._CONNECT", "200ms")
    manifest = write_paper(tmp_path, 1)
    with pytest.raises(PaperkitError) as caught:
        Paper.load(manifest).build(executor="dask://127.0.0.1:9")
    (problem,) = caught.value.problems
    assert problem.message.startswith("there is no scheduler at dask://127.0.0.1:9: ")
    assert problem.hint == (
        "start one with: dask scheduler; and workers on the machines: dask worker HOST:PORT --nthreads 1"
    )
    assert sorted(files(tmp_path)) == ["paper.toml", "runs.csv"]
