"""The fonts of maths: text, script and scriptscript sizes of LaTeX's symbol fonts and alphabets."""

from __future__ import annotations

from functools import cache

from paperkit.tex.fonts import Font, LoadedFont, load_font, load_shape, read_data

# LaTeX's \DeclareMathSizes: text size → script size, scriptscript size.
_SIZES = {
    5.0: (5.0, 5.0), 6.0: (5.0, 5.0), 7.0: (5.0, 5.0), 8.0: (6.0, 5.0), 9.0: (6.0, 5.0), 10.0: (7.0, 5.0),
    10.95: (8.0, 6.0), 12.0: (8.0, 6.0), 14.4: (10.0, 7.0), 17.28: (12.0, 10.0), 20.74: (14.4, 12.0),
    24.88: (20.74, 17.28),
}  # fmt: skip
# newtxmath's: here the maths in a text of some sizes is larger than the text.
_NEWTX_SIZES = {
    5.0: (5.5, 5.5, 5.5), 6.0: (6.5, 5.5, 5.5), 7.0: (7.3, 5.5, 5.5), 8.0: (8.0, 6.2, 5.5), 9.0: (9.0, 7.3, 5.5),
    10.0: (10.0, 7.3, 5.5), 10.95: (10.95, 8.0, 6.1), 11.0: (10.95, 8.0, 6.1), 12.0: (12.0, 8.8, 6.6),
    14.4: (14.4, 10.5, 7.9), 17.28: (17.28, 12.5, 9.4),
}  # fmt: skip
# LaTeX's \defaultscriptratio and \defaultscriptscriptratio, for sizes that are not declared.
_SCRIPT_RATIOS, _NEWTX_RATIOS = (0.7, 0.5), (0.73, 0.55)

# Symbol fonts and maths alphabets by kind of maths.
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
_SHAPES["newtx"] = {
    "operators": "OT1/ntxtlf/m/n",
    "letters": "OML/ntxmi/m/it",
    "lettersA": "U/ntxmia/m/it",
    "symbols": "LMS/ntxsy/m/n",
    "largesymbols": "LMX/ntxexx/m/n",
    "mathbf": "OT1/ntxtlf/b/n",
    "mathit": "OT1/ntxtlf/m/it",
    "mathbb": "U/ntxsym/m/n",
    "symbolsC": "U/ntxsyc/m/n",
}
_SHAPES["libertine"] = _SHAPES["newtx"] | {
    "operators": "OT1/LinuxLibertineT-TLF/m/n",
    "letters": "OML/nxlmi/m/it",
    "lettersA": "U/nxlmia/m/it",
    "mathbf": "OT1/LinuxLibertineT-TLF/sb/n",
    "mathsf": "T1/LinuxBiolinumT-TLF/m/n",
    "mathit": "OT1/LinuxLibertineT-TLF/m/it",
}
# Families that come with maths of their own: acmart and the newtx packages, Latin Modern; others keep CM's.
_KINDS = {
    **dict.fromkeys(("lmr", "lmss", "lmtt"), "lm"),
    **dict.fromkeys(("LinuxLibertineT-TLF", "LinuxBiolinumT-TLF"), "libertine"),
    **dict.fromkeys(("ntxtlf", "ntxlf"), "newtx"),
}
_NOT_OURS = frozenset({"txr", "txss", "txtt"})
_AMS_LARGESYMBOLS = "OMX/cmex-amsfonts/m/n"


class MathsFonts:
    """The maths fonts of a document at one text size; level 0 is text, 1 script, 2 scriptscript.

    `is_newtx` tells whether symbols stand where newtxmath has them; `notes` say for which fonts these stand in.
    """

    def __init__(self, kind: str, size: float, *, amsmath: bool, notes: tuple[str, ...] = ()) -> None:
        self.kind = kind
        self.is_newtx = kind in ("newtx", "libertine")
        self.amsmath = amsmath or self.is_newtx  # newtxmath loads amsmath
        self.notes = notes
        self.text_size = size
        self.sizes = _newtx_sizes(size) if self.is_newtx else _kernel_sizes(size)

    @property
    def parenthesis(self) -> tuple[str, int]:
        """Return the symbol font and code of `(`, by which amsmath measures its large delimiters."""
        return ("symbols", 0xB9) if self.is_newtx else ("operators", ord("("))

    def has(self, name: str) -> bool:
        """Tell whether the metrics of an alphabet are known; `font` gives Computer Modern's where they are not."""
        return _SHAPES[self.kind].get(name) in read_data("fonts") and (self.kind, name) != ("lm", "mathit")

    def font(self, name: str, level: int) -> LoadedFont:
        """Return a symbol font (`operators`, `letters`, …) or alphabet (`mathbf`, …) at a level."""
        shape = _SHAPES[self.kind].get(name) or _SHAPES["cm"][name]
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
    notes = (f"no metrics for the maths of '{family}', measured as Computer Modern's",) if family in _NOT_OURS else ()
    return MathsFonts(_KINDS.get(family, "cm"), size, amsmath=amsmath, notes=notes)


def _kernel_sizes(size: float) -> tuple[float, float, float]:
    script, smallest = _SIZES.get(size, (size * _SCRIPT_RATIOS[0], size * _SCRIPT_RATIOS[1]))
    return size, script, smallest


def _newtx_sizes(size: float) -> tuple[float, float, float]:
    return _NEWTX_SIZES.get(size, (size, size * _NEWTX_RATIOS[0], size * _NEWTX_RATIOS[1]))


def _load(shape: str, size: float) -> LoadedFont:
    return load_shape(shape, size) or load_font(Font(size=size)).loaded
