"""A project on a stand-in for Overleaf's bridge, and an author's desk in front of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.overleaf.bridge import PROJECT, TOKEN, Bridge, Repository
from tests.unit.overleaf.desk import MANUSCRIPT, Desk


@pytest.fixture(autouse=True)
def _git() -> None:
    if shutil.which("git") is None:
        pytest.skip("'git' is not installed")


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the machine's own settings, helpers and keyrings out of the tests."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("PAPERKIT_OVERLEAF_TOKEN", TOKEN)
    for name in ("OVERLEAF_TOKEN", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Return a project with a manuscript and no outputs."""
    return Repository(tmp_path / f"{PROJECT}.git").create(MANUSCRIPT)


@pytest.fixture
def bridge(repository: Repository) -> Iterator[Bridge]:
    """Serve the project by HTTP."""
    with Bridge(repository) as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, repository: Repository) -> Desk:
    """Return a desk with two outputs, in front of the project as a folder."""
    made = Desk(tmp_path / "desk", repository.folder.as_uri())
    made.build("tables/a.tex", "1.5 & 2.5")
    made.build("macros.tex", "one")
    return made
