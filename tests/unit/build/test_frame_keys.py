"""A warm paper keeps the frames whose files, code, clauses and labels did not change, and no others."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from paperkit import Paper
from paperkit.build import stat_cache
from paperkit.build.inputs import frame_key, inputs
from paperkit.build.stat_cache import StatCache
from paperkit.build.warm import WarmPaper
from paperkit.files import fingerprint
from paperkit.manifest.load import load

MANIFEST = """
[labels.model]
a = "A"
[data.runs]
read = "runs/*.csv"
[data.good]
from = "runs"
where = "x > 0"
[data.other]
read = "other.csv"
[data.own]
python = "own.py:rows"
inputs = ["extra.txt"]
[data.inline]
rows = [{ model = "a", x = 1 }]
[table.main]
data = "good"
rows = "model"
cells = "x"
"""
FRAMES = ("runs", "good", "other", "own", "inline")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "a.csv").write_text("model,x\na,1\n")
    (tmp_path / "other.csv").write_text("model,x\na,1\n")
    (tmp_path / "extra.txt").write_text("")
    (tmp_path / "factors.py").write_text("FACTOR = 1\n")
    (tmp_path / "own.py").write_text("from factors import FACTOR\ndef rows():\n    return {'x': [FACTOR]}\n")
    (tmp_path / "paper.toml").write_text(MANIFEST)
    return tmp_path


def _keys(project: Path) -> dict[str, object | None]:
    """Return the keys of all frames, as another turn of a watch finds them."""
    manifest, files = load(project / "paper.toml"), StatCache(project / "paper.toml")
    return {name: frame_key(name, manifest, files) for name in FRAMES}


def _manifest(change: Callable[[str], str]) -> Callable[[Path], object]:
    return lambda root: (root / "paper.toml").write_text(change(MANIFEST))


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        (lambda root: (root / "runs" / "a.csv").touch(), set()),
        (lambda root: (root / "runs" / "a.csv").write_text("model,x\na,2\n"), {"runs", "good"}),
        (lambda root: (root / "runs" / "b.csv").write_text("model,x\nb,2\n"), {"runs", "good"}),
        (lambda root: (root / "other.csv").unlink(), {"other"}),
        (lambda root: (root / "factors.py").write_text("FACTOR = 2\n"), {"own"}),
        (lambda root: (root / "extra.txt").write_text("more"), {"own"}),
        (lambda root: (root / "own.py").write_text("def rows(:\n"), {"own"}),
        (_manifest(lambda text: f"# a comment\n{text}"), set()),
        (_manifest(lambda text: f"{text}precision = 2\n"), set()),
        (_manifest(lambda text: text.replace("x > 0", "x > 1")), {"good"}),
        (_manifest(lambda text: text.replace('"A"', '"B"')), {"runs", "good", "other", "own"}),
    ],
)
def test_a_key_changes_with_what_a_frame_is_made_from(
    project: Path, change: Callable[[Path], object], changed: set[str]
) -> None:
    before = _keys(project)
    # Places in a frame of the manifest's own rows are those of the manifest, which any edit moves.
    assert [name for name, key in before.items() if key is None] == ["inline"]
    change(project)
    after = _keys(project)
    assert {name for name in FRAMES if after[name] != before[name]} == changed


def test_a_second_save_within_the_same_tick_is_seen(project: Path) -> None:
    path = project / "other.csv"
    Paper.load(project / "paper.toml").build()
    stat = path.stat()
    before = _keys(project)
    path.write_text("model,x\na,2\n")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert _keys(project)["other"] != before["other"]


def test_files_that_were_read_long_ago_are_not_read_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = "".join(f'[table.{name}]\ndata = "{name}"\nrows = "x"\ncells = "x"\n' for name in ("other", "own"))
    (project / "paper.toml").write_text(MANIFEST + frames)
    # Two seconds after the last change, one can tell the next one by the clock.
    later = time.time_ns() + 5_000_000_000
    monkeypatch.setattr(time, "time_ns", lambda: later)
    Paper.load(project / "paper.toml").build()
    before = _keys(project)
    read: list[bytes] = []

    def reading(content: bytes) -> str:
        read.append(content)
        return fingerprint(content)

    monkeypatch.setattr(stat_cache, "fingerprint", reading)
    assert _keys(project) == before
    assert read == []
    assert None not in [before[name] for name in ("runs", "good", "other", "own")]


def test_frames_stay_in_memory_until_they_change(project: Path) -> None:
    manifest = MANIFEST.replace("[data.own]", "[data.mine]")
    (project / "paper.toml").write_text(f'{manifest}[table.other]\ndata = "other"\nrows = "x"\ncells = "x"\n')
    warm = WarmPaper(project / "paper.toml")

    def loaded() -> tuple[object, object]:
        frames = warm._workshop(warm.load()).frames
        return frames.load("good"), frames.load("other")

    good, other = loaded()
    assert loaded() == (good, other)
    (project / "runs" / "a.csv").write_text("model,x\na,5\n")
    new, same = loaded()
    assert same is other
    assert new is not good


@pytest.mark.parametrize("paranoid", [False, True])
def test_a_paranoid_watch_reads_every_file_at_every_turn(
    project: Path, monkeypatch: pytest.MonkeyPatch, *, paranoid: bool
) -> None:
    later = time.time_ns() + 5_000_000_000
    monkeypatch.setattr(time, "time_ns", lambda: later)
    read: list[bytes] = []

    def reading(content: bytes) -> str:
        read.append(content)
        return fingerprint(content)

    warm = WarmPaper(project / "paper.toml", paranoid=paranoid)
    warm.build(warm.load())
    monkeypatch.setattr(stat_cache, "fingerprint", reading)
    warm.build(warm.load())
    assert ((project / "runs" / "a.csv").read_bytes() in read) is paranoid


def test_the_folders_to_look_at_are_those_of_what_is_read(project: Path) -> None:
    (project / "runs" / "deep").mkdir()
    (project / "templates" / "parts").mkdir(parents=True)
    (project / "templates" / "table.tex").write_text("")
    (project / "unread").mkdir()
    text = MANIFEST.replace("runs/*.csv", "runs/**/*.csv").replace('"other.csv"', '"absent/more/other.csv"')
    (project / "paper.toml").write_text(text)
    found = inputs(load(project / "paper.toml"))
    assert {path.relative_to(project).as_posix() for path in found.folders} == {
        ".",
        "runs",
        "runs/deep",
        "templates",
        "templates/parts",
    }
    assert {path.relative_to(project).as_posix() for path in found.files} == {
        *("paper.toml", "runs/a.csv", "own.py", "factors.py", "extra.txt", "templates/table.tex"),
    }
