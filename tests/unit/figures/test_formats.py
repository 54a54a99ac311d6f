"""Hybrid, SVG and PNG: one layout with PDF and PGF, the same bytes always, nothing but text in the overlay."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgba
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from PIL import Image
from pypdf import PdfReader

from paperkit import figures
from paperkit.errors import AssetError, ManifestPath
from paperkit.figures.check import problems
from paperkit.figures.hybrid import to_hybrid
from paperkit.figures.pdf import PdfRenderer, draw_page, to_pdf
from paperkit.figures.pgf import to_pgf
from paperkit.figures.preview import to_png, to_svg
from paperkit.manifest.labels import Labels
from paperkit.style.theme import Theme, rc_context
from paperkit.templates import Templates
from paperkit.tex.text import escape
from tests.unit.figures.figure_cases import asset, compiled, frame, labels, runs, venue

FORMATS: Any = ("hybrid", "pdf", "pgf", "svg", "png")
FRAMED = {"loc": "outside top", "frameon": True, "title": "Method"}
LINE = re.compile(
    r"\\(?:pktext|pkturned)\{([\d.-]+)\}\{([\d.-]+)\}(?:\{([\d.-]+)\})?\\pk(left|center|right)"
    r"\{\\fontsize\{([\d.]+)\}\{[\d.]+\}\}\{(.*)\}%"
)
PGF_LINE = re.compile(
    r"\\pktext\{([\d.-]+)\}\{([\d.-]+)\}\{(left|right)?,?(?:rotate=([\d.-]+))?\}"
    r"\{\\fontsize\{([\d.]+)\}\{[\d.]+\}\}\{(.*)\}%"
)
SVG = "{http://www.w3.org/2000/svg}"


def test_the_overlay_holds_the_texts_of_the_pgf_at_their_places() -> None:
    made = compiled(runs(), {"hue": "method"}, legend=FRAMED)
    ours = [
        (float(x) * 72 / 72.27, float(y) * 72 / 72.27, turn or None, side, size, text)
        for x, y, turn, side, size, text in LINE.findall(to_hybrid(made).overlay)
    ]
    theirs = [
        (float(x), float(y), turn or None, side or "center", size, text)
        for x, y, side, turn, size, text in PGF_LINE.findall(to_pgf(made))
    ]
    assert len(ours) > 10
    assert [one[2:] for one in ours] == [one[2:] for one in theirs]
    places = np.array([one[:2] for one in ours])
    assert places == pytest.approx(np.array([one[:2] for one in theirs]), abs=0.002)


def test_the_graphics_of_a_hybrid_have_no_text_and_the_size_of_the_pdf() -> None:
    made = compiled(runs(), {"hue": "method"}, legend=FRAMED)
    page, whole = (PdfReader(BytesIO(pdf)).pages[0] for pdf in (to_hybrid(made).pdf, to_pdf(made)))
    resources: Any = page["/Resources"]
    assert not resources["/Font"]
    content, other = (page.get_contents() for page in (page, whole))
    assert content is not None
    assert other is not None
    assert b"BT" not in content.get_data()
    assert page.mediabox == whole.mediabox
    # Without its text the PDF draws the same, in the same order.
    drawn = re.sub(rb"BT.*?ET\n", b"", other.get_data(), flags=re.DOTALL)
    assert re.findall(rb"[\d.-]+ [\d.-]+ [ml]\n", content.get_data()) == re.findall(rb"[\d.-]+ [\d.-]+ [ml]\n", drawn)


def test_the_picture_is_exactly_as_large_as_the_figure() -> None:
    made = compiled(runs(), width="397.485pt", height="2.2in")
    assert r"\begin{picture}(397.485,158.994)%" in to_hybrid(made).overlay


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(r"\$&%#_{}~^<>|'\"`-[]@*= aé−", min_size=1, max_size=12).filter(str.strip))
def test_any_data_text_stands_in_the_overlay_as_tex_prints_it(text: str) -> None:
    made = compiled(runs(text, "other"))
    assert f"{{{escape(' '.join(text.split()))}}}%" in to_hybrid(made).overlay
    assert b"<svg" in to_svg(made)


def test_colours_are_the_texts_own_and_transparent_ones_mixed_with_white() -> None:
    made = compiled(runs(), {"axes": {"xlabel": "red", "ylabel": "half", "title": "black"}})
    (axes,) = made.canvas.axes
    axes.xaxis.label.set_color((1, 0, 0))
    axes.yaxis.label.set_alpha(0.5)
    overlay = to_hybrid(made).overlay
    assert r"{\textcolor[rgb]{1,0,0}{red}}%" in overlay
    assert r"{\textcolor[rgb]{0.5,0.5,0.5}{half}}%" in overlay
    assert "{black}%" in overlay


def test_maths_that_matplotlib_cannot_set_is_left_to_tex() -> None:
    made = compiled(runs(), {"axes": {"xlabel": r"$\begin{matrix}a\end{matrix}$"}})
    assert r"$\begin{matrix}a\end{matrix}$" in to_hybrid(made).overlay
    for name, write in (("SVG", to_svg), ("PNG", to_png)):
        with pytest.raises(AssetError) as caught:
            write(made)
        (problem,) = caught.value.problems
        assert problem.message.startswith(f"{name} text cannot be set: ")
        assert problem.hint == (
            f"{name} figures know matplotlib's mathtext only; or leave '{name.lower()}' out of 'formats'"
        )


class Order(PdfRenderer):
    """Tell of fills that are drawn over a text that stands there already."""

    boxes: list[Bbox]
    covered: list[Bbox]

    def prepare(self, theme: Theme, path: ManifestPath, *, scale: float = 1.0) -> None:
        super().prepare(theme, path, scale=scale)
        self.boxes, self.covered = [], []

    def draw_text(  # noqa: PLR0917 - matplotlib's signature
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float, ismath: Any = False, mtext: Any = None
    ) -> None:
        width = self.measured(s, prop, is_math=bool(ismath)).width
        self.boxes.append(Bbox.from_bounds(x, y, *((1, width) if angle else (width, 1))))
        super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)

    def draw_path(self, gc: Any, path: Any, transform: Any, rgbFace: Any = None) -> None:  # noqa: N803 - inherited
        if rgbFace is not None and to_rgba(rgbFace)[3] > 0:
            fill, clip = path.get_extents(transform), gc.get_clip_rectangle()
            seen = fill if clip is None else Bbox.intersection(fill, clip)
            self.covered += [box for box in self.boxes if seen is not None and Bbox.intersection(seen, box) is not None]
        draw: Any = super().draw_path
        draw(gc, path, transform, rgbFace)


def test_no_patch_is_drawn_over_a_text_that_a_hybrid_shows_above_it() -> None:
    made = compiled(
        runs(), {"hue": "method", "axes": {"title": "T"}}, {"mark": "strip", "axes": {"grid": "both"}}, legend=FRAMED
    )
    with rc_context(made.theme):
        _, renderer = draw_page(made, Order, title="", subject="")
    assert len(renderer.boxes) > 10
    assert not renderer.covered


def test_an_svg_needs_no_font_and_names_its_panels_and_boxes() -> None:
    names = labels(model={"a": "Modèle <1>\n& more"})
    made = compiled(runs(), {"hue": "method"}, names=names)
    svg = to_svg(made, title="Scores & gains", description="Boxes of <two> methods")
    root = ET.fromstring(svg)
    assert (root.get("width"), root.get("viewBox")) == ("398.505604pt", "0 0 398.505604 199.252802")
    assert root.findtext(f"{SVG}title") == "Scores & gains"
    assert root.findtext(f"{SVG}desc") == "Boxes of <two> methods"
    assert not root.findall(f".//{SVG}text")
    titles = [title.text for title in root.findall(f".//{SVG}g/{SVG}title")]
    assert titles[0] == "panel 1: score"
    assert "Modèle <1> & more / new (n = 5)" in titles
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", name or "") for name in ids)


def test_a_png_has_200_pixels_per_inch_on_white() -> None:
    made = compiled(runs(), {"hue": "method"}, width="3in", height="2in")
    with Image.open(BytesIO(to_png(made, title="T", description="Kästen"))) as image:
        assert image.size == (600, 400)
        assert image.info["dpi"] == pytest.approx((200, 200), abs=0.01)
        assert (image.info["Title"], image.info["Description"]) == ("T", "Kästen")
        assert image.convert("RGBA").getpixel((0, 399)) == (255, 255, 255, 255)


def test_the_boxes_of_the_png_stand_where_the_layout_has_them() -> None:
    made = compiled(runs("a"), width="3in", height="2in")
    (axes,) = made.canvas.axes
    (patch,) = axes.patches
    patch.set(facecolor=(1, 0, 0), linewidth=0)
    extent: Any = patch.get_window_extent()
    left, bottom, right, top = (side * 200 / 72 for side in extent.extents)
    with Image.open(BytesIO(to_png(made))) as image:
        pixels = np.asarray(image.convert("RGB"), dtype=int)
    red = np.argwhere((pixels[..., 0] > 200) & (pixels[..., 1] < 60))
    assert [red[:, 1].min(), red[:, 1].max() + 1] == pytest.approx([left, right], abs=1.5)
    assert [400 - red[:, 0].max() - 1, 400 - red[:, 0].min()] == pytest.approx([bottom, top], abs=1.5)


@pytest.mark.parametrize("write", [to_svg, to_png])
def test_previews_keep_the_figure_as_it_was(write: Any) -> None:
    made = compiled(runs(), {"hue": "method", "axes": {"xlabel": "$x^2$"}}, legend=FRAMED)
    before = (to_pdf(made), to_pgf(made), to_hybrid(made), write(made))
    assert (to_pdf(made), to_pgf(made), to_hybrid(made), write(made)) == before


def test_texts_of_the_png_are_as_wide_as_those_of_the_svg_layout() -> None:
    made = compiled(runs(), {"axes": {"xlabel": "A label of some length"}}, width="3in", height="2in")
    (axes,) = made.canvas.axes
    for text in made.canvas.findobj(Text):
        text.set_visible(text is axes.xaxis.label)
    for part in (*axes.patches, *axes.lines, *axes.spines.values(), *axes.xaxis.get_major_ticks()):
        part.set_visible(False)
    axes.yaxis.set_visible(False)
    with Image.open(BytesIO(to_png(made))) as image:
        dark = np.argwhere(np.asarray(image.convert("L")) < 128)
    (line,) = [found for found in LINE.findall(to_hybrid(made).overlay) if found[-1].startswith("A label")]
    center, baseline = float(line[0]) / 72.27 * 200, 400 - float(line[1]) / 72.27 * 200
    assert (dark[:, 1].min() + dark[:, 1].max() + 1) / 2 == pytest.approx(center, abs=2)
    # The descender of `g` goes below the baseline, by less than a third of the size.
    assert 0 < dark[:, 0].max() - baseline < float(line[4]) / 72.27 * 200 / 3


def test_the_wrapper_shows_a_hybrid_by_its_two_files() -> None:
    what = asset(alt="Boxes")
    files = figures.write(compiled(runs()), what, folder="figures", formats=("hybrid", "png"), templates=Templates())
    assert [file.path for file in files] == [
        "figures/demo-hybrid.pdf",
        "figures/demo-hybrid.tex",
        "figures/demo.png",
        "figures/demo.tex",
    ]
    wrapper = files[-1].content.decode()
    assert wrapper.index(r"\def\pkname{demo-hybrid.pdf}") < wrapper.index(r"\def\pkname{demo-hybrid.tex}")
    assert r"\def\pkalt{Boxes}" in wrapper
    assert r"\includegraphics[alt=\pkalt]{\pkfile}" in wrapper
    assert "png" not in wrapper


@pytest.mark.parametrize(("formats", "count"), [(["hybrid"], 0), (["pgf", "hybrid"], 0), (["hybrid", "svg"], 1)])
def test_the_bundled_font_is_told_of_where_it_is_drawn(formats: list[str], count: int) -> None:
    made = figures.compile(asset(formats=formats), {"runs": frame(runs())}, Labels(), venue(family="LinLibertineT-TLF"))
    assert [notice.message for notice in made.notices if "nearest bundled font" in notice.message] == [
        "PDF, SVG and PNG figures use STIXGeneral, the nearest bundled font to the document's 'LinLibertineT-TLF'"
    ] * count


@pytest.mark.parametrize(
    ("formats", "said"),
    [
        (("svg",), ["svg", "'pdf', 'svg'"]),
        (("png", "svg", "hybrid", "pdf"), ["png", "'hybrid', 'png', 'svg', 'pdf'"]),
        (("hybrid", "svg", "png"), None),
    ],
)
def test_the_first_format_is_one_that_latex_can_show(formats: tuple[str, ...], said: list[str] | None) -> None:
    found = [str(problem) for problem in problems(asset(formats=formats), Labels())]
    assert found == (
        []
        if said is None
        else [
            (
                f"figure.demo.formats: LaTeX cannot show '{said[0]}', the first format\n"
                f"    pdf, pgf, hybrid or pgfplots comes first: formats = [{said[1]}]"
            )
        ]
    )


def test_every_format_has_the_same_bytes_in_every_process_and_locale() -> None:
    code = """
import hashlib, locale
locale.setlocale(locale.LC_ALL, "")
from paperkit import figures
from paperkit.templates import Templates
from tests.unit.figures.figure_cases import asset, compiled, labels, runs
panels = ({"hue": "method", "axes": {"title": "$x^2$"}}, {"mark": "strip", "hue": "model"})
made = compiled(runs(), *panels, names=labels(model={"b": "B ü $x$"}))
formats = ("hybrid", "pdf", "pgf", "svg", "png")
for artifact in figures.write(made, asset(*panels), folder="f", formats=formats, templates=Templates()):
    print(artifact.path, hashlib.sha256(artifact.content).hexdigest())
"""
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "SOURCE_DATE_EPOCH": epoch, "LC_ALL": place, "TZ": zone},
            cwd=Path(__file__).parents[3],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed, epoch, place, zone in (("1", "0", "C", "UTC"), ("2", "1700000000", "C.UTF-8", "Asia/Tokyo"))
    }
    assert len(outputs) == 1
    assert outputs.pop().count("\n") == len(FORMATS) + 2
