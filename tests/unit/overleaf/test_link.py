"""Linking: what is pasted becomes a few lines at the end of the manifest, and nothing else of it changes."""

from __future__ import annotations

from pathlib import Path

import pytest
import tomli

from paperkit.errors import ManifestError, PaperkitError
from paperkit.manifest.load import Manifest, load
from paperkit.overleaf.link import linked, write_link
from tests.unit.overleaf.bridge import PROJECT


def manifest(folder: Path, text: str) -> Manifest:
    (folder / "paper.toml").write_bytes(text.encode())
    return load(folder / "paper.toml")


@pytest.mark.parametrize(
    ("pasted", "written"),
    [
        (PROJECT, f'project = "{PROJECT}"'),
        (f" https://www.overleaf.com/project/{PROJECT}\n", f'project = "{PROJECT}"'),
        (f"https://git@git.overleaf.com/{PROJECT}", f'project = "{PROJECT}"'),
        (f"www.overleaf.com/project/{PROJECT}", f'project = "{PROJECT}"'),
        (f"https://tex.uni.example/project/{PROJECT}", f'project = "https://tex.uni.example/project/{PROJECT}"'),
        ("git@github.com:us/paper.git", 'remote = "git@github.com:us/paper.git"'),
        ("https://github.com/us/paper", 'remote = "https://github.com/us/paper"'),
    ],
)
def test_what_is_pasted_is_written_in_one_form(tmp_path: Path, pasted: str, written: str) -> None:
    text = "# mine\n[paper]\ntitle = 'x' # kept\n"
    found = manifest(tmp_path, text)
    assert write_link(found, linked(found, pasted))
    assert (tmp_path / "paper.toml").read_text() == f"{text}\n[overleaf]\n{written}\n"
    again = load(tmp_path / "paper.toml")
    assert again.problems == ()
    assert not write_link(again, linked(again, pasted))


def test_line_ends_and_a_missing_last_one(tmp_path: Path) -> None:
    found = manifest(tmp_path, "[paper]\r\ntitle = 'x'")
    write_link(found, linked(found, PROJECT, "a b/c"))
    content = (tmp_path / "paper.toml").read_bytes()
    assert content == (
        f'[paper]\r\ntitle = \'x\'\r\n\r\n[overleaf]\r\nproject = "{PROJECT}"\r\nfolder = "a b/c"\r\n'.encode()
    )
    assert tomli.loads(content.decode())["overleaf"] == {"project": PROJECT, "folder": "a b/c"}


@pytest.mark.parametrize("text", ["[overleaf]\nexclude = '*.png'\n", "overleaf.exclude = '*.png'\n"])
def test_a_section_that_is_there_is_left_to_the_author(tmp_path: Path, text: str) -> None:
    found = manifest(tmp_path, text)
    with pytest.raises(PaperkitError) as caught:
        write_link(found, linked(found, PROJECT))
    assert str(caught.value) == (f'paper.toml: there is an [overleaf] already\n    add to it: project = "{PROJECT}"')
    assert (tmp_path / "paper.toml").read_text() == text


def test_another_project_is_not_written_over(tmp_path: Path) -> None:
    other = "f" * 24
    found = manifest(tmp_path, f'[overleaf]\nproject = "{other}"\n')
    with pytest.raises(ManifestError) as caught:
        linked(found, PROJECT)
    assert str(caught.value) == (
        f"paper.toml:2:1: overleaf.project: the paper is linked to https://git@git.overleaf.com/{other}\n"
        "    change it there, or take it out first"
    )
