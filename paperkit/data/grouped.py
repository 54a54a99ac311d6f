"""Grouped: rows in groups, and the summaries of a column, one value per group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from paperkit.data import gather, keys, orders, statistics
from paperkit.data.table import PLURALS, Rows, Value, kind
from paperkit.errors import DataError, Problem

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    Column: TypeAlias = pd.Series[Any]
    Positions: TypeAlias = npt.NDArray[np.int64]

_FAR = 2.0**62


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Groups:
    """The groups of some rows, in the order that `groups_of` gives them.

    `codes` has the number of its group per row, `firsts` the position of its first row per group.
    """

    codes: Positions
    firsts: Positions

    def __len__(self) -> int:
        return len(self.firsts)

    def of(self, column: Column) -> Any:
        """Return pandas' groupby of a column, one value per row."""
        return column.groupby(self.codes, sort=True)

    def each(self, found: Column, empty: int | None = None) -> Column:
        """Return what was found for some groups as one value per group, in a type that rows have.

        What was not found is `empty`, or missing.
        """
        return plain(found.reindex(range(len(self)), fill_value=empty))


def groups_of(rows: Rows, by: Iterable[str]) -> Groups:
    """Return the groups of rows that agree in the columns `by`; missing values agree. Without columns, one group.

    They are in order of first appearance. If one of the columns was an ordered categorical, they are sorted: by its
    order, missing values last, and by first appearance in the other columns.
    """
    import numpy as np

    columns = {name: rows.table[name] for name in by}
    if not columns:
        return Groups(codes=np.zeros(len(rows), dtype=np.int64), firsts=np.zeros(1, dtype=np.int64))
    codes = keys.codes([*columns.values()], missing=True).astype(np.int64, copy=False)
    firsts = keys.firsts(codes)
    if not any(rows.orders.get(name) for name in columns):
        return Groups(codes=codes, firsts=firsts)
    ranks = [_ranks(column.iloc[firsts], rows.orders.get(name, ())) for name, column in columns.items()]
    order = np.lexsort(ranks[::-1])
    places = np.empty_like(order)
    places[order] = np.arange(len(order))
    return Groups(codes=places[codes], firsts=firsts[order])


def _ranks(column: Column, order: tuple[Value, ...]) -> Positions:
    """Return the place of every value in an order, missing ones last; without an order, by first appearance."""
    import numpy as np
    import pandas as pd

    if not order:
        return keys.codes([column], missing=True)
    codes, uniques = pd.factorize(column)
    values = uniques.tolist()
    places = {value: place for place, value in enumerate(orders.arranged(values, order))}
    return np.array([*(places[value] for value in values), len(values)], dtype=np.int64)[codes]


def plain(column: Column) -> Column:
    """Return a column in a type that rows have: no Float64, and Int64 only where something is missing."""
    import numpy as np
    import pandas as pd

    if isinstance(column.dtype, pd.Float64Dtype):
        return floats(column)
    if isinstance(column.dtype, pd.Int64Dtype) and not column.isna().any():
        return column.astype(np.int64)
    return column


def floats(column: Column) -> Column:
    """Return numbers as float64, NaN where they are missing."""
    import numpy as np
    import pandas as pd

    return pd.Series(column.to_numpy(dtype=np.float64, na_value=np.nan), index=column.index)


def picked(column: Column, positions: Positions, numbers: Positions, groups: Groups) -> Column:
    """Return the values at some positions as those of the groups `numbers`; other groups have a missing value."""
    import numpy as np

    at = np.full(len(groups), -1, dtype=np.int64)
    at[numbers] = positions
    return gather.picked(column, at)


def size(groups: Groups) -> Column:
    """Return the number of rows of every group."""
    import numpy as np
    import pandas as pd

    return pd.Series(np.bincount(groups.codes, minlength=len(groups)).astype(np.int64))


def count(values: Column, groups: Groups) -> Column:
    """Return the number of values that are not missing."""
    return groups.each(groups.of(values).count(), 0)


def nunique(values: Column, groups: Groups) -> Column:
    """Return the number of different values, not counting missing ones."""
    return groups.each(groups.of(values).nunique(), 0)


def first(values: Column, groups: Groups) -> Column:
    """Return the first value that is not missing."""
    import numpy as np

    present = np.flatnonzero(values.notna().to_numpy())
    numbers, positions = np.unique(groups.codes[present], return_index=True)
    return picked(values, present[positions], numbers, groups)


