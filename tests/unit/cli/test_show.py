"""`paperkit show`: the rows of a frame on a terminal or as CSV, and how many each clause leaves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from paperkit.cli.main import run
from paperkit.cli.show import counts
from paperkit.data.table import Rows

MANIFEST = """
[data.runs]
read = "runs.csv"
drop.model = ["c"]
where = "seed > 0"
derive.half = "accuracy / 2"
sort = ["-accuracy"]
[data.made]
python = "prep.py:made"
[data.asked]
sql = "SELECT model, count(*) AS n FROM runs GROUP BY model ORDER BY model"
"""
RUNS = "model,seed,accuracy\na,0,1.0\nb,1,2.5\na,2,\nc,3,4.0\nb,4,3.0\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "paper.toml").write_text(MANIFEST)
    (tmp_path / "runs.csv").write_text(RUNS)
    (tmp_path / "prep.py").write_text("def made(runs):\n    print('working')\n    return runs[['model']].head(1)\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    """Let the captured output pass for a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("paperkit.cli.show.on_terminal", lambda: True)
    return capsys


@pytest.mark.usefixtures("project")
def test_csv_goes_out_and_counts_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "runs"]) == 0
    said = capsys.readouterr()
    assert said.out == "model,seed,accuracy,half\nb,4,3.0,1.5\nb,1,2.5,1.25\na,2,,\n"
    assert said.err == "read: 5 rows\ndrop: 5 → 4 rows\nwhere: 4 → 3 rows\nderive: 3 rows\nsort: 3 rows\n"


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("arguments", "out", "err"),
    [
        (["--after", "where", "-n", "1"], "model,seed,accuracy\nb,1,2.5\n", "where: 4 → 3 rows\n"),
        (["--after", "read", "--limit", "0"], "model,seed,accuracy\n", "read: 5 rows\n"),
        (["--limit", "9"], "model,seed,accuracy,half\nb,4,3.0,1.5\nb,1,2.5,1.25\na,2,,\n", "sort: 3 rows\n"),
    ],
)
def test_after_and_limit(arguments: list[str], out: str, err: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "runs", *arguments]) == 0
    said = capsys.readouterr()
    assert said.out == out
    assert said.err.endswith(err)


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("arguments", "code", "err"),
    [
        (["rusn"], 2, "there is no [data.rusn], did you mean 'runs'?\n"),
        (["xyz"], 2, "there is no [data.xyz]\n    the frames are runs, made, asked\n"),
        (
            ["runs", "--after", "pivot"],
            1,
            "the frame 'runs' has no clause 'pivot'\n    it has read, drop, where, derive, sort\n",
        ),
        (["runs", "--after", "wehre"], 1, "the frame 'runs' has no clause 'wehre', did you mean 'where'?\n"),
    ],
)
def test_what_is_not_there(arguments: list[str], code: int, err: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", *arguments]) == code
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", err)


def test_a_failing_frame_says_where(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "prep.py").write_text("def made(runs):\n    return 1 / 0\n")
    assert run(["show", "made"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "prep.py:2: data.made.python: ZeroDivisionError: division by zero (in made)\n"


@pytest.mark.usefixtures("project")
def test_python_and_sql_are_sources(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("duckdb", reason="'duckdb' is not installed")
    assert run(["show", "asked"]) == 0
    assert capsys.readouterr() == ("model,n\na,1\nb,2\n", "sql: 2 rows\n")
    assert run(["show", "made"]) == 0
    said = capsys.readouterr()
    assert said.out == "model\nb\n"
    assert said.err.endswith("working\npython: 1 row\n")


@pytest.mark.usefixtures("project")
def test_a_terminal_gets_a_table(screen: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "runs", "--limit", "2"]) == 0
    said = screen.readouterr()
    assert [line.rstrip() for line in said.out.splitlines()] == [
        "model  seed  accuracy  half",
        "b         4         3   1.5",
        "b         1       2.5  1.25",
    ]
    assert said.err.endswith("sort: 3 rows\n… and 1 more rows; --limit shows more\n")


def test_numbers_are_never_cut_off(
    project: Path, screen: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    (project / "runs.csv").write_text(f"model,seed,accuracy\n{'long' * 10},1,123456.789\n")
    assert run(["show", "runs", "--after", "where"]) == 0
    assert [line.rstrip() for line in screen.readouterr().out.splitlines()] == [
        "model         seed    accuracy",
        "longlonglon…     1  123456.789",
    ]


def test_data_cannot_steer_the_terminal(project: Path, screen: pytest.CaptureFixture[str]) -> None:
    (project / "runs.csv").write_text("model,seed,accuracy\n[red]\x1b[31m%,1,\n")
    assert run(["show", "runs", "--after", "where"]) == 0
    assert [line.rstrip() for line in screen.readouterr().out.splitlines()] == [
        "model           seed  accuracy",
        "[red]\\x1b[31m%     1   missing",
    ]


def test_a_pipe_that_closes_is_no_error(project: Path) -> None:
    (project / "runs.csv").write_text("model,seed,accuracy\n" + "a,1,2.0\n" * 50_000)
    with subprocess.Popen(
        [sys.executable, "-m", "paperkit", "show", "runs"],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"model,seed,accuracy,half\n"
        process.stdout.close()
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()
    assert process.returncode == 0


def test_counts_say_what_changes() -> None:
    one, two = (Rows(table=pd.DataFrame({"x": range(n)})) for n in (1, 2))
    none = Rows(table=pd.DataFrame({"x": []}))
    steps = (("read", two), ("where", one), ("derive", one), ("limit", none), ("concat", two))
    assert counts(steps) == (
        "read: 2 rows",
        "where: 2 → 1 row",
        "derive: 1 row",
        "limit: 1 → 0 rows",
        "concat: 0 → 2 rows",
    )
