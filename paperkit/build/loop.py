"""The loop of a build: what is made in this process, what by workers, and how it stops."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from paperkit.build.executors import PROCESS, SERIAL, Hands, cores, open_hands
from paperkit.build.frame_states import FrameStates
from paperkit.build.metrics import Sizes, has_tex, metrics_name
from paperkit.build.plan import Step
from paperkit.build.run import Outcome, finished, without_making
from paperkit.data.dependencies import all_frames
from paperkit.errors import PaperkitError, Problem
from paperkit.files import fingerprint
from paperkit.manifest.load import Manifest

if TYPE_CHECKING:
    from paperkit.build.dispatch import Dispatch
    from paperkit.build.make import Workshop
    from paperkit.build.worker import Answer, Job, Site

# A worker pays for its start (benchmarks/parallel_figures.py) once it has that many figures to make.
_EACH = 4


class Interrupted(KeyboardInterrupt):
    """A build was stopped: `outcomes` are those of the targets that were finished, each complete."""

    def __init__(self, outcomes: tuple[Outcome, ...]) -> None:
        super().__init__()
        self.outcomes = outcomes


def run(
    manifest: Manifest,
    steps: Iterable[Step],
    states: FrameStates,
    *,
    force: bool = False,
    rebuild: bool = False,
    workshop: Workshop | None = None,
    jobs: int | None = 1,
    executor: str | Executor | None = None,
    on_start: Callable[[Step], None] = lambda _: None,
    on_outcome: Callable[[Outcome], None] = lambda _: None,
    on_end: Callable[[tuple[Outcome, ...]], object] = lambda _: None,
) -> tuple[Outcome, ...]:
    """Bring every step's target up to date and return one outcome each, in their order; a failure never stops others.

    `force` replaces edited outputs after saving them under `.paperkit/rescued/`; `rebuild` makes unchanged targets
    again too. Outputs that would not change are not touched. An unchanged target has the notices of its last build.
    `workshop` is one of this manifest that may have loaded frames already.
    Figures are made by `executor`, or by `jobs` processes (None: as many as pay), everything else in this process.
    Whoever makes them, the bytes are the same; `on_outcome` is called as they end, `on_end` with all
    outcomes that there are, also when the user asked to stop.

    Raises:
        PaperkitError: the executor cannot be opened; nothing was made.
        Interrupted: the user asked to stop.

    """
    wanted = tuple(steps)
    loop = _Loop(
        manifest,
        states,
        workshop=workshop,
        force=force,
        rebuild=rebuild,
        on_start=on_start,
        on_outcome=on_outcome,
    )
    todo = [step for step in wanted if not loop.is_settled(step)]
    away = [step for step in todo if step.target.kind == "figure" and step.record is not None]
    try:
        hands = _workers(manifest, away, jobs, executor)
        if hands is None:
            for step in todo:
                loop.make(step)
        else:
            names = {step.target.id for step in away}
            loop.share([step for step in todo if step.target.id not in names], away, hands)
    except KeyboardInterrupt:
        on_end(loop.in_order(wanted))
        raise Interrupted(loop.in_order(wanted)) from None
    on_end(loop.in_order(wanted))
    return loop.in_order(wanted)


class _Loop:
    """One build: makes steps or has them made, writes what came of them, and keeps their outcomes."""

    def __init__(
        self,
        manifest: Manifest,
        states: FrameStates,
        *,
        workshop: Workshop | None,
        force: bool,
        rebuild: bool,
        on_start: Callable[[Step], None],
        on_outcome: Callable[[Outcome], None],
    ) -> None:
        self._manifest, self._states, self._given = manifest, states, workshop
        self._force, self._rebuild = force, rebuild
        self._on_start, self._on_outcome = on_start, on_outcome
        self._outcomes: dict[str, Outcome] = {}
        self._started: set[str] = set()
        self._sizes = Sizes(manifest.root / metrics_name(manifest.file))

    def in_order(self, steps: Iterable[Step]) -> tuple[Outcome, ...]:
        """Return the outcomes that are known, in the plan's order."""
        known = self._outcomes
        return tuple(known[step.target.id] for step in steps if step.target.id in known)

    def is_settled(self, step: Step) -> bool:
        """Tell whether a step needs no making; its outcome is then known."""
        outcome = without_making(self._manifest, step, rebuild=self._rebuild)
        if outcome is None:
            return False
        self._on_start(step)
        self._outcomes[outcome.id] = outcome
        self._on_outcome(outcome)
        return True

    def make(self, step: Step) -> None:
        """Make a step's target in this process."""
        from paperkit.build.worker import make

        self._on_start(step)
        self._finish(step, make(self._workshop, step.target, self._rows_of(step)))

    def share(self, here: list[Step], away: list[Step], hands: Hands) -> None:
        """Have the targets of `away` made by workers while those of `here` are made in this process."""
        from paperkit.build.dispatch import Dispatch

        dispatch = Dispatch(hands, _site(self._manifest, self._states, away), self._sizes)
        # Workers are still starting while the first of ours is made.
        for step in here[:1]:
            self.make(step)
        try:
            dispatch.hand_out(job for step in away if (job := self._job(step)) is not None)
            waiting = {step.target.id: step for step in away}
            for step in here[1:]:
                self._take(dispatch, waiting, block=False)
                self.make(step)
            while not dispatch.is_done:
                self._take(dispatch, waiting, block=True)
        except KeyboardInterrupt:
            # What is made already is not thrown away.
            self._take(dispatch, waiting, block=False)
            raise
        finally:
            dispatch.close(at_once=not dispatch.is_done)

    def _take(self, dispatch: Dispatch, waiting: dict[str, Step], *, block: bool) -> None:
        for name in dispatch.running():
            if name in waiting and name not in self._started:
                self._started.add(name)
                self._on_start(waiting[name])
        for answer in dispatch.answers(block=block):
            self._finish(waiting.pop(answer.target), answer)

    @cached_property
    def _workshop(self) -> Workshop:
        from paperkit.build.make import Workshop

        if self._given is None:
            return Workshop(self._manifest, self._states, self._sizes)
        if self._given.states is not self._states:
            self._given.renew(self._states)
        self._given.sizes = self._sizes
        return self._given

    def _rows_of(self, step: Step) -> Mapping[str, str] | None:
        """Return the rows that a step's frames had, if it is the same where they have them still."""
        if self._rebuild or step.last is None or not step.may_be_same:
            return None
        return step.last.frames

    def _job(self, step: Step) -> Job | None:
        from paperkit.build.worker import Job

        if step.record is None:
            return None
        names = all_frames(step.target.frames, self._manifest.data, self._manifest.root)
        return Job(
            target=step.target.id,
            record=step.record,
            last=step.last,
            frames={name: self._states.record(name) for name in names},
            frames_last={name: self._states.last.get(name) for name in names},
            rows=self._rows_of(step),
            asks=has_tex(),
        )

    def _finish(self, step: Step, answer: Answer) -> None:
        with _whole():
            outcome = finished(self._workshop, step, answer, self._states, force=self._force)
            self._outcomes[outcome.id] = outcome
            self._on_outcome(outcome)


