"""Remarks: what clauses that compute say about their columns, their samples and their results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from paperkit.data import keys
from paperkit.data.evaluate import GUARD
from paperkit.data.table import PLURALS, Rows, kind
from paperkit.data.vectors import Positions
from paperkit.errors import ManifestPath, Problem


def not_numbers(rows: Rows, name: str, clause: str, path: ManifestPath) -> Problem | None:
    """Return the problem of a column that holds no numbers; one that holds nothing has none."""
    holds = kind(rows.table[name])
    if holds in ("number", "missing"):
        return None
    hint = f'numeric = ["{name}"]' if holds == "text" else None
    return Problem(message=f"column '{name}' holds {PLURALS[holds]}, but {clause} needs numbers", path=path, hint=hint)


def taken(names: Iterable[str], results: Iterable[str], path: ManifestPath) -> tuple[Problem, ...]:
    """Return a problem for every name that a column of the result has already."""
    clashes = tuple(name for name in names if name in frozenset(results))
    hint = 'give the column another name: rename = {{ {} = "…" }}'
    return tuple(
        Problem(message=f"'{name}' is a column of the result", path=path, hint=hint.format(name)) for name in clashes
    )


def left_out(count: int, name: str, path: ManifestPath) -> Problem:
    """Return the notice that rows without a value in a column are left out."""
    are = "row has" if count == 1 else "rows have"
    return Problem(message=f"{count} {are} no '{name}' and {'is' if count == 1 else 'are'} left out", path=path)


def infinite_rows(rows: Rows, positions: Positions) -> tuple[Problem, ...]:
    """Return the notice that an expression of finite numbers is infinite in some rows; without rows, none."""
    if not len(positions):
        return ()
    message = f"finite numbers give an infinite one in {len(positions)} of {len(rows)} rows"
    return (Problem(message=message, place=rows.place(int(positions[0])), hint=GUARD),)


def no_p_value(titles: Sequence[str], what: str, path: ManifestPath) -> tuple[Problem, ...]:
    """Return the notice that some tests (or whatever `what` says) have no p-value."""
    if not titles:
        return ()
    shown = keys.listed(titles[: keys.MOST_KEYS], len(titles))
    have = f"1 {what} has" if len(titles) == 1 else f"{len(titles)} {what}s have"
    return (Problem(message=f"{have} no p-value: {shown}", path=path),)
