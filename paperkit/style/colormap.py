"""Colormaps: [0, 1] → colour, by matplotlib's names, without importing matplotlib for those it ships."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files

from paperkit.errors import ManifestError, Problem, did_you_mean
from paperkit.style import palette

RGB = tuple[int, int, int]

# The table of a list of colours is as long as that of matplotlib's LinearSegmentedColormap.from_list.
_ENTRIES = 256
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
# A list of more colours than that is named by its ends and a digest.
_NAMED_COLORS = 3
_TOO_SHORT = Problem(message="a colormap goes through two colours or more", hint="such as ['white', 'tab:blue']")


class Colormap:
    """A colormap as a table of 8-bit colours, or a `part` of it, in all its colours or only in `levels` of them.

    `colors` is a name of matplotlib's or a list of colours to go through, evenly and in sRGB. `part` is where on
    the whole colormap 0 and 1 are. Levels are spread evenly from the first to the last colour of the part; they are
    entries of the table, so that an entry means one colour however much of a colormap is used.

    Raises:
        ManifestError: there is no colormap of this name; or a colour of the list is not one, or it has less than two.

    >>> Colormap("Reds").rgb(0.0)
    (255, 245, 240)
    >>> Colormap("Reds").level(1.0), Colormap("Reds", levels=3).used, Colormap("Reds", part=(0, 0.5)).level(1.0)
    (255, (0, 128, 255), 128)
    >>> Colormap(["white", "#ff0000"]).name
    'FFFFFFtoFF0000'

    """

    __slots__ = ("_count", "_entries", "_first", "_span", "colors", "name")

    def __init__(
        self,
        colors: str | Sequence[str],
        *,
        levels: int | None = None,
        part: tuple[float, float] = (0.0, 1.0),
    ) -> None:
        if isinstance(colors, str):
            self.name, self.colors = colors, _colors(colors)
        else:
            self.name, self.colors = _list_name(tuple(colors)), _between(tuple(colors))
        first, last = part
        entries = range(len(self.colors)) if levels is None else _spread(first, last, levels, len(self.colors))
        self._count = len(entries)
        # Position 1 belongs to the last entry.
        self._entries: tuple[int, ...] = (*entries, entries[-1])
        self._first, self._span = (first, last - first) if levels is None else (0.0, 1.0)

    @property
    def used(self) -> tuple[int, ...]:
        """Return the entries of the table that positions can have, from position 0 to position 1."""
        entries = self._entries[:-1]
        return entries[self._place(0.0) : self._place(1.0) + 1]

    def level(self, position: float) -> int:
        """Return the entry in the table for a `position` in [0, 1]; outside it, the nearer end.

        matplotlib cuts [0, 1] into as many equal steps as the table has entries and gives 1 to the last.
        """
        return self._entries[self._place(min(max(position, 0.0), 1.0))]

    def levels(self, positions: Iterable[float | None]) -> list[int | None]:
        """Return the entry for every position, all of them in [0, 1], and None for None."""
        first, span, count, entries = self._first, self._span, self._count, self._entries
        if (first, span) == (0.0, 1.0):
            # The same as below: tables shade tens of thousands of cells, nearly all by the whole colormap.
            return [None if position is None else entries[int(position * count)] for position in positions]
        return [None if position is None else entries[int((first + position * span) * count)] for position in positions]

    def rgb(self, position: float) -> RGB:
        """Return the 8-bit red, green and blue of `matplotlib.colormaps[name](position)`, rounded to nearest."""
        return self.colors[self.level(position)]

    def _place(self, position: float) -> int:
        return min(int((self._first + position * self._span) * self._count), self._count - 1)


def colormap_problems(colors: str | Sequence[str]) -> tuple[Problem, ...]:
    """Return what is wrong with a name, or with a list of colours to go through.

    >>> [problem.message for problem in colormap_problems(["whit", "red"])]
    ["unknown colour 'whit', did you mean 'white'?"]
    """
    if isinstance(colors, str):
        return () if is_colormap(colors) else (unknown_colormap(colors),)
    wrong = palette.problems(colors)
    is_short = not wrong and len(colors) <= 1 and not any(map(_is_several, colors))
    return (_TOO_SHORT,) if is_short else wrong


def _is_several(color: str) -> bool:
    return color in palette.LISTED or ".." in color


def _spread(first: float, last: float, levels: int, count: int) -> list[int]:
    step = (last - first) / (levels - 1)
    places = [*(first + index * step for index in range(levels - 1)), last]
    return [min(int(place * count), count - 1) for place in places]


def _list_name(colors: tuple[str, ...]) -> str:
    """Return a name of letters and digits that no other list has and no colormap of matplotlib."""
    codes = ["{:02X}{:02X}{:02X}".format(*color) for color in _parsed(colors)]
    if len(codes) <= _NAMED_COLORS:
        return "to".join(codes)
    return f"{codes[0]}to{codes[-1]}by{sha256(''.join(codes).encode()).hexdigest()[:6]}"


@cache
def _parsed(colors: tuple[str, ...]) -> tuple[RGB, ...]:
    wrong = colormap_problems(colors)
    if wrong:
        raise ManifestError(*wrong)
    if all(map(_HEX.fullmatch, colors)):
        return tuple((int(code[1:3], 16), int(code[3:5], 16), int(code[5:], 16)) for code in colors)
    found = tuple(_rounded(color) for color in palette.colors(colors))
    if len(found) == 1:
        raise ManifestError(_TOO_SHORT)
    return found


@cache
def _between(colors: tuple[str, ...]) -> tuple[RGB, ...]:
    """Return the table of LinearSegmentedColormap.from_list."""
    stops = _parsed(colors)
    scaled = [entry / (_ENTRIES - 1) * (len(stops) - 1) for entry in range(_ENTRIES)]
    table: list[RGB] = []
    for place in scaled:
        before = min(int(place), len(stops) - 2)
        share = place - before
        table.append(_mixed(stops[before], stops[before + 1], share))
    return tuple(table)


def _mixed(one: RGB, other: RGB, share: float) -> RGB:
    red, green, blue = (round(here + share * (there - here)) for here, there in zip(one, other, strict=True))
    return red, green, blue


def _rounded(color: Sequence[float]) -> RGB:
    red, green, blue = (round(255 * channel) for channel in color)
    return red, green, blue


@cache
def colormap_names() -> tuple[str, ...]:
    """Return the names of matplotlib's own colormaps, reversed ones (`Reds_r`) included, sorted."""
    return tuple(sorted({name for known in _tables() for name in (known, _reversed(known))}))


