"""Read a formula into the atoms of The TeXbook's chapter 17."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from paperkit.tex.fonts import read_data

TOKEN = re.compile(r"\\(?:[A-Za-z]+ *|.)|.", re.DOTALL)
_KINDS = {"alpha": "ord", "binary": "bin"}

# Kernel macros that stand for other tokens (fontmath.ltx).
_MACROS = {
    "\\neq": "\\not=",
    "\\ne": "\\not=",
    "\\int": "\\intop\\nolimits",
    "\\oint": "\\ointop\\nolimits",
    "\\mapsto": "\\mapstochar\\rightarrow",
    "\\longrightarrow": "\\mathrel{\\smash-}\\mathrel{\\mkern-3mu}\\rightarrow",
    "\\longleftarrow": "\\leftarrow\\mathrel{\\mkern-3mu}\\mathrel{\\smash-}",
    "\\Longrightarrow": "\\mathrel{=}\\mathrel{\\mkern-3mu}\\Rightarrow",
    "\\iff": "\\;\\Leftarrow\\mathrel{\\mkern-3mu}\\Rightarrow\\;",
    "\\ldots": "\\mathinner{\\ldotp\\ldotp\\ldotp}",
    "\\dots": "\\mathinner{\\ldotp\\ldotp\\ldotp}",
    "\\cdots": "\\mathinner{\\cdotp\\cdotp\\cdotp}",
    "\\hbar": "{\\mathrm{\\mkern0mu\u0016}\\mkern-9mu h}",
    "\\S": "\\mathsection",
    "\\P": "\\mathparagraph",
    "\\dag": "\\dagger",
    "\\ddag": "\\ddagger",
    "\\lbrack": "[",
    "\\rbrack": "]",
    "\\colon": "\\mathpunct{:}",
    "\\doteq": "\\mathrel{\\mathop{=}\\limits^{\\textstyle.}}",
}
# newtxmath joins the parts of long arrows a little less.
_NEWTX_JOIN = ("\\mkern-3mu", "\\mkern-2.5mu")
# Signs that the kernel lays over or under each other.
_OVERLAYS = {"notin": ("\\mkern1mu/", "\\in"), "cong": ("\\sim", "=")}
OPERATORS = frozenset(
    {
        "arccos",
        "arcsin",
        "arctan",
        "arg",
        "cos",
        "cosh",
        "cot",
        "coth",
        "csc",
        "deg",
        "det",
        "dim",
        "exp",
        "gcd",
        "hom",
        "inf",
        "ker",
        "lg",
        "lim",
        "ln",
        "log",
        "max",
        "min",
        "Pr",
        "sec",
        "sin",
        "sinh",
        "sup",
        "tan",
        "tanh",
    }
)
_TWO_WORDS = {"liminf": "lim\\,inf", "limsup": "lim\\,sup"}
ALPHABETS = {
    "mathrm": "operators", "mathbf": "mathbf", "mathsf": "mathsf", "mathit": "mathit", "mathtt": "mathtt",
    "mathcal": "symbols", "mathnormal": "letters", "mathbb": "mathbb",
}  # fmt: skip
_STAND_INS = {"mathfrak": "mathrm", "mathscr": "mathcal", "boldsymbol": "mathbf", "bm": "mathbf"}
_CLASSES = {f"math{kind}": kind for kind in ("ord", "op", "bin", "rel", "open", "close", "punct", "inner")}
_MU_SPACES = {",": 3.0, "thinspace": 3.0, ":": 4.0, ">": 4.0, ";": 5.0, "!": -3.0}
_QUADS = {"quad": 1.0, "qquad": 2.0, "enspace": 0.5}
_STYLES = {"displaystyle": 0, "textstyle": 2, "scriptstyle": 4, "scriptscriptstyle": 6}
# amsmath's \extra@ and \rightdelim@: dots before these are followed by a thin space.
_AMS_DOTS = frozenset({"\\cdots", "\\dots"})
_CLOSING = frozenset(
    [
        *(")", "]", "\\}", "\\rbrack", "\\rbrace", "\\rangle", "\\rceil", "\\rfloor", "\\rgroup", "\\rmoustache"),
        *("\\right", "\\bigr", "\\Bigr", "\\biggr", "\\Biggr"),
    ]
)
_CHARACTERS = {"%": 37, "#": 35, "&": 38, "$": 36}
_TEXTS = frozenset({"mbox", "text", "textrm", "textnormal", "hbox"})
# The kernel's sizes in pt, and amsmath's in units of its \big@size.
BIG = {"big": (8.5, 1.0), "Big": (11.5, 1.5), "bigg": (14.5, 2.0), "Bigg": (17.5, 2.5)}
_BIG_KINDS = {"": "ord", "l": "open", "r": "close", "m": "rel"}


class Glyph(NamedTuple):
    """A character of a symbol font or alphabet."""

    font: str
    code: int


class Delimiter(NamedTuple):
    """A small and a large character for the same delimiter; no characters for the empty one."""

    small: Glyph | None = None
    large: Glyph | None = None


class Text(NamedTuple):
    r"""Text inside maths; `\text` shrinks in scripts, `\mbox` does not."""

    tex: str
    shrinks: bool


class Overlay(NamedTuple):
    """Two signs in one place, or the first over the second."""

    first: list[Item]
    second: list[Item]
    is_stacked: bool


class Space(NamedTuple):
    """A space in mu, 1/18 of the symbol font's quad, or in em of the text font."""

    mu: float = 0.0
    em: float = 0.0


