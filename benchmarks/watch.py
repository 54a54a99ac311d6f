"""How long `paperkit build --watch` takes from a save to the new file on disk, in the reference paper.

Prints, for each kind of save, the median and the slowest of 20, and, where the system tells, the median of the
processor's time, which other programs slow less. The process is warm: it has built once, and waited.

    python benchmarks/watch.py
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

ROOT = Path(__file__).parents[1]
SAVES = 20
PATIENCE = 60.0


@contextmanager
def watched(root: Path) -> Iterator[int]:
    """Run `build --watch` in `root`, past its first build and its preparations; give its process id."""
    command = [sys.executable, "-m", "paperkit", "build", "--watch"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("watching"):
                break
        time.sleep(5)
        try:
            yield process.pid
        finally:
            process.terminate()


def copied(folder: Path) -> Path:
    """Return a copy of the reference paper."""
    for name in ("data", "figures", "tables"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("paper.toml", "paper.lock", "paper.tex", "macros.tex", "paperkit-preamble.tex"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def used(process: int) -> float:
    """Return the seconds of processor time of a process; 0 where `/proc` does not say."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return 0.0
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def seconds(save: Callable[[int], object], output: Path, number: int) -> float:
    """Return the seconds from a save until `output` is another file."""
    before = output.stat().st_ino, output.stat().st_mtime_ns
    started = time.perf_counter()
    save(number)
    while (output.stat().st_ino, output.stat().st_mtime_ns) == before:
        if time.perf_counter() - started > PATIENCE:
            raise TimeoutError(output.name)
        time.sleep(0.001)
    return time.perf_counter() - started


def main() -> None:
    """Save, wait, and print."""
    with tempfile.TemporaryDirectory() as name:
        root = copied(Path(name))
        manifest, files = root / "paper.toml", sorted((root / "data").glob("*.csv"))
        text, contents = manifest.read_text(), [file.read_text() for file in files]

        def precision(number: int) -> None:
            manifest.write_text(text.replace("precision = 2", f"precision = {number % 2}", 1))

        def height(number: int) -> None:
            manifest.write_text(re.sub(r'height( *)= "2\.\din"', rf'height\1= "2.{3 + number % 2}in"', text))

        def measured(number: int) -> None:
            # One file, in which every tenth changes: box plots do not show each single cell.
            tenths = str.maketrans("0123456789", "0123456789" if number % 2 else "1234567890")
            files[-1].write_text(re.sub(r"\.\d", lambda found: found[0].translate(tenths), contents[-1]))

        table, figure = root / "tables" / "appendix-vit.tex", root / "figures" / "model-size.pgf"
        with watched(root) as process:
            cases = {
                "manifest → table": (precision, table),
                "data → table": (measured, table),
                "manifest → figure": (height, figure),
                "data → figure": (measured, figure),
            }
            numbers = {save: count() for save, _ in cases.values()}  # each save differs from the one before
            for case, (save, output) in cases.items():
                took, worked = [], []
                for _ in range(SAVES + 1):
                    before = used(process)
                    took.append(seconds(save, output, next(numbers[save])))
                    worked.append(used(process) - before)
                    time.sleep(1.0)  # what else is built from the same save, and the quiet after it
                middle, busy = statistics.median(took[1:]) * 1000, statistics.median(worked[1:]) * 1000
                print(
                    f"{case:20} median {middle:4.0f} ms   slowest {max(took[1:]) * 1000:4.0f} ms   CPU {busy:4.0f} ms"
                )


if __name__ == "__main__":
    main()
