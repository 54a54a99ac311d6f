"""Count the missing values that the aggregates of an expression skip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from paperkit.data import evaluate
from paperkit.data.frame import Frame
from paperkit.errors import DataError, Problem
from paperkit.manifest.expression_tree import AGGREGATES, Call, Constant, Expression, Name, Node, walk
from paperkit.manifest.model import Scalar

_SKIPS = frozenset(AGGREGATES) - {"count", "argmax", "argmin"}  # count says how many there are; the others hold one


def notices(expression: Expression, frame: Frame, each: Mapping[str, Scalar]) -> tuple[Problem, ...]:
    """Return a notice for every column or formula with gaps that an aggregate is taken of, such as `mean(gain)`.

    The problems have no path. An aggregate that cannot be evaluated gives none: it may stand in a branch not taken.
    """
    taken: dict[Node, list[str]] = {}
    for node in walk(expression.tree):
        if isinstance(node, Call) and node.function in _SKIPS:
            functions = taken.setdefault(node.arguments[0], [])
            functions += [node.function] if node.function not in functions else []
    return tuple(_notices(taken, frame, each))


def _notices(taken: dict[Node, list[str]], frame: Frame, each: Mapping[str, Scalar]) -> Iterator[Problem]:
    scope = evaluate.scope_of(frame.data, frame.labels, each)
    for argument, functions in taken.items():
        names = tuple(node.name for node in walk(argument) if isinstance(node, Name))
        try:
            gaps = evaluate.column(Expression(text="", tree=argument, names=names), scope).isna()
        except DataError:
            continue
        count = int(gaps.sum())
        if count:
            subject = _column(argument)
            of = f"of {subject}" if subject else f"inside {functions[0]}(…)"
            rest = f"is missing; {_skip(functions)} it" if count == 1 else f"are missing; {_skip(functions)} them"
            yield Problem(message=f"{count} of {len(gaps)} values {of} {rest}")


def _skip(functions: list[str]) -> str:
    if len(functions) == 1:
        return f"{functions[0]} skips"
    return f"{', '.join(functions[:-1])} and {functions[-1]} skip"


def _column(argument: Node) -> str | None:
    match argument:
        case Name():
            return argument.name
        case Call(function="col", arguments=(Constant(value=str() as name),)):
            return name
        case _:
            return None
