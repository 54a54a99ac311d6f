r"""Figures that the author's Python draws, in real documents: as wide as they say, whatever the format."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from paperkit import Paper
from tests.tex.engines import run

pytestmark = pytest.mark.tex

Require = Callable[[str], str]
MANIFEST = """
[paper]
venue = "iclr2026"
[data.runs]
rows = [{ model = "a", score = 2 }, { model = "b_1", score = 3 }]
[labels.model]
b_1 = "$\\\\beta_1$ & b"
[figure.{form}]
python = "plots.py:draw"
formats = ["{form}"]
"""
CODE = """
def draw(fig, runs, style):
    left, right = fig.subplots(1, 2, width_ratios=[2, 1])
    for model in style.order("model"):
        rows = runs[runs.model == model]
        left.bar(style.label("model", model), rows.score, color=style.color("model", model))
    left.set(xlabel="50 % of #1", ylabel="two\\nlines ($\\\\frac{1}{2}$)")
    right.plot([1, 100], [1, 1e5], label="line")
    right.set(xscale="log", yscale="log")
    fig.legend(loc="outside upper center", frameon=True)
"""


@pytest.mark.parametrize("engine", ["pdflatex", "lualatex"])
def test_the_width_is_exact_in_every_format(engine: str, tmp_path: Path, require_program: Require) -> None:
    program = require_program(engine)
    (tmp_path / "plots.py").write_text(textwrap.dedent(CODE))
    forms = ("pdf", "pgf", "hybrid")
    head, _, figure = MANIFEST.rpartition("[figure.")
    (tmp_path / "paper.toml").write_text(head + "".join("[figure." + figure.replace("{form}", f) for f in forms))
    paper = Paper.load(tmp_path / "paper.toml")
    report = paper.build()
    assert [str(problem) for outcome in report.outcomes for problem in outcome.problems] == []
    shown = "".join(
        rf"\setbox0\hbox{{\input{{figures/{f}}}}}\typeout{{SIZE \the\wd0 \the\ht0 \the\dp0}}" for f in forms
    )
    source = r"\documentclass{article}\usepackage{times}\input{paperkit-preamble}\textwidth397.485pt"
    log = run(program, f"{source}\\begin{{document}}{shown}\\end{{document}}\n", tmp_path)
    sizes = re.findall(r"SIZE ([\d.]+)pt([\d.]+)pt([\d.]+)pt", log)
    made = paper.figure("pdf")
    assert np.array(sizes, dtype=float) == pytest.approx(np.array([[made.width, made.height, 0.0]] * 3), abs=0.05)
    assert "Overfull" not in log
