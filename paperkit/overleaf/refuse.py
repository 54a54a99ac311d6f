"""What Overleaf's bridge would refuse, or silently make something else of, said before anything is sent.

The rules are those of the bridge's own source: names of files, sizes, counts, characters beyond the first plane.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from paperkit.errors import Place, Problem
from paperkit.overleaf.content import is_text

MAX_FILE = 50 * 1024 * 1024
MAX_FILES = 2000
MAX_PATH = 1024
MAX_NAME = 150
MAX_TYPED = 2 * 1024 * 1024
_FIRST_PLANE = 0xFFFF
_BAD = re.compile(r"[\\*\x00-\x1f\x7f\x80-\x9f\ud800-\udfff]")
# Names that every JavaScript object has: Overleaf cannot keep them at the top of a project.
_OBJECTS_OWN = frozenset(
    (
        *("prototype", "constructor", "toString", "toLocaleString", "valueOf", "hasOwnProperty", "isPrototypeOf"),
        *("propertyIsEnumerable", "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__"),
        "__proto__",
    )
)
_TYPED = (".tex", ".tikz", ".sty", ".cls", ".bib", ".txt")


def path_problem(path: str) -> str | None:
    r"""Return why the remote would not take a file of this name, or None.

    >>> path_problem("tables/../main.tex")
    "has an empty name, '.' or '..' in its path"
    """
    parts = path.split("/")
    bad, longest = _BAD.search(path), max(parts, key=len)
    findings = (
        (path.startswith("/") or re.match(r"[A-Za-z]:", path), "is not relative"),
        (any(part in ("", ".", "..") for part in parts), "has an empty name, '.' or '..' in its path"),
        (any(part.lower() == ".git" for part in parts), "leads into a folder of git's own"),
        (bad, f"has {bad[0]!a} in its name" if bad else ""),
        (any(part != part.strip() for part in parts), "has a space at the beginning or end of a name"),
        (parts[0] in _OBJECTS_OWN, f"begins with '{parts[0]}', a name that Overleaf keeps for itself"),
        (len(path) > MAX_PATH, f"has a path of {len(path)} characters, {MAX_PATH} are allowed"),
        (len(longest) > MAX_NAME, f"has a name of {len(longest)} characters, {MAX_NAME} are allowed"),
    )
    return next((why for found, why in findings if found), None)


def content_problem(path: str, content: bytes) -> Problem | None:
    """Return why the remote would not take a file, or would spoil it, or None."""
    place = Place(file=path)
    if len(content) > MAX_FILE:
        size = f"{len(content) / 1024 / 1024:.1f} MiB"
        hint = "for a figure: formats = ['hybrid'] or rasterized = true make it small"
        return Problem(message=f"has {size}, Overleaf takes 50 MiB", place=place, hint=hint)
    if PurePosixPath(path).suffix not in _TYPED:
        return None
    if not is_text(content):
        message = "is no text in UTF-8: Overleaf would keep it as a binary file that nobody can edit"
        return Problem(message=message, place=place)
    wide = next((c for c in content.decode("utf-8") if ord(c) > _FIRST_PLANE), None)
    if wide is not None:
        line = content.decode("utf-8").partition(wide)[0].count("\n") + 1
        message = f"has '{wide}' (U+{ord(wide):04X}): Overleaf makes a binary file of it, or drops the character"
        hint = "print it by a TeX command, for example through the label of the value"
        return Problem(message=message, place=Place(file=path, line=line), hint=hint)
    if len(content) > MAX_TYPED:
        return Problem(message="is longer than the 2 MiB that Overleaf's editor opens", place=place)
    return None


def _wide_name(path: str) -> str | None:
    """Return why Overleaf, unlike other remotes, does not take a name: it refuses what is beyond the first plane."""
    wide = next((c for c in path if ord(c) > _FIRST_PLANE), None)
    return None if wide is None else f"has '{wide}' (U+{ord(wide):04X}) in its name"


def output_problems(outputs: Mapping[str, bytes | None]) -> Iterator[Problem]:
    """Yield what the remote would refuse of the outputs, remote path → content."""
    seen: dict[str, str] = {}
    for path, content in sorted(outputs.items()):
        why = path_problem(path) or _wide_name(path)
        if why is not None:
            yield Problem(message=f"{why}; Overleaf would refuse it", place=Place(file=_printable(path)))
        other = seen.setdefault(path.casefold(), path)
        if other != path:
            message = f"differs from {other} only in upper and lower case: some computers cannot hold both"
            yield Problem(message=message, place=Place(file=path))
        problem = None if content is None else content_problem(path, content)
        if problem is not None:
            yield problem


def count_problem(there: Iterable[str], new: Iterable[str]) -> Problem | None:
    """Return why the remote cannot take so many files, or None."""
    count = len({*there, *new})
    if count <= MAX_FILES:
        return None
    message = f"the project would have {count} files, Overleaf takes {MAX_FILES}"
    hint = "leave some here: overleaf.exclude = ['figures/*.png']"
    return Problem(message=message, hint=hint)


def clash(path: str, there: Mapping[str, object]) -> str | None:
    """Return the path on the remote that keeps `path` from being a file of its own, or None.

    That is a file where a folder is needed, a folder where the file is to be, or a name that differs only in case.
    """
    parents = {str(parent) for parent in PurePosixPath(path).parents} - {"."}
    folded = {str(part).casefold() for part in (path, *parents)}
    for other in sorted(there):
        if other == path:
            continue
        if other in parents or other.startswith(f"{path}/"):
            return other
        if other.casefold() in folded:
            return other
    return None


def _printable(path: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in path)
