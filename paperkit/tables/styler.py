"""Styler: what a pandas Styler shows as a table in which nothing is left to decide."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from paperkit.errors import AssetError, PaperkitError, Problem
from paperkit.manifest.model import TableAsset
from paperkit.manifest.references import label_of
from paperkit.style.contrast import RGB, Ink, contrast_ratio, ink
from paperkit.style.css import css_color
from paperkit.style.venue import Venue
from paperkit.tables.fit import table_parts
from paperkit.tables.format import Lineup, read_number
from paperkit.tables.ladder import fit_table
from paperkit.tables.model import Alignment, Cell, ColumnLabel, Emphasised, Fill, Row, Table
from paperkit.tables.resolve import SHADED_ARRAYSTRETCH
from paperkit.tex.formulas import data_formula
from paperkit.tex.text import Tex, escape, lines, markup

if TYPE_CHECKING:
    from paperkit.data.styler import Css, Part, Shown, Styled, StyledCell, StyledRow, Styler

_READABLE = 4.5  # WCAG 2.2, contrast (minimum)
_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)
_NEGATIVE = re.compile(r"-(?=[\d.])")
_WRAP = re.compile(r"/\*|\*/|--(?:wrap|nowrap|lwrap|rwrap|dwrap|latex)\b|!important")
_COLORS = re.compile(r"\[HTML\]\{([0-9A-Fa-f]{6})\}|\{?(\w+)\}?")
_NONE = ("", "none", "transparent", "inherit", "initial", "unset", "currentcolor")
_BOLD = 600
_LATEX: Mapping[str, tuple[str, str]] = {
    "bfseries": ("font-weight", "bold"),
    "textbf": ("font-weight", "bold"),
    "itshape": ("font-style", "italic"),
    "textit": ("font-style", "italic"),
    "emph": ("font-style", "italic"),
    "underline": ("text-decoration", "underline"),
}
"""What users of `Styler.to_latex` write instead of CSS."""


def styled_table(styler: Styler, asset: TableAsset, venue: Venue) -> Table:
    """Return the table that a Styler shows; `asset` says how wide it is, in what form, and what its caption is.

    A fill that pandas gives a missing value by a gradient, black, is none. The Styler's colour of a text is kept where
    it can be read on the fill.

    Raises:
        AssetError: a text cannot be printed, or no column is left; all problems.

    """
    from paperkit.data.styler import read_styler

    styled = read_styler(styler)
    if not styled.rows or not styled.rows[0].cells:
        raise AssetError(Problem(message="the Styler shows no cells", path=asset.path))
    maker = _Maker(asset, venue, styled)
    return maker.table()


class _Maker:
    def __init__(self, asset: TableAsset, venue: Venue, styled: Styled) -> None:
        self._asset = asset
        self._venue = venue
        self._styled = styled
        self._looks = _Looks()
        self._problems: dict[Problem, None] = {}
        self._refused: dict[str, None] = {}

    def table(self) -> Table:
        """Return the table."""
        styled, spec = self._styled, self._asset.spec
        heads = tuple(tuple(self._label(shown, span) for shown, span in level) for level in styled.heads)
        alignments, body = self._body(styled.rows)
        stub_heads = self._stub_heads()
        plain = spec.caption or styled.caption
        caption = self._tried(lambda: markup(" ".join(lines(plain)), encoding=self._venue.encoding), "caption")
        if self._problems:
            raise AssetError(*self._problems)
        blocks = ((0, len(alignments) - 1),)
        fitted = fit_table(self._asset, table_parts(stub_heads, heads, (), body), self._venue, blocks)
        is_shaded = any(cell.fill is not None for row in body for cell in row.cells)
        return Table(
            name=self._asset.name,
            stub_heads=stub_heads,
            heads=heads,
            alignments=alignments,
            body=body,
            form=spec.form,
            placement=spec.placement or "",
            is_caption_above=self._venue.table_caption == "above",
            caption=caption,
            caption_plain=plain,
            label=label_of(self._asset),
            alt=spec.alt,
            fontsize=fitted.fontsize,
            tabcolsep=fitted.tabcolsep,
            arraystretch=spec.arraystretch or (SHADED_ARRAYSTRETCH if is_shaded else None),
            rotate=fitted.rotate,
            scale=fitted.scale,
            width=fitted.width,
            notices=(
                *_left_out(styled, self._looks.ignored),
                *_as_text(self._refused),
                *self._looks.notices(),
                *fitted.notices,
            ),
        )

    def _stub_heads(self) -> tuple[ColumnLabel, ...]:
        corner, stubhead = self._styled.corner, self._asset.spec.stubhead
        texts = (stubhead,) if isinstance(stubhead, str) else stubhead
        if not any(texts):
            return tuple(self._label(shown) for shown in corner)
        padded = (*[""] * (len(corner) - len(texts)), *texts)[: len(corner)]
        return tuple(
            ColumnLabel(
                lines=tuple(
                    self._tried(lambda line=line: markup(line, encoding=self._venue.encoding), "stubhead")  # type: ignore[misc]
                    for line in lines(text)
                ),
                plain=text,
            )
            for text in padded
        )

    def _label(self, shown: Shown | None, span: int = 1) -> ColumnLabel:
        if shown is None:
            return ColumnLabel(lines=(Tex(""),), plain="", span=span)
        if shown.parts:
            return ColumnLabel(lines=(self._tex(shown),), plain=" ".join(lines(shown.plain)), span=span)
        made = [self._escaped(line) for line in lines(shown.plain)]
        return ColumnLabel(lines=tuple(made), plain=shown.plain, span=span)

    def _tex(self, shown: Shown) -> Tex:
        """Return a text as TeX: that of the Styler's author as it stands, what is data without any command."""
        made = "".join(self._part(part) for part in shown.parts)
        # Behind `\\` or `\cellcolor{…}` a bracket would open an option, and `\\*` is a command of its own.
        return Tex(f"{{}}{made}" if made.lstrip().startswith(("[", "*")) else made)

    def _part(self, part: Part) -> Tex:
        if part.kind == "tex":
            return Tex(" ".join(part.text.split("\n")))
        if part.kind == "formula":
            width = 1 if part.text.startswith("$") else 2
            formula = data_formula(part.text[width:-width], encoding=self._venue.encoding)
            if formula is not None:
                return formula
            self._refused[part.text] = None
        return self._escaped(" ".join(lines(part.text))) if part.text else Tex("")

    def _escaped(self, text: str) -> Tex:
        return self._tried(lambda: escape(text, encoding=self._venue.encoding), f"'{text}'")

    def _tried(self, make: Callable[[], Tex], place: str) -> Tex:
        try:
            return make()
        except PaperkitError as error:
            for problem in error.problems:
                found = Problem(message=f"{place}: {problem.message}", path=self._asset.path, hint=problem.hint)
                self._problems[found] = None
            return Tex("")

    def _body(self, rows: Sequence[StyledRow]) -> tuple[tuple[Alignment, ...], tuple[Row, ...]]:
        columns = [self._column(column) for column in zip(*(row.cells for row in rows), strict=True)]
        cells = zip(*(made for _, made in columns), strict=True)
        body = []
        was_foot = False
        for row, own in zip(rows, cells, strict=True):
            body.append(
                Row(
                    stubs=tuple(self._label(shown) for shown in row.labels),
                    cells=tuple(own),
                    kind="summary" if row.is_foot else "body",
                    above="rule" if row.is_foot and not was_foot else "none",
                )
            )
            was_foot = row.is_foot
        return tuple(alignment for alignment, _ in columns), tuple(body)

    def _column(self, column: Sequence[StyledCell]) -> tuple[Alignment, list[Cell]]:
        """Return the alignment of a column and its cells; numbers line up by invisible digits if all of them can."""
        plains = [_plain(cell) for cell in column]
        numbers = [plain for cell, plain in zip(column, plains, strict=True) if _lines_up(cell, plain)]
        others = [cell for cell, plain in zip(column, plains, strict=True) if plain and not _lines_up(cell, plain)]
        is_numeric = bool(numbers) and all(cell.is_missing for cell in others)
        lineup = Lineup(numbers)
        alignment: Alignment = "l"
        if is_numeric:
            alignment = "c" if lineup.is_exact else "r"
        elif all(cell.is_number or cell.is_missing for cell in column):
            alignment = "r"
        return alignment, [
            self._cell(cell, plain, lineup if is_numeric and _lines_up(cell, plain) else None)
            for cell, plain in zip(column, plains, strict=True)
        ]

    def _cell(self, cell: StyledCell, plain: str, lineup: Lineup | None) -> Cell:
        fill, color, emphasis = self._looks.of(cell)
        if lineup is not None:
            padded = lineup.pad(plain)
            return Cell(padded.text, plain, padded.left, "", padded.right, "", fill, color, emphasis)
        if cell.shown.parts:
            text = self._tex(cell.shown)
            return Cell(text, " ".join(lines(plain)), fill=fill, ink=color, emphasis=emphasis)
        text = self._escaped(" ".join(lines(plain)))
        return Cell(text, " ".join(lines(plain)), fill=fill, ink=color, emphasis=emphasis)