def _workers(manifest: Manifest, away: list[Step], jobs: int | None, executor: str | Executor | None) -> Hands | None:
    """Open the workers that are to make `away`, or none where this process does it as well; the loop closes them."""
    processes = _processes(len(away), jobs, executor)
    if not away or executor == SERIAL or (processes == 1 and executor is None):
        return None
    try:
        return open_hands(executor or PROCESS, jobs=processes, root=manifest.root)
    except (OSError, NotImplementedError) as error:
        if executor is None and jobs is None:
            return None
        message = f"no worker processes can be started: {error}"
        raise PaperkitError(Problem(message=message, hint="--jobs 1 makes everything in one process")) from error


def _processes(figures: int, jobs: int | None, executor: str | Executor | None) -> int:
    """Return how many processes are to make some figures: as asked for, else as many as pay."""
    if jobs is None:
        jobs = cores() if executor is not None else min(cores(), figures // _EACH)
    return max(1, min(jobs, figures))


def _site(manifest: Manifest, states: FrameStates, steps: list[Step]) -> Site:
    from paperkit.build.worker import Site

    inputs = {path: seen for step in steps if step.record for path, seen in step.record.inputs.items()}
    names = all_frames((name for step in steps for name in step.target.frames), manifest.data, manifest.root)
    inputs |= {path: seen for name in names for path, seen in states.record(name).inputs.items()}
    inputs["the venue"] = repr(manifest.venue)
    path = manifest.root / metrics_name(manifest.file)
    inputs[path.name] = fingerprint(path.read_bytes()) if path.is_file() else ""
    return Site(
        root=str(manifest.root),
        file=manifest.file,
        manifest=fingerprint(manifest.text.encode()),
        inputs=fingerprint(repr(sorted(inputs.items())).encode()),
        host=socket.gethostname(),
    )


@contextmanager
def _whole() -> Iterator[None]:
    """Let Ctrl-C wait until a target's files and its outcome are whole; a second one does not wait."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is None:
        yield
        return
    held = False

    def hold(*given: Any) -> None:
        nonlocal held
        if held:
            again(*given)
        held = True

    def again(*given: Any) -> None:
        if callable(before):
            before(*given)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, hold)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if held:
        again(signal.SIGINT, None)


__all__ = ["Interrupted", "run"]
