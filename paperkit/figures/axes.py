"""The axes of a panel: scales, limits, ticks, labels, spines and reference lines, in matplotlib's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from paperkit.errors import AssetError, ManifestPath, Problem
from paperkit.figures.encoding import Level, PanelData
from paperkit.figures.text import marked
from paperkit.manifest import model
from paperkit.style.palette import colors

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

_HALF_SLOT = 0.5


def set_up(
    axes: Axes,
    spec: model.PanelSpec,
    data: PanelData,
    *,
    is_horizontal: bool = False,
    counts: str = "",
    path: ManifestPath,
) -> None:
    """Set everything about the axes that does not depend on what the mark drew; call it after the mark.

    `counts` names the y axis of a mark that counts the values.

    Raises:
        AssetError: tick labels do not fit the ticks, or a reference line has no place.

    """
    options = spec.axes
    if options.xscale is not None:
        axes.set_xscale(options.xscale)
    if options.yscale is not None:
        axes.set_yscale(options.yscale)
    _set_limits(axes, options, data, is_horizontal=is_horizontal)
    if is_horizontal or data.y:
        _set_slots_on_y(axes, options, data.y or data.x)
    if is_horizontal or data.is_numeric:
        _set_number_ticks(axes.xaxis, options.xscale, options.xticks, path=(*path, "axes", "xticks"))
    else:
        _set_x_ticks(axes, options, data, path=(*path, "axes", "xticklabels"))
    if is_horizontal or data.is_numeric:
        _set_number_texts(axes, options, path=(*path, "axes", "xticklabels"))
    if not is_horizontal and not data.y:
        _set_number_ticks(axes.yaxis, options.yscale, options.yticks, path=(*path, "axes", "yticks"))
    _set_labels(axes, spec, data, is_horizontal=is_horizontal, counts=counts)
    if options.despine:
        axes.spines[["top", "right"]].set_visible(False)
    if options.grid is not None:
        axes.grid(visible=True, axis=options.grid)
    _draw_reference_lines(axes, spec, path)


def _set_limits(axes: Axes, options: model.Axes, data: PanelData, *, is_horizontal: bool) -> None:
    axes.autoscale_view()
    last = max(len(data.x), 1) - _HALF_SLOT
    if is_horizontal or data.y:
        # Rows are read from the top.
        axes.set_ylim(max(len(data.y or data.x), 1) - _HALF_SLOT, -_HALF_SLOT)
    if options.margins is not None:
        axes.margins(x=options.margins)
    elif not is_horizontal and not data.is_numeric:
        axes.set_xlim(-_HALF_SLOT, last)
    if options.xlim is not None:
        axes.set_xlim(*options.xlim)
    if options.ylim is not None:
        axes.set_ylim(*options.ylim)


def _set_slots_on_y(axes: Axes, options: model.Axes, slots: Sequence[Level]) -> None:
    if options.yticks == "none":
        axes.set_yticks([])
        return
    names = {float(slot): level.text for slot, level in enumerate(slots)}
    places = tuple(names) if options.yticks is None else options.yticks
    axes.set_yticks(places, labels=[names.get(place, f"{place:g}") for place in places])


def _set_number_texts(axes: Axes, options: model.Axes, *, path: ManifestPath) -> None:
    """Write the labels that the manifest gives the ticks of an x axis of numbers."""
    wanted = options.xticklabels
    if wanted is None:
        return
    if isinstance(wanted, str) or not isinstance(options.xticks, tuple):
        needed = Problem(message="labels of ticks on an axis of numbers need their 'xticks'", path=path)
        raise AssetError(replace(needed, hint="xticks = [1, 10], xticklabels = ['one', 'ten']"))
    axes.set_xticks(options.xticks, labels=_written(wanted, options.xticks, path=path))


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
    return _written(wanted, places, path=path)


def _written(wanted: Sequence[str], places: Sequence[float], *, path: ManifestPath) -> tuple[str, ...]:
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


def _set_number_ticks(
    axis: Axis, scale: str | None, ticks: str | tuple[float, ...] | None, *, path: ManifestPath
) -> None:
    if ticks == "none":
        axis.set_ticks([])
        return
    if isinstance(ticks, str):
        wrong = Problem(message=f"'{ticks}' is for an axis of names, this one has numbers", path=path)
        raise AssetError(replace(wrong, hint="give the ticks' positions, or 'none'"))
    if ticks is not None:
        axis.set_ticks(ticks)
    if scale == "log":
        from paperkit.figures.ticks import label_logarithms

        label_logarithms(axis, ticks)


def _set_labels(axes: Axes, spec: model.PanelSpec, data: PanelData, *, is_horizontal: bool, counts: str) -> None:
    options = spec.axes
    names, values = ("y", "x") if is_horizontal else ("x", "y")
    are_numbers = data.is_numeric or _are_numbers(options, data)
    if data.y and not _all_bare(data.y):
        spec = spec.model_copy(update={"y": None})
    labels = {names: getattr(spec, names) if are_numbers else "", values: getattr(spec, values) or ""}
    axes.set_xlabel(marked(labels["x"] if options.xlabel is None else options.xlabel))
    axes.set_ylabel(marked((labels["y"] or counts) if options.ylabel is None else options.ylabel))
    if options.title is not None:
        axes.set_title(marked(options.title))


def _are_numbers(options: model.Axes, data: PanelData) -> bool:
    """Tell whether the ticks of x show bare numbers, which say nothing without the name of their column."""
    if options.xticks in ("center", "none") or options.xticklabels is not None:
        return False
    return _all_bare(data.x)


def _all_bare(levels: Sequence[Level]) -> bool:
    numbers = [level for level in levels if isinstance(level.value, (int, float)) and not isinstance(level.value, bool)]
    return bool(numbers) and all(level.text == str(level.value) for level in numbers) and len(numbers) == len(levels)


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
