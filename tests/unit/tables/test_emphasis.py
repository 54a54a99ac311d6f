from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.errors import AssetError
from paperkit.manifest.labels import Labels
from paperkit.manifest.tables import Emphasis
from paperkit.tables.emphasis import emphasised
from paperkit.tables.grid import Grid, pivot
from paperkit.tables.looks import resolve_looks
from tests.unit.tables.tiny_records import Records, make_labels, table_asset

MARKS = {"best": "B", "second": "s", None: "."}


def emphasis(
    records: Records,
    spec: dict[str, Any] | None = None,
    *,
    labels: Labels | None = None,
    decimals: int | None = None,
    **keys: Any,
) -> list[str]:
    """Return a letter for each cell, row by row; numbers are printed with `decimals`."""
    asset = table_asset(**keys)
    grid = pivot(asset, records, labels or Labels())
    looks = resolve_looks(asset, grid, labels or Labels())
    path = (*asset.path, "emphasis")
    found = emphasised(
        grid, looks, printed(grid, decimals), Emphasis.model_validate(spec or {}), labels or Labels(), path
    )
    return ["".join(MARKS[cell] for cell in line) for line in found]


def printed(grid: Grid, decimals: int | None) -> list[list[float | None]]:
    return [
        [
            None
            if not isinstance(value, (int, float)) or isinstance(value, bool)
            else value
            if decimals is None
            else float(f"{value:.{decimals}f}")
            for value in line
        ]
        for line in grid.values
    ]


def one_column(*values: Any, **columns: tuple[Any, ...]) -> Records:
    rows = [(f"t{index}", value, *(column[index] for column in columns.values())) for index, value in enumerate(values)]
    return Records(" ".join(["task", "score", *columns]), *rows)


def test_the_best_and_the_next_printed_number() -> None:
    assert emphasis(one_column(1.0, 3.0, 2.0, None)) == [".", "B", "s", "."]
    assert emphasis(one_column(1.0, 3.0, 2.0), direction="lower") == ["B", ".", "s"]
    assert emphasis(one_column(1.0, 3.0, 2.0), target=2.4) == [".", "s", "B"]


def test_equal_printed_numbers_are_equally_good() -> None:
    scores = one_column(0.8512, 0.8509, 0.842, 0.8419, 0.7)
    assert emphasis(scores, decimals=2) == ["B", "B", "s", "s", "."]
    assert emphasis(scores) == ["B", "s", ".", ".", "."]


def test_all_equal_are_all_best() -> None:
    assert emphasis(one_column(1.0, 1.0, 1.0)) == ["B", "B", "B"]


def test_a_cell_without_a_competitor_is_not_emphasised() -> None:
    assert emphasis(one_column(1.0, None, "n/a", True)) == [".", ".", ".", "."]
    assert emphasis(one_column(1.0)) == ["."]


def test_what_is_no_number_does_not_compete() -> None:
    assert emphasis(one_column("9", 1.0, True, float("inf"), float("nan"), 2)) == [".", ".", ".", "B", ".", "s"]


def test_distances_from_a_target_are_those_of_the_printed_decimals() -> None:
    assert emphasis(one_column(0.1, 0.3, 0.5), target=0.2) == ["B", "B", "s"]


def test_each_metric_competes_by_its_own_direction() -> None:
    runs = Records("task acc time size", ("a", 1.0, 10.0, 5), ("b", 2.0, 20.0, 6), ("c", 4.0, 50.0, 7))
    labels = make_labels(cells={"acc": {"direction": "higher"}, "time": {"direction": "lower"}})
    keys: dict[str, Any] = {"cells": ["acc", "time", "size"], "labels": labels}
    # Where some have a direction, the others do not compete.
    assert emphasis(runs, **keys) == [".B.", "ss.", "B.."]
    assert emphasis(runs, {"cells": ["time", "size"]}, **keys) == [".B.", ".ss", "..B"]
    assert emphasis(runs, {"within": "table"}, **keys) == [".B.", "ss.", "B.."]
    assert emphasis(runs, cells=["acc", "size"]) == ["..", "ss", "BB"]


def test_cells_may_be_left_out() -> None:
    runs = Records(
        "task score", ("a", 1.0), ("b", 3.0), ("oracle", 9.0), where={"oracle": lambda row: row["task"] == "oracle"}
    )
    assert emphasis(runs, override=[{"where": "oracle", "emphasis": False}]) == ["s", "B", "."]


def test_within_says_what_competes() -> None:
    runs = Records(
        "task model score",
        *[(f"t{row}", f"m{column}", (row * 3 + column * 5) % 7) for row in range(3) for column in range(4)],
    )
    # 0 5 3 1 / 3 1 6 4 / 6 4 2 0
    assert emphasis(runs, columns="model") == [".Bss", "s.BB", "Bs.."]
    keys: dict[str, Any] = {"columns": "model"}
    assert emphasis(runs, {"within": "row"}, **keys) == [".Bs.", "..Bs", "Bs.."]
    assert emphasis(runs, {"within": "table"}, **keys) == [".s..", "..B.", "B..."]
    assert emphasis(runs, {"within": "task"}, **keys) == [".Bs.", "..Bs", "Bs.."]


def test_what_overlaps_the_interval_of_the_best_is_best() -> None:
    half = one_column(9.0, 8.5, 8.0, 7.0, half=(0.3, 0.2, 0.1, None))
    assert emphasis(half, {"interval": "half"}) == ["B", "B", "s", "."]
    ends = one_column(1.0, 2.0, 3.0, low=(0.5, 1.5, 2.0), high=(1.5, 2.5, 4.0))
    assert emphasis(ends, {"interval": ["low", "high"]}, direction="lower") == ["B", "B", "s"]
    assert emphasis(ends, {"interval": ["high", "low"]}) == ["s", "B", "B"]


