"""Shade: the fill of cells from their values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from paperkit.errors import AssetError, ManifestPath, PaperkitError, Problem
from paperkit.manifest.labels import Labels
from paperkit.manifest.tables import Shade
from paperkit.style.colormap import Colormap
from paperkit.style.norm import Limits, Norm, limits, positions, positions_of_many
from paperkit.style.readable import unreadable
from paperkit.tables.bar_titles import BarOf, titled
from paperkit.tables.blocks import Places, axis_of, flat_blocks
from paperkit.tables.color_bar import Goal, Legend, color_bar
from paperkit.tables.compared import compared
from paperkit.tables.format import is_number
from paperkit.tables.grid import Grid, column_of
from paperkit.tables.looks import Looks
from paperkit.tables.model import ColorBar, Fill
from paperkit.tables.printer import Printer

Fills = tuple[tuple[Fill | None, ...], ...]
Colors = str | tuple[str, ...]
# From about here on numpy is faster.
_MANY = 1000
# Cells are counted row by row.
_Values = list[float | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shading:
    """The fills of a table, in the shape of its grid, the colour bars below it, and what its author should know."""

    fills: Fills
    bars: tuple[ColorBar, ...] = ()
    notices: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Layer:
    fills: list[Fill | None]
    bars: Sequence[BarOf] = ()
    notices: Iterable[Problem] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Goals:
    """The cells where lower is better, and those of each target."""

    lower: list[int]
    targets: Mapping[float, list[int]]


def shade_fills(
    grid: Grid,
    looks: Looks,
    shades: tuple[Shade, ...],
    labels: Labels,
    path: ManifestPath,
    *,
    printer: Printer | None = None,
) -> Shading:
    """Return the fill of every cell: its value, normalised with all that it shares `within`, on its colormap.

    The first of `shades` whose `where` and `cells` fit a cell is the one that it has. Cells whose look is not shaded
    take no part; missing, infinite and non-numeric ones have no fill. Where lower is better, the colormap is read
    from its end. With a target and a linear norm, the target is at its end and what is farthest from it at its
    start. Values of another column, by `by`, know neither direction nor target. `path` is the manifest path of the
    table. The colour bars have titles if there is a `printer`.

    Raises:
        AssetError: a colormap is unknown, a label lacks the attribute that a reference names, or `vcenter` picks
            nothing, or more than one row or column to compare with.
        DataError: an expression does not fit the frame.

    """
    free = _free(looks)
    found: list[Fill | None] = [None] * len(free)
    layers: list[_Layer] = []
    for index, shade in enumerate(shades):
        own = (*path, "shade") if len(shades) == 1 else (*path, "shade", index)
        chosen = free if shade.where is None and not shade.cells else _fitting(grid, shade, free, own)
        layer = _shaded(grid, looks, shade, chosen=chosen, labels=labels, path=own)
        found = [old or new for old, new in zip(found, layer.fills, strict=True)] if layers else layer.fills
        free = [is_free and not is_taken for is_free, is_taken in zip(free, chosen, strict=True)]
        layers.append(layer)
    width = len(grid.column_keys)
    bars = [each for layer in layers for each in layer.bars]
    return Shading(
        fills=tuple(tuple(found[start : start + width]) for start in range(0, len(found), width)),
        bars=tuple(each.bar for each in bars) if printer is None else titled(bars, grid, labels, printer),
        notices=tuple(notice for layer in layers for notice in layer.notices),
    )


def _free(looks: Looks) -> list[bool]:
    # Rows that look alike share one tuple.
    known = {id(line): [look.is_shaded for look in line] for line in {id(line): line for line in looks}.values()}
    return list(chain.from_iterable(known[id(line)] for line in looks))


def _fitting(grid: Grid, shade: Shade, free: Sequence[bool], path: ManifestPath) -> list[bool]:
    mask = grid.mask(shade.where, shade.cells, (*path, "where"))
    return [fits and is_free for fits, is_free in zip(chain.from_iterable(mask), free, strict=True)]


def _shaded(
    grid: Grid, looks: Looks, shade: Shade, *, chosen: Sequence[bool], labels: Labels, path: ManifestPath
) -> _Layer:
    painter = _Painter(grid, shade, labels, path)
    values, notices = _values(grid, shade, chosen, path)
    norm = _norm(shade, painter)
    notices += _without_logarithm(values, norm, path)
    is_linear = norm.kind == "linear" and not norm.boundaries
    goals = _goals(looks, chosen, aims=is_linear) if shade.by is None else _Goals(lower=[], targets={})
    quick = _quick_positions(grid, shade, values, norm)
    blocks = flat_blocks(grid, shade.within, labels, (*path, "within")) if quick is None or goals.targets else []
    found, seen = quick or _positions(values, norm, blocks)
    if goals.targets:
        _aim(found, values, norm, goals, blocks)
    for place in goals.lower:
        position = found[place]
        found[place] = None if position is None else 1 - position
    if not seen:
        return _Layer(fills=[None] * len(found), notices=notices)
    notices += painter.notices(path, has_middle=_has_middle(shade))
    bars: Sequence[BarOf] = ()
    if shade.legend:
        legend = _legend(grid, looks, shade, values=values, norm=norm, seen=seen, goals=goals)
        bars = [
            BarOf(bar=color_bar(legend, colormap, fills), shade=shade, places=places)
            for colormap, fills, places in painter.used([place for place, is_chosen in enumerate(chosen) if is_chosen])
        ]
    return _Layer(fills=painter.painted(found), bars=bars, notices=notices)


def _values(grid: Grid, shade: Shade, chosen: Sequence[bool], path: ManifestPath) -> tuple[_Values, list[Problem]]:
    """Return what is normalised, None for cells that take no part or hold no number, and notices."""
    matrix = grid.values if shade.by is None else grid.field(shade.by)
    values = [value if value.__class__ is float else _number(value) for value in chain.from_iterable(matrix)]
    notices: list[Problem] = []
    if isinstance(shade.vcenter, str):
        differences = compared(grid, values, shade.vcenter, (*path, "vcenter"))
        alone = sum(
            is_chosen and value is not None and difference is None
            for is_chosen, value, difference in zip(chosen, values, differences, strict=True)
        )
        if alone:
            message = f"{_cells(alone)} no number to compare with, and no fill"
            notices.append(Problem(message=message, path=(*path, "vcenter")))
        values = differences
    if not all(chosen):
        values = [value if is_chosen else None for value, is_chosen in zip(values, chosen, strict=True)]
    return values, notices


def _number(value: Any) -> float | None:
    return float(value) if is_number(value) else None


def _cells(count: int) -> str:
    return "1 cell has" if count == 1 else f"{count} cells have"


def _norm(shade: Shade, painter: _Painter) -> Norm:
    return Norm(
        kind=shade.norm,
        vmin=shade.vmin,
        vmax=shade.vmax,
        vcenter=0.0 if shade.vcenter is None or isinstance(shade.vcenter, str) else shade.vcenter,
        linthresh=shade.linthresh or 1.0,
        percentiles=shade.percentiles,
        boundaries=shade.boundaries,
        colors=painter.count,
    )


def _without_logarithm(values: _Values, norm: Norm, path: ManifestPath) -> list[Problem]:
    if norm.kind != "log" or norm.boundaries:
        return []
    count = sum(value is not None and value <= 0 for value in values)
    if not count:
        return []
    message = f"{_cells(count)} no logarithm, since the value is not positive, and no fill"
    hint = "norm = 'symlog' with linthresh = 1, or what is small here, has a place for it"
    return [Problem(message=message, path=(*path, "norm"), hint=hint)]


def _has_middle(shade: Shade) -> bool:
    """Tell whether the values of a shade have a middle, such as zero, on both sides of which they lie."""
    if shade.norm in ("centered", "twoslope"):
        return True
    low, high = (shade.boundaries[0], shade.boundaries[-1]) if shade.boundaries else (shade.vmin, shade.vmax)
    return low is not None and high is not None and low < 0 < high


def _goals(looks: Looks, chosen: Sequence[bool], *, aims: bool) -> _Goals:
    lower: list[int] = []
    targets: dict[float, list[int]] = {}
    known: dict[int, list[tuple[int, float | None]]] = {}
    width = len(looks[0]) if looks else 0
    for row, line in enumerate(looks):
        if id(line) not in known:
            known[id(line)] = [
                (column, look.target if aims else None)
                for column, look in enumerate(line)
                if look.direction == "lower" or (aims and look.target is not None)
            ]
        for column, target in known[id(line)]:
            place = row * width + column
            if target is None:
                lower.append(place)
            elif chosen[place]:
                targets.setdefault(target, []).append(place)
    return _Goals(lower=lower, targets=targets)


def _quick_positions(grid: Grid, shade: Shade, values: _Values, norm: Norm) -> tuple[_Values, list[Limits]] | None:
    """Return the same as `_positions`, or None where only that knows."""
    axis = axis_of(shade.within)
    if axis is None or len(values) < _MANY:
        return None
    shape = len(grid.row_keys), len(grid.column_keys)
    return positions_of_many(values, norm, shape, None if axis == "table" else axis)


def _positions(values: _Values, norm: Norm, blocks: Sequence[Places]) -> tuple[_Values, list[Limits]]:
    """Return the position of every value, and the limits of every block that has any."""
    found: _Values = [None] * len(values)
    seen: list[Limits] = []
    for block in blocks:
        some = _part(values, block)
        ends = limits(some, norm)
        if ends is not None:
            seen.append(ends)
            _put(found, block, positions(some, norm, ends))
    return found, seen


def _aim(found: _Values, values: _Values, norm: Norm, goals: _Goals, blocks: Sequence[Places]) -> None:
    """Put the cells that have a target at 1 minus their distance from it, in units of the largest in the block."""
    for block in blocks:
        members = set(range(len(values))[block]) if isinstance(block, slice) else set(block)
        for target, places in goals.targets.items():
            inside = [place for place in places if place in members]
            ends = limits([values[place] for place in inside], norm)
            if ends is None:
                continue
            farthest = max(abs(end - target) for end in ends)
            for place in inside:
                value = values[place]
                if value is not None and norm.has_position(value):
                    found[place] = 1 - min(abs(value - target) / farthest, 1.0) if farthest else 1.0


def _part(values: _Values, block: Places) -> _Values:
    return values[block] if isinstance(block, slice) else [values[place] for place in block]


def _put(found: _Values, block: Places, part: Sequence[float | None]) -> None:
    if isinstance(block, slice):
        found[block] = part
        return
    for place, position in zip(block, part, strict=True):
        found[place] = position


def _legend(
    grid: Grid, looks: Looks, shade: Shade, *, values: _Values, norm: Norm, seen: Sequence[Limits], goals: _Goals
) -> Legend:
    numbers = [(place, value) for place, value in enumerate(values) if value is not None and norm.has_position(value)]
    lower = set(goals.lower)
    aimed = {place for places in goals.targets.values() for place in places}
    kinds: set[Goal] = {"target" if p in aimed else "lower" if p in lower else "higher" for p, _ in numbers}
    row, column = divmod(numbers[0][0], len(grid.column_keys))
    ends = seen[0] if len(set(seen)) == 1 else None
    return Legend(
        shade=shade,
        limits=ends,
        goals=frozenset(kinds),
        targets=tuple(goals.targets),
        look=looks[row][column] if shade.by is None else None,
        metric=grid.metric(row, column) if shade.by is None else "",
        is_below=ends is not None and any(value < ends[0] for _, value in numbers),
        is_above=ends is not None and any(value > ends[1] for _, value in numbers),
        norm=norm,
    )


class _Painter:
    """The colormaps of a shade: one, or one for each label of a variable of the rows or columns."""

    def __init__(self, grid: Grid, shade: Shade, labels: Labels, path: ManifestPath) -> None:
        self._width = len(grid.column_keys)
        self._is_row = True
        colormap = shade.colormap
        self._colors: Sequence[Colors] = (colormap,) * len(grid.row_keys)
        self._is_one = True
        if isinstance(colormap, str) and "." in colormap and column_of(colormap) in grid.variables:
            self._is_one = False
            self._is_row, names = grid.reference(colormap, labels, (*path, "colormap"))
            self._colors = tuple(map(str, names))
        self._found = _colormaps(dict.fromkeys(self._colors), shade, (*path, "colormap"))

    @property
    def count(self) -> int:
        """Return the number of colours that a position can have."""
        return len(next(iter(self._found.values()))[0].colors)

    def used(self, chosen: Sequence[int]) -> Iterator[tuple[Colormap, Sequence[Fill], Sequence[int]]]:
        """Yield every colormap that any of the `chosen` positions has, the fills of its colours, and these."""
        places: dict[Colors, list[int]] = {}
        for place in chosen:
            row, column = divmod(place, self._width)
            places.setdefault(self._colors[row if self._is_row else column], []).append(place)
        for colors, (colormap, fills) in self._found.items():
            if colors in places:
                yield colormap, fills, places[colors]

    def notices(self, path: ManifestPath, *, has_middle: bool) -> list[Problem]:
        """Return what some readers cannot tell apart on the colormaps."""
        return [
            problem.under((*path, "colormap"))
            for colors, (colormap, _) in self._found.items()
            for problem in unreadable(
                colormap, name=colors if isinstance(colors, str) else ", ".join(colors), has_middle=has_middle
            )
        ]

    def painted(self, found: Sequence[float | None]) -> list[Fill | None]:
        """Return the fill for every position."""
        if self._is_one:
            return _filled(found, *self._found[self._colors[0]])
        fills: list[Fill | None] = [None] * len(found)
        for index, colors in enumerate(self._colors):
            start = index * self._width
            part = slice(start, start + self._width) if self._is_row else slice(index, None, self._width)
            fills[part] = _filled(found[part], *self._found[colors])
        return fills


def _filled(found: Sequence[float | None], colormap: Colormap, fills: Sequence[Fill]) -> list[Fill | None]:
    levels = colormap.levels(found)
    known = {level: None if level is None else fills[level] for level in set(levels)}
    return list(map(known.__getitem__, levels))


def _colormaps(
    names: Iterable[Colors], shade: Shade, path: ManifestPath
) -> dict[Colors, tuple[Colormap, tuple[Fill, ...]]]:
    found: dict[Colors, tuple[Colormap, tuple[Fill, ...]]] = {}
    problems: list[Problem] = []
    for colors in names:
        try:
            found[colors] = _fills(colors, shade.levels, shade.part or (0.0, 1.0))
        except PaperkitError as error:
            problems += [problem.under(path) for problem in error.problems]
    if problems:
        raise AssetError(*problems)
    return found


@lru_cache(maxsize=64)
def _fills(colors: Colors, levels: int | None, part: tuple[float, float]) -> tuple[Colormap, tuple[Fill, ...]]:
    colormap = Colormap(colors, levels=levels, part=part)
    return colormap, tuple(
        Fill(colormap=colormap.name, level=level, rgb=rgb) for level, rgb in enumerate(colormap.colors)
    )
