"""Other frames: what `join` and `concat` ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from paperkit.data.clauses.context import Context
from paperkit.data.table import Rows
from paperkit.errors import DataError, ManifestPath, PaperkitError, Problem


def loaded(context: Context, wanted: Iterable[tuple[str, ManifestPath]]) -> tuple[Rows, ...]:
    """Return other frames by their names; each comes with the manifest path that names it.

    Raises:
        DataError: some cannot be loaded; the problems of all of them.

    """
    found: list[Rows] = []
    problems: list[Problem] = []
    for name, path in wanted:
        try:
            found.append(context.load(name))
        except PaperkitError as error:
            problems += [problem if problem.path else replace(problem, path=path) for problem in error.problems]
    if problems:
        raise DataError(*dict.fromkeys(problems))
    return tuple(found)
