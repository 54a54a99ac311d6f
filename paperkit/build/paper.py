"""A paper: the library's front door, everything the command line does as values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from paperkit.build.explain import Explanation, explain
from paperkit.build.fingerprints import Fingerprints
from paperkit.build.frame_states import FrameStates
from paperkit.build.lock import FrameRecord, Lock, Record, load_lock, update_lock
from paperkit.build.loop import run
from paperkit.build.metrics import load_metrics, metrics_name
from paperkit.build.outputs import building
from paperkit.build.patches import strays
from paperkit.build.plan import State, Step, expected_outputs, plan
from paperkit.build.run import Outcome, Result, frozen_outcome, merged_frames, merged_lock
from paperkit.build.stat_cache import StatCache
from paperkit.build.targets import Target, frames_of, select, targets
from paperkit.build.unused import missing_files, unused
from paperkit.errors import ManifestError, PaperkitError, Place, Problem, did_you_mean
from paperkit.files import Looked, fingerprint, looking
from paperkit.manifest.each import each_problems
from paperkit.manifest.load import Manifest, load, lock_name, outside
from paperkit.style.page import SUFFIX
from paperkit.templates import template_notices
from paperkit.tex.extents import Extents

if TYPE_CHECKING:
    from paperkit.build.make import Workshop
    from paperkit.data.fetch import FetchReport
    from paperkit.data.frame import Frame
    from paperkit.figures import Figure
    from paperkit.tables.notebook import Table


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildReport:
    """What a build did: one outcome per target, and notices about the build as a whole."""

    outcomes: tuple[Outcome, ...]
    notices: tuple[Problem, ...] = ()

    def having(self, result: Result) -> tuple[Outcome, ...]:
        """Return the outcomes with `result`."""
        return tuple(outcome for outcome in self.outcomes if outcome.result is result)


class Paper:
    """One paper and its manifest.

    >>> Paper.load("paper.toml").build()  # doctest: +SKIP
    """

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self._loaded = _contents(manifest)

    @classmethod
    def load(cls, path: str | Path = "paper.toml") -> Paper:
        """Return the paper of a manifest that has been checked without loading data.

        Raises:
            ManifestError: the manifest is wrong; carries every problem, sorted by place.

        """
        manifest = load(Path(path).absolute())
        problems = (*manifest.problems, *(manifest.placed(problem) for problem in _room_problems(manifest)))
        if problems:
            raise ManifestError(*sorted(dict.fromkeys(problems), key=_by_place))
        return cls(manifest)

    @property
    def targets(self) -> tuple[Target, ...]:
        """Return everything a build makes."""
        return targets(self.manifest)

    def plan(self, selectors: Iterable[str] = ()) -> tuple[Step, ...]:
        """Return what a build would do, and why, without doing it."""
        lock, _ = self._lock()
        return self._plan(selectors, lock, self._states(lock))

    def why(self, selectors: Iterable[str] = ()) -> tuple[Explanation, ...]:
        """Return why each selected target is as it is; the frames behind stale ones are loaded, nothing is written.

        Raises:
            ManifestError: a selector names nothing.

        """
        lock, _ = self._lock()
        states = self._states(lock)
        return explain(self.manifest, self._plan(selectors, lock, states), states)

    def lock_problems(self) -> tuple[Problem, ...]:
        """Return why the lock cannot be read, most often a merge conflict: then every target counts as never built."""
        _, damage = self._lock()
        return damage

    def notices(self, steps: Iterable[Step]) -> tuple[Problem, ...]:
        """Return what is to be said of the paper and of the unchanged targets of a plan.

        That is how the document's page differs, what the last build said, and which frames serve no target.
        Each notice stands once. No data is loaded.
        """
        said = dict.fromkeys(self.manifest.placed(notice) for step in steps for notice in step.notices)
        return (
            *self._page_notices(),
            *said,
            *missing_files(self.manifest, self.targets),
            *unused(self.manifest, self.targets),
            *strays(self.targets, self.manifest),
        )

    def build(
        self,
        selectors: Iterable[str] = (),
        *,
        force: bool = False,
        rebuild: bool = False,
        frozen: bool = False,
        paranoid: bool = False,
        workshop: Workshop | None = None,
        jobs: int | None = 1,
        executor: str | Executor | None = None,
        on_plan: Callable[[tuple[Step, ...]], None] = lambda _: None,
        on_start: Callable[[Step], None] = lambda _: None,
        on_outcome: Callable[[Outcome], None] = lambda _: None,
        on_wait: Callable[[], None] = lambda: None,
    ) -> BuildReport:
        """Bring the selected targets up to date, write the lock (`paper.lock`), and return what was done.

        `force` replaces edited outputs after saving them under `.paperkit/rescued/`; `rebuild` makes everything again;
        with `frozen` nothing is written: what is not up to date is told of; with `paranoid` every file is read, however
        old it looks. `workshop` is one of this manifest, with frames that are as their files are now.
        Figures are made by `jobs` processes (None: as many as pay) or by an `executor`: `"process"`,
        `"dask://host:8786"`, `"module:callable"`, or a `concurrent.futures.Executor`, which is left open.
        While another build is at work in the project, this one waits, after a call of `on_wait`.

        Raises:
            ManifestError: a selector names nothing.
            PaperkitError: the executor cannot be opened, the lock cannot be written, or, with `frozen`, not read.
            Interrupted: a KeyboardInterrupt; what was finished is written, the lock too.

        """
        outputs = (output for target in self.targets for output in target.outputs)
        with nullcontext() if frozen else building(self.manifest.root, outputs, on_wait):
            return self._build(
                tuple(selectors),
                force=force,
                rebuild=rebuild,
                frozen=frozen,
                paranoid=paranoid,
                workshop=workshop,
                jobs=jobs,
                executor=executor,
                on_plan=on_plan,
                on_start=on_start,
                on_outcome=on_outcome,
            )

    def _build(
        self,
        wanted: tuple[str, ...],
        *,
        force: bool,
        rebuild: bool,
        frozen: bool,
        paranoid: bool,
        workshop: Workshop | None,
        jobs: int | None,
        executor: str | Executor | None,
        on_plan: Callable[[tuple[Step, ...]], None],
        on_start: Callable[[Step], None],
        on_outcome: Callable[[Outcome], None],
    ) -> BuildReport:
        lock, damage = self._lock()
        if frozen and damage:
            raise PaperkitError(*damage)
        with looking() as looked:
            states = self._states(lock, paranoid=paranoid)
            steps = self._plan(wanted, lock, states)
            idle = (*strays(self.targets, self.manifest), *missing_files(self.manifest, self.targets))
        on_plan(steps)
        if frozen:
            return self._frozen(steps, lock, on_outcome)
        outcomes = run(
            self.manifest,
            steps,
            states,
            force=force,
            rebuild=rebuild,
            workshop=workshop,
            jobs=jobs,
            executor=executor,
            on_start=on_start,
            on_outcome=on_outcome,
            on_end=lambda done: update_lock(self._lock_path, lambda lock: self._built(lock, done), replace=True),
        )
        notices = (
            *self._page_notices(),
            *self._lock_notices(lock, damage),
            *template_notices(self.manifest.root),
            *idle,
        )
        report = BuildReport(outcomes=outcomes, notices=notices)
        is_whole = not wanted and not damage and self._loaded == _contents(self.manifest)
        self._keep(states.fingerprints, looked, report, is_whole=is_whole)
        return report

    def _frozen(self, steps: Iterable[Step], lock: Lock, on_outcome: Callable[[Outcome], None]) -> BuildReport:
        """Return what a build would not leave as it is: targets, and a lock with blocks that nothing needs."""
        outcomes = [frozen_outcome(self.manifest, step) for step in steps]
        if self._built(lock, ()) != lock:
            reasons = ("it names what the manifest does not have",)
            outcomes.append(Outcome(id=self._lock_path.name, result=Result.STALE, reasons=reasons))
        for outcome in outcomes:
            on_outcome(outcome)
        return BuildReport(outcomes=tuple(outcomes), notices=tuple(self._page_notices()))

    def fetch(self, frames: Iterable[str] = (), *, update: bool = False) -> FetchReport:
        """Get the files of `frames`, or of all frames with a `url`, and keep their hashes in the lock.

        With `update`, files are fetched again, and what was changed since is replaced.

        Raises:
            PaperkitError: the lock cannot be read or written.

        """
        from paperkit.data.fetch import fetch_frames, merged_snapshots

        specs = self.manifest.data
        known = load_lock(self._lock_path).sources
        report = fetch_frames(specs, self.manifest.root, known, frames, update=update)

        def fetched(lock: Lock) -> Lock:
            return replace(lock, sources=merged_snapshots(specs, lock.sources, report))

        update_lock(self._lock_path, fetched)
        placed = self.manifest.placed
        return replace(
            report,
            fetched=tuple(replace(item, notices=tuple(map(placed, item.notices))) for item in report.fetched),
            problems=tuple(map(placed, report.problems)),
        )

    def outputs(self) -> Mapping[str, tuple[str, ...]]:
        """Return the files that every target has, by its id: outputs, and companions that the last build made."""
        lock, _ = self._lock()
        return {target.id: expected_outputs(target, lock.targets.get(target.id)) for target in self.targets}

    def orphans(self) -> tuple[str, ...]:
        """Return files that an earlier build wrote and no entry makes any more."""
        lock, _ = self._lock()
        made = lock.targets
        kept = {output for target in self.targets for output in expected_outputs(target, made.get(target.id))}
        root = self.manifest.root
        records = lock.targets.values()
        written = sorted({output for record in records for output in (*record.outputs, *record.left)} - kept)
        # A lock is text that anybody may write: what leads elsewhere is none of ours.
        return tuple(output for output in written if outside(output, root) is None and (root / output).exists())

    def frame(self, name: str) -> Frame:
        """Return the frame `[data.NAME]`, loaded and checked.

        Raises:
            ManifestError: there is no such frame.
            DataError: a source or clause failed.

        """
        if name not in self.manifest.data:
            message = f"there is no [data.{name}]{did_you_mean(name, self.manifest.data)}"
            raise ManifestError(Problem(message=message))
        return self._workshop.frames.load(name)

    def table(self, name: str) -> Table:
        """Return a table, such as `paper.table("appendix-vit")`; a notebook shows it, and it writes every format.

        Raises:
            ManifestError: there is no such table.
            PaperkitError: the data or the entry does not allow it.

        """
        from paperkit import tables
        from paperkit.tables.notebook import Table

        known = {asset.name: asset for asset in self.manifest.tables}
        asset = known[_known("table", name, known)]
        try:
            frames = {name: self.frame(name) for name in frames_of(asset, self.manifest)}
            found = tables.resolve(asset, frames[asset.spec.data], self.manifest.labels, self.manifest.venue, frames)
        except PaperkitError as error:
            raise type(error)(*map(self.manifest.placed, error.problems)) from error
        notices = tuple(map(self.manifest.placed, found.notices))
        return Table(replace(found, notices=notices), self._workshop.templates.folder)

    def figure(self, name: str) -> Figure:
        """Return a figure with its layout solved, such as `paper.figure("model-size")`."""
        from paperkit import figures

        found = {asset.name: asset for asset in self.manifest.figures}
        asset = found[_known("figure", name, found)]
        frames = {name: self.frame(name) for name in frames_of(asset, self.manifest)}
        root = self.manifest.root
        extents = Extents(known=load_metrics(root / metrics_name(self.manifest.file)))
        return figures.compile(asset, frames, self.manifest.labels, self.manifest.venue, root=root, extents=extents)

    @cached_property
    def _workshop(self) -> Workshop:
        from paperkit.build.make import Workshop

        return Workshop(self.manifest)

    def _states(self, lock: Lock, *, paranoid: bool = False) -> FrameStates:
        root = self.manifest.root
        files = StatCache(root / self.manifest.file, paranoid=paranoid)
        others = (metrics_name(self.manifest.file), *(source.path for source in lock.sources.values()))
        for path in (*self._loaded, *(root / name for name in others)):
            if path.is_file():
                with suppress(OSError):  # whoever reads it says so
                    files.sha(path)
        return FrameStates(self.manifest, Fingerprints(self.manifest, files), lock.frames)

    def _plan(self, selectors: Iterable[str], lock: Lock, states: FrameStates) -> tuple[Step, ...]:
        wanted = tuple(selectors)
        named = {f"state:{state.value}": state for state in State}
        chosen = select(self.targets, (one for one in wanted if one not in named), self.manifest)
        has_names = any(one not in named for one in wanted)
        steps = plan(self.manifest, self.targets, lock, states)
        ids = {target.id for target in chosen} if has_names or not wanted else set()
        allowed = {named[one] for one in wanted if one in named}
        return tuple(step for step in steps if step.target.id in ids or step.state in allowed)

    def _built(self, lock: Lock, outcomes: Iterable[Outcome]) -> Lock:
        """Return the lock after a build."""
        done, names = tuple(outcomes), tuple(target.id for target in self.targets)
        targets = merged_lock(self.manifest.root, lock.targets, done, names)
        return replace(lock, targets=targets, frames=merged_frames(lock.frames, done, self.manifest.data))

    def _keep(self, fingerprints: Fingerprints, looked: Looked, report: BuildReport, *, is_whole: bool) -> None:
        """Keep what the next build saves time with: hashes by stat, what they stood for, and that nothing is to do."""
        lock, _ = self._lock()
        records: tuple[Record | FrameRecord, ...] = (*lock.targets.values(), *lock.frames.values())
        venues = (record.venue for record in lock.targets.values())
        labels = (sha for record in records for sha in record.labels.values())
        fingerprints.memory.save((*(record.manifest for record in records), *venues, *labels))
        looked.absent |= {path for path, content in self._loaded.items() if content is None}
        looked.absent |= {
            path for path in (self.manifest.root / metrics_name(self.manifest.file),) if not path.exists()
        }
        done = all(outcome.result in (Result.BUILT, Result.UNCHANGED) for outcome in report.outcomes)
        notices = (*(notice for outcome in report.outcomes for notice in outcome.notices), *report.notices)
        made = [outcome.record.outputs for outcome in report.outcomes if outcome.record is not None]
        written = {output: sha for outputs in made for output, sha in outputs.items()}
        if self._lock_path.is_file():
            written[self._lock_path.name] = fingerprint(self._lock_path.read_bytes())
        fingerprints.files.save(
            looked,
            targets=len(report.outcomes) if is_whole and done else None,
            notices=map(str, dict.fromkeys(notices)),
            written=written,
        )

    @property
    def _lock_path(self) -> Path:
        return self.manifest.root / lock_name(self.manifest.file)

    def _page_notices(self) -> Iterator[Problem]:
        yield from map(self.manifest.placed, self.manifest.notices)

    def _lock(self) -> tuple[Lock, tuple[Problem, ...]]:
        try:
            return load_lock(self._lock_path), ()
        except PaperkitError as error:
            # The seals still tell which outputs were edited, so a build without its lock is safe, only not short.
            return Lock(), error.problems

    def _lock_notices(self, lock: Lock, damage: tuple[Problem, ...]) -> Iterator[Problem]:
        """Yield what a build says of the lock it found: that it was damaged, which fetched files are not as fetched."""
        fetches = any(spec.url is not None for spec in self.manifest.data.values())
        again = (
            "restore it, or record again what was fetched: paperkit fetch --update" if fetches else "no output is lost"
        )
        yield from (replace(problem, hint=f"it was written again; {again}") for problem in damage)
        if lock.sources:
            from paperkit.data.fetch import changed

            yield from map(self.manifest.placed, changed(self.manifest.data, self.manifest.root, lock.sources))


def _contents(manifest: Manifest) -> Mapping[Path, str | None]:
    """Return what a manifest was loaded from: its file, and the pages that documents tell of; None for no file."""
    root = manifest.root
    paths = [root / manifest.file, *root.glob(f"*{SUFFIX}")]
    if manifest.paper.document is not None:
        paths.append((root / manifest.paper.document).with_suffix(SUFFIX))
    found: dict[Path, str | None] = {}
    for path in paths:
        try:
            found[path] = fingerprint(path.read_bytes())
        except OSError:
            found[path] = None
    return found


def _known(kind: str, name: str, found: Mapping[str, object]) -> str:
    if name not in found:
        raise ManifestError(Problem(message=f"there is no {kind} '{name}'{did_you_mean(name, found)}"))
    return name


def _room_problems(manifest: Manifest) -> Iterable[Problem]:
    from paperkit import figures, macros, tables
    from paperkit.data import check

    yield from check.problems(manifest.data, manifest.root)
    for float_ in manifest.floats:
        yield from each_problems(float_)
    for table in manifest.tables:
        yield from tables.problems(table, manifest.labels, manifest.venue)
    for figure in manifest.figures:
        yield from figures.problems(figure, manifest.labels, manifest.venue)
        yield from figures.python_problems(figure, manifest.data, manifest.root)
    for macro in manifest.macros:
        yield from macros.problems(macro)


def _by_place(problem: Problem) -> tuple[str, int, int, str]:
    place = problem.place or Place(file="")
    return (place.file, place.line or 0, place.column or 0, problem.message)


__all__ = ["BuildReport", "Paper"]
