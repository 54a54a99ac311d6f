"""Changes: what differs between two versions of a written table, in the author's words."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from paperkit.tables.readback import CellGrid, Key, PrintedRow, cells
from paperkit.tex.reader import Reading

# A row is the same under another name if at least this part of its cells is.
_ALIKE = 0.5
_FEWEST_ALIKE = 2
# Pairs of rows that are looked at for new names.
_MOST_PAIRS = 10_000
_MARKS = {"best": "best", "second": "second best"}
# Along what something moved that is marked.
_BELOW_SPANNER, _ALONG_ROW, _ALONG_COLUMN = range(3)
_TOP = 255  # the last level of a colormap
_SEAL = (b"% paperkit seal ", b"% Made by paperkit ", b"% Patched with ", b"% beside it ")

Place = tuple[Key, int]
"""The names of a row or column, and how many before it have the same."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """A cell whose text is another: its row and column as they are read, and what it says before and after.

    `at` is its row and column in the new grid, counted from 0.
    """

    row: str
    column: str
    before: str
    after: str
    at: tuple[int, int] = (0, 0)

    def __str__(self) -> str:
        return f"{self.row}, {self.column}: {said(self.before)} → {said(self.after)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Lines:
    """What became of the rows or columns: their names as they are read, renamed ones before and after."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    is_reordered: bool = False

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.renamed or self.is_reordered)


_SAME = Lines()


@dataclass(frozen=True, kw_only=True, slots=True)
class TableChanges:
    """What differs between two versions of a table.

    `size` counts the cells of the new one, `recoloured` and `emphasised` those whose colour or type alone is another.
    `best` says in words where what is marked best moved, `around` what changed around the cells. `source` are the
    lines that differ, where either version cannot be read as a table, or only its LaTeX is another.
    """

    size: int = 0
    moved: tuple[Moved, ...] = ()
    rows: Lines = _SAME
    columns: Lines = _SAME
    best: tuple[str, ...] = ()
    recoloured: int = 0
    emphasised: int = 0
    around: tuple[str, ...] = ()
    source: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(
            self.moved or self.rows or self.columns or self.best or self.recoloured or self.emphasised
            or self.around or self.source
        )  # fmt: skip

    def lines(self, most: int | None = None) -> tuple[str, ...]:
        """Return the changes in words, a line each, of each kind at most some."""
        counts = (
            *((f"{len(self.moved)} of {self.size} cells moved",) if self.moved else ()),
            *_some(map(str, self.moved), most),
        )
        return (
            *counts,
            *_some(self.best, most),
            *_named("row", self.rows, most),
            *_named("column", self.columns, most),
            *_counted(self.emphasised, self.recoloured, is_all=not self.moved),
            *self.around,
            *_some(self.source, most),
        )


def compare(before: bytes, after: bytes) -> TableChanges:
    r"""Return what differs between two versions of a table's LaTeX; it never raises.

    Where either cannot be read as a table, the lines that differ are all there is to tell.

    >>> old = rb"\begin{tabular}{lcc} & A & B \\ \midrule x & 1.5 & 2.0 \\ \end{tabular}"
    >>> compare(old, old.replace(b"1.5", b"1.7")).lines()
    ('1 of 2 cells moved', 'x, A: 1.5 → 1.7')
    """
    old, new = cells(before), cells(after)
    if old is None or new is None:
        return TableChanges(source=_source(before, after))
    found = _Comparison(old, new).changes()
    return found or TableChanges(size=new.size, source=_source(before, after))


def row_name(row: PrintedRow) -> str:
    """Return the name of a row as it is read, its groups first."""
    return _path(row.key) or "row without a name"


def column_name(heads: Key) -> str:
    """Return the name of a column as it is read: spanners first, then its label and unit."""
    return _path(heads) or "column without a name"


def said(text: str) -> str:
    """Return what a cell says on one line, or that it is empty."""
    return " ".join(text.split()) or "nothing"


def _path(key: Iterable[str]) -> str:
    return " / ".join(" ".join(part.split()) for part in key if part.strip())


