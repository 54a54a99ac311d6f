"""Evaluate: an expression on the rows of a frame, column by column.

A comparison with a missing value is false, arithmetic with one is missing. `and`, `or` and `x if c else y` evaluate
their parts only on the rows where they matter, so that `b != 0 and a / b > 2` is safe.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from types import MappingProxyType
from typing import Any

from paperkit.data import aggregates, functions
from paperkit.data.rows import PLURALS, Array, Mask, Rows, Value, Vector, kind, missing, objects, plain
from paperkit.errors import DataError, Place, Problem, did_you_mean
from paperkit.manifest.expression_tree import (
    AGGREGATES,
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
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Scalar

NO_EACH: Mapping[str, Scalar] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What an expression sees: rows, labels, `each`; the rows that matter at present, and those of an aggregate."""

    rows: Rows
    labels: Labels
    each: Mapping[str, Scalar]
    index: Array
    whole: Array

    def take(self, mask: Mask) -> Scope:
        """Return the scope of fewer rows; aggregates still see all of them."""
        return replace(self, index=self.index[mask])

    def group(self, index: Array) -> Scope:
        """Return the scope of the rows at `index`, for rows and aggregates alike."""
        return replace(self, index=index, whole=index)

    def place(self, position: int, column: str | None = None) -> Place:
        """Return where the row at a position of this scope was read."""
        return self.rows.place(int(self.index[position]), column)


def scope_of(rows: Rows, labels: Labels, each: Mapping[str, Scalar] = NO_EACH) -> Scope:
    """Return the scope of all of `rows`."""
    import numpy as np

    index = np.arange(len(rows))
    return Scope(rows=rows, labels=labels, each=each, index=index, whole=index)


def mask(expression: Expression, scope: Scope) -> Mask:
    """Return where a condition holds, one value per row.

    Raises:
        DataError: an unknown name, operands that do not go together, or an expression that is no condition.

    """
    import numpy as np

    return np.array(np.broadcast_to(condition(expression, scope), len(scope.index)), dtype=bool)


def condition(expression: Expression, scope: Scope) -> Mask:
    """Return where a condition holds: one value per row, or a single one if it does not depend on the row.

    Raises:
        DataError: an unknown name, operands that do not go together, or an expression that is no condition.

    """
    check_names(expression, scope)
    return _truth(_evaluate(expression.tree, scope), f"'{expression.text}'")


def column(expression: Expression, scope: Scope) -> Array:
    """Return the value of an expression per row.

    Raises:
        DataError: an unknown name, or operands that do not go together.

    """
    import numpy as np

    check_names(expression, scope)
    found = _evaluate(expression.tree, scope)
    if found.kind == "missing":
        return objects([None] * len(scope.index))
    return np.array(np.broadcast_to(found.array, len(scope.index)))


def value(expression: Expression, scope: Scope) -> Value:
    """Return the one value of an expression over aggregates, None if it is missing.

    Raises:
        DataError: an unknown name, an aggregate over no values, or operands that do not go together.

    """
    check_names(expression, scope)
    found: Value = plain(_evaluate(expression.tree, scope).array)[0]
    return found


def summaries(expression: Expression, scope: Scope) -> tuple[tuple[str, Value], ...]:
    """Return the name and value of every aggregate in an expression, for messages."""
    calls = (node for node in walk(expression.tree) if isinstance(node, Call) and node.function in AGGREGATES)
    return tuple((call.function, plain(_evaluate(call, scope).array)[0]) for call in calls)


def check_names(expression: Expression, scope: Scope) -> None:
    """Look up every name of an expression.

    Raises:
        DataError: one problem per name that is neither a column, an attribute of one, nor a key of `each`.

    """
    problems = [problem for name in expression.names if (problem := _name_problem(name, scope)) is not None]
    if problems:
        raise DataError(*problems)


def unknown_column(name: str, columns: Mapping[str, Any] | tuple[str, ...]) -> Problem:
    """Return the problem of a column that a frame lacks, with the closest one or a list of all."""
    close = did_you_mean(name, columns)
    listed = ", ".join(f"'{known}'" for known in columns) or "none"
    return Problem(message=f"unknown column '{name}'{close}", hint=None if close else f"the columns are {listed}")


