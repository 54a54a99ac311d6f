r"""Readback: a written table as a grid of what it prints, also after people edited its LaTeX.

What is read is the `tabular` or `longtable` that paperkit writes, and what people make of one: heads end at the first
rule, the stub is the columns before those of the body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from paperkit.tex.reader import Reading, arguments, commands, definitions, group, read, tokens, uncommented

Key = tuple[str, ...]

_BEGIN = re.compile(r"\\begin\{(tabular\*?|tabularx|tabulary|array|longtable)\}")
_WIDTH_FIRST = ("tabular*", "tabularx", "tabulary")
_HEADER_ROWS = re.compile(r"table/header-rows=\{([\d,]*)\}")
_STAR = re.compile(r"\*\{(\d+)\}")
_BETWEEN = re.compile(
    r"\s*\\(?:(toprule|midrule|bottomrule|hline)(?![A-Za-z])(?:\[[^]]*\])?|addlinespace(?:\[[^]]*\])?"
    r"|cmidrule(?:\[[^]]*\])?(?:\([lr]*\))?\{[^}]*\}|cline\{[^}]*\}|morecmidrules|pagebreak|newpage|nopagebreak"
    r"|rowcolor(?:\[[^]]*\])?\{[^}]*\}|noalign\{[^}]*\}|specialrule\{[^}]*\}\{[^}]*\}\{[^}]*\}"
    r"|end(?:first|last)?(?:head|foot))(?![A-Za-z])"
)
_PARTS = re.compile(r"\\end(?:first|last)?(?:head|foot)(?![A-Za-z])")
_INDENT = re.compile(r"\s*((?:\\quad\{\})*)")
_HEAD_RULES = ("midrule", "hline")
# Letters of a column specification.
_MOST_COLUMNS = 100_000
_SEALED = b"paperkit seal "


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintedRow:
    """A row of the body: the row groups it stands in and its stubs, as texts, and what its cells show."""

    groups: Key
    stubs: Key
    cells: tuple[Reading, ...]

    @property
    def key(self) -> Key:
        """Return what names the row."""
        return (*self.groups, *self.stubs)


@dataclass(frozen=True, kw_only=True, slots=True)
class CellGrid:
    """What a table prints, cell by cell.

    `columns` are the heads over each column from the outermost, units last; `stub_heads` those over the stub. `fills`
    gives the colours by name, as six hexadecimal digits. `settings` is the LaTeX around the cells.
    """

    stub_heads: Key
    columns: tuple[Key, ...]
    rows: tuple[PrintedRow, ...]
    caption: str = ""
    notes: Key = ()
    fills: tuple[tuple[str, str], ...] = ()
    settings: str = ""

    @property
    def size(self) -> int:
        """Return the number of cells."""
        return len(self.rows) * len(self.columns)


def cells(tex: bytes) -> CellGrid | None:
    r"""Return what the table in `tex` prints; None if there is none that can be read. It never raises.

    >>> grid = cells(rb"\begin{tabular}{@{}lcc}\toprule & A & B \\ \midrule x & 1.5 & \textbf{2.0} \\ \end{tabular}")
    >>> grid.columns, grid.rows[0].stubs, [cell.text for cell in grid.rows[0].cells]
    ((('A',), ('B',)), ('x',), ['1.5', '2.0'])
    """
    whole = uncommented(tex.decode("utf-8", "replace"))
    defined, text = definitions(whole)
    blocks, around = _blocks(text)
    grids = [grid for block in blocks if (grid := _grid(block, text, is_ours=_SEALED in tex)) is not None]
    if not grids or any(not grid.columns for grid in grids):
        return None
    joined = _side_by_side(grids)
    if joined is None:
        return None
    captions = [values[1] for _, _, values in commands(text, "caption", "ot")]
    colors = tuple((values[0], values[2]) for _, _, values in commands(text, "definecolor", "mmm"))
    return CellGrid(
        stub_heads=joined.stub_heads,
        columns=joined.columns,
        rows=joined.rows,
        caption=read(captions[0]).text if captions else "",
        notes=tuple(read(values[0]).text for _, _, values in commands(text, "pknote", "t")),
        fills=colors,
        settings=" ".join([*(f"\\{name} {meaning}" for name, meaning in defined), _settings(around, blocks)]),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Block:
    columns: str
    body: str
    is_long: bool


def _blocks(text: str) -> tuple[list[_Block], str]:
    """Return the tables that stand in `text`, those inside a cell of another left out, and what stands around them."""
    found, around = [], []
    at = 0
    while (start := _BEGIN.search(text, at)) is not None:
        around.append(text[at : start.start()])
        signature = "mom" if start[1] in _WIDTH_FIRST else "om"
        values, begin = arguments(text, start.end(), signature)
        end = _end(text, begin, start[1])
        found.append(_Block(columns=values[-1], body=text[begin:end], is_long=start[1] == "longtable"))
        at = end + len(f"\\end{{{start[1]}}}")
    return found, "".join([*around, text[at:]])


def _end(text: str, at: int, name: str) -> int:
    """Return where the environment that began before `at` ends, or the text."""
    depth = 1
    for found in re.finditer(rf"\\(begin|end)\{{{re.escape(name)}\}}", text[at:]):
        depth += 1 if found[1] == "begin" else -1
        if depth == 0:
            return at + found.start()
    return len(text)


def _settings(around: str, blocks: Sequence[_Block]) -> str:
    """Return the LaTeX around the cells, without colours, captions and notes, which are told apart."""
    for name, signature in (("definecolor", "mmm"), ("caption", "ot"), ("pknote", "t"), ("label", "m")):
        pieces, last = [], 0
        for start, end, _ in commands(around, name, signature):
            pieces.append(around[last:start])
            last = end
        around = "".join([*pieces, around[last:]])
    return " ".join([*around.split(), *(block.columns.replace(" ", "") for block in blocks)])


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """A row of the source: its cells with the columns they span, and the rules above it."""

    cells: tuple[tuple[str, int], ...]
    rules: tuple[str, ...]

    @property
    def width(self) -> int:
        return sum(span for _, span in self.cells)


def _grid(block: _Block, text: str, *, is_ours: bool) -> CellGrid | None:
    head, body = _parted(block.body) if block.is_long else (block.body, None)
    lines = list(_lines(head))
    count = _head_count(lines, text, is_ours=is_ours) if body is None else len(lines)
    heads, rows = lines[:count], lines[count:] if body is None else list(_lines(body))
    width = max((line.width for line in (*heads, *rows)), default=0)
    stubs = _stub_count(block.columns, width)
    if width <= stubs or not (heads or rows):
        return None
    levels = [_spread(line, width) for line in heads]
    columns = tuple(tuple(level[place] for level in levels) for place in range(stubs, width))
    names = tuple(levels[-1 - (len(levels) > 1 and not any(levels[-1][:stubs]))][:stubs]) if levels else ("",) * stubs
    return CellGrid(stub_heads=names, columns=columns, rows=tuple(_rows(rows, width, stubs)))


def _parted(body: str) -> tuple[str, str]:
    """Return the first heads of a longtable without its caption, and its rows."""
    parts = _PARTS.split(body)
    head = parts[0] if len(parts) > 1 else ""
    lines = [line for line in _split(head) if "\\caption" not in line]
    return "\\\\".join(lines), parts[-1]


def _head_count(lines: Sequence[_Line], text: str, *, is_ours: bool) -> int:
    told = _HEADER_ROWS.search(text)
    if told is not None and told[1]:
        return min(told[1].count(",") + 1, len(lines))
    if is_ours and told is None and "tagpdfsetup" not in text:
        return 0
    ruled = [place for place, line in enumerate(lines) if place and any(rule in _HEAD_RULES for rule in line.rules)]
    return ruled[0] if ruled else 0


def _stub_count(columns: str, width: int) -> int:
    """Return the number of columns of the stub: the first that are flush left, up to a space, which TeX skips."""
    spec = _unrepeated(columns)
    letters = []
    at = 0
    while at < len(spec):
        letter = spec[at]
        at += 1
        if letter in "@!><":
            _, at = group(spec, at)
        elif letter in "pmbwW":
            _, at = arguments(spec, at, "mm" if letter in "wW" else "m")
            letters.append("l")
        elif letter != "|":
            letters.append(letter)
    count = next((place for place, letter in enumerate(letters) if letter not in "lX"), len(letters))
    return count if count < max(width, 1) else min(1, width - 1)


def _unrepeated(columns: str) -> str:
    r"""Return a column specification with `*{3}{c}` written out."""
    while (found := _STAR.search(columns)) is not None:
        repeated, end = group(columns, found.end())
        count = int(found[1]) if len(found[1]) < len(str(_MOST_COLUMNS)) else 0
        # Nested ones may ask for more than any page, or memory, holds.
        count = count if count * len(repeated) <= _MOST_COLUMNS else 0
        columns = columns[: found.start()] + repeated * count + columns[end:]
    return columns


def _split(body: str) -> Iterator[str]:
    r"""Yield what stands between the `\\` of a table, those inside braces and other environments left out."""
    yield from _at_top(body, ("\\\\", "\\tabularnewline"))


def _at_top(tex: str, separators: Sequence[str]) -> Iterator[str]:
    depth = 0
    pending: list[str] = []
    for token in tokens(tex):
        depth += {"{": 1, "}": -1, "\\begin": 1, "\\end": -1}.get(token, 0)
        if token in separators and depth <= 0:
            yield "".join(pending)
            pending = []
        else:
            pending.append(token)
    yield "".join(pending)


def _lines(body: str) -> Iterator[_Line]:
    for number, piece in enumerate(_split(body)):
        text, rules = piece, []
        if number:
            # The room behind a row.
            text = re.sub(r"^\*?\s*\[[^]]*\]", "", text)
        while (found := _BETWEEN.match(text)) is not None:
            rules.append(found[1] or "")
            text = text[found.end() :]
        if text.strip():
            yield _Line(cells=tuple(map(_spanned, _at_top(text, ("&",)))), rules=tuple(rules))


def _spanned(cell: str) -> tuple[str, int]:
    found = re.match(r"\s*\\multicolumn(?![A-Za-z])", cell)
    if found is None:
        return cell, 1
    (span, _, text), end = arguments(cell, found.end(), "mmt")
    return text + cell[end:], int(span) if span.strip().isdecimal() and 0 < int(span) < 1000 else 1  # noqa: PLR2004


def _spread(line: _Line, width: int) -> list[str]:
    """Return the text over each column: that of a spanner stands over all of its columns."""
    texts = [read(text.strip()).text for text, span in line.cells for _ in range(span)]
    return (texts + [""] * width)[:width]


def _rows(lines: Sequence[_Line], width: int, stubs: int) -> Iterator[PrintedRow]:
    groups: dict[int, str] = {}
    above = [""] * stubs
    for line in lines:
        first = line.cells[0][0]
        indent = len(_INDENT.match(first)[1]) // len("\\quad{}") if stubs else 0  # type: ignore[index]
        if "\\pkgroup" in first or (len(line.cells) == 1 and line.width == width > 1):
            groups = {level: name for level, name in groups.items() if level < indent}
            groups[indent] = read(first.strip()).text
            continue
        if "midrule" in line.rules:
            groups, above = {}, [""] * stubs
        texts = [text.strip() for text, span in line.cells for _ in range(span)]
        texts = (texts + [""] * width)[:width]
        own = [read(text).text for text in texts[:stubs]]
        full = [name or other for name, other in zip(own[:-1], above, strict=False)] + own[-1:]
        above = full
        yield PrintedRow(groups=tuple(groups.values()), stubs=tuple(full), cells=tuple(map(read, texts[stubs:])))


def _side_by_side(grids: Sequence[CellGrid]) -> CellGrid | None:
    """Return one grid of several tables that share their rows; None if they do not."""
    first, *others = grids
    rows = first.rows
    for other in others:
        if [row.key for row in other.rows] != [row.key for row in rows]:
            return None
        pairs = zip_longest(rows, other.rows)
        rows = tuple(PrintedRow(groups=one.groups, stubs=one.stubs, cells=one.cells + two.cells) for one, two in pairs)
    columns = tuple(column for grid in grids for column in grid.columns)
    return CellGrid(stub_heads=first.stub_heads, columns=columns, rows=rows)
