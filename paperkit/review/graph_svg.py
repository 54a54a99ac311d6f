"""The graph as a picture: SVG with nothing in it but boxes, lines and text, the same for the same graph."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from paperkit.review.graph import Graph, Kind, Node
from paperkit.review.graph_layout import Layout, layout
from paperkit.review.graph_text import STATE_COLORS

# Lengths in CSS pixels.
_FONT, _LINE, _HEIGHT = 12.0, 34.0, 24.0
_LETTER = 0.602 * _FONT  # the width of a letter in common monospaced fonts
_SMALL = 10.0
_PAD, _GAP, _MARGIN, _TOP = 9.0, 64.0, 16.0, 44.0
_LONGEST = 46  # letters of a name

# Fill, border, text.
_COLORS: Mapping[Kind, tuple[str, str, str]] = {
    "file": ("#f6f8fa", "#8b949e", "#1f2328"),
    "frame": ("#ddf0ff", "#2f6fb0", "#0b2d52"),
    "asset": ("#dff5e3", "#2c8a45", "#0c3a1a"),
    "output": ("#ffffff", "#8b949e", "#1f2328"),
}
_FAMILY = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"


def svg(graph: Graph) -> str:
    """Return the graph as SVG, from files at the left to outputs at the right."""
    plan = layout(graph)
    widths = _widths(graph, plan)
    lefts = [_MARGIN + sum(widths[:rank]) + _GAP * rank for rank in range(len(widths))]
    width = lefts[-1] + widths[-1] + _MARGIN
    height = _TOP + plan.rows * _LINE + _MARGIN
    lines = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="{_FAMILY}" font-size="{_FONT:g}">'
        ),
        "<title>What is made from what</title>",
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
        *_titles(plan, lefts),
        *dict.fromkeys(piece for route in plan.routes.values() for piece in _edge(route, lefts, widths)),
        *(line for node in graph.nodes for line in _box(node, plan, lefts, widths)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _titles(plan: Layout, lefts: Sequence[float]) -> Iterator[str]:
    for title, left in zip(plan.titles, lefts, strict=True):
        if title:
            yield f'<text x="{left:.1f}" y="24" fill="#59636e" font-weight="bold">{title}</text>'


def _widths(graph: Graph, plan: Layout) -> list[float]:
    """Return the width of each column, which is that of its widest box."""
    widths = [0.0] * len(plan.titles)
    for node in graph.nodes:
        column = plan.columns[node.id]
        widths[column] = max(widths[column], _width(_short(node.label)) * _LETTER + _beside(node) + 2 * _PAD)
    return widths


def _beside(node: Node) -> float:
    note = _note(node)
    return _width(note) * _LETTER * _SMALL / _FONT + _PAD if note else 0.0


def _note(node: Node) -> str:
    return ", ".join(part for part in (_short(node.detail), node.state) if part)


def _width(text: str) -> int:
    from rich.cells import cell_len

    return len(text) if text.isascii() else cell_len(text)


def _short(text: str) -> str:
    """Return a name that is not too long: its beginning and its end say most."""
    flat = "".join(c if c.isprintable() else " " for c in text)
    half = _LONGEST // 2
    return flat if len(flat) <= _LONGEST else f"{flat[:half]}…{flat[-half:]}"


def _middle(height: float) -> float:
    return _TOP + height * _LINE + _LINE / 2


def _edge(route: Sequence[tuple[int, float]], lefts: Sequence[float], widths: Sequence[float]) -> Iterator[str]:
    """Yield the pieces of an edge: curves between columns, straight lines through those between its ends."""
    for number, ((rank, height), (other, following)) in enumerate(itertools.pairwise(route)):
        start, end = lefts[rank] + widths[rank], lefts[other]
        y, to = _middle(height), _middle(following)
        through = f"M{lefts[rank]:.1f} {y:.1f}H{start:.1f}" if number else f"M{start:.1f} {y:.1f}"
        bend = (start + end) / 2
        curve = f"C{bend:.1f} {y:.1f} {bend:.1f} {to:.1f} {end:.1f} {to:.1f}"
        yield f'<path d="{through}{curve}" fill="none" stroke="#b1bac4" stroke-width="1.2"/>'


def _box(node: Node, plan: Layout, lefts: Sequence[float], widths: Sequence[float]) -> Iterator[str]:
    column = plan.columns[node.id]
    fill, border, color = STATE_COLORS.get(node.state, _COLORS[node.kind])
    x, y = lefts[column], _middle(plan.heights[node.id])
    radius = {"file": 2, "frame": 12, "asset": 5, "output": 2}[node.kind]
    dash = ' stroke-dasharray="4 3"' if node.state in ("missing", "unused") else ""
    full = node.label + (f" ({', '.join(node.paths)})" if node.paths and node.paths != (node.label,) else "")
    yield f"<g><title>{escape(_printable(full))}</title>"
    yield (
        f'<rect x="{x:.1f}" y="{y - _HEIGHT / 2:.1f}" width="{widths[column]:.1f}" height="{_HEIGHT:g}" rx="{radius}" '
        f"fill={quoteattr(fill)} stroke={quoteattr(border)}{dash}/>"
    )
    yield f'<text x="{x + _PAD:.1f}" y="{y + 4:.1f}" fill="{color}">{escape(_short(node.label))}</text>'
    if note := _note(node):
        end = x + widths[column] - _PAD
        yield (
            f'<text x="{end:.1f}" y="{y + 3.5:.1f}" fill="{color}" font-size="{_SMALL:g}" text-anchor="end" '
            f'opacity="0.75">{escape(note)}</text>'
        )
    yield "</g>"


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
