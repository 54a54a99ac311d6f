"""Explain: why a target is as it is, with the numbers of rows that only loading its frames can tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from paperkit.build.frame_states import FrameStates
from paperkit.build.lock import FrameRecord
from paperkit.build.plan import State, Step
from paperkit.build.reasons import counted
from paperkit.errors import PaperkitError, Problem
from paperkit.manifest.load import Manifest

Behind = Callable[[Iterable[str]], Mapping[str, FrameRecord]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """Why the target of a `step` is made again: its own `reasons`, and for each frame behind it that changed, its own.

    `is_same` tells that the frames have the same rows all the same, `problems` why they cannot be loaded.
    """

    step: Step
    reasons: tuple[str, ...] = ()
    frames: tuple[tuple[str, tuple[str, ...]], ...] = ()
    is_same: bool = False
    problems: tuple[Problem, ...] = ()


def explain(manifest: Manifest, steps: tuple[Step, ...], states: FrameStates) -> tuple[Explanation, ...]:
    """Return an explanation of each step; the frames behind a stale target are loaded, nothing is made."""
    from paperkit.build.make import Workshop

    workshop = Workshop(manifest, states)
    return tuple(_explained(step, states, workshop.rows.behind) for step in steps)


def _explained(step: Step, states: FrameStates, behind: Behind) -> Explanation:
    upstream = {reason for reasons in step.frames.values() for reason in reasons}
    own = tuple(reason for reason in step.reasons if reason not in upstream or step.last is None)
    if step.state is State.UNCHANGED or not step.frames or step.last is None:
        return Explanation(step=step, reasons=own, problems=step.problems)
    found: dict[str, FrameRecord] = {}
    problems: tuple[Problem, ...] = ()
    try:
        found = dict(behind(step.target.frames))
    except PaperkitError as error:
        problems = error.problems
    frames = tuple(
        (name, counted(reasons, {name: reasons}, states.last, found)) for name, reasons in step.frames.items()
    )
    rows = {name: found[name].rows for name in step.target.frames if name in found}
    return Explanation(
        step=step,
        reasons=own,
        frames=frames,
        is_same=step.may_be_same and rows == dict(step.last.frames),
        problems=(*step.problems, *problems),
    )
