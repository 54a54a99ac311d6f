"""Check `[macros]` entries without loading any data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from paperkit.errors import PaperkitError, Problem
from paperkit.manifest.each import unknown_each
from paperkit.manifest.expressions import Expression, parse
from paperkit.manifest.model import MacroAsset

MOST_DIGITS = 3  # of a width or precision: more is a slip, and would fill the memory


def problems(asset: MacroAsset) -> tuple[Problem, ...]:
    """Return what is wrong with a macro's name, expressions and format, each with its manifest path."""
    spec = asset.spec
    found = list(_name(asset.name))
    for key, text, aggregates in (("where", spec.where, False), ("value", spec.value, True)):
        if text is None:
            continue
        try:
            found += _each(asset, key, parse(text, aggregates=aggregates))
        except PaperkitError as error:
            found += (problem.under((key,)) for problem in error.problems)
    if spec.format is not None and not is_format(spec.format):
        hint = 'Python\'s format specifications, such as ".2f", ",d", ".1%" or "+.1e"'
        found.append(Problem(message=f"'{spec.format}' is no number format", path=("format",), hint=hint))
    return tuple(problem.under(asset.path) for problem in found)


def is_format(text: str) -> bool:
    """Tell whether `text` is a format specification for numbers."""
    if any(len(digits) > MOST_DIGITS for digits in re.findall(r"[0-9]+", text)):
        return False
    for number in (1, 1.5):
        try:
            format(number, text)
        except ValueError:
            continue
        return True
    return False


@cache
def reserved() -> frozenset[str]:
    """Return the names that LaTeX and the packages most papers load define themselves."""
    text = files("paperkit.macros").joinpath("reserved.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("%") for word in line.split())


def _name(name: str) -> Iterator[Problem]:
    if not re.fullmatch(r"[A-Za-z]+", name):
        hint = "write digits as words: gainTwoLayers"
        yield Problem(message=f"'{name}' is no macro name: TeX's names are made of the letters a to z", hint=hint)
    elif name in reserved():
        hint = "choose another name: redefining it would change the paper elsewhere"
        yield Problem(message=f"LaTeX or a common package has a command \\{name} already", hint=hint)
    elif name.startswith("end"):
        yield Problem(message=f"LaTeX keeps names that begin with 'end' to itself: \\{name}")


def _each(asset: MacroAsset, key: str, expression: Expression) -> Iterator[Problem]:
    return (unknown_each(name, asset.each).under((key,)) for name in expression.each if name not in asset.each)
