"""Bases: the texts of the last build, kept on this machine so that an edit can be told from what data changed since.

They lie below `.paperkit/built/` and may be deleted at any time; then the history of the Git repository is asked.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from paperkit.build.patches import is_patchable
from paperkit.build.seal import SealState, seal_of, seal_state
from paperkit.files import Artifact, is_inside, private_folder

FOLDER = ".paperkit/built"
_REVISIONS = 20
_TIMEOUT = 20


def keep(root: Path, artifact: Artifact) -> None:
    """Keep a copy of a text that was written, as far as the folder lets us: without it, nothing but help is lost."""
    path = root / FOLDER / artifact.path
    if not is_patchable(artifact.path):
        return
    with suppress(OSError):
        private_folder(root)
        if is_inside(path, root):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(artifact.content)


def base_of(root: Path, output: str, edited: bytes) -> bytes | None:
    """Return the file as paperkit wrote it that somebody then edited, or None where nobody has it any more.

    The seal, which most edits leave, tells which one it was.
    """
    seal = seal_of(edited)
    for content in _candidates(root, output):
        if seal_state(content) is SealState.INTACT and seal in (None, seal_of(content)):
            return content
    return None


def _candidates(root: Path, output: str) -> Iterator[bytes]:
    with suppress(OSError):
        yield (root / FOLDER / output).read_bytes()
    git = shutil.which("git")
    if git is None:
        return
    revisions = _asked(git, root, "log", f"--max-count={_REVISIONS}", "--format=%H", "--", output) or b""
    for revision in revisions.decode().split():
        content = _asked(git, root, "show", "--no-textconv", f"{revision}:./{output}")
        if content is not None:
            yield content


def _asked(git: str, root: Path, *arguments: str) -> bytes | None:
    """Return what Git answers, or None if it cannot."""
    command = [git, "--no-optional-locks", "-C", str(root), *arguments]
    with suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(  # noqa: S603 - a list, no shell
            command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=_TIMEOUT
        )
        return done.stdout if done.returncode == 0 else None
    return None


__all__ = ["base_of", "keep"]
