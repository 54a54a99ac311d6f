"""join: columns of other frames, looked up by common keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from paperkit.data import keys
from paperkit.data.clauses.context import Context
from paperkit.data.clauses.others import loaded
from paperkit.data.gather import held, picked, stacked
from paperkit.data.table import PLURALS, Locate, Rows, Value
from paperkit.errors import DataError, ManifestPath, Place, Problem, did_you_mean
from paperkit.manifest.model import FrameSpec, Join

if TYPE_CHECKING:
    from typing import TypeAlias

    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from paperkit.data.gather import Positions

    Flags: TypeAlias = npt.NDArray[np.bool_]

LARGEST_EXACT = 2**53  # beyond, neighbouring whole numbers are one float


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Pairs:
    """Which rows belong together: positions on either side, row by row of the result, -1 for no partner."""

    left: Positions
    right: Positions


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Sides:
    """The two frames of a join, the codes of their keys (-1 for a missing one), and what the manifest says."""

    join: Join
    path: ManifestPath
    left: Rows
    right: Rows
    left_codes: Positions
    right_codes: Positions

    @property
    def on(self) -> tuple[str, ...]:
        """Return the key columns, each once."""
        return tuple(dict.fromkeys(self.join.on))


def apply(rows: Rows, spec: FrameSpec, context: Context) -> Rows:
    """Return the rows with columns of other frames, as pandas' `merge` finds them, one join after the other.

    Keys belong together by value, never by the way they are stored; a missing key has no partner. The rows keep their
    order, the partners of one row that of their frame; `outer` and `right` put rows of the other frame without a
    partner behind. A column that both frames have gets the suffix on the right.

    Raises:
        DataError: a frame or a column does not exist, keys are of different kinds, a key stands more often than
            `validate` says, or a row has no partner and `unmatched` is `error`.

    """
    if not spec.join:
        return rows
    path = (*context.path, "join")
    at = [path if len(spec.join) == 1 else (*path, number) for number in range(len(spec.join))]
    others = loaded(context, [(join.frame, where) for join, where in zip(spec.join, at, strict=True)])
    for join, other, where in zip(spec.join, others, at, strict=True):
        rows = _joined(rows, other, join, where)
    return rows


def _joined(rows: Rows, other: Rows, join: Join, path: ManifestPath) -> Rows:
    import numpy as np
    import pandas as pd

    problems = [*_columns(rows, other, join, path)] or [*_kinds(rows, other, join, path)]
    if problems:
        raise DataError(*problems)
    on = tuple(dict.fromkeys(join.on))
    codes = keys.codes([_together(rows.table[name], other.table[name]) for name in on], missing=False)
    sides = Sides(
        join=join, path=path, left=rows, right=other, left_codes=codes[: len(rows)], right_codes=codes[len(rows) :]
    )
    notices = [*_lonely(sides)]
    problems = [*_repeated(sides), *(notices if join.unmatched == "error" else ())]
    if problems:
        raise DataError(*problems)
    pairs = _pairs(sides)
    kept = bool((pairs.left >= 0).all() and (np.diff(pairs.left) > 0).all())
    index = rows.table.index.take(pairs.left) if kept else pd.RangeIndex(len(pairs.left))
    table = pd.DataFrame(_cells(sides, pairs)).set_axis(index, axis=0)
    told = notices if join.unmatched == "notice" else ()
    taken = {name: other.orders.get(original, ()) for name, original in _taken(rows, other, join).items()}
    orders = {**rows.orders, **taken}
    result = replace(rows, table=table, locate=_locator(sides, pairs, index), orders=orders)
    return result.noticing(*other.notices, *told)


def _taken(rows: Rows, other: Rows, join: Join) -> dict[str, str]:
    """Return the columns that the other frame gives: its name for each, by the name it gets."""
    return {name + join.suffix if name in rows.columns else name: name for name in _wanted(other, join)}


def _wanted(other: Rows, join: Join) -> list[str]:
    return [name for name in dict.fromkeys(join.columns or other.columns) if name not in join.on]


def _columns(rows: Rows, other: Rows, join: Join, path: ManifestPath) -> Iterator[Problem]:
    """Yield a problem for every column that is not there, or would be there twice."""
    if not join.on:
        yield Problem(message="no column to join on", path=(*path, "on"))
    yield from keys.unusable(join.on, rows, (*path, "on"))
    for key, asked in (("on", join.on), ("columns", join.columns)):
        for name in dict.fromkeys(asked):
            if name not in other.columns:
                close = did_you_mean(name, other.columns)
                hint = None if close else f"its columns are {', '.join(other.columns)}"
                message = f"'{join.frame}' has no column '{name}'{close}"
                yield Problem(message=message, path=(*path, key), hint=hint)
    wanted = _wanted(other, join)
    names = [*rows.columns, *(name for name in wanted if name not in rows.columns)]
    for name in wanted:
        if name in rows.columns and name + join.suffix in names:
            hint = f"say another suffix, or leave '{name}' out of columns"
            message = f"column '{name}' of '{join.frame}' would be '{name}{join.suffix}', which is there already"
            yield Problem(message=message, path=(*path, "suffix"), hint=hint)


def _kinds(rows: Rows, other: Rows, join: Join, path: ManifestPath) -> Iterator[Problem]:
    """Yield a problem for every key whose two columns hold values that can never be equal."""
    for name in dict.fromkeys(join.on):
        left, right = held(rows.table[name]), held(other.table[name])
        if "other" not in (left, right) and ("missing" in (left, right) or left == right):
            continue
        message = f"key '{name}' holds {PLURALS[left]}, but '{name}' of '{join.frame}' holds {PLURALS[right]}"
        hint = None
        if {left, right} == {"number", "text"}:
            here, there = ("text", "numeric") if left == "number" else ("numeric", "text")
            hint = f'say {here} = ["{name}"] here, or {there} = ["{name}"] in [data.{join.frame}]'
        yield Problem(message=message, path=(*path, "on"), hint=hint)


def _together(left: pd.Series, right: pd.Series) -> pd.Series:
    """Return a key of both frames behind each other, exact where whole numbers meet floats."""
    import pandas as pd

    whole = [part for part in (left, right) if pd.api.types.is_integer_dtype(part.dtype)]
    largest = max(abs(int(end)) for end in (whole[0].min(), whole[0].max())) if whole and whole[0].notna().any() else 0
    if len(whole) == 1 and largest > LARGEST_EXACT:
        return pd.concat([left.astype(object), right.astype(object)], ignore_index=True)
    return stacked([left, right])


def _pairs(sides: Sides) -> Pairs:
    import numpy as np

    how = sides.join.how
    order, starts, counts = _partners(sides)
    times = np.maximum(counts, 1) if how in ("left", "outer") else counts
    left = np.repeat(np.arange(len(times)), times)
    nth = np.arange(len(left)) - np.repeat(np.cumsum(times) - times, times)
    right = np.full(len(left), -1, dtype=np.intp)
    found = counts[left] > 0
    right[found] = order[starts[left[found]] + nth[found]]
    if how in ("right", "outer"):
        alone = np.flatnonzero(_without(sides.right_codes, sides.left_codes))
        left = np.concatenate([left, np.full(len(alone), -1, dtype=left.dtype)])
        right = np.concatenate([right, alone])
    return Pairs(left=left, right=right)


def _partners(sides: Sides) -> tuple[Positions, Positions, Positions]:
    """Return the rows on the right by their codes, and per row on the left where its partners begin and how many."""
    import numpy as np

    known = np.flatnonzero(sides.right_codes >= 0)
    codes = sides.right_codes[known]
    counts = np.bincount(codes, minlength=max(int(sides.left_codes.max(initial=-1)) + 1, 1))
    starts = np.cumsum(counts) - counts
    if counts.max() > 1:
        order = known[np.argsort(codes, kind="stable")]
    else:  # every code is its own place
        order = np.empty(len(known), dtype=np.intp)
        order[starts[codes]] = known
    return order, starts[sides.left_codes], np.where(sides.left_codes < 0, 0, counts[sides.left_codes])


def _without(codes: Positions, others: Positions) -> Flags:
    """Tell which rows have no partner among the others."""
    import numpy as np

    return (codes < 0) | ~np.isin(codes, others)


def _cells(sides: Sides, pairs: Pairs) -> dict[str, pd.Series]:
    behind = pairs.left < 0
    cells = {}
    for name in sides.left.columns:
        column = sides.left.table[name]
        if name in sides.on and behind.any():
            own = picked(column, pairs.left[~behind])
            cells[name] = stacked([own, picked(sides.right.table[name], pairs.right[behind])])
        else:
            cells[name] = picked(column, pairs.left)
    for name, original in _taken(sides.left, sides.right, sides.join).items():
        cells[name] = picked(sides.right.table[original], pairs.right)
    return cells


def _repeated(sides: Sides) -> Iterator[Problem]:
    """Yield a problem per side on which a key stands more often than `validate` says."""
    validate, frame = sides.join.validate_, sides.join.frame
    before, after = validate.split("_to_")
    for quantity, rows, codes, name in (
        (before, sides.left, sides.left_codes, "this frame"),
        (after, sides.right, sides.right_codes, f"'{frame}'"),
    ):
        found = keys.repeated(rows, sides.on, codes) if quantity == "one" else ()
        if found:
            count = "1 key stands" if len(found) == 1 else f"{len(found)} keys stand"
            message = f"{count} in {name} more than once: {keys.listed(found[: keys.MOST_KEYS], len(found))}"
            other = f"dedupe [data.{frame}], " if rows is sides.right else ""
            hint = f'{validate} wants each once: add a column to on, {other}or say validate = "many_to_many"'
            yield Problem(message=message, path=sides.path, hint=hint)


def _lonely(sides: Sides) -> Iterator[Problem]:
    """Yield a problem per side whose rows want a partner and have none; a look-up may hold more than is asked."""
    frame = f"'{sides.join.frame}'"
    alone = _without(sides.left_codes, sides.right_codes)
    if alone.any():
        yield _unmatched(sides, sides.left, alone, ("", f" in {frame}"))
    if sides.join.how in ("right", "outer"):
        alone = _without(sides.right_codes, sides.left_codes)
        if alone.any():
            yield _unmatched(sides, sides.right, alone, (f" of {frame}", ""))


def _unmatched(sides: Sides, rows: Rows, alone: Flags, where: tuple[str, str]) -> Problem:
    """Name the rows' keys, those of most rows first."""
    import numpy as np

    positions = np.flatnonzero(alone)
    codes = keys.codes([rows.table[name].iloc[positions] for name in sides.on], missing=True)
    counts = np.bincount(codes)
    firsts = positions[keys.firsts(codes)]
    most = np.argsort(-counts, kind="stable")[: keys.MOST_KEYS]
    found = keys.values(rows.table, sides.on, firsts[most])
    parts = [f"{keys.shown(sides.on, key)} ({counts[code]})" for key, code in zip(found, most, strict=True)]
    listed = keys.listed(parts, len(counts), between=", " if len(sides.on) == 1 else "; ")
    have = "has" if len(positions) == 1 else "have"
    message = f"{len(positions)} of {len(rows)} rows{where[0]} {have} no partner{where[1]}: {listed}"
    hint = _alike(sides, found) if rows is sides.left else None
    if hint is None and sides.join.unmatched == "error":
        hint = 'unmatched = "notice" lets them pass'
    return Problem(message=message, path=sides.path, hint=hint)


