from __future__ import annotations

import os
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # has no stubs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from paperkit import figures
from paperkit.errors import AssetError
from paperkit.figures.bundled import is_foreign
from paperkit.figures.bundled import runs as runs_of
from paperkit.figures.pdf import to_pdf
from paperkit.figures.pgf import number, to_pgf
from paperkit.manifest.model import FigureAsset
from paperkit.templates import Templates
from paperkit.tex.text import escape
from tests.unit.figures.figure_cases import asset, compiled, frame, labels, runs, venue

SPECIAL = r"\$&%#_{}~^<>|'\"`-[]@*= aé−"


def written(made: figures.Figure, what: FigureAsset, *formats: str) -> dict[str, bytes]:
    artifacts = figures.write(made, what, folder="figures", formats=formats or ("pdf", "pgf"), templates=Templates())  # type: ignore[arg-type]  # the literals, as texts
    return {artifact.path: artifact.content for artifact in artifacts}


def font_types(pdf: bytes) -> set[str]:
    found: set[str] = set()
    for page in PdfReader(BytesIO(pdf)).pages:
        fonts = page["/Resources"].get_object()
        assert isinstance(fonts, DictionaryObject)
        for font in fonts.get("/Font", DictionaryObject()).get_object().values():
            entry = font.get_object()
            found.add(entry["/Subtype"])
            found |= {inner.get_object()["/Subtype"] for inner in entry.get("/DescendantFonts", ())}
    return found


def test_every_format_and_the_wrapper_are_written() -> None:
    made = compiled(runs(), {"hue": "method"})
    files = written(made, asset({"hue": "method"}))
    assert list(files) == ["figures/demo.pdf", "figures/demo.pgf", "figures/demo.tex"]
    assert b"demo.pdf" in files["figures/demo.tex"]
    assert b"demo.pgf" in written(made, asset(), "pgf", "pdf")["figures/demo.tex"]


@pytest.mark.parametrize(("width", "points"), [("397.485pt", 397.485), ("3.25in", 234.8775), (0.5, 200.0)])
def test_the_pdf_is_exactly_as_wide_as_asked(width: Any, points: float) -> None:
    box = PdfReader(BytesIO(to_pdf(compiled(runs(), width=width, height="2in")))).pages[0].mediabox
    assert float(box.width) / 72 * 72.27 == pytest.approx(points, abs=0.01)
    assert float(box.height) == pytest.approx(144, abs=0.01)


def test_the_pdf_embeds_no_type_3_font_and_tells_no_date() -> None:
    pdf = to_pdf(compiled(runs(), {"axes": {"xlabel": "$R^2_{x}$ of 5 %"}}), title="A title", subject="What it shows")
    assert font_types(pdf) == {"/Type0", "/CIDFontType2"}
    information = PdfReader(BytesIO(pdf)).metadata
    assert information is not None
    assert information.title == "A title"
    assert information.subject == "What it shows"
    assert information.creation_date is None


def test_the_pgf_has_the_exact_bounding_box() -> None:
    pgf = to_pgf(compiled(runs(), width="397.485pt", height="2.2in"))
    assert r"\pgfpathrectangle{\pgfpointorigin}{\pgfqpoint{397.485pt}{158.994pt}}" in pgf
    assert pgf.count(r"\begin{pgfscope}") == pgf.count(r"\end{pgfscope}")


def test_the_pgf_names_panels_and_boxes_and_stays_ascii() -> None:
    names = labels(model={"a": "Modèle\n(une %)"})
    pgf = to_pgf(compiled(runs(), {"hue": "method"}, names=names))
    assert "% panel 1: score\n" in pgf
    assert "% Mod?le (une %) / new (n = 5)\n" in pgf
    comments = [line for line in pgf.splitlines() if line.startswith("% ")]
    assert all(line.isascii() for line in comments)


