"""Dependencies: which frames a frame is made from, found without loading any data."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from paperkit.data import python_code
from paperkit.errors import DataError, ManifestPath, Problem, did_you_mean
from paperkit.manifest.model import FrameSpec

# Strings and comments say nothing; a quoted name is one name. Block comments nest, which `_tokens` counts itself.
_TOKEN = re.compile(
    r"""(?P<skip>--[^\n]*|[eE]'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)"""
    r"""|(?P<block>/\*)|"(?P<quoted>(?:[^"]|"")*)"|(?P<word>[^\W\d][\w$]*)|(?P<mark>[^\s\w])|\d\w*|\s+""",
    re.DOTALL,
)
# What ends the list of tables behind FROM.
_ENDS = frozenset(
    "where group having order limit offset select union except intersect qualify window using on set values".split()  # noqa: SIM905 - read as SQL
)
_BEFORE_TABLES = frozenset({"from", "join", "pivot", "unpivot", "summarize", "describe", "table", "lateral"})


def frames_used(name: str, specs: Mapping[str, FrameSpec], root: Path) -> tuple[str, ...]:
    """Return the frames that the frame `name` is made from directly, each once: from, SQL, Python, join, concat.

    In SQL, every frame counts whose name stands where a table may stand, its own excepted: that is a name the
    query gives. In Python, every parameter called after a frame counts. Python that cannot be read uses none:
    `python_step.static_problems` says what is wrong with it. The names of `from`, `join` and `concat` may be unknown.
    """
    return tuple(dict.fromkeys(used for used, _ in _uses(name, specs, root)))


def all_frames(names: Iterable[str], specs: Mapping[str, FrameSpec], root: Path) -> tuple[str, ...]:
    """Return `names` and every frame they are made from, each once, a frame behind all that it is made from.

    Raises:
        DataError: a frame does not exist, or is made from itself.

    """
    done: dict[str, None] = {}
    for name in names:
        if name not in specs:
            raise DataError(Problem(message=f"there is no [data.{name}]{did_you_mean(name, specs)}"))
        _visit(name, (), specs, root, done)
    return tuple(done)


def reach(names: Iterable[str], specs: Mapping[str, FrameSpec], root: Path) -> tuple[str, ...]:
    """Return `names` and every frame they are made from, a frame before its own; unknown ones and circles end there."""
    found: dict[str, None] = {}

    def visit(name: str) -> None:
        if name in specs and name not in found:
            found[name] = None
            for used in frames_used(name, specs, root):
                visit(used)

    for name in names:
        visit(name)
    return tuple(found)


def sql_frames(sql: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return which of `names` stand where SQL reads a table, in their order there; case does not matter in SQL.

    >>> sql_frames("SELECT runs.gain FROM runs, models m -- old", ["gain", "models", "old", "runs"])
    ('runs', 'models')
    """
    known = {name.casefold(): name for name in names}
    tables = (known.get(table.casefold()) for table in _tables(sql))
    return tuple(dict.fromkeys(table for table in tables if table is not None))


def sql_words(sql: str) -> tuple[str, ...]:
    """Return the words and marks of SQL in small letters, without strings, comments and quoted names."""
    return tuple(text for text, quoted in _tokens(sql) if not quoted)


def _visit(
    name: str, above: tuple[str, ...], specs: Mapping[str, FrameSpec], root: Path, done: dict[str, None]
) -> None:
    if name in done:
        return
    line = (*above, name)
    for used, path in _uses(name, specs, root):
        if used in line:
            circle = " -> ".join((*line[line.index(used) :], used))
            raise DataError(Problem(message=f"the frame is made from itself: {circle}", path=path))
        if used not in specs:
            raise DataError(Problem(message=f"there is no [data.{used}]{did_you_mean(used, specs)}", path=path))
        _visit(used, line, specs, root, done)
    done[name] = None


def _uses(name: str, specs: Mapping[str, FrameSpec], root: Path) -> Iterator[tuple[str, ManifestPath]]:
    """Yield the frames that a frame is made from, and the key that says so."""
    spec, path = specs[name], ("data", name)
    if spec.from_ is not None:
        yield spec.from_, (*path, "from")
    if spec.sql is not None and spec.read is None:
        others = (other for other in specs if other != name)
        yield from ((used, (*path, "sql")) for used in sql_frames(spec.sql, others))
    if spec.python is not None:
        taken = python_code.frames_taken(spec.python, specs, root, but=spec.params)
        yield from ((used, (*path, "python")) for used in taken)
    for number, join in enumerate(spec.join):
        yield join.frame, (*path, "join", number, "frame")
    if spec.concat is not None:
        yield from ((used, (*path, "concat")) for used in spec.concat.frames)


def _tables(sql: str) -> Iterator[str]:
    """Yield the names that stand where a table may stand."""
    # One entry per open bracket: is a table next, and are we in a list of tables?
    stack = [(False, False)]
    tokens = (*_tokens(sql), ("", False))
    for (text, quoted), (following, _) in itertools.pairwise(tokens):
        expected, listing = stack[-1]
        if not quoted and text == "(":
            stack.append((expected, listing and expected))
        elif not quoted and text == ")":
            stack.pop()
            stack = stack or [(False, False)]
            stack[-1] = (False, stack[-1][1])
        elif not quoted and text in _BEFORE_TABLES:
            stack[-1] = (True, True)
        elif not quoted and text in _ENDS:
            stack[-1] = (False, False)
        elif not quoted and text in (",", ":"):
            stack[-1] = (listing, listing)
        elif expected and (quoted or text.isidentifier()):
            if following != "(":
                yield text
            stack[-1] = (following == ".", listing)


def _tokens(sql: str) -> Iterator[tuple[str, bool]]:
    """Yield words (in small letters), quoted names as such, and marks; strings and comments are left out."""
    position = 0
    while position < len(sql):
        match = _TOKEN.match(sql, position)
        if match is None:  # a quote that nothing closes: DuckDB will say so
            return
        position = match.end()
        if match["block"]:
            position = _end_of_comment(sql, position)
        elif match["quoted"] is not None:
            yield match["quoted"].replace('""', '"'), True
        elif match["word"] or match["mark"]:
            yield (match["word"] or match["mark"]).lower(), False


def _end_of_comment(sql: str, position: int) -> int:
    depth = 1
    for mark in re.compile(r"/\*|\*/").finditer(sql, position):
        depth += 1 if mark.group() == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(sql)
