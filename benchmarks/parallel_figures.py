"""Measure how much sooner workers make many figures than one process does.

A paper of 200 figures is built from nothing with `--jobs 1` and with `--jobs 2`, in turn; the outputs of both are
compared. Wall time is what an author waits; processor time (user plus system, workers included) says what was paid for
it, and how busy the machine was otherwise: where wall times processors is far below it, others took turns.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
PAPERKIT = "from paperkit.cli.entry import main; main()"
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}
FIGURE = """
[figure.f{number:03}]
formats = ["pdf", "pgf"]
[[figure.f{number:03}.panel]]
data = "runs"
where = "model == 'm{model}'"
mark = "{mark}"
x = "{x}"
y = "accuracy"
"""
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of prctl(2): whose parent ended becomes a child of this process
MARKS = (("box", "dataset"), ("line", "epoch"), ("bar", "dataset"), ("scatter", "epoch"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """Seconds that a build took: by the clock on the wall, and of processor time."""

    wall: float
    cpu: float


def write_paper(folder: Path, figures: int) -> None:
    """Write a paper with so many figures of four kinds, all from one file of 2,000 rows."""
    folder.mkdir()
    draw = random.Random(1)
    rows = [f"m{index % 20},d{index % 5},{index % 40},{50 + 40 * draw.random():.4f}" for index in range(2000)]
    (folder / "runs.csv").write_text("model,dataset,epoch,accuracy\n" + "\n".join(rows) + "\n")
    made = [
        FIGURE.format(number=number, model=number % 20, mark=MARKS[number % 4][0], x=MARKS[number % 4][1])
        for number in range(figures)
    ]
    head = '[paper]\ntitle = "Many figures"\n[data.runs]\nread = "runs.csv"\n'
    (folder / "paper.toml").write_text(head + "".join(made))


def build(folder: Path, arguments: Sequence[str]) -> Cost:
    """Build a paper in a process of its own and return what that cost.

    Raises:
        SystemExit: the build failed; its last lines are shown.

    """
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-c", PAPERKIT, "build", "--quiet", *arguments]
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - began
    with suppress(ChildProcessError):
        while True:  # the server of the workers, which ends after the build; its processor time counts
            os.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n" + "\n".join((done.stdout + done.stderr).splitlines()[-20:]))
    return Cost(wall=wall, cpu=after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def hashes(folder: Path) -> dict[str, str]:
    """Return the hash of every file of a built paper."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and ".paperkit" not in path.parts)
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def main() -> None:
    """Measure and print the costs of both, and their ratio."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--figures", type=int, default=200, help="figures of the paper (default: 200)")
    parser.add_argument("--jobs", type=int, default=2, help="workers that one process is compared with (default: 2)")
    parser.add_argument("--rounds", type=int, default=3, help="paired runs (default: 3)")
    given = parser.parse_args()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1)
    pairs: list[tuple[Cost, Cost]] = []
    with tempfile.TemporaryDirectory() as name:
        for number in range(given.rounds):
            costs: list[Cost] = []
            outputs: list[dict[str, str]] = []
            for jobs in (1, given.jobs):
                folder = Path(name) / f"{number}-{jobs}"
                write_paper(folder, given.figures)
                costs.append(build(folder, ["--jobs", str(jobs)]))
                outputs.append(hashes(folder))
            if outputs[0] != outputs[1]:
                sys.exit(
                    "the builds differ in " + ", ".join(k for k in outputs[0] if outputs[0][k] != outputs[1].get(k))
                )
            pairs.append((costs[0], costs[1]))
    print(f"{given.figures} figures, load {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors, {given.rounds} pairs")
    for label, costs_of in (("--jobs 1", 0), (f"--jobs {given.jobs}", 1)):
        wall, cpu = (median(getattr(pair[costs_of], part) for pair in pairs) for part in ("wall", "cpu"))
        print(f"  {label:9}  {wall:7.2f} s wall  {cpu:7.2f} s user+sys")
    wall = median(one.wall / many.wall for one, many in pairs)
    cpu = median(many.cpu / one.cpu for one, many in pairs)
    print(f"  {wall:.2f} times as fast, for {cpu:.2f} times the processor time")


if __name__ == "__main__":
    main()
