"""`python = "prep.py:function"`: a frame that a function of the project makes from other frames and `params`.

A parameter called after a frame gets it as a pandas DataFrame of its own, with numbers, texts and flags; `model_size`
may stand for a frame `model-size`. Every other parameter comes from `params`, or has a default. What the function
prints goes to standard error, as does what its file prints while it is imported.
"""

from __future__ import annotations

import copy
import importlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paperkit.data import python_call, python_code
from paperkit.data.clauses.context import Context
from paperkit.data.nested import type_name
from paperkit.data.orders import order_of
from paperkit.data.python_code import Function
from paperkit.data.settle import settled
from paperkit.data.table import Rows, is_unrounded, kind, under
from paperkit.errors import DataError, PaperkitError, Problem
from paperkit.manifest.model import FrameSpec

if TYPE_CHECKING:
    import pandas as pd

    from paperkit.data.orders import Order


def static_problems(spec: FrameSpec, name: str, specs: Mapping[str, FrameSpec], root: Path) -> tuple[Problem, ...]:
    """Return what is wrong with the `python` and `params` of the frame `name`, found without running anything."""
    path = ("data", name)
    if spec.python is None:
        lonely = Problem(message="params belongs to python", path=(*path, "params"), hint='python = "prep.py:function"')
        alone = replace(lonely, message="inputs belongs to python", path=(*path, "inputs"))
        return tuple(one for one, given in ((lonely, spec.params), (alone, spec.inputs)) if given)
    try:
        function = python_code.find(spec.python, root)
    except PaperkitError as error:
        return under(error, (*path, "python")).problems
    return tuple(problem.under(path) for problem in python_call.problems(function, spec.params, specs))


def load(spec: FrameSpec, context: Context, specs: Mapping[str, FrameSpec]) -> Rows:
    """Return the rows that the function of `spec` makes; `specs` are the frames its parameters may be called after.

    The file is run anew in the project's folder, as if Python had just started: what other files of the same name
    defined is not seen. The index of what it returns becomes columns, unless it only counts rows.

    Raises:
        DataError: the function cannot be called, raises an exception, or returns no frame.

    """
    problems = static_problems(spec, context.name, specs, context.root)
    if problems:
        raise DataError(*problems)
    function = python_code.find(spec.python or "", context.root)
    frames = {
        parameter.name: context.load(frame)
        for parameter in function.parameters
        if (frame := python_code.frame_of(parameter.name, specs)) is not None
    }
    tables = {name: rows.table.reset_index(drop=True).copy() for name, rows in frames.items()}
    try:
        with python_call.alone(function.path, context.root):
            made = python_call.called(function, {**copy.deepcopy(spec.params), **tables}, context.root)
            table, orders = _table(made, function)
    except PaperkitError as error:
        raise under(error, (*context.path, "python")) from error.__cause__
    return Rows(table=table, orders=orders).noticing(*(notice for rows in frames.values() for notice in rows.notices))


def _table(made: Any, function: Function) -> tuple[pd.DataFrame, Mapping[str, Order]]:
    """Return what a function returned as a table of plain columns, and the orders of its categoricals.

    Raises:
        DataError: it is no table, its columns are not called by one text each, or hold more than one kind of value.

    """
    import pandas as pd

    table = _tabular(made, function)
    if table.columns.nlevels > 1:
        levels = table.columns.nlevels
        hint = 'name each summary: .agg(mean=("v", "mean")); or make it tidy: frame.stack()'
        raise _wrong(function, f"returns a frame with {levels} levels of columns", hint)
    table = table.set_axis([str(name) for name in table.columns], axis="columns")
    table = _with_index(table, function)
    repeated = table.columns[table.columns.duplicated()]
    if len(repeated):
        raise _wrong(function, f"returns several columns called '{repeated[0]}'")
    columns = {name: settled(table[name]) for name in table.columns}
    mixed = [name for name, column in columns.items() if kind(column) == "other" and not is_unrounded(column)]
    if mixed:
        values = (value for value in columns[mixed[0]] if value is not None)
        types = " and ".join(dict.fromkeys(map(type_name, values)))
        hint = "a column is numbers, texts or flags: .astype(str), or .explode() for lists"
        if all(isinstance(value, timedelta) for value in columns[mixed[0]].dropna()):
            hint = "make numbers of it: .dt.total_seconds()"
        raise _wrong(function, f"returns a column '{mixed[0]}' of {types}", hint)
    return pd.DataFrame(columns, index=table.index), {name: order_of([table[name]]) for name in columns}


def _tabular(made: Any, function: Function) -> pd.DataFrame:
    """Return as a DataFrame: a DataFrame, a named Series, an Arrow table of any library, or a dict of columns."""
    import pandas as pd

    if isinstance(made, pd.DataFrame):
        return made
    if isinstance(made, pd.Series):
        if made.name is None:
            raise _wrong(function, "returns a Series without a name", 'name it: .rename("gain")')
        return made.to_frame()
    if isinstance(made, dict):
        try:
            return pd.DataFrame({name: _objects(v) if isinstance(v, list) else v for name, v in made.items()})
        except (ValueError, TypeError) as error:
            raise _wrong(function, f"returns a dict that is no table: {error}") from None
    if hasattr(made, "__arrow_c_stream__"):
        return _of_arrow(made, function)
    raise _wrong(function, f"returns {_article(type(made).__name__)}, not a DataFrame", "does it return anything?")


def _objects(values: list[Any]) -> Any:
    """Return an array of the very values: pandas would make floats of whole numbers with gaps."""
    import numpy as np

    return np.fromiter(values, dtype=object, count=len(values))


def _of_arrow(made: Any, function: Function) -> pd.DataFrame:
    try:
        pyarrow = importlib.import_module("pyarrow")
    except ImportError:
        message = f"returns {_article(type(made).__name__)}, which needs pyarrow to be read"
        raise _wrong(function, message, "return a pandas DataFrame, or install pyarrow") from None
    found: pd.DataFrame = pyarrow.table(made).to_pandas(integer_object_nulls=True)
    return found


def _with_index(table: pd.DataFrame, function: Function) -> pd.DataFrame:
    """Return the table with its index as columns in front; row numbers without a name say nothing and are left out."""
    import pandas as pd

    index = table.index
    if index.nlevels == 1 and index.name is None and pd.api.types.is_integer_dtype(index.dtype):
        return table.reset_index(drop=True)
    unnamed = ["index"] if index.nlevels == 1 else [f"level_{level}" for level in range(index.nlevels)]
    names = [str(own) if own is not None else other for own, other in zip(index.names, unnamed, strict=True)]
    clash = [name for name in names if name in table.columns]
    if clash:
        message = f"returns a column and an index called '{clash[0]}'"
        raise _wrong(function, message, "drop one of them: frame.reset_index(drop=True)")
    return table.reset_index(names=names)


def _wrong(function: Function, message: str, hint: str | None = None) -> DataError:
    return DataError(Problem(message=f"{function.name} {message}", place=function.place, hint=hint))


def _article(name: str) -> str:
    return "nothing" if name == "NoneType" else f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
