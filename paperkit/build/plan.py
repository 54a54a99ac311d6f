"""The plan: for every target, whether it must be built, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from paperkit.build.frame_states import FrameStates
from paperkit.build.lock import Lock, Record
from paperkit.build.reasons import Reasons
from paperkit.build.seal import SealState, beside_state, seal_state
from paperkit.build.stat_cache import StatCache
from paperkit.build.targets import Target
from paperkit.data.dependencies import all_frames
from paperkit.errors import PaperkitError, Problem
from paperkit.files import fingerprint
from paperkit.manifest.load import Manifest

_NONE: Mapping[str, str] = {}


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

    `last` is the record of the last build. `frames` are the reasons of frames behind the target that are not made as
    last; where nothing else changed (`may_be_same`), loading them may find the same rows. `edited` names the outputs
    that were changed by someone else; `problems` say why a broken target cannot be built, `notices` what the last
    build said of an unchanged one, without places in the manifest.
    """

    target: Target
    state: State
    reasons: tuple[str, ...] = ()
    record: Record | None = None
    last: Record | None = None
    frames: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    may_be_same: bool = False
    edited: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()


def plan(manifest: Manifest, targets: Iterable[Target], lock: Lock, states: FrameStates) -> tuple[Step, ...]:
    """Return one step per target, in their order; reads files, imports no data library."""
    planner = _Planner(manifest, lock, states)
    return tuple(planner.step(target) for target in targets)


class _Planner:
    def __init__(self, manifest: Manifest, lock: Lock, states: FrameStates) -> None:
        self._manifest = manifest
        self._lock = lock
        self._frames = states
        self._fingerprints = states.fingerprints
        self._reasons = Reasons(manifest, states.fingerprints.memory)

    def step(self, target: Target) -> Step:
        root, last = self._manifest.root, self._lock.targets.get(target.id)
        hashes = self._outputs(target, last)
        edited = edited_outputs(root, target, last.outputs if last is not None else _NONE, hashes)
        step = Step(target=target, state=State.UNCHANGED, last=last, edited=tuple(edited))
        try:
            record, frames = self._record(target, last)
        except PaperkitError as error:
            return replace(step, state=State.EDITED if edited else State.BROKEN, problems=error.problems)
        own = self._own_reasons(target, record, hashes)
        upstream = (reason for found in frames.values() for reason in found)
        reasons = own if last is None else tuple(dict.fromkeys((*own, *upstream)))
        step = replace(step, record=record, frames=frames, reasons=reasons)
        if edited:
            why = (*(f"{output} {what}" for output, what in edited.items()), *_not_about(edited, reasons))
            return replace(step, state=State.EDITED, reasons=why)
        if any(output not in hashes for output in expected_outputs(target, last)):
            return replace(step, state=State.MISSING)
        if reasons:
            return replace(step, state=State.STALE, may_be_same=not own)
        return replace(step, notices=last.notices if last is not None else ())

    def _outputs(self, target: Target, last: Record | None) -> Mapping[str, str]:
        """Return the hashes of the files that a target has now; empty for a folder."""
        names = dict.fromkeys((*target.outputs, *target.companions, *expected_outputs(target, last)))
        found: dict[str, str] = {}
        for name in names:
            path = self._manifest.root / name
            if path.is_file():
                found[name] = _sha(self._fingerprints.files, path)
            elif path.exists():
                found[name] = ""
        return found

    def _record(self, target: Target, last: Record | None) -> tuple[Record, Mapping[str, tuple[str, ...]]]:
        """Return what a target is made from, and the reasons of frames behind it that are not made as last."""
        problems: list[Problem] = []
        record = None
        try:
            record = self._fingerprints.target(target, last)
        except PaperkitError as error:
            problems += error.problems
        for name in all_frames(target.frames, self._manifest.data, self._manifest.root):
            try:
                self._frames.record(name)
            except PaperkitError as error:
                problems += error.problems
        if problems or record is None:
            raise PaperkitError(*dict.fromkeys(problems))
        rows = {name: self._frames.rows(name) for name in target.frames}
        changed = dict(found for name in target.frames for found in self._frames.changes(name))
        if last is not None:
            others = (name for name in target.frames if rows[name] and rows[name] != last.frames.get(name))
            changed |= {name: (f"[data.{name}] has other rows",) for name in others}
        return replace(record, frames=rows), changed

    def _own_reasons(self, target: Target, record: Record, hashes: Mapping[str, str]) -> tuple[str, ...]:
        """Return why a target is made again, whatever its frames hold."""
        last = self._lock.targets.get(target.id)
        outputs = expected_outputs(target, last)
        missing = tuple(f"{output} is missing" for output in outputs if output not in hashes)
        if last is None:
            return ("first build",) if len(missing) == len(outputs) else ("not in paper.lock", *missing)
        replaced = tuple(
            f"{output} is of another build"
            for output in outputs
            if hashes.get(output) and hashes[output] != last.outputs.get(output)
        )
        return (*missing, *self._reasons.of_target(target, record, last), *replaced)


def _sha(files: StatCache, path: Path) -> str:
    """Return the hash of an output; empty for one that cannot be read."""
    try:
        return files.sha(path)
    except OSError:
        return ""


def _not_about(edited: Iterable[str], reasons: Iterable[str]) -> tuple[str, ...]:
    """Return the reasons that are not a consequence of the edit itself."""
    return tuple(reason for reason in reasons if not any(reason.startswith(f"{output} ") for output in edited))


def expected_outputs(target: Target, last: Record | None) -> tuple[str, ...]:
    """Return the files that `target` has: its outputs, and those of its companions that the last build made."""
    made = () if last is None else last.outputs
    return (*target.outputs, *(companion for companion in target.companions if companion in made))


def edited_outputs(
    root: Path, target: Target, built: Mapping[str, str] = _NONE, hashes: Mapping[str, str] = _NONE
) -> Mapping[str, str]:
    """Return the outputs of `target` that are not as paperkit left them, and what is wrong with each.

    `built` are the hashes of the files as the last build left them. An output that still has its hash, of `hashes`, is
    not looked at.
    """
    found: dict[str, str] = {}
    for output in (*target.outputs, *target.companions):
        path = root / output
        if output in hashes and hashes[output] and hashes[output] == built.get(output):
            continue
        if path.is_file():
            try:
                state = _seal_state(root, target, output, built)
            except OSError:
                found[output] = "cannot be read"
                continue
            if state is not SealState.INTACT:
                found[output] = "was edited" if state is SealState.BROKEN else "was not written by paperkit"
        elif path.exists():
            found[output] = "is a folder"
    return found


def _seal_state(root: Path, target: Target, output: str, built: Mapping[str, str]) -> SealState:
    content, wrapper = (root / output).read_bytes(), root / target.outputs[0]
    if not output.endswith(".csv") or not wrapper.is_file():
        return seal_state(content)
    # A killed build leaves a new wrapper beside an old table.
    if built.get(output) == fingerprint(content):
        return SealState.INTACT
    return beside_state(Path(output).name, content, wrapper.read_bytes())