def _alike(sides: Sides, lonely: tuple[tuple[Value, ...], ...]) -> str | None:
    """Return a hint for the texts that the other frame spells with other capitals, blanks or signs."""
    if len(sides.on) > 1:
        return None
    name = sides.on[0]
    texts = [value for value in sides.right.table[name].dropna().unique().tolist() if isinstance(value, str)]
    known = {_bare(text): text for text in reversed(texts)}
    pairs = [(key[0], known[_bare(key[0])]) for key in lonely if isinstance(key[0], str) and _bare(key[0]) in known]
    spelled = " and ".join(f"{there!r} for {here!r}" for here, there in pairs)
    return f"'{sides.join.frame}' has {spelled}" if pairs else None


def _bare(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _locator(sides: Sides, pairs: Pairs, index: pd.Index[int]) -> Locate:
    """Return a `locate` that sends a cell to the frame it was read from."""
    lefts, rights = sides.left.table.index.to_numpy(), sides.right.table.index.to_numpy()
    here, there = sides.left.locate, sides.right.locate
    taken: Mapping[str, str] = _taken(sides.left, sides.right, sides.join)

    def locate(row: int, column: str | None) -> Place | None:
        position = index.get_loc(row)
        left, right = int(pairs.left[position]), int(pairs.right[position])
        if right >= 0 and (left < 0 or column in taken):
            return there(int(rights[right]), None if column is None else taken.get(column, column))
        return here(int(lefts[left]), None if column in taken else column)

    return locate
