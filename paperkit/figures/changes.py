"""Changes: what differs between two builds of a figure in words, found in its source data."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence

from paperkit.figures.source_data import INTERVAL, MARK

Key = tuple[str, ...]
Cells = Mapping[str, Sequence[str]]

_NUMBER = re.compile(r"-?[0-9.]+(e[-+]?[0-9]+)?")
_FEWEST, _MOST = 3, 17


def changes(before: str, after: str) -> tuple[str, ...]:
    r"""Return what differs between the source data of a panel before and after, such as `median of ViT 3.32 → 3.41`.

    Numbers have as many digits as show their difference, at least three. The order of groups does not count.

    >>> changes("model,mark,n,median\nViT,box,9,3.3217\n", "model,mark,n,median\nViT,box,9,3.41\n")
    ('median of ViT 3.32 → 3.41',)
    """
    (old_head, old), (new_head, new) = _read(before), _read(after)
    if old_head != new_head:
        return (f"groups by {_head(old_head)} → by {_head(new_head)}",)
    keys = dict.fromkeys((*old, *new))
    lines = [line for key in keys for line in _of_group(_name(new_head, key), old.get(key), new.get(key))]
    return tuple(dict.fromkeys(lines))


def _head(names: Key) -> str:
    return ", ".join(names) or "nothing"


def _read(text: str) -> tuple[Key, Mapping[Key, Cells]]:
    """Return the columns of the groups, and for each group the cells that its rows have in each other column."""
    rows = list(csv.reader(io.StringIO(text)))
    if not rows or MARK not in rows[0]:
        return (), {}
    at = rows[0].index(MARK)
    found: dict[Key, dict[str, list[str]]] = {}
    for row in rows[1:]:
        cells = found.setdefault(tuple(row[: at + 1]), {})
        for name, cell in zip(rows[0][at + 1 :], row[at + 1 :], strict=False):
            if cell:
                cells.setdefault(name, []).append(cell)
    return tuple(rows[0][:at]), found


def _name(head: Key, key: Key) -> str:
    """Return what names a group: its levels, numbers behind their columns; what has none is named by its mark."""
    levels = [f"{name} {cell}" if _NUMBER.fullmatch(cell) else cell for name, cell in zip(head, key, strict=False)]
    return ", ".join(filter(None, levels)) or key[-1]


def _of_group(group: str, old: Cells | None, new: Cells | None) -> Iterator[str]:
    if old is None or new is None:
        yield f"{group} is {'new' if old is None else 'gone'}"
        return
    for name in dict.fromkeys((*old, *new)):
        was, now = old.get(name, ()), new.get(name, ())
        if was != now:
            yield _of_column(name, group, was, now)


def _of_column(name: str, group: str, was: Sequence[str], now: Sequence[str]) -> str:
    if len(was) == len(now) == 1:
        old, new = (was[0], now[0]) if name == INTERVAL else _apart(was[0], now[0])
        return f"{name} of {group} {old} → {new}"
    if len(was) != len(now):
        return f"number of {name} of {group} {len(was)} → {len(now)}"
    count = sum(one != other for one, other in zip(was, now, strict=True))
    return f"{count} of {len(now)} {name} of {group} changed"


def _apart(old: str, new: str) -> tuple[str, str]:
    """Return two numbers with so many digits that rounding changes their difference by a tenth at most."""
    difference = float(new) - float(old)
    for digits in range(_FEWEST, _MOST + 1):
        short = f"{float(old):.{digits}g}", f"{float(new):.{digits}g}"
        if abs(float(short[1]) - float(short[0]) - difference) <= abs(difference) / 10:
            return short
    return old, new
