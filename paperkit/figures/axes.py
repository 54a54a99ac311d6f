"""The axes of a panel: scales, limits, ticks, labels, spines and reference lines, in matplotlib's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paperkit.errors import AssetError, ManifestPath, Problem
from paperkit.figures.encoding import PanelData
from paperkit.figures.text import marked
from paperkit.manifest import model
from paperkit.style.palette import colors

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HALF_SLOT = 0.5


def set_up(axes: Axes, spec: model.PanelSpec, data: PanelData, *, path: ManifestPath) -> None:
    """Set everything about the axes that does not depend on what the mark drew; call it after the mark.

    Raises:
        AssetError: tick labels do not fit the ticks, or a reference line has no place.

    """
    options = spec.axes
    if options.xscale is not None:
        axes.set_xscale(options.xscale)
    if options.yscale is not None:
        axes.set_yscale(options.yscale)
    _set_limits(axes, options, data)
    _set_x_ticks(axes, options, data, path=(*path, "axes", "xticklabels"))
    _set_y_ticks(axes, options)
    _set_labels(axes, spec, data)
    if options.despine:
        axes.spines[["top", "right"]].set_visible(False)
    if options.grid is not None:
        axes.grid(visible=True, axis=options.grid)
    _draw_reference_lines(axes, spec, path)


def _set_limits(axes: Axes, options: model.Axes, data: PanelData) -> None:
    axes.autoscale_view()
    if options.margins is None:
        axes.set_xlim(-_HALF_SLOT, max(len(data.x), 1) - _HALF_SLOT)
    else:
        axes.margins(x=options.margins)
    if options.xlim is not None:
        axes.set_xlim(*options.xlim)
    if options.ylim is not None:
        axes.set_ylim(*options.ylim)


def _set_x_ticks(axes: Axes, options: model.Axes, data: PanelData, *, path: ManifestPath) -> None:
    if options.xticks == "none":
        axes.set_xticks([])
        return
    if options.xticks == "center":
        places: tuple[float, ...] = ((len(data.x) - 1) / 2,)
    elif options.xticks is None:
        places = tuple(float(slot) for slot in range(len(data.x)))
    else:
        places = options.xticks
    texts = _tick_texts(options, data, places, path=path)
    axes.set_xticks(places, labels=texts)


def _tick_texts(
    options: model.Axes, data: PanelData, places: tuple[float, ...], *, path: ManifestPath
) -> tuple[str, ...]:
    wanted = options.xticklabels
    if isinstance(wanted, str):
        if options.xticks == "center":
            return (_common(tuple(text for texts in data.ticks for text in texts), wanted, path),)
        return tuple(_common(data.ticks[slot], wanted, path) for slot in _slots(places, data))
    if wanted is None:
        names = {float(slot): level.text for slot, level in enumerate(data.x)}
        return tuple("" if options.xticks == "center" else names.get(place, f"{place:g}") for place in places)
    if len(wanted) != len(places):
        raise AssetError(Problem(message=f"{len(wanted)} tick labels for {len(places)} ticks", path=path))
    return tuple(marked(text) for text in wanted)


def _slots(places: tuple[float, ...], data: PanelData) -> tuple[int, ...]:
    return tuple(min(max(round(place), 0), len(data.x) - 1) for place in places)


def _common(texts: tuple[str, ...], column: str, path: ManifestPath) -> str:
    distinct = tuple(dict.fromkeys(texts))
    if len(distinct) > 1:
        several = Problem(
            message=f"'{column}' has {len(distinct)} values at one tick: {', '.join(map(repr, distinct[:3]))}",
            path=path,
            hint="name a column with one value there, or write the labels as a list",
        )
        raise AssetError(several)
    return distinct[0] if distinct else ""


def _set_y_ticks(axes: Axes, options: model.Axes) -> None:
    if options.yticks == "none":
        axes.set_yticks([])
        return
    if options.yticks is not None:
        axes.set_yticks(options.yticks)
    if options.yscale == "log":
        from paperkit.figures.ticks import label_logarithms

        label_logarithms(axes, options.yticks)


def _set_labels(axes: Axes, spec: model.PanelSpec, data: PanelData) -> None:
    options = spec.axes
    xlabel = spec.x if _are_numbers(options, data) else ""
    axes.set_xlabel(marked(xlabel if options.xlabel is None else options.xlabel))
    axes.set_ylabel(marked(spec.y if options.ylabel is None else options.ylabel))
    if options.title is not None:
        axes.set_title(marked(options.title))


def _are_numbers(options: model.Axes, data: PanelData) -> bool:
    """Tell whether the ticks of x show bare numbers, which say nothing without the name of their column."""
    if options.xticks in ("center", "none") or options.xticklabels is not None:
        return False
    numbers = [level for level in data.x if isinstance(level.value, (int, float)) and not isinstance(level.value, bool)]
    return bool(numbers) and all(level.text == str(level.value) for level in numbers) and len(numbers) == len(data.x)


def _draw_reference_lines(axes: Axes, spec: model.PanelSpec, path: ManifestPath) -> None:
    wrong = line_problems(spec, path=path)
    if wrong:
        raise AssetError(*wrong)
    for line in spec.axhline:
        axes.axhline(line.y or 0.0, **_line_options(line))
    for line in spec.axvline:
        axes.axvline(line.x or 0.0, **_line_options(line))


def _line_options(line: model.ReferenceLine) -> dict[str, Any]:
    width = {} if line.linewidth is None else {"linewidth": line.linewidth}
    return {"color": colors([line.color])[0], "linestyle": line.linestyle, "zorder": line.zorder, **width}


def line_problems(spec: model.PanelSpec, *, path: ManifestPath) -> tuple[Problem, ...]:
    """Return the reference lines that say not where they stand, or have an unknown colour."""
    from paperkit.style import palette

    found: list[Problem] = []
    directions = (("axhline", "y", "x", spec.axhline), ("axvline", "x", "y", spec.axvline))
    for key, axis, other, lines in directions:
        for index, line in enumerate(lines):
            at = (*path, key, index)
            if getattr(line, other) is not None:
                message = f"'{key}' goes all across and has no {other}"
                found.append(Problem(message=message, path=(*at, other)))
            if getattr(line, axis) is None:
                found.append(
                    Problem(message=f"'{axis}' is missing", path=at, hint=f"'{key}' stands at a value of {axis}")
                )
            found += [
                Problem(message=p.message, path=(*at, "color"), hint=p.hint) for p in palette.problems([line.color])
            ]
    return tuple(found)
