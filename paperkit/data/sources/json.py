"""Read JSON documents and JSON lines: objects become rows, nested objects dotted columns."""

from __future__ import annotations

import gzip
import zlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from paperkit.data import documents
from paperkit.data.documents import Batch, NotJsonError, PathError, Step, Trail
from paperkit.data.parts import Stretch, failure, shortened, stacked
from paperkit.data.settle import column_of
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


class Group(NamedTuple):
    """Objects that stand together, their cells by dotted name, and the line in which the text of each begins."""

    batch: Batch
    cells: Sequence[Mapping[str, Any]]
    lines: Sequence[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """The objects of one file, how many of them have a column, and the file's text."""

    source: SourceFile
    text: str
    groups: tuple[Group, ...]
    counts: Mapping[str, int]

    def __len__(self) -> int:
        return sum(len(group.cells) for group in self.groups)

    @property
    def cells(self) -> Iterator[Mapping[str, Any]]:
        """Return the cells of every object."""
        return chain.from_iterable(group.cells for group in self.groups)


class _MisledError(DataError):
    """The path leads nowhere in a file, or to something that is no object."""


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
    misled: dict[str, list[Problem]] = {}
    for source in files:
        try:
            found.append(_document(source, steps))
        except _MisledError as error:
            misled.setdefault(error.problems[0].message, []).append(error.problems[0])
        except DataError as error:
            problems += error.problems
    problems += map(_together, misled.values())
    if problems:
        raise DataError(*shortened(problems))
    names = tuple(dict.fromkeys(name for document in found for name in document.counts))
    stretches = [
        Stretch(
            name=document.source.name,
            captures=document.source.captures,
            length=len(document),
            locate=_locate(document),
        )
        for document in found
    ]
    notices = (*_gaps(found, names), *([] if steps else _sideways(found)))
    return stacked(stretches, _columns(found, names), notices=notices)


def _document(source: SourceFile, steps: tuple[Step, ...]) -> Document:
    text = _text(source)
    chunks = list(_lines(text)) if _is_lines(source) else [(1, text)]
    groups = _plain_lines(chunks, steps) if _is_lines(source) else None
    if groups is None:
        groups = tuple(group for line, chunk in chunks for group in _groups(source, line, chunk, steps))
    # A Counter keeps the order in which it first sees names.
    counts = Counter(chain.from_iterable(chain.from_iterable(group.cells for group in groups)))
    return Document(source=source, text=text, groups=groups, counts=counts)


def _is_lines(source: SourceFile) -> bool:
    return source.name.lower().removesuffix(".gz").endswith((".jsonl", ".ndjson"))


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


def _plain_lines(chunks: Sequence[tuple[int, str]], steps: tuple[Step, ...]) -> tuple[Group, ...] | None:
    """Return the objects of lines that are one object each; None if that is not all there is to it."""
    if steps:
        return None
    values = documents.parse_lines([chunk for _, chunk in chunks])
    if values is None or set(map(type, values)) - {dict} or _is_nested(values):
        return None
    batch = Batch(values, (), {}, listed=False)
    return (Group(batch, values, [line for line, _ in chunks]),)


def _groups(source: SourceFile, line: int, text: str, steps: tuple[Step, ...]) -> Iterator[Group]:
    try:
        for batch in documents.records(documents.parse(text), steps):
            yield Group(batch, _cells(batch, source.captures), (line,) * len(batch.objects))
    except NotJsonError as error:
        place = None if error.offset is None else _place(source.name, line, text, error.offset)
        place = place or Place(file=source.name, line=line)
        hint = error.hint or _advice(source, text, error)
        raise DataError(Problem(message=error.message, place=place, hint=hint)) from None
    except PathError as error:
        place = _place(source.name, line, text, documents.position(text, error.trail))
        raise _MisledError(Problem(message=error.message, place=place, hint=error.hint)) from None


def _advice(source: SourceFile, text: str, error: NotJsonError) -> str | None:
    """Return what a text that is not JSON may be instead."""
    if "\n<<<<<<< " in f"\n{text}":
        return "the file holds a merge conflict: keep one side of it"
    if _is_lines(source):
        is_open = text.strip() in ("[", "{")
        return "the file is one document, not one per line: let its name end in .json" if is_open else None
    rest = text[error.offset or 0 :]
    if error.message.endswith("extra data") and rest.startswith("{") and text[(error.offset or 0) - 1] == "\n":
        return "every line is a document of its own: let the file's name end in .jsonl"
    return None


def _together(problems: Sequence[Problem]) -> Problem:
    """Return one problem for files in which a path fails alike: it is the path that is wrong, not each of them."""
    first = problems[0]
    return first if len(problems) == 1 else replace(first, message=f"in {len(problems)} files: {first.message}")


def _place(name: str, line: int, text: str, offset: int) -> Place:
    before = text[:offset]
    return Place(file=name, line=line + before.count("\n"), column=offset - (before.rfind("\n") + 1) + 1)


def _is_nested(objects: Sequence[dict[str, Any]]) -> bool:
    return dict in set(map(type, chain.from_iterable(map(dict.values, objects))))


def _cells(batch: Batch, captures: Mapping[str, str | int]) -> Sequence[Mapping[str, Any]]:
    """Return the cells of objects, in front those that the path captures and the object does not say.

    Raises:
        PathError: two keys make the same column, or an object contradicts a key that the path captures.

    """
    if not batch.captures and not _is_nested(batch.objects):
        return batch.objects
    if both := next((name for name in batch.captures if name in captures), None):
        message = f"'{both}' is captured from the path, but from the file's name too"
        raise PathError(batch.trail_of(0) if batch.objects else batch.trail, message)
    return [_own(item, batch.captures, batch.trail_of(number)) for number, item in enumerate(batch.objects)]


def _own(value: Mapping[str, Any], captures: Mapping[str, str], trail: Trail) -> Mapping[str, Any]:
    own: dict[str, Any] = {}
    _flatten(value, "", own, trail)
    for name, captured in captures.items():
        if name in own and str(own[name]) != captured:
            raise PathError(trail, f"{name} is '{own[name]}' in the object, but '{captured}' by the path")
    return {**{name: captured for name, captured in captures.items() if name not in own}, **own} if captures else own


def _flatten(value: Mapping[str, Any], prefix: str, own: dict[str, Any], trail: Trail) -> None:
    for key, inner in value.items():
        name = prefix + key
        if type(inner) is dict:
            _flatten(inner, f"{name}.", own, trail)
        elif name in own:
            message = f"two keys of the object make the column '{name}'"
            raise PathError(trail, message, "one of them is nested, the other has a dot in it")
        else:
            own[name] = inner


def _columns(found: Sequence[Document], names: Sequence[str]) -> Mapping[str, pd.Series[Any]]:
    """Return the columns of all documents together; what a file's name captures holds for objects that lack it."""
    import pandas as pd

    index = pd.RangeIndex(sum(map(len, found)))
    columns = {}
    for name in names:
        values: list[Any] = []
        for document in found:
            is_whole = document.counts.get(name) == len(document)
            default = document.source.captures.get(name)
            values += (
                map(itemgetter(name), document.cells) if is_whole else (c.get(name, default) for c in document.cells)
            )
        columns[name] = column_of(values, index)
    return columns


def _locate(document: Document) -> Locate:
    name, is_lines = document.source.name, _is_lines(document.source)
    ends = list(accumulate(len(group.cells) for group in document.groups))

    def locate(row: int, column: str | None) -> Place | None:
        position = bisect_right(ends, row)
        group = document.groups[position]
        number = row - (ends[position] - len(group.cells))
        if is_lines or "\n" not in document.text:
            return Place(file=name, line=group.lines[number])
        trail = group.batch.trail_of(number) + _trail(group.batch.objects[number], column)
        place = _place(name, 1, document.text, documents.position(document.text, trail))
        return Place(file=name, line=place.line)

    return locate


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
    total = sum(map(len, found))
    counts = {name: sum(document.counts.get(name, 0) for document in found) for name in names}
    lacking = [name for name in names if counts[name] < total and not _is_captured(name, found)]
    for name in lacking[:_MOST_COLUMNS]:
        place = next(
            _locate(document)(row, None)
            for document in found
            if document.counts.get(name, 0) < len(document)
            for row, cells in enumerate(document.cells)
            if name not in cells
        )
        message = f"'{name}' is missing from {total - counts[name]} of {total} objects"
        yield Problem(message=message, place=place)
    if more := lacking[_MOST_COLUMNS:]:
        yield Problem(message=f"{len(more)} more columns are missing from some objects, such as '{more[0]}'")


def _sideways(found: Sequence[Document]) -> Iterator[Problem]:
    """Yield a notice for the first document that holds a table by columns, as pandas writes one by default."""
    for document in found:
        batches = [group.batch for group in document.groups]
        if len(batches) == 1 and not batches[0].listed and _is_by_columns(list(batches[0].objects[0].values())):
            place = Place(file=document.source.name)
            hint = 'frame.to_json("x.json", orient="records") writes its rows'
            yield Problem(message="the document holds columns; it is read as one row", place=place, hint=hint)
            return


def _is_by_columns(values: Sequence[Any]) -> bool:
    """Tell whether all values are lists of one length, or objects with the keys 0, 1 and so on."""
    kinds = set(map(type, values))
    if kinds == {list}:
        return len(set(map(len, values))) == 1 and len(values[0]) > 1
    return kinds == {dict} and all(value and list(value) == list(map(str, range(len(value)))) for value in values)


def _is_captured(name: str, found: Sequence[Document]) -> bool:
    return name in found[0].source.captures
