"""Expressions on rows: against plain Python, and in the words of their errors."""

from __future__ import annotations

import math
import statistics
import unicodedata
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from paperkit.data.columns import numbers
from paperkit.data.frame import Frame
from paperkit.data.table import Rows, unknown_column
from paperkit.errors import DataError, Place
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Label

LABELS = Labels(
    columns={
        "model": {
            "a": Label.model_validate({"label": "A", "family": "ViT", "layers": 12}),
            "b": Label.model_validate({"label": "B", "family": "CLIP", "layers": 24}),
            "c": Label(label="C"),
        }
    }
)


def place_of(row: int, column: str | None) -> Place:
    return Place(file="x.csv", line=row + 2, column=3 if column == "x" else None)


def frame_of(columns: Mapping[str, list[Any]], labels: Labels = LABELS) -> Frame:
    """Return a frame of Python lists; a column of only numbers is numeric, everything else is kept as it is."""
    series = {}
    for name, values in columns.items():
        is_number = any(type(v) in (int, float) for v in values) and all(
            type(v) in (int, float, type(None)) for v in values
        )
        series[name] = pd.Series(numbers(values) if is_number else values, dtype=None if values else object)
    return Frame(name="f", data=Rows(table=pd.DataFrame(series), locate=place_of), labels=labels)


FRAME = frame_of(
    {
        "model": ["a", "b", "a", "c", None],
        "x": [1.0, 2.0, None, math.inf, -4.0],
        "n": [1, 2, 3, 4, 5],
        "ok": [True, False, None, True, False],
        "t": ["1.5", "x", None, " 2 ", "-"],
        "odd name": [1, 1, 1, 2, 2],
        "baseline.x": [1.0, 1.0, 1.0, None, 2.0],
    }
)


def kept(expression: str, frame: Frame = FRAME, **each: Any) -> list[Any]:
    return [n for (n,) in frame.where(expression, each=each, path=("table", "t", "where")).rows("n")]


