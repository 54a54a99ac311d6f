"""Fonts as TeX knows them: which TFM LaTeX loads for a family and size, its widths, kerns and ligatures.

The data files in `metrics_data/` are read when first needed, one font at a time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

FIX = 2.0**-20
_FALLBACK_FAMILY = {"OT1": "cmr", "T1": "lmr"}
# Families whose letters are as wide as those of another one, or nearly so.
_NEAREST_FAMILY = {
    "txr": "ptm", "ntxtlf": "ptm", "ntxlf": "ptm", "qtm": "ptm", "txss": "phv", "qhv": "phv", "qcr": "pcr",
}  # fmt: skip
# The operation of a TFM ligature, TFtoPL section 13: bits "keep the current", "keep the next", then characters to pass.
_KEEP_CURRENT, _KEEP_NEXT = 2, 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Font:
    r"""A font as LaTeX names it: `\fontfamily`, `\fontencoding`, `\fontsize` in TeX pt, `\fontseries`.

    `amsmath` tells whether the document loads amsmath (or amsfonts, amssymb), which scale roots, large operators and
    delimiters with the text; LaTeX's kernel has them in one size. `frenchspacing` tells that a full stop widens no
    space; `space` is the width of a space in em where the document's class changes it, else 0.
    """

    family: str = "cmr"
    encoding: str = "OT1"
    size: float = 10.0
    series: Literal["m", "b", "bx"] = "m"
    shape: Literal["n"] = "n"
    amsmath: bool = False
    frenchspacing: bool = False
    space: float = 0.0


class Box(NamedTuple):
    """A width, height and depth in TeX pt; `italic` is the last character's italic correction."""

    width: float
    height: float
    depth: float
    italic: float = 0.0


class LoadedFont:
    """One TFM font at one size, in TeX pt."""

    __slots__ = ("_boxes", "_data", "_glyphs", "_program", "_programs", "boundary", "name", "parameters", "size")

    def __init__(self, name: str, size: float) -> None:
        data = read_data(name)
        self.name = name
        self.size = size
        self._data = data
        self._glyphs: dict[str, Any] = data["glyphs"]
        self._program: dict[str, int] = data.get("program", {})
        self._programs: list[dict[str, Any]] = data.get("programs", [])
        self._boxes: dict[int, Box | None] = {}
        self.boundary: int | None = data.get("boundary")
        slant, *others = data["parameters"]
        self.parameters: tuple[float, ...] = (slant * FIX, *(value * FIX * size for value in others))

    def parameter(self, number: int) -> float:
        r"""Return TeX's `\fontdimen`, counted from 1; those that a font lacks are zero."""
        return self.parameters[number - 1] if number <= len(self.parameters) else 0.0

    @property
    def quad(self) -> float:
        """Return the font's em."""
        return self.parameter(6)

    @property
    def x_height(self) -> float:
        """Return the font's ex."""
        return self.parameter(5)

    def box(self, code: int) -> Box | None:
        """Return the size of a character, or None if the font has no such character."""
        if code not in self._boxes:
            glyph = self._glyphs.get(str(code))
            self._boxes[code] = None if glyph is None else Box(*(value * FIX * self.size for value in glyph))
        return self._boxes[code]

    def kern(self, left: int, right: int) -> float:
        """Return the kern between two characters; 0 if there is none, or a ligature."""
        program = self._program_of(left)
        return float(program.get("k", {}).get(str(right), 0)) * FIX * self.size

    def ligature(self, left: int, right: int) -> int | None:
        """Return the character that simply replaces two others, or None."""
        operation, result = self._program_of(left).get("l", {}).get(str(right), (None, None))
        return result if operation == 0 else None

    def larger(self, code: int) -> int | None:
        """Return the next larger variant of a character (a delimiter or an accent)."""
        found: int | None = self._data.get("larger", {}).get(str(code))
        return found

    def extensible(self, code: int) -> tuple[int, int, int, int] | None:
        """Return the top, middle, bottom and repeated piece of a character built from pieces."""
        found = self._data.get("extensible", {}).get(str(code))
        return None if found is None else tuple(found)

    def run(self, codes: Sequence[int]) -> Box:
        """Return the size of characters set side by side, with kerns and ligatures.

        Follows The TeXbook's chapter 12 and TFtoPL section 13: programs run from the left, a ligature may start
        another one, and the font's boundary character stands at the end.
        """
        boxes: list[Box] = []
        pending = list(codes)
        kerns = self._left_boundary(pending)
        while pending:
            following = pending[1] if len(pending) > 1 else self.boundary
            program = self._program_of(pending[0])
            key = str(following)
            if key in program.get("l", {}):
                self._ligate(pending, program["l"][key], boxes)
                continue
            if key in program.get("k", {}):
                kerns += program["k"][key] * FIX * self.size
            self._set(pending.pop(0), boxes)
        return _side_by_side(boxes, kerns)

    def _left_boundary(self, pending: list[int]) -> float:
        program = self._program_of(-1)
        kern: int = program.get("k", {}).get(str(pending[0]), 0) if pending else 0
        return kern * FIX * self.size

    def _ligate(self, pending: list[int], step: list[int], boxes: list[Box]) -> None:
        operation, result = step
        passed, kept = operation >> 2, operation & 3
        following = pending[1:2] if len(pending) > 1 else []
        head = ([pending[0]] if kept & _KEEP_CURRENT else []) + [result]
        head += following if kept & _KEEP_NEXT else []
        pending[: 1 + len(following)] = head
        for _ in range(passed):
            self._set(pending.pop(0), boxes)

    def _program_of(self, code: int) -> dict[str, Any]:
        index = self._program.get(str(code))
        return {} if index is None else self._programs[index]

    def _set(self, code: int, boxes: list[Box]) -> None:
        box = self.box(code)
        if box is not None:
            boxes.append(box)


