"""The graph: which files make which frames, which frames make which assets, and where those are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Literal

from paperkit.build.paper import Paper
from paperkit.build.plan import Step
from paperkit.build.targets import Target
from paperkit.data.dependencies import frames_used, reach
from paperkit.data.patterns import find, parse
from paperkit.errors import PaperkitError
from paperkit.manifest.load import Manifest
from paperkit.manifest.model import FigureSpec

Kind = Literal["file", "frame", "asset", "output"]

UNUSED = "unused"
MISSING = "missing"


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A file or pattern of files, a frame, an asset, or the outputs of an asset.

    `id` is `file:PATTERN`, `data.NAME`, the target's own, or `output:TARGET`; `label` is what people read, `detail`
    what belongs behind it. `state` is that of the plan, `missing` for files, `unused` for frames; empty where all is
    well. `paths` are the files that are meant.
    """

    id: str
    kind: Kind
    label: str
    detail: str = ""
    state: str = ""
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Graph:
    """Nodes, what is made from others behind them, and edges from what is used to what is made of it."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]

    def behind(self) -> dict[str, tuple[Node, ...]]:
        """Return, for each node, what is made from it directly, in the order of the nodes."""
        known = {node.id: node for node in self.nodes}
        found: dict[str, list[Node]] = {node.id: [] for node in self.nodes}
        for one, other in self.edges:
            found[one].append(known[other])
        order = {node.id: place for place, node in enumerate(self.nodes)}
        return {name: tuple(sorted(nodes, key=lambda node: order[node.id])) for name, nodes in found.items()}

    @property
    def roots(self) -> tuple[Node, ...]:
        """Return the nodes that are made from nothing that is shown."""
        made = {other for _, other in self.edges}
        return tuple(node for node in self.nodes if node.id not in made)


def graph(paper: Paper, selectors: Iterable[str] = ()) -> Graph:
    """Return how the selected targets are made, all of them and every frame without a selector; loads no data.

    Raises:
        ManifestError: a selector names nothing.

    """
    wanted = tuple(selectors)
    steps = paper.plan(wanted)
    manifest = paper.manifest
    used = reach((name for step in steps for name in step.target.frames), manifest.data, manifest.root)
    frames = used if wanted else (*used, *(name for name in manifest.data if name not in used))
    made = _Graph(manifest)
    # A frame behind all that it is made from, so that everything stands behind its causes.
    for name in _in_order(frames, manifest):
        made.frame(name, is_used=name in used)
    for step in steps:
        made.asset(step)
    order = {"file": 0, "frame": 1, "asset": 2, "output": 3}
    nodes = sorted(made.nodes.values(), key=lambda node: order[node.kind])
    return Graph(nodes=tuple(nodes), edges=tuple(dict.fromkeys(made.edges)))


def _in_order(frames: Iterable[str], manifest: Manifest) -> tuple[str, ...]:
    """Return frames in the manifest's order, but each behind those that it is made from."""
    wanted = set(frames)
    found: dict[str, None] = {}

    def visit(name: str, above: frozenset[str]) -> None:
        if name in found or name in above or name not in wanted:
            return
        for used in frames_used(name, manifest.data, manifest.root):
            visit(used, above | {name})
        found[name] = None

    for name in manifest.data:
        visit(name, frozenset())
    return tuple(found)


@dataclass(kw_only=True, slots=True)
class _Gathered:
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[tuple[str, str]] = field(default_factory=list)


class _Graph(_Gathered):
    def __init__(self, manifest: Manifest) -> None:
        super().__init__()
        self._manifest = manifest

    def frame(self, name: str, *, is_used: bool) -> None:
        spec, root = self._manifest.data[name], self._manifest.root
        key = f"data.{name}"
        patterns = [pattern for pattern in (spec.read, *spec.inputs, _code(spec.python)) if pattern]
        own = [] if not spec.rows else [self._manifest.file]
        for pattern in (*patterns, *own):
            self.edges.append((self._file(pattern, url=spec.url if pattern == spec.read else None), key))
        for used in frames_used(name, self._manifest.data, root):
            if used in self._manifest.data:
                self.edges.append((f"data.{used}", key))
        self.nodes[key] = Node(id=key, kind="frame", label=key, state="" if is_used else UNUSED)

    def asset(self, step: Step) -> None:
        target = step.target
        state = "" if step.state.value == "unchanged" else step.state.value
        for used in target.frames:
            self.edges.append((f"data.{used}", target.id))
        for pattern in _opened(target):
            self.edges.append((self._file(pattern), target.id))
        if not any(made == target.id for _, made in self.edges):
            self.edges.append((self._file(self._manifest.file), target.id))
        count = len(target.assets) if target.kind == "macros" else 0
        self.nodes[target.id] = Node(
            id=target.id, kind="asset", label=target.id, detail=_many(count, "macro") if count else "", state=state
        )
        outputs = Node(id=f"output:{target.id}", kind="output", label=braced(target.outputs), paths=target.outputs)
        self.nodes[outputs.id] = replace(outputs, state=MISSING if state == MISSING else "")
        self.edges.append((target.id, outputs.id))

    def _file(self, pattern: str, url: str | None = None) -> str:
        key = f"file:{pattern}"
        if key not in self.nodes:
            try:
                found = tuple(match.path for match in find(pattern, self._manifest.root))
                is_one = parse(pattern).is_plain
            except PaperkitError:
                found, is_one = (), True
            root = self._manifest.root
            paths = tuple(path.relative_to(root).as_posix() for path in found)
            details = [*([] if is_one else [_many(len(paths), "file")]), *([f"from {url}"] if url else [])]
            state = "" if paths else MISSING
            self.nodes[key] = Node(
                id=key, kind="file", label=pattern, detail=", ".join(details), state=state, paths=paths
            )
        return key


def _code(reference: str | None) -> str | None:
    return None if reference is None else reference.rpartition(":")[0]


def _opened(target: Target) -> Iterator[str]:
    """Yield the files that a figure's own function stands in and opens."""
    for asset in target.assets:
        if isinstance(asset.spec, FigureSpec):
            yield from (pattern for pattern in (_code(asset.spec.python), *asset.spec.inputs) if pattern)


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def braced(paths: Iterable[str]) -> str:
    """Return paths as a shell would write them in short.

    >>> braced(["figures/size.tex", "figures/size.pgf", "figures/size-panel-1.csv"])
    'figures/size.{tex,pgf}, figures/size-panel-1.csv'
    """
    stems: dict[str, list[str]] = {}
    for path in paths:
        pure = PurePosixPath(path)
        stems.setdefault(str(pure.with_suffix("")), []).append(pure.suffix)
    return ", ".join(
        stem + (ends[0] if len(ends) == 1 else f".{{{','.join(end[1:] for end in ends)}}}")
        for stem, ends in stems.items()
    )
