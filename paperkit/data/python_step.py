"""`python = "prep.py:function"`: a frame that a function of the project makes from other frames and `params`.

A parameter called after a frame gets it as a pandas DataFrame of its own, with numbers, texts and flags; `model_size`
may stand for a frame `model-size`. Every other parameter comes from `params`, or has a default. What the function
prints goes to standard error, as does what its file prints while it is imported.
"""

from __future__ import annotations

import contextlib
import copy
import importlib
import inspect
import sys
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from paperkit.data import python_code
from paperkit.data.clauses.context import Context
from paperkit.data.nested import type_name
from paperkit.data.orders import order_of
from paperkit.data.python_code import Function
from paperkit.data.settle import settled
from paperkit.data.table import Rows, is_unrounded, kind, under
from paperkit.errors import DataError, PaperkitError, Place, Problem, did_you_mean
from paperkit.files import relative
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
    found = (*_unfilled(function, spec, specs), *_untaken(function, spec, specs))
    return tuple(problem.under(path) for problem in found)


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
        with _alone(function.path, context.root):
            made = _called(function, {**copy.deepcopy(spec.params), **tables}, context.root)
            table, orders = _table(made, function)
    except PaperkitError as error:
        raise under(error, (*context.path, "python")) from error.__cause__
    return Rows(table=table, orders=orders).noticing(*(notice for rows in frames.values() for notice in rows.notices))


def _unfilled(function: Function, spec: FrameSpec, specs: Mapping[str, FrameSpec]) -> Iterator[Problem]:
    """Yield a problem for every parameter that nothing fills, or two things."""
    known = (*specs, *spec.params)
    for parameter in function.parameters:
        frame = python_code.frame_of(parameter.name, specs)
        if frame is not None and parameter.name in spec.params:
            message = f"'{parameter.name}' is a frame too, [data.{frame}]"
            yield Problem(message=message, path=("params", parameter.name), hint="give the parameter another name")
        elif frame is None and parameter.name not in spec.params and parameter.required:
            close = did_you_mean(parameter.name, known)
            hint = None if close else f"the frames are {', '.join(specs)}; or give it in params, or a default"
            message = f"the parameter '{parameter.name}' of {function.name} is neither a frame nor in params{close}"
            yield Problem(message=message, path=("python",), place=function.place, hint=hint)


def _untaken(function: Function, spec: FrameSpec, specs: Mapping[str, FrameSpec]) -> Iterator[Problem]:
    """Yield a problem for every entry of `params` that the function does not take."""
    names = [parameter.name for parameter in function.parameters]
    if function.open:
        names += spec.params
    for name in spec.params:
        if name not in names:
            free = [other for other in names if python_code.frame_of(other, specs) is None]
            close = did_you_mean(name, free)
            hint = None if close else f"it takes {', '.join(names)}" if names else "it takes nothing"
            yield Problem(message=f"{function.name} takes no '{name}'{close}", path=("params", name), hint=hint)


@contextlib.contextmanager
def _alone(file: Path, root: Path) -> Iterator[None]:
    """Let Python import the project's modules from beside `file` and from `root`; forget them afterwards."""
    folders = [str(folder) for folder in dict.fromkeys((file.parent.resolve(), root.resolve()))]
    hidden = {file.stem, *python_code.own_names(file, root)}
    path, modules, quiet = list(sys.path), dict(sys.modules), sys.dont_write_bytecode
    for name in modules:
        if name.partition(".")[0] in hidden:
            del sys.modules[name]
    sys.path[:0] = folders
    sys.dont_write_bytecode = True  # a project's folder is not ours to fill
    importlib.invalidate_caches()
    try:
        with contextlib.chdir(root), contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        sys.path[:] = path
        sys.dont_write_bytecode = quiet
        # Libraries stay: most cannot be imported twice.
        for name, module in list(sys.modules.items()):
            if modules.get(name) is not module and (name.partition(".")[0] in hidden or _is_own(module, root)):
                del sys.modules[name]
        sys.modules.update({name: module for name, module in modules.items() if name.partition(".")[0] in hidden})


def _is_own(module: ModuleType, root: Path) -> bool:
    files = [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
    return any(isinstance(file, str) and _own_name(file, root) is not None for file in files)


def _own_name(file: str, root: Path) -> str | None:
    """Return the POSIX name of a file of the project's own code, None for any other."""
    path = Path(file).resolve()
    # A module that was compiled names its source relative to wherever that was.
    own = path.exists() and path.is_relative_to(root.resolve()) and not python_code.is_installed(path, root)
    return relative(path, root.resolve()) if own else None


def _called(function: Function, given: Mapping[str, Any], root: Path) -> Any:
    """Run the file of `function`, and return what the function returns.

    Raises:
        DataError: either raises an exception; its place is the last line of the project's code that was run.

    """
    try:
        code = getattr(_imported(function.path), function.name)
        names = [parameter.name for parameter in function.parameters if parameter.positional]
        known = inspect.signature(code).parameters if names else {}
        positional = [given[name] if name in given else known[name].default for name in names]
        return code(*positional, **{name: value for name, value in given.items() if name not in names})
    except (Exception, SystemExit) as error:
        raise DataError(_raised(error, function, given, root)) from error


def _imported(path: Path) -> ModuleType:
    """Return the module at `path`, run from its source: bytecode kept beside it may be older than it looks."""
    spec = spec_from_file_location(path.stem, path)
    if spec is None:
        raise ImportError(f"{path.name} is no module")
    module = module_from_spec(spec)
    sys.modules[path.stem] = module
    code = compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    exec(code, module.__dict__)  # noqa: S102 - the manifest is trusted, and names this very file
    return module


def _raised(error: BaseException, function: Function, given: Mapping[str, Any], root: Path) -> Problem:
    place, where = function.place, ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        name = _own_name(frame.f_code.co_filename, root)
        if name is not None:
            place = Place(file=name, line=line)
            label = frame.f_code.co_qualname.replace(".<locals>", "")
            where = " (while it is imported)" if label == "<module>" else f" (in {label})"
    if isinstance(error, SyntaxError) and error.filename and (name := _own_name(error.filename, root)):
        place, where = Place(file=name, line=error.lineno), ""
    said = str(error.msg if isinstance(error, SyntaxError) else error).partition("\n")[0]
    hint = None
    if isinstance(error, KeyError) and error.args and isinstance(error.args[0], str):
        columns = [column for value in given.values() for column in getattr(value, "columns", ())]
        hint = did_you_mean(error.args[0], columns).removeprefix(", ") or None
    return Problem(message=f"{type(error).__name__}{said and ': '}{said}{where}", place=place, hint=hint)


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