def _side_by_side(boxes: list[Box], kerns: float) -> Box:
    if not boxes:
        return Box(0.0, 0.0, 0.0)
    return Box(
        sum(box.width for box in boxes) + kerns,
        max(box.height for box in boxes),
        max(box.depth for box in boxes),
        boxes[-1].italic,
    )


@cache
def read_data(name: str) -> Any:
    """Return one data file, read once."""
    return json.loads(files("paperkit.tex").joinpath(f"metrics_data/{name}.json").read_text(encoding="utf-8"))


@cache
def load_tfm(name: str, size: float) -> LoadedFont:
    """Return a TFM font at a size in TeX pt."""
    return LoadedFont(name, size)


@cache
def load_shape(shape: str, size: float) -> LoadedFont | None:
    """Return the font that LaTeX loads for `encoding/family/series/shape` at a size, or None if it is not shipped.

    A size that is not declared is replaced by the nearest declared one, the smaller of two (LaTeX's fntguide, 4.4).
    """
    entries = read_data("fonts").get(shape)
    if entries is None:
        return None
    for low, high, name, scale, fixed in entries:
        if low <= size < high or low == size:
            return load_tfm(name, fixed or size * scale)
    low, _, name, scale, fixed = min(entries, key=lambda entry: (abs(entry[0] - size), entry[0]))
    return load_tfm(name, fixed or low * scale)


def is_shipped(family: str, encoding: str) -> bool:
    """Tell whether a family has metrics in an encoding, its own or those of one with the same letters."""
    families = (family, _NEAREST_FAMILY.get(family, family))
    return any(f"{encoding}/{name}/m/n" in read_data("fonts") for name in families)


class FoundFont(NamedTuple):
    """The font that stands for a `Font`: with its encoding, and notes on what was substituted."""

    loaded: LoadedFont
    encoding: str
    notes: tuple[str, ...]


@cache
def load_font(font: Font) -> FoundFont:
    """Return the text font that LaTeX uses for `font`; what is not shipped is measured as the nearest, with a note."""
    for series in _series_tried(font.series):
        found = load_shape(f"{font.encoding}/{font.family}/{series}/{font.shape}", font.size)
        if found is not None:
            note = f"no series '{font.series}' in {font.encoding}/{font.family}, measured as '{series}'"
            return FoundFont(found, font.encoding, () if series == font.series else (note,))
    encoding = font.encoding if font.encoding in _FALLBACK_FAMILY else "T1"
    if encoding != font.encoding:
        family = font.family
        note = f"no metrics for the font encoding '{font.encoding}', measured as '{encoding}'"
    else:
        family = _NEAREST_FAMILY.get(font.family, _FALLBACK_FAMILY[encoding])
        note = f"no metrics for the font family '{font.family}' in {encoding}, measured as '{family}'"
    nearest = load_font(replace(font, family=family, encoding=encoding))
    return nearest._replace(notes=(note, *nearest.notes))


def _series_tried(series: str) -> tuple[str, ...]:
    # Where LaTeX has no shape in a series it falls back to the medium one; `bx` is `b` in most font definitions.
    return {"m": ("m",), "b": ("b", "m")}.get(series, ("bx", "b", "m"))
