"""Measure what a figure costs to draw and save, against seaborn and matplotlib's own writers, in one process.

The figure is the reference paper's: two panels of box plots, nine levels of hue, one legend beside them. Both sides
have their data in memory and have drawn once before; they are measured in turn, in seconds of the processor,
matplotlib's pgf backend with the pdflatex that measures its text.

python benchmarks/figure_speed.py [--rounds 9] [--figures 20]
"""

from __future__ import annotations

import argparse
import io
import resource
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("agg")

import pandas as pd
import seaborn as sns
from matplotlib.backends.backend_pgf import FigureCanvasPgf
from matplotlib.figure import Figure as Canvas

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from paperkit import figures  # noqa: E402
from paperkit.data.load import Frames  # noqa: E402
from paperkit.manifest.load import Manifest, load  # noqa: E402
from paperkit.manifest.model import FigureAsset, Format  # noqa: E402
from paperkit.templates import Templates  # noqa: E402


class Ours:
    """The figure by paperkit."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        (self.asset,) = (figure for figure in manifest.figures if figure.name == "model-size")
        loader = Frames(ROOT, manifest.data, manifest.labels)
        self.frames = {panel.data: loader.load(panel.data) for panel in self.asset.spec.panel}
        self.templates = Templates()

    def make(self, formats: tuple[Format, ...], height: float = 160.0) -> None:
        """Draw the figure and write its files."""
        spec = self.asset.spec.model_copy(update={"height": f"{height}pt"})
        asset: FigureAsset = replace(self.asset, spec=spec)
        figure = figures.compile(asset, self.frames, self.manifest.labels, self.manifest.venue)
        figures.write(figure, asset, folder="figures", formats=formats, templates=self.templates)


class Theirs:
    """The same panels by seaborn, saved by matplotlib."""

    def __init__(self, ours: Ours) -> None:
        self.panels: list[tuple[Mapping[str, Any], pd.DataFrame]] = []
        for panel in ours.asset.spec.panel:
            frame = ours.frames[panel.data].where(panel.where or "", path=())
            options = {"x": panel.x, "y": panel.y, "hue": panel.hue, **panel.options}
            self.panels.append((options, frame.to_pandas()))

    def make(self, formats: tuple[str, ...], height: float = 160.0) -> None:
        """Draw the figure and save it."""
        with mpl.rc_context({"pgf.texsystem": "pdflatex", "pdf.fonttype": 42, "font.size": 8}):
            canvas = Canvas(figsize=(5.5, height / 72.27), layout="constrained")
            axes = canvas.subplots(1, 2, width_ratios=[1.3, 3.5])
            for one, (options, frame) in zip(axes, self.panels, strict=True):
                sns.boxplot(frame, ax=one, legend=False if one is axes[0] else "auto", **options)
            handles, labels = axes[1].get_legend_handles_labels()
            axes[1].get_legend().remove()
            canvas.legend(handles, labels, loc="outside right center")
            for form in formats:
                if form == "pgf":
                    backend: Any = FigureCanvasPgf(canvas)
                    backend.print_pgf(io.StringIO())
                else:
                    canvas.savefig(io.BytesIO(), format=form)


def each(heights: Sequence[float], make: Callable[[float], None]) -> None:
    """Make a figure of every height."""
    for height in heights:
        make(height)


def seconds(make: Callable[[], None]) -> float:
    """Return the seconds of the processor, those of child processes included."""
    before = _spent()
    make()
    return _spent() - before


def _spent() -> float:
    uses = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(use.ru_utime + use.ru_stime for use in uses)


def compare(name: str, ours: Callable[[], None], theirs: Callable[[], None], rounds: int, bar: float) -> None:
    """Measure both in turn and print the medians and the ratio."""
    for make in (ours, theirs):
        make()
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(rounds)]
    mine, other = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(one / two for one, two in pairs)
    print(f"{name}: paperkit {mine:.3f} s, seaborn and matplotlib {other:.3f} s, ratio {ratio:.2f} (bar {bar:g})")


def main() -> None:
    """Print both comparisons."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--figures", type=int, default=20)
    asked = parser.parse_args()
    ours = Ours(load(ROOT / "paper.toml"))
    theirs = Theirs(ours)
    compare(
        "one figure, paperkit pdf + pgf + hybrid, seaborn pdf + pgf",
        lambda: ours.make(("pdf", "pgf", "hybrid")),
        lambda: theirs.make(("pdf", "pgf")),
        asked.rounds,
        0.5,
    )
    heights = [150 + index for index in range(asked.figures)]
    compare(
        f"{asked.figures} figures as pdf",
        lambda: each(heights, lambda height: ours.make(("pdf",), height)),
        lambda: each(heights, lambda height: theirs.make(("pdf",), height)),
        max(asked.rounds // 4, 1),
        0.5,
    )


if __name__ == "__main__":
    main()
