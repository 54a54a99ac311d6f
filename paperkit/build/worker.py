"""What a worker does: make targets of a project that it sees itself, and answer with their files or what is wrong.

A task is small: where the project is, hashes of what it is made of, names of targets. No frame crosses. A worker writes
nothing: files, `paper.metrics` and `paper.lock` belong to the process that builds.
"""

from __future__ import annotations

import socket
import threading
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from paperkit.build.fingerprints import Fingerprints
from paperkit.build.frame_states import FrameStates
from paperkit.build.lock import FrameRecord, Record
from paperkit.build.make import Made, Workshop
from paperkit.build.metrics import Sizes, metrics_name
from paperkit.build.stat_cache import StatCache
from paperkit.build.targets import Target, targets
from paperkit.errors import PaperkitError, Place, Problem
from paperkit.files import fingerprint
from paperkit.manifest.load import Manifest, load
from paperkit.tex.extents import SetText
from paperkit.tex.metrics import Extent


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """Where a project is and how it looked when the build began: the hash of its manifest and one of all its inputs.

    A worker keeps what it loaded for as long as the next task has an equal site. `host` is the machine that builds.
    """

    root: str
    file: str
    manifest: str
    inputs: str
    host: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One target to be made: `record` and `frames` say what from, as the process that builds sees it.

    `last` and `frames_last` are the records of the last build. Where `rows` are given and its frames still have them,
    there is nothing to do. `sizes` and `refused` are what TeX said of texts that the figure needs.
    With `asks`, texts whose sizes are unknown are answered instead of a figure in which they are estimated.
    """

    target: str
    record: Record
    last: Record | None = None
    frames: Mapping[str, FrameRecord] = field(default_factory=dict)
    frames_last: Mapping[str, FrameRecord | None] = field(default_factory=dict)
    rows: Mapping[str, str] | None = None
    sizes: Mapping[SetText, Extent] = field(default_factory=dict)
    refused: Mapping[SetText, str] = field(default_factory=dict)
    asks: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """What is handed to a worker at once."""

    site: Site
    jobs: tuple[Job, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What came of one job: what was made, or what is wrong, or the texts that TeX is to be asked for first.

    `traceback` is that of a defect of paperkit; `notice` says what happened on the way, and is not about the target.
    """

    target: str
    made: Made | None = None
    problems: tuple[Problem, ...] = ()
    wanted: tuple[SetText, ...] = ()
    traceback: str = ""
    notice: Problem | None = None


class _Wanted(Exception):  # noqa: N818 - a question, not an error
    """Texts whose sizes are unknown here."""

    def __init__(self, texts: Iterable[SetText]) -> None:
        super().__init__()
        self.texts = tuple(texts)


class _GivenSizes(Sizes):
    """The sizes that a job brings, besides those kept in the project; what is unknown is left to whoever builds."""

    def __init__(self, path: Path, job: Job) -> None:
        super().__init__(path)
        self.learnt = dict(job.sizes)
        self.refused = dict(job.refused)
        self._asks = job.asks

    def ask(self, texts: Iterable[SetText]) -> bool:
        """Put the question to whoever builds, or let the sizes be estimated."""
        if self._asks:
            raise _Wanted(texts)
        return False


