"""PDF through matplotlib's own backend, with text laid out by TeX's metrics.

Import this module only where a figure is written: it imports matplotlib.
"""

from __future__ import annotations

import io
import math
import warnings
from typing import Any

from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_pdf import PdfFile, RendererPdf
from matplotlib.font_manager import FontProperties

from paperkit.errors import AssetError, Problem
from paperkit.figures.figure import Figure
from paperkit.figures.renderer import DPI, TexMetrics
from paperkit.style.theme import rc_context


class PdfRenderer(TexMetrics, RendererPdf):
    """Draw text in a bundled font inside the extent that the document's own font would take."""

    def draw_text(  # noqa: PLR0917 - matplotlib's signature
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: bool | str = False,
        mtext: Any = None,
    ) -> None:
        """Draw one line of text, held where its alignment says."""
        planned = self.measured(s, prop, is_math=bool(ismath)).width
        backend: Any = RendererPdf
        actual, _, _ = backend.get_text_width_height_descent(self, s, prop, ismath)
        shift = self.alignment * (planned - actual)
        turn = math.radians(angle)
        x, y = x + shift * math.cos(turn), y + shift * math.sin(turn)
        backend.draw_text(self, gc, x, y, s, prop, angle, ismath, mtext)


# The backend has no type hints.
_FILE: Any = PdfFile
_RENDERER: Any = PdfRenderer


def to_pdf(figure: Figure, *, title: str = "", subject: str = "") -> bytes:
    """Return the figure as a PDF with embedded TrueType fonts and no date.

    Raises:
        AssetError: maths that matplotlib cannot set, or a character that no bundled font has.

    """
    # Keys with None are left out: a date would change the bytes.
    metadata = {"Creator": "paperkit", "CreationDate": None, "Title": title or None, "Subject": subject or None}
    buffer = io.BytesIO()
    with rc_context(figure.theme), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        width, height = (float(side) for side in figure.canvas.get_size_inches())
        file = _FILE(buffer, metadata=metadata)
        file.newPage(width, height)
        renderer = _RENDERER(file, DPI, height, width)
        renderer.prepare(figure.theme, figure.path)
        try:
            figure.canvas.draw(renderer)
        except ValueError as error:
            raise _refused(figure, str(error)) from error
        renderer.finalize()
        file.finalize()
        file.close()
    missing = [str(warning.message) for warning in caught if "missing from font" in str(warning.message)]
    if missing:
        raise _refused(figure, missing[0])
    return buffer.getvalue()


def _refused(figure: Figure, reason: str) -> AssetError:
    message = f"PDF text cannot be set: {' '.join(reason.split())}"
    hint = "PDF figures know matplotlib's mathtext only; or leave 'pdf' out of 'formats'"
    return AssetError(Problem(message=message, path=figure.path, hint=hint))
