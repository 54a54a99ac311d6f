"""Pack a bundle: an archive whose bytes depend on its files alone, and a manifest that says what it holds."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import shutil
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from paperkit.camera_ready.venue import Archive
from paperkit.errors import PaperkitError, Place, Problem
from paperkit.files import fingerprint, relative

MANIFEST = "MANIFEST.json"
_ELSEWHERE = "name another folder with -o, or move it away"
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first date that a zip can hold


def pack(files: Mapping[str, bytes], kind: Archive) -> bytes:
    """Return an archive of `files`: sorted, without dates and owners.

    Raises:
        PaperkitError: a name would leave the folder that the archive is unpacked in.

    """
    wrong = [path for path in files if _escapes(path)]
    if wrong:
        message = "is no name for a file in an archive"
        raise PaperkitError(*(Problem(message=message, place=Place(file=path)) for path in wrong))
    return _zip(files) if kind == "zip" else _tar(files)


def _escapes(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return not parts or path.startswith("/") or "\\" in path or ".." in parts or "\0" in path or ":" in parts[0]


def _zip(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(files):
            info = zipfile.ZipInfo(path, date_time=_EARLIEST)
            info.external_attr = 0o100644 << 16
            info.create_system = 3
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, files[path])
    return out.getvalue()


def _tar(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(files):
            info = tarfile.TarInfo(path)
            info.size, info.mode = len(files[path]), 0o644
            archive.addfile(info, io.BytesIO(files[path]))
    return gzip.compress(out.getvalue(), compresslevel=9, mtime=0)


def as_json(document: Mapping[str, Any]) -> bytes:
    """Return a JSON document as bytes."""
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def hashes(files: Mapping[str, bytes], origins: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return name, size, hash and the author's own name of every file, sorted."""
    return [
        {"path": path, "bytes": len(files[path]), "sha256": fingerprint(files[path])}
        | ({"from": origins[path]} if origins.get(path, path) != path else {})
        for path in sorted(files)
    ]


def refuse_foreign(output: Path, *, keep: Iterable[Path] = ()) -> Path:
    """Return the resolved folder of a bundle; refuse one that would take something else with it when it is replaced.

    `keep` names folders that must stay: neither they nor a folder around them can be the bundle's.

    Raises:
        PaperkitError: it is a link, a file, around a folder to keep, or holds what is not an earlier bundle's.

    """
    if output.is_symlink():
        raise _refused(output, "is a link", hint="name the folder itself with -o")
    try:
        folder = output.resolve()
    except (OSError, RuntimeError) as error:  # a circle of links
        raise _refused(output, "cannot be followed: its links go in a circle") from error
    if any(path.resolve().is_relative_to(folder) for path in keep):
        message = "holds the paper or the folder you are in, and would be replaced"
        raise _refused(output, message, hint="name a new folder with -o")
    if folder.exists() and not _is_empty(folder):
        if (listed := _listed(folder)) is None:
            raise _refused(output, "is not a bundle of paperkit's")
        if others := sorted(_content(folder) - listed):
            more = f" and {len(others) - 1} more" if len(others) > 1 else ""
            message = f"holds {others[0]}{more}, not made by paperkit, and would be replaced"
            raise _refused(output, message, hint="move that away, or name another folder with -o")
    return folder


def _refused(output: Path, message: str, *, hint: str = _ELSEWHERE) -> PaperkitError:
    return PaperkitError(Problem(message=message, place=Place(file=output.as_posix()), hint=hint))


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


def _content(folder: Path) -> set[str]:
    """Return the files, links and empty folders in a folder."""
    return {relative(path, folder) for path in folder.rglob("*") if path.is_symlink() or _is_leaf(path)}


def _is_leaf(path: Path) -> bool:
    return not path.is_dir() or _is_empty(path)


def _listed(folder: Path) -> set[str] | None:
    """Return the files that the manifest of a bundle lists, with itself; None when paperkit did not write it."""
    manifest = folder / MANIFEST
    if folder.is_symlink() or manifest.is_symlink() or not manifest.is_file():
        return None
    try:
        match json.loads(manifest.read_bytes()):
            case {"made_by": str(maker), "files": list(), "outputs": list(outputs)} if maker.startswith("paperkit "):
                return {MANIFEST, *(str(entry["path"]) for entry in outputs)}
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return None


def _is_ours(folder: Path) -> bool:
    listed = _listed(folder)
    return listed is not None and _content(folder) <= listed


def recover(folder: Path) -> None:
    """Finish what a killed run began: put an older bundle back that had only been moved aside.

    Only folders with a name and a content that paperkit alone makes are touched.
    """
    name = re.compile(rf"\.{re.escape(folder.name)}\.paperkit-[0-9]+-(new|old)")
    beside = sorted(folder.parent.iterdir()) if folder.parent.is_dir() else []
    for path in beside:
        found = name.fullmatch(path.name)
        if found is None or path.is_symlink() or not path.is_dir():
            continue
        if _is_empty(path):
            path.rmdir()
        elif _is_ours(path):
            if found[1] == "old" and not folder.exists():
                path.rename(folder)
            else:
                shutil.rmtree(path, ignore_errors=True)


def place(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put `files` into `folder` in one step: a kill leaves the bundle that was there, or the new one, never a part.

    Raises:
        PaperkitError: the folder holds what is not an earlier bundle's.
        OSError: the folder cannot be written.

    """
    folder = refuse_foreign(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    recover(folder)
    new, old = (folder.with_name(f".{folder.name}.paperkit-{os.getpid()}-{suffix}") for suffix in ("new", "old"))
    new.mkdir()
    try:
        # The manifest comes first: by it the next run knows the folder of a killed one.
        for path in sorted(files, key=lambda path: path != MANIFEST):
            target = new / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(files[path])
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        if old.exists() and not folder.exists():
            old.rename(folder)
        shutil.rmtree(new, ignore_errors=True)
        raise
