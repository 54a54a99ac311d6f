"""Measure one line of TeX text as TeX would, without TeX: widths, kerns, ligatures and maths from font metrics."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from paperkit.tex.fonts import Font
from paperkit.tex.text import Tex
from paperkit.tex.textrun import TextRun

__all__ = ["Extent", "Font", "baseline_skip", "measure"]

# The size files size10.clo, size11.clo and size12.clo: font size → \baselineskip.
_BASELINE_SKIPS = {
    5.0: 6.0, 6.0: 7.0, 7.0: 8.0, 8.0: 9.5, 9.0: 11.0, 10.0: 12.0, 10.95: 13.6, 12.0: 14.5, 14.4: 18.0, 17.28: 22.0,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Extent:
    """The size of one line in TeX pt; `notes` say what was approximated, and are empty if nothing was."""

    width: float
    height: float
    depth: float
    notes: tuple[str, ...] = ()


def measure(text: Tex, font: Font) -> Extent:
    r"""Return the size of one line of TeX, as LaTeX's `\settowidth`, `\settoheight` and `\settodepth` give it.

    Understood: what `escape`, `markup` and `number` return, and the maths of LaTeX's kernel. The rest is approximated
    and noted; nothing is raised.

    >>> measure(Tex("A"), Font(family="cmr", size=10)).width
    7.500019073486328
    """
    return _measured(str(text), font)


@lru_cache(maxsize=8192)
def _measured(text: str, font: Font) -> Extent:
    run = TextRun(font)
    box = run.set(text)
    return Extent(width=box.width, height=box.height, depth=box.depth, notes=tuple(run.notes))


def baseline_skip(size: float) -> float:
    r"""Return LaTeX's `\baselineskip` in pt for a font size; 1.2 times the size where no size file declares one.

    >>> baseline_skip(9)
    11.0
    """
    return _BASELINE_SKIPS.get(float(size), 1.2 * size)
