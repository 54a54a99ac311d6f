"""Dispatch: hand targets to an executor and take the answers back, whatever becomes of its workers.

Only `submit` and `wait` are asked of an executor. What its workers lose is handed out again; a target whose worker
ended is made once more with a process to itself, so that its second end says for certain whose fault it was.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from dataclasses import dataclass, replace
from itertools import islice

from paperkit.build.executors import Hands, cores, open_processes
from paperkit.build.metrics import Sizes
from paperkit.build.worker import Answer, Job, Site, Task, work
from paperkit.errors import PaperkitError, Problem

_ROUNDS = 3  # as in this process
# A remote task costs about 10 ms of its scheduler: what is quick goes in batches, but every worker gets several.
_BATCH, _SHARE = 8, 4
# After that many broken pools the rest is made one by one.
_POOLS = 3
_TICK = 1.0
_SETUP = (ImportError, AttributeError, TypeError, pickle.PickleError)
_GONE = (BrokenExecutor, CancelledError, OSError)
_Futures = dict["Future[tuple[Answer, ...]]", Task]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Lost:
    """A task that no worker answered, and why."""

    task: Task
    error: BaseException


class Dispatch:
    """Targets on their way to workers and back; `close` must be called."""

    def __init__(self, hands: Hands, site: Site, sizes: Sizes) -> None:
        self._hands = hands
        self._open = [hands]
        self._site, self._sizes = site, sizes
        self._pending: _Futures = {}
        self._alone: _Futures = {}
        self._alone_hands: Hands | None = None
        self._suspects: deque[Job] = deque()
        self._deadly: set[str] = set()
        self._rounds: dict[str, int] = {}
        self._broken = 0
        self._notice: Problem | None = None
        self._answers: deque[Answer] = deque()

    def hand_out(self, wanted: Iterable[Job]) -> None:
        """Hand out some jobs, several at a time where a task is dear."""
        jobs = list(wanted)
        size = 1
        if not self._hands.local:
            size = max(1, min(_BATCH, len(jobs) // (_SHARE * (self._hands.slots or len(jobs) or 1))))
        each = iter(jobs)
        while batch := tuple(islice(each, size)):
            self._submit(batch)

    @property
    def is_done(self) -> bool:
        """Tell whether every target was answered."""
        return not (self._pending or self._alone or self._suspects or self._answers)

    def running(self) -> tuple[str, ...]:
        """Return the targets that are probably being made: executors begin with what they were given first."""
        tasks = list(islice(self._pending.values(), self._hands.slots)) + list(self._alone.values())
        return tuple(job.target for task in tasks for job in task.jobs)

    def answers(self, *, block: bool) -> Iterator[Answer]:
        """Yield what has come back; with `block`, wait until something has or a moment has passed."""
        if not self._answers:
            self._collect(_TICK if block else 0)
        while self._answers:
            answer = self._answers.popleft()
            notice, self._notice = self._notice, None
            yield answer if notice is None else replace(answer, notice=notice)

    def close(self, *, at_once: bool = False) -> None:
        """End what was opened; with `at_once` what has not begun is cancelled, and local workers are killed."""
        futures = (*self._pending, *self._alone)
        for future in futures if at_once else ():
            future.cancel()
        for hands in (*self._open, *((self._alone_hands,) if self._alone_hands else ())):
            hands.close(at_once)

    def _submit(self, jobs: tuple[Job, ...]) -> None:
        task = Task(site=self._site, jobs=jobs)
        try:
            self._pending[self._hands.executor.submit(work, task)] = task
        except (*_GONE, RuntimeError) as error:  # an executor that was shut down raises RuntimeError
            self._lost([_Lost(task=task, error=BrokenExecutor(str(error)))])

    def _collect(self, seconds: float) -> None:
        futures = {**self._pending, **self._alone}
        done, _ = wait(futures, timeout=seconds, return_when=FIRST_COMPLETED)
        if any(isinstance(_error(future), BrokenExecutor) for future in done):
            # Whoever broke a pool took all of its tasks down: their order tells who may have been it.
            wait(self._pending, timeout=_TICK)
            done = {future for future in futures if future.done()}
        lost: list[_Lost] = []
        for future in (future for future in futures if future in done):
            alone = self._alone.pop(future, None)
            task = alone or self._pending.pop(future)
            error = _error(future)
            if error is None:
                for job, answer in zip(task.jobs, future.result(), strict=True):
                    self._answer(job, answer)
            elif alone is None:
                lost.append(_Lost(task=task, error=error))
            else:
                self._give_up(task, error)
        self._lost(lost)
        self._next_suspect()

    def _answer(self, job: Job, answer: Answer) -> None:
        if not answer.wanted:
            self._answers.append(answer)
            return
        # TeX is asked by the process that builds: it alone writes paper.metrics, and workers may have no TeX.
        count = self._rounds[job.target] = self._rounds.get(job.target, 0) + 1
        try:
            found = self._sizes.ask(answer.wanted)
        except PaperkitError as error:
            self._answers.append(Answer(target=job.target, problems=error.problems))
            return
        known, refused = self._sizes.known, self._sizes.refused
        sizes = {**job.sizes, **{text: known[text] for text in answer.wanted if text in known}}
        wrong = {**job.refused, **{text: refused[text] for text in answer.wanted if text in refused}}
        asks = found and count < _ROUNDS
        self._submit((replace(job, sizes=sizes, refused=wrong, asks=asks),))

    def _lost(self, lost: list[_Lost]) -> None:
        """Find new workers for what the old ones lost."""
        gone: list[_Lost] = []
        for one in lost:
            if isinstance(one.error, _SETUP):
                for job in one.task.jobs:
                    self._answers.append(_cannot(job, self._hands.name, one.error))
            elif isinstance(one.error, _GONE) and self._broken < _POOLS:
                gone.append(one)
            else:
                self._suspects += one.task.jobs
        if gone:
            self._replace(gone)

    def _replace(self, gone: list[_Lost]) -> None:
        """Open a fresh pool for what a broken executor lost; those that it may have broken on are made alone."""
        self._broken += 1
        old = self._hands
        suspects = 2 * (old.slots or 1) if old.local else 0
        for one in gone[:suspects]:
            self._suspects += one.task.jobs
        if not old.local:
            error = gone[0].error
            message = f"{old.name} is gone ({type(error).__name__}): the rest is made on this machine"
            self._notice = Problem(message=message)
        self._hands = open_processes(old.slots or 1 if old.local else cores())
        self._open.append(self._hands)
        for one in gone[suspects:]:
            self._submit(one.task.jobs)

    def _next_suspect(self) -> None:
        if self._alone or not self._suspects:
            return
        if self._alone_hands is None:
            self._alone_hands = open_processes(1)
        task = Task(site=self._site, jobs=(self._suspects.popleft(),))
        self._alone[self._alone_hands.executor.submit(work, task)] = task

    def _give_up(self, task: Task, error: BaseException) -> None:
        """Report a target whose worker ended when it had one to itself, the second time."""
        if self._alone_hands is not None:
            self._alone_hands.close(True)
            self._alone_hands = None
        for job in task.jobs:
            if job.target not in self._deadly:
                self._deadly.add(job.target)
                self._suspects.appendleft(job)
                continue
            message = f"{job.target}: the process that made it ended twice before it was done"
            hint = "most often memory ran out or it was killed; --jobs 1 makes it in paperkit's own process"
            problem = Problem(message=message, hint=hint)
            self._answers.append(Answer(target=job.target, problems=(problem,), traceback=repr(error)))


def _error(future: Future[tuple[Answer, ...]]) -> BaseException | None:
    try:
        return future.exception(timeout=0)
    except CancelledError as error:
        return error


def _cannot(job: Job, name: str, error: BaseException) -> Answer:
    message = f"{job.target}: the workers of {name} cannot make it: {type(error).__name__}: {error}"
    hint = "they need the same paperkit-assets and Python as this machine"
    return Answer(target=job.target, problems=(Problem(message=message, hint=hint),))


__all__ = ["Dispatch"]
