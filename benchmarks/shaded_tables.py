"""Measure shaded tables: `paperkit.Table.from_frame(…).to_latex()` against pandas' `Styler.to_latex(convert_css=True)`.

Both colour every row on its own scale and print two decimals, in one process, by turns, so that whatever else the
machine does falls on both; medians and the median of the paired ratios are printed. With `--tex`, pdflatex then sets
both results of the large table as longtables of the same layout, and its processor time is compared.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SIZES = ((20, 14, 21), (2000, 30, 3))
PREAMBLE = r"""\documentclass{article}
\usepackage[margin=5mm,paperwidth=1800mm,paperheight=500mm]{geometry}
\usepackage{booktabs}\usepackage{xcolor}\usepackage{colortbl}\usepackage{longtable}
\begin{document}
"""


def frame(rows: int, columns: int) -> Any:
    """Return a frame of random numbers, the same every time."""
    import numpy as np
    import pandas as pd

    values = np.random.default_rng(0).normal(70, 10, (rows, columns))
    index = [f"data set {row}" for row in range(rows)]
    return pd.DataFrame(values, index=index, columns=[f"m{column}" for column in range(columns)])


def ours(data: Any, form: str = "tabular") -> str:
    """Return paperkit's LaTeX."""
    from paperkit import Table

    shade = {"within": "row", "colormap": "Reds"}
    return Table.from_frame(data, precision=2, shade=shade, form=form, fit=False).to_latex()


def theirs(data: Any, environment: str | None = None) -> str:
    """Return the LaTeX of pandas' Styler."""
    styler = data.style.format(precision=2).background_gradient(cmap="Reds", axis=1)
    return str(styler.to_latex(convert_css=True, hrules=True, environment=environment))


def timed(make: Callable[[Any], str], data: Any) -> float:
    """Return the seconds that one call takes."""
    began = time.perf_counter()
    make(data)
    return time.perf_counter() - began


def compare(rows: int, columns: int, runs: int) -> None:
    """Print the times of both ways and their ratio."""
    data = frame(rows, columns)
    ours(data), theirs(data.head(2))
    pairs = [(timed(ours, data), timed(theirs, data)) for _ in range(runs)]
    mine, others = (median(times) for times in zip(*pairs, strict=True))
    ratio = median(other / own for own, other in pairs)
    print(f"{rows} x {columns}: paperkit {mine * 1e3:.1f} ms, pandas {others * 1e3:.1f} ms, {ratio:.1f} times as fast")


def typeset(name: str, source: str, folder: Path) -> float:
    """Return the processor seconds that pdflatex takes for one run."""
    (folder / f"{name}.tex").write_text(f"{PREAMBLE}{source}\n\\end{{document}}\n", encoding="utf-8")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = ["pdflatex", "-interaction=batchmode", "-halt-on-error", f"{name}.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit((folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")[-2000:])
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compare_tex(rows: int, columns: int, runs: int) -> None:
    """Print what pdflatex takes for both results."""
    data = frame(rows, columns)
    sources = {"paperkit": ours(data, "longtable"), "pandas": theirs(data, "longtable")}
    with tempfile.TemporaryDirectory() as folder:
        pairs = [tuple(typeset(name, text, Path(folder)) for name, text in sources.items()) for _ in range(runs)]
    mine, others = (median(times) for times in zip(*pairs, strict=True))
    ratio = median(own / other for own, other in pairs)
    print(f"pdflatex, {rows} x {columns}: paperkit {mine:.2f} s, pandas {others:.2f} s, {ratio:.2f} of its time")


def main() -> None:
    """Compare both sizes, and with `--tex` what pdflatex makes of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tex", action="store_true", help="run pdflatex too")
    options = parser.parse_args()
    for rows, columns, runs in SIZES:
        compare(rows, columns, runs)
    if options.tex:
        compare_tex(*SIZES[-1])


if __name__ == "__main__":
    main()
