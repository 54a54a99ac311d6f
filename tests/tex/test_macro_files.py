r"""The macro file in real documents: in text, in formulas, read twice, and beside LaTeX's own names."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from paperkit.data.load import Frames
from paperkit.macros import resolve, write
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Asset, FrameSpec, Label, MacroSpec
from tests.tex.engines import run

pytestmark = pytest.mark.tex

BODY = r"""
\documentclass{article}
%PREAMBLE
\input{macros}
\begin{document}
\input{macros}
Text \worst, \textbf{\worst\%}, and $x = \worst < \share$. \best{} won.
\section{Worst is \worst}
\end{document}
"""


def macro_file(folder: Path, **values: str) -> None:
    (folder / "runs.csv").write_text("model,gain\na_b,-3.5\nc,0.125\n")
    labels = Labels(columns={"model": {"c": Label(label="R&D\n50%")}})
    frame = Frames(folder, {"runs": FrameSpec(read="runs.csv")}, labels).load("runs")
    pairs = []
    for name, value in values.items():
        spec = MacroSpec(data="runs", value=value, format=".1%" if name == "share" else None)
        entry = Asset(kind="macro", name=name, path=("macros", name), each={}, spec=spec)
        pairs.append((entry, resolve(entry, frame, labels)))
    artifact = write(pairs, path="macros.tex")
    (folder / artifact.path).write_bytes(artifact.content)


@pytest.mark.parametrize("engine", ["pdflatex", "lualatex"])
def test_macros_are_set(require_program: Callable[[str], str], tmp_path: Path, engine: str) -> None:
    macro_file(tmp_path, worst="min(gain)", share="max(gain)", best="argmax(mean(gain), model)")
    run(require_program(engine), BODY.strip(), tmp_path)
    if shutil.which("pdftotext") is None:
        pytest.skip("'pdftotext' is not installed")
    text = subprocess.run(["pdftotext", "paper.pdf", "-"], cwd=tmp_path, capture_output=True, text=True, check=True)
    shown = re.sub(r"\s+", " ", text.stdout)
    assert "Text −3.5, −3.5%, and x = −3.5 < 12.5%. R&D 50% won." in shown
    assert "Worst is −3.5" in shown


def test_a_name_that_is_taken_stops_latex(require_program: Callable[[str], str], tmp_path: Path) -> None:
    macro_file(tmp_path, worst="min(gain)", share="max(gain)", best="argmax(mean(gain), model)")
    engine = require_program("pdflatex")
    with pytest.raises(AssertionError, match=r"Command \\worst already defined"):
        run(engine, BODY.strip().replace("%PREAMBLE", r"\newcommand{\worst}{mine}"), tmp_path)