def _plain(cell: StyledCell) -> str:
    """Return the text of a cell, the hyphen of a negative number as a minus."""
    plain = cell.shown.plain
    return _NEGATIVE.sub("−", plain, count=1) if cell.is_number and plain.startswith("-") else plain


def _lines_up(cell: StyledCell, plain: str) -> bool:
    is_text = all(part.text == cell.shown.plain for part in cell.shown.parts)
    return cell.is_number and is_text and read_number(plain) is not None


def _left_out(styled: Styled, properties: Iterable[str]) -> Iterable[Problem]:
    if styled.left_out:
        message = f"left out, since they are for HTML pages: {', '.join(styled.left_out)}"
        yield Problem(message=message)
    names = sorted(set(properties))
    if names:
        hint = "background-color, color, font-weight, font-style and text-decoration are taken over"
        yield Problem(message=f"styles of cells that are left out: {', '.join(names)}", hint=hint)


def _as_text(formulas: Collection[str]) -> Iterable[Problem]:
    """Yield what is said of formulas of the data that could do more than print."""
    if formulas:
        first = next(iter(formulas))
        count = "a formula" if len(formulas) == 1 else f"{len(formulas)} formulas"
        message = f"{count} of the data printed as plain text: {first}"
        hint = "the data's own may hold letters, digits, signs, scripts, fractions, roots and the names of symbols"
        yield Problem(message=message, hint=hint)


