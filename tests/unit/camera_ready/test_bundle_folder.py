"""The folder of a bundle: only what paperkit put there is ever replaced or taken away."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from paperkit.camera_ready.package import MANIFEST, place, recover, refuse_foreign
from paperkit.errors import PaperkitError


def bundle(**files: bytes) -> dict[str, bytes]:
    document = {"made_by": "paperkit 1.0", "files": [], "outputs": [{"path": path} for path in files]}
    return {**files, MANIFEST: json.dumps(document).encode()}


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir(parents=True)
    for path, data in files.items():
        (folder / path).write_bytes(data)


def held(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refusal(output: Path, *keep: Path) -> str:
    with pytest.raises(PaperkitError) as caught:
        refuse_foreign(output, keep=keep)
    return str(caught.value)


def test_a_bundle_takes_its_place_in_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    place(out, bundle(a=b"1", b=b"1"))
    place(out, bundle(a=b"2"))
    assert held(out) == bundle(a=b"2")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", killed)
    with pytest.raises(KeyboardInterrupt):
        place(out, bundle(a=b"3"))
    monkeypatch.undo()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert held(out) == bundle(a=b"2")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
def test_a_bundle_has_the_modes_that_the_user_asks_for(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        place(tmp_path / "out", bundle(a=b"1"))
    finally:
        os.umask(before)
    modes = [(tmp_path / "out" / name).stat().st_mode & 0o777 for name in ("", "a", MANIFEST)]
    assert modes == [0o750, 0o640, 0o640]


def test_a_run_after_a_kill_puts_the_older_bundle_back(tmp_path: Path) -> None:
    write(tmp_path / ".out.paperkit-12-old", bundle(a=b"1"))
    write(tmp_path / ".out.paperkit-12-new", {MANIFEST: bundle(a=b"", b=b"")[MANIFEST], "a": b"2"})
    (tmp_path / ".out.paperkit-13-new").mkdir()
    recover(tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert held(tmp_path / "out") == bundle(a=b"1")


def test_folders_of_somebody_else_stay_beside_a_bundle(tmp_path: Path) -> None:
    for name in (".out.mine.new", ".out.old", ".out.paperkit-1-new", ".out.paperkit-1-old"):
        write(tmp_path / name, {"thesis.tex": b"x", MANIFEST: b"{}"})
    before = held(tmp_path)
    recover(tmp_path / "out")
    assert held(tmp_path) == before
    place(tmp_path / "out", bundle(a=b"1"))
    assert held(tmp_path) == before | {f"out/{path}": data for path, data in bundle(a=b"1").items()}


@pytest.mark.parametrize(
    "files",
    [
        {"thesis.tex": b""},
        {MANIFEST: b"{}"},
        {MANIFEST: b"[", "main.tex": b""},
        {MANIFEST: b'{"made_by": "webpack", "files": [], "outputs": []}'},
        {MANIFEST: b'{"made_by": "paperkit 1.0", "files": [], "outputs": ["a"]}', "a": b""},
    ],
)
def test_a_folder_of_somebody_else_is_refused(tmp_path: Path, files: dict[str, bytes]) -> None:
    out = tmp_path / "out"
    write(out, files)
    hint = "name another folder with -o, or move it away"
    assert refusal(out) == f"{out.as_posix()}: is not a bundle of paperkit's\n    {hint}"
    with pytest.raises(PaperkitError):
        place(out, bundle(a=b"1"))
    assert held(out) == files


def test_a_bundle_with_files_of_somebody_else_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    place(out, bundle(a=b"1"))
    refuse_foreign(out)
    (out / "notes").mkdir()
    (out / "notes" / "x.txt").touch()
    (out / "z.txt").touch()
    assert refusal(out) == (
        f"{out.as_posix()}: holds notes/x.txt and 1 more, not made by paperkit, and would be replaced\n"
        "    move that away, or name another folder with -o"
    )


def test_folders_to_keep_are_refused_however_they_are_named(tmp_path: Path) -> None:
    paper = tmp_path / "paper"
    paper.mkdir()
    (tmp_path / "link").symlink_to(tmp_path)
    message = "holds the paper or the folder you are in, and would be replaced\n    name a new folder with -o"
    for name in (".", "paper", "paper/new/..", "paper/../../" + tmp_path.name, "link/paper"):
        assert refusal(tmp_path / name, paper) == f"{(tmp_path / name).as_posix()}: {message}"
    assert refuse_foreign(tmp_path / "link" / "paper" / "out", keep=[paper]) == paper.resolve() / "out"


def test_links_are_refused(tmp_path: Path) -> None:
    place(tmp_path / "out", bundle(a=b"1"))
    for name, target in (("good", "out"), ("broken", "nosuch"), ("circle", "circle")):
        (tmp_path / name).symlink_to(target)
        message = "is a link\n    name the folder itself with -o"
        assert refusal(tmp_path / name) == f"{(tmp_path / name).as_posix()}: {message}"
