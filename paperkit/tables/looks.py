"""Looks: how each cell is printed and judged, from the table's keys, the labels' attributes and the overrides."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Literal, cast

from paperkit.errors import AssetError, ManifestPath, Problem, did_you_mean
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import TableAsset
from paperkit.manifest.tables import Direction, Override, Stars, TableSpec
from paperkit.tables.grid import CELLS, Grid

Precision = int | Literal["uncertainty"] | None
ATTRIBUTES = ("format", "precision", "direction", "target")
_KNOWN = (*ATTRIBUTES, "unit", "note", "label")
# Of difflib: `units` and `direciton` are that near to what they mean, `form` and `noise` are words of their own.
_NEAR = 0.85
_MOST_DECIMALS = 12
_PRECISION = re.compile(r"\.\d+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """How one cell is printed (`format` has one text per line) and judged, and whether shade and emphasis see it."""

    format: tuple[str, ...] = ()
    precision: Precision = None
    uncertainty: str | None = None
    stars: Stars | None = None
    direction: Direction | None = None
    target: float | None = None
    missing: str = ""
    note: str = ""
    is_shaded: bool = True
    competes: bool = True


Looks = tuple[tuple[Look, ...], ...]


def table_look(spec: TableSpec) -> Look:
    """Return the look that the keys of the table itself give to every cell."""
    return Look(
        format=spec.format,
        precision=spec.precision,
        uncertainty=spec.uncertainty,
        stars=spec.stars,
        direction=spec.direction,
        target=spec.target,
        missing=spec.missing or "",
    )


def resolve_looks(asset: TableAsset, grid: Grid, labels: Labels) -> Looks:
    """Return the look of every cell: the table's, changed by its labels' attributes, then by the overrides in turn.

    Rows that look alike share one tuple.

    Raises:
        AssetError: an attribute of a label is none that a look can have.
        DataError: the `where` of an override does not fit the frame.

    """
    base = table_look(asset.spec)
    by_row = _by_labels(grid.row_references, grid.row_keys, labels)
    by_column = _by_labels(grid.column_references, grid.column_keys, labels)
    if CELLS not in grid.variables:
        # A table of one metric is told by the metric's label, too, as by the innermost one.
        (own,) = _by_labels((CELLS,), (grid.metrics[:1],), labels)
        by_column = [{**changes, **own} for changes in by_column]
    shared: dict[tuple[tuple[str, Any], ...], tuple[Look, ...]] = {}
    lines = []
    for changes in by_row:
        key = tuple(changes.items())
        if key not in shared:
            shared[key] = tuple(_with(base, {**changes, **own}) if changes or own else base for own in by_column)
        lines.append(shared[key])
    looks = tuple(lines)
    for index, override in enumerate(asset.spec.override):
        looks = _overridden(looks, grid, override, (*asset.path, "override", index))
    return looks


def _by_labels(references: Sequence[str], keys: Sequence[tuple[Any, ...]], labels: Labels) -> list[Mapping[str, Any]]:
    columns = [reference.partition(".")[0] for reference in references]
    if labels.columns.keys().isdisjoint(columns):
        return [{}] * len(keys)
    known: dict[tuple[str, str], Mapping[str, Any]] = {}
    problems: list[Problem] = []
    found: list[Mapping[str, Any]] = []
    for key in keys:
        changes: dict[str, Any] = {}
        for column, value in zip(columns, key, strict=True):
            place = (column, str(value))
            if place not in known:
                known[place] = _changes(column, str(value), labels, problems)
            changes |= known[place]
        found.append(changes)
    if problems:
        raise AssetError(*problems)
    return found


def _changes(column: str, value: str, labels: Labels, problems: list[Problem]) -> Mapping[str, Any]:
    label = labels.columns.get(column, {}).get(value)
    attributes = {} if label is None else label.attributes()
    changes: dict[str, Any] = {}
    for name in ATTRIBUTES:
        if name in attributes:
            problem = attribute_problem(name, attributes[name], ("labels", column, value, name))
            if problem is not None:
                problems.append(problem)
            changes[name] = (str(attributes[name]),) if name == "format" else attributes[name]
    return _with_one_goal(changes)


def _with_one_goal(changes: dict[str, Any]) -> dict[str, Any]:
    """Let a direction take the place of a target that was asked for before, and the other way round."""
    if changes.get("target") is not None:
        changes.setdefault("direction", None)
    elif changes.get("direction") is not None:
        changes["target"] = None
    return changes


def attribute_notices(grid: Grid, labels: Labels) -> tuple[Problem, ...]:
    """Return a notice for every attribute of a label of the table that nearly says how cells look."""
    return tuple(
        Problem(
            message=f"'{name}' says nothing about how cells look, did you mean '{close[0]}'?",
            path=("labels", column, value, name),
        )
        for column in dict.fromkeys((*grid.variables, CELLS))
        for value, label in labels.columns.get(column, {}).items()
        for name in label.attributes()
        if name not in _KNOWN and (close := get_close_matches(name, _KNOWN, 1, _NEAR))
    )


def attribute_problem(name: str, value: object, path: ManifestPath) -> Problem | None:
    """Return what is wrong with an attribute of a label that says how its cells look, or None."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if name == "direction" and value not in ("higher", "lower"):
        close = did_you_mean(str(value), ("higher", "lower"))
        return Problem(message=f"expected 'higher' or 'lower', got '{value}'{close}", path=path)
    if name == "precision" and not (is_whole and 0 <= cast(int, value) <= _MOST_DECIMALS) and value != "uncertainty":
        return Problem(message=f"expected a whole number from 0 to 12, or 'uncertainty', got '{value}'", path=path)
    if name == "target" and not (is_whole or isinstance(value, float)):
        return Problem(message=f"expected a number, got '{value}'", path=path)
    if name == "format" and not isinstance(value, str):
        return Problem(message=f"expected text, got {value}", path=path, hint="such as format = '.1f'")
    return None


