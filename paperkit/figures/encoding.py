"""Encodings: the rows of a frame become groups of values, at slots of x and in levels of hue."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from paperkit.errors import AssetError, ManifestPath, Problem, did_you_mean
from paperkit.figures.text import literal
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Scalar
from paperkit.style.palette import Rgb

Row = tuple[Scalar | None, ...]
Role = Literal["units", "size", "style", "label"]
ROLES: tuple[Role, ...] = ("units", "size", "style", "label")
"""The columns that only some marks use."""
_SHOWN: tuple[Role, ...] = ("size", "style")


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """One value of x or hue: `text` is what a tick or the legend shows, in matplotlib's convention.

    `rank` is the place of a value of hue among all that the paper knows.
    """

    value: Scalar
    text: str
    color: Rgb | None = None
    rank: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """The finite values at one level of x (its rank), of one level of hue (None without hue).

    `extras` has, for every further column that the mark uses, what stands beside each of the values.
    """

    x: int
    hue: int | None
    values: tuple[float, ...]
    extras: Mapping[Role, tuple[Scalar | None, ...]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class PanelData:
    """What a mark draws: the levels of x and of hue, and a group for every pair that has values.

    The levels of x are names, one slot each, or numbers (`is_numeric`), each at its place. `is_log` says that the axis
    of the values is logarithmic, `is_log_x` that of the numbers. `ticks` holds, for each slot, the distinct values of
    the column that names the ticks. `is_told` says that ticks name the levels of hue, in all panels with this hue. In
    a matrix `y` has the rows, which the `hue` of a group counts; `values` is the name of what is in its cells.
    `unit_names` has what each unit of a mark that uses them is called. `style` has the levels of that column in the
    whole figure (those of `hue` where it is the same), `sizes` the least and the greatest number of the column `size`
    in it. The columns and rows of a matrix may be in named groups; `span` has the ends of the numbers in all matrices
    that have a colour bar in common, which the last one of them draws.
    """

    x: tuple[Level, ...]
    hue: tuple[Level, ...] = ()
    groups: tuple[Group, ...]
    is_numeric: bool = False
    is_log_x: bool = False
    is_log: bool = False
    ticks: tuple[tuple[str, ...], ...] = ()
    y: tuple[Level, ...] = ()
    values: str = ""
    is_told: bool = False
    unit_names: Mapping[Scalar, str] = field(default_factory=dict, hash=False)
    style: tuple[Level, ...] = ()
    sizes: tuple[float, float] | None = None
    x_groups: tuple[str, ...] = ()
    y_groups: tuple[str, ...] = ()
    span: tuple[float, float] | None = None
    has_bar: bool = True

    def at(self, group: Group) -> float:
        """Return where on x a group stands: the number of its slot, or its own number."""
        return self.place(group.x)

    def place(self, rank: int) -> float:
        """Return where on x a level stands."""
        return float(self.x[rank].value) if self.is_numeric else float(rank)

    def of_hue(self, hue: int) -> tuple[Group, ...]:
        """Return the groups of one level of hue, from left to right; all of them where there is no hue."""
        return tuple(group for group in self.groups if group.hue in (None, hue))

    @property
    def needs_dodge(self) -> bool:
        """Tell whether several levels of hue share a slot, as seaborn's `dodge="auto"` asks."""
        slots = [group.x for group in self.groups]
        return len(slots) != len(set(slots))


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """A column, or an attribute of the labels of a column (`base_model.family`)."""

    name: str

    @property
    def column(self) -> str:
        """Return the column that the frame must have."""
        return self.name.partition(".")[0]

    @property
    def has_attribute(self) -> bool:
        """Tell whether an attribute of the label stands for the value."""
        return "." in self.name

    def level(self, value: Scalar, labels: Labels) -> Scalar:
        """Return what tells levels apart: the attribute, or the value itself."""
        if self.has_attribute:
            return labels.text(self.name, value)
        return int(value) if isinstance(value, float) and value.is_integer() else value

    def text(self, value: Scalar, labels: Labels) -> str:
        """Return the text of one level; only the manifest's text may hold maths."""
        if self.has_attribute:
            return str(value)
        text = labels.text(self.column, value)
        return text if labels.is_labelled(self.column, value) else literal(text)


