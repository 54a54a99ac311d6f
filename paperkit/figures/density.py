"""Distributions: histograms and kernel densities of values, with NumPy where a mark is drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array: TypeAlias = npt.NDArray[np.float64]

Stat = Literal["count", "probability", "percent", "density"]


def kernel_density(
    values: Sequence[float], *, bw_adjust: float, cut: float, gridsize: int
) -> tuple[Array, Array] | None:
    """Return places and the density of `values` there; None if they have not two different ones.

    The kernels are Gaussian, with the bandwidth n ** (-1/5) * standard deviation * `bw_adjust` (Scott, Multivariate
    density estimation, 1992); the places reach `cut` bandwidths beyond the values.
    """
    import numpy as np

    data = np.sort(np.asarray(values, dtype=np.float64))
    if len(data) == 0 or data[0] == data[-1]:
        return None
    width = _bandwidth(data, bw_adjust)
    places = np.linspace(data[0] - cut * width, data[-1] + cut * width, gridsize)
    return places, _density(data, places, width)


def density_at(values: Sequence[float], places: Array, *, bw_adjust: float) -> Array | None:
    """Return the density of `values` at some places, as `kernel_density`; None if they are all the same."""
    import numpy as np

    data = np.sort(np.asarray(values, dtype=np.float64))
    if len(data) == 0 or data[0] == data[-1]:
        return None
    return _density(data, places, _bandwidth(data, bw_adjust))


def _bandwidth(data: Array, bw_adjust: float) -> float:
    return float(len(data) ** -0.2 * float(data.std(ddof=1)) * bw_adjust)


def _density(data: Array, places: Array, width: float) -> Array:
    import numpy as np

    kernels = np.exp(-(((places[:, None] - data) / width) ** 2) / 2)
    found: Array = kernels.sum(axis=1) / (len(data) * width * math.sqrt(2 * math.pi))
    return found


def bin_edges(values: Sequence[float], *, bins: int | str, binwidth: float | None) -> Array:
    """Return the edges of the bins of `values`, of which there is at least one.

    Bins of a `binwidth` start at the least value and end beyond the greatest.
    """
    import numpy as np

    data = np.asarray(values, dtype=np.float64)
    if binwidth is not None:
        # At least one bin, and none that only rounding asks for.
        count = max(int((data.max() - data.min()) / binwidth + 1 - 1e-9), 1)
        fixed: Array = data.min() + binwidth * np.arange(count + 1, dtype=np.float64)
        return fixed
    edges: Array = np.histogram_bin_edges(data, bins)
    return edges


def histogram(values: Sequence[float], edges: Array, *, stat: Stat, total: int) -> Array:
    """Return the heights of the bins; shares are those of `total` values.

    `count` is the number of values, `probability` and `percent` the share, `density` the share by the bin's width.
    """
    import numpy as np

    counts = np.histogram(np.asarray(values, dtype=np.float64), edges)[0].astype(np.float64)
    widths = np.diff(edges)
    heights: dict[Stat, Array] = {
        "count": counts,
        "probability": counts / total,
        "percent": 100 * counts / total,
        "density": counts / total / widths,
    }
    return heights[stat]
