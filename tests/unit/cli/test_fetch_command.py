"""`paperkit fetch`: what it says, and its exit codes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from paperkit.cli.main import run

pytest.importorskip("fsspec")
CONTENT = b"model,acc\nA,1\n"
SHA = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "elsewhere.csv").write_bytes(CONTENT)
    url = (tmp_path / "elsewhere.csv").as_uri()
    root = tmp_path / "project"
    root.mkdir()
    (root / "paper.toml").write_text(
        f'[data.runs]\nread = "data/runs.csv"\nurl = "{url}"\n\n[data.own]\nread = "data/own.csv"\n'
    )
    monkeypatch.chdir(root)
    return root


def test_what_is_fetched_is_listed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fetch"]) == 0
    assert capsys.readouterr().out == f"fetched    data.runs  data/runs.csv  sha256:{SHA[:12]}\n"
    assert run(["fetch", "runs"]) == 0
    assert capsys.readouterr().out == f"unchanged  data.runs  data/runs.csv  sha256:{SHA[:12]}\n"
    assert sorted(path.name for path in project.iterdir()) == ["data", "paper.sources.toml", "paper.toml"]


def test_a_refusal_has_its_place_and_exit_code(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["fetch"])
    (project / "data" / "runs.csv").write_text("mine")
    capsys.readouterr()
    assert run(["fetch", "runs", "own"]) == 1
    assert capsys.readouterr().err == (
        "paper.toml:3:1: data.runs.url: 'data/runs.csv' was changed since it was fetched\n"
        "    paperkit fetch runs --update replaces it\n"
        "paper.toml:5:7: data.own: the frame has no url\n"
    )
    assert run(["fetch", "--update", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [(item["frame"], item["state"], item["sha256"]) for item in document["fetched"]] == [
        ("runs", "fetched", SHA)
    ]
    assert document["problems"] == []


def test_nothing_to_fetch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "paper.toml").write_text('[data.own]\nread = "data/own.csv"\n')
    monkeypatch.chdir(tmp_path)
    assert run(["fetch"]) == 0
    assert capsys.readouterr().out == "no frame has a url\n"
    assert not (tmp_path / "paper.sources.toml").exists()
