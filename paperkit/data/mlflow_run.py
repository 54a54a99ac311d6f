"""A run of MLflow, whatever store it stands in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

OWN_TAGS = "mlflow."
DELETED = "deleted"


class Point(NamedTuple):
    """A value of a metric: `timestamp` is in milliseconds since 1970."""

    step: int
    timestamp: int
    value: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A run: times are in milliseconds since 1970, `metrics` hold at least the last point of each."""

    experiment: str
    run_id: str
    run_name: str | None
    status: str
    start_time: int | None
    end_time: int | None
    params: Mapping[str, str]
    tags: Mapping[str, str]
    metrics: Mapping[str, tuple[Point, ...]]

    def last(self, metric: str) -> float | None:
        """Return a metric's value at its last step, as MLflow finds it: of several, the latest, then the largest."""
        points = self.metrics.get(metric, ())
        if not points:
            return None
        return max(points, key=lambda p: (p.step, p.timestamp, not math.isnan(p.value), p.value)).value
