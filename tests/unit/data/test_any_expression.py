"""Whatever an author types, on whatever rows: a frame, a value, or an error of ours; never another one."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from paperkit.errors import DataError
from paperkit.manifest.expression_tree import AGGREGATES, FUNCTIONS
from tests.unit.data.test_evaluate import FRAME

COLUMNS = ("model", "x", "n", "ok", "t", "baseline.x", "model.family", "col('odd name')")
VALUES = ("1", "0", "-2.5", "'a'", "'1.5'", "''", "None", "True", "1e308", "9007199254740993", "each.k")
LISTS = ("(1, 2)", "('a',)", "()", "(1, 'a', True)")
OPERATORS = ("+", "-", "*", "/", "//", "%", "**", "==", "!=", "<", "<=", ">", ">=", "and", "or")
FRAMES = (FRAME, FRAME.where("n == 1"), FRAME.where("n == 3"), FRAME.where("n == 0"))


def expression(random: Random, depth: int, *, one_value: bool) -> str:
    def part() -> str:
        return expression(random, depth - 1, one_value=one_value)

    if depth == 0 or random.random() < 0.1:
        return random.choice(VALUES if one_value else VALUES + COLUMNS)
    name = random.choice([name for name in FUNCTIONS if name != "col"])
    return random.choice(
        (
            f"({part()} {random.choice(('in', 'not in'))} {random.choice(LISTS)})",
            f"({part()} if {part()} else {part()})",
            f"({random.choice(('-', 'not '))}{part()})",
            f"{name}({', '.join(part() for _ in range(FUNCTIONS[name][0]))})",
            f"({part()} {random.choice(OPERATORS)} {part()})",
            f"({part()} {random.choice(OPERATORS)} {part()})",
            aggregate(random, depth) if one_value else random.choice(COLUMNS),
        )
    )


def aggregate(random: Random, depth: int) -> str:
    name = random.choice(list(AGGREGATES))
    if name in ("argmax", "argmin"):
        return f"{name}({expression(random, depth - 1, one_value=True)}, {random.choice(COLUMNS)})"
    inner = expression(random, depth - 1, one_value=False)
    return f"{name}({', '.join([inner, *(['0.5'] * (AGGREGATES[name][0] - 1))])})"


@settings(max_examples=400, deadline=None)
@given(
    st.randoms(use_true_random=False),
    st.integers(0, 3),
    st.sampled_from(FRAMES),
    st.sampled_from([1, "a", 2.5, True]),
    st.booleans(),
)
def test_nothing_but_our_errors(random: Random, depth: int, frame: object, key: str | float, one_value: bool) -> None:
    assert isinstance(frame, type(FRAME))
    text = expression(random, depth, one_value=one_value)
    try:
        if one_value:
            found = frame.aggregate(text, each={"k": key}, path=("macros", "m"))
            assert found is None or type(found) in (str, int, float, bool)
        else:
            left = frame.where(text, each={"k": key}, path=("table", "t"))
            assert set(left.rows("n")) <= set(frame.rows("n"))
    except DataError as error:
        problems = error.problems
    else:
        return
    assert problems
    assert all(problem.path[0] in ("macros", "table") for problem in problems)
