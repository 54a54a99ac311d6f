"""The layout of a graph in columns: few crossings, short edges, and the same for the same graph."""

from __future__ import annotations

import itertools
from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from paperkit.review.graph import Graph

_SWEEPS = 12
_SETTLINGS = 8
# Where long edges pass a column, those of one node together; no name begins so.
_DUMMY = "\0"


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """Where things are: the column of every node, the middle of its height, and the points of each edge likewise.

    Columns count from 0; heights are multiples of a line.
    """

    columns: Mapping[str, int]
    heights: Mapping[str, float]
    routes: Mapping[tuple[str, str], tuple[tuple[int, float], ...]]
    titles: tuple[str, ...]
    rows: float


def layout(graph: Graph) -> Layout:
    """Return the layout of a graph: files, frames by depth, assets and outputs are columns."""
    ranks, titles = _ranks(graph)
    chains = {edge: _chain(edge, ranks) for edge in graph.edges}
    links = list(dict.fromkeys(pair for chain in chains.values() for pair in itertools.pairwise(chain)))
    places = {name: rank for chain in chains.values() for name, rank in _ranked(chain, ranks)}
    layers: list[list[str]] = [[] for _ in titles]
    for name, rank in {**ranks, **places}.items():
        layers[rank].append(name)
    before, behind = _neighbours(links)
    layers = _ordered(layers, before, behind)
    heights = _settled(layers, before, behind)
    lowest = min(heights.values(), default=0.0)
    heights = {name: round(height - lowest, 3) for name, height in heights.items()}
    routes = {
        edge: tuple((rank, heights[name]) for name, rank in _ranked(chain, ranks)) for edge, chain in chains.items()
    }
    return Layout(
        columns=ranks, heights=heights, routes=routes, titles=titles, rows=max(heights.values(), default=0.0) + 1
    )


def _ranks(graph: Graph) -> tuple[dict[str, int], tuple[str, ...]]:
    """Return the column of each node, and what the columns hold; frames stand behind those they are made from."""
    kinds = {node.id: node.kind for node in graph.nodes}
    depth = {node.id: 0 for node in graph.nodes if node.kind == "frame"}
    for _ in depth:
        moved = [
            (other, depth[one] + 1)
            for one, other in graph.edges
            if kinds[one] == kinds[other] == "frame" and depth[other] <= depth[one] < len(depth)
        ]
        if not moved:
            break
        for name, rank in moved:
            depth[name] = max(depth[name], rank)
    levels = max(depth.values(), default=-1) + 1
    first = {"file": 0, "asset": levels + 1, "output": levels + 2}
    ranks = {node.id: depth[node.id] + 1 if node.kind == "frame" else first[node.kind] for node in graph.nodes}
    return ranks, ("files", *("frames" if not level else "" for level in range(levels)), "assets", "outputs")


def _chain(edge: tuple[str, str], ranks: Mapping[str, int]) -> tuple[str, ...]:
    one, other = edge
    between = (f"{_DUMMY}{rank}{_DUMMY}{one}" for rank in range(ranks[one] + 1, ranks[other]))
    return (one, *between, other)


def _ranked(chain: Sequence[str], ranks: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(name, ranks[chain[0]] + step) for step, name in enumerate(chain)]


def _neighbours(links: Sequence[tuple[str, str]]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    before: dict[str, list[str]] = {}
    behind: dict[str, list[str]] = {}
    for one, other in links:
        behind.setdefault(one, []).append(other)
        before.setdefault(other, []).append(one)
    return before, behind


def _ordered(
    layers: list[list[str]], before: Mapping[str, list[str]], behind: Mapping[str, list[str]]
) -> list[list[str]]:
    """Return the layers with each node at the mean place of its neighbours, swept to and fro; the best sweep counts."""
    best, fewest = layers, _crossings(layers, behind)
    for sweep in range(_SWEEPS):
        neighbours = before if sweep % 2 == 0 else behind
        forth = range(1, len(layers)) if sweep % 2 == 0 else range(len(layers) - 2, -1, -1)
        layers = [list(layer) for layer in layers]
        for rank in forth:
            other = layers[rank - 1 if sweep % 2 == 0 else rank + 1]
            at = {name: place / max(len(other), 1) for place, name in enumerate(other)}
            own = {name: place / max(len(layers[rank]), 1) for place, name in enumerate(layers[rank])}
            means = {
                name: sum(at[near] for near in neighbours[name]) / len(neighbours[name])
                if name in neighbours
                else own[name]
                for name in layers[rank]
            }
            layers[rank].sort(key=means.__getitem__)
        count = _crossings(layers, behind)
        if count < fewest:
            best, fewest = layers, count
    return best


def _crossings(layers: Sequence[Sequence[str]], behind: Mapping[str, list[str]]) -> int:
    count = 0
    for layer, following in itertools.pairwise(layers):
        at = {name: place for place, name in enumerate(following)}
        ends: list[int] = []
        for name in layer:
            own = sorted(at[other] for other in behind.get(name, ()))
            count += sum(len(ends) - bisect_left(ends, end + 1) for end in own)
            for end in own:
                insort(ends, end)
    return count


def _settled(
    layers: Sequence[Sequence[str]], before: Mapping[str, list[str]], behind: Mapping[str, list[str]]
) -> dict[str, float]:
    """Return heights near the mean of the neighbours', with a line between any two of a layer."""
    heights = {name: float(place) for layer in layers for place, name in enumerate(layer)}
    for settling in range(_SETTLINGS):
        # The last looks at both sides.
        sides = (before, behind) if settling in (0, _SETTLINGS - 1) else ((before,), (behind,))[settling % 2]
        for layer in layers if settling % 2 == 0 else reversed(layers):
            wanted = []
            for name in layer:
                near = [heights[other] for side in sides for other in side.get(name, ())]
                wanted.append(sum(near) / len(near) if near else heights[name])
            gaps = [0.0 if not place else _gap(layer[place - 1], layer[place]) for place in range(len(layer))]
            heights.update(zip(layer, _spaced(wanted, gaps), strict=True))
    return heights


def _gap(one: str, other: str) -> float:
    """Return the least distance of two neighbours: edges alone need less than names."""
    passing = one.startswith(_DUMMY) + other.startswith(_DUMMY)
    return (1.0, 0.8, 0.5)[passing]


def _spaced(wanted: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """Return ascending heights at least the gaps apart, with the least squares of the distances from those wanted.

    >>> _spaced([3.0, 3.0, 9.0], [0.0, 1.0, 1.0])
    [2.5, 3.5, 9.0]
    """
    offsets = []
    total = 0.0
    for gap in gaps:
        total += gap
        offsets.append(total)
    # Pool adjacent violators: runs that push each other share their mean.
    runs: list[tuple[float, int]] = []
    for height, offset in zip(wanted, offsets, strict=True):
        mean, count = height - offset, 1
        while runs and runs[-1][0] > mean:
            other, size = runs.pop()
            mean, count = (mean * count + other * size) / (count + size), count + size
        runs.append((mean, count))
    means = [mean for mean, count in runs for _ in range(count)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]
