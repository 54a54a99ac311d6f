"""baseline: rows that others are compared with, as columns beside them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from paperkit.data.clauses.context import Context
from paperkit.data.clauses.where import filtered, strangers
from paperkit.data.keys import codes, shown
from paperkit.data.table import Rows, plain, unknown_columns
from paperkit.data.vectors import Positions
from paperkit.errors import DataError, ManifestPath, Problem
from paperkit.manifest.expressions import parse
from paperkit.manifest.model import Baseline, FrameSpec

if TYPE_CHECKING:
    import pandas as pd

MOST_KEYS = 3


def apply(rows: Rows, spec: FrameSpec, context: Context) -> Rows:
    """Add `baseline.X` for every column X that is not in `on`; those of a frame before are replaced.

    Raises:
        DataError: an unknown column, no baseline, two of them for one key, or rows without one.

    """
    import pandas as pd

    baseline = spec.baseline
    if baseline is None:
        return rows
    at = (*context.path, "baseline")
    kept = [name for name in rows.columns if not name.startswith("baseline.")]
    rows = rows.holding(rows.table[kept])
    unknown = unknown_columns(baseline.on, rows, (*at, "on"))
    if unknown:
        raise DataError(*unknown)
    others = filtered(rows, baseline.where, context.labels, (*at, "where"))
    unseen = tuple(strangers(parse(baseline.where), rows)) if len(rows) else ()
    if not len(others) and len(rows):
        hint = "; ".join(problem.message for problem in unseen) or None
        raise DataError(Problem(message="no row is a baseline", path=(*at, "where"), hint=hint))
    partners = _partners(rows, others, baseline, at)
    added = {f"baseline.{name}": picked(rows.table[name], partners) for name in kept if name not in baseline.on}
    table = pd.concat([rows.table, pd.DataFrame(added, index=rows.table.index)], axis="columns")
    orders = {name: rows.orders.get(name.removeprefix("baseline."), ()) for name in added}
    found = replace(rows, table=table, orders={**rows.orders, **orders})
    return found.noticing(*(problem.under((*at, "where")) for problem in unseen))


def _partners(rows: Rows, others: Rows, baseline: Baseline, path: ManifestPath) -> Positions:
    """Return, per row, the position of its baseline among `rows`, -1 for none."""
    import numpy as np
    import pandas as pd

    numbers = codes([rows.table[name] for name in baseline.on], missing=True)
    lacking = rows.table[list(baseline.on)].isna().any(axis="columns").to_numpy()
    is_other = rows.table.index.isin(others.table.index)
    sources = np.flatnonzero(is_other & ~lacking)
    again = np.flatnonzero(pd.Series(numbers[sources]).duplicated().to_numpy())
    if len(again):
        second = sources[again[0]]
        first_one = sources[np.flatnonzero(numbers[sources] == numbers[second])[0]]
        message = f"two rows are the baseline of {_keys(rows, baseline.on, [second])[0]}"
        spots = rows.spots((int(first_one), int(second)))
        hint = f"they stand in {spots}: narrow where down, or add a column to on"
        raise DataError(Problem(message=message, path=path, hint=hint))
    found = np.full(int(numbers.max(initial=0)) + 1, -1, dtype=np.intp)
    found[numbers[sources]] = sources
    partners: Positions = np.where(lacking, -1, found[numbers])
    lonely = np.flatnonzero(partners < 0)
    if len(lonely) and baseline.unmatched == "error":
        raise DataError(
            _lonely(rows, lonely[~pd.Series(numbers[lonely]).duplicated().to_numpy()], len(lonely), baseline, path)
        )
    return partners


def _lonely(rows: Rows, firsts: Positions, count: int, baseline: Baseline, path: ManifestPath) -> Problem:
    shown = "; ".join(_keys(rows, baseline.on, firsts[:MOST_KEYS].tolist()))
    more = f"; and {len(firsts) - MOST_KEYS} more" if len(firsts) > MOST_KEYS else ""
    message = f"{count} {'row has' if count == 1 else 'rows have'} no baseline: {shown}{more}"
    return Problem(message=message, path=path, hint='unmatched = "null" leaves such values missing')


def _keys(rows: Rows, on: tuple[str, ...], positions: list[int]) -> list[str]:
    columns = [plain(rows.table[name].iloc[positions]) for name in on]
    return [shown(on, values) for values in zip(*columns, strict=True)]


def picked(column: pd.Series[Any], positions: Positions) -> pd.Series[Any]:
    """Return the cells at some positions under the index of `column`, missing at -1; whole numbers stay whole."""
    from paperkit.data import gather

    return gather.picked(column, positions).set_axis(column.index)
