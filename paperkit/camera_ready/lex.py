"""A lexer of LaTeX on bytes: finds what is a command, a comment, verbatim, or text that TeX never reads.

It reads a file once from front to back and knows TeX's ordinary category codes; `Lexicon` says what the paper
changes. It never fails: what it cannot be sure of is `RAW`, which nobody touches. Bytes above 127 are text, so that
UTF-8 and Latin-1 are the same to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from paperkit.camera_ready.lexicon import NO_CONDITIONALS, Lexicon


class Kind(Enum):
    """What a stretch of bytes is to TeX."""

    WORD = "control word"
    SYMBOL = "control symbol"
    OPEN = "{"
    CLOSE = "}"
    COMMENT = "comment, without its line end"
    RAW = "verbatim, or not understood"
    DEAD = "a branch that is never taken"
    HIDDEN = "body of a comment environment"


class Token(NamedTuple):
    """A stretch of bytes; the plain text between tokens has none."""

    kind: Kind
    start: int
    end: int


# One atom each; TeX ends lines at \r as well as at \n.
_AT_OTHER = rb"\\[A-Za-z]+|\\[^A-Za-z]?|%[^\r\n]*|[{}]|\^\^[^\r\n]?"
_AT_LETTER = rb"\\[A-Za-z@]+|\\[^A-Za-z@]?|%[^\r\n]*|[{}]|\^\^[^\r\n]?"
_BLANK_LINE = re.compile(rb"(?:\r\n?|\n)[ \t]*(?:\r|\n)")
_BRACES = re.compile(rb"[{}]|(?:\r\n?|\n)[ \t]*(?:\r|\n)")
_LINE_END = re.compile(rb"[\r\n]")
_COMMENT = re.compile(rb"%[^\r\n]*")
_BLANK = re.compile(rb"(?:[ \t\r\n]|%[^\r\n]*)*")
_ENVIRONMENT = re.compile(rb"\{([A-Za-z0-9@]+\*?)\}")
_BACKSLASH, _PERCENT, _CARET, _OPEN, _CLOSE, _BRACKET = b"\\%^{}]"
_LONGEST_OPTION = 1000
# Behind these, `\iffalse` is a name and no test.
_QUOTING = frozenset(
    b"let futurelet ifx if ifcat expandafter noexpand string meaning unless show newif csname def gdef edef".split()
)
# Within skipped text these change what counts as a conditional.
_UNSETTLING = frozenset(b"newif let futurelet csname catcode newbool newtoggle".split())


def lex(data: bytes, lexicon: Lexicon, *, at_letter: bool = False) -> tuple[Token, ...]:
    r"""Return the tokens of a file; `at_letter` is true for packages and classes, where `@` belongs to names.

    >>> [token.kind.name for token in lex(rb"\verb|%| % note", Lexicon())]
    ['WORD', 'RAW', 'COMMENT']
    """
    return tuple(_Lexer(data, lexicon, at_letter=at_letter).tokens())


def name_of(data: bytes, token: Token) -> bytes:
    r"""Return the name of a control word, without its backslash.

    >>> name_of(rb"\input", Token(Kind.WORD, 0, 6))
    b'input'
    """
    return data[token.start + 1 : token.end]


def after_blank(data: bytes, position: int) -> int:
    r"""Return where the next token begins: blanks, one line end and comments do not count.

    A blank line is `\par`, which does: then `position` is returned.
    """
    match = _BLANK.match(data, position)
    end = position if match is None else match.end()
    return position if _BLANK_LINE.search(data, position, end) else end


def option_end(data: bytes, position: int) -> int | None:
    """Return the end of the `[…]` that begins at `position`, or None; braces within it are balanced."""
    if data[position : position + 1] != b"[":
        return None
    depth = 0
    for at in range(position + 1, min(len(data), position + _LONGEST_OPTION)):
        byte = data[at]
        if byte == _OPEN:
            depth += 1
        elif byte == _CLOSE:
            depth -= 1
        elif byte == _BRACKET and depth == 0:
            return at + 1
        if depth < 0:
            return None
    return None


class _Lexer:
    def __init__(self, data: bytes, lexicon: Lexicon, *, at_letter: bool) -> None:
        self._data, self._lexicon = data, lexicon
        shorts = b"".join(re.escape(char) for char in sorted(lexicon.short_verbs))
        more = b"|[" + shorts + b"]" if shorts else b""
        self._patterns = {letter: re.compile(text + more, re.DOTALL) for letter, text in _ALPHABETS.items()}
        self._at_letter = at_letter
        self._before: list[bytes] = []
        self._elses: dict[int, int] = {}
        self._line = (0, 0)
        self._absent: dict[int, int] = {}
        # What looking ahead may cost in all: nested conditionals would otherwise be read once for each level.
        self._budget = 8 * len(data)

    def tokens(self) -> Iterator[Token]:
        position, data = 0, self._data
        while (match := self._patterns[self._at_letter].search(data, position)) is not None:
            start, position = match.span()
            first = data[start]
            if first == _PERCENT:
                yield Token(Kind.COMMENT, start, position)
            elif first == _BACKSLASH:
                for token in self._control(start, position):
                    yield token
                    position = token.end
            elif first in b"{}":
                yield Token(Kind.OPEN if first == _OPEN else Kind.CLOSE, start, position)
                self._note(data[start:position])
            elif first != _CARET or data[start : start + 1] in self._lexicon.short_verbs:
                token = self._to_same(start)
                yield token
                position = token.end

    def _note(self, name: bytes) -> None:
        self._before = [*self._before[-1:], name]

    def _control(self, start: int, end: int) -> Iterator[Token]:
        data, lexicon = self._data, self._lexicon
        name = data[start + 1 : end]
        if not name[:1].isalpha() and name[:1] != b"@":
            yield Token(Kind.SYMBOL, start, end)
            self._note(name)
            return
        yield Token(Kind.WORD, start, end)
        if name in (b"makeatletter", b"makeatother"):
            self._at_letter = name == b"makeatletter"
        elif name == b"begin":
            yield from self._environment(end)
        elif name in lexicon.delimited or name in lexicon.addresses:
            yield from self._inline(name, end)
        elif name in lexicon.never and self._is_test(start):
            yield from self._never(end)
        elif name in lexicon.always and self._is_test(start):
            self._always(end)
        elif start in self._elses:
            yield Token(Kind.DEAD, end, self._elses.pop(start))
        self._note(name)

    def _is_test(self, start: int) -> bool:
        before = self._before
        if before and before[-1] in _QUOTING:
            return False
        assigned = len(before) == 2 and before[0] in (b"let", b"futurelet")  # noqa: PLR2004 - \let \name
        gap = self._data[max(0, start - 40) : start].rstrip()
        return not (assigned and (gap.endswith((b"=", before[-1]))))

    def _environment(self, end: int) -> Iterator[Token]:
        data = self._data
        match = _ENVIRONMENT.match(data, after_blank(data, end))
        if match is None:
            return
        hidden = match[1] in self._lexicon.comments
        if not hidden and match[1] not in self._lexicon.verbatim:
            return
        closing = data.find(b"\\end{" + match[1] + b"}", match.end())
        body = len(data) if closing < 0 else closing
        yield from self._skipped(end, match.start())
        alone = hidden and closing >= 0 and self._is_alone(match, closing)
        yield Token(Kind.HIDDEN if alone else Kind.RAW, match.end(), body)

    def _skipped(self, start: int, end: int) -> Iterator[Token]:
        """Yield the comments between a command and its argument."""
        for match in _COMMENT.finditer(self._data, start, end):
            yield Token(Kind.COMMENT, *match.span())

    def _is_alone(self, opening: re.Match[bytes], closing: int) -> bool:
        r"""Tell whether `\end{comment}` stands on a line of its own, as the package `comment` wants it."""
        data, name = self._data, opening[1]
        after = closing + len(b"\\end{}") + len(name)
        end = _LINE_END.search(data, after)
        rest = data[after : len(data) if end is None else end.start()]
        return not data[line_start(data, closing) : closing].strip() and not rest.strip()

    def _inline(self, name: bytes, end: int) -> Iterator[Token]:
        data, at = self._data, end
        if data[at : at + 1] == b"*":
            at += 1
        skipped = at
        addresses = name in self._lexicon.addresses
        if addresses or name not in (b"verb", b"Verb", b"spverb"):
            at = after_blank(data, at) if addresses else at
            skipped = at
            at = option_end(data, at) or at
        if name == b"mintinline":
            language = _ENVIRONMENT.match(data, at)
            at = at if language is None else language.end()
        delimiter = data[at : at + 1]
        if addresses and delimiter != b"{" and name not in (b"path", b"url"):
            return
        if not delimiter or delimiter in b" \t\r\n%\\" or (delimiter.isalpha() and name != b"verb"):
            return
        close = self._closing(at) if delimiter == b"{" else self._same(at)
        if close is not None:
            yield from self._skipped(end, skipped)
            yield Token(Kind.RAW, at, close)

    def _closing(self, at: int) -> int | None:
        """Return the end of the group that begins at `at`, every character but braces taken as it stands."""
        depth = 0
        for match in _BRACES.finditer(self._data, at, at + _LONGEST_OPTION):
            if match[0] not in (b"{", b"}"):
                return None
            depth += 1 if match[0] == b"{" else -1
            if depth == 0:
                return match.end()
        return None

    def _same(self, at: int) -> int | None:
        """Return the position behind the next character that equals the one at `at`, on the same line."""
        delimiter, limit = self._data[at], self._end_of_line(at)
        if self._absent.get(delimiter) == limit:
            return None
        found = self._data.find(bytes([delimiter]), at + 1, limit)
        if found < 0:
            self._absent[delimiter] = limit
        return None if found < 0 else found + 1

    def _end_of_line(self, at: int) -> int:
        # Looked for once a line: lines can be as long as the file.
        if not self._line[0] <= at < self._line[1]:
            line = _LINE_END.search(self._data, at)
            self._line = (at, len(self._data) if line is None else line.start())
        return self._line[1]

    def _to_same(self, at: int) -> Token:
        """Return what stands between two short-verb characters, or the rest of the line."""
        return Token(Kind.RAW, at, self._same(at) or self._end_of_line(at))

    def _never(self, end: int) -> Iterator[Token]:
        found = self._branches(end)
        if found is not None:
            other, closing = found
            yield Token(Kind.DEAD, end, closing if other is None else other)

    def _always(self, end: int) -> None:
        found = self._branches(end, live=True)
        if found is not None and found[0] is not None:
            self._elses[found[0]] = found[1]

    def _branches(self, position: int, *, live: bool = False) -> tuple[int | None, int] | None:
        r"""Return where the `\else` and the `\fi` of a conditional begin, read as TeX skips text; None when unsure.

        `live` is the first branch that is read: what is verbatim there would be misread here.
        """
        data, depth, braces, other = self._data, 0, 0, None
        started = position
        while (match := self._patterns[self._at_letter].search(data, position)) is not None:
            start, position = match.span()
            if position - started > self._budget:
                break
            byte = data[start]
            braces += (byte == _OPEN) - (byte == _CLOSE)
            if braces < 0:
                break
            if byte != _BACKSLASH:
                continue
            name = data[start + 1 : position]
            if depth == 0 and name in (b"else", b"fi"):
                if braces or (name == b"else" and other is not None):
                    break
                if name == b"fi":
                    self._budget -= position - started
                    return other, start
                other = start
            change = self._nesting(name)
            if change is None or (live and other is None and self._hides(name, position)):
                break
            depth += change
        self._budget -= min(position, len(data)) - started
        return None

    def _nesting(self, name: bytes) -> int | None:
        if name in self._lexicon.conditionals:
            return 1
        if name == b"fi":
            return -1
        doubtful = name.startswith(b"if") and name not in NO_CONDITIONALS
        return None if doubtful or name in _UNSETTLING else 0

    def _hides(self, name: bytes, end: int) -> bool:
        lexicon = self._lexicon
        if name == b"begin":
            match = _ENVIRONMENT.match(self._data, after_blank(self._data, end))
            return match is None or match[1] in lexicon.verbatim or match[1] in lexicon.comments
        return name in lexicon.delimited or name in lexicon.addresses


_ALPHABETS = {False: _AT_OTHER, True: _AT_LETTER}


def line_start(data: bytes, position: int) -> int:
    """Return where the line of `position` begins."""
    return max(data.rfind(b"\n", 0, position), data.rfind(b"\r", 0, position)) + 1
