"""Unified diffs of one text: made readable, read strictly, applied only where it is certain what they mean.

A line ends with a line feed and nothing else does: form feeds, carriage returns and Unicode's separators are text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_CONTEXT = 3
_HEAD = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_NO_END = "\\ No newline at end of file"
_MOST_SHOWN = 60

_Span = tuple[int, int, int, int]
"""A change: the lines `[0]` to `[1]` of the old text became `[2]` to `[3]` of the new one."""


class NotADiffError(ValueError):
    """A text is no unified diff; `line` (from 1) is where it stops being one."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, kw_only=True, slots=True)
class Hunk:
    """Lines that stay (` `), go (`-`) and come (`+`): pairs of mark and line with its end.

    `old` and `new` are the lines (from 1) at which it begins, `line` is its own in the file it was read from.
    """

    lines: tuple[tuple[str, str], ...]
    old: int
    new: int
    line: int = 1

    def side(self, mark: str) -> tuple[str, ...]:
        """Return the lines before (`-`) or after (`+`) the change, with those that stay."""
        return tuple(text for one, text in self.lines if one in (" ", mark))

    @property
    def head(self) -> int:
        """Return how many lines stay before the first that changes."""
        return next((index for index, (mark, _) in enumerate(self.lines) if mark != " "), len(self.lines))

    @property
    def tail(self) -> int:
        """Return how many lines stay behind the last that changes."""
        return next((index for index, (mark, _) in enumerate(reversed(self.lines)) if mark != " "), 0)

    def __str__(self) -> str:
        counts = (len(self.side("-")), len(self.side("+")))
        # By diff's custom, an empty range is named by the line before it.
        old, new = (
            f"{start if count else start - 1},{count}"
            for start, count in zip((self.old, self.new), counts, strict=True)
        )
        return f"@@ -{old} +{new} @@\n" + "".join(
            f"{mark}{text}" if text.endswith("\n") else f"{mark}{text}\n{_NO_END}\n" for mark, text in self.lines
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Patch:
    """The hunks that make one text of another; `comment` is what stood above them, for readers."""

    hunks: tuple[Hunk, ...]
    comment: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Applied:
    """What became of a text: `idle` hunks were there already, `nearly` ones were put where some lines around differ.

    `conflicts` say of each hunk that does not fit why; the text is then that of the others.
    """

    text: str
    idle: tuple[Hunk, ...] = ()
    nearly: tuple[Hunk, ...] = ()
    conflicts: tuple[tuple[Hunk, str], ...] = ()


def lines_of(text: str) -> tuple[str, ...]:
    r"""Return the lines of a text with their ends.

    >>> lines_of("a\n\u2028b")
    ('a\n', '\u2028b')
    """
    return tuple(re.findall(r"[^\n]*\n|[^\n]+", text))


def diff(before: str, after: str) -> tuple[Hunk, ...]:
    """Return the hunks that make `after` of `before`.

    Around each stand three lines, or as many as tell its place from others: applied to `before`, they give `after`.
    """
    old, new = lines_of(before), lines_of(after)
    changes, spaced = _changes(old, new), tuple(map(_spaced, old))
    context = _CONTEXT
    while True:
        hunks = tuple(_hunk(old, new, group, context) for group in _groups(changes, context))
        if context > len(old) or all(_is_certain(spaced, hunk) for hunk in hunks):
            return hunks
        context *= 4


def _is_certain(old: Sequence[str], hunk: Hunk) -> bool:
    found = _locate(old, hunk, "-")
    return found is not None and found.at == hunk.old - 1 + hunk.head and found.is_whole


def _changes(old: Sequence[str], new: Sequence[str]) -> list[_Span]:
    # Most of a text is as it was: the search, whose cost grows with the square, gets the rest.
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    matcher = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail])
    return [
        (i1 + head, i2 + head, j1 + head, j2 + head) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"
    ]


