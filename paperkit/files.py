"""Files: atomic write-if-changed, locks, fingerprints, POSIX-relative paths, names of outputs."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from paperkit.errors import PaperkitError, Place, Problem

_LEFTOVER = (".paperkit-", ".tmp")
_FULL = "make room on the disk and build again; what was there is untouched"
_REFUSED = "let yourself write there (chmod, chown), and build again; what was there is untouched"
_IN_THE_WAY = "something else is in the way: move it, and build again"
_HINTS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: "a limit on the size of files (ulimit -f) forbids it; what was there is untouched",
    errno.EACCES: _REFUSED,
    errno.EPERM: _REFUSED,
    errno.EROFS: "the file system can only be read; work in a copy elsewhere",
    errno.EEXIST: _IN_THE_WAY,
    errno.ENOTDIR: _IN_THE_WAY,
    errno.EISDIR: _IN_THE_WAY,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Artifact:
    """One output file: `path` is POSIX, relative to the project; `content` is all of it but its seal."""

    path: str
    content: bytes


@dataclass(kw_only=True, slots=True)
class Looked:
    """What decides which files there are: files that were not found, folders that were listed.

    A folder has the names that were in it then, None if it was no folder.
    """

    folders: dict[Path, tuple[str, ...] | None] = field(default_factory=dict)
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
    try:
        names: tuple[str, ...] | None = tuple(sorted(os.listdir(folder)))  # noqa: PTH208 - names, not paths
    except OSError:  # not a folder, or one that may not be read: it has no files for us
        names = None
    if (looked := _looked.get()) is not None:
        looked.folders.setdefault(folder, names)
    return tuple(folder / name for name in names or ())


def fingerprint(content: bytes) -> str:
    """Return the sha256 of `content` in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def relative(path: Path, root: Path) -> str:
    """Return `path` relative to `root`, with forward slashes on every system."""
    return Path(os.path.relpath(path, root)).as_posix()


def is_inside(path: Path, root: Path) -> bool:
    """Tell whether `path`, every symbolic link followed, lies below `root`."""
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # links that lead to each other
        return False


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
        ignore.write_text("# Made by paperkit; all but rescued/ may be deleted.\n*\n", encoding="utf-8")
    return folder


def write_if_changed(path: Path, content: bytes) -> bool:
    """Write `content` to `path` as `write_all` does and return True, or return False if it is there already.

    Raises:
        OSError: the folder cannot be written, or the disk is full; `path` is then as it was.

    """
    return bool(write_all([(path, content)]))


def write_all(files: Iterable[tuple[Path, bytes]]) -> tuple[Path, ...]:
    """Write those files whose content differs, all of them or none, in their order; return which.

    The bytes go to temporary files in the same folders, reach the disk, and only then replace the files, each in one
    step: a kill at any moment leaves each file old or new, and a full disk leaves all as they were.

    Raises:
        OSError: a folder cannot be written, or the disk is full; its `filename` says which. All files are as they were.

    """
    with ExitStack() as stack:
        ready = [(path, _temporary(path, content, stack)) for path, content in files if not _has_content(path, content)]
        for path, temporary in ready:
            with _named(path):
                temporary.replace(path)
    return tuple(path for path, _ in ready)


def _has_content(path: Path, content: bytes) -> bool:
    with suppress(FileNotFoundError), _named(path):
        return path.read_bytes() == content
    return False


def _temporary(path: Path, content: bytes, stack: ExitStack) -> Path:
    """Return a file with `content` in the folder of `path`; `stack` holds it, and removes it if it is still there."""
    with _named(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        while True:
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=_LEFTOVER[0], suffix=_LEFTOVER[1])
            temporary = Path(name)
            stack.callback(temporary.unlink, missing_ok=True)
            file = stack.enter_context(os.fdopen(handle, "wb", buffering=0))
            # Another process may have taken it for a leftover before it was held.
            if _hold(handle) and os.fstat(handle).st_nlink:
                break
        rest = memoryview(content)
        while rest:
            rest = rest[file.write(rest) or 0 :]
        os.fsync(handle)
        temporary.chmod(mode)
        if sys.platform == "win32":  # an open file cannot be moved there
            file.close()
    return temporary


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Give an error of the system the path that it is about: a temporary file means nothing to anybody."""
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise


def remove_leftovers(folders: Iterable[Path]) -> None:
    """Remove from `folders` the temporary files of writers that were killed; those of living ones are held."""
    for folder in folders:
        with suppress(OSError):
            for path in sorted(folder.glob("*".join(_LEFTOVER))):
                _remove_leftover(path)


def _remove_leftover(path: Path) -> None:
    with suppress(OSError), path.open("rb") as file:
        if sys.platform == "win32" or _hold(file.fileno(), waits=False):
            if sys.platform == "win32":  # nobody can remove there what somebody has open
                file.close()
            path.unlink()


def _hold(handle: int, *, waits: bool = True) -> bool:
    """Hold an open file or folder until it is closed; tell whether that succeeded.

    Where the file system knows no locks, waiting succeeds at once, and not waiting never.
    """
    if sys.platform == "win32":
        return waits
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
    except OSError:
        return waits
    return True


def unwritable(error: OSError, name: str) -> PaperkitError:
    """Return what to say of a file that the system did not let us write, and what to do about it."""
    hint = _HINTS.get(error.errno or 0)
    message = f"cannot be written: {error.strerror or error}"
    return PaperkitError(Problem(message=message, place=Place(file=name), hint=hint))


@contextmanager
def exclusive(folder: Path, on_wait: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold `folder` for one process or thread at a time; whoever comes second waits, after a call of `on_wait`.

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
    handle = os.open(folder, os.O_RDONLY)
    try:
        if not _hold(handle, waits=False):
            on_wait()
            _hold(handle)
        yield
    finally:
        os.close(handle)


def _umask() -> int:
    # The mask can only be read by setting it; builds are single-threaded when they write.
    mask = os.umask(0)
    os.umask(mask)
    return mask
