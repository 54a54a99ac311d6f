"""sort: the rows in the order of some columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from paperkit.data.clauses.context import Context
from paperkit.data.keys import unusable
from paperkit.data.orders import arranged
from paperkit.data.patterns import natural
from paperkit.data.table import Rows, Value, kind
from paperkit.errors import DataError, ManifestPath, PaperkitError, Problem
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FrameSpec, Scalar

if TYPE_CHECKING:
    from paperkit.data.gather import Positions

MOST_PROBLEMS = 5
_DIRECTION = re.compile(r"(.+?)\s+(asc|desc)(?:ending)?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """One entry of `sort`: a column, or an attribute of its labels, and which end comes first."""

    text: str
    column: str
    attribute: str | None
    descending: bool


def apply(rows: Rows, spec: FrameSpec, context: Context) -> Rows:
    """Return the rows in the order of several keys, the first one first; rows that agree in all keep their order.

    A column of which every value is labelled goes by the labels' order, an ordered categorical by its own, other text
    naturally and small and capital letters alike, numbers by value, false before true; `column.attribute` goes by the
    attributes of its labels.
    Missing values are last, in descending order too.

    Raises:
        DataError: there is no such column or attribute, or its values cannot be compared.

    """
    import numpy as np

    if not spec.sort:
        return rows
    path = (*context.path, "sort")
    parsed = [_key(text, rows) for text in spec.sort]
    worded = {text: problem.under(path) for text in spec.sort if (problem := _worded(text, rows)) is not None}
    problems = [*worded.values(), *unusable((key.column for key in parsed if key.text not in worded), rows, path)]
    ranks: list[Positions] = []
    for key in parsed if not problems else ():
        try:
            ranks.append(_ranks(rows, key, context.labels, path))
        except PaperkitError as error:
            problems += error.problems
    if problems:
        raise DataError(*problems)
    order = np.lexsort(ranks[::-1])  # stable, and its last key is the first one
    return rows.holding(rows.table.iloc[order])


def _worded(text: str, rows: Rows) -> Problem | None:
    """Return the problem of a column with a direction in SQL's words behind it."""
    found = _DIRECTION.fullmatch(text)
    if found is None or text in rows.columns or found[1] not in rows.columns:
        return None
    sign = "-" if found[2].lower() == "desc" else ""
    return Problem(message=f"unknown column '{text}'", hint=f'write "{sign}{found[1]}"; a minus turns the order')


def _key(text: str, rows: Rows) -> Key:
    descending = text.startswith("-") and text not in rows.columns
    name = text[1:] if descending else text
    column, dot, attribute = name.partition(".")
    if name not in rows.columns and dot and column in rows.columns:
        return Key(text=text, column=column, attribute=attribute, descending=descending)
    return Key(text=text, column=name, attribute=None, descending=descending)


def _ranks(rows: Rows, key: Key, labels: Labels, path: ManifestPath) -> Positions:
    """Return one whole number per row that sorts as the key does; missing values have the largest."""
    import numpy as np
    import pandas as pd

    codes, uniques = pd.factorize(rows.table[key.column])
    has_order = key.attribute is not None or key.column in labels.columns or rows.orders.get(key.column)
    if not has_order and kind(rows.table[key.column]) == "number":
        found: Positions = np.empty(len(uniques), dtype=np.intp)
        found[np.argsort(np.asarray(uniques))] = np.arange(len(uniques))
    else:
        found = _places(uniques.tolist(), key, labels, rows.orders.get(key.column, ()), path)
    return np.append(-found if key.descending else found, len(found) + 1)[codes]


def _places(
    distinct: Sequence[Scalar], key: Key, labels: Labels, order: Sequence[Value], path: ManifestPath
) -> Positions:
    """Return the place of each of the distinct values in their order; those with the same attribute share one."""
    import numpy as np

    values = distinct if key.attribute is None else _attributes(distinct, key, key.attribute, labels, path)
    texts = {value for value in values if isinstance(value, str)}
    ordered: Sequence[Scalar]
    if texts:
        ordered = [*sorted(texts, key=natural)]
    else:
        ordered = sorted(value for value in set(values) if not isinstance(value, str))
    if key.attribute is None:
        ordered = labels.order(key.column, arranged(ordered, order))
    places = {value: place for place, value in enumerate(ordered)}
    return np.array([places[value] for value in values], dtype=np.intp)


def _attributes(
    distinct: Sequence[Scalar], key: Key, attribute: str, labels: Labels, path: ManifestPath
) -> tuple[Scalar, ...]:
    if attribute == "label":
        return tuple(labels.text(key.column, value) for value in distinct)
    found: list[Scalar] = []
    problems: dict[Problem, None] = {}
    for value in distinct:
        try:
            found.append(labels.attribute(key.column, value, attribute))
        except PaperkitError as error:
            problems |= dict.fromkeys(replace(problem, hint=f"'{key.text}' sorts by it") for problem in error.problems)
    if len(problems) > MOST_PROBLEMS:
        more = Problem(message=f"… and {len(problems) - MOST_PROBLEMS} more", path=path)
        raise DataError(*tuple(problems)[:MOST_PROBLEMS], more)
    if len({isinstance(value, str) for value in found}) > 1:
        message = f"attribute '{attribute}' of '{key.column}' is text for some values and a number for others"
        problems[Problem(message=message, path=path)] = None
    if problems:
        raise DataError(*problems)
    return tuple(found)
