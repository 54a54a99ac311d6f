"""Colormaps: [0, 1] → colour, by matplotlib's names, without importing matplotlib for those it ships."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from paperkit.errors import ManifestError, Problem, did_you_mean

RGB = tuple[int, int, int]


class Colormap:
    """A matplotlib colormap as its table of 8-bit colours.

    Raises:
        ManifestError: neither paperkit's list nor matplotlib has a colormap of this name.

    >>> Colormap("Reds").rgb(0.0)
    (255, 245, 240)
    >>> Colormap("Reds").level(1.0)
    255

    """

    __slots__ = ("_colors", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self._colors = _colors(name)

    @property
    def colors(self) -> tuple[RGB, ...]:
        """Return the whole table."""
        return self._colors

    def level(self, position: float) -> int:
        """Return the index in the table for a `position` in [0, 1]; outside it, the nearer end.

        matplotlib cuts [0, 1] into as many equal steps as the table has entries and gives 1 to the last.
        """
        count = len(self._colors)
        level = int(position * count)
        return level if 0 <= level < count else 0 if level < 0 else count - 1

    def rgb(self, position: float) -> RGB:
        """Return the 8-bit red, green and blue of `matplotlib.colormaps[name](position)`, rounded to nearest."""
        return self._colors[self.level(position)]


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
    return tuple((round(255 * red), round(255 * green), round(255 * blue)) for red, green, blue, _ in entries.tolist())