class _Comparison:
    """The comparison of two grids, whose rows and columns are found again by their names."""

    def __init__(self, old: CellGrid, new: CellGrid) -> None:
        self._old, self._new = old, new
        self._columns, self._column_names = _paired(_places(old.columns), _places(new.columns), self._alike_columns)
        rows = _places([row.key for row in old.rows]), _places([row.key for row in new.rows])
        self._rows, self._row_names = _paired(*rows, self._alike_rows)
        self._fills = dict(old.fills), dict(new.fills)

    def changes(self) -> TableChanges:
        old, new = self._old, self._new
        moved, recoloured, emphasised = [], 0, 0
        for row, column, before, after in self._pairs():
            if before.text != after.text:
                moved.append(self._moved(row, column, before.text, after.text))
                continue
            marks = before.emphasis != after.emphasis and not (before.emphasis ^ after.emphasis) <= set(_MARKS)
            emphasised += marks
            recoloured += not marks and self._color(before, 0) != self._color(after, 1)
        rows, columns = (
            _lines([row.key for row in old.rows], [row.key for row in new.rows], self._rows, self._row_names, "row"),
            _lines(old.columns, new.columns, self._columns, self._column_names, "column"),
        )
        is_same = not (rows or columns or moved)
        return TableChanges(
            size=new.size, moved=tuple(moved), rows=rows, columns=columns, best=tuple(self._best()),
            recoloured=recoloured, emphasised=emphasised, around=tuple(self._around(is_same=is_same)),
        )  # fmt: skip

    def _pairs(self) -> Iterator[tuple[int, int, Reading, Reading]]:
        for one, row in sorted(self._rows.items(), key=lambda pair: pair[1]):
            for other, column in sorted(self._columns.items(), key=lambda pair: pair[1]):
                yield row, column, self._old.rows[one].cells[other], self._new.rows[row].cells[column]

    def _moved(self, row: int, column: int, before: str, after: str) -> Moved:
        names = row_name(self._new.rows[row]), column_name(self._new.columns[column])
        return Moved(row=names[0], column=names[1], before=before, after=after, at=(row, column))

    def _color(self, cell: Reading, version: int) -> tuple[str | None, str | None]:
        return self._fills[version].get(cell.fill or "", cell.fill), cell.ink

    def _alike_rows(self, one: int, other: int) -> float:
        before, after = self._old.rows[one].cells, self._new.rows[other].cells
        return _likeness((before[old].text, after[new].text) for old, new in self._columns.items())

    def _alike_columns(self, one: int, other: int) -> float:
        known = {row.key: row for row in self._old.rows}
        pairs = ((known[row.key], row) for row in self._new.rows if row.key in known)
        return _likeness((before.cells[one].text, after.cells[other].text) for before, after in pairs)

    def _best(self) -> Iterator[str]:
        """Yield where what is marked moved: along a row, else along a column; with shades alone, their strongest."""
        is_marked = any(set(_MARKS) & cell.emphasis for grid in (self._old, self._new) for cell in _all(grid))
        if not is_marked:
            yield from self._moves("strongest shade", _is_top)
        for mark, word in _MARKS.items():
            yield from self._moves(word, lambda cell, mark=mark: mark in cell.emphasis)  # type: ignore[misc]

    def _moves(self, word: str, is_marked: Callable[[Reading], bool]) -> Iterator[str]:
        lost, won = set[tuple[int, int]](), set[tuple[int, int]]()
        for row, column, before, after in self._pairs():
            if is_marked(before) != is_marked(after):
                (won if is_marked(after) else lost).add((row, column))
        heads, rows = self._new.columns, self._new.rows
        # Where a row has spanners, each may have its own best.
        scopes: tuple[Callable[[tuple[int, int]], tuple[object, ...]], ...] = (
            lambda place: (place[0], heads[place[1]][:1]),
            lambda place: (place[0],),
            lambda place: (place[1],),
        )
        for number, scope in enumerate(scopes):
            for one, other in _exchanged(lost, won, scope):
                line, ends = self._exchange(sorted(one), sorted(other), number)
                yield f"{word} of {line}: {' and '.join(ends[0])} → {' and '.join(ends[1])}"
                lost, won = lost - one, won - other
        for places, verb in ((won, "is now"), (lost, "is no longer")):
            if word in _MARKS.values():
                yield from (
                    f"{row_name(rows[row])}, {column_name(heads[column])} {verb} marked {word}"
                    for row, column in sorted(places)
                )

    def _exchange(
        self, one: Sequence[tuple[int, int]], other: Sequence[tuple[int, int]], scope: int
    ) -> tuple[str, tuple[list[str], list[str]]]:
        """Return the name of the line along which something moved, and those of the cells at both ends."""
        heads, rows = self._new.columns, self._new.rows
        row, column = one[0]
        if scope == _ALONG_COLUMN:
            before, after = ([row_name(rows[row]) for row, _ in places] for places in (one, other))
            return column_name(heads[column]), (before, after)
        is_below = scope == _BELOW_SPANNER and len(heads[column]) > 1 and bool(heads[column][0])
        first = 1 if is_below else 0
        before, after = ([column_name(heads[column][first:]) for _, column in places] for places in (one, other))
        name = row_name(rows[row])
        return f"{name}, {_path(heads[column][:1])}" if is_below else name, (before, after)

    def _around(self, *, is_same: bool) -> Iterator[str]:
        old, new = self._old, self._new
        if old.caption != new.caption:
            yield _replaced("the caption", old.caption, new.caption)
        if old.notes != new.notes:
            yield "the notes below it changed"
        if old.stub_heads != new.stub_heads:
            yield f"the heads of the stub changed: {_path(old.stub_heads)} → {_path(new.stub_heads)}"
        if is_same and old.settings != new.settings:
            yield "its layout changed"


