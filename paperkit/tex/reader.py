r"""Read TeX as plain text: the way back from `escape` and `markup`, for what paperkit wrote and people edited since.

Nothing is run. What is not known stands in the text as it was written, so that a change of it shows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from paperkit.tex.symbols import ABOVE, BELOW, DINGBATS, MATHS, MATHS_ACCENTS, SPECIAL, TEXT

_TOKEN = re.compile(r"\\(?:[A-Za-z@]+|.|$)|\s+|.", re.DOTALL)
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*(?:\n[ \t]*|$)")
_NAME = re.compile(r"\\[A-Za-z@]+")
_DEFINITION = re.compile(r"\\(?:newcommand|renewcommand|providecommand|DeclareRobustCommand)\*?\s*(?=[{\\])")
# Deeper than any text of a paper; Python's own stack would end some levels later.
_DEEPEST = 40

# What the arguments of a command are: `o` an option, `m` one that shows nothing, `t` text. A name after the colon is
# the emphasis that the text has.
_COMMANDS: Mapping[str, str] = {
    "cellcolor": "om", "color": "om", "rowcolor": "om", "textcolor": "omt",
    "phantom": "m", "hphantom": "m", "vphantom": "m", "rule": "omm", "hspace": "m", "vspace": "m", "label": "m",
    "fontseries": "m", "fontsize": "mm", "usefont": "mmmm", "selectfont": "", "bfseries": ":bold", "itshape": ":italic",
    "relax": "", "leavevmode": "", "strut": "", "centering": "", "protect": "", "nolinebreak": "o", "unskip": "",
    "ignorespaces": "", "scriptsize": "", "footnotesize": "", "small": "", "tiny": "", "normalsize": "", "large": "",
    "pkdigit": "m", "pkswatch": "om", "rotatebox": "omt", "scalebox": "mt", "resizebox": "mmt", "raisebox": "moot",
    "makebox": "oot", "mbox": "t", "hbox": "t", "text": "t", "textnormal": "t", "textrm": "t", "textsf": "t",
    "texttt": "t", "mathrm": "t", "mathit": "t", "mathbf": "t:bold", "multicolumn": "mmt", "multirow": "ommot",
    "shortstack": "ot", "makecell": "ot", "thead": "ot", "pklines": "omt", "pkstub": "t", "pkturned": "t",
    "pkgroup": "t",
    "pkbest": "t:best", "pksecond": "t:second", "pkmissing": "t:missing", "pkbold": "t:bold", "pkitalic": "t:italic",
    "pkunderline": "t:underline", "pkbolditalic": "t:bold italic", "pkboldunderline": "t:bold underline",
    "pkitalicunderline": "t:italic underline", "pkbolditalicunderline": "t:bold italic underline",
    "textbf": "t:bold", "textit": "t:italic", "emph": "t:italic", "underline": "t:underline",
}  # fmt: skip
_PLUS_MINUS = "pkpm"
_SCRIPTS = {"textsuperscript": "^", "textsubscript": "_"}
_HIGH = str.maketrans("0123456789abcdefghijklmnoprstuvwxyz+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ⁺⁻⁻")
_LOW = str.maketrans("0123456789in+-−", "₀₁₂₃₄₅₆₇₈₉ᵢₙ₊₋₋")
_SPACES = {",": " ", " ": " ", "quad": " ", "qquad": " ", "enspace": " ", ";": " ", ":": " ", "!": "", "/": "", "-": ""}


def _named(symbols: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the name of every command that prints a character by itself, and the character."""
    for character, tex in symbols.items():
        bare = tex.removesuffix("{}")
        if bare.startswith("\\") and (bare[1:].isalpha() or len(bare) == 2):  # noqa: PLR2004 - a backslash and a sign
            yield bare[1:], character


