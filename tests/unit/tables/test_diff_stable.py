"""A changed value changes the lines of those rows only whose cells print or look otherwise."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from paperkit.tables import Table
from paperkit.tables.latex import to_latex
from paperkit.templates import Templates
from tests.unit.tables.tiny_records import Records, resolved

NUMBERS = st.one_of(
    st.floats(-2000, 2000).map(lambda value: round(value, 3)), st.integers(-200, 200).map(lambda value: value / 4)
)
LOOKS: list[dict[str, Any]] = [
    {},
    {"precision": 1},
    {"precision": 3},
    {"format": ".3g"},
    {"format": "+.2f"},
    {"format": "{score:.1f} ± {std:.2f}"},
    {"format": "{score:.0f} [{std:.3g}]"},
    {"format": ["{score:.2f}", "({std})"]},
    {"precision": "uncertainty", "uncertainty": "std"},
]
WITHIN = ["row", "column", "table"]
TEMPLATES = Templates()


@st.composite
def shades(draw: st.DrawFn) -> dict[str, Any] | None:
    if draw(st.booleans()):
        return None
    levels = draw(st.sampled_from([None, 2, 5, 16]))
    return {
        "within": draw(st.sampled_from(WITHIN)),
        "levels": levels,
        "colormap": draw(st.sampled_from(["Reds", "viridis"])),
    }


@st.composite
def changes(draw: st.DrawFn) -> tuple[Table, Table]:
    """Return a table before and after one value has changed."""
    places = list(product("abcd"[: draw(st.integers(1, 4))], "xyz"[: draw(st.integers(1, 3))]))
    scores = draw(st.lists(st.none() | NUMBERS, min_size=len(places), max_size=len(places)))
    stds = draw(st.lists(NUMBERS.map(abs), min_size=len(places), max_size=len(places)))
    place = draw(st.integers(0, len(places) - 1))
    scores[place] = draw(NUMBERS)
    keys = draw(st.sampled_from(LOOKS)) | {
        "columns": ["model"],
        "shade": draw(shades()),
        "emphasis": draw(st.sampled_from([None, *({"within": [name]} for name in WITHIN)])),
        "missing": draw(st.sampled_from(["", "--"])),
        "dropna": False,
        "fit": False,
    }

    def table() -> Table:
        rows = [(*names, score, std) for names, score, std in zip(places, scores, stds, strict=True)]
        return resolved(Records("task model score std", *rows), **keys)

    before = table()
    scores[place] = draw(NUMBERS)
    return before, table()


def body(table: Table) -> list[str]:
    return to_latex(table, TEMPLATES).split("\\midrule\n")[1].split("\\bottomrule\n")[0].splitlines()


def head(table: Table) -> list[str]:
    lines = to_latex(table, TEMPLATES).split("\\midrule\n")[0].splitlines()
    return [line for line in lines if not line.startswith((r"\definecolor", r"\providecommand"))]


@given(changes())
def test_only_the_lines_of_changed_rows_change(tables: tuple[Table, Table]) -> None:
    before, after = tables
    gap = r"\addlinespace[0.4ex]"
    assert [line == gap for line in body(before)] == [line == gap for line in body(after)]
    lines = zip(*([line for line in body(table) if line != gap] for table in tables), strict=True)
    for row, other, (old, new) in zip(before.body, after.body, lines, strict=True):
        assert (old != new) == (row != other)


@given(changes())
def test_what_stands_before_the_rows_only_follows_the_alignment(tables: tuple[Table, Table]) -> None:
    before, after = tables
    if before.alignments == after.alignments:
        assert head(before) == head(after)


def test_levels_keep_other_rows_as_they_are() -> None:
    def table(value: float) -> Table:
        scores = [10.0, 22.0, 31.0, 39.0, value, 60.0]
        rows = [(task, score) for task, score in zip("abcdef", scores, strict=True)]
        return resolved(Records("task score", *rows), shade={"levels": 8}, precision=1, emphasis={})

    old, new = (body(table(value)) for value in (50.0, 61.0))
    # The best is now what was second, and the other way round; the greater range moves no value over an eighth's edge.
    assert [line[0] for line, other in zip(new, old, strict=True) if line != other] == ["e", "f"]
