"""Outputs on the disk: written together, never outside the project, saved before they are replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from paperkit.build import bases
from paperkit.errors import PaperkitError, Place, Problem
from paperkit.files import (
    Artifact,
    exclusive,
    is_inside,
    private_folder,
    relative,
    remove_leftovers,
    unwritable,
    write_all,
)

RESCUED = ".paperkit/rescued"


def write(root: Path, artifacts: Iterable[Artifact]) -> tuple[str, ...]:
    """Write those artifacts whose content differs, all of them or none, and return their paths.

    Raises:
        PaperkitError: a path leads outside the project, or cannot be written; all files are as they were.

    """
    every = tuple(artifacts)
    hint = "outputs stay in the folder of the manifest; remove the link"
    problems = [
        Problem(message="leads outside the project", place=Place(file=artifact.path), hint=hint)
        for artifact in every
        if not is_inside(root / artifact.path, root)
    ]
    if problems:
        raise PaperkitError(*problems)
    try:
        written = set(write_all((root / artifact.path, artifact.content) for artifact in every))
    except OSError as error:
        raise unwritable(error, relative(Path(error.filename), root)) from error
    return tuple(artifact.path for artifact in every if root / artifact.path in written)


def write_outputs(root: Path, artifacts: Iterable[Artifact]) -> tuple[str, ...]:
    """Write the outputs of a target as `write` does, and keep copies that edits can be told from."""
    every = tuple(artifacts)
    written = write(root, every)
    for artifact in every:
        if artifact.path in written:
            bases.keep(root, artifact)
    return written


def rescue(root: Path, output: str) -> str:
    """Copy a file to a place where no build writes, and return that place.

    Raises:
        PaperkitError: it is a folder, or the copy cannot be written.

    """
    if not (root / output).is_file():
        hint = "move it away, or name another file in the manifest"
        raise PaperkitError(Problem(message="is a folder", place=Place(file=output), hint=hint))
    number = 0
    while True:
        number += 1
        place = f"{RESCUED}/{output}.{number}"
        if not (root / place).exists():
            try:
                private_folder(root)
                content = (root / output).read_bytes()
            except OSError as error:
                raise unwritable(error, place) from error
            write(root, [Artifact(path=place, content=content)])
            return place


@contextmanager
def building(root: Path, outputs: Iterable[str] = (), on_wait: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold a project for one build at a time: a second one waits, after a call of `on_wait`.

    What killed builds left beside `outputs` is removed. Where `.paperkit/` cannot be made, builds do not wait.
    """
    try:
        folder = private_folder(root)
    except OSError:
        yield
        return
    with exclusive(folder, on_wait):
        _tidy(root, outputs)
        yield


def _tidy(root: Path, outputs: Iterable[str]) -> None:
    """Remove temporary files of killed builds from all folders that a build of `outputs` writes to."""
    folders = {(root / output).parent for output in outputs} | {root}
    saved = root / ".paperkit"
    folders |= {path for path in saved.rglob("*") if path.is_dir()} | {saved} if saved.is_dir() else set()
    remove_leftovers(sorted(folders))
    # Without its temporary file, the writer of a receipt leaves none: nothing but time is lost.
    for path in saved.glob("*.receipt.*.tmp"):
        with suppress(OSError):
            path.unlink()


__all__ = ["building", "rescue", "write", "write_outputs"]
