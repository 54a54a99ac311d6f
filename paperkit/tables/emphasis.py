"""Emphasis: the best and second best cells, from the numbers as they are printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any

from paperkit.errors import AssetError, ManifestPath, Problem
from paperkit.manifest.labels import Labels
from paperkit.manifest.tables import Emphasis
from paperkit.tables.blocks import flat_blocks
from paperkit.tables.format import is_missing, is_number
from paperkit.tables.grid import Grid
from paperkit.tables.looks import Look, Looks
from paperkit.tables.model import Emphasised

Printed = Sequence[Sequence[float | None]]
Emphases = tuple[tuple[Emphasised | None, ...], ...]
_Interval = tuple[Decimal, Decimal]
_Score = float | Decimal


def emphasised(  # noqa: PLR0917 - a stage and all that it needs, in the order of the pipeline
    grid: Grid, looks: Looks, printed: Printed, spec: Emphasis, labels: Labels, path: ManifestPath
) -> Emphases:
    """Return which cells are the best and the second best of those that they share a block `within`.

    `printed` are the numbers as they are printed, None for a missing one or text: equal ones are equally good. Cells
    of the block that differ in direction or target do not compete with each other; higher is better where no cell
    says otherwise. A cell without a competitor is not emphasised. What the interval or the p-value of a cell does
    not tell from the best is best too. The second best have the next printed number after all the best ones. `path`
    is the manifest path of the emphasis.

    Raises:
        AssetError: the column of `by` holds something other than true and false, or a label lacks an attribute.

    """
    competing = _competing(grid, looks, spec)
    found: list[Emphasised | None] = [None] * len(competing)
    if spec.by is not None:
        for place in _true_places(grid, competing, spec.by, (*path, "by")):
            found[place] = "best"
    else:
        scores = _scores(looks, printed, competing)
        is_tied = _ties(grid, spec)
        every = range(len(found))
        for block in flat_blocks(grid, spec.within, labels, (*path, "within")):
            places = every[block] if isinstance(block, slice) else block
            rivals: dict[object, list[int]] = {}
            for place in places:
                if (entry := scores[place]) is not None:
                    rivals.setdefault(entry[0], []).append(place)
            for group in rivals.values():
                _judge(group, {place: entry[1] for place in group if (entry := scores[place])}, is_tied, found)
    width = len(grid.column_keys)
    return tuple(tuple(found[start : start + width]) for start in range(0, len(found), width))


def _judge(
    places: Sequence[int],
    scores: dict[int, _Score],
    is_tied: Callable[[int, int], bool] | None,
    found: list[Emphasised | None],
) -> None:
    if len(places) == 1:
        return
    highest = max(scores.values())
    winners = [place for place in places if scores[place] == highest]
    rest = [place for place in places if scores[place] != highest]
    if is_tied is not None:
        tied = {place for place in rest if any(is_tied(place, winner) for winner in winners)}
        winners += tied
        rest = [place for place in rest if place not in tied]
    for place in winners:
        found[place] = "best"
    if rest:
        next_highest = max(scores[place] for place in rest)
        for place in rest:
            if scores[place] == next_highest:
                found[place] = "second"


def _competing(grid: Grid, looks: Looks, spec: Emphasis) -> list[bool]:
    """Return which cells compete: those of `cells`, else those with a direction or target, else all."""
    distinct = {id(line): line for line in looks}
    is_judged = any(look.competes and has_goal(look) for line in distinct.values() for look in line)
    needs_goal = is_judged and not spec.cells and spec.by is None
    known = {
        name: [look.competes and (has_goal(look) or not needs_goal) for look in line] for name, line in distinct.items()
    }
    flags = list(chain.from_iterable(known[id(line)] for line in looks))
    if not spec.cells:
        return flags
    mask = grid.mask(None, spec.cells, ())
    return [competes and is_meant for competes, is_meant in zip(flags, chain.from_iterable(mask), strict=True)]


def has_goal(look: Look) -> bool:
    """Tell whether anything says which values are better."""
    return look.direction is not None or look.target is not None


def _true_places(grid: Grid, competing: Sequence[bool], column: str, path: ManifestPath) -> list[int]:
    values = list(chain.from_iterable(grid.values))
    flags = list(chain.from_iterable(grid.field(column)))
    wrong = [flag for flag in flags if not is_missing(flag) and not isinstance(flag, bool)]
    if wrong:
        message = f"column '{column}' holds {wrong[0]!r} where true or false is needed"
        hint = f'derive a column that tells, such as derive.is_best = "{column} == 1"'
        raise AssetError(Problem(message=message, path=path, hint=hint))
    return [
        place
        for place, (flag, value, competes) in enumerate(zip(flags, values, competing, strict=True))
        if flag is True and competes and not is_missing(value)
    ]


def _scores(
    looks: Looks, printed: Printed, competing: Sequence[bool]
) -> list[tuple[tuple[bool, float | None], _Score] | None]:
    """Return, for each cell that competes, what it aims at and how good it is: greater is better."""
    found: list[tuple[tuple[bool, float | None], _Score] | None] = []
    cells = zip(chain.from_iterable(looks), chain.from_iterable(printed), competing, strict=True)
    for look, value, competes in cells:
        if not competes or not is_number(value) or value is None:
            found.append(None)
        else:
            is_lower = look.target is None and look.direction == "lower"
            found.append(((is_lower, look.target), score(value, look)))
    return found


def score(value: float, look: Look) -> float | Decimal:
    """Return how good a number is, by its direction or target: greater is better."""
    if look.target is not None:
        # In decimals, since 0.1 and 0.3 are equally far from 0.2 only there.
        return -abs(_decimal(value) - _decimal(look.target))
    return -value if look.direction == "lower" else value


def _ties(grid: Grid, spec: Emphasis) -> Callable[[int, int], bool] | None:
    """Return what tells whether a cell is as good as one of the best, or None if only printed numbers do."""
    rules: list[Callable[[int, int], bool]] = []
    if spec.interval:
        intervals = _Intervals(grid, spec.interval)
        rules.append(intervals.overlap)
    if spec.p is not None:
        p_values = list(chain.from_iterable(grid.field(spec.p)))
        rules.append(lambda place, _best: is_number(p_values[place]) and p_values[place] >= spec.alpha)
    return (lambda place, best: any(rule(place, best) for rule in rules)) if rules else None


class _Intervals:
    """The intervals of all cells: around the value by a half width, or between two ends."""

    def __init__(self, grid: Grid, columns: Sequence[str]) -> None:
        parts = [list(chain.from_iterable(grid.field(column))) for column in columns]
        values = list(chain.from_iterable(grid.values))
        self._found = [
            _interval(value, numbers) for value, numbers in zip(values, zip(*parts, strict=True), strict=True)
        ]

    def overlap(self, place: int, other: int) -> bool:
        one, best = self._found[place], self._found[other]
        return one is not None and best is not None and one[0] <= best[1] and best[0] <= one[1]


def _interval(value: Any, numbers: Sequence[Any]) -> _Interval | None:
    if not all(map(is_number, (value, *numbers))):
        return None
    if len(numbers) == 1:
        half = abs(_decimal(numbers[0]))
        if half.is_infinite():
            # Infinity minus itself is no number.
            return -half, half
        return _decimal(value) - half, _decimal(value) + half
    low, high = sorted(map(_decimal, numbers))
    return low, high


def _decimal(value: float) -> Decimal:
    return Decimal(repr(value))
