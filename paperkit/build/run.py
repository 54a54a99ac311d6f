"""Outcomes: write what was made, atomically, leave edited files alone, and say what became of every target."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from paperkit.build import bases
from paperkit.build.frame_states import FrameStates
from paperkit.build.lock import FrameRecord, Record, in_order
from paperkit.build.outputs import rescue, write_outputs
from paperkit.build.patches import ConflictError, is_patchable, is_same_text
from paperkit.build.plan import State, Step, edited_outputs
from paperkit.build.reasons import counted
from paperkit.errors import PaperkitError, Problem
from paperkit.files import Artifact, fingerprint
from paperkit.manifest.load import Manifest

if TYPE_CHECKING:
    from paperkit.build.make import Made, Workshop
    from paperkit.build.worker import Answer


class Result(Enum):
    """What became of one target."""

    BUILT = "built"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    EDITED = "edited"
    CONFLICT = "conflict"
    STALE = "stale"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a build did to one target, and why.

    `written` are the files that changed, `rescued` the copies of edited files that a forced build replaced, `edited`
    the files that somebody edited, `diff` shows what an edit changed, `changes` says which drawn numbers are others
    than before, `traceback` is of a defect of paperkit. `record` and `frames` are what the lock is to have of the
    target and of the frames behind it.
    """

    id: str
    result: Result
    reasons: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    rescued: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()
    edited: tuple[str, ...] = ()
    diff: str = ""
    changes: tuple[str, ...] = ()
    traceback: str = ""
    record: Record | None = None
    frames: Mapping[str, FrameRecord] = field(default_factory=dict)


def without_making(manifest: Manifest, step: Step, *, rebuild: bool) -> Outcome | None:
    """Return the outcome of a step that cannot be made or need not be, else None."""
    if step.problems:
        result = Result.EDITED if step.state is State.EDITED else Result.FAILED
        placed = tuple(manifest.placed(problem) for problem in step.problems)
        return Outcome(id=step.target.id, result=result, reasons=step.reasons, problems=placed)
    if step.state is State.UNCHANGED and not rebuild:
        notices = tuple(manifest.placed(notice) for notice in step.notices)
        return Outcome(id=step.target.id, result=Result.UNCHANGED, record=step.record, notices=notices)
    return None


def finished(workshop: Workshop, step: Step, answer: Answer, states: FrameStates, *, force: bool) -> Outcome:
    """Patch, seal and write what was drawn for a step, and return what became of its target."""
    reasons, made = step.reasons or ("asked for",), answer.made
    failed = Outcome(id=step.target.id, result=Result.FAILED, reasons=reasons, traceback=answer.traceback)
    aside = () if answer.notice is None else (answer.notice,)
    if made is None:
        return replace(failed, problems=answer.problems, notices=aside)
    step = replace(step, reasons=counted(reasons, step.frames, states.last, made.frames))
    if made.is_same:
        return _same(workshop.manifest, step, made)
    try:
        made = workshop.finish(step.target, made)
        outcome = _written(workshop.manifest, completed(step, made, states), made, force=force)
    except PaperkitError as error:
        result = Result.CONFLICT if isinstance(error, ConflictError) else Result.FAILED
        return replace(failed, result=result, problems=error.problems, notices=aside)
    return replace(outcome, notices=(*outcome.notices, *aside))


def completed(step: Step, made: Made, states: FrameStates) -> Step:
    """Return a step whose record has what was found while its target was made: labels, facts of the venue, rows."""
    if step.record is None:
        return step
    record = replace(
        step.record,
        labels=states.fingerprints.labels(made.labels),
        venue=states.fingerprints.facts(made.facts),
        facts=made.facts,
        texts=made.texts,
        inputs={
            **{name: sha for name, sha in step.record.inputs.items() if not name.endswith(".metrics")},
            **states.fingerprints.sizes(made.texts),
        },
        frames={name: made.frames[name].rows for name in step.target.frames},
    )
    return replace(step, record=record)


def _same(manifest: Manifest, step: Step, made: Made) -> Outcome:
    """Return the outcome of a target whose frames were loaded and have the rows of the last build."""
    last, record = step.last, step.record
    if last is not None and record is not None:
        record = replace(record, frames=last.frames, outputs=last.outputs, notices=last.notices)
    return Outcome(
        id=step.target.id,
        result=Result.UNCHANGED,
        reasons=(*step.reasons, "the rows are the same"),
        notices=tuple(manifest.placed(notice) for notice in (last.notices if last is not None else ())),
        record=record,
        frames=made.frames,
    )


