r"""Read LaTeX that an author wrote: which files it asks for and which commands it uses, without running TeX.

Comments, verbatim text, `\iffalse … \fi` and what stands behind `\end{document}` or `\endinput` say nothing. Any text
can be read, in time that grows with its length; what cannot be understood is passed over.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TOKEN = re.compile(r"%[^\n]*(?:\n[ \t]*)?|\\(?:[A-Za-z@]+|[^A-Za-z@]|\Z)", re.DOTALL)
_COMMAND = re.compile(r"\\(?:([A-Za-z@]+)|.|\Z)|[{}]", re.DOTALL)
_ENVIRONMENT = re.compile(r"[ \t]*\{([A-Za-z]+\*?)\}")
_VERBATIM = _words(
    "BVerbatim BVerbatim* LVerbatim LVerbatim* SaveVerbatim Verbatim Verbatim* comment filecontents filecontents* "
    "lstlisting minted tcblisting verbatim verbatim* verbatimtab"
)
_BETWEEN_MARKS = frozenset({"verb", "lstinline", "mintinline", "Verb"})
# In these a percent sign is a character; what is in the braces is skipped.
_ADDRESSES = frozenset({"url", "href", "path", "nolinkurl"})
_ADDRESS = re.compile(r"[ \t]*\{[^{}\n]*\}")
# Macros of packages that look like TeX's conditionals and have no \fi; \iff is a sign.
_NO_CONDITION = re.compile(
    r"if(?:f|thenelse|toggle|bool|boolexpr|blank|cs.*|def|undef|defempty|defvoid|defmacro|defparam|str.*|num.*|dim(?:comp"
    r"|equal|greater|less)|inlist|inlistcs|rmnum|patchable\*?|integer|docsv.*|entry.*|field.*|list.*|name.*)"
)
_NOTHING = "\0"  # stands for a character that says nothing, so that all others keep their places
_LONGEST = 500
_GROUP = re.compile(r"\{([^{}\\#\0]+)\}")
_PLAIN = re.compile(r"[^\s{}\\%\0]+")
_GAP = re.compile(r"[\s\0]*\*?[\s\0]*(?:<[^<>{}\\]{0,40}>)?[\s\0]*")
_BRACKET = re.compile(r"[]{]")
_NAMED = re.compile(r"\\csname[\s\0]*([A-Za-z@]+)[\s\0]*\\endcsname|\\(?:@nameuse|csuse)[\s\0]*\{([A-Za-z@]+)\}")
_DEFINERS = _words(
    "newcommand renewcommand providecommand DeclareRobustCommand NewDocumentCommand RenewDocumentCommand "
    "ProvideDocumentCommand DeclareDocumentCommand def gdef edef xdef let newif"
)

TEX = frozenset({"input", "@input", "@@input", "include", "subfile", "subfileinclude", "InputIfFileExists"})
MOVED = frozenset({"import", "subimport", "inputfrom", "subinputfrom", "includefrom", "subincludefrom"})
GRAPHICS = frozenset({"includegraphics", "includesvg", "includepdf", "includestandalone", "pgfimage", "overpic"})
OTHER = frozenset({"lstinputlisting", "verbatiminput", "VerbatimInput"})
_FILES = TEX | MOVED | GRAPHICS | OTHER


@dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    r"""A file that LaTeX asks for: the command, the name as it is written, the folder of `\import`, and where."""

    command: str
    name: str
    folder: str = ""
    line: int
    column: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """What one LaTeX file says.

    `words` are the commands it uses (not those that it defines) and where each is first; `groups` what stands alone in
    braces or between commas in them; `graphics` and `inputs` the folders where it looks for graphics and files.
    """

    uses: tuple[Use, ...]
    words: Mapping[str, tuple[int, int]]
    groups: frozenset[str]
    graphics: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    document_class: str | None = None


def read_source(text: str) -> Source:
    r"""Return what LaTeX asks for.

    >>> read_source(r"\input{tables/main} % \input{old}").uses
    (Use(command='input', name='tables/main', folder='', line=1, column=1),)
    """
    return _Reader(text.replace("\r\n", "\n").replace("\r", "\n").replace(_NOTHING, " ")).source()


def live(text: str) -> str:
    """Return LaTeX with what says nothing replaced by NUL, character for character."""
    kept: list[str] = []
    end = 0
    for start, stop in _dead(text):
        kept += [text[end:start], _NOTHING * (stop - start)]
        end = stop
    return "".join((*kept, text[end:]))


def _dead(text: str) -> Iterator[tuple[int, int]]:
    """Yield where what says nothing begins and ends, in order."""
    position, depth = 0, 0
    while found := _TOKEN.search(text, position):
        start, position = found.span()
        word = found[0][1:]
        if found[0][0] == "%":
            yield start, position
        elif word == "iffalse":
            position = _end_of_condition(text, position)
            yield start, position
        elif word in _BETWEEN_MARKS or word in _ADDRESSES or word == "begin":
            skipped = _skipped(text, word, position)
            if skipped is not None:
                yield skipped
                position = skipped[1]
        elif (word == "endinput" and depth == 0) or _is_end(text, word, position):
            yield start, len(text)
            return
        else:
            depth = max(0, depth + _step(word))


def _step(word: str) -> int:
    """Return by how much a command nests TeX's conditionals."""
    if word == "fi":
        return -1
    return int(word.startswith("if") and word.isalpha() and _NO_CONDITION.fullmatch(word) is None)


