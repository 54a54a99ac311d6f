"""What a check finds: outputs that are not as they should be, data that fails its checks, and what no document uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from paperkit.build.plan import State, Step
from paperkit.errors import PaperkitError, Place, Problem
from paperkit.review.usage import Usage, usage

if TYPE_CHECKING:
    from paperkit.build.paper import Paper

_BUILD = "run paperkit build"
_EDITED = "move the change into the manifest, or replace it with paperkit build --force, which saves the file first"
_ORPHAN = "delete it if the paper does not need it"


class Kind(Enum):
    """What a finding is about."""

    STALE = "stale"
    MISSING = "missing"
    EDITED = "edited"
    BROKEN = "broken"
    LOCK = "lock"
    DATA = "data"
    UNMADE = "unmade"
    UNUSED = "unused"
    ORPHAN = "orphan"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that a check found: its kind, what is wrong and where, the target it is about, and why.

    What is only a note (`is_note`) fails a strict check alone.
    """

    kind: Kind
    problem: Problem
    target: str | None = None
    reasons: tuple[str, ...] = ()
    is_note: bool = False


def findings(paper: Paper) -> tuple[Finding, ...]:
    """Return what is wrong with the outputs of a paper, its data and its documents, each thing once.

    Frames that changed since the last build are loaded, so that their checks run; else no data library is imported.

    Raises:
        PaperkitError: a document cannot be read.

    """
    steps = paper.plan()
    used = usage(paper.manifest, paper.targets)
    found = [
        *(Finding(kind=Kind.LOCK, problem=problem) for problem in paper.lock_problems()),
        *(finding for step in steps for finding in _of_target(paper, step)),
        *(Finding(kind=Kind.DATA, problem=problem) for problem in _failed_data(paper, steps)),
        *(Finding(kind=Kind.UNMADE, problem=problem) for problem in used.unmade()),
        *_orphans(paper, used),
        *_notes(Kind.NOTE, (*paper.notices(steps), *used.not_loaded())),
        *_notes(Kind.UNMADE, used.missing()),
        *_notes(Kind.UNUSED, used.unused()),
    ]
    return tuple(dict.fromkeys(found))


def _notes(kind: Kind, problems: Iterable[Problem]) -> Iterator[Finding]:
    return (Finding(kind=kind, problem=problem, is_note=True) for problem in problems)


def _of_target(paper: Paper, step: Step) -> Iterator[Finding]:
    """Yield what is wrong with one target; edited files have a place of their own."""
    target, reasons, placed = step.target.id, step.reasons, paper.manifest.placed
    why = ", ".join(reasons)
    path = step.target.asset.path if len(step.target.assets) == 1 else (step.target.id,)
    for output in step.edited:
        problem = Problem(message=why or f"{output} was edited", place=Place(file=output), hint=_EDITED)
        yield Finding(kind=Kind.EDITED, problem=problem, target=target, reasons=reasons)
    for problem in step.problems:
        yield Finding(kind=Kind.BROKEN, problem=placed(problem), target=target)
    if step.state in (State.STALE, State.MISSING):
        place = placed(Problem(message="", path=path)).place
        problem = Problem(message=f"{target} is {step.state.value}: {why}", place=place, hint=_BUILD)
        yield Finding(kind=Kind(step.state.value), problem=problem, target=target, reasons=reasons)


def _failed_data(paper: Paper, steps: Iterable[Step]) -> Iterator[Problem]:
    """Yield why frames behind targets that are not up to date cannot be loaded: files, clauses, checks."""
    changed = (step for step in steps if step.state is not State.UNCHANGED and not step.problems)
    for name in dict.fromkeys(name for step in changed for name in step.target.frames):
        try:
            paper.frame(name)
        except PaperkitError as error:
            yield from map(paper.manifest.placed, error.problems)


def _orphans(paper: Paper, used: Usage) -> Iterator[Finding]:
    """Yield the files that no entry makes any more; one that a document still uses is never brought up to date."""
    for orphan in paper.orphans():
        place = used.place_of(orphan)
        message = "no entry makes it any more"
        if place is not None:
            problem = Problem(
                message=f"uses {orphan}: {message}", place=place, hint="it stays as it is, whatever changes"
            )
        else:
            problem = Problem(message=message, place=Place(file=orphan), hint=_ORPHAN)
        yield Finding(kind=Kind.ORPHAN, problem=problem, is_note=place is None)
