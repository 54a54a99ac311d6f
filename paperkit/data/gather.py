"""Gather: cells taken by position and columns put behind each other, without a change of what they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from paperkit.data.table import PLURALS, Kind, Value, kind

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    Positions: TypeAlias = npt.NDArray[np.intp]


def held(column: pd.Series[Any]) -> Kind:
    """Tell what a column holds, `missing` where it has no value at all, whatever its dtype."""
    return kind(column) if len(column) and (column.dtype.kind in "iub" or column.notna().any()) else "missing"


def picked(column: pd.Series[Any], positions: Positions) -> pd.Series[Any]:
    """Return the cells of `column` at `positions`, missing at -1, with the positions' order and a fresh index.

    Whole numbers stay whole where some are missing.
    """
    import numpy as np
    import pandas as pd

    if not (positions < 0).any():
        if isinstance(column.dtype, np.dtype):
            return pd.Series(column.to_numpy()[positions])
        return tightened(column.iloc[positions].reset_index(drop=True))
    if pd.api.types.is_bool_dtype(column.dtype):
        column = column.astype(object)
    elif pd.api.types.is_integer_dtype(column.dtype):
        column = column.astype("Int64")
    return pd.Series(column.array.take(positions, allow_fill=True))


def spread(column: pd.Series[Any], grid: Positions, names: Sequence[str]) -> pd.DataFrame:
    """Return the cells of `column` at a grid of positions, one row of it per new column; missing at -1.

    Whole numbers stay whole where some are missing.
    """
    import numpy as np
    import pandas as pd

    flat, size = picked(column, grid.ravel()), grid.shape[1]
    if pd.api.types.is_object_dtype(flat.dtype):
        return pd.DataFrame({name: picked(column, positions) for name, positions in zip(names, grid, strict=True)})
    if isinstance(flat.dtype, np.dtype):  # one array for all columns is far quicker than one for each
        return pd.DataFrame(flat.to_numpy().reshape(grid.shape).T, columns=list(names))
    pieces = (flat.iloc[number * size : (number + 1) * size].array for number in range(len(grid)))
    return pd.DataFrame({name: tightened(pd.Series(piece)) for name, piece in zip(names, pieces, strict=True)})


def stacked(parts: Sequence[pd.Series[Any]]) -> pd.Series[Any]:
    """Return the cells of columns that hold the same kind (or nothing) behind each other, with a fresh index.

    Numbers are whole where all are; a column without any value decides nothing.
    """
    import numpy as np
    import pandas as pd

    if len({part.dtype for part in parts}) == 1:
        return tightened(pd.concat(parts, ignore_index=True))
    live = [part for part in parts if part.notna().any()]
    if not live:
        return picked(parts[0], np.full(sum(len(part) for part in parts), -1))
    if isinstance(live[0].dtype, pd.StringDtype) and len({part.dtype for part in live}) == 1:
        gaps = [picked(live[0], np.full(len(part), -1)) if part.isna().all() else part for part in parts]
        return pd.concat(gaps, ignore_index=True)
    if all(kind(part) == "number" for part in live):
        whole = all(pd.api.types.is_integer_dtype(part.dtype) for part in live)
        arrays = [_numbers(part, whole=whole) for part in parts]
        return tightened(pd.concat(arrays, ignore_index=True))
    values = [None if gone else value for part in parts for value, gone in zip(part, part.isna(), strict=True)]
    return pd.Series(values)


def _numbers(part: pd.Series[Any], *, whole: bool) -> pd.Series[Any]:
    import pandas as pd

    if not part.notna().any():
        return pd.Series([None] * len(part), dtype="Int64" if whole else "float64")
    return part.astype("Int64") if whole else pd.Series(part.to_numpy(dtype="float64", na_value=float("nan")))


def tightened(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return whole numbers of which none is missing as int64, any other column as it is."""
    import pandas as pd

    gappy = isinstance(column.dtype, pd.Int64Dtype) and not column.isna().any()
    return column.astype("int64") if gappy else column


def named(value: Value) -> str:
    """Return the name of the column that stands for a value: 55 and 55.0 are the same."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def mixture(table: pd.DataFrame, names: Sequence[str]) -> str | None:
    """Say which of the columns hold what, where they do not all hold the same; None where they do.

    Such as `numbers in 'a', 'b' and text in 'c'`.
    """
    kinds: dict[Kind, list[str]] = {}
    for name in names:
        kinds.setdefault(held(table[name]), []).append(f"'{name}'")
    kinds.pop("missing", None)
    return None if len(kinds) < 2 else _spelled(kinds)  # noqa: PLR2004 - two of them are a mixture


def _spelled(kinds: Mapping[Kind, list[str]]) -> str:
    shown = [f"{PLURALS[found]} in {', '.join(columns)}" for found, columns in kinds.items()]
    return f"{', '.join(shown[:-1])} and {shown[-1]}"
