"""Files: atomic write-if-changed, fingerprints, POSIX-relative paths, names of outputs."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Artifact:
    """One output file: `path` is POSIX, relative to the project; `content` is all of it but its seal."""

    path: str
    content: bytes


@dataclass(kw_only=True, slots=True)
class Looked:
    """What decides which files there are, besides the files themselves: folders that were listed, files not found."""

    folders: set[Path] = field(default_factory=set)
    absent: set[Path] = field(default_factory=set)


_looked: ContextVar[Looked | None] = ContextVar("looked", default=None)


@contextmanager
def looking() -> Iterator[Looked]:
    """Record the folders that are listed and the files that are not found meanwhile."""
    looked = Looked()
    token = _looked.set(looked)
    try:
        yield looked
    finally:
        _looked.reset(token)


def is_there(path: Path, *, folder: bool = False) -> bool:
    """Tell whether there is a file (or a folder) at `path`; that there is none is recorded."""
    found = path.is_dir() if folder else path.is_file()
    if not found and (looked := _looked.get()) is not None:
        looked.absent.add(path)
    return found


def listed(folder: Path) -> tuple[Path, ...]:
    """Return what is in a folder, sorted by name, and record that it counts; nothing where there is no such folder."""
    if (looked := _looked.get()) is not None:
        looked.folders.add(folder)
    try:
        return tuple(folder / entry.name for entry in sorted(os.scandir(folder), key=lambda entry: entry.name))
    except OSError:  # not a folder, or one that may not be read: it has no files for us
        return ()


def fingerprint(content: bytes) -> str:
    """Return the sha256 of `content` in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def relative(path: Path, root: Path) -> str:
    """Return `path` relative to `root`, with forward slashes on every system."""
    return Path(os.path.relpath(path, root)).as_posix()


def is_inside(path: Path, root: Path) -> bool:
    """Tell whether `path`, every symbolic link followed, lies below `root`."""
    return path.resolve().is_relative_to(root.resolve())


def slug(name: str) -> str:
    """Return a file name made of lower-case ASCII letters, digits and single hyphens.

    >>> slug("appendix-DINOv2 (large)")
    'appendix-dinov2-large'
    """
    ascii_text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")


def private_folder(root: Path) -> Path:
    """Return the folder for what belongs to one machine, `.paperkit/`, made if need be and kept out of git.

    Raises:
        OSError: it cannot be made.

    """
    folder = root / ".paperkit"
    folder.mkdir(exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("# Made by paperkit; what is in here may be deleted.\n*\n", encoding="utf-8")
    return folder


def write_if_changed(path: Path, content: bytes) -> bool:
    """Write `content` to `path` atomically and return True, or return False if it is there already.

    The bytes go to a temporary file in the same folder, reach the disk, and replace `path` in one step:
    a kill at any moment leaves the old file or the new one.

    Raises:
        OSError: the folder cannot be written, or the disk is full; `path` is then as it was.

    """
    with suppress(FileNotFoundError):
        if path.read_bytes() == content:
            return False
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return True


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold `folder` for one process or thread at a time; whoever comes second waits.

    The operating system holds the lock, so a killed process leaves none behind. Where the file system knows no locks,
    nobody waits.
    """
    if sys.platform == "win32":  # a folder cannot be locked there, so a file in it is
        import msvcrt

        (folder / ".paperkit").mkdir(exist_ok=True)
        with (folder / ".paperkit" / "lock").open("a+b") as file:
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
            yield
        return
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _umask() -> int:
    # The mask can only be read by setting it; builds are single-threaded when they write.
    mask = os.umask(0)
    os.umask(mask)
    return mask
