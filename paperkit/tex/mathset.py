"""Set a formula as TeX does and return its size: The TeXbook's Appendix G, in the order of its rules.

Styles are numbered as in tex.web: 0 display, 2 text, 4 script, 6 scriptscript, one more if cramped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from paperkit.tex.fonts import Box, Font, load_font
from paperkit.tex.mathfonts import MathsFonts
from paperkit.tex.mathlist import (
    BIG,
    Atom,
    Delimiter,
    Fraction,
    Glyph,
    Item,
    Nucleus,
    Overlay,
    Space,
    Style,
    Text,
    read_formula,
)
from paperkit.tex.mathspacing import lone, mu_between, same_font, spaced_kinds

TEXT_STYLE = 2
_SCRIPT_STYLE = 4
# plain TeX's and LaTeX's \scriptspace, \nulldelimiterspace, \delimiterfactor / 1000, \delimitershortfall.
_SCRIPT_SPACE = 0.5
_NULL_DELIMITER = 1.2
_DELIMITER_FACTOR = 901
_DELIMITER_SHORTFALL = 5.0
_STACK_SHIFT = 0.5
_NOTHING = Box(0.0, 0.0, 0.0)
_SKEW = {"letters": 127, "symbols": 48}


def measure_formula(body: str, fonts: MathsFonts, font: Font) -> tuple[Box, tuple[str, ...]]:
    """Return the size of `$body$` in text style, and notes on what was approximated."""
    items, notes = read_formula(body, is_newtx=fonts.is_newtx, is_ams=fonts.amsmath)
    setter = Setter(fonts, font)
    setter.notes |= dict.fromkeys((*fonts.notes, *notes))
    return setter.set(items, TEXT_STYLE), tuple(setter.notes)


def script_box(box: Box, mark: str, fonts: MathsFonts) -> Box:
    r"""Return the size of `\textsuperscript` ("^") or `\textsubscript` ("_") holding `box`."""
    setter = Setter(fonts, Font())
    raised = box._replace(width=box.width + _SCRIPT_SPACE)
    sup, sub = (raised, None) if mark == "^" else (None, raised)
    return setter.attach(_NOTHING, sup, sub, TEXT_STYLE, is_character=False)


class Setter:
    """Sets items at a style; one instance per formula."""

    def __init__(self, fonts: MathsFonts, font: Font) -> None:
        self.fonts = fonts
        self.font = font
        self.notes: dict[str, None] = {}

    def set(self, items: Sequence[Item], style: int) -> Box:
        """Return the size of a maths list, spaces between its atoms included (rules 1 to 22)."""
        items = self._ligatures(items)
        kinds = spaced_kinds(items)
        width = height = depth = 0.0
        before: str | None = None
        for index, item in enumerate(items):
            if isinstance(item, Style):
                style = item.style
                continue
            if isinstance(item, Space):
                width += item.mu * self._mu(style) + item.em * load_font(self.font).loaded.quad
                continue
            if isinstance(item, Fraction):
                box, kind = self._fraction(item, style), "inner"
            else:
                following = items[index + 1] if index + 1 < len(items) else None
                box, kind = self._atom(item, style, following), kinds[index]
            if before is not None:
                width += self._space(before, kind, style)
            before = kind
            width += box.width
            height, depth = max(height, box.height), max(depth, box.depth)
        return Box(width, height, depth)

    def _ligatures(self, items: Sequence[Item]) -> list[Item]:
        """Join the characters of one alphabet that form a ligature, such as the ff of an italic (rule 14)."""
        joined: list[Item] = []
        for item in items:
            before = joined[-1] if joined else None
            if isinstance(before, Atom) and isinstance(item, Atom):
                code = self._ligature(before, item)
                if code is not None:
                    font = lone(before.nucleus)
                    name = font.font if isinstance(font, Glyph) else "operators"
                    joined[-1] = Atom("ord", Glyph(name, code), sup=item.sup, sub=item.sub)
                    continue
            joined.append(item)
        return joined

    def _ligature(self, before: Atom, item: Atom) -> int | None:
        left, right = lone(before.nucleus), lone(item.nucleus)
        plain = before.kind == item.kind == "ord" and before.sup is None and before.sub is None
        if not plain or not isinstance(left, Glyph) or not isinstance(right, Glyph) or left.font != right.font:
            return None
        return self.fonts.font(left.font, 0).ligature(left.code, right.code)

    def _mu(self, style: int) -> float:
        return self.fonts.sigma(6, _level(style)) / 18

    def _space(self, left: str, right: str, style: int) -> float:
        return mu_between(left, right, in_script=style >= _SCRIPT_STYLE) * self._mu(style)

    def _atom(self, atom: Atom, style: int, following: Item | None) -> Box:
        if atom.kind == "accent":
            return self._accent(atom, style)
        if atom.kind == "op":
            return self._operator(atom, style)
        built = self._built_up(atom, style)
        if built is None:
            return self._ordinary(atom, style, following)
        return self._scripts(atom, built, style, is_character=False)

    def _built_up(self, atom: Atom, style: int) -> Box | None:
        """Return an atom with more than a nucleus, without its scripts; None for a plain one."""
        if atom.kind == "big":
            return self._big(atom)
        if atom.delimiters is not None:
            return self._left_right(atom, style)
        if atom.kind == "radical":
            return self._radical(atom, style)
        if atom.kind == "smash":
            return self._nucleus(atom.nucleus, style)._replace(height=0.0, depth=0.0)
        return self._line(atom, style) if atom.kind in ("over", "under") else None

    def _ordinary(self, atom: Atom, style: int, following: Item | None) -> Box:
        nucleus = lone(atom.nucleus)
        if not isinstance(nucleus, Glyph):
            return self._scripts(atom, self._nucleus(nucleus, style), style, is_character=False)
        box = self._glyph(nucleus, style)
        italic = box.italic
        kern = 0.0
        plain = atom.kind == "ord" and atom.sup is None and atom.sub is None
        joined = same_font(nucleus, following) if plain else None
        if joined is not None:
            loaded = self.fonts.font(nucleus.font, _level(style))
            kern = loaded.kern(nucleus.code, joined.code)
            if loaded.parameter(2) != 0:
                italic = 0.0  # rule 17: in text fonts the correction is only wanted at the end
        if atom.sub is None:
            box = box._replace(width=box.width + italic + kern, italic=0.0)
            italic = 0.0
        return self._scripts(atom, box, style, is_character=True, italic=italic)

    def _nucleus(self, nucleus: Nucleus, style: int) -> Box:
        """Return the size of a field without scripts, the italic correction added."""
        nucleus = lone(nucleus)
        if nucleus is None:
            return _NOTHING
        if isinstance(nucleus, Glyph):
            box = self._glyph(nucleus, style)
            return box._replace(width=box.width + box.italic, italic=0.0)
        if isinstance(nucleus, Text):
            return self._text(nucleus, style)
        if isinstance(nucleus, Overlay):
            return self._overlay(nucleus, style)
        return self.set(nucleus, style)

    def _glyph(self, glyph: Glyph, style: int) -> Box:
        if not self.fonts.has(glyph.font):
            self.notes[self._stand_in(glyph.font)] = None
        box = self.fonts.font(glyph.font, _level(style)).box(glyph.code)
        if box is None:
            self.notes[f"the font '{glyph.font}' has no character {glyph.code}, measured as nothing"] = None
            return _NOTHING
        return box

    def _stand_in(self, alphabet: str) -> str:
        whose = "Latin Modern's " if self.fonts.kind == "lm" else f"{self.font.family}'s "
        return f"no metrics for {whose}\\{alphabet}, measured as Computer Modern's"

    def _overlay(self, overlay: Overlay, style: int) -> Box:
        first, second = self.set(overlay.first, style), self.set(overlay.second, style)
        width = max(first.width, second.width)
        if not overlay.is_stacked:
            # LaTeX's \ooalign: as high as what is set first, as deep as what is set last.
            return Box(width, first.height, second.depth)
        # fontmath.ltx's \@vereq: the two are half a point closer, the whole half a point lower.
        height = first.height + first.depth + second.height - 2 * _STACK_SHIFT
        return Box(width, height, second.depth + _STACK_SHIFT)

    def _text(self, text: Text, style: int) -> Box:
        from paperkit.tex.textrun import TextRun  # text and maths hold each other

        size = self.fonts.sizes[_level(style)] if text.shrinks and style >= _SCRIPT_STYLE else self.fonts.text_size
        run = TextRun(replace(self.font, size=size))
        box = run.set(text.tex)
        self.notes |= run.notes
        return box

    def _scripts(self, atom: Atom, box: Box, style: int, *, is_character: bool, italic: float = 0.0) -> Box:
        """Add an atom's scripts to its set nucleus (rule 18)."""
        if atom.sup is None and atom.sub is None:
            return box
        sup = None if atom.sup is None else self._script(atom.sup, _sup_style(style))
        sub = None if atom.sub is None else self._script(atom.sub, _sub_style(style))
        return self.attach(box, sup, sub, style, is_character=is_character, italic=italic)

    def _script(self, items: list[Item], style: int) -> Box:
        box = self._nucleus(items, style)
        return box._replace(width=box.width + _SCRIPT_SPACE)

    def attach(
        self,
        box: Box,
        sup: Box | None,
        sub: Box | None,
        style: int,
        *,
        is_character: bool,
        italic: float = 0.0,
    ) -> Box:
        """Return the size of a nucleus with set scripts beside it (rules 18a to 18f)."""
        level = _level(style)
        up = down = 0.0
        if not is_character:
            up = box.height - self.fonts.sigma(18, _level(_sup_style(style)))
            down = box.depth + self.fonts.sigma(19, _level(_sup_style(style)))
        ex = self.fonts.sigma(5, level)
        if sup is None and sub is not None:
            down = max(down, self.fonts.sigma(16, level), sub.height - 0.8 * ex)
            return _beside(box, sub.width, sub.height - down, sub.depth + down)
        if sup is None:
            return box
        up = max(up, self.fonts.sigma(_sup_parameter(style), level), sup.depth + ex / 4)
        if sub is None:
            return _beside(box, sup.width, sup.height + up, sup.depth - up)
        down = max(down, self.fonts.sigma(17, level))
        gap = 4 * self.fonts.xi(8, level) - ((up - sup.depth) - (sub.height - down))
        if gap > 0:
            down += gap
            lift = 0.8 * ex - (up - sup.depth)
            if lift > 0:
                up += lift
                down -= lift
        width = max(sup.width + italic, sub.width)
        return _beside(box, width, sup.height + up, sub.depth + down)

    def _operator(self, atom: Atom, style: int) -> Box:
        """Set a large operator or a name such as `max` (rule 13)."""
        nucleus = lone(atom.nucleus)
        limits = atom.limits if atom.limits is not None else style < TEXT_STYLE
        if not isinstance(nucleus, Glyph):
            box, italic = self._nucleus(nucleus, style), 0.0
        else:
            loaded = self.fonts.font(nucleus.font, _level(style))
            larger = loaded.larger(nucleus.code) if style < TEXT_STYLE else None
            found = loaded.box(nucleus.code if larger is None else larger) or _NOTHING
            italic = found.italic
            keeps = atom.sub is None or limits
            shift = (found.height - found.depth) / 2 - self.fonts.axis(_level(style))
            box = Box(found.width + (italic if keeps else 0.0), found.height - shift, found.depth + shift)
        if not limits:
            return self._scripts(atom, box, style, is_character=False, italic=italic)
        return self._limits(atom, box, style, italic)

    def _limits(self, atom: Atom, box: Box, style: int, italic: float) -> Box:
        level = _level(style)
        width, height, depth = box.width, box.height, box.depth
        if atom.sup is not None:
            sup = self._nucleus(atom.sup, _sup_style(style))
            gap = max(self.fonts.xi(9, level), self.fonts.xi(11, level) - sup.depth)
            height += gap + sup.height + sup.depth + self.fonts.xi(13, level)
            width = max(width, sup.width + italic)
        if atom.sub is not None:
            sub = self._nucleus(atom.sub, _sub_style(style))
            gap = max(self.fonts.xi(10, level), self.fonts.xi(12, level) - sub.height)
            depth += gap + sub.height + sub.depth + self.fonts.xi(13, level)
            width = max(width, sub.width + italic)
        return Box(width, height, depth)

    def _fraction(self, fraction: Fraction, style: int) -> Box:
        """Set a fraction (rule 15)."""
        style = style if fraction.style is None else fraction.style
        level = _level(style)
        over = self._nucleus(fraction.numerator, style + 2 - 2 * (style // 6))
        under = self._nucleus(fraction.denominator, 2 * (style // 2) + 3 - 2 * (style // 6))
        rule = self.fonts.xi(8, level) if fraction.thickness is None else fraction.thickness
        display = style < TEXT_STYLE
        up = self.fonts.sigma(8 if display else (9 if rule else 10), level)
        down = self.fonts.sigma(11 if display else 12, level)
        axis = self.fonts.axis(level)
        if rule:
            clearance = 3 * rule if display else rule
            up += max(0.0, clearance - ((up - over.depth) - (axis + rule / 2)))
            down += max(0.0, clearance - ((axis - rule / 2) - (under.height - down)))
        else:
            clearance = (7 if display else 3) * self.fonts.xi(8, level)
            missing = (clearance - ((up - over.depth) - (under.height - down))) / 2
            up, down = up + max(0.0, missing), down + max(0.0, missing)
        inner = Box(max(over.width, under.width), up + over.height, down + under.depth)
        size = self.fonts.sigma(20 if display else 21, level)
        left, right = (self.delimiter(found, level, size) for found in fraction.delimiters)
        return _row(left, inner, right)

    def _radical(self, atom: Atom, style: int) -> Box:
        r"""Set a root (rule 11); its degree as LaTeX's `\root` does."""
        level = _level(style)
        inner = self._nucleus(atom.nucleus, _cramped(style))
        rule = self.fonts.xi(8, level)
        clearance = rule + (self.fonts.sigma(5, level) if style < TEXT_STYLE else rule) / 4
        total = inner.height + inner.depth
        sign = self._variant(
            Delimiter(Glyph("symbols", 0x70), Glyph("largesymbols", 0x70)), level, total + clearance + rule
        )
        if sign.depth > total + clearance:
            clearance = (clearance + sign.depth - total) / 2
        top = inner.height + clearance
        box = Box(sign.width + inner.width, top + 2 * sign.height, max(inner.depth, sign.depth - top))
        if atom.degree is None:
            return box
        degree = self.set(atom.degree, 6)
        raised = 0.6 * (box.height - box.depth)
        width = degree.width - 5 * self._mu(style) + box.width
        return Box(width, max(box.height, degree.height + raised), max(box.depth, degree.depth - raised))

    def _line(self, atom: Atom, style: int) -> Box:
        """Set a line over or under (rules 9 and 10)."""
        rule = self.fonts.xi(8, _level(style))
        if atom.kind == "over":
            box = self._nucleus(atom.nucleus, _cramped(style))
            return box._replace(height=box.height + 5 * rule)
        box = self._nucleus(atom.nucleus, style)
        return box._replace(depth=box.depth + 5 * rule)

    def _accent(self, atom: Atom, style: int) -> Box:
        """Set an accent over its nucleus (rule 12); it never changes the width."""
        accent = atom.accent
        nucleus = lone(atom.nucleus)
        base = self._nucleus(nucleus, _cramped(style))
        if accent is None:
            return base
        loaded = self.fonts.font(accent.font, _level(style))
        code = accent.code
        while (larger := loaded.larger(code)) is not None and (loaded.box(larger) or _NOTHING).width <= base.width:
            code = larger
        mark = loaded.box(code) or _NOTHING
        overlap = min(base.height, loaded.x_height)
        box = base
        if isinstance(nucleus, Glyph) and (atom.sup is not None or atom.sub is not None):
            box = self._ordinary(Atom("ord", nucleus, sup=atom.sup, sub=atom.sub), style, None)
            overlap += box.height - base.height
        height = mark.height + mark.depth - overlap + box.height
        box = Box(box.width, max(height, box.height), box.depth)
        return box if isinstance(nucleus, Glyph) else self._scripts(atom, box, style, is_character=False)

    def _left_right(self, atom: Atom, style: int) -> Box:
        r"""Set `\left … \right` (tex.web, section 762)."""
        items = atom.nucleus if isinstance(atom.nucleus, list) else []
        inner = self.set(items, style)
        level = _level(style)
        size = self._reach(inner, level)
        left, right = atom.delimiters or (Delimiter(), Delimiter())
        box = _row(self.delimiter(left, level, size), inner, self.delimiter(right, level, size))
        # The delimiters are an opening and a closing atom beside the content.
        kinds = [kind for kind in spaced_kinds(items, fenced=True) if kind]
        if kinds:
            space = self._space("open", kinds[0], style) + self._space(kinds[-1], "close", style)
            box = box._replace(width=box.width + space)
        return box

    def _reach(self, inner: Box, level: int) -> float:
        axis = self.fonts.axis(level)
        reach = max(inner.height - axis, inner.depth + axis)
        # TeX divides whole scaled points, 65536 to the point.
        return max(reach * 65536 // 500 * _DELIMITER_FACTOR / 65536, 2 * reach - _DELIMITER_SHORTFALL)

    def _big(self, atom: Atom) -> Box:
        r"""Set `\big(` and the like: a delimiter around an empty box, without the space of an empty one."""
        size, units = BIG[atom.size]
        inner = Box(0.0, size, 0.0)
        if self.fonts.amsmath:
            # amsmath's \bBigg@: centred on the axis, in units of the height of a parenthesis.
            strut = self._glyph(Glyph(*self.fonts.parenthesis), TEXT_STYLE)
            half = 1.2 * (strut.height + strut.depth) * units / 2
            axis = self.fonts.axis(0)
            inner = Box(0.0, half + axis, half - axis)
        left = (atom.delimiters or (Delimiter(),))[0]
        if left.small is None:
            return inner
        return _row(inner, self.delimiter(left, 0, self._reach(inner, 0)))

    def delimiter(self, delimiter: Delimiter, level: int, size: float) -> Box:
        """Return a delimiter at least `size` high, centred on the axis (tex.web, section 706)."""
        if delimiter.small is None:
            return Box(_NULL_DELIMITER, 0.0, 0.0)
        box = self._variant(delimiter, level, size)
        shift = (box.height - box.depth) / 2 - self.fonts.axis(level)
        return Box(box.width, box.height - shift, box.depth + shift)

    def _variant(self, delimiter: Delimiter, level: int, size: float) -> Box:
        best = _NOTHING
        for glyph in (delimiter.small, delimiter.large):
            if glyph is None:
                continue
            for tried in range(level, -1, -1):
                loaded = self.fonts.font(glyph.font, tried)
                code: int | None = glyph.code
                while code is not None:
                    pieces = loaded.extensible(code)
                    if pieces is not None:
                        return _built([loaded.box(piece) if piece else None for piece in pieces], size)
                    box = loaded.box(code)
                    if box is not None and box.height + box.depth > best.height + best.depth:
                        best = box._replace(width=box.width + box.italic)
                        if box.height + box.depth >= size:
                            return best
                    code = loaded.larger(code)
        return best


def _built(pieces: list[Box | None], size: float) -> Box:
    """Return a delimiter put together from a top, middle, bottom and repeated piece (tex.web, section 713)."""
    top, middle, bottom, repeated = pieces
    if repeated is None:
        return _NOTHING
    step = (repeated.height + repeated.depth) * (1 if middle is None else 2)
    total = sum(piece.height + piece.depth for piece in (top, middle, bottom) if piece is not None)
    while total < size and step > 0:
        total += step
    height = (top or repeated).height
    return Box(repeated.width + repeated.italic, height, total - height)


def _beside(box: Box, width: float, height: float, depth: float) -> Box:
    return Box(box.width + width, max(box.height, height), max(box.depth, depth))


def _row(*boxes: Box) -> Box:
    return Box(sum(box.width for box in boxes), max(box.height for box in boxes), max(box.depth for box in boxes))


def _level(style: int) -> int:
    return max(0, style // 2 - 1)


def _cramped(style: int) -> int:
    return 2 * (style // 2) + 1


def _sup_style(style: int) -> int:
    return 2 * (style // 4) + 4 + style % 2


def _sub_style(style: int) -> int:
    return 2 * (style // 4) + 5


def _sup_parameter(style: int) -> int:
    if style % 2:
        return 15
    return 13 if style < TEXT_STYLE else 14
