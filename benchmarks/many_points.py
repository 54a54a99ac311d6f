"""Measure what 100,000 points cost in every format: seconds to write, size, seconds of TeX, seconds to show.

Each number of points is drawn once as paperkit decides and once as vectors (`rasterized = false`).
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from paperkit import figures  # noqa: E402
from paperkit.manifest.model import Format  # noqa: E402
from paperkit.style.venue import load_venue  # noqa: E402
from paperkit.templates import Templates  # noqa: E402
from tests.unit.figures.figure_cases import asset, frame, labels  # noqa: E402

FORMATS: tuple[Format, ...] = ("pdf", "hybrid", "pgf", "svg", "png")
SET_BY_TEX = ("pdf", "hybrid", "pgf")
SOURCE = (
    r"\documentclass{article}\usepackage{times}\usepackage{graphicx,color,pgf}"
    r"\begin{document}\input{figures/demo}\end{document}"
)


@dataclass(frozen=True)
class Cost:
    """Seconds and bytes; None where TeX fails or has no part in it."""

    seconds: float
    size: int
    tex: float | None
    show: float | None


def points(count: int) -> list[Mapping[str, float]]:
    """Return normally distributed points, always the same."""
    numbers = random.Random(7)
    return [{"model": numbers.gauss(0, 1), "score": numbers.gauss(0, 1)} for _ in range(count)]


def timed(action: Callable[[], bool]) -> float | None:
    """Return the seconds that an action took, or None if it failed."""
    start = time.perf_counter()
    return time.perf_counter() - start if action() else None


def runs(command: Sequence[str], folder: Path) -> bool:
    """Run a program and tell whether it ended well."""
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def costs(count: int, *, wanted: bool | str, folder: Path) -> dict[str, Cost]:
    """Write a figure of `count` points in each format, typeset and show it."""
    what = asset({"mark": "scatter", "rasterized": wanted, "options": {"alpha": 0.3}}, width="3.25in", height="2.4in")
    figure = figures.compile(what, {"runs": frame(points(count))}, labels(), load_venue("iclr2026"))
    (folder / "main.tex").write_text(SOURCE, encoding="utf-8")
    found: dict[str, Cost] = {}
    for form in FORMATS:
        start = time.perf_counter()
        files = figures.write(figure, what, folder="figures", formats=(form,), templates=Templates())
        seconds = time.perf_counter() - start
        for file in files:
            (folder / file.path).parent.mkdir(exist_ok=True)
            (folder / file.path).write_bytes(file.content)
        tex = show = None
        if form in SET_BY_TEX and shutil.which("pdflatex"):
            tex = timed(lambda: runs(["pdflatex", "-interaction=batchmode", "-halt-on-error", "main"], folder))
            if tex is not None and shutil.which("pdftoppm"):
                show = timed(lambda: runs(["pdftoppm", "-r", "150", "-png", "main.pdf", "page"], folder))
        found[form] = Cost(seconds=seconds, size=sum(len(file.content) for file in files), tex=tex, show=show)
    return found


def printed(seconds: float | None) -> str:
    """Return seconds, or a dash."""
    return "     -" if seconds is None else f"{seconds:6.2f}"


def main() -> None:
    """Print the costs of every format, and how they compare to those of vectors."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--points", type=int, nargs="+", default=[1_000, 2_000, 5_000, 25_000, 100_000])
    given = parser.parse_args()
    for count in given.points:
        print(f"{count} points           write s      kB   TeX s  show s   size and show, of those of vectors")
        with tempfile.TemporaryDirectory() as name:
            ours = costs(count, wanted="auto", folder=Path(name))
            vectors = costs(count, wanted=False, folder=Path(name))
        for form in FORMATS:
            for what, cost in (("", ours[form]), (" as vectors", vectors[form])):
                numbers = f"{cost.seconds:7.2f} {cost.size / 1e3:7.0f}  {printed(cost.tex)}  {printed(cost.show)}"
                line = f"  {form + what:22}{numbers}"
                if not what:
                    line += f"   {cost.size / vectors[form].size:.2f}"
                    shown, other = cost.show, vectors[form].show
                    line += f"  {shown / other:.2f}" if shown and other else ""
                print(line)


if __name__ == "__main__":
    main()
