"""check: what must hold of the rows; a check that does not hold names the rows or groups."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from paperkit.data import evaluate, keys
from paperkit.data.clauses.context import Context
from paperkit.data.keys import shown
from paperkit.data.table import Rows, plain, under, unknown_columns
from paperkit.data.vectors import Mask
from paperkit.errors import DataError, ManifestPath, PaperkitError, Problem
from paperkit.manifest.expression_tree import Call, Expression
from paperkit.manifest.expressions import parse_check, split_per
from paperkit.manifest.model import FrameSpec

MOST_ROWS = 5
MOST_GROUPS = 5


def apply(rows: Rows, spec: FrameSpec, context: Context) -> Rows:
    """Return the rows as they are, if every check holds.

    Raises:
        DataError: a check does not hold, or cannot be evaluated; the problems of all checks.

    """
    problems: list[Problem] = []
    for number, text in enumerate(spec.check):
        at = (*context.path, "check", number)
        try:
            problems += _problems(rows, text, context, at)
        except PaperkitError as error:
            problems += under(error, at).problems
    if problems:
        raise DataError(*problems)
    return rows


def _problems(rows: Rows, text: str, context: Context, path: ManifestPath) -> Iterator[Problem]:
    bare, by = split_per(text)
    expression = parse_check(bare)
    scope = evaluate.scope_of(rows, context.labels, name=context.name)
    if by:
        yield from _grouped(expression, by, text, scope, path)
        return
    found = evaluate.condition(expression, scope)
    if not found.all():
        yield _failed(expression, ~found, scope, path)


def _failed(expression: Expression, bad: Mask, scope: evaluate.Scope, path: ManifestPath) -> Problem:
    import numpy as np

    rows = scope.rows
    if isinstance(expression.tree, Call) and expression.tree.function == "complete":
        return Problem(message=f"'{expression.text}' does not hold", path=path, hint=_absent(expression.tree, scope))
    summaries = _summaries(expression, scope)
    if len(bad) == 1 and len(rows) != 1:
        return Problem(message=f"'{expression.text}' does not hold", path=path, hint=summaries or None)
    positions = np.flatnonzero(bad)
    names = tuple(name for name in expression.columns if name in rows.columns)
    alike: dict[Any, list[int]] = {}
    cells = zip(*(plain(rows.table[name].iloc[positions]) for name in names), strict=True) if names else None
    for position, values in zip(positions.tolist(), cells or ((),) * len(positions), strict=True):
        # Rows with a line each have a place each; those without are told apart by what they hold.
        place = rows.place(position)
        key = (shown(names, values), None if place is None or place.line is None else position)
        alike.setdefault(key, []).append(position)
    lines = [f"{rows.spots(spots)}: {text}" for (text, _), spots in list(alike.items())[:MOST_ROWS]]
    left = sum(map(len, list(alike.values())[MOST_ROWS:]))
    more = [f"… and {left} more"] if left else []
    count = f"{len(positions)} of {len(rows)} rows"
    text = "\n    ".join([*([summaries] if summaries else []), *lines, *more])
    return Problem(message=f"'{expression.text}' does not hold for {count}", path=path, hint=text)


def _summaries(expression: Expression, scope: evaluate.Scope) -> str:
    return ", ".join(f"{name}(…) is {value}" for name, value in evaluate.summaries(expression, scope))


def _absent(call: Call, scope: evaluate.Scope) -> str:
    gaps = evaluate.missing_combinations(call, scope)
    names = [getattr(node, "name", None) for node in call.arguments]
    shown_ones = [
        ", ".join(f"{name} {value!r}" if name else repr(value) for name, value in zip(names, values, strict=True))
        for values in gaps.first
    ]
    more = [f"… and {gaps.count - len(gaps.first)} more"] if gaps.count > len(gaps.first) else []
    return "\n    ".join([f"no row has {text}" for text in shown_ones] + more)


def _grouped(
    expression: Expression, by: tuple[str, ...], text: str, scope: evaluate.Scope, path: ManifestPath
) -> Iterator[Problem]:
    """Yield a problem that names the groups of rows, alike in the columns `by`, of which a check does not hold."""
    import numpy as np

    unknown = unknown_columns(by, scope.rows, ())
    if unknown:
        raise DataError(*unknown)
    evaluate.check_names(expression, scope)
    codes = keys.codes([scope.rows.table[name] for name in by], missing=True)
    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], np.arange(int(codes.max(initial=-1)) + 2))
    failed: list[str] = []
    for start, end in itertools.pairwise(ends):
        inner = scope.group(order[start:end])
        values = tuple(plain(scope.rows.table[name].iloc[[order[start]]])[0] for name in by)
        try:
            found = evaluate.condition(expression, inner)
            summaries = "" if found.all() else _summaries(expression, inner)
        except DataError as error:
            hint = f"in the group {shown(by, values)}"
            raise DataError(
                *(Problem(message=p.message, place=p.place, hint=p.hint or hint) for p in error.problems)
            ) from None
        if not found.all():
            failed.append(shown(by, values) + (f": {summaries}" if summaries else ""))
    if failed:
        count = f"{len(failed)} of {len(ends) - 1} groups"
        more = [f"… and {len(failed) - MOST_GROUPS} more"] if len(failed) > MOST_GROUPS else []
        hint = "\n    ".join([*failed[:MOST_GROUPS], *more])
        yield Problem(message=f"'{text}' does not hold for {count}", path=path, hint=hint)
