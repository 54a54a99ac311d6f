"""Python code of the project, read but never run: what a function takes, what a file imports, and its hash."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from paperkit.errors import DataError, PaperkitError, Place, Problem, did_you_mean
from paperkit.files import fingerprint, is_inside, is_there, relative
from paperkit.manifest.model import FrameSpec

MOST_FILES = 1000
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """One parameter of a function: its name, whether it needs a value, and whether it takes it by position only."""

    name: str
    required: bool
    positional: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Function:
    """A function of a file of the project: where it stands and what it takes; `open` where it takes any keyword."""

    path: Path
    name: str
    place: Place
    parameters: tuple[Parameter, ...]
    open: bool = False


def find(reference: str, root: Path) -> Function:
    """Return the function that `file.py:function` means, found without running the file.

    Raises:
        DataError: the reference cannot be read, leads outside the project, or means no function.

    """
    file, _, name = reference.rpartition(":")
    if not file or not name:
        raise DataError(Problem(message=f"'{reference}' names no function", hint='python = "prep.py:function"'))
    path = _path(file, root)
    definition = _definition(_tree(path, root), name, Place(file=relative(path, root)))
    arguments = definition.args
    given = [*arguments.posonlyargs, *arguments.args]
    optional = len(given) - len(arguments.defaults)
    parameters = [
        Parameter(name=a.arg, required=i < optional, positional=i < len(arguments.posonlyargs))
        for i, a in enumerate(given)
    ]
    keywords = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    parameters += [Parameter(name=a.arg, required=default is None) for a, default in keywords]
    place = Place(file=relative(path, root), line=definition.lineno)
    return Function(path=path, name=name, place=place, parameters=tuple(parameters), open=arguments.kwarg is not None)


def frame_of(parameter: str, specs: Mapping[str, FrameSpec]) -> str | None:
    """Return the frame that a parameter is called after: `model_size` may stand for the frame `model-size`."""
    if parameter in specs:
        return parameter
    alike = [name for name in specs if re.sub(r"\W", "_", name) == parameter]
    return alike[0] if len(alike) == 1 else None


def frames_taken(
    reference: str, specs: Mapping[str, FrameSpec], root: Path, *, but: Collection[str]
) -> tuple[str, ...]:
    """Return the frames that parameters of a function are called after, but those of `but`.

    There are none where it cannot be read.
    """
    try:
        function = find(reference, root)
    except PaperkitError:
        return ()
    names = (parameter.name for parameter in function.parameters if parameter.name not in but)
    return tuple(frame for name in names if (frame := frame_of(name, specs)) is not None)


def closure(file: Path, root: Path) -> tuple[Path, ...]:
    """Return `file` and the project's own modules that it imports, however far, sorted; never installed ones.

    Modules are looked for as Python would: beside `file`, in `root`, in folders of `root` on Python's path; relative
    ones beside the importing file.
    What a file imports under a computed name is not found.

    Raises:
        DataError: one of them is not Python.

    """
    start = file.resolve()
    found: dict[Path, None] = {start: None}
    waiting = [start]
    while waiting:
        current = waiting.pop()
        for imported in _imported(_tree(current, root), current, _folders(start, root)):
            if imported not in found and _is_own(imported, root):
                found[imported] = None
                waiting.append(imported)
    return tuple(sorted(found))


def _folders(file: Path, root: Path) -> tuple[Path, ...]:
    """Return where Python looks for the project's modules that the file imports: beside it, in the root, on its path.

    What is on the path below the root is a folder of sources, such as `src` of a project installed for editing.
    """
    own = root.resolve()
    found = (Path(entry).resolve() for entry in sys.path if entry)
    return tuple(dict.fromkeys((file.parent, own, *(folder for folder in found if _is_own(folder, root)))))


def own_names(file: Path, root: Path) -> frozenset[str]:
    """Return the top-level modules of the project that `closure` found behind the imports of `file`, by name."""
    folders = _folders(file.resolve(), root)
    names = {name for path in closure(file, root) for name in _top_names(_tree(path, root))}
    return frozenset(name for name in names if any(_is_own(path, root) for path in _first(folders, name)))


def libraries(files: tuple[Path, ...], root: Path) -> tuple[str, ...]:
    """Return the top-level modules that `files` import and that neither Python nor the project has, sorted."""
    names = {name for file in files for name in _top_names(_tree(file, root))}
    folders = {folder for file in files for folder in _folders(file.resolve(), root)}
    own = {name for name in names if any(list(_module(folder, name)) for folder in folders)}
    return tuple(sorted(names - own - sys.stdlib_module_names))


def syntax_hash(path: Path) -> str:
    """Return the sha256 of the syntax of a Python file: comments, docstrings and layout do not change it.

    Docstrings count in a file that reads them. A file that is not Python is hashed as it is.
    """
    content = path.read_bytes()
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError):
        return fingerprint(content)
    for node in () if b"__doc__" in content or b"getdoc" in content else ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and _has_docstring(
            node
        ):
            node.body = node.body[1:]
    return fingerprint(ast.dump(tree).encode())


def _has_docstring(node: _Documented) -> bool:
    first = node.body[0] if node.body else None
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)


def _path(file: str, root: Path) -> Path:
    hint = "write a path inside the project, relative to paper.toml"
    if "\0" in file or "\\" in file:
        message = f"'{file}' holds a {'backslash' if chr(92) in file else 'NUL character'}"
        raise DataError(Problem(message=message.replace("\0", ""), hint="write forward slashes, on Windows too"))
    if file.startswith(("/", "~")) or re.match(r"[A-Za-z]:", file):
        raise DataError(Problem(message=f"'{file}' is an absolute path", hint=hint))
    if ".." in PurePosixPath(file).parts:
        raise DataError(Problem(message=f"'{file}' leads outside the project", hint=hint))
    if not file.endswith(".py"):
        raise DataError(Problem(message=f"'{file}' is no Python file", hint='python = "prep.py:function"'))
    path = root / file
    if not path.is_file():
        known = sorted({relative(other, root) for pattern in ("*.py", "*/*.py") for other in root.glob(pattern)})
        raise DataError(Problem(message=f"there is no file '{file}'{did_you_mean(file, known[:MOST_FILES])}"))
    if not is_inside(path, root):
        raise DataError(Problem(message=f"'{file}' leads outside the project", hint="copy the file into it"))
    return path


def _tree(path: Path, root: Path) -> ast.Module:
    try:
        return _parsed(path.read_bytes())
    except SyntaxError as error:
        place = Place(file=relative(path, root), line=error.lineno, column=error.offset or None)
        raise DataError(Problem(message=f"is not Python: {error.msg}", place=place)) from None
    except (OSError, ValueError, RecursionError) as error:
        place = Place(file=relative(path, root))
        raise DataError(
            Problem(message=f"cannot be read: {getattr(error, 'strerror', None) or error}", place=place)
        ) from None


@lru_cache(maxsize=128)
def _parsed(content: bytes) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of strange escapes; Python says so when the file is run
        return ast.parse(content)


def _definition(tree: ast.Module, name: str, place: Place) -> _Function:
    """Return the last `def` of `name` in a module, those below a top-level `if`, `try` or `with` among them."""
    statements = tuple(_top(tree.body))
    definitions = [node for node in statements if isinstance(node, _Function)]
    found = [node for node in definitions if node.name == name]
    if not found:
        hint = None
        if name in _bound(statements):
            message, hint = f"'{name}' is not defined in this file", "name the file that has its def"
        elif definitions:
            message = f"there is no function '{name}'{did_you_mean(name, [node.name for node in definitions])}"
        else:
            message = f"there is no function '{name}': the file defines none"
        raise DataError(Problem(message=message, place=place, hint=hint))
    if isinstance(found[-1], ast.AsyncFunctionDef):
        message = f"'{name}' is asynchronous"
        raise DataError(Problem(message=message, place=Place(file=place.file, line=found[-1].lineno), hint="write def"))
    return found[-1]


def _top(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        for field in ("body", "orelse", "finalbody"):
            if isinstance(node, ast.If | ast.Try | ast.With):
                yield from _top(getattr(node, field, []))
        for handler in getattr(node, "handlers", []):
            yield from _top(handler.body)


def _bound(statements: tuple[ast.stmt, ...]) -> set[str]:
    """Return the names that imports, assignments and classes of a module bind."""
    names: set[str] = set()
    for node in statements:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


def _top_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
            yield node.module.partition(".")[0]


def _imported(tree: ast.Module, path: Path, folders: tuple[Path, ...]) -> Iterator[Path]:
    """Yield the files that the imports of the module at `path` mean, wherever they lie."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _first(folders, alias.name)
        elif isinstance(node, ast.ImportFrom):
            base = (path.parents[min(node.level, len(path.parents)) - 1],) if node.level else folders
            for alias in node.names:
                yield from _first(base, ".".join(part for part in (node.module, alias.name) if part))
        elif (name := _called_import(node)) is not None:
            yield from _first(folders, name)


