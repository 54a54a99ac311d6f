"""The user's git configuration has no effect; git that is missing or too old is said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from paperkit.overleaf.errors import OverleafError, UnreachableError
from paperkit.overleaf.git import Git, find_git
from tests.unit.overleaf.bridge import Bridge, Repository
from tests.unit.overleaf.desk import MANUSCRIPT, Desk
from tests.unit.overleaf.test_push import but

CONFIG = """[commit]
	gpgsign = true
[gpg]
	program = /bin/false
[core]
	autocrlf = true
	eol = crlf
	hooksPath = {home}/hooks
	attributesFile = {home}/attributes
	quotePath = true
[init]
	defaultBranch = other
	templateDir = {home}/template
[url "https://evil.example.org/"]
	insteadOf = http://
	insteadOf = file://
[http]
	proxy = http://127.0.0.1:9
[push]
	default = nothing
	followTags = true
	gpgSign = true
[transfer]
	fsckObjects = true
[fetch]
	prune = true
[color]
	ui = always
[alias]
	push = !false
[diff]
	external = /bin/false
[log]
	showSignature = true
[fsck]
	badTree = error
[credential]
	helper = "!echo {home} was asked >> {home}/asked; false"
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    (home / "hooks").mkdir()
    for name in ("pre-push", "post-commit", "reference-transaction", "pre-commit", "post-index-change"):
        (home / "hooks" / name).write_text(f"#!/bin/sh\ntouch {home}/ran\nexit 1\n")
        (home / "hooks" / name).chmod(0o755)
    (home / "template" / "hooks").mkdir(parents=True)
    (home / "template" / "hooks" / "reference-transaction").write_text("#!/bin/sh\nexit 1\n")
    (home / "template" / "hooks" / "reference-transaction").chmod(0o755)
    (home / "attributes").write_text("* text=auto eol=crlf filter=missing\n")
    (home / ".gitconfig").write_text(CONFIG.format(home=home))
    (home / ".config" / "git").mkdir(parents=True)
    (home / ".config" / "git" / "config").write_text(CONFIG.format(home=home))
    (home / ".netrc").write_text("machine 127.0.0.1 login ana password wrong\n")
    (home / ".netrc").chmod(0o600)
    return home


def test_the_users_configuration_changes_nothing(
    home: Path, bridge: Bridge, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange = {
        "GIT_DIR": "/nowhere",
        "GIT_WORK_TREE": "/nowhere",
        "GIT_INDEX_FILE": "/nowhere/index",
        "GIT_OBJECT_DIRECTORY": "/nowhere",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "http.proxy",
        "GIT_CONFIG_VALUE_0": "http://127.0.0.1:9",
        "GIT_CONFIG_PARAMETERS": "'core.autocrlf'='true'",
        "GIT_NAMESPACE": "elsewhere",
        "GIT_AUTHOR_NAME": "somebody",
        "LC_ALL": "de_DE.UTF-8",
        "LANGUAGE": "de",
        "GIT_EDITOR": "false",
        "GIT_PROXY_COMMAND": "false",
        "GIT_ALLOW_PROTOCOL": "none",
    }
    for name, value in strange.items():
        monkeypatch.setenv(name, value)
    for remote, path in ((bridge.url, "tables/http.tex"), (desk.remote, "tables/file.tex")):
        desk.remote, desk.outputs = remote, {}
        before = bridge.repository.tree()
        desk.build(path, "two\nlines")
        desk.push()
        assert but(bridge.repository.tree(), path) == before
        assert bridge.repository.read(path) == desk.outputs[path]
    assert not (home / "ran").exists()
    assert not (home / "asked").exists()
    assert bridge.repository.commits()[0].startswith("paperkit: ")
    assert {path: bridge.repository.read(path) for path in MANUSCRIPT} == MANUSCRIPT


def test_no_git_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OverleafError) as caught:
        desk.push()
    assert str(caught.value) == (
        "paperkit overleaf needs git 2.31 or later; there is none on the PATH\n"
        "    install git; without git, paperkit overleaf zip and status --zip still work"
    )


@pytest.mark.parametrize(("said", "told"), [("git version 2.30.9", "2.30.9"), ("?", "one that says no version")])
def test_old_git_is_said(said: str, told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "git"
    program.write_text(f"#!/bin/sh\necho '{said}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OverleafError) as caught:
        find_git()
    assert str(caught.value) == (
        f"paperkit overleaf needs git 2.31 or later; {program} is {told}\n"
        "    update git; without git, paperkit overleaf zip and status --zip still work"
    )


@pytest.mark.parametrize("version", ["2.31.0", "2.39.5 (Apple Git-154)", "3.0.0", "2.45.1.windows.1"])
def test_new_enough_git(version: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "git"
    program.write_text(f"#!/bin/sh\necho 'git version {version}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_git() == str(program)


def test_a_git_that_never_ends_is_stopped(tmp_path: Path) -> None:
    program = tmp_path / "git"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    with pytest.raises(UnreachableError) as caught:
        Git(folder=tmp_path, program=str(program), patience=0.2).ask("fetch")
    assert str(caught.value) == "no answer within 0.2 seconds"


def test_a_disk_that_takes_nothing(desk: Desk, repository: Repository) -> None:
    if os.geteuid() == 0:
        (desk.root / ".paperkit").mkdir(parents=True)
        (desk.root / ".paperkit" / "overleaf").write_text("a file in the way\n")
    else:
        desk.root.mkdir()
        desk.root.chmod(0o500)
    before = repository.tree()
    with pytest.raises(Exception, match="cannot be written"):
        desk.push()
    assert repository.tree() == before
    desk.root.chmod(0o700)
