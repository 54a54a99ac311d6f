"""CSV: the printed texts of a table, for a spreadsheet or as supplementary material."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from paperkit.tables.model import ColumnLabel, Row, Table

_NEGATIVE = re.compile(r"−(?=[\d,]+(?:\.\d+)?$)")


def to_csv(table: Table) -> str:
    """Return the printed values as CSV: a row for each level of heads, then the body; notes are left out.

    A spanner is repeated over each of its columns; a negative number has a hyphen, so that it is read as a number.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    last = len(table.heads) - 1
    for level, labels in enumerate(table.heads):
        stubs = [head.plain if level == last else "" for head in table.stub_heads]
        writer.writerow([_line(text) for text in (*stubs, *_spread(labels))])
    if table.units:
        writer.writerow([*("" for _ in table.stub_heads), *_spread(table.units)])
    writer.writerows(_row(row, len(table.stub_heads) + len(table.alignments)) for row in table.body)
    return file.getvalue()


def _spread(labels: Sequence[ColumnLabel]) -> Iterator[str]:
    for label in labels:
        yield from [label.plain] * label.span


def _row(row: Row, count: int) -> list[str]:
    texts = [_line(stub.plain) for stub in row.stubs]
    if row.kind == "panel":
        return [*texts, *[""] * (count - len(texts))]
    return [*texts, *(_NEGATIVE.sub("-", _line(cell.whole)) for cell in row.cells)]


def _line(plain: str) -> str:
    return plain.replace("\n", " ")
