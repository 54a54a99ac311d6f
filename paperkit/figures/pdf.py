"""PDF through matplotlib's own backend, with text laid out by TeX's metrics.

Import this module only where a figure is written: it imports matplotlib.
"""

from __future__ import annotations

import io
import logging
import math
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_pdf import PdfFile, RendererPdf
from matplotlib.font_manager import FontProperties

from paperkit.errors import AssetError, Problem
from paperkit.figures.figure import Figure
from paperkit.figures.renderer import DPI, TexMetrics
from paperkit.style.theme import rc_context

# The bundled Computer Modern keeps TeX's own encoding: at these characters its text fonts hold other glyphs (a dot
# accent for `_`, `fl` for `°`), which matplotlib would draw without a word.
_COMPUTER_MODERN = frozenset({"cmr10", "cmss10", "cmtt10"})
_FOREIGN = re.compile(r"[<>\\_{|}^~]|[^\x00-\x7f]")
_SUBSTITUTE, _SUBSTITUTE_MATHS = "STIXGeneral", "stix"
_FORMULA = re.compile(r"((?<!\\)\$.*?(?<!\\)\$)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A part of a line that is drawn at once."""

    text: str
    is_math: bool = False


def is_foreign(line: str, *, is_math: bool, font: str) -> bool:
    """Tell whether the bundled `font` has other glyphs for some characters of `line`, outside of maths.

    >>> is_foreign("a_b", is_math=False, font="cmr10"), is_foreign("$a_b$", is_math=True, font="cmr10")
    (True, False)
    """
    if font not in _COMPUTER_MODERN:
        return False
    texts = _FORMULA.split(line)[::2] if is_math else [line]
    return any(_FOREIGN.search(text.replace(r"\$", "$")) for text in texts)


def runs(line: str, *, is_math: bool, font: str) -> tuple[Run, ...]:
    """Split a line where text and maths meet: the bundled Computer Modern sets both as wide as TeX does.

    >>> [run.text for run in runs("of $x$", is_math=True, font="cmr10")]
    ['of ', '$x$']
    """
    if not is_math or font not in _COMPUTER_MODERN:
        return (Run(text=line, is_math=is_math),)
    found = (
        Run(text=piece, is_math=True) if odd % 2 else Run(text=piece.replace(r"\$", "$"))
        for odd, piece in enumerate(_FORMULA.split(line))
    )
    return tuple(run for run in found if run.text)


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
        del mtext  # the alignment is known from the group, also for the lines of a longer text
        backend: Any = RendererPdf
        turn = math.radians(angle)
        font, parts = prop, runs(s, is_math=bool(ismath), font=self.theme.font)
        if is_foreign(s, is_math=bool(ismath), font=self.theme.font):
            # One font for the whole line: glyphs of two designs, at the places of one of them, leave gaps.
            font, parts = prop.copy(), (Run(text=s, is_math=bool(ismath)),)
            font.set_family(_SUBSTITUTE)
            font.set_math_fontfamily(_SUBSTITUTE_MATHS)
        shift = 0.0
        if len(parts) == 1:
            actual, _, _ = backend.get_text_width_height_descent(self, s, font, ismath)
            shift = self.alignment * (self.measured(s, prop, is_math=bool(ismath)).width - actual)
        for part in parts:
            place = x + shift * math.cos(turn), y + shift * math.sin(turn)
            backend.draw_text(self, gc, *place, part.text, font, angle, part.is_math)
            shift += self.measured(part.text, prop, is_math=part.is_math).width


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
    with rc_context(figure.theme), _quiet_fonts(), warnings.catch_warnings(record=True) as caught:
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


@contextmanager
def _quiet_fonts() -> Iterator[None]:
    """Keep fontTools from logging that the bundled Computer Modern says it was made in 1970."""
    logger = logging.getLogger("fontTools")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _refused(figure: Figure, reason: str) -> AssetError:
    message = f"PDF text cannot be set: {' '.join(reason.split())}"
    hint = "PDF figures know matplotlib's mathtext only; or leave 'pdf' out of 'formats'"
    return AssetError(Problem(message=message, path=figure.path, hint=hint))
