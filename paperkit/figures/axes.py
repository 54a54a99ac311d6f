"""The axes of a panel: scales, limits, ticks, labels and spines, in matplotlib's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from paperkit.errors import AssetError, ManifestPath, Problem
from paperkit.figures.dates import label_dates
from paperkit.figures.encoding import Level, PanelData
from paperkit.figures.panel import Panel
from paperkit.figures.shapes import value_text
from paperkit.figures.text import marked
from paperkit.manifest import model

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

_HALF_SLOT = 0.5
# Degrees: labels that stand on end are centred below their ticks.
_UPRIGHT = 90


def set_up(axes: Axes, panel: Panel, data: PanelData, *, counts: str = "") -> None:
    """Set everything about the axes of a panel that does not depend on what its marks drew; call it after them.

    `data` are those of the first layer; `counts` names the y axis of a mark that counts the values.

    Raises:
        AssetError: tick labels do not fit the ticks.

    """
    spec, path, is_horizontal = panel.spec, (*panel.path, "axes"), panel.first.is_horizontal
    options = spec.axes
    if panel.first.mark.has_own_axes:
        axes.set_title(marked(options.title or ""))
        return
    if options.xscale not in (None, "date"):
        axes.set_xscale(options.xscale)
    if options.yscale is not None:
        axes.set_yscale(options.yscale)
    _set_limits(axes, options, data, is_horizontal=is_horizontal)
    if is_horizontal or data.y:
        _set_slots_on_y(axes, options, data.y or data.x)
    if is_horizontal or data.is_numeric:
        _set_number_ticks(axes.xaxis, options, "x", path=path)
        _set_number_texts(axes, options, path=(*path, "xticklabels"))
    else:
        _set_x_ticks(axes, options, data, path=(*path, "xticklabels"))
    if not is_horizontal and not data.y:
        _set_number_ticks(axes.yaxis, options, "y", path=path)
    _style_labels(axes, options, data)
    _set_labels(axes, panel, data, counts=counts)
    if options.despine:
        axes.spines[["top", "right"]].set_visible(False)
    if options.grid is not None:
        axes.grid(visible=True, axis=options.grid)


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
    names = _slot_names(slots, options.ytickformat)
    places = (tuple(names) if options.yticks is None else options.yticks)[:: options.ytickevery]
    axes.set_yticks(places, labels=[names.get(place, f"{place:g}") for place in places])


def _slot_names(slots: Sequence[Level], spec: str | None) -> dict[float, str]:
    """Return the text at each slot; numbers that no label names in the format of the manifest."""
    return {
        float(slot): value_text(float(level.value), spec) if spec is not None and _all_bare([level]) else level.text
        for slot, level in enumerate(slots)
    }


def _style_labels(axes: Axes, options: model.Axes, data: PanelData) -> None:
    """Turn and colour the labels of the ticks, whose texts are set."""
    for axis, angle in (("x", float(options.xtickrotation)), ("y", float(options.ytickrotation))):
        labels = axes.get_xticklabels() if axis == "x" else axes.get_yticklabels()
        for label in labels if angle else ():
            label.set(rotation=angle, rotation_mode="anchor" if axis == "x" and abs(angle) < _UPRIGHT else "default")
            if axis == "x" and abs(angle) < _UPRIGHT:
                label.set_horizontalalignment("right" if angle > 0 else "left")
    # Names that two values share, or that the hue does not know, stay black.
    shades = {level.text: level.color for level in data.hue or data.x}
    for wanted, labels in (
        (options.xtickcolor, axes.get_xticklabels()),
        (options.ytickcolor, axes.get_yticklabels()),
    ):
        for label in labels if wanted == "hue" else ():
            shade = shades.get(label.get_text())
            if shade is not None:
                label.set_color(shade)


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
    places = places[:: options.xtickevery]
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
        names = _slot_names(data.x, options.xtickformat)
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


def _set_number_ticks(axis: Axis, options: model.Axes, name: Literal["x", "y"], *, path: ManifestPath) -> None:
    ticks: str | tuple[float, ...] | None = getattr(options, f"{name}ticks")
    if ticks == "none":
        axis.set_ticks([])
        return
    if isinstance(ticks, str):
        wrong = Problem(
            message=f"'{ticks}' is for an axis of names, this one has numbers", path=(*path, f"{name}ticks")
        )
        raise AssetError(replace(wrong, hint="give the ticks' positions, or 'none'"))
    every: int = getattr(options, f"{name}tickevery")
    if ticks is not None:
        axis.set_ticks(ticks[::every])
    elif every > 1:
        needed = Problem(message="an axis of numbers chooses its ticks itself", path=(*path, f"{name}tickevery"))
        raise AssetError(replace(needed, hint=f"say where they are: {name}ticks = [0, 5, 10]"))
    if getattr(options, f"{name}scale") == "log":
        from paperkit.figures.ticks import label_logarithms

        label_logarithms(axis, None if ticks is None else ticks[::every])
    spec: str | None = getattr(options, f"{name}tickformat")
    if name == "x" and options.xscale == "date":
        label_dates(axis, spec)
    elif spec is not None:
        axis.set_major_formatter(lambda value, _: value_text(value, spec))


def _set_labels(axes: Axes, panel: Panel, data: PanelData, *, counts: str) -> None:
    spec, own = panel.spec, panel.first.mark.axis_names
    options = spec.axes
    names, values = ("y", "x") if panel.first.is_horizontal else ("x", "y")
    are_numbers = data.is_numeric or _are_numbers(options, data)
    if data.y and not _all_bare(data.y):
        spec = spec.model_copy(update={"y": None})
    labels = {names: getattr(spec, names) if are_numbers else "", values: getattr(spec, values) or ""}
    if own is not None:
        labels = dict(zip("xy", own, strict=True))
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
