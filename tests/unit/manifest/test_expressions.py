"""Expressions: what is let in, what is refused, and in which words."""

from __future__ import annotations

import ast
import functools
import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from paperkit.errors import PaperkitError
from paperkit.manifest.expression_tree import (
    AGGREGATES,
    FUNCTIONS,
    Binary,
    Call,
    Choice,
    Compare,
    Constant,
    Items,
    Logic,
    Name,
    Unary,
)
from paperkit.manifest.expressions import parse, parse_check, split_per

IN_TEXT = (
    "'in' needs a list of values after it (column 8) [write x in ('a', 'b'), or contains(x, 'a') for a part of a text]"
)
ROW_VALUE = (
    "'gain' has a value per row, but one value is asked for (column 8) "
    "[write mean(gain), first(gain) or another aggregate]"
)


def messages(text: str, **options: Any) -> list[str]:
    with pytest.raises(PaperkitError) as caught:
        parse(text, **options)
    return [p.message + (f" [{p.hint}]" if p.hint else "") for p in caught.value.problems]


def test_tree_follows_pythons_precedence() -> None:
    a, b = Name(name="a"), Name(name="b")
    one = Constant(value=1)
    assert parse("a + b * -1").tree == Binary(
        operator="+", left=a, right=Binary(operator="*", left=b, right=Constant(value=-1))
    )
    assert parse("not a == 1 and b or a").tree == Logic(
        operator="or",
        operands=(
            Logic(
                operator="and",
                operands=(Unary(operator="not", operand=Compare(operators=("==",), operands=(a, one))), b),
            ),
            a,
        ),
    )
    assert parse("0 < a <= 1").tree == Compare(operators=("<", "<="), operands=(Constant(value=0), a, one))
    assert parse("a if b else None").tree == Choice(condition=b, then=a, otherwise=Constant(value=None))
    assert parse("a not in ['x', -1.5, True]").tree == Compare(
        operators=("not in",), operands=(a, Items(values=("x", -1.5, True)))
    )


def test_names_come_in_order_of_appearance() -> None:
    expression = parse(
        "base_model.family == each.family and accuracy > baseline.accuracy or accuracy < col('odd name')"
    )
    assert expression.names == ("base_model.family", "each.family", "accuracy", "baseline.accuracy", "odd name")
    assert expression.columns == ("base_model.family", "accuracy", "baseline.accuracy", "odd name")
    assert expression.each == ("family",)


def test_several_lines_and_comments_are_fine() -> None:
    assert parse("\n  a == 1  # the first\n  and b\n").names == ("a", "b")


def test_aggregates_take_row_expressions() -> None:
    tree = parse("mean(a - b) - quantile(a, 0.5)", aggregates=True).tree
    assert isinstance(tree, Binary)
    assert tree.left == Call(
        function="mean", arguments=(Binary(operator="-", left=Name(name="a"), right=Name(name="b")),)
    )
    assert parse("argmax(mean(gain), experiment)", aggregates=True).names == ("gain", "experiment")
    assert parse("each.scale * mean(a)", aggregates=True).each == ("scale",)


