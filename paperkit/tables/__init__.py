"""Tables: a specification, a frame, labels and a venue → a grid of cells → LaTeX, HTML, Markdown, text and CSV."""

from paperkit.tables.html import to_html
from paperkit.tables.latex import write
from paperkit.tables.model import Cell, ColumnLabel, Fill, Row, Table
from paperkit.tables.plain import text_lines
from paperkit.tables.problems import problems
from paperkit.tables.resolve import resolve

__all__ = ["Cell", "ColumnLabel", "Fill", "Row", "Table", "problems", "resolve", "text_lines", "to_html", "write"]
