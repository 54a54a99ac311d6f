"""Apply every change to a paper's files that makes a bundle of them; each can be left out alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

from paperkit.camera_ready.definitions import Source, learn
from paperkit.camera_ready.flatten import INLINED, Flattening, Site, flattened, sites
from paperkit.camera_ready.lexicon import NOTES, Lexicon
from paperkit.camera_ready.metadata import cleaned
from paperkit.camera_ready.private import without_private
from paperkit.camera_ready.rename import renamed, safe_names
from paperkit.camera_ready.strip import EVERYTHING, effective, strip, upset_at
from paperkit.camera_ready.venue import Flatten
from paperkit.errors import Place, Problem
from paperkit.style.venue import load_venue, venue_names

TEX = frozenset(
    (
        *(".tex", ".ltx", ".tikz", ".pgf", ".sty", ".cls", ".def", ".cfg", ".clo", ".fd", ".bbx", ".cbx", ".lbx"),
        *(".pdf_tex", ".eps_tex", ".ps_tex", ".pdf_t", ".pstex_t"),
    )
)
_CODE = frozenset((".sty", ".cls", ".def", ".clo", ".fd", ".bbx", ".cbx", ".lbx"))
# They have rules of their own.
_BIBLIOGRAPHIES = frozenset((".bib", ".bbl"))
# Files of others: changed, they would no longer be what their licence, or the venue, says they are.
_LICENCE = re.compile(
    rb"LaTeX Project Public Licen[sc]e|\bLPPL\b|\blppl\b|GNU General Public|MIT Licen[sc]e|Apache Licen[sc]e|"
    rb"Creative Commons|[Cc]opyright\s+(?:\([cC]\)\s*)?(?:19|20)\d\d|\bCTAN\b"
)
# Notes of packages print nothing when these ask for it.
_QUIET = re.compile(
    rb"\\usepackage\s*\[[^\]]*\b(?:disable|obeyFinal|final)\b[^\]]*\]\s*"
    rb"\{[^}]*\b(?:todonotes|changes|fixme|pdfcomment|trackchanges)\b"
)


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Change:
    """One change that can be undone: a transform of a file, or the place or name of one."""

    file: str
    transform: str

    def __str__(self) -> str:
        return f"{self.file}: {WORDS[self.transform]}"


WORDS = {
    "tail": "text behind the end",
    "dead": "branches that are never taken",
    "hidden": "comment environments",
    "drop": "notes",
    "comments": "comments",
    "lines": "lines that are comments",
    "metadata": "metadata",
    "private": "private fields",
    "flatten": "put in the place of its \\input",
    "include": "\\include made \\input",
    "rename": "renamed",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Tree:
    """Files that compile: their names and bytes, and how each was called in the author's folder."""

    main: str
    files: Mapping[str, bytes]
    origins: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """The files of a paper and what is to be done to them.

    `assets` are files that paperkit made; `foreign` names files by others that are never changed.
    """

    main: str
    files: Mapping[str, bytes]
    flatten: Flatten = "none"
    assets: frozenset[str] = frozenset()
    foreign: frozenset[str] = frozenset()
    includes: bool = False
    transforms: tuple[str, ...] = EVERYTHING
    _stripped: dict[tuple[str, tuple[str, ...]], bytes] = field(default_factory=dict)

    @cached_property
    def tex_files(self) -> frozenset[str]:
        """Return the files that TeX reads by its ordinary rules."""
        return tex_files(self.files)

    @cached_property
    def lexicon(self) -> Lexicon:
        """Return what all files of the paper say about how to read them."""
        sources = (
            Source(data=data, at_letter=is_code(path)) for path, data in self.files.items() if path in self.tex_files
        )
        known = learn(sources)
        quiet = _QUIET.search(strip(self.files[self.main], Lexicon(), transforms=("comments",))) is not None
        notes = {name: what for name, what in NOTES.items() if quiet and name not in self._defined}
        return Lexicon(
            **{name: getattr(known, name) for name in Lexicon.__slots__} | {"dropped": {**notes, **known.dropped}}
        )

    @cached_property
    def _defined(self) -> frozenset[bytes]:
        text = b"\n".join(data for path, data in self.files.items() if path in self.tex_files)
        found = re.findall(rb"\\(?:(?:re|provide)?newcommand|def|DeclareRobustCommand)\*?\s*\{?\s*\\([A-Za-z@]+)", text)
        return frozenset(found)

    @cached_property
    def left_alone(self) -> Mapping[str, Problem]:
        """Return the TeX files that are not stripped, and why."""
        found: dict[str, Problem] = {}
        for path, data in self.files.items():
            if path not in self.tex_files:
                continue
            if path in self.foreign or (path != self.main and is_code(path) and _LICENCE.search(data)):
                message = "is the work of others and left as it is"
                found[path] = Problem(message=message, place=Place(file=path))
                continue
            upset = upset_at(data, self.lexicon, at_letter=is_code(path))
            if upset is not None:
                message = "changes what % or another special character means, and is left as it is"
                line = data.count(b"\n", 0, upset) + 1
                hint = "look through its comments, or move the change into a package"
                found[path] = Problem(message=message, place=Place(file=path, line=line), hint=hint)
        return found

    @cached_property
    def changes(self) -> frozenset[Change]:
        """Return every change that has an effect."""
        found: set[Change] = set()
        for path, data in self.files.items():
            if path in self.tex_files and path not in self.left_alone:
                names = effective(data, self.lexicon, self.transforms, at_letter=is_code(path))
                found |= {Change(file=path, transform=name) for name in names}
            if path not in self.tex_files and cleaned(path, data) != data:
                found.add(Change(file=path, transform="metadata"))
            if without_private(path, data) != data:
                found.add(Change(file=path, transform="private"))
        stripped = {path: self._strip(path, self.transforms) if path in self.tex_files else b"" for path in self.files}
        read = {
            site.path for path, data in stripped.items() if path in self.tex_files for site in self._sites(path, data)
        }
        found |= {Change(file=path, transform="flatten") for path in read if self._may_inline(path)}
        found |= {Change(file=path, transform="include") for path in self._included(stripped)}
        return frozenset(found | {Change(file=path, transform="rename") for path in safe_names(self.files)})

    def tree(self, changes: Iterable[Change]) -> Tree:
        """Return the files with `changes` made."""
        wanted = frozenset(changes)
        chosen: dict[str, set[str]] = {}
        for change in wanted:
            chosen.setdefault(change.transform, set()).add(change.file)
        files = {path: self._changed(path, data, wanted) for path, data in self.files.items()}
        what = Flattening(
            paths=frozenset(chosen.get("flatten", ())),
            includes=frozenset(chosen.get("include", ())) - chosen.get("flatten", set()),
        )
        if what.paths or what.includes:
            readers = [path for path in files if PurePosixPath(path).suffix in INLINED]
            files |= {path: flattened(path, files, self.lexicon, what) for path in readers}
        names = {old: new for old, new in safe_names(self.files).items() if old in chosen.get("rename", ())}
        new = renamed(files, self.tex_files, self.lexicon, names) if names else files
        origins = {names.get(path, path): path for path in files}
        return Tree(main=names.get(self.main, self.main), files=new, origins=origins)

    def _changed(self, path: str, data: bytes, wanted: frozenset[Change]) -> bytes:
        if Change(file=path, transform="metadata") in wanted:
            return cleaned(path, data)
        if Change(file=path, transform="private") in wanted:
            return without_private(path, data)
        transforms = tuple(name for name in self.transforms if Change(file=path, transform=name) in wanted)
        return self._strip(path, transforms) if transforms else data

    def _strip(self, path: str, transforms: tuple[str, ...]) -> bytes:
        if path in self.left_alone:
            return self.files[path]
        key = (path, transforms)
        if key not in self._stripped:
            at_letter = is_code(path)
            self._stripped[key] = strip(self.files[path], self.lexicon, transforms=transforms, at_letter=at_letter)
        return self._stripped[key]

    def _sites(self, path: str, data: bytes) -> Iterable[Site]:
        return sites(data, self.lexicon, self.files, of=path) if PurePosixPath(path).suffix in INLINED else ()

    def _may_inline(self, path: str) -> bool:
        if self.flatten == "none" or PurePosixPath(path).suffix not in INLINED or path == self.main:
            return False
        return self.flatten == "all" or path in self.assets

    def _included(self, stripped: Mapping[str, bytes]) -> frozenset[str]:
        r"""Return the files in folders that are read by `\include`, which would write beside them."""
        if not self.includes:
            return frozenset()
        found = (
            site
            for path, data in stripped.items()
            if path in self.tex_files
            for site in sites(data, self.lexicon, self.files)
        )
        return frozenset(site.path for site in found if site.command == b"include" and "/" in site.path)


