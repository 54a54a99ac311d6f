"""Series: what one line goes through, by hue, style and unit, and how it is smoothed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from paperkit.figures.encoding import PanelData
from paperkit.figures.estimates import Estimate
from paperkit.manifest.model import Scalar


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """The values at each place (and its rank) of one level of hue and style, and the points of each unit alone."""

    hue: int
    style: int
    values: tuple[tuple[float, tuple[float, ...]], ...]
    ranks: tuple[int, ...]
    units: tuple[tuple[tuple[float, float], ...], ...]


def series_of(data: PanelData) -> Iterator[Series]:
    """Yield what each line goes through, from left to right; without `units` all points are of one unit."""
    ranks = {level.value: rank for rank, level in enumerate(data.style)}
    for hue in range(max(len(data.hue), 1)):
        found: dict[int, dict[int, list[float]]] = {}
        units: dict[int, dict[Scalar | None, list[tuple[float, float]]]] = {}
        for group in data.of_hue(hue):
            place, none = data.place(group.x), (None,) * len(group.values)
            beside = zip(group.values, group.extras.get("style", none), group.extras.get("units", none), strict=True)
            for value, level, unit in beside:
                style = 0 if level is None else ranks[level]
                found.setdefault(style, {}).setdefault(group.x, []).append(value)
                units.setdefault(style, {}).setdefault(unit, []).append((place, value))
        for style, cells in sorted(found.items()):
            yield Series(
                hue=hue,
                style=style,
                values=tuple((data.place(rank), tuple(values)) for rank, values in cells.items()),
                ranks=tuple(cells),
                units=tuple(tuple(points) for points in units[style].values()),
            )


def moving_average(values: Sequence[float], weight: float) -> tuple[float, ...]:
    """Return the exponential moving average of `values`, which starts without a bias, as TensorBoard's does.

    Each is weight * the one before + (1 - weight) * the value, divided by 1 - weight ** (how many there are so far)
    (Kingma and Ba, "Adam", 2015, section 3).

    >>> moving_average([1.0, 1.0, 4.0], 0.5)
    (1.0, 1.0, 2.7142857142857144)
    """
    found: list[float] = []
    last = 0.0
    for count, value in enumerate(values, start=1):
        last = weight * last + (1 - weight) * value
        found.append(last / (1 - weight**count))
    return tuple(found)


def smoothed(found: Sequence[Estimate], weight: float) -> tuple[Estimate, ...]:
    """Return estimates whose centres and ends are moving averages; a gap of the ends stays one."""
    centers = moving_average([one.center for one in found], weight)
    ends = [one.ends for one in found if one.ends is not None]
    lows, highs = (iter(moving_average([pair[side] for pair in ends], weight)) for side in (0, 1))
    return tuple(
        replace(one, center=center)
        if one.ends is None
        else replace(one, center=center, low=next(lows), high=next(highs))
        for one, center in zip(found, centers, strict=True)
    )
