"""Ranks of several methods over several data sets, and which of them differ significantly.

After J. Demšar (2006), "Statistical comparisons of classifiers over multiple data sets", JMLR 7, section 3.2.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from typing import Literal

from paperkit.figures.relations import mid_ranks

Test = Literal["nemenyi", "wilcoxon"]
Correction = Literal["none", "bonferroni", "holm", "benjamini-hochberg"]
Scores = tuple[tuple[float, ...], ...]

FEWEST_METHODS = 3
FEWEST_UNITS = 2
_WHAT = "a critical difference diagram"
# Scores that differ by rounding alone are equal, as in the tests of frames.
_ROUNDING = 8.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """Average ranks, 1 being the best, of `n` units; Friedman's test of all methods being alike, and what follows it.

    `critical_difference` is Nemenyi's; after Wilcoxon's tests `p_values` has the corrected one of each pair instead.
    """

    ranks: tuple[float, ...]
    n: int
    alpha: float
    chi_square: float
    p_value: float
    critical_difference: float | None = None
    p_values: Mapping[tuple[int, int], float] = field(default_factory=dict, hash=False)

    @property
    def is_significant(self) -> bool:
        """Tell whether Friedman's test finds a difference, without which no pair is compared."""
        return self.p_value < self.alpha

    def are_alike(self, one: int, other: int) -> bool:
        """Tell whether two methods do not differ significantly."""
        if not self.is_significant:
            return True
        if self.critical_difference is not None:
            return abs(self.ranks[one] - self.ranks[other]) < self.critical_difference
        return self.p_values[min(one, other), max(one, other)] >= self.alpha


@lru_cache(maxsize=16)
def compare(
    scores: Scores, direction: Literal["higher", "lower"], test: Test, alpha: float, correction: Correction
) -> Comparison:
    """Compare methods, one in each column of `scores`, over units, one in each row; at least 3 of them over 2 units.

    Friedman's chi-square is corrected for ties; Nemenyi's critical difference is q sqrt(k (k + 1) / (6 n)), q being the
    quantile of the studentized range for k methods and infinitely many degrees of freedom, divided by the root of two.
    Wilcoxon's tests are the signed-rank tests of all pairs, with two sides.

    Raises:
        DataError: SciPy is not installed.

    """
    ranks = average_ranks(scores, direction)
    chi_square, p_value = _friedman(scores)
    n, count = len(scores), len(ranks)
    if test == "nemenyi":
        found = Comparison(
            ranks=ranks,
            n=n,
            alpha=alpha,
            chi_square=chi_square,
            p_value=p_value,
            critical_difference=nemenyi(count, n, alpha),
        )
    else:
        p_values = _wilcoxon(scores, correction)
        found = Comparison(ranks=ranks, n=n, alpha=alpha, chi_square=chi_square, p_value=p_value, p_values=p_values)
    return found


def average_ranks(scores: Scores, direction: Literal["higher", "lower"]) -> tuple[float, ...]:
    """Return the mean rank of each column, 1 being the best; equal scores of a row share their mean rank.

    >>> average_ranks(((0.9, 0.8, 0.7), (0.6, 0.6, 0.5)), "higher")
    (1.25, 1.75, 3.0)
    """
    sign = -1.0 if direction == "higher" else 1.0
    rows = [mid_ranks([sign * score for score in row]) for row in scores]
    return tuple(math.fsum(column) / len(rows) for column in zip(*rows, strict=True))


def nemenyi(methods: int, units: int, alpha: float) -> float:
    """Return the difference of average ranks from which on two of `methods` differ significantly over `units`.

    Raises:
        DataError: SciPy is not installed.

    """
    from paperkit.data.statistics import scipy

    quantile = float(scipy("stats", _WHAT).studentized_range.ppf(1 - alpha, methods, math.inf)) / math.sqrt(2)
    return quantile * math.sqrt(methods * (methods + 1) / (6 * units))


def cliques(compared: Comparison) -> tuple[tuple[int, ...], ...]:
    """Return the largest sets of neighbours in rank of which no two differ significantly, each from best to worst."""
    order = sorted(range(len(compared.ranks)), key=compared.ranks.__getitem__)
    found: list[tuple[int, ...]] = []
    last = 0
    for start in range(len(order)):
        end = start + 1
        while end < len(order) and all(compared.are_alike(order[end], other) for other in order[start:end]):
            end += 1
        if end > max(last, start + 1):
            found.append(tuple(order[start:end]))
        last = max(last, end)
    return tuple(found)


def unjoined(compared: Comparison) -> tuple[tuple[int, int], ...]:
    """Return the pairs that do not differ significantly and that no clique shows, since others between them do."""
    shown = {frozenset(pair) for clique in cliques(compared) for pair in combinations(clique, 2)}
    pairs = combinations(range(len(compared.ranks)), 2)
    return tuple(pair for pair in pairs if compared.are_alike(*pair) and frozenset(pair) not in shown)


def _friedman(scores: Scores) -> tuple[float, float]:
    from paperkit.data.statistics import scipy

    if all(len(set(row)) == 1 for row in scores):
        return 0.0, 1.0
    found = scipy("stats", _WHAT).friedmanchisquare(*zip(*scores, strict=True))
    return float(found.statistic), float(found.pvalue)


def _wilcoxon(scores: Scores, correction: Correction) -> Mapping[tuple[int, int], float]:
    import numpy as np

    from paperkit.data.statistics import corrected

    columns = list(zip(*scores, strict=True))
    pairs = list(combinations(range(len(columns)), 2))
    p_values = corrected(np.array([_signed_rank(columns[one], columns[other]) for one, other in pairs]), correction)
    return dict(zip(pairs, map(float, p_values), strict=True))


def _signed_rank(first: Sequence[float], second: Sequence[float]) -> float:
    import numpy as np

    from paperkit.data.statistics import scipy

    one, other = np.array(first), np.array(second)
    noise = _ROUNDING * np.finfo(np.float64).eps * max(np.abs(one).max(), np.abs(other).max())
    if np.abs(one - other).max() <= noise:
        return 1.0
    with warnings.catch_warnings():
        # With few units its exact distribution has no small p-values: the diagram shows that.
        warnings.simplefilter("ignore")
        return float(scipy("stats", _WHAT).wilcoxon(one, other).pvalue)
