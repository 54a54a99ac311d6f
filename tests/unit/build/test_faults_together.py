"""Builds that meet others, or data that change meanwhile: both end well, and what stands there in the end is right."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from paperkit import Paper
from paperkit.build.adopt import adopt
from paperkit.build.lock import load_lock
from paperkit.build.outputs import building
from paperkit.build.plan import State, Step
from paperkit.files import remove_leftovers, write_all

MANIFEST = """[data.runs]
python = "slow.py:rows"
inputs = ["runs.csv"]
[table.a]
data = "runs"
rows = "model"
cells = ["accuracy"]
[table.b]
data = "runs"
rows = "model"
cells = ["accuracy"]
precision = 3
"""
# Long enough for the other build to come by.
CODE = """import time
import pandas as pd
def rows():
    frame = pd.read_csv("runs.csv")
    time.sleep(0.5)
    return frame
"""
DATA = "model,accuracy\na,1.5\nb,2.5\n"
WAITS = "another build is at work in this project; this one begins when that has ended\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "paper.toml").write_text(MANIFEST)
    (tmp_path / "slow.py").write_text(CODE)
    (tmp_path / "runs.csv").write_text(DATA)
    return tmp_path


def _start(project: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "paperkit", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    return subprocess.Popen(
        command, cwd=project, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("selectors", [((), ()), (("table.a",), ("table.b",))], ids=["the same", "different ones"])
def test_two_builds_at_once_end_well(project: Path, selectors: tuple[tuple[str, ...], ...]) -> None:
    # Both find the project held, so that neither can be done before the other begins.
    with building(project):
        builds = [_start(project, "build", *names) for names in selectors]
        for build in builds:
            assert build.stderr is not None
            assert build.stderr.readline() == WAITS
    said = [build.communicate(timeout=120) for build in builds]
    assert [(build.returncode, err) for build, (_, err) in zip(builds, said, strict=True)] == [(0, ""), (0, "")]
    both = "".join(out for out, _ in said)
    assert [both.count(f"built      table.{name}") for name in "ab"] == [1, 1]
    assert {"table.a", "table.b"} <= set(load_lock(project / "paper.lock").targets)
    steps = Paper.load(project / "paper.toml").plan(["table.*"])
    assert [step.state for step in steps] == [State.UNCHANGED, State.UNCHANGED]


def test_a_killed_build_holds_nobody_up(project: Path) -> None:
    with building(project):
        build = _start(project, "build")
        assert build.stderr is not None
        assert build.stderr.readline() == WAITS
    build.kill()
    build.communicate()
    waits: list[bool] = []
    with building(project, on_wait=lambda: waits.append(True)):
        assert waits == []


def test_data_that_change_during_a_build_are_built_by_the_next(project: Path) -> None:
    def change(_: Step) -> None:
        (project / "runs.csv").write_text(DATA.replace("2.5", "9.5"))

    paper = Paper.load(project / "paper.toml")
    paper.build(["table.a"], on_start=change)
    paper.build()
    text = (project / "tables" / "a.tex").read_text()
    assert ("9.5" in text, "2.5" in text) == (True, False)
    assert [step.state for step in paper.plan(["table.a"])] == [State.UNCHANGED]


def test_an_edit_saved_while_the_data_are_loading_is_kept(project: Path) -> None:
    paper = Paper.load(project / "paper.toml")
    paper.build()
    table = project / "tables" / "a.tex"
    (project / "runs.csv").write_text(DATA.replace("2.5", "9.5"))

    def edit(step: Step) -> None:
        if step.target.id == "table.a":
            table.write_text(table.read_text() + "% mine\n")

    paper.build(on_start=edit)
    assert table.read_text().endswith("% mine\n")
    assert "9.5" in (project / "tables" / "b.tex").read_text()
    adopt(paper, "tables/a.tex")
    assert table.read_text().endswith("% mine\n")
    assert "9.5" in table.read_text()


def test_files_that_are_being_written_are_no_leftovers(tmp_path: Path) -> None:
    stop = threading.Event()

    def sweep() -> None:
        while not stop.is_set():
            remove_leftovers([tmp_path])

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    try:
        for number in range(100):
            files = [(tmp_path / f"{index}.tex", b"%d" % number) for index in range(3)]
            assert len(write_all(files)) == 3
    finally:
        stop.set()
        sweeper.join()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.tex", "1.tex", "2.tex"]
