"""Numeric: the cells that `shade`, `emphasis` and `precision` would leave as they are, since they hold no numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from paperkit.data.columns import as_number, not_a_number_hint
from paperkit.errors import AssetError, Problem
from paperkit.manifest.model import TableAsset
from paperkit.tables.format import is_missing, is_number
from paperkit.tables.grid import Records

_SHOWN = 3


def text_notices(asset: TableAsset, frame: Records) -> tuple[Problem, ...]:
    """Return a notice for every column of texts beside one of numbers, where `shade`, `emphasis` or `precision` is set.

    Raises:
        AssetError: a column mixes numbers with text or flags, or no column holds a number.

    """
    spec = asset.spec
    asked = {"shade": bool(spec.shade), "emphasis": bool(spec.emphasis), "precision": spec.precision is not None}
    keys = [key for key, is_asked in asked.items() if is_asked]
    if not keys:
        return ()
    mixed: list[Problem] = []
    bare: list[Problem] = []
    has_numbers = False
    for metric in spec.cells:
        cells = [(row, value) for row, (value,) in enumerate(frame.rows(metric)) if not is_missing(value)]
        texts = [(row, value) for row, value in cells if not is_number(value)]
        # One text in a file makes texts of all numbers in its column: those are not to blame.
        others = [(row, value) for row, value in texts if not _spells_number(value)]
        is_mixed = len(others) < len(cells)
        has_numbers = has_numbers or is_mixed
        if texts:
            (mixed if is_mixed else bare).append(_problem(asset, frame, metric, others or texts, keys))
    if mixed or (bare and not has_numbers):
        raise AssetError(*mixed, *bare)
    return tuple(bare)


def _spells_number(value: object) -> bool:
    return isinstance(value, str) and as_number(value) is not None


def _problem(
    asset: TableAsset, frame: Records, metric: str, cells: Sequence[tuple[int, Any]], keys: Sequence[str]
) -> Problem:
    shown = ", ".join(f"'{value}' ({frame.origin(row, metric) or f'row {row + 1}'})" for row, value in cells[:_SHOWN])
    more = f" and {len(cells) - _SHOWN} more" if len(cells) > _SHOWN else ""
    verb = "needs" if len(keys) == 1 else "need"
    message = f"{_listed(keys)} {verb} numbers, but column '{metric}' has {shown}{more}"
    hint = f'in [data.{asset.spec.data}]: numeric = ["{metric}"]'
    first = cells[0][1]
    if isinstance(first, str) and not _spells_number(first):
        hint += f"; {not_a_number_hint(first)}"
    return Problem(message=message, path=(*asset.path, keys[0]), hint=hint)


def _listed(keys: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(keys[:-1]), keys[-1]) if part)