def of_venues(paths: Iterable[str]) -> frozenset[str]:
    """Return the files that venues hand out: `icml2026.sty`, `acl_natbib.bst`, `sn-jnl.cls`.

    >>> sorted(of_venues(["style/icml2026.sty", "mine.sty", "acl.tex"]))
    ['style/icml2026.sty']
    """
    venues = map(load_venue, venue_names())
    known = {name for venue in venues for name in (*venue.packages, venue.document_class) if name}
    stems = {re.split(r"[\d_-]", name)[0].casefold() for name in known} - {"article"}
    handed_out = (path for path in paths if PurePosixPath(path).suffix in (".sty", ".cls", ".bst", ".clo"))
    return frozenset(
        path for path in handed_out if re.split(r"[\d_-]", PurePosixPath(path).stem)[0].casefold() in stems
    )


def is_tex(path: str) -> bool:
    """Tell whether a file is read by TeX's ordinary rules."""
    return PurePosixPath(path).suffix.lower() in TEX


def tex_files(files: Mapping[str, bytes]) -> frozenset[str]:
    r"""Return the files with a suffix of TeX's, and those that they `\input` whatever their suffix.

    >>> sorted(tex_files({"a.tex": b"\\input{b.inc}", "b.inc": b"\\input{c.x}", "c.x": b"", "d.x": b""}))
    ['a.tex', 'b.inc', 'c.x']
    """
    found: set[str] = set()
    new = {path for path in files if is_tex(path)}
    while new:
        found |= new
        read = {site.path for path in new for site in sites(files[path], Lexicon(), files, of=path)}
        new = {path for path in read - found if PurePosixPath(path).suffix.lower() not in _BIBLIOGRAPHIES}
    return frozenset(found)


def is_code(path: str) -> bool:
    """Tell whether `@` belongs to names in a file."""
    return PurePosixPath(path).suffix.lower() in _CODE
