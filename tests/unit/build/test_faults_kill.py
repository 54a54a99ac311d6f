"""Builds that are killed: every output old or new, the lock readable, the next build right, nothing left behind."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from paperkit.build.lock import load_lock

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, to be quick")

MANIFEST = """[data.runs]
read = "runs.csv"
[table.main]
data = "runs"
rows = "model"
cells = ["accuracy"]
precision = 1
[figure.size]
formats = ["pgf"]
source_data = true
[[figure.size.panel]]
data = "runs"
mark = "bar"
x = "model"
y = "accuracy"
[macros]
best = { data = "runs", value = "max(accuracy)", format = ".1f" }
"""
VERSIONS = ("model,accuracy\na,1.5\nb,2.5\n", "model,accuracy\na,1.5\nb,3.5\nc,9.0\n")
OUTPUTS = (
    "tables/main.tex",
    "figures/size.tex",
    "figures/size.pgf",
    "figures/size-panel-1.csv",
    "macros.tex",
    "paperkit-preamble.tex",
    "paper.lock",
)
# Where nobody waits, all of them.
IS_CI = bool(os.environ.get("CI"))
KILLS = 100 if IS_CI else 15
STRIDE = 1 if IS_CI else 7


class Warm:
    """The process that builds, and is asked to kill its builds."""

    def __init__(self, project: Path) -> None:
        self.project = project
        command = [sys.executable, str(Path(__file__).with_name("warm_builder.py")), str(project)]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3]), "OPENBLAS_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        assert self._answer() == {"ready": True}

    def build(self, **order: Any) -> dict[str, Any]:
        """Build, or be killed `after` some seconds or before the `event` of that number; return code and seconds."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def contents(self) -> dict[str, bytes]:
        """Return what the outputs and the lock hold."""
        return {name: (self.project / name).read_bytes() for name in OUTPUTS if (self.project / name).exists()}


@pytest.fixture
def warm(tmp_path: Path) -> Iterator[Warm]:
    (tmp_path / "paper.toml").write_text(MANIFEST)
    (tmp_path / "runs.csv").write_text(VERSIONS[0])
    builder = Warm(tmp_path)
    yield builder
    builder.process.communicate(timeout=30)


def expected(warm: Warm) -> tuple[list[dict[str, bytes]], float]:
    """Return what the outputs are for either version of the data, and how long a build takes."""
    found, seconds = [], 0.0
    for version in (*VERSIONS[::-1], *VERSIONS[::-1]):
        (warm.project / "runs.csv").write_text(version)
        answer = warm.build()
        assert answer["code"] == 0
        seconds = answer["seconds"]
        found.append(warm.contents())
    assert found[:2] == found[2:]
    assert len(found[0]) == len(OUTPUTS)
    return found[1::-1], seconds


def check(warm: Warm, states: list[dict[str, bytes]], version: int) -> None:
    """Assert what must hold after a kill, and after the build that follows."""
    for name, content in warm.contents().items():
        assert content in [state[name] for state in states], name
    load_lock(warm.project / "paper.lock")
    assert warm.build()["code"] == 0
    assert warm.contents() == states[version]
    assert [str(path) for path in warm.project.rglob("*.tmp")] == []


def test_a_build_may_be_killed_at_any_moment(warm: Warm) -> None:
    states, seconds = expected(warm)
    moments = random.Random(6)
    killed, version = 0, 0
    while killed < KILLS:
        version = 1 - version
        (warm.project / "runs.csv").write_text(VERSIONS[version])
        if warm.build(after=moments.uniform(0, seconds))["code"] == -signal.SIGKILL:
            killed += 1
        else:
            seconds *= 0.9  # the first build was slower than most: it ended before its moment
        check(warm, states, version)


def test_a_build_may_be_killed_before_every_change_of_the_disk(warm: Warm) -> None:
    states, _ = expected(warm)
    number, version = 0, 0
    while True:
        number, version = number + STRIDE, 1 - version
        (warm.project / "runs.csv").write_text(VERSIONS[version])
        if warm.build(event=number)["code"] == 0:
            break
        check(warm, states, version)
    # Each output is at least opened, given its mode, and moved.
    assert number > 3 * len(OUTPUTS)


def test_a_first_build_may_be_killed_before_every_change_of_the_disk(warm: Warm) -> None:
    (state, _), _ = expected(warm)
    (warm.project / "runs.csv").write_text(VERSIONS[0])
    number = 0
    while True:
        number += 2 * STRIDE
        for name in OUTPUTS:
            (warm.project / name).unlink(missing_ok=True)
        shutil.rmtree(warm.project / ".paperkit", ignore_errors=True)
        if warm.build(event=number)["code"] == 0:
            break
        check(warm, [state], 0)


def test_data_that_change_again_after_a_kill_give_no_false_edit(warm: Warm) -> None:
    states, _ = expected(warm)
    third = "model,accuracy\nz,4.0\n"
    for number in range(8, 40, 3 * STRIDE):
        (warm.project / "runs.csv").write_text(VERSIONS[1])
        warm.build(event=number)
        (warm.project / "runs.csv").write_text(third)
        assert warm.build()["code"] == 0
        (warm.project / "runs.csv").write_text(VERSIONS[0])
        assert warm.build()["code"] == 0
        assert warm.contents() == states[0]
