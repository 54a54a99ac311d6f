"""Clauses: what `[data.NAME]` does to its rows, in one fixed order.

read or from → header, index, values → drop → numeric → where → baseline → derive → check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from paperkit.data import evaluate
from paperkit.data.columns import as_number, not_a_number_hint, with_gaps
from paperkit.data.rows import Array, Rows, Value, kind, missing, objects, plain, under
from paperkit.errors import DataError, ManifestPath, PaperkitError, Problem, did_you_mean
from paperkit.manifest.expression_tree import Compare, Constant, Expression, Items, Name, Node, walk
from paperkit.manifest.expressions import parse, parse_check
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Baseline, FrameSpec, Scalar

MOST_CELLS = 10
MOST_ROWS = 5
MOST_KEYS = 3


def apply(rows: Rows, spec: FrameSpec, labels: Labels, path: ManifestPath) -> Rows:
    """Return `rows` after every clause of `spec`; `path` is the frame's manifest path.

    Raises:
        DataError: a clause names an unknown column, meets a bad cell, or a check does not hold.

    """
    steps: tuple[Callable[[Rows, FrameSpec, Labels, ManifestPath], Rows], ...] = (
        _drop,
        _numeric,
        _where,
        _baseline,
        _derive,
        _check,
    )
    for step in steps:
        rows = step(rows, spec, labels, path)
    return rows


def filtered(
    rows: Rows, text: str, labels: Labels, path: ManifestPath, each: Mapping[str, Scalar] = evaluate.NO_EACH
) -> Rows:
    """Return the rows where the expression `text` holds; none left over, or a text that no row has, is a notice.

    Raises:
        DataError: the expression cannot be read or evaluated.

    """
    try:
        expression = parse(text)
        mask = evaluate.mask(expression, evaluate.scope_of(rows, labels, each))
    except PaperkitError as error:
        raise under(error, path) from None
    left = rows.at(mask)
    notices = [problem.under(path) for problem in _strangers(expression, rows)] if len(rows) else []
    if len(rows) and not len(left):
        notices.append(Problem(message=f"no row is left of {len(rows)}", path=path))
    return left.noticing(*notices)


def _strangers(expression: Expression, rows: Rows) -> Iterator[Problem]:
    """Yield a notice for every text that a column is compared with, but that none of its rows has.

    Excluding such a text is worth a notice only if it looks misspelt: it may be gone already.
    """
    for node in walk(expression.tree):
        if not isinstance(node, Compare):
            continue
        for operator, left, right in zip(node.operators, node.operands, node.operands[1:], strict=False):
            if not isinstance(left, Name) or left.name not in rows.columns:
                continue
            known = {value for value in rows.columns[left.name].tolist() if isinstance(value, str)}
            for text in _texts(right):
                close = did_you_mean(text, known)
                if text not in known and (operator in ("==", "in") or (close and operator in ("!=", "not in"))):
                    yield Problem(message=f"no row has {left.name} '{text}'{close}")


def _texts(node: Node) -> tuple[str, ...]:
    match node:
        case Items():
            return tuple(value for value in node.values if isinstance(value, str))
        case Constant(value=str() as text):
            return (text,)
        case _:
            return ()


def _drop(rows: Rows, spec: FrameSpec, labels: Labels, path: ManifestPath) -> Rows:
    import numpy as np

    _ = labels
    unknown = [
        replace(evaluate.unknown_column(name, tuple(rows.columns)), path=(*path, "drop", name))
        for name in spec.drop
        if name not in rows.columns
    ]
    if unknown:
        raise DataError(*unknown)
    notices = []
    for name, values in spec.drop.items():
        cells = [_name(cell) for cell in plain(rows.columns[name])]
        known = {cell for cell in cells if cell is not None}
        for value in values:
            if _name(value) not in known and str(value) not in rows.ignored:
                message = f"no row has {name} '{value}'{did_you_mean(str(value), known)}"
                notices.append(Problem(message=message, path=(*path, "drop", name)))
        unwanted = {_name(value) for value in values}
        rows = rows.at(np.array([cell not in unwanted for cell in cells], dtype=bool))
    return rows.noticing(*notices)


def _name(value: Value) -> str | None:
    """Return the text by which `drop` knows a value: 55 and 55.0 are the same."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else None if value is None else str(value)


