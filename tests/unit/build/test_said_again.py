"""Notices are said again by every build and check until what they are about changes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from paperkit.build.paper import Paper
from paperkit.cli.main import run

MANIFEST = """
[data.runs]
read = "runs.json"

[table.main]
data = "runs"
rows = "dataset"
cells = "accuracy"

[table.other]
data = "runs"
rows = "dataset"
cells = "accuracy"
"""
RUNS = '[{"dataset": "x", "accuracy": 1},\n {"dataset": "y"}]'
NOTE = "note: runs.json:2: data.runs.read: 'accuracy' is missing from 1 of 2 objects\n"
LOCK = "paper.lock"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "paper.toml").write_text(MANIFEST)
    (tmp_path / "runs.json").write_text(RUNS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(list(arguments)) == 0
    return capsys.readouterr().err


def test_an_unchanged_target_says_what_its_last_build_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _said(capsys, "build") == NOTE
    before = (project / LOCK).read_bytes()
    assert _said(capsys, "build") == NOTE
    assert _said(capsys, "check") == NOTE
    assert run(["check", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["findings"]
    assert [(one["kind"], one["note"], one["message"]) for one in found] == [
        ("note", True, "'accuracy' is missing from 1 of 2 objects")
    ]
    assert (project / LOCK).read_bytes() == before


def test_a_notice_ends_with_its_cause(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _said(capsys, "build")
    (project / "runs.json").write_text(RUNS.replace('"y"', '"y", "accuracy": 2'))
    assert run(["check"]) == 3
    assert capsys.readouterr().err == ""
    assert _said(capsys, "build") == ""
    assert _said(capsys, "check") == ""
    assert "notice" not in (project / LOCK).read_text()


def test_a_place_in_the_manifest_moves_with_its_key(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = MANIFEST.replace('read = "runs.json"', "sql = \"SELECT 'x' AS dataset, random() AS accuracy\"")
    (project / "paper.toml").write_text(text)
    first = _said(capsys, "build")
    assert first.startswith("note: paper.toml:3:1: data.runs.sql: two builds may differ")
    (project / "paper.toml").write_text("# one line more\n" + text)
    assert _said(capsys, "build") == first.replace(":3:1:", ":4:1:")


def test_a_fresh_clone_says_it_too(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _said(capsys, "build")
    shutil.rmtree(project / ".paperkit", ignore_errors=True)
    assert _said(capsys, "check") == NOTE
    assert _said(capsys, "build") == NOTE


def test_a_notice_of_a_frame_stands_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _said(capsys, "build")
    assert (project / LOCK).read_text().partition("[frame")[0].partition("\n\n")[2] == (
        "[[notice]]\n"
        "message = \"'accuracy' is missing from 1 of 2 objects\"\n"
        'path = [\n    "data",\n    "runs",\n    "read",\n]\n'
        'file = "runs.json"\nline = 2\n'
        'targets = [\n    "table.main",\n    "table.other",\n]\n\n'
    )


def test_a_damaged_notice_is_a_damaged_lock(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _said(capsys, "build")
    text = (project / LOCK).read_text()
    (project / LOCK).write_text(text.replace("message = ", "words = "))
    again = "note: paper.lock: the lock cannot be read\n    it was written again; no output is lost\n"
    assert _said(capsys, "build") == NOTE + again
    assert (project / LOCK).read_text() == text


def test_what_leaves_the_manifest_is_forgotten(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _said(capsys, "build")
    (project / "tables" / "other.tex").unlink()
    (project / "paper.toml").write_text(MANIFEST.partition("[table.other]")[0])
    assert _said(capsys, "build") == NOTE
    assert "table.other" not in (project / LOCK).read_text()


def test_an_outcome_that_needed_no_work_has_its_notices(project: Path) -> None:
    paper = Paper.load(project / "paper.toml")
    first = [outcome.notices for outcome in paper.build().outcomes]
    assert [outcome.notices for outcome in paper.build().outcomes] == first
    assert len(first[0]) == 1
