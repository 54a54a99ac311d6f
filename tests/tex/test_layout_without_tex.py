r"""Figures laid out with our metrics, and with the sizes that pdfLaTeX gives for every string: the same to 0.05 pt."""

from __future__ import annotations

import math
import os
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from paperkit import figures
from paperkit.figures import renderer
from paperkit.figures.marks import mark_names
from paperkit.figures.renderer import MeasuringRenderer, TextExtent
from paperkit.figures.text import to_tex
from paperkit.style.theme import POINTS_PER_TEX_POINT, rc_context
from paperkit.style.venue import Venue, load_venue
from tests.unit.figures.figure_cases import asset, frame, labels

pytestmark = pytest.mark.tex

# PDF points; a third of a point would do for the eye.
TOLERANCE = 0.05
Key = tuple[str, bool, str, str, float]

DOCUMENTS = {
    "cm": (load_venue("article"), r"\documentclass{article}"),
    "times": (load_venue("icml2026"), r"\documentclass{article}\usepackage{times}"),
    "ieee": (load_venue("ieee-conference"), r"\documentclass[conference]{IEEEtran}"),
    "libertine": (load_venue("acmart-sigconf"), r"\documentclass[sigconf]{acmart}\settopmatter{printacmref=false}"),
}
NAMES = labels(
    model={"a": r"ViT-B/16, $\lambda = 10^{-3}$", "b": r"$\sqrt{d_k}$ (e.g. MAE)", "c": "R&D 50 % Åland"},
    method={"new": r"ours, $\hat{\theta}_{t-1}^{*}$", "old": r"Müller et al. $p < 0.05$"},
)
LOG = {"xscale": "log", "yscale": "log", "xlabel": r"steps $N$", "ylabel": r"loss $\mathcal{L}(\theta)$"}
FRACTION = {"ylabel": r"$\frac{1}{n}\sum_i x_i^2$ vs. AVAST", "title": r"$R^2$ of To. Va. (%)"}
BELOW = {"loc": "outside bottom", "title": r"method $\phi$"}
CASES = {"x": "chance", "y": "hit", "hue": "model"}
# At least twenty figures: panels, and keys of the figure. Every mark, maths, logarithms, legends on all sides.
FIGURES: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "bar": ([{"mark": "bar", "hue": "method", "axes": FRACTION}], {}),
    "bar-turned": ([{"mark": "bar", "x": "score", "y": "model", "options": {"orient": "h"}}], {}),
    "box": ([{"mark": "box", "hue": "method", "axes": {"ylabel": r"accuracy [%], $\Delta$"}}], {"legend": BELOW}),
    "box-log": ([{"mark": "box", "y": "steps", "hue": "method", "axes": {"yscale": "log"}}], {}),
    "box-two": ([{"mark": "box", "axes": FRACTION}, {"mark": "box", "y": "steps", "hue": "method"}], {}),
    "ecdf": ([{"mark": "ecdf", "x": "score", "y": None, "hue": "method", "axes": {"xlabel": r"$\tau$"}}], {}),
    "ecdf-log": ([{"mark": "ecdf", "x": "steps", "y": None, "hue": "model", "axes": {"xscale": "log"}}], {}),
    "heatmap": ([{"mark": "heatmap", "x": "model", "y": "method", "values": "score", "where": "step == 1"}], {}),
    "hist": ([{"mark": "hist", "x": "score", "y": None, "hue": "method"}], {"legend": BELOW}),
    "kde": ([{"mark": "kde", "x": "score", "y": None, "hue": "model", "axes": {"xlabel": "score $s_i$"}}], {}),
    "line": ([{"mark": "line", "x": "step", "hue": "model", "axes": FRACTION}], {}),
    "line-log": ([{"mark": "line", "x": "steps", "y": "loss", "hue": "method", "axes": LOG}], {"legend": BELOW}),
    "point": ([{"mark": "point", "hue": "method", "axes": FRACTION}], {}),
    "point-symlog": ([{"mark": "point", "y": "steps", "hue": "method", "axes": {"yscale": "symlog"}}], {}),
    "scatter": ([{"mark": "scatter", "x": "score", "y": "loss", "hue": "model"}], {"legend": BELOW}),
    "scatter-log": ([{"mark": "scatter", "x": "steps", "y": "loss", "hue": "method", "axes": LOG}], {}),
    "strip": ([{"mark": "strip", "hue": "method"}], {}),
    "violin": ([{"mark": "violin", "hue": "method", "axes": {"ylabel": r"$\left(\frac{a}{b}\right)^2$"}}], {}),
    "ranks": ([{"mark": "critical_difference", "x": "score", "y": "model", "units": "step"}], {}),
    "calibration": ([{**CASES, "mark": "calibration", "options": {"labels": ".2f"}}], {}),
    "roc": ([{**CASES, "mark": "roc", "options": {"labels": ".2f"}}], {}),
    "precision": ([{**CASES, "mark": "precision_recall", "options": {"labels": ".2f"}}], {}),
    "profile": ([{"mark": "profile", "x": "score", "y": None, "hue": "model", "units": "step"}], {}),
    "dumbbell": ([{"mark": "dumbbell", "x": "score", "y": "model", "hue": "method"}], {}),
    "slope": ([{"mark": "slope", "x": "method", "units": "model", "axes": FRACTION}], {}),
    "swarm": ([{"mark": "swarm", "hue": "method", "axes": FRACTION}], {"legend": BELOW}),
    "grid": (
        [{"mark": mark, "hue": "method", "axes": FRACTION} for mark in ("box", "bar", "point", "violin")],
        {"panels": {"ncols": 2}, "height": "4in"},
    ),
    "right": ([{"mark": "line", "x": "step", "hue": "model"}], {"legend": {"loc": "outside right"}}),
}


