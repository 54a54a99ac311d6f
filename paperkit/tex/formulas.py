"""Formulas that come from data: kept where every part of them can do nothing but print."""

from __future__ import annotations

import re
from functools import cache

from paperkit.errors import PaperkitError
from paperkit.tex.fonts import read_data
from paperkit.tex.mathlist import ALPHABETS, OPERATORS, TOKEN
from paperkit.tex.symbols import MATHS
from paperkit.tex.text import Tex, markup

_CHARACTERS = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-*/=<>()[]|.,:;!?' ")
_SPACES = (",", ":", ";", "!", " ", "quad", "qquad")
_ESCAPED = ("%", "#", "&", "$", "_", "{", "}", "|")
_WORDS = re.compile(r"[A-Za-z0-9 .,:;()=+/-]*")
_TEXTS = frozenset({"text", "mbox", "textrm", "operatorname"})
_ARGUMENTS = {"frac": 2, "dfrac": 2, "tfrac": 2, "binom": 2, "sqrt": 1, "overline": 1, "underline": 1}
_DEEPEST = 20


def data_formula(body: str, *, encoding: str = "OT1") -> Tex | None:
    r"""Return the formula of a data's text, without its dollars, as TeX; None if it could do more than print.

    It holds letters, digits, signs, scripts, fractions, roots, delimiters, accents, alphabets, names of operators,
    symbols, and words inside `\text`, each with the arguments that it needs.

    >>> data_formula(r"R^2 \geq \frac{1}{2}"), data_formula(r"\input{secret}"), data_formula("x^a^b")
    ('$R^2 \\geq \\frac{1}{2}$', None, None)
    """
    try:
        _Grammar(TOKEN.findall(body)).formula()
        return markup(f"${body.strip()}$", encoding=encoding) if body.strip() else None
    except (_RefusedError, PaperkitError):
        return None


@cache
def _symbols() -> frozenset[str]:
    tables = read_data("symbols")
    named = {name[1:] for kind in ("symbols", "delimiters") for name in tables[kind] if name[1:].isalpha()}
    own = {name[1:] for name in MATHS.values() if name.startswith("\\") and name[1:].isalpha()}
    return frozenset({*named, *own, *OPERATORS, "ne", "neq", "ldots", "dots", "cdots", "int", "hbar", "liminf"})


@cache
def _delimiters() -> frozenset[str]:
    return frozenset({*read_data("symbols")["delimiters"], r"\{", r"\}", "."})


@cache
def _arguments() -> dict[str, int]:
    accents = {name[1:]: 1 for name in read_data("symbols")["accents"]}
    return {**accents, **dict.fromkeys(ALPHABETS, 1), **_ARGUMENTS}


class _RefusedError(Exception):
    """A formula is not within the grammar."""


class _Grammar:
    """Reads the tokens of a formula by a grammar in which whatever is read compiles."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0

    def formula(self) -> None:
        """Read all tokens."""
        self._items(None)

    def _peek(self) -> str | None:
        if self._position >= len(self._tokens):
            return None
        lexeme = self._tokens[self._position]
        return lexeme.rstrip(" ") if lexeme[:1] == "\\" and lexeme[1:2].isalpha() else lexeme

    def _next(self) -> str:
        lexeme = self._peek()
        if lexeme is None:
            raise _RefusedError
        self._position += 1
        return lexeme

    def _skip_spaces(self) -> None:
        while self._peek() == " ":
            self._position += 1

    def _items(self, closing: str | None) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _RefusedError
        while (lexeme := self._peek()) != closing:
            if lexeme is None:
                raise _RefusedError
            if lexeme not in ("^", "_", "'"):
                self._nucleus()
            self._scripts()
        if closing is not None:
            self._position += 1
        self._depth -= 1

    def _scripts(self) -> None:
        """Read a superscript and a subscript at most: TeX stops at a second one. Primes are a superscript."""
        seen: set[str] = set()
        self._skip_spaces()
        while (lexeme := self._peek()) in ("^", "_", "'"):
            kind = "_" if lexeme == "_" else "^"
            if kind in seen:
                raise _RefusedError
            seen.add(kind)
            while self._peek() == "'":
                self._position += 1
            if lexeme != "'":
                self._position += 1
                self._argument()
            self._skip_spaces()

    def _argument(self) -> None:
        self._skip_spaces()
        lexeme = self._next()
        if lexeme == "{":
            self._items("}")
        elif (
            not (lexeme.isascii() and lexeme.isalnum()) and lexeme not in ("+", "-", "*") and not _is_character(lexeme)
        ):
            raise _RefusedError

    def _nucleus(self) -> None:
        lexeme = self._next()
        name = lexeme.removeprefix("\\")
        if lexeme == "{":
            self._items("}")
        elif lexeme == r"\left":
            self._delimiter()
            self._items(r"\right")
            self._delimiter()
        elif lexeme.startswith("\\") and name in _TEXTS:
            self._words()
        elif lexeme.startswith("\\") and name in _arguments():
            if name == "sqrt" and self._peek() == "[":
                self._position += 1
                self._index()
            for _ in range(_arguments()[name]):
                self._argument()
        elif lexeme not in _CHARACTERS and lexeme not in MATHS and not _is_symbol(lexeme):
            raise _RefusedError

    def _delimiter(self) -> None:
        self._skip_spaces()
        if self._next() not in _delimiters():
            raise _RefusedError

    def _index(self) -> None:
        while (lexeme := self._next()) != "]":
            if not (lexeme.isascii() and lexeme.isalnum()):
                raise _RefusedError

    def _words(self) -> None:
        if self._next() != "{":
            raise _RefusedError
        while (lexeme := self._next()) != "}":
            if not _WORDS.fullmatch(lexeme):
                raise _RefusedError


def _is_character(lexeme: str) -> bool:
    """Tell whether a command is one character, so that it can be a script without braces."""
    return lexeme in read_data("symbols")["symbols"] and lexeme != r"\colon"


def _is_symbol(lexeme: str) -> bool:
    name = lexeme.removeprefix("\\")
    return lexeme.startswith("\\") and (name in _symbols() or name in _SPACES or name in _ESCAPED)
