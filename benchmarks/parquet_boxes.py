"""Measure the box statistics of a Parquet file larger than its share of memory, against plain ways of computing them.

A file of 50 million rows is made in a temporary folder: two keys, one float. Its boxes (quartiles, and the outermost
values within 1.5 interquartile ranges of them) are computed by two keys: through a manifest's `sql`, by pandas with
the whole file in memory, and by DuckDB with quantiles one by one and all the memory it wants. Each runs in a process of
its own, whose seconds and peak memory are printed; all must agree on every number.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

MAKE = """COPY (
  SELECT 'model-' || i * 7919 % 12 AS model, 'dataset-' || i // 12 % 10 AS dataset,
    sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) AS score
  FROM range({rows}) AS numbers(i)
) TO '{file}' (FORMAT parquet, ROW_GROUP_SIZE 500000)"""
QUARTILES = """SELECT model, dataset, count(score) AS n, quantile_cont(score, [0.25, 0.5, 0.75]) AS q
FROM {runs} GROUP BY ALL"""
# The quartiles are a frame of their own: a query that joins a table with its own summary takes that for as long as
# the table, and puts the table into memory.
SPECS = {
    "runs": {"read": "runs.parquet"},
    "quartiles": {
        "sql": f"SELECT model, dataset, n, q[1] AS q1, q[2] AS med, q[3] AS q3 FROM ({QUARTILES.format(runs='runs')})"
        " ORDER BY ALL"
    },
    "boxes": {
        "sql": """SELECT model, dataset, n, q1, med, q3,
    min(score) FILTER (score >= q1 - 1.5 * (q3 - q1)) AS whislo,
    max(score) FILTER (score <= q3 + 1.5 * (q3 - q1)) AS whishi
  FROM runs JOIN quartiles USING (model, dataset) GROUP BY ALL ORDER BY ALL"""
    },
}
GIB = 2**30


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """Seconds and bytes of one process, and the boxes that it found."""

    seconds: float
    peak: int
    boxes: list[list[str | float]]


def make(folder: Path, rows: int) -> list[list[str | float]]:
    """Write the file, with the same numbers every time."""
    import duckdb

    connection = duckdb.connect(":memory:", config={"threads": 1})
    connection.execute("SELECT setseed(0.5)")
    connection.execute(MAKE.format(rows=rows, file=folder / "runs.parquet"))
    return []


def manifest(folder: Path, _rows: int) -> list[list[str | float]]:
    """Return the boxes through `sql`."""
    from paperkit.data.load import Frames
    from paperkit.manifest.labels import Labels
    from paperkit.manifest.model import FrameSpec

    specs = {name: FrameSpec.model_validate(spec) for name, spec in SPECS.items()}
    table = Frames(folder, specs, Labels()).load("boxes").to_pandas()
    return [list(row) for row in table.itertuples(index=False)]


def pandas(folder: Path, _rows: int) -> list[list[str | float]]:
    """Return the boxes by pandas, with the whole file in memory."""
    import pandas as pd

    found = []
    for (model, dataset), score in pd.read_parquet(folder / "runs.parquet").groupby(["model", "dataset"])["score"]:
        low, middle, high = score.quantile([0.25, 0.5, 0.75])
        reach = 1.5 * (high - low)
        ends = score[score >= low - reach].min(), score[score <= high + reach].max()
        found.append([model, dataset, len(score), low, middle, high, *ends])
    return found


def duckdb(folder: Path, _rows: int) -> list[list[str | float]]:
    """Return the boxes by DuckDB in one query, as one would write it."""
    import duckdb as library

    file = f"'{folder / 'runs.parquet'}'"
    query = f"""WITH quartiles AS ({QUARTILES.format(runs=file)})
      SELECT model, dataset, n, q[1], q[2], q[3], min(score) FILTER (score >= q[1] - 1.5 * (q[3] - q[1])),
        max(score) FILTER (score <= q[3] + 1.5 * (q[3] - q[1]))
      FROM {file} JOIN quartiles USING (model, dataset) GROUP BY ALL ORDER BY ALL"""
    connection = library.connect(":memory:", config={"temp_directory": str(folder), "threads": 1})
    return [list(row) for row in connection.execute(query).fetchall()]


WAYS: dict[str, Callable[[Path, int], list[list[str | float]]]] = {
    "make": make,
    "manifest": manifest,
    "pandas": pandas,
    "duckdb": duckdb,
}


def run(way: str, folder: Path, rows: int) -> Cost:
    """Run one of `WAYS` in a process of its own.

    Raises:
        SystemExit: it failed; its last lines are shown.

    """
    command = [sys.executable, __file__, "--run", way, "--folder", str(folder), "--rows", str(rows)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{way} failed:\n" + "\n".join(done.stderr.splitlines()[-20:]))
    return Cost(**json.loads(done.stdout))


def measured(way: str, folder: Path, rows: int) -> str:
    """Run one of `WAYS` here, and return its cost as JSON."""
    began = time.perf_counter()
    boxes = sorted(WAYS[way](folder, rows))
    seconds = time.perf_counter() - began
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return json.dumps({"seconds": seconds, "peak": peak, "boxes": boxes})


def agree(first: Cost, second: Cost) -> bool:
    """Tell whether two ways found the same boxes, but for the last digits of an interpolation."""
    pairs = zip(first.boxes, second.boxes, strict=True)
    return all(
        one == other if isinstance(one, str) else abs(one - float(other)) < 1e-12  # noqa: PLR2004
        for ours, theirs in pairs
        for one, other in zip(ours, theirs, strict=True)
    )


def main() -> None:
    """Make the file, run every way and print what it cost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=50_000_000, help="rows of the file (default: 50 million)")
    parser.add_argument("--run", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        print(measured(given.run, given.folder, given.rows))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run("make", folder, given.rows)
        print(f"{given.rows} rows, {(folder / 'runs.parquet').stat().st_size / 1e6:.0f} MB of Parquet")
        ours = run("manifest", folder, given.rows)
        print(f"  manifest  {ours.seconds:6.1f} s  {ours.peak / GIB:5.2f} GiB  {len(ours.boxes)} boxes (at most 1 GiB)")
        for way in ("pandas", "duckdb"):
            theirs = run(way, folder, given.rows)
            same = "the same boxes" if agree(ours, theirs) else "OTHER BOXES"
            ratios = f"ratio {ours.seconds / theirs.seconds:.2f} of time, {ours.peak / theirs.peak:.2f} of memory"
            print(f"  {way:8}  {theirs.seconds:6.1f} s  {theirs.peak / GIB:5.2f} GiB  {ratios}, {same}")


if __name__ == "__main__":
    main()
