"""Give files the names that venues take, and every place that names them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from paperkit.camera_ready.lex import Kind, after_blank, lex, name_of, option_end
from paperkit.camera_ready.lexicon import Lexicon

_UNSAFE = re.compile(r"[^A-Za-z0-9_+\-.,=]")
_CONVERTED = "-eps-converted-to.pdf"
_GROUP = re.compile(rb"\{([^{}\\#%]*)\}")
_BARE = re.compile(rb"\s+([^\s{}\\#%]+)")

_STAR = re.compile(rb"\s*\*?\s*(?:<[^<>{}\\]{0,40}>)?")
_WORD = re.compile(rb"\\([A-Za-z@]+)")
_BRACES = re.compile(rb"\\[{}]|[{}]")
_DEFINED = re.compile(
    rb"\\(?:(?:re|provide)?newcommand|providecommand|renewcommand|def|gdef|edef|xdef|DeclareRobustCommand|"
    rb"(?:New|Renew|Provide|Declare)DocumentCommand)\*?\s*\{?\s*\\([A-Za-z@]+)\s*\}?"
)
_LONGEST = 5000
_NEAR = 1000
# \addplot table [x=a] {my data.csv};
_PLOTTED = re.compile(rb"\\addplot3?\b[^;]*\b(?:table|file|graphics)\s*(?:\[[^\]]*\])?\s*\Z")
_FILE_COMMANDS = frozenset(
    b"includegraphics includesvg includepdf includestandalone includemedia pgfimage pgfdeclareimage overpic Overpic "
    b"graphicspath svgpath input @input include includeonly subfile subfileinclude InputIfFileExists IfFileExists "
    b"import subimport inputfrom subinputfrom includefrom subincludefrom externaldocument "
    b"bibliography addbibresource addglobalbib bibliographystyle loadglsentries "
    b"lstinputlisting verbatiminput VerbatimInput inputminted tcbinputlisting tcbincludegraphics "
    b"documentclass LoadClass usepackage RequirePackage usetheme usetikzlibrary "
    b"pgfplotstableread pgfplotstabletypeset csvreader csvloop csvautotabular csvautolongtable DTLloaddb DTLloadrawdb "
    b"setmainfont setsansfont setmonofont setmathfont fontspec newfontfamily newfontface "
    b"filecontents filecontents* attachfile embedfile".split()
)
# What they define may be the name of a file.
_DEFINERS = frozenset(b"def gdef edef xdef newcommand renewcommand providecommand newfontfamily newfontface".split())


def is_safe(path: str) -> bool:
    """Tell whether a path has only the characters that arXiv takes, and no hidden part.

    >>> is_safe("figures/a_b-1.pdf"), is_safe("my figure.pdf"), is_safe(".cache/x.tex")
    (True, False, False)
    """
    return not _UNSAFE.search(path.replace("/", "")) and not any(p.startswith(".") for p in path.split("/"))


def safe_names(paths: Iterable[str]) -> dict[str, str]:
    """Return new names for the paths that need one; no two files get the same, not even in another case.

    >>> safe_names(["my plot.pdf", "my_plot.pdf", "a-eps-converted-to.pdf"])
    {'a-eps-converted-to.pdf': 'a.pdf', 'my plot.pdf': 'my_plot-2.pdf'}
    """
    known = sorted(paths)
    taken = {path.casefold() for path in known if is_safe(path) and not path.endswith(_CONVERTED)}
    found: dict[str, str] = {}
    for path in known:
        if is_safe(path) and not path.endswith(_CONVERTED):
            continue
        parts = [_UNSAFE.sub("_", part.lstrip(".") or "dot") for part in path.split("/")]
        wanted = "/".join(parts)
        if wanted.endswith(_CONVERTED):
            wanted = wanted.removesuffix(_CONVERTED) + ".pdf"
        stem, suffix, number = PurePosixPath(wanted).with_suffix("").as_posix(), PurePosixPath(wanted).suffix, 2
        while wanted.casefold() in taken:
            wanted, number = f"{stem}-{number}{suffix}", number + 1
        taken.add(wanted.casefold())
        found[path] = wanted
    return found


def renamed(
    files: Mapping[str, bytes], tex: Iterable[str], lexicon: Lexicon, names: Mapping[str, str]
) -> dict[str, bytes]:
    """Return the files under their new names, each mention in the TeX files `tex` changed with them."""
    wanted = dict(_mentions(names))
    texts = set(tex)
    readers = _readers(files[path] for path in sorted(texts))
    return {
        names.get(path, path): _rewritten(data, lexicon, wanted, readers) if path in texts and wanted else data
        for path, data in files.items()
    }


def _mentions(names: Mapping[str, str]) -> Iterator[tuple[bytes, bytes]]:
    """Yield how TeX files may name a file, and what stands for it: whole, without suffix, from a folder on, folders."""
    for old, new in names.items():
        olds, news = old.split("/"), new.split("/")
        for start in range(len(olds)):
            before, after = "/".join(olds[start:]), "/".join(news[start:])
            if before == after:
                continue
            yield before.encode(), after.encode()
            yield _stem(before).encode(), _stem(after).encode()
        if old.endswith(_CONVERTED):
            plain = old.removesuffix(_CONVERTED)
            yield f"{plain}.eps".encode(), new.encode()
            yield plain.encode(), _stem(new).encode()
        for end in range(1, len(olds)):
            before, after = "/".join(olds[:end]), "/".join(news[:end])
            if before != after:
                yield f"{before}/".encode(), f"{after}/".encode()
                yield before.encode(), after.encode()


def _stem(path: str) -> str:
    return path.removesuffix(PurePosixPath(path).suffix) if PurePosixPath(path).suffix else path


def _rewritten(data: bytes, lexicon: Lexicon, wanted: Mapping[bytes, bytes], readers: frozenset[bytes]) -> bytes:
    parts: list[bytes] = []
    done = 0
    for start in _named_at(data, lexicon, readers):
        match = _GROUP.match(data, start) or _BARE.match(data, start)
        new = None if match is None or match.start(1) < done else _renamed_list(match[1], wanted)
        if match is not None and new is not None:
            parts += (data[done : match.start(1)], new)
            done = match.end(1)
    return b"".join((*parts, data[done:]))


def _named_at(data: bytes, lexicon: Lexicon, readers: frozenset[bytes]) -> Iterator[int]:
    r"""Yield where a file may be named: the groups of what reads files or defines names, and a bare `\input`."""
    owners: dict[int, bytes] = {}
    open_groups: list[tuple[int, bytes]] = []
    before = b""
    for token in lex(data, lexicon):
        if token.kind is Kind.WORD:
            name = name_of(data, token)
            # `\def\plot{my plot}`: the group belongs to the definition.
            owners[_argument(data, token.end)] = before if before in _DEFINERS else name
            before = name
            if name == b"input":
                yield token.end
        elif token.kind is Kind.OPEN:
            outer = open_groups[-1][1] if open_groups else b""
            owner = owners.get(token.start, outer)
            open_groups.append((token.start, owner))
            if owner in readers or _PLOTTED.search(data, max(0, token.start - _NEAR), token.start):
                yield token.start
        elif token.kind is Kind.CLOSE and open_groups:
            start, owner = open_groups.pop()
            inner = data[start + 1 : token.start].strip()
            owners[_argument(data, token.end)] = inner if owner == b"begin" else owner
            before = b""


def _argument(data: bytes, position: int) -> int:
    """Return where the next argument in braces begins, behind a star, an overlay and options."""
    star = _STAR.match(data, position)
    at = after_blank(data, position if star is None else star.end())
    while (end := option_end(data, at)) is not None:
        at = after_blank(data, end)
    return at


def _readers(texts: Iterable[bytes]) -> frozenset[bytes]:
    """Return the commands that name files: known ones, and the paper's own that use one of them."""
    bodies = [
        (match[1], set(_WORD.findall(_definition(text, match.end()))))
        for text in texts
        for match in _DEFINED.finditer(text)
    ]
    found = set(_FILE_COMMANDS | _DEFINERS)
    while new := {name for name, words in bodies if words & (found - _DEFINERS)} - found:
        found |= new
    return frozenset(found)


def _definition(data: bytes, position: int) -> bytes:
    """Return a definition from behind its name to the end of its last group."""
    depth, last = 0, position
    for match in _BRACES.finditer(data, position, position + _LONGEST):
        if depth == 0 and last > position and data[last : match.start()].strip():
            break
        depth += {b"{": 1, b"}": -1}.get(match[0], 0)
        if depth < 0:
            break
        if depth == 0 and match[0] == b"}":
            last = match.end()
    return data[position:last]


def _renamed_list(text: bytes, wanted: Mapping[bytes, bytes]) -> bytes | None:
    names = text.split(b",")
    found = [_renamed_one(name, wanted) for name in names]
    whole = _renamed_one(text, wanted)
    if whole is not None:
        return whole
    return b",".join(new or old for old, new in zip(names, found, strict=True)) if any(found) else None


def _renamed_one(name: bytes, wanted: Mapping[bytes, bytes]) -> bytes | None:
    plain = name.strip().strip(b'"')
    lead = b"./" if plain.startswith(b"./") else b""
    new = wanted.get(plain.removeprefix(b"./"))
    return None if new is None else lead + new