class _Bench:
    """What a worker has loaded for one site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        manifest = _manifest(site)
        self._last: dict[str, FrameRecord] = {}
        # Nothing is believed of a file that this process has not read.
        files = StatCache(manifest.root / manifest.file, paranoid=True)
        self._fingerprints = Fingerprints(manifest, files)
        self._workshop = Workshop(manifest, FrameStates(manifest, self._fingerprints, self._last))
        self._targets: Mapping[str, Target] = {target.id: target for target in targets(manifest)}

    @property
    def _manifest(self) -> Manifest:
        return self._workshop.manifest

    def answer(self, job: Job) -> Answer:
        """Return what came of a job; an input that is not as the build saw it is refused."""
        target = self._targets[job.target]
        self._compare_with(job.frames_last)
        states = self._workshop.states
        try:
            seen: list[tuple[Record | FrameRecord, Record | FrameRecord]]
            seen = [(job.record, self._fingerprints.target(target, job.last))]
            seen += [(record, states.record(name)) for name, record in job.frames.items()]
        except PaperkitError as error:
            return Answer(target=job.target, problems=tuple(map(self._manifest.placed, error.problems)))
        if other := [problem for ours, theirs in seen for problem in _others(ours, theirs, self._site)]:
            return Answer(target=job.target, problems=tuple(dict.fromkeys(other)))
        self._workshop.sizes = _GivenSizes(Path(self._site.root, metrics_name(self._site.file)), job)
        return make(self._workshop, target, job.rows)

    def _compare_with(self, frames: Mapping[str, FrameRecord | None]) -> None:
        """Take over the last records of frames; what is loaded stays, conclusions from other records do not."""
        known = {name: record for name, record in frames.items() if record is not None}
        if any(self._last.get(name) != record for name, record in frames.items()):
            self._last = {name: record for name, record in self._last.items() if name not in frames} | known
            self._workshop.renew(FrameStates(self._manifest, self._fingerprints, self._last))


def make(workshop: Workshop, target: Target, rows: Mapping[str, str] | None = None) -> Answer:
    """Draw a target, unless its frames have these `rows`, and return what came of it; a defect is an answer too.

    Patches and seals are left to whoever writes the files.
    """
    try:
        return Answer(target=target.id, made=workshop.draw(target, rows))
    except _Wanted as question:
        return Answer(target=target.id, wanted=question.texts)
    except PaperkitError as error:
        return Answer(target=target.id, problems=error.problems)
    except Exception as error:  # noqa: BLE001 - a defect in one asset must not stop the others
        message = f"{target.id}: {type(error).__name__}: {error}"
        hint = "this is a defect of paperkit, not of your paper; build --debug shows where"
        trace = "".join(traceback.format_exception(error))
        return Answer(target=target.id, problems=(Problem(message=message, hint=hint),), traceback=trace)


_LOCK = threading.Lock()
_benches: dict[Site, _Bench] = {}


def work(task: Task) -> tuple[Answer, ...]:
    """Do every job of a task, in their order.

    Threads of one process take turns: matplotlib, and the folder that a project's Python runs in, belong to all.
    """
    with _LOCK:
        if task.site not in _benches:
            _benches.clear()
            try:
                _benches[task.site] = _Bench(task.site)
            except PaperkitError as error:
                return tuple(Answer(target=job.target, problems=error.problems) for job in task.jobs)
        bench = _benches[task.site]
        return tuple(bench.answer(job) for job in task.jobs)


def _manifest(site: Site) -> Manifest:
    path = Path(site.root, site.file)
    if not path.is_file():
        message = f"there is no {path}{_there(site)}"
        hint = "workers need the paper's folder under the same path as the machine that builds: a shared file system"
        raise PaperkitError(Problem(message=message, hint=hint))
    manifest = load(path)
    if fingerprint(manifest.text.encode()) != site.manifest:
        raise PaperkitError(_changed(site.file, site))
    return manifest


def _others(expected: Record | FrameRecord, seen: Record | FrameRecord, site: Site) -> Iterator[Problem]:
    """Yield what a worker sees otherwise than the process that builds."""
    paths = sorted({*expected.inputs, *seen.inputs})
    changed = [path for path in paths if expected.inputs.get(path) != seen.inputs.get(path)]
    yield from (_changed(path, site) for path in changed)
    for name, version in expected.versions.items():
        found = seen.versions.get(name, "none")
        if found != version:
            hint = "other versions make other files: install the same ones where the workers run"
            yield Problem(message=f"the worker has {name} {found}{_there(site)}, this build {version}", hint=hint)
    ours, theirs = ((one.manifest, one.labels, getattr(one, "venue", "")) for one in (expected, seen))
    if not changed and ours != theirs:
        yield _changed(site.file, site)


def _changed(path: str, site: Site) -> Problem:
    hint = "it was saved meanwhile, or the workers' file system lags behind; build again"
    message = f"is not what the build saw when it began{_there(site)}"
    return Problem(message=message, place=Place(file=path), hint=hint)


def _there(site: Site) -> str:
    here = socket.gethostname()
    return "" if here == site.host else f" on {here}"


__all__ = ["Answer", "Job", "Site", "Task", "make", "work"]
