"""Palettes: n → colours, from slices of listed colormaps, named colours and hexadecimal."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from paperkit.errors import AssetError, ManifestPath, Problem, did_you_mean
from paperkit.style import families
from paperkit.style.families import sequence

Rgb = families.Rgb

# The listed (qualitative) colormaps of matplotlib >= 3.9 and their lengths, written down so that a manifest
# can be checked without importing matplotlib; a test compares them with the library.
LISTED = {
    "Accent": 8,
    "Dark2": 8,
    "Paired": 12,
    "Pastel1": 9,
    "Pastel2": 8,
    "Set1": 9,
    "Set2": 8,
    "Set3": 12,
    "tab10": 10,
    "tab20": 20,
    "tab20b": 20,
    "tab20c": 20,
}
# CSS Color Module Level 4, section 6.1.
CSS4 = frozenset(
    """
    aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown
    burlywood cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan darkblue darkcyan
    darkgoldenrod darkgray darkgreen darkgrey darkkhaki darkmagenta darkolivegreen darkorange darkorchid
    darkred darksalmon darkseagreen darkslateblue darkslategray darkslategrey darkturquoise darkviolet
    deeppink deepskyblue dimgray dimgrey dodgerblue firebrick floralwhite forestgreen fuchsia gainsboro
    ghostwhite gold goldenrod gray green greenyellow grey honeydew hotpink indianred indigo ivory khaki
    lavender lavenderblush lawngreen lemonchiffon lightblue lightcoral lightcyan lightgoldenrodyellow
    lightgray lightgreen lightgrey lightpink lightsalmon lightseagreen lightskyblue lightslategray
    lightslategrey lightsteelblue lightyellow lime limegreen linen magenta maroon mediumaquamarine
    mediumblue mediumorchid mediumpurple mediumseagreen mediumslateblue mediumspringgreen mediumturquoise
    mediumvioletred midnightblue mintcream mistyrose moccasin navajowhite navy oldlace olive olivedrab
    orange orangered orchid palegoldenrod palegreen paleturquoise palevioletred papayawhip peachpuff peru
    pink plum powderblue purple rebeccapurple red rosybrown royalblue saddlebrown salmon sandybrown
    seagreen seashell sienna silver skyblue slateblue slategray slategrey snow springgreen steelblue tan
    teal thistle tomato turquoise violet wheat white whitesmoke yellow yellowgreen
    """.split()  # noqa: SIM905 - 148 quoted names would fill two pages
)
TABLEAU = frozenset(
    f"tab:{name}" for name in ("blue", "orange", "green", "red", "purple", "brown", "pink", "gray", "olive", "cyan")
)
LETTERS = frozenset("bgrcmykw")

_SLICE = re.compile(r"(?P<name>[^:.#\s]+):(?P<first>\d+)(?:\.\.(?P<last>\d+))?")
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_FORMS = 'a colour is a name ("grey"), hexadecimal ("#1f77b4"), a colormap ("tab10") or a slice of one ("tab20c:10..8")'


@dataclass(frozen=True, kw_only=True, slots=True)
class _Slice:
    """Entries `first` to `last` of a listed colormap, both included, in either direction."""

    name: str
    first: int
    last: int

    @property
    def entries(self) -> range:
        step = 1 if self.first <= self.last else -1
        return range(self.first, self.last + step, step)


def problems(specs: Sequence[str], *, path: ManifestPath = ()) -> tuple[Problem, ...]:
    """Return what is wrong with the colours `specs`, without importing matplotlib.

    >>> [problem.message for problem in problems(["tab20d:10..8"])]
    ["unknown colormap 'tab20d', did you mean 'tab20'?"]
    """
    found = ((index, _problem(spec)) for index, spec in enumerate(specs))
    return tuple(problem.under((*path, index)) for index, problem in found if problem is not None)


def color_problems(color: str, path: ManifestPath) -> tuple[Problem, ...]:
    """Return what is wrong with one colour, which stands at `path`."""
    return tuple(replace(problem, path=path) for problem in problems([color]))


def colors(specs: Sequence[str], *, lighten: float = 1.0, path: ManifestPath = ()) -> tuple[Rgb, ...]:
    """Return the colours of `specs`, each channel in 0…1; `lighten` multiplies the channels and clips them to 1.

    Raises:
        AssetError: a colour is not one; every such colour is named.

    >>> colors(["#ff8000"], lighten=1.5)
    ((1.0, 0.7529411764705882, 0.0),)
    """
    wrong = problems(specs, path=path)
    if wrong:
        raise AssetError(*wrong)
    return tuple(lightened(color, lighten) for spec in specs for color in _expand(spec))


def pick(specs: Sequence[str], count: int, *, lighten: float = 1.0, path: ManifestPath = ()) -> tuple[Rgb, ...]:
    """Return the first `count` colours of `specs`.

    Raises:
        AssetError: a colour is not one, or there are fewer than `count`.

    """
    return _at_least(colors(specs, lighten=lighten, path=path), count, path)[:count]


def default_colors(count: int) -> tuple[Rgb, ...]:
    """Return `count` colours for an author who chose none: the first of the shipped sequence.

    Raises:
        AssetError: there are fewer than `count`.

    """
    return ranked_colors(range(count))


def ranked_colors(ranks: Sequence[int], *, taken: Sequence[Rgb] = (), path: ManifestPath = ()) -> tuple[Rgb, ...]:
    """Return the default colour of each rank, whatever other ranks there are; no two share one.

    Colours that are `taken` are left out, as long as there are enough others.

    Raises:
        AssetError: there are fewer colours than ranks.

    """
    seen = {_rounded(color) for color in taken}
    free = tuple(color for color in sequence() if _rounded(color) not in seen)
    free = free if len(free) >= len(ranks) else _at_least(sequence(), len(ranks), path)
    return tuple(free[slot] for slot in slots(ranks, len(free)))


def _at_least(found: tuple[Rgb, ...], count: int, path: ManifestPath) -> tuple[Rgb, ...]:
    if len(found) < count:
        short = Problem(
            message=f"{len(found)} colours for {count} values of the hue",
            path=path,
            hint="add colours, or leave values out with 'hue_order' or 'where'",
        )
        raise AssetError(short)
    return found


def slots(ranks: Sequence[int], count: int) -> tuple[int, ...]:
    """Return which of `count` choices each rank takes: its own, or the next one that no other has.

    What a rank below `count` takes does not depend on the other ranks. More ranks than choices share them.

    >>> slots([0, 2, 5], 3), slots([0, 1, 2, 3], 3)
    ((0, 2, 1), (0, 1, 2, 0))
    """
    if len(ranks) > count:
        return tuple(rank % count for rank in range(len(ranks)))
    taken: dict[int, int] = {}
    for rank in sorted(ranks):
        own = next(slot % count for slot in range(rank, rank + count) if slot % count not in taken.values())
        taken[rank] = own
    return tuple(taken[rank] for rank in ranks)


def _rounded(color: Rgb) -> tuple[int, ...]:
    return tuple(round(255 * channel) for channel in color)


def are_same(one: Rgb, other: Rgb) -> bool:
    """Tell whether two colours are the same with 8 bits for each channel.

    >>> are_same((1.0, 0.5, 0.0), (1.0, 0.5001, 0.0))
    True
    """
    return _rounded(one) == _rounded(other)


def desaturate(color: Rgb, saturation: float) -> Rgb:
    """Return `color` with its HLS saturation multiplied by `saturation` (0…1), as seaborn fills its boxes.

    >>> desaturate((1.0, 0.0, 0.0), 0.5)
    (0.75, 0.25, 0.25)
    """
    if saturation == 1:
        return color
    hue, lightness, old = colorsys.rgb_to_hls(*color)
    return colorsys.hls_to_rgb(hue, lightness, old * saturation)


def line_gray(fills: Sequence[Rgb]) -> Rgb:
    """Return the grey of the lines that seaborn draws over `fills`: 0.6 of the least HLS lightness among them."""
    gray = 0.6 * min(colorsys.rgb_to_hls(*fill)[1] for fill in fills)
    return (gray, gray, gray)


def _problem(spec: str) -> Problem | None:
    slice_ = _slice(spec)
    if slice_ is None:
        return None if _is_color(spec) else _unknown_color(spec)
    length = LISTED.get(slice_.name)
    if length is None:
        close = did_you_mean(slice_.name, LISTED)
        hint = None if close else f"listed colormaps: {', '.join(sorted(LISTED))}"
        return Problem(message=f"unknown colormap '{slice_.name}'{close}", hint=hint)
    if max(slice_.first, slice_.last) >= length:
        return Problem(message=f"'{slice_.name}' has entries 0 to {length - 1}, '{spec}' goes beyond")
    return None


def _unknown_color(spec: str) -> Problem:
    close = did_you_mean(spec, [*CSS4, *TABLEAU, *LISTED])
    return Problem(message=f"unknown colour '{spec}'{close}", hint=None if close else _FORMS)


def _is_color(spec: str) -> bool:
    return bool(_HEX.fullmatch(spec)) or spec in LETTERS or spec.lower() in CSS4 or spec.lower() in TABLEAU


def _slice(spec: str) -> _Slice | None:
    if spec in LISTED:
        return _Slice(name=spec, first=0, last=LISTED[spec] - 1)
    match = _SLICE.fullmatch(spec)
    if match is None:
        return None
    first = int(match["first"])
    return _Slice(name=match["name"], first=first, last=first if match["last"] is None else int(match["last"]))


def _expand(spec: str) -> tuple[Rgb, ...]:
    from matplotlib import colormaps
    from matplotlib.colors import to_rgb

    slice_ = _slice(spec)
    if slice_ is None:
        return (_plain(to_rgb(spec)),)
    listed = colormaps[slice_.name]
    return tuple(_plain(listed(entry)) for entry in slice_.entries)


def _plain(color: Sequence[float]) -> Rgb:
    red, green, blue = (float(channel) for channel in color[:3])
    return (red, green, blue)


def lightened(color: Rgb, factor: float) -> Rgb:
    """Return `color` with its channels times `factor`, clipped to 1."""
    red, green, blue = (min(1.0, channel * factor) for channel in color)
    return (red, green, blue)
