r"""Strip a TeX file of what TeX never reads: comments, dead branches, notes, text behind the end.

Each transform keeps the tokens that TeX sees: a whole-line comment goes with its line, a comment behind text leaves
its `%`, a branch that is never taken and an argument that is thrown away are emptied where they stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from paperkit.camera_ready.definitions import DEFINERS, matches
from paperkit.camera_ready.lex import Kind, Token, after_blank, lex, line_start, name_of, option_end
from paperkit.camera_ready.lexicon import NO_CONDITIONALS, Lexicon

_MOST_ROUNDS = 5
_END = re.compile(rb"\{document\}")
_LINE_BREAK = re.compile(rb"\r\n?|\n")
_CATEGORY = re.compile(rb"\s*(?:`\s*(?P<char>\\?(?s:.))|(?P<number>\d+|'[0-7]+|\"[0-9A-F]+))")
# Category codes of these may change without the lexer noticing anything.
_HARMLESS = frozenset(b"@_:~&$#\"'|!?;=<>^-/*+.,`[]()0123456789 \t")
_PLAIN_LETTERS = re.compile(rb"[A-Za-z\x80-\xff]")
_UPSETTING = frozenset(b"dospecials @sanitize".split())


class Edit(NamedTuple):
    """Replace `start` to `end` by `text`."""

    start: int
    end: int
    text: bytes


Transform = Callable[[bytes, tuple[Token, ...], Lexicon], Iterator[Edit]]


def strip(
    data: bytes, lexicon: Lexicon, *, transforms: Collection[str] | None = None, at_letter: bool = False
) -> bytes:
    r"""Return a TeX file without what the named transforms take out (all by default), the same when stripped again.

    >>> strip(b"50\\% of it % a secret\n% another\ntext\n", Lexicon())
    b'50\\% of it %\ntext\n'
    """
    wanted = tuple(name for name in TRANSFORMS if name in (EVERYTHING if transforms is None else transforms))
    tokens = lex(data, lexicon, at_letter=at_letter)
    for _ in range(_MOST_ROUNDS):
        before = data
        for name in wanted:
            edits = tuple(TRANSFORMS[name](data, tokens, lexicon))
            if edits:
                data = _edited(data, edits)
                tokens = lex(data, lexicon, at_letter=at_letter)
        if data == before:
            break
    return data


def effective(
    data: bytes, lexicon: Lexicon, transforms: Collection[str], *, at_letter: bool = False
) -> tuple[str, ...]:
    """Return those of `transforms` that find something to take out."""
    tokens = lex(data, lexicon, at_letter=at_letter)
    return tuple(name for name in transforms if any(True for _ in TRANSFORMS[name](data, tokens, lexicon)))


def upset_at(data: bytes, lexicon: Lexicon, *, at_letter: bool = False) -> int | None:
    r"""Return where a file changes the category code of `%`, `\`, a brace or a line end, or None.

    Such a file cannot be read by fixed rules, and is left as it is.
    """
    for token in lex(data, lexicon, at_letter=at_letter):
        if token.kind is not Kind.WORD:
            continue
        name = name_of(data, token)
        if name in _UPSETTING or (name == b"catcode" and not _is_harmless(data, token.end)):
            return token.start
        if name in (b"makeother", b"@makeother") and data[token.end : token.end + 2] in (b"\\%", b"\\{", b"\\}"):
            return token.start
    return None


def _is_harmless(data: bytes, position: int) -> bool:
    match = _CATEGORY.match(data, position)
    if match is None:
        return False
    if match["char"] is not None:
        char = match["char"][-1:]
        if match["char"][:1] == b"\\" and data[match.end() - 1 : match.end() + 1] == b"^^":
            return False
        return char in _HARMLESS_CHARACTERS or _PLAIN_LETTERS.match(char) is not None
    number = match["number"]
    base = {0x27: 8, 0x22: 16}.get(number[0], 10)
    code = int(number[1:] if base != 10 else number, base)  # noqa: PLR2004 - decimal
    return code > 127 or code in _HARMLESS  # noqa: PLR2004 - beyond ASCII


_HARMLESS_CHARACTERS = frozenset(bytes([code]) for code in _HARMLESS)


def _dead(_: bytes, tokens: tuple[Token, ...], __: Lexicon) -> Iterator[Edit]:
    for token in tokens:
        if token.kind is Kind.DEAD and token.end > token.start:
            yield Edit(token.start, token.end, b"")


def _hidden(data: bytes, tokens: tuple[Token, ...], _: Lexicon) -> Iterator[Edit]:
    for token in tokens:
        if token.kind is Kind.HIDDEN and data[token.start : token.end].strip():
            # `\end{comment}` must keep a line of its own.
            yield Edit(token.start, line_start(data, token.end), b"\n")


def _comments(data: bytes, tokens: tuple[Token, ...], _: Lexicon) -> Iterator[Edit]:
    return _comment_edits(data, tokens, whole=False)


def _lines(data: bytes, tokens: tuple[Token, ...], _: Lexicon) -> Iterator[Edit]:
    return _comment_edits(data, tokens, whole=True)


def _comment_edits(data: bytes, tokens: tuple[Token, ...], *, whole: bool) -> Iterator[Edit]:
    edits = list(_comment_spans(data, tokens, whole=whole))
    # TeX takes an empty file for an empty line, which ends a paragraph.
    if edits and sum(edit.end - edit.start for edit in edits) == len(data) and not any(e.text for e in edits):
        edits[-1] = edits[-1]._replace(text=b"%\n")
    yield from (edit for edit in edits if data[edit.start : edit.end] != edit.text)


def _comment_spans(data: bytes, tokens: tuple[Token, ...], *, whole: bool) -> Iterator[Edit]:
    for token in tokens:
        if token.kind is not Kind.COMMENT:
            continue
        # The first line may name the format: `%&pdflatex`.
        if token.start == 0 and data[1:2] == b"&":
            continue
        start = line_start(data, token.start)
        if not data[start : token.start].strip(b" \t"):
            line_end = _LINE_BREAK.match(data, token.end)
            yield Edit(start, token.end if line_end is None else line_end.end(), b"")
        elif not whole and token.end > token.start + 1:
            yield Edit(token.start, token.end, b"%")


def _drop(data: bytes, tokens: tuple[Token, ...], lexicon: Lexicon) -> Iterator[Edit]:
    pairs = matches(tokens)
    for token in _uses(data, tokens, lexicon.dropped):
        yield from _argument_edits(data, token, lexicon, pairs)


def _asked(data: bytes, tokens: tuple[Token, ...], lexicon: Lexicon) -> Iterator[Edit]:
    """Take out, or unwrap, the macros that the author named: the page may change."""
    pairs = matches(tokens)
    done = 0
    for token in _uses(data, tokens, lexicon.removed | lexicon.unwrapped):
        at = after_blank(data, token.end + (data[token.end : token.end + 1] == b"*"))
        at = after_blank(data, option_end(data, at) or at)
        close = pairs.get(at)
        if token.start < done or close is None:
            continue
        if name_of(data, token) in lexicon.unwrapped:
            edit = Edit(token.start, close + 1, data[at + 1 : close])
        else:
            edit = _whole(data, token.start, close + 1)
        done = edit.end
        yield edit


def _whole(data: bytes, start: int, end: int) -> Edit:
    """Return the edit that takes out a span: its line with it, if there is nothing else on it."""
    first, last = line_start(data, start), _LINE_BREAK.search(data, end)
    rest = data[end : len(data) if last is None else last.start()].strip()
    if data[first:start].strip() or rest.partition(b"%")[0]:
        return Edit(start, end, b"")
    return Edit(first, len(data) if last is None else last.end(), b"")


def _uses(data: bytes, tokens: tuple[Token, ...], names: Collection[bytes]) -> Iterator[Token]:
    """Yield the control words among `names` that are not being defined."""
    before = Token(Kind.RAW, 0, 0)
    for token in tokens:
        if token.kind is not Kind.WORD:
            continue
        defined = name_of(data, before) in DEFINERS and not data[before.end : token.start].strip(b"* \t\r\n")
        before = token
        if name_of(data, token) in names and not defined:
            yield token


def _argument_edits(data: bytes, token: Token, lexicon: Lexicon, pairs: Mapping[int, int]) -> Iterator[Edit]:
    what = lexicon.dropped[name_of(data, token)]
    at = after_blank(data, token.end)
    option = option_end(data, at)
    if option is not None:
        if what.optional and option - at > len(b"[]"):
            yield Edit(at + 1, option - 1, b"")
        at = after_blank(data, option)
    for number in range(1, what.arguments + 1):
        close = pairs.get(at)
        if close is None:
            return
        if number in what.which and close > at + 1:
            yield Edit(at + 1, close, b"")
        at = after_blank(data, close + 1)


def _tail(data: bytes, tokens: tuple[Token, ...], lexicon: Lexicon) -> Iterator[Edit]:
    end = _end_of_document(data, tokens)
    stop = _end_of_input(data, tokens, lexicon)
    ends = [at for at in (end, stop) if at is not None]
    if ends and data[min(ends) :] not in (b"", b"\n", b"\r\n"):
        yield Edit(min(ends), len(data), b"\n")


def _end_of_document(data: bytes, tokens: tuple[Token, ...]) -> int | None:
    begun, end = False, None
    for token in tokens:
        match = _END.match(data, token.end) if token.kind is Kind.WORD else None
        if match is not None:
            begun = begun or name_of(data, token) == b"begin"
            end = match.end() if name_of(data, token) == b"end" else end
    return end if begun else None


def _end_of_input(data: bytes, tokens: tuple[Token, ...], lexicon: Lexicon) -> int | None:
    r"""Return the end of the first `\endinput` that stands alone on its line, in no group and in no conditional."""
    depth = 0
    for token in tokens:
        if token.kind in (Kind.OPEN, Kind.CLOSE):
            depth += 1 if token.kind is Kind.OPEN else -1
        if token.kind is not Kind.WORD:
            continue
        name = name_of(data, token)
        if name == b"endinput" and depth == 0:
            line = _LINE_BREAK.search(data, token.end)
            rest = data[token.end : len(data) if line is None else line.start()].strip()
            alone = not data[line_start(data, token.start) : token.start].strip()
            return token.end if alone and not rest.partition(b"%")[0] else None
        if name in lexicon.conditionals:
            depth += 1
        elif name == b"fi":
            depth -= 1
        elif name.startswith(b"if") and name not in NO_CONDITIONALS:
            return None
    return None


def _edited(data: bytes, edits: Iterable[Edit]) -> bytes:
    parts: list[bytes] = []
    position = 0
    for edit in edits:
        parts += (data[position : edit.start], edit.text)
        position = edit.end
    return b"".join((*parts, data[position:]))


# In this order: what is inside a dead branch need not be looked at any more.
TRANSFORMS: Mapping[str, Transform] = {
    "tail": _tail,
    "dead": _dead,
    "hidden": _hidden,
    "asked": _asked,
    "drop": _drop,
    "comments": _comments,
    "lines": _lines,
}
EVERYTHING = ("tail", "dead", "hidden", "drop", "comments")
