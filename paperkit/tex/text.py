"""TeX text as a type: plain text crosses into TeX only through `escape` and `markup`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from paperkit.errors import ManifestPath, PaperkitError, Problem
from paperkit.tex.symbols import LETTERS, MATHS, SPECIAL, T1_LETTERS, TEXT

_HINT = "replace it in the data, or give the value a label in the manifest"
_T1_HINT = r"load \usepackage[T1]{fontenc} in the paper and use a T1 font, or replace it"
# What fonts join into another character: `--` an en dash, `''` a closing quote, `,,` an opening one, `<<` a guillemet.
_JOINED = frozenset({("-", "-"), ("–", "-"), ("'", "'"), (",", ","), ("<", "<"), (">", ">")})
# pandoc's rule: no space inside the dollars, no digit after the closing one, `\$` is a dollar.
_MATHS = re.compile(r"(?<!\\)\$(?=[^\s$])((?:\\.|[^$\\])*?)(?<!\s)\$(?!\d)", re.DOTALL)
_EXPONENT_MINUS = re.compile(r"(?<=\d[eE])-(?=\d)")


class Tex(str):
    """Text that TeX can typeset as it stands; every `&`, `%`, `_` in it is meant."""

    __slots__ = ()


class UnprintableError(PaperkitError):
    """A text holds characters that pdfLaTeX cannot typeset; one problem per character."""

    def under(self, path: ManifestPath) -> UnprintableError:
        """Return the same error seen from `path`, which is put before its problems' own paths."""
        return UnprintableError(*(problem.under(path) for problem in self.problems))


def escape(text: str, *, encoding: str = "OT1") -> Tex:
    r"""Return TeX that prints exactly the plain `text`, one line, in every engine; no part of it is a command.

    Straight quotes are the exception: LaTeX's default encoding has none, so that `'` and `"` print as ’ and ”.
    `encoding` is the document's font encoding: letters such as ę exist in "T1" and "TU" but not in "OT1".

    Raises:
        UnprintableError: `text` holds characters outside the fixed list (emoji, CJK, control characters, …).

    >>> print(escape("R&D_50% [a] -3 ≥ −2"))
    R\&D\_50\% {[}a{]} -3 $\geq$ $-$2

    """
    plain = unicodedata.normalize("NFC", text)
    _require_printable(plain, encoding)
    return Tex("".join(_pieces(plain, opens=True, closes=True)))


def markup(text: str, *, encoding: str = "OT1") -> Tex:
    r"""Return TeX for a text of the manifest: as `escape`, but `$…$` is kept as TeX maths.

    A dollar opens maths if a non-space follows, and closes it if a non-space precedes and no digit follows (pandoc's
    rule); `\$` is always a dollar. Letters and symbols such as α and ≤ inside maths become their commands.

    Raises:
        UnprintableError: `text` holds characters outside the fixed list.
        PaperkitError: the braces inside a formula do not match.

    >>> print(markup("cost in $ & $R^2$ (α)"))
    cost in \$ \& $R^2$ ($\alpha$)

    """
    plain = unicodedata.normalize("NFC", text)
    pieces: list[str] = []
    problems: list[Problem] = []
    # Text and formulas by turns: the pattern has one group.
    split = _MATHS.split(plain)
    for index, part in enumerate(split):
        try:
            if index % 2:
                pieces.append(_formula(part))
            else:
                literal = part.replace(r"\$", "$")
                _require_printable(literal, encoding)
                pieces += _pieces(literal, opens=index == 0, closes=index == len(split) - 1)
        except PaperkitError as error:
            problems += error.problems
    if problems:
        unprintable = all(problem.hint in (_HINT, _T1_HINT) for problem in problems)
        distinct = dict.fromkeys(problems)
        raise UnprintableError(*distinct) if unprintable else PaperkitError(*distinct)
    return Tex("".join(pieces))


def number(text: str) -> Tex:
    """Return TeX for a formatted number: a minus, also that of an exponent, is a true minus in text digits.

    Raises:
        UnprintableError: `text` holds characters outside the fixed list.

    >>> print(number("-3.5"), number("1e-05"))
    $-$3.5 1e$-$05

    """
    signed = "−" + text[1:] if text.startswith("-") else text
    return escape(_EXPONENT_MINUS.sub("−", signed))


def lines(text: str) -> tuple[str, ...]:
    r"""Split `text` at its line breaks; `escape` and `markup` take one line each.

    >>> lines("Last layer\n(CLS, linear)")
    ('Last layer', '(CLS, linear)')
    """
    return tuple(text.replace("\r\n", "\n").split("\n"))


def join(parts: Iterable[Tex], separator: str = "") -> Tex:
    """Join `parts` with `separator`, which is TeX."""
    return Tex(separator.join(parts))


def _pieces(plain: str, *, opens: bool, closes: bool) -> Iterable[str]:
    before = "" if opens else "$"
    for index, character in enumerate(plain):
        if character == " ":
            # TeX drops spaces at the ends of a cell and joins neighbours.
            yield r"\ " if before in ("", " ") or (closes and index == len(plain) - 1) else " "
        else:
            shown = "'" if character == "’" else character
            if (before, shown) in _JOINED:
                # An italic correction of nothing; `{}` would do for pdfTeX but not for the other engines.
                yield r"\/"
            yield _piece(shown)
        before = "'" if character == "’" else character


def _piece(character: str) -> str:
    if character in SPECIAL:
        return SPECIAL[character]
    if character in MATHS:
        return f"${MATHS[character]}$"
    return TEXT.get(character, character)


def _require_printable(plain: str, encoding: str) -> None:
    unknown = [character for character in dict.fromkeys(plain) if not _is_printable(character, encoding)]
    if unknown:
        raise UnprintableError(*(_unprintable(character) for character in unknown))


def _is_printable(character: str, encoding: str) -> bool:
    if character in T1_LETTERS:
        return encoding != "OT1"
    plain_ascii = " " <= character <= "~"
    return plain_ascii or any(character in table for table in (MATHS, TEXT, LETTERS))


def _unprintable(character: str) -> Problem:
    shown = character if character.isprintable() else ascii(character)[1:-1]
    code = " ".join(part for part in (f"U+{ord(character):04X}", unicodedata.name(character, "")) if part)
    if character in T1_LETTERS:
        return Problem(
            message=f"'{shown}' ({code}) cannot be typeset by pdfLaTeX in the font encoding OT1", hint=_T1_HINT
        )
    return Problem(message=f"'{shown}' ({code}) cannot be typeset by pdfLaTeX", hint=_HINT)


def _formula(body: str) -> Tex:
    depth = 0
    parts: list[str] = []
    unknown: list[str] = []
    for unit in re.findall(r"\\.|.", body, flags=re.DOTALL):
        depth += {"{": 1, "}": -1}.get(unit, 0)
        if depth < 0:
            break
        parts.append(_formula_piece(unit, unknown))
    if depth != 0:
        missing = "'}' without '{'" if depth < 0 else "'{' without '}'"
        hint = r"a dollar that is meant as a dollar is written '\$'"
        raise PaperkitError(Problem(message=f"{missing} in the formula '${body}$'", hint=hint))
    if unknown:
        raise UnprintableError(*(_unprintable(character) for character in dict.fromkeys(unknown)))
    return Tex(f"${''.join(parts)}$")


def _formula_piece(unit: str, unknown: list[str]) -> str:
    if unit in ("%", "#"):
        return "\\" + unit
    if unit in MATHS:
        return f"{{{MATHS[unit]}}}" if unit != "−" else "-"
    if len(unit) == 1 and not " " <= unit <= "~":
        unknown.append(unit)
    return unit