class Style(NamedTuple):
    """A change of style: 0 display, 2 text, 4 script, 6 scriptscript."""

    style: int


@dataclass(slots=True)
class Fraction:
    """A numerator over a denominator; `style` is set by `dfrac` and `tfrac`, `thickness` None is the default."""

    numerator: list[Item]
    denominator: list[Item]
    style: int | None = None
    thickness: float | None = None
    delimiters: tuple[Delimiter, Delimiter] = (Delimiter(), Delimiter())


@dataclass(slots=True)
class Atom:
    """An atom: its kind, nucleus and scripts.

    Beside the eight classes a kind can be `accent`, `radical`, `over`, `under`, `smash` or `big`; these space as `ord`.
    """

    kind: str
    nucleus: Nucleus = None
    sup: list[Item] | None = None
    sub: list[Item] | None = None
    limits: bool | None = None
    accent: Glyph | None = None
    degree: list[Item] | None = None
    delimiters: tuple[Delimiter, Delimiter] | None = None
    size: str = ""


Item = Atom | Fraction | Space | Style
Nucleus = Glyph | Text | Overlay | list[Item] | None

_SIMPLE: dict[str, Space | Style] = {
    **{name: Space(mu=mu) for name, mu in _MU_SPACES.items()},
    **{name: Space(em=em) for name, em in _QUADS.items()},
    **{name: Style(style) for name, style in _STYLES.items()},
}


@cache
def _tables(*, is_newtx: bool) -> Any:
    kernel = read_data("symbols")
    if not is_newtx:
        return kernel
    moved = read_data("symbols-newtx")
    return {kind: {**found, **moved[kind]} for kind, found in kernel.items()}


