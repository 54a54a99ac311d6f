"""The documents of a paper: its main files, what they reach, and which file each use means."""

from __future__ import annotations

import os
import posixpath
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from paperkit.errors import Place
from paperkit.files import is_inside, relative
from paperkit.tex.document import GRAPHICS, Source, Use, read_source

_GRAPHICS = (".pdf", ".png", ".jpg", ".mps", ".jpeg", ".PDF", ".PNG", ".JPG", ".JPEG", ".eps", ".ps", ".svg")
_LARGEST = 20_000_000
_MOST_FILES = 10_000
# Environments and caches may lie in a project, and hold the LaTeX of others.
_OTHERS = frozenset({"node_modules", "__pycache__", "site-packages", "dist-packages"})
_OPEN = re.compile(r"#+\d|\\[A-Za-z@]+\s*|\\.")
_MOST_GUESSES = 2_000
_MOST_PIECES = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """One use in a file of a document: where, and the files it may mean, the first choice first.

    `is_open` tells that a macro or a parameter is part of the name; `candidates` then hold what may stand there.
    """

    use: Use
    place: Place
    candidates: tuple[str, ...]
    is_open: bool = False


@dataclass(frozen=True, kw_only=True)
class Document:
    """A main file, the author's files that it reaches, and all that they use; paths are relative to the project."""

    main: str
    sources: dict[str, Source]
    seen: tuple[Seen, ...]

    @property
    def document_class(self) -> str | None:
        """Return the class of the main file."""
        return self.sources[self.main].document_class

    @cached_property
    def words(self) -> dict[str, Place]:
        """Return every command that the document uses, and where it does first."""
        found: dict[str, Place] = {}
        for file, source in self.sources.items():
            for word, (line, column) in source.words.items():
                found.setdefault(word, Place(file=file, line=line, column=column))
        return found


def documents(root: Path, is_ours: Callable[[bytes], bool], known: Collection[str] = ()) -> tuple[Document, ...]:
    r"""Return the documents below `root`: each file with a `\documentclass` that no other one reaches.

    Files whose content `is_ours` are no part of them. `known` are files that may not be there yet, which names with
    macros in them may mean too. Without a main file, every LaTeX file is a document.
    """
    files = _Files(root, is_ours)
    mains = [name for name in files.names if (source := files.read(name)) is not None and source.document_class]
    found = [_document(name, files, known) for name in mains or files.names]
    reached = {name for document in found for name in document.sources if name != document.main}
    return tuple(document for document in found if document.main not in reached)


class _Files:
    """The LaTeX files that an author wrote, each read once."""

    def __init__(self, root: Path, is_ours: Callable[[bytes], bool]) -> None:
        self.root = root
        self._is_ours = is_ours
        self._read: dict[str, Source | None] = {}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return every `.tex` file below the root that is the author's."""
        found = sorted(_tex_files(self.root))[:_MOST_FILES]
        return tuple(name for name in found if self.read(name) is not None)

    def read(self, name: str) -> Source | None:
        """Return what a file says, None if it is not there, not in the project, or not the author's."""
        if name not in self._read:
            self._read[name] = self._source(self.root / name)
        return self._read[name]

    def exists(self, name: str) -> bool:
        """Tell whether there is such a file."""
        return os.path.isfile(self.root / name)  # noqa: PTH113 - it takes any name, however strange

    def _source(self, path: Path) -> Source | None:
        try:
            if not is_inside(path, self.root) or not path.is_file() or path.stat().st_size > _LARGEST:
                return None
            content = path.read_bytes()
        except (OSError, ValueError):
            return None
        return None if self._is_ours(content) else read_source(content.decode("utf-8-sig", errors="replace"))


def _tex_files(root: Path) -> Iterator[str]:
    for folder, folders, names in os.walk(root):
        at_environment = "pyvenv.cfg" in names
        folders[:] = [] if at_environment else [f for f in folders if f not in _OTHERS and not f.startswith(".")]
        for name in () if at_environment else names:
            if name.endswith((".tex", ".ltx")) and not name.startswith("."):
                yield relative(Path(folder, name), root)


class _Walk:
    """The way from a main file to all that it reaches."""

    def __init__(self, main: str, files: _Files) -> None:
        self.start = posixpath.dirname(main)
        self.sources: dict[str, Source] = {}
        self.found: list[tuple[str, Use, tuple[str, ...]]] = []
        self._files = files
        self._done: set[tuple[str, tuple[str, ...]]] = set()
        self._follow(main, (self.start,))
        # What a name with macros in it means is known when all that was reached so far was read.
        count = 0
        while count < len(self.sources):
            count = len(self.sources)
            for _, use, folders in tuple(self.found):
                if _is_open(use) and use.command not in GRAPHICS:
                    for guess in _guesses(use, folders, self.inputs, (self.groups, files.names)):
                        self._follow(guess, folders)

    @property
    def inputs(self) -> tuple[str, ...]:
        return tuple(folder for source in self.sources.values() for folder in source.inputs)

    @property
    def graphics(self) -> tuple[str, ...]:
        return tuple(folder for source in self.sources.values() for folder in source.graphics)

    @property
    def groups(self) -> frozenset[str]:
        return frozenset(group for source in self.sources.values() for group in source.groups)

    def _follow(self, name: str, bases: tuple[str, ...]) -> None:
        waiting = [(name, bases)]
        while waiting and len(self._done) < _MOST_FILES:
            name, bases = waiting.pop(0)
            source = None if (name, bases) in self._done else self._files.read(name)
            self._done.add((name, bases))
            if source is None:
                continue
            self.sources[name] = source
            for use in source.uses:
                folders = _bases(use, bases, name, self.start)
                self.found.append((name, use, folders))
                for candidate in () if use.command in GRAPHICS else _candidates(use, folders, source.inputs):
                    if self._files.exists(candidate):
                        waiting.append((candidate, _inner_bases(use, folders, candidate, bases)))
                        break


