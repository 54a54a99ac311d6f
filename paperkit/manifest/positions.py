"""Where every key and value of a TOML text stands: tomli gives values, this gives places.

The scanner walks text that tomli has accepted, so it need not judge it; it is only run when a place is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import tomli

from paperkit.errors import ManifestPath

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_SCALAR = re.compile(r"[^,\]}\r\n#]+")
_STRINGS = {
    '"""': re.compile(r'"""(?:\\.|[^\\])*?"""(?:"{1,2}(?!"))?', re.DOTALL),
    "'''": re.compile(r"'''.*?'''(?:'{1,2}(?!'))?", re.DOTALL),
    '"': re.compile(r'"(?:\\.|[^"\\\n])*"'),
    "'": re.compile(r"'[^'\n]*'"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Offsets, in characters, of a key and of its value (a table's value is its header)."""

    key: int
    value: int


def positions(text: str) -> Mapping[ManifestPath, Span]:
    r"""Return the spans of every table, key and array element of valid TOML `text`, by manifest path.

    >>> sorted(positions("[table.main]\nrows = 'a'").items())[1]
    (('table', 'main'), Span(key=7, value=7))
    """
    return _Scanner(text=text).scan()


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Return the 1-based line and column of a character offset."""
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1


@dataclass(kw_only=True)
class _Scanner:
    text: str
    offset: int = 0
    spans: dict[ManifestPath, Span] = field(default_factory=dict)
    counts: dict[ManifestPath, int] = field(default_factory=dict)

    def scan(self) -> Mapping[ManifestPath, Span]:
        table: ManifestPath = ()
        self._skip(_BLANK)
        while self.offset < len(self.text):
            if self.text.startswith("[", self.offset):
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)
        return self.spans

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.offset)
        self.offset = match.end() if match else self.offset

    def _header(self) -> ManifestPath:
        is_array = self.text.startswith("[[", self.offset)
        self.offset += 2 if is_array else 1
        keys = list(self._keys())
        self.offset += 2 if is_array else 1
        path: ManifestPath = ()
        for position, (key, start) in enumerate(keys):
            path = (*path, key)
            self.spans.setdefault(path, Span(key=start, value=start))
            if is_array and position == len(keys) - 1:
                self.counts[path] = self.counts.get(path, -1) + 1
            if path in self.counts:
                path = (*path, self.counts[path])
                self.spans.setdefault(path, Span(key=start, value=start))
        return path

    def _keys(self) -> Iterator[tuple[str, int]]:
        while True:
            self._skip(_SPACE)
            start = self.offset
            quote = self.text[start]
            match = (_STRINGS[quote] if quote in "\"'" else _BARE).match(self.text, start)
            if match is None:  # only for text that tomli would refuse
                return
            self.offset = match.end()
            yield (_unquote(match.group()) if quote in "\"'" else match.group()), start
            self._skip(_SPACE)
            if not self.text.startswith(".", self.offset):
                return
            self.offset += 1

    def _pair(self, table: ManifestPath) -> None:
        path, start = table, self.offset
        for key, start in self._keys():
            path = (*path, key)
            self.spans.setdefault(path, Span(key=start, value=start))
        self.offset += 1  # the equals sign
        self._skip(_SPACE)
        self.spans[path] = Span(key=start, value=self.offset)
        self._value(path)

    def _value(self, path: ManifestPath) -> None:
        opening = self.text[self.offset]
        if opening in "[{":
            self._collection(path, closing="]" if opening == "[" else "}")
            return
        triple = self.text[self.offset : self.offset + 3]
        quote = triple if triple in _STRINGS else opening
        self._skip(_STRINGS.get(quote, _SCALAR))

    def _collection(self, path: ManifestPath, *, closing: str) -> None:
        self.offset += 1
        index = 0
        self._skip(_BLANK)
        while not self.text.startswith(closing, self.offset):
            if closing == "]":
                element = (*path, index)
                self.spans[element] = Span(key=self.offset, value=self.offset)
                self._value(element)
                index += 1
            else:
                self._pair(path)
            self._skip(_BLANK)
            if self.text.startswith(",", self.offset):
                self.offset += 1
            self._skip(_BLANK)
        self.offset += 1


def _unquote(key: str) -> str:
    return next(iter(tomli.loads(f"{key} = 0")))
