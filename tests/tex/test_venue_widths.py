r"""A figure is as wide as the text or column of every venue, in its own class where Debian has it.

Where it has not, article with the facts' measures stands in: there only the figures are judged, not the facts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from pypdf import PdfReader

from paperkit import figures
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Format
from paperkit.proof.compose import stand_in_layout
from paperkit.style.venue import Venue, load_venue, venue_names
from paperkit.templates import Templates
from tests.tex.engines import document, run
from tests.unit.figures.figure_cases import asset, frame

pytestmark = pytest.mark.tex
FORMATS = tuple(form for form in get_args(Format) if form not in {"svg", "png"})
PACKAGES = (
    r"\usepackage{graphicx,pgf,pgfplots}\usepgfplotslibrary{statistics,fillbetween}"
    r"\usetikzlibrary{patterns}\pgfplotsset{compat=1.16}"
)
RUNS = tuple({"model": model, "score": score} for model in ("A", "B") for score in (1.0, 2.0, 4.0))


def made(venue: Venue, folder: Path) -> dict[str, list[str]]:
    """Write a figure of every width that the venue has a word for in every format; return their names by width."""
    names: dict[str, list[str]] = {}
    for word in venue.figure_widths:
        what = asset({"x": "model"}, width=word, height="1in")
        figure = figures.compile(what, {"runs": frame(list(RUNS))}, Labels(), venue)
        for form in FORMATS:
            named = replace(figure, name=f"{word.replace('.', '')}-{form}")
            names.setdefault(word, []).append(named.name)
            own = replace(what, name=named.name)
            for artifact in figures.write(named, own, folder="figures", formats=(form,), templates=Templates()):
                path = folder / artifact.path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(artifact.content)
    return names


def stand_in(venue: Venue) -> Venue:
    """Return article with the venue's measures, as a venue."""
    layout = stand_in_layout(venue)
    (_, geometry), *fonts = layout.packages
    packages = tuple(name for name, _ in fonts)
    return replace(
        venue,
        document_class=layout.document_class,
        class_options=layout.options,
        packages=(f"geometry}}\\geometry{{{','.join(geometry)}", *packages),
    )


def shown(venue: Venue, names: dict[str, list[str]]) -> str:
    """Return TeX that measures every figure, and sets those of text and column in their floats."""
    # REVTeX knows its columns from the first paragraph on.
    lines = [r"x\typeout{FACT page \the\textwidth\space\the\columnwidth}"]
    for word, figures_of_width in names.items():
        for name in figures_of_width:
            lines.append(
                rf"\setbox0\hbox{{\linewidth=\maxdimen\input{{figures/{name}}}}}\typeout{{FACT {name} \the\wd0}}"
            )
            float_ = {"textwidth": "figure*" if venue.is_two_column else "figure", "columnwidth": "figure"}.get(word)
            if float_:
                lines.append(
                    rf"\begin{{{float_}}}\centering\typeout{{FACT line-{name} \the\linewidth}}"
                    rf"\input{{figures/{name}}}\caption{{{name}}}\end{{{float_}}}"
                )
    return "\n".join(lines)


@pytest.mark.parametrize("name", venue_names())
def test_a_figure_is_as_wide_as_the_text_or_the_column(
    name: str, tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    venue = load_venue(name)
    names = made(venue, tmp_path)
    real = venue if venue.in_texlive else stand_in(venue)
    source = document(real, shown(venue, names), PACKAGES)
    log = run(require_program("pdflatex"), source, tmp_path)
    found = re.findall(r"^FACT (\S+) ([\d.]+)pt(?: ([\d.]+)pt)?$", log, re.MULTILINE)
    facts = {key: float(width) for key, width, _ in found}
    (page,) = ([float(text), float(column)] for key, text, column in found if key == "page")
    assert page == pytest.approx([venue.text_width, venue.column_width], abs=0.05)
    for word, figures_of_width in names.items():
        for one in figures_of_width:
            assert facts[one] == pytest.approx(venue.figure_widths[word], abs=0.05)
            if f"line-{one}" in facts:
                assert facts[one] == pytest.approx(facts[f"line-{one}"], abs=0.05)
    # Page heads that a class sets too wide have nothing to do with figures.
    overfull = re.findall(r"^Overfull \\hbox.*$", log, re.MULTILINE)
    assert [line for line in overfull if "while \\output is active" not in line] == []
    assert "Package paperkit Warning" not in log


@pytest.mark.parametrize("engine", ["pdflatex", "lualatex"])
@pytest.mark.parametrize("form", ["pgf", "hybrid"])
def test_a_venue_with_a_font_for_figures_gets_it(
    form: Format, engine: str, tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    venue = load_venue("nature")
    what = asset({"x": "model"}, width="columnwidth", height="1in")
    figure = figures.compile(what, {"runs": frame(list(RUNS))}, Labels(), venue)
    for artifact in figures.write(figure, what, folder=".", formats=(form,), templates=Templates()):
        (tmp_path / artifact.path).write_bytes(artifact.content)
    source = (
        r"\documentclass{article}\usepackage{graphicx,pgf}\pagestyle{empty}\begin{document}\input{demo}\end{document}"
    )
    run(require_program(engine), source, tmp_path)
    pages: Any = PdfReader(tmp_path / "paper.pdf").pages
    fonts = {font.get_object()["/BaseFont"] for font in pages[0]["/Resources"]["/Font"].values()}
    assert fonts
    assert all("Nimbus" in font or "Helvetica" in font for font in fonts), fonts
