"""Orders: what pandas' ordered categoricals say about the order of values, kept beside columns of plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from paperkit.data.patterns import natural
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


def telling(order: Order) -> Order:
    """Return an order, or none where numbers ascend: to compare them says the same, of other numbers too.

    >>> telling((8, 16, 32)), telling(("S", "M", "L"))
    ((), ('S', 'M', 'L'))
    """
    numbers = [value for value in order if isinstance(value, (int, float))]
    return () if len(numbers) == len(order) and numbers == sorted(numbers) else order


def places(values: Iterable[Value], order: Sequence[Value]) -> Mapping[Value, int]:
    """Return the place of each of the different values in an order; those it does not know stand behind, as sorted.

    >>> places(["b", "small", "a"], ("small", "large"))
    {'small': 0, 'large': 1, 'a': 2, 'b': 3}
    """
    known = frozenset(order)
    others = {value for value in values if value not in known and value is not None}
    behind = [
        *sorted(v for v in others if not isinstance(v, str)),
        *sorted((v for v in others if isinstance(v, str)), key=natural),
    ]
    return {value: place for place, value in enumerate([*order, *behind])}
