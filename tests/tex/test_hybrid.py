r"""Hybrid figures in real documents: every text where PGF sets it, whatever class and engine."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image
from pypdf import PdfReader

from paperkit import figures
from paperkit.data.load import Frames
from paperkit.manifest.load import load
from paperkit.manifest.model import FigureAsset, Format
from paperkit.style.venue import Venue, load_venue
from paperkit.templates import Templates
from tests.tex.engines import run
from tests.unit.figures.figure_cases import asset as asset_of
from tests.unit.figures.figure_cases import frame, labels, runs

pytestmark = pytest.mark.tex

ROOT = Path(__file__).parents[2]
Require = Callable[[str], str]
Word = tuple[str, list[float]]
FOOT = 600.0
# The class, and what gives it the venue's fonts; style files of conferences are not in TeX Live, their type is Times.
CLASSES = {
    "article": r"\documentclass{article}\usepackage{graphicx,color,pgf}",
    "iclr2026": r"\documentclass{article}\usepackage{times}\usepackage{graphicx,color,pgf}",
    "acmart-acmsmall": r"\documentclass[acmsmall]{acmart}\settopmatter{printacmref=false}\setcopyright{none}"
    r"\usepackage{color,pgf}",
}


def reference(venue: Venue) -> tuple[figures.Figure, FigureAsset]:
    manifest = load(ROOT / "paper.toml")
    (asset,) = (figure for figure in manifest.figures if figure.name == "model-size")
    loader = Frames(ROOT, manifest.data, manifest.labels)
    frames = {panel.data: loader.load(panel.data) for panel in asset.spec.panel}
    return figures.compile(asset, frames, manifest.labels, venue), asset


def write(made: figures.Figure, asset: FigureAsset, root: Path, *formats: Format, folder: str = "figures") -> None:
    for artifact in figures.write(made, asset, folder=folder, formats=formats, templates=Templates()):
        path = root / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(artifact.content)


def both(head: str, made: figures.Figure) -> str:
    """Return a document that shows the hybrid figure on its first page and the PGF at the same place of its second."""
    shown = "".join(
        rf"\setbox0\hbox{{\input{{{file}}}}}\typeout{{SIZE \the\wd0 \the\ht0 \the\dp0}}\noindent\box0\newpage "
        for file in (f"figures/{made.name}", f"figures/{made.name}.pgf")
    )
    begin = f"\n\\begin{{document}}\\pagestyle{{empty}}\\parindent=0pt\\hsize={made.width}pt\n"
    return f"{head}{begin}{shown}\\end{{document}}\n"


def words(page: int, folder: Path, require_program: Require) -> list[Word]:
    """Return every word of a page above its foot with its box, in PDF points, sorted."""
    command = [require_program("pdftotext"), "-bbox", "-f", str(page), "-l", str(page), "paper.pdf", "-"]
    text = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
    found = re.findall(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>', text)
    boxes = ((word, [float(side) for side in sides]) for *sides, word in found)
    return sorted((word, sides) for word, sides in boxes if sides[1] < FOOT)


def require_same(first: list[Word], second: list[Word]) -> None:
    assert [word for word, _ in first] == [word for word, _ in second]
    sides = ([sides for _, sides in words] for words in (first, second))
    assert np.array(next(sides)) == pytest.approx(np.array(next(sides)), abs=0.02)


@pytest.mark.parametrize("engine", ["pdflatex", "lualatex"])
@pytest.mark.parametrize("name", CLASSES)
def test_every_text_stands_where_pgf_sets_it(name: str, engine: str, tmp_path: Path, require_program: Require) -> None:
    made, asset = reference(load_venue(name))
    write(made, asset, tmp_path, "hybrid", "pgf")
    log = run(require_program(engine), both(CLASSES[name], made), tmp_path)
    sizes = re.findall(r"SIZE ([\d.]+)pt([\d.]+)pt([\d.]+)pt", log)
    assert np.array(sizes, dtype=float) == pytest.approx(np.array([[made.width, made.height, 0]] * 2), abs=0.05)
    assert "Overfull" not in log
    hybrid, pgf = (words(page, tmp_path, require_program) for page in (1, 2))
    assert len(hybrid) > 40
    require_same(hybrid, pgf)
    assert "/Type3" not in font_types(tmp_path / "paper.pdf")


def font_types(path: Path) -> set[str]:
    pages: Any = PdfReader(path).pages
    fonts = (font.get_object() for page in pages for font in page["/Resources"]["/Font"].values())
    return {str(font["/Subtype"]) for font in fonts}


def test_the_whole_picture_is_that_of_pgf(tmp_path: Path, require_program: Require) -> None:
    made, asset = reference(load_venue("iclr2026"))
    write(made, asset, tmp_path, "hybrid", "pgf")
    run(require_program("pdflatex"), both(CLASSES["iclr2026"], made), tmp_path)
    command = [require_program("pdftoppm"), "-r", "150", "-gray", "paper.pdf", "page"]
    subprocess.run(command, cwd=tmp_path, check=True)
    hybrid, pgf = (np.asarray(Image.open(tmp_path / f"page-{page}.pgm"), dtype=float) for page in (1, 2))
    assert (hybrid < 128).sum() > 5000
    assert np.abs(hybrid - pgf).mean() < 0.1
    assert (np.abs(hybrid - pgf) > 128).sum() < 0.01 * (hybrid < 128).sum()


def turned(**keys: object) -> tuple[figures.Figure, FigureAsset]:
    """Return a figure with a second panel, a legend in a frame, maths, accents, and texts in two lines."""
    panels = (
        {"hue": "method", "axes": {"xlabel": "Größe $x_1^2$", "ylabel": "50 % (a)\nb_c"}},
        {"mark": "strip", "axes": {"title": "<5> | [it's], (a); {b}"}},
    )
    what = asset_of(*panels, legend={"loc": "outside top", "frameon": True, "title": "R & D"}, **keys)
    made = figures.compile(what, {"runs": frame(runs("a", "b/c"))}, labels(), load_venue("article"))
    return made, what


def test_colours_turned_text_and_signs_stand_where_pgf_sets_them(tmp_path: Path, require_program: Require) -> None:
    made, what = turned()
    for index, text in enumerate(made.canvas.findobj(Text)):
        text.set_color(("red", "0.5", "black")[index % 3])
        text.set_rotation((0, 90, 30, -45)[index % 4])
    write(made, what, tmp_path, "hybrid", "pgf")
    run(require_program("pdflatex"), both(CLASSES["article"], made), tmp_path)
    command = [require_program("pdftoppm"), "-r", "150", "paper.pdf", "page"]
    subprocess.run(command, cwd=tmp_path, check=True)
    hybrid, pgf = (np.asarray(Image.open(tmp_path / f"page-{page}.ppm"), dtype=float) for page in (1, 2))
    assert np.abs(hybrid - pgf).mean() < 0.1


def test_hybrid_needs_no_other_package(tmp_path: Path, require_program: Require) -> None:
    made, what = turned()
    write(made, what, tmp_path, "hybrid")
    source = "\\documentclass{article}\\usepackage{graphicx}\\begin{document}\\input{figures/demo}\\end{document}\n"
    run(require_program("pdflatex"), source, tmp_path)
    alone = source.replace("figures/demo", "figures/demo-hybrid")
    run(require_program("pdflatex"), alone, tmp_path)


def test_acmart_is_told_what_a_hybrid_figure_shows(tmp_path: Path, require_program: Require) -> None:
    made, asset = reference(load_venue("acmart-acmsmall"))
    write(made, asset, tmp_path, "hybrid")
    body = r"\title{T}\maketitle\begin{figure}\input{figures/model-size}\caption{C}\end{figure}"
    log = run(
        require_program("pdflatex"), f"{CLASSES['acmart-acmsmall']}\\begin{{document}}{body}\\end{{document}}", tmp_path
    )
    assert "A possible image without description" not in log
    assert "Overfull" not in log
    assert "Package paperkit Warning" not in log


def test_a_hybrid_figure_that_is_shrunk_to_the_line_is_warned_of(tmp_path: Path, require_program: Require) -> None:
    made, asset = reference(load_venue("iclr2026"))
    write(made, asset, tmp_path, "hybrid")
    body = r"\begin{minipage}{200pt}\resizebox{\linewidth}{!}{\input{figures/model-size}}\end{minipage}"
    log = run(require_program("pdflatex"), f"{CLASSES['iclr2026']}\\begin{{document}}{body}\\end{{document}}", tmp_path)
    assert "figure.model-size is 397.485pt wide, but the line is only 200.0pt" in " ".join(log.split())
