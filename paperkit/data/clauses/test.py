"""Test: significance tests between the samples that a column tells apart, by SciPy."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from paperkit.data import gather, grouped, keys, statistics
from paperkit.data.clauses.context import Context
from paperkit.data.clauses.remarks import left_out, no_p_value, not_numbers, taken
from paperkit.data.orders import arranged
from paperkit.data.table import Rows, Value, under, unknown_columns
from paperkit.errors import DataError, ManifestPath, Problem, did_you_mean
from paperkit.manifest.model import FrameSpec, SignificanceTest

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from paperkit.data.grouped import Groups, Positions

    Sample: TypeAlias = npt.NDArray[np.float64]

PAIRED = ("paired-t", "wilcoxon")
RESULTS = ("reference", "n", "n_reference", "statistic", "p", "p_corrected")
_ROUNDING = 16


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Samples:
    """The numbers of every sample; `at` has the rows of (number of a group of `by`, number of a sample).

    `names` are the samples in order, and `firsts` has a row of each; `pairs` are the keys that partners share.
    """

    spec: SignificanceTest
    rows: Rows
    path: ManifestPath
    numbers: Sample
    names: Sequence[Value]
    firsts: Sequence[int]
    by: Groups
    pairs: Groups
    at: Mapping[tuple[int, int], Positions]

    def title(self, group: int, sample: int, reference: int) -> str:
        """Return how a message calls a test."""
        import numpy as np

        by = self.spec.by
        key = keys.values(self.rows.table, by, np.array([self.by.firsts[group]])) if by else ((),)
        shown = keys.shown(by, key[0])
        return f"{shown}: " * bool(shown) + f"{self.names[sample]!r} against {self.names[reference]!r}"


def apply(rows: Rows, spec: FrameSpec, context: Context) -> Rows:
    """Return one row per group of `by` and pair of samples, with the statistic and p-value of a significance test.

    The columns are `by`, the column that tells the samples apart, `reference` (the sample that it is tested against),
    `n` and `n_reference` (how many values both have), `statistic`, `p`, and `p_corrected`: corrected for all tests of
    the clause together. Groups stand as those of `group`, samples in their labels' order, or their column's.
    What cannot be tested has a missing p-value.

    Raises:
        DataError: an unknown column or sample, values that are no numbers, partners that are not unique, or no SciPy.

    """
    if spec.test is None:
        return rows
    path = (*context.path, "test")
    _refuse(rows, spec.test, path)
    left, notices = _usable(rows, spec.test, path)
    samples = _samples(rows, left, spec.test, context, path)
    if spec.test.kind in PAIRED:
        _refuse_doubles(samples, left)
    try:
        table, found = _tested(samples)
    except DataError as error:
        raise under(error, path) from None
    return rows.computed(table, by=(*spec.test.by, spec.test.between)).noticing(*notices, *found)


def _refuse(rows: Rows, test: SignificanceTest, path: ManifestPath) -> None:
    """Raise for everything that can be told before the first test."""
    named = (("value", (test.value,)), ("between", (test.between,)), ("pair", test.pair), ("by", test.by))
    problems = [problem for key, names in named for problem in unknown_columns(names, rows, (*path, key))]
    if test.value in rows.columns and (problem := not_numbers(rows, test.value, "test", (*path, "value"))):
        problems.append(problem)
    if test.kind in PAIRED and not test.pair:
        hint = 'name the columns that partners agree in: pair = ["seed"]'
        problems.append(Problem(message=f"{test.kind} needs pair", path=path, hint=hint))
    if test.kind not in PAIRED and test.pair:
        hint = f"the paired tests are {' and '.join(PAIRED)}"
        problems.append(Problem(message=f"{test.kind} has no partners", path=(*path, "pair"), hint=hint))
    problems += taken(test.by, (test.between, *RESULTS), (*path, "by"))
    problems += taken((test.between,), RESULTS, (*path, "between"))
    problems += _unknown_reference(rows, test, (*path, "reference"))
    if problems:
        raise DataError(*problems)


def _unknown_reference(rows: Rows, test: SignificanceTest, path: ManifestPath) -> Iterator[Problem]:
    if test.reference is None or test.between not in rows.columns:
        return
    known = rows.table[test.between].dropna().unique().tolist()
    if known and test.reference not in known:
        shown = [str(value) for value in known]
        close = did_you_mean(str(test.reference), shown)
        hint = None if close else f"it is one of {', '.join(shown)}"
        yield Problem(message=f"no row has {test.between} '{test.reference}'{close}", path=path, hint=hint)


def _usable(rows: Rows, test: SignificanceTest, path: ManifestPath) -> tuple[npt.NDArray[np.bool_], list[Problem]]:
    """Return which rows have a value, a sample and a key, and notices of those that do not."""
    import numpy as np

    left = np.ones(len(rows), dtype=bool)
    notices = []
    for name in dict.fromkeys((test.value, test.between, *test.pair)):
        gone = left & rows.table[name].isna().to_numpy()
        if gone.any():
            notices.append(left_out(int(gone.sum()), name, path))
        left &= ~gone
    return left, notices


def _samples(
    rows: Rows, left: npt.NDArray[np.bool_], test: SignificanceTest, context: Context, path: ManifestPath
) -> _Samples:
    import numpy as np
    import pandas as pd

    table = rows.table
    codes, values = pd.factorize(table[test.between])
    names = context.labels.order(test.between, arranged(values.tolist(), rows.orders.get(test.between, ())))
    ranks = {name: rank for rank, name in enumerate(names)}
    sample = np.array([*(ranks[name] for name in values.tolist()), -1], dtype=np.int64)[codes]
    by, pairs = (grouped.groups_of(rows, columns) for columns in (test.by, test.pair))
    # A sample with no usable row is there all the same: it cannot be tested, which must be said.
    found = {key: at[left[at]] for key, at in _positions(by.codes, sample, len(names)).items()}
    numbers = grouped.floats(table[test.value]).to_numpy()
    firsts = [int(np.flatnonzero(sample == rank)[0]) for rank in range(len(names))]
    return _Samples(
        spec=test, rows=rows, path=path, numbers=numbers, names=names, firsts=firsts, by=by, pairs=pairs, at=found
    )


def _positions(groups: Positions, sample: Positions, samples: int) -> dict[tuple[int, int], Positions]:
    """Return the rows of every group and sample that occur; rows of no sample (-1) are in none."""
    import numpy as np

    both = np.where(sample < 0, -1, groups * samples + sample)
    order = np.argsort(both, kind="stable")[int((sample < 0).sum()) :]
    keys, starts = np.unique(both[order], return_index=True)
    parts = np.split(order, starts[1:]) if len(keys) else []
    return {divmod(int(key), samples): part for key, part in zip(keys, parts, strict=True)}


def _refuse_doubles(samples: _Samples, left: npt.NDArray[np.bool_]) -> None:
    """Raise if a value could have several partners."""
    test, rows = samples.spec, samples.rows
    names = tuple(dict.fromkeys((*test.by, test.between, *test.pair)))
    usable = rows.holding(rows.table[left])
    texts = keys.repeated(usable, names, keys.codes([usable.table[name] for name in names], missing=True))
    if texts:
        shown = keys.listed(texts[: keys.MOST_KEYS], len(texts))
        message = f"partners must be unique, but several rows have {shown}"
        hint = "add a column to pair or by, or sum such rows up in a frame before"
        raise DataError(Problem(message=message, path=(*samples.path, "pair"), hint=hint))


def _comparisons(samples: _Samples) -> Iterator[tuple[int, int, int]]:
    """Yield the group, the sample and the reference of every test."""
    if not samples.names:
        return
    reference = None if samples.spec.reference is None else samples.names.index(samples.spec.reference)
    occurring: dict[int, list[int]] = {group: [] for group in range(len(samples.by))}
    for group, sample in sorted(samples.at):
        occurring[group].append(sample)
    for group, found in occurring.items():
        if reference is None:
            yield from ((group, *pair) for pair in itertools.combinations(found, 2))
        else:
            yield from ((group, sample, reference) for sample in found if sample != reference)


def _tested(samples: _Samples) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    import numpy as np
    import pandas as pd

    test, table = samples.spec, samples.rows.table
    comparisons = tuple(_comparisons(samples))
    results, missing, lonely = [], [], set()
    nothing = np.empty(0, dtype=np.int64)
    for group, sample, reference in comparisons:
        first, second = samples.at.get((group, sample), nothing), samples.at.get((group, reference), nothing)
        if test.kind in PAIRED:
            given = {*first.tolist(), *second.tolist()}
            first, second = _partners(samples.pairs.codes, first, second)
            lonely |= given - {*first.tolist(), *second.tolist()}
        result = _result(test, samples.numbers[first], samples.numbers[second])
        results.append(result)
        if result.reason:
            missing.append(f"{samples.title(group, sample, reference)} ({result.reason})")
    groups, *pair = np.array(comparisons, dtype=np.int64).reshape(-1, 3).T
    columns: dict[str, Any] = {name: gather.picked(table[name], samples.by.firsts[groups]) for name in test.by}
    firsts = np.array(samples.firsts, dtype=np.int64)
    for name, numbers in zip((test.between, "reference"), pair, strict=True):
        columns[name] = gather.picked(table[test.between], firsts[numbers])
    columns["n"] = np.array([result.n for result in results], dtype=np.int64)
    columns["n_reference"] = np.array([result.n_reference for result in results], dtype=np.int64)
    columns["statistic"] = np.array([result.statistic for result in results], dtype=np.float64)
    columns["p"] = np.array([result.p for result in results], dtype=np.float64)
    columns["p_corrected"] = statistics.corrected(columns["p"], test.correction)
    return pd.DataFrame(columns), (*_lonely(samples, sorted(lonely)), *no_p_value(missing, "test", samples.path))


def _partners(codes: Positions, first: Positions, second: Positions) -> tuple[Positions, Positions]:
    """Return the rows of both samples that have a partner, in the same order."""
    import numpy as np

    _, ours, theirs = np.intersect1d(codes[first], codes[second], assume_unique=True, return_indices=True)
    return first[ours], second[theirs]


def _lonely(samples: _Samples, rows: list[int]) -> tuple[Problem, ...]:
    """Return the notice that some rows have no partner."""
    if not rows:
        return ()
    import numpy as np

    test = samples.spec
    names = tuple(dict.fromkeys((*test.by, test.between, *test.pair)))
    found = keys.values(samples.rows.table, names, np.array(rows[: keys.MOST_KEYS]))
    shown = keys.listed([keys.shown(names, key) for key in found], len(rows))
    have = "1 row has no partner in a test and is left out of it" if len(rows) == 1 else _LONELY.format(len(rows))
    return (Problem(message=f"{have}: {shown}", path=(*samples.path, "pair")),)


_LONELY = "{} rows have no partner in a test and are left out of it"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Result:
    n: int
    n_reference: int
    statistic: float = math.nan
    p: float = math.nan
    reason: str = ""


def _result(test: SignificanceTest, first: Sample, second: Sample) -> _Result:
    """Return the result of one test, or why there is none."""
    import numpy as np

    n, n_reference = len(first), len(second)
    reason = _too_poor(test.kind, first, second)
    if reason:
        return _Result(n=n, n_reference=n_reference, reason=reason)
    stats = statistics.scipy("stats", "test")
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        match test.kind:
            case "t" | "welch":
                equal = test.kind == "t"
                found = stats.ttest_ind(first, second, equal_var=equal, alternative=test.alternative)
            case "paired-t":
                found = stats.ttest_rel(first, second, alternative=test.alternative)
            case "wilcoxon":
                found = stats.wilcoxon(first, second, alternative=test.alternative)
            case "mann-whitney":
                found = stats.mannwhitneyu(first, second, alternative=test.alternative)
    return _Result(n=n, n_reference=n_reference, statistic=float(found.statistic), p=float(found.pvalue))


def _too_poor(kind_: str, first: Sample, second: Sample) -> str:
    """Return why samples allow no test, or nothing: values that differ by rounding alone do not vary."""
    import numpy as np

    both = np.concatenate([first, second])
    if min(len(first), len(second)) < statistics.SMALLEST:
        return f"fewer than 2 {'pairs' if kind_ in PAIRED else 'values'}"
    if not np.isfinite(both).all():
        return "infinite values"
    noise = _ROUNDING * np.finfo(np.float64).eps * np.abs(both).max()
    match kind_:
        case "wilcoxon":
            return "all differences are zero" if np.abs(first - second).max() <= noise else ""
        case "paired-t":
            return "all differences are equal" if np.ptp(first - second) <= noise else ""
        case "mann-whitney":
            return "all values are equal" if np.ptp(both) == 0 else ""
        case _:
            return "no sample varies" if max(np.ptp(first), np.ptp(second)) <= noise else ""
