"""References: lines, bands and texts at constants, or at what an expression says of a panel's rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from paperkit.errors import AssetError, ManifestPath, PaperkitError, Problem
from paperkit.figures.channels import theme
from paperkit.figures.encoding import PanelData, number
from paperkit.figures.panel import Panel
from paperkit.figures.text import marked
from paperkit.manifest.expressions import parse
from paperkit.manifest.model import PanelSpec, ReferenceLine, ReferenceSpan, Scalar
from paperkit.style.palette import Rgb, color_problems, colors

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from paperkit.data.frame import Frame

_Key = tuple[ManifestPath, str | float | None]

_LINES = {"axhline": "y", "axvline": "x"}
_SPANS = {"axhspan": "y", "axvspan": "x"}


def constants(panel: Panel, frame: Frame, *, each: Mapping[str, Scalar]) -> Mapping[str, float]:
    """Return the value of every expression in the panel's lines, bands and texts, over the rows of its first layer.

    Raises:
        AssetError: an expression fails on the rows, or its value is no finite number.

    """
    found: dict[str, float] = {}
    slots = {str(row[0]) for row in panel.first.rows}
    for path, value in (*_ends(panel.spec), *_corners(panel.spec)):
        if isinstance(value, str) and not (path[0] == "text" and value in slots):
            at = (*panel.path, *path)
            result = frame.aggregate(value, each=each, path=at)
            if result is None:
                raise AssetError(Problem(message=f"'{value}' has no value", path=at))
            found[value] = number(result, value, at)
    return found


def draw_references(axes: Axes, panel: Panel, data: PanelData) -> None:
    """Draw the lines, bands and texts of a panel, whose marks are drawn and whose limits are set."""
    spec, known = panel.spec, panel.constants
    for span in spec.axhspan:
        axes.axhspan(_value(span.ymin, known), _value(span.ymax, known), **_span_style(span))
    for span in spec.axvspan:
        axes.axvspan(_value(span.xmin, known), _value(span.xmax, known), **_span_style(span))
    for line in spec.axhline:
        axes.axhline(_value(line.y, known), **_line_style(line))
    for line in spec.axvline:
        axes.axvline(_value(line.x, known), **_line_style(line))
    slots = {str(level.value): float(slot) for slot, level in enumerate(() if data.is_numeric else data.x)}
    rows = {str(level.value): float(slot) for slot, level in enumerate(data.y)}
    across, along = ({}, slots) if panel.first.is_horizontal else (slots, rows)
    for text in spec.text:
        at = _value(text.x, {**known, **across}), _value(text.y, {**known, **along})
        axes.text(
            *at,
            marked(text.text),
            color=colors([text.color])[0],
            ha=text.ha,
            va="center_baseline" if text.va == "center" else text.va,
            rotation=float(text.rotation),
            transform=axes.transAxes if text.transform == "axes" else axes.transData,
            fontsize=theme("xtick.labelsize"),
        )


def labelled(panel: Panel) -> tuple[tuple[str, Rgb, Artist], ...]:
    """Return text, colour and handle of the lines and bands that have an entry in the legend."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    spec = panel.spec
    spans = ((span, Patch(facecolor=_color(span), alpha=span.alpha, linewidth=0)) for span in _all_spans(spec))
    lines = ((line, Line2D([], [], **_line_style(line) | {"zorder": 2})) for line in _all_lines(spec))
    found: list[tuple[ReferenceLine | ReferenceSpan, Artist]] = [*lines, *spans]
    return tuple((marked(one.label), _color(one), handle) for one, handle in found if one.label is not None)


def spans_and_lines(panel: Panel) -> Iterator[tuple[ReferenceLine | ReferenceSpan, str, tuple[float, ...]]]:
    """Yield the bands and lines of a panel in drawing order, the axis that they stand on and their places there."""
    spec, known = panel.spec, panel.constants
    for key, axis in _SPANS.items():
        for span in getattr(spec, key):
            yield span, axis, tuple(_value(getattr(span, f"{axis}{end}"), known) for end in ("min", "max"))
    for key, axis in _LINES.items():
        for line in getattr(spec, key):
            yield line, axis, (_value(getattr(line, axis), known),)


def reference_problems(spec: PanelSpec, *, path: ManifestPath) -> Iterator[Problem]:
    """Yield what is wrong with the lines, bands and texts of a panel: a place missing, a colour, an expression."""
    for names, ends in ((_LINES, ("",)), (_SPANS, ("min", "max"))):
        for key, axis in names.items():
            other = "x" if axis == "y" else "y"
            for index, one in enumerate(getattr(spec, key)):
                at = (*path, key, index)
                yield from _place_problems(one, key, [f"{axis}{end}" for end in ends], other, at)
                yield from color_problems(one.color, (*at, "color"))
    for index, text in enumerate(spec.text):
        yield from color_problems(text.color, (*path, "text", index, "color"))
    for place, value in _ends(spec):
        if isinstance(value, str):
            yield from _expression_problems(value, (*path, *place))


def _place_problems(one: Any, key: str, wanted: list[str], other: str, at: ManifestPath) -> Iterator[Problem]:
    for name in type(one).model_fields:
        if name in (other, f"{other}min", f"{other}max") and getattr(one, name) is not None:
            yield Problem(message=f"'{key}' goes all across and has no {name}", path=(*at, name))
    for name in wanted:
        if getattr(one, name) is None:
            yield Problem(message=f"'{name}' is missing", path=at, hint=f"'{key}' stands at a value of {wanted[0][0]}")


def _expression_problems(text: str, path: ManifestPath) -> Iterator[Problem]:
    try:
        parse(text, aggregates=True)
    except PaperkitError as error:
        yield from (problem.under(path) for problem in error.problems)


def _ends(spec: PanelSpec) -> Iterator[_Key]:
    for key, axis in _LINES.items():
        yield from (((key, index, axis), getattr(line, axis)) for index, line in enumerate(getattr(spec, key)))
    for key, axis in _SPANS.items():
        for index, span in enumerate(getattr(spec, key)):
            yield from (((key, index, f"{axis}{end}"), getattr(span, f"{axis}{end}")) for end in ("min", "max"))


def _corners(spec: PanelSpec) -> Iterator[_Key]:
    for index, text in enumerate(spec.text):
        yield ("text", index, "x"), text.x
        yield ("text", index, "y"), text.y


def _value(wanted: str | float | None, known: Mapping[str, float]) -> float:
    return known[wanted] if isinstance(wanted, str) else wanted or 0.0


def _all_lines(spec: PanelSpec) -> tuple[ReferenceLine, ...]:
    return (*spec.axhline, *spec.axvline)


def _all_spans(spec: PanelSpec) -> tuple[ReferenceSpan, ...]:
    return (*spec.axhspan, *spec.axvspan)


def _color(one: ReferenceLine | ReferenceSpan) -> Rgb:
    return colors([one.color])[0]


def _line_style(line: ReferenceLine) -> dict[str, Any]:
    width = {} if line.linewidth is None else {"linewidth": line.linewidth}
    return {"color": _color(line), "linestyle": line.linestyle, "zorder": line.zorder, **width}


def _span_style(span: ReferenceSpan) -> dict[str, Any]:
    return {"facecolor": _color(span), "alpha": span.alpha, "zorder": span.zorder, "linewidth": 0}
