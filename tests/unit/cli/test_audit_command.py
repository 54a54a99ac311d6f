"""`paperkit audit`: what it prints, what it gives machines, how it exits."""

from __future__ import annotations

import json
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from paperkit.cli.main import run

MANIFEST = """
[paper]
venue = "icml2026"
[data.runs]
read = "runs.csv"
[figure.roc]
formats = ["pdf"]
[[figure.roc.panel]]
data = "runs"
mark = "bar"
x = "d"
y = "x"
"""
_BOX = "Overfull \\hbox (12.5pt too wide) in paragraph at lines 3--4\n []\n\n"
LOG = f"(./paper.tex\n{_BOX}[1] )\nOutput written on paper.pdf (1 page)."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a PDF whose figure has a Type 3 font and text of 3 pt."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(612, 792)).obj
    font = pdf.make_indirect(Dictionary(Subtype=Name.Type3, BaseFont=Name("/ABCDEF+Dingbats")))
    figure = pdf.make_stream(b"BT /F 3 Tf 20 20 Td (epoch) Tj ET")
    figure.Subtype, figure.BBox = Name.Form, Array([0, 0, 100, 100])
    figure.Resources = Dictionary(Font=Dictionary(F=font))
    figure["/PTEX.FileName"] = String("./figures/roc.pdf")
    page.Resources = Dictionary(XObject=Dictionary(X=figure))
    page.Contents = pdf.make_stream(b"1 0 0 1 100 100 cm /X Do")
    pdf.save(tmp_path / "paper.pdf")
    (tmp_path / "paper.log").write_text(LOG)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_a_report_has_the_worst_first_and_what_was_not_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", "paper.pdf", "--venue", "aaai2026"]) == 1
    assert (
        capsys.readouterr().out
        == """\
error    figures/roc.pdf, page 1: the figure has text of 3.0 pt (“epoch”)  text-size
         → make the figure at its final width, or its type 3.0 times as large
error    figures/roc.pdf, page 1: Type 3 font Dingbats  type3-font
         → make the figure with matplotlib's pdf.fonttype 42 (paperkit's own figures have it), or as PGF
error    paper.tex:3, page 1: a paragraph is too wide by 12.5 pt  overfull-box
         → reword or hyphenate the paragraph (\\-), or make the table narrower
warning  figures/roc.pdf, page 1: the text of font Dingbats cannot be searched or copied  font-without-unicode
         → \\input{glyphtounicode}\\pdfgentounicode=1, or make the figure with another program
note     the file has no title  title
         → \\hypersetup{pdftitle={…}}, or \\DocumentMetadata
note     the file does not say its language  language
         → \\hypersetup{pdflang={en}}, or \\DocumentMetadata{lang=en}
note     the file is not tagged  tagged
         → \\DocumentMetadata{tagging=on} with a current LaTeX, where the class allows it
skipped  pdf-version, annotations, file-size, whole-font, font-kind, page-limit, sections: no rule of aaai2026 is known
skipped  alt-text: in a file without tags no figure can have alternative text
skipped  description: only the class acmart looks for descriptions of images
paper.pdf for aaai2026: 3 errors, 1 warning, 3 notes; 26 rules passed
"""
    )


def test_the_manifest_tells_venue_and_makers(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "paper.toml").write_text(MANIFEST)
    (folder / "runs.csv").write_text("d,x\na,1\n")

    assert run(["audit", "paper.pdf", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    font = next(finding for finding in report["findings"] if finding["rule"] == "type3-font")
    assert (report["file"], report["venue"]) == ("paper.pdf", "icml2026")
    assert report["pdf"]["fonts"] == [
        {"name": "Dingbats", "kind": "Type 3", "embedded": True, "subset": True, "unicode": False}
    ]
    assert (report["pdf"]["pages"], report["pdf"]["tagged"], report["pdf"]["claims"]) == (1, False, [])
    assert font == {
        "rule": "type3-font",
        "status": "failed",
        "severity": "error",
        "message": "Type 3 font Dingbats",
        "asset": "figures/roc.pdf",
        "origin": "figure.roc",
        "page": 1,
        "file": None,
        "line": None,
        "measured": "Type 3",
        "allowed": "outline fonts (Type 1, TrueType)",
        "fix": "make the figure with matplotlib's pdf.fonttype 42 (paperkit's own figures have it), or as PGF",
        "basis": "ICML 2026 author kit, example_paper.tex, read 2026-11-22",
    }


@pytest.mark.usefixtures("folder")
def test_warnings_fail_when_strict(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", "paper.pdf"]) == 0
    assert capsys.readouterr().out.endswith("paper.pdf without a venue: 4 warnings, 3 notes; 20 rules passed\n")
    assert run(["audit", "paper.pdf", "--strict"]) == 1


@pytest.mark.usefixtures("folder")
def test_a_missing_file_and_an_unknown_venue_are_errors(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", "papre.pdf"]) == 1
    assert capsys.readouterr().err == (
        "papre.pdf: no such file\n    compile the paper first, or name the PDF that LaTeX wrote\n"
    )
    assert run(["audit", "paper.pdf", "--log", "other.log"]) == 1
    assert capsys.readouterr().err == (
        "other.log: no such file\n    name the log that LaTeX wrote beside the PDF, or leave --log out\n"
    )
    assert run(["audit", "paper.pdf", "--venue", "icml2062"]) == 2
    assert capsys.readouterr().err == "unknown venue 'icml2062', did you mean 'icml2026'?\n"


@pytest.mark.usefixtures("folder")
def test_without_pikepdf_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("paperkit.camera_ready.audit.read.find_spec", lambda _: None)

    assert run(["audit", "paper.pdf"]) == 1
    assert capsys.readouterr().err == (
        "reading a PDF needs pikepdf, which is not installed\n    pip install 'paperkit-assets[camera-ready]'\n"
    )
