"""Pack a bundle: an archive whose bytes depend on its files alone, and a manifest that says what it holds."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from paperkit.camera_ready.venue import Archive
from paperkit.errors import PaperkitError, Place, Problem
from paperkit.files import fingerprint

MANIFEST = "MANIFEST.json"
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


def refuse_foreign(folder: Path) -> None:
    """Refuse a folder whose content is not an earlier bundle: it would be replaced.

    Raises:
        PaperkitError: it is a file, or a folder with other content.

    """
    recover(folder)
    if not folder.exists() and not folder.is_symlink():
        return
    content = {path.name for path in folder.iterdir()} if folder.is_dir() else None
    if content is None or (content and MANIFEST not in content):
        hint = "name another folder with -o, or move it away"
        raise PaperkitError(Problem(message="is not a bundle of paperkit's", place=Place(file=folder.name), hint=hint))


def recover(folder: Path) -> None:
    """Finish what a killed run began: put an older bundle back that had only been moved aside."""
    old = _beside(folder, "old")
    if old.exists() and not folder.exists():
        old.rename(folder)
    for left in folder.parent.glob(f".{folder.name}.*.new"):
        shutil.rmtree(left, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


def place(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put `files` into `folder` in one step: a kill leaves the bundle that was there, or the new one, never a part.

    Raises:
        OSError: the folder cannot be written.

    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.", suffix=".new"))
    try:
        for path, data in files.items():
            target = new / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        new.chmod(0o755)
        old = _beside(folder, "old")
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        recover(folder)
        raise


def _beside(folder: Path, suffix: str) -> Path:
    return folder.with_name(f".{folder.name}.{suffix}")
