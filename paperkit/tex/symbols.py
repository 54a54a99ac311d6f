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
    "\u2003": r"\quad{}",
    "\u2010": "-",
    "\u2011": r"\mbox{-}",
    "–": r"\textendash{}",
    "—": r"\textemdash{}",
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
    "½": r"\frac{1}{2}",
    "¼": r"\frac{1}{4}",
    "¾": r"\frac{3}{4}",
    "⅓": r"\frac{1}{3}",
    "⅔": r"\frac{2}{3}",
    "′": r"'",
    "″": r"''",
    "ℓ": r"\ell",
    "∞": r"\infty",
    "∂": r"\partial",
    "∇": r"\nabla",
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
    "∪": r"\cup",
    "∩": r"\cap",
    "∧": r"\wedge",
    "∨": r"\vee",
    "⊕": r"\oplus",
    "⊗": r"\otimes",
    "⊙": r"\odot",
    "⊥": r"\perp",
    "∥": r"\parallel",
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
    "△": r"\triangle",
    # Neither the kernel nor the CM fonts have these; the nearest sign that every document has stands in.
    "★": r"\star",
    "⋆": r"\star",
    "✓": r"\surd",
    "✔": r"\surd",
    "✗": r"\times",
    "✘": r"\times",
}

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
MATHS |= {"⁺": "^{+}", "⁻": "^{-}"}

# LaTeX reads UTF-8 since 2018; these need nothing else.
LETTERS = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿ"
    "ĀāĂăĆćĈĉĊċČčĎďĒēĔĕĖėĚěĜĝĞğĠġĢģĤĥĨĩĪīĬĭİıĴĵĶķĹĺĻļĽľŁłŃńŅņŇňŌōŎŏŐőŒœŔŕŖŗŘř"
    "ŚśŜŝŞşŠšŢţŤťŨũŪūŬŭŮůŰűŴŵŶŷŸŹźŻżŽžǍǎǏǐǑǒǓǔȘșȚț"
    "£©®€¥¢",
)
# OT1 fonts lack these, the T1 and TU ones have them.
T1_LETTERS = frozenset("ĄąĐđĘęĮįŲųÐðÞþŊŋ«»‹›„‚")
