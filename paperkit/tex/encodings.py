"""Where the font encodings OT1 and T1 keep the characters that TeX text names, and what they borrow from elsewhere."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from paperkit.tex import symbols


class Accented(NamedTuple):
    """A letter set from a base character and an accent character, above or below it; a comma is a small one."""

    base: int
    accent: int
    is_below: bool
    is_comma: bool


# Control sequences whose character stands in the text font itself: name → slot.
OWN = {
    "OT1": {
        "&": 38, "%": 37, "#": 35, "textendash": 123, "textemdash": 124, "textquoteleft": 96, "textquoteright": 39,
        "textquotedblleft": 92, "textquotedblright": 34,
    },
    "T1": {
        "&": 38, "%": 37, "#": 35, "_": 95, "$": 36, "{": 123, "}": 125, "textendash": 21, "textemdash": 22,
        "textquoteleft": 96, "textquoteright": 39, "textquotedblleft": 16, "textquotedblright": 17,
        "textexclamdown": 189, "textquestiondown": 190, "textless": 60, "textgreater": 62, "textbar": 124,
        "textbackslash": 92, "textasciitilde": 126, "textasciicircum": 94,
    },
}  # fmt: skip

# Ligatures that OT1 reaches through two characters.
LIGATURES = {"textexclamdown": "!`", "textquestiondown": "?`"}

# Characters that OT1 text borrows from the maths fonts: name → shape, shape for bold text, slot.
_OML = ("OML/cmm/m/it", "OML/cmm/b/it")
_OMS = ("OMS/cmsy/m/n", "OMS/cmsy/b/n")
BORROWED = {
    "{": (*_OMS, 102),
    "}": (*_OMS, 103),
    "textbar": (*_OMS, 106),
    "textbackslash": (*_OMS, 110),
    "textless": (*_OML, 60),
    "textgreater": (*_OML, 62),
}

# Families that borrow them from other fonts than Computer Modern's.
OWN_SYMBOLS = {
    "lmr": {shape: shape.replace("cm", "lm") for shape in (*_OML, *_OMS)},
    **{family: {_OML[0]: "OML/nxlmi/m/it"} for family in ("LinuxLibertineT-TLF", "LinuxBiolinumT-TLF")},
    "ntxtlf": {_OML[0]: "OML/ntxmi/m/it"},
}

_ADOBE = frozenset({"ptm", "phv", "pcr", "ppl"})

_WITHOUT_BOLD = frozenset({"lmss", "lmtt"})

# Symbols that LaTeX takes from the text companion fonts, TS1; T1 has its own dollar and pound.
COMPANION = {
    "$": 36, "textasciigrave": 96, "textperthousand": 135, "¢": 162, "£": 163, "¥": 165, "©": 169, "®": 174, "€": 191,
}  # fmt: skip

# OT1 sets these spacing accents with `\accent` over nothing.
SPACING_ACCENTS: dict[str, dict[str, int]] = {"OT1": {"textasciitilde": 126, "textasciicircum": 94}, "T1": {}}

_OT1_LETTERS = {"æ": 26, "œ": 27, "ø": 28, "Æ": 29, "Œ": 30, "Ø": 31, "ß": 25, "ı": 16, "ȷ": 17}
# The Cork encoding from slot 128; the names of its 32 first slots are accents and punctuation.
_T1_UPPER = (
    "ĂĄĆČĎĚĘĞĹĽŁŃŇŊŐŔŘŚŠŞŤŢŰŮŸŹŽŻĲİđ§ăąćčďěęğĺľłńňŋőŕřśšşťţűůÿźžżĳ¡¿£"
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖŒØÙÚÛÜÝÞ\0àáâãäåæçèéêëìíîïðñòóôõöœøùúûüýþß"
)
_T1_LETTERS = {letter: 128 + index for index, letter in enumerate(_T1_UPPER)} | {
    "«": 19, "»": 20, "‹": 14, "›": 15, "„": 18, "‚": 13, "ı": 25, "ȷ": 26, "Đ": 208,
}  # fmt: skip

OT1_RING = 23
# Combining mark → accent slot in OT1 and T1.
_ACCENTS = {
    "\u0300": (18, 0), "\u0301": (19, 1), "\u0302": (94, 2), "\u0303": (126, 3), "\u0308": (127, 4),
    "\u030b": (125, 5), "\u030a": (23, 6), "\u030c": (20, 7), "\u0306": (21, 8), "\u0304": (22, 9), "\u0307": (95, 10),
    "\u0327": (24, 11), "\u0328": (24, 12), "\u0326": (44, 44),
}  # fmt: skip
_COMMA, _CEDILLA = "\u0326", "\u0327"
# The Latvian letters have a comma for a cedilla: above a g, and in T1 below the others.
_COMMA_LETTERS = {"OT1": frozenset(), "T1": frozenset("GKkLlNnRr")}
_OPENING_QUOTE = 96
_BELOW = frozenset("\u0327\u0328\u0326")
# LaTeX's accent commands and the marks they set, and the letters that have lost their dot.
ABOVE = {command.removeprefix("\\"): mark for mark, command in symbols.ABOVE.items()}
DOTLESS = {"\\i": "ı", "\\j": "ȷ"}
# LaTeX lays these below a letter, `\lineskip` of .25ex apart: a full stop, or the upper .2ex of a macron.
BELOW = frozenset({"d", "b"})
BELOW_SKIP, BAR_HEIGHT = 0.25, 0.2


def companion_family(family: str, name: str) -> str:
    """Return the family whose companion font LaTeX uses: only CM and Latin Modern have the backquote."""
    return "cmr" if name == "textasciigrave" and not family.startswith(("cm", "lm")) else family


def has_bold_symbols(family: str, series: str) -> bool:
    """Tell whether LaTeX borrows from the bold maths fonts for text of a family and series (`oml*.fd`, `oms*.fd`)."""
    return (series == "bx" and family not in _WITHOUT_BOLD) or (series == "b" and family in _ADOBE)


def find_slot(character: str, encoding: str) -> int | None:
    """Return where the text font holds a letter, or None."""
    if " " <= character <= "~":
        return ord(character)
    return (_T1_LETTERS if encoding == "T1" else _OT1_LETTERS).get(character)


def find_accent(letter: str, command: str, encoding: str) -> Accented | None:
    """Return how the accent `command` sets a letter from two characters, or None if the font lacks the letter."""
    slot = find_slot(letter, encoding)
    accent = _ACCENTS[ABOVE[command]][0 if encoding == "OT1" else 1]
    return None if slot is None else Accented(slot, accent, is_below=False, is_comma=False)


def find_accented(character: str, encoding: str) -> Accented | None:
    """Return how an accented letter is set that the text font does not hold, or None if it cannot be."""
    parts = unicodedata.normalize("NFD", character)
    if len(parts) < 2 or parts[1] not in _ACCENTS:  # noqa: PLR2004 - a base and a mark
        return None
    below = parts[1] in _BELOW
    # An i or j loses its dot under an accent.
    base = parts[0] if below else {"i": "ı", "j": "ȷ"}.get(parts[0], parts[0])
    if (character, encoding) == ("İ", "OT1"):
        base = "I"
    slot = find_slot(base, encoding)
    if slot is None:
        return None
    if (base, parts[1]) == ("g", _CEDILLA):
        return Accented(slot, _OPENING_QUOTE, is_below=False, is_comma=True)
    mark = _COMMA if parts[1] == _CEDILLA and base in _COMMA_LETTERS[encoding] else parts[1]
    return Accented(slot, _ACCENTS[mark][0 if encoding == "OT1" else 1], below, mark == _COMMA)
