"""Templates: the format of a cell as the manifest writes it, read into fields and the texts around them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from paperkit.errors import PaperkitError, Problem
from paperkit.tables.format import parse_spec
from paperkit.tex.text import markup

_PIECE = re.compile(r"\{\{|\}\}|\{[^{}]*\}|[^{}]+|[{}]")
_BRACES_HINT = "a field is written '{column}' or '{column:.2f}', a brace '{{' or '}}'"
# The largest encoding: what the document's own lacks is found when the text is printed.
_ENCODING = "TU"


class Field(NamedTuple):
    """A column of the frame that a cell prints, and Python's format spec for it, if any."""

    column: str
    spec: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CellFormat:
    """What a cell prints: fields by turns with the texts around them, one text more than there are fields.

    The texts are the manifest's markup. `main` is the index of the field that emphasis is about.
    """

    text: str
    fields: tuple[Field, ...]
    literals: tuple[str, ...]
    main: int = 0

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of the frame that the format needs, each once, in order."""
        return tuple(dict.fromkeys(field.column for field in self.fields))

    @property
    def is_bare(self) -> bool:
        """Tell whether the cell prints its main field and nothing else."""
        return not any(self.literals) and len(self.fields) == 1


@lru_cache(maxsize=512)
def parse_format(text: str, metric: str) -> CellFormat:
    """Return the format of the cells of `metric`: a Python format spec, or with braces a template.

    The main field of a template is that of `metric`, or else its first.

    Raises:
        PaperkitError: the braces do not match, a field has no column, a spec is not one for numbers, a text cannot be
            printed; all of them.

    >>> parse_format("{mean:.1f} ± {std:.1f}", "mean").columns
    ('mean', 'std')
    >>> parse_format(".1f", "acc").fields
    (Field(column='acc', spec='.1f'),)

    """
    if "{" not in text and "}" not in text:
        parse_spec(text)
        return CellFormat(text=text, fields=(Field(metric, text),), literals=("", ""))
    fields: list[Field] = []
    literals = [""]
    problems: list[Problem] = []
    for piece in _PIECE.findall(text):
        if piece in ("{", "}"):
            missing = "'{' without '}'" if piece == "{" else "'}' without '{'"
            problems.append(Problem(message=f"{missing} in '{text}'", hint=_BRACES_HINT))
        elif piece in ("{{", "}}") or not piece.startswith("{"):
            literals[-1] += piece[0] if piece in ("{{", "}}") else piece
        else:
            fields.append(_field(piece, problems))
            literals.append("")
    if not fields and not problems:
        problems.append(Problem(message=f"'{text}' has no field", hint=_BRACES_HINT))
    for literal in literals:
        _check(literal, problems)
    if problems:
        raise PaperkitError(*dict.fromkeys(problems))
    main = next((index for index, field in enumerate(fields) if field.column == metric), 0)
    return CellFormat(text=text, fields=tuple(fields), literals=tuple(literals), main=main)


def _field(piece: str, problems: list[Problem]) -> Field:
    # A spec holds no colon, a column may.
    column, colon, spec = piece[1:-1].rpartition(":")
    if not colon:
        column, spec = spec, ""
    if not column.strip():
        problems.append(Problem(message=f"the field '{piece}' names no column", hint=_BRACES_HINT))
    if not colon:
        return Field(column, None)
    try:
        parse_spec(spec)
    except PaperkitError as error:
        problems += error.problems
    return Field(column, spec)


def _check(literal: str, problems: list[Problem]) -> None:
    try:
        markup(literal, encoding=_ENCODING)
    except PaperkitError as error:
        problems += error.problems


class Item(NamedTuple):
    """A text of a template and the field behind it, if any."""

    literal: str
    field: int | None = None


Part = tuple[Item, ...]
"""Texts and fields that are visible or not as a whole."""


class Layout(NamedTuple):
    """A template around its main field: brackets that hug it, and parts that are visible or not as a whole."""

    lead: tuple[Part, ...]
    opening: str
    closing: str
    tail: tuple[Part, ...]


@lru_cache(maxsize=256)
def layout_of(form: CellFormat) -> Layout:
    """Return `form` as it stands around its main field.

    >>> layout_of(parse_format("({x}) [{lo}, {hi}]", "x")).closing
    ')'
    """
    main = form.main
    before, opening = split_brackets(form.literals[main], "")[1:]
    closing, *after = split_brackets(form.literals[main + 1])
    lead = [*(Item(form.literals[index], index) for index in range(main)), *([Item(before)] if before else [])]
    tail: list[Part] = []
    open_part: list[Item] = []
    for index, literal in enumerate(("".join(after), *form.literals[main + 2 :]), main + 1):
        rest = literal
        if open_part:
            end = _closed(open_part, literal)
            if end is not None:
                tail.append((*open_part, *([Item(literal[:end])] if end else [])))
                open_part, rest = [], literal[end:]
        field = index if index < len(form.fields) else None
        if rest or field is not None:
            open_part.append(Item(rest, field))
    parts = (*tail, *([tuple(open_part)] if open_part else []))
    return Layout((tuple(lead),) if lead else (), opening, closing, parts)


@lru_cache(maxsize=256)
def split_brackets(literal: str, closers: str = ")]") -> tuple[str, str, str]:
    """Return the closing brackets that begin `literal`, the rest, and the opening brackets that end it."""
    rest = literal.lstrip(closers) if closers else literal
    middle = rest.rstrip("([")
    return literal[: len(literal) - len(rest)], middle, rest[len(middle) :]


def _closed(items: Sequence[Item], literal: str) -> int | None:
    """Return how much of `literal` closes the brackets of `items`, or None if they stay open."""
    depth = sum(_depths(item.literal)[-1] for item in items)
    if depth <= 0:
        return 0
    depths = _depths(literal)
    # Not inside a formula.
    ends = [end for end, inner in enumerate(depths) if depth + inner <= 0 and literal.count("$", 0, end) % 2 == 0]
    return ends[0] if ends else None


def _depths(literal: str) -> list[int]:
    depths = [0]
    for character in literal:
        depths.append(depths[-1] + (character in "([") - (character in ")]"))
    return depths
