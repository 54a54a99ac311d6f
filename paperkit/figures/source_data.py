"""Source data: what a panel draws, as CSV with every digit."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from paperkit.figures.facts import Fact, shown
from paperkit.manifest.model import Scalar

Cells = Mapping[str, Scalar]

MARK = "mark"
"""The column behind those that say where something is drawn; its numbers follow."""
_POINTS_ALONE = {"n"}


def source_rows(facts: Sequence[Fact]) -> tuple[Cells, ...]:
    """Return the rows of a panel's source data, each with all columns; an empty text where it has nothing.

    The columns are those of the levels, then `mark`, the interval's kind, and the numbers; each point of a curve or a
    cloud is a row of its own.
    """
    places = tuple(dict.fromkeys(name for fact in facts for name in fact.places))
    rows = [row for fact in facts for row in _rows(fact, places)]
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    head = (*places, MARK, *(name for name in ("interval",) if name in columns))
    order = (*head, *(name for name in columns if name not in head))
    return tuple({name: row.get(name, "") for name in order} for row in rows)


def _rows(fact: Fact, places: Sequence[str]) -> Iterator[Cells]:
    said: dict[str, Scalar] = {name: shown(fact.places[name]) if name in fact.places else "" for name in places}
    said[MARK] = fact.kind
    numbers, columns = fact.statistics.numbers, fact.columns
    if not (columns and set(numbers) <= _POINTS_ALONE):
        interval = {"interval": fact.interval} if fact.interval else {}
        yield said | interval | {_free(name, places): _number(value) for name, value in numbers.items()}
    for cells in zip(*columns.values(), strict=True):
        yield said | {_free(name, places): _number(value) for name, value in zip(columns, cells, strict=True)}


def _free(name: str, places: Sequence[str]) -> str:
    return f"{name} (drawn)" if name in {*places, MARK, "interval"} else name


def _number(value: float) -> float:
    return int(value) if float(value).is_integer() else float(value)


def to_csv(rows: Sequence[Cells]) -> str:
    """Return rows that have the same columns as CSV; every number with all its digits."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    if rows:
        writer.writerow(rows[0])
        writer.writerows(row.values() for row in rows)
    return written.getvalue()
