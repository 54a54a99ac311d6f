"""Fingerprints: what a target is made from, as hashes, found without loading any data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path

from paperkit.build.lock import Record
from paperkit.build.targets import Target, chain, origin
from paperkit.data.patterns import sources
from paperkit.files import fingerprint, relative
from paperkit.manifest.load import Manifest

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
        self._venue = _digest(asdict(manifest.venue))
        labels = manifest.labels.columns
        self._labels = {c: {v: label.attributes() for v, label in values.items()} for c, values in labels.items()}
        folder = manifest.root / "templates"
        self._templates = tuple(sorted(path for path in folder.rglob("*") if path.is_file())) if folder.is_dir() else ()

    def record(self, target: Target) -> Record:
        """Return the record of `target`, all but its outputs.

        Raises:
            PaperkitError: a source does not exist or leads outside the project.

        """
        manifest = self._manifest
        frames = {name: manifest.data[name].model_dump(mode="json") for name in chain(target.frames, manifest)}
        files = {path for name in target.frames for path in sources(name, manifest.data, manifest.root)}
        effective = {
            "origin": origin(target, manifest),
            "assets": [
                {"name": a.name, "each": dict(a.each), "spec": a.spec.model_dump(mode="json")} for a in target.assets
            ],
            "frames": frames,
            "labels": self._labels if target.assets else {},
            "pgf": target.kind == "preamble" and any("pgf" in figure.spec.formats for figure in manifest.figures),
        }
        return Record(
            manifest=_digest(effective),
            venue=self._venue,
            versions={name: _version(name) for name in ("paperkit-assets", *_LIBRARIES[target.kind])},
            inputs=self._inputs((*files, *self._templates_of(target))),
        )

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
def _version(distribution: str) -> str:
    return version(distribution)


def _digest(value: object) -> str:
    # Keys stay in the manifest's order: the order of labels and of derived columns is meaning.
    return fingerprint(json.dumps(value, default=str).encode())
