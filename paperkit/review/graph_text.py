"""The graph as text: a tree from files to outputs for people, and Mermaid for pages that draw it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from paperkit.review.graph import Graph, Kind, Node

_SHAPES: Mapping[Kind, tuple[str, str]] = {
    "file": ("[/", "/]"),
    "frame": ("[(", ")]"),
    "asset": ("[", "]"),
    "output": ("([", "])"),
}
# Fill, border, text.
STATE_COLORS: Mapping[str, tuple[str, str, str]] = {
    "stale": ("#fff1c9", "#9a6700", "#3d2a00"),
    "missing": ("#fff1c9", "#9a6700", "#3d2a00"),
    "edited": ("#f7e0f0", "#8a2a6b", "#43123a"),
    "broken": ("#fbdcd9", "#b3241b", "#4f0f0a"),
    "unused": ("#f6f8fa", "#8b949e", "#59636e"),
}


class Line(NamedTuple):
    """A line of the tree: its branches, the node, the room behind its name, and what stands behind that."""

    branches: str
    node: Node
    room: int
    behind: str = ""
    is_seen: bool = False


def tree(graph: Graph) -> Iterator[Line]:
    """Yield the graph as a tree, from files to outputs; what has several causes has its branches where it is first."""
    behind = graph.behind()
    seen: set[str] = set()
    for root in graph.roots:
        yield Line("", root, 0, root.detail)
        seen.add(root.id)
        yield from _below(root, "", behind, seen)


def _below(node: Node, prefix: str, behind: Mapping[str, tuple[Node, ...]], seen: set[str]) -> Iterator[Line]:
    # Assets first: what a frame makes directly stands beside it.
    children = sorted(behind[node.id], key=lambda child: child.kind == "frame")
    children = [child for child in children if child.kind != "output"]
    room = max((len(child.label) for child in children), default=0)
    for number, child in enumerate(children):
        is_last = number == len(children) - 1
        is_seen = child.id in seen
        outputs = [other.label for other in behind[child.id] if other.kind == "output"]
        yield Line(
            prefix + ("└─ " if is_last else "├─ "),
            child,
            room - len(child.label) if outputs else 0,
            ""
            if is_seen
            else "".join(f"→ {label}" for label in outputs) + (f"  {child.detail}" if child.detail else ""),
            is_seen,
        )
        if not is_seen:
            seen.add(child.id)
            yield from _below(child, prefix + ("   " if is_last else "│  "), behind, seen)


def mermaid(graph: Graph) -> str:
    """Return the graph in Mermaid's language, which GitHub and GitLab draw."""
    names = {node.id: f"n{number}" for number, node in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    for node in graph.nodes:
        opening, closing = _SHAPES[node.kind]
        state = f":::{node.state}" if node.state else ""
        text = node.label + (f" ({node.detail})" if node.detail else "")
        lines.append(f'  {names[node.id]}{opening}"{_quoted(text)}"{closing}{state}')
    lines += [f"  {names[one]} --> {names[other]}" for one, other in graph.edges]
    for state, (fill, border, text) in STATE_COLORS.items():
        if any(node.state == state for node in graph.nodes):
            lines.append(f"  classDef {state} fill:{fill},stroke:{border},color:{text}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Return a text for Mermaid's quotes, in which every sign that it or Markdown reads is written by its number."""
    flat = "".join(c if c.isprintable() else " " for c in text)
    return re.sub(r"[^\w ./,+=(){}\-→]|^\d+(?=\. )", lambda found: "".join(f"#{ord(c)};" for c in found[0]), flat)
