"""The reference paper compiles, without a word about our files, in several classes, engines and folders."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from paperkit import Paper
from paperkit.build.run import Result

pytestmark = pytest.mark.tex

ROOT = Path(__file__).parents[2]
PREAMBLE = re.compile(r"\\documentclass.*?(?=\\input\{paperkit-preamble\})", re.DOTALL)
CLASSES = {
    "iclr2026": None,
    "article": r"\documentclass{article}",
    "article-twocolumn": r"\documentclass[twocolumn]{article}",
    "ieee-conference": r"\documentclass[conference]{IEEEtran}\usepackage[T1]{fontenc}",
    "acmart-sigconf": r"\documentclass[sigconf,nonacm]{acmart}\title{A Paper}\author{A. Author}"
    r"\affiliation{\institution{An Institution}\country{Country}}",
}
# What LaTeX says of our files: lines that stick out (how full a page is depends on the text), warnings of the packages
# we load, fonts and characters that are missing.
ABOUT_US = re.compile(
    r"^(?:Overfull \\hbox.*|Missing character.*"
    r"|LaTeX (?:Font )?Warning: (?!Reference|Label|There were|Some font shapes).*"
    r"|Package (?:paperkit|xcolor|colortbl|booktabs|pgf|graphics|graphicx) (?:Warning|Error).*|.*[Dd]escription.*)$",
    re.MULTILINE,
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function that builds the reference paper for a venue, once."""
    projects: dict[str, Path] = {}

    def build(venue: str) -> Path:
        if venue not in projects:
            project = tmp_path_factory.mktemp(venue)
            shutil.copytree(ROOT / "data", project / "data")
            text = (ROOT / "paper.toml").read_text(encoding="utf-8")
            text = text.replace('"iclr2026"', f'"{venue}"')
            if venue == "article":  # narrower than the others: what the notices of a build ask for
                text = text.replace("[labels.dataset]", '[labels.dataset]\n"FGVC Aircraft" = "FGVC\\nAircraft"\n')
                text = text.replace('"outside right"', '"outside bottom"').replace("[1.3, 3.5]", "[1, 4.2]")
            (project / "paper.toml").write_text(text, encoding="utf-8")
            report = Paper.load(project / "paper.toml").build()
            assert {outcome.result for outcome in report.outcomes} == {Result.BUILT}
            notices = [notice for outcome in report.outcomes for notice in outcome.notices]
            # Libertine is not among matplotlib's fonts, which the PDF of the figure is told to use.
            expected = ["paper.venue"] if venue == "acmart-sigconf" else []
            assert [notice.subject for notice in notices] == expected
            projects[venue] = project
        return projects[venue]

    return build


def _compile(engine: str, folder: Path, name: str) -> str:
    for _ in range(2):
        command = [engine, "-interaction=nonstopmode", "-halt-on-error", "-file-line-error", f"{name}.tex"]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False, env=None, timeout=300)
        log = (folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")
        assert done.returncode == 0, log[-3000:]
    return log


@pytest.mark.parametrize("engine", ["pdflatex", "lualatex"])
@pytest.mark.parametrize("venue", CLASSES)
def test_the_paper_compiles_without_a_word_about_our_files(
    venue: str, engine: str, built: Callable[[str], Path], require_program: Callable[[str], str]
) -> None:
    require_program(engine)
    project = built(venue)
    source = (ROOT / "paper.tex").read_text(encoding="utf-8")
    document_class = CLASSES[venue]
    if document_class is not None:
        source = PREAMBLE.sub(lambda _: document_class + "\n", source)
    if venue == "acmart-sigconf":
        source = source.replace(r"\begin{document}", r"\begin{document}\maketitle")
    (project / f"{engine}.tex").write_text(source, encoding="utf-8")
    # What stands before our first file is the class's own affair: IEEEtran asks LuaTeX for Times it does not have.
    log = _compile(engine, project, engine).partition("paperkit-preamble.tex")[2]
    assert ABOUT_US.findall(log) == []


@pytest.mark.parametrize("engine", ["pdflatex", "lualatex"])
def test_the_pdf_of_a_figure_can_be_included(
    engine: str, built: Callable[[str], Path], require_program: Callable[[str], str]
) -> None:
    require_program(engine)
    project = built("iclr2026")
    (project / "figure.tex").write_text(
        r"\documentclass{article}\usepackage{graphicx}\begin{document}"
        r"\setbox0\hbox{\includegraphics{figures/model-size.pdf}}\typeout{width=\the\wd0}\copy0\end{document}"
    )
    log = _compile(engine, project, "figure")
    found = re.search(r"width=([0-9.]+)pt", log)
    assert found is not None
    assert float(found[1]) == pytest.approx(397.485, abs=0.01)


def test_the_main_file_may_be_in_any_folder(
    built: Callable[[str], Path], require_program: Callable[[str], str]
) -> None:
    require_program("pdflatex")
    project = built("iclr2026")
    source = (ROOT / "paper.tex").read_text(encoding="utf-8")
    below = re.sub(r"\\input\{", r"\\input{../../", source)
    folder = project / "paper" / "en"
    folder.mkdir(parents=True)
    (folder / "main.tex").write_text(below, encoding="utf-8")
    assert ABOUT_US.findall(_compile("pdflatex", folder, "main")) == []
