"""Performance profiles: in how many problems a method is how close to the best, or how many runs reach a score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Costs = Mapping[Any, float]
Step = tuple[float, float]

RESAMPLES = 2_000
_SMALLEST = 2


def ratios(costs: Sequence[Costs]) -> tuple[tuple[float, ...], ...]:
    """Return for each method the ratio of its cost in each problem to the least one there, sorted.

    `costs` has positive costs by problem. A problem that a method has no cost of is not solved: its ratio is infinite
    (Dolan and Moré, "Benchmarking optimization software with performance profiles", Math. Program. 91, 2002).

    >>> ratios([{"a": 1.0, "b": 6.0}, {"a": 4.0, "b": 3.0, "c": 1.0}])
    ((1.0, 2.0, inf), (1.0, 1.0, 4.0))
    """
    best: dict[Any, float] = {}
    for found in costs:
        for problem, cost in found.items():
            best[problem] = min(cost, best.get(problem, cost))
    unsolved = float("inf")
    return tuple(
        tuple(sorted(found[problem] / least if problem in found else unsolved for problem, least in best.items()))
        for found in costs
    )


def ratio_profile(found: Sequence[float]) -> tuple[Step, ...]:
    """Return the share of sorted ratios that are at most as large, from a ratio of 1 on; each share holds to the next.

    >>> ratio_profile((1.0, 2.0, float("inf"), float("inf")))
    ((1.0, 0.25), (2.0, 0.5))
    """
    shares = {1.0: 0.0}
    for rank, ratio in enumerate(found, start=1):
        if ratio < float("inf"):
            shares[ratio] = rank / len(found)
    return tuple(shares.items())


def score_profile(scores: Sequence[float], places: Sequence[float]) -> tuple[float, ...]:
    """Return the share of the scores above each of the places (Agarwal et al., NeurIPS 2021, section 4.3).

    >>> score_profile((1.0, 2.0, 2.0, 5.0), (0.0, 1.0, 2.0, 5.0))
    (1.0, 0.75, 0.25, 0.0)
    """
    return tuple(sum(score > place for score in scores) / len(scores) for place in places)


def profile_band(
    strata: Sequence[Sequence[float]], places: Sequence[float], level: float, *, seed: int
) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    """Return the ends of the pointwise bootstrap interval of a score profile; None if no stratum has two scores.

    Runs are drawn again within their stratum, the task: stratified bootstrap with 2,000 resamples, of whose shares the
    ends are the (1 - level) / 2 and (1 + level) / 2 quantiles.
    """
    import numpy as np

    if all(len(scores) < _SMALLEST for scores in strata):
        return None
    generator = np.random.default_rng(seed)
    above = np.zeros((RESAMPLES, len(places)))
    for scores in strata:
        ordered = np.sort(np.asarray(scores, dtype=float))
        # How often each score is drawn says the same as which ones are.
        times = generator.multinomial(len(ordered), np.full(len(ordered), 1 / len(ordered)), size=RESAMPLES)
        up_to = np.concatenate([np.zeros((RESAMPLES, 1)), np.cumsum(times, axis=1)], axis=1)
        above += len(ordered) - up_to[:, np.searchsorted(ordered, places, side="right")]
    shares = above / sum(len(scores) for scores in strata)
    low, high = np.quantile(shares, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return tuple(map(float, low)), tuple(map(float, high))
