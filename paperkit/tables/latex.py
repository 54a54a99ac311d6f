"""LaTeX: a resolved table as a plain `tabular` of booktabs, xcolor and colortbl."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from paperkit.files import Artifact
from paperkit.tables.model import Cell, ColumnLabel, Fill, Table
from paperkit.templates import Templates
from paperkit.tex.lengths import format_pt
from paperkit.tex.text import Tex

# Bold in \fontseries{b} has digits as wide as the regular ones, so that decimals stay aligned.
_EMPHASIS = {
    "best": ("pkbest", r"[1]{{\fontseries{b}\selectfont #1}}"),
    "second": ("pksecond", r"[1]{\underline{#1}}"),
    "missing": ("pkmissing", r"[1]{\textcolor{black!45}{#1}}"),
}
_LINES = ("pklines", r"[3][b]{{\renewcommand{\arraystretch}{1}\begin{tabular}[#1]{@{}#2@{}}#3\end{tabular}}}")
# Broken stubs need room above and below, which the row's own strut gives only to a single line.
_STUB = (
    "pkstub",
    r"[1]{\pklines[c]{l}{\rule{0pt}{1.2\ht\strutbox}#1\rule[-1.2\dp\strutbox]{0pt}{0pt}}}",
)
_TURNED = ("pkturned", r"[1]{\rotatebox{90}{\pklines{l}{#1}}}")


def write(table: Table, *, path: str, templates: Templates) -> Artifact:
    r"""Return the file `path` of `table`, without its seal: a group around a bare `tabular`, ready to `\input`.

    It needs booktabs, xcolor and colortbl, and graphicx where heads are rotated. Colours and macros are local to
    the group; a paper restyles a macro (`\pkbest`, `\pklines`, …) by defining it before.
    """
    fills = {cell.fill for row in table.body for cell in row.cells if cell.fill is not None}
    content = templates.render(
        "table.tex",
        table=table,
        macros=_macros(table),
        colors=sorted(fills, key=lambda fill: (fill.colormap, fill.level)),
        tabcolsep=None if table.tabcolsep is None else format_pt(table.tabcolsep),
        header_rows=",".join(str(row + 1) for row in range(len(table.heads))),
        columns=_columns(table),
        heads=_heads(table),
        rows=_rows(table),
    )
    return Artifact(path=path, content=content.encode())


def _columns(table: Table) -> str:
    # The shading of an edge column would stick out beyond the rules by the separation that `@{}` takes away.
    return f"@{{}}l{''.join(table.alignments)}{_right_edge(table)}"


def _right_edge(table: Table) -> str:
    return "" if table.is_right_edge_shaded else "@{}"


def _macros(table: Table) -> tuple[tuple[str, str], ...]:
    heads = [label.lines for level in (*table.heads, (table.stub_head,)) for label in level]
    is_turned = table.rotate != 0
    has_stubs = any(len(row.lines) > 1 for row in table.body)
    is_broken = has_stubs or is_turned or any(len(lines) > 1 for lines in heads)
    used = {cell.emphasis for row in table.body for cell in row.cells}
    emphasis = [macro for name, macro in _EMPHASIS.items() if name in used]
    used_macros = ((_LINES, is_broken), (_STUB, has_stubs), (_TURNED, is_turned))
    return (*emphasis, *(macro for macro, is_used in used_macros if is_used))


def _heads(table: Table) -> tuple[tuple[str, str], ...]:
    """Return, for each level, its source line and the rules below it."""
    heads = []
    for level, labels in enumerate(table.heads):
        innermost = level == len(table.heads) - 1
        stub = _label_text(table.stub_head.lines, "l", turned=False) if innermost else ""
        cells = _labels(table, labels, innermost=innermost)
        heads.append((" & ".join([_guarded(stub), *cells]).strip(), "" if innermost else _rules(table, labels)))
    return tuple(heads)


def _labels(table: Table, labels: Sequence[ColumnLabel], *, innermost: bool) -> Iterator[str]:
    last = len(table.alignments)
    first = 1
    for label in labels:
        end = first + label.span - 1
        text = _label_text(label.lines, "c", turned=innermost and table.rotate != 0)
        if label.span == 1 and table.alignments[first - 1] == "c":
            yield text
        else:
            alignment = "l" if label.span == 1 and table.alignments[first - 1] == "l" else "c"
            edge = _right_edge(table) if end == last else ""
            yield rf"\multicolumn{{{label.span}}}{{{alignment}{edge}}}{{{text}}}"
        first = end + 1


def _label_text(lines: Sequence[Tex], alignment: str, *, turned: bool) -> str:
    if turned:
        return rf"\pkturned{{{_broken(lines)}}}"
    return lines[0] if len(lines) == 1 else rf"\pklines{{{alignment}}}{{{_broken(lines)}}}"


def _stub(lines: Sequence[Tex]) -> str:
    return lines[0] if len(lines) == 1 else rf"\pkstub{{{_broken(lines)}}}"


def _broken(lines: Sequence[Tex]) -> str:
    first, *others = lines
    return "".join([first, *(rf"\\{_guarded(line)}" for line in others)])


def _rules(table: Table, labels: Sequence[ColumnLabel]) -> str:
    last = len(table.alignments) + 1
    rules = []
    first = 2
    for label in labels:
        end = first + label.span - 1
        trim = "l" if end == last and not table.is_right_edge_shaded else "lr"
        if label.plain.strip():
            rules.append(rf"\cmidrule({trim}){{{first}-{end}}}")
        first = end + 1
    return "".join(rules)


def _rows(table: Table) -> tuple[str, ...]:
    prefixes: dict[Fill, str] = {}
    grid = [[_guarded(_stub(row.lines)), *(_cell(cell, prefixes) for cell in row.cells)] for row in table.body]
    widths = [max(map(len, column)) for column in zip(*grid, strict=True)]
    return tuple(
        " & ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) + r" \\" for line in grid
    )


def _cell(cell: Cell, prefixes: dict[Fill, str]) -> str:
    text = cell.pad + cell.text
    if cell.emphasis is not None:
        text = rf"{cell.pad}\{_EMPHASIS[cell.emphasis][0]}{{{cell.text}}}"
    if cell.fill is None:
        return text
    prefix = prefixes.get(cell.fill)
    if prefix is None:
        prefix = prefixes[cell.fill] = rf"\cellcolor{{{cell.fill.name}}}"
    return prefix + (r"\color{white}" if cell.ink == "white" else "") + text


def _guarded(text: str) -> str:
    r"""Protect a text after `\\` or a rule, which would take a `[` or `*` as their own argument."""
    return f"{{}}{text}" if text.startswith(("[", "*")) else text
