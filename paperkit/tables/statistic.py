"""Statistics: rows below the body whose values come from another frame."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from paperkit.errors import AssetError, ManifestPath, PaperkitError, Problem, did_you_mean
from paperkit.manifest.model import Scalar
from paperkit.manifest.tables import Statistic
from paperkit.tables.grid import CELLS, Grid, Records
from paperkit.tables.looks import Look

_SHOWN = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class StatisticRow:
    """A row of `statistic`: one value for each column of the grid."""

    label: str
    values: tuple[Any, ...]
    look: Look
    path: ManifestPath
    notices: tuple[Problem, ...] = ()


def statistic_row(
    statistic: Statistic, frame: Records, grid: Grid, path: ManifestPath, each: Mapping[str, Scalar]
) -> StatisticRow:
    """Return the row that `statistic` describes; columns that its frame says nothing about are missing, with a notice.

    As with labels, 1 and "1" are the same value.

    Raises:
        AssetError: the frame lacks a column, has several rows for one column of the table, or none for any.
        DataError: its `where` does not fit the frame.

    """
    kept = frame if statistic.where is None else frame.where(statistic.where, each=each, path=(*path, "where"))
    names = [reference.partition(".")[0] for reference in grid.column_references]
    levels = [level for level, name in enumerate(names) if name != CELLS]
    keys = [(names[level], "data") for level in levels]
    wanted = [*(name for name, _ in keys), statistic.value]
    problems = [
        Problem(
            message=f"no column '{name}' in the data '{statistic.data}'{did_you_mean(name, kept.columns)}",
            path=(*path, key),
            hint=f"columns: {', '.join(kept.columns)}",
        )
        for name, key in (*keys, (statistic.value, "value"))
        if name not in kept.columns
    ]
    if problems:
        raise AssetError(*problems)
    found: dict[tuple[str, ...], Any] = {}
    for *key, value in kept.rows(*wanted):
        own = tuple(map(str, key))
        if own in found:
            shown = ", ".join(f"{name} {part!r}" for name, part in zip(wanted, key, strict=False)) or "the table"
            message = f"several rows of the data '{statistic.data}' are for {shown}"
            raise AssetError(Problem(message=message, path=path, hint="add a where that leaves one"))
        found[own] = value
    keys_of_columns = [tuple(str(key[level]) for level in levels) for key in grid.column_keys]
    notices = _unmatched(statistic, keys_of_columns, found, [name for name, _ in keys], path)
    look = Look(format=(statistic.format,) if statistic.format else (), precision=statistic.precision)
    values = tuple(map(found.get, keys_of_columns))
    return StatisticRow(label=statistic.label, values=values, look=look, path=path, notices=notices)


def _unmatched(
    statistic: Statistic,
    wanted: Iterable[tuple[str, ...]],
    found: Collection[tuple[str, ...]],
    names: Sequence[str],
    path: ManifestPath,
) -> tuple[Problem, ...]:
    """Return a notice of the columns of the table that no row of the frame is for.

    Raises:
        AssetError: there is none for any of them.

    """
    distinct = dict.fromkeys(wanted)
    absent = [key for key in distinct if key not in found]
    if not absent:
        return ()
    there = _listed(found, names) if names else ""
    hint = f"it has rows for {there}" if there else "it has no row"
    message = f"no row of the data '{statistic.data}' is for {_listed(absent, names) or 'the table'}"
    problem = Problem(message=message, path=path, hint=hint)
    if len(absent) == len(distinct):
        raise AssetError(problem)
    return (problem,)


def _listed(keys: Collection[tuple[str, ...]], names: Sequence[str]) -> str:
    """Return the first of some keys of columns: `model 'x', 'y' and 2 more`, or `task 'a', model 'x'; …`."""
    first = list(keys)[:_SHOWN]
    if len(names) == 1:
        shown = f"{names[0]} {', '.join(repr(key[0]) for key in first)}" if first else ""
    else:
        shown = "; ".join(
            ", ".join(f"{name} {value!r}" for name, value in zip(names, key, strict=True)) for key in first
        )
    return f"{shown} and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else shown


def statistic_rows(
    statistics_: Sequence[Statistic],
    frames: Mapping[str, Records],
    grid: Grid,
    path: ManifestPath,
    each: Mapping[str, Scalar],
) -> tuple[StatisticRow, ...]:
    """Return the rows of all `statistic` entries of the table at `path`.

    Raises:
        AssetError: every problem of any of them.

    """
    rows: list[StatisticRow] = []
    problems: list[Problem] = []
    for index, entry in enumerate(statistics_):
        try:
            rows.append(statistic_row(entry, frames[entry.data], grid, (*path, "statistic", index), each))
        except PaperkitError as error:
            problems += error.problems
    if problems:
        raise AssetError(*problems)
    return tuple(rows)
