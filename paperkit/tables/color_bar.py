"""Colour bars: the legend of a shade, with the numbers of its ends, its centre or its boundaries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from paperkit.manifest.tables import Shade
from paperkit.style.colormap import Colormap
from paperkit.style.norm import Limits, Norm, positions
from paperkit.tables.format import format_number, format_plain, format_tex
from paperkit.tables.looks import Look
from paperkit.tables.model import ColorBar, Fill
from paperkit.tables.template import parse_format
from paperkit.tex.text import Tex, escape

# A bar of so many fills looks smooth; each of them is a colour that the table has to define.
_STEPS = 24
_SIGNIFICANT = 4

Goal = Literal["higher", "lower", "target"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Legend:
    """What a colour bar is about.

    `limits` are None where blocks differ in them. `look` is that of the first cell and `metric` its column; there is
    no look where another column gives the fills. Values may lie below and above the limits.
    """

    shade: Shade
    norm: Norm
    limits: Limits | None
    goals: frozenset[Goal]
    targets: tuple[float, ...]
    look: Look | None
    metric: str
    is_below: bool
    is_above: bool


def color_bar(legend: Legend, colormap: Colormap, fills: Sequence[Fill]) -> ColorBar:
    """Return the bar of one colormap, whose `fills` are given by entry: its colours, and the texts at them.

    The texts are the limits, the boundaries between colours and the centre, as the cells are printed. Where blocks
    differ in their limits the ends say what is compared; where directions differ the bar goes from the worst to the
    best, and boundaries have no place on it.
    """
    found = _positions(legend, colormap)
    if legend.goals == {"lower"}:
        found = [1 - position for position in found]
    shown = [fills[colormap.level(position)] for position in found]
    low, high = _ends(legend)
    inner: list[_Text] = []
    segments = [shown]
    if legend.norm.boundaries:
        if len(legend.goals) == 1:
            inner = [("", _stated(legend, value)) for value in legend.norm.boundaries[1:-1]]
            segments = [[fill] for fill in shown]
    elif legend.norm.kind in ("centered", "twoslope"):
        # A colour that lies around the centre is half on either side of it.
        halves = [fill for fill in shown for _ in range(1 + len(shown) % 2)]
        inner = [("", _stated(legend, legend.norm.vcenter))]
        segments = [halves[: len(halves) // 2], halves[len(halves) // 2 :]]
    texts = (low, *inner, high)
    return ColorBar(
        segments=tuple(map(tuple, segments)), texts=tuple(map(_tex, texts)), plain_texts=tuple(map(_plain, texts))
    )


def _positions(legend: Legend, colormap: Colormap) -> list[float]:
    boundaries = legend.norm.boundaries
    if boundaries:
        found = positions(boundaries[:-1], legend.norm, (boundaries[0], boundaries[-1]))
        return [position for position in found if position is not None]
    count = len(colormap.used)
    if count <= _STEPS:
        return [(index + 0.5) / count for index in range(count)]
    return [index / (_STEPS - 1) for index in range(_STEPS)]


_Text = tuple[str, str]
"""A sign such as ≤ or a word, and a number behind it."""


def _ends(legend: Legend) -> tuple[_Text, _Text]:
    if legend.goals == {"target"} and len(legend.targets) == 1 and legend.norm.kind == "linear":
        target = _printed(legend, legend.targets[0])
        return ("farthest from", target), ("", target)
    if len(legend.goals) > 1 or (legend.goals == {"target"} and legend.norm.kind == "linear"):
        return (f"worst{_per(legend)}", ""), (f"best{_per(legend)}", "")
    if legend.limits is None:
        return (f"lowest{_per(legend)}", ""), (f"highest{_per(legend)}", "")
    shown = _stated if legend.norm.boundaries else _printed
    low, high = (shown(legend, limit) for limit in legend.limits)
    return ("≤" if legend.is_below else "", low), ("≥" if legend.is_above else "", high)


def _per(legend: Legend) -> str:
    names = [name.rpartition(".")[2].replace("_", " ") for name in legend.shade.within if name != "table"]
    return f" per {' and '.join(names)}" if names else ""


def _printed(legend: Legend, value: float) -> str:
    text = _number(legend, value)
    is_signed = isinstance(legend.shade.vcenter, str) and value > 0 and not text.startswith("+")
    return f"+{text}" if is_signed else text


def _stated(legend: Legend, value: float) -> str:
    """Return a number of the manifest, with all of its decimals though cells may have fewer."""
    text = _printed(legend, value)
    whole = format_plain(int(value) if value.is_integer() else value, None)
    digits = sum(character.isdigit() for character in text.partition(".")[2])
    return text if len(whole.partition(".")[2]) <= digits or not text[-1:].isdigit() else whole


def _number(legend: Legend, value: float) -> str:
    look = legend.look
    spec: str | None = None
    if look is not None and look.format:
        text = look.format[0]
        parsed = parse_format(text, legend.metric)
        spec = parsed.fields[parsed.main].spec
    precision = look.precision if look is not None and isinstance(look.precision, int) else None
    if spec is not None and not (spec.endswith("d") and not value.is_integer()):
        return format_number(value, spec, precision)
    if precision is not None:
        return format_plain(value, precision)
    rounded = float(f"{value:.{_SIGNIFICANT}g}")
    return format_plain(int(rounded) if rounded.is_integer() and abs(rounded) < 10**_SIGNIFICANT else rounded, None)


def _plain(text: _Text) -> str:
    return " ".join(filter(None, text))


def _tex(text: _Text) -> Tex:
    before, number = text
    return Tex(" ".join(filter(None, (escape(before), format_tex(number) if number else ""))))
