"""Set one line of TeX text as TeX's horizontal mode does, and add up its size.

The TeXbook, chapters 12 (glue, space factors, kerns) and 9 (accents); the text commands are LaTeX's in `OT1` and `T1`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from paperkit.tex import encodings
from paperkit.tex.fonts import Box, Font, load_font, load_shape
from paperkit.tex.mathfonts import MathsFonts, maths_fonts
from paperkit.tex.mathset import measure_formula, script_box

_TOKEN = re.compile(r"\\(?:[A-Za-z]+ *|.)|.", re.DOTALL)
_DINGBAT = re.compile(r"\{U\}\{pzd\}\{m\}\{n\}\\char(\d+)")
# Characters raise or lower the space after them: LaTeX's `\nonfrenchspacing`.
_SPACE_FACTORS = {".": 3000, "?": 3000, "!": 3000, ":": 2000, ";": 1500, ",": 1250, ")": 0, "'": 0, "]": 0}
_WIDE_SPACE = 2000
_NORMAL = 1000
_CAPITAL = 999
# LaTeX's \thinspace, \quad and the parts of \_ in em.
_KERNS = {",": 0.16667, "quad": 1.0, "qquad": 2.0, "enspace": 0.5, "thinspace": 0.16667, "negthinspace": -0.16667}
_RULE = 0.4
_SCRIPTS = {"textsuperscript": "^", "textsubscript": "_"}
# paperkit's own macro of tables: a sign between thin spaces, and its argument.
_PLUS_MINUS = "pkpm"
_PASSED = frozenset({"mbox", "text", "textnormal", "relax", "leavevmode", "-"})


class TextRun:
    """The size of one line while it is being set."""

    def __init__(self, font: Font) -> None:
        self.font = font
        self.loaded, self.encoding, notes = load_font(font)
        self.notes: dict[str, None] = dict.fromkeys(notes)
        self.width = 0.0
        self.height = 0.0
        self.depth = 0.0
        self._codes: list[int] = []
        self._space_factor = _NORMAL

    def set(self, tex: str) -> Box:
        """Set `tex` and return its size."""
        tokens = _TOKEN.findall(tex)
        position = 0
        while position < len(tokens):
            position = self._one(tokens, position)
        self._flush()
        return Box(self.width, self.height, self.depth)

    def _one(self, tokens: list[str], position: int) -> int:
        lexeme = tokens[position]
        if lexeme == "$":
            end = _closing_dollar(tokens, position)
            self._formula("".join(tokens[position + 1 : end]))
            return end + 1
        if lexeme in "{}":
            self._flush()
        elif lexeme in (" ", "~", "\n"):
            self._space(plain=lexeme == "~")
        elif lexeme.startswith("\\"):
            return self._command(lexeme[1:].rstrip(" ") or " ", tokens, position + 1)
        else:
            self._character(lexeme)
        return position + 1

    def _command(self, name: str, tokens: list[str], position: int) -> int:
        own = encodings.OWN[self.encoding].get(name)
        if own is not None:
            self._slot(own, _NORMAL)
        elif name == " ":
            self._space(plain=True)
        elif name == "/":
            self._kern(self._flush())
        elif name in _KERNS:
            self._kern(_KERNS[name] * self.loaded.quad)
        elif name == _PLUS_MINUS:
            self._formula(r"\pm")
            self._kern(2 * _KERNS[","] * self.loaded.quad)
        elif name in _PASSED:
            self._flush()
        else:
            return self._with_argument(name, tokens, position)
        return position

    def _with_argument(self, name: str, tokens: list[str], position: int) -> int:
        if name in _SCRIPTS:
            return self._script(_SCRIPTS[name], tokens, position)
        if name == "phantom":
            return self._phantom(tokens, position)
        if name == "(":
            end = tokens.index("\\)", position) if "\\)" in tokens[position:] else len(tokens)
            self._formula("".join(tokens[position:end]))
            return end + 1
        if name in encodings.ABOVE or name in encodings.BELOW:
            return self._accent(name, tokens, position)
        if name == "usefont":
            return self._dingbat(tokens, position)
        self._special(name)
        return position

    def _special(self, name: str) -> None:
        if name in encodings.LIGATURES:
            self._codes += map(ord, encodings.LIGATURES[name])
        elif name in encodings.BORROWED:
            self._borrowed(name)
        elif name in encodings.SPACING_ACCENTS[self.encoding]:
            self._box(self.loaded.box(encodings.SPACING_ACCENTS[self.encoding][name]))
        elif name in encodings.COMPANION:
            self._companion(name)
        elif name == "_":
            self._box(Box(0.36 * self.loaded.quad, _RULE, 0.0))
        elif name in ("dots", "ldots", "textellipsis"):
            dot = self.loaded.box(ord(".")) or Box(0.0, 0.0, 0.0)
            self._box(Box(3 * (dot.width + self.loaded.parameter(3)), dot.height, dot.depth))
        else:
            self._flush()
            self.note(f"'\\{name}' is not known, measured as nothing")

    def _borrowed(self, name: str) -> None:
        medium, bold, code = encodings.BORROWED[name]
        shape = bold if encodings.has_bold_symbols(self.font.family, self.font.series) else medium
        shape = encodings.OWN_SYMBOLS.get(self.font.family, {}).get(shape, shape)
        found = load_shape(shape, self.font.size)
        self._box(None if found is None else found.box(code))

    def _companion(self, name: str) -> None:
        family = encodings.companion_family(self.font.family, name)
        for series in (self.font.series, "m"):
            found = load_shape(f"TS1/{family}/{series}/n", self.font.size)
            if found is not None:
                self._box(found.box(encodings.COMPANION[name]))
                return
        self._unknown(name)

    def _unknown(self, character: str) -> None:
        self._box(Box(0.75 * self.loaded.quad, 0.7 * self.loaded.quad, 0.0))
        self.note(f"no metrics for '{character}' in the font family '{self.font.family}', measured as 0.75 em")

    def _character(self, character: str) -> None:
        slot = encodings.find_slot(character, self.encoding)
        factor = _CAPITAL if "A" <= character <= "Z" else _SPACE_FACTORS.get(character, _NORMAL)
        if slot is not None:
            self._slot(slot, factor)
            return
        accented = encodings.find_accented(character, self.encoding)
        if accented is not None and self._is_ringed(accented):
            # OT1 lays the ring beside the A, which then stands by the next letter as any other.
            self._flush()
            self.height = max(self.height, (self._accented(accented) or Box(0.0, 0.0, 0.0)).height)
            self._slot(accented.base, _CAPITAL)
        elif accented is not None:
            self._box(self._accented(accented))
        elif character in "łŁ":
            self._box(self._stroked(character))
        elif character in encodings.COMPANION:
            self._companion(character)
        else:
            self._unknown(character)

    def _accent(self, name: str, tokens: list[str], position: int) -> int:
        """Set an accent command on its argument, a letter or, for the accents below, any text."""
        end = _closing_brace(tokens, position)
        letter = "".join(tokens[position + 1 : end])
        if name in encodings.BELOW:
            self._box(self._under(name, letter))
            return end + 1
        accented = encodings.find_accent(encodings.DOTLESS.get(letter, letter), name, self.encoding)
        if accented is None:
            self.note(f"'\\{name}{{{letter}}}' is not known, measured as nothing")
        else:
            self._box(self._accented(accented))
        return end + 1

    def _under(self, name: str, tex: str) -> Box:
        inner = TextRun(self.font)
        box = inner.set(tex)
        self.notes |= inner.notes
        dot = self.loaded.box(ord(".")) or Box(0.0, 0.0, 0.0)
        sign = dot.height + dot.depth if name == "d" else encodings.BAR_HEIGHT * self.loaded.x_height
        return box._replace(depth=box.depth + encodings.BELOW_SKIP * self.loaded.x_height + sign)

    def _dingbat(self, tokens: list[str], position: int) -> int:
        found = _DINGBAT.match("".join(tokens[position:]))
        font = load_shape("U/pzd/m/n", self.font.size)
        if found is None or font is None:
            self.note("'\\usefont' is not known, measured as nothing")
            return position
        self._box(font.box(int(found[1])))
        return position + len(_TOKEN.findall(found[0]))

    def _accented(self, accented: encodings.Accented) -> Box | None:
        base, accent = self.loaded.box(accented.base), self.loaded.box(accented.accent)
        if base is None or accent is None:
            return base
        ex = self.loaded.x_height
        if accented.is_comma:
            # LaTeX's \textcommabelow and \textcommaabove: a comma or quote at scriptscript size, lowered or raised.
            small = replace(self.font, size=self._maths_fonts().sizes[2])
            comma = load_font(small).loaded.box(accented.accent) or accent
            if not accented.is_below:
                return base._replace(height=comma.height + 0.7 * ex)
            return base._replace(depth=max(base.depth, comma.depth + 0.31 * ex))
        if accented.is_below:
            return Box(base.width, max(base.height, accent.height), max(base.depth, accent.depth))
        lift = base.height - ex
        if self._is_ringed(accented):
            # OT1 sets the ring lower on a capital A.
            mark = self.loaded.box(ord("!")) or accent
            lift = 0.67 * (mark.height - ex)
        # tex.web, section 1123: the accent sits on the base as it would on an x.
        return Box(base.width, max(base.height, accent.height + lift), max(base.depth, accent.depth - lift))

    def _is_ringed(self, accented: encodings.Accented) -> bool:
        """Tell whether it is OT1's Å, which has a definition of its own."""
        return self.encoding == "OT1" and accented[:2] == (ord("A"), encodings.OT1_RING)

    def _stroked(self, character: str) -> Box:
        # OT1 lays the stroke of slot 32 over the letter, by a kern or a ligature; Ł keeps the width of L.
        letter = ord("l" if character == "ł" else "L")
        box = self.loaded.run([32, letter])
        base = self.loaded.box(letter)
        return box if base is None or character == "ł" else box._replace(width=base.width)

    def _slot(self, slot: int, factor: int) -> None:
        self._codes.append(slot)
        if factor:
            # tex.web, section 1034: after a capital a full stop is not the end of a sentence.
            self._space_factor = _NORMAL if self._space_factor < _NORMAL < factor else factor

    def _space(self, *, plain: bool) -> None:
        self._flush()
        wide = not plain and self._space_factor >= _WIDE_SPACE and not self.font.frenchspacing
        own = self.font.space * self.loaded.quad or self.loaded.parameter(2)
        self.width += own + (self.loaded.parameter(7) if wide else 0.0)

    def _kern(self, width: float) -> None:
        self._flush()
        self.width += width

    def _box(self, box: Box | None) -> None:
        self._flush()
        if box is not None:
            self._add(box)
        self._space_factor = _NORMAL

    def _flush(self) -> float:
        """Set the characters that wait, and return the italic correction of the last."""
        if not self._codes:
            return 0.0
        box = self.loaded.run(self._codes)
        self._codes.clear()
        self._add(box)
        return box.italic

    def _add(self, box: Box) -> None:
        self.width += box.width
        self.height = max(self.height, box.height)
        self.depth = max(self.depth, box.depth)

    def _formula(self, body: str) -> None:
        box, notes = measure_formula(body, self._maths_fonts(), self.font)
        self._box(box)
        self.notes |= dict.fromkeys(notes)

    def _script(self, kind: str, tokens: list[str], position: int) -> int:
        end = _closing_brace(tokens, position)
        fonts = self._maths_fonts()
        inner = TextRun(replace(self.font, size=fonts.sizes[1]))
        box = inner.set("".join(tokens[position + 1 : end]))
        self.notes |= inner.notes
        self._box(script_box(box, kind, fonts))
        return end + 1

    def _phantom(self, tokens: list[str], position: int) -> int:
        end = _closing_brace(tokens, position)
        inner = TextRun(self.font)
        box = inner.set("".join(tokens[position + 1 : end]))
        self.notes |= inner.notes
        self._box(box)
        return end + 1

    def _maths_fonts(self) -> MathsFonts:
        return maths_fonts(self.font.family, self.font.size, amsmath=self.font.amsmath)

    def note(self, text: str) -> None:
        """Remember what was approximated."""
        self.notes[text] = None


def _closing_dollar(tokens: list[str], position: int) -> int:
    return tokens.index("$", position + 1) if "$" in tokens[position + 1 :] else len(tokens)


def _closing_brace(tokens: list[str], position: int) -> int:
    depth = 0
    for index in range(position, len(tokens)):
        depth += {"{": 1, "}": -1}.get(tokens[index], 0)
        if depth == 0:
            return index
    return len(tokens)
