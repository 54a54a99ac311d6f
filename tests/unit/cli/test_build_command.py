"""`paperkit build`: its events, who makes figures, and what it shows of a build that runs on a terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import sys
from pathlib import Path

import pytest

from paperkit.cli.main import run
from tests.unit.build.figure_paper import write_paper


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_paper(tmp_path, 2)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PAPERKIT_EXECUTOR", raising=False)
    return tmp_path


def test_events_tell_the_plan_every_start_and_outcome_and_the_end(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "figures").mkdir()
    (project / "figures" / "f1.pdf").write_text("mine")
    assert run(["build", "--events"]) == 4
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    names = ["table.runs", "figure.f0", "figure.f1", "macros", "preamble"]
    assert [target["id"] for target in events[0]["targets"]] == names
    assert [target["state"] for target in events[0]["targets"]] == [
        "missing",
        "missing",
        "edited",
        "missing",
        "missing",
    ]
    middle = [(event["event"], event["id"]) for event in events[1:-1]]
    assert middle == [(kind, name) for name in names for kind in ("start", "outcome")]
    assert [event["result"] for event in events if event["event"] == "outcome"] == [
        "built",
        "built",
        "edited",
        "built",
        "built",
    ]
    assert events[-1] == {
        "event": "done",
        "built": 4,
        "unchanged": 0,
        "failed": 0,
        "edited": 1,
        "conflict": 0,
        "stale": 0,
        "notices": [],
        "interrupted": False,
    }


def test_an_error_is_an_event_too(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "paper.toml").write_text("[paper]\nvenu = 1\n")
    assert run(["build", "--events"]) == 2
    (line,) = capsys.readouterr().out.splitlines()
    event = json.loads(line)
    assert event["event"] == "error"
    assert [problem["message"] for problem in event["problems"]] == ["unknown key, did you mean 'venue'?"]


def test_the_environment_names_the_executor_and_jobs_come_before_it(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAPERKIT_EXECUTOR", "nowhere:executor")
    assert run(["build"]) == 1
    assert capsys.readouterr().err == (
        "nowhere:executor cannot be imported: ModuleNotFoundError: No module named 'nowhere'\n"
        "    known: serial, process, dask://HOST:PORT, MODULE:CALLABLE, FILE.py:CALLABLE\n"
    )
    assert not (project / "paper.lock").exists()
    assert run(["build", "--jobs", "1"]) == 0
    assert run(["build", "--executor", "serial", "--rebuild"]) == 0


def test_jobs_of_another_executor_are_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", "--jobs", "2", "--executor", "dask://host:8786"]) == 2
    said = capsys.readouterr().err
    assert "--jobs counts processes of this machine, and dask://host:8786 has workers of its own" in said
    assert not (project / "paper.lock").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--frozen --watch", "a frozen build writes nothing, a watch writes at every save"),
        ("--frozen --rebuild", "a frozen build writes nothing, --rebuild makes everything again"),
        ("--frozen --force", "a frozen build writes nothing, --force replaces edited outputs"),
        ("--rebuild --watch", "run paperkit build --rebuild first"),
        ("--events --watch", "with --json, a watch prints a line for each turn"),
        ("--jobs --watch", "a watch makes everything in its own warm process"),
        ("--executor --watch", "a watch makes everything in its own warm process"),
    ],
)
def test_options_that_contradict_each_other_are_refused(
    project: Path, capsys: pytest.CaptureFixture[str], options: str, said: str
) -> None:
    values = {"--jobs": ["2"], "--executor": ["serial"]}
    arguments = [part for option in options.split() for part in (option, *values.get(option, ()))]
    assert run(["build", *arguments]) == 2
    assert f"Error: {options.replace(' ', ' and ')} do not go together: {said}\n" in capsys.readouterr().err
    assert sorted(path.name for path in project.iterdir()) == ["paper.toml", "runs.csv"]


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
def test_a_terminal_shows_what_runs_and_prints_outcomes_above_it(project: Path) -> None:
    (project / "slow.py").write_text("import time\ndef draw(ax):\n    time.sleep(1)\n    ax.plot([1, 2], [3, 4])\n")
    manifest = project / "paper.toml"
    manifest.write_text(manifest.read_text() + '[figure.slow]\nformats = ["pdf"]\npython = "slow.py:draw"\n')
    process, terminal = pty.fork()
    if process == 0:
        os.environ["PYTHONPATH"] = str(Path(__file__).parents[3])
        os.environ["TERM"] = "xterm"
        os.execv(sys.executable, [sys.executable, "-m", "paperkit", "build", "--jobs", "1"])
    shown = b""
    try:
        while part := os.read(terminal, 65536):
            shown += part
    except OSError:  # Linux ends a terminal so
        pass
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode()).replace("\r", "\n")
    assert re.search(r"figure\.slow\s+0\.[5-9] s", text)
    assert "3/6" in text
    assert re.search(r"^built      figure\.f0  \(first build\)$", text, re.MULTILINE)
    assert text.rstrip().splitlines()[-1].startswith("6 built in ")
