"""What a LaTeX log says, with the source file that was open when it said so.

A log has no grammar: TeX writes `(file` when it opens a file and `)` when it closes one, breaks lines at 79 bytes, and
prints whatever the document has between them. Messages are taken out first, so that their parentheses do not count.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from paperkit.errors import Place

_WIDTH = 79
_MOST_LINES = 400_000
_MOST_MESSAGES = 2000
_OPEN = re.compile(r'\("?([^"()\[\]{}<>\n]*?\.[A-Za-z][A-Za-z0-9_]{0,9})"?(?=[\s()\[\]{}<>"]|$)')
_SIGN = re.compile(
    r"[()]|\[(\d+)(?=[\]\s{<.]|$)|<(?!use )([^<>\n]*?\.(?:pdf|png|jpe?g|jbig2|mps))(?: \(PNG copy\))?>", re.IGNORECASE
)
_BOX = re.compile(
    r"Overfull \\(?P<kind>[hv])box \((?P<amount>[\d.]+)pt too (?:wide|high)\)"
    r"(?: in (?P<what>paragraph|alignment) at lines (?P<first>\d+)--(?P<last>\d+)"
    r"| detected at line (?P<line>\d+)| has occurred while \\output is active)?"
)
_WARNING = re.compile(r"(?:LaTeX|Package|Class|pdfTeX|LaTeX3)[^:\n]{0,60}? [Ww]arning:? ?|pdfTeX warning")
_ERROR = re.compile(r"^! (?P<message>.+)$|^(?P<file>[^:\n]{1,300}\.\w{1,8}):(?P<line>\d+): (?P<what>.+)$")
_LINE = re.compile(r"on input line (\d+)")
_REFERENCE = re.compile(r"(Reference|Citation) [`'](.+?)'? (?:on page \S+ )?undefined")
_WRITTEN = re.compile(r"Output written on .*?\((\d+) pages?(?:, (\d+) bytes)?")
_MISSING = re.compile(r"Missing character: There is no (.+?) (?:\(.*?\) )?in font ([^!]+)!")
_SHAPE = re.compile(r"Font shape [`'](.+?)' undefined")
_USE = re.compile(r"^File: (.+?) Graphic file \(type \w+\)")
_FLOAT = re.compile(r"Float too large for page by ([\d.]+)pt")
_NOT_FOUND = re.compile(r"File [`'](.+?)' not found")


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """Something the log says: its kind, its words, the source it is about, the page that was being made.

    Kinds: `overfull`, `reference`, `citation`, `shape`, `character`, `error`, `rerun`, `not found`, `inclusion`, and
    `undescribed` for an image that acmart misses a description of. `amount` is by how much a box is too large, in TeX
    points; `page` counts from 1.
    """

    kind: str
    text: str
    place: Place | None = None
    page: int | None = None
    amount: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Log:
    """A read log: the messages, the files that were opened, the pictures of each page and in all.

    `pages` is how many pages were written and `size` how many bytes, None when the run did not say so.
    """

    messages: tuple[Message, ...]
    files: tuple[str, ...]
    pictures: tuple[tuple[int, str], ...]
    uses: tuple[str, ...]
    pages: int | None
    size: int | None

    def of(self, *kinds: str) -> tuple[Message, ...]:
        """Return the messages of some kinds."""
        return tuple(message for message in self.messages if message.kind in kinds)


def parse_log(text: str) -> Log:
    r"""Return what a log of pdfTeX, XeTeX or LuaTeX says.

    >>> box = "Overfull \\hbox (9.5pt too wide) in paragraph at lines 3--4\n []\n\n"
    >>> log = parse_log("(./a.tex (./b.tex\n" + box + "[1]))")
    >>> [(message.kind, str(message.place), message.amount) for message in log.messages]
    [('overfull', 'b.tex:3', 9.5)]
    """
    reader = _Reader()
    lines = _whole_lines(text)
    for line in lines:
        reader.take(line, lines)
    return reader.done()


def _whole_lines(text: str) -> Iterator[str]:
    """Yield the lines as TeX meant them: one that is exactly as long as its limit goes on in the next."""
    lines = text.replace("\r\n", "\n").split("\n")[:_MOST_LINES]
    breaks = _are_broken(lines)
    whole = ""
    for line in lines:
        whole += line
        if not (breaks and _is_full(line)) or len(whole) > 100 * _WIDTH:
            yield whole
            whole = ""
    if whole:
        yield whole


def _are_broken(lines: list[str]) -> bool:
    """Tell whether TeX broke long lines: then many are full, and none is longer but its banner and its statistics."""
    longer = sum(len(line) > _WIDTH + 1 and "stack positions out of" not in line for line in lines[1:])
    return longer == 0 or longer < sum(map(_is_full, lines))


def _is_full(line: str) -> bool:
    return len(line) == _WIDTH or len(line.encode(errors="replace")) == _WIDTH


@dataclass(kw_only=True, slots=True)
class _Reader:
    stack: list[str | None] = field(default_factory=list)
    page: int = 0
    messages: list[Message] = field(default_factory=list)
    files: dict[str, None] = field(default_factory=dict)
    pictures: list[tuple[int, str]] = field(default_factory=list)
    uses: list[str] = field(default_factory=list)
    written: int | None = None
    size: int | None = None
    is_xetex: bool = False

    def take(self, line: str, rest: Iterator[str]) -> None:
        """Take a line, and from `rest` what belongs to it."""
        self.is_xetex |= line.startswith("This is XeTeX")
        box, error = _BOX.search(line), _ERROR.match(line)
        if box is not None:
            self._scan(line[: box.start()])
            self._box(box)
            self._until_blank(rest)
        elif "nderfull \\" in line and "box (badness" in line:
            self._until_blank(rest)
        elif (warning := _WARNING.search(line)) is not None:
            self._scan(line[: warning.start()])
            self._warning(_paragraph(line[warning.start() :], rest))
        elif error is not None:
            self._error(error, rest)
        elif (missing := _MISSING.search(line)) is not None:
            self._add("character", f"{missing[1]} in the font {missing[2]}", None)
        elif (written := _WRITTEN.search(line)) is not None:
            self.written, self.size = int(written[1]), int(written[2]) if written[2] else None
        elif (use := _USE.search(line)) is not None:
            self.uses.append(_clean(use[1]))
        elif line.startswith("No file ") and line.endswith(".bbl."):
            self._add("not found", line[8:-1], None)
        elif not line.startswith(("Package ", "LaTeX ", "(pdftex.def)", "(luatex.def)", "File: ")):
            self._scan(line)

    def done(self) -> Log:
        """Return what was read."""
        return Log(
            messages=tuple(dict.fromkeys(self.messages)),
            files=tuple(self.files),
            pictures=tuple(self.pictures),
            uses=tuple(self.uses),
            pages=self.written,
            size=self.size,
        )

    def _scan(self, line: str) -> None:
        """Follow files and pages through a line that is no message."""
        position = 0
        while (sign := _SIGN.search(line, position)) is not None:
            position = sign.end()
            if sign[1]:
                self.page += 1
            elif sign[2]:
                # XeTeX says so where it reads a picture, the others where they write its page.
                if not self.is_xetex:
                    self.pictures.append((max(self.page, 1), _clean(sign[2])))
            elif sign[0] == ")":
                if self.stack:
                    self.stack.pop()
            else:
                opened = _OPEN.match(line, sign.start())
                name = _clean(opened[1]) if opened else None
                self.stack.append(name)
                if opened and name:
                    self.files[name] = None
                    position = opened.end()

    def _box(self, box: re.Match[str]) -> None:
        first = box["first"] or box["line"]
        place = None if first is None else self._place(int(first))
        kind = {"h": "wide", "v": "high"}[box["kind"]]
        where = {"paragraph": "a paragraph", "alignment": "a table"}.get(box["what"] or "", "a box")
        if first is None:
            where = "a page"
        self._add("overfull", f"{where} is too {kind}", place, amount=float(box["amount"]))

    def _warning(self, text: str) -> None:
        line = _LINE.search(text)
        place = self._place(int(line[1])) if line else None
        if (found := _REFERENCE.search(text)) is not None:
            self._add(found[1].lower(), found[2], place)
        elif (shape := _SHAPE.search(text)) is not None:
            self._add("shape", shape[1], place)
        elif (missing := _NOT_FOUND.search(text)) is not None:
            self._add("not found", missing[1], place)
        elif "Rerun" in text or "rerun" in text or "Label(s) may have changed" in text:
            self._add("rerun", text, None)
        elif (large := _FLOAT.search(text)) is not None:
            self._add("overfull", "a float is too high", place, amount=float(large[1]))
        elif "image without description" in text:
            self._add("undescribed", "an image has no \\Description", place)
        elif "PDF inclusion" in text or "page group" in text:
            self._add("inclusion", text.rsplit("PDF inclusion: ", maxsplit=1)[-1], place)

    def _error(self, error: re.Match[str], rest: Iterator[str]) -> None:
        place = None
        if error["file"]:
            place = Place(file=_clean(error["file"]), line=int(error["line"]))
        message = error["message"] or error["what"]
        for _, line in zip(range(12), rest, strict=False):
            found = re.match(r"l\.(\d+)", line)
            if found:
                place = place or self._place(int(found[1]))
                break
            if not line:
                break
        self._add("error", message, place)

    def _add(self, kind: str, text: str, place: Place | None, *, amount: float = 0.0) -> None:
        if len(self.messages) < _MOST_MESSAGES:
            self.messages.append(Message(kind=kind, text=text.strip(), place=place, page=self.page + 1, amount=amount))

    def _place(self, line: int) -> Place | None:
        # Behind a parenthesis that opens no file that is known, no place is better than a wrong one.
        name = self.stack[-1] if self.stack else None
        return None if name is None else Place(file=name, line=line)

    def _until_blank(self, rest: Iterator[str]) -> None:
        """Leave out the text of a box, which may hold any parenthesis; pages that follow it at once count."""
        for line in rest:
            if not line.strip() or line.strip() == "[]":
                break


def _paragraph(line: str, rest: Iterator[str]) -> str:
    """Return a warning with its further lines: those until a full stop or an empty line."""
    text = line
    while not text.rstrip().endswith((".", "!", "?")) and len(text) < 2000:  # noqa: PLR2004 - no warning is longer
        further = next(rest, "")
        if not further.strip():
            break
        text += " " + re.sub(r"^\([\w.-]+\)\s+", "", further).strip()
    return text


def _clean(name: str) -> str:
    return posixpath.normpath(name.strip().strip('"').replace("\\", "/"))
