"""Resolve a macro: one value of a frame, and the text that stands for it in the paper."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from paperkit.data import skipped
from paperkit.errors import AssetError, DataError, PaperkitError, Problem
from paperkit.manifest.expression_tree import Call, Constant, Expression, Name
from paperkit.manifest.expressions import parse
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import MacroAsset
from paperkit.tex.text import Tex, escape, lines, markup, number

if TYPE_CHECKING:
    from paperkit.data.frame import Frame, Value

_SHOWS_VALUE = {"first": 0, "min": 0, "max": 0, "argmax": 1, "argmin": 1}


@dataclass(frozen=True, kw_only=True, slots=True)
class Macro:
    """A resolved macro: its name without the backslash, its TeX, the value behind it, and what it leaves out."""

    name: str
    text: Tex
    value: str | float
    notices: tuple[Problem, ...] = ()


def resolve(asset: MacroAsset, frame: Frame, labels: Labels) -> Macro:
    """Return the macro of `asset`, its value taken from the rows of `frame` that `where` leaves.

    Missing values that an aggregate skips are counted in a notice.

    Raises:
        AssetError: an expression fails on the frame, or the value is missing, infinite, or not printable.

    """
    spec = asset.spec
    try:
        if spec.where is not None:
            frame = frame.where(spec.where, each=asset.each, path=(*asset.path, "where"))
        value = frame.aggregate(spec.value, each=asset.each, path=(*asset.path, "value"))
    except DataError as error:
        raise AssetError(*error.problems) from None
    try:
        macro = _macro(asset, value, labels)
    except PaperkitError as error:
        raise AssetError(*(problem.under(asset.path) for problem in error.problems)) from None
    found = skipped.notices(parse(spec.value, aggregates=True), frame, asset.each)
    return replace(macro, notices=tuple(problem.under((*asset.path, "value")) for problem in found))


def formatted(value: float, spec: str | None) -> str:
    """Return a number by Python's format specification; a negative number that rounds to zero has no sign.

    >>> formatted(-0.001, ".2f"), formatted(1234.5, ",.1f"), formatted(0.0554, ".1%")
    ('0.00', '1,234.5', '5.5%')

    Raises:
        AssetError: the specification does not suit the number, such as `d` for 1.5.

    """
    try:
        text = (str(value) if spec is None else format(value, spec)).strip()
        if "inf" in text.lower():  # as a percentage the number is beyond the largest float
            raise AssetError(Problem(message=f"{value} is too large for '{spec}'", path=("format",)))
        mantissa = re.split("[eE]", text)[0]
        if text.startswith("-") and not re.search("[1-9]", mantissa):
            return formatted(type(value)(0), spec)
    except ValueError as error:
        raise AssetError(Problem(message=f"'{spec}' does not suit {value}: {error}", path=("format",))) from None
    return text


def _macro(asset: MacroAsset, value: Value, labels: Labels) -> Macro:
    reference = _reference(parse(asset.spec.value, aggregates=True))
    if value is None:
        raise AssetError(Problem(message="the value is missing", path=("value",)))
    if isinstance(value, bool):
        hint = 'write "yes" if … else "no", or a number'
        raise AssetError(
            Problem(message=f"the value is {value}, neither a number nor text", path=("value",), hint=hint)
        )
    if isinstance(value, float) and not math.isfinite(value):
        raise AssetError(Problem(message=f"the value is {value}: it cannot be printed", path=("value",)))
    labelled = reference is not None and labels.is_labelled(reference, value) and asset.spec.format is None
    if isinstance(value, str) or labelled:
        return Macro(name=asset.name, text=_words(asset, value, reference if labelled else None, labels), value=value)
    # Inside $…$ a second dollar would end the formula; \ensuremath is right in text and in formulas.
    text = number(formatted(value, asset.spec.format)).replace("$-$", r"\ensuremath{-}")
    return Macro(name=asset.name, text=Tex(text), value=value)


def _words(asset: MacroAsset, value: str | float, reference: str | None, labels: Labels) -> Tex:
    if asset.spec.format is not None:
        message = f"the value is the text '{value}': a format belongs to numbers"
        raise AssetError(Problem(message=message, path=("format",)))
    if reference is None:
        return escape(_one_line(str(value)))
    return markup(_one_line(labels.text(reference, value)))


def _one_line(text: str) -> str:
    return " ".join(line.strip() for line in lines(text)).strip()


def _reference(expression: Expression) -> str | None:
    """Return the column whose value the expression gives as it is, so that its labels apply."""
    tree = expression.tree
    if not isinstance(tree, Call) or tree.function not in _SHOWS_VALUE:
        return None
    shown = tree.arguments[_SHOWS_VALUE[tree.function]]
    match shown:
        case Name() if "." not in shown.name:
            return shown.name
        case Call(function="col", arguments=(Constant(value=str() as name),)):
            return name
        case _:  # an attribute such as base_model.family is printed as it is
            return None
