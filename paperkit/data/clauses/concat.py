"""concat: the rows of other frames behind these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from paperkit.data.clauses.context import Context
from paperkit.data.clauses.others import loaded
from paperkit.data.gather import held, stacked
from paperkit.data.orders import common
from paperkit.data.table import PLURALS, Kind, Locate, Rows
from paperkit.errors import DataError, ManifestPath, Place, Problem, did_you_mean
from paperkit.manifest.model import FrameSpec


def apply(rows: Rows, spec: FrameSpec, context: Context) -> Rows:
    """Return the rows of this frame, then those of each other frame; their columns may stand in any order.

    Every row keeps its place. Numbers are whole where they are in all frames; a column without any value agrees with
    every other.

    Raises:
        DataError: a frame cannot be loaded, lacks a column, has one too many, or holds another kind of values in one.

    """
    import pandas as pd

    if not spec.concat:
        return rows
    at = [(*context.path, "concat", number) for number in range(len(spec.concat))]
    others = loaded(context, zip(spec.concat, at, strict=True))
    named = list(zip(("", *spec.concat), (rows, *others), ((), *at), strict=True))
    problems: list[Problem] = []
    for name, other, path in named[1:]:
        problems += _columns(rows, other, name, path)
    for column in rows.columns:
        problems += _kinds(column, named)
    if problems:
        raise DataError(*problems)
    parts = (rows, *others)
    table = pd.DataFrame({name: stacked([part.table[name] for part in parts]) for name in rows.columns})
    notices = [notice for other in others for notice in other.notices]
    orders = {name: common(part.orders.get(name, ()) for part in parts if len(part)) for name in rows.columns}
    return replace(rows, table=table, locate=_locator(parts), orders=orders).noticing(*notices)


def _columns(rows: Rows, other: Rows, name: str, path: ManifestPath) -> list[Problem]:
    """Return a problem per column that only one of two frames has; a misspelt one counts once."""
    extra = [column for column in other.columns if column not in rows.columns]
    problems = []
    for column in rows.columns:
        if column not in other.columns:
            close = did_you_mean(column, extra)
            extra = [known for known in extra if not close.endswith(f"'{known}'?")]
            hint = f"[data.{name}] can add it with derive or name it with rename"
            problems.append(Problem(message=f"'{name}' has no column '{column}'{close}", path=path, hint=hint))
    hint = "every frame of concat must have the same columns"
    return problems + [
        Problem(message=f"'{name}' has a column '{column}', which this frame has not", path=path, hint=hint)
        for column in extra
    ]


def _kinds(column: str, named: Sequence[tuple[str, Rows, ManifestPath]]) -> list[Problem]:
    """Return a problem per frame that holds something else in a column than the first that has values in it."""
    first: tuple[str, Kind] | None = None
    problems = []
    for name, rows, path in named:
        holds = held(rows.table[column]) if column in rows.columns else "missing"
        if holds == "missing":
            continue
        if first is None:
            first = (f"'{name}'" if name else "this frame", holds)
        elif holds != first[1]:
            message = f"column '{column}' holds {PLURALS[holds]} in '{name}', but {PLURALS[first[1]]} in {first[0]}"
            hint = f'numeric = ["{column}"] or text = ["{column}"] where it is read makes them alike'
            problems.append(Problem(message=message, path=path, hint=hint))
    return problems


def _locator(parts: Sequence[Rows]) -> Locate:
    import numpy as np

    ids = [part.table.index.to_numpy() for part in parts]
    locates = [part.locate for part in parts]
    ends = np.cumsum([len(found) for found in ids])

    def locate(row: int, column: str | None) -> Place | None:
        part = int(np.searchsorted(ends, row, side="right"))
        start = int(ends[part - 1]) if part else 0
        return locates[part](int(ids[part][row - start]), column)

    return locate
