"""Fingerprints: what a target is made from, as hashes, found without loading any data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path

from paperkit.build.lock import Record
from paperkit.build.targets import Target
from paperkit.data.patterns import sources
from paperkit.files import fingerprint, relative
from paperkit.manifest.load import Manifest

_LIBRARIES = {
    "table": ("pandas",),
    "figure": ("matplotlib", "numpy", "pandas"),
    "macros": ("pandas",),
    "preamble": (),
}


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
        chains = [_chain(manifest, name) for name in target.frames]
        frames = {name: manifest.data[name].model_dump(mode="json") for chain in chains for name in chain}
        files = {path for name in target.frames for path in sources(name, manifest.data, manifest.root)}
        effective = {
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
            inputs=self._inputs((*files, *self._templates)),
        )

    def _inputs(self, paths: Iterable[Path]) -> Mapping[str, str]:
        return {relative(path, self._manifest.root): self._file(path) for path in sorted(paths)}

    def _file(self, path: Path) -> str:
        if path not in self._files:
            self._files[path] = fingerprint(path.read_bytes())
        return self._files[path]


@cache
def _version(distribution: str) -> str:
    return version(distribution)


def _chain(manifest: Manifest, name: str | None) -> tuple[str, ...]:
    """Return a frame and the frames it starts from, outermost first."""
    chain: list[str] = []
    while name is not None and name in manifest.data and name not in chain:
        chain.append(name)
        name = manifest.data[name].from_
    return tuple(chain)


def _digest(value: object) -> str:
    return fingerprint(json.dumps(value, sort_keys=True, default=str).encode())
