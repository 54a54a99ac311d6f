"""Lints: what a finished figure shows, measured, and what is said of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from paperkit.errors import ManifestPath, Problem
from paperkit.figures.figure import Figure
from paperkit.figures.intervals import interval_of, is_smoothing_stated, is_stated, smoothing_of
from paperkit.figures.overlaps import overlaps
from paperkit.figures.page import require_page
from paperkit.figures.raster import dense_panels, raster_notices
from paperkit.files import Artifact
from paperkit.manifest.model import FigureAsset
from paperkit.style.theme import POINTS_PER_TEX_POINT
from paperkit.style.venue import Venue

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from paperkit.figures.drawn import Drawn, DrawnText

# Below this, type is hard to read on paper, whatever the venue takes.
_READABLE = 7.0
# What printers ask for at least, in points.
_THINNEST = 0.25
# TeX rounds to less; what counts is what can be seen.
_BEYOND = 0.5
_ROOM = "shorten it, or give the figure more room"


def lint(
    figure: Figure, asset: FigureAsset, artifacts: Sequence[Artifact] = (), *, venue: Venue
) -> tuple[Problem, ...]:
    """Return what a reader of the finished figure would find fault with: each with its measure and its cure.

    `artifacts` are the files of the figure.

    Raises:
        AssetError: a PDF has another size than the figure, or a font that venues refuse.

    """
    from paperkit.figures.drawn import drawn

    require_page(figure, artifacts)
    found = drawn(figure)
    panels = figure.canvas.axes
    return (
        *_small(figure.path, found.texts, theme_size=figure.theme.tick_size, venue=venue),
        *_thin(figure.path, found),
        *_outside(figure, found.texts),
        *_overlapping(figure.path, found.texts),
        *_cut(figure),
        *_unstated(asset, panels, found.texts),
        *_smoothed(asset, panels, found.texts),
        *_ranges(figure, asset),
        *_undescribed(asset, venue),
        *raster_notices(asset, dense_panels(panels, figure.scene.panels)),
    )


def _at(path: ManifestPath, panel: int | None) -> ManifestPath:
    return path if panel is None else (*path, "panel", panel)


def _said(text: DrawnText) -> str:
    # What matplotlib's formatters write around the digits of a tick is no business of the author.
    shown = re.sub(r"\$\\mathdefault\{(.*)\}\$", r"\1", text.text)
    return f"{text.role} '{re.sub(r'[{}]', '', shown) if shown != text.text else shown}'"


def _others(count: int, what: str) -> str:
    return "" if count < 1 else f", and {count} other {what}{'' if count == 1 else 's'}"


def _points(length: float) -> str:
    """Return a length in PDF points as TeX points with one decimal, so that messages do not flicker."""
    return f"{length / POINTS_PER_TEX_POINT:.1f}pt"


def _small(path: ManifestPath, texts: Sequence[DrawnText], *, theme_size: float, venue: Venue) -> Iterator[Problem]:
    least = max(venue.least_size, min(_READABLE, theme_size))
    for panel, found in _by_panel(texts, lambda text: text.size < least - 0.01):
        smallest = min(found, key=lambda text: text.size)
        why = f"{venue.name} takes no type below" if smallest.size < venue.least_size else "hard to read below"
        yield Problem(
            message=f"{_said(smallest)} is set in {smallest.size:g}pt: {why} {least:g}pt",
            path=_at(path, panel),
            hint=r"shorten the labels, break them with \n, or give the panel more room",
        )


def _by_panel(
    texts: Sequence[DrawnText], wanted: Callable[[DrawnText], bool]
) -> Iterator[tuple[int | None, list[DrawnText]]]:
    """Yield the texts that are wanted by their panels, those of no panel first."""
    found = [text for text in texts if wanted(text)]
    for panel in sorted({text.panel for text in found}, key=lambda panel: -1 if panel is None else panel):
        yield panel, [text for text in found if text.panel == panel]


def _thin(path: ManifestPath, found: Drawn) -> Iterator[Problem]:
    for panel, width in found.thinnest:
        if width < _THINNEST - 1e-6:
            yield Problem(
                message=f"the thinnest line is {width:.3g}pt wide: print loses what is below {_THINNEST:g}pt",
                path=_at(path, panel),
                hint="draw it with a larger 'linewidth'",
            )


def _outside(figure: Figure, texts: Sequence[DrawnText]) -> Iterator[Problem]:
    width, height = (side * POINTS_PER_TEX_POINT for side in (figure.width, figure.height))
    beyond = {text: max(_beyond(text, width, height)) for text in texts}
    for panel, found in _by_panel(texts, lambda text: beyond[text][0] > _BEYOND):
        farthest = max(found, key=lambda text: beyond[text][0])
        length, edge = beyond[farthest]
        yield Problem(
            message=f"{_said(farthest)} is cut off: {_points(length)} of it are beyond the {edge} edge of the figure"
            f"{_others(len({text.owner for text in found}) - 1, 'text')}",
            path=_at(figure.path, panel),
            hint=_ROOM,
        )


def _beyond(text: DrawnText, width: float, height: float) -> Iterator[tuple[float, str]]:
    xs, ys = zip(*text.corners, strict=True)
    yield -min(xs), "left"
    yield max(xs) - width, "right"
    yield -min(ys), "lower"
    yield max(ys) - height, "upper"


_WHERE = {
    "tick label of x": r"shorten the labels, break them with \n, turn them (xtickrotation = 30) or widen the panel",
    "tick label of y": "give the panel more height, or set fewer 'yticks'",
    "text": "shorten them with another format, or give the panel more room",
}


def _overlapping(path: ManifestPath, texts: Sequence[DrawnText]) -> Iterator[Problem]:
    pairs: dict[tuple[ManifestPath, str, str], list[tuple[float, str]]] = {}
    for first, second, depth in overlaps(texts):
        one, other = sorted((first, second), key=lambda text: text.role)
        at = _at(path, one.panel if one.panel == other.panel else None)
        both = f"'{one.text}' and '{other.text}' by {_points(depth)}"
        pairs.setdefault((at, one.role, other.role), []).append((depth, both))
    for (at, role, with_), found in pairs.items():
        what = f"{_plural(role)} overlap" if role == with_ else f"{_plural(role)} overlap {_plural(with_)}"
        _, worst = max(found, key=lambda pair: pair[0])
        yield Problem(
            message=f"{what}: {worst}{_others(len(found) - 1, 'pair')}",
            path=at,
            hint=_WHERE.get(role if role == with_ else "", "shorten them, or give the figure more room"),
        )


def _plural(role: str) -> str:
    """Return the name of several texts of one role.

    >>> _plural("tick label of x"), _plural("legend entry")
    ('tick labels of x', 'legend entries')
    """
    head, of, tail = role.partition(" of ")
    return f"{head[:-1]}ies" if head.endswith("y") else f"{head}s{of}{tail}"


def _cut(figure: Figure) -> Iterator[Problem]:
    for panel, axes in zip(figure.scene.panels, figure.canvas.axes, strict=False):
        intervals: dict[str, list[tuple[float, float]]] = {}
        for artist in axes.get_children():
            along = interval_of(artist)
            if along is not None:
                intervals.setdefault(along[0], []).extend(_ends(artist, along[0]))
        for axis, ends in intervals.items():
            yield from _cut_along(axes, axis, ends, _at(figure.path, panel.entry))


def _cut_along(axes: Axes, axis: str, ends: Sequence[tuple[float, float]], path: ManifestPath) -> Iterator[Problem]:
    scale: str = getattr(axes, f"get_{axis}scale")()
    low, high = sorted(getattr(axes, f"get_{axis}lim")())
    lost = sum(first <= 0 for first, _ in ends) if scale == "log" else 0
    if lost:
        yield Problem(
            message=f"{lost} of {len(ends)} intervals reach zero or below, where a logarithmic axis ends, and are cut",
            path=(*path, "axes", f"{axis}scale"),
            hint=f"errorbar = 'pi' stays among the values; or {axis}scale = 'symlog'",
        )
    cut = sum((first < low and not (scale == "log" and first <= 0)) or last > high for first, last in ends)
    if cut:
        yield Problem(
            message=f"{cut} of {len(ends)} intervals reach beyond '{axis}lim' and are cut",
            path=(*path, "axes", f"{axis}lim"),
        )


def _ends(artist: Any, axis: str) -> Iterator[tuple[float, float]]:
    """Yield the ends of the intervals that a line with gaps or a band shows along one axis."""
    import numpy as np

    along, across = (1, 0) if axis == "y" else (0, 1)
    points = np.asarray(artist.get_xy() if hasattr(artist, "get_xy") else artist.get_xydata(), dtype=float)
    if hasattr(artist, "get_xy"):
        # A band goes along its lower edge and back along its upper one.
        half = (len(points) - 1) // 2
        pairs = zip(points[:half, along], points[half : 2 * half][::-1, along], strict=True)
        yield from ((float(min(pair)), float(max(pair))) for pair in pairs)
        return
    for start, end in pairwise(points):
        # A cap has its ends at the same value.
        if start[across] == end[across] and np.isfinite([start[along], end[along]]).all():
            yield float(min(start[along], end[along])), float(max(start[along], end[along]))


def _unstated(asset: FigureAsset, panels: Sequence[Axes], texts: Sequence[DrawnText]) -> Iterator[Problem]:
    """Ask a caption for what intervals show; where there is none, the paper's own TeX has it."""
    shown = dict.fromkeys(
        found[1] for axes in panels for artist in axes.get_children() if (found := interval_of(artist))
    )
    said = [asset.spec.caption, *(text.text for text in texts)]
    missing = [words for words in shown if not is_stated(words, said)]
    if missing and asset.spec.caption.strip():
        words = " and ".join(missing)
        yield Problem(
            message=f"the caption does not say what the intervals show: {words}",
            path=(*asset.path, "caption"),
            hint=f"add a sentence: 'Intervals show {words}.'",
        )


