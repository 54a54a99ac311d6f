"""What scores and true classes say of a classifier: curves, the areas under them, calibration, in plain Python."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Literal

from paperkit.figures.relations import mid_ranks
from paperkit.figures.statistics import quantile

Outcome = tuple[float, bool]
"""The score of one case, and whether it is positive."""

Point = tuple[float, float]
Strategy = Literal["uniform", "quantile"]


def roc_curve(outcomes: Sequence[Outcome]) -> tuple[Point, ...]:
    """Return the false and the true positive rate above each score, from (0, 0) to (1, 1); equal scores are one step.

    There is a positive and a negative case at least.

    >>> roc_curve([(0.9, True), (0.4, False), (0.4, True), (0.1, False)])
    ((0.0, 0.0), (0.0, 0.5), (0.5, 1.0), (1.0, 1.0))
    """
    positives = sum(is_positive for _, is_positive in outcomes)
    negatives = len(outcomes) - positives
    found = ((false / negatives, true / positives) for true, false in _counts(outcomes))
    return ((0.0, 0.0), *found)


def roc_auc(outcomes: Sequence[Outcome]) -> float:
    """Return the area under the ROC curve: the chance that a positive case has the higher score, plus half of ties.

    It is the statistic U of Mann and Whitney over the number of pairs (Hanley and McNeil, Radiology 143, 1982).

    >>> roc_auc([(0.9, True), (0.4, False), (0.4, True), (0.1, False)])
    0.875
    """
    ranks = mid_ranks([score for score, _ in outcomes])
    positives = sum(is_positive for _, is_positive in outcomes)
    total = math.fsum(rank for rank, (_, is_positive) in zip(ranks, outcomes, strict=True) if is_positive)
    return (total - positives * (positives + 1) / 2) / (positives * (len(outcomes) - positives))


def precision_recall_curve(outcomes: Sequence[Outcome]) -> tuple[Point, ...]:
    """Return recall and precision above each score; the first point has the first precision at a recall of 0.

    A precision holds for the recalls down to that of the point before: no line between points is reached (Davis and
    Goadrich, ICML 2006).

    >>> precision_recall_curve([(0.9, True), (0.4, False), (0.3, True)])
    ((0.0, 1.0), (0.5, 1.0), (0.5, 0.5), (1.0, 0.6666666666666666))
    """
    positives = sum(is_positive for _, is_positive in outcomes)
    found = [(true / positives, true / (true + false)) for true, false in _counts(outcomes)]
    return ((0.0, found[0][1]), *found)


def average_precision(outcomes: Sequence[Outcome]) -> float:
    """Return the mean of the precisions, each weighted by how much recall it adds: the area of the stair.

    >>> round(average_precision([(0.9, True), (0.4, False), (0.3, True)]), 4)
    0.8333
    """
    steps = pairwise(precision_recall_curve(outcomes))
    return math.fsum((recall - before) * precision for (before, _), (recall, precision) in steps)


def _counts(outcomes: Sequence[Outcome]) -> Iterator[tuple[int, int]]:
    """Yield how many positive and negative cases have at least each of the scores, the highest first."""
    true = false = 0
    for _, tied in groupby(sorted(outcomes, reverse=True), key=lambda outcome: outcome[0]):
        found = [is_positive for _, is_positive in tied]
        true, false = true + sum(found), false + len(found) - sum(found)
        yield true, false


@dataclass(frozen=True, kw_only=True, slots=True)
class Bin:
    """Cases with predictions in one bin: its edges, their number, mean prediction and share of positives."""

    low: float
    high: float
    n: int
    mean: float
    share: float


def calibration(outcomes: Sequence[Outcome], bins: int, strategy: Strategy) -> tuple[Bin, ...]:
    """Return the bins that hold cases, whose scores are probabilities.

    Bins are equally wide (`uniform`) or hold equally many (`quantile`: edges are linear quantiles); a score at an edge
    is in the lower bin.

    >>> [(one.n, one.share) for one in calibration([(0.1, False), (0.2, True), (0.9, True)], 2, "uniform")]
    [(2, 0.5), (1, 1.0)]
    """
    ordered = sorted(outcomes)
    scores = [score for score, _ in ordered]
    fractions = [rank / bins for rank in range(bins + 1)]
    edges = fractions if strategy == "uniform" else [quantile(scores, fraction) for fraction in fractions]
    cells: dict[int, list[Outcome]] = {}
    for score, is_positive in ordered:
        cells.setdefault(bisect_left(edges[1:-1], score), []).append((score, is_positive))
    return tuple(
        Bin(
            low=edges[rank],
            high=edges[rank + 1],
            n=len(found),
            mean=math.fsum(score for score, _ in found) / len(found),
            share=sum(is_positive for _, is_positive in found) / len(found),
        )
        for rank, found in sorted(cells.items())
    )


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error: the mean gap of the bins, weighted by their cases (Guo et al., ICML 2017).

    >>> bins = calibration([(0.25, False), (0.25, True), (0.75, True)], 2, "uniform")
    >>> round(calibration_error(bins), 4)
    0.25
    """
    count = sum(one.n for one in bins)
    return math.fsum(one.n / count * abs(one.share - one.mean) for one in bins)
