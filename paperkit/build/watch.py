"""Watch a paper: build whenever a file that it is made from is saved, in one warm process."""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from paperkit.build.inputs import Inputs, inputs
from paperkit.build.metrics import metrics_name
from paperkit.build.paper import BuildReport, Paper
from paperkit.build.run import Result
from paperkit.build.warm import WarmPaper, prepare
from paperkit.errors import PaperkitError, Place, Problem
from paperkit.files import fingerprint, relative
from paperkit.manifest.load import lock_name

if TYPE_CHECKING:
    from watchfiles import Change

# In milliseconds. Saves that follow each other within `_STEP` are one, up to `_LONGEST`; a tick is how long to wait for
# one before something is prepared.
_STEP, _LONGEST, _TICK = 20, 500, 100
# What failed is told once nothing was saved for so many ticks: an editor may still be writing.
_PATIENCE = 2
_MOST_RETRIES = 10
# Backups and swap files of editors, and what programs write before they rename it.
_PASSING = re.compile(r"\.|.*~$|#.*#$|4913$|.*\.(?:sw[a-p]|tmp|temp|bak|part|crdownload|pyc|partial)$|.*___jb_\w+___$")
_INSTALL = 'pip install "paperkit-assets[watch]", or start paperkit build after each change'

_WRONG = frozenset({Result.FAILED, Result.CONFLICT, Result.EDITED})

_Changes = set[tuple["Change", str]]
_Signature = tuple[int, int, int] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """One turn of a watch: the files that were changed, what the build did, or what is wrong with the manifest.

    `files` is the number of files that are looked at, `seconds` the time from noticing a change to the build's end.
    """

    changed: tuple[str, ...] = ()
    report: BuildReport | None = None
    problems: tuple[Problem, ...] = ()
    files: int = 0
    seconds: float = 0.0

    @property
    def has_failed(self) -> bool:
        """Tell whether the manifest is wrong or an asset failed."""
        outcomes = () if self.report is None else self.report.outcomes
        return bool(self.problems) or any(outcome.result in (Result.FAILED, Result.CONFLICT) for outcome in outcomes)


def watch(path: Path, selectors: Iterable[str] = (), *, force: bool = False, paranoid: bool = False) -> Iterator[Turn]:
    """Build, and build again whenever something is saved; yield what each turn did, for as long as somebody asks.

    The first turn is yielded at once; `force` is for it alone; with `paranoid` every turn reads every file. What
    changes nothing is no turn: files that nothing is made from, a save without a change, the build's own outputs. An
    output that somebody else changed is one, whose report says so. A manifest that is wrong is told, and waited for.

    Raises:
        PaperkitError: watchfiles is not installed.

    """
    _require()
    yield from _Watch(path, tuple(selectors), paranoid=paranoid).turns(force=force)


def _require() -> None:
    try:
        import watchfiles  # noqa: F401 - only asked for
    except ImportError as error:
        raise PaperkitError(Problem(message="watchfiles is needed to watch files", hint=_INSTALL)) from error


