"""The theme: fonts, sizes and line widths that a venue's figures share, as matplotlib's rcParams."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from paperkit.errors import Problem
from paperkit.style.venue import Venue
from paperkit.tex.extents import Extents

POINTS_PER_TEX_POINT = 72 / 72.27
"""TeX divides an inch into 72.27 points, matplotlib and PDF into 72."""

LATEX_SIZES = (5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 10.95, 12.0)
"""The sizes at which LaTeX's bitmap-free Computer Modern exists; any other is silently replaced by one of these."""

_TIMES = ("STIXGeneral", "stix")
_COMPUTER_MODERN = ("cmr10", "cm")
_SANS = ("cmss10", "cm")
_TYPEWRITER = ("cmtt10", "cm")

# TeX family → matplotlib's bundled family and maths font set. True: the same design; False: only the nearest.
_FONTS: dict[str, tuple[tuple[str, str], bool]] = {
    "cmr": (_COMPUTER_MODERN, True),
    "lmr": (_COMPUTER_MODERN, True),
    "ptm": (_TIMES, True),
    "txr": (_TIMES, True),
    "qtm": (_TIMES, True),
    "ntxtlf": (_TIMES, True),
    "ztm": (_TIMES, True),
    "cmss": (_SANS, True),
    "lmss": (_SANS, True),
    "phv": (_SANS, False),
    "qhv": (_SANS, False),
    "pag": (_SANS, False),
    "cmtt": (_TYPEWRITER, True),
    "lmtt": (_TYPEWRITER, True),
    "pcr": (_TYPEWRITER, False),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Theme:
    """How the figures of a venue look; sizes and widths in TeX points, `font` and `fontset` in matplotlib's names.

    `family` and `encoding` are the font in which PGF text is set and all text is measured: the document's own, or
    `own_family` where the venue asks for another one in figures. No text is made smaller than `least_size`.
    `space` is the width of a space in em, where the venue's class changes it at `spaced_sizes`.
    `extents` has the sizes of texts that only TeX can measure.
    """

    family: str
    encoding: str
    font: str
    fontset: str
    own_family: str = ""
    space: float = 0.0
    spaced_sizes: frozenset[float] = frozenset()
    label_size: float
    tick_size: float
    legend_size: float
    axes_linewidth: float = 0.6
    linewidth: float = 1.0
    marker_size: float = 2.0
    least_size: float = 6.0
    notices: tuple[Problem, ...] = ()
    extents: Extents = field(default_factory=Extents, compare=False)

    @property
    def smaller_tick_sizes(self) -> tuple[float, ...]:
        """Return the LaTeX sizes below `tick_size`, down to the smallest readable one, the largest first."""
        return tuple(size for size in reversed(LATEX_SIZES) if self.least_size <= size < self.tick_size)

    @property
    def family_command(self) -> str:
        r"""Return what selects the venue's own font before a text; nothing where texts are in the document's."""
        if not self.own_family:
            return ""
        # Engines that think in Unicode know no Helvetica in their own encoding.
        return f"\\fontencoding{{{self.encoding}}}\\fontfamily{{{self.own_family}}}\\selectfont "

    def space_at(self, size: float) -> float:
        """Return the width in em that the venue's class gives a space at a size, 0 for the font's own."""
        return self.space if size in self.spaced_sizes else 0.0

    def rc(self) -> dict[str, Any]:
        """Return the rcParams that differ from matplotlib's defaults."""
        return {**_font_rc(self), **_line_rc(self), **_spacing_rc(self), **_OUTPUT_RC}


def theme_for(venue: Venue) -> Theme:
    """Return the theme of `venue`.

    Labels are as large as captions but smaller than the body, ticks and legend one LaTeX size below the labels; all
    within the sizes that the venue allows in figures.
    A family that matplotlib bundles no version of is replaced by the nearest one, with a notice.
    """
    greatest = min(venue.caption_size, venue.greatest_figure_size or venue.caption_size)
    label = _below(venue.body_size, at_most=greatest, at_least=venue.least_size)
    tick = _below(label, at_most=label, at_least=venue.least_size)
    family = venue.figure_family or venue.family
    known = _FONTS.get(family)
    (font, fontset), same = known if known is not None else (_TIMES, False)
    whose = "the venue's" if venue.figure_family else "the document's"
    nearest = Problem(
        message=f"PDF, SVG and PNG figures use {font}, the nearest bundled font to {whose} '{family}'",
        path=("paper", "venue"),
        hint=f"PGF and hybrid figures are set in {whose} own font",
    )
    return Theme(
        family=family,
        own_family=venue.figure_family,
        space=venue.widths.get(" ", 0.0),
        spaced_sizes=frozenset(venue.sizes.values()),
        least_size=venue.least_size,
        encoding=venue.encoding,
        font=font,
        fontset=fontset,
        label_size=label,
        tick_size=tick,
        legend_size=tick,
        notices=() if same else (nearest,),
    )


@contextmanager
def rc_context(theme: Theme) -> Iterator[None]:
    """Draw with matplotlib's own defaults and `theme`, whatever the user's matplotlibrc or session says."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        parameters: Any = mpl.rcParams
        parameters.update(theme.rc())
        yield


def _below(size: float, *, at_most: float, at_least: float) -> float:
    smaller = [step for step in LATEX_SIZES if at_least <= step < size and step <= at_most]
    return max(smaller, default=at_least)


def _font_rc(theme: Theme) -> dict[str, Any]:
    label, tick, legend = (
        size * POINTS_PER_TEX_POINT for size in (theme.label_size, theme.tick_size, theme.legend_size)
    )
    # Glyphs that Computer Modern lacks come from STIX, never from DejaVu.
    families = list(dict.fromkeys([theme.font, "STIXGeneral"]))
    return {
        "font.family": families,
        "font.size": label,
        "mathtext.fontset": theme.fontset,
        "mathtext.fallback": "stix",
        "axes.titlesize": label,
        "axes.labelsize": label,
        "xtick.labelsize": tick,
        "ytick.labelsize": tick,
        "legend.fontsize": legend,
        "legend.title_fontsize": legend,
        "axes.formatter.use_mathtext": True,
    }


def _line_rc(theme: Theme) -> dict[str, Any]:
    widths_and_sizes = (theme.axes_linewidth, theme.linewidth, theme.marker_size)
    thin, line, marker = (width * POINTS_PER_TEX_POINT for width in widths_and_sizes)
    widths = {
        f"{axis}tick.{kind}.width": thin if kind == "major" else 0.75 * thin
        for axis in "xy"
        for kind in ("major", "minor")
    }
    boxplot = {f"boxplot.{part}props.linewidth": thin for part in ("box", "whisker", "cap", "median")}
    return {
        **widths,
        **boxplot,
        "axes.linewidth": thin,
        "patch.linewidth": thin,
        "hatch.linewidth": thin,
        "grid.linewidth": thin,
        "lines.linewidth": line,
        "lines.markersize": marker,
        "boxplot.flierprops.markersize": marker,
        "boxplot.flierprops.markeredgewidth": thin,
        "grid.color": "0.85",
    }


def _spacing_rc(theme: Theme) -> dict[str, Any]:
    del theme  # distances are ems of the text they stand by, or too small to follow the venue
    return {
        "xtick.major.size": 2.5,
        "ytick.major.size": 2.5,
        "xtick.minor.size": 1.5,
        "ytick.minor.size": 1.5,
        "xtick.major.pad": 2.0,
        "ytick.major.pad": 2.0,
        "axes.labelpad": 1.0,
        "axes.titlepad": 3.0,
        "axes.axisbelow": True,
        "legend.borderpad": 0.2,
        "legend.borderaxespad": 0.0,
        "legend.labelspacing": 0.1,
        "legend.handlelength": 1.2,
        "legend.handleheight": 0.8,
        "legend.handletextpad": 0.5,
        "legend.columnspacing": 1.2,
        "legend.fancybox": False,
        "legend.edgecolor": "0.8",
    }


_OUTPUT_RC: dict[str, Any] = {
    "pdf.fonttype": 42,
    "figure.dpi": 72,
    "savefig.bbox": None,
    "axes.unicode_minus": True,
}
