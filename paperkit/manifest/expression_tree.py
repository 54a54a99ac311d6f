"""Expression trees: what the small language of expressions is made of, and the functions that it knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias


@dataclass(frozen=True, kw_only=True, slots=True)
class Constant:
    """A literal."""

    value: str | int | float | bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Name:
    """A column, `column.attribute`, `baseline.column` or `each.key`, dots included."""

    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Items:
    """The literals after `in`."""

    values: tuple[str | int | float | bool, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Unary:
    """`-x`, `+x` or `not x`."""

    operator: str
    operand: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Binary:
    """Arithmetic on two operands."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Compare:
    """A chain of comparisons: one operand more than operators."""

    operators: tuple[str, ...]
    operands: tuple[Node, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Logic:
    """Operands joined by `and`, or by `or`."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """`then if condition else otherwise`."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A call of a known function."""

    function: str
    arguments: tuple[Node, ...]


Node: TypeAlias = Constant | Name | Items | Unary | Binary | Compare | Logic | Choice | Call


@dataclass(frozen=True, kw_only=True, slots=True)
class Expression:
    """A parsed expression: its text, its tree, and every name in it, in order of appearance."""

    text: str
    tree: Node
    names: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names that belong to the frame: all but `each.KEY`."""
        return tuple(name for name in self.names if not name.startswith("each."))

    @property
    def each(self) -> tuple[str, ...]:
        """Return the keys asked of `each`."""
        return tuple(name.removeprefix("each.") for name in self.names if name.startswith("each."))


Arity: TypeAlias = tuple[int, int]
MANY = 99

FUNCTIONS: Mapping[str, Arity] = MappingProxyType(
    {
        "startswith": (2, 2),
        "endswith": (2, 2),
        "contains": (2, 2),
        "matches": (2, 2),
        "lower": (1, 1),
        "upper": (1, 1),
        "strip": (1, 1),
        "len": (1, 1),
        "replace": (3, 3),
        "extract": (2, 2),
        "isnull": (1, 1),
        "notnull": (1, MANY),
        "between": (3, 3),
        "abs": (1, 1),
        "round": (1, 2),
        "sqrt": (1, 1),
        "log": (1, 1),
        "log10": (1, 1),
        "exp": (1, 1),
        "number": (1, 1),
        "text": (1, 1),
        "rank": (1, MANY),
        "zscore": (1, MANY),
        "col": (1, 1),
    }
)
ACROSS = frozenset({"rank", "zscore"})  # their value in a row depends on the other rows
INTERVALS = frozenset({"ci_low", "ci_high", "boot_low", "boot_high"})
AGGREGATES: Mapping[str, Arity] = MappingProxyType(
    {
        "mean": (1, 1),
        "median": (1, 1),
        "std": (1, 1),
        "sem": (1, 1),
        "min": (1, 1),
        "max": (1, 1),
        "sum": (1, 1),
        "count": (0, 1),
        "nunique": (1, 1),
        "first": (1, 1),
        "quantile": (2, 2),
        "iqm": (1, 1),
        "ci_low": (1, 2),
        "ci_high": (1, 2),
        "boot_low": (1, 2),
        "boot_high": (1, 2),
        "argmax": (2, 2),
        "argmin": (2, 2),
    }
)
CHECKS: Mapping[str, Arity] = MappingProxyType({"unique": (1, MANY), "complete": (2, MANY)})


def walk(node: Node) -> Iterator[Node]:
    """Yield `node` and all nodes below it, in reading order."""
    yield node
    for child in _children(node):
        yield from walk(child)


def spelt(node: Node) -> str:
    """Return an expression as text, arithmetic in parentheses.

    >>> from paperkit.manifest.expressions import parse
    >>> spelt(parse("quantile(a+b,0.5)", aggregates=True).tree)
    'quantile((a + b), 0.5)'
    """
    match node:
        case Constant() | Name():
            text = repr(node.value) if isinstance(node, Constant) else node.name
        case Items():
            text = f"({', '.join(map(repr, node.values))})"
        case Unary():
            text = f"({node.operator} {spelt(node.operand)})"
        case Binary():
            text = f"({spelt(node.left)} {node.operator} {spelt(node.right)})"
        case Compare():
            pairs = zip(node.operators, node.operands[1:], strict=True)
            text = f"({spelt(node.operands[0])}{''.join(f' {word} {spelt(part)}' for word, part in pairs)})"
        case Logic():
            text = f"({f' {node.operator} '.join(map(spelt, node.operands))})"
        case Choice():
            text = f"({spelt(node.then)} if {spelt(node.condition)} else {spelt(node.otherwise)})"
        case Call():
            text = f"{node.function}({', '.join(map(spelt, node.arguments))})"
    return text


def _children(node: Node) -> tuple[Node, ...]:
    match node:
        case Unary():
            return (node.operand,)
        case Binary():
            return (node.left, node.right)
        case Compare() | Logic():
            return node.operands
        case Choice():
            return (node.then, node.condition, node.otherwise)
        case Call():
            return node.arguments
        case Constant() | Name() | Items():
            return ()
