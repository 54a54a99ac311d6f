"""The mirror follows the remote, also where a file becomes a folder or has the name of a record."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from paperkit.overleaf.archive import Archive
from paperkit.overleaf.content import blob_id
from paperkit.overleaf.errors import OverleafError
from paperkit.overleaf.pull import mirror
from paperkit.overleaf.trees import FILE, Entry


def project(files: Mapping[str, bytes]) -> Archive:
    return Archive(
        files={path: Entry(mode=FILE, blob=blob_id(content), size=len(content)) for path, content in files.items()},
        contents={blob_id(content): content for content in files.values()},
    )


def held(target: Path) -> dict[str, bytes]:
    files = (path for path in target.rglob("*") if path.is_file() and path.name != ".paperkit-mirror.json")
    return {path.relative_to(target).as_posix(): path.read_bytes() for path in files}


def test_a_file_becomes_a_folder_and_a_folder_a_file(tmp_path: Path) -> None:
    target = tmp_path / "text"
    for files in (
        {"sec": b"1", "main.tex": b"m"},
        {"sec/a/b.tex": b"2", "sec/c.tex": b"3", "main.tex": b"m"},
        {"sec": b"4", "main.tex": b"m"},
        {"main.tex": b"m", "other/x": b"5"},
        {"main.tex": b"m"},
    ):
        mirror(tmp_path, target, project(files), ())
        assert held(target) == files
    assert not (target / "other").exists()


def test_a_folder_that_holds_something_of_the_author_stays(tmp_path: Path) -> None:
    target = tmp_path / "text"
    mirror(tmp_path, target, project({"sec/a.tex": b"1"}), ())
    (target / "sec" / "mine.txt").write_bytes(b"mine")
    mirror(tmp_path, target, project({"main.tex": b"m"}), ())
    assert held(target) == {"main.tex": b"m", "sec/mine.txt": b"mine"}


def test_no_file_of_the_project_is_replaced_by_the_record(tmp_path: Path) -> None:
    files = {"mirrored.json": b"[]"}
    for _ in range(2):
        mirror(tmp_path, tmp_path / "text", project(files), ())
        assert held(tmp_path / "text") == files
    with pytest.raises(OverleafError) as caught:
        mirror(tmp_path, tmp_path / "copy", project({".paperkit-mirror.json": b"{}"}), ())
    assert str(caught.value) == (".paperkit-mirror.json: is the name of the mirror's own record; nothing was written")
    assert not (tmp_path / "copy").exists()
