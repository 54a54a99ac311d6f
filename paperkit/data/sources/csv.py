"""Read CSV and TSV files, plain or with header rows to melt; types are inferred as pandas does."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from paperkit.data import gather
from paperkit.data.columns import as_number
from paperkit.data.delimited import quickly, typed
from paperkit.data.sheets import Sheet, captured, contradiction, empty_notices, failure, names, sheet, unlike
from paperkit.data.source_file import SourceFile
from paperkit.data.table import Locate, Rows
from paperkit.data.wide import melted
from paperkit.errors import DataError, Place, Problem
from paperkit.manifest.model import FrameSpec

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
OPTIONS = (
    "sep",
    "decimal",
    "thousands",
    "encoding",
    "comment",
    "skiprows",
    "na_values",
    "keep_default_na",
    "quotechar",
)
MELTS = True
TRUSTS = False


def read(files: tuple[SourceFile, ...], spec: FrameSpec) -> Rows:
    """Return the rows of all files, one file after the other, captures as columns.

    Raises:
        DataError: a file cannot be read as text, is ragged or empty, or is laid out unlike the first one.

    """
    contents = [source.path.read_bytes() for source in files]
    rows = None if spec.header else _quick(files, contents, spec)
    if rows is not None:
        return rows
    sheets: list[Sheet] = []
    problems: list[Problem] = []
    for source, content in zip(files, contents, strict=True):
        try:
            sheets.append(sheet(source, content, spec))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(*problems)
    return melted(sheets, spec) if spec.header else _plain(sheets, contents, spec)


def _quick(files: tuple[SourceFile, ...], contents: Sequence[bytes], spec: FrameSpec) -> Rows | None:
    """Return the rows if nothing about the files is odd, so that pandas alone can read them; None otherwise."""
    import pandas as pd

    tables: list[pd.DataFrame] = []
    notices: list[Problem] = []
    for source, content in zip(files, contents, strict=True):
        found = quickly(source, content, spec)
        # A column of a capture's name must agree with it, line by line.
        if found is None or any(name in found[0].columns for name in source.captures):
            return None
        table, own = found
        if tables and not _goes_with(table, tables):
            return None
        notices += own if not tables else []
        tables.append(table)
    lengths = [len(table) for table in tables]
    table = tables[0]
    if len(tables) > 1:
        stacked = {name: gather.stacked([table[name] for table in tables]) for name in table.columns}
        table = pd.DataFrame(stacked)
    table = table.assign(**captured(files, lengths))
    return Rows(table=table, locate=_locate(files, contents, lengths, spec), notices=tuple(notices))


def _goes_with(table: pd.DataFrame, before: Sequence[pd.DataFrame]) -> bool:
    """Tell whether a table has the columns of the tables before it, in any order, and the same kinds of values."""
    first = before[0]
    if set(table.columns) != set(first.columns):
        return False
    for name in table.columns:
        kinds = {gather.held(other[name]) for other in (*before, table)} - {"missing"}
        if len(kinds) > 1:
            return False
    return True


def _locate(files: Sequence[SourceFile], contents: Sequence[bytes], lengths: Sequence[int], spec: FrameSpec) -> Locate:
    """Return a function that goes through a file line by line only when it is asked for a place in it."""
    ends = list(accumulate(lengths))

    @cache
    def records(number: int) -> tuple[tuple[int, ...], tuple[str, ...]]:
        found = sheet(files[number], contents[number], spec)
        return tuple(line for line, _ in found.body), tuple(names(found.header[0], found.source, spec)[0])

    def locate(row: int, column: str | None) -> Place:
        number = bisect_right(ends, row)
        lines, columns = records(number)
        field = columns.index(column) + 1 if column in columns else None
        return Place(file=files[number].name, line=lines[row - (ends[number] - lengths[number])], column=field)

    return locate


def _plain(sheets: list[Sheet], contents: Sequence[bytes], spec: FrameSpec) -> Rows:
    """Concatenate files that have one header row; their columns are matched by name."""
    columns, notices = names(sheets[0].header[0], sheets[0].source, spec)
    own = [names(found.header[0], found.source, spec)[0] for found in sheets]
    first = sheets[0].source
    problems = [
        problem
        for found, theirs in zip(sheets, own, strict=True)
        if (problem := unlike(theirs, columns, found.source, first, found.header[0][0])) is not None
    ]
    if problems:
        raise DataError(*problems)
    texts: dict[str, list[str]] = {name: [] for name in columns}
    for found, theirs in zip(sheets, own, strict=True):
        for position, name in enumerate(theirs):
            texts[name] += [cells[position] for _, cells in found.body]
    sources, lengths = [found.source for found in sheets], [len(found.body) for found in sheets]
    captures = captured(sources, lengths)
    _agree(sheets, texts, captures)
    table = typed(texts, spec).assign(**{name: column for name, column in captures.items() if name not in columns})
    locate = _locate(sources, contents, lengths, spec)
    return Rows(table=table, locate=locate, notices=(*notices, *empty_notices(sheets)))


def _agree(sheets: list[Sheet], texts: Mapping[str, list[str]], captures: Mapping[str, pd.Series[Any]]) -> None:
    """Raise where a column of a file says otherwise than the capture of the same name."""
    for name in (name for name in captures if name in texts):
        rows = ((found, line) for found in sheets for line, _ in found.body)
        for (found, line), said, capture in zip(rows, texts[name], captures[name].tolist(), strict=True):
            if said != str(capture) and as_number(said) != capture:  # s_09 captures the whole number 9
                raise failure(found.source, contradiction(name, said, capture), line)


def option_problem(name: str, value: Any) -> str | None:
    """Return what is wrong with the value of an option of pandas.read_csv, or None."""
    tests: Mapping[str, tuple[Callable[[Any], bool], str]] = {
        "sep": (_is_character, "one character"),
        "decimal": (_is_character, "one character"),
        "thousands": (_is_character, "one character"),
        "comment": (_is_character, "one character"),
        "quotechar": (_is_character, "one character"),
        "encoding": (_is_encoding, "the name of an encoding, such as 'latin-1'"),
        "skiprows": (_is_rows, "a number of lines or a list of line numbers that count from 0"),
        "na_values": (lambda v: isinstance(v, str) or _is_list(v, str), "a text or a list of texts"),
        "keep_default_na": (lambda v: isinstance(v, bool), "true or false"),
    }
    test, wanted = tests[name]
    return None if test(value) else f"must be {wanted}, not {value!r}"


def _is_character(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 1 and value not in "\r\n"


def _is_encoding(value: Any) -> bool:
    try:
        return isinstance(value, str) and bytes(value, "ascii").decode(value) is not None
    except (LookupError, UnicodeError):
        return isinstance(value, str) and value.lower().replace("_", "-").startswith("utf-")


def _is_rows(value: Any) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool) and value >= 0) or _is_list(value, int)


def _is_list(value: Any, kind: type) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(item, kind) for item in value)