def _document(main: str, files: _Files, known: Collection[str]) -> Document:
    walk = _Walk(main, files)
    folders, choice = (walk.graphics, walk.inputs), (walk.groups, known)
    seen = tuple(_seen(name, use, bases, folders, choice) for name, use, bases in dict.fromkeys(walk.found))
    return Document(main=main, sources=walk.sources, seen=seen)


def _is_open(use: Use) -> bool:
    return _OPEN.search(use.folder + use.name) is not None


def _bases(use: Use, bases: tuple[str, ...], name: str, start: str) -> tuple[str, ...]:
    """Return the folders that a name is relative to: the main file's, or what `import` and `subfile` make of it."""
    if not use.folder:
        return bases
    own = bases[0] if use.command.startswith("sub") else start
    return tuple(dict.fromkeys((_joined(own, use.folder), *bases, posixpath.dirname(name))))


def _inner_bases(use: Use, folders: tuple[str, ...], candidate: str, bases: tuple[str, ...]) -> tuple[str, ...]:
    if use.folder:
        return folders
    if use.command.startswith("subfile"):
        return tuple(dict.fromkeys((*bases, posixpath.dirname(candidate))))
    return bases


def _seen(
    name: str,
    use: Use,
    folders: tuple[str, ...],
    paths: tuple[tuple[str, ...], tuple[str, ...]],
    choice: tuple[frozenset[str], Collection[str]],
) -> Seen:
    place = Place(file=name, line=use.line, column=use.column)
    more = paths[0] if use.command in GRAPHICS else paths[1]
    if not _is_open(use):
        return Seen(use=use, place=place, candidates=tuple(_candidates(use, folders, more)))
    guesses = tuple(_guesses(use, folders, more, choice))
    return Seen(use=use, place=place, candidates=guesses, is_open=True)


def _candidates(use: Use, folders: Iterable[str], more: Iterable[str]) -> Iterator[str]:
    """Yield the files that a name may mean, in TeX's order."""
    bases = tuple(folders)
    every = (*bases, *(_joined(base, folder) for folder in more for base in bases))
    name = unicodedata.normalize("NFC", use.name)
    for base in dict.fromkeys(every):
        path = _joined(base, name)
        yield from (path + end for end in _ends(use, path))


def _ends(use: Use, path: str) -> tuple[str, ...]:
    if use.command == "include":
        return (".tex",)
    if use.command not in GRAPHICS:
        return ("", ".tex") if path.endswith(".tex") else (".tex", "")
    if use.command == "includestandalone":
        return (".tex", ".pdf")
    return ("",) if posixpath.splitext(path)[1] in _GRAPHICS else (*_GRAPHICS, "")


def _guesses(
    use: Use, folders: tuple[str, ...], more: tuple[str, ...], choice: tuple[frozenset[str], Collection[str]]
) -> Iterator[str]:
    """Yield the known files that a name with macros in it may mean: what they stand for is in braces somewhere."""
    groups, known = choice
    pieces = _OPEN.split(unicodedata.normalize("NFC", posixpath.join(use.folder, use.name)))
    if len(pieces) > _MOST_PIECES:
        pieces = [pieces[0], pieces[-1]]
    pattern = re.compile("(.*?)".join(re.escape(piece) for piece in pieces), re.DOTALL)
    bases = tuple(dict.fromkeys((*folders, *(_joined(base, folder) for folder in more for base in folders))))
    for output in list(known)[:_MOST_GUESSES]:
        for base in bases:
            inside = posixpath.relpath(output, base or ".")
            stems = (inside, posixpath.splitext(inside)[0])
            if any(_fits(pattern, stem, groups) for stem in stems):
                yield output
                break


def _fits(pattern: re.Pattern[str], name: str, groups: frozenset[str]) -> bool:
    found = pattern.fullmatch(name)
    if found is None:
        return False
    spoken = (part.strip("/") for part in found.groups())
    return all(
        not part or bool({part, f"{part}/", f"./{part}", posixpath.splitext(part)[0]} & groups) for part in spoken
    )


def _joined(base: str, name: str) -> str:
    path = posixpath.normpath(posixpath.join(base, name))
    return "" if path == "." else path


__all__ = ["Document", "Seen", "documents"]
