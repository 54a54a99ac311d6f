"""The scratch repository and the git that makes it: what is broken is said, or made again."""

from __future__ import annotations

from pathlib import Path

import pytest

from paperkit.overleaf.errors import OverleafError
from paperkit.overleaf.git import Git, find_git, open_repository
from tests.unit.overleaf.bridge import Repository
from tests.unit.overleaf.desk import Desk

HINT = "\n    install git anew; without git, paperkit overleaf zip and status --zip still work"


@pytest.mark.parametrize("content", [b"[core\n\x00", b"", b"[core]\n\tbare = perhaps\n", None])
def test_a_store_with_damaged_settings_is_made_again(repository: Repository, desk: Desk, content: bytes | None) -> None:
    desk.push()
    config = desk.root / ".paperkit" / "overleaf" / "git" / "config"
    if content is None:
        config.unlink()
    else:
        config.write_bytes(content)
    desk.build("macros.tex", "two")
    desk.push()
    assert repository.read("macros.tex") == desk.outputs["macros.tex"]


def test_a_sound_store_is_kept(tmp_path: Path) -> None:
    made = open_repository(tmp_path / "git", "git")
    made.run("hash-object", "-w", "--stdin", stdin=b"kept")
    again = open_repository(tmp_path / "git", "git")
    assert again.run("cat-file", "blob", made.run("hash-object", "--stdin", stdin=b"kept").decode().strip()) == b"kept"


def test_a_git_that_cannot_be_run_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "git"
    program.write_bytes(b"\x7fELF no program at all")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    message = f"{program} cannot be run: Exec format error{HINT}"
    with pytest.raises(OverleafError) as caught:
        find_git()
    assert str(caught.value) == message
    with pytest.raises(OverleafError) as caught:
        Git(folder=tmp_path, program=str(program)).ask("version")
    assert str(caught.value) == message
