"""Check the clauses of `[data.*]` entries without loading any data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from paperkit.errors import ManifestPath, PaperkitError, Problem, did_you_mean
from paperkit.manifest.expressions import Expression, parse, parse_check, split_per
from paperkit.manifest.model import FrameSpec


def clause_problems(spec: FrameSpec, specs: Mapping[str, FrameSpec]) -> Iterator[Problem]:
    """Yield what is wrong with the clauses of a frame, each problem with its path inside the frame."""
    yield from _expression(spec.where, ("where",))
    yield from _joins(spec, specs)
    if spec.baseline is not None:
        yield from _expression(spec.baseline.where, ("baseline", "where"))
        if not spec.baseline.on:
            hint = 'on = ["dataset"] names the columns that a row and its baseline share'
            yield Problem(message="on is empty", path=("baseline", "on"), hint=hint)
    for name, text in spec.derive.items():
        yield from _column(name, ("derive", name))
        yield from _expression(text, ("derive", name))
    yield from _groups(spec)
    for name in dict.fromkeys(spec.concat.frames if spec.concat is not None else ()):
        yield from _frame(name, specs, ("concat",))
    for number, text in enumerate(spec.check):
        yield from _expression(split_per(text)[0], ("check", number), parse_check)


def _joins(spec: FrameSpec, specs: Mapping[str, FrameSpec]) -> Iterator[Problem]:
    for number, join in enumerate(spec.join):
        yield from _frame(join.frame, specs, ("join", number, "frame"))
        if not join.on:
            hint = 'on = ["model"] names the columns that both frames have'
            yield Problem(message="on is empty", path=("join", number, "on"), hint=hint)


def _groups(spec: FrameSpec) -> Iterator[Problem]:
    if spec.group and not spec.stat:
        hint = 'stat = { accuracy = "mean(accuracy)" }'
        yield Problem(message="group needs stat beside it", path=("group",), hint=hint)
    for name, text in spec.stat.items():
        yield from _column(name, ("stat", name))
        yield from _expression(text, ("stat", name), partial(parse, aggregates=True))


def _column(name: str, path: ManifestPath) -> Iterator[Problem]:
    if not name.strip() or name.startswith(("baseline.", "each.")):
        yield Problem(message=f"a column cannot be called '{name}'", path=path)


def _frame(name: str, specs: Mapping[str, FrameSpec], path: ManifestPath) -> Iterator[Problem]:
    if name not in specs:
        yield Problem(message=f"there is no [data.{name}]{did_you_mean(name, specs)}", path=path)


def _expression(text: str | None, path: ManifestPath, reader: Callable[[str], Expression] = parse) -> Iterator[Problem]:
    if text is None:
        return
    try:
        expression = reader(text)
    except PaperkitError as error:
        yield from (problem.under(path) for problem in error.problems)
        return
    for key in expression.each:
        hint = "each belongs to tables, figures and macros"
        yield Problem(message=f"a frame has no each.{key}", path=path, hint=hint)
