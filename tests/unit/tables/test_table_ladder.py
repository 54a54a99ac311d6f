"""The ladder: how a table that is too wide is made narrower, against widths computed from the fonts by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.errors import AssetError
from paperkit.style.venue import load_venue
from paperkit.tables import Table
from tests.unit.tables.tiny_records import Records, resolved

# The width of a digit of Computer Modern in points, by the size of LaTeX's article (cmr10.tfm and its smaller designs).
DIGITS = {"normalsize": 5.00002, "small": 4.62502, "footnotesize": 4.25003, "scriptsize": 3.98613}
LEADING = {"normalsize": 12.0, "small": 11.0, "footnotesize": 9.5, "scriptsize": 8.0}
SIZES = {"normalsize": 10.0, "small": 9.0, "footnotesize": 8.0, "scriptsize": 7.0}
ARTICLE = 345.0
LEGIBLE = 6.0


def wide(count: int, *, label: int = 1, **keys: Any) -> Table:
    """Return a table of `count` columns of one digit under labels of `label` digits; the stub is a digit, too."""
    labels = [f"{10 ** (label - 1) + index}"[:label] if label > 1 else index for index in range(count)]
    rows = [(0, model, 1) for model in labels]
    table = resolved(Records("task model score", *rows), columns=["model"], **keys)
    assert len(table.alignments) == count
    return table


def state(table: Table) -> tuple[str, float, int, float | None]:
    return table.fontsize or "normalsize", table.tabcolsep or 6.0, table.rotate, table.scale


def steps(count: int, label: int) -> list[tuple[tuple[str, float, int, float | None], float]]:
    """Return every rung as it should be, with the width of the table there."""
    found: list[tuple[tuple[str, float, int, float | None], float]] = []
    for rotate in (0, 90):
        rungs = [("normalsize", 6.0), ("normalsize", 4.0), ("normalsize", 3.0)]
        rungs += [(size, 3.0) for size in ("small", "footnotesize", "scriptsize")]
        for size, separation in rungs:
            digit = DIGITS[size]
            column = max(digit, LEADING[size]) if rotate else label * digit
            found.append(((size, separation, rotate, None), digit + count * column + 2 * count * separation))
    narrowest = min(found[5], found[11], key=lambda rung: rung[1])
    scale = math.floor(1000 * ARTICLE / narrowest[1]) / 1000
    if scale * SIZES[narrowest[0][0]] >= LEGIBLE:
        found.append(((*narrowest[0][:3], scale), scale * narrowest[1]))
    return found


@pytest.mark.parametrize("count", [10, 19, 20, 21, 24, 26, 28, 30, 31, 33, 34, 35, 36, 38, 40, 41, 42, 60])
@pytest.mark.parametrize("label", [2, 3, 6])
def test_the_first_rung_that_fits_is_taken(count: int, label: int) -> None:
    if label == 2 and count > 10:
        count = min(count, 90)
    table = wide(count, label=label)
    rungs = steps(count, label)
    fitting = [(rung, width) for rung, width in rungs if width <= ARTICLE + 0.1]
    if not fitting:
        assert state(table) == ("normalsize", 6.0, 0, None)
        (notice,) = table.notices
        assert notice.message == f"the table is {rungs[0][1]:.1f} pt wide, the text of article 345.0 pt"
        return
    expected, width = fitting[0]
    assert state(table) == expected
    assert table.width == pytest.approx(width, abs=0.05)
    assert len(table.notices) == (expected != ("normalsize", 6.0, 0, None))


def notices(count: int, **keys: Any) -> list[str]:
    return [str(notice) for notice in wide(count, **keys).notices]


HINT = "\n    split = 2 and line breaks in the labels keep the type larger; fit = false leaves it as it is"


def test_notices_say_what_was_done() -> None:
    for count, label, done in (
        (18, 2, "tabcolsep = 4 pt"),
        (21, 2, "tabcolsep = 3 pt"),
        (22, 2, r"\small (9 pt), tabcolsep = 3 pt"),
        (25, 2, r"scaled by 0.98 to type of 6.8 pt, \scriptsize (7 pt), tabcolsep = 3 pt"),
        (12, 6, r"rotated labels"),
        (18, 6, r"tabcolsep = 3 pt, rotated labels"),
    ):
        width = dict(steps(count, label))["normalsize", 6.0, 0, None]
        message = f"table.main: the table is {width:.1f} pt wide, the text of article 345.0 pt; it was fitted: {done}"
        assert notices(count, label=label) == [message + HINT]


def test_what_the_table_says_stays() -> None:
    fixed = wide(16, label=2, tabcolsep="6pt")
    assert (fixed.tabcolsep, fixed.fontsize) == (6.0, "small")
    fixed = wide(24, label=2, fontsize="normalsize")
    assert (fixed.fontsize, fixed.tabcolsep) == ("normalsize", 3.0)
    assert fixed.scale is not None
    fixed = wide(24, label=6, rotate=0)
    assert fixed.rotate == 0
    assert state(wide(24, label=6, fit=False)) == ("normalsize", 6.0, 0, None)
    # A type that the table itself asks for may be smaller than what fitting would use.
    assert wide(10, label=2, fontsize="tiny").notices == ()


def test_advice_is_what_is_left_to_do() -> None:
    width = dict(steps(24, 6))["normalsize", 6.0, 0, None]
    excess = f"table.main: the table is {width:.1f} pt wide, the text of article 345.0 pt\n    try "
    assert notices(24, label=6, fit=False) == [
        f"{excess}fontsize = 'small', rotate = 90, line breaks in the labels, split = 2"
    ]
    (text,) = notices(24, label=6, fit=False, fontsize="scriptsize", split=2)
    assert text.endswith("try rotate = 90, line breaks in the labels")
    (text,) = notices(60, label=2, fit=False, rotate=90)
    assert text.endswith("try fontsize = 'small', line breaks in the labels, split = 2")


def test_a_column_float_is_fitted_to_the_column() -> None:
    column = wide(12, label=2, form="table", venue="icml2026")
    assert column.notices[0].message.startswith("the table is ")
    assert "the column of icml2026 234.9 pt" in column.notices[0].message
    assert column.width <= 234.88
    assert wide(12, label=2, form="table*", venue="icml2026").notices == ()
    assert wide(60, label=2, form="sidewaystable").notices == ()
    (text,) = notices(30, label=6, form="table", venue="icml2026", fit=False)
    assert text.endswith("split = 2, form = 'table*'")


@given(st.integers(5, 80), st.integers(2, 12), st.sampled_from([None, 5.0, 6.5, 8.0, 9.5]))
def test_no_type_is_smaller_than_the_least(count: int, label: int, least: float | None) -> None:
    for venue in ("article", "aaai2026", "ieee-conference"):
        facts = load_venue(venue)
        table = wide(min(count, 80), label=label, venue=venue, **({} if least is None else {"least_size": least}))
        size = facts.sizes[table.fontsize or facts.table_size] * (table.scale or 1.0)
        smallest = least or facts.least_size
        assert size >= smallest or (table.fontsize, table.scale) == (None, None)
        if venue == "aaai2026":
            assert table.scale is None
        if not table.notices or "it was fitted" in table.notices[0].message:
            assert table.width <= facts.text_width + 0.1


def test_aaai_takes_no_scaled_tables() -> None:
    table = wide(60, label=2, venue="aaai2026")
    assert (table.scale, table.fontsize, table.tabcolsep) == (None, None, None)
    assert "it was fitted" not in table.notices[0].message
    table = wide(33, label=2, venue="aaai2026")
    assert table.fontsize == "small"
    assert table.notices[0].message.endswith(r"it was fitted: \small (9 pt), tabcolsep = 3 pt")


def test_a_width_is_never_scaled_to() -> None:
    table = wide(60, label=2, width="textwidth")
    assert table.scale is None
    (notice,) = table.notices
    # Even with the least separation of 1.5 pt.
    least = DIGITS["normalsize"] * (1 + 2 * 60) + 2 * 60 * 1.5
    assert str(notice).startswith(f"table.main.width: the table needs {least:.1f} pt, and 'textwidth' is 345.0 pt\n")
    table = wide(25, label=2, width="textwidth")
    assert table.width == pytest.approx(345.0, abs=0.001)


@pytest.mark.parametrize(("key", "text"), [("width", "3"), ("tabcolsep", "2 em"), ("width", "textwdith")])
def test_a_length_that_cannot_be_read(key: str, text: str) -> None:
    with pytest.raises(AssetError) as caught:
        wide(3, **dict[str, Any]({key: text}))
    (problem,) = caught.value.problems
    assert problem.path == ("table", "main", key)