class _Watch:
    """The state between two turns: what is known of the files, and the eyes that look at their folders."""

    def __init__(self, path: Path, selectors: tuple[str, ...], *, paranoid: bool) -> None:
        self._root = path.absolute().parent.resolve()
        self._manifest = self._root / path.name
        self._selectors = selectors
        self._paper = WarmPaper(self._manifest, paranoid=paranoid)
        self._inputs = Inputs(files=frozenset({self._manifest}), folders=frozenset({self._root}))
        self._own: dict[Path, _Signature] = {}
        self._homes: frozenset[Path] = frozenset()
        self._seen: dict[Path, str | None] = {}
        self._eyes = _Eyes({self._root: 0})
        self._last: Turn | None = None

    def turns(self, *, force: bool) -> Iterator[Turn]:
        """Yield the first turn, and then one for each time that something was saved."""
        changed: set[Path] = set()
        while True:
            turn, paper = self._settled(changed, force=force)
            force = False
            if self._is_news(turn, changed):
                yield turn
            self._last, changed = turn, set()
            preparations = iter(()) if paper is None else self._paper.preparations(paper, self._selectors)
            while not changed:
                changed = self._relevant(self._eyes.look())
                piece = None if changed else next(preparations, None)
                if piece is not None:
                    prepare(piece)

    def _settled(self, changed: set[Path], *, force: bool) -> tuple[Turn, Paper | None]:
        """Build until it succeeds or nothing is saved any more; `changed` gets what was saved meanwhile."""
        turn, paper = self._turn(changed, force=force)
        for _ in range(_MOST_RETRIES):
            more = self._more() if turn.has_failed else set()
            if not more:
                break
            changed |= more
            turn, paper = self._turn(changed, force=False)
        return turn, paper

    def _turn(self, changed: set[Path], *, force: bool) -> tuple[Turn, Paper | None]:
        started = time.perf_counter()
        names = tuple(sorted(relative(path, self._root) for path in changed))
        try:
            paper = self._paper.load()
            self._look_at(paper)
            report = self._paper.build(paper, self._selectors, force=force)
        except PaperkitError as error:
            return Turn(changed=names, problems=error.problems, files=len(self._inputs.files)), None
        except OSError as error:
            problem = Problem(message=f"cannot be read: {error.strerror or error}", place=self._place(error))
            return Turn(changed=names, problems=(problem,), files=len(self._inputs.files)), None
        self._sign(paper, report)
        seconds = time.perf_counter() - started
        self._open_eyes()  # the build may have made folders
        return Turn(changed=names, report=report, files=len(self._inputs.files), seconds=seconds), paper

    def _place(self, error: OSError) -> Place | None:
        """Return the file that went away while it was read."""
        name = error.filename
        return Place(file=relative(Path(name), self._root)) if isinstance(name, str) else None

    def _look_at(self, paper: Paper) -> None:
        """Watch the folders that the manifest reads now."""
        self._inputs = inputs(paper.manifest)
        self._seen = {path: content for path, content in self._seen.items() if path in self._inputs.files}
        outputs = [self._root / name for target in paper.targets for name in (*target.outputs, *target.companions)]
        state = [self._root / lock_name(self._manifest.name), self._root / metrics_name(self._manifest.name)]
        self._own = {path: self._own.get(path, _signature(path)) for path in (*outputs, *state)}
        self._homes = frozenset(folder for path in outputs for folder in path.parents if folder != self._root)
        self._open_eyes()

    def _open_eyes(self) -> None:
        """Look at the folders that are there now; one that was made anew is another."""
        folders = {*self._inputs.folders, *(path.parent for path in self._own)}
        known = {folder: signature[2] for folder in folders if (signature := _signature(folder)) is not None}
        if known != self._eyes.folders:
            self._eyes.close()
            self._eyes = _Eyes(known)

    def _sign(self, paper: Paper, report: BuildReport) -> None:
        """Remember the outputs as this build left them, so that its own writing is no change."""
        for outcome in report.outcomes:
            hashes = {} if outcome.record is None else outcome.record.outputs
            for name in outcome.written:
                path = self._root / name
                signature = _signature(path)
                # Somebody may have saved it since: then it is not ours, and another turn says so.
                if signature is not None and fingerprint(path.read_bytes()) == hashes.get(name):
                    self._own[path] = signature
        for name in (lock_name(paper.manifest.file), metrics_name(paper.manifest.file)):
            self._own[self._root / name] = _signature(self._root / name)

    def _relevant(self, changes: _Changes) -> set[Path]:
        """Return the changed files that may change an output, or are one that somebody else changed."""
        found: set[Path] = set()
        for change, name in changes:
            path = Path(name)
            if path in self._own:
                signature = _signature(path)
                if signature != self._own[path]:
                    self._own[path] = signature
                    found.add(path)
            elif path in self._inputs.files:
                content = _content(path)
                if content != self._seen.get(path, ""):
                    self._seen[path] = content
                    found.add(path)
            elif self._may_count(path, is_new=change.name != "modified"):
                found.add(path)
        return found

    def _may_count(self, path: Path, *, is_new: bool) -> bool:
        """Tell whether a file that was not read so far may be from now on."""
        if _PASSING.match(path.name) or path in self._homes:
            return False
        return is_new or self._last is None or self._last.has_failed

    def _more(self) -> set[Path]:
        """Return what is saved while one waits a little."""
        found: set[Path] = set()
        for _ in range(_PATIENCE):
            found |= self._relevant(self._eyes.look())
        return found

    def _is_news(self, turn: Turn, changed: set[Path]) -> bool:
        if self._last is None or changed & self._inputs.files:
            return True
        has_built = turn.report is not None and bool(turn.report.having(Result.BUILT))
        return has_built or _said(turn) != _said(self._last)


def _said(turn: Turn) -> tuple[object, ...]:
    """Return what a turn says that is not merely up to date."""
    outcomes = () if turn.report is None else turn.report.outcomes
    told = [(o.id, o.result, o.problems, o.diff) for o in outcomes if o.result in _WRONG]
    return (turn.problems, *told)


def _signature(path: Path) -> _Signature:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _content(path: Path) -> str | None:
    try:
        return fingerprint(path.read_bytes())
    except OSError:
        return None


class _Eyes:
    """Watch some folders, not those below them; what happens while nobody looks is told by the next look."""

    def __init__(self, folders: Mapping[Path, int]) -> None:
        """Watch `folders`, a folder → its inode."""
        from watchfiles import watch as changes

        self.folders = folders
        self._changes: Generator[_Changes, None, None] = changes(
            *sorted(folders),
            watch_filter=None,
            debounce=_LONGEST,
            step=_STEP,
            rust_timeout=_TICK,
            yield_on_timeout=True,
            recursive=False,
        )
        try:
            self._pending = next(self._changes)
        except OSError as error:
            hint = "raise the system's limit of watched files, or set WATCHFILES_FORCE_POLLING=true"
            raise PaperkitError(Problem(message=f"cannot watch: {error}", hint=hint)) from error

    def look(self) -> _Changes:
        """Return what changed, as soon as something did, or nothing after a while."""
        found, self._pending = self._pending or next(self._changes), set()
        return found

    def close(self) -> None:
        """Stop watching."""
        self._changes.close()


__all__ = ["Turn", "watch"]
