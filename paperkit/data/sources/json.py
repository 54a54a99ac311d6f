"""Read JSON documents and JSON lines: objects become rows, nested objects dotted columns."""

from __future__ import annotations

import gzip
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from paperkit.data import documents
from paperkit.data.documents import Found, NotJsonError, PathError, Step
from paperkit.data.parts import Part, assembled, failure, shortened
from paperkit.data.source_file import SourceFile
from paperkit.data.table import Locate, Rows
from paperkit.errors import DataError, Place, Problem
from paperkit.manifest.model import FrameSpec

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".json", ".json.gz", ".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")
OPTIONS: tuple[str, ...] = ()
MELTS = False
TRUSTS = False
_MOST_COLUMNS = 5


class Record(NamedTuple):
    """One row: its cells by dotted name, the line its text begins in, and what leads to it there."""

    cells: Mapping[str, Any]
    line: int
    found: Found


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """The records of one file and its text."""

    source: SourceFile
    text: str
    records: tuple[Record, ...]


def option_problem(name: str, value: Any) -> str | None:
    """Return what is wrong with an option; there are none."""
    return f"{name} is no option of JSON: {value!r}"


def read(files: tuple[SourceFile, ...], spec: FrameSpec) -> Rows:
    """Return one row per object at `path` in all files, one file after the other.

    A field that an object lacks is a missing value there, with a notice. Keys that the path captures are columns.

    Raises:
        DataError: a file is not JSON, an object has a key twice, or the path leads to something that is no object.

    """
    steps = documents.steps(spec.path or "")
    found: list[Document] = []
    problems: list[Problem] = []
    for source in files:
        try:
            found.append(_document(source, steps))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(*shortened(problems))
    names = tuple(dict.fromkeys(name for document in found for record in document.records for name in record.cells))
    parts = [
        Part(
            name=document.source.name,
            captures=document.source.captures,
            table=_table(document, names),
            locate=_locate(document),
        )
        for document in found
    ]
    return assembled(parts, notices=tuple(_gaps(found, names)))


def _document(source: SourceFile, steps: tuple[Step, ...]) -> Document:
    text = _text(source)
    bare = source.name.lower().removesuffix(".gz")
    chunks = list(_lines(text)) if bare.endswith((".jsonl", ".ndjson")) else [(1, text)]
    records = tuple(record for line, chunk in chunks for record in _records(source, line, chunk, steps))
    return Document(source=source, text=text, records=records)


def _text(source: SourceFile) -> str:
    content = source.path.read_bytes()
    if source.name.lower().endswith(".gz"):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error):
            raise failure(source.name, "the file is not a whole gzip file") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise failure(source.name, f"byte 0x{content[error.start]:02x} is not UTF-8", line=line) from None
    if not text.strip():
        raise failure(source.name, "the file is empty")
    return text


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield number and text of the lines that are not blank."""
    # Not splitlines: a text in JSON may hold other characters that end a line elsewhere.
    yield from ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def _records(source: SourceFile, line: int, text: str, steps: tuple[Step, ...]) -> Iterator[Record]:
    try:
        for found in documents.records(documents.parse(text), steps):
            yield Record(_cells(found, source.captures), line, found)
    except NotJsonError as error:
        place = None if error.offset is None else _place(source.name, line, text, error.offset)
        place = place or Place(file=source.name, line=line)
        raise DataError(Problem(message=error.message, place=place, hint=error.hint)) from None
    except PathError as error:
        place = _place(source.name, line, text, documents.position(text, error.trail))
        raise DataError(Problem(message=error.message, place=place, hint=error.hint)) from None


def _place(name: str, line: int, text: str, offset: int) -> Place:
    before = text[:offset]
    return Place(file=name, line=line + before.count("\n"), column=offset - (before.rfind("\n") + 1) + 1)


def _cells(found: Found, captures: Mapping[str, str | int]) -> dict[str, Any]:
    """Return the cells of an object, in front those that the path and the file's name say and the object does not.

    Raises:
        PathError: two keys make the same column, or an object contradicts a key that the path captures.

    """
    value: dict[str, Any] = found.value
    if not found.captures and dict not in map(type, value.values()):
        return value
    own: dict[str, Any] = {}
    for name, cell in _flat(value, ""):
        if name in own:
            message = f"two keys of the object make the column '{name}'"
            raise PathError(found.trail, message, "one of them is nested, the other has a dot in it")
        own[name] = cell
    for name, captured in found.captures.items():
        if name in captures:
            raise PathError(found.trail, f"'{name}' is captured from the path, but from the file's name too")
        if name in own and str(own[name]) != captured:
            raise PathError(found.trail, f"{name} is '{own[name]}' in the object, but '{captured}' by the path")
    front = {name: captured for name, captured in found.captures.items() if name not in own}
    return {**front, **own}


def _flat(value: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, inner in value.items():
        if isinstance(inner, dict):
            yield from _flat(inner, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", inner


def _table(document: Document, names: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    # What a file's name captures holds for the objects that do not say it themselves.
    captures = document.source.captures
    index = pd.RangeIndex(len(document.records))
    columns = {
        name: pd.Series([r.cells.get(name, captures.get(name)) for r in document.records], index=index, dtype=object)
        for name in names
    }
    return pd.DataFrame(columns, index=index)


def _locate(document: Document) -> Locate:
    name = document.source.name

    def locate(row: int, column: str | None) -> Place | None:
        record = document.records[row]
        if document.text.count("\n") == 0 or _is_lines(document):
            return Place(file=name, line=record.line)
        trail = record.found.trail + _trail(record.found.value, column)
        place = _place(name, 1, document.text, documents.position(document.text, trail))
        return Place(file=name, line=place.line)

    return locate


def _is_lines(document: Document) -> bool:
    return document.source.name.lower().removesuffix(".gz").endswith((".jsonl", ".ndjson"))


def _trail(value: Mapping[str, Any], column: str | None) -> tuple[str, ...]:
    """Return the keys that lead to the cell `column` of an object; none if it has no such cell."""
    for key, inner in value.items():
        if key == column:
            return (key,)
        if isinstance(inner, dict) and column is not None and column.startswith(f"{key}."):
            rest = _trail(inner, column.removeprefix(f"{key}."))
            if rest:
                return (key, *rest)
    return ()


def _gaps(found: Sequence[Document], names: Sequence[str]) -> Iterator[Problem]:
    """Yield a notice for each column that some objects lack."""
    total = sum(len(document.records) for document in found)
    counts = Counter(name for document in found for record in document.records for name in record.cells)
    lacking = [name for name in names if counts[name] < total and not _is_captured(name, found)]
    for name in lacking[:_MOST_COLUMNS]:
        place = next(
            _locate(document)(row, None)
            for document in found
            for row, record in enumerate(document.records)
            if name not in record.cells
        )
        message = f"'{name}' is missing from {total - counts[name]} of {total} objects"
        yield Problem(message=message, place=place)
    if more := lacking[_MOST_COLUMNS:]:
        yield Problem(message=f"{len(more)} more columns are missing from some objects, such as '{more[0]}'")


def _is_captured(name: str, found: Sequence[Document]) -> bool:
    return name in found[0].source.captures
