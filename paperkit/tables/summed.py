"""Summed: the numbers of a table's summaries, and what its author should know about the cells behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isinf
from statistics import fmean

from paperkit.errors import Problem
from paperkit.manifest.model import TableAsset
from paperkit.tables.grid import Key
from paperkit.tables.heads import Heads
from paperkit.tables.looks import Look
from paperkit.tables.parts import Part
from paperkit.tables.summary import COUNTED, LABELS, summarise

_SHOWN = 3


class Summed:
    """Computes the numbers of the summaries of one table, and gathers notices about them."""

    def __init__(self, asset: TableAsset, heads: Heads) -> None:
        self._spec = asset.spec
        self._path = asset.path
        self._heads = heads
        # By summary: the name of each number that lacks cells, and how many it is made of.
        self._gaps: dict[int, dict[str, str]] = {}
        self._mixed: dict[int, Part] = {}

    def number(self, part: Part, key: Key | None, numbers: Sequence[float], total: int) -> float | int | None:
        """Return the number of a summary over `total` cells: of the finite `numbers` among them, or of their ranks.

        `key` is that of the row or column that it stands in, None for that of another summary.
        """
        summary = self._spec.summary[part.index]
        is_partial = len(numbers) < total
        if is_partial and summary.complete:
            return None
        if summary.stat == "mean_rank":
            found = fmean(numbers) if numbers else None
        else:
            found = summarise(summary.stat, numbers)
        if found is None or summary.stat == "count":
            return found
        name = ", ".join(filter(None, (*map(str, key or ()), part.name)))
        if isinf(found):
            message = f"the {self._stat(part.index)} of '{name}' is beyond the largest number, 1.8e308"
            hint = "derive a column in a larger unit"
            self._heads.printer.add(Problem(message=message, path=self._at(part.index), hint=hint))
            return None
        if is_partial and key is not None:
            self._gaps.setdefault(part.index, {})[name] = f"{len(numbers)} of {total}"
        return found

    def look(self, part: Part, looks: Sequence[Look]) -> Look:
        """Return the look of the cells behind a number; what they aim at only if it is the same for all."""
        first = looks[0]
        if len(part.metrics) <= 1 or self._spec.summary[part.index].stat in COUNTED:
            return first
        is_alike = all((look.direction, look.target) == (first.direction, first.target) for look in looks)
        if not is_alike or len({self._heads.unit(metric) for metric in part.metrics}) > 1:
            self._mixed.setdefault(part.index, part)
        return first if is_alike else replace(first, direction=None, target=None)

    def notices(self) -> tuple[Problem, ...]:
        """Return what was noticed while numbers were computed, by summary."""
        found = []
        for index in range(len(self._spec.summary)):
            if index in self._mixed:
                *others, last = (f"'{metric}'" for metric in self._mixed[index].metrics)
                names = f"{', '.join(others)} and {last}"
                message = f"the {self._stat(index)} mixes {names}, which differ in unit or direction"
                hint = "cells names the ones that belong together"
                found.append(Problem(message=message, path=self._at(index), hint=hint))
            if index in self._gaps:
                message = f"the {self._stat(index)} of {_listed(self._gaps[index])}"
                hint = "complete = true leaves it blank"
                found.append(Problem(message=message, path=self._at(index), hint=hint))
        return tuple(found)

    def _stat(self, index: int) -> str:
        return LABELS[self._spec.summary[index].stat].lower()

    def _at(self, index: int) -> tuple[str | int, ...]:
        return (*self._path, "summary", index)


def _listed(gaps: dict[str, str]) -> str:
    (first, cells), *others = list(gaps.items())[:_SHOWN]
    text = f"'{first}' is over {cells} cells"
    text += "".join(f", of '{name}' over {count}" for name, count in others)
    return f"{text}, and {len(gaps) - _SHOWN} more lack cells" if len(gaps) > _SHOWN else text
