"""`paperkit diff`: its words, its exit codes, its page."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from paperkit.cli.main import run

MANIFEST = """[data.runs]
read = "runs.csv"
[table.main]
data = "runs"
rows = "dataset"
columns = "model"
cells = "accuracy"
precision = 1
[macros]
best = { data = "runs", value = "max(accuracy)", format = ".1f" }
"""
RUNS = "model,dataset,accuracy\na,x,71.25\na,y,80.5\nb,x,64.0\nb,y,12.0\n"


@pytest.fixture
def project(require_program: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("paper.toml").write_text(MANIFEST)
    Path("runs.csv").write_text(RUNS)
    assert run(["build", "-q"]) == 0
    own = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "one"], ["tag", "v1"]):
        subprocess.run([require_program("git"), *own, *command], check=True)
    Path("runs.csv").write_text(RUNS.replace("80.5", "80.7"))
    return tmp_path


def test_the_words(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", "-q"]) == 0
    assert run(["diff", "v1"]) == 0
    commit = Path(project, ".git/refs/tags/v1").read_text()[:10]
    assert capsys.readouterr().out.splitlines() == [
        "changed    table.main",
        "           1 of 4 cells moved",
        "           y, a: 80.5 → 80.7",
        "changed    macros",
        "           \\best 80.5 → 80.7",
        f"2 changed, 1 unchanged from v1 ({commit}) to the working tree",
    ]


def test_exit_codes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "--exit-code"]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("no output changed from HEAD (")
    assert captured.err == (
        "note: compared as they stand: table.main (stale), macros (stale)\n    paperkit build brings them up to date\n"
    )
    run(["build", "-q"])
    assert run(["diff", "--exit-code"]) == 1
    assert run(["diff", "--exit-code", "preamble"]) == 0
    assert run(["diff", "v2"]) == 1
    assert run(["diff", "HEAD", "table.man"]) == 2
    assert run(["diff", "table.man"]) == 2
    assert project.exists()


def test_the_first_argument_is_a_revision_or_an_asset(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["build", "-q"])
    for arguments in (["macros"], ["HEAD", "macros"], ["v1", "macros"], ["v1", "mac*"]):
        capsys.readouterr()
        assert run(["diff", *arguments]) == 0
        assert capsys.readouterr().out.splitlines()[:2] == ["changed    macros", "           \\best 80.5 → 80.7"]
    assert project.exists()


def test_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["build", "-q"])
    assert run(["diff", "table.main", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["assets"] == [
        {
            "id": "table.main",
            "kind": "table",
            "fate": "changed",
            "files": ["tables/main.tex"],
            "changes": ["1 of 4 cells moved", "y, a: 80.5 → 80.7"],
            "cells": [{"row": "y", "column": "a", "before": "80.5", "after": "80.7"}],
        }
    ]
    assert (found["after"], found["unchanged"], found["notices"]) == ("the working tree", 0, [])
    assert project.exists()


def test_the_page(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["build", "-q"])
    assert run(["diff", "--html"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "wrote .paperkit/diff/index.html"
    assert "80.7" in (project / ".paperkit/diff/index.html").read_text(encoding="utf-8")
    assert run(["diff", "-o", "page.html"]) == 0
    assert (project / "page.html").read_bytes() == (project / ".paperkit/diff/index.html").read_bytes()


def test_an_edit_cannot_steer_the_terminal(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = project / "tables/main.tex"
    output.write_text(output.read_text().replace("80.5", "\x1b[2J"))
    assert run(["diff", "table.main"]) == 0
    assert "           y, a: 80.5 → \\x1b[2J" in capsys.readouterr().out.splitlines()
