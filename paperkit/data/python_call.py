"""Call a function of the project by the names of its parameters, as if Python had just started in its folder.

What the function prints goes to standard error, as does what its file prints while it is imported.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import sys
import traceback
from collections.abc import Collection, Iterator, Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from paperkit.data import python_code
from paperkit.data.python_code import Function
from paperkit.errors import DataError, PaperkitError, Place, Problem, did_you_mean
from paperkit.files import relative
from paperkit.manifest.model import FrameSpec


def problems(
    function: Function, params: Mapping[str, Any], specs: Mapping[str, FrameSpec], *, handed: Collection[str] = ()
) -> Iterator[Problem]:
    """Yield what is wrong with how `params` and the frames of `specs` fill the parameters of `function`.

    Parameters that are called as one of `handed` are filled by paperkit.
    """
    yield from _unfilled(function, params, specs, handed)
    yield from _untaken(function, params, specs, handed)


def _unfilled(
    function: Function, params: Mapping[str, Any], specs: Mapping[str, FrameSpec], handed: Collection[str]
) -> Iterator[Problem]:
    """Yield a problem for every parameter that nothing fills, or two things."""
    known = (*specs, *params)
    for parameter in function.parameters:
        frame = python_code.frame_of(parameter.name, specs)
        if parameter.name in handed:
            if frame is not None:
                message = f"the parameter '{parameter.name}' of {function.name} is not the frame [data.{frame}]"
                other = "it is what paperkit hands over; call the frame something else"
                yield Problem(message=message, path=("python",), place=function.place, hint=other)
        elif frame is not None and parameter.name in params:
            message = f"'{parameter.name}' is a frame too, [data.{frame}]"
            yield Problem(message=message, path=("params", parameter.name), hint="give the parameter another name")
        elif frame is None and parameter.name not in params and parameter.required:
            close = did_you_mean(parameter.name, known)
            hint = None if close else f"the frames are {', '.join(specs)}; or give it in params, or a default"
            message = f"the parameter '{parameter.name}' of {function.name} is neither a frame nor in params{close}"
            yield Problem(message=message, path=("python",), place=function.place, hint=hint)


def _untaken(
    function: Function, params: Mapping[str, Any], specs: Mapping[str, FrameSpec], handed: Collection[str]
) -> Iterator[Problem]:
    """Yield a problem for every entry of `params` that the function does not take."""
    names = [parameter.name for parameter in function.parameters]
    if function.open:
        names += params
    for name in params:
        if name in handed:
            message = f"'{name}' is what paperkit hands over"
            yield Problem(message=message, path=("params", name), hint="give the parameter another name")
        elif name not in names:
            free = [other for other in names if python_code.frame_of(other, specs) is None and other not in handed]
            close = did_you_mean(name, free)
            hint = None if close else f"it takes {', '.join(names)}" if names else "it takes nothing"
            yield Problem(message=f"{function.name} takes no '{name}'{close}", path=("params", name), hint=hint)


@contextlib.contextmanager
def alone(file: Path, root: Path) -> Iterator[None]:
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
    return any(isinstance(file, str) and own_name(file, root) is not None for file in files)


def own_name(file: str, root: Path) -> str | None:
    """Return the POSIX name of a file of the project's own code, None for any other."""
    path = Path(file).resolve()
    # A module that was compiled names its source relative to wherever that was.
    own = path.exists() and path.is_relative_to(root.resolve()) and not python_code.is_installed(path, root)
    return relative(path, root.resolve()) if own else None


def called(function: Function, given: Mapping[str, Any], root: Path) -> Any:
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
        raise DataError(raised(error, function, given, root)) from error


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


def raised(error: BaseException, function: Function, given: Mapping[str, Any], root: Path) -> Problem:
    """Return what an exception says, at the last line of the project's code that was run."""
    place, where = function.place, ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        name = own_name(frame.f_code.co_filename, root)
        if name is not None:
            place = Place(file=name, line=line)
            label = frame.f_code.co_qualname.replace(".<locals>", "")
            where = " (while it is imported)" if label == "<module>" else f" (in {label})"
    if isinstance(error, SyntaxError) and error.filename and (name := own_name(error.filename, root)):
        place, where = Place(file=name, line=error.lineno), ""
    if isinstance(error, PaperkitError):
        (first, *_) = error.problems
        return Problem(message=f"{first.message}{where}", place=place, hint=first.hint)
    said = str(error.msg if isinstance(error, SyntaxError) else error).partition("\n")[0]
    hint = None
    if isinstance(error, KeyError) and error.args and isinstance(error.args[0], str):
        columns = [column for value in given.values() for column in getattr(value, "columns", ())]
        hint = did_you_mean(error.args[0], columns).removeprefix(", ") or None
    return Problem(message=f"{type(error).__name__}{said and ': '}{said}{where}", place=place, hint=hint)
