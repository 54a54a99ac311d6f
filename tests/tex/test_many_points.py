r"""A hundred thousand points in every format, in real documents: they compile, exactly as wide as the figure."""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from paperkit import figures
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FigureAsset, Format
from paperkit.style.venue import load_venue
from paperkit.templates import Templates
from tests.tex.engines import run
from tests.unit.figures.figure_cases import asset, frame

pytestmark = pytest.mark.tex

Require = Callable[[str], str]
HEAD = r"\documentclass{article}\usepackage{times}\usepackage{graphicx,color,pgf}\begin{document}\pagestyle{empty}"
BOXED = r"\setbox0\hbox{\input{FILE}}\typeout{SIZE \the\wd0 \the\ht0 \the\dp0}\noindent\box0 "


@pytest.fixture(scope="module")
def made() -> tuple[figures.Figure, FigureAsset]:
    numbers = random.Random(7)
    records = [{"model": numbers.gauss(0, 1), "score": numbers.gauss(0, 1)} for _ in range(100_000)]
    what = asset({"mark": "scatter", "options": {"alpha": 0.3}}, width="3.25in", height="2.4in")
    return figures.compile(what, {"runs": frame(records)}, Labels(), load_venue("iclr2026")), what


def write(made: tuple[figures.Figure, FigureAsset], root: Path, form: Format) -> None:
    for artifact in figures.write(*made, folder="figures", formats=(form,), templates=Templates()):
        path = root / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(artifact.content)


@pytest.mark.parametrize("engine", ["pdflatex", "lualatex", "xelatex"])
@pytest.mark.parametrize("form", ["pgf", "pdf", "hybrid"])
def test_a_hundred_thousand_points_compile(
    form: Format, engine: str, made: tuple[figures.Figure, FigureAsset], tmp_path: Path, require_program: Require
) -> None:
    write(made, tmp_path, form)
    body = BOXED.replace("FILE", "figures/demo")
    log = run(require_program(engine), f"{HEAD}{body}\\end{{document}}\n", tmp_path)
    (size,) = re.findall(r"SIZE ([\d.]+)pt([\d.]+)pt([\d.]+)pt", log)
    assert np.array(size, dtype=float) == pytest.approx([234.8775, 173.448, 0], abs=0.01)
    fonts = subprocess.run([require_program("pdffonts"), "paper.pdf"], cwd=tmp_path, capture_output=True, check=True)
    assert b"Type 3" not in fonts.stdout
    assert (tmp_path / "paper.pdf").stat().st_size < 1_000_000


@pytest.mark.parametrize(
    ("main", "reached"),
    [
        (".", "figures/demo"),
        (".", "figures/demo.pgf"),
        ("paper/deep", "../../figures/demo"),
        ("paper/deep", "../../figures/demo.pgf"),
        ("figures", "demo.pgf"),
    ],
)
def test_the_image_is_found_from_any_folder(
    main: str,
    reached: str,
    made: tuple[figures.Figure, FigureAsset],
    tmp_path: Path,
    require_program: Require,
) -> None:
    write(made, tmp_path, "pgf")
    folder = tmp_path / main
    folder.mkdir(parents=True, exist_ok=True)
    run(require_program("pdflatex"), f"{HEAD}\\input{{{reached}}}\\end{{document}}\n", folder)


def test_the_image_shows_what_the_vectors_do(tmp_path: Path, require_program: Require) -> None:
    numbers = random.Random(7)
    records = [{"model": numbers.gauss(0, 1), "score": numbers.gauss(0, 1)} for _ in range(400)]
    pictures = []
    for wanted in (True, False):
        folder = tmp_path / str(wanted)
        folder.mkdir()
        # White edges would be blurred with what is beside them.
        panel = {"mark": "scatter", "rasterized": wanted, "options": {"linewidth": 0.0}}
        what = asset(panel, width="3.25in", height="2.4in")
        figure = figures.compile(what, {"runs": frame(records)}, Labels(), load_venue("iclr2026"))
        write((figure, what), folder, "pgf")
        run(require_program("pdflatex"), f"{HEAD}\\input{{figures/demo}}\\end{{document}}\n", folder)
        command = [require_program("pdftoppm"), "-r", "150", "-gray", "-singlefile", "paper.pdf", "page"]
        subprocess.run(command, cwd=folder, check=True)
        pictures.append(np.asarray(Image.open(folder / "page.pgm"), dtype=float))
    image, vector = pictures
    assert (vector < 128).sum() > 5_000
    assert (255 - image).sum() == pytest.approx((255 - vector).sum(), rel=0.05)
    # Points stand on whole pixels of the image and their rims are blurred: all ink together moves by less than 0.5pt.
    centers = [np.average(np.indices(ink.shape), axis=(1, 2), weights=255 - ink) for ink in pictures]
    assert centers[0] == pytest.approx(centers[1], abs=0.5 * 150 / 72)