def levels(
    reference: Reference,
    values: Iterable[Scalar | None],
    labels: Labels,
    *,
    order: Sequence[Scalar] = (),
    path: ManifestPath,
) -> tuple[Scalar, ...]:
    """Return the distinct levels of `values`: in the explicit `order`, or as the labels order them.

    Numbers of which the labels do not order all stand by value, as in seaborn; other values as they came.

    Raises:
        AssetError: `order` names a value that neither the column nor its labels have.

    """
    present = [value for value in values if value is not None]
    found = tuple(dict.fromkeys(reference.level(value, labels) for value in labels.order(reference.name, present)))
    labelled = () if reference.has_attribute else tuple(labels.columns.get(reference.column, {}))
    if not order:
        numbers = [value for value in found if isinstance(value, (int, float))]
        is_free = len(numbers) == len(found) and any(str(value) not in labelled for value in found)
        return tuple(sorted(numbers)) if is_free else found
    known = dict.fromkeys([*map(str, found), *labelled])
    unknown = tuple(
        Problem(
            message=f"'{reference.name}' has no value '{value}'{did_you_mean(str(value), known)}",
            path=(*path, index),
        )
        for index, value in enumerate(order)
        if str(value) not in known
    )
    if unknown:
        raise AssetError(*unknown)
    by_text = {str(value): value for value in found}
    return tuple(dict.fromkeys(by_text.get(str(value), value) for value in order))


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """The rows of one panel, with the references that its encodings follow.

    Without `x` all values belong together. `x` is what places the values `y`; in a horizontal panel it stands on the y
    axis, and `keys` are their swapped keys.
    """

    rows: tuple[Row, ...]
    x: Reference | None
    y: str
    hue: Reference | None
    path: ManifestPath
    extras: Mapping[Role, Reference] = field(default_factory=dict)
    is_numeric: bool = False
    is_log_x: bool = False
    keys: tuple[str, str] = ("x", "y")
    can_turn: bool = False
    has_flags: bool = False

    def beside(self, row: Row, labels: Labels) -> Mapping[Role, Scalar | None]:
        """Return the levels of `extras` in a row; of a `label` its text."""
        start = 2 if self.hue is None else 3
        found: dict[Role, Scalar | None] = {}
        for (role, reference), value in zip(self.extras.items(), row[start:], strict=False):
            level = None if value is None else reference.level(value, labels)
            found[role] = reference.text(level, labels) if role == "label" and level is not None else level
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Grouped:
    """Groups and what was left out on the way."""

    groups: tuple[Group, ...]
    notices: tuple[Problem, ...]


def group(
    columns: Columns,
    labels: Labels,
    *,
    x: Sequence[Scalar],
    hue: Sequence[Scalar],
    is_log: bool = False,
) -> Grouped:
    """Sort the rows (x, y, hue if any, extras) into groups; rows that cannot be drawn are counted in notices.

    Raises:
        AssetError: y holds text.

    """
    _require_upright(columns)
    x_ranks, hue_ranks = {value: rank for rank, value in enumerate(x)}, {value: rank for rank, value in enumerate(hue)}
    cells: dict[tuple[int, int | None], list[tuple[float, Mapping[Role, Scalar | None]]]] = {}
    left_out: dict[str, int] = {}
    for row in columns.rows:
        value = _number(row[1], columns)
        reason = _reason(value, is_log=is_log)
        reason = reason or _place_reason(row[0], columns)
        keys = (() if columns.x is None else row[:1]) + (() if columns.hue is None else row[2:3])
        at = 0 if columns.x is None else _rank(columns.x, row[0], labels, x_ranks)
        level = None if columns.hue is None else _rank(columns.hue, row[2], labels, hue_ranks)
        if None in keys:
            reason = "without a value of x or hue"
        elif at is None or (columns.hue is not None and level is None):
            reason = "outside 'order' or 'hue_order'"
        beside = columns.beside(row, labels)
        reason = reason or _extra_reason(beside, columns)
        if reason is not None:
            left_out[reason] = left_out.get(reason, 0) + 1
        elif value is not None and at is not None:
            cells.setdefault((at, level), []).append((value, beside))
    groups = tuple(
        Group(x=at, hue=level, values=tuple(value for value, _ in found), extras=_extras(columns.extras, found))
        for (at, level), found in sorted(cells.items(), key=lambda item: (item[0][0], item[0][1] or 0))
    )
    return Grouped(groups=groups, notices=_notices(left_out, columns))


