"""limit: the first rows stay."""

from __future__ import annotations

from paperkit.data.clauses.context import Context
from paperkit.data.table import Rows
from paperkit.manifest.model import FrameSpec


def apply(rows: Rows, spec: FrameSpec, context: Context) -> Rows:
    """Return the first `limit` rows, or all where there are fewer."""
    _ = context
    return rows if spec.limit is None else rows.holding(rows.table.iloc[: spec.limit])
