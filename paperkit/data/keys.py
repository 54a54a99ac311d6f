"""Keys: rows found again by the values of some columns, and named in messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from paperkit.data import vectors
from paperkit.data.gather import held
from paperkit.data.table import PLURALS, Rows, Value, unknown_columns
from paperkit.errors import ManifestPath, Problem

if TYPE_CHECKING:
    import pandas as pd

    from paperkit.data.gather import Positions
    from paperkit.data.vectors import Array

MOST_KEYS = 3


def unusable(names: Iterable[str], rows: Rows, path: ManifestPath) -> tuple[Problem, ...]:
    """Return a problem for every name that is no column of `rows`, or one whose values cannot be compared."""
    wanted = tuple(dict.fromkeys(names))
    strange = [name for name in wanted if name in rows.columns and held(rows.table[name]) == "other"]
    hint = "text = [{}] makes them text"
    return (
        *unknown_columns(wanted, rows, path),
        *(
            Problem(message=f"column '{name}' holds {PLURALS['other']}", path=path, hint=hint.format(f'"{name}"'))
            for name in strange
        ),
    )


def codes(columns: Sequence[pd.Series[Any] | Array], *, missing: bool) -> Positions:
    """Return one whole number per row, equal where the rows agree in every column, counted by first appearance.

    With `missing`, a missing value equals a missing value; without it, a row that misses a key has the code -1.
    """
    import numpy as np

    total = np.zeros(len(columns[0]), dtype=np.intp)
    gone = np.zeros(len(columns[0]), dtype=bool)
    for column in columns:
        found, values = vectors.factorized(column)
        lacking = found < 0
        gone |= lacking
        is_dense = column is columns[0] and not lacking.any()
        # Never beyond (rows + 1) squared, since the codes so far are made dense again.
        total = found if is_dense else _dense(total * (len(values) + 1) + found + 1)
    return total if missing else np.where(gone, -1, total)


def _dense(numbers: Positions) -> Positions:
    """Return numbers from 0, equal where the given ones (none is negative) are, counted by first appearance."""
    import numpy as np
    import pandas as pd

    count = len(numbers)
    size = int(numbers.max(initial=0)) + 1
    if size > count:  # a table of them would be larger than a hash of them
        return pd.factorize(numbers)[0]
    # Of the positions written to one place the last one stays: backwards, that is the first.
    first = np.full(size, count, dtype=np.intp)
    first[numbers[::-1]] = np.arange(count - 1, -1, -1)
    is_first = np.zeros(count + 1, dtype=bool)
    is_first[first] = True
    return (np.cumsum(is_first) - 1)[first[numbers]]


def firsts(found: Positions) -> Positions:
    """Return the position of the first row of every code; codes count by first appearance, from 0 or -1."""
    import numpy as np

    highest = np.maximum.accumulate(found) if len(found) else found
    return np.flatnonzero(np.diff(highest, prepend=-2) > 0)


def values(table: pd.DataFrame, names: Sequence[str], positions: Positions) -> tuple[tuple[Value, ...], ...]:
    """Return the values of some columns in some rows as plain scalars, None where missing."""
    import pandas as pd

    picked = [table[name].iloc[positions].tolist() for name in names]
    plain = [[None if pd.isna(value) else value for value in column] for column in picked]
    return tuple(zip(*plain, strict=True))


def shown(names: Sequence[str], key: Sequence[Value]) -> str:
    """Return a key as messages name it, such as `model 'x', seed 3`."""
    pairs = zip(names, key, strict=True)
    return ", ".join(f"{name} {'missing' if value is None else repr(value)}" for name, value in pairs)


def listed(parts: Sequence[str], total: int, *, between: str = "; ") -> str:
    """Return the parts in a row, and how many of `total` are not among them."""
    more = [f"and {total - len(parts)} more"] if total > len(parts) else []
    return between.join([*parts, *more])


def standing(rows: Rows, positions: Iterable[int], column: str | None = None) -> str:
    """Return where rows (counted from 0) were read, such as `runs.csv:2, runs.csv:5`; `row 3` if they were computed."""
    found = [str(rows.place(position, column) or f"row {position + 1}") for position in positions]
    return listed(found[:MOST_KEYS], len(found), between=", ")


def repeated(rows: Rows, names: Sequence[str], found: Positions) -> tuple[str, ...]:
    """Return a text per key that several rows have, in the codes' order: the first few keys and where they stand.

    `found` are the rows' codes; -1 counts as no key. The texts of the others are empty.
    """
    import numpy as np

    known = found[found >= 0]
    counts = np.bincount(known) if len(known) else np.zeros(0, dtype=np.intp)
    several = np.flatnonzero(counts > 1)
    texts = []
    for code in several[:MOST_KEYS]:
        positions = np.flatnonzero(found == code)
        key = values(rows.table, names, positions[:1])[0]
        texts.append(f"{shown(names, key)} ({standing(rows, positions.tolist())})")
    return (*texts, *[""] * (len(several) - len(texts)))
