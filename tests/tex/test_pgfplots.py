r"""pgfplots in real documents: the exact size, every text where PGF sets it, marks where the data say."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from paperkit import figures
from paperkit.manifest.model import FigureAsset
from paperkit.style.venue import load_venue
from paperkit.templates import Templates
from tests.tex.engines import run
from tests.unit.figures.figure_cases import asset as asset_of
from tests.unit.figures.figure_cases import frame, labels

pytestmark = pytest.mark.tex

Require = Callable[[str], str]
Word = tuple[str, list[float]]
HEAD = (
    r"\documentclass{article}\usepackage{times}\usepackage{pgf,pgfplots}"
    r"\usepgfplotslibrary{statistics,fillbetween}\usetikzlibrary{patterns}\pgfplotsset{compat=1.16}"
)
NAMES = labels(
    model={
        "vit": {"label": "ViT $\\alpha_1$", "color": "#1f6fb4"},
        "net": {"label": "Net_50 & co", "color": "#d62728"},
    },
    task={"a": "First\n(big)", "b": "Ä, b [1]"},
)
BOTH: Mapping[str, Any] = {"hue": "model", "x": "task"}
FIGURES: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "box": (
        {**BOTH, "axes": {"grid": "y"}, "axhline": [{"y": 3.5, "label": "chance", "linestyle": "--"}]},
        {**BOTH, "y": "loss", "axes": {"yscale": "log", "despine": False, "title": "50 % of #1"}},
        {**BOTH, "x": "score", "y": "task", "options": {"orient": "h"}},
    ),
    "bar": (
        {**BOTH, "mark": "bar", "options": {"labels": ".1f", "capsize": 0.4, "hatch": True}},
        {**BOTH, "mark": "bar", "options": {"stacked": True}, "axes": {"xtickrotation": 30}},
        {"mark": "bar", "x": "score", "y": "task", "hue": "model", "options": {"orient": "h"}},
    ),
    "line": (
        {"mark": "line", "x": "step", "hue": "model", "col": "task", "options": {"dashes": True, "markers": True}},
        {
            "mark": "line",
            "x": "step",
            "y": "loss",
            "hue": "model",
            "options": {"err_style": "bars"},
            "axes": {"xscale": "log", "yscale": "log"},
            "axvspan": [{"xmin": 2, "xmax": 4}],
        },
    ),
}


def records() -> list[dict[str, Any]]:
    rng = np.random.default_rng(7)
    return [
        {"model": model, "task": task, "step": step, "score": 5 * rank + rng.normal(9, 2), "loss": 10 ** rng.normal(-1)}
        for rank, model in enumerate(("vit", "net"))
        for task in ("a", "b")
        for step in (1, 2, 4, 8)
        for _ in range(6)
    ]


def written(name: str, root: Path) -> tuple[figures.Figure, FigureAsset]:
    what = asset_of(*FIGURES[name], height=0.45, legend={"loc": "outside top"})
    made = figures.compile(what, {"runs": frame(records())}, NAMES, load_venue("iclr2026"))
    for artifact in figures.write(made, what, folder="figures", formats=("pgfplots", "pgf"), templates=Templates()):
        path = root / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(artifact.content)
    return made, what


def both(made: figures.Figure) -> str:
    shown = "".join(
        rf"\setbox0\hbox{{\input{{figures/{file}}}}}\typeout{{SIZE \the\wd0 \the\ht0 \the\dp0}}\noindent\box0\newpage "
        for file in (made.name, f"{made.name}.pgf")
    )
    begin = f"\n\\begin{{document}}\\pagestyle{{empty}}\\parindent=0pt\\hsize={made.width}pt\n"
    return f"{HEAD}{begin}{shown}\\end{{document}}\n"


def words(page: int, folder: Path, require_program: Require) -> list[Word]:
    command = [require_program("pdftotext"), "-bbox", "-f", str(page), "-l", str(page), "paper.pdf", "-"]
    text = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
    found = re.findall(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>', text)
    return sorted((word, [float(side) for side in sides]) for *sides, word in found)


@pytest.mark.parametrize(
    ("name", "engine"), [("box", "pdflatex"), ("bar", "pdflatex"), ("line", "pdflatex"), ("box", "lualatex")]
)
def test_size_and_texts_are_those_of_pgf(name: str, engine: str, tmp_path: Path, require_program: Require) -> None:
    made, _ = written(name, tmp_path)
    log = run(require_program(engine), both(made), tmp_path)
    sizes = np.array(re.findall(r"SIZE ([\d.]+)pt([\d.]+)pt([\d.]+)pt", log), dtype=float)
    assert sizes == pytest.approx(np.array([[made.width, made.height, 0.0]] * 2), abs=0.05)
    assert "Overfull" not in log
    mine, theirs = (words(page, tmp_path, require_program) for page in (1, 2))
    assert [word for word, _ in mine] == [word for word, _ in theirs]
    assert len(mine) > 20
    assert np.array([box for _, box in mine]) == pytest.approx(np.array([box for _, box in theirs]), abs=0.1)


@pytest.mark.parametrize("name", ["box", "line"])
def test_the_picture_is_nearly_that_of_pgf(name: str, tmp_path: Path, require_program: Require) -> None:
    made, _ = written(name, tmp_path)
    run(require_program("pdflatex"), both(made), tmp_path)
    command = [require_program("pdftoppm"), "-r", "150", "-gray", "paper.pdf", "page"]
    subprocess.run(command, cwd=tmp_path, check=True)
    mine, theirs = (np.asarray(Image.open(tmp_path / f"page-{page}.pgm"), dtype=float) for page in (1, 2))
    assert (theirs < 128).sum() > 3000
    # Lines may be a pixel off, and the ends of strokes differ.
    assert (np.abs(mine - theirs) > 128).sum() < 0.1 * (theirs < 128).sum()


def test_without_pgfplots_it_says_so(tmp_path: Path, require_program: Require) -> None:
    written("bar", tmp_path)
    source = "\\documentclass{article}\\begin{document}\\input{figures/demo}\\end{document}\n"
    with pytest.raises(AssertionError, match=re.escape(r"figure.demo needs \usepackage{pgfplots}")):
        run(require_program("pdflatex"), source, tmp_path)