def records() -> list[dict[str, Any]]:
    return [
        {
            "model": model,
            "method": ("new", "old")[step % 2],
            "step": step // 2,
            "hit": (step + rank) % 2,
            "chance": step / 8,
            "steps": 10 ** (step // 2 + 1),
            "score": 50.0 + 3.1 * rank + step * 1.7 + (step % 4) ** 2,
            "loss": 3.0 * math.exp(-step / 3) + 0.1 * rank + 0.01,
        }
        for rank, model in enumerate("abc")
        for step in range(8)
    ]


class Recorder(MeasuringRenderer):
    """Note where each text is held."""

    held: list[tuple[str, float, float]]

    def draw_text(  # noqa: PLR0917 - matplotlib's signature
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: Any,
        angle: float,
        ismath: bool | str = False,
        mtext: Any = None,
    ) -> None:
        del gc, mtext
        shift, turn = self.alignment * self.measured(s, prop, is_math=bool(ismath)).width, math.radians(angle)
        self.held.append((s, x + shift * math.cos(turn), y + shift * math.sin(turn)))


Layout = tuple[list[tuple[float, ...]], list[tuple[str, float, float]]]


def layout(name: str, venue: Venue) -> Layout:
    """Return the edges of all axes, and every text with the place where it is held, in PDF points."""
    panels, keys = FIGURES[name]
    drawn = asset(*panels, **{"width": "columnwidth", "height": "2.2in", **keys})
    made = figures.compile(drawn, {"runs": frame(records())}, NAMES, venue)
    with rc_context(made.theme):
        recorder = Recorder(made.theme, made.path, made.canvas.bbox.size)
        recorder.held = []
        made.canvas.draw(recorder)
        edges = [tuple(map(float, axes.get_window_extent(recorder).extents)) for axes in made.canvas.axes]
    return edges, recorder.held


def measured_by_tex(keys: Iterable[Key], preamble: str, folder: Path, program: str) -> dict[Key, TextExtent]:
    """Ask pdfLaTeX for the size of every string, in one document."""
    asked = sorted(keys)
    body = "\n".join(
        rf"\fontsize{{{size:g}}}{{12}}\selectfont\record{{{to_tex(line, is_math=is_math, encoding=encoding)}}}"
        for line, is_math, _, encoding, size in asked
    )
    (folder / "sizes.tex").write_text(
        preamble + r"\newwrite\sizes\immediate\openout\sizes=sizes.txt \newsavebox\pkbox"
        r"\newcommand\record[1]{\sbox\pkbox{#1}\immediate\write\sizes{\the\wd\pkbox\space\the\ht\pkbox\space\the\dp\pkbox}}"
        "\\begin{document}\\frenchspacing\n" + body + "\n\\end{document}\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [program, "-interaction=nonstopmode", "-halt-on-error", "sizes.tex"],
        cwd=folder,
        env={**os.environ, "max_print_line": "1000"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    rows = (folder / "sizes.txt").read_text().splitlines()
    found: dict[Key, TextExtent] = {}
    for key, row in zip(asked, rows, strict=True):
        width, height, depth = (float(word.removesuffix("pt")) * POINTS_PER_TEX_POINT for word in row.split())
        found[key] = TextExtent(width=width, height=height + depth, depth=depth, notes=())
    return found


class Source:
    """Sizes of strings from TeX; what it was not asked yet is measured by us, and remembered."""

    def __init__(self) -> None:
        self.ours = renderer.text_extent
        self.known: dict[Key, TextExtent] = {}
        self.asked: set[Key] = set()

    def __call__(
        self, line: str, *, is_math: bool, family: str, encoding: str, size: float, space: float = 0.0
    ) -> TextExtent:
        key = (line, is_math, family, encoding, size)
        self.asked.add(key)
        ours = {"is_math": is_math, "family": family, "encoding": encoding, "size": size, "space": space}
        return self.known.get(key) or self.ours(line, **ours)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_layout_equals_the_one_that_tex_would_measure(
    document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, require_program: Callable[[str], str]
) -> None:
    venue, preamble = DOCUMENTS[document]
    program = require_program("pdflatex")
    found = {name: layout(name, venue) for name in FIGURES}
    source = Source()
    monkeypatch.setattr(renderer, "text_extent", source)
    # A panel of another size may have other ticks, whose labels are then asked for in the next round.
    for _ in range(4):
        expected = {name: layout(name, venue) for name in FIGURES}
        if source.asked <= source.known.keys():
            break
        source.known |= measured_by_tex(source.asked - source.known.keys(), preamble, tmp_path, program)
    else:
        pytest.fail("the ticks do not settle")
    wrong = [line for name in FIGURES for line in differences(name, found[name], expected[name])]
    assert wrong == []


def differences(name: str, found: Layout, expected: Layout) -> Iterable[str]:
    assert [text for text, *_ in found[1]] == [text for text, *_ in expected[1]]
    assert len(found[0]) == len(expected[0]) > 0
    for ours, theirs in zip(found[0], expected[0], strict=True):
        if max(abs(a - b) for a, b in zip(ours, theirs, strict=True)) > TOLERANCE:
            yield f"{name}: axes at {ours}, by TeX at {theirs}"
    for (text, *place), (_, *wanted) in zip(found[1], expected[1], strict=True):
        if max(abs(a - b) for a, b in zip(place, wanted, strict=True)) > TOLERANCE:
            yield f"{name}: '{text}' at {place}, by TeX at {wanted}"


def test_there_are_twenty_figures_with_every_mark() -> None:
    drawn = {panel["mark"] for panels, _ in FIGURES.values() for panel in panels}
    assert drawn == set(mark_names())
    assert len(FIGURES) >= 20