def test_every_colour_is_defined_once_under_its_own_name() -> None:
    pgf = to_pgf(compiled(runs(), {"hue": "method"}))
    defined = re.findall(r"\\definecolor\{(\w+)\}\{rgb\}\{([\d.,]+)\}", pgf)
    assert len({name for name, _ in defined}) == len({color for _, color in defined}) == len(defined)
    used = set(re.findall(r"\\pgfset(?:fill|stroke)color\{(\w+)\}", pgf))
    assert used == {name for name, _ in defined}


def test_the_pgf_is_legible() -> None:
    pgf = to_pgf(compiled(runs(), {"hue": "method"}))
    assert not re.search(r"\d\.\d{4,}[^\d]*bp", pgf)
    assert max(len(line) for line in pgf.splitlines()) < 200


def test_both_formats_have_the_same_geometry() -> None:
    made = compiled(runs(), {"hue": "method", "options": {"linecolor": "red"}})
    axes: Any = made.canvas.axes[0]
    corners = {
        tuple(round(float(value), 3) for value in patch.get_path().transformed(patch.get_transform()).vertices[0])
        for patch in axes.patches
    }
    pgf = {tuple(map(float, found)) for found in re.findall(r"\\pkM\{([\d.-]+)\}\{([\d.-]+)\}", to_pgf(made))}
    assert corners <= pgf
    page = PdfReader(BytesIO(to_pdf(made))).pages[0].get_contents()
    assert page is not None
    moves = [tuple(map(float, found)) for found in re.findall(rb"([\d.]+) ([\d.]+) m\n", page.get_data())]
    for corner in corners:
        assert min(np.hypot(x - corner[0], y - corner[1]) for x, y in moves) < 0.002


@pytest.mark.parametrize(
    ("value", "text"), [(0.1 + 0.2, "0.3"), (-0.0004, "0"), (-2.0, "-2"), (1e-9, "0"), (12.3456, "12.346")]
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(SPECIAL, min_size=1, max_size=12).filter(str.strip))
def test_any_data_text_is_printed_as_it_stands_in_both_formats(text: str) -> None:
    made = compiled(runs(text, "other"))
    assert f"{{{escape(' '.join(text.split()))}}}%" in to_pgf(made)
    assert to_pdf(made).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("line", "is_math", "expected"),
    [
        ("plain text", False, False),
        ("a_b", False, True),
        ("±5 °", False, True),
        (r"C:\ path", False, True),
        (r"$x_1$ \$_", True, True),
        (r"$x_1$ \$ five", True, False),
        ("$x_1$", True, False),
    ],
)
def test_a_line_that_the_bundled_computer_modern_garbles_comes_from_another_font(
    line: str, is_math: bool, expected: bool
) -> None:
    assert is_foreign(line, is_math=is_math, font="cmr10") == expected
    assert not is_foreign(line, is_math=is_math, font="STIXGeneral")


def test_text_and_maths_of_computer_modern_are_drawn_one_after_the_other() -> None:
    found = runs_of(r"of $x_1$ \$5", is_math=True, font="cmr10")
    assert [(run.text, run.is_math) for run in found] == [("of ", False), ("$x_1$", True), (" $5", False)]
    assert [run.text for run in runs_of("a $x$", is_math=True, font="STIXGeneral")] == ["a $x$"]


def fonts_of(label: str) -> set[str]:
    """Return the fonts of a figure in which `label` is the only text."""
    bare = {"xticks": "none", "yticks": "none", "ylabel": "", "xlabel": label}
    made = figures.compile(asset({"axes": bare}), {"runs": frame(runs())}, labels(), venue(family="cmr"))
    resources = PdfReader(BytesIO(to_pdf(made))).pages[0]["/Resources"].get_object()
    assert isinstance(resources, DictionaryObject)
    fonts = resources["/Font"].get_object()
    assert isinstance(fonts, DictionaryObject)
    return {re.sub(r"^/\w{6}\+", "", font.get_object()["/BaseFont"]) for font in fonts.values()}


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Sohne", {"Cmr10"}),
        ("Söhne", {"STIXGeneral-Regular"}),
        ("a_b in $x$", {"STIXGeneral-Regular", "STIXGeneral-Italic"}),
        ("→ β ≥ {x}", {"STIXGeneral-Regular"}),
        ("of $x$", {"Cmr10", "Cmmi10"}),
    ],
)
def test_one_design_draws_a_whole_line(label: str, expected: set[str]) -> None:
    assert fonts_of(label) == expected