def _is_end(text: str, word: str, position: int) -> bool:
    if word != "end":
        return False
    found = _ENVIRONMENT.match(text, position, position + _LONGEST)
    return found is not None and found[1] == "document"


def _end_of_condition(text: str, position: int) -> int:
    r"""Return where what `\iffalse` leaves out ends: behind its `\else` or `\fi`."""
    depth = 1
    while found := _TOKEN.search(text, position):
        position = found.end()
        word = found[0][1:] if found[0][0] == "\\" else ""
        depth += _step(word)
        if depth == 0 or (depth == 1 and word == "else"):
            return position
    return len(text)


def _skipped(text: str, word: str, position: int) -> tuple[int, int] | None:
    """Return what a command makes verbatim, None where it is nothing of the kind."""
    if word in _ADDRESSES:
        found = _ADDRESS.match(text, position, position + 10 * _LONGEST)
        return None if found is None else found.span()
    if word in _BETWEEN_MARKS:
        return _between_marks(text, word, position)
    found = _ENVIRONMENT.match(text, position, position + _LONGEST)
    if found is None or found[1] not in _VERBATIM:
        return None
    end = text.find(f"\\end{{{found[1]}}}", found.end())
    return found.end(), len(text) if end < 0 else end


def _between_marks(text: str, word: str, position: int) -> tuple[int, int] | None:
    r"""Return what stands between the marks of `\verb|…|`, on one line."""
    if word == "mintinline":
        language = _ADDRESS.match(text, position, position + _LONGEST)
        position = position if language is None else language.end()
    position += text.startswith("*", position)
    mark = text[position : position + 1]
    if not mark or mark.isspace() or mark.isalnum() or mark == "[":
        return None
    end = text.find("}" if mark == "{" else mark, position + 1, position + 2 * _LONGEST)
    newline = text.find("\n", position, position + 2 * _LONGEST)
    return None if end < 0 or -1 < newline < end else (position, end + 1)


