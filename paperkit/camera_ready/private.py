r"""Take out of bibliographies what reference managers keep for themselves: paths of files, abstracts, annotations.

A `.bib` loses fields and what stands between its entries, a biblatex `.bbl` the lines in which biber repeats them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_FIELDS = (
    rb"file|abstract|annote|annotation|keywords|owner|timestamp|date-added|date-modified|bdsk-[\w-]+|mendeley-[\w-]+|"
    rb"groups|__markedentry|localfile|pdf|review|ranking|readstatus|read|priority|comment"
)
_FIELD = re.compile(rb"(?i)(?<=[,\s])(?:" + _FIELDS + rb")\s*=\s*")
_BBL_FILE = re.compile(rb"(?m)^[ \t]*\\verb\{file\}\r?\n(?:[ \t]*\\verb [^\r\n]*\r?\n)*[ \t]*\\endverb\r?\n")
_BBL_FIELD = re.compile(rb"(?m)^[ \t]*\\field\{(?:abstract|annotation|annote|file)\}\{[^{}\r\n]*\}\r?\n")
_ENTRY = re.compile(rb"@\s*([A-Za-z]+)\s*[{(]")
_COMMENT = re.compile(rb"(?i)@\s*comment\s*[{(]")
_PERCENT = re.compile(rb"%[ \t%]*\Z")
_DELIMITER = re.compile(rb'[{}()"]')


def without_private(path: str, data: bytes) -> bytes:
    """Return a bibliography without private fields and comments; any other file as it is.

    >>> without_private("a.bib", b"@misc{x, title={T}, file={/home/me/x.pdf}, year=1984}")
    b'@misc{x, title={T}, year=1984}'
    """
    if path.endswith(".bbl"):
        return _BBL_FIELD.sub(b"", _BBL_FILE.sub(b"", data))
    if not path.endswith(".bib"):
        return data
    # BibTeX reads an entry in a comment, biber does not: what holds one stays.
    idle = (span for span in bib_comments(data) if not _ENTRY.search(_COMMENT.sub(b"", data[slice(*span)])))
    loose = _without(data, idle)
    return _without(loose, _private_fields(loose))


def bib_comments(data: bytes) -> Iterator[tuple[int, int]]:
    r"""Yield the spans of text between the entries of a `.bib`, `@comment` among it, each with the blanks behind it.

    >>> list(bib_comments(b"% mine\\n@misc{x, title={T}}"))
    [(0, 7)]
    """
    start = position = 0
    while (entry := _ENTRY.search(data, position)) is not None:
        end = _entry_end(data, entry)
        if end is None:
            return
        position = end
        if entry[1].lower() != b"comment":
            yield from _filled(data, start, entry.start())
            start = end
    yield from _filled(data, start, len(data))


def _filled(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the span unless it is blank, or only a `%` before an entry, which hides that from biber."""
    percent = _PERCENT.search(data, start, end)
    last = end if percent is None or end == len(data) else percent.start()
    text = data[start:last]
    if text.strip():
        yield start + len(text) - len(text.lstrip()), last


def _entry_end(data: bytes, entry: re.Match[bytes]) -> int | None:
    """Return where an entry ends, behind its last brace; None when nothing closes it."""
    is_round, depth, quoted = data[entry.end() - 1 : entry.end()] == b"(", 0, False
    for match in _DELIMITER.finditer(data, entry.end()):
        char = match[0]
        if char == b"{":
            depth += 1
        elif char == b"}":
            depth -= 1
            if depth < 0 and not is_round:
                return match.end()
        elif char == b'"' and depth == 0:
            quoted = not quoted
        elif char == b")" and is_round and depth == 0 and not quoted:
            return match.end()
    return None


def _without(data: bytes, spans: Iterable[tuple[int, int]]) -> bytes:
    parts: list[bytes] = []
    done = 0
    for start, end in spans:
        parts.append(data[done:start])
        done = end
    return b"".join((*parts, data[done:]))


def _private_fields(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the spans of private fields, each with the comma and blanks behind it."""
    position = 0
    while (entry := _ENTRY.search(data, position)) is not None:
        position = entry.end()
        if entry[1].lower() in (b"string", b"preamble", b"comment"):
            continue
        while (end := _next_field(data, position)) is not None:
            start, position = end
            field = _FIELD.match(data, start)
            if field is not None and data[start - 1 : start] in (b",", b" ", b"\t", b"\n", b"\r"):
                yield start, position


def _next_field(data: bytes, position: int) -> tuple[int, int] | None:
    """Return the span of the next `name = value,` of an entry, blanks behind it included; None at the entry's end."""
    start, depth, quoted = position, 0, False
    for at in range(position, len(data)):
        char = data[at : at + 1]
        if char == b"{":
            depth += 1
        elif char == b"}":
            depth -= 1
            if depth < 0:
                return (start, at) if b"=" in data[start:at] else None
        elif char == b'"' and depth == 0:
            quoted = not quoted
        elif char == b"," and depth == 0 and not quoted:
            end = at + 1
            while data[end : end + 1].isspace():
                end += 1
            return start, end
    return None
