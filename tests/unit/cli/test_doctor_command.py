"""`paperkit doctor`: what is there, what is missing, and how to get it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from paperkit import doctor
from paperkit.cli.main import run
from paperkit.doctor import Feature, Part, examine


def _program(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder in which programs are looked for."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def _parts(name: str) -> dict[str, str | None]:
    feature = next(feature for feature in examine().features if feature.name == name)
    return {part.name: part.found for part in (*feature.needed, *feature.one_of, *feature.useful)}


@pytest.mark.skipif(os.name == "nt", reason="the programs are shell scripts")
def test_programs_are_found_with_their_versions(bare: Path) -> None:
    _program(bare, "xelatex", "echo 'XeTeX 3.14 (TeX Live 2026)'")
    _program(bare, "git", "echo 'git version 2.39.5'")
    _program(bare, "pdftoppm", "echo 'pdftoppm version 22.12.0' >&2")
    _program(bare, "biber", "echo silent")

    states = {feature.name: feature.state for feature in examine().features}
    assert (states["proof"], states["camera-ready"], states["overleaf"]) == ("partly", "partly", "ready")
    found = _parts("camera-ready")
    assert (found["xelatex"], found["pdflatex"], found["pdftoppm"], found["biber"]) == ("3.14", None, "22.12.0", "?")
    assert _parts("overleaf") == {"git": "2.39.5"}


@pytest.mark.skipif(os.name == "nt", reason="the programs are shell scripts")
def test_a_program_that_does_not_start_is_not_there(bare: Path) -> None:
    path = bare / "git"
    path.write_bytes(b"\x7fELF no program")
    path.chmod(0o755)

    [git] = next(feature for feature in examine().features if feature.name == "overleaf").needed
    assert (git.found, git.install) == (None, f"{path} does not start: install it again")


@pytest.mark.usefixtures("bare")
def test_what_is_missing_is_said_with_its_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()

    at = next(index for index, line in enumerate(lines) if line.startswith("missing  overleaf"))
    assert lines[at].split(None, 2)[2] == "assets to and from Overleaf: nothing found"
    assert lines[at + 1].strip() == "git is missing: git-scm.com; on Debian and Ubuntu: apt install git"
    at = next(index for index, line in enumerate(lines) if line.startswith("missing  proof"))
    engine = "pdflatex or another engine is missing: TeX Live or MiKTeX; on Debian and Ubuntu: apt install"
    assert lines[at + 1].strip() == f"{engine} texlive-latex-recommended"


def test_without_a_library_that_builds_need_the_exit_code_is_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        doctor, "requires", lambda _: ["click>=8.1", "nosuchlibrary", 'pikepdf>=9; extra == "camera-ready"']
    )

    assert run(["doctor", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    build, audit = (next(entry for entry in said["features"] if entry["name"] == name) for name in ("build", "audit"))
    assert build["state"] == "missing"
    assert build["needed"][1] == {
        "name": "nosuchlibrary",
        "kind": "library",
        "version": None,
        "path": None,
        "install": "pip install nosuchlibrary",
    }
    assert [part["name"] for part in audit["needed"]] == ["pikepdf"]


def test_extras_are_those_of_the_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["click", "duckdb; extra == 'sql'", 's3fs>=2025.2; extra == "s3"', "pytest>=8; extra == 'test'"]
    monkeypatch.setattr(doctor, "requires", lambda _: lines)

    names = [feature.name for feature in examine().features]
    assert names[-2:] == ["[s3]", "[sql]"]
    assert "[test]" not in names


@pytest.mark.parametrize(
    ("needed", "one_of", "useful", "state"),
    [
        ("a", "b", "c", "ready"),
        ("a", "bX", "c", "ready"),
        ("a", "", "c", "ready"),
        ("a", "b", "cX", "partly"),
        ("aX", "b", "c", "missing"),
        ("a", "XX", "c", "missing"),
    ],
)
def test_the_state_of_a_feature(needed: str, one_of: str, useful: str, state: str) -> None:
    def parts(letters: str) -> tuple[Part, ...]:
        return tuple(Part(name=name, kind="program", found=None if name == "X" else "1") for name in letters)

    feature = Feature(name="x", purpose="x", needed=parts(needed), one_of=parts(one_of), useful=parts(useful))
    assert feature.state == state
