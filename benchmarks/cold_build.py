"""Measure what a build of the reference paper costs, against what cannot be avoided.

A cold build (fresh copy of the paper: no lock, no outputs) and one after a change of one cell of the data are set
against importing pandas, seaborn and pyplot; a second build, which has nothing to do, against starting Python. Runs of
a pair alternate, so that whatever else the machine does falls on both; medians and the median of the paired ratios are
printed. Processor time is user plus system, child processes included.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
PAPER = ("paper.toml", "data", "templates", "prep.py", "plots.py")
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}
IMPORTS = "import pandas, seaborn, matplotlib.pyplot"
PAPERKIT = "from paperkit.cli.entry import main; main()"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """Seconds that one process took: by the clock on the wall, and of processor time."""

    wall: float
    cpu: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """What is measured, what it is set against, and the costs of each, run by run."""

    name: str
    against: str
    runs: tuple[tuple[Cost, Cost], ...]


PICKS: dict[str, Callable[[Cost], float]] = {"user+sys": lambda one: one.cpu, "wall": lambda one: one.wall}


def cost(command: Sequence[str], folder: Path) -> Cost:
    """Run `command` in `folder` and return what it cost.

    Raises:
        SystemExit: the command failed; its last lines are shown.

    """
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n" + "\n".join((done.stdout + done.stderr).splitlines()[-20:]))
    return Cost(wall=wall, cpu=after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def copy_of_paper(folder: Path) -> Path:
    """Copy what an author keeps (the manifest, the data, the templates) to `folder`, and nothing that was built."""
    folder.mkdir()
    for name in PAPER:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name)
        elif (ROOT / name).is_file():
            shutil.copy(ROOT / name, folder / name)
    return folder


def with_another_cell(paper: Path) -> Path:
    """Change the last number of one of the paper's files, and return the paper."""
    path = min((paper / "data").glob("*.csv"))
    head, _, digit = path.read_text(encoding="utf-8").rstrip().rpartition(",")
    path.write_text(f"{head},{(float(digit) + 0.25) % 100}\n", encoding="utf-8")
    return paper


def measure(name: str, against: str, rounds: int, first: Callable[[], Cost], second: Callable[[], Cost]) -> Pair:
    """Run both `rounds` times in turn, after one run of each that is not counted."""
    first(), second()
    return Pair(name=name, against=against, runs=tuple((first(), second()) for _ in range(rounds)))


def report(pair: Pair) -> str:
    """Return the medians of both and of their ratios, for processor time and for the wall clock."""
    lines = [f"{pair.name}, against {pair.against} ({len(pair.runs)} paired runs)"]
    for title, pick in PICKS.items():
        ours, theirs = [pick(run[0]) for run in pair.runs], [pick(run[1]) for run in pair.runs]
        ratio = median(one / other for one, other in zip(ours, theirs, strict=True))
        lines.append(f"  {title:8}  {median(ours):7.3f} s  {median(theirs):7.3f} s  ratio {ratio:.2f}")
    return "\n".join(lines)


def main() -> None:
    """Measure both pairs and print them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="paired runs of each (default: 5)")
    rounds: int = parser.parse_args().rounds
    build = [sys.executable, "-c", PAPERKIT, "build"]
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        fresh = iter(range(rounds + 1))
        warm = copy_of_paper(scratch / "warm")
        cost(build, warm)
        cold = measure(
            "cold build",
            IMPORTS,
            rounds,
            lambda: cost(build, copy_of_paper(scratch / f"cold-{next(fresh)}")),
            lambda: cost([sys.executable, "-c", IMPORTS], scratch),
        )
        print(report(cold))
        changed = measure(
            "one cell changed",
            IMPORTS,
            rounds,
            lambda: cost(build, with_another_cell(warm)),
            lambda: cost([sys.executable, "-c", IMPORTS], scratch),
        )
        print(report(changed))
        cost(build, warm)
        again = measure(
            "second build, nothing to do",
            "python -c pass",
            rounds,
            lambda: cost(build, warm),
            lambda: cost([sys.executable, "-c", "pass"], scratch),
        )
        print(report(again))


if __name__ == "__main__":
    main()
