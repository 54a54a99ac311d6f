"""The operators of a content stream, one by one: a stream may hold millions, and most of a hostile one is never read.

pikepdf parses content too, but whole streams into objects, which takes four times as long and has no end that we set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

# Source: ISO 32000-2, 7.2 (characters), 7.3 (objects), 8.9.7 (inline images).
_TOKEN = re.compile(
    rb"(?P<number>[+-]*(?:\d+\.?\d*|\.\d+)-?\d*)(?=[\s\[\]()<>{}/%]|$)"
    rb"|(?P<name>/[^\s\0\[\]()<>{}/%]*)"
    rb"|(?P<open><<|\[)|(?P<close>>>|\])"
    rb"|(?P<hex><[^<>]*>)|(?P<string>\()"
    rb"|%[^\r\n]*"
    rb"|(?P<word>[^\s\0\[\]()<>{}/%]+)"
)
_STRING = re.compile(rb"[()\\]")
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|[\r\n])|(.))", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_END_OF_IMAGE = re.compile(rb"[\s\0]EI(?=[\s\0]|$)")
_MOST_OPERANDS = 64
_DEEPEST = 32
_FARTHEST = 1e9
_LONGEST = 64
_SHORT = 10


class Name(str):
    """A PDF name, with its slash."""

    __slots__ = ()


Operation = tuple[bytes, list[Any]]


def operations(data: bytes) -> Iterator[Operation]:
    """Yield each operator with its operands: floats, `Name`s, bytes, lists; an inline image is `BI` with its keys.

    >>> list(operations(b"1 0 0 1 72 .5 cm [(a)-3.5<62>] TJ"))
    [(b'cm', [1.0, 0.0, 0.0, 1.0, 72.0, 0.5]), (b'TJ', [[b'a', -3.5, b'b']])]
    """
    stack: list[list[Any]] = [[]]
    position, end = 0, len(data)
    scan = _TOKEN.search
    while position < end:
        match = scan(data, position)
        if match is None:
            return
        position = match.end()
        kind = match.lastgroup
        if kind == "number":
            stack[-1].append(_number(match.group()))
        elif kind == "word":
            word = match.group()
            if len(stack) > 1 or word in {b"true", b"false", b"null"}:
                stack[-1].append(word)
                continue
            operands = stack[0][-_MOST_OPERANDS:]
            stack = [[]]
            if word == b"ID":
                found = _END_OF_IMAGE.search(data, position)
                position = found.end() if found else end
                yield b"BI", operands
            elif word != b"BI":
                yield word, operands
        elif kind is not None:
            position = _other(kind, match, data, stack)


def _other(kind: str, match: re.Match[bytes], data: bytes, stack: list[list[Any]]) -> int:
    """Take a token that is neither number nor word; return where the next one may begin."""
    text = match.group()
    if kind == "name":
        stack[-1].append(Name(text.decode("latin-1")))
    elif kind == "hex":
        stack[-1].append(_from_hex(text))
    elif kind == "string":
        value, position = _string(data, match.end())
        stack[-1].append(value)
        return position
    elif kind == "open":
        if len(stack) < _DEEPEST:
            inner: list[Any] = []
            stack[-1].append(inner)
            stack.append(inner)
    elif len(stack) > 1:
        stack.pop()
    return match.end()


def _number(text: bytes) -> float:
    try:
        return float(text) if len(text) < _SHORT else max(-_FARTHEST, min(_FARTHEST, float(text[:_LONGEST])))
    except ValueError:
        # `--5` and `5-3`, which old producers write and viewers take.
        digits = text[:_LONGEST].lstrip(b"+-").split(b"-")[0]
        value = min(_FARTHEST, float(digits or b"0"))
        return -value if text.startswith(b"-") else value


def _from_hex(text: bytes) -> bytes:
    digits = re.sub(rb"[^0-9A-Fa-f]", b"", text)
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())


def _string(data: bytes, start: int) -> tuple[bytes, int]:
    """Return a literal string that begins at `start`, behind its parenthesis, and where it ends."""
    depth, position = 1, start
    while depth:
        match = _STRING.search(data, position)
        if match is None:
            return data[start:], len(data)
        sign = match.group()
        position = match.end() + (sign == b"\\")
        depth += {b"(": 1, b")": -1}.get(sign, 0)
    text = data[start : position - 1]
    return (_ESCAPE.sub(_unescaped, text) if b"\\" in text else text), position


def _unescaped(match: re.Match[bytes]) -> bytes:
    octal, newline, letter = match.groups()
    if octal is not None:
        return bytes([int(octal, 8) & 0xFF])
    return b"" if newline is not None else _LETTERS.get(letter, letter)