class _Reader:
    """One pass over the live text of a file."""

    def __init__(self, text: str) -> None:
        self._text = live(text)
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def source(self) -> Source:
        uses: list[Use] = []
        words: dict[str, tuple[int, int]] = {}
        found_folders: dict[str, tuple[str, ...]] = {}
        document_class, defining = None, -1
        for start, end, word in self._commands:
            if start != defining:
                self._count(words, word, start)
            if word in _DEFINERS:
                defining = self._defined(end)
            elif word in ("graphicspath", "input@path"):
                found_folders[word] = tuple(self._folders(end))
            elif word in ("documentclass", "documentstyle") and document_class is None:
                document_class = next(iter(self._arguments(end, 1)), None)
            else:
                uses += self._uses(word, start, end)
        for found in _NAMED.finditer(self._text):
            self._count(words, found[1] or found[2], found.start())
        groups = (part.strip() for found in _GROUP.finditer(self._text) for part in found[1].split(","))
        return Source(
            uses=tuple(uses),
            words=words,
            groups=frozenset(group for group in groups if 0 < len(group) <= _LONGEST),
            graphics=found_folders.get("graphicspath", ()),
            inputs=found_folders.get("input@path", ()),
            document_class=document_class,
        )

    @cached_property
    def _tokens(self) -> tuple[list[tuple[int, int, str]], dict[int, int]]:
        """Return every command, and where each opening brace is closed."""
        commands: list[tuple[int, int, str]] = []
        closed: dict[int, int] = {}
        opened: list[int] = []
        for found in _COMMAND.finditer(self._text):
            if found[1]:
                commands.append((found.start(), found.end(), found[1]))
            elif found[0] == "{":
                opened.append(found.start())
            elif found[0] == "}" and opened:
                closed[opened.pop()] = found.start()
        return commands, closed

    @property
    def _commands(self) -> list[tuple[int, int, str]]:
        return self._tokens[0]

    def _count(self, words: dict[str, tuple[int, int]], word: str, start: int) -> None:
        words.setdefault(word, self._place(start))
        # Outside of packages, @ is no letter: `\accuracy@5` is \accuracy.
        before, mark, _ = word.partition("@")
        if mark and before:
            words.setdefault(before, self._place(start))

    def _place(self, position: int) -> tuple[int, int]:
        line = bisect_right(self._starts, position)
        return line, position - self._starts[line - 1] + 1

    def _defined(self, position: int) -> int:
        """Return where the command stands that a definition at `position` defines, -1 where there is none."""
        found = _GAP.match(self._text, position, position + _LONGEST)
        position = position if found is None else found.end()
        return position + (self._text[position : position + 1] == "{")

    def _uses(self, word: str, start: int, end: int) -> Iterator[Use]:
        command, count = word, 2 if word in MOVED else 1
        if word == "begin":
            environment = _ENVIRONMENT.match(self._text, end, end + _LONGEST)
            if environment is None or environment[1] not in GRAPHICS:
                return
            command, end = environment[1], environment.end()
        if command not in _FILES:
            return
        names = self._arguments(end, count)
        if not names and count == 1 and command.endswith("input"):
            gap = _GAP.match(self._text, end, end + _LONGEST)
            plain = _PLAIN.match(self._text, gap.end() if gap else end, end + _LONGEST)
            names = [plain[0].strip('"')] if plain else []
        if len(names) == count and names[-1]:
            line, column = self._place(start)
            folder = names[0] if count > 1 else ""
            yield Use(command=command, name=names[-1], folder=folder, line=line, column=column)

    def _arguments(self, position: int, count: int) -> list[str]:
        """Return up to `count` arguments in braces behind `position`, options left out."""
        names: list[str] = []
        while len(names) < count:
            position = self._behind_options(position)
            end = self._tokens[1].get(position, -1)
            if not 0 <= end - position <= _LONGEST:
                break
            names.append(_cleaned(self._text[position + 1 : end]))
            position = end + 1
        return names

    def _behind_options(self, position: int) -> int:
        text, closed, limit = self._text, self._tokens[1], position + 2 * _LONGEST
        while found := _GAP.match(text, position, limit):
            position = found.end()
            if text[position : position + 1] != "[":
                break
            end = _BRACKET.search(text, position, limit)
            while end is not None and end[0] == "{":
                end = _BRACKET.search(text, closed.get(end.start(), limit), limit)
            if end is None:
                break
            position = end.end()
        return position

    def _folders(self, position: int) -> Iterator[str]:
        gap = _GAP.match(self._text, position, position + _LONGEST)
        start = position if gap is None else gap.end()
        end = self._tokens[1].get(start, start)
        inner = self._text[start + 1 : min(end, start + 2 * _LONGEST)]
        yield from (_cleaned(found[1]) for found in re.finditer(r"\{([^{}]*)\}", inner))


def _cleaned(name: str) -> str:
    r"""Return a file's name without quotes, line ends and `\detokenize`."""
    name = re.sub(r"\\(?:detokenize|string|unexpanded|expandafter)(?![A-Za-z])", "", name.replace(_NOTHING, ""))
    return re.sub(r"[\"{}]|\n\s*", "", name).strip()
