"""`build --watch` with a real process and real saves; nothing here depends on how quick the machine is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from paperkit import tables
from paperkit.build.watch import watch
from paperkit.cli import watching as cli_watching
from paperkit.cli.main import run
from paperkit.errors import PaperkitError
from tests.unit.build.watched import PATIENCE, watching

pytest.importorskip("watchfiles")

MANIFEST = """
[data.runs]
read = "runs/{model}.csv"

[data.own]
python = "own.py:rows"

[table.main]
data = "runs"
rows = "model"
cells = "x"

[table.own]
data = "own"
rows = "model"
cells = "x"
"""
OWN = """import pandas as pd
from factors import FACTOR

def rows():
    return pd.DataFrame({"model": ["a"], "x": [FACTOR]})
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "a.csv").write_text("x\n1\n")
    (tmp_path / "own.py").write_text(OWN)
    (tmp_path / "factors.py").write_text("FACTOR = 1.5\n")
    (tmp_path / "paper.toml").write_text(MANIFEST)
    return tmp_path


def _rows(project: Path, name: str) -> list[str]:
    text = (project / "tables" / f"{name}.tex").read_text()
    return [line.removesuffix(r" \\") for line in text.splitlines() if " & " in line]


def test_every_file_that_is_read_rebuilds_what_is_made_from_it(project: Path) -> None:
    with watching(project, "--json") as process:
        first = process.turn()
        assert [(o["id"], o["result"]) for o in first["outcomes"]] == [
            ("table.main", "built"),
            ("table.own", "built"),
            ("preamble", "built"),
        ]
        (project / "runs" / "a.csv").write_text("x\n2\n")
        turn = process.until(table_main="built", table_own="unchanged")[-1]
        assert turn["outcomes"][0]["reasons"] == ["runs/a.csv changed"]
        assert _rows(project, "main") == ["a & 2"]
        (project / "runs" / "b.csv").write_text("x\n3\n")
        process.until(table_main="built")
        assert _rows(project, "main") == ["a & 2", "b & 3"]
        (project / "runs" / "a.csv").unlink()
        process.until(table_main="built")
        assert _rows(project, "main") == ["b & 3"]
        (project / "factors.py").write_text("FACTOR = 7.5\n")
        process.until(table_own="built", table_main="unchanged")
        assert _rows(project, "own") == ["a & 7.5"]
        (project / "paper.toml").write_text(MANIFEST + "precision = 2\n")
        process.until(table_own="built", table_main="unchanged")
        assert _rows(project, "own") == ["a & 7.50"]


def test_templates_and_folders_that_come_later_are_seen(project: Path) -> None:
    with watching(project, "--json") as process:
        process.turn()
        (project / "templates").mkdir()
        (project / "templates" / "table.tex").write_text("% mine\n")
        process.until(table_main="built")
        assert "% mine" in (project / "tables" / "main.tex").read_text()
        (project / "templates" / "table.tex").write_text("% ours\n")
        process.until(table_main="built")
        (project / "templates" / "table.tex").unlink()
        process.until(table_main="built")
        (project / "paper.toml").write_text(MANIFEST.replace("runs/{model}", "more/{model}"))
        assert process.until(table_main="failed")[-1]["outcomes"][0]["problems"][0]["line"] == 3
        (project / "more").mkdir()
        (project / "more" / "z.csv").write_text("x\n9\n")
        process.until(table_main="built")
        (project / "more" / "z.csv").write_text("x\n8\n")
        assert process.until(table_main="built")[-1]["changed"] == ["more/z.csv"]


def test_a_wrong_manifest_is_told_and_waited_for(project: Path) -> None:
    (project / "paper.toml").write_text("[")
    with watching(project, "--json") as process:
        assert process.turn()["problems"][0]["file"] == "paper.toml"
        (project / "paper.toml").write_text(MANIFEST + "precison = 2\n")
        (problem,) = process.turn()["problems"]
        assert problem["message"] == "unknown key, did you mean 'precision'?"
        (project / "paper.toml").unlink()
        assert process.turn()["problems"][0]["message"] == "no such manifest"
        (project / "paper.toml").write_text(MANIFEST)
        process.until(table_main="built")