def _all(grid: CellGrid) -> Iterator[Reading]:
    return (cell for row in grid.rows for cell in row.cells)


def _is_top(cell: Reading) -> bool:
    return cell.fill is not None and cell.fill.startswith("pk") and cell.fill.endswith(str(_TOP))


def _exchanged(
    lost: set[tuple[int, int]], won: set[tuple[int, int]], scope: Callable[[tuple[int, int]], tuple[object, ...]]
) -> list[tuple[set[tuple[int, int]], set[tuple[int, int]]]]:
    """Return the cells of every scope that lost something and won it, in the order of the table."""
    both = {scope(place) for place in lost} & {scope(place) for place in won}
    found = [tuple({place for place in every if scope(place) == one} for every in (lost, won)) for one in both]
    return sorted(((one, other) for one, other in found), key=lambda pair: min(pair[0]))


def _likeness(pairs: Iterable[tuple[str, str]]) -> float:
    """Return the part of some pairs of cells that are the same, 0 to 1; few cells prove nothing."""
    equal = [one == other for one, other in pairs if one or other]
    return sum(equal) / len(equal) if sum(equal) >= _FEWEST_ALIKE else 0.0


def _places(keys: Sequence[Key]) -> list[Place]:
    seen: Counter[Key] = Counter()
    found = []
    for key in keys:
        found.append((key, seen[key]))
        seen[key] += 1
    return found


def _paired(
    old: Sequence[Place], new: Sequence[Place], likeness: Callable[[int, int], float]
) -> tuple[dict[int, int], dict[int, int]]:
    """Return which old line is which new one, by name; and those that have another name but the same cells."""
    at = {place: index for index, place in enumerate(new)}
    pairs = {index: at[place] for index, place in enumerate(old) if place in at}
    gone = [index for index in range(len(old)) if index not in pairs]
    fresh = [index for index in range(len(new)) if index not in set(pairs.values())]
    renamed: dict[int, int] = {}
    if len(gone) * len(fresh) <= _MOST_PAIRS:
        for one in gone:
            scored = [(likeness(one, other), -abs(one - other), other) for other in fresh]
            best = max(scored, default=(0.0, 0, 0))
            if best[0] >= _ALIKE:
                renamed[one] = best[2]
                fresh.remove(best[2])
    return {**pairs, **renamed}, renamed


def _lines(
    old: Sequence[Key], new: Sequence[Key], pairs: Mapping[int, int], renamed: Mapping[int, int], kind: str
) -> Lines:
    order = [pairs[index] for index in sorted(pairs)]
    blank = f"{kind} without a name"
    return Lines(
        added=tuple(_path(key) or blank for index, key in enumerate(new) if index not in set(pairs.values())),
        removed=tuple(_path(key) or blank for index, key in enumerate(old) if index not in pairs),
        renamed=tuple((_path(old[one]) or blank, _path(new[other]) or blank) for one, other in renamed.items()),
        is_reordered=order != sorted(order),
    )


def _named(kind: str, found: Lines, most: int | None) -> Iterator[str]:
    for word, names in (("added", found.added), ("removed", found.removed)):
        if names:
            plural = kind if len(names) == 1 else f"{len(names)} {kind}s"
            yield f"{plural} {word}: {', '.join(_some(names, most))}"
    yield from _some((f"{kind} renamed: {old} → {new}" for old, new in found.renamed), most)
    if found.is_reordered:
        yield f"the {kind}s stand in another order"


def _counted(emphasised: int, recoloured: int, *, is_all: bool) -> Iterator[str]:
    only = "only " if is_all else ""
    if emphasised:
        yield f"{_many(emphasised, 'cell')} set in other type"
    if recoloured:
        yield (
            f"{only}colours changed ({_many(recoloured, 'cell')})"
            if only
            else f"{_many(recoloured, 'more cell')} recoloured"
        )


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _some(lines: Iterable[str], most: int | None) -> tuple[str, ...]:
    """Return the first lines and how many there are besides, which is worth a line only from two on."""
    every = tuple(lines)
    if most is None or len(every) <= most + 1:
        return every
    return (*every[:most], f"and {len(every) - most} more")


def _replaced(what: str, old: str, new: str) -> str:
    if not old or not new:
        return f"{what} is {'gone' if old else 'new'}"
    return f"{what} changed"


def _source(before: bytes, after: bytes) -> tuple[str, ...]:
    """Return the lines that differ, those of the seal left out."""
    old, new = (_sourced(text) for text in (before, after))
    found = difflib.unified_diff(old, new, n=0, lineterm="")
    return tuple(line for line in found if not line.startswith(("---", "+++", "@@")))


def _sourced(text: bytes) -> list[str]:
    lines = text.replace(b"\r\n", b"\n").split(b"\n")
    return [line.decode("utf-8", "replace") for line in lines if not line.startswith(_SEAL)]
