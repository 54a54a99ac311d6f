"""Group: one row per combination of values that occurs, with summaries of its rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from paperkit.data import evaluate, gather, grouped, keys, statistics
from paperkit.data.clauses.context import Context
from paperkit.data.clauses.remarks import infinite_rows
from paperkit.data.table import PLURALS, Rows, is_unrounded, kind, under
from paperkit.errors import DataError, ManifestPath, PaperkitError, Problem
from paperkit.manifest.expression_tree import AGGREGATES, Call, Constant, Expression, Name, Node, spelt, walk
from paperkit.manifest.expressions import parse
from paperkit.manifest.model import FrameSpec

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    Column: TypeAlias = pd.Series[Any]
    Numbers: TypeAlias = npt.NDArray[np.float64]
    Positions: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Scope:
    """Rows in groups, whose keys are the values of `by`; what is worth knowing is added to `notices`."""

    rows: Rows
    groups: grouped.Groups
    by: tuple[str, ...]
    context: Context
    notices: list[Problem] = field(default_factory=list)


def apply(rows: Rows, spec: FrameSpec, context: Context) -> Rows:
    """Return one row per combination of the values of `group` that occurs, with the columns of `group` and `stat`.

    A missing value is a value of its own. Without `group`, all rows are one group.

    Raises:
        DataError: an unknown column, or a summary that does not fit its column.

    """
    import pandas as pd

    if not spec.group and not spec.stat:
        return rows
    problems = [*keys.unusable(spec.group, rows, (*context.path, "group")), *_twice(spec, context.path)]
    by = () if problems else spec.group
    scope = _Scope(rows=rows, groups=grouped.groups_of(rows, by), by=by, context=context)
    columns = {name: gather.picked(rows.table[name], scope.groups.firsts) for name in by}
    notices: list[Problem] = []
    for name, text in spec.stat.items():
        path = (*context.path, "stat", name)
        try:
            columns[name] = _stat(text, replace(scope, notices=[]), notices, path)
        except PaperkitError as error:
            problems += under(error, path).problems
    if problems:
        raise DataError(*problems)
    found = rows.computed(pd.DataFrame(columns), by=by).noticing(*notices)
    orders = {name: evaluate.order_of(parse(text, aggregates=True).tree, rows) for name, text in spec.stat.items()}
    return replace(found, orders={**found.orders, **{name: order for name, order in orders.items() if order}})


def _twice(spec: FrameSpec, path: ManifestPath) -> Iterable[Problem]:
    for name in dict.fromkeys(name for name in spec.group if spec.group.count(name) > 1):
        yield Problem(message=f"'{name}' is named twice", path=(*path, "group"))
    for name in spec.stat:
        if name in spec.group:
            yield Problem(message=f"'{name}' is a column of group", path=(*path, "stat", name))


def row_values(node: Node, rows: Rows, context: Context) -> Column:
    """Return the value of an expression per row, with the index of `rows`.

    Raises:
        DataError: an unknown name, or operands that do not go together.

    """
    import pandas as pd

    if isinstance(node, Name) and node.name in rows.columns:
        found: Column = rows.table[node.name]
        return found
    if isinstance(node, Constant) and node.value is not None:
        return pd.Series(node.value, index=rows.table.index)
    return pd.Series(
        evaluate.column(_expression(node), evaluate.scope_of(rows, context.labels)), index=rows.table.index
    )


def _expression(node: Node) -> Expression:
    names = tuple(dict.fromkeys(part.name for part in walk(node) if isinstance(part, Name)))
    return Expression(text=spelt(node), tree=node, names=names)


def _stat(text: str, scope: _Scope, notices: list[Problem], path: ManifestPath) -> Column:
    found = _summary(parse(text, aggregates=True).tree, scope)
    notices += [notice.under(path) for notice in scope.notices]
    return found


def _summary(tree: Node, scope: _Scope) -> Column:
    """Return the value of an expression over aggregates per group."""
    import pandas as pd

    columns: dict[str, Column] = {}
    over = _over(tree, scope, columns)
    table = pd.DataFrame(columns, index=pd.RangeIndex(len(scope.groups)))
    aggregates = (node for node in walk(tree) if isinstance(node, Call))
    orders = {spelt(node): evaluate.order_of(node, scope.rows) for node in aggregates}
    summaries = replace(scope.rows.computed(table), orders=orders)
    found = row_values(over, summaries, scope.context)
    new = evaluate.infinities(_expression(over), evaluate.scope_of(summaries, scope.context.labels), found)
    if len(new):
        _note(scope, "finite numbers give an infinite one", new, evaluate.GUARD)
    return grouped.plain(found)


def _note(scope: _Scope, what: str, numbers: Positions, hint: str | None = None) -> None:
    """Say what is the matter in some groups; one notice of a kind is enough for a column."""
    count = f" in {len(numbers)} of {len(scope.groups)} groups" if scope.by else ""
    firsts = scope.groups.firsts[numbers]
    if count:
        key = keys.values(scope.rows.table, scope.by, firsts[: keys.MOST_KEYS])
        count += ": " + keys.listed([keys.shown(scope.by, one) for one in key], len(numbers))
    place = scope.rows.place(int(firsts[0])) if len(scope.rows) else None
    scope.notices.append(Problem(message=what + count, place=place, hint=hint))


def _over(node: Node, scope: _Scope, columns: dict[str, Column]) -> Node:
    """Return the expression with a name in place of every aggregate, whose values per group go into `columns`."""

    def part(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(part, value))
        return _over(value, scope, columns) if isinstance(value, Node) else value

    if isinstance(node, Call) and node.function in AGGREGATES:
        name = spelt(node)
        if name not in columns:
            columns[name] = _aggregate(node, scope)
        return Name(name=name)
    return replace(node, **{each.name: part(getattr(node, each.name)) for each in fields(node)})


def _aggregate(call: Call, scope: _Scope) -> Column:
    import numpy as np

    if not call.arguments:
        return grouped.size(scope.groups)
    if call.function in ("argmax", "argmin"):
        return _extreme(call, scope)
    argument = call.arguments[0]
    values = row_values(argument, scope.rows, scope.context)
    rows = evaluate.scope_of(scope.rows, scope.context.labels)
    scope.notices.extend(infinite_rows(scope.rows, evaluate.infinities(_expression(argument), rows, values)))
    if call.function == "nunique":
        _refuse_other(values, call)
    if call.function in ("min", "max"):
        order = evaluate.order_of(argument, scope.rows)
        return grouped.extreme(values, scope.groups, call.function, order)
    if call.function in grouped.SUMMARIES_OF_VALUES:
        return grouped.SUMMARIES_OF_VALUES[call.function](values, scope.groups)
    numbers = _numbers(values, call)
    with np.errstate(all="ignore"):  # what is too large is told below
        found = _summarised(call, numbers, scope)
    lost = _overflows(grouped.floats(found).to_numpy(), grouped.floats(numbers).to_numpy(), scope.groups)
    if len(lost):
        _note(scope, f"{spelt(call)} of finite numbers is too large for a number", lost)
    return found


def _overflows(found: Numbers, numbers: Numbers, groups: grouped.Groups) -> Positions:
    """Return the groups of finite numbers whose summary is infinite, or none although there are two numbers."""
    import numpy as np

    if np.isfinite(found).all():
        return np.zeros(0, dtype=np.int64)
    infinite = np.bincount(groups.codes[np.isinf(numbers)], minlength=len(groups)) > 0
    several = np.bincount(groups.codes[~np.isnan(numbers)], minlength=len(groups)) > 1
    return np.flatnonzero(~infinite & (np.isinf(found) | (np.isnan(found) & several)))


def _summarised(call: Call, numbers: Column, scope: _Scope) -> Column:
    """Return a summary of numbers per group."""
    if call.function in grouped.SUMMARIES_OF_NUMBERS:
        return grouped.SUMMARIES_OF_NUMBERS[call.function](numbers, scope.groups)
    level = _level(call, scope)
    if call.function == "quantile":
        return grouped.quantile(numbers, scope.groups, level)
    if call.function in ("ci_low", "ci_high"):
        ends = grouped.interval(numbers, scope.groups, level)
    else:
        seed = statistics.seed_of(scope.context.name, spelt(call.arguments[0]))
        ends = grouped.bootstrap(numbers, scope.groups, level, seed=seed)
    return ends[call.function.endswith("_high")]


def _numbers(values: Column, call: Call) -> Column:
    """Return values as int64, Int64 or float64; true counts as 1."""
    import numpy as np

    node, holds = call.arguments[0], kind(values)
    match holds:
        case "number":
            return values
        case "flag":
            return values.astype("Int64") if values.isna().any() else values.astype(np.int64)
        case "missing":
            return grouped.floats(values)
        case "other" if is_unrounded(values):
            return grouped.floats(values)
        case "text" | "other":
            hint = f'numeric = ["{node.name}"]' if isinstance(node, Name) and holds == "text" else None
            subject = f"column '{node.name}'" if isinstance(node, Name) else f"'{spelt(node)}'"
            message = f"{subject} holds {PLURALS[holds]}, but {call.function}(…) needs numbers"
            raise DataError(Problem(message=message, hint=hint))


def _refuse_other(values: Column, call: Call) -> None:
    if kind(values) == "other":
        raise DataError(Problem(message=f"{call.function}(…) has no meaning for {PLURALS['other']}"))


def _level(call: Call, scope: _Scope) -> float:
    """Return the second argument, or 0.95 if there is none: 0 and 1 are levels of a quantile, not of an interval."""
    if len(call.arguments) == 1:
        return statistics.LEVEL
    node = call.arguments[1]
    value: Any = None
    if not any(isinstance(part, Name) for part in walk(node)):
        import pandas as pd

        value = row_values(node, scope.rows.computed(pd.DataFrame(index=range(1))), scope.context).tolist()[0]
    is_quantile = call.function == "quantile"
    if type(value) not in (int, float) or not (0 < value < 1 or (is_quantile and value in (0, 1))):
        wanted = "a number from 0 to 1" if is_quantile else "a number between 0 and 1"
        message = f"{call.function}(…) needs {wanted} as its second argument, not {spelt(node)}"
        raise DataError(Problem(message=message))
    return float(value)


def _extreme(call: Call, scope: _Scope) -> Column:
    """Return, per group, the value of a column whose rows have the largest (or smallest) score; of a tie, the first."""
    import numpy as np
    import pandas as pd

    names = row_values(call.arguments[1], scope.rows, scope.context)
    _refuse_other(names, call)
    present = names.notna().to_numpy()
    table = scope.rows.table.loc[present]
    outer = scope.groups.codes[present]
    pairs = Rows(table=pd.DataFrame({"outer": outer, "name": names[present].to_numpy()}))
    groups = grouped.groups_of(pairs, ("outer", "name"))
    inner = replace(scope, rows=scope.rows.holding(table), groups=groups)
    order = evaluate.order_of(call.arguments[0], scope.rows)
    scores, _ = grouped.ranked(_summary(call.arguments[0], inner), call.function, order)
    parents = outer[groups.firsts]
    best = scores.groupby(parents).transform("max" if call.function == "argmax" else "min")
    winners = np.flatnonzero((scores == best).to_numpy())
    numbers, positions = np.unique(parents[winners], return_index=True)
    if len(numbers) < len(winners):
        scope.notices.append(_tied(call, scope, names[present].iloc[groups.firsts[winners]], parents[winners]))
    return grouped.picked(names[present], groups.firsts[winners[positions]], numbers, scope.groups)


def _tied(call: Call, scope: _Scope, names: Column, parents: Positions) -> Problem:
    """Return the notice that some groups have several winners: `names`, in the groups `parents`."""
    import numpy as np

    tied = np.flatnonzero(np.bincount(parents) > 1)
    shown = []
    for parent in tied[: keys.MOST_KEYS]:
        group = ""
        if scope.by:
            key = keys.values(scope.rows.table, scope.by, scope.groups.firsts[[parent]])[0]
            group = f"{keys.shown(scope.by, key)}: "
        shown.append(group + " and ".join(repr(name) for name in names[parents == parent].tolist()))
    where = f" in {len(tied)} of {len(scope.groups)} groups" if scope.by else ""
    message = f"{call.function}(…) is tied{where}: the first in the data is taken"
    return Problem(message=message, hint=keys.listed(shown, len(tied)))
