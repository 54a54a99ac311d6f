"""concat: the rows of other frames behind these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from paperkit.data.clauses.context import Context
from paperkit.data.clauses.others import loaded
from paperkit.data.gather import held, picked, stacked
from paperkit.data.orders import common
from paperkit.data.table import PLURALS, Kind, Locate, Rows
from paperkit.errors import DataError, ManifestPath, Place, Problem, did_you_mean
from paperkit.manifest.model import Concat, FrameSpec

if TYPE_CHECKING:
    import pandas as pd


def apply(rows: Rows, spec: FrameSpec, context: Context) -> Rows:
    """Return the rows of this frame, then those of each other frame; their columns may stand in any order.

    Every row keeps its place. Numbers are whole where they are in all frames; a column without any value agrees with
    every other. With the `columns` of a union, the columns that only other frames have stand behind, as they come.

    Raises:
        DataError: a frame cannot be loaded, the columns are not those that `columns` asks for, or a frame holds
            another kind of values in one.

    """
    import pandas as pd

    concat = spec.concat
    if concat is None or not concat.frames:
        return rows
    at = [(*context.path, "concat", number) for number in range(len(concat.frames))]
    parts = (rows, *loaded(context, zip(concat.frames, at, strict=True)))
    named = list(zip(("", *concat.frames), parts, ((), *at), strict=True))
    names = _names(parts, concat)
    problems = [problem for name, other, path in named[1:] for problem in _columns(rows, other, name, concat, path)]
    problems += [problem for name in names for problem in _kinds(name, named)]
    if not names:
        problems.append(Problem(message="the frames have no column in common", path=(*context.path, "concat")))
    if problems:
        raise DataError(*problems)
    table = pd.DataFrame({name: stacked(_cells(parts, name)) for name in names})
    orders = {name: common(part.orders.get(name, ()) for part in parts if len(part)) for name in names}
    notices = [notice for other in parts[1:] for notice in other.notices]
    return replace(rows, table=table, locate=_locator(parts), orders=orders).noticing(*notices)


def _names(parts: Sequence[Rows], concat: Concat) -> tuple[str, ...]:
    """Return the columns of the result in order."""
    if concat.columns == "equal":
        return parts[0].columns
    every = dict.fromkeys(name for part in parts for name in part.columns)
    if concat.columns == "union":
        return tuple(every)
    return tuple(name for name in every if all(name in part.columns for part in parts))


def _cells(parts: Sequence[Rows], name: str) -> list[pd.Series[Any]]:
    """Return the column of every part, missing cells of its kind where there is none."""
    import numpy as np

    model = next(part.table[name] for part in parts if name in part.columns)
    return [
        part.table[name] if name in part.columns else picked(model, np.full(len(part), -1, dtype=np.intp))
        for part in parts
    ]


def _columns(rows: Rows, other: Rows, name: str, concat: Concat, path: ManifestPath) -> list[Problem]:
    """Return a problem per column that only one of two frames has but must not; a misspelt one counts once."""
    if concat.columns != "equal":
        return []
    extra = [column for column in other.columns if column not in rows.columns]
    frames = ", ".join(f'"{frame}"' for frame in concat.frames)
    option = f'concat = {{ frames = [{frames}], columns = "union" }}'
    problems = []
    for column in rows.columns:
        if column not in other.columns:
            close = did_you_mean(column, extra)
            extra = [known for known in extra if not close.endswith(f"'{known}'?")]
            hint = f"[data.{name}] can add it with derive or name it with rename"
            hint += "" if close else f"; {option} leaves it missing"
            problems.append(Problem(message=f"'{name}' has no column '{column}'{close}", path=path, hint=hint))
    hint = f'{option} keeps it, "intersection" leaves it out'
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
    ends = np.cumsum([len(found) for found in ids])

    def locate(row: int, column: str | None) -> Place | None:
        part = int(np.searchsorted(ends, row, side="right"))
        start = int(ends[part - 1]) if part else 0
        # A row stands where it was read, even if nothing of the column did.
        return parts[part].locate(int(ids[part][row - start]), column if column in parts[part].columns else None)

    return locate
