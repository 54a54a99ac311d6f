"""The plan: for every target, whether it must be built, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from paperkit.build.fingerprints import Fingerprints
from paperkit.build.lock import Record
from paperkit.build.seal import SealState, beside_state, seal_state
from paperkit.build.targets import Target
from paperkit.errors import PaperkitError, Problem
from paperkit.files import fingerprint
from paperkit.manifest.load import Manifest


class State(Enum):
    """How a target stands against its outputs."""

    UNCHANGED = "unchanged"
    STALE = "stale"
    MISSING = "missing"
    EDITED = "edited"
    BROKEN = "broken"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What the plan says of one target: its state, the reasons in words, and the record a build would leave.

    `edited` names the outputs that were changed by someone else; `problems` say why a broken target cannot be built,
    `notices` what the last build said of an unchanged one, without places in the manifest.
    """

    target: Target
    state: State
    reasons: tuple[str, ...] = ()
    record: Record | None = None
    edited: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()


def plan(manifest: Manifest, targets: Iterable[Target], lock: Mapping[str, Record]) -> tuple[Step, ...]:
    """Return one step per target, in their order; reads files, imports no data library."""
    fingerprints = Fingerprints(manifest)
    return tuple(_step(manifest, target, lock.get(target.id), fingerprints) for target in targets)


def _step(manifest: Manifest, target: Target, last: Record | None, fingerprints: Fingerprints) -> Step:
    edited = edited_outputs(manifest.root, target)
    try:
        record = fingerprints.record(target)
    except PaperkitError as error:
        state = State.EDITED if edited else State.BROKEN
        return Step(target=target, state=state, edited=tuple(edited), problems=error.problems)
    reasons = _reasons(manifest, target, record, last)
    missing = any(not (manifest.root / output).exists() for output in expected_outputs(target, last))
    if edited:
        reasons = (*(f"{output} {why}" for output, why in edited.items()), *_not_about(edited, reasons))
        return Step(target=target, state=State.EDITED, reasons=reasons, record=record, edited=tuple(edited))
    state = State.MISSING if missing else State.STALE if reasons else State.UNCHANGED
    notices = last.notices if last is not None and state is State.UNCHANGED else ()
    return Step(target=target, state=state, reasons=reasons, record=record, notices=notices)


def _not_about(edited: Iterable[str], reasons: Iterable[str]) -> tuple[str, ...]:
    """Return the reasons that are not a consequence of the edit itself."""
    return tuple(reason for reason in reasons if not any(reason.startswith(f"{output} ") for output in edited))


def expected_outputs(target: Target, last: Record | None) -> tuple[str, ...]:
    """Return the files that `target` has: its outputs, and those of its companions that the last build made."""
    made = () if last is None else last.outputs
    return (*target.outputs, *(companion for companion in target.companions if companion in made))


def edited_outputs(root: Path, target: Target) -> Mapping[str, str]:
    """Return the outputs of `target` that are not as paperkit left them, and what is wrong with each."""
    found: dict[str, str] = {}
    for output in (*target.outputs, *target.companions):
        path = root / output
        if path.is_file():
            state = _seal_state(root, target, output)
            if state is not SealState.INTACT:
                found[output] = "was edited" if state is SealState.BROKEN else "was not written by paperkit"
        elif path.exists():
            found[output] = "is a folder"
    return found


def _seal_state(root: Path, target: Target, output: str) -> SealState:
    content, wrapper = (root / output).read_bytes(), root / target.outputs[0]
    if not output.endswith(".csv") or not wrapper.is_file():
        return seal_state(content)
    return beside_state(Path(output).name, content, wrapper.read_bytes())


def _reasons(manifest: Manifest, target: Target, record: Record, last: Record | None) -> tuple[str, ...]:
    root = manifest.root
    outputs = expected_outputs(target, last)
    missing = tuple(f"{output} is missing" for output in outputs if not (root / output).exists())
    if last is None:
        return ("first build",) if len(missing) == len(outputs) else ("not in paper.lock", *missing)
    replaced = tuple(
        f"{output} is of another build"
        for output in outputs
        if (root / output).is_file() and fingerprint((root / output).read_bytes()) != last.outputs.get(output)
    )
    return (*missing, *_changes(record, last, manifest.page), *replaced)


def _changes(record: Record, last: Record, page: str | None) -> tuple[str, ...]:
    """Return, in words, what a target is made from that was otherwise at the last build."""
    reasons: list[str] = []
    for path in sorted({*record.inputs, *last.inputs}):
        before, after = last.inputs.get(path), record.inputs.get(path)
        if before != after:
            reasons.append(f"{path} {'is new' if before is None else 'is gone' if after is None else 'changed'}")
    if record.manifest != last.manifest:
        reasons.append("its entry in the manifest changed")
    if record.venue != last.venue:
        reasons.append(f"the venue or {page} changed" if page else "the venue changed")
    for library, version in record.versions.items():
        if last.versions.get(library) != version:
            reasons.append(f"{library} {last.versions.get(library, 'none')} → {version}")
    return tuple(reasons)