class _Looks:
    """The fills, inks and emphasis of cells, by their CSS; few differ among thousands."""

    def __init__(self) -> None:
        self.ignored: set[str] = set()
        self._known: dict[tuple[Css, bool], tuple[Fill | None, Ink | RGB, Emphasised | None]] = {}
        self._unreadable: list[tuple[RGB, RGB]] = []
        self._bad: dict[tuple[Css, bool], tuple[RGB, RGB]] = {}

    def of(self, cell: StyledCell) -> tuple[Fill | None, Ink | RGB, Emphasised | None]:
        """Return the fill, the ink and the emphasis of a cell."""
        key = (cell.css, cell.is_missing)
        if key not in self._known:
            self._known[key] = self._find(*key)
        if key in self._bad and cell.shown.plain:
            self._unreadable.append(self._bad[key])
        return self._known[key]

    def notices(self) -> Iterable[Problem]:
        """Yield what is said of texts that could not be read in the Styler's colour."""
        if self._unreadable:
            color, fill = min(self._unreadable, key=lambda pair: contrast_ratio(*pair))
            count = len(self._unreadable)
            shown = f"{_hex(color)} on {_hex(fill)} ({contrast_ratio(color, fill):.1f}:1)"
            cells = "1 cell has a text colour" if count == 1 else f"{count} cells have a text colour"
            message = f"{cells} that is hard to read, such as {shown}: black or white is printed"
            yield Problem(message=message)

    def _find(self, css: Css, is_missing: bool) -> tuple[Fill | None, Ink | RGB, Emphasised | None]:
        found = self._read(css)
        fill, color = found.get("background-color"), found.get("color")
        if is_missing and fill == _BLACK:
            # What the gradients of pandas give to missing values.
            fill = color = None
        background = fill or _WHITE
        if color is not None and contrast_ratio(color, background) < _READABLE:
            self._bad[css, is_missing] = (color, background)
            color = None
        own = ink(background) if color is None else _named(color)
        return _fill(fill), own, _emphasis(found)

    def _read(self, css: Css) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for written, raw in css:
            name, value = written.strip().lower(), _WRAP.sub("", raw).strip()
            if name in ("cellcolor", "background"):
                name = "background-color"
            if name == "text-decoration-line":
                name = "text-decoration"
            name, value = _LATEX.get(name, (name, value))
            if name in ("background-color", "color"):
                color = _color(value)
                if color is None and value.lower() not in _NONE:
                    self.ignored.add(f"{written.strip()}: {value}")
                else:
                    found[name] = color
            elif name in ("font-weight", "font-style", "text-decoration"):
                found[name] = value.lower()
            else:
                self.ignored.add(name)
        self._refuse_decorations(found.get("text-decoration", ""))
        return found

    def _refuse_decorations(self, decoration: str) -> None:
        others = set(decoration.split()) - {"underline", *_NONE}
        if others:
            self.ignored.add(f"text-decoration: {decoration}")


def _color(value: str) -> RGB | None:
    found = css_color(value)
    if found is not None:
        return found
    latex = _COLORS.fullmatch(value)
    if latex is None:
        return None
    digits, name = latex.groups()
    return css_color(f"#{digits}" if digits else name)


def _emphasis(found: Mapping[str, Any]) -> Emphasised | None:
    weight, style = found.get("font-weight", ""), found.get("font-style", "")
    is_bold = weight in ("bold", "bolder") or (weight.isdigit() and int(weight) >= _BOLD)
    named = {
        "bold": is_bold,
        "italic": style.startswith(("italic", "oblique")),
        "underline": "underline" in found.get("text-decoration", ""),
    }
    return cast(Emphasised, " ".join(name for name, is_set in named.items() if is_set)) or None


@cache
def _fill(rgb: RGB | None) -> Fill | None:
    if rgb is None:
        return None
    red, green, blue = rgb
    return Fill(colormap="css", level=red << 16 | green << 8 | blue, rgb=rgb)


def _named(rgb: RGB) -> Ink | RGB:
    return "black" if rgb == _BLACK else "white" if rgb == _WHITE else rgb


def _hex(rgb: RGB) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgb)
