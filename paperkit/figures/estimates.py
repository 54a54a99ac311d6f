"""Estimates: what several values at one place are summarised by, and how sure that is, in seaborn's words."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import Field, Strict

from paperkit.figures.statistics import quantile

Estimator = Literal["mean", "median", "iqm"]
_Percent = Annotated[float, Strict(), Field(ge=0, le=100)]
_Factor = Annotated[float, Strict(), Field(ge=0)]
ErrorBar = (
    Literal["ci", "pi", "se", "sd", "none"] | tuple[Literal["ci", "pi"], _Percent] | tuple[Literal["se", "sd"], _Factor]
)

# seaborn 0.13.2: what a kind without a number means.
_DEFAULTS = {"ci": 95.0, "pi": 95.0, "se": 1.0, "sd": 1.0}


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """An estimate of `n` values and the ends of its error bar: None where there is none, as for a single value."""

    center: float
    low: float | None
    high: float | None
    n: int

    def numbers(self, estimator: Estimator) -> Mapping[str, float]:
        """Return the estimate by its name, and the ends of its error bar as `low` and `high` if there is one."""
        return {estimator: self.center, **({} if self.ends is None else {"low": self.ends[0], "high": self.ends[1]})}

    @property
    def ends(self) -> tuple[float, float] | None:
        """Return the ends of the error bar, if there is one."""
        return None if self.low is None or self.high is None else (self.low, self.high)


def estimate(values: Sequence[float], estimator: Estimator, errorbar: ErrorBar, *, seed: str) -> Estimate:
    """Return the estimate of finite `values`, of which there is at least one.

    `iqm` is the interquartile mean, without the floor(n / 4) smallest and as many largest values (Agarwal et al., 2021,
    "Deep reinforcement learning at the edge of the statistical precipice"). The error bar is `sd`: standard deviations
    (n - 1) around the estimate; `se`: standard errors (sd / sqrt(n)); `pi`: the central percentiles of the values;
    `ci`: those of the estimates of 10,000 bootstrap resamples, which `seed` decides (Efron and Tibshirani, An
    introduction to the bootstrap, 1993, section 13.3).

    >>> estimate([1.0, 2.0, 3.0], "mean", "sd", seed="").ends
    (1.0, 3.0)
    """
    center = _center(values, estimator)
    kind, level = (errorbar, None) if isinstance(errorbar, str) else errorbar
    if kind == "none" or len(values) == 1:
        return Estimate(center=center, low=None, high=None, n=len(values))
    low, high = _ends(values, estimator, kind, _DEFAULTS[kind] if level is None else level, center=center, seed=seed)
    return Estimate(center=center, low=low, high=high, n=len(values))


def _center(values: Sequence[float], estimator: Estimator) -> float:
    if estimator == "median":
        return statistics.median(values)
    cut = len(values) // 4 if estimator == "iqm" else 0
    return math.fsum(sorted(values)[cut : len(values) - cut]) / (len(values) - 2 * cut)


def _ends(
    values: Sequence[float], estimator: Estimator, kind: str, level: float, *, center: float, seed: str
) -> tuple[float, float]:
    if kind == "ci":
        return _bootstrap(tuple(values), estimator, level / 100, seed=seed)
    if kind == "pi":
        ordered, rest = sorted(values), (1 - level / 100) / 2
        return quantile(ordered, rest), quantile(ordered, 1 - rest)
    spread = statistics.stdev(values)
    half = level * (spread / math.sqrt(len(values)) if kind == "se" else spread)
    return center - half, center + half


# What a mark draws is what it says of it elsewhere, from the same resamples.
@lru_cache(maxsize=1024)
def _bootstrap(values: tuple[float, ...], estimator: Estimator, level: float, *, seed: str) -> tuple[float, float]:
    import numpy as np

    from paperkit.data.statistics import bootstrap, seed_of

    low, high = bootstrap(np.asarray([values]), level, seed=seed_of(seed, ""), estimator=estimator)
    return float(low[0]), float(high[0])
