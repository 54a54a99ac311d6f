"""Hashes of files, read once for each change of a file: between builds, its stat tells whether there was one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from paperkit.build import receipt
from paperkit.data import python_code
from paperkit.files import Looked, fingerprint, private_folder, relative

_SYNTAX = "syntax"
_UNSEEN: receipt.Stat = (0, 0, -1, -1)  # a stat that no file has
_NONE: Mapping[str, str] = {}


class StatCache:
    """The sha256 of files of one project, and of the syntax of its Python files.

    A hash of an earlier build holds while time of change, size and inode are as they were, and that change was well
    before the file was looked at. With `paranoid` every file is read.
    """

    def __init__(self, manifest: Path, *, paranoid: bool = False) -> None:
        self._manifest = manifest
        self._root = manifest.parent
        self._begin = receipt.first_lines(str(self._root))
        self._known: dict[str, tuple[receipt.Stat, str]] = {}
        self._found: dict[str, tuple[receipt.Stat, str]] = {}
        self._unread: set[str] = set()
        if not paranoid:
            self._load()

    def sha(self, path: Path) -> str:
        """Return the sha256 of a file's content.

        Raises:
            OSError: it cannot be read.

        """
        return self._hash(path, "", lambda: fingerprint(path.read_bytes()))

    def syntax(self, path: Path) -> str:
        """Return the sha256 of the syntax of a Python file."""
        self.sha(path)
        return self._hash(path, _SYNTAX, lambda: python_code.syntax_hash(path))

    def save(
        self,
        looked: Looked,
        *,
        targets: int | None = None,
        notices: Iterable[str] = (),
        written: Mapping[str, str] = _NONE,
    ) -> None:
        """Write the receipt; with the number of `targets`, all of them unchanged, the next build need not plan.

        `looked` are the folders and missing files that decide which files there are, `notices` what is to be said
        again. Files have the hashes of when the build first asked for them: what was saved since is seen next time.
        `written` are the hashes of what the build itself has written, by POSIX name.
        """
        for name, sha in written.items():
            stat = receipt.stat_of(str(self._root / name))
            if stat is not None:
                self._found[name] = (stat, sha)
                # Not by its stat: somebody may have saved it right after it was written.
                self._unread.add(name)
        plain = {
            name: (_UNSEEN if name in self._unread else stat, sha)
            for name, (stat, sha) in self._found.items()
            if not name.startswith(f"{_SYNTAX}:")
        }
        folders = {self._name(folder): receipt.names_hash(names) for folder, names in looked.folders.items()}
        absent = [self._name(path) for path in looked.absent]
        lines = receipt.receipt_lines(self._begin, plain, folders, absent)
        lines += [
            f"{_SYNTAX} {' '.join(map(str, stat))} {sha} {name.partition(':')[2]}"
            for name, (stat, sha) in sorted(self._found.items())
            if name.startswith(f"{_SYNTAX}:")
        ]
        if targets is not None:
            lines += [f"targets {targets}", *map(receipt.note_line, notices)]
        with suppress(OSError):
            private_folder(self._root)
            receipt.write_lines(str(self._manifest), lines)

    def _hash(self, path: Path, kind: str, compute: Callable[[], str]) -> str:
        name = f"{kind}:{self._name(path)}" if kind else self._name(path)
        stat = receipt.stat_of(str(path))
        if name in self._found:
            return self._found[name][1]
        known = self._known.get(name)
        sha = known[1] if known is not None and stat == known[0] else compute()
        if stat is not None:
            self._found[name] = (stat, sha)
        return sha

    def _name(self, path: Path) -> str:
        try:
            return path.relative_to(self._root).as_posix()
        except ValueError:
            return relative(path, self._root.resolve())

    def _load(self) -> None:
        seen = 0
        for line in receipt.read_lines(str(self._manifest)):
            kind, _, rest = line.partition(" ")
            with suppress(ValueError):  # somebody else's text
                if kind == "seen":
                    seen = int(rest)
                elif kind in ("file", _SYNTAX):
                    *stats, sha, path = rest.split(" ", 5)
                    mtime, ctime, size, inode = map(int, stats)
                    stat = (mtime, ctime, size, inode)
                    if receipt.is_settled(stat, seen):
                        self._known[path if kind == "file" else f"{_SYNTAX}:{path}"] = (stat, sha)
