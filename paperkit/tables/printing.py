r"""Printing: one column of a table, from full-precision values to TeX that lines up by invisible padding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from math import inf
from statistics import median
from types import NoneType
from typing import Any, NamedTuple, cast

from paperkit.errors import PaperkitError, Problem
from paperkit.tables.format import (
    Lineup,
    Padded,
    align,
    format_numbers,
    format_tex,
    is_missing,
    is_number,
    parse_spec,
    phantom,
    read_number,
)
from paperkit.tables.model import Alignment
from paperkit.tables.superscripts import FLAT, Markup, Raised, Slots
from paperkit.tables.template import CellFormat, Field, Part, layout_of, split_brackets
from paperkit.tex.text import Tex

Escape = Callable[[str, int], Tex]
"""Makes TeX of a text of the data, given its row."""

PLUS_MINUS = ("pkpm", r"[1]{{\,$\pm$\,#1}}")
r"""The macro around an uncertainty, `\pkpm{0.2}`: its name and default definition."""
_UNCERTAIN = " ± "
_PLAIN = CellFormat(text="", fields=(Field("", None),), literals=("", ""))
_MOST_DECIMALS = 12
_SHOWN = 3
_NOTHING = Tex("")
_EMPTY = Padded(_NOTHING, _NOTHING, _NOTHING)
# What fonts join with its like: `--` is an en dash.
_JOINED = ("--", "''", ",,")


class Printed(NamedTuple):
    """One printed cell, its parts in the order of `Cell`; `value` is the number as it was rounded, or None for text."""

    text: Tex
    plain: str
    lead: Tex
    plain_lead: str
    tail: Tex
    plain_tail: str
    value: float | None


class PrintedColumn(NamedTuple):
    """One printed column, part by part: what `Printed` names, one value for each row.

    `missing` are the rows without any, `words` those of texts that are no numbers. Tens of thousands of cells are
    printed several times as fast part by part as cell by cell.
    """

    alignment: Alignment
    text: Sequence[Tex]
    plain: Sequence[str]
    lead: Sequence[Tex]
    plain_lead: Sequence[str]
    tail: Sequence[Tex]
    plain_tail: Sequence[str]
    missing: tuple[int, ...] = ()
    words: frozenset[int] = frozenset()

    @property
    def value(self) -> tuple[float | None, ...]:
        """Return the numbers as they were rounded, None for texts and missing ones."""
        # Few tables ask for them, so that they are read again instead of being kept.
        rows = enumerate(self.plain)
        return tuple(read_number(plain) if plain and row not in self.words else None for row, plain in rows)

    @classmethod
    def of(cls, alignment: Alignment, cells: Sequence[Printed | None]) -> PrintedColumn:
        """Return the column of some cells; None is a missing one."""
        missing = tuple(row for row, cell in enumerate(cells) if cell is None)
        present = [_MISSING if cell is None else cell for cell in cells]
        parts: list[Any] = list(zip(*present, strict=True)) if present else [()] * len(_MISSING)
        words = frozenset(row for row, cell in enumerate(cells) if cell is not None and cell.value is None)
        return cls(*(alignment, *parts[:-1], missing, words))

    @property
    def cells(self) -> tuple[Printed | None, ...]:
        """Return the column cell by cell."""
        missing = frozenset(self.missing)
        parts = zip(*self[1:7], self.value, strict=True)
        return tuple(None if row in missing else Printed(*cell) for row, cell in enumerate(parts))


_MISSING = Printed(_NOTHING, "", _NOTHING, "", _NOTHING, "", None)


def decimals_by_uncertainty(uncertainties: Iterable[object]) -> int | None:
    """Return the decimals that show one significant digit of the median uncertainty, 0 to 12.

    Only positive finite numbers count; None if there are none.

    >>> decimals_by_uncertainty([0.31, 0.02, 0.0421, None]), decimals_by_uncertainty([])
    (2, None)
    """
    known = [value for value in uncertainties if isinstance(value, (int, float)) and is_number(value)]
    positive = [value for value in known if 0 < value < inf]
    if not positive:
        return None
    # Rounding first: one digit of 0.096 is 0.1.
    exponent = int(f"{median(positive):.0e}".partition("e")[2])
    return min(max(-exponent, 0), _MOST_DECIMALS)


def print_column(
    values: Sequence[Any],
    *,
    fields: Mapping[str, Sequence[Any]],
    formats: Sequence[CellFormat | None] = (),
    precision: Sequence[int | None] = (),
    stars: Sequence[str] = (),
    marks: Sequence[str] = (),
    escape: Escape,
    markup: Markup,
) -> PrintedColumn:
    r"""Return the cells of a column: `values` of its metric, one per row, and `fields` of the same rows by column.

    `formats`, `precision` (decimals of numbers without a spec), `stars` and `marks` (set as superscripts, behind the
    main number and behind the cell) are given for every row, or are empty. A main field that is not among `fields` is
    the metric. A cell whose main field is missing is missing; where another field is, its part of the template is
    invisible.

    The column is set `c` if all cells are padded to the same width, `r` or `l` if they line up from that side only.
    Numbers without a format line up at their points, too; text without one is set flush left.

    Raises:
        PaperkitError: a format for whole numbers meets a fraction, or `escape` or `markup` raises.

    >>> column = print_column([9.78, 34.61], fields={}, escape=lambda text, row: Tex(text), markup=Tex)
    >>> [cell.lead + cell.text for cell in column.cells]
    ['\\phantom{0}9.78', '34.61']

    """
    decimals = _common_decimals(values, fields, formats, precision)
    if decimals is not None and not any(stars) and not any(marks):
        quick = _print_decimals(values, decimals)
        if quick is not None:
            return quick
    groups = _groups(values, fields, formats, precision, _Writer(escape, markup))
    slots = Slots(stars, marks, markup)
    is_bare = slots.is_empty and all(group.format.is_bare for group in groups)
    alignment = _share(groups, is_right_exact=slots.is_exact, is_bare=is_bare)
    pads: Sequence[Tex] | None = None
    if all(group.format is _PLAIN for group in groups) and len(set(precision)) <= 1:
        plains = groups[0].main.plains if groups else {}
        found, lefts = align([plains.get(row) for row in range(len(values))])
        # Where decimals differ, what stands behind them has to be padded, too.
        if found != "r":
            alignment, pads = found, lefts
    cells: list[Printed | None] = [None] * len(values)
    for group in groups:
        for row in group.main.plains:
            padded = group.padded(row, None if pads is None else pads[row], is_bare=is_bare)
            cells[row] = group.cell(row, padded, slots.stars(row), slots.marks(row))
    return PrintedColumn.of(alignment, cells)


def _common_decimals(
    values: Sequence[Any],
    fields: Mapping[str, Sequence[Any]],
    formats: Sequence[CellFormat | None],
    precision: Sequence[int | None],
) -> int | None:
    """Return the decimals of a column whose cells all are floats with the same fixed number of them, or None."""
    if not set(map(type, values)) <= {float, NoneType}:
        return None
    first = formats[0] if formats else None
    # The same object in every row: comparing formats themselves would be slow.
    if formats and (formats.count(first) < len(formats) if first is None else any(one is not first for one in formats)):
        return None
    if first is not None and fields.get(first.fields[0].column, values) is not values:
        return None
    if first is None or (first.is_bare and first.fields[0].spec is None):
        return precision[0] if precision and precision.count(precision[0]) == len(precision) else None
    spec = first.fields[0].spec
    if not first.is_bare or spec is None:
        return None
    rule = parse_spec(spec)
    return rule.precision if spec == f".{rule.precision}f" else None


def _print_decimals(values: Sequence[float | None], decimals: int) -> PrintedColumn | None:
    """Return a column of floats, or None if one is infinite."""
    present = [value for value in values if value is not None and value == value]  # noqa: PLR0124
    printed = _printed(present, decimals)
    if "inf" in printed:
        return None
    digits = printed.split("\n") if present else []
    # With the decimals fixed, the length and the sign tell the shape.
    keys = list(map(len, digits))
    plains, tex = digits, digits
    if "-" in printed:
        keys = [-len(text) if text[0] == "-" else len(text) for text in digits]
        plains = [text.replace("-", "−") for text in digits]
        tex = [text.replace("-", "$-$") for text in digits]
    missing = tuple(row for row, value in enumerate(values) if is_missing(value)) if len(digits) < len(values) else ()
    leads = list(map(_leads(frozenset(keys), decimals).__getitem__, keys))
    # What is there is TeX as it stands: to make another object of each text would take as long as to print it.
    texts, plains = cast(list[Tex], list(tex)), list(plains)
    for row in missing:
        texts.insert(row, _NOTHING)
        plains.insert(row, "")
        leads.insert(row, _NOTHING)
    blank, empty = [""] * len(values), [_NOTHING] * len(values)
    return PrintedColumn("c", texts, plains, leads, blank, empty, blank, missing)


def _printed(values: Sequence[float], decimals: int) -> str:
    """Return floats with some decimals, none of them a negative zero, on a line each."""
    # One format for all of them is faster than one for each.
    printed = "\n".join([f"%.{decimals}f"] * len(values)) % tuple(values)
    if "-" not in printed:
        return printed
    return "\n".join([f"{{:z.{decimals}f}}"] * len(values)).format(*values)


@lru_cache(maxsize=1024)
def _leads(keys: frozenset[int], decimals: int) -> Mapping[int, Tex]:
    """Return the padding before the numbers of each length; that of negative ones is negative."""
    fraction = f".{'0' * decimals}" if decimals else ""
    shapes = {key: f"{'−' if key < 0 else ''}{'0' * (abs(key) - (key < 0) - len(fraction))}{fraction}" for key in keys}
    lineup = Lineup(shapes.values())
    return {key: lineup.pad(kind).left for key, kind in shapes.items()}


class _Writer(NamedTuple):
    escape: Escape
    markup: Markup


class _FieldColumn:
    """The printed texts of one field, in the rows of one format."""

    def __init__(
        self, field: Field, rows: Iterable[int], values: Sequence[Any], precision: Sequence[int | None], writer: _Writer
    ) -> None:
        present = [row for row in rows if not is_missing(values[row])]
        known = [values[row] for row in present]
        _require_whole(field, known)
        places = [precision[row] for row in present] if precision and field.spec is None else ()
        self.plains = dict(zip(present, format_numbers(known, field.spec, places), strict=True))
        self.texts = frozenset(row for row, value in zip(present, known, strict=True) if not is_number(value))
        self.lineup = Lineup(self.numbers)
        self._escape = writer.escape
        self._is_one_text = len(self.texts) == len(self.plains) and len(set(self.plains.values())) <= 1

    @property
    def numbers(self) -> Iterable[str]:
        """Return the texts that are numbers."""
        return (plain for row, plain in self.plains.items() if row not in self.texts)

    @property
    def is_exact(self) -> bool:
        """Tell whether padding gives every text the same width."""
        return self.lineup.is_exact and (not self.texts or self._is_one_text)

    @property
    def widest(self) -> Tex:
        """Return TeX as wide as each of the padded texts, if they are exact."""
        for row in self.texts:
            return self.pad(row).text
        return self.lineup.widest

    def pad(self, row: int) -> Padded:
        """Return the TeX of a row and the padding around it."""
        plain = self.plains[row]
        if row in self.texts:
            return Padded(_NOTHING, self._escape(plain, row), _NOTHING)
        return self.lineup.pad(plain)

    def number(self, row: int) -> float | None:
        """Return the number as it is printed, or None for a text."""
        return None if row in self.texts else read_number(self.plains[row])


def _require_whole(field: Field, values: Iterable[object]) -> None:
    if field.spec is None or parse_spec(field.spec).kind != "d":
        return
    bad = dict.fromkeys(
        value for value in values if isinstance(value, float) and not (value % 1 == 0 or value in (inf, -inf))
    )
    if bad:
        shown = ", ".join(map(repr, list(bad)[:_SHOWN])) + (
            f" and {len(bad) - _SHOWN} more" if len(bad) > _SHOWN else ""
        )
        column = f"column '{field.column}'" if field.column else "the column"
        message = f"the format '{field.spec}' prints whole numbers, but {column} has {shown}"
        raise PaperkitError(Problem(message=message, hint=f"'{field.spec.replace('d', '.0f')}' rounds them"))


class _Side:
    """What stands on one side of the main field, in the rows of one format."""

    def __init__(self, parts: Sequence[Part], fields: Sequence[_FieldColumn], markup: Markup) -> None:
        pieces = {piece for part in parts for item in part for piece in split_brackets(item.literal)}
        self._tex = {piece: markup(piece) if piece else _NOTHING for piece in pieces}
        self._fields = fields
        self._parts = [(part, self._columns_of(part), self._find_widest(part)) for part in parts]
        self._columns = [column for _, columns, _ in self._parts for column in columns]
        self._known: dict[tuple[str | None, ...], tuple[Tex, str]] = {}
        self._is_known = not any(column.texts for column in self._columns)
        self.has_fields = bool(self._columns)
        self.is_exact = all(column.is_exact for column in self._columns)
        self.widest = Tex("".join(widest for _, _, widest in self._parts))

    def _columns_of(self, part: Part) -> list[_FieldColumn]:
        return [self._fields[item.field] for item in part if item.field is not None]

    def _find_widest(self, part: Part) -> Tex:
        columns = self._columns_of(part)
        if any(not column.plains for column in columns):
            # Nobody has it: there is no room to keep.
            return _NOTHING
        return self._set(part, [Padded(_NOTHING, column.widest, _NOTHING) for column in columns])

    def _set(self, part: Part, texts: Iterable[Padded]) -> Tex:
        pending = iter(texts)
        tex = behind = ""
        for item in part:
            left, text, right = next(pending) if item.field is not None else _EMPTY
            closing, middle, opening = (self._tex[piece] for piece in split_brackets(item.literal))
            if item.field is not None and item.literal == _UNCERTAIN:
                tex, behind = rf"{tex}{behind}\{PLUS_MINUS[0]}{{{left}{text}{right}}}", ""
                continue
            # Brackets hug what they hold.
            for piece in (closing, behind, middle, left, opening, text):
                tex += (r"\/" if tex[-1:] + piece[:1] in _JOINED else "") + piece
            behind = right
        return Tex(tex + behind)

    def set(self, row: int) -> tuple[Tex, str]:
        """Return the TeX of a row and its plain text; a part with a missing field is invisible."""
        key = tuple([column.plains.get(row) for column in self._columns])
        if key in self._known:
            return self._known[key]
        found = self._find(row)
        # What is text is escaped row by row: its problems name their rows.
        if self._is_known:
            self._known[key] = found
        return found

    def _find(self, row: int) -> tuple[Tex, str]:
        tex = plain = ""
        for part, columns, widest in self._parts:
            if all(row in column.plains for column in columns):
                padded = [column.pad(row) for column in columns]
                tex += self._set(part, padded)
                shown = iter(column.plains[row] for column in columns)
                plain += "".join(item.literal + (next(shown) if item.field is not None else "") for item in part)
            else:
                tex += phantom(widest)
        return Tex(tex), plain


class _Group:
    """The rows that share a format."""

    def __init__(self, form: CellFormat, fields: Sequence[_FieldColumn], writer: _Writer) -> None:
        self.format = form
        self.main = fields[form.main]
        self._is_bare = form.is_bare
        layout = layout_of(form)
        self._opening, self._closing = layout.opening, layout.closing
        self._opening_tex = writer.markup(layout.opening) if layout.opening else _NOTHING
        self._closing_tex = writer.markup(layout.closing) if layout.closing else _NOTHING
        self._lead = _Side(layout.lead, fields, writer.markup)
        self._tail = _Side(layout.tail, fields, writer.markup)
        self.lead = Tex(self._lead.widest + self._opening_tex)
        self.tail = Tex(self._closing_tex + self._tail.widest)
        self.is_lead_exact, self.is_tail_exact = self._lead.is_exact, self._tail.is_exact
        # What is invisible in these rows, and stands in those of other formats.
        self.before = _NOTHING
        self.behind = _NOTHING

    def padded(self, row: int, pad: Tex | None, *, is_bare: bool) -> Padded:
        """Return the main field of a row: with no more than `pad` if that is given, an infinity alone with nothing."""
        plain = self.main.plains[row]
        if row not in self.main.texts and (pad is not None or (is_bare and plain.strip("+−%") == "∞")):
            return Padded(pad or _NOTHING, format_tex(plain), _NOTHING)
        return self.main.pad(row)

    def cell(self, row: int, padded: Padded, stars: Raised, mark: Raised) -> Printed:
        """Return the cell of a row: `stars` stand behind its main field, `mark` behind all of it."""
        left, text, right = padded
        plain, number = self.main.plains[row], self.main.number(row)
        if self._is_bare and stars is FLAT and mark is FLAT and not (self.before or self.behind):
            return Printed(text, plain, left, "", right, "", number)
        lead, plain_lead = self._lead.set(row)
        tail, plain_tail = self._tail.set(row)
        inner = lead + left if self._lead.has_fields else left + lead
        hidden = right + stars.hidden
        # A mark stays with its number, too.
        outer = hidden + tail + mark.tex if tail else mark.tex + hidden
        return Printed(
            text,
            plain,
            Tex(self.before + inner + self._opening_tex),
            plain_lead + self._opening,
            Tex(stars.tex + self._closing_tex + outer + mark.hidden + self.behind),
            stars.plain + self._closing + plain_tail + mark.plain,
            number,
        )


def _groups(
    values: Sequence[Any],
    fields: Mapping[str, Sequence[Any]],
    formats: Sequence[CellFormat | None],
    precision: Sequence[int | None],
    writer: _Writer,
) -> list[_Group]:
    """Return the rows that are not missing, by format, in the order of the first of them."""
    # By identity: comparing formats would be slow, and two of the same text only line up each on its own.
    rows: dict[int, list[int]] = {}
    forms: dict[int, CellFormat] = {}
    for row in range(len(values)):
        form = (formats[row] if formats else None) or _PLAIN
        rows.setdefault(id(form), []).append(row)
        forms[id(form)] = form
    groups = []
    for key, form in forms.items():
        main = fields.get(form.fields[form.main].column, values)
        present = [row for row in rows[key] if not is_missing(main[row])]
        columns = [
            _FieldColumn(field, present, main if index == form.main else fields[field.column], precision, writer)
            for index, field in enumerate(form.fields)
        ]
        if present:
            groups.append(_Group(form, columns, writer))
    return groups


def _share(groups: Sequence[_Group], *, is_right_exact: bool, is_bare: bool) -> Alignment:
    """Line up the main numbers of all formats, if what stands around them allows it, and return the alignment."""
    leads = {group.lead for group in groups if group.lead}
    tails = {group.tail for group in groups if group.tail}
    is_left = all(group.is_lead_exact for group in groups)
    is_right = is_right_exact and all(group.is_tail_exact for group in groups)
    if len(leads) <= 1 and len(tails) <= 1:
        lineup = Lineup(plain for group in groups for plain in group.main.numbers)
        for group in groups:
            group.main.lineup = lineup
            group.before = _NOTHING if group.lead else phantom("".join(leads))
            group.behind = _NOTHING if group.tail else phantom("".join(tails))
    # An infinity that stands alone is centred.
    is_left = is_left and all(group.main.lineup.is_exact or (is_bare and group.main.lineup.is_even) for group in groups)
    if any(group.main.texts for group in groups):
        return "l"
    if is_left and is_right:
        return "c"
    return "l" if is_left else "r"