def _smoothed(asset: FigureAsset, panels: Sequence[Axes], texts: Sequence[DrawnText]) -> Iterator[Problem]:
    """Ask a caption to say that what it shows is not the data themselves."""
    artists = (artist for axes in panels for artist in axes.get_children())
    shown = dict.fromkeys(how for artist in artists if (how := smoothing_of(artist)) is not None)
    if shown and asset.spec.caption.strip() and not is_smoothing_stated([asset.spec.caption, *(t.text for t in texts)]):
        yield Problem(
            message=f"the caption does not say that lines are smoothed: {'; '.join(shown)}",
            path=(*asset.path, "caption"),
            hint=f"add a sentence: 'Lines are smoothed ({next(iter(shown))}).'",
        )


def _ranges(figure: Figure, asset: FigureAsset) -> Iterator[Problem]:
    """Compare the y axes of panels that show the same column in the same way; who sets or shares limits knows."""
    specs = asset.spec.panel
    same: dict[tuple[str, str, str], list[tuple[int, Axes]]] = {}
    for panel, axes in zip(figure.scene.panels, figure.canvas.axes, strict=False):
        index, spec = panel.entry, panel.spec
        is_alone = spec.row is None and spec.col is None and spec.inset is None
        if is_alone and spec.y is not None and spec.values is None and not panel.first.is_horizontal:
            same.setdefault((spec.y, spec.mark, axes.get_yscale()), []).append((index, axes))
    for (column, _, _), found in same.items():
        limits = [axes.get_ylim() for _, axes in found]
        free = [index for index, _ in found if specs[index].axes.ylim is None]
        if free and len(set(limits)) > 1:
            low, high = min(map(min, limits)), max(map(max, limits))
            numbers = ", ".join(str(index + 1) for index, _ in found)
            yield Problem(
                message=f"panels {numbers} show '{column}' on y axes with different limits",
                path=(*asset.path, "panel", free[0], "axes"),
                hint=f"ylim = [{low:.3g}, {high:.3g}] in all of them makes heights comparable",
            )


def _undescribed(asset: FigureAsset, venue: Venue) -> Iterator[Problem]:
    if venue.document_class == "acmart" and not asset.spec.alt.strip():
        yield Problem(
            message="no 'alt' text but a draft: acmart asks for a description of every figure",
            path=asset.path,
            hint=f"alt = '…' says what it shows; paperkit show {asset.id} --alt prints the draft",
        )
