"""Fingerprints: what frames and targets are made from, as hashes, found without loading any data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, fields
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path
from typing import Any

from paperkit.build.lock import FrameRecord, Record
from paperkit.build.memory import Memory
from paperkit.build.metrics import load_metrics, metrics_name, text_name
from paperkit.build.patches import patch_files
from paperkit.build.stat_cache import StatCache
from paperkit.build.targets import Target, figures_behind, origin, preamble_needs
from paperkit.data import python_code
from paperkit.data.dependencies import frames_used
from paperkit.data.patterns import find, sources
from paperkit.data.table import under
from paperkit.errors import ManifestPath, PaperkitError, Place, Problem
from paperkit.files import listed, relative
from paperkit.manifest.load import Manifest
from paperkit.manifest.model import AnyAsset, FigureSpec, FrameSpec, MacroSpec
from paperkit.manifest.reads import EVERY
from paperkit.manifest.record import Record as ManifestRecord

_LIBRARIES = {
    "table": ("jinja2", "pandas"),
    "figure": ("jinja2", "matplotlib", "numpy", "pandas", "scipy"),
    "macros": ("pandas",),
    "preamble": ("jinja2",),
}
# What reads a file, by the end of the file's name.
_READERS = {".parquet": "pyarrow", ".feather": "pyarrow", ".arrow": "pyarrow", ".xlsx": "openpyxl", ".xlsm": "openpyxl"}
_COMPUTED = re.compile(r"<%[-+]?\s*(?:include|import|extends|from)\s+(?![\"'])")
_TEMPLATES = {"table": "table.tex", "figure": "figure.tex", "preamble": "preamble.tex"}


class Fingerprints:
    """Hash what frames and targets depend on; every file is read once, however many use it."""

    def __init__(self, manifest: Manifest, files: StatCache | None = None) -> None:
        self._manifest = manifest
        self.files = files or StatCache(manifest.root / manifest.file)
        self.memory = Memory(manifest.root / manifest.file)
        self._labels: dict[str, str] = {}
        folder = manifest.root / "templates"
        self._templates = tuple(sorted(path for path in _files_below(folder)))

    def frame(self, name: str, last: FrameRecord | None) -> FrameRecord:
        """Return the record of the frame `name`, without the rows of itself and of those that it is made from.

        Of the labels, those count that the `last` record names.

        Raises:
            PaperkitError: a source does not exist or leads outside the project, or Python code cannot be read.

        """
        manifest = self._manifest
        spec = manifest.data[name]
        code = self._closure(spec.python, ("data", name, "python"))
        libraries = ["paperkit-assets", "pandas", *self._libraries(code)]
        if spec.sql is not None:
            libraries.append("duckdb")
        libraries += (name for end, name in _READERS.items() if (spec.read or "").endswith(end))
        if _needs_scipy(spec):
            libraries.append("scipy")
        return FrameRecord(
            manifest=self.memory.tell(effective(spec)),
            labels=self.labels(last.labels if last is not None else ()),
            versions=_versions(libraries),
            frames=dict.fromkeys(frames_used(name, manifest.data, manifest.root), ""),
            inputs={**self._inputs(sources(name, manifest.data, manifest.root)), **self._inputs_of_code(code)},
        )

    def target(self, target: Target, last: Record | None) -> Record:
        """Return the record of `target`, without its outputs and the rows of its frames.

        Of the labels and the venue's facts, those count that the `last` record names.

        Raises:
            PaperkitError: a file does not exist or leads outside the project, or Python code cannot be read.

        """
        manifest = self._manifest
        code = tuple(path for asset in target.assets for path in self._code_of(asset))
        libraries = [*_LIBRARIES[target.kind], *self._libraries(code)]
        if figures_behind(target.assets, manifest):
            libraries += ("numpy", "scipy")
        if any(isinstance(asset.spec, MacroSpec) and "ci_" in asset.spec.value for asset in target.assets):
            libraries.append("scipy")
        facts, texts = (last.facts, last.texts) if last is not None else ((), ())
        opened = (path for asset in target.assets for path in self._opened(asset))
        files = (*self._templates_of(target), *opened, *patch_files(target, manifest.root))
        return Record(
            manifest=self.memory.tell(entry(target, manifest)),
            venue=self.facts(facts),
            facts=facts,
            texts=texts,
            labels=self.labels(last.labels if last is not None else ()),
            versions=_versions(("paperkit-assets", *libraries)),
            frames=dict.fromkeys(target.frames, ""),
            inputs={**self._inputs(files), **self._inputs_of_code(code), **self.sizes(texts)},
        )

    def sizes(self, texts: Iterable[str]) -> Mapping[str, str]:
        """Return the hash of what `paper.metrics` has of some texts, by its name; empty without texts.

        Raises:
            PaperkitError: the file cannot be read.

        """
        wanted = sorted(texts)
        if not wanted:
            return {}
        name = metrics_name(self._manifest.file)
        known = {text_name(text): extent for text, extent in load_metrics(self._manifest.root / name).items()}
        return {name: self.memory.tell({text: str(known.get(text)) for text in wanted})}

    def labels(self, columns: Iterable[str]) -> Mapping[str, str]:
        """Return the hash of the labels of each of some columns."""
        return {column: self._labels_of(column) for column in sorted(columns)}

    def facts(self, names: Iterable[str]) -> str:
        """Return the hash of those of some facts of the venue that are not as by default; empty without names."""
        venue = self._manifest.venue
        known = {fact.name: fact for fact in fields(venue)}
        wanted = [known[name] for name in sorted(names) if name in known]
        said = {fact.name: getattr(venue, fact.name) for fact in wanted if not _is_default(venue, fact)}
        return self.memory.tell(said) if wanted else ""

    def _labels_of(self, column: str) -> str:
        if column not in self._labels:
            known = self._manifest.labels.columns
            said: object = sorted(known) if column == EVERY else None
            if column in known:
                said = {value: label.attributes() for value, label in known[column].items()}
            self._labels[column] = self.memory.tell(said)
        return self._labels[column]

    def _code_of(self, asset: AnyAsset) -> tuple[Path, ...]:
        reference = asset.spec.python if isinstance(asset.spec, FigureSpec) else None
        return self._closure(reference, (*asset.path, "python"))

    def _closure(self, reference: str | None, path: ManifestPath) -> tuple[Path, ...]:
        """Return the project's Python files behind a function, sorted."""
        if reference is None:
            return ()
        root = self._manifest.root
        try:
            return tuple(sorted(python_code.closure(python_code.find(reference, root).path, root)))
        except PaperkitError as error:
            raise under(error, path) from None

    def _opened(self, asset: AnyAsset) -> Iterator[Path]:
        """Yield the files that a figure's function opens itself."""
        for index, pattern in enumerate(asset.spec.inputs if isinstance(asset.spec, FigureSpec) else ()):
            try:
                yield from (match.path for match in find(pattern, self._manifest.root, is_fetched=False))
            except PaperkitError as error:
                raise under(error, (*asset.path, "inputs", index)) from None

    def _inputs_of_code(self, code: Iterable[Path]) -> Mapping[str, str]:
        """Return the hash of the syntax of Python files: a comment changes nothing that they make."""
        return {relative(path, self._manifest.root.resolve()): self.files.syntax(path) for path in code}

    def _libraries(self, code: tuple[Path, ...]) -> tuple[str | None, ...]:
        """Return the distributions of the libraries that some of the project's Python imports."""
        return tuple(_distribution(module) for module in python_code.libraries(code, self._manifest.root))

    def _templates_of(self, target: Target) -> tuple[Path, ...]:
        """Return the paper's own template of `target`, with those of its own that it includes, however far.

        Where a template computes the name of another, all count.
        """
        folder = self._manifest.root / "templates"
        texts = {relative(path, folder): path for path in self._templates}
        waiting = [name for name in (_TEMPLATES.get(target.kind),) if name in texts]
        found: dict[str, Path] = {}
        while waiting:
            name = waiting.pop()
            found[name] = texts[name]
            text = texts[name].read_text(encoding="utf-8", errors="replace")
            is_computed = _COMPUTED.search(text) is not None
            waiting += [other for other in texts if other not in found and (is_computed or other in text)]
        return tuple(found.values())

    def _inputs(self, paths: Iterable[Path]) -> Mapping[str, str]:
        return {relative(path, self._manifest.root): self._sha(path) for path in sorted(set(paths))}

    def _sha(self, path: Path) -> str:
        try:
            return self.files.sha(path)
        except OSError as error:
            place = Place(file=relative(path, self._manifest.root))
            message = f"cannot be read: {error.strerror or error}"
            hint = "let yourself read it (chmod, chown)" if isinstance(error, PermissionError) else None
            raise PaperkitError(Problem(message=message, place=place, hint=hint)) from error


