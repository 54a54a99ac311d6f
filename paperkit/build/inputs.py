"""Inputs: the files that a manifest reads, the folders in which more may appear, and what frames are made from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from paperkit.build.patches import FOLDER
from paperkit.build.stat_cache import StatCache
from paperkit.data import python_code
from paperkit.data.dependencies import all_frames
from paperkit.data.nearly import columns_made
from paperkit.data.patterns import find, sources
from paperkit.errors import PaperkitError
from paperkit.manifest.load import Manifest
from paperkit.style.page import SUFFIX

_SIGNS = frozenset("*?{[")


@dataclass(frozen=True, kw_only=True, slots=True)
class Inputs:
    """The files that a manifest reads, and the folders in which they and others like them lie."""

    files: frozenset[Path]
    folders: frozenset[Path]


def inputs(manifest: Manifest) -> Inputs:
    """Return what to look at for changes: data, Python, templates, patches, the page, the manifest itself."""
    root = manifest.root
    files = {root / manifest.file, *root.glob(f"*{SUFFIX}")}
    own = [folder for name in ("templates", FOLDER) for folder in _below(root / name)]
    folders = {root, *own}
    if manifest.paper.document is not None:
        files.add((root / manifest.paper.document).with_suffix(SUFFIX))
    files |= {path for folder in own for path in folder.iterdir() if path.is_file()}
    for pattern in _patterns(manifest):
        files |= _matches(pattern, root)
        folders |= _folders(pattern, root)
    for reference in _references(manifest):
        files |= _closure(reference, root)
    folders |= {path.parent for path in files}
    return Inputs(files=frozenset(files), folders=frozenset(filter(Path.is_dir, folders)))


def frame_key(name: str, manifest: Manifest, files: StatCache) -> object | None:
    """Return what a frame is made from, as a key that stays equal for as long as nothing of it changes.

    None for a frame that cannot be loaded, or whose places are those of the manifest.
    """
    specs, root = manifest.data, manifest.root
    parts: list[object] = [manifest.labels, sorted(set(columns_made(specs)))]
    try:
        for other in all_frames((name,), specs, root):
            spec = specs[other]
            if spec.rows:
                return None
            read = set(sources(other, specs, root))
            if spec.python is not None:
                read |= set(python_code.closure(python_code.find(spec.python, root).path, root))
            parts.append((other, spec, tuple((path, files.sha(path)) for path in sorted(read))))
    except (PaperkitError, OSError):
        return None
    return parts


def _patterns(manifest: Manifest) -> Iterator[str]:
    for spec in manifest.data.values():
        yield from (() if spec.read is None else (spec.read,))
        yield from spec.inputs
    for figure in manifest.figures:
        yield from figure.spec.inputs


def _references(manifest: Manifest) -> Iterator[str]:
    specs: Iterable[str | None] = (spec.python for spec in manifest.data.values())
    yield from (reference for reference in specs if reference is not None)
    yield from (figure.spec.python for figure in manifest.figures if figure.spec.python is not None)


def _matches(pattern: str, root: Path) -> set[Path]:
    try:
        return {match.path for match in find(pattern, root)}
    except PaperkitError:
        return set()


def _folders(pattern: str, root: Path) -> set[Path]:
    """Return the folders in which files of a pattern may appear."""
    plain: list[str] = []
    parts = PurePosixPath(pattern).parts
    for part in parts[:-1]:
        if _SIGNS & set(part):
            break
        plain.append(part)
    start = root.joinpath(*plain)
    if len(plain) == len(parts) - 1:
        return {_nearest(start, root)}
    return {_nearest(start, root), *_below(start)}


def _nearest(folder: Path, root: Path) -> Path:
    """Return `folder`, or what is there of the way to it: what is missing may be made."""
    return next((one for one in (folder, *folder.parents) if one.is_dir() and one.is_relative_to(root)), root)


def _below(folder: Path) -> Iterator[Path]:
    """Yield a folder and all below it, hidden ones and environments left out."""
    for path, folders, names in os.walk(folder):
        if "pyvenv.cfg" in names:
            folders[:] = []
            continue
        folders[:] = [
            name for name in folders if not name.startswith(".") and name not in ("node_modules", "__pycache__")
        ]
        yield Path(path)


def _closure(reference: str, root: Path) -> set[Path]:
    """Return the Python files behind `file.py:function`, or what is there of them where one cannot be read."""
    file = root / reference.rpartition(":")[0]
    try:
        return set(python_code.closure(python_code.find(reference, root).path, root))
    except PaperkitError:
        return {file} if file.parent.is_dir() else set()


__all__ = ["Inputs", "frame_key", "inputs"]