def _overridden(looks: Looks, grid: Grid, override: Override, path: ManifestPath) -> Looks:
    changes: dict[str, Any] = {
        name: getattr(override, name) for name in override.model_fields_set if name not in ("where", "cells")
    }
    renamed = {"shade": "is_shaded", "emphasis": "competes"}
    changes = {renamed.get(name, name): value for name, value in changes.items()}
    if changes.get("stars") is False:
        changes["stars"] = None
    changes = _with_one_goal(changes)
    mask = grid.mask(override.where, override.cells, (*path, "where"))
    # Rows that looked alike, and are meant alike, go on sharing one tuple.
    shared: dict[tuple[int, tuple[bool, ...]], tuple[Look, ...]] = {}
    for line, chosen in zip(looks, mask, strict=True):
        if (id(line), chosen) not in shared:
            shared[id(line), chosen] = _changed(line, chosen, changes)
    return tuple(shared[id(line), chosen] for line, chosen in zip(looks, mask, strict=True))


def _changed(line: tuple[Look, ...], chosen: tuple[bool, ...], changes: Mapping[str, Any]) -> tuple[Look, ...]:
    if not any(chosen):
        return line
    return tuple(_with(look, changes) if is_meant else look for look, is_meant in zip(line, chosen, strict=True))


def _with(look: Look, changes: Mapping[str, Any]) -> Look:
    """Return `look` with changes; a precision takes the place of the one inside a format that was asked for before."""
    precision = changes.get("precision")
    if isinstance(precision, int) and "format" not in changes:
        changes = {**changes, "format": tuple(_to_precision(text, precision) for text in look.format)}
    return replace(look, **changes)


def _to_precision(text: str, precision: int) -> str:
    return text if "{" in text else _PRECISION.sub(f".{precision}", text)
