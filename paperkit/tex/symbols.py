"""The fixed list of characters that plain TeX text may hold, and the TeX that prints each of them.

Everything here works in pdfLaTeX (OT1 and T1), XeLaTeX and LuaLaTeX without a package. Symbols that a text font
lacks are taken from the maths fonts, which every document has.
"""

from __future__ import annotations

SPECIAL = {
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\\": r"\textbackslash{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    # After `\\`, `\toprule` or `\cellcolor{…}` a bare bracket opens an option, and `\\*` is a command of its own.
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    # OT1, LaTeX's default encoding, has no straight quotes: both print as the closing ones. A bare `"` is a
    # shorthand character in babel's German, Dutch and others.
    '"': r"\textquotedblright{}",
    "`": r"\textasciigrave{}",
}

TEXT = {
    "\u00a0": "~",
    "\u2009": r"\,",
    "\u202f": r"\,",
    "\u2002": r"\enspace{}",
    "\u2003": r"\quad{}",
    "\u2007": r"\phantom{0}",
    "\u2010": "-",
    "\u2011": r"\mbox{-}",
    "–": r"\textendash{}",
    "—": r"\textemdash{}",
    "‰": r"\textperthousand{}",
    "…": r"\dots{}",
    "‘": r"\textquoteleft{}",
    "’": "'",
    "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}",
    "¡": r"\textexclamdown{}",
    "¿": r"\textquestiondown{}",
    "ª": r"\textsuperscript{a}",
    "º": r"\textsuperscript{o}",
    "™": r"\textsuperscript{TM}",
}

MATHS = {
    "−": "-",
    "±": r"\pm",
    "∓": r"\mp",
    "×": r"\times",
    "÷": r"\div",
    "·": r"\cdot",
    "⋅": r"\cdot",
    "∗": r"\ast",
    "∘": r"\circ",
    "•": r"\bullet",
    "°": r"^{\circ}",
    "µ": r"\mu",
    "¬": r"\neg",
    "§": r"\S",
    "¶": r"\P",
    "†": r"\dagger",
    "‡": r"\ddagger",
    "′": r"'",
    "″": r"''",
    "‴": r"'''",
    "⋯": r"\cdots",
    "ℓ": r"\ell",
    "ℵ": r"\aleph",
    "℘": r"\wp",
    "ℜ": r"\Re",
    "ℑ": r"\Im",
    "∞": r"\infty",
    "∂": r"\partial",
    "∇": r"\nabla",
    "∆": r"\Delta",
    "∅": r"\emptyset",
    "∀": r"\forall",
    "∃": r"\exists",
    "∑": r"\sum",
    "∏": r"\prod",
    "∫": r"\int",
    "√": r"\surd",
    "≤": r"\leq",
    "≥": r"\geq",
    "≪": r"\ll",
    "≫": r"\gg",
    "≠": r"\neq",
    "≈": r"\approx",
    "≡": r"\equiv",
    "≢": r"\not\equiv",
    "≉": r"\not\approx",
    "≁": r"\not\sim",
    "≮": r"\not<",
    "≯": r"\not>",
    "≰": r"\not\leq",
    "≱": r"\not\geq",
    "≍": r"\asymp",
    "≺": r"\prec",
    "≻": r"\succ",
    "⪯": r"\preceq",
    "⪰": r"\succeq",
    "∼": r"\sim",
    "≃": r"\simeq",
    "≅": r"\cong",
    "∝": r"\propto",
    "∈": r"\in",
    "∉": r"\notin",
    "∋": r"\ni",
    "⊂": r"\subset",
    "⊃": r"\supset",
    "⊆": r"\subseteq",
    "⊇": r"\supseteq",
    "⊄": r"\not\subset",
    "⊅": r"\not\supset",
    "⊈": r"\not\subseteq",
    "⊉": r"\not\supseteq",
    "⊑": r"\sqsubseteq",
    "⊒": r"\sqsupseteq",
    "∪": r"\cup",
    "∩": r"\cap",
    "∧": r"\wedge",
    "∨": r"\vee",
    "⊎": r"\uplus",
    "⊓": r"\sqcap",
    "⊔": r"\sqcup",
    "∖": r"\setminus",
    "⊕": r"\oplus",
    "⊖": r"\ominus",
    "⊗": r"\otimes",
    "⊘": r"\oslash",
    "⊙": r"\odot",
    "⊥": r"\perp",
    "⊤": r"\top",
    "⊢": r"\vdash",
    "⊣": r"\dashv",
    "∥": r"\parallel",
    "∣": r"\mid",
    "⌈": r"\lceil",
    "⌉": r"\rceil",
    "⌊": r"\lfloor",
    "⌋": r"\rfloor",
    "⟨": r"\langle",
    "⟩": r"\rangle",
    "→": r"\rightarrow",
    "←": r"\leftarrow",
    "↑": r"\uparrow",
    "↓": r"\downarrow",
    "↔": r"\leftrightarrow",
    "↕": r"\updownarrow",
    "↗": r"\nearrow",
    "↘": r"\searrow",
    "↖": r"\nwarrow",
    "↙": r"\swarrow",
    "↦": r"\mapsto",
    "⇒": r"\Rightarrow",
    "⇐": r"\Leftarrow",
    "⇔": r"\Leftrightarrow",
    "⇑": r"\Uparrow",
    "⇓": r"\Downarrow",
    "⇕": r"\Updownarrow",
    "⇀": r"\rightharpoonup",
    "↼": r"\leftharpoonup",
    "△": r"\triangle",
    "⋄": r"\diamond",
    "⋆": r"\star",
    "♭": r"\flat",
    "♮": r"\natural",
    "♯": r"\sharp",
}
_FRACTIONS = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5), "⅘": (4, 5),
    "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8),
}  # fmt: skip
MATHS |= {sign: f"\\frac{{{over}}}{{{under}}}" for sign, (over, under) in _FRACTIONS.items()}

