"""Source data: what a panel draws, as CSV with every digit."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence

from paperkit.figures.encoding import Level
from paperkit.figures.facts import Fact, facts, shown
from paperkit.figures.figure import Figure
from paperkit.manifest.model import Scalar

Cells = Mapping[str, Scalar | None]

PANEL, GROUP, MARK, INTERVAL = "panel", "group", "mark", "interval"
_OWN = frozenset({PANEL, GROUP, MARK, INTERVAL})
_POINTS_ALONE = {"n"}


def source_rows(found: Sequence[Fact]) -> tuple[Cells, ...]:
    """Return the rows of a panel's source data, each with all columns; None where it has nothing.

    The columns are those of the levels, then `mark`, the interval's kind, and the numbers; each point of a curve or a
    cloud is a row of its own.
    """
    places = tuple(dict.fromkeys(name for fact in found for name in fact.places))
    return _aligned([row for fact in found for row in _rows(fact, places)], places)


def statistics_rows(found: Sequence[Fact], *, cell: Callable[[Level], Scalar] = shown) -> tuple[Cells, ...]:
    """Return a row with the numbers of each fact, its panel and its name in the figure in front, without points.

    `cell` says what stands for a level in a column of its own.
    """
    places = tuple(dict.fromkeys(name for fact in found for name in fact.places))
    rows: list[Cells] = [
        {PANEL: fact.panel, GROUP: _name(fact), **_said(fact, places, cell), **_numbers(fact, places)} for fact in found
    ]
    return _aligned(rows, places, first=(PANEL, GROUP))


def _aligned(rows: Sequence[Cells], places: Sequence[str], first: Sequence[str] = ()) -> tuple[Cells, ...]:
    columns = dict.fromkeys(name for row in rows for name in row)
    head = [*first, *map(_level_column, places), MARK, *(name for name in (INTERVAL,) if name in columns)]
    order = (*head, *(name for name in columns if name not in head))
    return tuple({name: row.get(name) for name in order} for row in rows)


def _rows(fact: Fact, places: Sequence[str]) -> Iterator[Cells]:
    said, columns = _said(fact, places), fact.columns
    if not (columns and set(fact.statistics.numbers) <= _POINTS_ALONE):
        yield said | _numbers(fact, places)
    for cells in zip(*columns.values(), strict=True):
        yield said | {_free(name, places): _number(value) for name, value in zip(columns, cells, strict=True)}


def _said(fact: Fact, places: Sequence[str], cell: Callable[[Level], Scalar] = shown) -> dict[str, Scalar | None]:
    levels = {_level_column(name): cell(fact.places[name]) for name in places if name in fact.places}
    return {**levels, MARK: fact.kind}


def _name(fact: Fact) -> str:
    """Return the levels of a fact as the figure names them; where it has none, what it is."""
    return ", ".join(str(shown(level)) for level in fact.places.values()) or fact.kind


def _numbers(fact: Fact, places: Sequence[str]) -> dict[str, Scalar | None]:
    interval = {INTERVAL: fact.interval} if fact.interval else {}
    return interval | {_free(name, places): _number(value) for name, value in fact.statistics.numbers.items()}


def _level_column(name: str) -> str:
    return f"{name} (level)" if name in _OWN else name


def _free(name: str, places: Sequence[str]) -> str:
    return f"{name} (drawn)" if name in {*places, *_OWN} else name


def _number(value: float) -> float:
    return int(value) if float(value).is_integer() else float(value)


def to_csv(rows: Sequence[Cells]) -> str:
    """Return rows that have the same columns as CSV: every number with all its digits, nothing for None."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    if rows:
        writer.writerow(rows[0])
        writer.writerows(row.values() for row in rows)
    return written.getvalue()


def statistics_csv(figure: Figure) -> str:
    """Return the numbers that a figure draws, without points and curves, as CSV."""
    return to_csv(statistics_rows(facts(figure.scene)))
