"""A warm paper keeps the frames whose files, code, clauses and labels did not change, and no others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from paperkit.build.inputs import FrameKeys, inputs
from paperkit.build.warm import WarmPaper
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
    keys = FrameKeys()
    first, second = load(project / "paper.toml"), None
    before = {name: keys.key(name, first) for name in FRAMES}
    # Places in a frame of the manifest's own rows are those of the manifest, which any edit moves.
    assert [name for name, key in before.items() if key is None] == ["inline"]
    change(project)
    second = load(project / "paper.toml")
    after = {name: keys.key(name, second) for name in FRAMES}
    assert {name for name in FRAMES if after[name] != before[name]} == changed


def test_a_second_save_within_the_same_tick_is_seen(project: Path) -> None:
    import os

    keys, path = FrameKeys(), project / "other.csv"
    manifest = load(project / "paper.toml")
    stat = path.stat()
    before = keys.key("other", manifest)
    path.write_text("model,x\na,2\n")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert keys.key("other", manifest) != before


def test_frames_stay_in_memory_until_they_change(project: Path) -> None:
    (project / "paper.toml").write_text(MANIFEST.replace("[data.own]", "[data.mine]"))
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
