"""What stands in the cells of a table's outputs, read back without paperkit."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser

Texts = list[list[str]]


class Page(HTMLParser):
    """The rows of an HTML table: for each cell its text, its attributes, and the tags inside it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.rows: list[list[tuple[str, dict[str, str], list[str]]]] = []
        self.sections: list[str] = []
        self.attributes: dict[str, dict[str, str]] = {}
        self.caption = ""
        self._section = ""
        self._is_inside = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append(tag)
        own = {key: value or "" for key, value in attrs}
        self.attributes.setdefault(tag, own)
        if tag in ("thead", "tbody", "tfoot", "caption"):
            self._section = tag
        elif tag == "tr":
            self.rows.append([])
            self.sections.append(self._section)
        elif tag in ("td", "th"):
            self.rows[-1].append(("", {**own, "tag": tag}, []))
            self._is_inside = True
        elif self._is_inside:
            text, attributes, tags = self.rows[-1][-1]
            self.rows[-1][-1] = (text + ("\n" if tag == "br" else ""), attributes, [*tags, tag])

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._is_inside = False

    def handle_data(self, data: str) -> None:
        if self._is_inside:
            text, attributes, tags = self.rows[-1][-1]
            self.rows[-1][-1] = (text + data, attributes, tags)
        elif self._section == "caption":
            self.caption += data.rstrip("\n")

    def texts(self, section: str) -> Texts:
        """Return the texts of a section, without the spaces that line numbers up."""
        rows = zip(self.rows, self.sections, strict=True)
        return [[text.strip() for text, _, _ in row] for row, own in rows if own == section and row != [] and any(row)]


def markdown_rows(text: str) -> Texts:
    """Return the texts of a pipe table, its alignment row included, without marks and escapes."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]
    return [[_unmarked(cell.strip()) for cell in row] for row in rows]


def _unmarked(cell: str) -> str:
    bare = re.sub(r"(?<!\\)\*+|</?u>|&emsp;", "", cell).replace("<br>", "\n")
    return re.sub(r"\\([^A-Za-z0-9\s])", r"\1", bare)


def csv_rows(text: str) -> Texts:
    """Return the rows of CSV."""
    return list(csv.reader(io.StringIO(text)))


def text_rows(text: str) -> Texts:
    """Return the words of each line of plain text that are two spaces apart, without rules."""
    lines = [line for line in text.splitlines() if line.strip() and not set(line.strip()) <= set("━─ ")]
    return [re.split(r"\s{2,}", line.strip()) for line in lines]


def latex_rows(text: str) -> Texts:
    """Return the texts of the body of a tabular, without colours, padding and emphasis."""
    body = text.split("\\midrule\n")[1:]
    lines = "\n".join(body).split("\\bottomrule")[0].splitlines()
    return [[_plain(part) for part in line.removesuffix(r"\\").split(" & ")] for line in lines if line.endswith(r"\\")]


def _plain(tex: str) -> str:
    bare = re.sub(
        r"\\cellcolor\{\w+\}|\\color(?:\[HTML\])?\{\w+\}|\\phantom\{(?:[^{}]|\{[^{}]*\})*\}|\\pkdigit\{\}", "", tex
    )
    bare = re.sub(r"\\pkpm\{([^{}]*)\}", r" ± \1", bare)
    bare = re.sub(r"\\pk\w+\{([^{}]*)\}", r"\1", bare)
    bare = re.sub(r"\$\^\{(\**)\}\$", r"\1", bare)
    return bare.replace("$-$", "−").replace(r"\%", "%").replace(r"\&", "&").replace(r"\quad{}", "").strip()
