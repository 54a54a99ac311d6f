"""Alt text: what a figure shows in a few sentences, drafted from its statistics where the author wrote none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from paperkit.figures.encode import Encoded
from paperkit.figures.facts import Fact, facts, plain, shown
from paperkit.figures.panel import Panel
from paperkit.figures.scene import Scene
from paperkit.figures.text import marked

_NOUNS = {
    "bar": "Bar chart",
    "box": "Box plots",
    "calibration": "Reliability diagram",
    "critical_difference": "Critical difference diagram",
    "dumbbell": "Dumbbell chart",
    "ecdf": "Cumulative distribution",
    "heatmap": "Heatmap",
    "hist": "Histogram",
    "kde": "Density",
    "line": "Line chart",
    "point": "Point estimates",
    "precision_recall": "Precision-recall curves",
    "profile": "Performance profiles",
    "roc": "ROC curves",
    "scatter": "Scatter plot",
    "slope": "Slope chart",
    "strip": "Points",
    "swarm": "Points",
    "violin": "Violin plots",
}
# What sums up each group, and its name.
_CENTERS = {
    "median": "median",
    "mean": "mean",
    "mean_rank": "mean rank",
    "auc": "area under the curve",
    "average_precision": "average precision",
    "ece": "expected calibration error",
}
_VALUES = ("median", "mean")
_STRENGTHS = {"pearson": "Pearson's correlation", "spearman": "Spearman's rank correlation"}
# More names than this are counted.
_NAMED, _TIED = 4, 2


def draft_alt(scene: Scene) -> str:
    """Return a sentence for each panel of the manifest: what it draws of what, and the ends of what it shows."""
    found = facts(scene)
    every = list(zip(scene.panels, scene.encoded, strict=True))
    entries = sorted({panel.entry for panel in scene.panels})
    sentences = [
        _sentence(
            [(panel, data) for panel, data in every if panel.entry == entry],
            [fact for fact in found if fact.panel == entry + 1],
        )
        for entry in entries
    ]
    if len(sentences) > 1:
        sentences = [f"Panel {entry + 1}: {said}" for entry, said in zip(entries, sentences, strict=True)]
    return " ".join(sentences)


def _sentence(panels: Sequence[tuple[Panel, Encoded]], found: Sequence[Fact]) -> str:
    panel, encoded = panels[0]
    first = [fact for fact in found if fact.layer == 1]
    marks = dict.fromkeys(layer.spec.mark for layer in panel.layers)
    nouns = [_NOUNS.get(mark, f"{mark.replace('_', ' ').capitalize()} plot") for mark in marks]
    what = " and ".join([nouns[0], *(noun[:1].lower() + noun[1:] for noun in nouns[1:])])
    log = " on a logarithmic axis" if encoded[0].is_log else ""
    values = [value for _, data in panels for group in data[0].groups for value in group.values]
    ends = "; ".join(_ends(first, values)) if values else "no values"
    return f"{what} of {_value(panel)}{log}{_by(panel, first)}: {ends}."


def _value(panel: Panel) -> str:
    """Return what the values are called: as the axis says, else by their column."""
    layer, axes = panel.first, panel.spec.axes
    label = None if layer.mark.is_matrix else axes.xlabel if layer.keys[1] == "x" else axes.ylabel
    return _words(layer.y) if label is None else plain(marked(label))


def _words(column: str) -> str:
    return " ".join(column.replace("_", " ").replace(".", " ").split())


def _by(panel: Panel, found: Sequence[Fact]) -> str:
    """Return what the values are told apart by, with the names where they are few."""
    layer = panel.first
    sides = [] if panel.facet is None else [_words(name) for name in panel.facet.levels]
    facets = f", a panel for each {' and '.join(sides)}" if sides else ""
    against = f" against {_words(layer.x.name)}" if layer.mark.places == "numbers" and layer.x is not None else ""
    names = dict.fromkeys(name for fact in found for name in fact.places)
    own = [name for name in names if panel.facet is None or name not in panel.facet.levels]
    each = [_levels(name, found) for name in own]
    return against + (f" by {' and '.join(each)}" if each else "") + facets


def _levels(name: str, found: Sequence[Fact]) -> str:
    texts = dict.fromkeys(str(shown(fact.places[name])) for fact in found if name in fact.places)
    return f"{_words(name)} ({', '.join(texts) if len(texts) <= _NAMED else f'{len(texts)} values'})"


def _ends(found: Sequence[Fact], values: Sequence[float]) -> Iterator[str]:
    center = next((name for name in _CENTERS if any(name in fact.statistics.numbers for fact in found)), None)
    if center is None:
        low, high = (_number(end) for end in (min(values), max(values)))
        count = f"{len(values)} value{'s' if len(values) > 1 else ''}"
        yield f"{count} from {low} to {high}" if low != high else f"{count} of about {low}"
    else:
        yield _extremes([fact for fact in found if center in fact.statistics.numbers], center)
    for fact in found:
        numbers = fact.statistics.numbers
        yield from (f"{words} is {numbers[name]:.2f}" for name, words in _STRENGTHS.items() if name in numbers)
        if "slope" in numbers:
            slope = numbers["slope"]
            yield f"the fitted line {'rises' if slope > 0 else 'falls' if slope < 0 else 'is level'}"


def _extremes(found: Sequence[Fact], center: str) -> str:
    numbers = [fact.statistics.numbers for fact in found]
    is_single = center in _VALUES and all(each.get("n") == 1 for each in numbers)
    noun = "value" if is_single else _CENTERS[center]
    centers = [each[center] for each in numbers]
    low, high = min(centers), max(centers)
    if low == high:
        return f"{'the' if len(found) == 1 else 'every'} {noun} is {_number(high)}"
    name = _namer(found)
    tops = [name(fact) for fact, value in zip(found, centers, strict=True) if value == high]
    bottoms = [name(fact) for fact, value in zip(found, centers, strict=True) if value == low]
    return f"the highest {noun} is {_number(high)} ({_listed(tops)}), the lowest {_number(low)} ({_listed(bottoms)})"


def _namer(found: Sequence[Fact]) -> Callable[[Fact], str]:
    """Return what names a fact among others: its levels in the columns in which they differ."""
    levels = {name: {str(shown(fact.places[name])) for fact in found} for name in found[0].places}

    def name(fact: Fact) -> str:
        parts = [(column, shown(fact.places[column])) for column, texts in levels.items() if len(texts) > 1]
        return ", ".join(text if isinstance(text, str) else f"{_words(column)} {text}" for column, text in parts)

    return name


def _listed(names: Sequence[str]) -> str:
    return " and ".join(names) if len(names) <= _TIED else f"{len(names)} of them"


def _number(value: float) -> str:
    """Return a number with three digits, more where it has them before the point.

    >>> _number(-0.12345), _number(81.25), _number(123456.7), _number(0.0), _number(1.5e-9)
    ('-0.123', '81.2', '123457', '0', '1.5e-09')
    """
    return f"{value:.0f}" if 1000 <= abs(value) < 1e15 else f"{value:.3g}"  # noqa: PLR2004