def test_a_check_may_mix_rows_and_aggregates() -> None:
    assert parse_check("accuracy <= max(accuracy) and unique(model, dataset)").names == ("accuracy", "model", "dataset")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["the expression is empty"]),
        ("a = 1", ["syntax error at column 3 [write == to compare]"]),
        ("a == 'x=y' and b = 1", ["syntax error at column 18 [write == to compare]"]),
        ("a &&b", ["syntax error at column 3 [write 'and']"]),
        ("a == 1 AND b", ["syntax error at column 8 [write and, or, not, in with small letters]"]),
        ("a\nand b ! c", ["syntax error at line 2, column 7 [write 'not']"]),
        ("a +", ["syntax error at column 4"]),
        ("a\nand\nb ==", ["syntax error at line 3, column 5"]),
        ("a and (b", ["syntax error at column 7 [a parenthesis or quote is never closed]"]),
        ("a == 'b", ["syntax error at column 6 [a parenthesis or quote is never closed]"]),
        ("a b", ["syntax error at column 3"]),
        ("a & b", ["'&' is not allowed in an expression (column 1) [write 'and']"]),
        ("~a", ["'~' is not allowed in an expression (column 1) [write 'not']"]),
        ("x == None", ["a comparison with None is never true (column 1) [write isnull(x)]"]),
        ("None != x.y", ["a comparison with None is never true (column 1) [write notnull(x.y)]"]),
        (
            "x is None",
            ["'is' is not allowed in an expression (column 1) [write isnull(x) for missing values, == otherwise]"],
        ),
        ("é == startwith(x, 'a')", ["unknown function 'startwith', did you mean 'startswith'? (column 6)"]),
        (
            "x.startswith('a')",
            ["'.startswith(…)' is not allowed: functions are written bare (column 1) [write startswith(x, 'a')]"],
        ),
        (
            "x.str.lower() == 'a'",
            ["'.lower(…)' is not allowed: functions are written bare (column 1) [write lower(x)]"],
        ),
        ("1 + np.exp(2)", ["'np.exp(…)' is not allowed: functions are written bare (column 5) [write exp(2)]"]),
        (
            "math.sqrt(m.size)",
            ["'math.sqrt(…)' is not allowed: functions are written bare (column 1) [write sqrt(m.size)]"],
        ),
        ("x.rond(2)", ["'.rond(…)' is not allowed: functions are written bare, did you mean 'round'? (column 1)"]),
        (
            "x > x.mean()",
            [
                (
                    "'.mean(…)' is not allowed: functions are written bare (column 5) "
                    "[write mean(x), but in stat, a macro or a check: it sums up a whole column]"
                )
            ],
        ),
        (
            "x.__class__()",
            [
                (
                    "'.__class__(…)' is not allowed: functions are written bare (column 1) "
                    "[the functions are startswith, endswith, contains, matches, lower, upper, strip, len, "
                    "replace, extract, isnull, notnull, between, abs, round, sqrt, log, log10, exp, number, text, "
                    "rank, zscore, col]"
                )
            ],
        ),
        ("'a'(1)", ["only the known functions can be called (column 1)"]),
        ("(1).real", ["'.real' can only follow a name (column 1)"]),
        ("abs(x=1)", ["abs takes its arguments in order, without names (column 1)"]),
        ("abs(*x)", ["a star is not allowed in an expression (column 5)"]),
        ("startswith(x)", ["startswith takes 2 arguments, not 1 (column 1)"]),
        ("round()", ["round takes 1 or 2 arguments, not 0 (column 1)"]),
        ("lambda: 1", ["a lambda is not allowed in an expression (column 1)"]),
        ("[y for y in x]", ["a comprehension is not allowed in an expression (column 1)"]),
        ("x[0]", ["an index such as x[0] is not allowed in an expression (column 1)"]),
        ("f'{x}'", ["an f-string is not allowed in an expression (column 1)"]),
        ("(y := 1)", ["an assignment (:=) is not allowed in an expression (column 2) [write == to compare]"]),
        ("1j", ["'1j' is neither a number nor text (column 1)"]),
        ("b'x'", ["'b'x'' is neither a number nor text (column 1)"]),
        ("x == 10000000000000000000", ["this whole number is too large (column 6)"]),
        ("x == true", ["'true' is written True (column 6)"]),
        (
            "'a' in x",
            [IN_TEXT],
        ),
        ("x == ('a', 'b')", ["a list can only stand after 'in' (column 1) [write x in ('a', 'b')]"]),
        ("x in ('a', y)", ["a list may hold only numbers and texts (column 12)"]),
        ("x in ('a', None)", ["None in a list is never found (column 12) [write isnull(x) or x in (…)]"]),
        ("mean(x)", ["mean(…) sums up a whole column and cannot stand in a row (column 1) "]),
        ("notnull()", ["notnull takes at least 1 argument, not 0 (column 1)"]),
        (
            "extract(x, 'seed_[0-9]+') == 'a'",
            [
                (
                    "extract takes a group in parentheses, and 'seed_[0-9]+' has none (column 1) "
                    "[write '(seed_[0-9]+)' for all that fits]"
                )
            ],
        ),
        (
            "extract(x, '(?:a)')",
            [
                (
                    "extract takes a group in parentheses, and '(?:a)' has none (column 1) "
                    "[write '((?:a))' for all that fits]"
                )
            ],
        ),
        ("matches(x, '(')", ["'(' is not a regular expression: "]),
        ("col(x)", ["col needs the name of a column in quotes (column 1)"]),
    ],
)
def test_defects_are_named(text: str, expected: list[str]) -> None:
    found = messages(text)
    assert len(found) == len(expected)
    for message, wanted in zip(found, expected, strict=True):
        assert message == wanted or (wanted[-1] == " " and message.startswith(wanted))


