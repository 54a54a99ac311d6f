"""Nearly: labels that look misspelt, seen from the frame that is read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from paperkit.data import vectors
from paperkit.data.patterns import parse
from paperkit.data.table import Rows
from paperkit.errors import PaperkitError, Problem, did_you_mean
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FrameSpec

_METRICS = "cells"  # [labels.cells] names the columns that a table takes its cells from
_MOST_VALUES = 1_000  # a column with more unlabelled values is no list of names, and slow to compare


def label_notices(name: str, before: Rows, after: Rows, labels: Labels, made: Collection[str]) -> tuple[Problem, ...]:
    """Return a notice for every label that no value of a frame has, where an unlabelled one looks alike.

    `before` and `after` are the rows of frame `name` before and after its clauses: what only these leave out is no
    mistake, and only what is left can be meant. The same goes for columns; those that the manifest makes in any
    frame (`made`) are known. Labels that are simply not used here belong to another frame.
    """
    known = {*before.columns, *after.columns, *made, _METRICS}
    notices: list[Problem] = []
    for column in labels.columns:
        if column in after.columns:
            notices += _values(name, column, tuple(labels.columns[column]), before, after)
        elif column not in known:
            close = did_you_mean(column, [other for other in after.columns if other not in labels.columns])
            if close:
                notices.append(Problem(message=f"'{name}' has no column '{column}'{close}", path=("labels", column)))
    return tuple(notices)


def _values(name: str, column: str, keys: tuple[str, ...], before: Rows, after: Rows) -> Iterator[Problem]:
    left = _texts(after, column)
    if all(key in left for key in keys):
        return
    unlabelled = left.difference(keys)
    if len(unlabelled) > _MOST_VALUES:
        return
    known = left | (_texts(before, column) if before.table is not after.table else set())
    for key in keys:
        close = did_you_mean(key, unlabelled) if key not in known else ""
        if close:
            yield Problem(message=f"no row of '{name}' has {column} '{key}'{close}", path=("labels", column, key))


def _texts(rows: Rows, column: str) -> set[str]:
    if column not in rows.columns:
        return set()
    return {str(value) for value in vectors.distinct(vectors.of_series(rows.table[column]).array)[1]}


def columns_made(specs: Mapping[str, FrameSpec]) -> Iterator[str]:
    """Yield the columns that the manifest itself names: captures, header rows, index, values, derived ones."""
    for spec in specs.values():
        yield from (*spec.header, *spec.derive, *(n for n in (spec.index, spec.values) if n is not None))
        try:
            yield from parse(spec.read).kinds if spec.read is not None else ()
        except PaperkitError:  # a pattern that cannot be read makes no columns; its own frame says so
            continue
