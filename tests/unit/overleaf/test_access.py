"""The token: where it comes from, that it is nowhere to be seen, and what is said when we are not let in."""

from __future__ import annotations

import base64
import logging
import os
import subprocess
import threading
import traceback
from pathlib import Path

import pytest

from paperkit.errors import ManifestError
from paperkit.manifest.remote import project_address, remote_address
from paperkit.overleaf.credentials import Token, find_token
from paperkit.overleaf.errors import AccessError, OverleafError, UnreachableError
from paperkit.overleaf.git import Done
from paperkit.overleaf.remote import explained
from tests.unit.overleaf.bridge import PROJECT, TOKEN, Bridge, git
from tests.unit.overleaf.desk import Desk

HOW = (
    "make a token on overleaf.com (Account Settings, Git integration) and give it as PAPERKIT_OVERLEAF_TOKEN, "
    "to git's credential helper, or to the keyring (keyring set paperkit git.overleaf.com)"
)
BUSY = """the remote asks to be left alone for a while: too many requests ({words})
    wait some minutes; a run asks once and never tries again by itself"""
CASES = [
    (
        (401, "Your Overleaf Git authentication token has expired."),
        AccessError,
        """the token has expired ({words})
    make a token on overleaf.com (Account Settings, Git integration)""",
    ),
    (
        (403, "forbidden"),
        AccessError,
        """the remote does not let you write ({words})
    your role in the project must be editor or owner, not reviewer or reader""",
    ),
    (
        (404, "no git access"),
        AccessError,
        """there is no such project, or it cannot be reached by git ({words})
    is the address right, are you a member of the project, and has its owner a plan with git?""",
    ),
    ((429, "Rate limit exceeded. Please wait and try again later."), UnreachableError, BUSY),
    (
        (200, "no git access / Rate-limit exceeded, please wait and try again later"),
        UnreachableError,
        BUSY.replace("{words}", "remote error: {words}"),
    ),
]


@pytest.mark.parametrize(("answer", "kind", "message"), CASES)
def test_refusals_have_a_meaning_and_a_hint(
    bridge: Bridge, desk: Desk, answer: tuple[int, str], kind: type[OverleafError], message: str
) -> None:
    desk.remote = bridge.url
    before = bridge.repository.tree()
    bridge.answer = lambda _: answer
    with pytest.raises(kind) as caught:
        desk.push()
    assert str(caught.value) == message.format(words=answer[1])
    assert bridge.repository.tree() == before
    asked = [request for request in bridge.requests if request.startswith("GET")]
    assert len(asked) <= 3  # one login: nothing is tried again
    bridge.answer = lambda _: None
    assert desk.push().commit == bridge.repository.head


def test_a_wrong_token(bridge: Bridge, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.remote = bridge.url
    monkeypatch.setenv("PAPERKIT_OVERLEAF_TOKEN", "olp_another")
    with pytest.raises(AccessError) as caught:
        desk.push()
    assert str(caught.value) == (
        "the remote does not accept the login (Enter your Git authentication token)\n"
        "    check the token: it may be mistyped, revoked, or of another account"
    )


def test_another_user_name(bridge: Bridge, desk: Desk) -> None:
    desk.remote = bridge.url.replace("git@", "ana@")
    with pytest.raises(AccessError) as caught:
        desk.push()
    assert str(caught.value) == (
        "the remote takes tokens only, with the user name git "
        "(Overleaf now only supports Git authentication tokens to access git.)\n"
        "    make a token on overleaf.com (Account Settings, Git integration)"
    )


@pytest.mark.parametrize(
    "words",
    [
        "error: file too big",
        "error: too many files",
        "error: invalid files: a* (rename to: a_)",
        "error: wrong branch: You can't push any new branches.",
        "error: forced push prohibited",
        "error: Git LFS is not supported on Overleaf",
    ],
)
def test_what_the_bridge_refuses_is_said_in_its_own_words(bridge: Bridge, desk: Desk, words: str) -> None:
    desk.remote = bridge.url
    before = bridge.repository.tree()
    bridge.repository.refuse(words)
    with pytest.raises(OverleafError) as caught:
        desk.push()
    assert str(caught.value).startswith(f"the remote refuses the files ({words}")
    assert type(caught.value) is OverleafError
    assert bridge.repository.tree() == before
    bridge.repository.refuse(None)
    desk.push()
    assert "macros.tex" in bridge.repository.tree()


def test_nobody_answers(desk: Desk) -> None:
    desk.remote = f"http://git@127.0.0.1:1/{PROJECT}"
    with pytest.raises(UnreachableError) as caught:
        desk.push()
    assert str(caught.value).startswith("the remote cannot be reached (")
    assert str(caught.value).endswith("\n    is this machine online, and does a proxy stand between?")


def test_a_remote_without_any_commit(tmp_path: Path, desk: Desk) -> None:
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "empty.git")], check=True)
    desk.remote = (tmp_path / "empty.git").as_uri()
    with pytest.raises(OverleafError) as caught:
        desk.push()
    assert str(caught.value) == (
        "the remote is empty: it has no commit\n    put a first file there in the browser, such as main.tex"
    )