def test_intervals_that_touch_in_decimals_overlap() -> None:
    assert 0.8 - 0.1 > 0.6 + 0.1
    assert emphasis(one_column(0.8, 0.6, 0.0, half=(0.1, 0.1, 0.0)), {"interval": "half"}) == ["B", "B", "s"]


def test_infinite_values_and_intervals() -> None:
    endless = float("inf")
    both = one_column(endless, 2.0, -endless, half=(endless, 0.1, 1.0))
    assert emphasis(both, {"interval": "half"}) == ["B", "B", "B"]
    assert emphasis(one_column(endless, 2.0, 1.0, half=(1.0, 0.1, endless)), {"interval": "half"}) == ["B", "s", "B"]
    ends = one_column(1.0, 2.0, low=(-endless, 1.5), high=(endless, endless))
    assert emphasis(ends, {"interval": ["low", "high"]}) == ["B", "B"]
    assert emphasis(one_column(endless, 2.0, -endless), target=1.0) == ["s", "B", "s"]


def test_what_is_not_significantly_worse_is_best() -> None:
    tested = one_column(9.0, 8.0, 7.0, 6.0, 5.0, p=(None, 0.2, 0.05, 0.049, None))
    assert emphasis(tested, {"p": "p"}) == ["B", "B", "B", "s", "."]
    assert emphasis(tested, {"p": "p", "alpha": 0.1}) == ["B", "B", "s", ".", "."]


def test_a_column_may_tell_the_best() -> None:
    told = one_column(9.0, 8.0, 7.0, None, flag=(False, True, True, True))
    assert emphasis(told, {"by": "flag"}) == [".", "B", "B", "."]
    assert emphasis(one_column(9.0, flag=(True,)), {"by": "flag"}) == ["B"]
    with pytest.raises(AssetError) as caught:
        emphasis(one_column(9.0, 8.0, flag=(0, 1)), {"by": "flag"})
    assert str(caught.value) == (
        "table.main.emphasis.by: column 'flag' holds 0 where true or false is needed\n"
        '    derive a column that tells, such as derive.is_best = "flag == 1"'
    )


numbers = st.none() | st.integers(-20, 20).map(lambda value: value / 10)
GOODNESS: dict[str, Callable[[Fraction], Fraction]] = {
    "higher": lambda value: value,
    "lower": lambda value: -value,
    "target": lambda value: -abs(value - Fraction(3, 10)),
}


def oracle(values: list[float | None], goal: str, halves: list[float] | None, p: list[float | None] | None) -> str:
    """Return the letters of one block, by counting."""
    known = {i: Fraction(str(value)) for i, value in enumerate(values) if value is not None}
    if len(known) < 2:
        return "." * len(values)
    good = {i: GOODNESS[goal](value) for i, value in known.items()}
    first = {i for i in good if not any(other > good[i] for other in good.values())}
    best = set(first)
    reach = [Fraction(str(half)) for half in halves or ()]
    for i, value in known.items():
        if halves is not None and any(abs(value - known[winner]) <= reach[i] + reach[winner] for winner in first):
            best.add(i)
        if p is not None and (level := p[i]) is not None and level >= 0.05:
            best.add(i)
    rest = {i for i in known if i not in best}
    second = {i for i in rest if not any(good[other] > good[i] for other in rest)}
    return "".join("B" if i in best else "s" if i in second else "." for i in range(len(values)))


@given(
    st.lists(st.tuples(numbers, st.integers(0, 9), st.none() | st.floats(0, 1)), min_size=1, max_size=8),
    st.sampled_from(sorted(GOODNESS)),
    st.booleans(),
    st.booleans(),
)
def test_one_block_is_judged_by_its_definition(
    cells: list[tuple[float | None, int, float | None]], goal: str, has_interval: bool, has_p: bool
) -> None:
    values = [value for value, _, _ in cells]
    halves = [half / 10 for _, half, _ in cells]
    p = [p for _, _, p in cells]
    keys: dict[str, Any] = {"target": 0.3} if goal == "target" else {"direction": goal}
    spec = ({"interval": "half"} if has_interval else {}) | ({"p": "p"} if has_p else {})
    records = one_column(*values, half=tuple(halves), p=tuple(p))
    found = emphasis(records, spec, dropna=False, **keys)
    assert "".join(found) == oracle(values, goal, halves if has_interval else None, p if has_p else None)


@given(
    st.lists(st.lists(numbers, min_size=3, max_size=3), min_size=1, max_size=5),
    st.sampled_from(["row", "column", "table"]),
)
def test_blocks_are_judged_by_themselves(values: list[list[float | None]], within: str) -> None:
    rows = [(f"t{r}", f"m{c}", value) for r, line in enumerate(values) for c, value in enumerate(line)]
    found = emphasis(Records("task model score", *rows), {"within": within}, columns="model", dropna=False)
    if within == "row":
        assert found == [oracle(line, "higher", None, None) for line in values]
    elif within == "column":
        turned = [oracle(list(column), "higher", None, None) for column in zip(*values, strict=True)]
        assert found == ["".join(line) for line in zip(*turned, strict=True)]
    else:
        assert "".join(found) == oracle([value for line in values for value in line], "higher", None, None)
