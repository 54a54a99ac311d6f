"""Notebook: DataFrames of a notebook, tidy or wide, as what tables are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from paperkit.data.frame import Frame
from paperkit.data.settle import unrounded
from paperkit.data.table import Rows, Value, kind, plain, wrong_value
from paperkit.errors import DataError, Place, Problem
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Scalar

if TYPE_CHECKING:
    import pandas as pd
    from pandas import DataFrame as DataFrame  # noqa: PLC0414 - for rooms that do not know pandas
    from pandas import Series as Series  # noqa: PLC0414 - as above

    from paperkit.errors import ManifestPath

VALUE = "value"
"""The column of a wide frame's tidy form that holds its cells."""
NAME = "frame"
_RESERVED = ("cells", VALUE)

Key: TypeAlias = tuple[Scalar, ...]


def given_frame(frame: DataFrame | Series) -> DataFrame:
    """Return the DataFrame of a call: of a Series, its only column.

    Raises:
        DataError: it is neither.

    """
    import pandas as pd

    if isinstance(frame, pd.Series):
        return frame.to_frame(VALUE if frame.name is None else frame.name)
    if not isinstance(frame, pd.DataFrame):
        hint = "pandas.DataFrame(…) makes one of lists, dicts and arrays; other libraries have a .to_pandas()"
        raise DataError(Problem(message=f"expected a DataFrame, got {type(frame).__name__}", hint=hint))
    return frame


def tidy_frame(frame: pd.DataFrame, labels: Labels) -> Frame:
    """Return a DataFrame as a frame: its named index levels are columns too, its values plain numbers and texts.

    Raises:
        DataError: two of its columns share a name, or they have several levels.

    """
    import pandas as pd

    if frame.columns.nlevels > 1:
        hint = "leave out rows, columns and cells: its levels are then those of the table"
        raise DataError(Problem(message=f"the frame has {frame.columns.nlevels} levels of columns", hint=hint))
    named = [str(name) for name in frame.index.names if name is not None]
    levels = {
        str(name): frame.index.get_level_values(position)
        for position, name in enumerate(frame.index.names)
        if name is not None
    }
    names = [*named, *map(str, frame.columns)]
    repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if repeated:
        message = f"several columns, or index levels, of the frame are called '{repeated[0]}'"
        raise DataError(Problem(message=message, hint="frame.reset_index(drop=True) or frame.rename(columns=…)"))
    columns = {name: _settled(values) for name, values in levels.items()}
    columns |= {str(name): _settled(frame.iloc[:, place]) for place, name in enumerate(frame.columns)}
    table = pd.DataFrame(columns, index=pd.RangeIndex(len(frame)))
    return Frame(name=NAME, data=Rows(table=table), labels=labels)


def _settled(values: Any) -> pd.Series[Any]:
    import pandas as pd

    return unrounded(pd.Series(values).reset_index(drop=True))


