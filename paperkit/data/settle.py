"""Settle: a pandas column of whatever a library returns becomes one of the kinds that Rows hold."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from paperkit.data.columns import LEAST, MOST
from paperkit.data.nested import Fields, Items
from paperkit.data.table import is_computable, text_dtype

if TYPE_CHECKING:
    import pandas as pd

_EXACT = 2**sys.float_info.mant_dig
_KEPT = sys.float_info.dig  # decimal digits that every float keeps


def settled(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return a column as int64, float64, Int64, bool or text, under the same index.

    Dates become ISO text (without a time where every one is midnight), decimals numbers, categories their values.
    Whole numbers beyond 64 bits, or among floats, become floats, unless one would lose some of their digits. These,
    flags with missing values, and values that are neither numbers nor text, stay Python objects that can be compared
    and hashed. Missing values stay so.

    >>> import pandas as pd
    >>> settled(pd.Series([1, None], dtype=object)).dtype
    Int64Dtype()
    """
    import pandas as pd

    types = pd.api.types
    for fits, function in (
        (types.is_object_dtype, _objects),
        # A category of flags calls itself a flag.
        (lambda dtype: isinstance(dtype, pd.CategoricalDtype), _objects),
        (types.is_bool_dtype, _flags),
        (lambda dtype: isinstance(dtype, pd.StringDtype), _text),
        (types.is_datetime64_any_dtype, _dates),
        (types.is_integer_dtype, _whole),
        (types.is_float_dtype, _floats),
    ):
        if fits(column.dtype):
            return function(column)
    return _objects(column)


def column_of(values: Sequence[Any], index: pd.Index[Any]) -> pd.Series[Any]:
    """Return Python values as a settled column; those of one plain type are not looked at one by one.

    >>> import pandas as pd
    >>> column_of([1, 2], pd.RangeIndex(2)).dtype
    dtype('int64')
    """
    import numpy as np
    import pandas as pd

    types = set(map(type, values))
    if types == {float} or types == {float, type(None)}:
        return pd.Series(np.array(values, dtype=np.float64), index=index)
    if types == {int} and min(values) >= LEAST and max(values) <= MOST:
        return pd.Series(np.array(values, dtype=np.int64), index=index)
    if types == {bool}:
        return pd.Series(np.array(values, dtype=bool), index=index)
    if types == {str}:
        texts: pd.Series[Any] = pd.Series(values, index=index, dtype=text_dtype())
        return texts
    return settled(pd.Series(values, index=index, dtype=object))


