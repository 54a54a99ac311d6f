"""Marks so many that a vector file chokes on them: drawn as one image inside it, while text and axes stay vectors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from paperkit.errors import Problem
from paperkit.figures.panel import Panel
from paperkit.manifest.model import FigureAsset

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

RASTER_DPI = 300
"""Pixels per inch of an image inside a vector file: at 600 it would be larger than the marks themselves."""

# How many marks a figure has as vectors, by measurement (benchmarks/many_points.py): more, and pdfTeX takes seconds for
# a PGF, a viewer one second to show a PDF, and an SVG has a megabyte. PNG is all pixels.
_LIMITS: Mapping[str, int] = {"pgf": 2_000, "pdf": 25_000, "hybrid": 25_000, "svg": 5_000}
# Memory of TeX Live 2022's pdfTeX is full with 10,000 to 20,000 markers on a page.
_TOO_MANY = 8_000
# A vertex of a line costs TeX so much less than a marker.
_VERTICES = 5
# What is so few marks is never worth pixels.
_FEW = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Dense:
    """What a panel could have as an image: its number in the manifest, the artists and how many marks they are.

    Axes that a function of the project draws have no number.
    """

    panel: int | None
    artists: tuple[Artist, ...]
    marks: int
    wanted: bool | None


def dense_panels(axes: Sequence[Axes], panels: Sequence[Panel]) -> tuple[Dense, ...]:
    """Return what each panel could have as an image, once its layout is final."""
    if not panels:
        return tuple(_dense(None, None, drawn) for drawn in axes)
    wanted = {"auto": None, True: True, False: False}
    return tuple(
        _dense(panel.entry, wanted[panel.spec.rasterized], drawn) for panel, drawn in zip(panels, axes, strict=False)
    )


def _dense(number: int | None, wanted: bool | None, axes: Axes) -> Dense:
    found = [(artists, sum(map(_marks, artists))) for artists in _groups(axes)]
    chosen = [(artists, marks) for artists, marks in found if wanted or marks > _FEW]
    return Dense(
        panel=number,
        artists=tuple(artist for artists, _ in chosen for artist in artists),
        marks=sum(marks for _, marks in chosen),
        wanted=wanted,
    )


def _groups(axes: Axes) -> Iterator[Sequence[Artist]]:
    """Yield what is drawn of data: each line, each collection, and all patches together, such as cells."""
    # Reference lines have another transform: they go across, whatever the data.
    yield from ([line] for line in axes.lines if line.get_transform() == axes.transData)
    yield from ([collection] for collection in axes.collections)
    yield list(axes.patches)


def _marks(artist: Any) -> int:
    """Return how many markers an artist costs."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    kind = type(artist)
    if issubclass(kind, Patch):
        return max(1, len(artist.get_path().vertices) // _VERTICES)
    if issubclass(kind, Line2D):
        has_line = artist.get_linestyle() not in ("None", "none", " ", "") and artist.get_linewidth() > 0
        has_markers = artist.get_marker() not in ("None", "none", " ", "", None)
        points = len(artist.get_path().vertices) if has_markers else 0
        return points + (_vertices(artist) // _VERTICES if has_line else 0)
    return max(len(artist.get_paths()), len(artist.get_offsets()))


def _vertices(line: Any) -> int:
    """Return how many vertices of a line are drawn: those that nobody can see are left out."""
    path = line.get_path()
    if len(path.vertices) < _FEW * _VERTICES:
        return len(path.vertices)
    return len(path.cleaned(line.get_transform(), simplify=True).vertices)


def rasterized(dense: Iterable[Dense], form: str) -> tuple[Dense, ...]:
    """Return the panels whose marks are an image in the format `form`.

    They are those that ask for it, and of the others as few as need be, those with the most marks first.
    """
    if form not in _LIMITS:
        return ()
    found = [panel for panel in dense if panel.artists]
    left = sum(panel.marks for panel in found if panel.wanted is not True)
    chosen = [panel for panel in found if panel.wanted is True]
    for panel in sorted(found, key=lambda one: -one.marks):
        if left > _LIMITS[form] and panel.wanted is None:
            chosen.append(panel)
            left -= panel.marks
    return tuple(panel for panel in found if panel in chosen)


def raster_notices(asset: FigureAsset, dense: Sequence[Dense]) -> Iterator[Problem]:
    """Yield which panels have an image that nobody asked for, and which have too many marks for TeX."""
    # The panels that one entry makes share what is said.
    for entry in dict.fromkeys(panel.panel for panel in dense):
        forms: dict[str, int] = {}
        for form in asset.spec.formats:
            images = [panel for panel in rasterized(dense, form) if panel.panel == entry and panel.wanted is None]
            if images:
                forms[form] = sum(panel.marks for panel in images)
        if forms:
            yield Problem(
                message=f"{max(forms.values())} marks are an image of {RASTER_DPI} dpi in {_listed([*forms])}; "
                "text stays text",
                path=asset.path if entry is None else (*asset.path, "panel", entry),
                hint=None if entry is None else "rasterized = true or false decides it for all formats",
            )
        kept = sum(panel.marks for panel in dense if panel.panel == entry and panel.wanted is False)
        if entry is not None and kept > _TOO_MANY and "pgf" in asset.spec.formats:
            yield Problem(
                message=f"{kept} marks in a PGF figure: TeX is slow with them, and has no memory for 20000",
                path=(*asset.path, "panel", entry, "rasterized"),
                hint="formats = ['hybrid'] is set by the paper's TeX as well, and has any number of vectors",
            )


def _listed(words: Sequence[str]) -> str:
    *head, last = words
    return f"{', '.join(head)} and {last}" if head else last


@contextmanager
def drawing_images(canvas: Canvas, panels: Sequence[Panel], renderer: Any, form: str) -> Iterator[Any]:
    """Give what draws `canvas` with `renderer`, and the marks that are an image in the format `form` as pixels."""
    dense = dense_panels(canvas.axes, panels)
    marks = [artist for panel in rasterized(dense, form) for artist in panel.artists]
    # A function of the project may have asked for more of them.
    artists = [artist for artist in marks if not artist.get_rasterized()]
    if not marks and not canvas.findobj(lambda artist: bool(artist.get_rasterized())):
        yield renderer
        return
    from matplotlib.backends.backend_mixed import MixedModeRenderer

    width, height = canvas.get_size_inches()
    mixed: Any = MixedModeRenderer
    for artist in artists:
        artist.set_rasterized(True)
    try:
        yield mixed(canvas, width, height, RASTER_DPI, renderer)
    finally:
        for artist in artists:
            artist.set_rasterized(False)