def extreme(values: Column, groups: Groups, name: str, order: orders.Order = ()) -> Column:
    """Return the smallest value, where `name` is `min`, or the largest; `order` is that of an ordered categorical."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(values.dtype) and not order:
        return groups.each(getattr(groups.of(values), name)())
    ranks, ordered = ranked(values, name, order)
    found = getattr(groups.of(ranks), name)().dropna()
    return picked(pd.Series(ordered), found.to_numpy(dtype=int), found.index.to_numpy(), groups)


def ranked(values: Column, name: str, order: orders.Order = ()) -> tuple[Column, Any]:
    """Return the place of every value among the different ones in order, missing for a missing one; and those ones.

    `order` is that of an ordered categorical.

    Raises:
        DataError: the values have no order; `name` names the summary that needs one.

    """
    import numpy as np
    import pandas as pd

    if kind(values) == "other":
        raise DataError(Problem(message=f"{name}(…) has no meaning for {PLURALS['other']}"))
    codes, ordered = pd.factorize(values, sort=not order)
    if order:
        places = orders.places(ordered.tolist(), order)
        by_place = np.argsort([places[value] for value in ordered.tolist()], kind="stable")
        codes, ordered = np.append(np.argsort(by_place), -1)[codes], ordered.take(by_place)
    found = pd.Series(codes, index=values.index)
    return found.where(found >= 0), ordered


def total(values: Column, groups: Groups) -> Column:
    """Return the sum, 0 of no values; whole numbers stay whole while they fit into 64 bits."""
    rough = groups.of(floats(values)).sum()
    found = groups.of(values).sum()
    # A sum that wrapped around is off by 2**64; the rounding of floats is far below that.
    wrapped = not ((floats(found) - rough).abs() < _FAR).all()
    return groups.each(rough if wrapped else found, 0)


def _of_pandas(name: str) -> Summary:
    def summary(values: Column, groups: Groups) -> Column:
        return groups.each(getattr(groups.of(floats(values)), name)())

    summary.__doc__ = f"Return pandas' groupby.{name}."
    return summary


def iqm(values: Column, groups: Groups) -> Column:
    """Return the interquartile mean, as `statistics.iqm`."""
    import numpy as np

    ordered, codes = _in_order(values, groups)
    sizes = np.bincount(codes, minlength=len(groups))
    rank, cut = np.arange(len(codes)) - (np.cumsum(sizes) - sizes)[codes], sizes // 4
    kept = (rank >= cut[codes]) & (rank < (sizes - cut)[codes])
    return groups.each(ordered[kept].groupby(codes[kept], sort=True).mean())


def _in_order(values: Column, groups: Groups) -> tuple[Column, Positions]:
    """Return the values that are not missing, group by group and each group in order, and their groups."""
    import numpy as np

    column = floats(values)
    order = np.lexsort((column.to_numpy(), groups.codes))
    order = order[column.notna().to_numpy()[order]]
    return column.iloc[order].reset_index(drop=True), groups.codes[order]


def quantile(values: Column, groups: Groups, level: float) -> Column:
    """Return a quantile by linear interpolation."""
    return groups.each(groups.of(floats(values)).quantile(level))


def interval(values: Column, groups: Groups, level: float) -> tuple[Column, Column]:
    """Return the ends of the confidence interval of the mean by Student's t, as `statistics.margin`.

    Raises:
        DataError: SciPy is not installed.

    """
    import pandas as pd

    means, sems = (SUMMARIES_OF_NUMBERS[name](values, groups) for name in ("mean", "sem"))
    half = pd.Series(statistics.margin(count(values, groups).to_numpy(), sems.to_numpy(), level))
    return means - half, means + half


def bootstrap(values: Column, groups: Groups, level: float, *, seed: int) -> tuple[Column, Column]:
    """Return the ends of the percentile bootstrap interval of the mean, as `statistics.bootstrap`."""
    import numpy as np
    import pandas as pd

    ordered, codes = _in_order(values, groups)
    array = ordered.to_numpy()
    sizes = np.bincount(codes, minlength=len(groups))
    starts = np.cumsum(sizes) - sizes
    ends = np.full((2, len(groups)), np.nan)
    for each in np.unique(sizes):
        alike = np.flatnonzero(sizes == each)
        ends[:, alike] = statistics.bootstrap(array[starts[alike, None] + np.arange(each)], level, seed=seed)
    return pd.Series(ends[0]), pd.Series(ends[1])


Summary: TypeAlias = "Callable[[Column, Groups], Column]"

SUMMARIES_OF_NUMBERS: Mapping[str, Summary] = MappingProxyType(
    {
        "mean": _of_pandas("mean"),
        "median": _of_pandas("median"),
        "std": _of_pandas("std"),
        "sem": _of_pandas("sem"),
        "sum": total,
        "iqm": iqm,
    }
)
SUMMARIES_OF_VALUES: Mapping[str, Summary] = MappingProxyType({"count": count, "nunique": nunique, "first": first})
