"""Shared axes: panels with the same limits, whose tick labels only the outer ones show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from paperkit.errors import AssetError, Problem
from paperkit.figures.encode import Encoded
from paperkit.figures.grid import Axis
from paperkit.figures.layout import Cell
from paperkit.figures.panel import Panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def share(
    axes: Sequence[Axes], cells: Sequence[Cell], axis: Axis, panels: Sequence[Panel], encoded: Sequence[Encoded]
) -> None:
    """Give the panels of some cells the same limits of one axis, and take the labels of the inner ones away.

    Raises:
        AssetError: the panels do not have the same slots, or not the same scale, on this axis.

    """
    numbers = [cell.content for cell in cells if isinstance(cell.content, int)]
    _require_alike(axis, numbers, panels, encoded)
    found = [axes[number].get_xlim() if axis == "x" else axes[number].get_ylim() for number in numbers]
    low, high = min(min(ends) for ends in found), max(max(ends) for ends in found)
    is_inverted = found[0][0] > found[0][1]
    for number in numbers:
        set_limits = axes[number].set_xlim if axis == "x" else axes[number].set_ylim
        set_limits(*((high, low) if is_inverted else (low, high)))
    labels = {number: getattr(axes[number], f"get_{axis}label")() for number in numbers}
    for cell in cells:
        outer = {labels[other.content] for other in cells if _is_outer(other, cell, axis) and other.content in labels}
        if isinstance(cell.content, int) and outer:
            _strip_labels(axes[cell.content], axis, is_said=labels[cell.content] in outer)


def _is_outer(other: Cell, cell: Cell, axis: Axis) -> bool:
    """Tell whether `other` stands where its labels serve `cell` too: below it, or to its left."""
    if axis == "x":
        return other.cols == cell.cols and other.rows[0] > cell.rows[1]
    return other.rows == cell.rows and other.cols[1] < cell.cols[0]


def _strip_labels(axes: Axes, axis: Axis, *, is_said: bool) -> None:
    axes.tick_params(axis=axis, which="both", **{"labelbottom" if axis == "x" else "labelleft": False})
    if is_said:
        (axes.set_xlabel if axis == "x" else axes.set_ylabel)("")


def _require_alike(axis: Axis, numbers: Sequence[int], panels: Sequence[Panel], encoded: Sequence[Encoded]) -> None:
    for number in numbers[1:]:
        if _slots(axis, panels[numbers[0]], encoded[numbers[0]]) != _slots(axis, panels[number], encoded[number]):
            message = f"it shares its {axis} axis with panel {panels[numbers[0]].entry + 1}, but not its values"
            hint = "give both the same 'order', or do not share the axis"
            raise AssetError(Problem(message=message, path=panels[number].path, hint=hint))
        scales = [getattr(panels[index].spec.axes, f"{axis}scale") or "linear" for index in (numbers[0], number)]
        if scales[0] != scales[1]:
            message = f"it shares its {axis} axis with panel {panels[numbers[0]].entry + 1}, which is {scales[0]}"
            path = (*panels[number].path, "axes", f"{axis}scale")
            raise AssetError(Problem(message=message, path=path))


def _slots(axis: Axis, panel: Panel, encoded: Encoded) -> tuple[str, ...] | None:
    """Return the names of the slots on an axis, None where it has numbers."""
    data = encoded[0]
    names = "y" if panel.first.is_horizontal else "x"
    if data.y and axis == "y":
        return tuple(level.text for level in data.y)
    return None if axis != names or data.is_numeric else tuple(level.text for level in data.x)