def _name_problem(name: str, scope: Scope) -> Problem | None:
    columns = scope.rows.columns
    head, _, attribute = name.partition(".")
    if head == "each" and attribute:
        return _each_problem(name, attribute, scope.each)
    if name in columns:
        return None
    if head == "baseline" and attribute and not any(column.startswith("baseline.") for column in columns):
        hint = 'baseline = { where = "…", on = ["…"] } makes such columns'
        return Problem(message=f"the frame has no baseline to take '{attribute}' from", hint=hint)
    if not attribute or head not in columns:
        return unknown_column(name, tuple(columns))
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
            return _constant(node.value)
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


def _constant(found: Value) -> Vector:
    import numpy as np

    match found:
        case bool() | int() | float():
            array: Array = np.array([found])
            return Vector(array=array, kind=kind(array))
        case _:
            return Vector(array=objects([found]), kind="missing" if found is None else "text")


def _name(name: str, scope: Scope) -> Vector:
    head, _, attribute = name.partition(".")
    if head == "each" and attribute:
        return _constant(scope.each[attribute])
    columns = scope.rows.columns
    if name in columns:
        array = columns[name][scope.index]
        return Vector(array=array, kind=kind(array), column=name)
    return _attribute(head, attribute, scope)


def _attribute(head: str, attribute: str, scope: Scope) -> Vector:
    import pandas as pd

    from paperkit.data.columns import tidy

    known = scope.labels.attribute_map(head, attribute)
    values = plain(scope.rows.columns[head][scope.index])
    lacking = [str(v) for v in dict.fromkeys(values) if v is not None and str(v) not in known]
    if lacking:
        named = ", ".join(f"'{v}'" for v in lacking[:3]) + (f" and {len(lacking) - 3} more" if len(lacking) > 3 else "")  # noqa: PLR2004
        verb = "has" if len(lacking) == 1 else "have"
        hint = f'add it: [labels.{head}] "{lacking[0]}" = {{ {attribute} = … }}'
        raise DataError(Problem(message=f"{named} {verb} no attribute '{attribute}'", hint=hint))
    found = pd.Series([None if v is None else known[str(v)] for v in values], dtype=object)
    array = tidy(found)
    return Vector(array=array, kind=kind(array), column=f"{head}.{attribute}")


def _unary(node: Unary, scope: Scope) -> Vector:
    import numpy as np

    operand = _evaluate(node.operand, scope)
    if node.operator == "not":
        return Vector(array=~_truth(operand, "the operand of 'not'"), kind="flag")
    array = functions.as_numbers(operand, "arithmetic")
    return Vector(array=np.negative(array) if node.operator == "-" else array, kind="number")


def _binary(node: Binary, scope: Scope) -> Vector:
    left, right = _evaluate(node.left, scope), _evaluate(node.right, scope)
    arrays = (functions.as_numbers(left, "arithmetic"), functions.as_numbers(right, "arithmetic"))
    result = functions.arithmetic(node.operator, *arrays)
    _refuse_nonsense(result, arrays, f"'{node.operator}'", scope)
    return Vector(array=result, kind="number")


def _refuse_nonsense(result: Array, operands: tuple[Array, ...], what: str, scope: Scope) -> None:
    """Raise where an operation on numbers gave none, such as 0 / 0 or the logarithm of -1."""
    import numpy as np

    given = reduce(np.logical_and, (~missing(array) for array in operands))
    bad = np.flatnonzero(missing(result) & given)
    if len(bad):
        place = scope.place(int(bad[0])) if len(result) == len(scope.index) else None
        rows = "1 row" if len(bad) == 1 else f"{len(bad)} rows"
        hint = "guard it, such as a / b if b != 0 else None"
        raise DataError(Problem(message=f"{what} gives no number in {rows}", place=place, hint=hint))


def _compare(node: Compare, scope: Scope) -> Vector:
    import numpy as np

    found = []
    for operator, left_node, right_node in zip(node.operators, node.operands, node.operands[1:], strict=False):
        left = _evaluate(left_node, scope)
        if isinstance(right_node, Items):
            found.append(functions.membership(left, right_node.values, negated=operator == "not in"))
        else:
            found.append(functions.comparison(operator, left, _evaluate(right_node, scope)))
    return Vector(array=reduce(np.logical_and, found), kind="flag")


def _truth(operand: Vector, what: str) -> Mask:
    import numpy as np

    if operand.kind in ("flag", "missing"):
        return np.array([flag is True for flag in operand.array.tolist()], dtype=bool)
    message = f"{operand.subject if operand.column else what} is not true or false: it gives {PLURALS[operand.kind]}"
    raise DataError(Problem(message=message))


