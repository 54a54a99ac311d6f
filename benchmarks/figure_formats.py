"""Measure what twenty figures cost pdflatex: hybrid against plain PDFs, our PGF, and PGF of matplotlib's own backend.

The figure of the reference paper is made twenty times at slightly different heights, so that no file is like another.
Each document is typeset several times, in turn with the others; the median of the processor's seconds is printed.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from paperkit import figures  # noqa: E402
from paperkit.data.load import Frames  # noqa: E402
from paperkit.manifest.load import load  # noqa: E402
from paperkit.manifest.model import Format  # noqa: E402
from paperkit.style.theme import rc_context  # noqa: E402
from paperkit.templates import Templates  # noqa: E402

FORMATS: tuple[Format, ...] = ("pdf", "pgf", "hybrid")
THEIRS = "matplotlib's pgf"
EMPTY = "no figure"
# Each document loads what its figures need; matplotlib's files leave a command to it too.
PREAMBLE = r"\textwidth=397.485pt\usepackage{times}\usepackage"
PACKAGES = {
    EMPTY: "{graphicx,color}",
    "pdf": "{graphicx}",
    "pgf": "{pgf}",
    "hybrid": "{graphicx,color}",
    THEIRS: r"{pgf}\providecommand\mathdefault[1]{#1}",
}


def make(folder: Path, count: int) -> None:
    """Write every figure below `folder` in a folder for each format."""
    manifest = load(ROOT / "paper.toml")
    (asset,) = (figure for figure in manifest.figures if figure.name == "model-size")
    loader = Frames(ROOT, manifest.data, manifest.labels)
    frames = {panel.data: loader.load(panel.data) for panel in asset.spec.panel}
    for index in range(count):
        spec = asset.spec.model_copy(update={"height": f"{160 + index / 4}pt"})
        one = replace(asset, name=f"figure-{index}", spec=spec)
        figure = figures.compile(one, frames, manifest.labels, manifest.venue)
        for form in FORMATS:
            for artifact in figures.write(figure, one, folder="figures", formats=(form,), templates=Templates()):
                path = folder / form / artifact.path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(artifact.content)
        theirs = folder / THEIRS / "figures"
        theirs.mkdir(parents=True, exist_ok=True)
        with rc_context(figure.theme), mpl.rc_context({"pgf.texsystem": "pdflatex", "pgf.rcfonts": False}):
            figure.canvas.savefig(theirs / f"{one.name}.tex", format="pgf", backend="pgf")


def typeset(folder: Path, count: int) -> float:
    """Return the seconds of the processor that one run of pdflatex took.

    Raises:
        SystemExit: TeX stopped at an error; the end of its log is shown.

    """
    shown = 0 if folder.name == EMPTY else count
    body = "\n\n".join(rf"\noindent\input{{figures/figure-{index}}}" for index in range(shown)) or "."
    preamble = PREAMBLE + PACKAGES[folder.name]
    source = f"\\documentclass{{article}}{preamble}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"
    (folder / "main.tex").write_text(source, encoding="utf-8")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = ["pdflatex", "-interaction=batchmode", "-halt-on-error", "main"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit((folder / "main.log").read_text(encoding="utf-8", errors="replace")[-2000:])
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Make the figures, typeset them in turn and print the seconds and the ratios."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--figures", type=int, default=20, help="figures of a document (default: 20)")
    parser.add_argument("--runs", type=int, default=7, help="runs of each document (default: 7)")
    given = parser.parse_args()
    if shutil.which("pdflatex") is None:
        sys.exit("there is no pdflatex")
    with tempfile.TemporaryDirectory() as name:
        make(Path(name), given.figures)
        (Path(name) / EMPTY / "figures").mkdir(parents=True)
        ways = (EMPTY, *FORMATS, THEIRS)
        runs = [{way: typeset(Path(name) / way, given.figures) for way in ways} for _ in range(given.runs)]
        seconds = {way: statistics.median(run[way] for run in runs) for way in ways}
        for way in ways:
            size = sum(path.stat().st_size for path in (Path(name) / way / "figures").iterdir())
            print(f"  {way:16}  {seconds[way]:6.2f} s  {size / given.figures / 1e3:6.1f} kB of files per figure")
    print(f"hybrid takes {seconds['hybrid'] / seconds['pdf']:.2f} of the time of plain PDFs (at most 1.3)")
    print(f"hybrid takes {seconds['hybrid'] / seconds[THEIRS]:.3f} of the time of {THEIRS} (at most 0.1)")
    beyond = {way: seconds[way] - seconds[EMPTY] for way in ("hybrid", THEIRS)}
    print(f"and {beyond['hybrid'] / beyond[THEIRS]:.3f} of it beyond a document without figures")


if __name__ == "__main__":
    main()
