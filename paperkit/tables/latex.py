"""LaTeX: a resolved table as a plain `tabular` of booktabs, xcolor and colortbl, bare or in a float."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import add, attrgetter
from typing import get_args

from paperkit.files import Artifact
from paperkit.manifest.tables import Decoration
from paperkit.style.contrast import RGB, Ink
from paperkit.tables.model import (
    CellColumn,
    ColorBar,
    ColumnLabel,
    Emphasised,
    Fill,
    Note,
    Row,
    Table,
    cell_columns,
    inks,
)
from paperkit.tables.printing import PLUS_MINUS
from paperkit.templates import Templates
from paperkit.tex.lengths import format_pt
from paperkit.tex.text import Tex

# \fontseries{b} has digits nearly as wide as the regular ones; the box makes up for what they differ in small type and
# in some fonts, so that decimals stay aligned and the width of the table is the predicted one.
_DECORATIONS: Mapping[Decoration, str] = {
    "bold": r"{{\sbox0{{{0}}}\makebox[\wd0]{{\fontseries{{b}}\selectfont {0}}}}}",
    "underline": r"\underline{{{0}}}",
    "italic": r"{{\sbox0{{{0}}}\makebox[\wd0]{{\itshape {0}}}}}",
}
_EMPHASIS = {name: f"pk{name.replace(' ', '')}" for name in get_args(Emphasised)}
_MISSING = r"[1]{\textcolor{black!45}{#1}}"
_LINES = ("pklines", r"[3][b]{{\renewcommand{\arraystretch}{1}\begin{tabular}[#1]{@{}#2@{}}#3\end{tabular}}}")
# Broken stubs need room above and below, which the row's own strut gives only to a single line.
_STUB = (
    "pkstub",
    r"[1]{\pklines[c]{l}{\rule{0pt}{1.2\ht\strutbox}#1\rule[-1.2\dp\strutbox]{0pt}{0pt}}}",
)
# Turned labels end without a strut, so that they would touch the rule above.
_TURNED = ("pkturned", r"[1]{\rotatebox{90}{\pklines{l}{#1}\kern0.3em}}")
_GROUP = ("pkgroup", r"[1]{\emph{#1}}")
_NOTES = ("pknotes", r"{\footnotesize\raggedright}")
# Notes below a table of width #1, which stands in box 0 unless that is void: as wide as the table, or, where it is
# narrow, as they need up to a width that can be read. It then stands where it would stand alone: in the middle above
# them, at the left or at the right. Each note is a \pknote.
_BELOW = (
    "pkbelow",
    r"""[2]{\ifdefined\SuspendTagging\SuspendTagging{paperkit}\fi
\dimen0=#1\relax\def\pknote##1{\sbox2{\pknotes##1}\ifdim\wd2>\dimen0 \dimen0\wd2 \fi}#2%
\ifdefined\ResumeTagging\ResumeTagging{paperkit}\fi
\dimen2=18em \ifdim\dimen2>0.6\linewidth \dimen2=0.6\linewidth \fi
\ifdim\dimen0>\dimen2 \dimen0\dimen2 \fi\ifdim#1>0.8\dimen2 \dimen0=#1\relax\fi
\let\pkleft\relax\let\pkright\hfil\ifhmode\ifinner\let\pkleft\hfil\fi\fi
\ifnum\gluestretchorder\leftskip>0 \let\pkleft\hfil\ifnum\gluestretchorder\rightskip=0 \let\pkright\relax\fi\fi
\begin{minipage}{\dimen0}\ifvoid0 \else\leavevmode\hbox to\linewidth{\pkleft\usebox0\pkright}\par\vskip0.4ex\fi
\pknotes\def\pknote##1{##1\strut\par}#2\end{minipage}}""",
)
# Neighbouring swatches overlap, or a viewer shows white hairlines between them.
_SWATCH = ("pkswatch", r"[2][3.2pt]{\textcolor{#2}{\rule[-0.2ex]{#1}{1.6ex}}\kern-0.2pt}")
# Widths in points: of a bar, at least of one of its steps, of the swatches above and of what they overlap.
_BAR = 72.0
_STEP = 9.0
_SWATCH_WIDTH = 3.2
_OVERLAP = 0.2
# Bars of so many segments stay on one line.
_WITHOUT_BREAK = 2
_WORD = re.compile(r"[^\W\d_]{2}")
# As wide as a digit, which are equally wide.
_DIGIT = ("pkdigit", r"{\kern\fontcharwd\font`0 }")
_PHANTOM = re.compile(r"\\phantom\{(0+)\}")
_UNCERTAIN = rf"\{PLUS_MINUS[0]}{{"
_GAPS = {"space": r"\addlinespace[0.5ex]", "gap": r"\addlinespace[0.4ex]"}
_SMALL = ("footnotesize", "scriptsize", "tiny")
# Notes are not scaled with their table: they would be too small to read. Below this scale they are smaller, too.
_NOTES_SCALE = 0.8
# The source of every cell is padded to a multiple of this, whatever the other rows hold: columns of the source line up
# where cells are about equally long, and a cell that changes moves nothing in the lines of other rows.
_GRAIN = 16
# What the notes of a longtable are kept narrower than it, for the fonts of the document may be slightly narrower.
_NOTE_SLACK = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One `tabular`: its column specification, heads and rows as source lines."""

    columns: str
    heads: tuple[tuple[str, str], ...]
    rows: tuple[str, ...]
    count: int


def write(table: Table, *, path: str, templates: Templates) -> Artifact:
    r"""Return the file `path` of `table`, without its seal, ready to `\input`.

    It needs booktabs, xcolor and colortbl, graphicx where heads are rotated or the table is scaled, and rotating or
    longtable for these forms. Colours and macros are local to it; a paper restyles a macro (`\pkbest`, `\pklines`, …)
    by defining it before.
    """
    return Artifact(path=path, content=to_latex(table, templates).encode())


def to_latex(table: Table, templates: Templates) -> str:
    """Return the LaTeX of `table`, without a seal."""
    blocks = table.blocks or ((0, len(table.alignments) - 1),)
    writer = _Writer(table)
    return templates.render(
        "table.tex",
        table=table,
        packages=writer.packages(),
        macros=writer.macros(),
        colors=writer.colors(),
        tabcolsep=None if table.tabcolsep is None else format_pt(table.tabcolsep),
        scale=None if table.scale is None else f"{table.scale:g}",
        header_rows=",".join(str(row + 1) for row in range(len(table.heads) + bool(table.units))),
        blocks=[writer.block(*block) for block in blocks],
        notes=writer.notes(),
        below=writer.below(*blocks[-1]),
    )


class _Writer:
    def __init__(self, table: Table) -> None:
        self._table = table
        self._stubs = len(table.stub_heads)
        self._columns = cell_columns(table.body)
        # By identity: thousands of cells share few fills, whose hashes would be computed for each.
        self._keys = [list(map(id, column.fill)) for column in self._columns]
        self._fills: dict[int, Fill | None] = {}
        for keys, column in zip(self._keys, self._columns, strict=True):
            self._fills.update(zip(keys, column.fill, strict=True))
        shared = self._fills.values()
        self._starts = dict(zip(self._fills, map(_prefix, shared, inks(shared)), strict=True))
        self._shaded = [column.is_shaded for column in self._columns]
        self._emphases = {emphasis for column in self._columns for emphasis in set(column.emphasis)}
        self._inks = {ink for column in self._columns for ink in set(column.ink)}

    def colors(self) -> list[str]:
        """Return the definition of every colour that is used, in the order of its colormap."""
        fills = {fill.name: fill for fill in self._fills.values() if fill is not None}
        fills |= {fill.name: fill for bar in self._table.bars for fill in bar.fills}
        ordered = sorted(fills.values(), key=attrgetter("colormap", "level"))
        return [rf"\definecolor{{{fill.name}}}{{HTML}}{{{fill.html}}}%" for fill in ordered]

    def packages(self) -> tuple[str, ...]:
        """Return the packages that the table needs, in the order in which they are to be loaded."""
        table = self._table
        is_shaded = any(self._shaded)
        is_coloured = is_shaded or bool(table.bars) or "missing" in self._emphases or bool(self._inks - {"black"})
        shown = (
            ("booktabs", True),
            ("xcolor", is_coloured),
            ("colortbl", is_shaded),
            ("graphicx", table.rotate != 0 or table.scale is not None),
            ("rotating", table.form == "sidewaystable"),
            ("longtable", table.form == "longtable"),
        )
        return tuple(name for name, is_used in shown if is_used)

    def macros(self) -> tuple[tuple[str, str], ...]:
        """Return the macros that the table uses, as name and definition."""
        table = self._table
        heads = [label.lines for level in (*table.heads, table.stub_heads) for label in level]
        stubs = [stub.lines for row in table.body for stub in row.stubs]
        is_turned = table.rotate != 0
        has_stubs = any(len(lines) > 1 for lines in stubs)
        is_broken = has_stubs or is_turned or any(len(lines) > 1 for lines in heads)
        emphasis = [(_EMPHASIS[name], self._emphasis(name)) for name in get_args(Emphasised) if name in self._emphases]
        around = {text for column in self._columns for part in (column.lead, column.tail) for text in set(part)}
        is_uncertain = any(_UNCERTAIN in text for text in around)
        is_padded = any(_PHANTOM.search(text) for text in around)
        is_grouped = any(row.kind == "panel" for row in table.body)
        shown = (
            (PLUS_MINUS, is_uncertain),
            (_DIGIT, is_padded),
            (_LINES, is_broken),
            (_STUB, has_stubs),
            (_TURNED, is_turned),
            (_GROUP, is_grouped),
            (self._notes(), bool(table.notes or table.bars)),
            (_SWATCH, bool(table.bars)),
            (_BELOW, bool(table.notes or table.bars)),
        )
        return (*emphasis, *(macro for macro, is_used in shown if is_used))

    def _emphasis(self, name: Emphasised) -> str:
        if name == "missing":
            return _MISSING
        set_ = "#1"
        for decoration in reversed(self._table.decorations_of(name)):
            set_ = _DECORATIONS[decoration].format(set_)
        return f"[1]{{{set_}}}"

    def _notes(self) -> tuple[str, str]:
        # Notes are no larger than the table.
        scale = self._table.scale or 1.0
        size = "scriptsize" if scale < _NOTES_SCALE else self._table.fontsize
        return ("pknotes", rf"{{\{size}\raggedright}}") if size in _SMALL else _NOTES

    def block(self, first: int, last: int) -> Block:
        """Return the tabular of the columns `first` to `last`."""
        alignments = "".join(self._table.alignments[first : last + 1])
        edge = "" if self._shaded[last] else "@{}"
        # A space, which TeX skips, tells the stub from a column that is flush left as well.
        gap = " " if alignments[:1] == "l" else ""
        # The shading of an edge column would stick out beyond the rules by the separation that `@{}` takes away.
        return Block(
            columns=f"@{{}}{'l' * self._stubs}{gap}{alignments}{edge}",
            heads=tuple(self._heads(first, last)),
            rows=self._rows(first, last),
            count=last - first + 1 + self._stubs,
        )

    def notes(self) -> tuple[str, ...]:
        """Return the paragraphs under the table: colour bars, then notes."""
        bars = "\\quad\n".join(map(_bar, self._table.bars))
        return (*([bars] if bars else []), *map(_note, self._table.notes))

    def below(self, first: int, last: int) -> str:
        """Return the same as a row, which is all that a longtable can have under it."""
        notes = "%\n".join(rf"\pknote{{{note}}}" for note in self.notes())
        if not notes:
            return ""
        width = format_pt(max(self._table.width - _NOTE_SLACK, 1.0))
        side = r"\ifnum\gluestretchorder\LTleft>0 c\else l\fi"
        # Box 0 may hold something of the document.
        cell = f"\\makebox[{width}][{side}]{{\\setbox2\\box0 \\pkbelow{{{width}}}{{%\n{notes}}}}}"
        return f"\\multicolumn{{{last - first + 1 + self._stubs}}}{{@{{}}l@{{}}}}{{{cell}}} \\\\"

    def _heads(self, first: int, last: int) -> Iterator[tuple[str, str]]:
        """Yield, for each level, its source line and the rules below it."""
        table = self._table
        blank = [""] * self._stubs
        for level, labels in enumerate(table.heads):
            innermost = level == len(table.heads) - 1
            stubs = [_label_text(head.lines, "l", turned=False) for head in table.stub_heads] if innermost else blank
            cut = _cut(labels, first, last)
            cells = self._labels(cut, first, last, turned=innermost and table.rotate != 0)
            line = _guarded(" & ".join([*stubs, *cells]).strip())
            yield line, "" if innermost else self._rules(cut, last)
        if table.units:
            cells = self._labels(_cut(table.units, first, last), first, last, turned=False)
            yield _guarded(" & ".join([*blank, *cells]).strip()), ""

    def _labels(self, labels: Sequence[ColumnLabel], first: int, last: int, *, turned: bool) -> Iterator[str]:
        column = first
        for label in labels:
            end = column + label.span - 1
            text = _label_text(label.lines, "c", turned=turned)
            own = self._table.alignments[column]
            if label.span == 1 and own == "c":
                yield text
            else:
                alignment = "l" if label.span == 1 and own == "l" else "c"
                edge = "@{}" if end == last and not self._shaded[last] else ""
                yield rf"\multicolumn{{{label.span}}}{{{alignment}{edge}}}{{{text}}}"
            column = end + 1

    def _rules(self, labels: Sequence[ColumnLabel], last: int) -> str:
        rules = []
        column = self._stubs + 1
        final = column + sum(label.span for label in labels) - 1
        for label in labels:
            end = column + label.span - 1
            trim = "l" if end == final and not self._shaded[last] else "lr"
            if label.plain.strip():
                rules.append(rf"\cmidrule({trim}){{{column}-{end}}}")
            column = end + 1
        return "".join(rules)

    def _rows(self, first: int, last: int) -> tuple[str, ...]:
        body = self._table.body
        columns = [self._stub_column(body, level) for level in range(self._stubs)]
        columns += [self._cell_column(column) for column in range(first, last + 1)]
        lines = iter([_guarded(" & ".join(line)).rstrip() + r" \\" for line in zip(*columns, strict=True)])
        count = last - first + 1 + self._stubs
        edge = "" if self._shaded[last] else "@{}"
        found = []
        for row in body:
            if row.above == "rule":
                found.append(r"\midrule")
            elif row.above in _GAPS:
                found.append(_GAPS[row.above])
            if row.kind == "panel":
                label = _indent(row) + rf"\pkgroup{{{_stub(row.stubs[0].lines)}}}"
                found.append(rf"\multicolumn{{{count}}}{{@{{}}l{edge}}}{{{label}}} \\")
            else:
                found.append(next(lines))
        return tuple(found)

    def _stub_column(self, body: Sequence[Row], level: int) -> list[str]:
        texts = [
            (_indent(row) if level == self._stubs - 1 else "") + _stub(row.stubs[level].lines)
            for row in body
            if row.kind != "panel"
        ]
        if level == 0:
            # Before they are padded to one length.
            texts = [_guarded(text) for text in texts]
        width = max(map(len, texts), default=0)
        return [text.ljust(width) for text in texts]

    def _cell_column(self, column: int) -> list[str]:
        cells, keys = self._columns[column], self._keys[column]
        # Room for any fill and ink, so that a fill that changes moves nothing behind it.
        names = [len(fill.colormap) for fill in map(self._fills.__getitem__, set(keys)) if fill is not None]
        room = len(r"\cellcolor{pk000}\color{white}") + max(names) if names else 0
        least = 2 * _GRAIN if self._table.decorations else _GRAIN
        texts = _texts(cells)
        lengths = list(map(len, texts))
        widths = {length: room + max(least, -(-length // _GRAIN) * _GRAIN) for length in set(lengths)}
        starts = map(self._starts.__getitem__, keys)
        if inks(cells.fill) != list(cells.ink):
            # They have inks of their own.
            starts = map(_prefix, cells.fill, cells.ink)
        return list(map(str.ljust, map(add, starts, texts), map(widths.__getitem__, lengths)))


# Columns have thousands of cells, and functions that are not written in Python take all cells of a column at once: that
# is several times as fast as cell by cell.


def _texts(cells: CellColumn) -> list[str]:
    """Return what stands in each cell of a column, its emphasis included."""
    texts = list(_emphasised(cells))
    if any(cells.lead):
        texts = list(map(add, _kerned(cells.lead), texts))
    return list(map(add, texts, _kerned(cells.tail))) if any(cells.tail) else texts


def _kerned(parts: Sequence[Tex]) -> Iterator[str]:
    """Return padding with kerns for the room of digits: TeX would set thousands of phantoms only to measure them."""
    short = {part: _PHANTOM.sub(lambda found: rf"\{_DIGIT[0]}{{}}" * len(found[1]), part) for part in set(parts)}
    return map(short.__getitem__, parts)


def _emphasised(cells: CellColumn) -> Sequence[str]:
    if not any(cells.emphasis):
        return cells.text
    return [
        text if emphasis is None else rf"\{_EMPHASIS[emphasis]}{{{text}}}"
        for text, emphasis in zip(cells.text, cells.emphasis, strict=True)
    ]


def _prefix(fill: Fill | None, ink: Ink | RGB) -> str:
    return ("" if fill is None else rf"\cellcolor{{{fill.name}}}") + _ink(ink)


def _ink(ink: Ink | RGB) -> str:
    if ink == "black":
        return ""
    return r"\color{white}" if ink == "white" else r"\color[HTML]{{{:02X}{:02X}{:02X}}}".format(*ink)


def _cut(labels: Sequence[ColumnLabel], first: int, last: int) -> tuple[ColumnLabel, ...]:
    """Return the labels over the columns `first` to `last`, each as wide as what of it is there."""
    found = []
    column = 0
    for label in labels:
        low, high = max(column, first), min(column + label.span - 1, last)
        if low <= high:
            found.append(ColumnLabel(lines=label.lines, plain=label.plain, span=high - low + 1))
        column += label.span
    return tuple(found)


def _indent(row: Row) -> str:
    return r"\quad{}" * row.indent


def _bar(bar: ColorBar) -> str:
    """Return a bar whose lines break rather between two bars than in one, at words or else before a number."""
    swatches = [_swatches(segment, len(bar.fills)) for segment in bar.segments]
    low, *inner, high = bar.texts
    if len(swatches) > _WITHOUT_BREAK:
        pieces = [f"{text}~{shown}" for text, shown in zip((low, *inner), swatches, strict=True)]
    else:
        whole = "~".join([swatches[0], *(f"{text}~{shown}" for text, shown in zip(inner, swatches[1:], strict=True))])
        pieces = [low, whole] if _WORD.search(bar.plain_texts[0]) else [f"{low}~{whole}"]
    if _WORD.search(bar.plain_texts[-1]):
        pieces.append(high)
    else:
        pieces[-1] += f"~{high}"
    title = [f"{bar.title}:"] if bar.title else []
    return "\\nolinebreak[1]\n".join(rf"\mbox{{{piece}}}" for piece in (*title, *pieces))


def _swatches(fills: Sequence[Fill], count: int) -> str:
    width = max(_BAR / count, _STEP if len(fills) == 1 else 0.0) + _OVERLAP
    option = "" if abs(width - _SWATCH_WIDTH) < _OVERLAP / 2 else f"[{format_pt(width)}]"
    return "".join(rf"\pkswatch{option}{{{fill.name}}}" for fill in fills) + r"\kern0.2pt"


def _note(note: Note) -> str:
    return (rf"\textsuperscript{{{note.raised}}}\," if note.raised else "") + note.text


def _label_text(lines: Sequence[Tex], alignment: str, *, turned: bool) -> str:
    if turned:
        return rf"\pkturned{{{_broken(lines)}}}"
    return lines[0] if len(lines) == 1 else rf"\pklines{{{alignment}}}{{{_broken(lines)}}}"


def _stub(lines: Sequence[Tex]) -> str:
    return lines[0] if len(lines) == 1 else rf"\pkstub{{{_broken(lines)}}}"


def _broken(lines: Sequence[Tex]) -> str:
    first, *others = lines
    return "".join([first, *(rf"\\{_guarded(line)}" for line in others)])


def _guarded(text: str) -> str:
    r"""Protect a text after `\\` or a rule, which would take a `[` or `*` as their own argument."""
    return f"{{}}{text}" if text.startswith(("[", "*")) else text