def _logic(node: Logic, scope: Scope) -> Vector:
    import numpy as np

    stop = node.operator == "or"  # the value that settles a row
    size = len(scope.index)
    found: Mask = _truth(_evaluate(node.operands[0], scope), f"the operand of '{node.operator}'")
    for operand in node.operands[1:]:
        if len(found) == 1:
            if bool(found[0]) == stop:
                continue
            found = _truth(_evaluate(operand, scope), f"the operand of '{node.operator}'")
            continue
        found = np.array(np.broadcast_to(found, size))
        still_open = found != stop
        later = _truth(_evaluate(operand, scope.take(still_open)), f"the operand of '{node.operator}'")
        found[still_open] = np.broadcast_to(later, int(still_open.sum()))
    return Vector(array=found, kind="flag")


def _choice(node: Choice, scope: Scope) -> Vector:
    import numpy as np

    condition = _truth(_evaluate(node.condition, scope), "the condition after 'if'")
    if len(condition) == 1:
        return _evaluate(node.then if condition[0] else node.otherwise, scope)
    then = _evaluate(node.then, scope.take(condition))
    otherwise = _evaluate(node.otherwise, scope.take(~condition))
    kinds = {then.kind, otherwise.kind} - {"missing"}
    if len(kinds) > 1:
        message = f"'if … else' gives {PLURALS[then.kind]} or {PLURALS[otherwise.kind]}, not one kind of value"
        raise DataError(Problem(message=message))
    result = objects([None] * len(condition))
    result[condition] = then.array.tolist() if len(then.array) != 1 else then.array[0]
    result[~condition] = otherwise.array.tolist() if len(otherwise.array) != 1 else otherwise.array[0]
    return functions.vector(np.array(result, dtype=object))


def _call(node: Call, scope: Scope) -> Vector:
    if node.function in AGGREGATES:
        return (_extreme if node.function in ("argmax", "argmin") else _aggregate)(node, scope)
    arguments = tuple(_evaluate(argument, scope) for argument in node.arguments)
    if node.function == "unique":
        return Vector(array=_unique(arguments, scope), kind="flag")
    result = functions.call(node.function, arguments)
    if result.kind == "number" and node.function != "number":
        given = functions.as_numbers(arguments[0], f"{node.function}(…)")
        _refuse_nonsense(result.array, (given,), f"{node.function}(…)", scope)
    if node.function == "number":
        _refuse_text(result, arguments[0], scope)
    return result


def _refuse_text(result: Vector, given: Vector, scope: Scope) -> None:
    import numpy as np

    for position in np.flatnonzero(missing(result.array) & ~missing(given.array)):
        place = scope.place(int(position), given.column) if len(given.array) == len(scope.index) else None
        raise DataError(Problem(message=f"'{given.array[position]}' is not a number", place=place))


def _unique(arguments: tuple[Vector, ...], scope: Scope) -> Mask:
    import numpy as np
    import pandas as pd

    size = len(scope.index)
    table = pd.DataFrame({i: np.broadcast_to(argument.array, size) for i, argument in enumerate(arguments)})
    found: Mask = ~table.duplicated(keep=False).to_numpy(dtype=bool)
    return found


def _aggregate(node: Call, scope: Scope) -> Vector:
    inner = scope.group(scope.whole)
    if not node.arguments:
        return _constant(len(inner.index))
    operand = _evaluate(node.arguments[0], inner)
    if len(operand.array) == 1 != len(inner.index):
        operand = functions.repeated(operand, len(inner.index))
    if node.function == "quantile":
        level = plain(_evaluate(node.arguments[1], inner).array)[0]
        return _constant(aggregates.quantile(operand, level))
    return _constant(aggregates.FUNCTIONS[node.function](operand))


def _extreme(node: Call, scope: Scope) -> Vector:
    inner = scope.group(scope.whole)
    group = _evaluate(node.arguments[1], inner)
    members: dict[Value, list[int]] = {}
    for position, key in enumerate(plain(group.array)):
        if key is not None:
            members.setdefault(key, []).append(position)
    scores: dict[Value, Value] = {}
    for key, positions in members.items():
        try:
            scores[key] = plain(_evaluate(node.arguments[0], inner.group(inner.index[positions])).array)[0]
        except DataError as error:
            hint = f"in the group '{key}' of '{group.column}'"
            raise DataError(*(replace(p, hint=p.hint or hint) for p in error.problems)) from None
    return _constant(aggregates.extreme(node.function, scores))
