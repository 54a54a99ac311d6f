"""Expression syntax: Python's own tree of an expression, and what to say where there is none."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Mapping

from paperkit.errors import PaperkitError, Problem

MAX_LENGTH = 10_000
_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_STRANGE = re.compile(r"invalid character '(.)'")
_UNSEEN = re.compile(r"invalid non-printable character (U\+\w+)")
_WORD = re.compile(r"""[^\s()<>=!+*/%,'"-]*$""")
_SIGNS_IN_PRINT: Mapping[str, str] = {
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "×": "*",
    "⋅": "*",
    "÷": "/",
    "−": "-",
    "–": "-",
    **dict.fromkeys("‘’“”„«»", "straight quotes: 'text'"),
}
_TYPOS: tuple[tuple[str, str], ...] = (
    (r"(?<![=<>!:*/+%-])=(?!=)", "write == to compare"),
    (r"&&", "write 'and'"),
    (r"\|\|", "write 'or'"),
    (r"!(?!=)", "write 'not'"),
    (r"<>", "write !="),
    (r"`", "write col('a name with blanks') for such a column"),
    (r"\b(?:AND|OR|NOT|IN)\b", "write and, or, not, in with small letters"),
)


def python_tree(text: str) -> ast.expr:
    """Return Python's tree of an expression.

    Raises:
        PaperkitError: there is none.

    """
    if not text.strip():
        raise PaperkitError(Problem(message="the expression is empty"))
    if len(text) > MAX_LENGTH:
        raise PaperkitError(Problem(message=f"the expression is longer than {MAX_LENGTH} characters"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(padded(text), mode="eval").body
    except SyntaxError as error:
        raise PaperkitError(_syntax_problem(text, error)) from None
    except (ValueError, RecursionError, MemoryError):
        raise PaperkitError(Problem(message="the expression cannot be read: it is too deep or holds a NUL")) from None


def shift(text: str) -> int:
    """Return by how many characters `padded` moves the first line."""
    # Parentheses let an expression run over several lines, as in a TOML multi-line string.
    return 1 if "\n" in text or text[0].isspace() else 0


def padded(text: str) -> str:
    """Return an expression as Python reads it."""
    return f"({text}\n)" if shift(text) else text


def _syntax_problem(text: str, error: SyntaxError) -> Problem:
    blanked = _STRING.sub(lambda found: '"' * len(found.group()), text)
    for pattern, hint in _TYPOS:
        if found := re.search(pattern, blanked):
            before = blanked[: found.start()]
            spot = where(before.count("\n") + 1, found.start() - before.rfind("\n"))
            return Problem(message=f"syntax error at {spot}", hint=hint)
    if found := _STRANGE.match(error.msg):
        return _strange_problem(found[1], blanked)
    lines = text.split("\n")
    line, end = error.lineno or 1, len(lines[-1]) + 1
    unseen = _UNSEEN.match(error.msg)
    is_open = "never closed" in error.msg or "unterminated" in error.msg
    advice = "a parenthesis or quote is never closed" if is_open else None
    if unseen:
        advice = f"there is a character that cannot be seen, {unseen[1]}: type the text around it anew"
    if line > len(lines) or not error.offset:  # something is missing at the end
        return Problem(message=f"syntax error at {where(len(lines), end)}")
    column = error.offset - (shift(text) if line == 1 else 0)
    return Problem(message=f"syntax error at {where(line, max(column, 1))}", hint=advice)


def _before(text: str) -> str:
    """Return the part of a name at the end of a text."""
    found = _WORD.search(text)
    return "" if found is None else found[0]


def _strange_problem(sign: str, text: str) -> Problem:
    """Return the problem of a sign that neither Python nor a bare name knows."""
    before, _, after = text.partition(sign)
    spot = where(before.count("\n") + 1, len(before) - before.rfind("\n"))
    name = f"{_before(before)}{sign}{_before(after[::-1])[::-1]}"
    hint = f"write {_SIGNS_IN_PRINT[sign]}" if sign in _SIGNS_IN_PRINT else None
    if hint is None and name != sign:
        hint = f"write col('{name}') for a column of that name"
    return Problem(message=f"'{sign}' is not allowed in an expression ({spot})", hint=hint)


def where(line: int, column: int) -> str:
    """Return a position in words."""
    return f"column {column}" if line == 1 else f"line {line}, column {column}"