def failed(expression: str, frame: Frame = FRAME, **each: Any) -> list[str]:
    with pytest.raises(DataError) as caught:
        frame.where(expression, each=each, path=("table", "t", "where"))
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("x > 0", [1, 2, 4]),
        ("x != 1", [2, 4, 5]),  # a missing value is never different either
        ("not x == 1", [2, 3, 4, 5]),
        ("0 < x <= 2", [1, 2]),
        ("x in (1, -4.0)", [1, 5]),
        ("x not in (1,)", [2, 4, 5]),
        ("model in ('a', 'c')", [1, 3, 4]),
        ("model not in ['a']", [2, 4]),
        ("model in ()", []),
        ("model == 'a' or x < 0", [1, 3, 5]),
        ("model >= 'b'", [2, 4]),
        ("ok", [1, 4]),
        ("not ok", [2, 3, 5]),
        ("ok == False", [2, 5]),
        ("ok and x > 1", [4]),
        ("isnull(x) or isnull(model)", [3, 5]),
        ("notnull(x, model)", [1, 2, 4]),
        ("between(x, 1, 2)", [1, 2]),
        ("startswith(model, 'a')", [1, 3]),
        ("endswith(t, 'x') or contains(t, '.')", [1, 2]),
        ("matches(t, '^[0-9]')", [1]),
        ("upper(model) == 'A' and lower('B') == 'b'", [1, 3]),
        ("x + n == 2 or n - x == 9", [1, 5]),
        ("n * 2 == 4 or n / 2 == 1.5 or n // 4 == 1", [2, 3, 4, 5]),
        ("n % 2 == 0", [2, 4]),
        ("n ** 2 > 10 and 2 ** -n < 0.05", [5]),
        ("-n < -4", [5]),
        ("abs(x) == 4", [5]),
        ("round(n / 3, 1) == 0.7", [2]),
        ("round(n / 2) == 2", [3, 4, 5]),  # 1.5, 2.0 and 2.5: halves go to the even number
        ("sqrt(n) == 2", [4]),
        ("log10(n * 10) == 1 and log(n) == 0 and exp(n - 1) == 1", [1]),
        ("text(n) == '3'", [3]),
        ("n == 3 and isnull(t) or n == 1 and number(t) == 1.5", [1, 3]),
        ("(x if notnull(x) else 100) > 50", [3, 4]),
        ("('hi' if n > 3 else None) == 'hi'", [4, 5]),
        ("col('odd name') == 2", [4, 5]),
        ("x == baseline.x", [1]),
        ("x - baseline.x < 0", [5]),
        ("n != 4 and notnull(model) and model.family == 'ViT'", [1, 3]),
        ("n < 3 and model.layers > 12", [2]),
        ("n == each.n or text(n) == each.t", [2, 5]),
        ("n > 1 and 6 / (n - 1) > 2", [2, 3]),  # 1 / 0 is never evaluated
        ("True", [1, 2, 3, 4, 5]),
        ("1 == 2", []),
        ("n == True", [1]),
        ("n == 1e400", []),
    ],
)
def test_rows_that_are_kept(expression: str, expected: list[int]) -> None:
    assert kept(expression, n=2, t="5") == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("modl == 'a'", "unknown column 'modl', did you mean 'model'?"),
        (
            "zzz == 'a'",
            ("unknown column 'zzz'\n    the columns are model, x, n, ok, t, odd name, baseline.x"),
        ),
        ("baseline.n == 1", "unknown column 'baseline.n', did you mean 'baseline.x'?"),
        ("each.famly == 'a'", "unknown key 'each.famly', did you mean 'each.family'?"),
        ("model.famly == 'a'", "no value of 'model' has an attribute 'famly', did you mean 'family'?"),
        ("t.family == 'a'", "no value of 't' has an attribute 'family'\n    there is no [labels.t]"),
        (
            "model.family == 'a'",
            "'c' has no attribute 'family'\n    add it: [labels.model] \"c\" = { family = … }",
        ),
        ("n == '1'", "column 'n' holds numbers and cannot be compared with '1'\n    write 1 without quotes"),
        ("t > 1", "column 't' holds text and cannot be compared with 1\n    numeric = [\"t\"]"),
        ("1 < t", "column 't' holds text and cannot be compared with numbers\n    numeric = [\"t\"]"),
        (
            "n == model",
            "column 'n' holds numbers and cannot be compared with column 'model'\n    numeric = [\"model\"]",
        ),
        ("t in (1, 2)", "column 't' holds text and cannot be compared with 1\n    numeric = [\"t\"]"),
        ("n in (1, 'a')", "column 'n' holds numbers and cannot be compared with 'a'"),
        ("t + 1 > 2", "column 't' holds text, but arithmetic needs numbers\n    numeric = [\"t\"]"),
        ("sqrt(t) > 2", "column 't' holds text, but sqrt(…) needs numbers\n    numeric = [\"t\"]"),
        ("startswith(n, '1')", "column 'n' holds numbers, but startswith(…) needs text\n    startswith(text(n), …)"),
        ("contains(t, model)", "contains(…) needs one text as its second argument"),
        ("n", "column 'n' is not true or false: it gives numbers"),
        ("n + 1", "'n + 1' is not true or false: it gives numbers"),
        ("not t", "column 't' is not true or false: it gives text"),
        ("n > 1 and t", "column 't' is not true or false: it gives text"),
        ("round(x, 0.5) == 1", "round(…) needs a whole number of digits"),
        ("(n if ok else t) == 1", "'if … else' gives numbers or text, not one kind of value"),
    ],
)
def test_words_of_errors(expression: str, expected: str) -> None:
    assert failed(expression, family="ViT") == [f"table.t.where: {expected}"]


def test_errors_about_cells_say_where_they_stand() -> None:
    assert failed("number(t) > 1") == ["x.csv:3: table.t.where: 'x' is not a number"]
    assert failed("log(n - 2) > 0") == [
        "x.csv:2: table.t.where: log(…) gives no number in 1 row\n    guard it, such as a / b if b != 0 else None"
    ]
    assert failed("(n - n) / (n - n) > 0")[0].startswith("x.csv:2: table.t.where: '/' gives no number in 5 rows")


def test_every_unknown_name_is_reported() -> None:
    assert failed("modl == 'a' and oks and each.q == 1") == [
        "table.t.where: unknown column 'modl', did you mean 'model'?",
        "table.t.where: unknown column 'oks', did you mean 'ok'?",
        "table.t.where: unknown key 'each.q'\n    each has no keys here",
    ]


def test_a_syntax_error_has_the_path_too() -> None:
    assert failed("n = 1") == ["table.t.where: syntax error at column 3\n    write == to compare"]


def test_nothing_left_is_a_notice() -> None:
    frame = FRAME.where("n > 100", path=("table", "t", "where"))
    assert len(frame) == 0
    assert [str(notice) for notice in frame.notices] == ["table.t.where: no row is left of 5"]
    assert frame.where("x > 0", path=()).rows("x") == ()


def value(expression: str, frame: Frame = FRAME, **each: Any) -> Any:
    return frame.aggregate(expression, each=each, path=("macros", "m", "value"))


