"""What an edit changed, in words: cells of a table where it can be read as one, lines of any other text."""

from __future__ import annotations

import difflib
import re
from dataclasses import replace

from paperkit.overleaf.content import is_text, normalised
from paperkit.tables.changes import compare, said

_MOST = 8
_WIDEST = 100
_HEADER = ("% paperkit seal ", "% Made by paperkit ", "% Patched with ", "% beside it ")
_MACRO = re.compile(r"\\newcommand\{(\\[A-Za-z]+)\}\{(.*?)\}(?:%|$)")


def edits(before: bytes | None, after: bytes | None) -> tuple[str, ...]:
    r"""Return what differs between two versions of a file, a line for each change; nothing where one is not known.

    >>> edits(b"a\n1\n", b"a\n2\n")
    ('line 2: 1 → 2',)
    """
    if before is None or after is None or normalised(before) == normalised(after):
        return ()
    if not (is_text(before) and is_text(after)):
        return (f"{len(before)} → {len(after)} bytes, not text",)
    found = _cells(normalised(before), normalised(after))
    found = found or _lines(normalised(before).decode(), normalised(after).decode())
    more = len(found) - _MOST
    return (*found[:_MOST], f"and {more} more changes") if more > 1 else found


def patch(path: str, before: bytes | None, after: bytes) -> str | None:
    """Return a unified diff from `before` to `after`; None where either is no text or unknown."""
    if before is None or not (is_text(before) and is_text(after)):
        return None
    lines = difflib.unified_diff(
        normalised(before).decode().splitlines(keepends=True),
        normalised(after).decode().splitlines(keepends=True),
        f"a/{path}",
        f"b/{path}",
    )
    return "".join(lines)


def _cells(before: bytes, after: bytes) -> tuple[str, ...]:
    """Return what changed in a table, cell by cell; nothing where either is none that can be read."""
    found = compare(before, after)
    if found.source:
        return ()
    moved = (f"row {cell.row}, column {cell.column}: {said(cell.before)} → {said(cell.after)}" for cell in found.moved)
    # Marks and shades follow from the numbers; people who type in a number do not move them.
    rest = replace(found, moved=(), best=(), recoloured=0 if found.moved else found.recoloured)
    return tuple(_short(line) for line in (*moved, *rest.lines()))


def _lines(before: str, after: str) -> tuple[str, ...]:
    """Return the lines that differ, but for those of the header, which change with every edit."""
    old = [line for line in before.splitlines() if not line.startswith(_HEADER)]
    numbered = [(n, line) for n, line in enumerate(after.splitlines(), 1) if not line.startswith(_HEADER)]
    new, numbers = [line for _, line in numbered], [*(n for n, _ in numbered), len(after.splitlines()) + 1]
    found: list[str] = []
    for tag, start, end, first, last in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        alike = min(end - start, last - first)
        pairs = zip(numbers[first:], old[start : start + alike], new[first : first + alike], strict=False)
        found += [_said(number, one, other) for number, one, other in pairs]
        found += [f"line {numbers[first + alike]}: {_short(line)} was taken out" for line in old[start + alike : end]]
        more = zip(numbers[first + alike :], new[first + alike : last], strict=False)
        found += [f"line {number}: {_short(line)} is new" for number, line in more]
    return tuple(found)


def _said(number: int, old: str, new: str) -> str:
    """Return how a line changed; a macro has a name."""
    before, after = _MACRO.match(old), _MACRO.match(new)
    if before and after and before[1] == after[1] and before[2] != after[2]:
        return f"{before[1]}: {_short(before[2])} → {_short(after[2])}"
    return f"line {number}: {_change(old, new)}"


def _change(old: str, new: str) -> str:
    """Return what differs between two lines, at whole words."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    while start and _in_word(old[start - 1]):
        start -= 1
    while end and _in_word(old[len(old) - end]):
        end -= 1
    return f"{_short(old[start : len(old) - end])} → {_short(new[start : len(new) - end])}"


def _in_word(character: str) -> bool:
    return character.isalnum() or character in ".,-+\\"


def _short(text: str) -> str:
    printable = "".join(c if c.isprintable() else " " for c in text).strip()
    if not printable:
        return "(nothing)"
    return printable if len(printable) <= _WIDEST else f"{printable[: _WIDEST - 1]}…"
