"""Correlate: how two columns go together in every group, by SciPy."""

from __future__ import annotations

import itertools
import math
import warnings
from typing import TYPE_CHECKING, Any

from paperkit.data import gather, grouped, keys, statistics
from paperkit.data.clauses.context import Context
from paperkit.data.clauses.remarks import left_out, no_p_value, not_numbers, taken
from paperkit.data.table import Rows, under, unknown_columns
from paperkit.errors import DataError, ManifestPath
from paperkit.manifest.model import Correlate, FrameSpec

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from paperkit.data.grouped import Groups

RESULTS = ("n", "r", "p")
_FUNCTIONS = {"pearson": "pearsonr", "spearman": "spearmanr", "kendall": "kendalltau"}


def apply(rows: Rows, spec: FrameSpec, context: Context) -> Rows:
    """Return one row per group of `by`, with the correlation `r` of two columns over `n` rows and its p-value `p`.

    The columns are `by`, `n`, `r` and `p`; groups stand as those of `group`. Rows that miss one of the two
    numbers are left out; too few or constant numbers have a missing correlation.

    Raises:
        DataError: an unknown column, one that holds no numbers, or no SciPy.

    """
    import numpy as np
    import pandas as pd

    correlate = spec.correlate
    if correlate is None:
        return rows
    path = (*context.path, "correlate")
    _refuse(rows, correlate, path)
    table = rows.table
    present = np.ones(len(rows), dtype=bool)
    notices = []
    for name in dict.fromkeys((correlate.x, correlate.y)):
        gone = present & table[name].isna().to_numpy()
        if gone.any():
            notices.append(left_out(int(gone.sum()), name, path))
        present &= ~gone
    groups = grouped.groups_of(rows, correlate.by)
    try:
        found = _correlations(rows, correlate, groups, present)
    except DataError as error:
        raise under(error, path) from None
    columns: dict[str, Any] = {name: gather.picked(table[name], groups.firsts) for name in correlate.by}
    columns["n"] = np.bincount(groups.codes[present], minlength=len(groups)).astype(np.int64)
    columns["r"], columns["p"] = np.array([(r, p) for r, p, _ in found], dtype=np.float64).reshape(-1, 2).T
    poor = [_title(rows, correlate, groups, number, reason) for number, (_, _, reason) in enumerate(found) if reason]
    return rows.computed(pd.DataFrame(columns), by=correlate.by).noticing(
        *notices, *no_p_value(poor, "correlation", path)
    )


def _refuse(rows: Rows, correlate: Correlate, path: ManifestPath) -> None:
    problems = [*keys.unusable(correlate.by, rows, (*path, "by")), *taken(correlate.by, RESULTS, (*path, "by"))]
    for key, name in (("x", correlate.x), ("y", correlate.y)):
        problems += unknown_columns((name,), rows, (*path, key))
        if name in rows.columns and (problem := not_numbers(rows, name, "correlate", (*path, key))):
            problems.append(problem)
    if problems:
        raise DataError(*problems)


def _correlations(
    rows: Rows, correlate: Correlate, groups: Groups, present: npt.NDArray[np.bool_]
) -> tuple[tuple[float, float, str], ...]:
    """Return, per group, the coefficient, its p-value, and why one of them is missing."""
    import numpy as np

    x, y = (grouped.floats(rows.table[name]).to_numpy() for name in (correlate.x, correlate.y))
    codes = np.where(present, groups.codes, -1)
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(len(groups) + 1))
    parts = (order[start:end] for start, end in itertools.pairwise(bounds))
    return tuple(_correlation(correlate.method, x[part], y[part]) for part in parts)


def _correlation(method: str, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> tuple[float, float, str]:
    import numpy as np

    if len(x) < statistics.SMALLEST:
        return math.nan, math.nan, f"fewer than {statistics.SMALLEST} rows"
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        return math.nan, math.nan, "infinite values"
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return math.nan, math.nan, "a column that does not vary"
    function = getattr(statistics.scipy("stats", "correlate"), _FUNCTIONS[method])
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        found = function(x, y)
    r, p = float(found.statistic), float(found.pvalue)
    return r, p, "too few rows" if math.isnan(p) else ""


def _title(rows: Rows, correlate: Correlate, groups: Groups, number: int, reason: str) -> str:
    if not correlate.by:
        return reason
    key = keys.values(rows.table, correlate.by, groups.firsts[[number]])[0]
    return f"{keys.shown(correlate.by, key)} ({reason})"
