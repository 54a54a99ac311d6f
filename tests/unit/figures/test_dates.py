"""Axes of dates: places against matplotlib's, ticks in English, and what is no date."""

from __future__ import annotations

from typing import Any

import matplotlib.dates as mdates
import pytest

from paperkit import figures
from paperkit.errors import AssetError
from paperkit.manifest.labels import Labels
from tests.unit.figures.figure_cases import asset, compiled

LINE = {"mark": "line", "x": "when", "y": "score", "axes": {"xscale": "date"}}
MONTHS = ("2024-01-15", "2024-04-01", "2024-12-31", "2025-06-30T12:00")


def drawn(dates: tuple[Any, ...] = MONTHS, **axes: Any) -> Any:
    records = [{"when": when, "score": float(step)} for step, when in enumerate(dates)]
    return compiled(records, {**LINE, "axes": {"xscale": "date", **axes}})


def ticks(figure: Any) -> list[str]:
    axes = figure.canvas.axes[0]
    low, high = axes.get_xlim()
    return [label.get_text() for label in axes.get_xticklabels() if low <= label.get_position()[0] <= high]


def test_dates_stand_where_matplotlib_has_them() -> None:
    (line,) = drawn().canvas.axes[0].lines
    theirs: Any = mdates.datestr2num
    assert list(line.get_xdata()) == pytest.approx(list(theirs(MONTHS)))


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (("2015-02-01", "2025-11-01"), {"2016", "2018", "2020", "2022", "2024"}),
        (MONTHS, {"Jan 2024", "Jul 2024", "Jan 2025"}),
        (("2024-03-01", "2024-03-05"), {"1 Mar", "2 Mar", "3 Mar", "4 Mar", "5 Mar"}),
    ],
)
def test_ticks_say_as_little_of_a_date_as_tells_them_apart(dates: tuple[str, ...], expected: set[str]) -> None:
    assert expected & set(ticks(drawn(dates)))
    assert {len(text.split()) for text in ticks(drawn(dates))} == {len(next(iter(expected)).split())}


def test_a_format_of_dates() -> None:
    assert all(text[:3].isalpha() and text[3:].startswith(" '") for text in ticks(drawn(xtickformat="%b '%y")))


def test_what_is_no_date_is_said() -> None:
    with pytest.raises(AssetError) as caught:
        drawn(("2024-01-15", "soon"))
    assert str(caught.value) == (
        "figure.demo.panel[0].x: column 'when' holds 'soon', which is no ISO date, where dates are expected\n"
        "    write dates as 2026-03-31"
    )


def test_names_have_no_axis_of_dates() -> None:
    with pytest.raises(AssetError) as caught:
        compiled([{"when": "2024-01-15", "score": 1.0}], {**LINE, "mark": "box"})
    assert str(caught.value) == (
        "figure.demo.panel[0].axes.xscale: 'box' has no axis of dates\n"
        "    'line' and 'scatter' have one, with the dates on x"
    )


@pytest.mark.parametrize(
    ("axes", "expected"),
    [
        ({"xtickformat": "%b %Y"}, "'%b %Y' is for an axis of dates: xscale = 'date'"),
        ({"xscale": "date", "xtickformat": ".1f"}, "'.1f' is for an axis of numbers, and this one has dates"),
    ],
)
def test_a_format_fits_its_axis(axes: dict[str, Any], expected: str) -> None:
    (found,) = figures.problems(asset({**LINE, "axes": axes}), Labels())
    assert str(found) == f"figure.demo.panel[0].axes.xtickformat: {expected}"
