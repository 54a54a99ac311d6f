"""Evaluate: an expression on the rows of a frame, column by column.

A comparison with a missing value is false, arithmetic with one is missing. `and`, `or` and `x if c else y` evaluate
their parts only on the rows where they matter, so that `b != 0 and a / b > 2` is safe.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from paperkit.data import across, aggregates, arithmetic, functions, statistics, vectors
from paperkit.data.orders import telling
from paperkit.data.table import PLURALS, Rows, Value, unknown_column
from paperkit.data.vectors import Array, Mask, Positions, Vector, of_flags, of_numbers, of_value
from paperkit.errors import DataError, Place, Problem, did_you_mean
from paperkit.manifest.expression_tree import (
    ACROSS,
    AGGREGATES,
    INTERVALS,
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
    spelt,
    walk,
)
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Scalar

if TYPE_CHECKING:
    import pandas as pd

    from paperkit.data.orders import Order

NO_EACH: Mapping[str, Scalar] = MappingProxyType({})
GUARD = "guard it, such as a / b if b != 0 else None"


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What an expression sees: rows, labels, `each`; the rows that matter at present, and those of an aggregate.

    `index` and `whole` are positions, None for all rows; `name` is the frame's.
    """

    rows: Rows
    labels: Labels
    each: Mapping[str, Scalar]
    name: str = ""
    index: Positions | None = None
    whole: Positions | None = None

    def __len__(self) -> int:
        return len(self.rows) if self.index is None else len(self.index)

    def take(self, mask: Mask) -> Scope:
        """Return the scope of fewer rows; aggregates still see all of them."""
        if mask.all():
            return self
        import numpy as np

        return replace(self, index=np.flatnonzero(mask) if self.index is None else self.index[mask])

    def group(self, index: Positions | None) -> Scope:
        """Return the scope of the rows at `index`, for rows and aggregates alike."""
        return replace(self, index=index, whole=index)

    def place(self, position: int, column: str | None = None) -> Place | None:
        """Return where the row at a position of this scope was read."""
        return self.rows.place(position if self.index is None else int(self.index[position]), column)

    def series(self, name: str) -> pd.Series[Any]:
        """Return a column of the rows that matter."""
        column = self.rows.table[name]
        return column if self.index is None else column.iloc[self.index]


def scope_of(rows: Rows, labels: Labels, each: Mapping[str, Scalar] = NO_EACH, name: str = "") -> Scope:
    """Return the scope of all of `rows`; `name` is the frame's, which seeds a bootstrap."""
    return Scope(rows=rows, labels=labels, each=each, name=name)


def mask(expression: Expression, scope: Scope) -> Mask:
    """Return where a condition holds, one value per row.

    Raises:
        DataError: an unknown name, operands that do not go together, or an expression that is no condition.

    """
    import numpy as np

    return np.array(np.broadcast_to(condition(expression, scope), len(scope)), dtype=bool)


def condition(expression: Expression, scope: Scope) -> Mask:
    """Return where a condition holds: one value per row, or a single one if it does not depend on the row.

    Raises:
        DataError: an unknown name, operands that do not go together, or an expression that is no condition.

    """
    check_names(expression, scope)
    return _truth(_evaluate(expression.tree, scope), f"'{expression.text}'")


def column(expression: Expression, scope: Scope) -> pd.Series[Any]:
    """Return the value of an expression per row, under the rows' ids.

    Raises:
        DataError: an unknown name, or operands that do not go together.

    """
    check_names(expression, scope)
    index = scope.rows.table.index
    return vectors.series_of(_evaluate(expression.tree, scope), index if scope.index is None else index[scope.index])


def infinities(expression: Expression, scope: Scope, found: pd.Series[Any]) -> Positions:
    """Return the positions at which `found`, the value of an expression, is infinite although none of its names is."""
    import numpy as np

    if found.dtype.kind != "f":
        return np.zeros(0, dtype=np.intp)
    infinite = np.isinf(found.to_numpy(dtype=np.float64))
    for name in expression.names if infinite.any() else ():
        infinite &= ~vectors.infinite(_name(name, scope))
    return np.flatnonzero(infinite)


