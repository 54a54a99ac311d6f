r"""The document tells the figures how wide it is: build, compile, build again, in real classes and with real TeX."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from paperkit.build.paper import Paper
from paperkit.build.run import Result
from paperkit.style.page import Facts, read_page, venue_of_document
from paperkit.style.venue import load_venue, venue_names
from paperkit.templates import Templates
from tests.tex.engines import document, run

pytestmark = pytest.mark.tex
Require = Callable[[str], str]
HERE = [name for name in venue_names() if load_venue(name).in_texlive]
MANIFEST = """
[paper]
venue = "iclr2026"
[data.runs]
rows = [{ model = "A", score = 1.0 }, { model = "B", score = 2.0 }]
[figure.wide]
height = "1in"
formats = ["pdf", "pgf"]
panel = [{ data = "runs", mark = "box", x = "model", y = "score" }]
[table.small]
data = "runs"
rows = "model"
cells = ["score"]
"""


def preamble(venue: str = "article") -> str:
    return Templates().render("preamble.tex", venue=venue, pgf=False, pgfplots=False, longtable=False, rotating=False)


def page_of(source: str, folder: Path, program: str) -> str:
    """Compile a document with paperkit's preamble and return what it wrote."""
    (folder / "paperkit-preamble.tex").write_text(preamble())
    run(program, source, folder)
    return (folder / "paper.pkdims").read_text()


def widths(page: str) -> tuple[str, str]:
    found = re.search(r"^textwidth (.*)pt\ncolumnwidth (.*)pt$", page, re.MULTILINE)
    assert found is not None
    return found[1], found[2]


@pytest.mark.parametrize("name", HERE)
def test_a_class_tells_what_its_venue_is_said_to_be(name: str, tmp_path: Path, require_program: Require) -> None:
    venue = load_venue(name)
    source = document(venue, "Text.", preamble(name))
    run(require_program("pdflatex"), source, tmp_path)
    assert venue_of_document(venue, tmp_path, None) == Facts(venue=venue, file="paper.pkdims")


