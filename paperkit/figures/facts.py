"""Facts: the statistics of all marks of a figure, and where in it they are drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from paperkit.figures.encoding import Level, PanelData
from paperkit.figures.estimates import ErrorBar
from paperkit.figures.intervals import interval_words
from paperkit.figures.panel import Layer, Panel
from paperkit.figures.scene import Scene
from paperkit.figures.statistics import Statistics
from paperkit.manifest.model import Scalar

_MATHS = re.compile(r"(?<!\\)\$((?:\\.|[^$\\])*)\$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """The statistics of one mark, and where they are drawn.

    `panel` and `layer` count from 1 as the manifest's entries do. `places` are the levels of facet, x, y and hue that
    the statistics belong to, by column. `x` and `y` are the columns of the points, `value` that of the values;
    `interval` says what lies between `low` and `high`.
    """

    panel: int
    layer: int
    mark: str
    places: Mapping[str, Level]
    x: str
    y: str
    value: str
    interval: str
    statistics: Statistics

    @property
    def kind(self) -> str:
        """Return what the numbers are of: the mark, or what it adds to its groups (`fit`, `correlation`)."""
        return self.statistics.name or self.mark

    @property
    def columns(self) -> Mapping[str, tuple[float, ...]]:
        """Return the columns of the statistics, those of the frame under their own names."""
        names = {"x": self.x, "y": self.y, "value": self.value}
        return {names.get(name, name): values for name, values in self.statistics.columns.items()}


def facts(scene: Scene) -> tuple[Fact, ...]:
    """Return the facts of a figure: panel by panel, layer by layer, in drawing order."""
    return tuple(
        fact
        for panel, encoded in zip(scene.panels, scene.encoded, strict=True)
        for rank, (layer, data) in enumerate(zip(panel.layers, encoded, strict=True))
        for fact in _facts(panel, rank, layer, data, seed=scene.seed(panel, rank))
    )


def _facts(panel: Panel, rank: int, layer: Layer, data: PanelData, *, seed: str) -> Iterator[Fact]:
    errorbar: ErrorBar = getattr(layer.mark, "errorbar", "none")
    for found in layer.mark.statistics(data, seed=seed):
        yield Fact(
            panel=panel.entry + 1,
            layer=rank + 1,
            mark=layer.spec.mark,
            places=dict(_places(panel, layer, data, found)),
            x=layer.spec.x,
            y=layer.spec.y or layer.y,
            value=layer.y,
            interval=interval_words(errorbar) if "low" in found.numbers else "",
            statistics=found,
        )


def _places(panel: Panel, layer: Layer, data: PanelData, found: Statistics) -> Iterator[tuple[str, Level]]:
    yield from {} if panel.facet is None else panel.facet.levels.items()
    if layer.x is not None and found.x is not None and data.x:
        yield layer.x.name, data.x[found.x]
    levels = data.y or data.hue
    if layer.hue is not None and found.hue is not None and levels:
        yield layer.hue.name, levels[found.hue]


def shown(level: Level) -> Scalar:
    """Return a level as the figure shows it: a number, or a text on one line without marks of maths."""
    return (
        level.value if isinstance(level.value, (int, float)) and str(level.value) == level.text else plain(level.text)
    )


def plain(text: str) -> str:
    r"""Return a text in matplotlib's convention on one line, for readers of plain text.

    >>> plain("$R^2$ of\nmodel\\$")
    'R^2 of model$'
    """
    bare = _MATHS.sub(lambda found: re.sub(r"[\\{}]", "", found[1]), text)
    return " ".join(bare.replace(r"\$", "$").split())
