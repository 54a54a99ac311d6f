"""A lock that a merge left in conflict: every command that compares with it says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from paperkit.cli.main import run

MANIFEST = '[data.runs]\nread = "runs.csv"\n[table.main]\ndata = "runs"\nrows = "d"\ncells = ["x"]\n'
PROBLEM = (
    "paper.lock:5: the lock cannot be read\n    restore it, or delete it: paperkit build writes it again, and "
    "paperkit fetch --update what was fetched\n"
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    (tmp_path / "paper.toml").write_text(MANIFEST)
    (tmp_path / "runs.csv").write_text("d,x\na,1\n")
    monkeypatch.chdir(tmp_path)
    assert run(["build", "-q"]) == 0
    lines = (tmp_path / "paper.lock").read_text().splitlines(keepends=True)
    (tmp_path / "paper.lock").write_text("".join((*lines[:4], "<<<<<<< HEAD\n", *lines[4:])))
    return tmp_path


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("command", ["status", "why table.main", "graph"])
def test_it_is_a_note_of_what_only_shows(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(command.split()) == 0
    captured = capsys.readouterr()
    assert captured.err == f"note: {PROBLEM}"
    assert "table.main" in captured.out


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("command", ["status", "why table.main"])
def test_it_is_a_notice_in_json(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*command.split(), "--json"]) == 0
    (notice,) = json.loads(capsys.readouterr().out)["notices"]
    assert (notice["message"], notice["file"], notice["line"]) == ("the lock cannot be read", "paper.lock", 5)


@pytest.mark.usefixtures("project")
def test_a_check_finds_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check"]) == 1
    captured = capsys.readouterr()
    assert captured.err == PROBLEM
    assert captured.out.splitlines()[-1] == "2 stale of 2 targets, 1 problem; run paperkit build"
    assert run(["check", "--json"]) == 1
    first = json.loads(capsys.readouterr().out)["findings"][0]
    assert (first["kind"], first["target"], first["note"]) == ("lock", None, False)


def test_a_frozen_build_fails_and_another_writes_it_again(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (project / "paper.lock").read_bytes()
    assert run(["build", "--frozen"]) == 1
    assert capsys.readouterr() == ("", PROBLEM)
    assert (project / "paper.lock").read_bytes() == before
    assert run(["build", "-q"]) == 0
    assert "note: paper.lock:5: the lock cannot be read\n    it was written again" in capsys.readouterr().err
    assert run(["build", "--frozen", "-q"]) == 0