DOCUMENTS = {
    "one column, an appendix in one": (
        (
            r"\documentclass{article}\input{paperkit-preamble}\begin{document}\twocolumn[x]a\newpage b\newpage\newpage"
            r"\onecolumn Appendix\end{document}"
        ),
        ("345.0", "167.5"),
    ),
    "multicols are not the page's columns": (
        (
            r"\documentclass{article}\usepackage{multicol}\input{paperkit-preamble}\begin{document}"
            r"\begin{multicols}{2}a\newpage b\newpage c\end{multicols}\end{document}"
        ),
        ("345.0", "345.0"),
    ),
    "geometry": (
        (
            r"\documentclass[11pt]{article}\input{paperkit-preamble}\usepackage[textwidth=300pt]{geometry}"
            r"\begin{document}a\end{document}"
        ),
        ("300.0", "300.0"),
    ),
    "slides": (
        r"\documentclass{beamer}\input{paperkit-preamble}\begin{document}\begin{frame}a\end{frame}\end{document}",
        ("307.28987", "307.28987"),
    ),
    "no output stream is left": (
        (
            r"\documentclass{article}\makeatletter\count@=0 \loop\ifnum\count@<12 \newwrite\one"
            r"\advance\count@1\repeat\makeatother\input{paperkit-preamble}\begin{document}a\end{document}"
        ),
        ("345.0", "345.0"),
    ),
    "parts in files of their own": (
        r"\documentclass{article}\input{paperkit-preamble}\begin{document}\include{part}\end{document}",
        ("345.0", "345.0"),
    ),
    "twice the preamble": (
        r"\documentclass{article}\input{paperkit-preamble}\input{paperkit-preamble}\begin{document}a\end{document}",
        ("345.0", "345.0"),
    ),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_a_document_does_with_its_page(name: str, tmp_path: Path, require_program: Require) -> None:
    source, expected = DOCUMENTS[name]
    (tmp_path / "part.tex").write_text("A part.\n")
    assert widths(page_of(source, tmp_path, require_program("pdflatex"))) == expected
    read_page(tmp_path / "paper.pkdims", tmp_path)


@pytest.mark.parametrize("engine", ["lualatex", "xelatex"])
def test_unicode_engines_tell_the_same_widths(engine: str, tmp_path: Path, require_program: Require) -> None:
    source = r"\documentclass{article}\input{paperkit-preamble}\begin{document}a\end{document}"
    page_of(source, tmp_path, require_program(engine))
    found = venue_of_document(load_venue("article"), tmp_path, None)
    assert found.venue == replace(load_venue("article"), encoding="T1", family="lmr")


def test_nothing_is_written_where_no_files_are(tmp_path: Path, require_program: Require) -> None:
    (tmp_path / "paperkit-preamble.tex").write_text(preamble())
    source = r"\documentclass{article}\input{paperkit-preamble}\nofiles\begin{document}a\end{document}"
    run(require_program("pdflatex"), source, tmp_path)
    assert not (tmp_path / "paper.pkdims").exists()


SOURCE = r"""\documentclass{article}
\usepackage{times}
\input{PREAMBLE}
\usepackage[textwidth=WIDTH]{geometry}
\begin{document}
\setbox0\hbox{\input{FIGURES/wide}}\typeout{FACT \the\wd0 \space\the\textwidth}
\begin{figure}\input{FIGURES/wide}\caption{Wide.}\end{figure}
Text.
\end{document}
"""


def source(width: str, *, up: str = "") -> str:
    replaced = SOURCE.replace("PREAMBLE", f"{up}paperkit-preamble").replace("FIGURES", f"{up}figures")
    return replaced.replace("WIDTH", width)


def measured(log: str) -> tuple[float, float]:
    found = re.search(r"FACT ([\d.]+)pt ([\d.]+)pt", log)
    assert found is not None
    return float(found[1]), float(found[2])


def built(root: Path) -> set[str]:
    return {outcome.id for outcome in Paper.load(root / "paper.toml").build().having(Result.BUILT)}


def said(root: Path) -> list[str]:
    paper = Paper.load(root / "paper.toml")
    return [str(notice) for notice in paper.build().notices]


def test_build_compile_build(tmp_path: Path, require_program: Require) -> None:
    program = require_program("pdflatex")
    (tmp_path / "paper.toml").write_text(MANIFEST)
    assert "figure.wide" in built(tmp_path)
    log = run(program, source("360pt"), tmp_path)
    assert measured(log)[0] == pytest.approx(397.485, abs=0.05)
    assert "figure.wide" in built(tmp_path)
    assert said(tmp_path)[0].startswith(
        "paper.pkdims: the document has textwidth 360 pt instead of 397.485 pt, columnwidth 360 pt "
    )
    log = run(program, source("360pt"), tmp_path)
    assert measured(log) == pytest.approx((360.0, 360.0), abs=0.05)
    assert "Overfull" not in log
    assert built(tmp_path) == set()
    (tmp_path / "paper.pkdims").write_text("x")
    assert "figure.wide" in built(tmp_path)
    assert "was not written by paperkit's preamble" in said(tmp_path)[0]


def test_the_venues_own_page_builds_nothing_again(tmp_path: Path, require_program: Require) -> None:
    manifest = MANIFEST.replace("iclr2026", "lncs")
    (tmp_path / "paper.toml").write_text(manifest)
    built(tmp_path)
    text = r"\documentclass{llncs}\input{paperkit-preamble}\begin{document}\input{figures/wide}\end{document}"
    run(require_program("pdflatex"), text, tmp_path)
    assert (tmp_path / "paper.pkdims").exists()
    assert built(tmp_path) == set()
    assert said(tmp_path) == []


def test_a_retargeted_paper_does_not_trust_the_page_of_its_old_class(tmp_path: Path, require_program: Require) -> None:
    (tmp_path / "paper.toml").write_text(MANIFEST)
    built(tmp_path)
    run(require_program("pdflatex"), source("360pt"), tmp_path)
    (tmp_path / "paper.toml").write_text(MANIFEST.replace("iclr2026", "icml2026"))
    paper = Paper.load(tmp_path / "paper.toml")
    assert paper.manifest.venue == load_venue("icml2026")
    assert said(tmp_path)[0].startswith("paper.pkdims: tells of iclr2026, the paper is for icml2026: it is not used")


def test_a_document_in_a_folder_of_its_own(tmp_path: Path, require_program: Require) -> None:
    program = require_program("pdflatex")
    (tmp_path / "paper.toml").write_text(MANIFEST.replace('"iclr2026"', '"iclr2026"\ndocument = "src/paper.tex"'))
    built(tmp_path)
    folder = tmp_path / "src"
    folder.mkdir()
    run(program, source("333pt", up="../"), folder)
    assert "figure.wide" in built(tmp_path)
    assert measured(run(program, source("333pt", up="../"), folder)) == pytest.approx((333.0, 333.0), abs=0.05)


def test_latexmk_comes_to_rest(tmp_path: Path, require_program: Require) -> None:
    require_program("pdflatex")
    (tmp_path / "paper.toml").write_text(MANIFEST)
    built(tmp_path)
    (tmp_path / "paper.tex").write_text(source("360pt"))
    command = [require_program("latexmk"), "-pdf", "-interaction=nonstopmode", "paper.tex"]
    first = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert first.stdout.count("Latexmk: applying rule 'pdflatex'") <= 2
    again = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "Nothing to do" in again.stdout + again.stderr or "All targets" in again.stdout + again.stderr
    assert "applying rule" not in (again.stdout + again.stderr).lower()