def _called_import(node: ast.AST) -> str | None:
    """Return the module of `importlib.import_module("name")` or `__import__("name")`."""
    if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
        return None
    function = node.func
    called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    name = node.args[0].value
    return name if called in ("import_module", "__import__") and isinstance(name, str) else None


def _first(folders: tuple[Path, ...], dotted: str) -> tuple[Path, ...]:
    """Return the files of a module in the first folder that has it."""
    return next((found for folder in folders if (found := tuple(_module(folder, dotted)))), ())


def _module(folder: Path, dotted: str) -> Iterator[Path]:
    """Yield the files that are run for `import a.b.c`, as far as they are there; the last part may be a mere name."""
    for part in dotted.split("."):
        package, module = folder / part / "__init__.py", folder / f"{part}.py"
        if is_there(package):
            yield package.resolve()
        elif is_there(module):
            yield module.resolve()
            return
        elif not is_there(folder / part, folder=True):
            return
        folder /= part


def is_installed(path: Path, root: Path) -> bool:
    """Tell whether a file below `root` belongs to an environment there, not to the project."""
    return bool({"site-packages", "dist-packages"} & set(path.relative_to(root.resolve()).parts))


def _is_own(path: Path, root: Path) -> bool:
    return path.is_relative_to(root.resolve()) and not is_installed(path, root)
