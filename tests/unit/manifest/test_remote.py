"""Addresses: whatever an author pastes becomes one URL for git, without a secret."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.errors import ManifestError
from paperkit.manifest.overleaf import OverleafSpec, overleaf_problems
from paperkit.manifest.remote import project_address, remote_address

ID = "0123456789abcdef01234567"
PASTED = [
    ID,
    f"https://www.overleaf.com/project/{ID}",
    f"https://www.overleaf.com/project/{ID}/detacher",
    f"https://overleaf.com/project/{ID}#section",
    f"https://git.overleaf.com/{ID}",
    f"https://git@git.overleaf.com/{ID}",
    f"git clone https://git@git.overleaf.com/{ID}",
    f"www.overleaf.com/project/{ID}",
]


@pytest.mark.parametrize("pasted", PASTED)
def test_every_form_of_a_project_is_the_same_project(pasted: str) -> None:
    address = project_address(pasted)
    assert address.url == f"https://git@git.overleaf.com/{ID}"
    assert (address.host, address.username, address.is_overleaf) == ("git.overleaf.com", "git", True)


def test_a_self_hosted_overleaf() -> None:
    address = project_address(f"https://tex.example.org:8443/project/{ID}")
    assert (address.url, address.host) == (f"https://git@tex.example.org:8443/git/{ID}", "tex.example.org:8443")
    with pytest.raises(ManifestError, match="is not reached by https"):
        project_address(f"http://tex.example.org/project/{ID}")


@pytest.mark.parametrize(
    ("text", "host", "asks"),
    [
        ("https://github.com/us/paper.git", "github.com", True),
        ("http://localhost:8000/paper.git", "localhost:8000", True),
        ("ssh://git@example.org:2222/paper.git", "example.org:2222", False),
        ("git@github.com:us/paper.git", "github.com", False),
        ("github.com:us/paper.git", "github.com", False),
        ("https://gitlab.com/us/glass-paper.git", "gitlab.com", True),
        ("git@gitlab.com:us/ghp_paper.git", "gitlab.com", False),
        ("file:///srv/git/paper.git", "", False),
    ],
)
def test_any_git_remote(text: str, host: str, asks: bool) -> None:
    address = remote_address(text)
    assert (address.url, address.host, address.asks) == (text, host, asks)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-oProxyCommand=x",
        "https://",
        "https://host/a b",
        "/srv/git",
        "..",
        "ext::sh -c 'x'",
        "fd::17",
        "https://[x",
    ],
)
def test_what_git_must_not_be_given(text: str) -> None:
    with pytest.raises(ManifestError):
        remote_address(text)


@given(st.text())
def test_any_text_is_an_address_or_a_problem(text: str) -> None:
    for parse in (project_address, remote_address):
        with suppress(ManifestError):
            assert not parse(text).url.startswith("-")


@pytest.mark.parametrize("folder", ["/x", "../x", "a/../../x", "a\\b", "a\nb"])
def test_folders_stay_in_the_project(folder: str) -> None:
    (problem,) = overleaf_problems(OverleafSpec(project=ID, folder=folder))
    assert str(problem) == "folder: must be a folder of the remote, relative and with forward slashes"
