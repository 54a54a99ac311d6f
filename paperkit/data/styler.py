"""Styler: what a pandas Styler would show, read cell by cell."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from numbers import Number
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from paperkit.errors import DataError, Problem

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler as Styler  # noqa: PLC0414 - for rooms that do not know pandas

Escape = Literal["latex", "latex-math", "html"]
Css = tuple[tuple[str, str], ...]
_ESCAPES = ("latex", "latex-math", "html")
_CELL = re.compile(r"((?:foot\d+_)*)row(\d+)_col(\d+)")
_ROW = re.compile(r"level(\d+)_((?:foot\d+_)*)row(\d+)")
_COLUMN = re.compile(r"level(\d+)_col(\d+)")
_SPAN = re.compile(r'colspan="(\d+)"')
_FOOT = re.compile(r"foot(\d+)_")
# pandas writes these, and a space behind what a letter could follow.
_ESCAPED = re.compile(r"\\(textbackslash|textasciitilde|textasciicircum) (\\space )?|\\([&%$#_{}])")
_NAMED = {"textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^"}
_FORMULA = re.compile(r"((?<!\\)\$.+?(?<!\\)\$|\\\(.+?\\\))", re.DOTALL)
_NO_LIMIT = 2**62


class Part(NamedTuple):
    """A part of a text: TeX of the Styler's author, or a text or a formula (with its delimiters) of the data."""

    kind: Literal["tex", "text", "formula"]
    text: str


class Shown(NamedTuple):
    """A text as a Styler shows it: for people, and its parts if some of them may be TeX."""

    plain: str
    parts: tuple[Part, ...] = ()


class StyledCell(NamedTuple):
    """A cell of a Styler; `css` are its properties in order, a later one wins."""

    shown: Shown
    css: Css
    is_number: bool
    is_missing: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class StyledRow:
    """A visible row: a label for each visible level of the index, None where it is that of the row above."""

    labels: tuple[Shown | None, ...]
    cells: tuple[StyledCell, ...]
    is_foot: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Styled:
    """What a Styler shows; `heads` are its levels of labels with the columns that each spans.

    `left_out` names what it asks for besides texts and the styles of cells.
    """

    corner: tuple[Shown, ...]
    heads: tuple[tuple[tuple[Shown, int], ...], ...]
    rows: tuple[StyledRow, ...]
    caption: str
    left_out: tuple[str, ...]


def read_styler(styler: Styler) -> Styled:
    """Return what a Styler shows: all of its rows, whatever the limits for pages are.

    pandas tells what it shows only by the parts that its own HTML and LaTeX are made of.

    Raises:
        DataError: it is no Styler.

    """
    import pandas as pd
    from pandas.io.formats.style import Styler

    if not isinstance(styler, Styler):
        message = f"expected a Styler, got {type(styler).__name__}"
        raise DataError(Problem(message=message, hint="Table.from_frame takes a DataFrame, whose .style is a Styler"))
    own: Any = deepcopy(styler)
    tooltips, own.tooltips = own.tooltips, None
    own.cell_ids = True
    own.css = {**own.css, "row": "row", "col": "col", "foot": "foot", "level": "level"}
    limits = (
        "styler.render.max_elements",
        _NO_LIMIT,
        "styler.render.max_rows",
        None,
        "styler.render.max_columns",
        None,
    )
    with pd.option_context(*limits):
        parts = own._render(sparse_index=True, sparse_columns=True)  # noqa: SLF001 - there is no public way
    caption = own.caption[0] if isinstance(own.caption, tuple) else own.caption
    reader = _Reader(own, parts)
    asked = {
        "table attributes": own.table_attributes,
        "table styles": own.table_styles,
        "styles of labels": parts["cellstyle_index"] or parts["cellstyle_columns"],
        "tooltips": tooltips,
    }
    return Styled(
        corner=reader.corner(),
        heads=reader.heads(),
        rows=tuple(reader.rows()),
        caption=caption or "",
        left_out=tuple(name for name, is_asked in asked.items() if is_asked),
    )


