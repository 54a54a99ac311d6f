"""`paperkit fetch`: what it says, and its exit codes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from tensorboardX import SummaryWriter

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
    assert sorted(path.name for path in project.iterdir()) == ["data", "paper.lock", "paper.toml"]


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
    assert (document["fetched"][0]["notices"], document["problems"]) == ([], [])


def test_nothing_to_fetch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "paper.toml").write_text('[data.own]\nread = "data/own.csv"\n')
    monkeypatch.chdir(tmp_path)
    assert run(["fetch"]) == 0
    assert capsys.readouterr().out == "no frame has a url\n"
    assert not (tmp_path / "paper.lock").exists()


MACROS = '[macros]\nacc = { data = "runs", value = "mean(acc)" }\n'


def with_macros(project: Path) -> None:
    manifest = project / "paper.toml"
    manifest.write_text(manifest.read_text().partition("\n[data.own]")[0] + MACROS)


def test_builds_and_fetches_keep_each_others_blocks(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with_macros(project)
    assert run(["build", "-q"]) == 1
    expected = "paper.toml:2:1: data.runs.read: there is no file 'data/runs.csv'\n    paperkit fetch gets it\n"
    assert capsys.readouterr().err == expected
    assert run(["fetch"]) == 0
    assert run(["build", "-q"]) == 0
    lock = (project / "paper.lock").read_text()
    entry = f'path = "data/runs.csv"\nurl = "{(project.parent / "elsewhere.csv").as_uri()}"\nsha256 = "{SHA}"\n'
    assert f"[source.runs]\n{entry}\n[frame." in lock
    assert "[target.macros]" in lock
    assert run(["fetch", "--update"]) == run(["build", "--rebuild", "-q"]) == 0
    assert (project / "paper.lock").read_text() == lock
    manifest = project / "paper.toml"
    manifest.write_text(manifest.read_text().replace("[data.runs]", "[data.gone]").replace('"runs"', '"gone"'))
    assert run(["fetch", "--update"]) == 0
    assert (project / "paper.lock").read_text() == lock.replace("[source.runs]", "[source.gone]")


def test_a_build_notices_that_a_fetched_file_was_changed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with_macros(project)
    run(["fetch"])
    (project / "data" / "runs.csv").write_text("model,acc\nA,2\n")
    capsys.readouterr()
    assert run(["build", "-q"]) == 0
    assert capsys.readouterr().err == (
        "note: paper.toml:3:1: data.runs.url: 'data/runs.csv' was changed since it was fetched\n"
        "    paperkit fetch runs --update replaces it\n"
    )


def test_a_damaged_lock_is_not_fetched_over(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with_macros(project)
    run(["fetch"])
    capsys.readouterr()
    (project / "paper.lock").write_text("<<<<<<< HEAD\n")
    assert run(["fetch"]) == 1
    assert capsys.readouterr().err == (
        "paper.lock:1: the lock cannot be read\n    restore it, or delete it: paperkit build writes it again, "
        "and paperkit fetch --update what was fetched\n"
    )
    assert (project / "paper.lock").read_text() == "<<<<<<< HEAD\n"
    assert run(["build", "-q"]) == 0
    assert capsys.readouterr().err == (
        "note: paper.lock:1: the lock cannot be read\n    it was written again; "
        "restore it, or record again what was fetched: paperkit fetch --update\n"
    )
    assert run(["fetch"]) == 1
    assert "'data/runs.csv' is there, and was not fetched" in capsys.readouterr().err
    assert run(["fetch", "--update"]) == 0
    assert "[source.runs]" in (project / "paper.lock").read_text()


def test_runs_of_mlflow_become_numbers(project: Path) -> None:
    for number, (status, accuracy) in enumerate([(3, 0.25), (3, 0.75), (4, 9.0)]):
        folder = project.parent / "mlruns" / "1" / f"{number:032x}"
        (folder / "metrics" / "val").mkdir(parents=True)
        (folder.parent / "meta.yaml").write_text("name: base\n")
        (folder / "meta.yaml").write_text(f"status: {status}\n")
        (folder / "metrics" / "val" / "acc").write_text(f"1700000000000 {accuracy} 1\n")
    (project / "paper.toml").write_text(
        "[data.runs]\nurl = 'mlflow:../mlruns'\nread = 'data/runs.csv'\nwhere = \"status == 'FINISHED'\"\n"
        "[macros]\nacc = { data = 'runs', value = \"mean(col('metrics.val/acc'))\", format = '.2f' }\n"
    )
    assert run(["fetch"]) == run(["build", "-q"]) == 0
    assert "{0.50}" in (project / "macros.tex").read_text()


def test_a_run_that_still_goes_on_is_noticed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with SummaryWriter(str(project.parent / "runs")) as writer:
        for step in (1, 2):
            writer.add_scalar("loss", 0.5, step)
    (file,) = (project.parent / "runs").iterdir()
    file.write_bytes(file.read_bytes()[:-1])
    (project / "paper.toml").write_text("[data.runs]\nurl = 'tensorboard:../runs'\nread = 'data/runs.csv'\n")
    notice = "ends within a record; the 2 records before it are read"  # the first tells the version of the file
    assert run(["fetch", "--json"]) == 0
    (found,) = (item["notices"] for item in json.loads(capsys.readouterr().out)["fetched"])
    assert [entry["message"] for entry in found] == [notice]
    assert (project / "data" / "runs.csv").read_text() == "run,tag,step,value\n.,loss,1,0.5\n"
    assert run(["fetch", "--update"]) == 0
    assert capsys.readouterr().err == (
        f"note: ../runs/{file.name}: data.runs.url: {notice}\n    its run was stopped, or still goes on\n"
    )
