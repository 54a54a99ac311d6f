"""PDF through matplotlib's own backend, with text laid out by TeX's metrics.

Import this module only where a figure is written: it imports matplotlib.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from matplotlib.backends.backend_pdf import PdfFile, RendererPdf

from paperkit.figures.bundled import BundledText, drawing
from paperkit.figures.figure import Figure
from paperkit.figures.raster import RASTER_DPI, drawing_images
from paperkit.figures.renderer import TexMetrics


class PdfRenderer(BundledText, RendererPdf):
    """Draw on the page of a PDF."""

    backend: ClassVar[Any] = RendererPdf


# The backend has no type hints.
_FILE: Any = PdfFile

RendererT = TypeVar("RendererT", bound=TexMetrics)


def to_pdf(figure: Figure, *, title: str = "", subject: str = "") -> bytes:
    """Return the figure as a PDF with embedded TrueType fonts and no date.

    Raises:
        AssetError: maths that matplotlib cannot set, or a character that no bundled font has.

    """
    with drawing(figure, "pdf"):
        content, _ = draw_page(figure, PdfRenderer, title=title, subject=subject)
    return content


def draw_page(figure: Figure, kind: type[RendererT], *, title: str, subject: str) -> tuple[bytes, RendererT]:
    """Return a PDF with the figure on its only page, and the renderer that drew it; call it in the figure's theme."""
    # Keys with None are left out: a date would change the bytes.
    metadata = {"Creator": "paperkit", "CreationDate": None, "Title": title or None, "Subject": subject or None}
    buffer = io.BytesIO()
    width, height = (float(side) for side in figure.canvas.get_size_inches())
    file = _FILE(buffer, metadata=metadata)
    file.newPage(width, height)
    make: Any = kind
    renderer: RendererT = make(file, RASTER_DPI, height, width)
    renderer.prepare(figure.theme, figure.path)
    with drawing_images(figure.canvas, figure.scene.panels, renderer, "pdf") as mixed:
        figure.canvas.draw(mixed)
    page: Any = renderer
    page.finalize()
    file.finalize()
    file.close()
    return buffer.getvalue(), renderer


def images_to_pdf(images: Sequence[Any]) -> bytes:
    """Return a PDF with an image (rows from the bottom, four bytes per pixel) on each page, at 300 dots per inch."""
    buffer = io.BytesIO()
    file = _FILE(buffer, metadata={"Creator": "paperkit", "CreationDate": None})
    for image in images:
        height, width = (side / RASTER_DPI for side in image.shape[:2])
        file.newPage(width, height)
        page: Any = RendererPdf
        renderer = page(file, RASTER_DPI, height, width)
        renderer.draw_image(renderer.new_gc(), 0, 0, image)
        renderer.finalize()
    file.finalize()
    file.close()
    return buffer.getvalue()