def value(expression: Expression, scope: Scope) -> Value:
    """Return the one value of an expression over aggregates, None if it is missing.

    Raises:
        DataError: an unknown name, an aggregate over no values, or operands that do not go together.

    """
    check_names(expression, scope)
    return vectors.single(_evaluate(expression.tree, scope))


def order_of(node: Node, rows: Rows) -> Order:
    """Return the order of the ordered categorical whose values an expression has, none for other values."""
    match node:
        case Name():
            return telling(rows.orders.get(rows.column(node.name) or "", ()))
        case Call(function="min" | "max" | "first", arguments=(inner,)):
            return order_of(inner, rows)
        case Call(function="argmax" | "argmin", arguments=(_, inner)):
            return order_of(inner, rows)
        case _:
            return ()


def summaries(expression: Expression, scope: Scope) -> tuple[tuple[str, Value], ...]:
    """Return the name and value of every aggregate in an expression, for messages."""
    calls = (node for node in walk(expression.tree) if isinstance(node, Call) and node.function in AGGREGATES)
    return tuple((call.function, vectors.single(_evaluate(call, scope))) for call in calls)


def check_names(expression: Expression, scope: Scope) -> None:
    """Look up every name of an expression.

    Raises:
        DataError: one problem per name that is neither a column, an attribute of one, nor a key of `each`.

    """
    problems = [problem for name in expression.names if (problem := _name_problem(name, scope)) is not None]
    if problems:
        raise DataError(*problems)


def _name_problem(name: str, scope: Scope) -> Problem | None:
    columns = scope.rows.columns
    head, _, attribute = name.partition(".")
    if head == "each" and attribute:
        return _each_problem(name, attribute, scope.each)
    if scope.rows.column(name) is not None:
        return None
    if head == "baseline" and attribute and not any(column.startswith("baseline.") for column in columns):
        hint = 'baseline = { where = "…", on = ["…"] } makes such columns'
        return Problem(message=f"the frame has no baseline to take '{attribute}' from", hint=hint)
    if not attribute or head not in columns:
        return unknown_column(name, columns)
    return _attribute_problem(head, attribute, scope.labels)


def _each_problem(name: str, key: str, each: Mapping[str, Scalar]) -> Problem | None:
    if key in each:
        return None
    close = did_you_mean(name, [f"each.{known}" for known in each])
    hint = None if close else f"each has {', '.join(each) or 'no keys here'}"
    return Problem(message=f"unknown key '{name}'{close}", hint=hint)


def _attribute_problem(head: str, attribute: str, labels: Labels) -> Problem | None:
    if labels.attribute_map(head, attribute):
        return None
    known = {key for label in labels.columns.get(head, {}).values() for key in label.attributes()}
    hint = f"[labels.{head}] has {', '.join(sorted(known))}" if known else f"there is no [labels.{head}]"
    close = did_you_mean(attribute, known)
    return Problem(message=f"no value of '{head}' has an attribute '{attribute}'{close}", hint=None if close else hint)


def _evaluate(node: Node, scope: Scope) -> Vector:
    match node:
        case Constant():
            return of_value(node.value)
        case Name():
            return _name(node.name, scope)
        case Call():
            return _call(node, scope)
        case _:
            return _operation(node, scope)


def _operation(node: Node, scope: Scope) -> Vector:
    match node:
        case Unary():
            return _unary(node, scope)
        case Binary():
            return _binary(node, scope)
        case Compare():
            return _compare(node, scope)
        case Logic():
            return _logic(node, scope)
        case Choice():
            return _choice(node, scope)
        case _:  # the parser lets a list stand only after `in`, where the comparison reads it
            raise TypeError(type(node).__name__)


def _name(name: str, scope: Scope) -> Vector:
    head, _, attribute = name.partition(".")
    if head == "each" and attribute:
        return of_value(scope.each[attribute])
    column = scope.rows.column(name)
    if column is not None:
        return replace(vectors.of_series(scope.series(column), column), order=order_of(Name(name=name), scope.rows))
    return _attribute(head, attribute, scope)


