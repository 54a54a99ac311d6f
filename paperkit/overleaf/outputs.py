"""What a paper has to share: its outputs as they stand here, and where each goes on the remote."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from paperkit.build.paper import Paper
from paperkit.build.plan import State, Step
from paperkit.build.seal import SealState, beside_state, seal_state
from paperkit.errors import Place, Problem
from paperkit.overleaf.errors import EditedError, OverleafError
from paperkit.overleaf.refuse import output_problems


@dataclass(frozen=True, kw_only=True, slots=True)
class Output:
    """One output: its path on the remote and here, its content (None if it is missing), and the asset it is of.

    `sealed_by` is the path on the remote of the file whose header seals this one, for files without a seal. `is_made`
    tells whether the content is as a build wrote it: what was edited here too is no agreement on what paperkit makes.
    """

    path: str
    output: str
    content: bytes | None
    target: str = ""
    sealed_by: str | None = None
    is_made: bool = True


def outputs_of(paper: Paper) -> tuple[Output, ...]:
    """Return every output of a paper that is not left out by `overleaf.exclude`, in the order of the targets."""
    spec, root = paper.manifest.overleaf, paper.manifest.root
    found: list[Output] = []
    for target, files in paper.outputs().items():
        for file in files:
            if any(fnmatch.fnmatchcase(file, pattern) for pattern in spec.exclude):
                continue
            content = _content(root / file)
            found.append(
                Output(
                    path=str(PurePosixPath(spec.folder, file)),
                    output=file,
                    content=content,
                    target=target,
                    is_made=content is not None and _is_made(root, file, content, files[0]),
                    sealed_by=str(PurePosixPath(spec.folder, files[0])) if file.endswith(".csv") else None,
                )
            )
    return tuple(found)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _is_made(root: Path, file: str, content: bytes, first: str) -> bool:
    if not file.endswith(".csv"):
        return seal_state(content) is SealState.INTACT
    wrapper = _content(root / first)
    return wrapper is not None and beside_state(PurePosixPath(file).name, content, wrapper) is SealState.INTACT


def excluded_of(paper: Paper) -> tuple[str, ...]:
    """Return the paths on the remote that `overleaf.exclude` leaves out: what is there stays there."""
    shared = {output.path for output in outputs_of(paper)}
    every = [file for files in paper.outputs().values() for file in files]
    paths = (str(PurePosixPath(paper.manifest.overleaf.folder, file)) for file in every)
    return tuple(path for path in paths if path not in shared)


def refuse_unready(paper: Paper, outputs: Iterable[Output]) -> None:
    """Make sure that the outputs are those of the manifest and its data, and that the remote would take them.

    Raises:
        EditedError: some were edited by hand here.
        OverleafError: some are stale, missing or cannot be made, or are refused; all of them are named.

    """
    kept = tuple(outputs)
    targets = {output.target for output in kept}
    problems: list[Problem] = []
    edited = False
    for step in paper.plan():
        if step.target.id in targets and step.state is not State.UNCHANGED:
            edited |= step.state is State.EDITED
            problems.append(_unready(step))
    problems += _links(paper, kept)
    problems += output_problems({output.path: output.content for output in kept})
    if problems:
        raise (EditedError if edited else OverleafError)(*problems)


def _unready(step: Step) -> Problem:
    why = f" ({', '.join(step.reasons[:2])})" if step.reasons else ""
    hints = {
        State.EDITED: "move the edit into the manifest, or paperkit build --force; paperkit build shows it",
        State.BROKEN: "paperkit build says what is wrong",
    }
    hint = hints.get(step.state, "paperkit build")
    return Problem(message=f"{step.target.id} is {step.state.value}{why}; nothing was pushed", hint=hint)


def _links(paper: Paper, outputs: Iterable[Output]) -> Iterable[Problem]:
    for output in outputs:
        path = paper.manifest.root / output.output
        if path.is_symlink():
            message = "is a symbolic link, which Overleaf cannot hold"
            yield Problem(message=message, place=Place(file=output.output), hint="put the file itself there")
