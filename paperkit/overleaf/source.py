"""The paper's own repository: which of its commits is pushed, so that a fresh clone knows what it comes after."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_TIME = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """The commit and branch that the outputs are made from; without them nothing is known, and nothing is claimed."""

    root: Path
    commit: str | None = None
    branch: str | None = None

    def contains(self, commit: str) -> bool:
        """Tell whether `commit` is in the history of what stands here, and not what stands here itself."""
        return (
            self.commit not in (None, commit)
            and _git(self.root, "merge-base", "--is-ancestor", commit, "HEAD") is not None
        )


def source_of(root: Path, derived: Iterable[str], inputs: Iterable[Path] = ()) -> Source:
    """Return the commit of the repository that `root` is in, if nothing but `derived` files differs from it.

    Every one of the `inputs` must be in it: from a file that is not, the commit alone makes other outputs.
    """
    derived = tuple(derived)
    head = _git(root, "rev-parse", "--verify", "HEAD^{commit}")
    if head is None:
        return Source(root=root)
    but = [f":(exclude,literal){name}" for name in derived]
    changed = _git(root, "status", "--porcelain", "--untracked-files=no", "--", ".", *but)
    if changed is None or changed:
        return Source(root=root)
    if not _holds(root, {path.resolve() for path in inputs} - {(root / name).resolve() for name in derived}):
        return Source(root=root)
    branch = _git(root, "symbolic-ref", "--quiet", "--short", "HEAD")
    return Source(root=root, commit=head, branch=branch or None)


def _holds(root: Path, inputs: set[Path]) -> bool:
    """Tell whether all `inputs` are in the commit as they stand here, outside of `root` too."""
    top = _git(root, "rev-parse", "--show-toplevel")
    held = _git(root, "ls-tree", "-r", "-z", "--full-tree", "--name-only", "HEAD")
    changed = _git(root, "diff", "--name-only", "-z", "HEAD", "--", ":/")
    if top is None or held is None or changed is None:
        return False
    return inputs <= {Path(top, name) for name in {*held.split("\0")} - {*changed.split("\0")}}


def _git(root: Path, *arguments: str) -> str | None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(  # noqa: S603 - a list of words, no shell
            ["git", "-C", str(root), *arguments],  # noqa: S607 - whichever git the author uses
            capture_output=True,
            text=True,
            env={**environment, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            timeout=_TIME,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    return None if done.returncode else done.stdout.strip()