def _attribute(head: str, attribute: str, scope: Scope) -> Vector:
    known = scope.labels.attribute_map(head, attribute)
    array = vectors.of_series(scope.series(head)).array
    lacking = [str(v) for v in vectors.distinct(array)[1] if str(v) not in known]
    if lacking:
        named = ", ".join(f"'{v}'" for v in lacking[:3]) + (f" and {len(lacking) - 3} more" if len(lacking) > 3 else "")  # noqa: PLR2004
        verb = "has" if len(lacking) == 1 else "have"
        hint = f'add it: [labels.{head}] "{lacking[0]}" = {{ {attribute} = … }}'
        raise DataError(Problem(message=f"{named} {verb} no attribute '{attribute}'", hint=hint))
    return replace(vectors.mapped(array, lambda v: known[str(v)]), column=f"{head}.{attribute}")


def _unary(node: Unary, scope: Scope) -> Vector:

    operand = _evaluate(node.operand, scope)
    if node.operator == "not":
        return of_flags(~_truth(operand, "the operand of 'not'"))
    array = arithmetic.as_numbers(operand, "arithmetic")
    return of_numbers(arithmetic.negative(array) if node.operator == "-" else array)


def _binary(node: Binary, scope: Scope) -> Vector:
    left, right = _evaluate(node.left, scope), _evaluate(node.right, scope)
    arrays = (arithmetic.as_numbers(left, "arithmetic"), arithmetic.as_numbers(right, "arithmetic"))
    result = arithmetic.operation(node.operator, *arrays)
    _refuse_nonsense(result, arrays, f"'{node.operator}'", scope)
    return of_numbers(result)


def _refuse_nonsense(result: Array, operands: tuple[Array, ...], what: str, scope: Scope) -> None:
    """Raise where an operation on numbers gave none, such as 0 / 0 or the logarithm of -1."""
    import numpy as np

    if result.dtype.kind != "f":
        return
    nothing = np.isnan(result)
    if not nothing.any():
        return
    given = reduce(np.logical_and, (~vectors.missing(array) for array in operands))
    bad = np.flatnonzero(nothing & given)
    if len(bad):
        place = scope.place(int(bad[0])) if len(result) == len(scope) else None
        rows = "1 row" if len(bad) == 1 else f"{len(bad)} rows"
        raise DataError(Problem(message=f"{what} gives no number in {rows}", place=place, hint=GUARD))


def _compare(node: Compare, scope: Scope) -> Vector:
    import numpy as np

    found = []
    for operator, left_node, right_node in zip(node.operators, node.operands, node.operands[1:], strict=False):
        left = _evaluate(left_node, scope)
        if isinstance(right_node, Items):
            found.append(functions.membership(left, right_node.values, negated=operator == "not in"))
        else:
            found.append(functions.comparison(operator, left, _evaluate(right_node, scope)))
    return of_flags(reduce(np.logical_and, found))


def _truth(operand: Vector, what: str) -> Mask:
    import numpy as np

    if operand.kind in ("flag", "missing"):
        if operand.array.dtype.kind == "b":
            flags: Mask = operand.array
            return flags
        return np.array([flag is True for flag in operand.array.tolist()], dtype=bool)
    message = f"{operand.subject if operand.column else what} is not true or false: it gives {PLURALS[operand.kind]}"
    raise DataError(Problem(message=message))


def _logic(node: Logic, scope: Scope) -> Vector:
    import numpy as np

    stop = node.operator == "or"  # the value that settles a row
    what = f"the operand of '{node.operator}'"
    found = _truth(_evaluate(node.operands[0], scope), what)
    for operand in node.operands[1:]:
        if len(found) == 1:
            if bool(found[0]) != stop:
                found = _truth(_evaluate(operand, scope), what)
            continue
        found = np.array(found)
        still_open = found != stop
        later = _truth(_evaluate(operand, scope.take(still_open)), what)
        found[still_open] = np.broadcast_to(later, int(still_open.sum()))
    return of_flags(found)


