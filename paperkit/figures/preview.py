"""SVG and PNG for the screen: the layout of the other formats, with text that needs no font where it is shown.

Import this module only where a figure is written: it imports matplotlib.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import matplotlib as mpl
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.backends.backend_svg import RendererSVG

from paperkit.figures.bundled import BundledText, drawing
from paperkit.figures.figure import Figure
from paperkit.figures.raster import RASTER_DPI, drawing_images
from paperkit.figures.renderer import DPI

PNG_DPI = 200
"""Pixels per inch of a PNG."""


class SvgRenderer(BundledText, RendererSVG):
    """Draw an SVG whose panels and boxes have their names as titles, which browsers show under the pointer."""

    backend: ClassVar[Any] = RendererSVG

    def open_group(self, s: str, gid: str | None = None) -> None:
        """Open a group; names are no ids, since they hold blanks and occur twice."""
        super().open_group(s, gid)
        self.backend.open_group(self, s)
        if gid is not None and s != "text":
            writer: Any = self.writer
            writer.element("title", text=_printable(gid))

    def flipy(self) -> bool:
        """Return True: heights are counted from the top."""
        return True


class PngRenderer(BundledText, RendererAgg):
    """Draw pixels."""

    backend: ClassVar[Any] = RendererAgg

    def flipy(self) -> bool:
        """Return True: heights are counted from the top."""
        return True


# The backends have no type hints.
_SVG: Any = SvgRenderer
_PNG: Any = PngRenderer


def to_svg(figure: Figure, *, title: str = "", description: str = "") -> bytes:
    """Return the figure as an SVG on white, its text as outlines.

    Raises:
        AssetError: maths that matplotlib cannot set, or a character that no bundled font has.

    """
    width, height = (float(side) * DPI for side in figure.canvas.get_size_inches())
    metadata = {"Creator": "paperkit", "Date": None, **({"Title": _printable(title)} if title else {})}
    buffer = io.StringIO()
    # The names of clips and markers are hashes: with a fixed salt they are the same in every build.
    with drawing(figure, "svg"), _on_white(figure), mpl.rc_context({"svg.hashsalt": figure.name}):
        renderer = _SVG(width, height, buffer, image_dpi=RASTER_DPI, metadata=metadata)
        if description:
            renderer.writer.element("desc", text=_printable(description))
        renderer.prepare(figure.theme, figure.path)
        with drawing_images(figure.canvas, figure.scene.panels, renderer, "svg") as mixed:
            figure.canvas.draw(mixed)
        renderer.finalize()
    return buffer.getvalue().encode()


def to_png(figure: Figure, *, title: str = "", description: str = "") -> bytes:
    """Return the figure as a PNG on white, with 200 pixels per inch.

    Raises:
        AssetError: maths that matplotlib cannot set, or a character that no bundled font has.

    """
    from matplotlib.image import imsave

    width, height = (round(float(side) * PNG_DPI) for side in figure.canvas.get_size_inches())
    metadata = {"Software": "paperkit", "Title": _printable(title), "Description": _printable(description)}
    buffer = io.BytesIO()
    with drawing(figure, "png"), _on_white(figure), _at(figure, PNG_DPI), mpl.rc_context({"text.hinting": "none"}):
        renderer = _PNG(width, height, PNG_DPI)
        renderer.prepare(figure.theme, figure.path, scale=PNG_DPI / DPI)
        figure.canvas.draw(renderer)
        pixels: Any = renderer.buffer_rgba()
        known: Any = {key: text for key, text in metadata.items() if text}
        imsave(buffer, pixels, format="png", dpi=PNG_DPI, metadata=known)
    return buffer.getvalue()


@contextmanager
def _on_white(figure: Figure) -> Iterator[None]:
    """Draw the paper too: black text could not be read on a dark screen."""
    patch = figure.canvas.patch
    before = patch.get_facecolor()
    patch.set(visible=True, facecolor="white")
    try:
        yield
    finally:
        patch.set(visible=False, facecolor=before)


@contextmanager
def _at(figure: Figure, dpi: float) -> Iterator[None]:
    """Draw with `dpi` pixels per inch; the layout is in fractions of the figure and in points, and stays."""
    figure.canvas.set_dpi(dpi)
    try:
        yield
    finally:
        figure.canvas.set_dpi(DPI)


def _printable(text: str) -> str:
    """Return text on one line without what XML cannot hold."""
    return "".join(c if c.isprintable() else "?" for c in " ".join(text.split()))
