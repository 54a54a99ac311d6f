"""Frames that no output is made from are named by check, and a file that they lack by build too."""

from __future__ import annotations

from pathlib import Path

import pytest

from paperkit.cli.main import run

MANIFEST = """
[data.runs]
read = "runs.csv"

[data.base]
from = "runs"
where = "accuracy > 0"

[data.meta]
read = "metta.csv"

[data.joined]
from = "meta"
join = { frame = "runs", on = ["dataset"] }

[data.idle]
read = "runs.csv"

[table.main]
data = "base"
rows = "dataset"
cells = "accuracy"
"""
MISSING = "note: paper.toml:10:1: data.meta.read: there is no file 'metta.csv'\n    the closest file is 'meta.csv'\n"
UNUSED = (
    "note: paper.toml:{}: data.{}: nothing uses the frame\n    name it in a table, a figure or a macro, or remove it\n"
)


def test_what_serves_no_output_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "paper.toml").write_text(MANIFEST)
    for name in ("runs.csv", "meta.csv"):
        (tmp_path / name).write_text("dataset,accuracy\nx,1\n")
    monkeypatch.chdir(tmp_path)
    assert run(["build"]) == 0
    assert capsys.readouterr().err == MISSING
    assert run(["check"]) == 0
    assert capsys.readouterr().err == MISSING + UNUSED.format("12:7", "joined") + UNUSED.format("16:7", "idle")
