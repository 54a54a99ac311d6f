"""git, by its plumbing commands in a bare repository of our own, out of reach of the user's configuration."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from paperkit.errors import Problem
from paperkit.overleaf.errors import DamagedError, OverleafError, UnreachableError

OLDEST = (2, 31)
_PATIENCE = 420.0  # seconds; Overleaf's bridge waits 360 for Overleaf itself
# What a process needs to run, to reach the network and to log in by SSH. GIT_* is not among it, but for what chooses
# the SSH program and the certificates: GIT_TRACE_CURL would print a password, GIT_DIR would lead elsewhere.
_KEPT = (
    *("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH", "SSH_AUTH_SOCK", "GIT_SSH", "GIT_SSH_COMMAND"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH"),
)
_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.autocrlf=false",
    "credential.helper=",
    "gc.auto=0",
    "http.followRedirects=false",  # another host would be given the token
    "maintenance.auto=false",
    "protocol.version=2",
    "transfer.credentialsInUrl=die",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """How a git command ended: its exit code and what it wrote."""

    code: int
    out: bytes
    err: str


@dataclass(frozen=True, kw_only=True)
class Git:
    """A bare repository and how git is run in it.

    `environment` is added to every command, which is how the token reaches git; `secrets` never leave: they are
    struck out of whatever git says.
    """

    folder: Path
    program: str = "git"
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    patience: float = _PATIENCE

    def ask(self, *arguments: str, stdin: bytes = b"") -> Done:
        """Run a command and return how it ended.

        Raises:
            UnreachableError: it did not end in time; it was stopped.
            OverleafError: the machine cannot run it.

        """
        command = [self.program, *(word for setting in _SETTINGS for word in ("-c", setting)), *arguments]
        try:
            done = subprocess.run(  # noqa: S603 - a list of words, no shell
                command,
                input=stdin,
                capture_output=True,
                env=self._environment(),
                cwd=self.folder,
                timeout=self.patience,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            message = f"no answer within {self.patience:g} seconds"
            raise UnreachableError(Problem(message=message)) from error
        except OSError as error:
            raise _unrunnable(self.program, error) from error
        return Done(code=done.returncode, out=done.stdout, err=self.scrubbed(done.stderr.decode(errors="replace")))

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """Run a command that cannot fail in a sound repository and return what it wrote.

        Raises:
            DamagedError: it failed all the same.

        """
        done = self.ask(*arguments, stdin=stdin)
        if done.code:
            message = f"git {arguments[0]} failed: {done.err.strip() or f'exit code {done.code}'}"
            hint = "is the disk full? .paperkit/overleaf/git may be deleted: it is fetched again"
            raise DamagedError(Problem(message=message, hint=hint))
        return done.out

    def scrubbed(self, text: str) -> str:
        """Return `text` without any secret."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        return {
            **kept,
            "GIT_ALLOW_PROTOCOL": "https:http:ssh:git:file",
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_DIR": str(self.folder),
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "HOME": str(self.folder),  # git before 2.32 knows no GIT_CONFIG_GLOBAL; curl reads ~/.netrc
            "XDG_CONFIG_HOME": str(self.folder),
            "LC_ALL": "C",
            "SSH_ASKPASS_REQUIRE": "never",
            **self.environment,
        }


def _unrunnable(program: str, error: OSError) -> OverleafError:
    message = f"{program} cannot be run: {error.strerror or error}"
    hint = "install git anew; without git, paperkit overleaf zip and status --zip still work"
    return OverleafError(Problem(message=message, hint=hint))


def find_git() -> str:
    """Return the path of git.

    Raises:
        OverleafError: there is none, it cannot be run, or it is older than 2.31.

    """
    program = shutil.which("git")
    need = f"paperkit overleaf needs git {'.'.join(map(str, OLDEST))} or later"
    hint = "without git, paperkit overleaf zip and status --zip still work"
    if program is None:
        raise OverleafError(Problem(message=f"{need}; there is none on the PATH", hint=f"install git; {hint}"))
    try:
        command = [program, "--version"]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603
    except OSError as error:
        raise _unrunnable(program, error) from error
    found = re.search(r"(\d+)\.(\d+)[.\w]*", done.stdout)
    if found is None or (int(found[1]), int(found[2])) < OLDEST:
        said = found[0] if found else "one that says no version"
        raise OverleafError(Problem(message=f"{need}; {program} is {said}", hint=f"update git; {hint}"))
    return program


def _is_sound(folder: Path, program: str) -> bool:
    """Tell whether git itself takes the folder for a bare repository: its HEAD, objects and settings can be read."""
    if not (folder / "HEAD").is_file() or not (folder / "objects").is_dir() or not (folder / "config").is_file():
        return False
    return Git(folder=folder, program=program).ask("rev-parse", "--is-bare-repository").out.strip() == b"true"


def open_repository(folder: Path, program: str) -> Git:
    """Return the bare repository in `folder`, made if there is none; only one process may hold it.

    What a killed git left behind is removed: whoever calls holds the folder alone, so locks in it are nobody's.
    """
    if not _is_sound(folder, program):
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Made beside it and moved, so that a kill leaves no half repository.
        fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".git-"))
        try:
            Git(folder=fresh, program=program).run("init", "--quiet", "--bare", "--template=", "--initial-branch=main")
            fresh.replace(folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    for lock in (*folder.glob("*.lock"), *folder.glob("refs/**/*.lock")):
        with suppress(FileNotFoundError):
            lock.unlink()
    return Git(folder=folder, program=program)
