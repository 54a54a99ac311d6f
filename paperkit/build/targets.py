"""Targets: what is built as one, and how selectors name it."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from paperkit.data import python_code
from paperkit.data.dependencies import reach
from paperkit.errors import ManifestError, Problem, did_you_mean, dotted
from paperkit.manifest.load import Manifest
from paperkit.manifest.model import HANDED, AnyAsset, FigureAsset, FigureSpec, MacroSpec, TableSpec


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """One table, one figure, all macros, or the preamble: what is made, and written, as one.

    `id` is what selectors name (`table.appendix-vit`, `macros`, `preamble`); `frames` are the frames it reads,
    `companions` the files that it has besides its `outputs` if its data ask for it.
    """

    id: str
    kind: Literal["table", "figure", "macros", "preamble"]
    assets: tuple[AnyAsset, ...] = ()
    frames: tuple[str, ...] = ()
    outputs: tuple[str, ...]
    companions: tuple[str, ...] = ()

    @property
    def asset(self) -> AnyAsset:
        """Return the only asset of a table or figure."""
        return self.assets[0]


def targets(manifest: Manifest) -> tuple[Target, ...]:
    """Return everything a build makes: tables, figures, macros, preamble."""
    found = [
        Target(
            id=asset.id,
            kind="figure" if isinstance(asset.spec, FigureSpec) else "table",
            assets=(asset,),
            frames=frames_of(asset, manifest),
            outputs=manifest.outputs(asset),
            companions=manifest.companions(asset),
        )
        for asset in manifest.floats
    ]
    if manifest.macros:
        read: tuple[AnyAsset, ...] = (*manifest.macros, *figures_behind(manifest.macros, manifest))
        frames = tuple(dict.fromkeys(name for asset in read for name in frames_of(asset, manifest)))
        found.append(
            Target(id="macros", kind="macros", assets=manifest.macros, frames=frames, outputs=(manifest.paper.macros,))
        )
    found.append(Target(id="preamble", kind="preamble", outputs=(manifest.paper.preamble,)))
    return tuple(found)


def frames_of(asset: AnyAsset, manifest: Manifest) -> tuple[str, ...]:
    """Return the names of the frames that `asset` reads directly."""
    if isinstance(asset.spec, FigureSpec):
        if asset.spec.python is not None:
            but = (*HANDED, *asset.spec.params)
            taken = python_code.frames_taken(asset.spec.python, manifest.data, manifest.root, but=but)
            return tuple(dict.fromkeys(taken))
        return tuple(dict.fromkeys(layer.data for panel in asset.spec.panel for layer in panel.layers))
    if isinstance(asset.spec, TableSpec):
        return tuple(dict.fromkeys((asset.spec.data, *(entry.data for entry in asset.spec.statistic))))
    return () if asset.spec.data is None else (asset.spec.data,)


def figures_behind(assets: Iterable[AnyAsset], manifest: Manifest) -> tuple[FigureAsset, ...]:
    """Return the figures whose numbers some macros print, in the manifest's order."""
    names = {asset.spec.figure for asset in assets if isinstance(asset.spec, MacroSpec)}
    return tuple(figure for figure in manifest.figures if figure.name in names)


def preamble_needs(manifest: Manifest) -> dict[str, bool | str]:
    """Return which of the packages that not every paper needs its assets use, and the venue."""
    forms = {table.spec.form for table in manifest.tables}
    return {
        "pgf": any("pgf" in figure.spec.formats for figure in manifest.figures),
        "pgfplots": any("pgfplots" in figure.spec.formats for figure in manifest.figures),
        "longtable": "longtable" in forms,
        "rotating": "sidewaystable" in forms,
        "venue": manifest.paper.venue,
    }


def origin(target: Target, manifest: Manifest) -> str:
    """Return what a seal names: the entry, and the files that its data comes from."""
    entry = {"macros": " [macros]", "preamble": ""}.get(target.kind)
    if entry is None:
        entry = f" [{dotted(target.asset.path)}]"
    specs = [manifest.data[name] for name in chain(target.frames, manifest)]
    made_of = [file for spec in specs for file in (spec.read, spec.python) if file]
    made_of += [file for asset in target.assets if isinstance(asset.spec, FigureSpec) and (file := asset.spec.python)]
    return " and ".join(dict.fromkeys((manifest.file + entry, *made_of)))


def chain(frames: Iterable[str], manifest: Manifest) -> tuple[str, ...]:
    """Return some frames and every frame they are made from, each once, a frame before its own."""
    return reach(frames, manifest.data, manifest.root)


def select(all_targets: Iterable[Target], selectors: Iterable[str], manifest: Manifest) -> tuple[Target, ...]:
    """Return the targets that any selector names, in their own order; all of them when there is no selector.

    A selector is a target or a glob over targets (`table.main`, `figure.*`, `macros`), or a frame followed by
    `+`: everything that depends on it (`data.runs+`).

    Raises:
        ManifestError: a selector names nothing.

    """
    every, wanted = tuple(all_targets), tuple(selectors)
    if not wanted:
        return every
    chosen: set[str] = set()
    problems: list[Problem] = []
    for selector in wanted:
        found = _matching(every, selector, manifest)
        chosen |= found
        if not found:
            known = [target.id for target in every] + [f"data.{name}+" for name in manifest.data]
            close = did_you_mean(selector, known)
            hint = None if close else f"known: {', '.join(known)}"
            if selector.removeprefix("data.") in manifest.data:
                hint = "a frame is selected with a plus: everything that is made from it"
            problems.append(Problem(message=f"'{selector}' selects nothing{close}", hint=hint))
    if problems:
        raise ManifestError(*problems)
    return tuple(target for target in every if target.id in chosen)


def _matching(every: tuple[Target, ...], selector: str, manifest: Manifest) -> set[str]:
    if selector.startswith("data.") and selector.endswith("+"):
        frames = dependents(manifest, selector[len("data.") : -1])
        return {target.id for target in every if frames & set(target.frames)}
    found = {target.id for target in every if fnmatch.fnmatchcase(target.id, selector)}
    if any(fnmatch.fnmatchcase(asset.id, selector) for asset in manifest.macros):
        found.add("macros")
    return found


def dependents(manifest: Manifest, frame: str) -> set[str]:
    """Return `frame` and every frame that is made from it, however far; empty when there is no such frame."""
    return {name for name in manifest.data if frame in manifest.data and frame in chain((name,), manifest)}
