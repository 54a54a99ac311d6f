"""Columns: what pandas reads or keeps, turned into the three kinds that a frame knows."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from paperkit.data.rows import Array, objects

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

_NUMBER = re.compile(r"[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|inf(?:inity)?)", re.IGNORECASE)
_ADVICE = tuple(
    (re.compile(shape), hint)
    for shape, hint in (
        (r"[+−-]?[0-9.,]+\s*%", "write it without the percent sign in the source, and the unit into a label"),
        (r"[^A-Za-z]*[0-9.]\s*(?:±|\+/?-|\\pm|\$\\pm).*", "give the value and its error a column each in the source"),
        (r"[+−-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?", 'options = { thousands = "," }'),
        (r"[+−-]?[0-9]+,[0-9]+", 'options = { decimal = "," }'),
        (r"[+−-]?\.?[0-9].*", "write a bare number in the source"),
    )
)
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")


def as_number(text: str, *, decimal: str | None = None, thousands: str | None = None) -> int | float | None:
    """Return the number that `text` spells, or None; blanks around it do not matter.

    `decimal` and `thousands` are the characters that stand for the point and between groups of digits.
    The minus may be U+2212, as papers print it.

    >>> as_number(" 7.50 "), as_number("1e3"), as_number("7,5"), as_number("7,5", decimal=",")
    (7.5, 1000.0, None, 7.5)
    """
    bare = text.strip().replace("−", "-")
    if thousands:
        bare = bare.replace(thousands, "")
    if decimal and decimal != ".":
        bare = bare.replace(".", "_").replace(decimal, ".")
    if _INTEGER.fullmatch(bare):
        return int(bare)
    return float(bare) if _NUMBER.fullmatch(bare) else None


def not_a_number_hint(cell: str) -> str:
    """Return what to do about a cell that should be a number: its text tells what the author may have meant.

    >>> not_a_number_hint("n/a"), not_a_number_hint("1,234.5")
    ('if it means a missing value: options = { na_values = ["n/a"] }', 'options = { thousands = "," }')
    """
    bare = cell.strip()
    for shape, hint in _ADVICE:
        if shape.fullmatch(bare):
            return hint
    return f'if it means a missing value: options = {{ na_values = ["{cell}"] }}'


def numbers(values: Iterable[float | None]) -> Array:
    """Return int64 where every value is a whole number and none is missing, float64 otherwise."""
    import numpy as np

    found = list(values)
    if found and all(type(value) is int for value in found):
        return np.array(found, dtype=np.int64)
    return np.array([np.nan if value is None else float(value) for value in found], dtype=np.float64)


def with_gaps(values: Iterable[float | None]) -> Array:
    """Return the numbers, whole ones that are partly missing as objects, so that 1 is not read as 1.0."""
    found = list(values)
    types = {type(value) for value in found}
    return objects(found) if types == {int, type(None)} else numbers(found)


def tidy(series: pd.Series) -> Array:
    """Return a pandas column as numbers, flags or texts; dates become ISO text, categories their values."""
    import numpy as np
    import pandas as pd

    if isinstance(series.dtype, pd.CategoricalDtype):
        return tidy(series.astype(series.cat.categories.dtype)) if len(series.cat.categories) else _missing(series)
    if pd.api.types.is_bool_dtype(series.dtype):
        return _objects(series) if series.isna().any() else series.to_numpy(dtype=bool)
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        return _dates(series)
    if pd.api.types.is_integer_dtype(series.dtype):
        return _whole(series)
    if pd.api.types.is_numeric_dtype(series.dtype) and not pd.api.types.is_complex_dtype(series.dtype):
        return series.to_numpy(dtype=np.float64, na_value=np.nan)
    return _objects(series)


def _whole(series: pd.Series) -> Array:
    import numpy as np

    if series.isna().any():
        return _objects(series)
    fits = len(series) == 0 or (series.max() < 2**63 and series.min() >= -(2**63))
    return series.to_numpy(dtype=np.int64 if fits else np.float64)


def _missing(series: pd.Series) -> Array:
    return objects([None] * len(series))


def _dates(series: pd.Series) -> Array:
    import pandas as pd

    filled = series.dropna()
    midnight = bool((filled == filled.dt.normalize()).all())
    values = series.tolist()
    return objects([None if pd.isna(v) else v.date().isoformat() if midnight else v.isoformat(" ") for v in values])


def _objects(series: pd.Series) -> Array:
    import numpy as np

    values = [_scalar(value) for value in series.tolist()]
    types = {type(value) for value in values if value is not None}
    if types and types <= {int, float}:
        whole = types == {int} and all(value is None or -(2**63) <= value < 2**63 for value in values)
        return with_gaps(values) if whole else np.array([np.nan if v is None else float(v) for v in values])
    if types == {bool} and None not in values:
        return np.array(values, dtype=bool)
    return objects(values)


def _scalar(value: Any) -> Any:
    import numpy as np
    import pandas as pd

    if type(value) is str:
        return value
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str):
        return str(value)
    if value is pd.NaT:
        return None
    if isinstance(value, dt.date):  # datetimes and pandas timestamps are dates too
        return str(value)
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    return value