def unrounded(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return a settled column in which every whole number beyond 64 bits stays one of Python's, not a float.

    >>> import pandas as pd
    >>> unrounded(pd.Series([2**64, 7], dtype=object)).tolist()
    [18446744073709551616, 7]
    """
    import pandas as pd

    found = settled(column)
    types = pd.api.types
    if not types.is_float_dtype(found.dtype) or types.is_float_dtype(column.dtype):
        return found
    values = [_plain(value) for value in column.tolist()]
    if not any(isinstance(value, int) and not LEAST <= value <= MOST for value in values):
        return found
    return _like(column, (float(value) if isinstance(value, Decimal) else value for value in values))


def text_of(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return the values of a column as text, missing ones still missing; whole floats lose their `.0`."""
    values = [None if missing else _written(v) for v, missing in zip(column.tolist(), column.isna(), strict=True)]
    return _text(_like(column, values))


def _written(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _like(column: pd.Series[Any], values: Iterable[Any]) -> pd.Series[Any]:
    import pandas as pd

    return pd.Series(list(values), index=column.index, dtype=object)


def _mapped(column: pd.Series[Any], function: Callable[[Any], Any]) -> pd.Series[Any]:
    """Return objects: `function` of every value that is there, None for the others."""
    gaps = column.isna().tolist()
    return _like(column, (None if missing else function(v) for v, missing in zip(column.tolist(), gaps, strict=True)))


def _text(column: pd.Series[Any]) -> pd.Series[Any]:
    import pandas as pd

    dtype = text_dtype()
    if column.dtype == dtype and not pd.api.types.is_object_dtype(dtype):
        return column
    texts = _mapped(column, str)
    try:
        return texts.astype(dtype)
    except UnicodeEncodeError:
        # Half of a surrogate pair: a message of its own names it when it is to be printed.
        return texts


def _flags(column: pd.Series[Any]) -> pd.Series[Any]:
    return _mapped(column, bool) if column.isna().any() else column.astype(bool)


def _floats(column: pd.Series[Any]) -> pd.Series[Any]:
    import numpy as np
    import pandas as pd

    return pd.Series(column.to_numpy(dtype=np.float64, na_value=np.nan), index=column.index)


def _whole(column: pd.Series[Any]) -> pd.Series[Any]:
    there = column.dropna()
    if len(there) and (int(there.max()) > MOST or int(there.min()) < LEAST):
        return _integers(column)
    return column.astype("Int64" if len(there) < len(column) else "int64")


def _dates(column: pd.Series[Any]) -> pd.Series[Any]:
    there = column.dropna()
    midnight = bool((there == there.dt.normalize()).all())
    return _text(_mapped(column, lambda v: _moment(v).partition(" ")[0] if midnight else _moment(v)))


def _objects(column: pd.Series[Any]) -> pd.Series[Any]:
    import pandas as pd

    values = column.astype(object)
    if any(isinstance(value, Decimal) and value.is_snan() for value in values):
        # A number that raises an error wherever it is looked at.
        values = _like(values, (None if isinstance(v, Decimal) and v.is_snan() else v for v in values))
    kind = pd.api.types.infer_dtype(values, skipna=True)
    functions: dict[str, Callable[[pd.Series[Any]], pd.Series[Any]]] = {
        "empty": _text,
        "string": _text,
        "boolean": _flags,
        "integer": _integers,
        "floating": _decimals,
        "mixed-integer-float": _decimals,
        "decimal": _decimals,
        "date": _calendar,
        "datetime": _calendar,
        "datetime64": _calendar,
        "time": lambda times: _text(_mapped(times, str)),
    }
    return functions.get(kind, _mixed)(values)


def _decimals(column: pd.Series[Any]) -> pd.Series[Any]:
    values = column.tolist()
    if not set(map(type, values)) <= {float, Decimal} and any(map(_loses_digits, map(_plain, values))):
        return _like(column, map(_plain, values))
    return _mapped(column, float).astype("float64")


def _integers(column: pd.Series[Any]) -> pd.Series[Any]:
    values = _mapped(column, int)
    there = values.dropna()
    if max(there) > MOST or min(there) < LEAST:
        return _decimals(values)
    return values.astype("Int64" if len(there) < len(values) else "int64")


def _loses_digits(value: Any) -> bool:
    """Tell whether a whole number has digits that a float does not keep, or is beyond its range."""
    if not isinstance(value, int) or abs(value) <= _EXACT:
        return False
    return not is_computable(value) or len(str(abs(value)).rstrip("0")) > _KEPT


def _calendar(column: pd.Series[Any]) -> pd.Series[Any]:
    boxed = _mapped(column, _boxed)
    midnight = all(not isinstance(value, dt.datetime) or value.time() == dt.time() for value in boxed.dropna())
    return _text(_mapped(boxed, lambda v: _moment(v).partition(" ")[0] if midnight else _moment(v)))


def _boxed(value: Any) -> Any:
    """Return a date or a duration of numpy, which may be no more than a count of nanoseconds, as that of pandas."""
    import numpy as np
    import pandas as pd

    if isinstance(value, np.datetime64):
        return pd.Timestamp(value)
    return pd.Timedelta(value) if isinstance(value, np.timedelta64) else value


def _moment(value: dt.date) -> str:
    return value.isoformat(" ") if isinstance(value, dt.datetime) else value.isoformat()


def _mixed(column: pd.Series[Any]) -> pd.Series[Any]:
    # A list has no single truth about being missing, so each value is asked by itself.
    values = [_plain(value) for value in column.tolist()]
    types = {type(value) for value in values if value is not None}
    if types and types <= {int, float, Decimal} and not any(map(_loses_digits, values)):
        return _like(column, (float("nan") if value is None else float(value) for value in values)).astype("float64")
    return _text(_like(column, values)) if types == {str} else _like(column, values)


def _nested(value: Any) -> Items:
    if isinstance(value, Items):
        return value
    if isinstance(value, dict):
        return Fields((key, _plain(item)) for key, item in value.items())
    return Items(_plain(item) for item in value)


def _plain(value: Any) -> Any:
    import numpy as np
    import pandas as pd

    if isinstance(value, np.ndarray):
        value = value.tolist()
    elif isinstance(value, (np.datetime64, np.timedelta64)):
        value = _boxed(value)
    elif isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value):  # noqa: PLR0124 - NaN alone differs from itself
        return None
    if isinstance(value, (dict, list, tuple)):
        return _nested(value)
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, (dt.date, UUID)):
        return _moment(value) if isinstance(value, dt.date) else str(value)
    return value
