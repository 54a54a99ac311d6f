r"""Read names however their accents are written: `M\"uller`, `M{\"u}ller`, `Müller`."""

from __future__ import annotations

import re
import unicodedata

# TeX's accents and the combining characters that they stand for.
_MARKS = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    '"': "\u0308",
    "~": "\u0303",
    "=": "\u0304",
    ".": "\u0307",
    "u": "\u0306",
    "v": "\u030c",
    "H": "\u030b",
    "c": "\u0327",
    "d": "\u0323",
    "b": "\u0331",
    "k": "\u0328",
    "r": "\u030a",
    "t": "\u0361",
}
_LETTERS = {
    "ss": "ß",
    "o": "ø",
    "O": "Ø",
    "l": "ł",
    "L": "Ł",
    "aa": "å",
    "AA": "Å",
    "ae": "æ",
    "AE": "Æ",
    "oe": "œ",
    "OE": "Œ",
}
_ONE = (
    r"\\(?:([`'^\"~=.])\s*(?:\{\s*\\?([A-Za-z])\s*\}|\\?([A-Za-z]))"
    r"|([uvHcdbkrt])(?:\s*\{\s*([A-Za-z])\s*\}|\s+([A-Za-z])))"
)
_ACCENT = re.compile(rf"\{{\s*{_ONE}\s*\}}|{_ONE}")
_NAMES = "|".join(_LETTERS)
_LETTER = re.compile(rf"\{{\\({_NAMES})\s*\}}|\\({_NAMES})(?![A-Za-z])(?:\{{\}}|\s+)?")
_UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ı": "i"})


def in_unicode(text: str) -> str:
    r"""Return a text with TeX's accents and letters as characters.

    >>> in_unicode(r"S{\o}ren \v{C}apek")
    'Søren Čapek'
    """
    return _LETTER.sub(lambda match: _LETTERS[match[1] or match[2]], _ACCENT.sub(_accented, text))


def _accented(match: re.Match[str]) -> str:
    mark, letter = (part for part in match.groups() if part is not None)
    return unicodedata.normalize("NFC", letter + _MARKS[mark])


def folded(text: str) -> str:
    r"""Return a text without case and accents.

    >>> {folded(name) for name in (r'M\"uller', r'M{\"u}ller', r'M\"{u}ller', "Müller", "MULLER")}
    {'muller'}
    """
    apart = unicodedata.normalize("NFKD", in_unicode(text).casefold())
    return "".join(char for char in apart if not unicodedata.combining(char)).translate(_UNDECOMPOSED)
