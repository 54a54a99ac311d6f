"""Printer: turns texts into TeX, and gathers what cannot be printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from paperkit.errors import AssetError, ManifestPath, PaperkitError, Place, Problem
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Scalar
from paperkit.tables.grid import Records
from paperkit.tables.model import ColumnLabel
from paperkit.tex.text import Tex, escape, lines, markup


class Printer:
    """Turns texts into TeX for one font encoding, and gathers what cannot be printed, with its place."""

    def __init__(self, path: ManifestPath, frame: Records, encoding: str) -> None:
        self.path = path
        self.encoding = encoding
        self._frame = frame
        self._problems: dict[Problem, None] = {}

    def manifest(self, text: str, path: ManifestPath) -> Tex:
        """Return a text that the manifest gives at `path`, in which `$…$` is maths."""
        return self._under(partial(markup, text, encoding=self.encoding), path)

    def foreign(self, text: str, path: ManifestPath) -> Tex:
        """Return a text of another frame, which the manifest asks for at `path`, as plain text."""
        return self._under(partial(escape, text, encoding=self.encoding), path)

    def _under(self, make: Callable[[], Tex], path: ManifestPath) -> Tex:
        try:
            return make()
        except PaperkitError as error:
            self._problems.update(dict.fromkeys(problem.under(path) for problem in error.problems))
            return Tex("")

    def label(self, text: str, path: ManifestPath) -> ColumnLabel:
        """Return a label whose text the manifest gives at `path`; its lines are those of the text."""
        return ColumnLabel(lines=tuple(self.manifest(line, path) for line in lines(text)), plain=text)

    def data(self, make: Callable[[], Tex], column: str, record: Mapping[str, Scalar]) -> Tex:
        """Return what `make` returns for a value of `column`; `record` tells which value that is in a problem."""
        try:
            return make()
        except PaperkitError as error:
            named = ", ".join(f"{name} {value!r}" for name, value in record.items())
            place = self._place(column, record)
            for problem in error.problems:
                found = Problem(message=f"{named}: {problem.message}", path=self.path, place=place, hint=problem.hint)
                self._problems[found] = None
            return Tex("")

    def escape(self, text: str) -> Tex:
        """Return a plain text as TeX, or raise UnprintableError."""
        return escape(text, encoding=self.encoding)

    def add(self, problem: Problem) -> None:
        """Gather a problem that was found elsewhere."""
        self._problems[problem] = None

    def finish(self) -> None:
        """Raise an AssetError with every problem met."""
        if self._problems:
            raise AssetError(*sorted(self._problems, key=_by_place))

    def _place(self, column: str, record: Mapping[str, Scalar]) -> Place | None:
        known = {name: value for name, value in record.items() if name in self._frame.columns}
        values = tuple(known.values())
        rows = self._frame.rows(*known)
        return next((self._frame.origin(index, column) for index, row in enumerate(rows) if row == values), None)


def _by_place(problem: Problem) -> tuple[str, int, int]:
    place = problem.place or Place(file="")
    return (place.file, place.line or 0, place.column or 0)


def value_label(reference: str, value: Scalar, labels: Labels, printer: Printer) -> ColumnLabel:
    """Return the label of one value: the manifest's text with maths if it gives one, else the value itself."""
    column, _, attribute = reference.partition(".")
    plain = labels.text(reference, value)
    label = labels.columns.get(column, {}).get(str(value))
    if attribute or (label is not None and label.label is not None):
        return printer.label(plain, ("labels", column, str(value), attribute or "label"))
    own = {column: value}
    return ColumnLabel(
        lines=tuple(printer.data(partial(printer.escape, line), column, own) for line in lines(plain)), plain=plain
    )
