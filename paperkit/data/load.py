"""Load frames: read their files, start from other frames, apply the clauses, once each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from paperkit.data import dependencies, disguise, inline, python_step, sql_step
from paperkit.data.clauses import apply as clauses
from paperkit.data.clauses.context import Context
from paperkit.data.digest import rows_digest
from paperkit.data.frame import Frame
from paperkit.data.nearly import columns_made, label_notices
from paperkit.data.parts import shortened
from paperkit.data.patterns import Match, find, parse
from paperkit.data.source_file import SourceFile
from paperkit.data.sources import reader_of, unknown_suffix
from paperkit.data.table import Rows, under
from paperkit.errors import DataError, ManifestPath, PaperkitError, Problem
from paperkit.files import relative
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FrameSpec
from paperkit.manifest.reads import Reads, recorded


@dataclass(frozen=True, kw_only=True, slots=True)
class Trace:
    """How a frame came about: the labels and facts that were read, numbers of rows, and the hash of what came out.

    `counts` has the rows after the source and after each clause that changed their number.
    """

    reads: Reads
    counts: Mapping[str, int]
    rows: str = ""


class Frames:
    """The frames of one manifest; each is loaded when it is first asked for, and kept."""

    def __init__(
        self, root: Path, specs: Mapping[str, FrameSpec], labels: Labels, *, manifest: str = "paper.toml"
    ) -> None:
        self._root = root
        self._specs = specs
        self._labels = labels
        self._manifest = manifest
        self._frames: dict[str, Frame] = {}
        self._errors: dict[str, DataError] = {}
        self._traces: dict[str, Trace] = {}
        self._columns_made = frozenset(columns_made(specs))

    def load(self, name: str) -> Frame:
        """Return the frame `[data.NAME]`; a frame that failed fails again, with the same error.

        Raises:
            DataError: there is no such frame, it is made from itself, its files cannot be read, or a clause fails.

        """
        if name in self._errors:
            raise self._errors[name]
        if name not in self._frames:
            try:
                dependencies.all_frames((name,), self._specs, self._root)
                with recorded() as reads:
                    frame, counts = self._frame(name)
                self._frames[name] = frame
                self._traces[name] = Trace(reads=reads, counts=counts)
            except DataError as error:
                self._errors[name] = error
                raise
        return self._frames[name]

    def is_loaded(self, name: str) -> bool:
        """Tell whether the frame is in memory."""
        return name in self._frames

    def traced(self, name: str) -> Trace:
        """Return what the frame `name` was made from besides its files, its row counts, and the hash of its rows.

        Raises:
            DataError: as `load`.

        """
        frame = self.load(name)
        found = self._traces[name]
        if not found.rows:
            found = self._traces[name] = replace(found, rows=rows_digest(frame.data))
        return found

    def adopt(self, other: Frames, names: Iterable[str]) -> None:
        """Keep those of the frames `names` that `other` has loaded: nothing that they are made from has changed."""
        kept = [name for name in names if name in other._traces]
        self._frames |= {name: other._frames[name] for name in kept}
        self._traces |= {name: other._traces[name] for name in kept}

    def trace(self, name: str) -> tuple[tuple[str, Rows], ...]:
        """Return the source and every clause of a frame that it uses, by name, and the rows after each.

        Raises:
            DataError: as `load`.

        """
        self.load(name)
        spec = self._specs[name]
        rows = self._source(name, spec)
        return ((source_of(spec), rows), *clauses.steps(rows, spec, self._context(name)))

    def _context(self, name: str) -> Context:
        return Context(name=name, labels=self._labels, load=lambda other: self.load(other).data, root=self._root)

    def _frame(self, name: str) -> tuple[Frame, Mapping[str, int]]:
        spec = self._specs[name]
        data = rows = self._source(name, spec)
        counts = {source_of(spec): len(rows)}
        for clause, after in clauses.steps(rows, spec, self._context(name)):
            if len(after) != len(data):
                counts[clause] = len(after)
            data = after
        if spec.from_ is None:
            data = data.noticing(*label_notices(name, rows, data, self._labels, self._columns_made))
        return Frame(name=name, data=data, labels=self._labels), counts

    def _source(self, name: str, spec: FrameSpec) -> Rows:
        match source_of(spec):
            case "from":
                return self.load(spec.from_ or "").data
            case "python":
                return python_step.load(spec, self._context(name), self._specs)
            case "sql":
                return sql_step.load(spec, self._context(name), self._specs)
            case "rows":
                return _seen_from(("data", name), lambda: inline.read(spec, self._manifest))
            case "read":
                return _seen_from(("data", name, "read"), lambda: self._read(spec, spec.read or ""), spec.read or "")
            case _:
                hint = 'read = "data/runs.csv"'
                raise DataError(Problem(message="the frame has no source", path=("data", name), hint=hint))

    def _read(self, spec: FrameSpec, pattern: str) -> Rows:
        kinds = parse(pattern).kinds
        matches = find(pattern, self._root, is_fetched=spec.url is not None)
        files = tuple(_source(match, kinds, self._root) for match in matches)
        readers = {reader_of(file.name) for file in files}
        if None in readers:
            unread = [file.name for file in files if reader_of(file.name) is None]
            raise DataError(*(unknown_suffix(name) for name in unread))
        reader = readers.pop()
        if readers or reader is None:
            raise DataError(Problem(message=f"'{pattern}' means files of several kinds", hint="name one suffix"))
        if disguised := disguise.problems(files, spec.options):
            raise DataError(*shortened(disguised))
        return reader.read(files, spec)


def source_of(spec: FrameSpec) -> str:
    """Return the key that says where a frame comes from, or an empty text; with `read`, `sql` asks that database."""
    given = {"from": spec.from_, "read": spec.read, "rows": spec.rows, "sql": spec.sql, "python": spec.python}
    return next((key for key, value in given.items() if value not in (None, ())), "")


def trace(frames: Frames, name: str) -> tuple[tuple[str, Rows], ...]:
    """Return the source and every clause of a frame that it uses, by name, and the rows after each.

    Raises:
        DataError: as `Frames.load`.

    """
    return frames.trace(name)


def _seen_from(path: ManifestPath, read: Callable[[], Rows], pattern: str = "") -> Rows:
    """Return rows whose notices and problems are seen from `path`."""
    try:
        rows = read()
    except PaperkitError as error:
        raise under(error, path) from None
    except OSError as error:
        message = f"'{pattern}' cannot be read: {error.strerror}"
        raise DataError(Problem(message=message, path=path)) from None
    return replace(rows, notices=tuple(notice.under(path) for notice in rows.notices))


def _source(match: Match, kinds: Mapping[str, str], root: Path) -> SourceFile:
    captures = {name: int(text) if kinds[name] == "int" else text for name, text in match.captures.items()}
    return SourceFile(path=match.path, name=relative(match.path, root), captures=captures)
