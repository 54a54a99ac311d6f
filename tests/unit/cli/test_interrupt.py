"""Ctrl-C on a real build: what is finished stays and is recorded, and nothing keeps running."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.build.figure_paper import files, write_paper

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")

SLOW = """import os, time
def draw(ax):
    open(os.path.join("pids", f"{os.getpid()}-{time.monotonic_ns()}"), "w").close()
    ax.plot([1, 2], [3, 4])
    time.sleep(0.5)
"""
STUBBORN = """import os, time
def draw(ax):
    open(os.path.join("pids", str(os.getpid())), "w").close()
    for _ in range(60):
        try:
            time.sleep(1)
        except KeyboardInterrupt:
            open(os.path.join("pids", "ignored"), "w").close()
"""


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    (folder / "pids").mkdir()
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-m", "paperkit", "build", *arguments]
    pipe = subprocess.PIPE
    # A session of its own: the signal goes to all of its processes, as a terminal sends it.
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=pipe, stderr=pipe, text=True, start_new_session=True
    )


def until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def workers(folder: Path) -> set[int]:
    return {int(path.name.partition("-")[0]) for path in (folder / "pids").iterdir() if path.name[0].isdigit()}


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_keeps_what_is_finished_and_leaves_nothing_running(tmp_path: Path, jobs: str) -> None:
    write_paper(tmp_path, 1, **{f"slow{number}": SLOW for number in range(8)})
    build = start(tmp_path, "--jobs", jobs)
    until(lambda: (tmp_path / "figures" / "slow0.pdf").exists() and len(list((tmp_path / "pids").iterdir())) > 1)
    os.killpg(build.pid, signal.SIGINT)
    said, problems = build.communicate(timeout=30)
    done = said.count("built ")
    assert build.returncode == 130
    # click ends the line that the terminal's ^C began
    assert problems.strip() == f"interrupted, {done} of 12 done; every file is either as it was or complete"
    assert 2 <= done < 12
    until(lambda: not any(map(is_alive, workers(tmp_path))), 5)
    assert not [name for name in files(tmp_path) if name.endswith(".tmp")]
    again = subprocess.run(
        [sys.executable, "-m", "paperkit", "build", "--json", "--jobs", "1"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        check=True,
    )
    results = [outcome["result"] for outcome in json.loads(again.stdout)["outcomes"]]
    assert (results.count("unchanged"), results.count("built")) == (done, 12 - done)


def test_a_second_ctrl_c_does_not_wait_for_anything(tmp_path: Path) -> None:
    write_paper(tmp_path, 0, stubborn=STUBBORN)
    build = start(tmp_path, "--jobs", "1")
    until(lambda: bool(workers(tmp_path)))
    os.killpg(build.pid, signal.SIGINT)
    until((tmp_path / "pids" / "ignored").exists)
    os.killpg(build.pid, signal.SIGINT)
    build.communicate(timeout=10)
    assert build.returncode == 130


@pytest.mark.skipif(not Path("/proc").exists(), reason="processes are looked at below /proc")
def test_workers_end_with_the_build_that_is_killed(tmp_path: Path) -> None:
    write_paper(tmp_path, 0, **{f"slow{number}": SLOW for number in range(6)})
    build = start(tmp_path, "--jobs", "2")
    until(lambda: len(workers(tmp_path)) == 2)
    build.kill()
    build.communicate(timeout=10)
    assert build.pid not in workers(tmp_path)
    until(lambda: not any(map(is_alive, workers(tmp_path))), 5)


def test_events_are_one_line_each_and_the_last_says_that_it_was_stopped(tmp_path: Path) -> None:
    write_paper(tmp_path, 0, **{f"slow{number}": SLOW for number in range(4)})
    build = start(tmp_path, "--jobs", "1", "--events")
    until(lambda: len(list((tmp_path / "pids").iterdir())) > 1)
    os.killpg(build.pid, signal.SIGINT)
    said, problems = build.communicate(timeout=30)
    events = [json.loads(line) for line in said.splitlines()]
    assert [event["event"] for event in events][:2] == ["plan", "start"]
    assert events[-1]["event"] == "done"
    assert events[-1]["interrupted"] is True
    built = [event["id"] for event in events if event["event"] == "outcome" and event["result"] == "built"]
    assert events[-1]["built"] == len(built)
    assert (problems.strip(), build.returncode) == ("", 130)