def entry(target: Target, manifest: Manifest) -> Mapping[str, object]:
    """Return what the manifest says of a target, as JSON types, without what is as by default."""
    behind = figures_behind(target.assets, manifest)
    return {
        "origin": origin(target, manifest),
        "assets": {asset.name: _said(asset) for asset in target.assets},
        **({"figures": {figure.name: _said(figure) for figure in behind}} if behind else {}),
        **({"needs": preamble_needs(manifest)} if target.kind == "preamble" else {}),
    }


def effective(record: ManifestRecord) -> Mapping[str, object]:
    """Return a record without what is as by default: a new key of paperkit leaves the papers that do not set it alone.

    What a default means belongs to the code, so that a change of it needs a new version of paperkit.
    """
    return record.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _files_below(folder: Path) -> Iterator[Path]:
    for child in listed(folder):
        if child.is_dir():
            yield from _files_below(child)
        elif child.is_file():
            yield child


def _versions(distributions: Iterable[str | None]) -> Mapping[str, str]:
    found = ((name, _version(name)) for name in distributions if name is not None)
    return {name: version for name, version in found if version is not None}


@cache
def _distribution(module: str) -> str | None:
    """Return the installed distribution that has a module; None where none has, and loading will say so."""
    try:
        version(module)
    except PackageNotFoundError:
        return next(iter(sorted(packages_distributions().get(module, ()))), None)
    return module


@cache
def _version(distribution: str) -> str | None:
    """Return the version of a distribution; None for one that is not installed, which whoever needs it says."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def _needs_scipy(spec: FrameSpec) -> bool:
    """Tell whether a frame computes tests, correlations or intervals."""
    return bool(spec.test or spec.correlate or any("ci_" in text for text in spec.stat.values()))


def _said(asset: AnyAsset) -> Mapping[str, object]:
    return {"each": dict(asset.each), "spec": effective(asset.spec)}


def _is_default(facts: object, field: Field[Any]) -> bool:
    default = field.default if field.default_factory is MISSING else field.default_factory()
    return bool(getattr(facts, field.name) == default)
