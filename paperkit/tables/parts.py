"""Parts: which rows or columns of the grid each row or column of a summary is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from paperkit.manifest.model import Scalar
from paperkit.manifest.tables import Summary
from paperkit.tables.grid import CELLS, Grid, Key


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One row or column of the summary number `index`, made of `members`: rows or columns of the grid.

    `group` counts the row groups or spanners; `known` is what all members share, reference → value. `metrics` are
    those of the members, empty where the other side of the table gives them; `is_named` tells that the label of the
    metric belongs to the part's own.
    """

    index: int
    group: int
    members: tuple[int, ...]
    known: Mapping[str, Scalar]
    metrics: tuple[str, ...] = ()
    is_named: bool = False

    @property
    def name(self) -> str:
        """Return what tells the part from the others of its summary."""
        return ", ".join(str(value) for value in self.known.values())


def parts_of(grid: Grid, summary: Summary, index: int) -> tuple[Part, ...]:
    """Return the parts of a summary, in the order of the table.

    Each metric is summarised on its own, where it gives several rows or columns; only where each gives one, as with
    benchmarks that are columns of the frame, they are summarised together.
    """
    references, keys = _side(grid, summary)
    depth = 0 if summary.per == "table" else len(references) - 1 if summary.axis == "row" else 1
    runs = _runs(keys, depth)
    if CELLS not in references:
        return tuple(
            Part(index=index, group=number, members=run, known=_known(references, keys[run[0]], depth))
            for number, run in enumerate(runs)
        )
    return tuple(_by_metric(grid, summary, index, depth, runs))


def _by_metric(grid: Grid, summary: Summary, index: int, depth: int, runs: Sequence[tuple[int, ...]]) -> Iterator[Part]:
    references, keys = _side(grid, summary)
    level = references.index(CELLS)
    wanted = summary.cells or grid.metrics
    found: list[dict[str, list[int]]] = []
    for run in runs:
        metrics: dict[str, list[int]] = {}
        for place in run:
            if (metric := str(keys[place][level])) in wanted:
                metrics.setdefault(metric, []).append(place)
        found.append(metrics)
    is_apart = any(len(members) > 1 for metrics in found for members in metrics.values())
    is_named = is_apart and level >= depth and len(grid.metrics) > 1
    for number, (run, metrics) in enumerate(zip(runs, found, strict=True)):
        known = _known(references, keys[run[0]], depth)
        if is_apart:
            for metric, members in metrics.items():
                own = {**known, CELLS: metric}
                yield Part(
                    index=index, group=number, members=tuple(members), known=own, metrics=(metric,), is_named=is_named
                )
        elif metrics:
            together = tuple(sorted(place for members in metrics.values() for place in members))
            yield Part(index=index, group=number, members=together, known=known, metrics=tuple(metrics))


def _side(grid: Grid, summary: Summary) -> tuple[tuple[str, ...], tuple[Key, ...]]:
    """Return the levels and keys of what is summarised: a row below the body is made of rows."""
    if summary.axis == "row":
        return grid.row_references, grid.row_keys
    return grid.column_references, grid.column_keys


def _runs(keys: Sequence[Key], depth: int) -> list[tuple[int, ...]]:
    return [tuple(run) for _, run in groupby(range(len(keys)), key=lambda place: keys[place][:depth])]


def _known(references: Sequence[str], key: Key, depth: int) -> dict[str, Scalar]:
    return dict(zip(references[:depth], key[:depth], strict=True))