def _groups(changes: Sequence[_Span], context: int) -> Iterator[list[_Span]]:
    group: list[_Span] = []
    for change in changes:
        if group and change[0] - group[-1][1] > 2 * context:
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _hunk(old: Sequence[str], new: Sequence[str], group: Sequence[_Span], context: int) -> Hunk:
    start, end = max(group[0][0] - context, 0), min(group[-1][1] + context, len(old))
    lines: list[tuple[str, str]] = []
    at = start
    for i1, i2, j1, j2 in group:
        lines += [(" ", text) for text in old[at:i1]]
        lines += [("-", text) for text in old[i1:i2]]
        lines += [("+", text) for text in new[j1:j2]]
        at = i2
    lines += [(" ", text) for text in old[at:end]]
    return Hunk(lines=tuple(lines), old=start + 1, new=group[0][2] - (group[0][0] - start) + 1)


def patch_text(path: str, patch: Patch) -> str:
    """Return a patch of the file `path` as text."""
    return f"{patch.comment}--- a/{path}\n+++ b/{path}\n" + "".join(map(str, patch.hunks))


def parse(text: str) -> Patch:
    """Return the patch that a unified diff of one file is.

    Raises:
        NotADiffError: it is none.

    """
    lines = lines_of(text)
    start = next((index for index, line in enumerate(lines) if line.startswith("--- ")), None)
    if start is None or start + 1 >= len(lines) or not lines[start + 1].startswith("+++ "):
        raise NotADiffError("has no lines '--- …' and '+++ …'", 1 if start is None else start + 2)
    hunks: list[Hunk] = []
    at = start + 2
    while at < len(lines) and "".join(lines[at:]).strip():
        hunk, at = _parsed(lines, at)
        hunks.append(hunk)
    return Patch(hunks=tuple(hunks), comment="".join(lines[:start]))


def _parsed(lines: Sequence[str], start: int) -> tuple[Hunk, int]:
    match = _HEAD.match(lines[start])
    if match is None:
        raise NotADiffError(f"expected a hunk, which begins with '@@ -', not '{lines[start].strip()[:40]}'", start + 1)
    old, left, new, right = (1 if number is None else int(number) for number in match.groups())
    begin = (old if left else old + 1, new if right else new + 1)
    found: list[tuple[str, str]] = []
    at = start + 1
    while left > 0 or right > 0 or (at < len(lines) and lines[at].startswith("\\")):
        if at == len(lines) or lines[at].startswith("@@"):
            raise NotADiffError(f"the hunk has fewer lines than line {start + 1} says", at)
        # Editors take the space of an empty line away.
        mark, rest = (" ", "\n") if lines[at] == "\n" else (lines[at][0], lines[at][1:].removesuffix("\n") + "\n")
        if mark == "\\" and found:
            found[-1] = (found[-1][0], found[-1][1].removesuffix("\n"))
        elif mark in " -+":
            found.append((mark, rest))
            left, right = left - (mark != "+"), right - (mark != "-")
        else:
            raise NotADiffError("a line of a hunk begins with a space, '-' or '+'", at + 1)
        if left < 0 or right < 0:
            raise NotADiffError(f"the hunk has more lines than line {start + 1} says", at + 1)
        at += 1
    return Hunk(lines=tuple(found), old=begin[0], new=begin[1], line=start + 1), at


