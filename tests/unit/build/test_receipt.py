"""Receipts: a build with nothing to do is over at once, and never when there is something to do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paperkit import Paper
from paperkit.build.receipt import note_line, nothing_to_do, receipt_path
from paperkit.build.stat_cache import StatCache
from paperkit.files import Looked, fingerprint

MANIFEST = """
[data.runs]
read = "data/{model}.csv"
[data.more]
python = "prep.py:more"
[table.runs]
data = "runs"
rows = "dataset"
columns = ["model"]
cells = "accuracy"
[table.more]
data = "more"
rows = "dataset"
cells = ["accuracy"]
"""
PREP = 'import helper\n\ndef more(runs):\n    return runs[runs.model == "a"]\n'
HEAVY = {"pandas", "numpy", "matplotlib", "jinja2", "pydantic", "click", "rich", "tomli", "json", "dataclasses"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "paper.toml").write_text(MANIFEST)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text("dataset,accuracy\nx,1.5\n")
    (tmp_path / "data" / "b.csv").write_text("dataset,accuracy\nx,2.5\n")
    (tmp_path / "prep.py").write_text(PREP)
    (tmp_path / "helper.py").write_text("x = 1\n")
    Paper.load(tmp_path / "paper.toml").build()
    return tmp_path


def _nothing(project: Path) -> tuple[int, list[str]] | None:
    return nothing_to_do(str(project / "paper.toml"))


def _edited(name: str) -> Callable[[Path], object]:
    """Change a character, but not the size, the inode and the time of change."""

    def change(project: Path) -> None:
        path = project / name
        before, content = path.stat(), path.read_bytes()
        path.write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    return change


CHANGES: dict[str, Callable[[Path], object]] = {
    **{
        f"{name} is edited": _edited(name)
        for name in ("paper.toml", "paper.lock", "data/a.csv", "helper.py", "tables/runs.tex", "paperkit-preamble.tex")
    },
    "an output is gone": lambda project: (project / "tables" / "more.tex").unlink(),
    "an input is gone": lambda project: (project / "data" / "a.csv").unlink(),
    "a file more fits": lambda project: (project / "data" / "c.csv").write_text("dataset,accuracy\nx,3\n"),
    "a template appears": lambda project: (project / "templates").mkdir(),
    "a page appears": lambda project: (project / "paper.pkdims").write_text("x"),
    "a package hides a module": lambda project: (project / "helper").mkdir(),
    "the receipt is gone": lambda project: Path(receipt_path(str(project / "paper.toml"))).unlink(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_may_matter_is_seen(project: Path, change: str) -> None:
    assert _nothing(project) == (3, [])
    if change == "a package hides a module":
        (project / "helper").mkdir()
        (project / "helper" / "__init__.py").write_text("x = 2\n")
    else:
        CHANGES[change](project)
    assert _nothing(project) is None


def _age(project: Path) -> None:
    for path in project.rglob("*"):
        os.utime(path, (1, 1))


HARMLESS: dict[str, Callable[[Path], object]] = {
    "touched": lambda project: os.utime(project / "data" / "a.csv"),
    "checked out again": lambda project: (project / "tables" / "runs.tex").write_bytes(
        (project / "tables" / "runs.tex").read_bytes()
    ),
    "something else appears": lambda project: (project / "paper.aux").write_text("x"),
    "old": _age,
}


@pytest.mark.parametrize("change", HARMLESS)
def test_what_does_not_matter_costs_nothing(project: Path, change: str) -> None:
    HARMLESS[change](project)
    assert _nothing(project) == (3, [])
    assert _nothing(project) == (3, [])


def test_a_settled_file_is_not_read_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later = time.time_ns() + 10**10
    monkeypatch.setattr("time.time_ns", lambda: later)
    assert _nothing(project) == (3, [])
    monkeypatch.setattr("paperkit.build.receipt.hashed", lambda _: "another hash")
    folders = [
        line for line in Path(receipt_path(str(project / "paper.toml"))).read_text().split("\n") if "folder" in line
    ]
    assert len(folders) == 3  # data/, and the patches and templates that are not there: hashed each time
    assert _nothing(project) is None
    monkeypatch.undo()
    assert _nothing(project) == (3, [])


def test_only_a_whole_clean_build_leaves_word(project: Path) -> None:
    paper = Paper.load(project / "paper.toml")
    paper.build(["table.runs"])
    assert _nothing(project) is None
    paper.build()
    assert _nothing(project) == (3, [])
    (project / "tables" / "runs.tex").write_text("mine")
    paper.build()
    assert _nothing(project) is None


def test_notices_are_said_again(project: Path) -> None:
    (project / "data" / "b.csv").write_text("dataset,accuracy\nx,inf\n")
    Paper.load(project / "paper.toml").build()
    found = _nothing(project)
    assert found is not None
    first = subprocess.run(
        [sys.executable, "-m", "paperkit", "build"], cwd=project, capture_output=True, text=True, check=True
    )
    Path(receipt_path(str(project / "paper.toml"))).unlink()
    second = subprocess.run(
        [sys.executable, "-m", "paperkit", "build"], cwd=project, capture_output=True, text=True, check=True
    )
    assert first.stderr == second.stderr
    assert first.stdout.startswith("3 unchanged in 0.")


def test_nothing_to_do_imports_nothing(project: Path) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "paperkit", "build"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("3 unchanged")
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "paperkit.build.receipt" in imported
    site = subprocess.run([sys.executable, "-X", "importtime", "-c", ""], capture_output=True, text=True, check=True)
    own = imported - {line.rpartition("|")[2].strip() for line in site.stderr.splitlines()}
    assert {name.partition(".")[0] for name in own} & HEAVY == set()


@given(st.text("ab\\\n "), st.text("ab\\\n "))
def test_notes_are_kept_whole(one: str, other: str) -> None:
    from paperkit.build.receipt import _unescaped

    assert "\n" not in note_line(one)
    assert _unescaped(note_line(one).removeprefix("note ")) == one
    assert (note_line(one) == note_line(other)) == (one == other)


@given(data=st.data())
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_damaged_receipt_is_none(project: Path, data: st.DataObject) -> None:
    path = Path(receipt_path(str(project / "paper.toml")))
    whole = path.read_bytes()
    try:
        at = data.draw(st.integers(0, len(whole) - 1))
        end = data.draw(st.integers(at, len(whole)))
        path.write_bytes(whole[:at] + data.draw(st.binary(max_size=8)) + whole[end:])
        _nothing(project)
        StatCache(project / "paper.toml")
    finally:
        path.write_bytes(whole)


def test_a_stat_is_trusted_when_the_clock_has_moved_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "paper.toml").write_text("")
    path = tmp_path / "a.csv"
    path.write_text("1")
    hashes: list[str] = []
    for seconds in (0, 10):
        monkeypatch.setattr("time.time_ns", lambda seconds=seconds: path.stat().st_ctime_ns + seconds * 10**9)
        cache = StatCache(tmp_path / "paper.toml")
        hashes.append(cache.sha(path))
        cache.save(Looked())
        monkeypatch.setattr("paperkit.build.stat_cache.fingerprint", lambda _: "read again")
        assert StatCache(tmp_path / "paper.toml").sha(path) == ("read again" if seconds == 0 else hashes[0])
        assert StatCache(tmp_path / "paper.toml", paranoid=True).sha(path) == "read again"
        monkeypatch.setattr("paperkit.build.stat_cache.fingerprint", fingerprint)
