"""The command line: versions, help, unknown commands, JSON, and nothing heavy for any of them."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import tomli

from paperkit.cli.main import COMMANDS, run

MANIFEST = '[data.runs]\nread = "runs.csv"\n[table.main]\ndata = "runs"\nrows = "d"\ncells = ["x"]\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "paper.toml").write_text(MANIFEST)
    (tmp_path / "runs.csv").write_text("d,x\na,1\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"paperkit {version('paperkit-assets')}\n"


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    said = capsys.readouterr().out
    for name, text in COMMANDS.items():
        assert name in said
        assert text.split()[0] in said
        assert run([name, "--help"]) == 0


def test_an_unknown_command_is_suggested(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["biuld"]) == 2
    assert "no such command 'biuld', did you mean 'build'?" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["build", "--help"], ["status"], ["check"]])
def test_quick_commands_import_nothing_heavy(project: Path, arguments: list[str]) -> None:
    assert run(["build", "-q"]) == 0
    script = f"import sys; from paperkit.cli.main import run; run({arguments!r}); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=project, capture_output=True, text=True, check=True)
    assert not {"pandas", "numpy", "matplotlib", "seaborn", "jinja2", "rich"} & set(done.stdout.split())


def test_json_of_build_status_and_check(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--json"]) == 3
    found = json.loads(capsys.readouterr().out)["findings"]
    known = [(entry["target"], entry["kind"]) for entry in found]
    assert known == [("table.main", "missing"), ("preamble", "missing")]
    assert run(["build", "--json"]) == 0
    outcomes = json.loads(capsys.readouterr().out)["outcomes"]
    assert outcomes[0] == {
        "id": "table.main",
        "result": "built",
        "reasons": ["first build"],
        "written": ["tables/main.tex"],
        "rescued": [],
        "problems": [],
        "notices": [],
        "changes": [],
        "diff": "",
    }
    assert run(["status", "--json"]) == 0
    targets = json.loads(capsys.readouterr().out)["targets"]
    assert [target["state"] for target in targets] == ["unchanged", "unchanged"]
    (project / "runs.csv").write_text("e,x\na,1\n")
    assert run(["build", "--json"]) == 1
    outcomes = json.loads(capsys.readouterr().out)["outcomes"]
    assert [problem["file"] for problem in outcomes[0]["problems"]] == ["paper.toml"]
    assert [problem["key"] for problem in outcomes[0]["problems"]] == ["table.main.rows"]


def test_status_says_why(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["build", "-q"])
    (project / "runs.csv").write_text("d,x\na,2\n")
    capsys.readouterr()
    assert run(["status", "table.*"]) == 0
    assert capsys.readouterr().out == "stale      table.main  runs.csv changed\n"


def test_schema_is_written_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema"]) == 0
    assert run(["schema"]) == 0
    assert capsys.readouterr().out == "wrote paper.schema.json\nunchanged paper.schema.json\n"
    assert json.loads((project / "paper.schema.json").read_text())["title"] == "paper.toml"
    assert run(["schema", "-o", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "paper.toml"


def test_the_schema_replaces_no_other_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "mine.json").write_text("{}")
    assert run(["schema", "-o", "mine.json"]) == 1
    said = capsys.readouterr().err
    assert said == "mine.json: is not a schema of paper.toml, and is left alone\n    name another file with -o\n"


def test_a_manifest_elsewhere_is_built_where_it_stands(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert run(["build", "-q", "-m", str(project / "paper.toml")]) == 0
    assert (project / "tables" / "main.tex").exists()


def test_a_problem_goes_to_standard_error_with_its_place(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "paper.toml").write_text(MANIFEST + 'captoin = "x"\n')
    assert run(["build"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "paper.toml:7:1: table.main.captoin: unknown key, did you mean 'caption'?\n"
    assert tomli.loads((project / "paper.toml").read_text())["table"]["main"]["captoin"] == "x"