def apply(hunks: Sequence[Hunk], text: str) -> Applied:
    """Return `text` with every hunk applied at the one place where it fits.

    A hunk whose lines moved is found; how many spaces part two words does not count, as a longer name in a table moves
    them in every row. One whose neighbours changed is applied if at least half of them are still there
    and no other place is as good. All else is a conflict. Line numbers are not believed.
    """
    lines = lines_of(text)
    spaced = tuple(map(_spaced, lines))
    placed: list[tuple[int, Hunk]] = []
    idle: list[Hunk] = []
    nearly: list[Hunk] = []
    conflicts: list[tuple[Hunk, str]] = []
    for hunk in hunks:
        here, done = _locate(spaced, hunk, "-"), _locate(spaced, hunk, "+")
        if done is not None and (here is None or here.is_less_than(done)):
            idle.append(hunk)
        elif here is None:
            conflicts.append((hunk, _why(spaced, hunk)))
        else:
            placed.append((here.at, hunk))
            nearly += [] if here.is_whole else [hunk]
    out: list[str] = []
    at = 0
    for start, hunk in sorted(placed, key=lambda one: one[0]):
        if start < at:
            conflicts.append((hunk, "it meets another hunk of the patch"))
            continue
        out += lines[at:start]
        at = start
        for mark, line in _inner(hunk):
            out += [line] if mark == "+" else [lines[at]] if mark == " " else []
            at += mark != "+"
    return Applied(
        text="".join((*out, *lines[at:])), idle=tuple(idle), nearly=tuple(nearly), conflicts=tuple(conflicts)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """Where the lines that a hunk changes stand (`at`, from 0), how many lines agree, and whether all do."""

    at: int
    lines: int
    is_whole: bool

    def is_less_than(self, other: _Found) -> bool:
        return (self.is_whole, self.lines) < (other.is_whole, other.lines)


def _core(hunk: Hunk, mark: str) -> tuple[str, ...]:
    """Return the lines from the first to the last that changes, on one side."""
    return tuple(text for one, text in _inner(hunk) if one in (" ", mark))


def _inner(hunk: Hunk) -> Sequence[tuple[str, str]]:
    return hunk.lines[hunk.head : len(hunk.lines) - hunk.tail]


def _spaced(line: str) -> str:
    """Return a line with one space where there are several."""
    return re.sub(r"[ \t]+", " ", line)


def _locate(lines: Sequence[str], hunk: Hunk, mark: str) -> _Found | None:
    """Return the one place where a side of a hunk fits best, if it fits well enough."""
    core, around = _core(hunk, mark), hunk.head + hunk.tail
    scores = dict(_scores(lines, hunk, core))
    best = max(scores.values(), default=-1)
    places = [at for at, score in scores.items() if score == best]
    if len(places) != 1 or 2 * best < around:
        return None
    return _Found(at=places[0], lines=len(core) + best, is_whole=best == around)


def _scores(lines: Sequence[str], hunk: Hunk, core: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where the changed lines stand in `lines` (`_spaced`), with the number of neighbours that agree."""
    above = [_spaced(text) for _, text in reversed(hunk.lines[: hunk.head])]
    below = [_spaced(text) for _, text in hunk.lines[len(hunk.lines) - hunk.tail :]]
    wanted, size = [_spaced(text) for text in core], len(core)
    ups, downs = _runs(above, lines[::-1])[::-1], _runs(below, lines)
    for at in range(len(lines) - size + 1):
        if size == 0 or (lines[at] == wanted[0] and list(lines[at : at + size]) == wanted):
            yield at, (ups[at - 1] if at else 0) + (downs[at + size] if at + size < len(lines) else 0)


def _runs(wanted: Sequence[str], lines: Sequence[str]) -> list[int]:
    """Return, for every line, how many of the wanted ones follow each other from there.

    That is the Z function, linear in time also where all lines are the same.
    """
    known = len(wanted)
    if known == 0:
        return [0] * len(lines)
    # No line is None, so that no run goes over the end of what is wanted.
    both: list[str | None] = [*wanted, None, *lines]
    runs, left, right = [0] * len(both), 0, 0
    for at in range(1, len(both)):
        run = min(right - at, runs[at - left]) if at < right else 0
        while at + run < len(both) and both[run] == both[at + run]:
            run += 1
        if at + run > right:
            left, right = at, at + run
        runs[at] = run
    return runs[known + 1 :]


def _why(lines: Sequence[str], hunk: Hunk) -> str:
    scores = list(_scores(lines, hunk, _core(hunk, "-")))
    whole = sum(score == hunk.head + hunk.tail for _, score in scores)
    if whole > 1:
        return f"its lines stand at {whole} places"
    if _core(hunk, "-") and not scores:
        return "the lines that it replaces are no longer there"
    return "the lines around it are no longer there"


def shown(hunk: Hunk) -> str:
    """Return a hunk for readers, shortened if it is long."""
    lines = [line.rstrip("\n") for line in lines_of(str(hunk))]
    more = len(lines) - _MOST_SHOWN
    return "\n".join(lines if more <= 0 else [*lines[:_MOST_SHOWN], f"… and {more} more lines"])


__all__ = ["Applied", "Hunk", "NotADiffError", "Patch", "apply", "diff", "lines_of", "parse", "patch_text", "shown"]