def test_every_defect_is_reported_at_once() -> None:
    assert messages("foo(x) and y.z[0] | 2 and 1j") == [
        "unknown function 'foo' (column 1) [the functions are " + ", ".join(FUNCTIONS) + "]",
        "an index such as x[0] is not allowed in an expression (column 12)",
        "'|' is not allowed in an expression (column 12) [write 'or']",
        "'1j' is neither a number nor text (column 27)",
    ]


def test_a_bare_column_is_no_single_value() -> None:
    assert messages("mean(a) - b", aggregates=True) == [
        "'b' has a value per row, but one value is asked for (column 11) [write mean(b), first(b) or another aggregate]"
    ]
    assert messages("mean(mean(a))", aggregates=True) == [
        (
            'mean(…) sums up a whole column and cannot stand in a row (column 6) [stat = { mean = "mean(a)" } '
            "in a frame of its own, joined here, does it; macros and checks take it]"
        )
    ]
    assert messages("argmax(gain, 1)", aggregates=True) == [
        ROW_VALUE,
        "argmax needs a column after the comma (column 14) [write argmax(mean(x), column)]",
    ]
    assert messages("unique(a)") == ["unknown function 'unique', did you mean 'nunique'? (column 1)"]


@pytest.mark.parametrize("text", ["(" * 500 + "a" + ")" * 500, "+".join("a" * 4000), "-" * 3000 + "a", "a" * 20_000])
def test_depth_is_limited(text: str) -> None:
    with pytest.raises(PaperkitError):
        parse(text)


WORDS = ("==", "and ", " or ", "not ", " in ", "None", "True", "é", "\0", "lambda ", "if ", " else ", "each.")
CALLS = tuple(f"{name}(" for name in (*FUNCTIONS, *AGGREGATES))
PIECES = st.sampled_from((*"ab.,()[]{}+-*/%<>=!&|~^@:;'\"\\#\n \t0159eExXj_`$", *WORDS, *CALLS))


@settings(max_examples=500)
@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join)), st.booleans())
@example("\\N{", False)
@example("'\\x'", False)
@example("\ud800", False)
@example("1" * 5000, False)
@example("\f(", False)
def test_parse_raises_nothing_but_its_own_error(text: str, aggregates: bool) -> None:
    for read in (functools.partial(parse, aggregates=aggregates), parse_check):
        try:
            assert read(text).text == text
        except PaperkitError as error:
            found = error
        else:
            continue
        assert found.problems
        assert all(problem.message for problem in found.problems)


@given(st.text(max_size=60))
def test_whatever_is_accepted_is_python(text: str) -> None:
    try:
        parse(text)
    except PaperkitError:
        return
    ast.parse(f"({text}\n)", mode="eval")
    assert not re.search(r"__\w+__\s*\(", text)