# The letters that look like Latin ones have no command; `\mathrm` sets them upright, as TeX's capitals are.
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi",
    "ρ": "rho", "σ": "sigma", "ς": "varsigma", "τ": "tau", "υ": "upsilon", "φ": "varphi", "χ": "chi",
    "ψ": "psi", "ω": "omega", "ϵ": "epsilon", "ϑ": "vartheta", "ϕ": "phi", "ϱ": "varrho", "ϖ": "varpi",
    "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma",
    "Υ": "Upsilon", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
_GREEK_AS_LATIN = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧ", "ABEZHIKMNOPTX", strict=True))

MATHS |= {letter: f"\\{name}" for letter, name in _GREEK.items()}
MATHS |= {letter: f"\\mathrm{{{latin}}}" for letter, latin in _GREEK_AS_LATIN.items()}
MATHS["ο"] = "o"

# The digits stay in the text font: a raised 2 in a Times paper is a Times 2.
TEXT |= {raised: f"\\textsuperscript{{{digit}}}" for raised, digit in zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True)}
TEXT |= {lowered: f"\\textsubscript{{{digit}}}" for lowered, digit in zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True)}
TEXT |= {"ⁿ": r"\textsuperscript{n}", "ⁱ": r"\textsuperscript{i}", "ₙ": r"\textsubscript{n}", "ᵢ": r"\textsubscript{i}"}
MATHS |= {"⁺": "^{+}", "⁻": "^{-}", "₊": "_{+}", "₋": "_{-}"}

# Zapf Dingbats are part of LaTeX's required fonts (psnfss): the font definition `upzd.fd` is found without a package.
DINGBATS = {
    "✓": 51, "✔": 52, "✕": 53, "✖": 54, "✗": 55, "✘": 56, "★": 72, "●": 108, "■": 110, "▲": 115, "▼": 116, "◆": 117,
    **{circled: 172 + index for index, circled in enumerate("①②③④⑤⑥⑦⑧⑨⑩❶❷❸❹❺❻❼❽❾❿")},
}  # fmt: skip
TEXT |= {sign: rf"{{\usefont{{U}}{{pzd}}{{m}}{{n}}\char{code}}}" for sign, code in DINGBATS.items()}

# LaTeX reads UTF-8 since 2018; these need nothing else.
LETTERS = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿ"
    "ĀāĂăĆćĈĉĊċČčĎďĒēĔĕĖėĚěĜĝĞğĠġĢģĤĥĨĩĪīĬĭİıĴĵĶķĹĺĻļĽľŁłŃńŅņŇňŌōŎŏŐőŒœŔŕŖŗŘř"
    "ŚśŜŝŞşŠšŢţŤťŨũŪūŬŭŮůŰűŴŵŶŷŸŹźŻżŽžǍǎǏǐǑǒǓǔȘșȚț"
    "£©®€¥¢",
)
# OT1 fonts lack these, the T1 and TU ones have them.
T1_LETTERS = frozenset("ĄąĐđĘęĮįŲųÐðÞþŊŋ«»‹›„‚")

# Combining marks → LaTeX's text accents; OT1, T1 and the fonts of TU have each of them for any letter. Cedilla and
# ogonek are not among them: TU's default font has neither but on the letters above.
ABOVE = {
    "\u0300": "\\`", "\u0301": "\\'", "\u0302": "\\^", "\u0303": "\\~", "\u0304": "\\=", "\u0306": "\\u",
    "\u0307": "\\.", "\u0308": '\\"', "\u030a": "\\r", "\u030b": "\\H", "\u030c": "\\v",
}  # fmt: skip
BELOW = {"\u0323": "\\d", "\u0331": "\\b"}
# The same marks over a maths letter.
MATHS_ACCENTS = {
    "\u0300": "grave", "\u0301": "acute", "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0306": "breve",
    "\u0307": "dot", "\u0308": "ddot", "\u030a": "mathring", "\u030c": "check",
}  # fmt: skip
# What takes an accent: in text, and in maths (over a capital the accents of the maths fonts sit too far off).
TEXT_BASES = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789ÆØæø")
MATHS_BASES = frozenset(letter for letter in [*_GREEK, "ο"] if letter.islower())
DOTLESS = {"i": r"\i", "j": r"\j"}
