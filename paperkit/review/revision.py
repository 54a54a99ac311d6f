"""Revisions: what stood in files of the project at a revision of git, a program that is found at run time."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from paperkit.errors import PaperkitError, Problem

_SECONDS = 60
# Names that a command line surely takes.
_MOST_NAMED = 500
_SHORT = 10  # digits of a commit


@dataclass(frozen=True, kw_only=True, slots=True)
class Revision:
    """One commit: how it was named, and its hash."""

    name: str
    commit: str

    def __str__(self) -> str:
        short = self.commit[:_SHORT]
        return short if self.commit.startswith(self.name) else f"{self.name} ({short})"


class Repository:
    """The git repository that a folder lies in; only read, whatever is asked of it."""

    def __init__(self, root: Path) -> None:
        """Find the repository of `root`, which may be any folder of it.

        Raises:
            PaperkitError: git is not installed, or no repository holds the folder.

        """
        self._root = root
        found = shutil.which("git")
        if found is None:
            raise PaperkitError(Problem(message="git is not installed", hint="install it, or put it on the PATH"))
        self._git = found
        asked = self._run("rev-parse", "--show-prefix")
        if asked.returncode != 0:
            raise PaperkitError(_outside(asked.stderr.decode("utf-8", "replace")))
        self._prefix = asked.stdout.removesuffix(b"\n")

    def revision(self, name: str) -> Revision:
        """Return the commit that a name means, such as `HEAD~1`, a tag or a branch.

        Raises:
            PaperkitError: it means none.

        """
        asked = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        commit = asked.stdout.decode().strip()
        if asked.returncode == 0 and commit:
            return Revision(name=name, commit=commit)
        born = self._run("rev-parse", "--verify", "--quiet", "HEAD").returncode == 0
        if not born:
            raise PaperkitError(Problem(message="the repository has no commit yet", hint="commit the outputs first"))
        hint = "name a commit, tag or branch; git log --oneline lists commits"
        raise PaperkitError(Problem(message=f"git knows no revision '{name}'", hint=hint))

    def base(self, one: Revision, other: Revision) -> Revision:
        """Return the commit that two of them come from.

        Raises:
            PaperkitError: there is none.

        """
        asked = self._run("merge-base", one.commit, other.commit)
        if asked.returncode != 0:
            raise PaperkitError(Problem(message=f"{one.name} and {other.name} have no common ancestor"))
        return Revision(name=f"{one.name}...{other.name}", commit=asked.stdout.decode().strip())

    def read(self, revision: Revision, paths: Iterable[str]) -> Mapping[str, bytes]:
        """Return the content of those files of `paths`, relative to the folder, that the revision has.

        Raises:
            PaperkitError: git cannot read them.

        """
        wanted = {self._prefix + path.encode(): path for path in paths}
        if not wanted:
            return {}
        listed = self._run(
            "ls-tree", "-z", "-r", "--full-tree", revision.commit, "--", *(wanted if len(wanted) <= _MOST_NAMED else ())
        )
        entries = [line.partition(b"\t") for line in self._checked(listed).split(b"\0") if line]
        blobs = {path: head.split()[2] for head, _, path in entries if path in wanted and head.split()[1] == b"blob"}
        sent = b"".join(blob + b"\n" for blob in blobs.values())
        answer = self._checked(self._run("cat-file", "--batch", given=sent)) if blobs else b""
        found = {}
        for path in blobs:
            head, _, answer = answer.partition(b"\n")
            length = int(head.split()[2])
            found[wanted[path]], answer = answer[:length], answer[length + 1 :]
        return found

    def _checked(self, done: subprocess.CompletedProcess[bytes]) -> bytes:
        if done.returncode != 0:
            said = done.stderr.decode("utf-8", "replace").strip()
            raise PaperkitError(Problem(message=f"git cannot read the files: {said or 'it does not say why'}"))
        return done.stdout

    def _run(self, *arguments: str | bytes, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        # Its own variables would lead it to another repository, as in a hook; names of files are no patterns.
        own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        own |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_LITERAL_PATHSPECS": "1", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
        try:
            return subprocess.run(  # noqa: S603 - a list, no shell
                [self._git, "-C", str(self._root), "--no-replace-objects", *arguments],
                input=given,
                capture_output=True,
                check=False,
                timeout=_SECONDS,
                env=own,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PaperkitError(Problem(message=f"git does not answer: {error}")) from error


def _outside(said: str) -> Problem:
    if "not a git repository" in said:
        hint = "git init makes one; paperkit diff compares outputs with those that are committed"
        return Problem(message="the project is in no git repository", hint=hint)
    return Problem(message=f"git refuses: {said.strip().removeprefix('fatal: ') or 'it does not say why'}")
