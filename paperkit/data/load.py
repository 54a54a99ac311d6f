"""Load frames: read their files, start from other frames, apply the clauses, once each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from paperkit.data import dependencies
from paperkit.data.clauses import apply as clauses
from paperkit.data.clauses.context import Context
from paperkit.data.frame import Frame
from paperkit.data.nearly import label_notices
from paperkit.data.patterns import Match, find, parse
from paperkit.data.sources import SourceFile, reader_of, unknown_suffix
from paperkit.data.table import Rows, under
from paperkit.errors import DataError, PaperkitError, Problem
from paperkit.files import relative
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FrameSpec

SOURCES = ("read", "from", "rows", "sql", "python")


class Frames:
    """The frames of one manifest; each is loaded when it is first asked for, and kept."""

    def __init__(self, root: Path, specs: Mapping[str, FrameSpec], labels: Labels) -> None:
        self._root = root
        self._specs = specs
        self._labels = labels
        self._frames: dict[str, Frame] = {}
        self._errors: dict[str, DataError] = {}

    def load(self, name: str) -> Frame:
        """Return the frame `[data.NAME]`; a frame that failed fails again, with the same error.

        Raises:
            DataError: there is no such frame, its files cannot be read, or a clause fails.

        """
        for link in dependencies.all_frames((name,), self._specs, self._root):
            if link in self._errors:
                raise self._errors[link]
            if link not in self._frames:
                try:
                    self._frames[link] = self._frame(link)
                except DataError as error:
                    self._errors[link] = error
                    raise
        return self._frames[name]

    def trace(self, name: str) -> tuple[tuple[str, Rows], ...]:
        """Return the source and every clause of a frame that it uses, and the rows after each.

        Raises:
            DataError: as `load`.

        """
        self.load(name)
        spec = self._specs[name]
        source = next(key for key in SOURCES if getattr(spec, "from_" if key == "from" else key))
        rows = self._source(name, spec)
        return ((source, rows), *clauses.steps(rows, spec, self._context(name)))

    def _context(self, name: str) -> Context:
        return Context(name=name, labels=self._labels, load=lambda other: self.load(other).data, root=self._root)

    def _frame(self, name: str) -> Frame:
        spec = self._specs[name]
        rows = self._source(name, spec)
        data = clauses.apply(rows, spec, self._context(name))
        if spec.from_ is None:
            data = data.noticing(*label_notices(name, rows, data, self._labels, self._specs))
        return Frame(name=name, data=data, labels=self._labels)

    def _source(self, name: str, spec: FrameSpec) -> Rows:
        path = ("data", name)
        if spec.from_ is not None:
            return self._frames[spec.from_].data
        if spec.read is None:
            raise DataError(Problem(message="the frame has no source", path=path, hint='read = "data/runs.csv"'))
        try:
            rows = self._read(spec, spec.read)
        except PaperkitError as error:
            raise under(error, (*path, "read")) from None
        except OSError as error:
            message = f"'{spec.read}' cannot be read: {error.strerror}"
            raise DataError(Problem(message=message, path=(*path, "read"))) from None
        return replace(rows, notices=tuple(notice.under((*path, "read")) for notice in rows.notices))

    def _read(self, spec: FrameSpec, pattern: str) -> Rows:
        kinds = parse(pattern).kinds
        files = tuple(_source(match, kinds, self._root) for match in find(pattern, self._root))
        readers = {reader_of(file.name) for file in files}
        if None in readers:
            unread = [file.name for file in files if reader_of(file.name) is None]
            raise DataError(*(unknown_suffix(name) for name in unread))
        reader = readers.pop()
        if readers or reader is None:
            raise DataError(Problem(message=f"'{pattern}' means files of several kinds", hint="name one suffix"))
        return reader.read(files, spec)


def trace(frames: Frames, name: str) -> tuple[tuple[str, Rows], ...]:
    """Return the source and every clause of a frame that it uses, and the rows after each.

    Raises:
        DataError: as `Frames.load`.

    """
    return frames.trace(name)


def _source(match: Match, kinds: Mapping[str, str], root: Path) -> SourceFile:
    captures = {name: int(text) if kinds[name] == "int" else text for name, text in match.captures.items()}
    return SourceFile(path=match.path, name=relative(match.path, root), captures=captures)