ESCAPES = {
    "model.__class__": "'model.__class__' is not allowed: a name does not begin with two underscores",
    "model.__class__.__bases__": "'model.__class__.__bases__' is not allowed: a name does not begin",
    "model.family.__globals__": "'model.family.__globals__' is not allowed: a name does not begin",
    "__builtins__": "'__builtins__' is not allowed: a name does not begin with two underscores",
    "__import__": "'__import__' is not allowed: a name does not begin with two underscores",
    "__import__('os')": "unknown function '__import__'",
    "__import__('os').system('x')": "'.system(…)' is not allowed: functions are written bare",
    "__builtins__['eval']('1')": "only the known functions can be called",
    "eval('1')": "unknown function 'eval'",
    "exec('import os')": "unknown function 'exec'",
    "compile('1', '', 'eval')": "unknown function 'compile'",
    "open('/etc/passwd')": "unknown function 'open'",
    "getattr(model, '__class__')": "unknown function 'getattr'",
    "globals()": "unknown function 'globals'",
    "vars(model)": "unknown function 'vars'",
    "type(model)": "unknown function 'type'",
    "breakpoint()": "unknown function 'breakpoint'",
    "input('x')": "unknown function 'input'",
    "().__class__": "'.__class__' can only follow a name",
    "''.__class__.__mro__": "'.__mro__' can only follow a name",
    "(1).__class__.__base__.__subclasses__()": "'.__subclasses__(…)' is not allowed: functions are written bare",
    "abs.__self__": "'abs.__self__' is not allowed: a name does not begin with two underscores",
    "abs.__self__.eval('1')": "'.eval(…)' is not allowed: functions are written bare",
    "abs(model).__class__": "'.__class__' can only follow a name",
    "(lambda: 1)()": "only the known functions can be called",
    "lambda x: x": "a lambda is not allowed in an expression",
    "[x for x in (1, 2)]": "a comprehension is not allowed in an expression",
    "{x for x in (1, 2)}": "a comprehension is not allowed in an expression",
    "{x: x for x in (1, 2)}": "a comprehension is not allowed in an expression",
    "(x for x in (1, 2))": "a comprehension is not allowed in an expression",
    "abs(x for x in (1, 2))": "a comprehension is not allowed in an expression",
    "f'{model.__class__}'": "an f-string is not allowed in an expression",
    "f'{open}'": "an f-string is not allowed in an expression",
    "'{0.__class__}'.format(model)": "'.format(…)' is not allowed: functions are written bare",
    "'%s' % model.__class__": "'model.__class__' is not allowed: a name does not begin with two underscores",
    "format(model, '>9')": "unknown function 'format'",
    "10**10**10": "this number is too large",
    "9**9**9**9": "this number is too large",
    "model > 2**(2**(2**20))": "this number is too large",
    "1" + "0" * 5000: "syntax error",
    "1" + "0" * 400: "this whole number is too large",
    "'a' * 10**9 == 'b' or 10.0**400 > 1": "this number is too large",
    "(x := 1)": "an assignment (:=) is not allowed in an expression",
    "[open := eval]": "an assignment (:=) is not allowed in an expression",
    "abs(*model)": "a star is not allowed in an expression",
    "abs(**model)": "abs takes its arguments in order, without names",
    "max(*(1, 2))": "max(…) sums up a whole column and cannot stand in a row",
    "model[0]": "an index such as x[0] is not allowed in an expression",
    "model['__class__']": "an index such as x[0] is not allowed in an expression",
    "model[::-1]": "an index such as x[0] is not allowed in an expression",
    "().__class__[0]": "an index such as x[0] is not allowed in an expression",
    "b'import os'": "'b'import os'' is neither a number nor text",
    "...": "'...' is neither a number nor text",
    "1j": "'1j' is neither a number nor text",
    "{'a': open}": "a dictionary is not allowed in an expression",
    "{1, 2}": "a set is not allowed in an expression",
    "await model": "await is not allowed in an expression",
    "(yield model)": "yield is not allowed in an expression",
    "(yield from model)": "yield is not allowed in an expression",
    "model @ model": "'@' is not allowed in an expression",
    "1 << 10**9": "'<<' is not allowed in an expression",
    "import os": "syntax error",
    "model; import os": "syntax error",
    "model\nimport os": "syntax error",
    "del model": "syntax error",
    "\0": "syntax error",
    "(" * 5000 + "1" + ")" * 5000: "",
    "-" * 5000 + "1": "",
    "+".join(["model"] * 2500): "the expression is longer than 10000 characters",
    "not " * 200 + "model": "the expression is nested deeper than 100 levels",
    "col('a').__class__": "'.__class__' can only follow a name",
    "col('a' + 'b')": "col needs the name of a column in quotes",
    "os.system('x')": "'.system(…)' is not allowed: functions are written bare",
    "pd.eval('1')": "'pd.eval(…)' is not allowed: functions are written bare",
    "pd.io.common.os.system('x')": "'.system(…)' is not allowed: functions are written bare",
    "model.query('@x')": "'.query(…)' is not allowed: functions are written bare",
    "`model`": "syntax error",
}


