"""The proof's document: every asset once, captions escaped, and a stand-in where the venue's class is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from paperkit import Paper
from paperkit.errors import PaperkitError
from paperkit.proof import make_proof
from paperkit.proof.compose import compose, stand_in_layout, venue_layout
from paperkit.style.venue import load_venue

MANIFEST = """[paper]
title = "50% & more"
venue = "ieee-conference"
[data.runs]
read = "runs.csv"
[table.main]
data = "runs"
rows = "d"
cells = ["x"]
caption = "Accuracy in % of $n$ runs"
[table.narrow]
data = "runs"
rows = "d"
cells = ["x"]
width = "columnwidth"
[macros]
best = { data = "runs", value = "max(x)" }
"""


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    (tmp_path / "paper.toml").write_text(MANIFEST)
    (tmp_path / "runs.csv").write_text("d,x\na,1\n")
    return Paper.load(tmp_path / "paper.toml")


def test_every_asset_stands_in_the_document(paper: Paper) -> None:
    paper.build()
    text = compose(paper.manifest, venue_layout(paper.manifest.venue), root="..")
    assert text.startswith("\\documentclass[conference]{IEEEtran}")
    for line in (
        r"\input{../paperkit-preamble}",
        r"\input{../macros}",
        r"\section*{50\% \& more}%",
        r"\begin{table*}[!htbp]%",
        r"\caption{Accuracy in \% of $n$ runs}%",
        r"\label{tab:main}%",
        r"\input{../tables/main}%",
        r"\begin{table}[!htbp]%",
        r"\caption{table.narrow}%",
        r"\texttt{\textbackslash best}: \best",
    ):
        assert line in text, line
    assert text == compose(paper.manifest, venue_layout(paper.manifest.venue), root="..")


def test_a_stand_in_has_the_measures_of_the_venue() -> None:
    icml = stand_in_layout(load_venue("icml2026"))
    assert icml.document_class == "article"
    assert icml.options == ("10pt", "twocolumn")
    geometry = dict(icml.packages)["geometry"]
    assert "textwidth=487.8225pt" in geometry
    assert "columnsep=18.0675pt" in geometry  # 487.8225 - 2 x 234.8775


def test_assets_must_be_built_first(paper: Paper) -> None:
    with pytest.raises(PaperkitError) as caught:
        make_proof(paper.manifest)
    assert [str(problem).split("\n")[0] for problem in caught.value.problems] == [
        "paperkit-preamble.tex: not built",
        "macros.tex: not built",
        "tables/main.tex: not built",
        "tables/narrow.tex: not built",
    ]


def test_without_an_engine_the_document_is_written_and_says_what_is_missing(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper.build()
    monkeypatch.setenv("PATH", "/nonexistent")
    proof = make_proof(paper.manifest)
    assert proof.pdf is None
    assert proof.tex.exists()
    said = "\n".join(str(notice) for notice in proof.notices).splitlines()
    assert said == [
        "the files of ieee-conference are not installed; the proof uses article with its measures",
        "    looked for IEEEtran.cls",
        "no TeX engine found; looked for pdflatex, lualatex, xelatex",
        "    install TeX Live or MiKTeX, then run paperkit proof again; proof/proof.tex is written",
    ]


def test_what_is_not_built_is_left_out_with_a_notice(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    paper.build()
    (paper.manifest.root / "tables" / "main.tex").unlink()
    monkeypatch.setenv("PATH", "/nonexistent")
    proof = make_proof(paper.manifest)
    assert str(proof.notices[0]) == "table.main is left out: tables/main.tex is not built"
    assert "tables/main" not in proof.tex.read_text()


@pytest.mark.parametrize("name", ["proof.tex", "proof.pdf"])
def test_a_proof_of_somebody_else_is_left_alone(paper: Paper, name: str) -> None:
    paper.build()
    folder = paper.manifest.root / "proof"
    folder.mkdir()
    (folder / name).write_text("my own\n")
    with pytest.raises(PaperkitError) as caught:
        make_proof(paper.manifest)
    assert str(caught.value).splitlines()[0] == f"proof/{name}: was edited or is not a proof of paperkit's"
    assert (folder / name).read_text() == "my own\n"


def test_a_proof_stays_inside_the_project(paper: Paper) -> None:
    paper.build()
    with pytest.raises(PaperkitError, match="leads outside the project"):
        make_proof(paper.manifest, folder="../elsewhere")
