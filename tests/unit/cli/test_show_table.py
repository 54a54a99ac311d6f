"""`paperkit show table.NAME`: the table in a terminal, and in each of its formats."""

from __future__ import annotations

from pathlib import Path

import pytest

from paperkit.build.paper import Paper
from paperkit.cli.main import run
from tests.unit.tables.read_outputs import Page, csv_rows, latex_rows, markdown_rows, text_rows

MANIFEST = """
[data.runs]
read = "runs.csv"
[table.main]
data = "runs"
rows = "task"
columns = "model"
cells = "accuracy"
precision = 1
shade = { colormap = "Reds", within = "row" }
emphasis = { within = "row" }
caption = "Accuracy"
[table."each-{task}"]
each.task = ["x", "y"]
data = "runs"
where = "task == each.task"
rows = "model"
cells = "accuracy"
[table.wrong]
data = "runs"
rows = "task"
columns = "modle"
cells = "accuracy"
"""
RUNS = "task,model,accuracy\nx,vit,90.25\nx,mae,8.5\ny,vit,50\ny,mae,60\n"
BODY = [["x", "90.2", "8.5"], ["y", "50.0", "60.0"]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "paper.toml").write_text(MANIFEST)
    (tmp_path / "runs.csv").write_text(RUNS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["show", *arguments]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    return said.out


@pytest.mark.usefixtures("project")
def test_every_format_goes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert text_rows(shown(capsys, "table.main")) == [["Accuracy"], ["vit", "mae"], *BODY]
    assert shown(capsys, "table.main", "--format", "txt") == shown(capsys, "table.main")
    assert markdown_rows(shown(capsys, "table.main", "--format", "md"))[2:] == BODY
    assert csv_rows(shown(capsys, "table.main", "--format", "csv")) == [["", "vit", "mae"], *BODY]
    page = Page(shown(capsys, "table.main", "--format", "html"))
    assert (page.caption, page.texts("tbody")) == ("Accuracy", BODY)
    assert latex_rows(shown(capsys, "table.main", "--format", "tex")) == BODY
    assert text_rows(shown(capsys, "table.each-y")) == [["accuracy"], ["vit", "50.0"], ["mae", "60.0"]]


def test_latex_is_what_a_build_writes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "templates").mkdir()
    (project / "templates" / "table.tex").write_text("% << table.name >> of the paper's own\n")
    latex = shown(capsys, "table.main", "--format", "tex")
    Paper.load(project / "paper.toml").build(["table.main"])
    built = (project / "tables" / "main.tex").read_text()
    assert latex == "% main of the paper's own\n"
    assert built.endswith(latex)


@pytest.mark.usefixtures("project")
def test_a_terminal_shows_fills_and_emphasis(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("paperkit.cli.show.on_terminal", lambda: True)
    for name, value in {
        "FORCE_COLOR": "1",
        "COLORTERM": "truecolor",
        "TERM": "xterm-256color",
        "COLUMNS": "12",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    out = shown(capsys, "table.main")
    # The ends of matplotlib's Reds, #67000d and #fff5f0, and what can be read on them.
    assert "\x1b[1;38;2;255;255;255;48;2;103;0;13m90.2\x1b[0m" in out
    assert "\x1b[4;38;2;0;0;0;48;2;255;245;240m8.5\x1b[0m" in out


@pytest.mark.usefixtures("project")
def test_what_cannot_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "table.mian"]) == 2
    assert capsys.readouterr().err == "there is no table 'mian', did you mean 'main'?\n"
    assert run(["show", "table.wrong"]) == 1
    assert capsys.readouterr().err == (
        "paper.toml:22:1: table.wrong.columns[0]: no column 'modle' in the data 'runs', did you mean 'model'?\n"
        "    columns: task, model, accuracy\n"
    )
    assert run(["show", "table.main", "--after", "where"]) == 2
    assert "--after has no meaning here: table.main is a table" in capsys.readouterr().err
    assert run(["show", "runs", "--format", "md"]) == 2
    assert "--format has no meaning here: runs is a frame" in capsys.readouterr().err
