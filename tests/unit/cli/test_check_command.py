"""`paperkit check`: what it says, its exit codes, and what GitHub and others are told."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from paperkit.cli.main import run

MANIFEST = """[data.runs]
read = "runs.csv"
check = ["x < 10"]
[table.main]
data = "runs"
rows = "d"
cells = ["x"]
"""
HINT = "move the change into the manifest, or replace it with paperkit build --force, which saves the file first"
MAIN = "\\documentclass{article}\\input{paperkit-preamble}\n\\begin{document}\n\\input{tables/main}\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    root = tmp_path / "a, b: 100%"
    root.mkdir()
    (root / "paper.toml").write_text(MANIFEST)
    (root / "runs.csv").write_text("d,x\na,1\n")
    (root / "main.tex").write_text(MAIN)
    monkeypatch.chdir(root)
    assert run(["build", "-q"]) == 0
    return root


def _annotations(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("::")]


@pytest.mark.usefixtures("project")
def test_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--strict", "--github"]) == 0
    assert capsys.readouterr() == ("all outputs are up to date\n", "")


def test_data_that_fails_its_check_is_found_before_the_build(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "runs.csv").write_text("d,x\na,1\nb,12\n")
    assert run(["check"]) == 1
    captured = capsys.readouterr()
    assert (
        captured.out == "stale      table.main  runs.csv changed\n1 stale of 2 targets, 1 problem; run paperkit build\n"
    )
    assert captured.err == (
        "paper.toml:3:10: data.runs.check[0]: 'x < 10' does not hold for 1 of 2 rows\n    runs.csv:3: x 12\n"
    )
    (project / "runs.csv").write_text("d,x\na,2\n")
    assert run(["check"]) == 3


def test_notes_fail_only_a_strict_check(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "main.tex").write_text(MAIN.replace("\\input{tables", "%"))
    note = (
        "note: paper.toml:4:8: table.main: no document uses tables/main.tex\n"
        "    \\input{tables/main} in main.tex, or remove the entry\n"
    )
    assert run(["check"]) == 0
    assert capsys.readouterr() == ("all outputs are up to date, 1 note\n", note)
    assert run(["check", "--strict"]) == 1
    assert capsys.readouterr() == ("all outputs are up to date, 1 note, which --strict counts\n", note)


def test_an_orphan_that_a_document_uses_is_wrong(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "paper.toml").write_text(MANIFEST.replace("table.main", "table.other"))
    (project / "main.tex").write_text(MAIN + "\\input{tables/other}\n")
    assert run(["build", "-q"]) == 0
    assert run(["check"]) == 1
    assert capsys.readouterr().err == (
        "main.tex:3:1: uses tables/main.tex: no entry makes it any more\n    it stays as it is, whatever changes\n"
    )
    (project / "main.tex").write_text(MAIN.replace("tables/main", "tables/other"))
    assert run(["check"]) == 0
    assert capsys.readouterr().err == (
        "note: tables/main.tex: no entry makes it any more\n    delete it if the paper does not need it\n"
    )


def test_findings_as_json(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    with (project / "tables" / "main.tex").open("a") as file:
        file.write("mine\n")
    assert run(["check", "--json"]) == 4
    assert json.loads(capsys.readouterr().out) == {
        "findings": [
            {
                "kind": "edited",
                "target": "table.main",
                "note": False,
                "reasons": ["tables/main.tex was edited"],
                "message": "tables/main.tex was edited",
                "key": None,
                "file": "tables/main.tex",
                "line": None,
                "column": None,
                "hint": HINT,
            }
        ]
    }


def test_github_gets_annotations_from_its_checkout(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(project.parent))
    (project / "main.tex").write_text(MAIN + "\\input{tables/mian}\n")
    assert run(["check"]) == 1
    # The escapes that github.com/actions/toolkit documents: %25, %0A, and in properties %3A and %2C too.
    assert "\n".join(_annotations(capsys.readouterr().out)) == (
        "::error file=a%2C b%3A 100%25/main.tex,line=4,col=1,title=paperkit%3A unmade::"
        "nothing makes 'tables/mian', did you mean 'tables/main'?%0A"
        "there is no such file, and no entry of the manifest makes it"
    )


def test_strict_annotations_are_errors(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "paper.toml").write_text(MANIFEST + '[macros]\nbest = { data = "runs", value = "max(x)" }\n')
    assert run(["build", "-q"]) == 0
    expected = (
        "file=paper.toml,line=9,col=1,title=paperkit%3A unused%3A macros.best::"
        "no document uses \\best%0Ause it in the text, or remove the entry"
    )
    for options, level in (([], "warning"), (["--strict"], "error")):
        capsys.readouterr()
        run(["check", "--github", *options])
        assert _annotations(capsys.readouterr().out) == [f"::{level} {expected}"]


def test_a_junit_report(project: Path) -> None:
    (project / "runs.csv").write_text("d,x\na,3\n")
    (project / "main.tex").write_text(MAIN + "\\input{tables/notation}\n")
    assert run(["check", "--junit", "report.xml"]) == 3
    suite = ET.parse(project / "report.xml").getroot()
    assert suite.attrib == {"name": "paperkit check", "tests": "3", "failures": "1"}
    cases = {case.get("name"): [(child.tag, child.get("message")) for child in case] for case in suite}
    assert cases == {
        "table.main": [("failure", "paper.toml:4:8: table.main is stale: runs.csv changed")],
        "preamble": [],
        "data and documents": [("system-out", None)],
    }
