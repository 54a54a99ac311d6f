"""Vectors: what an expression computes with, as arrays without an index."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from paperkit.data.columns import as_number, numbers, with_gaps
from paperkit.data.table import PLURALS, Kind, Value, is_unrounded, kind, plain, text_dtype
from paperkit.errors import DataError, Problem

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Array: TypeAlias = Any  # a numpy array or one of pandas' own
    Numbers: TypeAlias = NDArray[Any]
    Mask: TypeAlias = NDArray[np.bool_]
    Positions: TypeAlias = NDArray[np.intp]
else:  # numpy is too heavy to import for a name
    Array: TypeAlias = Any
    Numbers: TypeAlias = Any
    Mask: TypeAlias = Any
    Positions: TypeAlias = Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Vector:
    """An operand: its values (one per row, or a single one for all rows), their kind, and the column they are.

    `order` has the values in the order of the ordered categorical that they come from, if that is not their own.

    Numbers are int64, float64 (NaN is missing) or pandas' Int64; flags bool, or objects where some are missing;
    texts pandas' `str` or objects; everything else objects, None for missing.
    """

    array: Array
    kind: Kind
    column: str | None = None
    order: tuple[Value, ...] = ()

    def __len__(self) -> int:
        return len(self.array)

    @property
    def subject(self) -> str:
        """Return how a message calls the operand."""
        return f"column '{self.column}'" if self.column else "the expression"

    @property
    def missing(self) -> Mask:
        """Return which values are missing."""
        return missing(self.array)


def missing(array: Array) -> Mask:
    """Return which values of an array are missing."""
    import numpy as np
    import pandas as pd

    return np.asarray(pd.isna(array), dtype=bool)


def of_series(series: pd.Series[Any], column: str | None = None) -> Vector:
    """Return a column as an operand."""
    import numpy as np
    import pandas as pd

    holds = kind(series)
    array: Array
    if holds == "number":
        gappy = isinstance(series.dtype, pd.api.extensions.ExtensionDtype) and series.isna().any()
        whole = pd.api.types.is_integer_dtype(series.dtype)
        if gappy and whole:
            array = series.astype("Int64").array
        elif whole:
            array = series.to_numpy(dtype=np.int64)
        else:
            array = series.to_numpy(dtype=np.float64, na_value=np.nan)
    elif holds == "flag":
        array = objects(plain(series)) if series.isna().any() else series.to_numpy(dtype=bool)
    elif holds == "text" and isinstance(series.dtype, pd.StringDtype) and series.dtype == text_dtype():
        array = series.array
    elif holds == "other" and is_unrounded(series):
        # Beyond 64 bits numbers are shown exactly, and computed with as floats.
        array, holds = np.array([np.nan if value is None else float(value) for value in plain(series)]), "number"
    else:
        array = objects(plain(series))
    return Vector(array=array, kind=holds, column=column)


def of_value(value: Value) -> Vector:
    """Return a single value as an operand."""
    import numpy as np

    match value:
        case bool():
            return Vector(array=np.array([value]), kind="flag")
        case int() | float():
            return of_numbers(numbers([value]))
        case _:
            return Vector(array=objects([value]), kind="missing" if value is None else "text")


def of_numbers(array: Array) -> Vector:
    """Return numbers as an operand."""
    return Vector(array=array, kind="number")


def of_flags(array: Mask) -> Vector:
    """Return true and false as an operand."""
    return Vector(array=array, kind="flag")


def of_values(values: Sequence[Any]) -> Vector:
    """Return Python values as an operand; None is missing, whole numbers and floats together are floats."""
    import numpy as np

    types = {type(value) for value in values if value is not None}
    if types and types <= {int, float}:
        return of_numbers(with_gaps(values))
    if types == {bool}:
        gappy = any(value is None for value in values)
        return of_flags(objects(values) if gappy else np.array(values, dtype=bool))
    if types == {str}:
        return Vector(array=texts(values), kind="text")
    return Vector(array=objects(values), kind="other" if types else "missing")


def series_of(vector: Vector, index: pd.Index[Any]) -> pd.Series[Any]:
    """Return an operand as a column with an index, a single value repeated."""
    import pandas as pd

    vector = repeated(vector, len(index))
    if vector.kind in ("text", "missing"):
        return pd.Series(texts(vector.array) if vector.array.dtype == object else vector.array, index=index)
    return pd.Series(vector.array, index=index)


def repeated(vector: Vector, size: int) -> Vector:
    """Return the operand with its single value repeated `size` times; one with a value per row as it is."""
    import numpy as np

    if len(vector) == size:
        return vector
    return replace(vector, array=vector.array.take(np.zeros(size, dtype=np.intp)))


def objects(values: Sequence[Any]) -> Array:
    """Return a one-dimensional array of objects, never guessing a dtype or a second dimension."""
    import numpy as np

    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def texts(values: Sequence[Any] | pd.Series[Any]) -> Array:
    """Return an array of texts, None or NaN for missing."""
    import pandas as pd

    try:
        series = pd.Series(values, dtype=text_dtype())
        return series.to_numpy() if series.dtype == object else series.array
    except UnicodeEncodeError:  # half a surrogate pair, which Python allows in a text and Arrow does not
        return objects(list(values))


def factorized(array: Array | pd.Series[Any]) -> tuple[Positions, Array]:
    """Return, per value, its number among the different ones (-1 for a missing one), and these, as they come first.

    Raises:
        DataError: a value is neither number nor text, and cannot be compared.

    """
    import pandas as pd

    try:
        return pd.factorize(array)
    except TypeError:
        named = next(type(value).__name__ for value in array if not _is_hashable(value))
        raise DataError(Problem(message=f"a '{named}' is neither a number nor text")) from None


def distinct(array: Array) -> tuple[Positions, list[Any]]:
    """Return what `factorized` does, the different values as Python scalars.

    Raises:
        DataError: a value is neither number nor text, and cannot be compared.

    """
    codes, values = factorized(array)
    return codes, values.tolist()


def _is_hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def mapped(array: Array, function: Callable[[Any], Any]) -> Vector:
    """Return `function` of every value, called once for each different one; missing values stay missing."""
    import numpy as np

    codes, values = distinct(array)
    found = of_values([function(value) for value in values])
    if not (codes < 0).any():
        return Vector(array=found.array.take(codes), kind=found.kind)
    padded = of_values([*(_plain(value) for value in found.array), None])
    return Vector(array=padded.array.take(np.where(codes < 0, len(values), codes)), kind=padded.kind)


def _plain(value: Any) -> Any:
    import numpy as np

    value = value.item() if isinstance(value, np.generic) else value
    return None if missing(objects([value]))[0] else value


def tested(array: Array, test: Callable[[Any], bool]) -> Mask:
    """Return where `test` holds, called once for each different value; never for a missing one."""
    import numpy as np

    codes, values = distinct(array)
    found: Mask = np.array([*(bool(test(value)) for value in values), False])[codes]
    return found


def chosen(condition: Mask, then: Vector, otherwise: Vector) -> Vector:
    """Return `then` where a condition holds and `otherwise` elsewhere.

    `then` has the values of the rows where it holds, `otherwise` of the others, or a single one for all of these.
    """
    import numpy as np

    pairs = [(condition, then), (~condition, otherwise)]
    used = [(where, repeated(part, int(where.sum()))) for where, part in pairs if where.any()]
    parts = [(where, part) for where, part in used if not part.missing.all()]
    if not parts:
        return Vector(array=objects([None] * len(condition)), kind="missing")
    gappy = sum(len(part) - int(part.missing.sum()) for _, part in parts) < len(condition)
    holds = parts[0][1].kind
    if holds == "number" and all(is_whole(part.array) for _, part in parts):
        whole, gaps = np.zeros(len(condition), dtype=np.int64), np.ones(len(condition), dtype=bool)
        for where, part in parts:
            gone = part.missing
            gaps[where] = gone
            there = np.flatnonzero(where)[~gone]
            whole[there] = np.asarray(part.array[~gone], dtype=np.int64)
        return of_numbers(with_mask(whole, gaps))
    if holds == "number":
        found = np.full(len(condition), np.nan)
        for where, part in parts:
            found[where] = floats(part.array)
        return of_numbers(found)
    cells = objects([None] * len(condition))
    for where, part in parts:
        there = np.flatnonzero(where)[~part.missing]
        cells[there] = np.asarray(part.array[~part.missing], dtype=object)
    if holds == "text":
        return Vector(array=texts(cells), kind="text")
    return Vector(array=cells if gappy or holds == "other" else cells.astype(bool), kind=holds)


def is_whole(array: Array) -> bool:
    """Tell whether an array holds whole numbers, some of them missing or not."""
    return array.dtype.kind in "iu"  # pandas' Int64 has a kind too


def with_mask(values: Numbers, gaps: Mask) -> Array:
    """Return whole numbers as they are, or as Int64 where some are missing."""
    import numpy as np
    import pandas as pd

    return pd.arrays.IntegerArray(values, np.broadcast_to(gaps, len(values)).copy()) if gaps.any() else values


def floats(array: Array) -> Numbers:
    """Return numbers as float64, NaN where they are missing."""
    import numpy as np

    if isinstance(array, np.ndarray):
        return array.astype(np.float64, copy=False)
    found: Numbers = array.to_numpy(dtype=np.float64, na_value=np.nan)
    return found


def equals(array: Array, text: str) -> Mask:
    """Return which texts are `text`."""
    import numpy as np

    try:
        return np.asarray(array == text, dtype=bool)
    except UnicodeEncodeError:  # half a surrogate pair, which no text of a file holds
        return np.zeros(len(array), dtype=bool)


def single(vector: Vector) -> Value:
    """Return the only value of an operand as a Python scalar, None if it is missing."""
    found: Value = _plain(vector.array[0])
    return found


def infinite(vector: Vector) -> Mask:
    """Return which values are infinite; a text counts if it spells an infinite number."""
    import numpy as np

    if vector.kind == "text":
        return tested(vector.array, lambda text: math.isinf(as_number(text) or 0))
    if vector.kind != "number":
        return np.zeros(len(vector), dtype=bool)
    found: Mask = np.isinf(floats(vector.array))
    return found


def refuse_other(vector: Vector, use: str) -> None:
    """Raise where an operand holds neither numbers nor text; `use` says what it is asked for."""
    if vector.kind == "other":
        raise DataError(Problem(message=f"{vector.subject} holds {PLURALS['other']}: it has no {use}"))
