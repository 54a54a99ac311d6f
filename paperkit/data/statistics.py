"""Statistics: intervals, robust means and corrected p-values, as plain functions on numpy arrays.

What a sample is too small for is NaN, a missing value. Missing values (NaN) are left out of every sample.
"""

from __future__ import annotations

import hashlib
import importlib
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from paperkit.errors import DataError, Problem

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array: TypeAlias = npt.NDArray[np.float64]

Estimator = Literal["mean", "median", "iqm"]

LEVEL = 0.95
RESAMPLES = 10_000
SMALLEST = 2
_DRAWS_AT_ONCE = 1 << 22
_SAMPLES_AT_ONCE = 1_000


def scipy(part: Literal["cluster.hierarchy", "special", "stats"], what: str) -> Any:
    """Return a module of SciPy, an extra that not every paper needs.

    Raises:
        DataError: SciPy is not installed; `what` names the use that needs it.

    """
    try:
        return importlib.import_module(f"scipy.{part}")
    except ImportError:
        hint = "it comes with the extra 'stats': pip install 'paperkit-assets[stats]'"
        raise DataError(Problem(message=f"{what} needs SciPy", hint=hint)) from None


def margin(counts: npt.NDArray[np.int64], sems: Array, level: float = LEVEL) -> Array:
    """Return half the width of the confidence interval of each mean, by Student's t; NaN below two values.

    `counts` and `sems` (std / sqrt(n)) have one value per sample. The margin is t * sem, with t the (1 + level) / 2
    quantile of Student's distribution with n - 1 degrees of freedom (Student, 1908, "The probable error of a mean").

    Raises:
        DataError: SciPy is not installed.

    """
    import numpy as np

    quantiles = scipy("special", "a confidence interval").stdtrit(np.maximum(counts - 1, 1), (1 + level) / 2)
    found: Array = np.where(counts < SMALLEST, np.nan, quantiles * sems)
    return found


def ci_low(values: Array, level: float = LEVEL) -> float:
    """Return the lower end of the confidence interval of the mean, by Student's t; NaN below two values.

    >>> import numpy as np
    >>> round(ci_low(np.array([1.0, 2.0, 3.0])), 4)
    -0.4841

    Raises:
        DataError: SciPy is not installed.

    """
    return _interval(values, level)[0]


def ci_high(values: Array, level: float = LEVEL) -> float:
    """Return the upper end of the confidence interval of the mean, by Student's t; NaN below two values.

    Raises:
        DataError: SciPy is not installed.

    """
    return _interval(values, level)[1]


def _interval(values: Array, level: float) -> tuple[float, float]:
    import numpy as np

    sample = _present(values)
    if len(sample) < SMALLEST:
        return np.nan, np.nan
    with np.errstate(invalid="ignore"):
        centre, sem = sample.mean(), sample.std(ddof=1) / np.sqrt(len(sample))
    half = margin(np.array([len(sample)]), np.array([sem]), level)[0]
    return float(centre - half), float(centre + half)


def seed_of(frame: str, column: str) -> int:
    """Return the seed of a bootstrap: the same on every machine for the same frame and column (or expression)."""
    return int.from_bytes(hashlib.sha256(f"{frame}\0{column}".encode()).digest()[:8], "big")


def boot_low(values: Array, level: float = LEVEL, *, seed: int) -> float:
    """Return the lower end of the percentile bootstrap interval of the mean; NaN below two values.

    See `bootstrap` for the method.
    """
    return float(bootstrap(_present(values)[None, :], level, seed=seed)[0][0])


def boot_high(values: Array, level: float = LEVEL, *, seed: int) -> float:
    """Return the upper end of the percentile bootstrap interval of the mean; NaN below two values.

    See `bootstrap` for the method.
    """
    return float(bootstrap(_present(values)[None, :], level, seed=seed)[1][0])


def bootstrap(samples: Array, level: float = LEVEL, *, seed: int, estimator: Estimator = "mean") -> tuple[Array, Array]:
    """Return the lower and upper ends of the percentile bootstrap intervals of the estimates of some samples.

    `samples` has one sample of n values per row. Its mean (median, interquartile mean) is taken of each of 10,000
    resamples with replacement; the ends are the (1 - level) / 2 and (1 + level) / 2 quantiles of those (Efron and
    Tibshirani, 1993, "An introduction to the bootstrap", section 13.3). The order within a sample does not matter, nor
    do the other samples: all of one size draw alike. Below two values the ends are NaN.
    """
    import numpy as np

    size = samples.shape[1]
    ends = np.full((2, len(samples)), np.nan)
    if size >= SMALLEST:
        ordered, levels = np.sort(samples, axis=1), [(1 - level) / 2, (1 + level) / 2]
        for start in range(0, len(samples), _SAMPLES_AT_ONCE):
            some = slice(start, start + _SAMPLES_AT_ONCE)
            with np.errstate(invalid="ignore"):
                ends[:, some] = np.quantile(_resampled(ordered[some], seed, estimator), levels, axis=1)
    return ends[0], ends[1]


