"""derive: columns that are computed from the others of their row, in order."""

from __future__ import annotations

from dataclasses import replace

from paperkit.data import evaluate
from paperkit.data.clauses.context import Context
from paperkit.data.clauses.remarks import infinite_rows
from paperkit.data.table import Locate, Rows, under
from paperkit.errors import PaperkitError, Place
from paperkit.manifest.expressions import parse
from paperkit.manifest.model import FrameSpec


def apply(rows: Rows, spec: FrameSpec, context: Context) -> Rows:
    """Return the rows with the columns of `derive`; each sees those before it. New infinities are a notice.

    Raises:
        DataError: an expression cannot be read or evaluated.

    """
    for name, text in spec.derive.items():
        path = (*context.path, "derive", name)
        try:
            expression, scope = parse(text), evaluate.scope_of(rows, context.labels, name=context.name)
            derived = evaluate.column(expression, scope)
        except PaperkitError as error:
            raise under(error, path) from None
        notices = infinite_rows(rows, evaluate.infinities(expression, scope, derived))
        orders = {other: order for other, order in rows.orders.items() if other != name}
        orders[name] = evaluate.order_of(expression.tree, rows)
        rows = replace(rows, table=rows.table.assign(**{name: derived}), orders=orders)
        rows = rows.noticing(*(notice.under(path) for notice in notices))
    return replace(rows, locate=_without_cells(rows.locate, frozenset(spec.derive))) if spec.derive else rows


def _without_cells(locate: Locate, derived: frozenset[str]) -> Locate:
    """Return a `locate` that knows the row of a derived value, but no cell."""

    def found(row: int, column: str | None) -> Place | None:
        if column not in derived:
            return locate(row, column)
        place = locate(row, column)
        return None if place is None else replace(place, column=None)

    return found