@dataclass(slots=True)
class Reader:
    """Reads the tokens of one formula; `notes` says what it did not know.

    `is_newtx` tells that the signs are where newtxmath has them, not the kernel, `is_ams` that amsmath is loaded.
    """

    tokens: list[str]
    notes: dict[str, None] = field(default_factory=dict)
    position: int = 0
    is_newtx: bool = False
    is_ams: bool = False
    accents: int = 0

    @property
    def _tables(self) -> Any:
        return _tables(is_newtx=self.is_newtx)

    def _part(self, tex: str) -> Reader:
        """Return a reader of what stands for a command."""
        return Reader(TOKEN.findall(tex), self.notes, is_newtx=self.is_newtx)

    def read(self, alphabet: str | None = None, closing: str | None = None) -> list[Item]:
        """Read items up to `closing` (which is passed) or the end."""
        items: list[Item] = []
        while self.position < len(self.tokens):
            lexeme = self._next()
            if lexeme == closing:
                break
            self._one(lexeme, items, alphabet)
        return items

    def _next(self) -> str:
        lexeme = self.tokens[self.position]
        self.position += 1
        return lexeme.rstrip(" ") if len(lexeme) > 2 else lexeme  # noqa: PLR2004 - a control space keeps its space

    def _one(self, lexeme: str, items: list[Item], alphabet: str | None) -> None:
        if lexeme in (" ", "~", "\n"):
            if lexeme == "~":
                items.append(Atom("ord", Text("~", shrinks=False)))
        elif lexeme in "^_":
            self._script(lexeme, items, alphabet)
        elif lexeme == "'":
            self._primes(items)
        elif lexeme == "{":
            items.append(group(self.read(alphabet, "}")))
        elif lexeme in _MACROS and lexeme not in self._tables["symbols"]:
            self._macro(lexeme, items, alphabet)
        elif not self._symbol(lexeme, items, alphabet):
            self._command(lexeme.removeprefix("\\"), items, alphabet)

    def _macro(self, lexeme: str, items: list[Item], alphabet: str | None) -> None:
        inner = self._part(_MACROS[lexeme].replace(*_NEWTX_JOIN) if self.is_newtx else _MACROS[lexeme])
        read = inner.read(alphabet)
        # `\int\nolimits_0`: the scripts that follow belong to the last atom of the macro.
        items += read
        if self.is_ams and lexeme in _AMS_DOTS and self._closes():
            items.append(_SIMPLE[","])

    def _closes(self) -> bool:
        """Tell whether a closing delimiter or the end of the formula comes next."""
        return self.position >= len(self.tokens) or self.tokens[self.position].rstrip(" ") in _CLOSING

    def _symbol(self, lexeme: str, items: list[Item], alphabet: str | None) -> bool:
        tables = self._tables
        if lexeme == "\\not" and self.is_newtx:
            self.notes["'\\not' is measured as the kernel sets it, newtxmath has signs of its own"] = None
        if lexeme == "\u0016":
            items.append(Atom("ord", Glyph("operators", 0x16)))
            return True
        if lexeme in tables["symbols"]:
            kind, font, code = tables["symbols"][lexeme]
            if kind == "alpha" and alphabet is not None:
                font = ALPHABETS[alphabet]
            items.append(Atom(_KINDS.get(kind, kind), Glyph(font, code)))
            return True
        if lexeme in ("\\{", "\\}"):
            lexeme = "\\lbrace" if lexeme == "\\{" else "\\rbrace"
        if lexeme in tables["delimiters"]:
            kind, font, code, *_ = tables["delimiters"][lexeme]
            items.append(Atom(kind, Glyph(font, code)))
            return True
        return False

    def _command(self, name: str, items: list[Item], alphabet: str | None) -> None:
        if name in _SIMPLE:
            items.append(_SIMPLE[name])
        elif name in _CHARACTERS:
            items.append(Atom("ord", Glyph("operators", _CHARACTERS[name])))
        elif name in ALPHABETS:
            items.append(group(self._argument(name)))
        elif name in _CLASSES:
            self._class(_CLASSES[name], items, alphabet)
        elif name in OPERATORS or name in _TWO_WORDS:
            inner = self._part(_TWO_WORDS.get(name, name))
            items.append(Atom("op", inner.read("mathrm"), limits=None if name in _LIMITED else False))
        elif name in ("limits", "nolimits", "displaylimits"):
            if items and isinstance(items[-1], Atom):
                items[-1].limits = {"limits": True, "nolimits": False}.get(name)
        elif not self._construct(name, items, alphabet):
            self._other(name, items, alphabet)

    def _construct(self, name: str, items: list[Item], alphabet: str | None) -> bool:
        accents = self._tables["accents"]
        if name in ("frac", "dfrac", "tfrac"):
            numerator, denominator = self._argument(alphabet), self._argument(alphabet)
            style = {"dfrac": 0, "tfrac": 2}.get(name)
            items.append(Atom("ord", [Fraction(numerator, denominator, style)]))
        elif name == "binom":
            pair = (self._delimiter_of("("), self._delimiter_of(")"))
            fraction = Fraction(self._argument(alphabet), self._argument(alphabet), None, 0.0, pair)
            items.append(Atom("ord", [fraction]))
        elif name == "sqrt":
            degree = self._optional(alphabet)
            items.append(Atom("radical", self._argument(alphabet), degree=degree))
        elif name in ("overline", "underline"):
            items.append(Atom(name.removesuffix("line"), self._argument(alphabet)))
        elif f"\\{name}" in accents:
            self._accent(name, items, alphabet)
        elif name == "left":
            self._left(items, alphabet)
        elif name.rstrip("lrm") in BIG:
            kind = _BIG_KINDS.get(name[len(name.rstrip("lrm")) :], "ord")
            big = Atom("big", delimiters=(self._delimiter(), Delimiter()), size=name.rstrip("lrm"))
            items.append(Atom(kind, [big]))
        elif name in _OVERLAYS:
            first, second = (self._part(part).read() for part in _OVERLAYS[name])
            items.append(Atom("rel", Overlay(first, second, is_stacked=name == "cong")))
        elif name in _TEXTS:
            items.append(Atom("ord", Text(self._raw_argument(), shrinks=name.startswith("text"))))
        else:
            return False
        return True

    def _accent(self, name: str, items: list[Item], alphabet: str | None) -> None:
        font, code, _ = self._tables["accents"][f"\\{name}"]
        if self.is_ams and self.accents > 0:
            self.notes["accents within accents are measured as the kernel sets them, amsmath shifts them"] = None
        self.accents += 1
        items.append(Atom("accent", _only(self._argument(alphabet)), accent=Glyph(font, code)))
        self.accents -= 1

    def _other(self, name: str, items: list[Item], alphabet: str | None) -> None:
        if name == " ":
            items.append(Atom("ord", Text("~", shrinks=False)))
        elif name == "smash":
            items.append(Atom("smash", self._argument(alphabet)))
        elif name in ("mathdefault", "ensuremath", "phantom"):
            items.append(group(self._argument(alphabet)))
        elif name in ("operatorname", "operatornamewithlimits"):
            items.append(Atom("op", self._argument("mathrm"), limits=False))
        elif name == "mkern":
            self._mkern(items)
        elif name == "surd":
            items.append(Atom("ord", [Atom("op", Glyph("symbols", 0x70))]))
        elif name in _STAND_INS:
            self.notes[f"'\\{name}' is measured as '\\{_STAND_INS[name]}'"] = None
            items.append(group(self._argument(_STAND_INS[name])))
        elif name in ("bmod", "mod"):
            items.append(Atom("bin", self._words("mod")))
        elif name in ("relax", "nobreak", "/"):
            return
        else:
            self.notes[f"'\\{name}' is not known in maths, measured as nothing"] = None

    def _words(self, letters: str) -> list[Item]:
        return self._part(letters).read("mathrm")

    def _class(self, kind: str, items: list[Item], alphabet: str | None) -> None:
        items.append(Atom(kind, _only(self._argument(alphabet))))

    def _mkern(self, items: list[Item]) -> None:
        digits = ""
        while self.position < len(self.tokens) and self.tokens[self.position] in "-.0123456789":
            digits += self._next()
        self.position += 2
        items.append(Space(float(digits or 0)))

    def _left(self, items: list[Item], alphabet: str | None) -> None:
        left = self._delimiter()
        inner = self.read(alphabet, "\\right")
        right = self._delimiter()
        items.append(Atom("inner", inner, delimiters=(left, right)))

    def _delimiter(self) -> Delimiter:
        while self.position < len(self.tokens) and self.tokens[self.position] == " ":
            self.position += 1
        return self._delimiter_of(self._next()) if self.position < len(self.tokens) else Delimiter()

    def _delimiter_of(self, lexeme: str) -> Delimiter:
        names = {"\\{": "\\lbrace", "\\}": "\\rbrace"}
        found = self._tables["delimiters"].get(names.get(lexeme, lexeme))
        if found is None:
            if lexeme != ".":
                self.notes[f"'{lexeme}' is not a delimiter, measured as nothing"] = None
            return Delimiter()
        _, font, code, large, large_code = found
        return Delimiter(Glyph(font, code), Glyph(large, large_code))

    def _argument(self, alphabet: str | None) -> list[Item]:
        while self.position < len(self.tokens) and self.tokens[self.position] == " ":
            self.position += 1
        if self.position >= len(self.tokens):
            return []
        if self.tokens[self.position] == "{":
            self.position += 1
            return self.read(alphabet, "}")
        items: list[Item] = []
        self._one(self._next(), items, alphabet)
        return items

    def _optional(self, alphabet: str | None) -> list[Item] | None:
        if self.tokens[self.position : self.position + 1] != ["["]:
            return None
        self.position += 1
        return self.read(alphabet, "]")

    def _raw_argument(self) -> str:
        start, depth = self.position, 0
        while self.position < len(self.tokens):
            lexeme = self._next()
            depth += {"{": 1, "}": -1}.get(lexeme, 0)
            if depth == 0:
                break
        return "".join(self.tokens[start + 1 : self.position - 1])

    def _script(self, mark: str, items: list[Item], alphabet: str | None) -> None:
        if not items or not isinstance(items[-1], Atom):
            items.append(Atom("ord"))
        atom = items[-1]
        argument = self._argument(alphabet)
        if isinstance(atom, Atom):
            if mark == "^":
                atom.sup = [*(atom.sup or []), *argument]
            else:
                atom.sub = argument

    def _primes(self, items: list[Item]) -> None:
        if not items or not isinstance(items[-1], Atom):
            items.append(Atom("ord"))
        atom = items[-1]
        if isinstance(atom, Atom):
            atom.sup = [*(atom.sup or []), Atom("ord", Glyph("symbols", 0x30))]


_LIMITED = frozenset({"det", "gcd", "inf", "lim", "liminf", "limsup", "max", "min", "Pr", "sup"})


def group(items: list[Item]) -> Atom:
    """Return `{…}`: one atom; a lone ordinary atom without scripts stands for itself (tex.web, section 1186)."""
    if len(items) == 1 and isinstance(items[0], Atom):
        lone = items[0]
        if lone.sup is None and lone.sub is None and lone.kind in ("ord", "accent"):
            return lone
    return Atom("ord", items)


def _only(items: list[Item]) -> Nucleus:
    if len(items) == 1 and isinstance(items[0], Atom):
        lone = items[0]
        if lone.kind == "ord" and lone.sup is None and lone.sub is None:
            return lone.nucleus
    return items


def read_formula(body: str, *, is_newtx: bool = False, is_ams: bool = False) -> tuple[list[Item], tuple[str, ...]]:
    """Return the items of a formula (without its dollars), and notes on what is not known."""
    reader = Reader(TOKEN.findall(body), is_newtx=is_newtx, is_ams=is_ams)
    items: list[Item] = []
    while reader.position < len(reader.tokens):
        items += reader.read()
    return items, tuple(reader.notes)
