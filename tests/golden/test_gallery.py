"""The gallery shows every mark and every way to lay panels out, with no notice and the numbers of its data."""

from __future__ import annotations

import csv
import shutil
import statistics
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from paperkit import Paper
from paperkit.figures import Figure, mark_names

GALLERY = Path(__file__).parents[2] / "docs" / "gallery"
MODELS = ("vit-s", "vit-b", "clip-b", "clip-l", "dino-s", "dino-l")


@pytest.fixture(scope="module")
def paper() -> Paper:
    return Paper.load(GALLERY / "paper.toml")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gallery") / "paper"
    shutil.copytree(GALLERY, folder, ignore=shutil.ignore_patterns("figures", ".paperkit", "paper.lock", "*.tex"))
    report = Paper.load(folder / "paper.toml").build()
    assert [str(notice) for notice in report.notices] == []
    return folder


def rows(name: str, **wanted: str) -> list[dict[str, str]]:
    with (GALLERY / "data" / f"{name}.csv").open(newline="") as file:
        return [row for row in csv.DictReader(file) if all(row[key] == value for key, value in wanted.items())]


def accuracies(**wanted: str) -> list[float]:
    return [float(row["accuracy"]) for row in rows("scores", **wanted)]


def lines(figure: Figure, panel: int = 0) -> list[np.ndarray[Any, Any]]:
    return [np.asarray(line.get_xydata(), dtype=float) for line in figure.canvas.axes[panel].lines]


def has(points: Iterable[np.ndarray[Any, Any]], value: float, *, axis: int = 1) -> bool:
    return any(np.isclose(part[:, axis], value, rtol=1e-12).any() for part in points)


def test_every_mark_is_in_the_gallery(paper: Paper) -> None:
    panels = [panel for figure in paper.manifest.figures for panel in figure.spec.panel]
    shown = {layer.mark for panel in panels for layer in panel.layers}
    assert sorted(set(mark_names()) - shown) == []


def test_boxes_have_the_medians_of_the_data(paper: Paper) -> None:
    drawn = lines(paper.figure("box"))
    for model in MODELS:
        for method in ("linear", "attentive"):
            assert has(drawn, float(np.median(accuracies(model=model, method=method))))


def test_the_line_over_the_boxes_is_the_mean(paper: Paper) -> None:
    mean = statistics.fmean(accuracies(method="attentive"))
    assert has(lines(paper.figure("box-strip")), mean)


def test_bars_are_as_high_as_the_means(paper: Paper) -> None:
    heights = sorted(patch.get_height() for patch in paper.figure("bar").canvas.axes[0].patches)  # type: ignore[attr-defined]
    means = sorted(statistics.fmean(accuracies(model=m, method=k)) for m in MODELS for k in ("linear", "attentive"))
    assert heights == pytest.approx(means)


def test_curves_go_through_the_means(paper: Paper) -> None:
    drawn = lines(paper.figure("line"))
    for method in ("linear", "attentive", "full"):
        for epoch in ("0", "14", "30"):
            losses = [float(row["loss"]) for row in rows("curves", method=method, epoch=epoch)]
            assert any(np.isclose(part, [float(epoch), statistics.fmean(losses)]).all(axis=1).any() for part in drawn)


def test_facets_are_cut_from_the_data(paper: Paper) -> None:
    figure = paper.figure("facets")
    assert len(figure.canvas.axes) == 8
    pets = accuracies(model="clip-l", method="attentive", dataset="Pets")
    assert has(lines(figure, 7), statistics.fmean(pets))
    assert not has(lines(figure, 6), statistics.fmean(pets))


def test_the_gallery_compiles_as_it_is_wide(built: Path, require_program: Callable[[str], str]) -> None:
    engine = require_program("pdflatex")
    names = sorted(path.stem.removesuffix("-hybrid") for path in (built / "figures").glob("*-hybrid.pdf"))
    body = "\n\n".join(rf"\input{{figures/{name}}}" for name in names)
    page = r"\documentclass{article}\usepackage{times}\textwidth=487.823pt\parindent=0pt\input{paperkit-preamble}"
    source = f"{page}\\begin{{document}}\n{body}\n\\end{{document}}\n"
    (built / "main.tex").write_text(source, encoding="utf-8")
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "main.tex"]
    done = subprocess.run(command, cwd=built, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Overfull" not in done.stdout
