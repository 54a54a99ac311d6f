"""Expressions: the small safe language of `where`, `derive`, `check` and macros, in Python's syntax.

Only what is listed here is let in: names, literals, arithmetic, comparisons, `and`/`or`/`not`, `x if c else y`
and calls of known functions. Nothing is ever evaluated by Python itself.
"""

from __future__ import annotations

import ast
import functools
import re
import unicodedata
from collections.abc import Callable, Mapping

from paperkit.errors import PaperkitError, Problem, did_you_mean
from paperkit.manifest.expression_syntax import padded, python_tree, shift, where
from paperkit.manifest.expression_tree import (
    ACROSS,
    AGGREGATES,
    CHECKS,
    FUNCTIONS,
    MANY,
    Binary,
    Call,
    Choice,
    Compare,
    Constant,
    Expression,
    Items,
    Logic,
    Name,
    Node,
    Unary,
    walk,
)

__all__ = ["Expression", "no_group", "parse", "parse_check", "split_per"]

MAX_DEPTH = 100


_ARITHMETIC: Mapping[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
}
_COMPARISONS: Mapping[type[ast.AST], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
_SIGNS: Mapping[type[ast.AST], str] = {ast.USub: "-", ast.UAdd: "+", ast.Not: "not"}
_FORBIDDEN: Mapping[type[ast.AST], tuple[str, str | None]] = {
    ast.Lambda: ("a lambda", None),
    ast.Subscript: ("an index such as x[0]", None),
    ast.Slice: ("a slice", None),
    ast.ListComp: ("a comprehension", None),
    ast.SetComp: ("a comprehension", None),
    ast.DictComp: ("a comprehension", None),
    ast.GeneratorExp: ("a comprehension", None),
    ast.Dict: ("a dictionary", None),
    ast.Set: ("a set", "write the values in parentheses: x in ('a', 'b')"),
    ast.JoinedStr: ("an f-string", None),
    ast.NamedExpr: ("an assignment (:=)", "write == to compare"),
    ast.Starred: ("a star", None),
    ast.Await: ("await", None),
    ast.Yield: ("yield", None),
    ast.YieldFrom: ("yield", None),
    ast.BitAnd: ("'&'", "write 'and'"),
    ast.BitOr: ("'|'", "write 'or'"),
    ast.BitXor: ("'^'", "write ** for powers"),
    ast.Invert: ("'~'", "write 'not'"),
    ast.LShift: ("'<<'", None),
    ast.RShift: ("'>>'", None),
    ast.MatMult: ("'@'", None),
    ast.Is: ("'is'", "write isnull(x) for missing values, == otherwise"),
    ast.IsNot: ("'is not'", "write notnull(x) for missing values, != otherwise"),
}
_FOREIGN: Mapping[str, str] = {
    "true": "True",
    "false": "False",
    "null": "None",
    "none": "None",
}
_MODULES = frozenset({"np", "numpy", "pd", "pandas", "math", "scipy", "statistics", "torch"})
_ACCESSORS = frozenset({"str", "dt"})  # of pandas: x.str.lower()
_PER = re.compile(r"(?s)(.*\S)\s+per\s+([^\W\d][\w.]*(?:\s*,\s*[^\W\d][\w.]*)*)\s*")


@functools.lru_cache(maxsize=1024)
def parse(text: str, *, aggregates: bool = False) -> Expression:
    """Return the expression that `text` spells.

    Without `aggregates` it has a value per row; with it, one value for the whole frame: every column then stands
    inside an aggregate such as `mean(x)`.

    >>> parse("base_model.family == each.family and accuracy > 50").columns
    ('base_model.family', 'accuracy')

    Raises:
        PaperkitError: one problem per defect, without a path.

    """
    return _parse(text, "value" if aggregates else "row")


@functools.lru_cache(maxsize=1024)
def parse_check(text: str) -> Expression:
    """Return the expression of a `check`, which may mix columns, aggregates and `unique(…)`.

    Raises:
        PaperkitError: one problem per defect, without a path.

    """
    return _parse(text, "check")


def split_per(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the expression of a `check` and the columns behind `per`, for whose every combination it must hold.

    >>> split_per("count(seed) == 5 per model, dataset")
    ('count(seed) == 5', ('model', 'dataset'))
    """
    found = _PER.fullmatch(text)
    if found is None:
        return text, ()
    return found[1], tuple(name.strip() for name in found[2].split(","))


def no_group(pattern: str) -> tuple[str, str]:
    """Return what is wrong with a regular expression of `extract` without a group, and what to do."""
    return f"extract takes a group in parentheses, and '{pattern}' has none", f"write '({pattern})' for all that fits"


def _parse(text: str, mode: str) -> Expression:
    body = python_tree(text)
    parser = _Parser(text, mode)
    tree = parser.node(body, inside=mode == "row", depth=0)
    if isinstance(tree, Items):
        parser.problem(body, "a list can only stand after 'in'")
    if parser.problems:
        raise PaperkitError(*parser.problems)
    names = tuple(dict.fromkeys(node.name for node in walk(tree) if isinstance(node, Name)))
    return Expression(text=text, tree=tree, names=names)


class _Parser:
    """Turns Python's tree into ours and notes every defect on the way."""

    def __init__(self, text: str, mode: str) -> None:
        self.lines = text.split("\n")
        self.source = "" if text.isascii() else padded(text)
        self.shift = shift(text)
        self.mode = mode
        self.problems: list[Problem] = []
        self.known = {**FUNCTIONS, **AGGREGATES, **(CHECKS if mode == "check" else {})}

    def problem(self, node: ast.AST, message: str, hint: str | None = None) -> Constant:
        line = getattr(node, "lineno", 1)
        shift = self.shift if line == 1 else 0
        line_bytes = ("(" * shift + self.lines[min(line, len(self.lines)) - 1]).encode(errors="replace")
        column = len(line_bytes[: getattr(node, "col_offset", 0)].decode(errors="ignore")) + 1 - shift
        self.problems.append(Problem(message=f"{message} ({where(line, max(column, 1))})", hint=hint))
        return Constant(value=None)

    def node(self, node: ast.expr, *, inside: bool, depth: int) -> Node:
        """Return our node; `inside` tells whether columns may stand here."""
        if depth > MAX_DEPTH:
            return self.problem(node, f"the expression is nested deeper than {MAX_DEPTH} levels")
        convert: Callable[..., Node] | None = getattr(self, f"on_{type(node).__name__.lower()}", None)
        if convert is None:
            return self.forbidden(node, node)
        return convert(node, inside=inside, depth=depth + 1)

    def forbidden(self, node: ast.AST, at: ast.AST) -> Constant:
        words, hint = _FORBIDDEN.get(type(node), (f"'{type(node).__name__}'", None))
        return self.problem(at, f"{words} is not allowed in an expression", hint)

    def on_constant(self, node: ast.Constant, *, inside: bool, depth: int) -> Node:
        _ = inside, depth
        value = node.value
        if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 63:  # noqa: PLR2004
            return self.problem(node, "this whole number is too large")
        if value is None or isinstance(value, (str, int, float)):
            return Constant(value=value)
        return self.problem(node, f"'{ast.unparse(node)}' is neither a number nor text")

    def on_name(self, node: ast.Name, *, inside: bool, depth: int) -> Node:
        _ = depth
        if node.id in _FOREIGN:
            return self.problem(node, f"'{node.id}' is written {_FOREIGN[node.id]}")
        if node.id.startswith("__"):
            return self.hidden(node, node.id)
        return self.column(node, self.spelt(node, node.id), inside=inside)

    def spelt(self, node: ast.expr, name: str) -> str:
        """Return a name as it was written: Python has one spelling for all that look alike, columns may not."""
        if not self.source or node.end_lineno is None or node.end_col_offset is None:
            return name
        line = self.source.split("\n")[node.end_lineno - 1].encode(errors="replace")
        written = re.split(r"[^\w\u0300-\u036f]", line[: node.end_col_offset].decode(errors="ignore"))[-1]
        return written if unicodedata.normalize("NFKC", written) == name else name

    def dotted(self, node: ast.expr) -> str | None:
        """Return `a.b.c` as it was written, None for what is no name."""
        match node:
            case ast.Name():
                return self.spelt(node, node.id)
            case ast.Attribute():
                head = self.dotted(node.value)
                return None if head is None else f"{head}.{self.spelt(node, node.attr)}"
            case _:
                return None

    def on_attribute(self, node: ast.Attribute, *, inside: bool, depth: int) -> Node:
        _ = depth
        name = self.dotted(node)
        if name is None:
            return self.problem(node, f"'.{node.attr}' can only follow a name")
        if any(part.startswith("__") for part in name.split(".")):
            return self.hidden(node, name)
        return Name(name=name) if name.startswith("each.") else self.column(node, name, inside=inside)

    def hidden(self, node: ast.AST, name: str) -> Constant:
        hint = f"write col('{name}') for a column of that name"
        return self.problem(node, f"'{name}' is not allowed: a name does not begin with two underscores", hint)

    def column(self, node: ast.AST, name: str, *, inside: bool) -> Node:
        if not inside and self.mode == "value":
            hint = f"write mean({name}), first({name}) or another aggregate"
            return self.problem(node, f"'{name}' has a value per row, but one value is asked for", hint)
        return Name(name=name)

    def on_unaryop(self, node: ast.UnaryOp, *, inside: bool, depth: int) -> Node:
        operand = self.node(node.operand, inside=inside, depth=depth)
        operator = _SIGNS.get(type(node.op))
        if operator is None:
            return self.forbidden(node.op, node)
        if operator == "-" and isinstance(operand, Constant) and type(operand.value) in (int, float):
            return Constant(value=-operand.value)  # type: ignore[operator]
        return Unary(operator=operator, operand=self.single(node.operand, operand))

    def on_binop(self, node: ast.BinOp, *, inside: bool, depth: int) -> Node:
        left = self.single(node.left, self.node(node.left, inside=inside, depth=depth))
        right = self.single(node.right, self.node(node.right, inside=inside, depth=depth))
        operator = _ARITHMETIC.get(type(node.op))
        if operator is None:
            return self.forbidden(node.op, node)
        found = Binary(operator=operator, left=left, right=right)
        try:
            _folded(found)
        except OverflowError:
            return self.problem(node, "this number is too large")
        return found

    def on_boolop(self, node: ast.BoolOp, *, inside: bool, depth: int) -> Node:
        operands = tuple(self.single(v, self.node(v, inside=inside, depth=depth)) for v in node.values)
        return Logic(operator="and" if isinstance(node.op, ast.And) else "or", operands=operands)

    def on_ifexp(self, node: ast.IfExp, *, inside: bool, depth: int) -> Node:
        then, condition, otherwise = (
            self.single(part, self.node(part, inside=inside, depth=depth))
            for part in (node.body, node.test, node.orelse)
        )
        return Choice(condition=condition, then=then, otherwise=otherwise)

    def on_compare(self, node: ast.Compare, *, inside: bool, depth: int) -> Node:
        parts = (node.left, *node.comparators)
        operands = tuple(self.node(part, inside=inside, depth=depth) for part in parts)
        operators: list[str] = []
        for index, op in enumerate(node.ops):
            operator = _COMPARISONS.get(type(op))
            if operator is None:
                self.forbidden(op, node)
                continue
            operators.append(operator)
            self.comparison(parts, operands, index, operator)
        return Compare(operators=tuple(operators), operands=operands)

    def comparison(self, parts: tuple[ast.expr, ...], operands: tuple[Node, ...], index: int, operator: str) -> None:
        membership = operator in ("in", "not in")
        pair = (index, index + 1)
        given = [i for i in pair if not _is_none(parts[i])]
        if len(given) < len(pair):
            function = "notnull" if operator in ("!=", "not in") else "isnull"
            hint = f"write {function}({ast.unparse(parts[given[0]])})" if given else None
            self.problem(parts[index], "a comparison with None is never true", hint)
        elif membership and not isinstance(operands[index + 1], Items):
            word, column = (ast.unparse(parts[i]) for i in pair)
            hint = f"write x in ('a', 'b'), or contains({column}, {word}) for a part of a text"
            self.problem(parts[index + 1], f"'{operator}' needs a list of values after it", hint)
        elif isinstance(operands[index], Items) or (isinstance(operands[index + 1], Items) and not membership):
            self.problem(parts[index], "a list can only stand after 'in'", "write x in ('a', 'b')")

    def on_tuple(self, node: ast.Tuple | ast.List, *, inside: bool, depth: int) -> Node:
        values: list[str | int | float | bool] = []
        for element in node.elts:
            value = self.node(element, inside=inside, depth=depth)
            if not isinstance(value, Constant):
                self.problem(element, "a list may hold only numbers and texts")
            elif value.value is not None:
                values.append(value.value)
            elif _is_none(element):
                self.problem(element, "None in a list is never found", "write isnull(x) or x in (…)")
        return Items(values=tuple(values))

    on_list = on_tuple

    def on_call(self, node: ast.Call, *, inside: bool, depth: int) -> Node:
        if not isinstance(node.func, ast.Name):
            return self.method(node)
        name = node.func.id
        if name not in self.known:
            return self.unknown(node, name)
        if node.keywords:
            return self.problem(node, f"{name} takes its arguments in order, without names")
        if not self.arity(node, name):
            return Constant(value=None)
        if name in AGGREGATES:
            return self.aggregate(node, name, depth)
        if name in ACROSS:
            self.column(node, f"{name}(…)", inside=inside)
        within = inside or name in CHECKS
        arguments = tuple(self.single(a, self.node(a, inside=within, depth=depth)) for a in node.args)
        return self.special(node, Call(function=name, arguments=arguments), inside=inside)

    def unknown(self, node: ast.Call, name: str) -> Constant:
        fitting = (known for known in self.known if self.mode != "row" or known not in AGGREGATES)
        hint = f"{name}(…) belongs into check" if name in CHECKS else "the functions are " + ", ".join(fitting)
        close = did_you_mean(name, self.known)
        return self.problem(node, f"unknown function '{name}'{close}", None if close else hint)

    def method(self, node: ast.Call) -> Node:
        """Refuse `x.mean()` and `np.exp(x)`: functions are written bare."""
        if not isinstance(node.func, ast.Attribute):
            return self.problem(node, "only the known functions can be called")
        name, owner = node.func.attr, node.func.value
        if isinstance(owner, ast.Attribute) and owner.attr in _ACCESSORS:
            owner = owner.value
        module = owner.id if isinstance(owner, ast.Name) and owner.id in _MODULES else ""
        message = f"'{module}.{name}(…)' is not allowed: functions are written bare"
        if name not in self.known:
            close = did_you_mean(name, self.known)
            fitting = ", ".join(known for known in self.known if self.mode != "row" or known not in AGGREGATES)
            return self.problem(node, f"{message}{close}", None if close else f"the functions are {fitting}")
        if name == "col" and (prefix := self.dotted(owner)) and node.args and isinstance(node.args[0], ast.Constant):
            return self.problem(node, message, f"write col({f'{prefix}.{node.args[0].value!s}'!r})")
        arguments = ", ".join(ast.unparse(a) for a in (*(() if module else (owner,)), *node.args))
        is_late = self.mode == "row" and name in AGGREGATES
        late = ", but in stat, a macro or a check: it sums up a whole column" if is_late else ""
        return self.problem(node, message, f"write {name}({arguments}){late}")

    def arity(self, node: ast.Call, name: str) -> bool:
        low, high = self.known[name]
        if low <= len(node.args) <= high:
            return True
        wanted = str(low) if low == high else f"at least {low}" if high == MANY else f"{low} or {high}"
        plural = "argument" if low == 1 and high in (1, MANY) else "arguments"
        self.problem(node, f"{name} takes {wanted} {plural}, not {len(node.args)}")
        return False

    def aggregate(self, node: ast.Call, name: str, depth: int) -> Node:
        if self.mode == "row":
            stat = f'{{ {name} = "{ast.unparse(node)}" }}'
            hint = f"stat = {stat} in a frame of its own, joined here, does it; macros and checks take it"
            return self.problem(node, f"{name}(…) sums up a whole column and cannot stand in a row", hint)
        if name in ("argmax", "argmin"):
            return self.extreme(node, name, depth)
        before, self.mode = self.mode, "row"
        try:
            arguments = tuple(self.single(a, self.node(a, inside=True, depth=depth)) for a in node.args)
        finally:
            self.mode = before
        return Call(function=name, arguments=arguments)

    def extreme(self, node: ast.Call, name: str, depth: int) -> Node:
        before, self.mode = self.mode, "value"
        try:
            score = self.single(node.args[0], self.node(node.args[0], inside=False, depth=depth))
        finally:
            self.mode = before
        group = self.node(node.args[1], inside=True, depth=depth)
        if not isinstance(group, Name) and not (isinstance(group, Call) and group.function == "col"):
            self.problem(node.args[1], f"{name} needs a column after the comma", f"write {name}(mean(x), column)")
        return Call(function=name, arguments=(score, group))

    def special(self, node: ast.Call, call: Call, *, inside: bool) -> Node:
        last = call.arguments[-1]
        if call.function == "col":
            if isinstance(last, Constant) and isinstance(last.value, str):
                return self.column(node, last.value, inside=inside)
            return self.problem(node, "col needs the name of a column in quotes")
        if call.function in ("matches", "extract") and isinstance(last, Constant) and isinstance(last.value, str):
            return self.pattern(node, call, last.value)
        return call

    def pattern(self, node: ast.Call, call: Call, text: str) -> Node:
        try:
            groups = re.compile(text).groups
        except (re.error, OverflowError, RecursionError) as error:
            return self.problem(node, f"'{text}' is not a regular expression: {error}")
        if call.function == "extract" and not groups:
            return self.problem(node, *no_group(text))
        return call

    def single(self, at: ast.expr, node: Node) -> Node:
        if isinstance(node, Items):
            return self.problem(at, "a list can only stand after 'in'")
        return node


def _folded(node: Node) -> float | None:
    """Return the value of a power of literals, or None; raise OverflowError if it is larger than a float can be."""
    match node:
        case Constant(value=int() | float() as value):
            return float(value)
        case Binary(operator="**"):
            left, right = _folded(node.left), _folded(node.right)
            if left is None or right is None or (left == 0 and right < 0):
                return None
            found = left**right
            return found if isinstance(found, float) else None
        case _:
            return None


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