def valueless(expression: str, frame: Frame = FRAME) -> str:
    with pytest.raises(DataError) as caught:
        frame.aggregate(expression, path=("macros", "m", "value"))
    return str(caught.value)


SCORES = frame_of(
    {
        "method": ["p", "q", "p", "q", "r", None],
        "model": ["a", "a", "b", "b", "a", "a"],
        "s": [1.5, 2.0, 3.25, None, 0.1, 9.0],
        "k": [3, 1, 2, 5, 4, 4],
        "hit": [True, False, True, None, True, False],
        "same": [7, 7, 7, 7, 7, 7],
    }
)
S = [1.5, 2.0, 3.25, 0.1, 9.0]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("mean(s)", statistics.fmean(S)),
        ("median(s)", statistics.median(S)),
        ("std(s)", statistics.stdev(S)),
        ("sem(s)", statistics.stdev(S) / math.sqrt(5)),
        ("min(s)", 0.1),
        ("max(k)", 5),
        ("min(method)", "p"),
        ("sum(k)", 19),
        ("sum(s)", math.fsum(S)),
        ("count()", 6),
        ("count(s)", 5),
        ("nunique(method)", 3),
        ("first(same)", 7),
        ("quantile(s, 0.25)", statistics.quantiles(S, n=4, method="inclusive")[0]),
        ("quantile(s, 1)", 9.0),
        ("mean(hit)", 0.6),
        ("mean(s) - mean(k)", statistics.fmean(S) - 19 / 6),
        ("mean(k * 2 if method == 'p' else 0)", 10 / 6),
        ("100 * each.scale * mean(same)", 1400.0),
        ("argmax(mean(s), method)", "p"),
        ("argmin(mean(s), method)", "r"),
        ("argmax(max(k) - min(k), method)", "q"),
        ("argmax(count(), model.family)", "ViT"),
        ("'few' if count() < 10 else 'many'", "few"),
        ("round(mean(s), 1)", round(statistics.fmean(S), 1)),
    ],
)
def test_aggregates(expression: str, expected: Any) -> None:
    found = value(expression, SCORES, scale=2)
    assert found == (pytest.approx(expected, rel=1e-14) if isinstance(expected, float) else expected)
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("first(method)", "first(…) needs one value, but column 'method' has 3: 'p', 'q', 'r'\n    narrow the rows"),
        ("mean(method)", "column 'method' holds text, but mean(…) needs numbers\n    numeric = [\"method\"]"),
        ("quantile(s, 2)", "quantile(…) needs a number from 0 to 1 as its second argument, not 2"),
        ("argmax(first(same), method)", "argmax(…) is tied between 'p' and 'q' and 'r', all at 7"),
        ("argmax(std(s), method)", "std(…) needs at least 2 values of 's', but there is one\n    in the group 'q' of"),
        ("mean(sx)", "unknown column 'sx', did you mean 's'?"),
    ],
)
def test_words_of_aggregates(expression: str, expected: str) -> None:
    assert valueless(expression, SCORES).startswith(f"macros.m.value: {expected}")


@pytest.mark.parametrize("name", ["mean", "median", "std", "sem", "min", "max", "sum", "first"])
def test_no_rows_have_no_value(name: str) -> None:
    least = "at least 2 values" if name in ("std", "sem") else "at least one value"
    empty = SCORES.where("k > 100", path=())
    assert valueless(f"{name}(s)", empty) == f"macros.m.value: {name}(…) needs {least} of 's', but there are none"
    assert value("count() + nunique(s)", empty) == 0


def test_infinite_values_are_kept_until_they_make_no_number() -> None:
    assert value("max(x)") == math.inf
    assert value("mean(x)") == math.inf
    assert valueless("std(x)") == "macros.m.value: std(…) of infinite values is not a number"


INTEGERS = st.integers(-(2**62), 2**62)
NUMBERS = st.one_of(st.none(), st.floats(-1e6, 1e6), st.integers(-1000, 1000))
TEXTS = st.one_of(st.none(), st.text(max_size=3), st.sampled_from(["a", "b", "A"]))