@dataclass(frozen=True, kw_only=True)
class WideFrame:
    """A DataFrame whose index gives the rows of a table and whose columns give its columns.

    It is a frame of one row per cell too, made when it is asked for: a column for each level, and `value`.
    """

    row_names: tuple[str, ...]
    column_names: tuple[str, ...]
    row_keys: tuple[Key, ...]
    column_keys: tuple[Key, ...]
    values: tuple[tuple[Value, ...], ...]
    labels: Labels = field(default_factory=Labels, repr=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns of the tidy form."""
        return (*self.row_names, *self.column_names, VALUE)

    @property
    def notices(self) -> tuple[Problem, ...]:
        """Return nothing: a frame of a notebook is as its author made it."""
        return ()

    @property
    def places(self) -> tuple[tuple[int, ...], ...]:
        """Return the row of the tidy form for each cell."""
        width = len(self.column_keys)
        return tuple(tuple(range(start, start + width)) for start in range(0, width * len(self.row_keys), width))

    def rows(self, *columns: str) -> tuple[tuple[Value, ...], ...]:
        """Return the rows of some columns of the tidy form as plain scalars; None is missing."""
        if not columns:
            return ((),) * (len(self.row_keys) * len(self.column_keys))
        return tuple(zip(*map(self._column, columns), strict=True))

    def _column(self, name: str) -> Sequence[Value]:
        height, width = len(self.row_keys), len(self.column_keys)
        if name == VALUE:
            return list(chain.from_iterable(self.values))
        if name in self.row_names:
            level = self.row_names.index(name)
            return [value for key in self.row_keys for value in (key[level],) * width]
        level = self.column_names.index(name)
        return [key[level] for key in self.column_keys] * height

    def where(self, expression: str, *, each: Mapping[str, Scalar], path: ManifestPath) -> Frame:
        """Return the cells for which `expression` holds.

        Raises:
            DataError: the expression cannot be read or evaluated.

        """
        return self.tidy.where(expression, each=each, path=path)

    def origin(self, _row: int, _column: str | None = None) -> Place | None:
        """Return nothing: the cells were not read from a file."""
        return None

    @cached_property
    def tidy(self) -> Frame:
        """Return the frame of one row per cell."""
        import pandas as pd

        columns = {name: unrounded(pd.Series(self._column(name), dtype=object)) for name in self.columns}
        return Frame(name=NAME, data=Rows(table=pd.DataFrame(columns)), labels=self.labels)


def wide_frame(frame: pd.DataFrame, labels: Labels) -> WideFrame:
    """Return a DataFrame whose index levels are rows and whose column levels are columns.

    Levels without a name are called `index` and `column`, with a number where there are several.

    Raises:
        DataError: it is empty, labels repeat or are missing, or a column holds neither numbers nor text; all of them.

    """
    if not (len(frame.index) and len(frame.columns)):
        message = f"the frame has {len(frame)} rows and {len(frame.columns)} columns"
        raise DataError(Problem(message=message, hint="a table needs one of each"))
    row_names = _names(frame.index, "index", ())
    column_names = _names(frame.columns, "column", row_names)
    row_keys, column_keys = _keys(frame.index), _keys(frame.columns)
    problems = [*_key_problems("row", row_names, row_keys), *_key_problems("column", column_names, column_keys)]
    values, bad = _values(frame, column_keys)
    if problems or bad:
        raise DataError(*problems, *bad)
    return WideFrame(
        row_names=row_names,
        column_names=column_names,
        row_keys=row_keys,
        column_keys=column_keys,
        values=values,
        labels=labels,
    )


def _names(index: pd.Index[Any], unnamed: str, taken: Sequence[str]) -> tuple[str, ...]:
    defaults = [unnamed] if index.nlevels == 1 else [f"{unnamed}_{level}" for level in range(index.nlevels)]
    found: list[str] = []
    for name, default in zip(index.names, defaults, strict=True):
        # A dot would ask for an attribute of a label.
        own = default if name is None else str(name).replace(".", "_")
        found.append(default if own in (*_RESERVED, *taken, *found) else own)
    return tuple(found)


def _keys(index: pd.Index[Any]) -> tuple[Key, ...]:
    levels = [_level(index.get_level_values(level)) for level in range(index.nlevels)]
    # What cannot be a label is found missing.
    return tuple(zip(*levels, strict=True))


def _level(values: pd.Index[Any]) -> list[Value]:
    texts = values.tolist()
    # Texts, which most labels are, need no settling.
    return texts if set(map(type, texts)) == {str} else plain(_settled(values))


def _key_problems(side: str, names: Sequence[str], keys: Sequence[Key]) -> list[Problem]:
    found = []
    if any(part is None for key in keys for part in key):
        hint = "give every level of it a value" if len(names) > 1 else "give it a value"
        found.append(Problem(message=f"a {side} of the frame has no label", hint=hint))
    repeated = [key for key in dict.fromkeys(keys) if keys.count(key) > 1] if len(set(keys)) < len(keys) else []
    for key in repeated:
        shown = ", ".join(f"{name} {part!r}" for name, part in zip(names, key, strict=True))
        hint = "give the frame a further level that tells them apart"
        found.append(Problem(message=f"several {side}s of the frame are {shown}", hint=hint))
    return found


def _values(
    frame: pd.DataFrame, column_keys: Sequence[Key]
) -> tuple[tuple[tuple[Value, ...], ...], tuple[Problem, ...]]:
    import numpy as np

    if all(dtype == np.float64 for dtype in frame.dtypes):
        array = frame.to_numpy(dtype=np.float64)
        if not np.isnan(array).any():
            return tuple(map(tuple, array.tolist())), ()
        boxed = array.astype(object)
        boxed[np.isnan(array)] = None
        return tuple(map(tuple, boxed.tolist())), ()
    columns, problems = [], []
    for place, key in enumerate(column_keys):
        column = unrounded(frame.iloc[:, place])
        values = plain(column)
        wrong = next(filter(None, map(wrong_value, values)), None) if kind(column) == "other" else None
        if wrong:
            message = f"column '{' / '.join(map(str, key))}' holds {wrong}"
            problems.append(Problem(message=message, hint="make it numbers or text, such as by .astype(str)"))
        columns.append(values)
    return tuple(zip(*columns, strict=True)), tuple(problems)
