"""The audit of PDFs that real engines made: every planted defect is found, with its page and file, and nothing else."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from paperkit.camera_ready.audit import Report, audit
from paperkit.camera_ready.audit.read import read_pdf
from tests.tex.audit_papers import bad_paper, clean_paper, compile_paper, write_assets

pytestmark = pytest.mark.tex

ENGINES = ("pdflatex", "lualatex", "xelatex")
# rule, included file, page, message; what the engines differ in is below.
DEFECTS = {
    ("type3-font", "figures/type3.pdf", 1, "Type 3 font DejaVuSans"),
    ("image-resolution", "figures/coarse.png", 4, "the image has 50 dpi (150 × 100 pixels)"),
    ("line-width", "figures/thin.pdf", 5, "the figure has a line of 0.1 pt"),
    ("text-size", "figures/small.pdf", 6, "the figure has text of 3.0 pt (“0.00”)"),
    (
        "mixed-colours",
        "figures/cmyk.jpg",
        7,
        "the image has CMYK colours, other figures RGB: equal colours will look different",
    ),
    ("margins", "figures/wide.pdf", 8, "the figure sticks 171 pt into the margin"),
    ("off-page", "figures/wide.pdf", 8, "the figure sticks 99 pt out of the page"),
    ("undefined-reference", None, 10, "reference 'nowhere' is undefined and prints as ??"),
    ("undefined-reference", None, 10, "citation 'nobody' is undefined and prints as ??"),
    ("question-marks", None, 10, "the text has ??: “See??and [?].”"),
    (
        "contrast",
        None,
        11,
        "the page's own content has text of contrast 1.1:1 (“hard”, #ffffff on #ffff00)",
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, require_program: Callable[[str], str]) -> Path:
    """Return a folder with both papers and their assets."""
    folder = tmp_path_factory.mktemp("audit")
    write_assets(folder, require_program("pdflatex"))
    (folder / "bad.tex").write_text(bad_paper(), encoding="utf-8")
    (folder / "clean.tex").write_text(clean_paper(), encoding="utf-8")
    return folder


@pytest.fixture(scope="module", params=ENGINES)
def bad(request: pytest.FixtureRequest, folder: Path, require_program: Callable[[str], str]) -> tuple[str, Path]:
    """Return an engine and the PDF with the defects that it makes."""
    shutil.copytree(folder, folder / request.param, ignore=shutil.ignore_patterns(*ENGINES))
    return request.param, compile_paper(require_program(request.param), folder / request.param, "bad")


def _found(report: Report) -> set[tuple[str, str | None, int | None, str]]:
    found = (finding for finding in report.failed if finding.severity != "note")
    return {(finding.rule, finding.asset, finding.page, finding.message) for finding in found}


def test_every_defect_is_found_with_its_page_and_file(bad: tuple[str, Path]) -> None:
    found = _found(audit(bad[1]))

    assert found >= DEFECTS, sorted(map(str, DEFECTS - found))


def test_nothing_else_is_found(bad: tuple[str, Path]) -> None:
    engine, pdf = bad
    rest = {finding for finding in _found(audit(pdf)) if finding not in DEFECTS}

    # What depends on the engine's fonts is told by the rule and its page.
    by_rule = {(rule, asset, page) for rule, asset, page, _ in rest}
    expected = {
        ("margins", None, 3), ("overfull-box", None, 3), ("overfull-box", None, 8), ("margins", None, 12),
        ("off-page", None, 12), ("overfull-box", None, 12), ("text-size", None, 13),
        ("type3-font", "figures/outer.pdf", 14),
    }  # fmt: skip
    if engine != "lualatex":  # It hyphenates where the others do not.
        expected.add(("off-page", None, 3))
    if engine == "pdflatex":
        expected.add(("unembedded-font", None, 2))
    assert by_rule == expected


def test_places_are_those_of_the_sources(bad: tuple[str, Path]) -> None:
    report = audit(bad[1])

    boxes = [str(finding.place) for finding in report.findings if finding.rule == "overfull-box"]
    source = bad_paper().splitlines()
    wide = next(number for number, line in enumerate(source, 1) if "figures/wide.pdf" in line)
    long = next(number for number, line in enumerate(source, 1) if "Averyvery" in line)
    assert boxes == [f"bad.tex:{long}", f"bad.tex:{wide}", "tables/wide.tex:1"]


def test_a_font_of_a_figure_within_a_figure_is_told_with_both(bad: tuple[str, Path]) -> None:
    engine, pdf = bad
    messages = {f.message for f in audit(pdf).failed if f.asset == "figures/outer.pdf" and f.rule == "type3-font"}

    # The inner name stands in the figure that pdfTeX made, whatever includes it.
    assert messages == {"Type 3 font DejaVuSans, in figures/type3.pdf which it includes"}, engine


def test_renamed_files_are_called_as_the_author_knows_them(bad: tuple[str, Path]) -> None:
    sources = {"figures/type3.pdf": "plots/roc curve.pdf", "bad.tex": "paper.tex"}
    report = audit(bad[1], sources=sources, origins={"plots/roc curve.pdf": "figure.roc"})

    font = next(finding for finding in report.failed if finding.rule == "type3-font")
    assert str(font) == "type3-font: plots/roc curve.pdf (figure.roc), page 1: Type 3 font DejaVuSans"
    box = next(finding for finding in report.failed if finding.rule == "overfull-box")
    assert str(box.place).startswith("paper.tex:")


def test_without_a_log_its_checks_are_skipped(bad: tuple[str, Path], tmp_path: Path) -> None:
    pdf = Path(shutil.copy(bad[1], tmp_path / "alone.pdf"))
    report = audit(pdf)

    skipped = {finding.rule: finding.message for finding in report.skipped}
    assert skipped["undefined-reference"] == skipped["overfull-box"] == "there is no LaTeX log"
    assert ("question-marks", None, 10, "the text has ??: “See??and [?].”") in _found(report)


def test_a_log_of_another_run_is_not_believed(bad: tuple[str, Path]) -> None:
    log = re.sub(r"\(14 pages", "(13 pages", bad[1].with_suffix(".log").read_text(encoding="utf-8", errors="replace"))
    report = audit(bad[1], log=log)

    assert next(f.message for f in report.skipped if f.rule == "overfull-box") == "the LaTeX log is of another run"


def test_a_file_that_was_changed_since_is_not_judged_by_its_log(bad: tuple[str, Path]) -> None:
    engine, pdf = bad
    report = audit(pdf.read_bytes() + b"% more\n", log=pdf.with_suffix(".log"))

    messages = {finding.message for finding in report.skipped if finding.rule == "overfull-box"}
    # XeTeX's log does not say how large the file is.
    assert messages == (set() if engine == "xelatex" else {"the LaTeX log is of another run"})


@pytest.mark.parametrize(
    ("figure", "found"),
    [
        ("good", set()),
        ("small", set()),
        ("wide", set()),
        ("type3", {"Type 3 font DejaVuSans"}),
        ("thin", {"the figure has a line of 0.1 pt"}),
        ("glass", {"the figure is transparent (opacity)"}),
        ("outer", {"Type 3 font DejaVuSans, in figures/type3.pdf which it includes"}),
    ],
)
def test_a_figure_is_audited_by_itself(folder: Path, figure: str, found: set[str]) -> None:
    name = f"figures/{figure}.pdf"
    report = audit(folder / name, name=name, is_figure=True)

    assert {finding.message for finding in report.failed} == found
    assert {finding.asset for finding in report.failed} <= {name}
    assert not {"title", "paper-size", "margins", "off-page", "overfull-box"} & {f.rule for f in report.findings}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_clean_paper_has_no_findings_but_its_tags(
    engine: str, folder: Path, require_program: Callable[[str], str], tmp_path: Path
) -> None:
    shutil.copytree(folder, tmp_path / "paper", ignore=shutil.ignore_patterns(*ENGINES))
    report = audit(compile_paper(require_program(engine), tmp_path / "paper", "clean", runs=2))

    assert [str(finding) for finding in report.failed] == ["tagged: the file is not tagged"]
    assert report.is_fine(strict=True)
    assert audit(tmp_path / "paper" / "clean.pdf", venue="tmlr").is_fine(strict=True)


def test_font_verdicts_are_those_of_pdffonts(
    bad: tuple[str, Path], folder: Path, require_program: Callable[[str], str]
) -> None:
    pdffonts = require_program("pdffonts")
    figures = sorted((folder / "figures").glob("*.pdf")) if bad[0] == "pdflatex" else []
    for pdf in (bad[1], *figures):
        document = read_pdf(pdf).document
        assert document is not None
        ours = sorted(
            (font.name, font.kind, font.is_embedded, font.is_subset, font.has_unicode) for font in document.fonts
        )
        assert ours == _pdffonts(pdffonts, pdf), pdf.name


def _pdffonts(program: str, pdf: Path) -> list[tuple[str, str, bool, bool, bool]]:
    lines = subprocess.run([program, pdf], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    found = []
    for line in lines:
        # Name, kind and encoding are columns of fixed width; the flags follow.
        name, kind, flags = line[:36].strip(), line[37:54].strip(), line[72:].split()
        embedded, subset, unicode = (flag == "yes" for flag in flags[:3])
        found.append((re.sub(r"^[A-Z]{6}\+", "", name), kind, embedded, subset, unicode))
    return sorted(found)