@pytest.mark.parametrize("name", ["cmr10", "cmss10"])
def test_all_other_characters_of_the_bundled_computer_modern_are_what_they_seem(name: str) -> None:
    fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
    glyphs = TTFont(fonts / f"{name}.ttf").getBestCmap()
    right = TTFont(fonts / "STIXGeneral.ttf").getBestCmap()
    # LaTeX prints straight quotes curled, and so does this font.
    quotes = {"'": "quoteright", '"': "quotedblright", "`": "quoteleft"}
    for character in map(chr, range(0x21, 0x7F)):
        if not is_foreign(character, is_math=False, font=name):
            assert glyphs[ord(character)] == quotes.get(character, right[ord(character)])


def test_a_computer_modern_figure_has_only_its_fonts_and_stix() -> None:
    made = figures.compile(
        asset({"axes": {"xlabel": "±_{é} $x^2$"}}), {"runs": frame(runs())}, labels(), venue(family="cmr")
    )
    fonts = PdfReader(BytesIO(to_pdf(made))).pages[0]["/Resources"].get_object()["/Font"].values()  # type: ignore[index]  # pypdf's own idiom
    names = {re.sub(r"^/\w{6}\+", "", font.get_object()["/BaseFont"]) for font in fonts}
    assert {"Cmr10", "STIXGeneral-Regular"} <= names
    assert not [name for name in names if "DejaVu" in name]


def test_maths_that_the_pdf_cannot_hold_is_said() -> None:
    made = compiled(runs(), {"axes": {"xlabel": r"$\begin{matrix}a\end{matrix}$"}})
    with pytest.raises(AssetError) as caught:
        to_pdf(made)
    (problem,) = caught.value.problems
    assert problem.path == ("figure", "demo")
    assert problem.message.startswith("PDF text cannot be set: ")
    assert problem.hint == "PDF figures know matplotlib's mathtext only; or leave 'pdf' out of 'formats'"


@pytest.mark.parametrize("form", ["pdf", "pgf"])
def test_the_wrapper_says_what_the_figure_shows(form: str) -> None:
    what = asset(alt="Boxes: 5 % & more_of\nit")
    wrapper = written(compiled(runs()), what, form)["figures/demo.tex"].decode()
    assert r"\Description{Boxes: 5 \% \& more\_of it}" in wrapper
    assert (r"\def\pkalt{Boxes: 5 \% \& more\_of it}" in wrapper) == (form == "pdf")
    drafted = r"\Description{Box plots of score by model (a, b, c): the highest median is "
    assert drafted in written(compiled(runs()), asset(), form)["figures/demo.tex"].decode()


def test_an_alt_text_that_cannot_be_printed_is_placed() -> None:
    with pytest.raises(Exception, match=r"figure\.demo\.alt: '漢' \(U\+6F22"):
        written(compiled(runs()), asset(alt="漢"))


def test_the_same_bytes_in_every_process() -> None:
    code = """
import hashlib
from paperkit import figures
from paperkit.templates import Templates
from tests.unit.figures.figure_cases import asset, compiled, frame, labels, runs, venue
panels = ({"hue": "method"}, {"mark": "strip", "hue": "model"})
made = compiled(runs(), *panels, names=labels(model={"b": "B $x$"}))
for artifact in figures.write(made, asset(*panels), folder="f", formats=("pdf", "pgf"), templates=Templates()):
    print(artifact.path, hashlib.sha256(artifact.content).hexdigest())
"""
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "SOURCE_DATE_EPOCH": epoch},
            cwd=Path(__file__).parents[3],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed, epoch in (("1", "0"), ("2", "1700000000"))
    }
    assert len(outputs) == 1
    assert outputs.pop().count("\n") == 3
