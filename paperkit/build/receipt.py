"""Receipts: what a finished build saw of the files, so that the next one can tell at once that nothing changed.

A receipt is a text file below `.paperkit/`; it may be deleted or damaged at any time, and belongs to one machine. This
module is all that a build with nothing to do imports of paperkit: it needs the standard library's smallest parts alone.
"""

from __future__ import annotations

import os
import sys
import time

_HEAD = "paperkit receipt 1"
# Clocks of file systems tick, some in steps of two seconds: what was changed shortly before a look at it may have been
# changed again since, in the same tick.
_TICK = 2_000_000_000
_SITES = ("site-packages", "dist-packages")

Stat = tuple[int, int, int, int]


def receipt_path(manifest: str) -> str:
    """Return where the receipt of a manifest lies: `.paperkit/paper.receipt` for `paper.toml`."""
    folder, name = os.path.split(manifest)
    return os.path.join(folder, ".paperkit", os.path.splitext(name)[0] + ".receipt")  # noqa: PTH118, PTH122 - light


def stat_of(path: str) -> Stat | None:
    """Return times of change of content and of inode (ns), size and inode of a file; None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - pathlib takes longer to import than the whole look
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def is_settled(stat: Stat, seen: int) -> bool:
    """Tell whether a file that was looked at when the clock said `seen` (ns) shows every later change by its stat."""
    return max(stat[0], stat[1]) + _TICK < seen


def site_stats() -> list[tuple[int, str]]:
    """Return the folders of installed libraries and when something was last installed or removed there (ns)."""
    found = ((stat_of(path), path) for path in sys.path if os.path.basename(path) in _SITES)  # noqa: PTH119
    return [(stat[0], path) for stat, path in found if stat is not None]


def names_hash(names: tuple[str, ...] | None) -> str:
    """Return a hash of the sorted names in a folder; `none` where it could not be read."""
    return "none" if names is None else hashed("\n".join(names).encode("utf-8", "surrogateescape"))


def pages(folder: str) -> str:
    """Return the names of the files in which documents tell of their pages."""
    try:
        return "/".join(sorted(name for name in os.listdir(folder or ".") if name.endswith(".pkdims")))  # noqa: PTH208
    except OSError:
        return ""


def hashed(content: bytes) -> str:
    """Return the sha256 of some bytes in hexadecimal."""
    from hashlib import sha256  # not needed where no file changed

    return sha256(content).hexdigest()


def read_lines(manifest: str) -> list[str]:
    """Return the lines of a manifest's receipt; none if there is no whole one of this form."""
    try:
        with open(receipt_path(manifest), encoding="utf-8", errors="surrogateescape", newline="\n") as file:  # noqa: PTH123
            lines = file.read().split("\n")
    except (OSError, ValueError):
        return []
    return lines if lines[0] == _HEAD and lines[-1] == "end" else []


def write_lines(manifest: str, lines: list[str]) -> None:
    """Replace a manifest's receipt in one step, as far as the folder lets us: without one, nothing but time is lost."""
    path = receipt_path(manifest)
    # A name per process: two builds may end at the same moment.
    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        with open(temporary, "w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:  # noqa: PTH123
            file.write("\n".join([_HEAD, *lines, "end"]))
        os.replace(temporary, path)  # noqa: PTH105
    except (OSError, ValueError):
        if os.path.exists(temporary):  # noqa: PTH110
            os.unlink(temporary)  # noqa: PTH108


def nothing_to_do(manifest: str) -> tuple[int, list[str]] | None:
    """Return how many targets are unchanged and what is to be said of them, if nothing that they are made from changed.

    None means that only a plan can tell. Files whose stat differs, or does not tell enough, are read and hashed.
    """
    try:
        return _unchanged(manifest, read_lines(manifest))
    except (LookupError, ValueError):  # somebody else's text
        return None


def _unchanged(manifest: str, lines: list[str]) -> tuple[int, list[str]] | None:
    root = os.path.dirname(manifest)  # noqa: PTH120
    prefix = root and root + "/"
    known: dict[str, list[str]] = {}
    for line in lines[1:-1]:
        kind, _, rest = line.partition(" ")
        known.setdefault(kind, []).append(rest)
    if "targets" not in known or known["machine"] != [_machine()] or known["pages"] != [pages(root)]:
        return None
    if known.get("site", []) != [f"{mtime} {path}" for mtime, path in site_stats()]:
        return None
    if any(os.path.lexists(prefix + path) for path in known.get("absent", ())):
        return None
    if any(_other_names(prefix, folder) for folder in known.get("folder", ())):
        return None
    seen, now = int(known["seen"][0]), time.time_ns()
    files = [_fresh(prefix, file, seen) for file in known.get("file", ())]
    if None in files:
        return None
    if files != known.get("file", []) or _unsettled(known.get("file", ()), seen):
        kept = [f"seen {now}" if line.startswith("seen ") else line for line in lines[1:-1] if line[:5] != "file "]
        write_lines(manifest, [*kept, *(f"file {file}" for file in files)])
    return int(known["targets"][0]), [_unescaped(note) for note in known.get("note", ())]


def receipt_lines(
    begin: list[str], files: dict[str, tuple[Stat, str]], folders: dict[str, str], absent: list[str]
) -> list[str]:
    """Return the lines for what was seen of a project: its paths are relative, `folders` have a hash of names."""
    lines = [*begin]
    lines += [f"absent {path}" for path in sorted(absent)]
    lines += [f"folder {names} {path}" for path, names in sorted(folders.items())]
    lines += [f"file {' '.join(map(str, stat))} {sha} {path}" for path, (stat, sha) in sorted(files.items())]
    return lines if not any("\n" in line for line in lines) else []


def first_lines(root: str) -> list[str]:
    """Return the lines that a build begins its receipt with, before it looks at any file below `root`."""
    lines = [f"machine {_machine()}", f"seen {time.time_ns()}", f"pages {pages(root)}"]
    return [*lines, *(f"site {mtime} {path}" for mtime, path in site_stats())]


def note_line(text: str) -> str:
    r"""Return a notice as a line: ``\n`` stands for the end of one of its own lines."""
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n")
    return f"note {escaped}"


def _unescaped(note: str) -> str:
    return "\\".join(part.replace("\\n", "\n") for part in note.split("\\\\"))


def _machine() -> str:
    return f"{sys.platform} {sys.hexversion:x} {sys.prefix}"


def _other_names(prefix: str, folder: str) -> bool:
    names, _, path = folder.partition(" ")
    try:
        now: tuple[str, ...] | None = tuple(sorted(os.listdir(prefix + path or ".")))  # noqa: PTH208
    except OSError:
        now = None
    return names_hash(now) != names


def _unsettled(files: list[str] | tuple[str, ...], seen: int) -> bool:
    return not all(is_settled(_stat(file), seen) for file in files)


def _fresh(prefix: str, file: str, seen: int) -> str | None:
    """Return the line of a file with its stat of now; None if its content changed."""
    sha, path = file.split(" ", 5)[4:]
    stat = stat_of(prefix + path)
    if stat is None:
        return None
    if stat == _stat(file) and is_settled(stat, seen):
        return file
    try:
        with open(prefix + path, "rb") as opened:  # noqa: PTH123
            same = hashed(opened.read()) == sha
    except OSError:
        return None
    return f"{' '.join(map(str, stat))} {sha} {path}" if same else None


def _stat(file: str) -> Stat:
    mtime, ctime, size, inode = file.split(" ", 4)[:4]
    return int(mtime), int(ctime), int(size), int(inode)
