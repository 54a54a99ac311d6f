"""Frames that no output is made from: nothing else would tell of a mistake in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from paperkit.build.targets import Target, chain
from paperkit.data.dependencies import frames_used
from paperkit.data.patterns import sources
from paperkit.errors import PaperkitError, Problem
from paperkit.manifest.load import Manifest


def missing_files(manifest: Manifest, targets: Iterable[Target]) -> tuple[Problem, ...]:
    """Return, with places, what is wrong with the files of frames that no target is made from; loads no data."""
    return tuple(manifest.placed(problem) for problem in _missing(manifest, _unused(manifest, targets)))


def unused(manifest: Manifest, targets: Iterable[Target]) -> tuple[Problem, ...]:
    """Return, with places, a problem for each frame that neither a target nor another frame is made from."""
    idle = _unused(manifest, targets)
    used = {other for name in idle for other in frames_used(name, manifest.data, manifest.root)}
    hint = "name it in a table, a figure or a macro, or remove it"
    problems = (Problem(message="nothing uses the frame", path=("data", n), hint=hint) for n in idle if n not in used)
    return tuple(manifest.placed(problem) for problem in problems)


def _unused(manifest: Manifest, targets: Iterable[Target]) -> tuple[str, ...]:
    used = set(chain((name for target in targets for name in target.frames), manifest))
    return tuple(name for name in manifest.data if name not in used)


def _missing(manifest: Manifest, names: Iterable[str]) -> Iterator[Problem]:
    for name in names:
        if manifest.data[name].from_ is not None:  # what that one starts from is told of by itself
            continue
        try:
            sources(name, manifest.data, manifest.root)
        except PaperkitError as error:
            yield from error.problems
