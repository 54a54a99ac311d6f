"""Search a bundle for what its authors would not publish: comments, paths, names, tokens, addresses, metadata."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from paperkit.camera_ready.accents import folded, in_unicode
from paperkit.camera_ready.lex import Kind, lex, name_of
from paperkit.camera_ready.lexicon import NOTES, Lexicon
from paperkit.camera_ready.metadata import metadata_texts
from paperkit.camera_ready.prepare import is_code, is_tex
from paperkit.camera_ready.private import bib_comments
from paperkit.errors import Place

# What no text has; the rest of Latin-1 may be one.
_BINARY = re.compile(rb"[\x00-\x06\x0e-\x19\x1c-\x1f]|\A%PDF-")
# An image may stand in it as bytes, behind lines that are text.
_ALWAYS_TEXT = frozenset((".eps", ".ps", ".bib", ".bbl", ".csv", ".txt"))
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SHOWN = 60

_PATHS = re.compile(
    r"(?<![\w.:/-])(?:/(?:home|Users|root|mnt|media|scratch|data|nfs|gpfs|lustre|work|srv|var/folders|tmp|private|export)"
    r"/[^\s{}\\%$#&,;:\"'()\[\]]+|[A-Za-z]:[\\/](?:Users|Documents|home|Daten|Dokumente)[\\/][^\s{}%$#&,;\"'()]+"
    r"|file:///?[^\s{}\\%,;\"']+|~/[^\s{}\\%,;\"'/]+/[^\s{}\\%,;\"']+)"
)
_TOKENS = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}|\bglpat-[A-Za-z0-9_-]{16,}"
    r"|\bolp_[A-Za-z0-9]{16,}|\bhf_[A-Za-z0-9]{20,}|\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{20,}|\bxox[abprs]-[A-Za-z0-9-]{10,}"
    r"|\bAIza[A-Za-z0-9_-]{35}\b|\bya29\.[A-Za-z0-9_-]{20,}|\bpypi-[A-Za-z0-9_-]{20,}|\bnpm_[A-Za-z0-9]{30,}"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}|-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"
    r"|(?i:\b(?:api[_-]?key|secret[_-]?key|access[_-]?token|auth[_-]?token|passw(?:or)?d)\b\s*[=:]\s*[\"']?[^\s\"'{}\\]{6,})"
    r"|https?://[^\s/:@{}]+:[^\s/@{}]+@"
)
_DOMAIN = r"@[\w-]+(?:\.[\w-]+)*\.(?!(?:sty|cls|tex|def|clo|fd|cfg|bbl|aux|bst|png|pdf)\b)[A-Za-z]{2,}\b"
_LOCAL = r"[\w.+-]{1,64}"
# {ada,charles}@example.org too, its braces perhaps escaped.
_MAIL = re.compile(rf"(?:(?<![\w.+\\-]){_LOCAL}|\\?\{{{_LOCAL}(?:\s*[,;|/]\s*{_LOCAL}){{0,30}}\\?\}}\s?){_DOMAIN}")
_NOBODYS = frozenset({"permissions@acm.org"})  # acmart prints it on every paper
_MARKS = re.compile(r"\b(?:TODO|FIXME|XXX)\b|\?\?\?")
_REPOSITORY = re.compile(
    r"(?:https?://)?(?:www\.)?(?:github\.com|gitlab\.\w[\w.]*|bitbucket\.org|huggingface\.co|codeberg\.org|sr\.ht|osf\.io|"
    r"zenodo\.org|[\w-]+\.github\.io|drive\.google\.com|dropbox\.com)/[^\s{}\\%,;\"')\]]+",
    re.IGNORECASE,
)
_ANONYMOUS = re.compile(r"anonymous\.4open\.science", re.IGNORECASE)
_THANKS = re.compile(
    r"\\(?:section|subsection|paragraph)\*?\{\s*(?:Acknowledge?ments?|Funding|Author Contributions)[^}]*\}"
    r"|\\begin\{(?:acks?|acknowledge?ments?|ack)\}|\\(?:acknowledge?ments?|ack|thanks|grantsponsor|grantnum)\b",
    re.IGNORECASE,
)
_ENVIRONMENT = re.compile(rb"\{([^{}]*)\}")
# Logins that say nothing about anybody.
_LOGINS = (
    "root user admin administrator ubuntu debian fedora home guest runner jovyan vscode docker author paper test "
    "www-data localhost"
)
_COMMON = frozenset(_LOGINS.split())
_LEAST_NAME = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Leak:
    """Something found: the rule, its place in the bundle, the text, shortened; `is_error` unless it may be meant."""

    rule: str
    place: Place
    text: str
    is_error: bool = True
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.rule}: {self.text}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """What is looked for beside fixed patterns.

    `people` are names on this machine (login, host, git's author) and, for a review, the paper's authors; `printed` is
    the text of the PDF, whose addresses are meant to be read; `foreign` are files by others, `unread` those that no
    fixed rules read, in which a comment may be text; `tex` are files that TeX reads, whatever they are called.
    """

    lexicon: Lexicon
    logins: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    printed: str = ""
    anonymous: bool = False
    foreign: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()
    tex: frozenset[str] = frozenset()


def find_leaks(files: Mapping[str, bytes], search: Search) -> tuple[Leak, ...]:
    """Return what is found in the files of a bundle, sorted by place."""
    found: list[Leak] = []
    for path, data in files.items():
        found += _names(path, search)
        if is_tex(path) or path in search.tex:
            found += _tex(path, data, search)
        if path.endswith(".bib"):
            found += _bib(path, data)
        text = _decoded(path, data)
        if text is not None:
            found += _lines(path, re.split(r"\r\n?|\n", text), search, line_numbers=True)
        found += _metadata(path, data, search)
    return tuple(
        sorted(dict.fromkeys(found), key=lambda leak: (leak.place.file, leak.place.line or 0, leak.rule, leak.text))
    )


def find_in_pdf(name: str, pdf: bytes, search: Search) -> tuple[Leak, ...]:
    """Return what the information of the finished PDF gives away; in a review also its text."""
    hint = r"\hypersetup{pdfauthor={}}, and \pdfsuppressptexinfo=-1 for the names of figures"
    found = [replace(leak, hint=hint) for leak in _metadata(name, pdf, search)]
    if search.anonymous:
        found += _lines(name, search.printed.splitlines(), search, line_numbers=False)
    return tuple(dict.fromkeys(found))


def _tex(path: str, data: bytes, search: Search) -> Iterator[Leak]:
    if path in search.foreign:
        return
    lines = _LineNumbers(data)
    for token in lex(data, search.lexicon, at_letter=is_code(path)):
        text = data[token.start : token.end]
        line = Place(file=path, line=lines.of(token.start))
        if token.kind is Kind.COMMENT and text.strip(b"% \t") and not (token.start == 0 and text[1:2] == b"&"):
            sure = path not in search.unread
            hint = "it could not be taken out: delete it by hand" if sure else "it may be text: look at it"
            yield Leak(rule="comment", place=line, text=_short(text), is_error=sure, hint=hint)
        elif token.kind is Kind.DEAD and text.strip():
            yield Leak(rule="never read", place=line, text=_short(text), hint="the branch is never taken: delete it")
        elif token.kind is Kind.HIDDEN and text.strip():
            yield Leak(rule="comment environment", place=line, text=_short(text), hint="delete it")
        elif token.kind is Kind.WORD and (name := name_of(data, token)) in NOTES and name != b"replaced":
            following = _ENVIRONMENT.search(data, token.end, token.end + 300)
            if (
                following is not None
                and following[1].strip()
                and data[token.end : following.start()].strip(b" []*\n") == b""
            ):
                hint = f"answer it, or take such notes out with --drop {name.decode()}"
                yield Leak(rule="note", place=line, text=_short(text + following[0]), hint=hint)


def _bib(path: str, data: bytes) -> Iterator[Leak]:
    lines = _LineNumbers(data)
    for start, end in bib_comments(data):
        place = Place(file=path, line=lines.of(start))
        hint = "it could not be taken out: delete it by hand"
        yield Leak(rule="comment", place=place, text=_short(data[start:end]), hint=hint)


def _decoded(path: str, data: bytes) -> str | None:
    """Return the text of a file, in UTF-8, UTF-16 or else Latin-1; None when it is none."""
    if data.startswith(_UTF16):
        return data.decode("utf-16", "replace")
    if _BINARY.search(data) and PurePosixPath(path).suffix.lower() not in _ALWAYS_TEXT and not is_tex(path):
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _lines(path: str, lines: Iterable[str], search: Search, *, line_numbers: bool) -> Iterator[Leak]:
    foreign = path in search.foreign
    printed = _squeezed(search.printed)
    for number, line in enumerate(lines, 1):
        place = Place(file=path, line=number if line_numbers else None)
        for match in _TOKENS.finditer(line):
            secret = f"{match[0][:8]}…"
            yield Leak(rule="token", place=place, text=secret, hint="revoke it: it has been in a file of the paper")
        if foreign:
            continue
        for match in _PATHS.finditer(line):
            yield Leak(rule="path", place=place, text=_short(match[0]), hint="write it relative to the paper")
        for match in _MAIL.finditer(line):
            is_printed = _squeezed(match[0]) in printed
            if (search.anonymous or not is_printed) and match[0] not in _NOBODYS:
                hint = "reviewers would see it: delete it" if is_printed else "it is not on the pages: delete it"
                yield Leak(rule="address", place=place, text=match[0], hint=hint)
        if _MARKS.search(line) and line_numbers:
            yield Leak(
                rule="mark", place=place, text=_short(line.strip()), is_error=False, hint="finish it or delete it"
            )
        yield from _logins(place, line, search)
        if search.anonymous:
            yield from _identities(place, line, search)


def _logins(place: Place, line: str, search: Search) -> Iterator[Leak]:
    for login in search.logins:
        if re.search(rf"(?<![\w-]){re.escape(login)}(?![\w-])", line):
            yield Leak(
                rule="user name", place=place, text=_short(line.strip()), hint=f"'{login}' is a name on this machine"
            )


def _identities(place: Place, line: str, search: Search) -> Iterator[Leak]:
    plain = folded(line)
    seen = [p for p in search.people if re.search(rf"(?<!\w){re.escape(folded(p))}(?!\w)", plain)]
    for person in seen:
        if not any(person != other and person in other.split() for other in seen):
            yield Leak(
                rule="author",
                place=place,
                text=_short(line.strip()),
                hint=f"'{person}' is an author: reviewers would see it",
            )
    if _THANKS.search(line) and not is_code(place.file):
        hint = "leave acknowledgements out until the paper is accepted"
        yield Leak(rule="acknowledgement", place=place, text=_short(line.strip()), hint=hint)
    for match in _REPOSITORY.finditer(line):
        if not _ANONYMOUS.search(match[0]):
            hint = "name an anonymous copy, such as one of anonymous.4open.science"
            yield Leak(rule="repository", place=place, text=_short(match[0]), hint=hint)


def _names(path: str, search: Search) -> Iterator[Leak]:
    plain = re.sub(r"[^a-z0-9]+", " ", folded(path))
    for person in (*search.logins, *(search.people if search.anonymous else ())):
        if re.search(rf"(?<!\w){re.escape(folded(person))}(?!\w)", plain):
            yield Leak(rule="file name", place=Place(file=path), text=path, hint=f"it names '{person}'")


def _metadata(path: str, data: bytes, search: Search) -> Iterator[Leak]:
    for text in metadata_texts(data):
        place = Place(file=path)
        if _PATHS.search(text):
            match = _PATHS.search(text)
            yield Leak(rule="metadata path", place=place, text=_short(match[0] if match else text), hint=_METADATA)
        printed = _squeezed(search.printed)
        for match in _MAIL.finditer(text):
            if not search.anonymous and _squeezed(match[0]) in printed:
                continue
            yield Leak(rule="metadata address", place=place, text=match[0], hint=_METADATA)
        if _TOKENS.search(text):
            yield Leak(rule="metadata token", place=place, text=f"{text.partition(':')[0]}: …", hint=_METADATA)
        for login in search.logins:
            if re.search(rf"(?<!\w){re.escape(login)}(?!\w)", text):
                yield Leak(rule="metadata name", place=place, text=_short(text), hint=_METADATA)
        if text.startswith(("Author: ", "%%For", "%%Author")) and len(text.partition(":")[2].strip()) > 0:
            yield Leak(
                rule="metadata author", place=place, text=_short(text), is_error=search.anonymous, hint=_METADATA
            )
        elif search.anonymous and any(folded(person) in folded(text) for person in search.people):
            yield Leak(rule="metadata author", place=place, text=_short(text), hint=_METADATA)


_METADATA = "save the image without its metadata"


def names_in(author: str) -> tuple[str, ...]:
    r"""Return the names of people in the argument of `\author`, with their family names.

    >>> names_in(r"Ada Lovelace\thanks{Royal Society} \and Charles Babbage\\ Cambridge")
    ('Ada Lovelace', 'Lovelace', 'Charles Babbage', 'Babbage')
    """
    written = in_unicode(author)
    text = re.sub(
        r"\\(?:thanks|footnote|footnotemark|email|inst|orcid\w*|affil\w*)\s*(?:\[[^\]]*\])?(?:\{[^{}]*\})?",
        " ",
        written,
    )
    found: dict[str, None] = {}
    for part in re.split(r"\\and\b|\\And\b|\\AND\b|\\quad\b|\\qquad\b|,|&|\n\s*\n|\band\b", text):
        first = re.split(r"\\\\|\\newline", part)[0]
        plain = re.sub(r"\\[A-Za-z@]+\*?|[{}~$^]|\d", " ", first.replace("~", " "))
        words = [word for word in plain.split() if word[:1].isalpha()]
        if 2 <= len(words) <= 5 and not any(word.casefold() in _NOBODY for word in words):  # noqa: PLR2004 - a name
            found[" ".join(words)] = None
            if len(words[-1]) >= _LEAST_NAME:
                found[words[-1]] = None
    return tuple(found)


_PLACEHOLDERS = "anonymous author authors university institute department school laboratory review submission"
_NOBODY = frozenset(_PLACEHOLDERS.split())


def worth_looking_for(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names on a machine that could identify somebody.

    >>> worth_looking_for(["root", "ada", "lovelace-laptop"])
    ('lovelace-laptop',)
    """
    return tuple(dict.fromkeys(name for name in names if len(name) >= _LEAST_NAME and name.casefold() not in _COMMON))


class _LineNumbers:
    def __init__(self, data: bytes) -> None:
        self._data, self._position, self._line = data, 0, 1

    def of(self, position: int) -> int:
        """Return the line of a position; positions must come in order."""
        self._line += len(re.findall(rb"\r\n?|\n", self._data[self._position : position]))
        self._position = position
        return self._line


def _squeezed(text: str) -> str:
    return "".join(text.replace("\\", "").split()).casefold()


def _short(text: str | bytes) -> str:
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    plain = " ".join("".join(c if c.isprintable() else " " for c in plain).split())
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"
