"""Digest: one hash of everything that rows hold, so that whoever uses equal rows need not be made again."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from paperkit.data.table import Rows

if TYPE_CHECKING:
    import pandas as pd


def rows_digest(rows: Rows) -> str:
    """Return the sha256 of the columns, their types, values and orders, and of the notices.

    Where rows were read is left out. Equal digests mean equal rows in equal order; 1 and 1.0 are not
    equal here.
    """
    digest = hashlib.sha256(f"{len(rows)}".encode())
    for name in rows.columns:
        digest.update(f"\n{name!r} {rows.orders.get(name, ())!r} ".encode("utf-8", "surrogatepass"))
        _add(digest, rows.table[name])
    digest.update(repr((sorted(rows.ignored), rows.notices)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _add(digest: Any, column: pd.Series[Any]) -> None:
    import pandas as pd

    dtype: Any = column.dtype
    plain = getattr(dtype, "numpy_dtype", None)
    if pd.api.types.is_extension_array_dtype(dtype) and plain is not None and not isinstance(dtype, pd.StringDtype):
        gaps = column.isna()
        digest.update(f"{dtype.name} {int(gaps.sum())} ".encode())
        digest.update(gaps.to_numpy().tobytes())
        digest.update(column[~gaps].to_numpy(dtype=plain).tobytes())
    elif pd.api.types.is_extension_array_dtype(dtype) or dtype.kind == "O":
        _add_values(digest, column)
    else:
        digest.update(f"{dtype.str} ".encode())
        digest.update(column.to_numpy().tobytes())


def _add_values(digest: Any, column: pd.Series[Any]) -> None:
    """Add texts and other Python values: each different one once, then which of them every row has."""
    places: dict[tuple[type, Any], int] = {}
    codes: list[int] = []
    for value in column.tolist():
        # A missing value is a NaN or a None, and no NaN equals another.
        key = (float, "nan") if value != value else (type(value), value)  # noqa: PLR0124 - only NaN differs from itself
        codes.append(places.setdefault(key, len(places)))
    import numpy as np

    digest.update(f"values {[(kind.__name__, value) for kind, value in places]!r} ".encode("utf-8", "surrogatepass"))
    digest.update(np.array(codes, dtype="<i8").tobytes())
