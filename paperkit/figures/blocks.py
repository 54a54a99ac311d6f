"""Complete blocks: the scores of groups in the units that all of them have, as paired statistics need them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from paperkit.figures.encoding import Group
from paperkit.figures.estimates import Estimator
from paperkit.manifest.model import Scalar


@dataclass(frozen=True, kw_only=True, slots=True)
class Blocks:
    """One row of `scores` for each of the `units`, one score in it for each group.

    `incomplete` are the units that not all groups have, `unnamed` counts the values without a unit.
    """

    scores: tuple[tuple[float, ...], ...]
    units: tuple[Scalar, ...]
    incomplete: tuple[Scalar, ...]
    unnamed: int


def complete_blocks(groups: Sequence[Group], estimator: Estimator = "mean") -> Blocks:
    """Return the scores of `groups` in their complete units, in order of appearance.

    What a group has several times in one unit, as from several seeds, is summarised by the `estimator` first.
    """
    cells = [by_unit(group, estimator) for group in groups]
    found = dict.fromkeys(unit for cell in cells for unit in cell)
    units = tuple(unit for unit in found if all(unit in cell for cell in cells))
    return Blocks(
        scores=tuple(tuple(cell[unit] for cell in cells) for unit in units),
        units=units,
        incomplete=tuple(unit for unit in found if unit not in units),
        unnamed=sum(unit is None for group in groups for unit in group.extras["units"]),
    )


def by_unit(group: Group, estimator: Estimator = "mean") -> dict[Scalar, float]:
    """Return the score of `group` in each unit that it has values of."""
    cells: dict[Scalar, list[float]] = {}
    for unit, value in zip(group.extras["units"], group.values, strict=True):
        if unit is not None:
            cells.setdefault(unit, []).append(value)
    return {
        unit: statistics.median(values) if estimator == "median" else math.fsum(values) / len(values)
        for unit, values in cells.items()
    }
