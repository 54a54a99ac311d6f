"""Measure a heat map's matrix from a long CSV file: through a manifest's clauses, against pandas written by hand.

A file of 250,000 rows (data sets x models x seeds) is made in a temporary folder. Both ways read it, average over the
seeds and put the models side by side; both must give the same matrix. They run in turn in one process, so that
whatever else the machine does falls on both; medians and the median of the paired ratios are printed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

DATASETS, MODELS, SEEDS = 50, 20, 250
SPEC = {
    "read": "runs.csv",
    "group": ["dataset", "model"],
    "stat": {"accuracy": "mean(accuracy)"},
    "pivot": {"index": ["dataset"], "columns": "model", "values": "accuracy"},
}


def make(file: Path) -> None:
    """Write the file, with the same numbers every time."""
    import numpy as np
    import pandas as pd

    names = [
        [f"dataset-{number}" for number in range(DATASETS)],
        [f"model-{number}" for number in range(MODELS)],
        range(SEEDS),
    ]
    table = pd.MultiIndex.from_product(names, names=["dataset", "model", "seed"]).to_frame(index=False)
    table["accuracy"] = np.random.default_rng(0).normal(70, 10, len(table)).round(4)
    table.sample(frac=1, random_state=0).to_csv(file, index=False)


def manifest(folder: Path) -> Any:
    """Return the matrix through the clauses of a manifest."""
    from paperkit.data.load import Frames
    from paperkit.manifest.labels import Labels
    from paperkit.manifest.model import FrameSpec

    return Frames(folder, {"heat": FrameSpec.model_validate(SPEC)}, Labels()).load("heat").to_pandas()


def by_hand(folder: Path) -> Any:
    """Return the matrix by pandas, as one would write it in a notebook."""
    import pandas as pd

    runs = pd.read_csv(folder / "runs.csv")
    return runs.groupby(["dataset", "model"])["accuracy"].mean().unstack()  # noqa: PD010  # the faster of the two


def cost(way: Callable[[Path], Any], folder: Path) -> tuple[float, float]:
    """Return the seconds of one way: of processor time, and by the clock on the wall."""
    cpu, wall = time.process_time(), time.perf_counter()
    way(folder)
    return time.process_time() - cpu, time.perf_counter() - wall


def main() -> None:
    """Check that both ways agree, run them in turn and print what they cost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15, help="paired runs (default: 15)")
    rounds: int = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder / "runs.csv")
        ours, theirs = manifest(folder).set_index("dataset"), by_hand(folder)
        if not ours.reindex(index=theirs.index, columns=theirs.columns).equals(theirs):
            sys.exit("the two matrices differ")
        runs = [(cost(manifest, folder), cost(by_hand, folder)) for _ in range(rounds)]
    print(
        f"{DATASETS * MODELS * SEEDS} rows to a matrix of {len(theirs)} x {len(theirs.columns)} ({rounds} paired runs)"
    )
    for number, title in enumerate(("user+sys", "wall")):
        first, second = (median(run[way][number] for run in runs) for way in (0, 1))
        ratio = median(one[number] / other[number] for one, other in runs)
        print(f"  {title:8} manifest {first:.3f} s, pandas by hand {second:.3f} s, ratio {ratio:.2f} (at most 1.3)")


if __name__ == "__main__":
    main()