def is_colormap(name: str) -> bool:
    """Tell whether `name` is a colormap; only an unlisted name costs an import of matplotlib."""
    return name in colormap_names() or _registered(name) is not None


def unknown_colormap(name: str) -> Problem:
    """Return the problem of a name that is no colormap."""
    close = did_you_mean(name, colormap_names())
    hint = None if close else "any name of matplotlib.colormaps, such as 'Blues' or 'viridis'"
    return Problem(message=f"unknown colormap '{name}'{close}", hint=hint)


@cache
def _colors(name: str) -> tuple[RGB, ...]:
    tables = _tables()
    if name in tables:
        return _decode(tables[name])
    if _reversed(name) in tables:
        return _decode(tables[_reversed(name)])[::-1]
    found = _registered(name)
    if found is None:
        raise ManifestError(unknown_colormap(name))
    return found


def _reversed(name: str) -> str:
    return name.removesuffix("_r") if name.endswith("_r") else f"{name}_r"


def _decode(table: str) -> tuple[RGB, ...]:
    channels = bytes.fromhex(table)
    return tuple(zip(channels[::3], channels[1::3], channels[2::3], strict=True))


@cache
def _tables() -> dict[str, str]:
    # The file is written by scripts/extract_colormaps.py: `NAME HEX…`, or `NAME = OTHER` for a second name.
    text = files("paperkit.style").joinpath("colormaps.txt").read_text(encoding="ascii")
    rows = [line.split(" ") for line in text.splitlines()]
    tables = {row[0]: row[1] for row in rows if row[1] != "="}
    return tables | {row[0]: tables[row[2]] for row in rows if row[1] == "="}


def _registered(name: str) -> tuple[RGB, ...] | None:
    # Slow path: a colormap of a newer matplotlib, or one that a package registered.
    from matplotlib import colormaps

    if name not in colormaps:
        return None
    colormap = colormaps[name]
    entries = colormap(range(colormap.N))
    return tuple(_rounded(color[:3]) for color in entries.tolist())
