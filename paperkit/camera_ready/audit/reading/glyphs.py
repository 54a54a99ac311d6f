"""How wide a font's codes are and what they say: enough to know where a text begins and ends, and to name it."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from paperkit.camera_ready.audit.reading.objects import number, numbers
from paperkit.camera_ready.audit.reading.streams import decoded

if TYPE_CHECKING:
    import pikepdf

_TYPICAL = 500.0
_MOST_CODES = 70_000
_RANGE = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]+)>\s*(?:<([0-9A-Fa-f\s]+)>|\[((?:[^\]]){0,100000})\])")
_CHAR = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]+)>")
_SECTION = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
_HEX = re.compile(rb"<([0-9A-Fa-f\s]*)>")
# Of the names in `/Differences`, those that text shown to an author is made of.
_NAMES = {
    "space": " ", "hyphen": "-", "period": ".", "comma": ",", "question": "?", "colon": ":", "percent": "%",
    "parenleft": "(", "parenright": ")", "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8", "nine": "9", "minus": "−", "underscore": "_", "slash": "/", "ff": "ff",
    "fi": "fi", "fl": "fl", "ffi": "ffi", "ffl": "ffl", "endash": "–", "quoteright": "’", "equal": "=", "plus": "+",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Glyphs:
    """A font as text needs it: bytes for each code, widths in text space for a size of 1, characters of codes."""

    step: int = 1
    widths: dict[int, float] = field(default_factory=dict)
    default: float = _TYPICAL / 1000
    characters: dict[int, str] = field(default_factory=dict)

    def codes(self, text: bytes) -> list[int]:
        """Return the codes of a shown string."""
        if self.step == 1:
            return list(text)
        return [int.from_bytes(text[at : at + 2], "big") for at in range(0, len(text), 2)]

    def read(self, codes: list[int]) -> str:
        """Return what the codes say, `\N{REPLACEMENT CHARACTER}` for what the font does not tell."""
        return "".join(self.characters.get(code, "�") for code in codes)


def load_glyphs(font: pikepdf.Object) -> Glyphs:
    """Return the widths and characters of a font dictionary; what is missing or broken gets typical widths."""
    import pikepdf

    characters = _from_unicode(font.get("/ToUnicode"))
    subtype = str(font.get("/Subtype", ""))
    if subtype == "/Type0":
        descendants = font.get("/DescendantFonts")
        inner = descendants[0] if isinstance(descendants, pikepdf.Array) and len(descendants) else font
        default = number(inner.get("/DW"), 1000.0) / 1000
        return Glyphs(step=2, widths=_cid_widths(inner.get("/W")), default=default, characters=characters)
    scale = 0.001
    if subtype == "/Type3":
        matrix = numbers(font.get("/FontMatrix"), 6)
        scale = abs(matrix[0]) if matrix else scale
    first = int(number(font.get("/FirstChar"), 0.0))
    listed = font.get("/Widths")
    given = list(listed)[:256] if isinstance(listed, pikepdf.Array) else []
    widths = {first + at: number(width, _TYPICAL) * scale for at, width in enumerate(given)}
    descriptor = font.get("/FontDescriptor")
    missing = number(descriptor.get("/MissingWidth"), 0.0) if isinstance(descriptor, pikepdf.Dictionary) else 0.0
    default = missing * scale if widths else _TYPICAL / 1000
    return Glyphs(widths=widths, default=default, characters={**_from_encoding(font), **characters})


def _from_encoding(font: pikepdf.Object) -> dict[int, str]:
    """Return the characters of a simple font: ASCII, but for what its encoding puts elsewhere."""
    import pikepdf

    characters = {code: chr(code) for code in range(32, 127)}
    encoding = font.get("/Encoding")
    differences = encoding.get("/Differences") if isinstance(encoding, pikepdf.Dictionary) else None
    code = 0
    for entry in list(differences)[:600] if isinstance(differences, pikepdf.Array) else []:
        if isinstance(entry, pikepdf.Name):
            name = str(entry)[1:]
            characters[code] = name if len(name) == 1 else _NAMES.get(name, "�")
            code += 1
        else:
            code = int(number(entry, 0.0))
    return characters


def _cid_widths(given: Any) -> dict[int, float]:
    """Return widths from `/W`: `c [w1 w2 …]` or `first last w`."""
    import pikepdf

    widths: dict[int, float] = {}
    entries = list(given)[:_MOST_CODES] if isinstance(given, pikepdf.Array) else []
    at = 0
    while at + 1 < len(entries) and len(widths) < _MOST_CODES:
        first = int(number(entries[at], 0.0))
        second = entries[at + 1]
        if isinstance(second, pikepdf.Array):
            widths.update({first + i: number(width, _TYPICAL) / 1000 for i, width in enumerate(list(second))})
            at += 2
        elif at + 2 < len(entries):
            last = min(int(number(second, 0.0)), first + _MOST_CODES)
            width = number(entries[at + 2], _TYPICAL) / 1000
            widths.update(dict.fromkeys(range(first, last + 1), width))
            at += 3
        else:
            break
    return widths


def _from_unicode(stream: Any) -> dict[int, str]:
    """Return the characters of a `/ToUnicode` map; a broken one tells what it can."""
    import pikepdf

    if not isinstance(stream, pikepdf.Stream):
        return {}
    try:
        data = decoded(stream, 4 * 1024 * 1024)
    except Exception:  # noqa: BLE001 - whatever is wrong with a map of names, the glyphs are where they are
        return {}
    characters: dict[int, str] = {}
    for section in _SECTION.finditer(data):
        if section[1] == b"bfchar":
            for code, text in _CHAR.findall(section[2]):
                characters[_code(code)] = _text(text)
        else:
            for first, last, text, several in _RANGE.findall(section[2]):
                _range(characters, _code(first), _code(last), text, several)
        if len(characters) > _MOST_CODES:
            break
    return characters


def _range(characters: dict[int, str], first: int, last: int, text: bytes, several: bytes) -> None:
    last = min(last, first + _MOST_CODES)
    if several:
        for code, one in zip(range(first, last + 1), _HEX.findall(several), strict=False):
            characters[code] = _text(one)
        return
    start = _text(text)
    for code in range(first, last + 1) if start else ():
        point = ord(start[-1]) + code - first
        characters[code] = start[:-1] + (chr(point) if point <= sys.maxunicode else "�")


def _code(digits: bytes) -> int:
    return int(b"".join(digits.split())[:8] or b"0", 16)


def _text(digits: bytes) -> str:
    clean = b"".join(digits.split())[:64]
    return bytes.fromhex((clean + b"0" * (len(clean) % 2)).decode()).decode("utf-16-be", errors="replace")