def _choice(node: Choice, scope: Scope) -> Vector:
    condition = _truth(_evaluate(node.condition, scope), "the condition after 'if'")
    if len(condition) == 1:
        return _evaluate(node.then if condition[0] else node.otherwise, scope)
    then = _evaluate(node.then, scope.take(condition))
    otherwise = _evaluate(node.otherwise, scope.take(~condition))
    kinds = {then.kind, otherwise.kind} - {"missing"}
    if len(kinds) > 1:
        message = f"'if … else' gives {PLURALS[then.kind]} or {PLURALS[otherwise.kind]}, not one kind of value"
        raise DataError(Problem(message=message))
    return vectors.chosen(condition, then, otherwise)


def _call(node: Call, scope: Scope) -> Vector:
    if node.function in AGGREGATES:
        found = (_extreme if node.function in ("argmax", "argmin") else _aggregate)(node, scope)
        return replace(found, order=order_of(node, scope.rows))
    if node.function in ACROSS:
        return _across(node, scope)
    arguments = tuple(_evaluate(argument, scope) for argument in node.arguments)
    if node.function == "unique":
        return of_flags(across.unique(arguments, len(scope)))
    if node.function == "complete":
        return of_value(not across.gaps(arguments, len(scope)).count)
    result = functions.call(node.function, arguments)
    if node.function == "number":
        _refuse_text(result, arguments[0], scope)
    elif result.kind == "number" and node.function != "len":
        given = arithmetic.as_numbers(arguments[0], f"{node.function}(…)")
        _refuse_nonsense(arithmetic.as_numbers(result, "arithmetic"), (given,), f"{node.function}(…)", scope)
    return result


def _refuse_text(result: Vector, given: Vector, scope: Scope) -> None:
    import numpy as np

    bad = np.flatnonzero(result.missing & ~given.missing)
    if len(bad):
        place = scope.place(int(bad[0]), given.column) if len(given) == len(scope) else None
        raise DataError(Problem(message=f"'{given.array[bad[0]]}' is not a number", place=place))


def _across(node: Call, scope: Scope) -> Vector:
    """Return what a row is among all rows of the frame, whichever of them matter at present."""
    import numpy as np

    inner = scope.group(scope.whole)
    values, *by = (vectors.repeated(_evaluate(argument, inner), len(inner)) for argument in node.arguments)
    found = across.FUNCTIONS[node.function](arithmetic.as_numbers(values, f"{node.function}(…)"), tuple(by))
    if scope.index is scope.whole:
        return of_numbers(found)
    placed = np.full(len(scope.rows), np.nan)
    placed[slice(None) if scope.whole is None else scope.whole] = found
    return of_numbers(placed[scope.index])


def missing_combinations(node: Call, scope: Scope) -> across.Gaps:
    """Return which combinations of the values of a call's arguments no row has."""
    return across.gaps(tuple(_evaluate(argument, scope) for argument in node.arguments), len(scope))


def _aggregate(node: Call, scope: Scope) -> Vector:
    inner = scope.group(scope.whole)
    if not node.arguments:
        return of_value(len(inner))
    operand = vectors.repeated(_evaluate(node.arguments[0], inner), len(inner))
    if node.function in INTERVALS or node.function == "quantile":
        level = vectors.single(_evaluate(node.arguments[1], inner)) if len(node.arguments) > 1 else statistics.LEVEL
        if node.function == "quantile":
            return of_value(aggregates.quantile(operand, level))
        seed = statistics.seed_of(scope.name, spelt(node.arguments[0]))
        return of_value(aggregates.interval(node.function, operand, level, seed))
    return of_value(aggregates.FUNCTIONS[node.function](operand))


def _extreme(node: Call, scope: Scope) -> Vector:
    import numpy as np

    inner = scope.group(scope.whole)
    group = _evaluate(node.arguments[1], inner)
    codes, keys = vectors.distinct(group.array)
    positions = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[positions], np.arange(len(keys) + 1))
    index = positions if inner.index is None else inner.index[positions]
    scores: dict[Value, Value] = {}
    for number, key in enumerate(keys):
        members = inner.group(index[ends[number] : ends[number + 1]])
        try:
            scores[key] = vectors.single(_evaluate(node.arguments[0], members))
        except DataError as error:
            hint = f"in the group '{key}' of '{group.column}'"
            raise DataError(*(replace(p, hint=p.hint or hint) for p in error.problems)) from None
    return of_value(aggregates.extreme(node.function, scores, order_of(node.arguments[0], scope.rows)))