class _Reader:
    def __init__(self, styler: Any, parts: Mapping[str, Any]) -> None:
        self._styler = styler
        self._parts = parts
        self._escapes: dict[int, Escape | None] = {}
        self._css: dict[str, Css] = {
            selector: tuple((str(name), str(value)) for name, value in entry["props"])
            for entry in parts["cellstyle"]
            for selector in entry["selectors"]
        }

    def corner(self) -> tuple[Shown, ...]:
        """Return the name of each visible level of the index; without any, those of the columns' innermost level."""
        visible = [not hidden for hidden in self._styler.hide_index_]
        names: list[Shown] = [Shown("") for is_visible in visible if is_visible]
        if not names:
            return ()
        found = [[element for element in row if "index_name" in element["class"]] for row in self._parts["head"]]
        if self._parts["head"] and not any("id" in element for element in self._parts["head"][-1]):
            return tuple(Shown(str(element["display_value"])) for element in found[-1] if element["is_visible"])
        innermost = found[-1] if found else []
        return (*names[:-1], *[Shown(str(element["display_value"])) for element in innermost], *names[-1:])[
            : len(names)
        ]

    def heads(self) -> tuple[tuple[tuple[Shown, int], ...], ...]:
        """Return the labels of the columns, level by level, with the number of columns that each spans."""
        rows = [[element for element in row if "id" in element] for row in self._parts["head"]]
        return tuple(
            tuple((self._head(element), _span(element)) for element in row if element["is_visible"])
            for row in rows
            if row
        )

    def _head(self, element: Mapping[str, Any]) -> Shown:
        level, column = map(int, _matched(_COLUMN, element["id"]))
        return self._shown(element, self._styler._display_funcs_columns[level, column])  # noqa: SLF001 - as above

    def rows(self) -> Iterator[StyledRow]:
        """Yield the visible rows, also those of Stylers that were concatenated."""
        for row in self._parts["body"]:
            labels = [element for element in row if element["type"] == "th"]
            cells = [element for element in row if element["type"] == "td" and element["is_visible"]]
            is_visible = [not hidden for hidden in self._styler.hide_index_]
            yield StyledRow(
                labels=tuple(
                    self._label(element) if element["is_visible"] else None
                    for element, keep in zip(labels, is_visible, strict=True)
                    if keep
                ),
                cells=tuple(self._cell(element) for element in cells),
                is_foot=any("foot" in element["id"] for element in labels),
            )

    def _label(self, element: Mapping[str, Any]) -> Shown:
        level, feet, row = _matched(_ROW, element["id"])
        return self._shown(element, self._part(feet)._display_funcs_index[int(row), int(level)])  # noqa: SLF001

    def _cell(self, element: Mapping[str, Any]) -> StyledCell:
        feet, row, column = _matched(_CELL, element["id"])
        value = element["value"]
        is_missing = _is_missing(value)
        return StyledCell(
            shown=self._shown(element, self._part(feet)._display_funcs[int(row), int(column)]),  # noqa: SLF001
            css=self._css.get(element["id"], ()),
            is_number=isinstance(value, Number) and not isinstance(value, bool) and not is_missing,
            is_missing=is_missing,
        )

    def _part(self, feet: str) -> Any:
        """Return the Styler that a row comes from."""
        part = self._styler
        for number in _FOOT.findall(feet):
            part = part.concatenated[int(number)]
        return part

    def _shown(self, element: Mapping[str, Any], function: Callable[..., Any]) -> Shown:
        text = str(element["display_value"])
        key = id(function)
        if key not in self._escapes:
            self._escapes[key] = _escape_of(function)
        escape = self._escapes[key]
        if escape is None:
            return Shown(text)
        return Shown(html.unescape(text)) if escape == "html" else _shown(text, element["value"], escape)


def _shown(text: str, value: Any, escape: Escape) -> Shown:
    """Return what pandas shows of a value after escaping it for LaTeX: the author's TeX around the data's text."""
    if not isinstance(value, str):
        # pandas escapes only texts: whatever else could be TeX by its text is one.
        is_author = _is_missing(value) or isinstance(value, (Number, dt.date, dt.timedelta))
        return Shown(_unescaped(text), (Part("tex", text),)) if is_author else Shown(text)
    escaped = _escaped(value, escape)
    if text == escaped:
        return _joined(_parts(value, escape))
    if escaped and text.count(escaped) == 1:
        before, _, behind = text.partition(escaped)
        return _joined([Part("tex", before), *_parts(value, escape), Part("tex", behind)])
    if escape == "latex" or not _FORMULA.search(value):
        return Shown(_unescaped(text), (Part("tex", text),))
    return Shown(text)


def _joined(parts: Sequence[Part]) -> Shown:
    plain = "".join(_unescaped(part.text) if part.kind == "tex" else part.text for part in parts)
    return Shown(
        plain, () if all(part.kind == "text" for part in parts) else tuple(part for part in parts if part.text)
    )


def _parts(value: str, escape: Escape) -> list[Part]:
    if escape == "latex":
        return [Part("text", value)]
    pieces = enumerate(_FORMULA.split(value))
    return [Part("formula", piece) if index % 2 else Part("text", piece.replace(r"\$", "$")) for index, piece in pieces]


def _escaped(value: str, escape: Escape) -> str:
    from pandas.io.formats import style_render

    rules: Any = style_render
    return str(rules._str_escape(value, escape))  # noqa: SLF001 - what pandas itself makes of a text


def _is_missing(value: Any) -> bool:
    import pandas as pd

    if isinstance(value, Decimal):
        return value.is_nan()
    return pd.isna(value) is True or (isinstance(value, Number) and value != value)  # noqa: PLR0124


def _matched(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    found = pattern.fullmatch(text)
    if found is None:
        msg = f"pandas calls a part of a Styler '{text}'"
        raise ValueError(msg)
    return found.groups()


def _span(element: Mapping[str, Any]) -> int:
    found = _SPAN.search(element.get("attributes", ""))
    return int(found.group(1)) if found else 1


def _escape_of(function: Callable[..., Any]) -> Escape | None:
    """Return the `escape` that a display function was made with: pandas keeps it in the function's closure only."""
    pending: list[Any] = [function]
    while pending:
        one = pending.pop()
        if isinstance(one, partial):
            pending.append(one.func)
        closure = getattr(one, "__closure__", None)
        if not closure or not str(getattr(one, "__module__", "")).startswith("pandas."):
            continue
        for name, cell in zip(one.__code__.co_freevars, closure, strict=True):
            if name == "escape" and cell.cell_contents in _ESCAPES:
                found: Escape = cell.cell_contents
                return found
            if callable(cell.cell_contents):
                pending.append(cell.cell_contents)
    return None


def _unescaped(text: str) -> str:
    """Return the plain text of what pandas has escaped for LaTeX."""
    return _ESCAPED.sub(_original, text)


def _original(found: re.Match[str]) -> str:
    name, space, character = found.groups()
    return character or _NAMED[name] + (" " if space else "")
