"""Images inside vector files: which marks become one, what is said of it, and that text and axes never do."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from pypdf import PdfReader

from paperkit import figures
from paperkit.figures.pdf import to_pdf
from paperkit.figures.pgf import draw_pgf, to_pgf
from paperkit.figures.preview import to_svg
from paperkit.figures.raster import RASTER_DPI, Dense, dense_panels, raster_notices, rasterized
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import PanelSpec
from paperkit.templates import Templates
from tests.unit.figures.figure_cases import asset, compiled, frame, runs, venue

SCATTER = {"mark": "scatter"}


def points(count: int) -> list[dict[str, float]]:
    numbers = random.Random(7)
    return [{"model": numbers.gauss(0, 1), "score": numbers.gauss(0, 1)} for _ in range(count)]


def dense_of(made: figures.Figure) -> tuple[Dense, ...]:
    return dense_panels(made.canvas.axes, made.scene.panels)


def notices(count: int, *panels: Mapping[str, Any], **keys: Any) -> list[str]:
    made = compiled(points(count), *panels, **keys)
    return [str(notice) for notice in raster_notices(asset(*panels, **keys), dense_of(made))]


def test_marks_that_tex_has_no_memory_for_are_an_image_and_it_is_said() -> None:
    assert notices(2_000, SCATTER) == []
    assert notices(2_001, SCATTER) == [
        (
            "figure.demo.panel[0]: 2001 marks are an image of 300 dpi in pgf; text stays text\n"
            "    rasterized = true or false decides it for all formats"
        )
    ]
    assert notices(5_001, SCATTER, formats=["hybrid", "pgf", "svg", "png"]) == [
        (
            "figure.demo.panel[0]: 5001 marks are an image of 300 dpi in pgf and svg; text stays text\n"
            "    rasterized = true or false decides it for all formats"
        )
    ]


def test_what_is_asked_for_is_done_and_not_said() -> None:
    asked, never = ({**SCATTER, "rasterized": wanted} for wanted in (True, False))
    assert notices(100, asked) == []
    assert notices(8_000, never) == []
    assert notices(8_001, never, formats=["hybrid", "pdf"]) == []
    assert notices(8_001, never) == [
        (
            "figure.demo.panel[0].rasterized: 8001 marks in a PGF figure: TeX is slow with them, and has no memory for "
            "20000\n    formats = ['hybrid'] is set by the paper's TeX as well, and has any number of vectors"
        )
    ]
    assert len(draw_pgf(compiled(points(100), asked))[1]) == 1
    assert draw_pgf(compiled(points(3_000), never))[1] == ()


@pytest.mark.parametrize(
    ("marks", "form", "chosen"),
    [
        ([1_500, 400, 100], "pgf", []),
        ([1_500, 400, 101], "pgf", [0]),
        ([900, 1_900, 1_901], "pgf", [1, 2]),
        ([1_001, 1_001], "pgf", [0]),
        ([1_001, 1_001], "pdf", []),
        ([25_001], "hybrid", [0]),
        ([100_000], "png", []),
    ],
)
def test_as_few_panels_as_need_be_are_images(marks: list[int], form: str, chosen: list[int]) -> None:
    dense = [Dense(panel=rank, artists=(object(),), marks=n, wanted=None) for rank, n in enumerate(marks)]  # type: ignore[arg-type]  # never drawn
    assert [panel.panel for panel in rasterized(dense, form)] == chosen


def test_the_image_has_the_marks_and_nothing_else() -> None:
    panel = {**SCATTER, "axhline": [{"y": 0}], "axes": {"title": "Points"}, "options": {"corr": "pearson"}}
    made = compiled(points(3_000), panel, width="300pt", height="200pt")
    text, (image,) = draw_pgf(made)
    vector = to_pgf(compiled(points(3_000), {**panel, "rasterized": False}, width="300pt", height="200pt"))
    texts = [line for line in text.splitlines() if line.startswith(r"\pktext")]
    assert texts == [line for line in vector.splitlines() if line.startswith(r"\pktext")]
    # Lines of axes, ticks and the reference line: what the vectors have besides the 3,000 stamps of one marker.
    assert vector.count(r"\pkmark}") - text.count(r"\pkmark}") == 3_000
    # The marker itself, and what it is clipped to.
    assert text.count(r"\pgfusepath") == vector.count(r"\pgfusepath") - 2
    place = re.search(r"x=([\d.]+)bp,y=([\d.]+)bp,left,bottom.*width=([\d.]+)bp,height=([\d.]+)bp", text)
    assert place is not None
    x, y, width, height = map(float, place.groups())
    assert (width, height) == pytest.approx((image.shape[1] * 72 / RASTER_DPI, image.shape[0] * 72 / RASTER_DPI))
    stamps = np.array(re.findall(r"\\pkat\{([\d.-]+)\}\{([\d.-]+)\}\\pkmark", vector), dtype=float)
    # The image ends where the outermost points do: half a marker of 4pt and its edge of 0.3, and a pixel.
    reach = 2 * 72 / 72.27 + 0.15
    ours = (x, y, x + width, y + height)
    stamps = stamps[(np.diff(stamps, axis=0, prepend=np.nan) != 0).any(axis=1)]
    theirs = (*(stamps[-3_000:].min(axis=0) - reach), *(stamps[-3_000:].max(axis=0) + reach))
    assert ours == pytest.approx(theirs, abs=0.35)


def images(pdf: bytes) -> list[Any]:
    resources: Any = PdfReader(BytesIO(pdf)).pages[0]["/Resources"]
    return [entry for entry in resources["/XObject"].values() if entry.get_object()["/Subtype"] == "/Image"]


def test_pdf_and_svg_hold_their_images_themselves() -> None:
    few, many = compiled(points(5_000), SCATTER), compiled(points(25_001), SCATTER)
    assert not images(to_pdf(few))
    assert len(images(to_pdf(many))) == 1
    assert len(to_pdf(many)) < len(to_pdf(compiled(points(25_001), {**SCATTER, "rasterized": False}))) * 2
    assert b"<image" not in to_svg(few)
    assert to_svg(many).count(b"<image") == 1
    fonts: Any = PdfReader(BytesIO(to_pdf(many))).pages[0]["/Resources"]
    assert fonts["/Font"]


def test_writing_one_format_leaves_no_trace_in_the_next() -> None:
    made = compiled(points(3_000), SCATTER)
    before = to_pdf(made)
    to_pgf(made)
    assert to_pdf(made) == before
    assert made.canvas.get_dpi() == 72


def test_levels_of_a_hue_and_panels_have_an_image_each() -> None:
    records = [{**point, "hue": "ab"[rank % 2]} for rank, point in enumerate(points(3_000))]
    text, found = draw_pgf(compiled(records, {**SCATTER, "hue": "hue"}, SCATTER))
    assert len(found) == 2
    assert re.findall(r"page=(\d)", text) == ["1", "2"]


def test_long_lines_lose_the_vertices_that_nobody_can_see() -> None:
    records = [{"model": float(rank), "score": point["score"]} for rank, point in enumerate(points(30_000))]
    made = compiled(records, {"mark": "line", "options": {"errorbar": "none"}})
    text, found = draw_pgf(made)
    assert found == ()
    assert 500 < text.count(r"\pkL") < 10_000


def test_cells_of_a_heatmap_are_one_image_and_their_numbers_text() -> None:
    records = [{"model": f"m{x}", "k": f"k{y}", "score": float(x * y)} for x in range(6) for y in range(6)]
    panel = {"mark": "heatmap", "y": "k", "values": "score", "options": {"annot": True, "fmt": ".0f"}}
    text, found = draw_pgf(compiled(records, {**panel, "rasterized": True}))
    assert len(found) == 1
    assert all(f"{{{x * y}}}%" in text for x in range(6) for y in range(6))


def test_the_files_of_a_figure_with_an_image() -> None:
    what = asset(SCATTER, formats=["pgf", "hybrid"])
    for count, expected in ((3_000, ["figures/demo-raster.pdf"]), (10, [])):
        made = figures.compile(what, {"runs": frame(points(count))}, Labels(), venue())
        files = figures.write(made, what, folder="figures", formats=what.spec.formats, templates=Templates())
        ours = ["figures/demo.pgf", *expected, "figures/demo-hybrid.pdf", "figures/demo-hybrid.tex", "figures/demo.tex"]
        assert [artifact.path for artifact in files] == ours
        assert figures.lint(made, what, files, venue=venue()) == tuple(raster_notices(what, dense_of(made)))
        for file in files:
            if file.path in expected:
                (page,) = PdfReader(BytesIO(file.content)).pages
                assert "/Font" not in page["/Resources"] or not page["/Resources"]["/Font"]  # type: ignore[operator,index]  # pypdf's own idiom


def test_rasterized_is_a_word_of_matplotlib_or_auto() -> None:
    spec = PanelSpec(data="runs", mark="strip", x="model", y="score")
    assert spec.rasterized == "auto"
    assert dense_of(compiled(runs(), {"rasterized": True}))[0].wanted is True