def _extras(roles: Iterable[Role], found: Sequence[tuple[float, Mapping[Role, Scalar | None]]]) -> Mapping[Role, Row]:
    return {role: tuple(beside[role] for _, beside in found) for role in roles}


def _extra_reason(beside: Mapping[Role, Scalar | None], columns: Columns) -> str | None:
    """Return why what stands beside a value keeps it from being drawn: it has no size, or no marker."""
    missing = [role for role in _SHOWN if role in beside and beside[role] is None]
    return f"without a value of '{columns.extras[missing[0]].name}'" if missing else None


def _notices(left_out: Mapping[str, int], columns: Columns) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            message=f"{count} of {len(columns.rows)} values of '{columns.y}' are {reason} and are not drawn",
            path=(*columns.path, columns.keys[1]),
        )
        for reason, count in sorted(left_out.items())
    )


def _reason(number: float | None, *, is_log: bool) -> str | None:
    if number is None or math.isnan(number):
        return "missing"
    if math.isinf(number):
        return "infinite"
    return "not positive on a logarithmic axis" if is_log and number <= 0 else None


def _place_reason(value: Scalar | None, columns: Columns) -> str | None:
    if columns.x is None or not columns.is_numeric or value is None:
        return None
    place = number(value, columns.x.column, (*columns.path, columns.keys[0]))
    if not math.isfinite(place):
        return f"at no finite '{columns.x.name}'"
    return f"at a '{columns.x.name}' that its logarithmic axis has not" if columns.is_log_x and place <= 0 else None


def _require_upright(columns: Columns) -> None:
    if columns.x is None or columns.is_numeric:
        return
    pairs = [row[:2] for row in columns.rows if None not in row[:2]]
    if pairs and all(isinstance(y, str) and not isinstance(x, (str, bool)) for x, y in pairs):
        raise AssetError(_swapped(columns, columns.x.name))


def _swapped(columns: Columns, x: str) -> Problem:
    place, value = columns.keys
    found = f"{place} ('{x}') holds numbers and {value} ('{columns.y}') text"
    swap = f"swap them: {place} = '{columns.y}', {value} = '{x}'"
    if columns.can_turn:
        turn = "orient = 'v'" if place == "y" else "orient = 'h'"
        return Problem(message=found, path=(*columns.path, value), hint=f"options = {{ {turn} }}, or {swap}")
    return Problem(message=found, path=(*columns.path, value), hint=swap)


def _rank(reference: Reference, value: Scalar | None, labels: Labels, ranks: Mapping[Scalar, int]) -> int | None:
    return None if value is None else ranks.get(reference.level(value, labels))


def _number(value: Scalar | None, columns: Columns) -> float | None:
    if columns.has_flags and isinstance(value, bool):
        return float(value)
    return None if value is None else number(value, columns.y, (*columns.path, columns.keys[1]))


def number(value: Scalar, column: str, path: ManifestPath) -> float:
    """Return a number of `column`.

    Raises:
        AssetError: the value is no number.

    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    kind = "text" if isinstance(value, str) else type(value).__name__
    wrong = Problem(
        message=f"column '{column}' holds {kind} ('{value}') where numbers are expected",
        path=path,
        hint=f"make it numeric in its frame: numeric = ['{column}']",
    )
    raise AssetError(wrong)


def are_numbers(values: Iterable[Scalar | None]) -> bool:
    """Tell whether there are values and all of them are numbers.

    >>> are_numbers([1, 2.5, None]), are_numbers(["1"]), are_numbers([True]), are_numbers([])
    (True, False, False, False)
    """
    present = [value for value in values if value is not None]
    return bool(present) and all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in present)
