"""Executors: the same bytes whoever makes them and in whatever order they end, and nothing lost when they break."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from pathlib import Path
from typing import Any

import pytest

from paperkit import Paper
from paperkit.build.executors import Hands, open_processes
from paperkit.build.paper import BuildReport
from paperkit.errors import PaperkitError
from tests.unit.build.figure_paper import files, write_paper

DIES = """import os
def draw(ax):
    os.kill(os.getpid(), 9)
"""
DIES_ONCE = """import os
def draw(ax, style):
    mark = os.path.join(os.path.dirname(os.path.abspath(__file__)), ".paperkit-died")
    if not os.path.exists(mark):
        open(mark, "w").close()
        os.kill(os.getpid(), 9)
    ax.plot([1, 2], [3, 4])
"""


class Later(Executor):
    """An executor that does its tasks in another order than it got them, when it has all."""

    def __init__(self, count: int, seed: int, *, breaks_at: int | None = None) -> None:
        self._count, self._random, self._breaks_at = count, random.Random(seed), breaks_at
        self._waiting: list[tuple[Future[Any], Callable[[], Any]]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self._waiting.append((future, lambda: fn(*args, **kwargs)))
        if len(self._waiting) == self._count:
            self._random.shuffle(self._waiting)
            for number, (one, task) in enumerate(self._waiting):
                if number == self._breaks_at:
                    one.set_exception(BrokenExecutor("the cluster is gone"))
                else:
                    one.set_result(task())
            self._waiting.clear()
        return future


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("serial")
    Paper.load(write_paper(folder)).build()
    return files(folder)


@pytest.fixture(scope="module")
def hands() -> Iterator[Hands]:
    opened = open_processes(2)
    yield opened
    opened.close(False)


def results(report: BuildReport) -> dict[str, str]:
    return {outcome.id: outcome.result.value for outcome in report.outcomes}


ALL = ["table.runs", "figure.f0", "figure.f1", "figure.f2", "figure.f3", "macros", "preamble"]


@pytest.mark.parametrize("seed", range(4))
def test_the_order_in_which_tasks_end_changes_nothing(tmp_path: Path, seed: int, expected: dict[str, bytes]) -> None:
    report = Paper.load(write_paper(tmp_path)).build(executor=Later(4, seed))
    assert list(results(report)) == ALL
    assert set(results(report).values()) == {"built"}
    assert files(tmp_path) == expected


def test_processes_make_the_same_bytes_and_nothing_twice(
    tmp_path: Path, hands: Hands, expected: dict[str, bytes]
) -> None:
    first = Paper.load(write_paper(tmp_path)).build(executor=hands.executor)
    assert results(first) == dict.fromkeys(ALL, "built")
    assert files(tmp_path) == expected
    second = Paper.load(tmp_path / "paper.toml").build(executor=hands.executor)
    assert results(second) == dict.fromkeys(ALL, "unchanged")


class One(Later):
    """An executor with one worker, which counts what it is given."""

    _max_workers = 1

    def __init__(self) -> None:
        super().__init__(1, 0)
        self.given: list[int] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.given.append(len(args[0].jobs))
        return super().submit(fn, *args, **kwargs)


def test_quick_figures_go_to_remote_workers_several_at_a_time(tmp_path: Path) -> None:
    executor = One()
    report = Paper.load(write_paper(tmp_path, 9)).build(executor=executor)
    assert set(results(report).values()) == {"built"}
    assert executor.given == [2, 2, 2, 2, 1]


def test_a_broken_figure_stops_no_other(tmp_path: Path, hands: Hands) -> None:
    manifest = write_paper(tmp_path, 2, wrong="def draw(ax):\n    raise ValueError('no such run')\n")
    report = Paper.load(manifest).build(executor=hands.executor)
    assert {name for name, result in results(report).items() if result != "built"} == {"figure.wrong"}
    (failed,) = [outcome for outcome in report.outcomes if outcome.id == "figure.wrong"]
    assert [str(problem) for problem in failed.problems] == [
        "wrong.py:2: figure.wrong.python: ValueError: no such run (in draw)"
    ]


def test_a_killed_worker_costs_only_the_figure_that_kills_it(tmp_path: Path) -> None:
    manifest = write_paper(tmp_path, 4, deadly=DIES, moody=DIES_ONCE)
    report = Paper.load(manifest).build(jobs=2)
    assert {name: result for name, result in results(report).items() if result != "built"} == {
        "figure.deadly": "failed"
    }
    (failed,) = [outcome for outcome in report.outcomes if outcome.id == "figure.deadly"]
    assert "\n".join(map(str, failed.problems)) == (
        "figure.deadly: the process that made it ended twice before it was done\n"
        "    most often memory ran out or it was killed; --jobs 1 makes it in paperkit's own process"
    )
    serial = tmp_path / "serial"
    Paper.load(write_paper(serial, 4, moody="def draw(ax):\n    ax.plot([1, 2], [3, 4])\n")).build()
    figures = {name: content for name, content in files(serial).items() if name.endswith(".pdf")}
    assert {name: files(tmp_path)[name] for name in figures} == figures


def test_what_a_lost_cluster_leaves_is_made_here(tmp_path: Path, expected: dict[str, bytes]) -> None:
    report = Paper.load(write_paper(tmp_path)).build(executor=Later(4, 1, breaks_at=2))
    assert results(report) == dict.fromkeys(ALL, "built")
    assert files(tmp_path) == expected
    notices = [str(notice) for outcome in report.outcomes for notice in outcome.notices]
    assert notices == ["Later is gone (BrokenExecutor): the rest is made on this machine"]


def test_a_script_without_a_guard_is_not_run_by_its_workers(tmp_path: Path) -> None:
    write_paper(tmp_path, 2)
    script = tmp_path / "script.py"
    script.write_text(
        "print('ran')\nimport paperkit\nprint(len(paperkit.Paper.load('paper.toml').build(jobs=2).outcomes))\n"
    )
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == ("ran\n5\n", "", 0)


KNOWN = "known: serial, process, dask://HOST:PORT, MODULE:CALLABLE, FILE.py:CALLABLE"


@pytest.mark.parametrize(
    ("choice", "message", "hint"),
    [
        ("proces", "unknown executor 'proces'", KNOWN),
        ("cluster.py:executr", "cluster.py has no callable 'executr'", KNOWN),
        ("cluster.py:broken", "cluster.py:broken raised OSError: no nodes", "it is called without arguments"),
        (
            "builtins:dict",
            "builtins:dict returned dict, which has no submit",
            "an executor is a concurrent.futures.Executor or what behaves as one",
        ),
    ],
)
def test_an_executor_that_cannot_be_opened_is_explained_and_nothing_made(
    tmp_path: Path, choice: str, message: str, hint: str
) -> None:
    manifest = write_paper(tmp_path, 1)
    (tmp_path / "cluster.py").write_text("def broken():\n    raise OSError('no nodes')\n")
    before = files(tmp_path)
    with pytest.raises(PaperkitError) as caught:
        Paper.load(manifest).build(executor=choice)
    assert str(caught.value) == f"{message}\n    {hint}"
    assert files(tmp_path) == before


def test_a_factory_of_the_project_brings_its_executor_and_it_is_shut_down(tmp_path: Path) -> None:
    manifest = write_paper(tmp_path, 2)
    (tmp_path / "cluster.py").write_text(
        "from concurrent.futures import ThreadPoolExecutor\nfrom pathlib import Path\n"
        "class Ours(ThreadPoolExecutor):\n"
        "    def shutdown(self, wait=True, **options):\n"
        f"        Path({str(tmp_path / 'shut')!r}).write_text(str(wait))\n"
        "        super().shutdown(wait, **options)\n"
        "def two():\n    return Ours(2)\n"
    )
    report = Paper.load(manifest).build(executor="cluster.py:two")
    assert set(results(report).values()) == {"built"}
    assert (tmp_path / "shut").read_text() == "True"
