"""The proof compiles in the venue's class, or a stand-in, and TeX's errors are told."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader

from paperkit import Paper
from paperkit.cli.main import run
from paperkit.errors import PaperkitError
from paperkit.proof import make_proof

pytestmark = pytest.mark.tex
ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, require_program: Callable[[str], str]) -> Path:
    require_program("pdflatex")
    shutil.copytree(ROOT / "data", tmp_path / "data")
    shutil.copy(ROOT / "paper.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("venue", ["iclr2026", "ieee-conference", "acmart-sigconf", "lncs"])
def test_the_proof_of_the_reference_paper(project: Path, venue: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = (project / "paper.toml").read_text(encoding="utf-8").replace("iclr2026", venue)
    (project / "paper.toml").write_text(text, encoding="utf-8")
    assert run(["build", "-q"]) == 0
    assert run(["proof"]) == 0
    captured = capsys.readouterr()
    assert captured.out == "wrote proof/proof.pdf\n"
    stand_in = "the files of iclr2026 are not installed; the proof uses article with its measures"
    assert (stand_in in captured.err) == (venue == "iclr2026")
    pages = PdfReader(project / "proof" / "proof.pdf").pages
    said = " ".join(page.extract_text() for page in pages)
    for words in ("Balanced test accuracy", "DINOv2-L-14", "FGVC Aircraft", "gainAllAttentive", "5.24"):
        assert words.casefold() in said.casefold(), words  # IEEEtran sets the captions of tables in capitals


def test_an_error_of_tex_is_told_with_its_line(project: Path) -> None:
    text = (project / "paper.toml").read_text(encoding="utf-8")
    (project / "paper.toml").write_text(text.replace('caption = "Balanced', r'caption = "$\\undefined$ Balanced'))
    paper = Paper.load()
    paper.build()
    with pytest.raises(PaperkitError) as caught:
        make_proof(paper.manifest)
    assert "Undefined control sequence" in str(caught.value)
    assert "the whole log is proof/proof.log" in str(caught.value)
    assert not (project / "proof" / "proof.pdf").exists()