def _resampled(samples: Array, seed: int, estimator: Estimator) -> Array:
    """Return the means, medians or interquartile means of the resamples, one row per sample."""
    import numpy as np

    size = samples.shape[1]
    generator = np.random.default_rng(seed)
    found = np.empty((len(samples), RESAMPLES))
    step = max(1, _DRAWS_AT_ONCE // size)
    for start in range(0, RESAMPLES, step):
        drawn = generator.integers(0, size, size=(min(step, RESAMPLES - start), size))
        for row, sample in enumerate(samples):
            found[row, start : start + len(drawn)] = _reduced(sample[drawn], estimator)
    return found


def _reduced(resamples: Array, estimator: Estimator) -> Array:
    import numpy as np

    if estimator == "iqm":
        cut = resamples.shape[1] // 4
        resamples = np.sort(resamples, axis=1)[:, cut : resamples.shape[1] - cut]
    reduced: Array = np.median(resamples, axis=1) if estimator == "median" else np.mean(resamples, axis=1)
    return reduced


def iqm(values: Array) -> float:
    """Return the interquartile mean: the mean without the floor(n / 4) smallest and as many largest values.

    As Agarwal et al. (2021), "Deep reinforcement learning at the edge of the statistical precipice", compute it.

    >>> import numpy as np
    >>> iqm(np.array([0.0, 1.0, 3.0, 100.0]))
    2.0
    """
    import numpy as np

    sample = np.sort(_present(values))
    cut = len(sample) // 4
    return float(sample[cut : len(sample) - cut].mean()) if len(sample) else np.nan


def _present(values: Array) -> Array:
    import numpy as np

    array = np.asarray(values, dtype=np.float64)
    return array[~np.isnan(array)]


Correction: TypeAlias = Literal["none", "bonferroni", "holm", "benjamini-hochberg"]


def corrected(p_values: Array, correction: Correction) -> Array:
    """Return p-values corrected for how many there are; a missing one (NaN) stays missing and does not count."""
    import numpy as np

    present = ~np.isnan(p_values)
    found: Array = np.full(len(p_values), np.nan)
    match correction:
        case "none":
            found[present] = p_values[present]
        case "bonferroni":
            found[present] = bonferroni(p_values[present])
        case "holm":
            found[present] = holm(p_values[present])
        case "benjamini-hochberg":
            found[present] = benjamini_hochberg(p_values[present])
    return found


def bonferroni(p_values: Array) -> Array:
    """Return p-values times their number, at most 1: they bound the chance of any false discovery (Dunn, 1961)."""
    import numpy as np

    return np.minimum(p_values * len(p_values), 1.0)


def holm(p_values: Array) -> Array:
    """Return Holm's step-down p-values, as strict as Bonferroni's and never larger.

    The i-th smallest of m is multiplied by m - i + 1, and is at least as large as the one before (Holm, 1979,
    "A simple sequentially rejective multiple test procedure").

    >>> import numpy as np
    >>> holm(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.06, 0.06]
    """
    import numpy as np

    order = np.argsort(p_values, kind="stable")
    factors = np.arange(len(p_values), 0, -1)
    found: Array = np.empty(len(p_values))
    found[order] = np.minimum(np.maximum.accumulate(p_values[order] * factors), 1.0)
    return found


def benjamini_hochberg(p_values: Array) -> Array:
    """Return p-values that bound the rate of false discoveries instead of the chance of any.

    The i-th smallest of m is multiplied by m / i, and is at most as large as the one after (Benjamini and Hochberg,
    1995, "Controlling the false discovery rate").
    """
    import numpy as np

    order = np.argsort(p_values, kind="stable")[::-1]
    factors = len(p_values) / np.arange(len(p_values), 0, -1)
    found: Array = np.empty(len(p_values))
    found[order] = np.minimum(np.minimum.accumulate(p_values[order] * factors), 1.0)
    return found