def _numeric(rows: Rows, spec: FrameSpec, labels: Labels, path: ManifestPath) -> Rows:
    _ = labels
    where = (*path, "numeric")
    problems: list[Problem] = []
    columns = dict(rows.columns)
    for name in spec.numeric:
        if name not in columns:
            problems.append(replace(evaluate.unknown_column(name, tuple(columns)), path=where))
            continue
        values = [_as_number(value, spec.options) for value in plain(columns[name])]
        gone = missing(columns[name])
        bad = [i for i, value in enumerate(values) if value is None and not gone[i]]
        problems += _bad_cells(rows, name, bad, where)
        columns[name] = columns[name] if kind(columns[name]) == "number" else with_gaps(values)
    if problems:
        raise DataError(*problems)
    return replace(rows, columns=columns)


def _as_number(value: Any, options: Mapping[str, Any]) -> int | float | None:
    if isinstance(value, (int, float)):
        return value + 0
    if not isinstance(value, str):
        return None
    return as_number(value, decimal=options.get("decimal"), thousands=options.get("thousands"))


def _bad_cells(rows: Rows, name: str, bad: list[int], path: ManifestPath) -> Iterator[Problem]:
    """Yield one problem per text that is no number, and where it stands."""
    alike: dict[str, list[int]] = {}
    for row in bad:
        alike.setdefault(str(rows.columns[name][row]), []).append(row)
    for cell, positions in list(alike.items())[:MOST_CELLS]:
        place = rows.place(positions[0], name)
        spots = rows.spots(positions, name)
        count = f", in {len(positions)} cells" if len(positions) > 1 else ""
        where = f" (column '{name}', {spots})" if place.line is None else f" ({spots})" if count else ""
        message = f"'{cell}' is not a number{count}{where}"
        yield Problem(message=message, path=path, place=place, hint=not_a_number_hint(cell))
    more = sum(map(len, list(alike.values())[MOST_CELLS:]))
    if more:
        yield Problem(message=f"… and {more} more", path=path)


def _where(rows: Rows, spec: FrameSpec, labels: Labels, path: ManifestPath) -> Rows:
    return rows if spec.where is None else filtered(rows, spec.where, labels, (*path, "where"))


def _baseline(rows: Rows, spec: FrameSpec, labels: Labels, path: ManifestPath) -> Rows:
    """Add `baseline.X` for every column X that is not in `on`; those of a frame before are replaced."""
    import numpy as np

    baseline = spec.baseline
    if baseline is None:
        return rows
    at = (*path, "baseline")
    columns = {name: array for name, array in rows.columns.items() if not name.startswith("baseline.")}
    rows = replace(rows, columns=columns)
    unknown = [evaluate.unknown_column(name, tuple(columns)) for name in baseline.on if name not in columns]
    if unknown:
        raise DataError(*(problem.under((*at, "on")) for problem in unknown))
    others = filtered(rows, baseline.where, labels, (*at, "where"))
    strangers = tuple(_strangers(parse(baseline.where), rows))
    if not len(others) and len(rows):
        hint = "; ".join(problem.message for problem in strangers) or None
        raise DataError(Problem(message="no row is a baseline", path=(*at, "where"), hint=hint))
    rows = rows.noticing(*(problem.under((*at, "where")) for problem in strangers if len(rows)))
    partners = _partners(rows, others, baseline, at)
    found = np.array([-1 if partner is None else partner for partner in partners], dtype=np.int64)
    added = {f"baseline.{name}": _picked(others.columns[name], found) for name in columns if name not in baseline.on}
    return replace(rows, columns=columns | added)


