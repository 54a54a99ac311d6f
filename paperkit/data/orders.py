"""Orders: what pandas' ordered categoricals say about the order of values, kept beside columns of plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from paperkit.data.settle import settled
from paperkit.data.table import Value, plain
from paperkit.manifest.model import Scalar

if TYPE_CHECKING:
    import pandas as pd

    Order: TypeAlias = tuple[Value, ...]


def order_of(parts: Sequence[pd.Series[Any]]) -> Order:
    """Return the categories of ordered categoricals that become one column in their order, as rows hold them.

    A part without rows decides nothing. Any other column has none.
    """
    return common(_categories(part) for part in [part for part in parts if len(part)] or parts[:1])


def _categories(column: pd.Series[Any]) -> Order:
    import pandas as pd

    dtype = column.dtype
    if not isinstance(dtype, pd.CategoricalDtype) or not dtype.ordered:
        return ()
    return tuple(plain(settled(pd.Series(dtype.categories.astype(object), dtype=object))))


def common(orders: Iterable[Order]) -> Order:
    """Return the order that all columns have which become one column; as in pandas, there is none if they differ."""
    different = set(orders)
    return different.pop() if len(different) == 1 else ()


def arranged(values: Iterable[Scalar], order: Sequence[Value]) -> tuple[Scalar, ...]:
    """Return values in an order; those that it does not know stay as they are, behind the others.

    >>> arranged(["none", "large", "small"], ("small", "medium", "large"))
    ('small', 'large', 'none')
    """
    places: dict[Value, int] = {value: place for place, value in enumerate(order)}
    return tuple(sorted(values, key=lambda value: places.get(value, len(places))))
