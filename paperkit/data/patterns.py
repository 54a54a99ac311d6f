"""Patterns: which files `read` means, and what their names tell.

In a pattern, `{name}` captures a part of a file or folder name as text, `{name:int}` a whole number, `*` matches
any part of a name, and a `**` of its own any folders. Everything else stands for itself.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from paperkit.data.table import under
from paperkit.errors import DataError, PaperkitError, Problem, did_you_mean
from paperkit.files import is_inside, is_there, listed, relative
from paperkit.manifest.model import FrameSpec

MOST_SEEN = 10_000
ALIKE = 0.4  # the least likeness of names worth showing, from 0 to 1
NEARLY = 0.1  # names this much less alike than the best are shown with it

_TOKEN = re.compile(r"\{([^{}]*)\}|\*|[^{}*]+|[{}]")
_CAPTURE = re.compile(r"([^\W\d]\w*)(?::(\w+))?")
_KINDS: Mapping[str, str] = {"int": r"-?[0-9]+", "str": r"[^/]+"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """A file that a pattern means: its path, and what the captures say."""

    path: Path
    captures: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pattern:
    """A pattern taken apart: per folder level a regular expression (None for `**`), and the kinds of its captures."""

    text: str
    parts: tuple[str | None, ...]
    kinds: Mapping[str, str]

    @property
    def is_plain(self) -> bool:
        """Tell whether the pattern can mean one file only."""
        return not self.kinds and "*" not in self.text


class NoFileError(DataError):
    """A pattern that can be read means no file: only what needs the frame fails."""


@lru_cache(maxsize=256)
@lru_cache(maxsize=4096)
def parse(pattern: str) -> Pattern:
    """Take a pattern apart.

    Raises:
        DataError: it leads outside the project, or a capture is not `{name}` or `{name:int}`.

    """
    problem = _path_problem(pattern)
    if problem is not None:
        raise DataError(problem)
    kinds: dict[str, str] = {}
    parts = tuple(None if part == "**" else _part(part, pattern, kinds) for part in PurePosixPath(pattern).parts)
    return Pattern(text=pattern, parts=parts, kinds=kinds)


def find(pattern: str, root: Path, *, is_fetched: bool = False) -> tuple[Match, ...]:
    """Return the files below `root` that `pattern` means, in natural order (`run-9` before `run-10`).

    `is_fetched` tells that a file that is not there can be had by `paperkit fetch`.

    Raises:
        NoFileError: no file matches.
        DataError: a name can be read in two ways, or a file lies outside the project.

    """
    parsed = parse(pattern)
    matches, problems = [], []
    for path in sorted(_walk(parsed, root), key=lambda path: natural(relative(path, root))):
        name = relative(path, root)
        if not is_inside(path, root):
            problems.append(Problem(message=f"'{name}' leads outside the project", hint="copy the file into it"))
            continue
        first, last = (_captures(parsed, name, greedy=greedy) for greedy in (False, True))
        if first is None or last is None:
            continue
        if first == last:
            matches.append(Match(path=path, captures=first))
        else:
            problems.append(_ambiguous(parsed, name, first, last))
    if problems:
        raise DataError(*problems)
    if not matches:
        raise NoFileError(_nothing(parsed, root, is_fetched=is_fetched))
    return tuple(matches)


def sources(name: str, specs: Mapping[str, FrameSpec], root: Path) -> tuple[Path, ...]:
    """Return every file that the frame `name` reads itself, in order.

    Raises:
        DataError: a pattern matches nothing, or cannot be read.

    """
    spec = specs[name]
    patterns = [(pattern, "read") for pattern in (spec.read,) if pattern is not None]
    patterns += [(pattern, "inputs") for pattern in spec.inputs]
    found: list[Path] = []
    for pattern, key in patterns:
        try:
            is_fetched = key == "read" and spec.url is not None
            found += (match.path for match in find(pattern, root, is_fetched=is_fetched))
        except PaperkitError as error:
            raise under(error, ("data", name, key)) from None
    return tuple(found)


def natural(text: str) -> tuple[tuple[int, int | str], ...]:
    """Return a sort key that counts as people do: `seed9` before `seed10`, small and capital letters alike.

    >>> sorted(["Llama-3-70B", "llama-3-8B"], key=natural)
    ['llama-3-8B', 'Llama-3-70B']
    """
    parts = re.split(r"([0-9]+)", text)
    folded = ((0, int(part)) if part.isdecimal() and part.isascii() else (1, part.casefold()) for part in parts)
    return (*folded, (2, text))


def _path_problem(pattern: str) -> Problem | None:
    hint = "write a path inside the project, relative to paper.toml"
    if not pattern.strip():
        return Problem(message="the path is empty", hint=hint)
    if "\0" in pattern:
        return Problem(message="the path holds a NUL character")
    if "\\" in pattern:
        return Problem(message=f"'{pattern}' holds a backslash", hint="write forward slashes, on Windows too")
    if pattern.startswith(("/", "~")) or re.match(r"[A-Za-z]:", pattern):
        return Problem(message=f"'{pattern}' is an absolute path", hint=hint)
    if ".." in PurePosixPath(pattern).parts:
        return Problem(message=f"'{pattern}' leads outside the project", hint=hint)
    return None


def _part(part: str, pattern: str, kinds: dict[str, str]) -> str:
    expression = ""
    for token in _TOKEN.finditer(part):
        if token.group(1) is not None:
            expression += _capture(token.group(1), pattern, kinds)
        elif token.group() == "*":
            expression += "[^/]*"
        elif token.group() in "{}":
            raise DataError(Problem(message=f"a brace in '{pattern}' has no partner"))
        else:
            expression += re.escape(token.group())
    return expression


def _capture(inner: str, pattern: str, kinds: dict[str, str]) -> str:
    found = _CAPTURE.fullmatch(inner)
    if found is None or (found.group(2) or "str") not in _KINDS:
        hint = "a capture is a name in braces, such as {model} or {seed:int}"
        raise DataError(Problem(message=f"'{{{inner}}}' in '{pattern}' is no capture", hint=hint))
    name, kind = found.group(1), found.group(2) or "str"
    if name in kinds:
        return f"(?P={name})"
    kinds[name] = kind
    return f"(?P<{name}>{_KINDS[kind]})"


def _walk(pattern: Pattern, root: Path) -> Iterator[Path]:
    if pattern.is_plain:
        path = root / pattern.text
        return iter((path,) if is_there(path) else ())
    # Only folders whose names are not written out are listed: a file more beside `data/` changes nothing in it.
    names = PurePosixPath(pattern.text).parts
    fixed = next(index for index, name in enumerate(names) if re.search(r"[{*]", name))
    folder = root.joinpath(*names[:fixed])
    return iter(dict.fromkeys(_below(folder, pattern.parts[fixed:]) if is_there(folder, folder=True) else ()))


def _below(folder: Path, parts: tuple[str | None, ...]) -> Iterator[Path]:
    if parts[0] is None:
        yield from _below(folder, parts[1:] or ("[^/]*",))
        for child in listed(folder):
            if child.is_dir() and not child.is_symlink() and not child.name.startswith("."):
                yield from _below(child, parts)
        return
    # Captures are read later, from the whole name; here a repeated one may match anything.
    loose = re.compile(re.sub(r"\(\?P=\w+\)", "[^/]+", parts[0]))
    for child in listed(folder):
        if not _loosely(loose, child.name, parts[0]):
            continue
        if len(parts) == 1:
            if child.is_file():
                yield child
        elif child.is_dir():
            yield from _below(child, parts[1:])


def _loosely(loose: re.Pattern[str], name: str, part: str) -> bool:
    hidden = name.startswith(".") and not part.startswith(r"\.")
    return not hidden and loose.fullmatch(name) is not None


def _captures(pattern: Pattern, name: str, *, greedy: bool) -> Mapping[str, str] | None:
    """Return what the captures say, reading the earlier ones as long or as short as they can be."""
    expression = ""
    for index, part in enumerate(pattern.parts):
        last = index == len(pattern.parts) - 1
        expression += (r"(?:[^/]+/)*" + ("[^/]*" if last else "")) if part is None else part + ("" if last else "/")
    if not greedy:
        expression = re.sub(r"\][*+]", r"\g<0>?", expression)
    found = re.fullmatch(expression, name)
    return None if found is None else found.groupdict()


def _ambiguous(pattern: Pattern, name: str, first: Mapping[str, str], last: Mapping[str, str]) -> Problem:
    key = next(key for key in first if first[key] != last[key])
    message = f"'{name}' fits '{pattern.text}' in two ways: {key} is '{first[key]}' or '{last[key]}'"
    return Problem(message=message, hint="say more in the pattern: a fixed text between captures, or {name:int}")


def _nothing(pattern: Pattern, root: Path, *, is_fetched: bool) -> Problem:
    message = f"there is no file '{pattern.text}'" if pattern.is_plain else f"no file matches '{pattern.text}'"
    if is_fetched:
        return Problem(message=message, hint="paperkit fetch gets it")
    return Problem(message=message, hint=_closest(pattern.text, root))


def _closest(text: str, root: Path) -> str | None:
    folder = PurePosixPath()
    for part in PurePosixPath(text).parts[:-1]:
        if re.search(r"[{*]", part):
            break
        if not (root / folder / part).is_dir():
            names = [child.name for child in listed(root / folder) if child.is_dir()]
            return f"there is no folder '{folder / part}'{did_you_mean(part, names)}"
        folder /= part
    files = (path for path in _below(root / folder, (None, "[^/]*")) if path.is_file())
    names = [relative(path, root) for path in itertools.islice(files, MOST_SEEN)]
    if not names:
        return f"the folder '{folder}' has no files"
    bare = re.sub(r"\{[^{}]*\}|\*+", "", text)
    likeness = {name: difflib.SequenceMatcher(None, bare, name).ratio() for name in names}
    best = max(likeness.values())
    if best < ALIKE:
        return None
    close = sorted((name for name in names if likeness[name] > best - NEARLY), key=natural)[:3]
    shown = ", ".join(f"'{name}'" for name in close)
    return f"the closest file is {shown}" if len(close) == 1 else f"the closest files are {shown}"
