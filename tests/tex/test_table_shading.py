"""Shading on the page: no white gaps between cells and at rules, nothing beyond the rules."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib.image as mpl_image
import numpy as np
import numpy.typing as npt
import pytest

from paperkit.style.venue import load_venue
from tests.tex.engines import run
from tests.tex.test_tables import VENUES, paper
from tests.unit.tables.tiny_records import Records, resolved

DPI = 250
# Every value is above vmax, so that all cells have the last, dark red entry of the colormap.
RED = {"colormap": "Reds", "vmin": 0, "vmax": 1}
CELLS = Records(
    "task model setup score",
    *[(f"task {row}", f"m{column // 2}", f"s{column % 2}", 10.0 + row) for row in range(4) for column in range(4)],
)


def reddish(image: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    mask: npt.NDArray[np.bool_] = (image[:, :, 0] > 0.3) & (image[:, :, 1] < 0.2) & (image[:, :, 2] < 0.2)
    return mask


def shaded_pages(pdf: Path, pdftoppm: str) -> list[npt.NDArray[np.float64]]:
    """Return the pages that hold shading."""
    stem = pdf.with_suffix("")
    subprocess.run([pdftoppm, "-r", str(DPI), "-png", pdf, stem], check=True)
    found: list[npt.NDArray[np.float64]] = [
        mpl_image.imread(path)[:, :, :3] for path in sorted(pdf.parent.glob(f"{stem.name}-*.png"))
    ]
    return [image for image in found if reddish(image).any()]


def bounds(mask: npt.NDArray[np.bool_]) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


@pytest.mark.tex
@pytest.mark.parametrize("name", VENUES)
def test_shading_is_one_block_between_the_rules(
    name: str, tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    keys: list[dict[str, Any]] = [{}, {"rotate": 90, "fontsize": "scriptsize", "width": "columnwidth"}]
    tables = [resolved(CELLS, venue=name, columns=["model", "setup"], precision=1, shade=RED, **own) for own in keys]
    source = paper(load_venue(name), tables, tmp_path).replace("Text.", "")
    run(require_program("pdflatex"), source, tmp_path)
    images = shaded_pages(tmp_path / "paper.pdf", require_program("pdftoppm"))
    assert len(images) == len(tables)
    for image in images:
        red = reddish(image)
        black = image.max(axis=2) < 0.25
        rows, columns = bounds(red)
        block = red[rows, columns]
        assert block.mean(axis=0).min() > 0.4, "a white line between columns"
        assert block.mean(axis=1).min() > 0.25, "a white line between rows"
        assert black[rows.start - 4 : rows.start + 1, columns].any(axis=0).mean() > 0.98, "a gap below the middle rule"
        assert black[rows.stop - 1 : rows.stop + 4, columns].any(axis=0).mean() > 0.98, "a gap above the bottom rule"
        rule = np.flatnonzero(black[rows.stop - 1 : rows.stop + 6].any(axis=0))
        assert abs(int(rule[-1]) + 1 - columns.stop) <= 2, "the shading does not end with the rules"
