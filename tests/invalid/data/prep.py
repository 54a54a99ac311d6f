"""Python steps of the invalid manifests."""

from typing import Any


def gain(runs: Any, threshold: float = 1.0) -> Any:
    """Return the rows above a threshold."""
    return runs[runs["accuracy"] > threshold]


def broken(runs: Any) -> Any:
    """Fail."""
    return runs["accuracy"].mean() * int("x")
