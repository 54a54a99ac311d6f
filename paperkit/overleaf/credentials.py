"""The token: where it is found, and how git is given it without it standing in any argument, URL or file."""

from __future__ import annotations

import base64
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlsplit

from paperkit.errors import Problem
from paperkit.manifest.remote import Address
from paperkit.overleaf.errors import AccessError
from paperkit.overleaf.git import Git

VARIABLES = ("PAPERKIT_OVERLEAF_TOKEN", "OVERLEAF_TOKEN")
SERVICE = "paperkit"
_SCRIPT = """#!/bin/sh
case "$1" in
Username*) printf '%s\\n' "$PAPERKIT_ASKPASS_USERNAME" ;;
*) printf '%s\\n' "$PAPERKIT_ASKPASS_TOKEN" ;;
esac
"""
_HOW = (
    "make a token on overleaf.com (Account Settings, Git integration) and give it as PAPERKIT_OVERLEAF_TOKEN, "
    "to git's credential helper, or to the keyring (keyring set paperkit git.overleaf.com)"
)


class Token:
    """A secret that no message, log or traceback shows: only `reveal` gives it."""

    __slots__ = ("_secret", "source", "username")

    def __init__(self, secret: str, *, source: str, username: str = "git") -> None:
        self._secret, self.source, self.username = secret, source, username

    def reveal(self) -> str:
        """Return the secret itself."""
        return self._secret

    def __repr__(self) -> str:
        return f"Token(***, source={self.source!r})"


def find_token(address: Address, program: str, environment: Mapping[str, str] | None = None) -> Token | None:
    """Return the token for a remote from the environment, git's credential helper or the keyring; None without any.

    Raises:
        AccessError: the token cannot be one, or Overleaf is to be reached without any.

    """
    if not address.asks:
        return None
    environment = os.environ if environment is None else environment
    for variable in VARIABLES:
        if secret := environment.get(variable, "").strip():
            if not secret.isascii() or not secret.isprintable() or " " in secret:
                raise AccessError(Problem(message=f"{variable} holds no token: it has a space or a strange character"))
            return Token(secret, source=variable, username=address.username)
    found = _from_helper(address, program, environment) or _from_keyring(address)
    if found is None and address.is_overleaf:
        raise AccessError(Problem(message="there is no token for Overleaf", hint=_HOW))
    return found


def _from_helper(address: Address, program: str, environment: Mapping[str, str]) -> Token | None:
    """Ask git's credential helper as the user has configured it, which may not ask back."""
    # Only a name that stands in the URL is asked for, as Overleaf's does: others log in by the name of their account.
    named = urlsplit(address.url).username
    name = f"username={named}\n" if named else ""
    question = f"protocol={address.url.partition(':')[0]}\nhost={address.host}\n{name}\n"
    quiet = {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "", "SSH_ASKPASS": "", "GCM_INTERACTIVE": "never"}
    clean = {name: value for name, value in environment.items() if not name.startswith(("GIT_TRACE", "GIT_CURL"))}
    try:
        done = subprocess.run(  # noqa: S603 - a list of words, no shell
            [program, "credential", "fill"],
            input=question,
            capture_output=True,
            text=True,
            env={**clean, **quiet},
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    said = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    if done.returncode or not said.get("password"):
        return None
    return Token(said["password"], source="git's credential helper", username=said.get("username", address.username))


def _from_keyring(address: Address) -> Token | None:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        secret = keyring.get_password(SERVICE, address.host)
    except (KeyringError, OSError, RuntimeError):
        return None
    return Token(secret, source="the keyring", username=address.username) if secret else None


@contextmanager
def logged_in(git: Git, token: Token | None) -> Iterator[Git]:
    """Give git the token for as long as the block lasts: by a script without secrets that git asks for it.

    The script repeats what stands in git's own environment, which other users cannot read.
    """
    if token is None:
        yield git
        return
    secret = token.reveal()
    coded = base64.b64encode(f"{token.username}:{secret}".encode()).decode()
    with tempfile.TemporaryDirectory(prefix="paperkit-") as folder:
        script = Path(folder) / "askpass"
        script.write_text(_SCRIPT, encoding="ascii", newline="\n")
        script.chmod(0o700)
        given = {
            "GIT_ASKPASS": str(script),
            "PAPERKIT_ASKPASS_USERNAME": token.username,
            "PAPERKIT_ASKPASS_TOKEN": secret,
            # Git since 2.46 then logs in at once, and sends a third of the requests.
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "http.proactiveAuth",
            "GIT_CONFIG_VALUE_0": "basic",
        }
        secrets = tuple(dict.fromkeys((secret, quote(secret, safe=""), coded)))
        yield replace(git, environment={**git.environment, **given}, secrets=secrets)