def test_there_are_enough_escapes() -> None:
    assert len(ESCAPES) >= 40


@pytest.mark.parametrize("text", ESCAPES, ids=range(len(ESCAPES)))
def test_nothing_reaches_python(text: str) -> None:
    for read in (parse, functools.partial(parse, aggregates=True), parse_check):
        with pytest.raises(PaperkitError) as caught:
            read(text)
        problems = caught.value.problems
        assert all(problem.message for problem in problems)
        if read is parse:
            assert any(problem.message.startswith(ESCAPES[text]) for problem in problems), problems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("count() == 5 per model", ("count() == 5", ("model",))),
        ("count(seed) == 5 per model , a.b,é", ("count(seed) == 5", ("model", "a.b", "é"))),
        ("a\n == 1\nper b", ("a\n == 1", ("b",))),
        ("a == 'x per y'", ("a == 'x per y'", ())),
        ("per == 1", ("per == 1", ())),
        ("per per per", ("per", ("per",))),
        ("a == 1 per", ("a == 1 per", ())),
        ("a per 1", ("a per 1", ())),
    ],
)
def test_checks_per_group(text: str, expected: tuple[str, tuple[str, ...]]) -> None:
    assert split_per(text) == expected


def test_the_rank_of_a_row_is_no_value_of_the_frame() -> None:
    assert messages("rank(x) + 1", aggregates=True)[0] == (
        "'rank(…)' has a value per row, but one value is asked for (column 1) "
        "[write mean(rank(…)), first(rank(…)) or another aggregate]"
    )
    assert parse("mean(rank(x, model))", aggregates=True).names == ("x", "model")
    assert parse_check("zscore(x) < 3").names == ("x",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("R² > 1", "'²' is not allowed in an expression (column 2) [write col('R²') for a column of that name]"),
        (
            "1 <\n 10 °C",
            "'°' is not allowed in an expression (line 2, column 5) [write col('°C') for a column of that name]",
        ),
        ("acc ≤ 1", "'≤' is not allowed in an expression (column 5) [write <=]"),
        ("x == ‘a’", "'‘' is not allowed in an expression (column 6) [write straight quotes: 'text']"),
        ("x ⌀ 1", "'⌀' is not allowed in an expression (column 3)"),
        (
            "x ==\u00a01",
            "syntax error at column 5 [there is a character that cannot be seen, U+00A0: type the text around it anew]",
        ),
        (
            "baseline.col('val.acc')",
            "'.col(…)' is not allowed: functions are written bare (column 1) [write col('baseline.val.acc')]",
        ),
        (
            "x - a.b.col('it\\'s')",
            "'.col(…)' is not allowed: functions are written bare (column 5) [write col(\"a.b.it's\")]",
        ),
    ],
)
def test_hints_say_how_a_name_is_written(text: str, message: str) -> None:
    assert messages(text) == [message]


def test_names_are_taken_as_they_are_written() -> None:
    """Python reads all that agree in NFKC as one identifier."""
    for name in ("Zeit_µs", "Zeit_μs", "cafe\u0301", "café", "Ω", "Ω"):
        for text in (f"{name} > 1", f"(x +\n  {name}.{name}) * {name}", f" mean ({name})"):
            names = parse(text, aggregates="mean" in text).names
            assert set(names) <= {"x", name, f"{name}.{name}"}, text
