r"""Put files in the place of the `\input` that reads them, so that TeX sees the same tokens.

TeX reads the end of a file as the end of its last line, and goes on behind `\input{…}` in the middle of a line, where
a space counts. `\space` stands for that one: at the beginning of a line TeX would skip it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import NamedTuple

from paperkit.camera_ready.lex import Kind, after_blank, lex, line_start, name_of
from paperkit.camera_ready.lexicon import Lexicon

INLINED = frozenset((".tex", ".tikz", ".pgf", ".ltx"))
_READERS = frozenset(b"input include subfile".split())
_NAME = re.compile(rb'\{\s*"?([^{}\\#%"]+?)"?\s*\}')
_BARE = re.compile(rb'\s+([^\s{}\\#%"]+)[ ]?')
_REST = re.compile(rb"([ \t]*)(%?)[^\r\n]*(?:\r\n?|\n)?")
_STOP = re.compile(rb"(?m)^[ \t]*\\endinput[ \t]*(?:%.*)?$")
# What a file of macros begins with, so that a second \input of it is skipped.
_GUARD = re.compile(rb"(?m)^\\ifdefined\\[A-Za-z@]+\\expandafter\\endinput\\fi[ \t]*(?:%[^\r\n]*)?\r?\n")
# The wrapper of a figure finds its file from any folder: \def\pkname{roc.pgf} … \input{\pkfile}.
_WRAPPED = re.compile(rb"\{\\pkfile\}")
_WRAPPED_NAME = re.compile(rb"\\def\\pkname\{([^{}\\]+)\}")
_ONLY = re.compile(rb"\\includeonly\s*\{([^{}]*)\}")
_DOCUMENT = re.compile(rb"\{document\}")


class Site(NamedTuple):
    r"""One `\input{…}`: its command, its span, and the file it reads."""

    command: bytes
    start: int
    end: int
    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Flattening:
    r"""What may be inlined, and for which files `\include` becomes `\input`."""

    paths: frozenset[str]
    includes: frozenset[str] = frozenset()


def sites(
    data: bytes, lexicon: Lexicon, paths: Mapping[str, bytes] | frozenset[str], *, of: str = ""
) -> Iterator[Site]:
    r"""Yield every `\input`, `\include` and `\subfile` in `data`, the file `of`, that reads one of `paths`."""
    for token in lex(data, lexicon):
        if token.kind is not Kind.WORD or name_of(data, token) not in _READERS:
            continue
        name = name_of(data, token)
        match = _NAME.match(data, after_blank(data, token.end))
        if match is None and name == b"input":
            match = _BARE.match(data, token.end)
        if match is None:
            match, named = _WRAPPED.match(data, token.end), _WRAPPED_NAME.search(data)
            if match is not None and named is not None:
                wrapped = str(PurePosixPath(of).parent / named[1].decode("utf-8", "replace"))
                yield from (Site(name, token.start, match.end(), wrapped),) if wrapped in paths else ()
            continue
        path = _resolve(match[1], paths, include=name == b"include")
        if path is not None:
            yield Site(name, token.start, match.end(), path)


def _resolve(name: bytes, paths: Mapping[str, bytes] | frozenset[str], *, include: bool) -> str | None:
    try:
        plain = str(PurePosixPath(name.decode()))
    except UnicodeDecodeError:
        return None
    tries = (f"{plain}.tex",) if include else (f"{plain}.tex", plain)
    return next((path for path in tries if path in paths), None)


def flattened(
    path: str, files: Mapping[str, bytes], lexicon: Lexicon, what: Flattening, *, above: tuple[str, ...] = ()
) -> bytes:
    """Return the file `path` with the files of `what` in the place of what reads them."""
    data = files[path]
    parts: list[bytes] = []
    done = 0
    body = _body_start(data, lexicon)
    only = _ONLY.search(data)
    for site in sites(data, lexicon, frozenset(files), of=path):
        inline = site.path in what.paths and site.path not in above and site.path != path
        if site.start < done or (site.command == b"include" and not _is_chosen(site.path, only)):
            continue
        if inline:
            content = _content(flattened(site.path, files, lexicon, what, above=(*above, path)), site, lexicon)
            if content is None:
                continue
            before = data[done : site.start]
            head = data[line_start(data, site.start) : site.start]
            parts += (before, b"%\n" if head.strip() else b"", content)
            text, done = _behind(data, site, in_preamble=site.start < body)
            parts.append(text)
        elif site.command == b"include" and site.path in what.includes:
            name = data[site.start : site.end].replace(b"\\include", b"\\input", 1)
            parts += (data[done : site.start], b"\\clearpage", name, b"\\clearpage")
            done = site.end
            # A control word eats the space that follows; in vertical mode it counts for nothing anyway.
            parts.append(b"" if data[done : done + 1] in (b"\n", b"\r", b" ", b"%", b"") else b" ")
    return b"".join((*parts, data[done:]))


def _is_chosen(path: str, only: re.Match[bytes] | None) -> bool:
    r"""Tell whether `\includeonly`, if there is one, lets a file in."""
    return only is None or path.removesuffix(".tex").encode() in [name.strip() for name in only[1].split(b",")]


def _body_start(data: bytes, lexicon: Lexicon) -> int:
    for token in lex(data, lexicon):
        if token.kind is Kind.WORD and name_of(data, token) == b"begin" and _DOCUMENT.match(data, token.end):
            return token.start
    return 0


def _content(data: bytes, site: Site, lexicon: Lexicon) -> bytes | None:
    data = _GUARD.sub(b"", data, count=1)
    stop = _STOP.search(data)
    if stop is not None:
        data = data[: stop.start()]
    if b"\\endinput" in data:
        return None
    if site.command == b"subfile":
        body = _document_body(data, lexicon)
        return None if body is None else _ended(body)
    if not data.strip():
        data = b"\\par\n" if not data.strip(b" \t") else data
    if site.command == b"include":
        return b"\\clearpage\n" + _ended(data) + b"\\clearpage\n"
    return _ended(data)


def _document_body(data: bytes, lexicon: Lexicon) -> bytes | None:
    begin, end = None, None
    for token in lex(data, lexicon):
        match = _DOCUMENT.match(data, token.end) if token.kind is Kind.WORD else None
        if match is not None and name_of(data, token) == b"begin":
            begin = match.end()
        elif match is not None and name_of(data, token) == b"end":
            end = token.start
    return None if begin is None or end is None else data[begin:end]


def _ended(data: bytes) -> bytes:
    return data if data.endswith((b"\n", b"\r")) else data + b"\n"


def _behind(data: bytes, site: Site, *, in_preamble: bool) -> tuple[bytes, int]:
    """Return what stands for the rest of the line behind a site, and where to go on."""
    rest = _REST.match(data, site.end)
    blank, percent = (b"", b"") if rest is None else (rest[1], rest[2])
    end = site.end if rest is None else rest.end()
    whole = percent or not data[site.end : end].strip()
    if site.command == b"include" or in_preamble:
        return b"", end if whole else site.end
    if percent:
        return (b"\\space\n" if blank else b""), end
    if whole:
        return b"\\space\n", end
    return (b"\\space" if blank else b""), site.end
