"""Text in the fonts that matplotlib bundles, inside the extents that the document's own font would take.

PDF, SVG and PNG are drawn so. Import this module only where a figure is written: it imports matplotlib.
"""

from __future__ import annotations

import logging
import math
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.font_manager import FontProperties

from paperkit.errors import AssetError, Problem
from paperkit.figures.figure import Figure
from paperkit.figures.renderer import TexMetrics
from paperkit.figures.text import digits, signed
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


class BundledText(TexMetrics):
    """Draw text in a bundled font; `backend` is matplotlib's renderer that a subclass also inherits."""

    backend: ClassVar[Any]

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
        plain = digits(s) if ismath else None
        if plain is not None and not is_foreign(plain, is_math=False, font=self.theme.font):
            # They are in the text font anyway, and matplotlib takes its time to parse maths.
            s, ismath = plain, False
        elif ismath and self.theme.font in _COMPUTER_MODERN:
            s = signed(s)
        font, parts = prop, runs(s, is_math=bool(ismath), font=self.theme.font)
        if is_foreign(s, is_math=bool(ismath), font=self.theme.font):
            # One font for the whole line: glyphs of two designs, at the places of one of them, leave gaps.
            font, parts = prop.copy(), (Run(text=s, is_math=bool(ismath)),)
            font.set_family(_SUBSTITUTE)
            font.set_math_fontfamily(_SUBSTITUTE_MATHS)
        shift = 0.0
        if len(parts) == 1:
            actual, _, _ = self.backend.get_text_width_height_descent(self, s, font, ismath)
            shift = self.alignment * (self.measured(s, prop, is_math=bool(ismath)).width * self.scale - actual)
        along, up = math.cos(math.radians(angle)), math.sin(math.radians(angle)) * (-1 if self.flipy() else 1)
        for part in parts:
            place = x + shift * along, y + shift * up
            self.backend.draw_text(self, gc, *place, part.text, font, angle, part.is_math)
            shift += self.measured(part.text, prop, is_math=part.is_math).width * self.scale


@contextmanager
def drawing(figure: Figure, form: str) -> Iterator[None]:
    """Draw in the figure's theme, and name what the bundled fonts cannot set in the format `form`.

    Raises:
        AssetError: maths that matplotlib cannot set, or a character that no bundled font has.

    """
    with rc_context(figure.theme), _quiet_fonts(), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield
        except ValueError as error:
            raise _refused(figure, form, str(error)) from error
    missing = [str(warning.message) for warning in caught if "missing from font" in str(warning.message)]
    if missing:
        raise _refused(figure, form, missing[0])


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


def _refused(figure: Figure, form: str, reason: str) -> AssetError:
    name = form.upper()
    message = f"{name} text cannot be set: {' '.join(reason.split())}"
    hint = f"{name} figures know matplotlib's mathtext only; or leave '{form}' out of 'formats'"
    return AssetError(Problem(message=message, path=figure.path, hint=hint))