_SIGNS = {**dict(_named(MATHS)), **dict(_named(TEXT)), **dict(_named(SPECIAL)), "i": "ı", "j": "ȷ", "ldots": "…"}
_FORMULAS = {tex: character for character, tex in reversed(MATHS.items())}
_ACCENTS = {tex[1:]: mark for mark, tex in {**ABOVE, **BELOW}.items()}
_ACCENTS |= {name: mark for mark, name in MATHS_ACCENTS.items()}
_BY_CODE = {code: sign for sign, code in DINGBATS.items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    r"""What a piece of TeX shows: its text, the colours of its cell and ink, and how it is emphasised.

    White space is one space; lines that `\\` parts are lines.
    """

    text: str
    fill: str | None = None
    ink: str | None = None
    emphasis: frozenset[str] = frozenset()


@lru_cache(maxsize=4096)
def read(tex: str) -> Reading:
    r"""Return what `tex`, without comments, shows.

    >>> read(r"\cellcolor{pkReds255}\color{white}\pkdigit{}\pkbest{$-$7.5}\pkpm{0.2}").text
    '−7.5 ± 0.2'
    """
    reader = _Reader()
    try:
        text = reader.text(tex)
    except RecursionError:
        text = tex
    shown = "\n".join(" ".join(line.split()) for line in unicodedata.normalize("NFC", text).split("\n"))
    return Reading(text=shown.strip("\n"), fill=reader.fill, ink=reader.ink, emphasis=frozenset(reader.emphasis))


def uncommented(tex: str) -> str:
    """Return `tex` without its comments and the line ends they swallow."""
    return _COMMENT.sub(r"\1", tex.replace("\r\n", "\n"))


def tokens(tex: str) -> list[str]:
    """Return commands, runs of white space, and single characters."""
    return _TOKEN.findall(tex)


def group(tex: str, at: int) -> tuple[str, int]:
    """Return the argument that begins at `at`, without its braces, and where it ends; all that is left if it does not.

    >>> group("{a{b}c} d", 0)
    ('a{b}c', 7)
    """
    while at < len(tex) and tex[at].isspace():
        at += 1
    if at >= len(tex) or tex[at] != "{":
        found = _TOKEN.match(tex, at)
        return (found[0], found.end()) if found else ("", len(tex))
    depth = 0
    for found in _TOKEN.finditer(tex, at):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return tex[at + 1 : found.start()], found.end()
    return tex[at + 1 :], len(tex)


def arguments(tex: str, at: int, signature: str) -> tuple[tuple[str, ...], int]:
    """Return the arguments behind a command, one for each letter of `signature`, and where they end.

    `o` is an option in brackets, empty where there is none; other letters are arguments.
    """
    found = []
    for kind in signature:
        if kind != "o":
            text, at = group(tex, at)
        elif tex[at : at + 1] == "[" and (end := tex.find("]", at)) > 0:
            text, at = tex[at + 1 : end], end + 1
        else:
            text = ""
        found.append(text)
    return tuple(found), at


def commands(tex: str, name: str, signature: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Yield where every command of some name stands and ends, and its arguments."""
    at = 0
    pattern = re.compile(rf"(?<!\\)((?:\\\\)*)\\{name}(?![A-Za-z@])\*?")
    while (found := pattern.search(tex, at)) is not None:
        values, at = arguments(tex, found.end(), signature)
        yield found.end(1), at, values


def definitions(tex: str) -> tuple[tuple[tuple[str, str], ...], str]:
    r"""Return the commands that `tex`, without comments, defines, as names and meanings; and `tex` without them.

    >>> definitions(r"a \newcommand{\gain}{5.24} b")
    ((('gain', '5.24'),), 'a  b')
    """
    found: list[tuple[str, str]] = []
    rest: list[str] = []
    at = 0
    while (start := _DEFINITION.search(tex, at)) is not None:
        rest.append(tex[at : start.start()])
        name, end = group(tex, start.end())
        (_, _, meaning), at = arguments(tex, end, "oot")
        if _NAME.fullmatch(name.strip()):
            found.append((name.strip()[1:], meaning))
    return tuple(found), "".join([*rest, tex[at:]])


@dataclass(slots=True)
class _Reader:
    fill: str | None = None
    ink: str | None = None
    emphasis: set[str] = field(default_factory=set)
    depth: int = 0

    def text(self, tex: str, *, is_maths: bool = False) -> str:
        if self.depth > _DEEPEST:
            return tex
        self.depth += 1
        pieces: list[str] = []
        at = 0
        while at < len(tex):
            found = _TOKEN.match(tex, at)
            lexeme = found[0] if found else tex[at]
            piece, at = self._piece(tex, lexeme, at + len(lexeme), is_maths=is_maths)
            pieces.append(piece)
        self.depth -= 1
        return "".join(pieces)

    def _piece(self, tex: str, lexeme: str, at: int, *, is_maths: bool) -> tuple[str, int]:
        """Return what a lexeme shows, with its arguments, and where they end."""
        if lexeme[0] == "\\":
            return self._command(tex, lexeme[1:], at, is_maths=is_maths)
        if lexeme == "{":
            inner, end = group(tex, at - 1)
            return self.text(inner, is_maths=is_maths), end
        if lexeme == "$":
            end = tex.find("$", at)
            return self._formula(tex[at : end if end >= 0 else len(tex)]), end + 1 if end >= 0 else len(tex)
        if lexeme in ("^", "_") and is_maths:
            inner, end = group(tex, at)
            return self._script(self.text(inner, is_maths=True), lexeme), end
        if is_maths:
            return ("" if lexeme.isspace() else "−" if lexeme == "-" else "" if lexeme == "}" else lexeme), at
        return {"~": " ", "}": ""}.get(lexeme, " " if lexeme.isspace() else lexeme), at

    def _formula(self, body: str) -> str:
        return _FORMULAS[body] if body in _FORMULAS else self.text(body, is_maths=True)

    def _script(self, text: str, kind: str) -> str:
        # What has no raised form stands as it is.
        return text.translate(_HIGH if kind == "^" else _LOW)

    def _command(self, tex: str, name: str, at: int, *, is_maths: bool) -> tuple[str, int]:
        if name in ("\\", "tabularnewline", "newline"):
            return "\n", at
        if name.isalpha():
            while tex[at : at + 1] in (" ", "\n", "\t"):
                at += 1
        if name in _SPACES:
            return _SPACES[name], at
        if name in _ACCENTS:
            inner, at = group(tex, at)
            base = self.text(inner, is_maths=is_maths).replace("ı", "i").replace("ȷ", "j")
            return base[:1] + _ACCENTS[name] + base[1:], at
        if name == "char" and (code := re.compile(r"\d+").match(tex, at)):
            return _BY_CODE.get(int(code[0]), f"\\char{code[0]}"), code.end()
        if name == "kern":
            length = re.compile(r"-?[\d.]+\s*(?:[a-z]{2})?|\\[A-Za-z]+").match(tex, at)
            return "", length.end() if length else at
        return self._known(tex, name, at, is_maths=is_maths)

    def _known(self, tex: str, name: str, at: int, *, is_maths: bool) -> tuple[str, int]:
        if name == _PLUS_MINUS:
            inner, at = group(tex, at)
            return f" ± {self.text(inner)}", at
        if name in _SCRIPTS:
            inner, at = group(tex, at)
            return self._script(self.text(inner), _SCRIPTS[name]), at
        if name == "not" or (name == "frac" and is_maths):
            return self._combined(tex, name, at)
        signature = _COMMANDS.get(name)
        if signature is None:
            return (_SIGNS[name], at) if name in _SIGNS else self._unknown(tex, name, at)
        kinds, _, emphasis = signature.partition(":")
        if kinds and tex[at : at + 1] == "*":
            at += 1
        values, at = arguments(tex, at, kinds)
        if name == "cellcolor":
            self.fill = values[-1]
        elif name in ("color", "textcolor"):
            self.ink = values[1]
        self.emphasis.update([emphasis] if emphasis else ())
        shown = (value for kind, value in zip(kinds, values, strict=True) if kind == "t")
        return "".join(self.text(value, is_maths=is_maths and name != "text") for value in shown), at

    def _combined(self, tex: str, name: str, at: int) -> tuple[str, int]:
        values, end = arguments(tex, at, "m" if name == "not" else "mm")
        written = f"\\{name}" + (values[0] if name == "not" else "".join(f"{{{value}}}" for value in values))
        if written in _FORMULAS:
            return _FORMULAS[written], end
        shown = [self.text(value, is_maths=True) for value in values]
        return "/".join(shown) if name == "frac" else f"not {shown[0]}", end

    def _unknown(self, tex: str, name: str, at: int) -> tuple[str, int]:
        start = at
        while tex[at : at + 1] in ("{", "["):
            closing = tex.find("]", at) + 1
            at = group(tex, at)[1] if tex[at] == "{" else closing or len(tex)
        return f"\\{name}{tex[start:at]}", at
