"""Files: written whole or not at all, and only when they change."""

from __future__ import annotations

import os
import string
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.files import is_inside, slug, write_if_changed


def test_the_same_bytes_are_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.tex"
    assert write_if_changed(path, b"one")
    before = path.stat().st_mtime_ns, path.stat().st_ino
    assert not write_if_changed(path, b"one")
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before
    assert write_if_changed(path, b"two")
    assert path.read_bytes() == b"two"
    assert [entry.name for entry in path.parent.iterdir()] == ["b.tex"]


def test_permissions_survive(tmp_path: Path) -> None:
    path = tmp_path / "a.tex"
    path.write_bytes(b"one")
    path.chmod(0o640)
    write_if_changed(path, b"two")
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.tex"
    path.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left on device"):
        write_if_changed(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.tex"]


def test_a_kill_leaves_one_of_the_two_files_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.tex"
    first, second = b"1" * 3_000_000, b"2" * 3_000_000
    script = (
        "import sys; from pathlib import Path; from paperkit.files import write_if_changed\n"
        "path = Path(sys.argv[1])\n"
        "while True:\n"
        "    for digit in (b'1', b'2'):\n"
        "        write_if_changed(path, digit * 3_000_000)\n"
    )
    for delay in (0.0, 0.01, 0.02, 0.05):
        process = subprocess.Popen([sys.executable, "-c", script, str(path)])
        while not path.exists():
            time.sleep(0.005)
        time.sleep(delay)
        process.kill()
        process.wait()
        assert path.read_bytes() in (first, second)


@given(st.text())
def test_a_slug_is_safe_everywhere(name: str) -> None:
    made = slug(name)
    assert set(made) <= set(string.ascii_lowercase + string.digits + "-")
    assert made == made.strip("-")
    assert "--" not in made
    assert slug(made) == made


def test_links_count_as_where_they_lead(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "out").symlink_to(tmp_path)
    assert is_inside(project / "tables" / "a.tex", project)
    assert not is_inside(project / "out" / "a.tex", project)
    assert not is_inside(project / ".." / "a.tex", project)
