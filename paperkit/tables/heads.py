"""Heads and stubs: the printed labels of rows, columns and spanners."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from paperkit.errors import AssetError, ManifestPath, PaperkitError, Problem
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Scalar
from paperkit.tables.grid import Grid, column_of
from paperkit.tables.model import ColumnLabel
from paperkit.tex.text import Tex, escape, lines, markup


class Printer:
    """Turns texts into TeX for one font encoding, and gathers what cannot be printed."""

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding
        self._problems: dict[Problem, None] = {}

    def data(self, text: str, where: str) -> Tex:
        """Return a text of the data, escaped; `where` says in a problem which cell or head it is."""
        return self._printed(lambda: escape(text, encoding=self.encoding), where)

    def manifest(self, text: str, where: str) -> Tex:
        """Return a text of the manifest, in which `$…$` is maths."""
        return self._printed(lambda: markup(text, encoding=self.encoding), where)

    def note(self, error: PaperkitError, where: str) -> None:
        """Keep the problems of `error`, said to be at `where`."""
        for problem in error.problems:
            self._problems[Problem(message=f"{where}: {problem.message}", hint=problem.hint)] = None

    def finish(self, path: ManifestPath) -> None:
        """Raise an AssetError with every problem met, seen from the manifest path of the table."""
        if self._problems:
            raise AssetError(*(problem.under(path) for problem in self._problems))

    def _printed(self, make: Callable[[], Tex], where: str) -> Tex:
        try:
            return make()
        except PaperkitError as error:
            self.note(error, where)
            return Tex("")


def value_label(reference: str, value: Scalar, labels: Labels, printer: Printer, where: str) -> ColumnLabel:
    """Return the label of one value: the manifest's text with maths if it gives one, else the value itself."""
    column, _, attribute = reference.partition(".")
    plain = labels.text(reference, value)
    is_own = bool(attribute) or str(value) in labels.attribute_map(column, "label")
    make = printer.manifest if is_own else printer.data
    return ColumnLabel(lines=tuple(make(line, where) for line in lines(plain)), plain=plain)


def head_levels(grid: Grid, labels: Labels, printer: Printer) -> tuple[tuple[ColumnLabel, ...], ...]:
    """Return the levels of column labels, outermost first; neighbours under one spanner share it."""
    innermost = len(grid.column_references) - 1
    return tuple(
        _level(grid, level, labels, printer, merge=level < innermost) for level in range(len(grid.column_references))
    )


def _level(grid: Grid, level: int, labels: Labels, printer: Printer, *, merge: bool) -> tuple[ColumnLabel, ...]:
    reference = grid.column_references[level]
    # A spanner ends where its own value or that of a spanner above it changes.
    prefixes = [key[: level + 1] for key in grid.column_keys]
    runs = [(key, len(list(run))) for key, run in groupby(prefixes)] if merge else [(key, 1) for key in prefixes]
    found = []
    for key, span in runs:
        label = value_label(reference, key[-1], labels, printer, f"{column_of(reference)} {key[-1]!r}")
        found.append(ColumnLabel(lines=label.lines, plain=label.plain, span=span))
    return tuple(found)