def test_editors_that_rename_and_write_in_steps(project: Path) -> None:
    with watching(project, "--json") as process:
        process.turn()
        for name in (".paper.toml.swp", "paper.toml~", "4913", "#paper.toml#", "tables/.main.tex.1x.tmp"):
            (project / name).write_text("x")
        new = project / "paper.toml.new"
        new.write_text(MANIFEST + "precision = 2\n")
        new.replace(project / "paper.toml")
        turns = process.until(table_own="built")
        assert not [turn for turn in turns if turn["problems"]]
        with (project / "paper.toml").open("w") as file:
            file.write(MANIFEST[:60])
            file.flush()
            file.write(MANIFEST[60:] + "precision = 3\n")
        process.until(table_own="built")
        assert _rows(project, "own") == ["a & 1.500"]


def test_a_burst_is_one_build_and_what_is_built_is_none(project: Path) -> None:
    with watching(project, "--json") as process:
        process.turn()
        for number in range(50):
            (project / "runs" / "a.csv").write_text(f"x\n{number}\n")
        turns = [process.turn()]
        while _rows(project, "main") != ["a & 49"]:
            turns.append(process.turn())
        assert len(turns) < 10
        (project / "notes.txt").write_text("no input")
        (project / "runs" / "a.csv").touch()
        (project / "factors.py").write_text("FACTOR = 2.5\n")
        turn = process.turn()
        # On a slow machine the last save of the burst is told of late.
        assert set(turn["changed"]) - {"notes.txt", "runs/a.csv"} == {"factors.py"}
        assert process.lines.empty()


def test_an_output_that_somebody_edits_is_reported_once(project: Path) -> None:
    with watching(project, "--json") as process:
        process.turn()
        output = project / "tables" / "main.tex"
        before = output.read_bytes()
        output.write_bytes(before.replace(b"a & 1", b"a & 5"))
        turn = process.until(table_main="edited")[-1]
        assert turn["changed"] == ["tables/main.tex"]
        assert "+a & 5" in turn["outcomes"][0]["diff"]
        output.write_bytes(before)
        process.until(table_main="unchanged")
        output.unlink()
        process.until(table_main="built")
        assert output.read_bytes() == before


def test_the_screen_is_calm_and_ends_with_ctrl_c(project: Path) -> None:
    with watching(project, "table.*") as process:
        lines = [process.lines.get(timeout=PATIENCE) for _ in range(3)]
        assert [line[10:].split()[:2] for line in lines[:2]] == [["built", "table.main"], ["built", "table.own"]]
        assert lines[2] == "watching 4 files; Ctrl-C ends\n"
        (project / "runs" / "a.csv").write_text("x\n4\n")
        line = process.lines.get(timeout=PATIENCE)
        assert line[10:].rpartition(")")[0] == "built      table.main  (runs/a.csv changed"
        (project / "tables" / "main.tex").write_text("mine\n")
        shown = [process.lines.get(timeout=PATIENCE) for _ in range(4)]
        assert shown[0][10:].startswith("edited     table.main  (tables/main.tex was not written by paperkit)")
        assert process.interrupt() == 0
        (project / "end").touch()
    rest = []
    while not process.lines.empty():
        rest.append(process.lines.get())
    assert rest[-1] == "stopped; every file is as it was or complete\n"
    assert (project / "tables" / "main.tex").read_text() == "mine\n"


def test_without_watchfiles_the_extra_is_named(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    monkeypatch.chdir(project)
    assert run(["build", "--watch"]) == 1
    assert capsys.readouterr().err == (
        "watchfiles is needed to watch files\n"
        '    pip install "paperkit-assets[watch]", or start paperkit build after each change\n'
    )
    with pytest.raises(PaperkitError, match="watchfiles"):
        next(watch(project / "paper.toml"))


def test_debug_shows_the_traceback_of_a_defect(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(tables, "write", broken)
    monkeypatch.setattr(cli_watching, "watch", lambda *given, **options: iter([next(watch(*given, **options))]))
    monkeypatch.chdir(project)
    assert run(["build", "--watch"]) == 0
    assert "Traceback" not in capsys.readouterr().err
    assert run(["build", "--watch", "--debug"]) == 0
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_the_first_turn_is_a_value(project: Path) -> None:
    turns = watch(project / "paper.toml")
    turn = next(turns)
    assert turn.report is not None
    assert [outcome.id for outcome in turn.report.outcomes] == ["table.main", "table.own", "preamble"]
    assert (turn.changed, turn.problems, turn.files, turn.has_failed) == ((), (), 4, False)