def _written(manifest: Manifest, step: Step, made: Made, *, force: bool) -> Outcome:
    root = manifest.root
    # Looked at once more: an editor may have saved the file while its data was loading.
    edited = _edited(root, step, made)
    outcome = Outcome(
        id=step.target.id, result=Result.EDITED, reasons=step.reasons, notices=made.notices, frames=made.frames
    )
    if edited and not force:
        why = tuple(f"{output} {reason}" for output, reason in edited.items())
        return replace(outcome, reasons=why, edited=tuple(edited), diff=_diff(root, made, edited))
    rescued = tuple(rescue(root, output) for output in edited)
    changed = _changes(root, made.artifacts)
    written = write_outputs(root, made.artifacts)
    outputs = {artifact.path: fingerprint(artifact.content) for artifact in made.artifacts}
    notices = in_order(_unplaced(notice, manifest.file) for notice in made.notices)
    record = None if step.record is None else replace(step.record, outputs=outputs, notices=notices)
    result = Result.BUILT if written else Result.UNCHANGED
    return replace(outcome, result=result, written=written, rescued=rescued, record=record, changes=changed)


def _edited(root: Path, step: Step, made: Made) -> Mapping[str, str]:
    """Return what was edited, and why, but for files that say what would be written: nothing is lost with those."""
    contents = {artifact.path: artifact.content for artifact in made.artifacts}
    left = {} if step.last is None else step.last.outputs
    return {
        output: why
        for output, why in edited_outputs(root, step.target, left).items()
        if not _says(root / output, output, contents)
    }


def _says(path: Path, output: str, contents: Mapping[str, bytes]) -> bool:
    try:
        return output in contents and is_same_text(output, path.read_bytes(), contents[output])
    except OSError:
        return False


def _changes(root: Path, artifacts: Iterable[Artifact]) -> tuple[str, ...]:
    """Return what differs in the source data of a figure since they were last written."""
    tables = [artifact for artifact in artifacts if artifact.path.endswith(".csv")]
    known = [table for table in tables if (root / table.path).is_file()]
    if not known:
        return ()
    from paperkit.figures.changes import changes

    found: list[str] = []
    for table in known:
        before = (root / table.path).read_text(encoding="utf-8", errors="replace")
        panel = f"panel {tables.index(table) + 1}: " if len(tables) > 1 else ""
        found += [f"{panel}{line}" for line in changes(before, table.content.decode())]
    return tuple(found)


def _unplaced(notice: Problem, manifest: str) -> Problem:
    """Return a notice without its place in the manifest, which its key finds again."""
    return replace(notice, place=None) if notice.place is not None and notice.place.file == manifest else notice


def _diff(root: Path, made: Made, edited: Mapping[str, str]) -> str:
    """Return, as a unified diff, what was edited: against the file as it was written, or what a build would write."""
    parts: list[str] = []
    for artifact in made.artifacts:
        if artifact.path not in edited:
            continue
        try:
            content = (root / artifact.path).read_bytes()
            base = bases.base_of(root, artifact.path, content) if is_patchable(artifact.path) else None
            ours = (base or artifact.content).decode().replace("\r\n", "\n")
            theirs = content.decode().replace("\r\n", "\n")
        except (UnicodeDecodeError, OSError):
            parts.append(f"{artifact.path}: cannot be shown as text\n")
            continue
        lines = difflib.unified_diff(
            ours.splitlines(keepends=True),
            theirs.splitlines(keepends=True),
            f"{artifact.path} (paperkit)",
            f"{artifact.path} (edited)",
            n=1,
        )
        parts.append("".join(line if line.endswith("\n") else f"{line}\n" for line in lines))
    return "".join(parts)


def merged_lock(
    root: Path, lock: Mapping[str, Record], outcomes: Iterable[Outcome], known: Iterable[str]
) -> Mapping[str, Record]:
    """Return the lock after a build: new records, old ones of what was not built, none of what left no file."""
    names = set(known)
    merged = {
        name: record
        for name, record in lock.items()
        if name in names or any((root / output).exists() for output in (*record.outputs, *record.left))
    }
    for outcome in outcomes:
        if outcome.record is not None and outcome.record.outputs:
            last = lock.get(outcome.id)
            before = {**last.left, **last.outputs} if last else {}
            kept = {output for output in before if (root / output).exists()} - set(outcome.record.outputs)
            merged[outcome.id] = replace(outcome.record, left={output: before[output] for output in kept})
    return merged


def merged_frames(
    last: Mapping[str, FrameRecord], outcomes: Iterable[Outcome], known: Iterable[str]
) -> Mapping[str, FrameRecord]:
    """Return the frames of the lock after a build: those that were loaded as they are now, the others as they were."""
    loaded = {name: record for outcome in outcomes for name, record in outcome.frames.items()}
    return {name: record for name in known if (record := loaded.get(name, last.get(name))) is not None}


def frozen_outcome(manifest: Manifest, step: Step) -> Outcome:
    """Return the outcome of a step where nothing may be written: unchanged, or stale with the reasons."""
    found = without_making(manifest, step, rebuild=False)
    return found or Outcome(id=step.target.id, result=Result.STALE, reasons=step.reasons)


__all__ = ["Outcome", "Result", "finished", "frozen_outcome", "merged_frames", "merged_lock", "without_making"]