def test_redirects_are_not_followed(bridge: Bridge, desk: Desk) -> None:
    """Another host would be given the token."""
    desk.remote = bridge.url
    bridge.answer = lambda _: (302, "elsewhere")
    with pytest.raises(OverleafError):
        desk.push()


def test_the_token_is_nowhere_to_be_seen(
    bridge: Bridge, desk: Desk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its bytes, and what a login by HTTP makes of them, stand in no argument of any process and in no file."""
    caplog.set_level(logging.DEBUG)
    for trace in ("GIT_TRACE", "GIT_TRACE_CURL", "GIT_CURL_VERBOSE", "GIT_TRACE_PACKET"):
        monkeypatch.setenv(trace, str(tmp_path / "trace"))
    monkeypatch.setenv("GIT_TRACE_REDACT", "0")
    desk.remote = bridge.url
    coded = base64.b64encode(f"git:{TOKEN}".encode())
    secrets = (TOKEN.encode(), coded)
    seen: list[bytes] = []
    over = threading.Event()

    def look() -> None:
        for process in Path("/proc").glob("[0-9]*"):
            try:
                seen.append((process / "cmdline").read_bytes())
            except OSError:
                continue

    def watch_processes() -> None:
        while not over.is_set():
            look()

    watcher = threading.Thread(target=watch_processes)
    watcher.start()
    bridge.before_push = look
    desk.push()
    bridge.answer = lambda _: (500, f"your login was {TOKEN} or {coded.decode()}")
    with pytest.raises(OverleafError) as caught:
        desk.findings()
    over.set()
    watcher.join()
    assert any(b"git-receive-pack" in line or b"push" in line for line in seen)
    assert not [line for line in seen if any(secret in line for secret in secrets)]
    said = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert not any(secret.decode() in said for secret in secrets)
    assert "your login was *** or ***" in str(caught.value)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 10
    assert not [path for path in files if any(secret in path.read_bytes() for secret in secrets)]
    assert TOKEN not in repr(Token(TOKEN, source="here"))


def test_where_tokens_come_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    address = project_address(PROJECT)
    assert _found(find_token(address, "git", {"PAPERKIT_OVERLEAF_TOKEN": " one\n", "OVERLEAF_TOKEN": "two"})) == (
        "one",
        "PAPERKIT_OVERLEAF_TOKEN",
    )
    assert _found(find_token(address, "git", {"OVERLEAF_TOKEN": "two"})) == ("two", "OVERLEAF_TOKEN")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1"}
    with pytest.raises(AccessError) as caught:
        find_token(address, "git", environment)
    assert str(caught.value) == f"there is no token for Overleaf\n    {HOW}"
    keyring = pytest.importorskip("keyring")
    monkeypatch.setattr(keyring, "get_password", lambda *asked: f"{asked}")
    assert _found(find_token(address, "git", environment)) == ("('paperkit', 'git.overleaf.com')", "the keyring")
    helper = "!f() { cat >/dev/null; echo username=git; echo password=three; }; f"
    (tmp_path / ".gitconfig").write_text(f'[credential]\n\thelper = "{helper}"\n')
    assert _found(find_token(address, "git", environment)) == ("three", "git's credential helper")
    with pytest.raises(AccessError) as caught:
        find_token(address, "git", {"OVERLEAF_TOKEN": "a b"})
    assert str(caught.value) == "OVERLEAF_TOKEN holds no token: it has a space or a strange character"


def test_a_helper_is_asked_for_any_login_but_overleaf_s(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1"}
    helper = "!f() { grep -q ^username=git && exit; echo username=alice; echo password=four; }; f"
    (tmp_path / ".gitconfig").write_text(f'[credential]\n\thelper = "{helper}"\n')
    found = find_token(remote_address("https://github.com/us/paper.git"), "git", environment)
    assert found is not None
    assert (found.reveal(), found.username) == ("four", "alice")
    assert find_token(remote_address("https://git@github.com/us/paper.git"), "git", environment) is None


def test_no_token_at_all(bridge: Bridge, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.remote = bridge.url
    monkeypatch.delenv("PAPERKIT_OVERLEAF_TOKEN")
    with pytest.raises(AccessError) as caught:
        desk.push()
    assert str(caught.value).startswith("the remote asks for a login, and no token was found (")
    assert str(caught.value).endswith(
        "\n    give one as PAPERKIT_OVERLEAF_TOKEN, to git's credential helper, or to the keyring"
    )


def test_a_head_that_names_no_branch(desk: Desk, bridge: Bridge) -> None:
    git(bridge.repository.folder, "symbolic-ref", "HEAD", "refs/heads/gone")
    with pytest.raises(OverleafError) as caught:
        desk.push()
    assert str(caught.value) == (
        "the remote's HEAD names no branch that it has; it has main\n"
        "    make one of them its default branch: git symbolic-ref HEAD, or its settings"
    )


def test_a_folder_of_another_user(tmp_path: Path) -> None:
    said = f"fatal: detected dubious ownership in repository at '{tmp_path}'\nTo add an exception ..."
    error = explained(Done(code=128, out=b"", err=said), UnreachableError, "the remote cannot be reached")
    assert isinstance(error, AccessError)
    assert str(error) == (
        "the remote's folder belongs to another user, and git does not trust it "
        f"(detected dubious ownership in repository at '{tmp_path}')\n"
        "    reach it by ssh as its owner, or let its owner make it yours (chown -R)"
    )


def _found(token: Token | None) -> tuple[str, str]:
    assert token is not None
    return token.reveal(), token.source


def test_no_token_is_asked_for_where_none_is_used(tmp_path: Path) -> None:
    assert find_token(remote_address(tmp_path.as_uri()), "git", {"OVERLEAF_TOKEN": "two"}) is None
    assert find_token(remote_address("git@github.com:us/paper.git"), "git", {"OVERLEAF_TOKEN": "two"}) is None


@pytest.mark.parametrize(
    "text",
    [
        "https://git:olp_Secret1@git.overleaf.com/" + PROJECT,
        "git clone https://git:Secret1@git.overleaf.com/" + PROJECT,
        "https://ghp_Secret1@github.com/x",
        "https://gho_Secret1@github.com/x",
        "https://ghs_Secret1@github.com/x",
        "https://gitlab.com/x?private_token=Secret1",
        "https://gitlab.com/x.git?ref=1&access_token=Secret1",
        "glpat-Secret1@gitlab.com:us/paper.git",
        "git:olp_Secret1@example.org/paper.git",
        "https://github.com/x/github_pat_Secret1Secret1Secret1",
    ],
)
def test_a_password_in_an_address_is_refused_and_not_repeated(text: str) -> None:
    for parse in (project_address, remote_address):
        with pytest.raises(ManifestError) as caught:
            parse(text)
        assert "Secret1" not in str(caught.value)
        assert str(caught.value).startswith("the address holds a password or token")
