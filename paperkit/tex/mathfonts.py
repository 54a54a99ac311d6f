"""The fonts of maths: text, script and scriptscript sizes of LaTeX's symbol fonts and alphabets."""

from __future__ import annotations

from functools import cache

from paperkit.tex.fonts import Font, LoadedFont, load_font, load_shape

# LaTeX's \DeclareMathSizes: text size → script size, scriptscript size.
_SIZES = {
    5.0: (5.0, 5.0), 6.0: (5.0, 5.0), 7.0: (5.0, 5.0), 8.0: (6.0, 5.0), 9.0: (6.0, 5.0), 10.0: (7.0, 5.0),
    10.95: (8.0, 6.0), 12.0: (8.0, 6.0), 14.4: (10.0, 7.0), 17.28: (12.0, 10.0), 20.74: (14.4, 12.0),
    24.88: (20.74, 17.28),
}  # fmt: skip
# LaTeX's \defaultscriptratio and \defaultscriptscriptratio, for sizes that are not declared.
_SCRIPT_RATIO, _SCRIPTSCRIPT_RATIO = 0.7, 0.5

# Symbol fonts and maths alphabets; only Latin Modern brings its own, every other text font keeps CM maths.
_SHAPES = {
    "cm": {
        "operators": "OT1/cmr/m/n",
        "letters": "OML/cmm/m/it",
        "symbols": "OMS/cmsy/m/n",
        "largesymbols": "OMX/cmex/m/n",
        "mathbf": "OT1/cmr/bx/n",
        "mathsf": "OT1/cmss/m/n",
        "mathit": "OT1/cmr/m/it",
        "mathtt": "OT1/cmtt/m/n",
        "mathbb": "U/msb/m/n",
    },
}
_SHAPES["lm"] = _SHAPES["cm"] | {
    "operators": "OT1/lmr/m/n",
    "letters": "OML/lmm/m/it",
    "symbols": "OMS/lmsy/m/n",
    "largesymbols": "OMX/lmex/m/n",
    # lmodern takes these in OT1; the letters and digits of the T1 fonts are the same.
    "mathbf": "T1/lmr/bx/n",
    "mathsf": "T1/lmss/m/n",
    "mathtt": "T1/lmtt/m/n",
}
_AMS_LARGESYMBOLS = "OMX/cmex-amsfonts/m/n"


class MathsFonts:
    """The maths fonts of a document at one text size; level 0 is text, 1 script, 2 scriptscript."""

    def __init__(self, kind: str, size: float, *, amsmath: bool) -> None:
        self.kind = kind
        self.amsmath = amsmath
        self.sizes = (size, *_SIZES.get(size, (size * _SCRIPT_RATIO, size * _SCRIPTSCRIPT_RATIO)))

    def font(self, name: str, level: int) -> LoadedFont:
        """Return a symbol font (`operators`, `letters`, …) or alphabet (`mathbf`, …) at a level."""
        shape = _SHAPES[self.kind][name]
        if self.amsmath and shape == _SHAPES["cm"]["largesymbols"]:
            shape = _AMS_LARGESYMBOLS
        return _load(shape, self.sizes[level])

    def sigma(self, number: int, level: int) -> float:
        """Return a parameter of the symbol font, The TeXbook's σ."""
        return self.font("symbols", level).parameter(number)

    def xi(self, number: int, level: int) -> float:
        """Return a parameter of the extension font, The TeXbook's ξ."""
        return self.font("largesymbols", level).parameter(number)

    def axis(self, level: int) -> float:
        """Return the height of the axis, on which fractions and operators are centred."""
        return self.sigma(22, level)


@cache
def maths_fonts(family: str, size: float, *, amsmath: bool = False) -> MathsFonts:
    """Return the maths fonts that go with a text family at a size in TeX pt."""
    return MathsFonts("lm" if family in ("lmr", "lmss", "lmtt") else "cm", size, amsmath=amsmath)


def _load(shape: str, size: float) -> LoadedFont:
    return load_shape(shape, size) or load_font(Font(size=size)).loaded
