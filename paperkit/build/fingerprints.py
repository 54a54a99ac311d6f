"""Fingerprints: what a target is made from, as hashes, found without loading any data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, fields
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path
from typing import Any

from paperkit.build.lock import Record
from paperkit.build.targets import Target, chain, figures_behind, origin, preamble_needs
from paperkit.data import python_code
from paperkit.data.dependencies import all_frames
from paperkit.data.patterns import find, sources
from paperkit.data.table import under
from paperkit.errors import ManifestPath, PaperkitError
from paperkit.files import fingerprint, relative
from paperkit.manifest.load import Manifest
from paperkit.manifest.model import AnyAsset, FigureSpec, FrameSpec
from paperkit.manifest.record import Record as ManifestRecord

_LIBRARIES = {
    "table": ("jinja2", "pandas"),
    "figure": ("jinja2", "matplotlib", "numpy", "pandas"),
    "macros": ("pandas",),
    "preamble": ("jinja2",),
}
_TEMPLATES = {"table": "table.tex", "figure": "figure.tex", "preamble": "preamble.tex"}


class Fingerprints:
    """Hash what targets depend on; every file is read once, however many targets use it."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._files: dict[Path, str] = {}
        self._code: dict[Path, str] = {}
        venue = manifest.venue
        self._venue = _digest({f.name: getattr(venue, f.name) for f in fields(venue) if not _is_default(venue, f)})
        labels = manifest.labels.columns
        self._labels = {c: {v: label.attributes() for v, label in values.items()} for c, values in labels.items()}
        folder = manifest.root / "templates"
        self._templates = tuple(sorted(path for path in folder.rglob("*") if path.is_file())) if folder.is_dir() else ()

    def record(self, target: Target) -> Record:
        """Return the record of `target`, all but its outputs.

        Raises:
            PaperkitError: a source does not exist or leads outside the project, or Python code cannot be read.

        """
        manifest = self._manifest
        frames = {name: _effective(manifest.data[name]) for name in chain(target.frames, manifest)}
        upstream = all_frames(target.frames, manifest.data, manifest.root)
        files = {path for name in upstream for path in sources(name, manifest.data, manifest.root)}
        files |= {path for asset in target.assets for path in self._opened(asset)}
        code = self._closures(upstream, target.assets)
        behind = figures_behind(target.assets, manifest)
        effective = {
            "origin": origin(target, manifest),
            "assets": [_said(asset) for asset in target.assets],
            **({"figures": [_said(figure) for figure in behind]} if behind else {}),
            "frames": frames,
            "labels": self._labels if target.assets else {},
            "needs": preamble_needs(manifest) if target.kind == "preamble" else {},
        }
        return Record(
            manifest=_digest(effective),
            venue=self._venue,
            versions={
                **{name: _version(name) for name in ("paperkit-assets", *_LIBRARIES[target.kind])},
                **({"numpy": _version("numpy")} if behind else {}),
                **self._versions_behind(upstream, code),
            },
            inputs={**self._inputs((*files, *self._templates_of(target))), **self._inputs_of_code(code)},
        )

    def _closures(self, frames: Iterable[str], assets: Iterable[AnyAsset]) -> tuple[Path, ...]:
        """Return the project's Python files that make some frames and draw some figures, sorted."""
        root = self._manifest.root
        references: dict[ManifestPath, str | None] = {
            ("data", name, "python"): self._manifest.data[name].python for name in frames
        }
        references |= {(*a.path, "python"): a.spec.python for a in assets if isinstance(a.spec, FigureSpec)}
        found: set[Path] = set()
        for path, reference in references.items():
            if reference is None:
                continue
            try:
                found.update(python_code.closure(python_code.find(reference, root).path, root))
            except PaperkitError as error:
                raise under(error, path) from None
        return tuple(sorted(found))

    def _opened(self, asset: AnyAsset) -> Iterator[Path]:
        """Yield the files that a figure's function opens itself."""
        for index, pattern in enumerate(asset.spec.inputs if isinstance(asset.spec, FigureSpec) else ()):
            try:
                yield from (match.path for match in find(pattern, self._manifest.root, is_fetched=False))
            except PaperkitError as error:
                raise under(error, (*asset.path, "inputs", index)) from None

    def _inputs_of_code(self, code: Iterable[Path]) -> Mapping[str, str]:
        """Return the hash of the syntax of Python files: a comment changes nothing that they make."""
        for path in code:
            if path not in self._code:
                self._code[path] = python_code.syntax_hash(path)
        return {relative(path, self._manifest.root.resolve()): self._code[path] for path in code}

    def _versions_behind(self, frames: Iterable[str], code: tuple[Path, ...]) -> Mapping[str, str]:
        """Return the versions of the libraries that the frames' Python imports, and of DuckDB where it is asked."""
        names = [_distribution(module) for module in python_code.libraries(code, self._manifest.root)]
        if any(self._manifest.data[name].sql is not None for name in frames):
            names.append(_distribution("duckdb"))
        if any(_needs_scipy(self._manifest.data[name]) for name in frames):
            names.append(_distribution("scipy"))
        return {name: _version(name) for name in names if name is not None}

    def _templates_of(self, target: Target) -> tuple[Path, ...]:
        """Return the paper's own template of `target`, with those that it may include."""
        own = [path for path in self._templates if path.name == _TEMPLATES.get(target.kind)]
        others = [path for path in self._templates if path.name not in _TEMPLATES.values()]
        return (*own, *others) if own else ()

    def _inputs(self, paths: Iterable[Path]) -> Mapping[str, str]:
        return {relative(path, self._manifest.root): self._file(path) for path in sorted(paths)}

    def _file(self, path: Path) -> str:
        if path not in self._files:
            self._files[path] = fingerprint(path.read_bytes())
        return self._files[path]


@cache
def _distribution(module: str) -> str | None:
    """Return the installed distribution that has a module; None where none has, and loading will say so."""
    try:
        version(module)
    except PackageNotFoundError:
        return next(iter(sorted(packages_distributions().get(module, ()))), None)
    return module


@cache
def _version(distribution: str) -> str:
    return version(distribution)


def _needs_scipy(spec: FrameSpec) -> bool:
    """Tell whether a frame computes tests, correlations or intervals."""
    return bool(spec.test or spec.correlate or any("ci_" in text for text in spec.stat.values()))


def _said(asset: AnyAsset) -> Mapping[str, object]:
    return {"name": asset.name, "each": dict(asset.each), "spec": _effective(asset.spec)}


def _effective(record: ManifestRecord) -> Mapping[str, object]:
    """Return a record without what is as by default: a new key of paperkit leaves the papers that do not set it alone.

    What a default means belongs to the code, so that a change of it needs a new version of paperkit.
    """
    return record.model_dump(mode="json", exclude_defaults=True)


def _is_default(facts: object, field: Field[Any]) -> bool:
    default = field.default if field.default_factory is MISSING else field.default_factory()
    return bool(getattr(facts, field.name) == default)


def _digest(value: object) -> str:
    # Keys stay in the manifest's order: the order of labels and of derived columns is meaning.
    return fingerprint(json.dumps(value, default=str).encode())
