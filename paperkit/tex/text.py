"""TeX text as a type: plain text crosses into TeX only through `escape` and `markup`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from paperkit.errors import ManifestPath, PaperkitError, Problem
from paperkit.tex import symbols
from paperkit.tex.symbols import LETTERS, MATHS, SPECIAL, T1_LETTERS, TEXT

_HINT = "replace it in the data, or give the value a label in the manifest"
_T1_HINT = r"load \usepackage[T1]{fontenc} in the paper and use a T1 font, or replace it"
_CYRILLIC_HINT = "LaTeX's default fonts have no Cyrillic: transliterate it, or give the value a label in the manifest"
_SURROGATE_HINT = "the text was decoded wrongly: write the data anew as UTF-8"
# What Unicode calls characters without a name, by their general category.
_NAMELESS = {
    "Cc": "a control character", "Cs": "half of a surrogate pair", "Co": "for private use", "Cn": "not assigned",
}  # fmt: skip
# Invisible characters that are neither controls nor format characters: joiner, fillers, selectors of variants.
_INVISIBLE = re.compile("[\u034f\u115f\u1160\u180b-\u180f\u2028\u2029\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
# What fonts join into another character: `--` an en dash, `''` a closing quote, `!‘` a Spanish exclamation mark, `,,`
# an opening quote, `<<` a guillemet.
_JOINED = frozenset(
    {("-", "-"), ("–", "-"), ("'", "'"), ("!", "‘"), ("?", "‘"), (",", ","), ("<", "<"), (">", ">")},
)
# What prints as one of these.
_SHOWN = {"’": "'", "\u2010": "-"}
# pandoc's rule: no space inside the dollars, no digit after the closing one, `\$` is a dollar.
_MATHS = re.compile(r"(?<!\\)\$(?=[^\s$])((?:\\.|[^$\\])*?)(?<!\s)\$(?!\d)", re.DOTALL)
# TOML writes characters up to this one with four digits.
_LAST_SHORT = 0xFFFF
_EXPONENT_MINUS = re.compile(r"(?<=\d[eE])-(?=\d)")

# What prints as it stands, which most names of rows do: a table has thousands of them.
_SIMPLE = re.compile(r"[A-Za-z0-9().:;=+/](?:[A-Za-z0-9().:;=+/]|-(?!-)| (?=[^ ]))*")


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
    if _SIMPLE.fullmatch(text):
        return Tex(text)
    return Tex("".join(_pieces(unicodedata.normalize("NFC", text), encoding, opens=True, closes=True)))


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
    errors: list[PaperkitError] = []
    # Text and formulas by turns: the pattern has one group.
    split = _MATHS.split(plain)
    for index, part in enumerate(split):
        try:
            if index % 2:
                pieces.append(_formula(part))
            else:
                literal = part.replace(r"\$", "$")
                pieces += _pieces(literal, encoding, opens=index == 0, closes=index == len(split) - 1)
        except PaperkitError as error:
            errors.append(error)
    if errors:
        distinct = dict.fromkeys(problem for error in errors for problem in error.problems)
        unprintable = all(isinstance(error, UnprintableError) for error in errors)
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


def _pieces(plain: str, encoding: str, *, opens: bool, closes: bool) -> list[str]:
    clusters = _clusters(plain)
    printed = {cluster: _piece(cluster, encoding) for cluster in dict.fromkeys(clusters)}
    unknown = [cluster for cluster, piece in printed.items() if piece is None]
    if unknown:
        raise UnprintableError(*dict.fromkeys(problem for one in unknown for problem in _problems(one, encoding)))
    pieces: list[str] = []
    before = "" if opens else "$"
    for index, cluster in enumerate(clusters):
        shown = _SHOWN.get(cluster, cluster)
        if cluster == " ":
            # TeX drops spaces at the ends of a cell and joins neighbours.
            pieces.append(r"\ " if before in ("", " ") or (closes and index == len(clusters) - 1) else " ")
        else:
            # An italic correction of nothing; `{}` would do for pdfTeX but not for the other engines.
            pieces += [r"\/" if (before, shown) in _JOINED else "", printed[cluster] or ""]
        before = shown
    return pieces


def _clusters(plain: str) -> list[str]:
    """Split text into characters, each with the combining marks that follow it."""
    found: list[str] = []
    for character in plain:
        if found and unicodedata.combining(character):
            found[-1] += character
        else:
            found.append(character)
    return found


def _piece(cluster: str, encoding: str) -> str | None:
    """Return the TeX of one character with its marks, or None if there is none."""
    if cluster in SPECIAL:
        return SPECIAL[cluster]
    if cluster in MATHS:
        return f"${MATHS[cluster]}$"
    if cluster in TEXT:
        return TEXT[cluster]
    if cluster in T1_LETTERS:
        return cluster if encoding != "OT1" else None
    if cluster in LETTERS or (len(cluster) == 1 and " " <= cluster <= "~"):
        return cluster
    return _accented(cluster)


def _accented(cluster: str) -> str | None:
    base, *marks = tuple(unicodedata.normalize("NFD", cluster))
    above = [mark for mark in marks if mark in symbols.ABOVE]
    below = [mark for mark in marks if mark in symbols.BELOW]
    # TeX sets an accent over a character, not over an accented one; a dotted i with a dot would look like any i.
    is_settable = 0 < len(above) + len(below) == len(marks) and max(len(above), len(below)) == 1
    if not is_settable or (base in symbols.DOTLESS and "\u0307" in above):
        return None
    if base in symbols.MATHS_BASES and not below:
        return f"$\\{symbols.MATHS_ACCENTS[above[0]]}{{{MATHS[base]}}}$" if above[0] in symbols.MATHS_ACCENTS else None
    if base not in symbols.TEXT_BASES:
        return None
    tex = f"{symbols.ABOVE[above[0]]}{{{symbols.DOTLESS.get(base, base)}}}" if above else base
    return f"{symbols.BELOW[below[0]]}{{{tex}}}" if below else tex


def _problems(cluster: str, encoding: str) -> list[Problem]:
    """Name the characters of a cluster that cannot be printed on their own, else the cluster as a whole."""
    base, *marks = tuple(cluster)
    known = {*symbols.ABOVE, *symbols.BELOW}
    alone = [base] if _piece(base, encoding) is None else []
    alone += [mark for mark in marks if mark not in known]
    if alone:
        return [_unprintable(character) for character in alone]
    codes = " + ".join(map(_code, cluster))
    return [Problem(message=f"'{cluster}' ({codes}) cannot be typeset by pdfLaTeX", hint=_HINT)]


def _code(character: str) -> str:
    name = unicodedata.name(character, "")
    nameless = f", {_NAMELESS.get(unicodedata.category(character), 'without a name')}"
    return f"U+{ord(character):04X}{f' {name}' if name else nameless}"


def _unprintable(character: str) -> Problem:
    shown = character if character.isprintable() else ascii(character)[1:-1]
    circle = "◌" if unicodedata.combining(character) else ""
    where = " in the font encoding OT1" if character in T1_LETTERS else ""
    message = f"'{circle}{shown}' ({_code(character)}) cannot be typeset by pdfLaTeX{where}"
    return Problem(message=message, hint=_hint(character))


def _hint(character: str) -> str:
    if character in T1_LETTERS:
        return _T1_HINT
    category = unicodedata.category(character)
    if category == "Cs":
        return _SURROGATE_HINT
    if category in ("Cc", "Cf") or _INVISIBLE.match(character):
        return f"it is invisible: remove it from the text, or in `derive` with \"replace(x, '{_toml(character)}', '')\""
    return _CYRILLIC_HINT if unicodedata.name(character, "").startswith("CYRILLIC") else _HINT


def _toml(character: str) -> str:
    """Return how a basic string of TOML writes a character that cannot be seen."""
    return f"\\u{ord(character):04x}" if ord(character) <= _LAST_SHORT else f"\\U{ord(character):08x}"


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
    if unit in symbols.DINGBATS:
        return rf"\mbox{TEXT[unit]}"
    if len(unit) == 1 and not " " <= unit <= "~":
        unknown.append(unit)
    return unit
