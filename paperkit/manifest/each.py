"""`each`: one manifest entry, several assets; `{name}` in its texts becomes the value."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from paperkit.errors import ManifestPath, PaperkitError, Problem, did_you_mean
from paperkit.manifest.expressions import parse
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import AnyAsset, FigureSpec, MacroSpec, Record, Scalar, TableSpec

SpecT = TypeVar("SpecT", TableSpec, FigureSpec, MacroSpec)

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.-]*)\}")
# Expressions say `each.name`, and the braces of a format are its own.
_EXPRESSIONS = frozenset({"where", "value", "derive", "vcenter", "format"})


def combinations(spec: TableSpec | FigureSpec | MacroSpec, labels: Labels) -> Iterator[dict[str, Scalar]]:
    """Yield the values of `each`, first name slowest; a spec without `each` yields one empty set.

    `"*"` stands for every value that `[labels.NAME]` lists, in its order.

    Raises:
        PaperkitError: `each` is empty, `"*"` has no labels, or a text other than `"*"` is given.

    """
    choices: list[tuple[Scalar, ...]] = []
    for name, values in spec.each.items():
        if isinstance(values, str) and values != "*":
            message = f"expected a list of values or '*', got '{values}'"
            raise PaperkitError(Problem(message=message, path=("each", name)))
        listed = tuple(labels.columns.get(name, ())) if isinstance(values, str) else values
        if not listed:
            message = f"no values: there is no [labels.{name}]" if values == "*" else "no values"
            raise PaperkitError(Problem(message=message, path=("each", name)))
        choices.append(listed)
    for values in itertools.product(*choices):
        yield dict(zip(spec.each, values, strict=True))


def fill(text: str, each: Mapping[str, Scalar], labels: Labels) -> str:
    """Return `text` with `{name}` and `{name.attribute}` replaced for the names in `each`; other braces stay.

    >>> fill("the {family} models", {"family": "ViT"}, Labels())
    'the ViT models'
    """

    def replacement(match: re.Match[str]) -> str:
        name, _, attribute = match[1].partition(".")
        if name not in each:
            return match[0]
        value = each[name]
        return str(labels.attribute(name, value, attribute)) if attribute else str(value)

    return _PLACEHOLDER.sub(replacement, text)


def fill_name(name: str, each: Mapping[str, Scalar], labels: Labels, path: ManifestPath) -> str:
    """Return the name of an asset; every placeholder in it must be one of `each`.

    Raises:
        PaperkitError: a placeholder is not in `each`, or a value of `each` does not tell the names apart.

    """
    for placeholder in _PLACEHOLDER.findall(name):
        first = placeholder.partition(".")[0]
        if first not in each:
            close = did_you_mean(first, each)
            hint = None if close else f"name it in each = {{ {first} = […] }}"
            raise PaperkitError(Problem(message=f"'{{{first}}}' is not in 'each'{close}", path=path, hint=hint))
    unused = [key for key in each if not re.search(rf"\{{{re.escape(key)}[.}}]", name)]
    if unused:
        message = f"'each' makes several outputs, but the name does not contain '{{{unused[0]}}}'"
        raise PaperkitError(Problem(message=message, path=path))
    return fill(name, each, labels)


def fill_spec(spec: SpecT, each: Mapping[str, Scalar], labels: Labels) -> SpecT:
    """Return `spec` with every text filled in; expressions are left alone, they say `each.name`."""
    return spec if not each else _filled(spec, each, labels)


def each_problems(asset: AnyAsset) -> Iterator[Problem]:
    """Yield a problem for every `each.NAME` in the filters of `asset` that its `each` does not have.

    A filter that cannot be read is left to whoever reads it.
    """
    for text, path in _filters(asset.spec):
        for name in _each_names(text):
            if name not in asset.each:
                yield unknown_each(name, asset.each).under((*asset.path, *path))


def _filters(spec: TableSpec | FigureSpec | MacroSpec) -> Iterator[tuple[str | None, ManifestPath]]:
    if isinstance(spec, FigureSpec):
        for number, panel in enumerate(spec.panel):
            yield panel.where, ("panel", number, "where")
            yield from ((one.where, ("panel", number, "layer", i, "where")) for i, one in enumerate(panel.layer))
        return
    yield spec.where, ("where",)
    if isinstance(spec, TableSpec):
        yield from ((entry.where, ("override", number, "where")) for number, entry in enumerate(spec.override))
        yield from ((entry.where, ("statistic", number, "where")) for number, entry in enumerate(spec.statistic))
        for shade in spec.shade if isinstance(spec.shade, tuple) else (spec.shade,):
            if shade:
                yield shade.where, ("shade", "where")
                yield (shade.vcenter if isinstance(shade.vcenter, str) else None), ("shade", "vcenter")


def unknown_each(name: str, each: Mapping[str, Scalar]) -> Problem:
    """Return the problem of an `each.NAME` that is not among the values of `each`."""
    close = did_you_mean(f"each.{name}", [f"each.{known}" for known in each])
    hint = None if close else f"each has {', '.join(each)}" if each else "the entry has no each"
    return Problem(message=f"unknown key 'each.{name}'{close}", hint=hint)


def _each_names(text: str | None) -> tuple[str, ...]:
    try:
        return () if text is None else parse(text).each
    except PaperkitError:
        return ()


def _filled(value: Any, each: Mapping[str, Scalar], labels: Labels) -> Any:
    if isinstance(value, str):
        return fill(value, each, labels)
    if isinstance(value, tuple):
        return tuple(_filled(part, each, labels) for part in value)
    if isinstance(value, dict):
        return {key: _filled(part, each, labels) for key, part in value.items()}
    if isinstance(value, Record):
        changes = {
            name: _filled(getattr(value, name), each, labels)
            for name in value.model_fields_set
            if name not in _EXPRESSIONS and name != "each"
        }
        return value.model_copy(update=changes)
    return value