@given(
    st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=8), st.sampled_from(["<", "<=", "==", "!=", ">=", ">"])
)
def test_where_is_pythons_filter(pairs: list[tuple[float | None, float | None]], operator: str) -> None:
    frame = frame_of({"a": [a for a, _ in pairs], "b": [b for _, b in pairs], "n": list(range(len(pairs)))})
    compare: Callable[[float, float], bool] = {
        "<": lambda a, b: a < b,
        "<=": lambda a, b: a <= b,
        "==": lambda a, b: a == b,
        "!=": lambda a, b: a != b,
        ">=": lambda a, b: a >= b,
        ">": lambda a, b: a > b,
    }[operator]
    expected = [n for n, (a, b) in enumerate(pairs) if a is not None and b is not None and compare(a, b)]
    assert kept(f"a {operator} b", frame) == expected


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=8), st.text("aAb", max_size=2))
def test_text_filters_are_pythons(pairs: list[tuple[str | None, str | None]], part: str) -> None:
    frame = frame_of({"a": [a for a, _ in pairs], "b": [b for _, b in pairs], "n": list(range(len(pairs)))})
    cases: dict[str, Callable[[str | None, str | None], bool]] = {
        f"contains(a, {part!r})": lambda a, _: a is not None and part in a,
        f"startswith(a, {part!r}) and not a == b": lambda a, b: a is not None and a.startswith(part) and a != b,
        f"a in ({part!r}, 'b') or isnull(b)": lambda a, b: a in (part, "b") or b is None,
        "a < b": lambda a, b: a is not None and b is not None and a < b,
    }
    for expression, holds in cases.items():
        assert kept(expression, frame) == [n for n, (a, b) in enumerate(pairs) if holds(a, b)], expression


@given(
    st.lists(st.tuples(INTEGERS, st.integers(1, 50)), min_size=1, max_size=6),
    st.sampled_from(["+", "-", "*", "//", "%"]),
)
def test_whole_numbers_do_not_wrap_around(pairs: list[tuple[int, int]], operator: str) -> None:
    frame = frame_of({"a": [a for a, _ in pairs], "b": [b for _, b in pairs], "n": list(range(len(pairs)))})
    calculate: Callable[[int, int], int] = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "//": lambda a, b: a // b,
        "%": lambda a, b: a % b,
    }[operator]
    expected = max(calculate(a, b) for a, b in pairs)
    found = value(f"max(a {operator} b)", frame)
    if all(abs(calculate(a, b)) < 2**53 and abs(a) < 2**53 for a, b in pairs):
        assert found == expected
    elif operator != "%":
        assert found == pytest.approx(expected, rel=1e-15, abs=2.0**14)


@given(st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=20), st.randoms())
@example([715827882.7957113] * 3, Random(0))
def test_statistics_are_exact_and_do_not_depend_on_order(values: list[float], random: Any) -> None:
    shuffled = random.sample(values, len(values))
    for expression, expected in (("mean(x)", statistics.fmean(values)), ("sum(x)", math.fsum(values))):
        assert value(expression, frame_of({"x": values})) == value(expression, frame_of({"x": shuffled})) == expected
    assert value("std(x)", frame_of({"x": values})) == pytest.approx(statistics.stdev(values), rel=1e-9, abs=1e-9)
    level = random.random()
    quantile = float(np.quantile(values, level))
    assert value(f"quantile(x, {level!r})", frame_of({"x": values})) == pytest.approx(quantile, rel=1e-12, abs=1e-6)


MICRO, MU, OHM, OMEGA, COMPOSED, APART = "Zeit_\u00b5s", "Zeit_\u03bcs", "\u2126", "\u03a9", "caf\u00e9", "cafe\u0301"


@pytest.mark.parametrize("name", [MICRO, MU, OHM, OMEGA, COMPOSED, APART])
@pytest.mark.parametrize("written", [MICRO, MU, OHM, OMEGA, COMPOSED, APART])
def test_names_that_look_alike_are_found(name: str, written: str) -> None:
    frame = frame_of({name: [1, 2, None], "n": [0, 1, 2]})
    if unicodedata.normalize("NFKC", name) == unicodedata.normalize("NFKC", written):
        assert kept(f"{written} > 1", frame) == kept(f"col('{written}') > 1", frame) == [1]
        assert value(f"max({written})", frame) == 2
    else:
        with pytest.raises(DataError):
            kept(f"{written} > 1", frame)


def test_of_names_that_look_alike_the_one_that_is_written_counts() -> None:
    frame = frame_of({MICRO: [1, 2], MU: [2, 1], "n": [0, 1]})
    assert (kept(f"{MICRO} > 1", frame), kept(f"{MU} > 1", frame)) == ([1], [0])
    three = frame_of({OHM: [1], "n": [0], f"{APART}x": [1], f"{COMPOSED}x": [2]})
    assert kept(f"{OMEGA} == 1 and {APART}x == 1", three) == [0]


def test_a_column_outside_of_expressions_says_how_it_differs() -> None:
    assert str(unknown_column(COMPOSED, [APART, "n"])) == (
        f"unknown column '{COMPOSED}'\n    '{APART}' is written with other characters (U+0301): copy it from the source"
    )