def _partners(rows: Rows, others: Rows, baseline: Baseline, path: ManifestPath) -> list[int | None]:
    """Return, per row, the position of its baseline row among `others`."""
    positions: dict[tuple[Value, ...], int] = {}
    for position, key in enumerate(_keys(others, baseline.on)):
        if key in positions and None not in key:
            message = f"two rows are the baseline of {_shown(baseline.on, key)}"
            hint = f"they stand in {others.spots((positions[key], position))}: narrow where down, or add a column to on"
            raise DataError(Problem(message=message, path=path, hint=hint))
        positions[key] = position
    keys = _keys(rows, baseline.on)
    lonely = list(dict.fromkeys(key for key in keys if None in key or key not in positions))
    if lonely and baseline.unmatched == "error":
        count = sum(None in key or key not in positions for key in keys)
        shown = "; ".join(_shown(baseline.on, key) for key in lonely[:MOST_KEYS])
        more = f"; and {len(lonely) - MOST_KEYS} more" if len(lonely) > MOST_KEYS else ""
        message = f"{count} {'row has' if count == 1 else 'rows have'} no baseline: {shown}{more}"
        raise DataError(Problem(message=message, path=path, hint='unmatched = "null" leaves such values missing'))
    return [None if None in key else positions.get(key) for key in keys]


def _keys(rows: Rows, on: tuple[str, ...]) -> list[tuple[Value, ...]]:
    return list(zip(*(plain(rows.columns[name]) for name in on), strict=True))


def _shown(names: tuple[str, ...], values: tuple[Value, ...]) -> str:
    pairs = zip(names, values, strict=True)
    return ", ".join(f"{name} {'missing' if value is None else repr(value)}" for name, value in pairs)


def _picked(array: Array, positions: Array) -> Array:
    """Return `array` at `positions`, missing at -1."""
    import numpy as np

    lonely = positions < 0
    if not lonely.any():
        return array[positions]
    if array.dtype.kind == "f":
        padded = np.append(array, np.nan)
        return padded[positions]
    values = plain(array)
    return objects([None if position < 0 else values[position] for position in positions.tolist()])


def _derive(rows: Rows, spec: FrameSpec, labels: Labels, path: ManifestPath) -> Rows:
    for name, text in spec.derive.items():
        try:
            derived = evaluate.column(parse(text), evaluate.scope_of(rows, labels))
        except PaperkitError as error:
            raise under(error, (*path, "derive", name)) from None
        origins = rows.origins
        fields = {column: field for column, field in origins.fields.items() if column != name}
        melted = None if origins.melted == name else origins.melted
        rows = replace(
            rows,
            columns={**rows.columns, name: derived},
            origins=replace(origins, fields=fields, melted=melted),
        )
    return rows


def _check(rows: Rows, spec: FrameSpec, labels: Labels, path: ManifestPath) -> Rows:
    problems: list[Problem] = []
    for number, text in enumerate(spec.check):
        at = (*path, "check", number)
        try:
            expression = parse_check(text)
            found = evaluate.condition(expression, evaluate.scope_of(rows, labels))
        except PaperkitError as error:
            problems += under(error, at).problems
            continue
        if not found.all():
            problems.append(_failed(rows, expression, ~found, labels, at))
    if problems:
        raise DataError(*problems)
    return rows


def _failed(rows: Rows, expression: Expression, bad: Array, labels: Labels, path: ManifestPath) -> Problem:
    import numpy as np

    scope = evaluate.scope_of(rows, labels)
    summaries = ", ".join(f"{name}(…) is {value}" for name, value in evaluate.summaries(expression, scope))
    if len(bad) == 1 and len(rows) != 1:
        return Problem(message=f"'{expression.text}' does not hold", path=path, hint=summaries or None)
    positions = np.flatnonzero(bad)
    names = [name for name in expression.columns if name in rows.columns]
    alike: dict[Any, list[int]] = {}
    cells = zip(*(plain(rows.columns[name][positions]) for name in names), strict=True) if names else ((),) * len(bad)
    for position, values in zip(positions.tolist(), cells, strict=False):
        # Rows with a line each have a place each; those without are told apart by what they hold.
        key = (_shown(tuple(names), values), None if rows.place(position).line is None else position)
        alike.setdefault(key, []).append(position)
    lines = [f"{rows.spots(spots)}: {text}" for (text, _), spots in list(alike.items())[:MOST_ROWS]]
    left = sum(map(len, list(alike.values())[MOST_ROWS:]))
    more = [f"… and {left} more"] if left else []
    count = f"{len(positions)} of {len(rows)} rows"
    shown = "\n    ".join([*([summaries] if summaries else []), *lines, *more])
    return Problem(message=f"'{expression.text}' does not hold for {count}", path=path, hint=shown)
