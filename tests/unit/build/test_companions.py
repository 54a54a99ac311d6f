"""Files that a target has only if its data ask for it: made, missed, protected and left over like any other."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from paperkit import Paper
from paperkit.errors import ManifestError

MANIFEST = """[paper]
title = "Many points"
[data.runs]
read = "runs.csv"
[figure.cloud]
formats = ["pgf"]
[[figure.cloud.panel]]
data = "runs"
mark = "scatter"
x = "x"
y = "y"
"""
RASTER = "figures/cloud-raster.pdf"


def write_points(root: Path, count: int) -> None:
    numbers = random.Random(7)
    rows = "".join(f"{numbers.random()},{numbers.random()}\n" for _ in range(count))
    (root / "runs.csv").write_text(f"x,y\n{rows}")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "paper.toml").write_text(MANIFEST)
    write_points(tmp_path, 2_100)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def build(project: Path) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    report = Paper.load(project / "paper.toml").build(["figure.cloud"])
    (outcome,) = report.outcomes
    return outcome.result.value, outcome.reasons, outcome.written


def test_an_image_is_made_missed_and_left_over(project: Path) -> None:
    assert build(project) == ("built", ("first build",), ("figures/cloud.pgf", RASTER, "figures/cloud.tex"))
    assert build(project)[0] == "unchanged"
    (project / RASTER).unlink()
    assert build(project) == ("built", (f"{RASTER} is missing",), (RASTER,))
    write_points(project, 100)
    result, reasons, written = build(project)
    assert (result, reasons) == ("built", ("runs.csv changed (2100 → 100 rows)",))
    assert RASTER not in written
    assert Paper.load(project / "paper.toml").orphans() == (RASTER,)
    (project / RASTER).unlink()
    assert build(project)[0] == "unchanged"


def test_a_file_of_someone_else_is_not_replaced(project: Path) -> None:
    (project / "figures").mkdir()
    (project / RASTER).write_bytes(b"mine")
    assert build(project)[:2] == ("edited", (f"{RASTER} was not written by paperkit",))
    assert (project / RASTER).read_bytes() == b"mine"


def test_another_figure_cannot_take_the_name(project: Path) -> None:
    with (project / "paper.toml").open("a") as manifest:
        manifest.write('[figure.cloud-raster]\nformats = ["pdf"]\n[[figure.cloud-raster.panel]]\n')
        manifest.write('data = "runs"\nmark = "scatter"\nx = "x"\ny = "y"\n')
    with pytest.raises(ManifestError) as caught:
        Paper.load(project / "paper.toml").build()
    assert str(caught.value) == (
        f"paper.toml:12:9: figure.cloud-raster: {RASTER} is written by figure.cloud too; "
        "every asset needs a file of its own"
    )
