"""where: the rows that meet an expression."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from paperkit.data import evaluate, vectors
from paperkit.data.clauses.context import Context
from paperkit.data.table import Rows, under
from paperkit.errors import ManifestPath, PaperkitError, Problem, did_you_mean
from paperkit.manifest.expression_tree import Compare, Constant, Expression, Items, Name, Node, walk
from paperkit.manifest.expressions import parse
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import FrameSpec, Scalar


def apply(rows: Rows, spec: FrameSpec, context: Context) -> Rows:
    """Return the rows where the expression `where` holds.

    Raises:
        DataError: the expression cannot be read or evaluated.

    """
    return rows if spec.where is None else filtered(rows, spec.where, context.labels, (*context.path, "where"))


def filtered(
    rows: Rows, text: str, labels: Labels, path: ManifestPath, each: Mapping[str, Scalar] = evaluate.NO_EACH
) -> Rows:
    """Return the rows where the expression `text` holds; none left over, or a text that no row has, is a notice.

    Raises:
        DataError: the expression cannot be read or evaluated.

    """
    try:
        expression = parse(text)
        mask = evaluate.mask(expression, evaluate.scope_of(rows, labels, each))
    except PaperkitError as error:
        raise under(error, path) from None
    left = rows if mask.all() else rows.holding(rows.table[mask])
    notices = [problem.under(path) for problem in strangers(expression, rows)] if len(rows) else []
    if len(rows) and not len(left):
        notices.append(Problem(message=f"no row is left of {len(rows)}", path=path))
    return left.noticing(*notices)


def strangers(expression: Expression, rows: Rows) -> Iterator[Problem]:
    """Yield a notice for every text that a column is compared with, but that none of its rows has.

    Excluding such a text is worth a notice only if it looks misspelt: it may be gone already.
    """
    for node in walk(expression.tree):
        if not isinstance(node, Compare):
            continue
        for operator, left, right in zip(node.operators, node.operands, node.operands[1:], strict=False):
            texts = _texts(right)
            if not texts or not isinstance(left, Name) or left.name not in rows.columns:
                continue
            array = vectors.of_series(rows.table[left.name]).array
            unknown = [text for text in texts if not vectors.equals(array, text).any()]
            known = {value for value in vectors.distinct(array)[1] if isinstance(value, str)} if unknown else set()
            for text in unknown:
                close = did_you_mean(text, known)
                if operator in ("==", "in") or (close and operator in ("!=", "not in")):
                    yield Problem(message=f"no row has {left.name} '{text}'{close}")


def _texts(node: Node) -> tuple[str, ...]:
    match node:
        case Items():
            return tuple(value for value in node.values if isinstance(value, str))
        case Constant(value=str() as text):
            return (text,)
        case _:
            return ()
